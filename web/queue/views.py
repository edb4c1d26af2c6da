"""Who is printed next, each place explained, and a job made of the first of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import request, url_for

from api import paging
from api.printing.schemas import JobIn
from api.queue.schemas import AppearedIn
from inventory import access
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.offices import queries as offices
from inventory.offices.rules import OfficeLevel, level_of
from inventory.paging import Page, Slice
from inventory.printing import printers, sheets
from inventory.printing.machines import PrinterStatus
from inventory.queue import commands, queries
from inventory.queue.commands import Taking
from inventory.queue.queries import AGES
from inventory.queue.rules import Hold
from inventory.recordings.rules import PrintReason
from inventory.texts import Text, figure
from web import choices
from web.language import word
from web.pages import Pages, actor, done, once, see
from web.planning.layout import short
from web.queue.schemas import QueuePageQuery
from web.tables import Column, Table

pages = Pages("queue", __name__)
_MANY = Slice(500)
# As many as an ordinary printer does in a day, where nothing else is known.
_USUAL = 100
_FIRST, *_, _LAST = AGES
_SPANS = [
    Text("sampai {days} hari", "up to {days} days").format(days=_FIRST),
    *[
        Text("{low} sampai {high} hari", "{low} to {high} days").format(low=low + 1, high=high)
        for low, high in pairwise(AGES)
    ],
    Text("lebih dari {days} hari", "more than {days} days").format(days=_LAST),
]
_TONES = ("good", "info", "warn", "bad")


def _instant(value: object) -> datetime:
    found = datetime.fromisoformat(paging.word(value))
    if found.tzinfo is None:
        raise ValueError(value)
    return found


@pages.shows("/cetak/antrean", Action.READ_RECORDINGS, query=QueuePageQuery)
def queue(query: dict[str, Any]) -> Any:
    """The places of a queue with why; or those who have none today, and why not."""
    told: dict[str, Any] = {}

    def rows(wanted: Slice) -> Page:
        found = _read(query, wanted, totals=not told)
        told.update({} if told else found)
        return found["page"]  # type: ignore[no-any-return]

    table = Table(
        "antrean",
        Text("Yang ditahan", "Held") if query["held"] else Text("Urutan cetak", "Order of printing"),
        _columns(held=query["held"]),
        rows,
        turn=_turn(query),
        empty=Text("Tidak ada yang menunggu di sini.", "Nobody waits here."),
    )
    anybody = bool(table.rows)  # the first batch brings the totals along
    kits, stores = _stores(query["office"])
    taking = None
    if told["totals"]["ready"] and not query["held"] and access.permits(actor(), Action.PRINT):
        taking = _defaults(query, told["totals"], stores)
    ages, by_reason = _ages([] if query["held"] else told["totals"]["ages"])
    return see(
        "queue/queue.html",
        waiting=table,
        anybody=anybody,
        told=told,
        query=query,
        held=[each for each in told["totals"]["held"] if each["people"]],
        absent=any(each["hold"] is Hold.NOT_APPEARED and each["people"] for each in told["totals"]["held"]),
        kits=kits,
        offices=_offices(query),
        tabs=_tabs(query, told["totals"]),
        reasons=list(PrintReason),
        taking=taking,
        ages=ages,
        by_reason=by_reason,
    )


def _ages(found: list[dict[str, Any]]) -> tuple[list[tuple[str, int, None, str]], Table]:
    """How long people have waited, as bars and by reason; the steps that nobody is in are left out."""
    sums = [sum(row["ages"][step] for row in found) for step in range(len(_SPANS))]
    shown = [step for step, people in enumerate(sums) if people]
    bars = [(word(_SPANS[step]), sums[step], None, _TONES[step]) for step in shown]
    columns = [
        Column(Text("Alasan cetak", "Reason"), "reason", "word"),
        *[Column(_SPANS[step], _in_step(step), "number") for step in shown],
    ]
    if len(shown) > 1:
        columns.append(Column(Text("Seluruhnya", "In all"), "people", "number"))
    return bars, Table("umur", Text("Menurut alasan", "By reason"), columns, found)


def _in_step(step: int) -> Callable[[dict[str, Any]], int | None]:
    return lambda row: row["ages"][step] or None


def _read(query: dict[str, Any], wanted: Slice, *, totals: bool) -> dict[str, Any]:
    if query["held"]:
        return queries.list_held(actor(), query["office"], query["event"], wanted, totals=totals)
    if query["reason"] is not None:
        return queries.show_reason(actor(), query["office"], query["event"], query["reason"], wanted, totals=totals)
    return queries.show_queue(actor(), query["office"], query["event"], wanted, totals=totals)


def _turn(query: dict[str, Any]) -> tuple[Any, ...]:
    if query["held"]:
        return (paging.word, _instant, paging.number)
    if query["reason"] is not None:
        return (paging.number,)
    return (paging.number, _instant, paging.number) * len(PrintReason)


def _columns(*, held: bool) -> list[Column]:
    person = [
        Column(Text("Nomor perekaman", "Recording"), "client_id"),
        Column(Text("NIK", "NIK"), "nik"),
        Column(Text("Alasan cetak", "Reason"), lambda row: PrintReason(row["reason"]), "word"),
    ]
    if held:
        job = Column(
            Text("Pekerjaan", "Job"),
            "job",
            href=lambda row: url_for("printing_pages.job", job_id=row["job"]) if row["job"] else None,
        )
        waits = Column(Text("Menunggu", "Waited"), "waited_days", "number", unit=Text("hari", "days"))
        return [*person, Column(Text("Ditahan karena", "Held because"), "why"), job, waits]
    why = Column(Text("Mengapa di urutan ini", "Why in this place"), _why)
    return [Column(Text("Urutan", "Place"), "position", "number"), *person, why]


def _why(row: dict[str, Any]) -> Any:
    if not row["class_name"]:
        return row["why"]
    name, why = row["class_name"], row["why"]
    return Text(f"{name}: {why}", f"{getattr(name, 'en', name)}: {why.en}")


def _tabs(query: dict[str, Any], totals: dict[str, Any]) -> list[tuple[Text, str, bool]]:
    kept = {"event": query["event"], "office": query["office"]}
    count = sum(each["people"] for each in totals["held"])
    waiting = Text("Antrean ({count})", "Queue ({count})").format(count=figure(totals["ready"]))
    held = Text("Ditahan ({count})", "Held ({count})").format(count=figure(count))
    return [
        (waiting, url_for(".queue", **kept), not query["held"]),
        (held, url_for(".queue", held="true", **kept), query["held"]),
    ]


def _offices(query: dict[str, Any]) -> list[tuple[str, str]]:
    """Whose queue one may choose, for who sees several offices."""
    if level_of(actor().office) is OfficeLevel.REGENCY or query["event"] is not None:
        return []
    mine = actor().office
    found = queries.offices_waiting(actor(), query["office"])
    # The ministry chooses among all there are: what their names have in common would be most of the page.
    return [(code, short(name)) for code, name in found if code != mine]


def _stores(office: str | None) -> tuple[list[tuple[int, str]], list[Any]]:
    """The events that can be asked for, by their kits, and the open stores of the queue's office."""
    found = offices.list_stores(actor(), office or actor().office, _MANY).items
    found = [store for store in found if not store.closed]
    found.sort(key=lambda store: (store.event_id is not None, store.kind != "main", store.code))
    return [(store.event_id, store.name) for store in found if store.event_id is not None], found


def _defaults(query: dict[str, Any], totals: dict[str, Any], stores: list[Any]) -> dict[str, Any]:
    """What the form that takes the next ones offers."""
    mine = [store for store in stores if store.event_id == query["event"]]
    usual = sheets.usual_printer(actor())
    machines = printers.list_printers(actor(), None, PrinterStatus.WORKING, _MANY).items
    names = {store.code: store.name for store in mine}
    store, printer = usual if usual is not None and usual[0] in names else (next(iter(names), None), None)
    here = [machine for machine in machines if machine.store_code in names]
    if printer is None and here:
        printer = next((machine.name for machine in here if machine.store_code == store), None)
    return {
        "stores": [(store.code, f"{choices.brief(store.name)} ({store.code})") for store in mine],
        "printers": [(machine.name, f"{machine.name}, {choices.brief(names[machine.store_code])}") for machine in here],
        "items": choices.items(ItemKind.BLANK),
        "store": store,
        "printer": printer,
        "take": min(totals["ready"], _USUAL) or None,
    }


@pages.does("/cetak/antrean", Action.PRINT, body=JobIn, again=queue)
def take(body: dict[str, Any]) -> Any:
    """Make a print job of the first of the queue."""
    body.pop("recordings")
    job = commands.take_job(actor(), Taking(**body), once())
    return done("printing_pages.job", Text("Pekerjaan cetak dibuat.", "The print job was made."), job_id=job)


@pages.does("/cetak/antrean/datang", Action.RECORD, body=AppearedIn, again=queue)
def note_appeared(body: dict[str, Any]) -> Any:
    """Note that people who were waited for came."""
    commands.note_appeared(actor(), body["recordings"], office=body["office"], once=once())
    text = Text("Kedatangan dicatat: mereka masuk antrean.", "Noted that they came: they are in the queue now.")
    return done(".queue", text, held="true", **({"event": request.args["event"]} if "event" in request.args else {}))
