"""Put together: pages, their words, their assets, and what they answer when something is wrong."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jinja2
from flask import Flask, Response, g, get_flashed_messages, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoSuchAddress

from api.config import Settings
from inventory import access, clock, keys, marks
from inventory.access import Action
from web import charts, forms, language, pictures, refusals, signing
from web.features import FEATURES
from web.menu import menu
from web.pages import Pages

STATIC = Path(__file__).parent / "static"
_YEAR = 31_536_000
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
blueprint = Pages("console", __name__, template_folder="templates")


def install(app: Flask, settings: Settings, speak_json: Callable[[HTTPException], Response]) -> None:
    """Add the console to the app; what is not a page's address goes on to be answered by `speak_json`."""
    app.secret_key = keys.derive(settings.keyring.digest.hex(), "web session")
    app.config.update(
        SESSION_COOKIE_NAME="blangko_formulir",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    _furnish(app)
    if settings.https:
        app.before_request(_insist_on_https)
    app.before_request(signing.recognise)
    for feature in (blueprint, *FEATURES):
        app.register_blueprint(feature)

    def no_address(error: HTTPException) -> ResponseReturnValue:
        if request.path.startswith(("/api", "/_")):
            return speak_json(error)
        signing.greet()
        return refusals.by_http(error)

    for code in (404, 405):
        app.register_error_handler(code, no_address)


def _furnish(app: Flask) -> None:
    """The words that every template knows."""
    env = app.jinja_env
    env.undefined = jinja2.StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.finalize = language.told
    env.globals.update(
        t=language.t,
        word=language.word,
        unit_word=language.unit_word,
        item_word=language.item_word,
        options=language.options,
        number=language.number,
        decimal=language.decimal,
        percent=language.percent,
        day=language.day,
        weekday=language.weekday,
        instant=language.instant,
        language=language.language,
        url=url_for,
        asset=asset_address,
        actor=lambda: g.get("actor"),
        signed=lambda: g.get("signed"),
        may=lambda action: access.permits(g.actor, Action(action)),
        typed=forms.typed,
        faults=forms.faults,
        faults_at=forms.faults_at,
        stale=forms.stale,
        csrf_token=forms.csrf_token,
        form_key=forms.new_key,
        menu=menu,
        said=lambda: get_flashed_messages(with_categories=True),
        demo=is_demo,
        drawing=charts,
        keep=pictures.keep,
    )


_known: dict[str, tuple[float, bool]] = {}


def is_demo() -> bool:
    """Whether this database holds demo data; asked again once a minute."""
    now = clock.now().timestamp()
    at, found = _known.get("demo", (0.0, False))
    if not at <= now < at + 60:
        found = marks.demo_mark() is not None
        _known["demo"] = (now, found)
    return found


def _insist_on_https() -> ResponseReturnValue | None:
    if request.is_secure or request.path.startswith("/_"):
        return None
    # By the name we are known under, where it is set: a host that the request itself names may be anybody's.
    base = signing.settings().public_url or f"https://{request.host}"
    return redirect(base + request.full_path.rstrip("?"), 308)


# Assets: named by their content, so a browser keeps them for a year and asks for nothing twice.


_FILES = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*") if path.is_file()}


@cache
def _packed(name: str) -> tuple[bytes, bytes, str]:
    """A static file, the same compressed, and its digest; pages themselves are not compressed: they hold tokens."""
    if name not in _FILES:
        raise NoSuchAddress
    plain = _FILES[name].read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:12]


def asset_address(name: str) -> str:
    """The address of a static file, with the digest of what is in it."""
    return url_for("console_pages.asset", name=name, v=_packed(name)[2])


def _as_asset(name: str, keep_for: int) -> Response:
    plain, packed, digest = _packed(name)
    zipped = request.accept_encodings.quality("gzip") > 0
    answer = Response(packed if zipped else plain, content_type=_KINDS[Path(name).suffix])
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = f"public, max-age={keep_for}, immutable" if keep_for else "no-cache"
    answer.set_etag(digest)
    answer.make_conditional(request)
    return answer


@blueprint.shows("/aset/<path:name>", None)
def asset(name: str) -> Response:
    """A style, a script or a picture, from this host only."""
    return _as_asset(name, _YEAR if request.args.get("v") == _packed(name)[2] else 0)


@blueprint.shows("/sw.js", None)
def worker() -> Response:
    """The script that shows a page of its own when the line is gone; it must lie at the root."""
    return _as_asset("sw.js", 0)


@blueprint.shows("/luring", None)
def offline() -> ResponseReturnValue:
    """What is shown when the line is gone."""
    g.signed = None  # browsers keep this page, also on a computer that others use
    return render_template("offline.html")
