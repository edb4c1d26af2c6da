"""The line fails in the middle of a form: what was typed is kept, and arrives once when the line is back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import figure, menu, press, says

pytestmark = pytest.mark.xdist_group("offline")
PAPER = "470/9/2026"


@pytest.fixture
def page(opens):
    """The clerk in the middle of the receipt of 250 blanks, with the page for a lost line already kept."""
    page = opens("siti")
    menu(page, "Terima")
    page.evaluate("navigator.serviceWorker.ready.then((it) => it.active.state)")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.get_by_label("Barang", exact=True).select_option(label="Blangko KTP-el")
    page.get_by_label("Jumlah yang dihitung").fill("250")
    page.get_by_label("Nomor surat jalan").fill(PAPER)
    return page


def receipts(page: Page) -> int:
    """How many receipts of this paper are on the books."""
    menu(page, "Terima")
    page.locator("main").get_by_role("link", name="Semua penerimaan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Penerimaan")
    return page.get_by_role("cell", name=PAPER, exact=True).count()


def test_sent_without_a_line_it_is_kept_and_then_sent_once(page):
    page.context.set_offline(True)
    press(page, "Terima")
    expect(page.get_by_role("heading", level=1)).to_have_text("Saluran terputus")
    page.context.set_offline(False)
    page.locator("[data-again]").click()
    expect(page.get_by_label("Jumlah yang dihitung")).to_have_value("250")
    expect(page.get_by_label("Nomor surat jalan")).to_have_value(PAPER)
    press(page, "Terima")
    says(page, "250")
    assert receipts(page) == 1


def test_an_answer_that_was_lost_on_its_way_does_not_make_it_happen_twice(page):
    """The receipt arrives, its answer does not: sent again with the same key, it is still one receipt."""
    before = receipts_shown(page)

    def lose_the_answer(route):
        route.fetch(max_redirects=0)
        route.abort()

    page.context.route("**/gudang/terima", lose_the_answer)
    press(page, "Terima")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Terima barang")
    page.context.unroute_all()
    page.goto("/gudang/terima")
    expect(page.get_by_label("Nomor surat jalan")).to_have_value(PAPER)
    press(page, "Terima")
    says(page, "250")
    menu(page, "Gudang")
    assert figure(page, "Blangko siap pakai") == before + 250


def receipts_shown(page: Page) -> int:
    """The blanks at hand, looked at in another window."""
    other = page.context.new_page()
    other.goto("/gudang")
    shown = figure(other, "Blangko siap pakai")
    other.close()
    return shown
