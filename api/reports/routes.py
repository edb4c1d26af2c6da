"""Reports of a day and a month, for a screen, a spreadsheet or a desk."""

from __future__ import annotations

from typing import Any

from api.blueprint import Routes, actor
from api.reports import files
from api.reports.schemas import DailyQuery, MonthlyQuery, ReportOut
from inventory.access import Action
from inventory.reports.daily import report
from inventory.reports.rules import Grain

blp = Routes("reports", __name__, description="Stock and print reports of a day or a month, as JSON, CSV, XLSX or PDF")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORMS = {kind: {"schema": ReportOut} if kind == files.JSON else _BINARY for kind in files.FORMATS.values()}
_FILES = {"200": {"content": _FORMS}}


@blp.serves("GET /reports/daily", Action.READ, query=DailyQuery, answer=ReportOut)
@blp.doc(responses=_FILES)
def daily(query: dict[str, Any]) -> Any:
    """The day of an office: opening, all that came and went, closing, what was printed, and what is left to print."""
    kind = files.wanted(query["format"])
    return files.answer(report(actor(), query["office"], Grain.DAY, query["on"]), kind)


@blp.serves("GET /reports/monthly", Action.READ, query=MonthlyQuery, answer=ReportOut)
@blp.doc(responses=_FILES)
def monthly(query: dict[str, Any]) -> Any:
    """The month of an office, rolled up from the offices below it: the same columns."""
    kind = files.wanted(query["format"])
    return files.answer(report(actor(), query["office"], Grain.MONTH, query["month"]), kind)
