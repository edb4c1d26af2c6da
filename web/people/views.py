"""The door and one's own account: signing in and out, the second factor, sessions, the password."""

from __future__ import annotations

from typing import Any

import segno
from flask import Response, g, make_response, redirect, request, session, url_for
from markupsafe import Markup

from inventory.access import Action
from inventory.demo import people as demo
from inventory.people import accounts, sessions
from inventory.people import sign_in as door
from inventory.people.rules import SHORTEST, Language
from inventory.texts import Text
from web import signing
from web.language import COOKIE, LANGUAGES
from web.pages import SMALL, Pages, actor, done, see
from web.people.schemas import AcceptIn, CodeIn, PasswordIn, PresentIn, SignInIn

pages = Pages("people", __name__)


def unkept(page: Any) -> Response:
    """A page with a secret on it: no browser and no proxy keeps it."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _cookie() -> str:
    return request.cookies.get(signing.COOKIE, "")


def _onward() -> str:
    """Where to go after the door: what the form or the address says, when it is a page of ours."""
    return signing.inside(request.form.get("/lanjut", "") or request.args.get("lanjut", ""))


def _door() -> Any:
    ended = g.signed is None and bool(_cookie())
    return see("people/sign_in.html", onward=_onward(), ended=ended, demo_users=demo.USERS, demo_password=demo.PASSWORD)


@pages.shows("/masuk", None)
def sign_in() -> Any:
    """Ask for a name and a password."""
    return _door() if g.signed is None else redirect(_onward(), 303)


@pages.does("/masuk", None, body=SignInIn, again=_door, most_bytes=SMALL)
def begin(body: dict[str, Any]) -> Any:
    """Sign in: always with a new session, whatever this browser brought along."""
    settings = signing.settings()
    door.check_address(request.remote_addr or "unknown", settings.failed_tokens_per_minute)
    agent = request.user_agent.string
    token, needs_code = door.sign_in(body["login"], body["password"], agent, settings.second_factor)
    door.sign_out(_cookie())
    session.clear()
    if not needs_code:
        _keep_language(door.actor_of_session(token, settings.second_factor))
    to = url_for("people_pages.ask_code", lanjut=_onward()) if needs_code else _onward()
    return signing.keep(redirect(to, 303), token)  # type: ignore[arg-type]


def _keep_language(signed: door.Signed | None) -> None:
    """Speak on as the door did: what this browser chose there is from now on what the person reads."""
    chosen = request.cookies.get(COOKIE, "")
    if signed is not None and chosen in LANGUAGES and chosen != signed.language:
        accounts.set_language(signed.actor, Language(chosen))


@pages.does("/keluar", Action.READ, again=_door)
def sign_out() -> Any:
    """Sign out."""
    door.sign_out(_cookie())
    session.clear()
    return signing.forget(done("people_pages.sign_in", Text("Anda sudah keluar.", "You are signed out.")))


def _code() -> Any:
    return see("people/code.html", onward=_onward())


@pages.shows("/masuk/kode", Action.READ)
def ask_code() -> Any:
    """Ask for the code of the second factor, or lead to where one is set up."""
    if g.signed.needs_set_up:
        return redirect(url_for("people_pages.second_factor"), 303)
    return _code() if g.signed.needs_code else redirect(_onward(), 303)


@pages.does("/masuk/kode", Action.READ, body=CodeIn, again=_code)
def confirm_code(body: dict[str, Any]) -> Any:
    """Open the door with the code."""
    door.confirm_code(_cookie(), body["code"])
    _keep_language(g.signed)
    return redirect(_onward(), 303)


# An invitation.


def _invitation(token: str) -> Any:
    return unkept(see("people/invitation.html", invited=accounts.get_invited(token), token=token, shortest=SHORTEST))


@pages.shows("/undangan/<token>", None)
def open_invitation(token: str) -> Any:
    """Choose a password by the link that an administrator made."""
    return _invitation(token)


@pages.does("/undangan/<token>", None, body=AcceptIn, again=_invitation, most_bytes=SMALL)
def accept_invitation(token: str, body: dict[str, str]) -> Any:
    """Keep it; then sign in with it."""
    accounts.accept(token, body["password"])
    text = Text("Kata sandi tersimpan. Silakan masuk.", "Your password is kept. Please sign in.")
    return done("people_pages.sign_in", text)


# One's own account.


@pages.shows("/akun", Action.READ)
def account() -> Any:
    """Who I am here, and which browsers I am signed in with."""
    own = accounts.get_own(actor())
    return see("people/account.html", own=own, sessions=sessions.list_sessions(actor()))


@pages.does("/akun/sesi/<int:session_id>/akhiri", Action.READ, again=account)
def end_session(session_id: int) -> Any:
    """End one of my sessions."""
    sessions.revoke_session(actor(), session_id)
    return done("people_pages.account", Text("Sesi itu diakhiri.", "That session was ended."))


@pages.shows("/akun/sandi", Action.READ)
def password() -> Any:
    """Choose another password."""
    return see("people/password.html", shortest=SHORTEST)


@pages.does("/akun/sandi", Action.READ, body=PasswordIn, again=password)
def change_password(body: dict[str, str]) -> Any:
    """Keep the new password; the other sessions end."""
    accounts.change_password(actor(), body["present"], body["new"], g.signed.session_id)
    text = Text(
        "Kata sandi diganti. Sesi lain sudah diakhiri.", "Your password was changed. Your other sessions were ended."
    )
    return done("people_pages.account", text)


@pages.shows("/akun/kode", Action.READ)
def second_factor() -> Any:
    """Whether the second factor is on; while it is set up, its QR code."""
    own, pending = accounts.get_own(actor()), accounts.pending_totp(actor(), g.signed.session_id)
    required = actor().role in signing.settings().second_factor
    secret, code = (_spaced(pending[0]), _drawn(pending[1])) if pending else ("", None)
    return unkept(see("people/second_factor.html", own=own, required=required, secret=secret, code=code))


def _spaced(secret: str) -> str:
    """A secret in groups of four, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _drawn(address: str) -> Markup:
    """A QR code, dark on white in every theme, because cameras want it so."""
    drawn = segno.make(address, error="m").svg_inline(scale=5, light="#fff", svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 - squares, drawn by us


@pages.does("/akun/kode/mulai", Action.READ, again=second_factor)
def begin_second_factor() -> Any:
    """Begin to set it up."""
    accounts.begin_totp(actor(), g.signed.session_id)
    return done("people_pages.second_factor")


@pages.does("/akun/kode/pasang", Action.READ, body=CodeIn, again=second_factor)
def set_second_factor(body: dict[str, str]) -> Any:
    """Put it into force by its first code."""
    accounts.confirm_totp(actor(), body["code"], g.signed.session_id)
    _keep_language(g.signed)
    text = Text("Kode kedua aktif sejak sekarang.", "The second factor is on from now.")
    return done("people_pages.account", text)


@pages.does("/akun/kode/matikan", Action.READ, body=PresentIn, again=second_factor)
def drop_second_factor(body: dict[str, str]) -> Any:
    """Switch it off."""
    accounts.drop_totp(actor(), body["present"])
    return done("people_pages.account", Text("Kode kedua dimatikan.", "The second factor was switched off."))
