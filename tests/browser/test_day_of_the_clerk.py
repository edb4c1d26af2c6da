"""The day of a warehouse clerk, from the first page on, as somebody does it who reads nothing but the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.hands import figure, follow, menu, press, says, scan

pytestmark = pytest.mark.xdist_group("day_of_the_clerk")


@pytest.fixture
def page(opens):
    """The clerk of Sarolangun, at her desk."""
    return opens("siti")


def test_she_receives_six_thousand_blanks_and_prints_the_paper(page):
    before = figure(page, "Blangko siap pakai")
    follow(page, "Terima barang")
    page.get_by_label("Barang", exact=True).select_option(label="Blangko KTP-el")
    page.get_by_label("Jumlah yang dihitung").fill("6.000")
    page.get_by_label("Nomor surat jalan").fill("470/1121/2026")
    press(page, "Terima")
    says(page, "6.000")
    press(page, "Cetak tanda terima")
    paper = page.request.get(page.locator("main").get_by_role("button", name="Buka PDF").get_attribute("href") or "")
    assert paper.body().startswith(b"%PDF")
    menu(page, "Gudang")
    assert figure(page, "Blangko siap pakai") == before + 6_000


def test_she_confirms_the_delivery_of_the_province(page):
    page.get_by_role("link", name="1 kiriman menunggu konfirmasi").click()
    page.get_by_role("region", name="Pengiriman").get_by_role("rowheader").get_by_role("link").click()
    follow(page, "Konfirmasi penerimaan")
    assert page.get_by_label("Diterima dalam keadaan baik").input_value() == ""
    page.get_by_label("Diterima dalam keadaan baik").fill("500")
    press(page, "Konfirmasi penerimaan")
    says(page, "500")
    expect(page.locator("main")).to_contain_text("Diterima: 500")
    menu(page, "Gudang")
    expect(page.locator("main")).not_to_contain_text("menunggu konfirmasi")


def test_she_hands_fifty_to_the_printing_staff_and_takes_them_back(page):
    before = figure(page, "Blangko siap pakai")
    follow(page, "Serahkan untuk sif")
    follow(page, "Serahkan blangko")
    page.get_by_label("Diserahkan kepada").select_option(label="Dewi Lestari, operator cetak")
    page.get_by_label("Keperluan hari ini").fill("50")
    page.get_by_label("Diserahkan", exact=True).fill("50")
    page.get_by_label("Penghitung kedua").select_option(label="Agus Pratama, tim jemput bola")
    press(page, "Serahkan")
    says(page, "50")
    assert figure(page, "Masih di tangan") == 50
    follow(page, "Tutup sif")
    page.get_by_label("Kembali", exact=True).fill("50")
    expect(page.locator("main")).to_contain_text("cocok")
    page.get_by_label("Penghitung kedua").select_option(label="Agus Pratama, tim jemput bola")
    press(page, "Simpan pengembalian")
    assert figure(page, "Kembali ke gudang") == 50
    menu(page, "Gudang")
    assert figure(page, "Blangko siap pakai") == before


def test_she_reads_the_stock_card(page):
    follow(page, "Kartu stok")
    expect(page.get_by_role("heading", name="Kartu stok", exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="Sisa setiap hari")).to_be_visible()
    newest = page.get_by_role("region", name="Kartu stok, yang terbaru di atas").get_by_role("row").nth(1)
    left = newest.get_by_role("cell").last.inner_text()
    assert figure(page, "Sisa pada") == int(left.replace(".", ""))


def test_she_finds_a_number_with_the_scanner(page):
    follow(page, "Telusuri nomor")
    scan(page, "JMB00000007")
    expect(page.get_by_role("heading", name="JMB00000007")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Gudang utama")
    follow(page, "Nomor lain")
    scan(page, "JMB99999999")
    expect(page.locator("main")).to_contain_text("JMB99999999 tidak ditemukan")
