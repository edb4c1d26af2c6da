"""The report of a day or a month: one picture, its tables, and the same as PDF, XLSX and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import request, url_for

from api.reports import files
from api.reports.schemas import DailyQuery, MonthlyQuery
from api.reports.tables import STOCK_COLUMNS, Cell, sheet
from api.reports.tables import Table as Told
from inventory import clock
from inventory.access import Action
from inventory.offices.rules import covers
from inventory.reports.daily import Report, report
from inventory.reports.rules import FLOWS, Grain
from inventory.stock.rules import Condition
from inventory.texts import Text
from web.language import item_word, language, told, zone_of
from web.pages import Pages, actor, see
from web.planning.layout import short
from web.tables import Column, Table

pages = Pages("reports", __name__)
_BLANKS = "blangko"
# A picture shows so many offices, those with the fewest blanks; the table shows them all.
_DRAWN = 12
_UNKNOWN = Text("tidak diketahui", "unknown")
_CODE, _NAME, _ITEM, _UNIT = range(4)


@pages.shows("/laporan", Action.READ, query=DailyQuery)
def daily(query: dict[str, Any]) -> Any:
    """The day of an office."""
    return _page(query, Grain.DAY, query["on"])


@pages.shows("/laporan/bulanan", Action.READ, query=MonthlyQuery)
def monthly(query: dict[str, Any]) -> Any:
    """The month of an office."""
    return _page(query, Grain.MONTH, query["month"])


def _page(query: dict[str, Any], grain: Grain, first: Any) -> Any:
    found = report(actor(), query["office"], grain, first)
    if query["format"] in ("csv", "xlsx", "pdf"):
        return files.made(found, files.FORMATS[query["format"]], language())
    whole = sheet(found, language())
    stock, printing = whole.tables
    alone = len(found.printing) == 1
    today = clock.business_day(zone_of(found.office.time_zone))
    return see(
        "reports/report.html",
        report=found,
        title=whole.title,
        is_day=grain is Grain.DAY,
        today=today,
        earlier=_turned(found, -1),
        later=_turned(found, 1) if found.period.last < today else None,
        above=_above(found),
        blanks=[row for row in found.stock_totals if row["condition"] is Condition.BLANK][:1],
        walk=_walk(found) if alone else [],
        lowest=[] if alone else _lowest(found, grain),
        stock=_stock_table(stock, alone=alone),
        printing=_printing_table(printing, found, grain),
        alone=alone,
        as_file=_as_file,
    )


def _address(grain: Grain, office: str, first: Any) -> str:
    if grain is Grain.DAY:
        return url_for("reports_pages.daily", office=office, on=first.isoformat())
    return url_for("reports_pages.monthly", office=office, month=first.isoformat()[:7])


def _turned(found: Report, step: int) -> str | None:
    """The report of the period before or after this one; the calendar begins with the first."""
    if step < 0 and found.period.first == date.min:
        return None
    day = found.period.after if step > 0 else found.period.first - timedelta(days=1)
    if found.period.grain is Grain.MONTH:
        day = day.replace(day=1)
    return _address(found.period.grain, found.office.code, day)


def _above(found: Report) -> str | None:
    """The same report of the office above, where the reader may see it."""
    above = found.office.parent_code
    if above is None or not covers(actor().office, above):
        return None
    return _address(found.period.grain, above, found.period.first)


def _as_file(kind: str) -> str:
    """The same page as a file."""
    asked: dict[str, Any] = {**request.args.to_dict(), "format": kind}
    return url_for(request.endpoint or "", **asked)


def _walk(found: Report) -> list[tuple[str, int, None, str]]:
    """How good blanks went from opening to closing, as bars: what came, what went."""
    rows = [row for row in found.stock_totals if row["condition"] is Condition.BLANK and row["item"] == _BLANKS]
    if not rows:
        return []
    row = rows[0]
    flows = [
        (str(told(STOCK_COLUMNS[name])), abs(row[name]), None, "good" if row[name] > 0 else "warn")
        for name in FLOWS
        if row[name]
    ]
    opening, closing = told(Text("Awal", "Opening")), told(Text("Akhir", "Closing"))
    return [(opening, row["opening"], None, "1"), *flows, (closing, row["closing"], None, "1")]


def _lowest(found: Report, grain: Grain) -> list[tuple[str, int, str, str]]:
    """The offices with the fewest good blanks at the end, as bars; those without any books are not among them."""
    kept: dict[str, int] = {}
    names = {row["office"]: row["office_name"] for row in found.stock}
    for row in found.stock:
        if row["item"] == _BLANKS and row["office"] != found.office.code:
            more = row["closing"] if row["condition"] is Condition.BLANK else 0
            kept[row["office"]] = kept.get(row["office"], 0) + more
    return [
        (short(names[code]), count, _address(grain, code, found.period.first),
         "bad" if count == 0 else "1")
        for count, code in sorted((count, code) for code, count in kept.items())[:_DRAWN]
    ]  # fmt: skip


def _column(table: Told, at: int, **more: Any) -> Column:
    """A column of a table; where nothing happened its cells are empty, so that the figures stand out."""
    head = Text(table.headings[at], table.headings[at])
    if at < table.words:
        return Column(head, lambda row: row[at], **more)
    return Column(head, lambda row: _UNKNOWN if row[at] is None else row[at] or None, "number")


def _goods_column(table: Told, at: int) -> Column:
    """The same of a table of goods, whose items and units are spoken in the reader's language."""
    if at == _ITEM:
        return Column(Text(table.headings[at], table.headings[at]), lambda row: item_word(row[at]), "item")
    return _column(table, at, kind="unit") if at == _UNIT else _column(table, at)


def _telling(table: Told, rows: Sequence[list[Cell]], first: int) -> list[int]:
    """The columns that tell something: words always, figures where one is not zero."""
    return [at for at in range(first, len(table.headings)) if at < table.words or any(row[at] != 0 for row in rows)]


def _stock_table(table: Told, *, alone: bool) -> Table:
    """The goods of the whole report: of one office its rows, of several their totals; the files hold every row."""
    rows = table.rows if alone else table.totals
    columns = [_goods_column(table, at) for at in _telling(table, rows, _NAME + 1)]
    empty = Text(
        "Belum ada barang di buku. Mulai dengan menerima blangko.",
        "Nothing is on the books yet. Begin by receiving blanks.",
    )
    return Table("stock", Text("Stok", "Stock"), columns, rows, empty=empty)


def _printing_table(table: Told, found: Report, grain: Grain) -> Table:
    """What was printed and what waits, an office a row; offices where nothing happened are left out."""
    rows = [row for row in table.rows if any(row[table.words :])]
    several = len(found.printing) > 1

    def its_report(row: list[Cell]) -> str | None:
        there = several and row[_CODE] not in ("", found.office.code)
        return _address(grain, str(row[_CODE]), found.period.first) if there else None

    columns = [_column(table, _NAME, href=its_report)]
    columns += [_column(table, at) for at in _telling(table, rows, _NAME + 1)]
    rows = [*rows, *table.totals] if several and rows else rows
    empty = Text("Tidak ada yang dicetak atau menunggu.", "Nothing was printed and nothing waits.")
    return Table("printing", Text("Pencetakan", "Printing"), columns, rows, empty=empty)
