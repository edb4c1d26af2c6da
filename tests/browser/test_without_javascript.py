"""With scripts switched off: everything but scanning and the page for a lost line works by links and buttons."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import choose, figure, follow, menu, press, says
from tests.intake import line, listed

pytestmark = pytest.mark.xdist_group("without_javascript")


@pytest.fixture
def plain(opens):
    """`plain(login)`: a browser that runs no script."""
    return lambda login: opens(login, java_script_enabled=False)


def test_receive(plain):
    page = plain("siti")
    before = figure(page, "Blangko siap pakai")
    menu(page, "Terima")
    page.get_by_label("Barang", exact=True).select_option(label="Blangko KTP-el")
    page.get_by_label("Jumlah yang dihitung").fill("seribu")
    page.get_by_label("Nomor surat jalan").fill("470/5/2026")
    press(page, "Terima")
    expect(page.get_by_role("alert")).to_contain_text("Belum tersimpan")
    expect(page.get_by_label("Nomor surat jalan")).to_have_value("470/5/2026")
    page.get_by_label("Jumlah yang dihitung").fill("1.000")
    press(page, "Terima")
    says(page, "1.000")
    menu(page, "Gudang")
    assert figure(page, "Blangko siap pakai") == before + 1_000


def test_an_allocation_is_computed_by_its_button(plain):
    page = plain("budi")
    menu(page, "Alokasi")
    row = page.get_by_role("group", name="Baris 1")
    row.get_by_label("Dari").select_option(label="Kota Jambi (1.336)")
    row.get_by_label("Ke").select_option(label="Batanghari (14)")
    row.get_by_label("Jumlah").fill("100")
    press(page, "Tambah baris")
    expect(page.locator("#hitung")).to_contain_text(re.compile(r"cukup untuk (2[4-9]|3[0-6]) hari kerja"))
    expect(row.get_by_label("Jumlah")).to_have_value("100")
    press(page, "Buat sebagai rencana pengiriman")
    says(page, "100 keping")


def test_a_list_is_looked_at_and_brought_in(plain, tmp_path):
    page = plain("dewi")
    menu(page, "Impor")
    file = tmp_path / "daftar.csv"
    file.write_bytes(listed(line(81), line(82)))
    page.get_by_label("Berkas").set_input_files(file)
    press(page, "Lihat dulu")
    expect(page.locator("#pratinjau")).to_contain_text("150304••••••0081")
    page.get_by_label("Berkas", exact=True).set_input_files(file)
    press(page, "Impor")
    expect(page.locator("main")).to_contain_text("2 baris")


def test_the_results_of_a_job(plain):
    page = plain("dewi")
    menu(page, "Antrean")
    page.get_by_label("Ambil berapa orang dari depan antrean?").fill("2")
    choose(page, "Printer", "Printer 1")
    press(page, "Buat pekerjaan cetak")
    press(page, "Kirim ke printer")
    page.get_by_label("Baris berapa?").fill("2")
    page.get_by_label("Sudah dicetak lagi").check()
    press(page, "Tandai rusak")
    says(page, "rusak")
    page.get_by_label("Berapa kartu jadi di tangan Anda?").fill("2")
    press(page, "Catat hasil")
    says(page, "2 kartu tercetak")
    assert figure(page, "Rusak") == 1
    follow(page, "Serahkan kartunya")
    expect(page.get_by_label("Kartu siapa?")).to_be_visible()
