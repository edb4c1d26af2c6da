"""Every page, in both languages, in light and dark: axe finds nothing, a small phone shows it, a thumb hits it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.hands import visit
from tests.browser_sizes import TOO_SMALL
from tests.pages import address_of, pages_of

# So many tests share the pages: side by side, and none too long.
PARTS = 4
# What names the rows of a table and is narrower than a name can be read in.
NARROW = """() => [...document.querySelectorAll('.scroll tbody th:not(.number, .when)')]
  .filter(each => each.offsetWidth && each.offsetWidth < 128).map(each => each.textContent.slice(0, 40)).slice(0, 3)"""
HOMES = {"siti": "/gudang", "budi": "/koordinasi", "dewi": "/cetak", "agus": "/koordinasi", "ratna": "/inspeksi"}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_accessible(served, opens, language, scheme, part):
    page = opens("hasan", color_scheme=scheme)
    speak(page, language)
    addresses = [address_of(served.app, rule) for rule in pages_of(served.app)[part::PARTS]]
    assert findings(page, addresses, *([] if scheme == "light" else ["color-contrast"])) == {}


def speak(page, language):
    visit(page, "/akun")
    page.evaluate("async language => {const form = new FormData(); form.set('bahasa', language);"
                  "form.set('_csrf', document.querySelector('input[name=_csrf]').value);"
                  "await fetch('/bahasa', {method: 'POST', body: new URLSearchParams(form)})}", language)  # fmt: skip


def findings(page, addresses, *rules):
    """What axe finds on these pages, by all of its rules or by some: in the dark nothing differs but the colours."""
    axe, found = Axe(), {}
    options = {"runOnly": list(rules)} if rules else None
    for address in addresses:
        visit(page, address)
        violations = axe.run(page, options=options).response["violations"]
        if violations:
            found[address] = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations]
    return found


@pytest.mark.parametrize("login", HOMES)
def test_every_home_is_accessible(opens, login):
    for scheme in ("light", "dark"):
        assert findings(opens(login, color_scheme=scheme), [HOMES[login]]) == {}


def test_every_page_fits_a_small_phone_and_a_thumb(served, opens):
    page = opens("hasan", viewport={"width": 320, "height": 640}, has_touch=True)
    wrong = {}
    for rule in pages_of(served.app):
        address = address_of(served.app, rule)
        visit(page, address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        small = page.evaluate(TOO_SMALL)
        if wide > 320 or small:
            wrong[address] = [wide, *small[:3]]
    assert wrong == {}


@pytest.mark.parametrize("login", ["siti", "budi", "dewi"])
def test_the_choices_of_other_desks_fit_a_small_phone_too(opens, login):
    """Other desks choose among other things: the longest names are in their pickers and in their tables."""
    page = opens(login, viewport={"width": 320, "height": 640}, has_touch=True)
    visit(page, HOMES[login])
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = page.eval_on_selector_all(
        "header nav a, main a[href^='/']", "all => all.map(each => each.getAttribute('href'))"
    )
    wrong = {}
    for address in dict.fromkeys(found):
        visit(page, address)
        narrow = page.evaluate(NARROW)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > 320 or narrow:
            wrong[address] = [wide, *narrow]
    assert wrong == {}
