"""Looking at a list before it is imported: only a part of the page is fetched anew, and what is wrong is in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.hands import press, visit
from tests.intake import line, listed

pytestmark = pytest.mark.slow
FILE = "#f-file"


def chosen(page, content):
    page.set_input_files(FILE, {"name": "daftar.csv", "mimeType": "text/csv", "buffer": content})
    press(page, "Lihat dulu")


def test_whatever_is_wrong_with_a_file_is_seen_and_gone_when_it_is_right(opens):
    page = opens("dewi")
    visit(page, "/cetak/impor")
    press(page, "Lihat dulu")
    expect(page.locator("#salah")).to_contain_text("Pilih satu berkas CSV atau XLSX.")
    for content, told in (
        (b"", "Tidak ada baris di bawah judul kolom."),
        (b"PK\x03\x04 no workbook", "Berkas bukan CSV (UTF-8) atau XLSX"),
        (b"%PDF-1.7\n", "Berkas bukan CSV (UTF-8) atau XLSX"),
    ):
        chosen(page, content)
        expect(page.locator("#salah")).to_contain_text(told)
        expect(page.locator("#salah .summary")).to_be_focused()
    chosen(page, listed(line(1)))
    expect(page.locator("#pratinjau")).to_contain_text("Begini berkas itu dibaca")
    expect(page.locator("#salah")).to_be_empty()


def test_a_file_that_is_not_even_read_is_refused_before_the_eyes_of_who_sent_it(opens):
    page = opens("dewi")
    visit(page, "/cetak/impor")
    refused = "<main id=isi><h1>Terlalu besar</h1></main>"
    page.route("**/pratinjau", lambda route: route.fulfill(status=413, content_type="text/html", body=refused))
    chosen(page, listed(line(1)))
    expect(page.locator("main#isi h1")).to_have_text("Terlalu besar")
