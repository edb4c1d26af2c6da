"""The way in, in a true browser: from an invitation over a password and a second factor to the day's work."""

from __future__ import annotations

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe

from inventory import clock
from tests.browser_sizes import TOO_SMALL

PASSWORD = "hujan deras di pasar"


def looks_right(page):
    """Accessible, and on a small phone without scrolling sideways and with everything big enough for a thumb."""
    found = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in Axe().run(page).response["violations"]]
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    sideways, small = page.evaluate("document.documentElement.scrollWidth"), page.evaluate(TOO_SMALL)
    page.set_viewport_size(wide)
    assert (found, sideways, small) == ([], 320, []), page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_an_invitation_to_the_days_work(opens, scheme):
    login = f"joko.{scheme}"
    admin = opens("hasan", color_scheme=scheme)
    admin.goto("/admin/orang/undang")
    admin.get_by_label("Nama lengkap").fill("Joko")
    admin.get_by_role("button", name="Buat undangan").click()
    looks_right(admin)  # what is wrong stands at its field
    admin.get_by_label("Nama pengguna").fill(login)
    admin.get_by_label("Tugas").select_option(label="Petugas gudang")
    admin.get_by_label("Kode Dinas").fill("15.03")
    admin.get_by_role("button", name="Buat undangan").click()
    looks_right(admin)
    link = admin.get_by_label("Tautan").input_value()

    page = opens(color_scheme=scheme)
    page.goto(link)
    looks_right(page)
    page.get_by_label("Kata sandi baru").fill(PASSWORD)
    page.get_by_label("Ketik sekali lagi").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Kata sandi tersimpan.").wait_for()
    looks_right(page)
    sign_in(page, login)
    page.wait_for_url("**/gudang")

    page.goto("/akun/kode")
    page.get_by_role("button", name="Pasang kode kedua").click()
    looks_right(page)
    secret = page.locator("main strong").inner_text().replace(" ", "")
    page.get_by_label("Enam angka").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.get_by_text("Kode kedua aktif sejak sekarang.").wait_for()
    page.goto("/akun/kode")
    looks_right(page)

    page.locator("details.user summary").click()
    page.get_by_role("button", name="Keluar").click()
    sign_in(page, login)
    page.wait_for_url("**/masuk/kode**")
    looks_right(page)
    page.keyboard.type(pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30))  # the field has the focus
    page.keyboard.press("Enter")
    page.wait_for_url("**/gudang")


def sign_in(page, login):
    page.get_by_label("Nama pengguna").fill(login)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_a_demo_user_is_one_button_away(opens):
    page = opens()
    page.goto("/")
    page.get_by_role("button", name="Masuk sebagai budi").click()
    page.wait_for_url("**/koordinasi")


def test_no_password_and_no_code_is_kept_in_the_browser(opens):
    page = opens()
    page.goto("/masuk")
    page.get_by_label("Nama pengguna").fill("siti")
    page.get_by_label("Kata sandi").fill("a secret of mine")
    page.keyboard.press("Enter")
    page.get_by_text("Nama pengguna atau kata sandi salah.").first.wait_for()
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert "a secret of mine" not in kept
    assert page.get_by_label("Kata sandi").input_value() == ""
