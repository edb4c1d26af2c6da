"""Screenshots of the main pages of the console, of a demo loaded for it: docs/screens/*.png.

.venv/bin/python tools/screens.py [FOLDER]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from inventory.demo.people import PASSWORD  # noqa: E402
from tests import demo  # noqa: E402

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDE: ViewportSize = {"width": 1280, "height": 800}
SMALL: ViewportSize = {"width": 320, "height": 640}


def event(page: Page) -> None:
    """The page of the event that is planned."""
    page.goto("/koordinasi/kegiatan")
    page.get_by_role("region", name="Acara").get_by_role("link").first.click()


def allocation(page: Page) -> None:
    """A hundred blanks on their way to an office that runs dry, not sent yet."""
    page.goto("/koordinasi/alokasi")
    row = page.get_by_role("group", name="Baris 1")
    for label, name in (("Dari", "Kota Jambi"), ("Ke", "Batanghari")):
        option = row.get_by_label(label).locator("option", has_text=name).first
        row.get_by_label(label).select_option(label=option.inner_text())
    row.get_by_label("Jumlah").press_sequentially("100")
    page.get_by_text("Yang berubah").wait_for()


def results(page: Page) -> None:
    """Twelve people sent to the printer, one blank spoiled."""
    page.goto("/cetak/antrean")
    page.get_by_label("Ambil berapa orang").fill("12")
    page.get_by_role("button", name="Buat pekerjaan cetak").click()
    page.get_by_role("button", name="Kirim ke printer").click()
    page.get_by_label("Baris berapa?").fill("7")
    page.get_by_role("button", name="Tandai rusak").click()
    page.get_by_text("Satu keping rusak dicatat").wait_for()


# file: who looks, and where or how one gets there
PAGES: dict[str, tuple[str, Any]] = {
    "1-sign-in": ("", "/masuk"),
    "2-clerk-home": ("siti", "/gudang"),
    "3-receive": ("siti", "/gudang/terima"),
    "4-stock-card": ("siti", "/gudang/kartu"),
    "5-province-map": ("budi", "/koordinasi/peta"),
    "6-event": ("budi", event),
    "7-allocation": ("budi", allocation),
    "8-queue": ("dewi", "/cetak/antrean"),
    "9-results": ("dewi", results),
    "10-public-notice": ("", "/publik/15.03"),
}
ON_A_PHONE = ("6-event", "8-queue")


def shoot(browser: Browser, base: str, folder: Path) -> None:
    """Every page, and two of them on a small phone."""
    small = [(name, SMALL) for name in ON_A_PHONE]
    for name, size in small + [(name, WIDE) for name in PAGES]:
        login, way = PAGES[name]
        context = browser.new_context(base_url=base, locale="id-ID", viewport=size, color_scheme="light")
        page = context.new_page()
        if login:
            page.goto("/masuk")
            page.get_by_label("Nama pengguna").fill(login)
            page.get_by_label("Kata sandi").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/masuk" not in url)
        if isinstance(way, str):
            page.goto(way)
        else:
            way(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.screenshot(path=folder / f"{name}{'-phone' if size is SMALL else ''}.png")
        context.close()


def main() -> None:
    """Load the demo, serve it, look at it."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as held:
        app = demo.load(f"sqlite:///{Path(held) / 'demo.db'}", Path(held))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = next((path for name in NAMES if (path := shutil.which(name))), None)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
            shoot(browser, f"http://127.0.0.1:{server.server_port}", folder)
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
