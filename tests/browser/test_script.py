"""What the console's script does in a real browser: scanning, sending once, and losing nothing when the line fails."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import g, render_template_string
from werkzeug.serving import make_server

from api.cli import DEMO_OFFICES
from inventory.access import Role
from tests import demo
from tests.builders import actor
from tests.visitor import session_of
from web import signing

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-background-networking --disable-component-update --disable-sync --no-first-run "
    "--disable-gpu --disable-quic"
).split()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
SCAN = (
    '{% extends "base.html" %}{% import "parts.html" as parts %}{% block title %}Pindai{% endblock %}'
    '{% block content %}<h1>Pindai</h1>{% call parts.form("/kirim", "Kirim") %}{{ parts.scan("/numbers", "Nomor", '
    'expected=4, allowed=[["K0001", "K0050"], "K9999"], check="/periksa") }}{% endcall %}{% endblock %}'
)
LAST, COUNT, GO, LIST = "[data-scan-last]", "[data-scan-count]", "[data-scan-go]", "textarea[name='/numbers']"
RECEIVE = "/gudang/terima"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The demo, served; gives its application and address."""
    folder = tmp_path_factory.mktemp("script")
    app = demo.load(f"sqlite:///{folder / 'demo.db'}", folder)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    """A browser for all tests of this file."""
    with sync_api.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def signed_in(chromium, served):
    """A page of a clerk; whatever the script throws fails the test."""
    app, address = served
    with app.app_context():
        token = session_of(actor(Role.CLERK.value, DEMO_OFFICES[Role.CLERK]).user_id)
    context = chromium.new_context(base_url=address)
    context.add_cookies([{"name": signing.COOKIE, "value": token, "url": address}])
    page, thrown = context.new_page(), []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    context.close()
    assert thrown == []


@pytest.fixture
def page(chromium, served):
    with signed_in(chromium, served) as shown:
        yield shown


@pytest.fixture
def scanner(page, served):
    """A page with nothing but a scan field: K0002 belongs to somebody else, at K0003 the line is down."""
    with served[0].test_request_context("/"):
        g.signed = None
        text = render_template_string(SCAN)

    def check(route):
        number = route.request.url.rpartition("=")[2]
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
    sync_api.expect(page.locator(LAST)).to_contain_text(text)


def numbers(page):
    return page.input_value(LIST).split()


def test_each_scan_is_counted_and_the_last_one_completes_the_list(scanner):
    for count, number in enumerate(("K0001", "K0004", "K0005", "K9999"), 1):
        scan(scanner, number)
        shows(scanner, number)
        assert scanner.inner_text(COUNT) == str(count)
    shows(scanner, "Lengkap")
    assert numbers(scanner) == ["K0001", "K0004", "K0005", "K9999"]
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
    assert numbers(scanner) == ["K0001"]
    scanner.keyboard.press("Escape")
    sync_api.expect(scanner.locator(GO)).to_be_hidden()
    scan(scanner, "K0004")
    shows(scanner, "K0004")
    assert numbers(scanner) == ["K0001", "K0004"]


def test_enter_alone_acknowledges_too(scanner):
    scan(scanner, "K0051")
    shows(scanner, "bukan bagian")
    scanner.keyboard.press("Enter")
    sync_api.expect(scanner.locator(GO)).to_be_hidden()


def test_a_line_that_is_down_keeps_the_number_and_says_it_was_not_checked(scanner):
    scan(scanner, "K0003")
    shows(scanner, "belum diperiksa")
    assert numbers(scanner) == ["K0003"]


def test_the_last_scan_can_be_taken_back(scanner):
    scan(scanner, "K0001")
    scan(scanner, "K0004")
    shows(scanner, "K0004")
    scanner.click("[data-scan-undo]")
    shows(scanner, "Dibatalkan")
    assert numbers(scanner) == ["K0001"]


def test_what_is_scanned_while_nothing_has_the_focus_is_not_lost(scanner):
    scanner.click("h1")
    scan(scanner, "K0001")
    shows(scanner, "K0001")
    assert numbers(scanner) == ["K0001"]


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
    page.click(f"form[action='{RECEIVE}'] button")
    sync_api.expect(page.locator("h1")).to_have_text("Saluran terputus")
    sync_api.expect(page.locator("[data-kept-note]")).to_be_visible()
    page.context.set_offline(False)
    page.click("[data-again]")
    sync_api.expect(page.locator(".messages")).to_contain_text("Isian Anda dikembalikan")
    assert page.input_value("[name='/quantity']") == "6.000"
    assert page.input_value("[name='/document_number']") == "470/112"
    # The same key: had the first one arrived after all, sending it again would do nothing twice.
    assert page.locator(f"form[action='{RECEIVE}'] [name=_key]").input_value() == key


def test_a_page_reloaded_without_a_line_keeps_what_was_typed(page):
    fill_in(page)
    page.context.set_offline(True)
    page.reload()
    sync_api.expect(page.locator("h1")).to_have_text("Saluran terputus")
    page.context.set_offline(False)
    page.reload()
    sync_api.expect(page.locator("[name='/document_number']")).to_have_value("470/112")


def test_what_was_typed_outlives_the_end_of_the_session(page):
    fill_in(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.click(f"form[action='{RECEIVE}'] button")
    sync_api.expect(page.locator("main")).to_contain_text("Masuk lagi")
    page.context.add_cookies(cookies)
    page.goto("/gudang")
    page.click(".messages a")
    sync_api.expect(page.locator("[name='/document_number']")).to_have_value("470/112")


def test_nothing_of_it_is_left_once_it_was_sent(page):
    fill_in(page)
    page.click(f"form[action='{RECEIVE}'] button")
    page.wait_for_url(lambda url: RECEIVE not in url)
    assert page.evaluate("sessionStorage.length") == 0


def test_a_double_click_sends_once(page):
    fill_in(page)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.dblclick(f"form[action='{RECEIVE}'] button")
    page.wait_for_url(lambda url: RECEIVE not in url)
    assert len(posts) == 1


def test_the_script_and_the_style_are_small():
    static = Path(signing.__file__).parent / "static"
    assert (static / "console.js").stat().st_size < 14_000
    assert sum(path.stat().st_size for path in static.rglob("*.*s")) < 170_000
