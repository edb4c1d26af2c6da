"""What the console's script does in a real browser: scanning, sending once, and losing nothing when the line fails."""

from __future__ import annotations

import json

import pytest
from flask import g, render_template_string
from playwright.sync_api import expect

pytestmark = pytest.mark.slow
SCAN = (
    '{% extends "base.html" %}{% import "parts.html" as parts %}{% block title %}Pindai{% endblock %}'
    '{% block content %}<h1>Pindai</h1>{% call parts.form("/kirim", "Kirim") %}{{ parts.scan("/numbers", "Nomor", '
    'expected=4, allowed=[["K0001", "K0050"], "K9999"], check="/periksa") }}{% endcall %}{% endblock %}'
)
LAST, COUNT, GO, LIST = "[data-scan-last]", "[data-scan-count]", "[data-scan-go]", "textarea[name='/numbers']"
RECEIVE = "/gudang/terima"
SEND = f"form[action='{RECEIVE}'] .submit button"


@pytest.fixture
def page(opens):
    """A page of the clerk's."""
    return opens("siti")


@pytest.fixture
def scanner(opens, served):
    """A page with nothing but a scan field: K0002 belongs to somebody else, at K0003 the line is down."""
    page = opens()
    with served.app.test_request_context("/"):
        g.signed = None
        text = render_template_string(SCAN)

    def check(route):
        assert (route.request.method, route.request.url.partition("?")[1]) == ("POST", "")
        number = route.request.post_data.rpartition("=")[2]
        if number == "K0003":
            route.abort()
        else:
            said = {"ok": number != "K0002", "text": "milik UPT Pauh" if number == "K0002" else ""}
            route.fulfill(content_type="application/json", body=json.dumps(said))

    page.route("**/contoh", lambda route: route.fulfill(content_type="text/html", body=text))
    page.route("**/periksa*", check)
    page.goto("/contoh")
    page.wait_for_selector("[data-scan-input]:focus")
    return page


def scan(page, number):
    """As a scanner does it: quick keys, then Enter."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def shows(page, text):
    expect(page.locator(LAST)).to_contain_text(text)


def holds(page, *numbers):
    expect(page.locator(LIST)).to_have_value("\n".join(numbers))


def test_each_scan_is_counted_and_the_last_one_completes_the_list(scanner):
    for count, number in enumerate(("K0001", "K0004", "K0005", "K9999"), 1):
        scan(scanner, number)
        expect(scanner.locator(COUNT)).to_have_text(str(count))
        shows(scanner, number)
    shows(scanner, "Lengkap")
    holds(scanner, "K0001", "K0004", "K0005", "K9999")
    assert scanner.evaluate("document.activeElement.matches('[data-scan-input]')")


@pytest.mark.parametrize(
    ("number", "why"),
    [("K0001", "sudah ada di daftar ini"), ("K0051", "bukan bagian"), ("K0002", "milik UPT Pauh")],
)
def test_a_wrong_number_stops_until_it_is_acknowledged(scanner, number, why):
    scan(scanner, "K0001")
    shows(scanner, "Tercatat")
    scan(scanner, number)
    shows(scanner, why)
    scan(scanner, "K0004")
    shows(scanner, "Pindaian tidak dicatat")
    holds(scanner, "K0001")
    scanner.keyboard.press("Escape")
    expect(scanner.locator(GO)).to_be_hidden()
    scan(scanner, "K0004")
    shows(scanner, "K0004")
    holds(scanner, "K0001", "K0004")


def test_enter_alone_acknowledges_too(scanner):
    scan(scanner, "K0051")
    shows(scanner, "bukan bagian")
    scanner.keyboard.press("Enter")
    expect(scanner.locator(GO)).to_be_hidden()


def test_a_line_that_is_down_keeps_the_number_and_says_it_was_not_checked(scanner):
    scan(scanner, "K0003")
    shows(scanner, "belum diperiksa")
    holds(scanner, "K0003")


def test_the_last_scan_can_be_taken_back(scanner):
    scan(scanner, "K0001")
    scan(scanner, "K0004")
    holds(scanner, "K0001", "K0004")
    scanner.click("[data-scan-undo]")
    shows(scanner, "Dibatalkan")
    holds(scanner, "K0001")


def test_what_is_scanned_while_nothing_has_the_focus_is_not_lost(scanner):
    scanner.click("h1")
    scan(scanner, "K0001")
    shows(scanner, "K0001")
    holds(scanner, "K0001")


def fill_in(page):
    page.goto(RECEIVE)
    page.evaluate("navigator.serviceWorker.ready.then((it) => it.active.state)")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.fill("[name='/quantity']", "6.000")
    page.fill("[name='/document_number']", "470/112")
    return page.locator(f"form[action='{RECEIVE}'] [name=_key]").input_value()


def test_a_form_sent_without_a_line_is_kept_and_comes_back_with_its_key(page):
    key = fill_in(page)
    page.context.set_offline(True)
    page.click(SEND)
    expect(page.locator("h1")).to_have_text("Saluran terputus")
    expect(page.locator("[data-kept-note]")).to_be_visible()
    page.context.set_offline(False)
    page.click("[data-again]")
    expect(page.locator(".messages")).to_contain_text("Isian Anda dikembalikan")
    assert page.input_value("[name='/quantity']") == "6.000"
    assert page.input_value("[name='/document_number']") == "470/112"
    # The same key: had the first one arrived after all, sending it again would do nothing twice.
    assert page.locator(f"form[action='{RECEIVE}'] [name=_key]").input_value() == key


def test_a_page_reloaded_without_a_line_keeps_what_was_typed(page):
    fill_in(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_have_text("Saluran terputus")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[name='/document_number']")).to_have_value("470/112")


def test_what_was_typed_outlives_the_end_of_the_session(page):
    fill_in(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.click(SEND)
    expect(page.locator("main")).to_contain_text("Masuk lagi")
    page.context.add_cookies(cookies)
    page.goto("/gudang")
    page.click(".messages a")
    expect(page.locator("[name='/document_number']")).to_have_value("470/112")


def test_nothing_of_it_is_left_once_it_was_sent(page):
    fill_in(page)
    page.click(SEND)
    page.wait_for_url(lambda url: RECEIVE not in url)
    assert page.evaluate("sessionStorage.length") == 0


def test_a_double_click_sends_once(page):
    fill_in(page)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.dblclick(SEND)
    page.wait_for_url(lambda url: RECEIVE not in url)
    assert len(posts) == 1
