"""Every page, in both languages, in light and dark: axe finds nothing, a small phone shows it, a thumb hits it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser_sizes import TOO_SMALL
from tests.pages import address_of, pages_of

HOMES = {"siti": "/gudang", "budi": "/koordinasi", "dewi": "/cetak", "agus": "/koordinasi", "ratna": "/inspeksi"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_accessible(served, opens, language, scheme):
    page = opens("hasan", color_scheme=scheme)
    speak(page, language)
    addresses = [address_of(served.app, rule) for rule in pages_of(served.app)]
    assert findings(page, addresses) == {}


def speak(page, language):
    page.goto("/akun")
    page.evaluate("async language => {const form = new FormData(); form.set('bahasa', language);"
                  "form.set('_csrf', document.querySelector('input[name=_csrf]').value);"
                  "await fetch('/bahasa', {method: 'POST', body: new URLSearchParams(form)})}", language)  # fmt: skip


def findings(page, addresses):
    axe, found = Axe(), {}
    for address in addresses:
        page.goto(address)
        violations = axe.run(page).response["violations"]
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
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        small = page.evaluate(TOO_SMALL)
        if wide > 320 or small:
            wrong[address] = [wide, *small[:3]]
    assert wrong == {}
