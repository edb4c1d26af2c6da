"""A shift in the print room with a keyboard and a scanner: nothing on these pages is clicked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import figure, scan

pytestmark = pytest.mark.xdist_group("day_of_the_printing_staff")


@pytest.fixture
def page(opens):
    """The printing staff of Sarolangun."""
    return opens("dewi")


def at(page: Page, name: str, role: str = "button") -> None:
    """Go with the tabulator until something of that name has the focus."""
    wanted = page.locator("main").get_by_role(role, name=name, exact=True).first
    expect(wanted).to_be_visible()
    for _ in range(80):
        if wanted.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tabulator does not reach {name}")


def enter(page: Page, name: str, role: str = "button") -> None:
    at(page, name, role)
    page.keyboard.press("Enter")


def test_from_the_queue_to_the_cards_handed_over(page):
    enter(page, "Cetak dari antrean")
    expect(page.get_by_role("heading", level=1)).to_have_text("Antrean cetak")
    expect(page.get_by_label("Ambil berapa orang")).to_be_focused()
    expect(page.get_by_role("region", name="Urutan cetak")).to_contain_text(re.compile("menunggu 1[34] hari"))
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Pekerjaan cetak dibuat")
    expect(page.get_by_label("Berapa yang dikirim sekarang?")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hasil cetak")
    expect(page.get_by_label("Baris berapa?")).to_be_focused()
    # The second line was spoiled, and printed again on another blank.
    page.keyboard.type("2")
    at(page, "Belum, dicetak nanti", "radio")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("rusak")
    assert figure(page, "Rusak") == 1
    at(page, "Berapa kartu jadi di tangan Anda?", "textbox")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pekerjaan cetak")
    assert figure(page, "Tercetak") == 3
    assert figure(page, "Rusak") == 1
    enter(page, "Serahkan kartunya")
    for number, taken in (("harian-15.03-60000", 1), ("harian-15.03-60001", 2)):
        scan(page, number)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Serah kartu")
        enter(page, "Serahkan kartu")
        expect(page.get_by_role("region", name="Baru saja diserahkan").get_by_role("row")).to_have_count(taken + 1)


def test_the_uncollected_are_listed_with_how_long_they_wait(page):
    enter(page, "Belum diambil")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kartu yang belum diambil")
    # Those of 2019, and whatever was printed here today, which is not late yet.
    assert figure(page, "Menunggu diserahkan") >= figure(page, "Terlalu lama") == 40
    enter(page, "gr2019-00000", "link")
    expect(page.locator("main")).to_contain_text("gr2019-00000")
