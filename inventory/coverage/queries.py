"""Reading coverage: the latest of each region, ranked among its siblings, against the target in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.coverage import rules
from inventory.coverage.models import CoverageReport, CoverageTarget
from inventory.coverage.rules import RankBy, Said, Target
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.rules import MINISTRY, time_zone_of
from inventory.paging import Page, Slice, page
from inventory.regions.models import Region
from inventory.regions.queries import get_region
from inventory.texts import Text


class CoverageReportNotFound(NotFound):
    """No coverage report has this id, or it is out of the actor's reach."""

    code = "coverage_report_not_found"
    text = Text("Laporan cakupan {report} tidak ditemukan.", "Coverage report {report} was not found.")


class CoverageTargetNotFound(NotFound):
    """No coverage target has this id, or it is out of the actor's reach."""

    code = "coverage_target_not_found"
    text = Text("Target cakupan {target} tidak ditemukan.", "Coverage target {target} was not found.")


@dataclass(frozen=True, slots=True)
class Siblings:
    """The regions below one parent: a batch of them, the parent's own row, and their sum."""

    page: Page
    parent: dict[str, Any] | None
    totals: dict[str, Any]
    ranked_by: RankBy


_REPORT = (
    CoverageReport.id.label("id"),
    CoverageReport.region_code.label("region"),
    Region.name.label("name"),
    CoverageReport.as_of.label("as_of"),
    CoverageReport.required,
    CoverageReport.recorded,
    CoverageReport.reported_percent,
    CoverageReport.reported_remaining,
    CoverageReport.source,
)
_TARGET = (
    CoverageTarget.id.label("id"),
    CoverageTarget.region_code.label("region"),
    Region.name.label("name"),
    CoverageTarget.percent,
    CoverageTarget.due_on.label("due_on"),
)


def get_report(actor: Actor, report_id: int) -> dict[str, Any]:
    """One report with its computed figures; raises `CoverageReportNotFound`."""
    query = sa.select(*_REPORT).join(Region, Region.code == CoverageReport.region_code)
    found = current().execute(query.where(CoverageReport.id == report_id)).first()
    if found is None or not access.may(actor, Action.READ, found.region):
        raise CoverageReportNotFound(report=report_id)
    return _computed(found)


def list_reports(actor: Actor, region: str | None, wanted: Slice) -> Page:
    """The reports of the actor's subtree by date, or the history of one region."""
    query = sa.select(*_REPORT).join(Region, Region.code == CoverageReport.region_code)
    query = query.where(*_reach(actor, CoverageReport.region_code, region))
    batch = page(query, [CoverageReport.as_of, CoverageReport.id], wanted, rows=True)
    return Page([_computed(row) for row in batch.items], batch.next)


def get_target(actor: Actor, target_id: int) -> Any:
    """One target of the actor's subtree; raises `CoverageTargetNotFound`."""
    query = sa.select(*_TARGET).join(Region, Region.code == CoverageTarget.region_code)
    found = current().execute(query.where(CoverageTarget.id == target_id)).first()
    if found is None or not access.may(actor, Action.READ, found.region):
        raise CoverageTargetNotFound(target=target_id)
    return found


def list_targets(actor: Actor, region: str | None, wanted: Slice) -> Page:
    """The targets of the actor's subtree by date, or those of one region."""
    query = sa.select(*_TARGET).join(Region, Region.code == CoverageTarget.region_code)
    query = query.where(*_reach(actor, CoverageTarget.region_code, region))
    return page(query, [CoverageTarget.due_on, CoverageTarget.id], wanted, rows=True)


def _below(column: Any, office: str) -> sa.ColumnElement[bool]:
    """The regions an office answers for: its own and all below, down to the villages."""
    return (
        sa.true() if office == MINISTRY else sa.or_(column == office, column.startswith(office + ".", autoescape=True))
    )


def _reach(actor: Actor, column: Any, region: str | None) -> list[sa.ColumnElement[bool]]:
    if region is None:
        return [_below(column, actor.office)]
    access.require(actor, Action.READ, region)
    return [column == region]


def list_siblings(actor: Actor, parent: str | None, as_of: date | None, wanted: Slice) -> Siblings:
    """Each child's latest report at or before `as_of`, ranked; `wanted.after` is how many were given already.

    Without `parent`: the regions below the actor's office, for the ministry the provinces. Four queries, however many
    children there are.
    """
    if parent is None and actor.office != MINISTRY:
        parent = actor.office
    if parent is not None:
        access.require(actor, Action.READ, parent)
        get_region(parent)
    under = Region.parent_code.is_(None) if parent is None else Region.parent_code == parent
    shown = under if parent is None else sa.or_(under, Region.code == parent)
    regions = current().execute(sa.select(Region.code, Region.name).where(shown).order_by(Region.code)).all()
    latest = _latest(shown, as_of)
    targets = _targets(shown, parent)
    rows = {region.code: _row(region, latest.get(region.code), targets, as_of) for region in regions}
    own = rows.pop(parent) if parent is not None else None
    ranked_by = rules.rank_by(_told(row) for row in rows.values())
    for code, rank in rules.ranks({code: row[ranked_by] for code, row in rows.items()}).items():
        rows[code]["rank"] = rank
    children = _in_order(rows.values(), descending=wanted.descending)
    start = max(0, wanted.after[0]) if wanted.after else 0
    end = start + wanted.limit
    batch = Page(children[start:end], (end,) if end < len(children) else None)
    return Siblings(batch, own, _totals(children, own), ranked_by)


def history(actor: Actor, region: str) -> tuple[list[dict[str, Any]], Target | None]:
    """Every report of one region, the newest first, and the target in force there today. Raises `OutOfReach`."""
    access.require(actor, Action.READ, region)
    query = sa.select(*_REPORT).join(Region, Region.code == CoverageReport.region_code)
    query = query.where(CoverageReport.region_code == region)
    rows = current().execute(query.order_by(CoverageReport.as_of.desc(), CoverageReport.id.desc()))
    found = [_computed(row) for row in rows]
    targets = _targets(Region.code == region, region)
    return found, rules.target_in_force(region, targets, clock.business_day(time_zone_of(region)))


def _latest(shown: sa.ColumnElement[bool], as_of: date | None) -> dict[str, Any]:
    """The newest report of each region; of several sources on one day the one entered last."""
    newest = sa.func.row_number().over(
        partition_by=CoverageReport.region_code, order_by=(CoverageReport.as_of.desc(), CoverageReport.id.desc())
    )
    query = sa.select(*_REPORT, newest.label("place")).join(Region, Region.code == CoverageReport.region_code)
    query = query.where(shown)
    if as_of is not None:
        query = query.where(CoverageReport.as_of <= as_of)
    found = query.subquery()
    return {row.region: row for row in current().execute(sa.select(found).where(found.c.place == 1))}


def _targets(shown: sa.ColumnElement[bool], parent: str | None) -> list[Target]:
    above = rules.ancestors(parent) if parent is not None else []
    query = (
        sa.select(CoverageTarget.region_code, CoverageTarget.percent, CoverageTarget.due_on)
        .join(Region, Region.code == CoverageTarget.region_code)
        .where(sa.or_(shown, CoverageTarget.region_code.in_(above)))
    )
    return [Target(row.region_code, row.percent, row.due_on) for row in current().execute(query)]


def _row(region: Any, report: Any, targets: Iterable[Target], as_of: date | None) -> dict[str, Any]:
    if report is None:
        names = ("id", "as_of", "required", "recorded", "percent", "remaining")
        row = dict.fromkeys((*names, "reported_percent", "reported_remaining", "source"))
        row |= {"flags": ()}
    else:
        row = _computed(report)
    target = rules.target_in_force(region.code, targets, as_of or clock.business_day(time_zone_of(region.code)))
    row |= {"region": region.code, "name": region.name, "rank": None, "target": None}
    if target is not None:
        due = {"region": target.region, "percent": target.percent, "due_on": target.due_on}
        row["target"] = due | {"gap": rules.gap(row["percent"], target)}
    return row


def _told(row: dict[str, Any]) -> Said:
    return Said(row["required"], row["recorded"], row["reported_percent"], row["reported_remaining"])


def _computed(row: Any) -> dict[str, Any]:
    known = {column.key: getattr(row, column.key) for column in _REPORT}
    figures = rules.compute(_told(known))
    return {**known, "percent": figures.percent, "remaining": figures.remaining, "flags": figures.flags}


def _in_order(rows: Iterable[dict[str, Any]], *, descending: bool) -> list[dict[str, Any]]:
    """By rank, the highest first unless `descending`; regions without one come last either way."""
    sign = -1 if descending else 1
    return sorted(rows, key=lambda row: (row["rank"] is None, sign * (row["rank"] or 0), row["region"]))


def _totals(children: Sequence[dict[str, Any]], own: dict[str, Any] | None) -> dict[str, Any]:
    said = [_told(row) for row in children]
    summed, added = rules.total(said), len(rules.counted(said))
    figures = rules.compute(summed)
    return {
        "required": summed.required,
        "recorded": summed.recorded,
        "percent": figures.percent,
        "remaining": figures.remaining,
        "regions": len(children),
        "regions_counted": added,
        "flags": rules.compare_total(summed, _told(own) if own else None, complete=added == len(children)),
    }
