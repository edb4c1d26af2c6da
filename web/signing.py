"""Who looks at a page: a session's cookie becomes an `Actor`. Everything is denied unless a page says otherwise."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, current_app, g, redirect, request, url_for
from werkzeug.exceptions import Forbidden as NoPermissionDeclared
from werkzeug.exceptions import Unauthorized

from api.auth import is_page
from api.config import Settings
from inventory import access
from inventory.errors import NotPermitted
from inventory.people import rules, sign_in
from inventory.people.sign_in import Signed

COOKIE = "blangko_sesi"
# The only pages that show themselves to anybody; everything else needs a session and a permission of its own.
OPEN_PAGES = frozenset(
    {
        "console_pages.asset",
        "console_pages.worker",
        "console_pages.offline",
        "documents_pages.check",
        "documents_pages.check_one",
        "home_pages.start",
        "home_pages.help_",
        "home_pages.set_language",
        "notice_board_pages.show",
        "people_pages.sign_in",
        "people_pages.begin",
        "people_pages.open_invitation",
        "people_pages.accept_invitation",
    }
)
# What somebody may do whose second factor is still wanted.
HALF_WAY = frozenset(f"people_pages.{name}" for name in ("sign_out", "ask_code", "confirm_code"))
# And who must set one up first.
SET_UP = frozenset(
    f"people_pages.{name}"
    for name in ("sign_out", "ask_code", "second_factor", "begin_second_factor", "set_second_factor")
)


def settings() -> Settings:
    """The settings of this service."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def recognise() -> Response | None:
    """Before each page: who is it, and may they see it? Whoever is not signed in is sent to the door."""
    endpoint = request.endpoint or ""
    if not is_page(endpoint):
        return None
    greet()
    if endpoint in OPEN_PAGES:
        return None
    if g.signed is None:
        if request.method != "GET":
            raise Unauthorized
        return _to("people_pages.sign_in", lanjut=request.full_path.rstrip("?"))
    if (g.signed.needs_code and endpoint not in HALF_WAY) or (g.signed.needs_set_up and endpoint not in SET_UP):
        return _to("people_pages.ask_code", lanjut=request.full_path.rstrip("?") if request.method == "GET" else None)
    action = getattr(current_app.view_functions[endpoint], "permission", None)
    if action is None:
        raise NoPermissionDeclared
    if not access.permits(g.actor, action):
        raise NotPermitted(role=g.actor.role, office=g.actor.office, action=action)
    return None


def greet() -> None:
    """Note who looks, for the page and the log; whose second factor is still wanted is nobody yet but at that door."""
    found = whoever()
    waits = found is not None and (found.needs_code or found.needs_set_up)
    known = not waits or (request.endpoint or "") not in OPEN_PAGES | {""}
    g.signed = found if known else None
    if g.signed is not None:
        g.actor = g.signed.actor


def whoever() -> Signed | None:
    """Who is behind this browser's cookie; None when nobody is signed in."""
    token = request.cookies.get(COOKIE, "")
    return sign_in.actor_of_session(token, settings().second_factor) if token else None


def _to(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def inside(address: str) -> str:
    """An address of this console as it was asked for; the first page for any other.

    Browsers read "//elsewhere", the same with backslashes, and such with tabs in them as another host.
    """
    mine = re.fullmatch(r"/(?![/\\])[^\s\\]*", address)
    return address if mine else url_for("home_pages.start")


def keep(response: Response, token: str) -> Response:
    """Give the browser a session's token: no script reads it, no other site sends it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(rules.ABSOLUTE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings().https,
    )
    return response


def forget(response: Response) -> Response:
    """Take the session's token back from the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=settings().https)
    return response
