"""What somebody does with a page: presses, follows, picks from the menu, scans, and reads what it says."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong


def visit(page: Page, address: str) -> None:
    """Open a page by its address.

    On a busy machine the browser now and then never comes to an end with one (about once in a thousand, whatever the
    page): it is asked once more. A page that is not answered fails the second time as well.
    """
    try:
        page.goto(address)
    except TookTooLong:
        page.goto(address)


def press(page: Page, label: str) -> None:
    """Press a button of the page."""
    page.wait_for_load_state()
    page.locator("main").get_by_role("button", name=label, exact=True).first.click()


def follow(page: Page, label: str) -> None:
    """Follow a link of the page, whether it looks like a link or like a button."""
    page.wait_for_load_state()
    main = page.locator("main")
    main.get_by_role("link", name=label, exact=True).or_(
        main.get_by_role("button", name=label, exact=True)
    ).first.click()


def menu(page: Page, *labels: str) -> None:
    """Go through the menu."""
    for label in labels:
        page.wait_for_load_state()
        page.get_by_role("navigation", name="Menu utama").get_by_role("link", name=label, exact=True).click()


def scan(page: Page, number: str) -> None:
    """As a scanner does it: quick keys into the field that has the focus, then Enter."""
    page.wait_for_load_state()
    expect(page.locator("input:focus")).to_be_visible()
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def says(page: Page, text: str) -> None:
    """The page answers what was just done."""
    expect(page.locator(".messages")).to_contain_text(text)


def box(page: Page, label: str) -> Locator:
    """The box of a big figure, by its label."""
    named = page.locator(".big-label", has_text=re.compile(f"^{re.escape(label)}"))
    return page.locator(".big", has=named).first


def figure(page: Page, label: str) -> int:
    """A big figure, by its label."""
    shown = box(page, label).locator(".big-number").inner_text()
    return int(re.sub(r"\D", "", shown))


def choose(page: Page, label: str, part: str) -> None:
    """Choose from a list the line that has these words in it."""
    field = page.get_by_label(label, exact=True)
    field.select_option(label=field.locator("option", has_text=part).first.inner_text())
