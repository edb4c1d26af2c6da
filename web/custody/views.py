"""Blanks in a named hand for a shift: handed out, taken back by count, and every difference settled."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for

from api import fields
from api.amounts import amount_of, said
from api.custody.schemas import CustodyApprovalIn, CustodyCloseIn, CustodyIn
from inventory import clock
from inventory.access import Action
from inventory.catalogue.queries import get_item
from inventory.catalogue.rules import ItemKind
from inventory.custody import commands, queries
from inventory.custody.commands import Issue, Return
from inventory.custody.queries import CustodyFilter
from inventory.custody.rules import CustodyStatus
from inventory.offices.queries import names_of_stores
from inventory.paging import Page
from inventory.people.queries import names_of
from inventory.printing.run_queries import feeding_run
from inventory.texts import Text, figure
from web import choices
from web.language import t, word, zone_of
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("custody", __name__)
_MOST_ALLOWED = 400
_DIFFERS = Text("Ada selisih {quantity} keping: jelaskan.", "A difference of {quantity}: explain it.")
_WAITS = Text(
    "Ada selisih {quantity} keping: menunggu orang kedua.", "A difference of {quantity}: a second person settles it."
)


class SessionQuery(fields.Strict):
    """Which sessions: those in a hand, those that differ, or those that ended."""

    status = fields.Kind(CustodyStatus, load_default=CustodyStatus.OPEN)
    store = fields.code(load_default=None)


class ExplanationIn(fields.Strict):
    """How a difference came about."""

    explanation = fields.Words(high=500, required=True)


@pages.shows("/gudang/sif", Action.READ, query=SessionQuery)
def sessions(query: dict[str, Any]) -> Any:
    """Who holds what, for how long, and what of it is not accounted for."""
    which = CustodyFilter(store=query["store"], status=query["status"])
    table = Table(
        "sessions",
        Text("Sif", "Shifts"),
        _columns(query["status"]),
        lambda wanted: _named(queries.list_sessions(actor(), which, wanted)),
        order="desc",
        empty=_empty(query["status"]),
    )
    return see("custody/sessions.html", sessions=table, status=query["status"], store=query["store"])


def _empty(status: CustodyStatus) -> Text:
    if status is CustodyStatus.OPEN:
        return Text(
            "Tidak ada blangko di tangan petugas. Serahkan keperluan hari ini saat sif mulai.",
            "No blanks are in anybody's hand. Hand out what the day needs when the shift begins.",
        )
    if status is CustodyStatus.DISPUTED:
        return Text("Tidak ada sif yang berselisih.", "No shift has a difference.")
    return Text("Belum ada sif yang ditutup.", "No shift has been closed yet.")


def _named(found: Page) -> Page:
    people = names_of(row["holder_id"] for row in found.items)
    places = names_of_stores(row["store_code"] for row in found.items)
    today = clock.business_day(zone_of())
    rows = [
        {
            **row,
            "holder": people.get(row["holder_id"], row["holder_id"]),
            "store": places[row["store_code"]].name,
            "age": _age((today - row["opened_on"]).days),
        }
        for row in found.items
    ]
    return Page(rows, found.next)


def _age(days: int) -> str:
    if days <= 0:
        return t("hari ini", "today")
    return t("kemarin", "yesterday") if days == 1 else t("{n} hari lalu", "{n} days ago").format(n=days)


def _columns(status: CustodyStatus) -> list[Column]:
    last = {
        CustodyStatus.OPEN: [Column(Text("Masih di tangan", "Still in hand"), "in_hand", "number")],
        CustodyStatus.DISPUTED: [Column(Text("Tidak kembali", "Not come back"), "missing", "number")],
        CustodyStatus.CLOSED: [
            Column(Text("Kembali", "Returned"), "returned", "number"),
            Column(Text("Hilang", "Missing"), lambda row: row["missing"] or None, "number"),
        ],
    }
    return [
        Column(Text("Pemegang", "Holder"), "holder", href=_href),
        Column(Text("Gudang", "Store"), "store"),
        Column(Text("Diserahkan", "Handed out"), "age" if status is CustodyStatus.OPEN else "opened_on", "text"
               if status is CustodyStatus.OPEN else "day"),
        Column(Text("Jumlah", "Quantity"), "issued", "number"),
        Column(Text("Tercetak", "Printed"), lambda row: row["printed"] or None, "number"),
        Column(Text("Rusak", "Spoiled"), lambda row: row["spoiled"] or None, "number"),
        *last[status],
    ]  # fmt: skip


def _href(row: dict[str, Any]) -> str:
    return url_for("custody_pages.session", session_id=row["id"])


@pages.shows("/gudang/sif/serahkan", Action.MOVE_STOCK)
def issue() -> Any:
    """To whom, how much, and which two counted it out."""
    return see(
        "custody/issue.html",
        stores=choices.stores(),
        items=choices.items(ItemKind.BLANK),
        holders=choices.holders(actor().office),
        counters=choices.counters(actor().office),
    )


@pages.does("/gudang/sif/serahkan", Action.MOVE_STOCK, body=CustodyIn, again=issue)
def book_issue(body: dict[str, Any]) -> Any:
    """Hand it out."""
    wanted = Issue(amount=amount_of(body), **body)
    made = commands.issue(actor(), wanted, once())
    told = Text("{quantity} keping diserahkan. Cetak lembar sifnya.", "{quantity} blanks handed out. Print the sheet.")
    return done("custody_pages.session", told.format(quantity=figure(wanted.amount.quantity)), session_id=made)


@pages.shows("/gudang/sif/<int:session_id>", Action.READ)
def session(session_id: int) -> Any:
    """What was given, what became of it, and what is left in the hand."""
    return see("custody/session.html", **_one(session_id))


def _one(session_id: int) -> dict[str, Any]:
    it = queries.get_session(actor(), session_id)
    people = [it["holder_id"], it["user_id"], it["closed_by"], it["approved_by"], *it["counted_by"]]
    people += it["return_counted_by"] or []
    names = names_of(people)
    return {
        "it": it,
        "names": names,
        "counted_out": " + ".join(names.get(each, str(each)) for each in it["counted_by"]),
        "counted_back": " + ".join(names.get(each, str(each)) for each in it["return_counted_by"] or []),
        "place": names_of_stores([it["store_code"]])[it["store_code"]],
        "item": get_item(it["item_code"]),
        "open": it["status"] is CustodyStatus.OPEN,
        "disputed": it["status"] is CustodyStatus.DISPUTED,
        "counters_differ": any(it["compared"].values()),
    }


@pages.shows("/gudang/sif/<int:session_id>/tutup", Action.MOVE_STOCK)
def close(session_id: int) -> Any:
    """What came back, counted by two; of a disputed session what was found since."""
    one = _one(session_id)
    if request.method == "GET" and one["it"]["status"] is CustodyStatus.CLOSED:
        return done("custody_pages.session", session_id=session_id)
    numbers = one["it"]["intervals"]
    allowed = numbers if 0 < len(numbers) <= _MOST_ALLOWED else None
    by_count = request.args.get("cara") == "hitung"
    counters = [
        (name, [each for each in people if each[0] != str(one["it"]["holder_id"])])
        for name, people in choices.counters(one["it"]["office_code"])
    ]
    return see("custody/close.html", **one, allowed=allowed, by_count=by_count, counters=counters)


@pages.does("/gudang/sif/<int:session_id>/tutup", Action.MOVE_STOCK, body=CustodyCloseIn, again=close)
def book_return(session_id: int, body: dict[str, Any]) -> Any:
    """Take it back."""
    returned = body.pop("returned")
    amount = None if returned is None else said(returned, "/returned")
    commands.close(actor(), session_id, Return(amount, **body), feeding_run, once())
    it = queries.get_session(actor(), session_id)
    if it["status"] is not CustodyStatus.DISPUTED:
        return _told(Text("Pengembalian dicatat.", "The return is noted."), session_id)
    told = (_WAITS if it["explanation"] else _DIFFERS).format(quantity=figure(it["missing"] + it["surplus"]))
    flash(str(word(told)), "warn")
    return done("custody_pages.session", session_id=session_id)


@pages.shows("/gudang/sif/<int:session_id>/jelaskan", Action.MOVE_STOCK)
def explain(session_id: int) -> Any:
    """Say how a difference came about."""
    one = _one(session_id)
    if request.method == "GET" and not one["disputed"]:
        return done("custody_pages.session", session_id=session_id)
    return see("custody/explain.html", **one)


@pages.does("/gudang/sif/<int:session_id>/jelaskan", Action.MOVE_STOCK, body=ExplanationIn, again=explain)
def book_explanation(session_id: int, body: dict[str, Any]) -> Any:
    """Explain."""
    commands.close(actor(), session_id, Return(None, **body), feeding_run, once())
    return _told(Text("Penjelasan dicatat.", "The explanation is noted."), session_id)


@pages.shows("/gudang/sif/<int:session_id>/setujui", Action.APPROVE)
def approve(session_id: int) -> Any:
    """Settle an explained difference, as the second person."""
    one = _one(session_id)
    waits = one["disputed"] or (one["counters_differ"] and not one["it"]["approved_by"] and not one["open"])
    if request.method == "GET" and not waits:
        return done("custody_pages.session", session_id=session_id)
    return see("custody/approve.html", **one)


@pages.does("/gudang/sif/<int:session_id>/setujui", Action.APPROVE, body=CustodyApprovalIn, again=approve)
def book_approval(session_id: int, body: dict[str, Any]) -> Any:
    """Approve."""
    commands.approve(actor(), session_id, body["reason"], once())
    return _told(Text("Selisih disetujui.", "The difference is settled."), session_id)


def _told(text: Text, session_id: int) -> Any:
    return done("custody_pages.session", text, session_id=session_id)
