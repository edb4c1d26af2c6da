"""Coverage: GET, POST /coverage, its history, and its targets."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.coverage.schemas import (
    CoverageIn,
    CoverageOut,
    CoverageQuery,
    CoverageReportOut,
    CoverageReportPage,
    CoverageTargetIn,
    CoverageTargetOut,
    CoverageTargetPage,
    ReportsQuery,
)
from inventory.access import Action
from inventory.coverage import commands, queries
from inventory.coverage.rules import Said

blp = Routes("coverage", __name__, description="Cakupan: recorded / wajib KTP by region and date, and the targets")


@blp.serves(
    "POST /coverage", Action.REPORT_COVERAGE, body=CoverageIn, answer=CoverageReportOut, status=201, key=Key.OPTIONAL
)
def report(body: dict[str, Any]) -> Any:
    """Keep what a source said of a region on a day; the computed figures come back."""
    region, as_of, source = body.pop("region"), body.pop("as_of"), body.pop("source")
    return queries.get_report(actor(), commands.report(actor(), region, as_of, source, Said(**body), once()))


@blp.serves("GET /coverage", Action.READ, query=CoverageQuery, answer=CoverageOut)
def rank(query: dict[str, Any]) -> Any:
    """The latest of each region below `parent`, ranked, against the target in force."""
    wanted = paging.wanted(query, paging.number)
    found = queries.list_siblings(actor(), query["parent"], query["as_of"], wanted)
    parts = {"parent": found.parent, "totals": found.totals, "ranked_by": found.ranked_by}
    return {**paging.answer(found.page), **parts}


@blp.serves("GET /coverage/reports", Action.READ, query=ReportsQuery, answer=CoverageReportPage)
def list_reports(query: dict[str, Any]) -> Any:
    """Every report of a region, or of your subtree, by date."""
    wanted = paging.wanted(query, paging.day, paging.number)
    return paging.answer(queries.list_reports(actor(), query["region"], wanted))


@blp.serves(
    "POST /coverage/targets",
    Action.REPORT_COVERAGE,
    body=CoverageTargetIn,
    answer=CoverageTargetOut,
    status=201,
    key=Key.OPTIONAL,
)
def set_target(body: dict[str, Any]) -> Any:
    """Set the percentage a region is to reach by a day."""
    return queries.get_target(actor(), commands.set_target(actor(), **body, once=once()))


@blp.serves("GET /coverage/targets", Action.READ, query=ReportsQuery, answer=CoverageTargetPage)
def list_targets(query: dict[str, Any]) -> Any:
    """The targets of a region, or of your subtree, by date."""
    wanted = paging.wanted(query, paging.day, paging.number)
    return paging.answer(queries.list_targets(actor(), query["region"], wanted))


@blp.serves("DELETE /coverage/targets/<int:target_id>", Action.REPORT_COVERAGE, answer=None, status=204)
def drop_target(target_id: int) -> None:
    """Take a target back."""
    commands.drop_target(actor(), target_id)
