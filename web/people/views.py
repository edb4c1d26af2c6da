"""The door: signing in and out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import redirect, request, session, url_for

from api import fields
from inventory.access import Action
from inventory.people import sign_in as door
from web import signing
from web.pages import Pages, see

pages = Pages("people", __name__)


class SignInIn(fields.Strict):
    """A name and a password."""

    login = fields.Words(high=40, required=True)
    password = ma.fields.String(required=True)
    lanjut = fields.Words(low=0, high=500, load_default="")


@pages.shows("/masuk", None)
def sign_in() -> Any:
    """Ask for a name and a password."""
    return see("people/sign_in.html", onward=request.values.get("lanjut", ""))


@pages.does("/masuk", None, body=SignInIn, again=sign_in)
def begin(body: dict[str, Any]) -> Any:
    """Sign in."""
    token, needs_code = door.sign_in(body["login"], body["password"], request.user_agent.string)
    session.clear()
    onward = body["lanjut"]
    onward = onward if onward.startswith("/") and not onward.startswith(("//", "/\\")) else url_for("home_pages.start")
    to = url_for("people_pages.ask_code") if needs_code else onward
    return signing.keep(redirect(to, 303), token)  # type: ignore[arg-type]


@pages.does("/keluar", Action.READ, again=sign_in)
def sign_out() -> Any:
    """Sign out."""
    door.sign_out(request.cookies.get(signing.COOKIE, ""))
    session.clear()
    return signing.forget(redirect(url_for("people_pages.sign_in"), 303))  # type: ignore[arg-type]
