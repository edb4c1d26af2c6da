"""Events: the calendar, the page of one event, its plan from nothing, and its end before it began."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flask import url_for

from api import paging
from api.outreach.schemas import CancellationIn, EventIn, ExtensionIn
from inventory import access, clock
from inventory.access import Action
from inventory.outreach import commands, queries, tables
from inventory.outreach.queries import EventFilter
from inventory.outreach.rules import COMING, EventKind, EventPlan, EventStatus, PledgeStatus
from inventory.paging import Page, Slice
from inventory.people import hands
from inventory.planning.overview import Overview, overview
from inventory.settlement.queries import short_on_arrival
from inventory.texts import Text
from web import choices
from web.language import decimal, t, told, weekday, zone_of
from web.outreach import calendar, words
from web.outreach.schemas import TABS, ChangeForm, EventsQuery
from web.outreach.times import clock_on, hours
from web.pages import Pages, actor, done, once, see, version
from web.tables import Column, Table

pages = Pages("outreach", __name__)
_EMPTY = {
    "coming": Text("Belum ada acara yang direncanakan.", "No events are planned yet."),
    "running": Text("Tidak ada acara yang sedang berjalan.", "No event is running."),
    "missed": Text("Tidak ada acara yang lewat tanpa dimulai.", "No event went by without being started."),
    "past": Text("Belum ada acara yang ditutup.", "No event was closed yet."),
}
_ON_A_MONTH, _STOPS_SHOWN = 100, 40


@pages.shows("/koordinasi/kegiatan", Action.READ, query=EventsQuery)
def events(query: dict[str, Any]) -> Any:
    """The events of a month as a calendar; below it those that come, run, or are over."""
    tab = query["tab"] if query["tab"] in TABS else "coming"
    today = clock.business_day(zone_of())
    first, on = _month(query["month"] or today)
    if query["month"] is None and not on:
        coming = tables.list_named(actor(), EventFilter(first=today), list(COMING), Slice(1)).items
        first, on = _month(coming[0].starts_on) if coming else (first, on)
    table = Table(
        "events",
        Text("Acara", "Events"),
        _event_columns(),
        lambda wanted: _listed(tab, today, wanted),
        turn=(paging.day, paging.number),
        order="desc" if tab == "past" else "asc",
        empty=_EMPTY[tab],
    )
    return see(
        "outreach/events.html",
        events=table,
        month=calendar.month_of(first, on),
        month_name=calendar.month_name,
        day_name=calendar.day_name,
        on=on,
        tab=tab,
        missed=tab == "missed" or bool(_listed("missed", today, Slice(1)).items),
        today=today,
    )


def _listed(tab: str, today: date, wanted: Slice) -> Page:
    """What is planned for today or later comes; what was planned for days that are over never began."""
    which = EventFilter(first=today if tab == "coming" else None)
    return tables.list_named(actor(), which, TABS[tab], wanted, today if tab == "missed" else None)


def _month(day: date) -> tuple[date, list[Any]]:
    """The first day of the month of a day, and what is on in that month."""
    first, last = calendar.ends_of(day)
    shown = tables.list_named(actor(), EventFilter(first=first, last=last), list(EventStatus), Slice(_ON_A_MONTH))
    return first, [each for each in shown.items if each.status is not EventStatus.CANCELLED]


def _event_columns() -> list[Column]:
    counts = actor().role in queries.COUNTING
    return [
        Column(Text("Acara", "Event"), "name", href=lambda row: url_for(".event", event_id=row.id)),
        Column(Text("Hari pertama", "First day"), "starts_on", "day"),
        Column(Text("Hari terakhir", "Last day"), "ends_on", "day"),
        Column(Text("Tuan rumah", "Host"), "host_name"),
        Column(Text("Jenis", "Kind"), "kind", "word"),
        Column(Text("Status", "Status"), "status", "word"),
        Column(Text("Target orang", "People targeted"), lambda row: row.people or None, "number"),
        # Of one that runs its own page tells them, until whoever counts what is left must not know.
        Column(
            Text("Blangko dukungan", "Blanks pledged"),
            lambda row: None if counts and row.status is EventStatus.RUNNING else row.blanks or None,
            "number",
        ),
    ]


@pages.shows("/koordinasi/kegiatan/baru", Action.RUN_EVENTS)
def new() -> Any:
    """Plan an event: what, where and when; stops and support come next."""
    hosts = tables.hosts(actor())
    return see(
        "outreach/new.html",
        hosts=[(code, f"{name} ({code})") for code, name in hosts],
        kinds=list(EventKind),
        today=clock.business_day(zone_of()),
        opens=time(8),
        closes=time(16),
    )


@pages.does("/koordinasi/kegiatan/baru", Action.RUN_EVENTS, body=EventIn, again=new)
def plan(body: dict[str, Any]) -> Any:
    """Plan it, and go on to its stops."""
    made = commands.plan(actor(), EventPlan(**body), once())
    text = Text("Acara direncanakan. Sekarang tambahkan lokasi layanannya.", "The event is planned. Now add its stops.")
    return done("outreach_pages.stops", text, event_id=made)


@pages.shows("/koordinasi/kegiatan/<int:event_id>", Action.READ)
def event(event_id: int) -> Any:
    """The event: will it run short, who brings what, what to do next."""
    found = overview(actor(), event_id)
    blind = queries.counts_blind(actor(), found.event, found.plan.time_zone)
    # Only what was brought can have been short on its way.
    short = short_on_arrival(event_id) if found.event.status is EventStatus.RUNNING else []
    waits = not found.manages and found.event.status in COMING
    sentence, tone = (words.TO_COUNT, "info") if blind else words.verdict(found)
    return see(
        "outreach/event.html",
        found=found,
        event=found.event,
        sentence=sentence,
        tone=tone,
        journey=words.journey(found, _may),
        waits=waits,
        hosts=hands.approvers_of(found.event.host_office) if waits and found.inside else [],
        blind=blind,
        advice=[] if blind else words.advice(found, _may, short),
        means=words.means(found),
        binds=words.binds(found),
        needs=_needs(found),
        supply=_supply(found),
        cases=_cases(found),
        pool=_pool(found, blind=blind),
        stops=_timetable(found),
        days=_days(found),
        more_stops=max(0, len(found.stops) - _STOPS_SHOWN),
    )


def _may(action: str) -> bool:
    return access.permits(actor(), Action(action))


def _needs(found: Overview) -> list[dict[str, Any]]:
    need = found.figures.need
    figures = {"low": need.low, "likely": need.likely, "high": need.high, "by_target": need.by_target}
    return [{"label": t("Kebutuhan", "Need"), **figures}]


def _supply(found: Overview) -> list[tuple[str, int]]:
    """What there will be, part by part: in the kit, pledged by owner, arriving."""
    there = found.figures.available
    pledged = [(share.name, share.pledged) for share in found.shares if share.pledged]
    if sum(quantity for _, quantity in pledged) != there.pledged:
        # Some of it was spoiled or lost since: whose that was, nobody can say before it is brought.
        pledged = [(t("Dijanjikan", "Pledged"), there.pledged)]
    parts = [
        (t("Di gudang acara", "In the event's store"), there.on_hand),
        *pledged,
        (t("Akan tiba", "Arriving"), there.arriving),
    ]
    return [(label, quantity) for label, quantity in parts if quantity]


def _cases(found: Overview) -> Table:
    figures = found.figures
    turnouts = [words.comes(found, turnout, decimal(turnout * 100)) for turnout in found.plan.turnouts]
    names = {
        "by_target": Text("Menurut target", "By target"),
        "low": Text("Sedikit yang datang {n}", "Few people come {n}").format(n=turnouts[0]),
        "likely": Text("Kehadiran yang biasa {n}", "The usual turnout {n}").format(n=turnouts[1]),
        "high": Text("Banyak yang datang {n}", "Many people come {n}").format(n=turnouts[2]),
    }
    rows = [
        {
            "case": told(label),
            "need": getattr(figures.need, name),
            "total": figures.available.total,
            "short": getattr(figures.shortfall, name) or None,
            "over": getattr(figures.surplus, name) or None,
        }
        for name, label in names.items()
    ]
    blanks = Text("keping", "blanks")
    columns = [
        Column(Text("Bila", "If"), "case"),
        Column(Text("Kebutuhan", "Need"), "need", "number", unit=blanks),
        Column(Text("Tersedia", "Available"), "total", "number", unit=blanks),
        Column(Text("Kurang", "Short"), "short", "number", unit=blanks),
        Column(Text("Lebih", "Left over"), "over", "number", unit=blanks),
    ]
    return Table("cases", Text("Kebutuhan dan pasokan", "Need and supply"), columns, rows)


def _pool(found: Overview, *, blind: bool) -> Table:
    """Who gave what; without the figures for whoever counts, as what is left is what came less what was used."""
    columns = [
        Column(Text("Pemilik", "Owner"), "office_name"),
        Column(Text("Barang", "Item"), choices.item_of, "item"),
        Column(Text("Jumlah", "Quantity"), "quantity", "number"),
        Column(Text("Tiba", "Arrived"), "arrived", "number"),
        Column(Text("Satuan", "Unit"), "unit", "unit"),
        Column(Text("Dari gudang", "From store"), "store_name"),
        Column(Text("Status", "Status"), words.pledge_status),
    ]
    if blind:
        del columns[2:5]
    elif all(each.arrived is None for each in found.pledges):
        del columns[3]
    rows = [each for each in found.pledges if each.status is not PledgeStatus.RELEASED]
    empty = Text(
        "Belum ada dukungan. Mulai dari blangko milik tuan rumah, lalu minta provinsi.",
        "No support yet. Begin with the host's own blanks, then ask the province.",
    )
    return Table("pool", Text("Dukungan menurut pemilik", "Pool by owner"), columns, rows, empty=empty)


def _timetable(found: Overview) -> Table:
    zone = found.plan.time_zone
    columns = [
        Column(Text("Hari", "Day"), lambda row: weekday(clock_on(row.starts_at, zone).date())),
        Column(Text("Jam", "Hours"), lambda row: hours(row, zone)),
        Column(Text("Lokasi", "Stop"), "name"),
        Column(Text("Wilayah", "Region"), "region_name"),
        Column(Text("Target orang", "People targeted"), "target_people", "number"),
        Column(Text("Alat rekam", "Kits"), "kits", "number"),
    ]
    empty = Text("Belum ada lokasi layanan.", "No stops yet.")
    return Table("stops", Text("Jadwal lokasi", "Timetable"), columns, found.stops[:_STOPS_SHOWN], empty=empty)


def _days(found: Overview) -> Table | None:
    if not found.days:
        return None
    columns = [
        Column(Text("Hari", "Day"), lambda row: weekday(row.day)),
        Column(Text("Direkam", "Recorded"), "recorded", "number"),
        Column(Text("Dicetak", "Printed"), "printed", "number"),
        Column(Text("Rusak", "Spoiled"), "spoiled", "number"),
    ]
    return Table("days", Text("Hari demi hari", "Day by day"), columns, found.days)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/ubah", Action.RUN_EVENTS)
def edit(event_id: int) -> Any:
    """The event's plan, to be changed."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    return see(
        "outreach/edit.html",
        event=seen.event,
        pledgers=tables.pledgers(event_id, seen.event.host_office),
        percents={name: round(getattr(seen.event, name) * 100, 4) for name in _TURNOUTS},
        spoil=None if seen.event.spoil_rate is None else round(seen.event.spoil_rate * 100, 4),
        coming=seen.event.status in COMING,
        running=seen.event.status is EventStatus.RUNNING,
    )


_TURNOUTS = ("turnout_low", "turnout_likely", "turnout_high")


@pages.does("/koordinasi/kegiatan/<int:event_id>/ubah", Action.RUN_EVENTS, body=ChangeForm, again=edit)
def change(event_id: int, body: dict[str, Any]) -> Any:
    """Change it."""
    commands.change(actor(), event_id, version(), body)
    return done("outreach_pages.event", Text("Rencana acara diubah.", "The plan is changed."), event_id=event_id)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/perpanjang", Action.RUN_EVENTS)
def longer(event_id: int) -> Any:
    """How many days longer."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    return see("outreach/extend.html", event=seen.event)


@pages.does("/koordinasi/kegiatan/<int:event_id>/perpanjang", Action.RUN_EVENTS, body=ExtensionIn, again=longer)
def extend(event_id: int, body: dict[str, Any]) -> Any:
    """Let it last longer."""
    commands.extend(actor(), event_id, body["days"], once())
    text = Text("Acara diperpanjang {days} hari.", "The event lasts {days} days longer.").format(days=body["days"])
    return done("outreach_pages.event", text, event_id=event_id)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/batal", Action.RUN_EVENTS)
def calling_off(event_id: int) -> Any:
    """Why it is called off."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    return see("outreach/cancel.html", event=seen.event)


@pages.does("/koordinasi/kegiatan/<int:event_id>/batal", Action.RUN_EVENTS, body=CancellationIn, again=calling_off)
def cancel(event_id: int, body: dict[str, Any]) -> Any:
    """Call it off; every pledge is let go."""
    commands.cancel(actor(), event_id, body["reason"], once())
    text = Text("Acara dibatalkan; semua dukungan dilepas.", "The event is cancelled; every pledge was let go.")
    return done("outreach_pages.event", text, event_id=event_id)
