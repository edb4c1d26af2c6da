"""Numbers: the story of one, scanner first, and those that nobody can show."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from api import paging
from api.blanks.schemas import GapQuery
from inventory.access import Action
from inventory.blanks import queries
from inventory.blanks.queries import GapFilter, NumberNotFound
from inventory.blanks.rules import BlankState, DocumentOf, GapKind
from inventory.offices.queries import names_of_stores
from inventory.texts import Text
from web import choices, forms
from web.blanks.schemas import NumberIn
from web.language import told, word
from web.pages import Pages, actor, see, unanswered
from web.tables import Column, Table

pages = Pages("blanks", __name__)

# Where a blank is, as one would answer who asks.
NOW = {
    BlankState.ON_HAND: Text("Ada di {store}.", "It is at {store}."),
    BlankState.EARMARKED: Text("Ada di {store}, disisihkan untuk acara.", "It is at {store}, set aside for an event."),
    BlankState.IN_CUSTODY: Text("Dipegang {holder}, dari {store}.", "{holder} holds it, from {store}."),
    BlankState.IN_TRANSIT: Text("Dalam perjalanan dari {store}.", "It is on the road from {store}."),
    BlankState.SPOILED: Text("Rusak, di karantina {store}.", "Spoiled, in the quarantine of {store}."),
    BlankState.PRINTED: Text("Sudah dicetak, belum diserahkan, di {store}.", "Printed, not handed over, at {store}."),
    BlankState.ISSUED: Text("Sudah diserahkan kepada warga, dari {store}.", "Handed to a resident, from {store}."),
    BlankState.DESTROYED: Text("Sudah dimusnahkan, dari {store}.", "Destroyed, from {store}."),
    BlankState.LOST: Text("Hilang dari {store}.", "Lost from {store}."),
    BlankState.TAKEN_BACK: Text(
        "Tidak lagi tercatat: penerimaannya di {store} dibatalkan.",
        "No longer on the books: its receipt at {store} was taken back.",
    ),
}
_ELSEWHERE = Text(
    "Sudah tidak di Dinas Anda; ke mana, tidak Anda lihat.", "It has left your office; where it is you do not see."
)
_SOMEBODY = Text("seorang petugas", "somebody")
GAPS = {
    GapKind.DISPUTED: Text("Kurang dalam pengiriman", "Missing in a transfer"),
    GapKind.CUSTODY: Text("Belum kembali dari sif", "Not back from a shift"),
    GapKind.COUNT: Text("Tidak terlihat saat opname", "Not seen in a count"),
    GapKind.LOSS: Text("Dilaporkan hilang", "Reported lost"),
}
_STANDING = {
    BlankState.ISSUED: "good", BlankState.SPOILED: "warn", BlankState.LOST: "bad", BlankState.DESTROYED: "warn",
    BlankState.TAKEN_BACK: "warn",
}  # fmt: skip


@pages.shows("/nomor", Action.READ)
def find() -> Any:
    """Which number? Scan it or type it."""
    return see("blanks/find.html", asked="", unknown=False)


@pages.does("/nomor", Action.READ, body=NumberIn, again=find)
def look(body: dict[str, str]) -> Any:
    """Lead to its story. Only a number that is on the books becomes part of an address."""
    try:
        found = queries.story(actor(), body["number"])
    except NumberNotFound:
        forms.keep_typed()
        return see("blanks/find.html", asked=body["number"][:40], unknown=True), 404
    return redirect(url_for("blanks_pages.story", number=found["number"]), 303)


@pages.shows("/nomor/<path:number>", Action.READ)
def story(number: str) -> Any:
    """What happened to one number, and where it is now."""
    try:
        found = queries.story(actor(), number)
    except NumberNotFound:
        return see("blanks/find.html", asked=number[:40], unknown=True), 404
    stores = names_of_stores(hand["store"] for hand in found["hands"])
    for hand in found["hands"]:
        hand["store_name"] = choices.brief(stores[hand["store"]].name)
        hand["href"] = _document(hand["document_kind"], hand["document"])
    return see(
        "blanks/story.html",
        story=found,
        hands=list(reversed(found["hands"])),
        now=_now(found),
        tone=_STANDING.get(found["state"], "info"),
    )


def _now(found: dict[str, Any]) -> Text:
    if found["state"] is None:
        return _ELSEWHERE
    last = found["hands"][-1]
    return NOW[found["state"]].format(store=last["store_name"], holder=last["holder_name"] or _SOMEBODY)


_PAGES = {
    DocumentOf.RECEIPT: ("stock_pages.receipt", "receipt_id"),
    DocumentOf.COUNT: ("opname_pages.count", "count_id"),
    DocumentOf.TRANSFER: ("transfers_pages.transfer", "transfer_id"),
    DocumentOf.CUSTODY: ("custody_pages.session", "session_id"),
    DocumentOf.DESTRUCTION: ("disposal_pages.destruction", "destruction_id"),
}


def _document(kind: DocumentOf | None, document: int | None) -> str | None:
    """The page of what a hand's document is."""
    if kind not in _PAGES or document is None:
        return None
    return _page(_PAGES[kind], document)


def _page(of: tuple[str, str], key: int) -> str:
    values: dict[str, Any] = {of[1]: key}
    return url_for(of[0], **values)


_NOT_ONE = Text("bukan nomor yang tercatat di sini", "no number that is on the books here")
_NEW = Text("belum tercatat, dapat diterima", "not on the books yet, may be received")
_KNOWN = Text("sudah tercatat: {now}", "on the books already: {now}")
_NOT_HERE = Text("tidak ada di gudang yang dipilih. {now}", "not in the store that is chosen. {now}")
_MAY_GO = frozenset({BlankState.ON_HAND, BlankState.EARMARKED})


@pages.does("/nomor/pindai", Action.READ, body=NumberIn, again=unanswered)
def scanned(body: dict[str, str]) -> Any:
    """What a scan field is told of one number: whether it may go on the list (`untuk` says which), and why not."""
    arriving = request.args.get("untuk") == "terima"
    try:
        found = queries.story(actor(), body["number"])
    except NumberNotFound:
        return {"ok": arriving, "text": str(told(_NEW if arriving else _NOT_ONE))}
    hands = found["hands"]
    lies_in = hands[-1]["store"]
    hands[-1]["store_name"] = choices.brief(names_of_stores([lies_in])[lies_in].name)
    now = _now(found)
    if arriving:
        ok = found["state"] is BlankState.TAKEN_BACK
        return {"ok": ok, "text": str(told(_NEW if ok else _KNOWN.format(now=now)))}
    here = body["store"] in (None, lies_in)
    return {"ok": here and found["state"] in _MAY_GO, "text": str(told(now if here else _NOT_HERE.format(now=now)))}


@pages.shows("/nomor/celah", Action.READ, query=GapQuery)
def gaps(query: dict[str, Any]) -> Any:
    """Numbers that were received and that nobody can show."""
    for name in ("limit", "cursor", "order"):
        query.pop(name)
    columns = [
        Column(
            Text("Nomor pertama", "First number"),
            "first",
            href=lambda row: url_for("blanks_pages.story", number=row["first"]),
        ),
        Column(Text("Nomor terakhir", "Last number"), "last"),
        Column(Text("Jumlah", "Quantity"), "quantity", "number"),
        Column(Text("Sebab", "Why"), lambda row: GAPS[GapKind(row["kind"])], href=_gap_page),
        Column(Text("Gudang", "Store"), "store"),
        Column(Text("Dinas", "Office"), "office"),
    ]
    table = Table(
        "gaps",
        Text("Nomor yang tidak dapat ditunjukkan", "Numbers that nobody can show"),
        columns,
        lambda wanted: queries.list_gaps(actor(), GapFilter(**query), wanted),
        turn=(paging.word, paging.number),
        empty=Text(
            "Tidak ada celah: setiap nomor yang diterima dapat ditunjukkan.",
            "No gaps: every number that was received can be shown.",
        ),
    )
    kinds = [(kind.value, word(text)) for kind, text in GAPS.items()]
    return see("blanks/gaps.html", gaps=table, kinds=kinds, kind=query["kind"])


_GAP_PAGES = {
    GapKind.LOSS: ("movements_pages.movement", "movement_id"),
    GapKind.COUNT: ("opname_pages.count", "count_id"),
    GapKind.DISPUTED: ("transfers_pages.transfer", "transfer_id"),
    GapKind.CUSTODY: ("custody_pages.session", "session_id"),
}


def _gap_page(row: dict[str, Any]) -> str | None:
    kind = GapKind(row["kind"])
    if kind not in _GAP_PAGES or row["document"] is None:
        return None
    return _page(_GAP_PAGES[kind], row["document"])
