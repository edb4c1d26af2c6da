"""Coverage: regions ranked against their targets, what each source said, and a figure or a target of one's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for

from api.coverage.schemas import CoverageIn, CoverageTargetIn
from api.paging import day as day_of
from api.paging import number as number_of
from inventory import clock
from inventory.access import Action, permits
from inventory.coverage import commands, queries
from inventory.coverage.rules import Said
from inventory.offices.queries import list_provinces
from inventory.offices.rules import MINISTRY
from inventory.paging import Slice
from inventory.regions.queries import get_region
from inventory.regions.rules import Level, parent_of
from inventory.regions.rules import level_of as depth_of
from inventory.texts import Text
from web.coverage.schemas import CoverageOfQuery
from web.language import day, decimal, told, zone_of
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("coverage", __name__)
_MOST = 600
# A picture shows so many regions, the first of the table; that one shows them all.
_DRAWN = 12


def _choices(parent: str | None) -> list[tuple[str, str]]:
    rows = queries.list_siblings(actor(), parent, None, Slice(_MOST))
    own = [rows.parent] if rows.parent else []
    return [(row["region"], f"{row['name']} ({row['region']})") for row in [*own, *_by_code(rows.page.items)]]


def _by_code(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["region"]))


def _parent(asked: str | None) -> str | None:
    """Below which region is looked; None is the nation."""
    return asked or (None if actor().office == MINISTRY else actor().office)


@pages.shows("/koordinasi/cakupan", Action.READ, query=CoverageOfQuery)
def ranked(query: dict[str, Any]) -> Any:
    """The regions below one, the lowest first, with the sum of them and what does not add up."""
    parent = _parent(query["parent"])
    found = queries.list_siblings(actor(), parent, None, Slice(_MOST, descending=True))
    rows = found.page.items
    bars = [
        (row["name"], row["percent"], url_for(".region", code=row["region"]), _tone(row))
        for row in rows
        if row["percent"] is not None
    ]
    by_count = not bars and any(row["recorded"] for row in rows)
    if by_count:  # nobody has said how many must hold a card: then whoever recorded most stands first
        rows = sorted(rows, key=lambda row: row["recorded"] or 0, reverse=True)
        bars = [
            (row["name"], row["recorded"], url_for(".region", code=row["region"]), None)
            for row in rows
            if row["recorded"]
        ]
    return see(
        "coverage/ranked.html",
        parent=found.parent,
        up=_up(parent),
        totals=found.totals,
        provinces=list_provinces() if actor().office == MINISTRY else [],
        asked=query["parent"],
        bars=bars[:_DRAWN],
        drawn=_DRAWN if len(bars) > _DRAWN else None,
        by_count=by_count,
        ranked=_table(rows, found.parent, _MOST_RECORDED if by_count else _LOWEST),
        reporting=permits(actor(), Action.REPORT_COVERAGE),
    )


def _up(parent: str | None) -> str | None:
    """The address one level up, for whoever may look there."""
    if parent is None or parent == actor().office:
        return None
    return url_for(".ranked", wilayah=parent_of(parent))


def _tone(row: dict[str, Any]) -> str | None:
    target = row["target"]
    return None if target is None else "warn" if target["gap"] > 0 else "good"


# Told of a region on its own page; in a ranking it would stand in nearly every line.
_USUAL = {"only_percent", "no_percent"}
_LOWEST = Text("Yang paling rendah di atas", "The lowest first")
_MOST_RECORDED = Text("Yang terbanyak direkam di atas", "Whoever recorded most first")


def _table(rows: Sequence[dict[str, Any]], parent: dict[str, Any] | None, title: Text) -> Table:
    """The columns that something is in; a target only where it is not simply the parent's."""
    of_all = _target_words(parent) if parent else None
    target = Column(Text("Target", "Target"), _target_words)
    columns = [
        Column(Text("Wilayah", "Region"), "name", href=lambda row: url_for(".region", code=row["region"])),
        Column(Text("Cakupan", "Coverage"), _share("percent"), "percent"),
        Column(Text("Sudah direkam", "Recorded"), "recorded", "number"),
        Column(Text("Wajib KTP", "Must hold a KTP"), "required", "number"),
        Column(Text("Belum direkam", "Not recorded"), "remaining", "number"),
        *([target] if any(target.raw(row) != of_all for row in rows) else []),
        Column(Text("Per tanggal", "As of"), "as_of", "day"),
        Column(Text("Periksa", "Look at"), lambda row: _flags(row, _USUAL)),
    ]
    shown = [column for column in columns if any(column.raw(row) is not None for row in rows)]
    empty = Text("Wilayah ini tidak punya wilayah bawahan.", "This region has no regions below it.")
    return Table("ranked", title, shown or columns, rows, empty=empty)


def _share(name: str) -> Any:
    return lambda row: None if row[name] is None else row[name] / 100


def _target_words(row: dict[str, Any]) -> str | None:
    target = row["target"]
    if target is None:
        return None
    text = Text("{percent} % sampai {on}", "{percent} % by {on}")
    return str(told(text.format(percent=decimal(target["percent"], 2), on=day(target["due_on"]))))


def _flags(row: dict[str, Any], but: Collection[str] = ()) -> str | None:
    if row["as_of"] is None:
        return str(told(Text("belum ada angka", "no figure yet")))
    return " ".join(str(told(flag.detail)) for flag in row["flags"] if flag.code not in but) or None


def chart_of(reports: Sequence[dict[str, Any]]) -> list[tuple[str, float]]:
    """The percentages of a history, oldest first; of several on one day the one entered last."""
    by_day = {row["as_of"]: row["percent"] for row in reversed(reports) if row["percent"] is not None}
    return [(day(on), by_day[on]) for on in sorted(by_day)]


@pages.shows("/koordinasi/cakupan/<code:code>", Action.READ)
def region(code: str) -> Any:
    """What every source said of one region, the newest first, with the curve and the targets."""
    found = get_region(code)
    reports, target = queries.history(actor(), code)
    columns = [
        Column(Text("Per tanggal", "As of"), "as_of", "day"),
        Column(Text("Cakupan", "Coverage"), _share("percent"), "percent"),
        Column(Text("Sudah direkam", "Recorded"), "recorded", "number"),
        Column(Text("Wajib KTP", "Must hold a KTP"), "required", "number"),
        Column(Text("Sisa, dihitung", "Left, computed"), "remaining", "number"),
        Column(Text("Sisa, dilaporkan", "Left, as reported"), "reported_remaining", "number"),
        Column(Text("Persentase, dilaporkan", "Percentage, as reported"), _share("reported_percent"), "percent"),
        Column(Text("Sumber", "Source"), "source"),
        Column(Text("Periksa", "Look at"), _flags),
    ]
    shown = [column for column in columns if any(column.raw(row) is not None for row in reports)]
    empty = Text("Belum ada angka. Mulai dari Catat angka.", "No figures yet. Begin with Note a figure.")
    return see(
        "coverage/region.html",
        region=found,
        deeper=depth_of(code) is not Level.VILLAGE,
        latest=reports[0] if reports else None,
        target=target,
        points=chart_of(reports),
        reports=Table("reports", Text("Semua angka", "All figures"), shown or columns, reports, empty=empty),
        reporting=permits(actor(), Action.REPORT_COVERAGE),
    )


@pages.shows("/koordinasi/cakupan/lapor", Action.REPORT_COVERAGE, query=CoverageOfQuery)
def report(query: dict[str, Any]) -> Any:
    """What a source said of one region on a day."""
    return see(
        "coverage/report.html",
        regions=_choices(_parent(query["parent"])),
        today=clock.business_day(zone_of()),
    )


@pages.does("/koordinasi/cakupan/lapor", Action.REPORT_COVERAGE, body=CoverageIn, again=report)
def book_report(body: dict[str, Any]) -> Any:
    """Keep it; what does not add up is flagged, never corrected."""
    where, as_of, source = body.pop("region"), body.pop("as_of"), body.pop("source")
    made = commands.report(actor(), where, as_of, source, Said(**body), once())
    kept = queries.get_report(actor(), made)
    text = Text("Angka {name} per {on} dicatat.", "The figure of {name} on {on} was noted.")
    return done("coverage_pages.region", text.format(name=kept["name"], on=day(as_of)), code=where)


@pages.shows("/koordinasi/cakupan/target", Action.READ)
def targets() -> Any:
    """The targets of one's regions, by date, and a new one."""
    columns = [
        Column(Text("Wilayah", "Region"), "name", href=lambda row: url_for(".region", code=row.region)),
        Column(Text("Target", "Target"), lambda row: row.percent / 100, "percent"),
        Column(Text("Paling lambat", "Due on"), "due_on", "day"),
        Column(
            Text("Hapus", "Delete"),
            lambda _row: told(Text("Hapus", "Delete")) if permits(actor(), Action.REPORT_COVERAGE) else None,
            href=lambda row: url_for(".target", target_id=row.id),
        ),
    ]
    table = Table(
        "targets",
        Text("Target yang ditetapkan", "The targets that were set"),
        columns,
        lambda wanted: queries.list_targets(actor(), None, wanted),
        turn=(day_of, number_of),
        empty=Text("Belum ada target. Tetapkan di bawah.", "No target yet. Set one below."),
    )
    may = permits(actor(), Action.REPORT_COVERAGE)
    return see("coverage/targets.html", targets=table, regions=_choices(_parent(None)) if may else [], may_set=may)


@pages.does("/koordinasi/cakupan/target", Action.REPORT_COVERAGE, body=CoverageTargetIn, again=targets)
def set_target(body: dict[str, Any]) -> Any:
    """Set the percentage a region is to reach by a day."""
    kept = queries.get_target(actor(), commands.set_target(actor(), **body, once=once()))
    text = Text("Target {name} ditetapkan: {percent} % sampai {on}.", "Target of {name} set: {percent} % by {on}.")
    facts = {"name": kept.name, "percent": decimal(kept.percent, 2), "on": day(kept.due_on)}
    return done("coverage_pages.targets", text.format(**facts))


@pages.shows("/koordinasi/cakupan/target/<int:target_id>", Action.REPORT_COVERAGE)
def target(target_id: int) -> Any:
    """One target, before it is taken back."""
    return see("coverage/target.html", target=queries.get_target(actor(), target_id))


@pages.does("/koordinasi/cakupan/target/<int:target_id>", Action.REPORT_COVERAGE, again=target)
def drop_target(target_id: int) -> Any:
    """Take a target back."""
    commands.drop_target(actor(), target_id)
    return done("coverage_pages.targets", Text("Target dihapus.", "The target was deleted."))
