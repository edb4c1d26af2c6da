"""The three figures of the map, each as tiles and as the same table, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from inventory.coverage import queries as coverage
from inventory.offices.rules import MINISTRY, OfficeLevel, level_of
from inventory.paging import Slice
from inventory.planning import cover as lasting
from inventory.planning import queries as planning
from inventory.planning.cover import Cover
from inventory.planning.rules import CRITICAL_DAYS, RECENT_DAYS, WARNING_DAYS, Figures, Plan
from inventory.reports import cover
from inventory.texts import Text, figure
from web.language import decimal, number, t, told
from web.pages import actor
from web.planning import layout
from web.planning.schemas import Measure
from web.tables import Column, Table

Place = tuple[int, int] | None
_MOST = 600
_NOT_KNOWN = Text("belum ada angka", "no figure yet")
# An event without stops has nobody who comes: that it needs nothing would say more than is known.
_NOT_COMPUTED = Text("belum dapat dihitung: belum ada lokasi", "cannot be computed: there are no stops yet")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the map shows: tiles, the same as a table, what the colours mean, and one sentence of it all."""

    tiles: list[dict[str, Any]]
    table: Table
    legend: list[tuple[int, str]]
    lead: Text


def href_of(code: str, measure: Measure) -> str:
    """Where a tile leads: a province to its own map, a regency to its office's page."""
    if level_of(code) is OfficeLevel.PROVINCE:
        return url_for("planning_pages.map_of", ukuran=measure.value, provinsi=code)
    return url_for("planning_pages.office", office=code)


def _tile(code: str, name: str, tone: int, value: str, words: str, measure: Measure, at: Place) -> Any:
    return {
        "code": code,
        "name": name,
        "short": layout.on_tile(name),
        "at": at,
        "value_text": value,
        "tone": tone,
        "href": href_of(code, measure),
        "label": f"{layout.short(name)}: {words}",
    }


def _is_part(code: str, region: str) -> bool:
    """Whether an office is one of those the map of a region has a tile for."""
    return level_of(code) is (OfficeLevel.PROVINCE if region == MINISTRY else OfficeLevel.REGENCY)


def by_cover(region: str) -> tuple[Seen, Cover]:
    """How long the blanks last; with the cover of the region's own office, which has no tile."""
    found = cover.covers(actor(), region)
    own = next(one for one in found if one.office == region)
    parts = [one for one in found if _is_part(one.office, region)]
    if region == MINISTRY:
        parts = lasting.together(found, lambda one: one.office[:2], {one.office: one.name for one in parts})
    ranked = lasting.worst_first(parts)
    places = layout.places([one.office for one in parts])
    tiles = [
        _tile(
            one.office,
            one.name,
            one.tone,
            _days(one),
            str(told(one.in_words)),
            Measure.COVER,
            places.get(one.office),
        )
        for one in sorted(parts, key=lambda one: one.office)
    ]
    legend = [
        (
            4,
            t(
                f"habis, atau {CRITICAL_DAYS} hari kerja atau kurang",
                f"none left, or {CRITICAL_DAYS} working days or less",
            ),
        ),
        (3, t(f"sampai {WARNING_DAYS} hari kerja", f"up to {WARNING_DAYS} working days")),
        (2, t(f"sampai {RECENT_DAYS} hari kerja", f"up to {RECENT_DAYS} working days")),
        (1, t("lebih lama", "longer")),
        (0, t("belum diketahui", "not known")),
    ]
    pressing = sum(one.tone >= 3 for one in parts)  # noqa: PLR2004 - the two tones to look at
    lead = Text(
        "{pressing} dari {all} habis, atau cukup untuk {days} hari kerja atau kurang.",
        "{pressing} of {all} have none left, or enough for {days} working days or less.",
    ).format(pressing=pressing, all=len(parts), days=WARNING_DAYS)
    return Seen(tiles, _cover_table(ranked), legend, lead), own


def _days(one: Cover) -> str:
    if one.on_hand <= 0:
        return t("habis", "none")
    if one.days is None:
        return "?"
    days = int(one.days)
    return t(f"{number(days)} hari", f"{number(days)} days") if days <= lasting.A_YEAR else t("> 1 th", "> 1 yr")


def _cover_table(ranked: Sequence[Cover]) -> Table:
    aside = Column(Text("Untuk acara", "For events"), lambda one: one.earmarked or None, "number")
    columns = [
        Column(
            Text("Wilayah", "Region"),
            lambda one: layout.short(one.name),
            href=lambda one: href_of(one.office, Measure.COVER),
        ),
        Column(Text("Cukup untuk berapa lama", "How long it lasts"), lambda one: told(one.in_words)),
        Column(Text("Blangko siap pakai", "Blanks ready to use"), "on_hand", "number"),
        Column(Text("Dipakai sehari", "Used a day"), lambda one: float(one.used_per_day) or None, "decimal"),
        *([aside] if any(one.earmarked for one in ranked) else []),
    ]
    return Table("cover", Text("Yang paling dulu habis di atas", "Those that run out first"), columns, ranked)


def by_coverage(region: str) -> Seen:
    """Recorded of wajib KTP, as last reported; above 100 % stays above, and no figure is none."""
    asked = None if region == MINISTRY else region
    rows = coverage.list_siblings(actor(), asked, None, Slice(_MOST, descending=True)).page.items
    places = layout.places([row["region"] for row in rows])
    tiles = [
        _tile(
            row["region"],
            row["name"],
            coverage_tone(row),
            "?" if row["percent"] is None else f"{decimal(row['percent'])} %",
            t("belum ada angka", "no figure yet") if row["percent"] is None else f"{decimal(row['percent'], 2)} %",
            Measure.COVERAGE,
            places.get(row["region"]),
        )
        for row in sorted(rows, key=lambda row: row["region"])
    ]
    legend = [
        (4, t("5 poin atau lebih di bawah target", "5 points or more below the target")),
        (3, t("di bawah target", "below the target")),
        (2, t("tanpa target", "without a target")),
        (1, t("target tercapai", "target reached")),
        (0, t("belum ada angka", "no figure yet")),
    ]
    known = sum(row["percent"] is not None for row in rows)
    lead = Text("{known} dari {all} sudah melapor angka.", "{known} of {all} have reported a figure.")
    return Seen(tiles, _coverage_table(rows), legend, lead.format(known=known, all=len(rows)))


_FAR_BELOW = 5


def coverage_tone(row: dict[str, Any]) -> int:
    """How far below its target a region is: 4 is far, 1 is there, 2 has no target, 0 has no figure."""
    if row["percent"] is None:
        return 0
    if row["target"] is None:
        return 2
    gap = row["target"]["gap"]
    return 4 if gap >= _FAR_BELOW else 3 if gap > 0 else 1


def _coverage_table(rows: Sequence[dict[str, Any]]) -> Table:
    columns = [
        Column(
            Text("Wilayah", "Region"),
            lambda row: layout.short(row["name"]),
            href=lambda row: href_of(row["region"], Measure.COVERAGE),
        ),
        Column(Text("Cakupan", "Coverage"), percent_of, "percent"),
        Column(Text("Belum direkam", "Not recorded"), "remaining", "number"),
        Column(Text("Target", "Target"), lambda row: row["target"] and row["target"]["percent"] / 100, "percent"),
        Column(Text("Per tanggal", "As of"), "as_of", "day"),
        Column(Text("Catatan", "Note"), lambda row: None if row["as_of"] else told(_NOT_KNOWN)),
    ]
    return Table("coverage", Text("Yang paling rendah di atas", "The lowest first"), columns, rows)


def percent_of(row: dict[str, Any]) -> float | None:
    """The computed percentage as a share."""
    return None if row["percent"] is None else row["percent"] / 100


def by_readiness(region: str, today: date) -> Seen:
    """Whether the next event of each regency has its blanks: short by how many, by target and likely."""
    first: dict[str, tuple[Plan, Figures]] = {}
    for plan, figures in planning.events_ahead(actor(), region, today):
        first.setdefault(_part_of(plan.office, region), (plan, figures))
    names = cover.names(actor(), region)
    parts = {code: name for code, name in names.items() if _is_part(code, region)}
    places = layout.places(parts)
    tiles = [
        _tile(
            code,
            name,
            _short_tone(first.get(code)),
            _short_value(first.get(code)),
            _short_words(first.get(code)),
            Measure.READINESS,
            places.get(code),
        )
        for code, name in parts.items()
    ]
    legend = [
        (4, t("kurang menurut perkiraan", "short by the likely turnout")),
        (3, t("kurang menurut target saja", "short by target only")),
        (1, t("cukup", "enough")),
        (0, t("tidak ada acara, atau belum dapat dihitung", "no event, or it cannot be computed yet")),
    ]
    ranked = sorted(first.items(), key=lambda item: _shortest_first(*item[1]))
    rows = [Next(code, names.get(code, code), plan, figures) for code, (plan, figures) in ranked]
    lead = Text("{count} wilayah punya acara yang akan datang.", "{count} regions have an event ahead.")
    return Seen(tiles, _readiness_table(rows), legend, lead.format(count=len(first)))


def _part_of(office: str, region: str) -> str:
    return office[:2] if region == MINISTRY else office


def _shortest_first(plan: Plan, figures: Figures) -> tuple[Any, ...]:
    short = figures.shortfall
    return not plan.stops, -short.likely, -short.by_target, plan.starts_on


def _short_tone(pair: tuple[Plan, Figures] | None) -> int:
    if pair is None or not pair[0].stops:
        return 0
    shortfall = pair[1].shortfall
    return 4 if shortfall.likely else 3 if shortfall.by_target else 1


def _short_value(pair: tuple[Plan, Figures] | None) -> str:
    if pair is None:
        return t("tak ada", "none")
    if not pair[0].stops:
        return "?"
    missing = pair[1].shortfall.likely or pair[1].shortfall.by_target
    return f"-{number(missing)}" if missing else t("cukup", "enough")


def _short_words(pair: tuple[Plan, Figures] | None) -> str:
    if pair is None:
        return t("tidak ada acara", "no event")
    plan, figures = pair
    if not plan.stops:
        return f"{plan.name}: {told(_NOT_COMPUTED)}"
    text = Text(
        "{event}: kurang {target} menurut target, {likely} menurut perkiraan",
        "{event}: short {target} by target, {likely} by the likely turnout",
    )
    facts = {"target": figure(figures.shortfall.by_target), "likely": figure(figures.shortfall.likely)}
    return str(told(text.format(event=plan.name, **facts)))


@dataclass(frozen=True, slots=True)
class Next:
    """A region with its next event, and what that needs and has."""

    code: str
    name: str
    plan: Plan
    figures: Figures


def _readiness_table(rows: Sequence[Next]) -> Table:
    columns = [
        Column(
            Text("Wilayah", "Region"),
            lambda row: layout.short(row.name),
            href=lambda row: href_of(row.code, Measure.READINESS),
        ),
        Column(Text("Kurang menurut perkiraan", "Likely short"), _shortfall("likely"), "number"),
        Column(Text("Kurang menurut target", "Short by target"), _shortfall("by_target"), "number"),
        Column(Text("Tersedia", "There will be"), "figures.available.total", "number"),
        Column(Text("Mulai", "Begins"), "plan.starts_on", "day"),
        Column(
            Text("Acara", "Event"),
            "plan.name",
            href=lambda row: url_for("outreach_pages.event", event_id=row.plan.event),
        ),
        Column(Text("Catatan", "Note"), lambda row: None if row.plan.stops else told(_NOT_COMPUTED)),
    ]
    shown = [column for column in columns if any(column.raw(row) is not None for row in rows)]
    empty = Text("Belum ada acara yang direncanakan.", "No event is planned yet.")
    title = Text("Yang paling kurang di atas", "The shortest first")
    return Table("readiness", title, shown or columns, rows, empty=empty)


def _shortfall(case: str) -> Any:
    return lambda row: getattr(row.figures.shortfall, case) or None if row.plan.stops else None
