"""What an office announces to everybody: one small page, the same for all who ask, and kept by caches for a while."""

from __future__ import annotations

import hashlib
from typing import Any

import segno
from flask import Response, g, render_template, request, url_for

from api import fields
from inventory.access import Action
from inventory.notice_board import commands, queries, rules
from inventory.notice_board.queries import Announcement, NoAnnouncement
from inventory.notice_board.rules import Exactness
from inventory.offices import queries as offices
from inventory.texts import Text
from web import signing
from web.pages import Pages, actor, done, once, see, version

pages = Pages("notice_board", __name__)
KEPT_FOR = 300
# Within so many minutes the same figures are the same page; behind them it is shown with its new hour.
_SLOT = 30
_NONE_LEFT = Text("habis", "none left")


class BoardIn(fields.Strict):
    """What an administrator decides about an office's board."""

    shown = fields.Flag(load_default=False)
    exactness = fields.Kind(Exactness, required=True)
    frame_ancestors = fields.Several(
        fields.Words(high=rules.MAX_ORIGIN), high=rules.MAX_ORIGINS, load_default=None, allow_none=True
    )


@pages.shows("/publik/<code:office>", None)
def show(office: str) -> Any:
    """Today's announcement of an office; `?bahasa=en` in English, `?ringkas` small enough for a frame."""
    g.language = "en" if request.args.get("bahasa") == "en" else "id"
    try:
        found = queries.announcement(office)
    except NoAnnouncement:
        answer = Response(render_template("notice_board/none.html"), 404)
        answer.headers["Cache-Control"] = "public, max-age=60"
        return answer
    small = "ringkas" in request.args
    answer = Response(render_template("notice_board/show.html", **_shown(found), small=small))
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; form-action 'none'; "
        f"frame-ancestors 'self' {found.frame_ancestors}".rstrip()
    )
    answer.set_etag(_digest(found, small=small), weak=True)
    answer.make_conditional(request)
    return answer


def _shown(found: Announcement) -> dict[str, Any]:
    figures = {
        "available": rules.told(found.available, found.exactness, _NONE_LEFT),
        "printed": rules.told(found.printed, found.exactness),
        "waiting": rules.told(found.waiting, found.exactness),
    }
    plain = address_of(found.office)
    return {"board": found, "figures": figures, "address": plain, "qr": qr_of(plain)}


def _digest(found: Announcement, *, small: bool) -> str:
    """The same for the same figures, settings, language and half hour."""
    slot = int(found.as_of.timestamp()) // (_SLOT * 60)
    told = [str(rules.told(count, found.exactness)) for count in (found.available, found.printed, found.waiting)]
    parts = [found.office, found.name, found.version, found.day, slot, g.language, small, address_of(found.office)]
    return hashlib.sha256(repr([*told, *map(str, parts)]).encode()).hexdigest()[:16]


def address_of(office: str) -> str:
    """The whole address of an office's announcement, as it is printed and scanned."""
    base = signing.settings().public_url or request.host_url.rstrip("/")
    return base + url_for("notice_board_pages.show", office=office)


def qr_of(address: str) -> str:
    """An address as a drawn QR code: dark on white in every light."""
    drawn = segno.make(address, error="m", micro=False)
    return str(drawn.svg_inline(scale=4, border=3, dark="#000", light="#fff", svgclass="qr", omitsize=True))


@pages.shows("/admin/dinas/<code:office>/papan", Action.ADMINISTER)
def settings(office: str) -> Any:
    """Whether an office announces its figures, how exactly, and inside whose pages."""
    board = queries.get_board(actor(), office)
    return see(
        "notice_board/settings.html",
        office=offices.get_office(actor(), office),
        board=board,
        address=address_of(office),
        exactnesses=[
            (Exactness.EXACT.value, _EXACT, _EXACT_HELP),
            (Exactness.BANDS.value, _BANDS, _BANDS_HELP),
        ],
    )


_EXACT, _EXACT_HELP = Text("Angka tepat", "Exact figures"), Text("Misalnya 2.431 keping.", "For example 2,431 blanks.")
_BANDS = Text("Kisaran saja", "Ranges only")
_BANDS_HELP = Text(
    "Hanya: habis, kurang dari 100, 100 sampai 500, atau lebih dari 500.",
    "Only: none, fewer than 100, 100 to 500, or more than 500.",
)


@pages.does("/admin/dinas/<code:office>/papan", Action.ADMINISTER, body=BoardIn, again=settings)
def change(office: str, body: dict[str, Any]) -> Any:
    """Announce from now on, or no longer."""
    body["frame_ancestors"] = body["frame_ancestors"] or ()
    commands.announce(actor(), office, **body, version=version(), once=once())
    shown = Text("Pengumuman tayang di {address}.", "The announcement is shown at {address}.")
    hidden = Text("Pengumuman tidak ditayangkan.", "The announcement is not shown.")
    said = shown.format(address=address_of(office)) if body["shown"] else hidden
    return done("notice_board_pages.settings", said, office=office)
