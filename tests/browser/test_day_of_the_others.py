"""The days of the inspector, the administrator and the field team."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from inventory.seals import commands as seals
from tests.browser.hands import follow, menu, press, says, scan

pytestmark = pytest.mark.xdist_group("day_of_the_others")


@pytest.fixture(scope="module")
def sealed(served):
    """The service seals by itself some seconds after a movement; here it is told to do so at once."""
    with served.app.app_context():
        seals.seal(served.app.config["SETTINGS"].ledger_dir)


def test_the_inspector_reads_everything_and_changes_nothing(opens):
    page = opens("ratna")
    for section, link in (("Gudang", "Stok"), ("Gudang", "Pengiriman"), ("Koordinasi", "Peta"), ("Cetak", "Antrean")):
        menu(page, section, link)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert "403" not in page.title()
    navigation = page.get_by_role("navigation", name="Menu utama")
    menu(page, "Gudang")
    expect(navigation.get_by_role("link", name="Terima")).to_have_count(0)
    expect(page.locator("main form[method=post]")).to_have_count(0)


@pytest.mark.usefixtures("sealed")
def test_the_inspector_searches_the_trail_and_takes_the_books_home(opens):
    page = opens("ratna")
    follow(page, "Periksa buku besar")
    follow(page, "Periksa sekarang")
    expect(page.locator("main")).to_contain_text("Buku tepat sampai satu keping")
    menu(page, "Jejak")
    page.get_by_label("Kode Dinas").fill("15.03")
    page.get_by_label("Perbuatan").select_option(label="membuat acara")
    press(page, "Cari")
    expect(page.locator("main .table")).to_contain_text("membuat acara")
    menu(page, "Ekspor")
    with page.expect_download() as got:
        page.locator("main").get_by_role("button", name="Unduh").click()
    lines = got.value.path().read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])


def test_the_inspector_follows_a_number(opens):
    page = opens("ratna")
    follow(page, "Telusuri nomor")
    scan(page, "JMB00000007")
    expect(page.get_by_role("heading", level=1)).to_have_text("JMB00000007")
    expect(page.locator("main")).to_contain_text("UPT Singkut")


def test_the_administrator_invites_somebody_who_signs_in(opens):
    page = opens("hasan")
    follow(page, "Undang orang")
    page.get_by_label("Nama lengkap").fill("Wati")
    page.get_by_label("Nama pengguna").fill("wati")
    page.get_by_label("Tugas").select_option(label="Petugas gudang")
    page.get_by_label("Kode Dinas").fill("15.03")
    press(page, "Buat undangan")
    link = page.get_by_label("Tautan").input_value()
    theirs = opens()
    theirs.goto(link)
    theirs.get_by_label("Kata sandi baru").fill("air sungai batanghari")
    theirs.get_by_label("Ketik sekali lagi").fill("air sungai batanghari")
    theirs.keyboard.press("Enter")
    theirs.get_by_label("Nama pengguna").fill("wati")
    theirs.get_by_label("Kata sandi").fill("air sungai batanghari")
    theirs.keyboard.press("Enter")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Gudang")


def test_two_administrators_change_the_same_settings_and_the_second_sees_both_versions(opens):
    first, second = opens("hasan"), opens("hasan")
    for page in (first, second):
        follow(page, "Dinas")
        page.get_by_label("Provinsi").select_option(label="Dinas Dukcapil Jambi (15)")
        page.get_by_role("link", name="Dinas Dukcapil Kabupaten Sarolangun").click()
    back = "Tanggal mundur paling jauh"
    first.get_by_label(back).fill("9")
    press(first, "Simpan setelan")
    says(first, "")
    second.get_by_label(back).fill("3")
    press(second, "Simpan setelan")
    expect(second.get_by_role("alert")).to_contain_text("Data ini sudah berubah")
    expect(second.get_by_role("alert")).to_contain_text("Hasan Basri")
    expect(second.get_by_label(back)).to_have_value("3")
    expect(second.get_by_text("Sekarang: 9", exact=True)).to_be_visible()
    press(second, "Simpan setelan")
    expect(second.get_by_role("alert")).to_have_count(0)
    expect(second.get_by_label(back)).to_have_value("3")


def test_the_field_team_opens_its_event_and_brings_in_what_it_recorded(opens, tmp_path):
    page = opens("agus")
    page.get_by_role("link", name="1 acara akan datang").click()
    page.get_by_role("link", name="Gotong royong Sarolangun").first.click()
    expect(page.get_by_role("region", name="Lokasi")).to_contain_text("Kantor Camat Pauh, hari 1")
    menu(page, "Cetak", "Antrean")
    expect(page.locator("main")).to_contain_text("harian-15.03-60000")
