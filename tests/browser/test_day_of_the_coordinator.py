"""The day of the coordinator of the province, from the map to what is sent, and an event short or over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import figure, follow, menu, press, says

pytestmark = pytest.mark.xdist_group("day_of_the_coordinator")

# How many working days the last thirty held depends on the day.
LASTS = re.compile("cukup untuk [34] hari kerja")
LASTS_HERE = re.compile("Batanghari: cukup untuk [34] hari kerja")


@pytest.fixture
def page(opens):
    """The coordinator of Jambi, at his desk."""
    return opens("budi")


def test_he_goes_over_the_map_by_keyboard_and_opens_the_office_that_runs_dry(page):
    menu(page, "Peta")
    tile = page.get_by_role("link", name=LASTS_HERE)
    for _ in range(60):
        page.keyboard.press("Tab")
        if tile.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dinas Dukcapil Kabupaten Batanghari")
    assert figure(page, "Blangko siap pakai") == 14
    expect(page.locator("main")).to_contain_text(LASTS)


def test_the_map_says_the_same_as_its_table(page):
    menu(page, "Peta")
    rows = page.get_by_role("region", name="Yang paling dulu habis di atas").get_by_role("row")
    expect(rows.filter(has_text="Batanghari")).to_contain_text(LASTS)
    assert rows.count() == 12
    follow(page, "Cakupan")
    expect(page.locator("main")).to_contain_text("91,4")
    follow(page, "Siap untuk acara")
    expect(page.get_by_role("link", name="Sarolangun").first).to_be_visible()


def test_he_moves_a_hundred_to_batanghari_and_sees_the_days_change_as_he_types(page):
    menu(page, "Alokasi")
    row = page.get_by_role("group", name="Baris 1")
    row.get_by_label("Dari").select_option(label="Kota Jambi (1.336)")
    row.get_by_label("Ke").select_option(label="Batanghari (14)")
    row.get_by_label("Jumlah").press_sequentially("10")
    told = page.locator("#hitung")
    expect(told).to_contain_text("24 keping")
    expect(told).to_contain_text(re.compile("cukup untuk [678] hari kerja"))
    row.get_by_label("Jumlah").press_sequentially("0")
    expect(told).to_contain_text("114 keping")
    expect(told).to_contain_text(re.compile(r"cukup untuk (2[4-9]|3[0-6]) hari kerja"))
    expect(told).to_contain_text(re.compile(r"cukup untuk 1[3-9]\d hari kerja"))
    expect(told).to_contain_text(re.compile(r"cukup untuk 1[2-8]\d hari kerja"))
    press(page, "Buat sebagai rencana pengiriman")
    says(page, "100 keping")
    page.get_by_role("region", name="Kiriman dalam rencana ini").get_by_role("rowheader").get_by_role("link").click()
    assert figure(page, "Diminta") == 100
    expect(page.locator("main")).to_contain_text("Setujui")


def test_he_reads_of_the_event_that_it_is_short_by_target_and_over_by_turnout(page):
    menu(page, "Acara")
    page.get_by_role("region", name="Acara").get_by_role("link", name="Gotong royong Sarolangun").click()
    main = page.locator("main")
    expect(main).to_contain_text("Kurang 6.000 keping menurut target")
    expect(main).to_contain_text("Seberapa yakin")
    expect(page.get_by_role("img", name="Kebutuhan dan pasokan blangko")).to_be_visible()
    expect(main).to_contain_text("Yang paling dulu habis: alat rekam.")
    follow(page, "Lepas sebagian dukungan")
    expect(page.get_by_role("region", name="Sudah didukung")).to_contain_text("6.000")
