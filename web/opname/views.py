"""Counting a store: one line after the other, a second time where it differs, and a third person's yes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for

from api import paging
from api.opname.schemas import (
    CountIn,
    CountLinesIn,
    CountPlanChange,
    CountPlanIn,
    CountQuery,
    CountReasonIn,
)
from inventory import clock
from inventory.access import Action
from inventory.offices.queries import get_office, get_store, names_of_offices, names_of_stores
from inventory.opname import commands, plans, queries
from inventory.opname.commands import CountWish
from inventory.opname.lines import Seen
from inventory.opname.queries import CountFilter, CountNotFound, PlanFilter
from inventory.opname.rules import COUNTED_CONDITIONS, CountKind, CountStatus
from inventory.paging import Slice
from inventory.people.queries import names_of
from inventory.stock.rules import Condition, SpoilReason
from inventory.texts import Text, figure
from web import choices, forms
from web.language import told, word, zone_of
from web.opname.schemas import BeginQuery, PlansQuery
from web.pages import Pages, actor, done, once, see, version
from web.tables import Column, Table

pages = Pages("opname", __name__)
_MOST = 500


@pages.shows("/gudang/hitung", Action.READ, query=CountQuery)
def counts(query: dict[str, Any]) -> Any:
    """The counts, the newest first, and which stores are due."""
    which = CountFilter(query["office"], query["store"], query["status"], query["plan"])
    stores: dict[str, str] = {}

    def batch(wanted: Slice) -> Any:
        found = queries.list_counts(actor(), which, wanted)
        stores.update(_names(row.store_code for row in found.items))
        return found

    columns = [
        Column(Text("Mulai", "Started"), "started_on", "day", href=lambda row: url_for(".count", count_id=row.id)),
        Column(Text("Gudang", "Store"), lambda row: stores[row.store_code]),
        Column(Text("Macam", "Kind"), "kind", "word"),
        Column(Text("Status", "Status"), "status", "word"),
        Column(Text("Disetujui", "Approved"), "approved_at", "instant"),
    ]
    table = Table(
        "counts",
        Text("Opname", "Counts"),
        columns,
        batch,
        order="desc",
        empty=Text(
            "Belum pernah dihitung. Mulai opname: dua orang menghitung, orang ketiga menyetujui.",
            "Never counted yet. Start a count: two people count, a third one approves.",
        ),
    )
    due = queries.list_plans(actor(), PlanFilter(active=True), Slice(5)).items
    shown = [queries.shown_plan(row) for row in due]
    planned = _names(row["store_code"] for row in shown)
    return see(
        "opname/counts.html",
        counts=table,
        due=[plan | {"store": planned[plan["store_code"]]} for plan in shown],
        people=names_of(plan["counter_id"] for plan in shown),
        me=actor().user_id,
        today=clock.business_day(zone_of()),
        statuses=list(CountStatus),
        status=query["status"],
    )


def _names(codes: Iterable[str]) -> dict[str, str]:
    return {code: choices.brief(each.name) for code, each in names_of_stores(codes).items()}


@pages.shows("/gudang/hitung/mulai", Action.MOVE_STOCK, query=BeginQuery)
def begin(query: dict[str, Any]) -> Any:
    """Which store, by whom, blind or not."""
    return see(
        "opname/begin.html",
        stores=choices.stores(),
        items=choices.items(),
        kinds=list(CountKind),
        people=choices.counters(actor().office),
        plan=queries.get_plan(actor(), query["rencana"]) if query["rencana"] else None,
        me=actor().user_id,
    )


@pages.does("/gudang/hitung/mulai", Action.MOVE_STOCK, body=CountIn, again=begin)
def start(body: dict[str, Any]) -> Any:
    """Start the count: what the books have now is kept."""
    made = commands.start(actor(), CountWish(**body), once())
    text = Text("Opname dimulai. Hitung baris demi baris.", "The count has begun. Count line by line.")
    return done("opname_pages.count", text, count_id=made)


@pages.shows("/gudang/hitung/<int:count_id>", Action.READ)
def count(count_id: int) -> Any:
    """One count: what is to be counted next, what differs, and who may approve it."""
    found = queries.get_count(actor(), count_id)
    office = get_office(actor(), found["office_code"]) if _mine(found) else None
    lines = _told_lines(found)
    people = {found["user_id"], *found["counted_by"], *found["noted_by"], found["approved_by"]}
    is_open = found["status"] is CountStatus.OPEN
    strict = office is not None and (office.count_check or (office.write_off_check and bool(found["shortage"])))
    return see(
        "opname/count.html",
        count=found,
        store=_names([found["store_code"]])[found["store_code"]],
        names=names_of(people),
        lines=_lines_table(found, lines),
        open=is_open,
        next=next((line for line in lines if line["to_count"]), None) if is_open else None,
        bare=next((line for line in lines if line["variance"] and not line["explanation"]), None),
        odd=[line for line in lines if line["missing"] or line["unexpected"]],
        may_not=strict and actor().user_id in people - {found["approved_by"]},
    )


def _mine(found: dict[str, Any]) -> bool:
    office = actor().office
    return office == "0" or found["office_code"] == office or found["office_code"].startswith(f"{office}.")


def _told_lines(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines, each with what it is in words: item, condition, whose, with numbers or without."""
    items = dict(choices.items())
    others = names_of_offices({line["owner"] for line in found["lines"]} - {found["office_code"]})
    lines: list[dict[str, Any]] = found["lines"]
    for line in lines:
        parts = [items.get(line["item"], line["item"])]
        if line["condition"] != Condition.BLANK:
            parts.append(word(line["reason"] or line["condition"]))
        if line["numbered"]:
            parts.append(str(told(Text("bernomor", "with numbers"))))
        if line["owner"] in others:
            parts.append(str(told(Text("milik {owner}", "owned by {owner}").format(owner=others[line["owner"]]))))
        if line["event"]:
            parts.append(str(told(Text("untuk acara", "for an event"))))
        line["name"] = ", ".join(parts)
    return lines


def _lines_table(found: dict[str, Any], lines: list[dict[str, Any]]) -> Table:
    is_open = found["status"] is CountStatus.OPEN

    def address(line: dict[str, Any]) -> str | None:
        return url_for("opname_pages.line", count_id=found["id"], line_id=line["id"]) if is_open else None

    differs = any(line["variance"] for line in lines)
    books = [
        Column(Text("Menurut buku", "On the books"), "books", "number"),
        *([Column(Text("Selisih", "Difference"), lambda line: line["variance"] or None, "number")] if differs else []),
    ]
    explanation = Column(Text("Penjelasan", "Explanation"), lambda line: line["explanation"] or None)
    columns = [
        Column(Text("Barang", "Item"), "name", href=address),
        Column(Text("Dihitung", "Counted"), "counted", "number"),
        *(books if found["told"] else []),
        Column(Text("Keadaan", "Standing"), _standing),
        *([explanation] if any(line["explanation"] for line in lines) else []),
    ]
    empty = Text(
        "Pembukuan gudang ini kosong. Catat yang ditemukan.", "The books of this store are empty. Note what was found."
    )
    return Table("lines", Text("Baris opname", "Lines of the count"), columns, lines, empty=empty)


def _standing(line: dict[str, Any]) -> Text:
    if line["to_count"]:
        twice = line["counted"] is not None
        return Text("hitung sekali lagi", "count once more") if twice else Text("belum dihitung", "to be counted")
    if line["variance"] or line["missing"] or line["unexpected"]:
        more, how = Text("lebih {n}", "{n} too many"), Text("kurang {n}", "{n} short")
        differs = (more if line["variance"] > 0 else how).format(n=figure(abs(line["variance"])))
        return differs if line["variance"] else Text("nomornya berselisih", "the numbers differ")
    return Text("sudah dihitung", "counted") if line["variance"] is None else Text("cocok", "agrees")


@pages.shows("/gudang/hitung/<int:count_id>/baris/<int:line_id>", Action.MOVE_STOCK)
def line(count_id: int, line_id: int) -> Any:
    """Count one line, or explain its difference."""
    found = queries.get_count(actor(), count_id)
    if found["status"] is not CountStatus.OPEN and not forms.faults():
        return done("opname_pages.count", count_id=count_id)
    lines = _told_lines(found)
    mine = next((each for each in lines if each["id"] == line_id), None)
    if mine is None:
        raise CountNotFound(count=count_id)
    explain = not mine["to_count"] and bool(mine["variance"] or mine["missing"] or mine["unexpected"])
    return see("opname/line.html", count=found, line=mine, explain=explain)


@pages.does("/gudang/hitung/<int:count_id>/baris/<int:line_id>", Action.MOVE_STOCK, body=CountLinesIn, again=line)
def note_line(count_id: int, line_id: int, body: dict[str, Any]) -> Any:
    """Note it, and go on with the next line that is to be counted."""
    del line_id
    return _noted(count_id, body)


@pages.shows("/gudang/hitung/<int:count_id>/temuan", Action.MOVE_STOCK)
def other(count_id: int) -> Any:
    """Something lies there that no line is for."""
    found = queries.get_count(actor(), count_id)
    if found["status"] is not CountStatus.OPEN and not forms.faults():
        return done("opname_pages.count", count_id=count_id)
    conditions = list(COUNTED_CONDITIONS)
    return see(
        "opname/other.html", count=found, items=choices.items(), conditions=conditions, reasons=list(SpoilReason)
    )


@pages.does("/gudang/hitung/<int:count_id>/temuan", Action.MOVE_STOCK, body=CountLinesIn, again=other)
def note_other(count_id: int, body: dict[str, Any]) -> Any:
    """Note it as a line of its own."""
    return _noted(count_id, body)


def _noted(count_id: int, body: dict[str, Any]) -> Any:
    commands.note(actor(), count_id, [Seen(**each) for each in body["lines"]], once())
    found = queries.get_count(actor(), count_id)
    left = [each for each in found["lines"] if each["to_count"]]
    text = Text("Tercatat.", "Noted.")
    if left and left[0]["counted"] is None:
        return done("opname_pages.line", text, count_id=count_id, line_id=left[0]["id"])
    return done("opname_pages.count", text, count_id=count_id)


@pages.does("/gudang/hitung/<int:count_id>/setujui", Action.APPROVE, body=CountReasonIn, again=count)
def approve(count_id: int, body: dict[str, Any]) -> Any:
    """Approve it: the books follow."""
    commands.approve(actor(), count_id, body["reason"], once())
    text = Text("Opname disetujui; pembukuan sudah mengikuti.", "The count is approved; the books follow it.")
    return done("opname_pages.count", text, count_id=count_id)


@pages.does("/gudang/hitung/<int:count_id>/batalkan", Action.APPROVE, body=CountReasonIn, again=count)
def cancel(count_id: int, body: dict[str, Any]) -> Any:
    """Call it off: nothing moves."""
    commands.cancel(actor(), count_id, body["reason"], once())
    return done("opname_pages.count", Text("Opname dibatalkan.", "The count was called off."), count_id=count_id)


@pages.shows("/gudang/hitung/rencana", Action.READ, query=PlansQuery)
def count_plans(query: dict[str, Any]) -> Any:
    """Which store is counted how often, by whom."""
    today = clock.business_day(zone_of())
    which = PlanFilter(due_by=today if query["due"] else None)
    stores: dict[str, str] = {}
    people: dict[int, str] = {}

    def batch(wanted: Slice) -> Any:
        found = queries.list_plans(actor(), which, wanted)
        stores.update(_names(row.store_code for row in found.items))
        people.update(names_of(row.counter_id for row in found.items))
        return found

    columns = [
        Column(
            Text("Gudang", "Store"),
            lambda row: stores[row.store_code],
            href=lambda row: url_for(".plan", plan_id=row.id),
        ),
        Column(Text("Penghitung", "Counter"), lambda row: people.get(row.counter_id)),
        Column(Text("Berikutnya", "Next"), "next_on", "day"),
        Column(Text("Setiap", "Every"), "every_days", "number", unit=Text("hari", "days")),
        Column(Text("Berlaku", "Active"), "active", "word"),
    ]
    table = Table(
        "plans",
        Text("Rencana opname", "Count plans"),
        columns,
        batch,
        turn=(paging.day, paging.number),
        empty=Text("Belum ada rencana.", "No plans yet."),
    )
    return see(
        "opname/plans.html",
        plans=table,
        stores=choices.stores(),
        people=choices.counters(actor().office),
        today=today,
        due=query["due"],
    )


@pages.does("/gudang/hitung/rencana", Action.APPROVE, body=CountPlanIn, again=count_plans)
def make_plan(body: dict[str, Any]) -> Any:
    """Plan that a store is counted from time to time."""
    plans.make_plan(actor(), body.pop("store"), **body, once=once())
    return done("opname_pages.count_plans", Text("Rencana tersimpan.", "The plan is saved."))


@pages.shows("/gudang/hitung/rencana/<int:plan_id>", Action.READ)
def plan(plan_id: int) -> Any:
    """One plan, and changing it."""
    found = queries.get_plan(actor(), plan_id)
    store = get_store(actor(), found["store_code"])
    return see(
        "opname/plan.html",
        plan=found,
        store=store,
        names=names_of([found["counter_id"]]),
        people=choices.counters(found["office_code"]),
    )


@pages.does("/gudang/hitung/rencana/<int:plan_id>", Action.APPROVE, body=CountPlanChange, again=plan)
def change_plan(plan_id: int, body: dict[str, Any]) -> Any:
    """Change a plan, or put it aside."""
    plans.change_plan(actor(), plan_id, version(), body)
    return done("opname_pages.count_plans", Text("Rencana tersimpan.", "The plan is saved."))
