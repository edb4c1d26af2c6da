"""A report as a file: CSV and XLSX for spreadsheets, PDF for the desk of the head of the office."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter
from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from api.problems import language
from api.reports.tables import Cell, Sheet, Table, sheet
from inventory.documents import drawing
from inventory.documents.rules import dotted
from inventory.reports import daily
from inventory.reports.daily import Report

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
JSON = "application/json"
FORMATS = {"json": JSON, "csv": CSV, "xlsx": XLSX, "pdf": PDF}
# A spreadsheet reads a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_TEMPLATES = Path(daily.__file__).parent / "templates"
_WIDE, _NARROW = 26, 12


def wanted(named: str | None) -> str:
    """The content type to answer with: the format that the query names, or the one that Accept likes best.

    Raises `NotAcceptable`.
    """
    if named is not None:
        return FORMATS[named]
    liked = request.accept_mimetypes
    best = liked.best_match(FORMATS.values()) if liked else JSON
    if best is None:
        raise NotAcceptable
    return best


def answer(report: Report, kind: str) -> Report | Response:
    """The report in that form: JSON is left to the schema."""
    return report if kind == JSON else made(report, kind, language())


def made(report: Report, kind: str, told_in: str) -> Response:
    """The report as a file; the paper is in Indonesian, whoever asks for it."""
    told = sheet(report, "id" if kind == PDF else told_in)
    content = MAKERS[kind](told, report.as_of)
    ending = next(name for name, each in FORMATS.items() if each == kind)
    headers = {
        "Content-Disposition": f'attachment; filename="{told.name}.{ending}"',
        "Cache-Control": "private, no-store",
        "Vary": "Accept, Accept-Language",
    }
    return Response(content, content_type=f"{CSV}; charset=utf-8" if kind == CSV else kind, headers=headers)


def safe(cell: Cell) -> Cell:
    """A text that a spreadsheet would run is told as text; figures are figures, also those below zero."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_csv(told: Sheet, _made: datetime) -> bytes:
    """Semicolons and a byte order mark, as spreadsheets set to Indonesian expect; a blank line between the tables."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(told.title)])
    writer.writerows([safe(label), safe(said)] for label, said in told.facts)
    for table in told.tables:
        writer.writerows([[], [safe(table.title)], list(map(safe, table.headings))])
        writer.writerows(list(map(safe, row)) for row in (*table.rows, *table.totals))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(told: Sheet, made: datetime) -> bytes:
    """A workbook with a sheet for each table; text is written as text whatever it begins with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": told.title, "created": made.astimezone(UTC).replace(tzinfo=None)})
        strong, figure = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        sums = book.add_format({"bold": True, "num_format": "#,##0", "top": 1})
        for table in told.tables:
            page = book.add_worksheet(table.title)
            page.write_string(0, 0, told.title, strong)
            for at, (label, said) in enumerate(told.facts, 1):
                page.write_string(at, 0, label)
                page.write_string(at, 1, said)
            first = len(told.facts) + 2
            _write(page, first, table.headings, head)
            for at, row in enumerate(table.rows, first + 1):
                _write(page, at, row, figure)
            for at, row in enumerate(table.totals, first + 1 + len(table.rows)):
                _write(page, at, row, sums)
            page.freeze_panes(first + 1, 2)
            page.set_column(0, len(table.headings) - 1, _NARROW)
            page.set_column(1, 1, _WIDE)
            page.set_landscape()
            page.fit_to_pages(1, 0)
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, at: int, row: list[Cell] | list[str], style: object) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            page.write_string(at, column, cell, style)
        elif cell is not None:
            page.write_number(at, column, cell, style)


def as_pdf(told: Sheet, made: datetime) -> bytes:
    """PDF/UA-1 on A4 across; drawn by a child process like every paper."""
    facts = {
        "title": told.title,
        "facts": told.facts,
        "tables": [_shown(table) for table in told.tables],
    }
    return drawing.typeset(_TEMPLATES, "laporan", json.dumps(facts, ensure_ascii=False), made)


def _shown(table: Table) -> dict[str, object]:
    """Columns of nothing but zeros are left out: the paper has room for those that tell something."""
    rows = [*table.rows, *table.totals]
    kept = [at for at in range(len(table.headings)) if at < table.kept or any(row[at] != 0 for row in rows)]
    return {
        "title": table.title,
        "words": table.words,
        "headings": [table.headings[at] for at in kept],
        "rows": [[_said(row[at]) for at in kept] for row in table.rows],
        "totals": [[_said(row[at]) for at in kept] for row in table.totals],
    }


def _said(cell: Cell) -> str:
    if cell is None:
        return "tidak diketahui"
    return cell if isinstance(cell, str) else dotted(cell)


MAKERS: dict[str, Callable[[Sheet, datetime], bytes]] = {CSV: as_csv, XLSX: as_xlsx, PDF: as_pdf}
