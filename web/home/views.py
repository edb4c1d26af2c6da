"""Where each role begins: what needs me now."""

from __future__ import annotations

from typing import Any

from flask import Response, g, redirect, request, url_for

from inventory.access import Action
from inventory.people import accounts
from inventory.people.rules import Language
from web import signing
from web.language import COOKIE, LANGUAGES
from web.menu import HOMES
from web.pages import Pages, actor, see

pages = Pages("home", __name__)
_YEAR = 31_536_000


@pages.shows("/", None)
def start() -> Any:
    """To the door, or to the home of the role."""
    if g.signed is None:
        return redirect(url_for("people_pages.sign_in"), 303)
    return redirect(url_for(HOMES[actor().role]), 303)


@pages.does("/bahasa", None, again=start)
def set_language() -> Any:
    """Speak the other language from now on."""
    chosen = request.form.get("bahasa", "id")
    chosen = chosen if chosen in LANGUAGES else "id"
    answer: Response = redirect(signing.inside(request.form.get("kembali", "")), 303)  # type: ignore[assignment]
    if g.signed is not None:
        accounts.set_language(actor(), Language(chosen))
    answer.set_cookie(COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="Lax")
    return answer


@pages.shows("/gudang", Action.READ)
def stock_room() -> Any:
    """The stock room."""
    return see("home/home.html")


@pages.shows("/koordinasi", Action.READ)
def coordination() -> Any:
    """Coordination."""
    return see("home/home.html")


@pages.shows("/cetak", Action.READ)
def print_room() -> Any:
    """The print room."""
    return see("home/home.html")


@pages.shows("/inspeksi", Action.READ)
def inspection() -> Any:
    """Inspection."""
    return see("home/home.html")


@pages.shows("/admin", Action.ADMINISTER)
def administration() -> Any:
    """Administration."""
    return see("home/home.html")
