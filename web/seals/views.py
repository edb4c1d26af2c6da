"""Inspection: whether the books were proved, their seals, who did what, and the copy that proves itself elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, stream_with_context
from werkzeug.exceptions import NotFound as NoSuchAddress

from inventory import marks
from inventory.access import Action
from inventory.marks import Verified
from inventory.offices.rules import MINISTRY
from inventory.paging import Page, Slice
from inventory.reports import books, deeds
from inventory.reports.deeds import DeedFilter
from inventory.seals import queries as seals
from inventory.texts import Text
from web import signing
from web.language import told, zone_of
from web.pages import Pages, actor, see
from web.seals import differences
from web.seals.schemas import CheckQuery, DeedQuery
from web.seals.words import DEEDS, deed_of, facts_of, subject_of
from web.tables import Column, Table

pages = Pages("seals", __name__)
# Nothing was done before or after; and the days around them exist in every time zone.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)
_SHORT = 12


@pages.shows("/inspeksi/buku", Action.INSPECT, query=CheckQuery)
def ledger(query: dict[str, Any]) -> Any:
    """How the books were found last, how far they are sealed, and proving small ones now."""
    folder = signing.settings().ledger_dir
    standing = seals.standing(folder)
    whole = books.may_see_all(actor())
    small = standing.position + standing.waiting <= books.SMALL
    proved: Verified | None = None
    sentences: list[str] = []
    if query["periksa"] and whole and small:
        proved, sentences = books.prove(actor(), folder)
    return see(
        "seals/ledger.html",
        standing=standing,
        head_day=date.fromisoformat(standing.head.day) if standing.head else None,
        waiting_is_more=standing.waiting == seals.MOST_WAITING,
        verified=marks.verified(),
        proved=proved,
        sentences=[differences.told(sentence) for sentence in sentences],
        whole=whole,
        small=small,
        most=books.SMALL,
    )


@pages.shows("/inspeksi/segel", Action.INSPECT)
def checkpoints() -> Any:
    """The signed heads, held against the chain, and the newest seals."""
    folder = signing.settings().ledger_dir
    good, bad = Text("sah", "good"), Text("tidak sah", "bad")
    fits, other = Text("cocok", "fits"), Text("tidak cocok", "does not fit")
    heads = Table(
        "heads",
        Text("Segel terakhir yang ditandatangani", "Signed heads"),
        [
            Column(Text("Hari", "Day"), lambda row: date.fromisoformat(row.day), "day"),
            Column(Text("Sampai posisi", "Up to position"), "position", "number"),
            Column(Text("Sidik", "Hash"), lambda row: row.hash[:_SHORT]),
            Column(Text("Tanda tangan", "Signature"), lambda row: told(good if row.signed else bad)),
            Column(Text("Rantai segel", "Chain of seals"), lambda row: told(fits if row.fits else other)),
        ],
        seals.shown_heads(folder),
        empty=Text(
            "Belum ada tanda tangan harian. Penyegelan berjalan sendiri setelah catatan stok pertama.",
            "No signed head yet. Sealing runs by itself after the first movement.",
        ),
    )
    chain = Table(
        "seals",
        Text("Segel", "Seals"),
        [
            Column(Text("Posisi", "Position"), "position", "number"),
            Column(Text("Disegel", "Sealed"), "sealed_at", "instant"),
            Column(Text("Catatan stok", "Movement"), "movement_id"),
            Column(Text("Sidik sebelumnya", "Hash before"), lambda row: row.previous.hex()[:_SHORT]),
            Column(Text("Sidik", "Hash"), lambda row: row.hash.hex()[:_SHORT]),
        ],
        seals.list_seals,
        order="desc",
        empty=Text("Belum ada yang disegel.", "Nothing is sealed yet."),
    )
    return see("seals/checkpoints.html", heads=heads, chain=chain, standing=seals.standing(folder))


@pages.shows("/inspeksi/jejak", Action.INSPECT, query=DeedQuery)
def trail(query: dict[str, Any]) -> Any:
    """Who did what, when and where."""
    which = _filter(query)

    def rows(wanted: Slice) -> Page:
        return deeds.search(actor(), which, wanted)

    table = Table(
        "trail",
        Text("Jejak", "Trail"),
        [
            Column(Text("Waktu", "When"), "at", "instant"),
            Column(Text("Siapa", "Who"), "name"),
            Column(Text("Berbuat apa", "Did what"), deed_of),
            Column(Text("Pada", "To what"), subject_of),
            Column(Text("Dinas", "Office"), lambda row: row.office_name or row.office_code),
            Column(Text("Rincian", "Details"), lambda row: "; ".join(": ".join(fact) for fact in facts_of(row.facts))),
        ],
        rows,
        order="desc",
        empty=Text("Tidak ada jejak yang cocok.", "No deed matches."),
        limit=40,
    )
    known = sorted({(str(told(text)), "/".join(deed)) for deed, text in DEEDS.items()})
    return see(
        "seals/trail.html",
        trail=table,
        asked=query,
        deeds=[(value, text) for text, value in known],
        filtered=any(query.values()),
        nation=actor().office == MINISTRY,
        window=deeds.WINDOW,
    )


def _filter(query: dict[str, Any]) -> DeedFilter:
    deed = None
    if query["deed"]:
        action, _, subject = query["deed"].partition("/")
        deed = [(action, subject)]
    since, until = query["since"], query["until"]
    return DeedFilter(
        office=query["office"],
        named=query["named"],
        deeds=deed,
        subject=query["subject"],
        since=_begins(_near(since)) if since else None,
        until=_begins(_near(until) + timedelta(days=1)) if until else None,
    )


def _near(day: date) -> date:
    return min(max(day, _FIRST_DAY), _LAST_DAY)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone_of()))


@pages.shows("/inspeksi/ekspor", Action.INSPECT)
def export() -> Any:
    """How the books are copied and proved on another computer."""
    standing = seals.standing(signing.settings().ledger_dir)
    whole, small = books.may_see_all(actor()), standing.position <= books.SMALL
    return see("seals/export.html", standing=standing, whole=whole, small=small, most=books.SMALL)


@pages.shows("/inspeksi/ekspor/buku.jsonl", Action.INSPECT)
def export_file() -> Any:
    """The sealed ledger as JSON lines, as `blangko ledger export` writes it."""
    if not books.may_see_all(actor()):
        raise NoSuchAddress
    lines = books.export(actor(), signing.settings().ledger_dir)

    def written() -> Iterator[str]:
        for line in lines:
            yield f"{line}\n"

    headers = {"Content-Disposition": 'attachment; filename="buku.jsonl"', "Cache-Control": "private, no-store"}
    return Response(stream_with_context(written()), content_type="application/x-ndjson", headers=headers)
