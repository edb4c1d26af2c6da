"""The five reports this project started from, each read or done on the screen, with the figures of the demo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from inventory import clock
from tests.browser.hands import choose, figure, follow, menu, press, says
from tests.intake import line, listed

pytestmark = pytest.mark.xdist_group("scenarios")


def past_event(page: Page, name: str) -> None:
    """Find an event of years ago: it is over by its dates, and was planned only."""
    menu(page, "Koordinasi", "Acara")
    follow(page, "Lewat, belum dimulai")
    page.get_by_role("region", name="Acara").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def coverage(page: Page, province: str) -> None:
    menu(page, "Koordinasi", "Cakupan")
    page.get_by_label("Provinsi").select_option(label=province)
    expect(page.get_by_label("Provinsi").locator("option:checked")).to_have_text(province)
    page.wait_for_url("**wilayah=**")


def test_s1_three_sessions_a_day_at_schools_and_wuluhan_first(opens):
    page = opens("hasan")
    past_event(page, "Perekaman di sekolah, Jember")
    follow(page, "Lokasi")
    stops = page.get_by_role("region", name="Lokasi yang sudah ada")
    for session, opens_at in ((1, "07.30"), (2, "10.00"), (3, "13.00")):
        row = stops.get_by_role("row", name=f"Sekolah di Wuluhan, 13-05, sesi {session}")
        expect(row).to_contain_text(opens_at)
    past_event(page, "Perekaman lansia di rumah, Jember")
    expect(page.locator("main")).to_contain_text("kunjungan rumah")
    coverage(page, "Dinas Dukcapil Jawa Timur")
    follow(page, "Kabupaten Jember")
    follow(page, "Wilayah bawahannya")
    ranked = page.locator("main .table", has_text="Wuluhan").get_by_role("row")
    expect(ranked.nth(1)).to_contain_text("Wuluhan")


def test_s2_the_coverage_of_jember(opens):
    page = opens("hasan")
    coverage(page, "Dinas Dukcapil Jawa Timur")
    follow(page, "Kabupaten Jember")
    main = page.locator("main")
    expect(main).to_contain_text("99,25 %")
    expect(main).to_contain_text("14.856")


def test_s3_the_planned_event_is_six_thousand_short_by_target(opens):
    page = opens("budi")
    menu(page, "Acara")
    page.get_by_role("region", name="Acara").get_by_role("link", name="Gotong royong Sarolangun").click()
    cases = page.get_by_role("region", name="Kebutuhan dan pasokan")
    row = cases.get_by_role("row", name="Menurut target")
    expect(row.get_by_role("cell")).to_have_text(["17.000", "11.000", "6.000", ""])
    for case, need, over in (
        ("Sedikit yang datang", "4.665", "6.335"),
        ("Kehadiran yang biasa", "8.607", "2.393"),
        ("Banyak yang datang", "9.716", "1.284"),
    ):
        row = cases.get_by_role("row", name=case)
        expect(row).to_contain_text(need)
        expect(row).to_contain_text(over)


def test_s3_from_six_thousand_blanks_to_an_event_that_is_closed(opens, tmp_path):
    """What "done" means: nothing is read but the screen, by the clerk, the coordinator and the printing staff."""
    siti, budi, dewi = opens("siti"), opens("budi"), opens("dewi")
    receive_six_thousand(siti)
    plan_event(budi)
    add_two_stops(budi)
    support(budi, "15-UTAMA", "600")
    start(budi)
    import_three_people(dewi, tmp_path)
    print_three_and_spoil_one(dewi)
    hand_over_three(dewi)
    close(budi)


NAME = "Gotong royong Pauh"


def receive_six_thousand(page: Page) -> None:
    before = figure(page, "Blangko siap pakai")
    follow(page, "Terima barang")
    page.get_by_label("Barang", exact=True).select_option(label="Blangko KTP-el")
    page.get_by_label("Jumlah yang dihitung").fill("6.000")
    page.get_by_label("Nomor surat jalan").fill("470/77/2026")
    press(page, "Terima")
    says(page, "6.000")
    menu(page, "Gudang")
    assert figure(page, "Blangko siap pakai") == before + 6_000


def plan_event(page: Page) -> None:
    today = clock.business_day("Asia/Jakarta")
    follow(page, "Rencanakan acara")
    page.get_by_label("Nama acara").fill(NAME)
    page.get_by_label("Tuan rumah").select_option(label="Dinas Dukcapil Kabupaten Sarolangun (15.03)")
    page.get_by_label("Hari pertama").fill(today.isoformat())
    page.get_by_label("Hari terakhir").fill((today + timedelta(days=1)).isoformat())
    press(page, "Lanjut ke lokasi")


def add_two_stops(page: Page) -> None:
    where = page.get_by_role("group", name="Di mana")
    where.get_by_label("Pauh").check()
    page.get_by_label("Target orang, semua lokasi bersama").fill("1.000")
    press(page, "Tambah lokasi")
    says(page, "2 lokasi ditambahkan")


def support(page: Page, store: str, quantity: str) -> None:
    page.get_by_role("navigation", name="Bagian acara").get_by_role("link", name="Dukungan").click()
    choose(page, "Dari gudang", store)
    page.get_by_label("Barang", exact=True).select_option(label="Blangko KTP-el")
    page.get_by_label("Jumlah", exact=True).fill(quantity)
    press(page, "Sisihkan untuk acara")
    expect(page.get_by_role("region", name="Sudah didukung")).to_contain_text("600 keping")
    page.get_by_role("navigation", name="Bagian acara").get_by_role("link", name="Ringkasan").click()
    row = page.get_by_role("region", name="Kebutuhan dan pasokan").get_by_role("row", name="Menurut target")
    expect(row.get_by_role("cell")).to_have_text(["1.000", "600", "400", ""])


def start(page: Page) -> None:
    follow(page, "Terima blangko dan mulai")
    page.get_by_label("Yang tiba").fill("600")
    press(page, "Mulai acara")
    expect(page.locator("main")).to_contain_text("berjalan")
    assert figure(page, "Sisa di gudang acara") == 600


def import_three_people(page: Page, folder) -> None:
    menu(page, "Impor")
    file = folder / "pauh.csv"
    file.write_bytes(listed(*(line(number) for number in (71, 72, 73))))
    page.get_by_label("Berkas").set_input_files(file)
    choose(page, "Acara untuk semua baris", NAME)
    press(page, "Lihat dulu")
    expect(page.get_by_role("heading", name="Begini berkas itu dibaca")).to_be_visible()
    expect(page.locator("#pratinjau")).to_contain_text("150304••••••0071")
    press(page, "Impor")
    expect(page.locator("main")).to_contain_text("3 baris")


def print_three_and_spoil_one(page: Page) -> None:
    menu(page, "Antrean")
    page.get_by_label("Acara").select_option(label=NAME)
    page.wait_for_url("**event=**")
    expect(page.get_by_role("region", name="Urutan cetak").get_by_role("row")).to_have_count(4)
    press(page, "Buat pekerjaan cetak")
    press(page, "Kirim ke printer")
    page.get_by_label("Baris berapa?").fill("1")
    page.get_by_label("Sudah dicetak lagi").check()
    press(page, "Tandai rusak")
    says(page, "rusak")
    page.get_by_label("Berapa kartu jadi di tangan Anda?").fill("3")
    press(page, "Catat hasil")
    says(page, "3 kartu tercetak")
    assert figure(page, "Rusak") == 1


def hand_over_three(page: Page) -> None:
    follow(page, "Serahkan kartunya")
    for number in ("c-71", "c-72", "c-73"):
        page.get_by_label("Kartu siapa?").fill(number)
        press(page, "Cari kartu")
        press(page, "Serahkan kartu")
        says(page, "diserahkan")


def close(page: Page) -> None:
    menu(page, "Acara")
    follow(page, "Berjalan")
    follow(page, NAME)
    follow(page, "Tutup acara")
    page.get_by_label("Tersisa").fill("596")
    press(page, "Tutup acara")
    main = page.locator("main")
    expect(main).to_contain_text("596")
    expect(main).to_contain_text("ditutup")
    assert figure(page, "Dicetak") == 3


def test_s4_the_figure_worked_out_stands_beside_the_one_reported(opens):
    page = opens("hasan")
    coverage(page, "Dinas Dukcapil Bengkulu")
    follow(page, "Kabupaten Rejang Lebong")
    main = page.locator("main")
    expect(main).to_contain_text("94,51 %")
    expect(main).to_contain_text("11.780")
    expect(main).to_contain_text("11.870")
    past_event(page, "Kunjungan desa Rejang Lebong")
    expect(page.locator("main")).to_contain_text("11.780")


def test_s5_the_car_stops_in_its_order(opens):
    page = opens("hasan")
    past_event(page, "Mobil perekaman Trenggalek")
    expect(page.locator("main")).to_contain_text("mobil keliling")
    follow(page, "Lokasi")
    rows = page.get_by_role("region", name="Lokasi yang sudah ada").get_by_role("rowheader")
    expect(rows).to_have_text(
        [
            f"{place} {name}"
            for name in ("Kelutan", "Surodakan", "Tamanan")
            for place in ("Kantor Kelurahan", "Kunjungan rumah")
        ]
    )
