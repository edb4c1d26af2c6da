"""The coordinator's view: a province at a glance, one office of it, and who will run short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any

from flask import redirect, url_for

from inventory import clock
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.coverage import queries as coverage
from inventory.offices.queries import Named, list_provinces, names_of_stores
from inventory.offices.rules import MINISTRY, OfficeLevel, level_of
from inventory.outreach.queries import EventFilter, list_events
from inventory.outreach.rules import EventStatus
from inventory.paging import Slice
from inventory.planning import cover as lasting
from inventory.planning import queries
from inventory.planning.cover import Cover, OfficeUse
from inventory.planning.queries import Shortfall
from inventory.planning.uses import working_days_of
from inventory.reports import cover
from inventory.stock import shelves
from inventory.stock.queries import StockFilter
from inventory.texts import Text, figure
from inventory.transfers.queries import TransferFilter, list_transfers
from web.coverage.views import chart_of
from web.language import told, zone_of
from web.pages import Pages, actor, see
from web.planning import layout, measures
from web.planning.schemas import MapQuery, Measure, ScopeQuery
from web.stock.views import STATES
from web.tables import Column, Table

pages = Pages("planning", __name__)
_FEW, _MOST = 6, 500
_AHEAD_DAYS = 400
_MEASURES = (
    (Measure.COVER, Text("Cukup berapa lama", "How long it lasts")),
    (Measure.COVERAGE, Text("Cakupan", "Coverage")),
    (Measure.READINESS, Text("Siap untuk acara", "Ready for events")),
)


def region_of(asked: str | None) -> str:
    """Which part of the country is looked at: what the ministry chose, else the reader's own."""
    return asked or actor().office


def provinces() -> list[tuple[str, str]]:
    """The provinces to choose from; none for whoever is of one."""
    return list_provinces() if actor().office == MINISTRY else []


@pages.shows("/koordinasi/peta", Action.READ, query=MapQuery)
def map_of(query: dict[str, Any]) -> Any:
    """A tile for each regency of a province, or for each province, and the same figures as a table."""
    region, measure = region_of(query["province"]), query["measure"]
    if level_of(region) is OfficeLevel.REGENCY:
        return redirect(url_for(".office", office=region), 303)
    own: Cover | None = None
    if measure is Measure.COVER:
        seen, own = measures.by_cover(region)
    elif measure is Measure.COVERAGE:
        seen = measures.by_coverage(region)
    else:
        seen = measures.by_readiness(region, clock.business_day(zone_of()))
    tabs = [
        (told(name), url_for(".map_of", ukuran=each.value, provinsi=query["province"]), each is measure)
        for each, name in _MEASURES
    ]
    return see(
        "planning/map.html", region=region, measure=measure, tabs=tabs, seen=seen, ranked=seen.table, own=own,
        provinces=provinces(), nation=region == MINISTRY, about=told(dict(_MEASURES)[measure]),
    )  # fmt: skip


@pages.shows("/koordinasi/dinas/<code:office>", Action.READ)
def office(office: str) -> Any:
    """One office: its blanks by state, how long they last, its coverage, what comes and what goes."""
    one = next(each for each in cover.covers(actor(), office) if each.office == office)
    today = clock.business_day(zone_of())
    reports, target = coverage.history(actor(), office)
    totals = shelves.totals(actor(), StockFilter(office=office))
    events = list_events(actor(), EventFilter(office=office, first=today), Slice(_FEW)).items
    return see(
        "planning/office.html",
        one=one,
        short=layout.short(one.name),
        today=today,
        reaches_on=_on(one.days_to_reorder, today),
        runs_out_on=_on(one.days, today),
        totals=[row for row in totals if row.kind == ItemKind.BLANK],
        others=[row for row in totals if row.kind != ItemKind.BLANK and row.free],
        states=STATES,
        reports=reports,
        points=chart_of(reports),
        target=target,
        events=[event for event in events if event.status is not EventStatus.CANCELLED],
        transfers=_transfers(office),
    )


def _on(days: Any, today: date) -> date | None:
    """The working day on which so many days are over; None for never, or not before long."""
    if days is None or days > lasting.A_YEAR:
        return None
    coming = working_days_of(today + timedelta(days=1), today + timedelta(days=_AHEAD_DAYS))
    return lasting.runs_out_on(days, today, coming)


def _transfers(office: str) -> Table:
    rows = list_transfers(actor(), TransferFilter(office=office), Slice(_FEW, descending=True)).items
    named = names_of_stores({code for row in rows for code in (row.from_store, row.to_store)})
    columns = [
        Column(
            Text("Kiriman", "Transfer"), "id", href=lambda row: url_for("transfers_pages.transfer", transfer_id=row.id)
        ),
        Column(Text("Dari", "From"), lambda row: _place(named[row.from_store])),
        Column(Text("Ke", "To"), lambda row: _place(named[row.to_store])),
        Column(Text("Jumlah", "Quantity"), lambda row: row.dispatched or row.approved or row.requested, "number"),
        Column(Text("Keadaan", "Standing"), "status", "word"),
    ]
    empty = Text("Belum ada kiriman.", "No transfers yet.")
    return Table("transfers", Text("Kiriman terakhir", "The last transfers"), columns, rows, empty=empty)


def _place(store: Named) -> str:
    """A store as it is called; with its office where its name does not say so already."""
    return store.name if store.office_name in store.name else store.told


@pages.shows("/koordinasi/kekurangan", Action.READ, query=ScopeQuery)
def shortfalls(query: dict[str, Any]) -> Any:
    """Who will run short within some days, the worst first, and what to do about it."""
    region, days = region_of(query["province"]), query["within_days"]
    choosing = region == MINISTRY
    found = None if choosing else queries.shortfalls(actor(), region, days, None, Slice(_MOST))
    rows: Sequence[Shortfall] = [] if found is None else found.page.items
    return see(
        "planning/shortfalls.html",
        choosing=choosing,
        chosen=query["province"],
        days=days,
        provinces=provinces() if choosing else [],
        critical=sum(row.severity == "critical" for row in rows),
        count=len(rows),
        short=_shortfall_table(rows),
        bare=[] if found is None else named(found.bare),
    )


def named(offices: Sequence[Cover | OfficeUse]) -> list[tuple[str, str]]:
    """Offices as a sentence lists them: what they are called there, and their code."""
    return [(layout.short(one.name), one.office) for one in offices]


def _shortfall_table(rows: Sequence[Shortfall]) -> Table:
    columns = [
        Column(Text("Dinas atau acara", "Office or event"), _name_of, href=_href_of),
        Column(Text("Seberapa mendesak", "How pressing"), "severity", "word"),
        Column(Text("Kurang", "Short"), "quantity", "number", unit=Text("keping", "blanks")),
        Column(Text("Paling lambat ada", "Needed on"), "needed_on", "day"),
        Column(Text("Sisa hari", "Days left"), "days_left", "number"),
        Column(Text("Yang dapat dilakukan", "What to do"), lambda row: told(what_to_do(row))),
    ]
    empty = Text(
        "Tidak ada yang akan kekurangan dalam waktu ini.", "Nobody will run short within this time."
    )  # fmt: skip
    return Table("short", Text("Yang paling mendesak di atas", "The most pressing first"), columns, rows, empty=empty)


def _name_of(row: Shortfall) -> str:
    return row.name if row.kind == "event" else layout.short(row.name)


def _href_of(row: Shortfall) -> str:
    if row.event is not None:
        return url_for("outreach_pages.event", event_id=row.event)
    return url_for("planning_pages.office", office=row.office)


_CONSIGNMENT = Text(
    "Sudah ada {quantity} di jalan: pastikan tiba sebelum tanggal itu.",
    "{quantity} are on their way already: see that they arrive before that day.",
)
_SEND = Text("Kirim dari Dinas yang berlebih, atau ajukan ke pusat.", "Send from who has more, or ask the ministry.")
_PLEDGE = Text("Minta dukungan Dinas lain untuk acara ini.", "Ask other offices to support this event.")
_BY_TARGET = Text(
    "Hanya menurut target; menurut perkiraan kehadiran cukup. Tinjau dulu targetnya.",
    "By target only; by the likely turnout there are enough. Look at the target first.",
)


def what_to_do(row: Shortfall) -> Text:
    """What a coordinator can do about one shortfall, in words."""
    if row.figures is not None:
        return _PLEDGE if row.figures.shortfall.likely else _BY_TARGET
    coming = sum(one.quantity for one in row.use.coming) if row.use else 0
    return _CONSIGNMENT.format(quantity=figure(coming)) if coming >= ceil(row.quantity) else _SEND
