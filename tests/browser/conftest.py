"""A true Chromium in front of the true service, on a demo of each test file's own."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from inventory.database import db
from inventory.demo.people import PASSWORD
from tests import demo
from tests.browser.hands import visit

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-gpu", "--disable-quic",
]  # fmt: skip
SMALL, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Served:
    """The service as it runs for one test file."""

    app: Flask
    url: str


@pytest.fixture(scope="module")
def served(told_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service on a copy of the demo, with a port of its own."""
    app = demo.copy_of(told_demo, tmp_path_factory.mktemp("served"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join(10)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this process."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opens(chromium: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """`opens("siti")` is a page of a new browser, signed in through the door as that demo user; `opens()` is nobody's.

    Whatever is wrong on a page of it fails the test: an error of a script, a refused request, another host.
    """
    made: list[BrowserContext] = []
    wrong: list[str] = []

    def page_for(login: str = "", **options: object) -> Page:
        context = chromium.new_context(base_url=served.url, locale="id-ID", **{"viewport": WIDE, **options})  # type: ignore[arg-type]
        made.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "console", lambda said: wrong.append(f"console: {said.text}") if "Content Security" in said.text else None
        )
        page.on("request", lambda request: wrong.append(request.url) if not _is_ours(request.url, served.url) else None)
        if login:
            visit(page, "/masuk")
            page.fill('input[name="/login"]', login)
            page.fill('input[name="/password"]', PASSWORD)
            page.press('input[name="/password"]', "Enter")
            page.wait_for_url(lambda url: "/masuk" not in url)
        return page

    yield page_for
    for context in made:
        context.close()
    assert wrong == []


def _is_ours(url: str, base: str) -> bool:
    return url.startswith((base, "data:", "blob:"))
