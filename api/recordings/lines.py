"""Reading the lines of a batch, from JSON or CSV: each is good, or a fault that never repeats what it holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import marshmallow as ma
from flask import request

from api.blueprint import StrictParser
from api.problems import language
from api.recordings.schemas import (
    MAX_LINES,
    ChangeIn,
    ChangesIn,
    RecordingCells,
    RecordingIn,
    RecordingsIn,
    envelope,
)
from inventory.errors import Fault, RuleViolated
from inventory.recordings.rules import LineFault, NewRecording, Spot, StatusChange
from inventory.texts import Text

Line = TypeVar("Line")
CSV = "text/csv"
_RECORDINGS = envelope(RecordingsIn, "recordings")
_CHANGES = envelope(ChangesIn, "changes")
_COLUMNS = tuple(RecordingIn().fields)
_REQUIRED = tuple(name for name, field in RecordingIn().fields.items() if field.required)


class CsvUnreadable(RuleViolated):
    """The body is no CSV in UTF-8."""

    code = "csv_unreadable"
    text = Text("Isi bukan CSV dalam UTF-8.", "The body is not a CSV in UTF-8.")


class CsvColumnsWrong(RuleViolated):
    """The first line must name the columns; a wrong one is not repeated, as it may be a person's data."""

    code = "csv_columns_wrong"
    text = Text(
        "Baris pertama harus berisi nama kolom: {required}; boleh juga {others}.",
        "The first line must name the columns: {required}; and may name {others}.",
    )


class CsvLengthWrong(RuleViolated):
    """A CSV has a limited number of lines."""

    code = "csv_length_wrong"
    text = Text("Isi 1 sampai {limit} baris.", "It must have 1 to {limit} lines.")


def recordings() -> tuple[list[NewRecording], list[LineFault]]:
    """The lines of this request, good and bad."""
    if request.mimetype == CSV:
        return _read(_csv_rows(request.get_data()), RecordingCells(), lambda spot, row: NewRecording(spot, **row))
    body = StrictParser().parse(_RECORDINGS, request, location="json")
    rows = _json_rows("recordings", body["recordings"])
    return _read(rows, RecordingIn(), lambda spot, row: NewRecording(spot, **row))


def changes() -> tuple[list[StatusChange], list[LineFault], str | None]:
    """The status changes of this request, good and bad, and the office that narrows them."""
    body = StrictParser().parse(_CHANGES, request, location="json")
    rows = _json_rows("changes", body["changes"])
    good, faults = _read(
        rows, ChangeIn(), lambda spot, row: StatusChange(spot, row["client_id"], row["status"], row["failure"])
    )
    return good, faults, body["office"]


def refused(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """The bad lines of a batch whose good ones were kept, in the caller's language."""
    tongue = language()
    return [
        {"number": fault.number, "pointer": fault.pointer, "field": fault.field, "code": fault.code,
         "detail": fault.text.within(tongue)}
        for fault in faults if isinstance(fault, LineFault)
    ]  # fmt: skip


def _read(
    rows: Iterable[tuple[Spot, Any]], schema: ma.Schema, make: Callable[[Spot, dict[str, Any]], Line]
) -> tuple[list[Line], list[LineFault]]:
    good: list[Line] = []
    faults: list[LineFault] = []
    for spot, row in rows:
        try:
            good.append(make(spot, schema.load(row)))
        except ma.ValidationError as error:
            faults.extend(_faults(spot, schema, error.messages_dict))
    return good, faults


def _faults(spot: Spot, schema: ma.Schema, messages: dict[str, Any]) -> Iterator[LineFault]:
    for name, told in messages.items():
        known = name if name in schema.fields else ""
        for text in told if isinstance(told, list) else [told]:
            yield spot.fault(known, text if isinstance(text, Text) else Text(str(text), str(text)), "invalid")


def _json_rows(name: str, rows: list[Any]) -> Iterator[tuple[Spot, Any]]:
    for index, row in enumerate(rows):
        yield Spot(index + 1, f"/{name}/{index}"), row


def _csv_rows(body: bytes) -> list[tuple[Spot, Any]]:
    """The lines behind the header, by their numbers in the file; cells are cut, empty ones say nothing."""
    try:
        text = body.decode("utf-8-sig")
        # Spreadsheets set to Indonesian write semicolons, as the comma is their decimal sign.
        header = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
        columns = [cell.strip() for cell in next(reader, [])]
        wrong = len(set(columns)) < len(columns) or not set(_REQUIRED) <= set(columns) <= set(_COLUMNS)
        if wrong:
            others = ", ".join(sorted(set(_COLUMNS) - set(_REQUIRED)))
            raise CsvColumnsWrong(pointer="line 1", required=", ".join(_REQUIRED), others=others)
        rows = [(Spot(reader.line_num, f"line {reader.line_num}"), _row(columns, cells)) for cells in reader if cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise CsvUnreadable(pointer="") from error
    if not 1 <= len(rows) <= MAX_LINES:
        raise CsvLengthWrong(pointer="", limit=MAX_LINES)
    return rows


def _row(columns: list[str], cells: list[str]) -> dict[str, str] | None:
    """A line's cells by column; None, which is no object, when it has more cells than columns."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        return None
    return {name: cell for name, cell in zip(columns, cells, strict=False) if cell.strip()}
