"""A list as a page draws it, a batch at a time, and the same list whole as CSV or XLSX."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound as NoSuchAddress
from werkzeug.urls import iri_to_uri

from api import paging
from api.reports.files import CSV, XLSX, safe
from inventory import clock
from inventory.paging import Page, Slice
from inventory.texts import Text
from web import language
from web.language import told, word

Kind = Literal["text", "number", "decimal", "percent", "day", "instant", "word", "unit", "item"]
# A file holds so many lines at most: who wants more filters, or asks the API.
MAX_LINES = 100_000
_BATCH, _SHOWN = 500, 50
_LONGEST = 70
_EXCEL = {
    "number": "#,##0",
    "decimal": "#,##0.0",
    "percent": "0.0#%",
    "day": "d mmm yyyy",
    "instant": "d mmm yyyy hh:mm",
}
_WRITTEN: dict[str, Callable[[Any], str]] = {
    "number": language.number,
    "decimal": language.decimal,
    "percent": lambda value: language.percent(value, 2),
    "day": language.day,
    "instant": language.instant,
    "word": word,
    "unit": language.unit_word,
}
_EMPTY = Text("Belum ada isinya.", "Nothing here yet.")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and how a row's value is found (a name, or a function of the row) and written."""

    head: Text
    value: str | Callable[[Any], Any]
    kind: Kind = "text"
    href: Callable[[Any], str | None] = lambda _row: None
    unit: Text | None = None

    def raw(self, row: Any) -> Any:
        """The value itself; None where there is none."""
        if callable(self.value):
            return self.value(row)
        return row.get(self.value) if isinstance(row, dict) else attrgetter(self.value)(row)

    def text(self, row: Any) -> str:
        """The value as people read it; nothing for None."""
        value = self.raw(row)
        if value is None:
            return ""
        said = isinstance(value, str) and not isinstance(value, StrEnum)
        if self.kind in ("text", "item") or (said and self.kind != "unit"):
            return word(value)
        return _WRITTEN[self.kind](value)


@dataclass(slots=True)
class Table:
    """A list with its headings; `rows` are all of them, or a function that reads one batch.

    `turn` are the functions that read the cursor's values back, one each, as for api.paging. `order` "desc" is newest
    first. `file` is what a download is called where the title does not say which list it is.
    """

    id: str
    title: Text
    columns: Sequence[Column]
    rows_from: Sequence[Any] | Callable[[Slice], Page]
    turn: Sequence[Callable[[Any], Any]] = (paging.number,)
    order: Literal["asc", "desc"] = "asc"
    empty: Text = _EMPTY
    limit: int = _SHOWN
    file: str = ""
    _page: Page | None = field(default=None, init=False)

    @property
    def rows(self) -> list[Any]:
        """The batch that the page shows."""
        return self._shown().items

    @property
    def next_href(self) -> str | None:
        """The address of the next batch; None at the end."""
        cursor = paging.answer(self._shown())["next"]
        return None if cursor is None else here(**{self._cursor: cursor})

    @property
    def first_href(self) -> str | None:
        """The address of the first batch; None when that is the one shown."""
        return here(**{self._cursor: None}) if request.args.get(self._cursor) else None

    @property
    def csv_href(self) -> str:
        """The address of the whole list as CSV."""
        return here(unduh=f"{self.id}.csv", **{self._cursor: None})

    @property
    def xlsx_href(self) -> str:
        """The address of the whole list as a workbook."""
        return here(unduh=f"{self.id}.xlsx", **{self._cursor: None})

    def all_rows(self) -> Iterator[Any]:
        """Every row, batch by batch, up to MAX_LINES."""
        if not callable(self.rows_from):
            yield from self.rows_from
            return
        given, after = 0, None
        while given < MAX_LINES:
            batch = self.rows_from(Slice(_BATCH, after, self.order == "desc"))
            yield from batch.items
            given, after = given + len(batch.items), batch.next
            if after is None:
                return

    @property
    def _cursor(self) -> str:
        return f"{self.id}_dari"

    def _shown(self) -> Page:
        if self._page is None:
            if callable(self.rows_from):
                asked = {"limit": self.limit, "cursor": request.args.get(self._cursor), "order": self.order}
                self._page = self.rows_from(paging.wanted(asked, *self.turn))
            else:
                self._page = Page(list(self.rows_from), None)
        return self._page


def here(**changes: str | None) -> str:
    """The address of the page shown, with other parameters."""
    kept = MultiDict(request.args)
    for name, value in changes.items():
        kept.poplist(name)
        if value is not None:
            kept[name] = value
    query = urlencode(list(kept.items(multi=True)))
    return iri_to_uri(request.path + (f"?{query}" if query else ""))


def file_name(title: str, ending: str) -> str:
    """What a downloaded file is called: its page, what it holds and the day, like antrean-ditahan-2026-11-22.csv."""
    place = _words(" ".join(request.path.split("/")[2:]))
    words = [*place, *(each for each in _words(title) if each not in place)]
    return f"{'-'.join(words)[:_LONGEST].strip('-')}-{clock.business_day(language.zone_of())}.{ending}"


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def as_file(table: Table, ending: str) -> Response:
    """The whole table as `csv` or `xlsx`; raises NotFound for anything else."""
    if ending not in ("csv", "xlsx"):
        raise NoSuchAddress
    made = _csv(table) if ending == "csv" else _xlsx(table)
    kind = f"{CSV}; charset=utf-8" if ending == "csv" else XLSX
    headers = {"Content-Disposition": f'attachment; filename="{file_name(table.file or str(table.title), ending)}"'}
    return Response(made, content_type=kind, headers=headers)


def _csv(table: Table) -> bytes:
    """Semicolons and a byte order mark, as spreadsheets set to Indonesian expect."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(str(told(column.head))) for column in table.columns])
    writer.writerows([_cell(column, row) for column in table.columns] for row in table.all_rows())
    return out.getvalue().encode("utf-8-sig")


def _cell(column: Column, row: Any) -> Any:
    value = column.raw(row)
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(language.zone_of())).isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else safe(word(value))


def _xlsx(table: Table) -> bytes:
    """A workbook with one sheet; text is written as text whatever it begins with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format({"num_format": shape}) for kind, shape in _EXCEL.items()}
        for at, column in enumerate(table.columns):
            page.set_column(at, at, 18)
            page.write_string(0, at, str(told(column.head)), head)
        for line, row in enumerate(table.all_rows(), 1):
            for at, column in enumerate(table.columns):
                _write(page, line, at, column.raw(row), formats.get(column.kind))
    return out.getvalue()


def _write(page: Any, line: int, at: int, value: Any, shape: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        page.write_number(line, at, value, shape)
    elif isinstance(value, datetime):
        page.write_datetime(line, at, value.astimezone(ZoneInfo(language.zone_of())).replace(tzinfo=None), shape)
    elif isinstance(value, date):
        page.write_datetime(line, at, value, shape)
    else:
        page.write_string(line, at, word(value))
