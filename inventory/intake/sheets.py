"""Reading the rows of a CSV or XLSX, after making sure that opening it is safe."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

from inventory.intake import packed, rules, spreadsheet
from inventory.intake.rules import FileEmpty, FileUnreadable, Profile, SheetUnknown

_ZIP = b"PK\x03\x04"
_PDF, _PDF_WITHIN = b"%PDF-", 1_024
# No row of a list is longer; a sheet is as wide as its file says.
_LONGEST_ROW = 20_000_000
_RECOGNISED = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it, each by its number in the file; `lines` is about how many there are."""

    header: list[str]
    rows: Iterator[tuple[int, list[Any]]]
    lines: int


def opened(content: bytes, profile: Profile) -> Table:
    """The table that the bytes hold, its rows still unread; raises what makes the whole file unreadable."""
    if len(content) > rules.MAX_BYTES:
        raise packed.too_large()
    if content.startswith(_ZIP):
        lines, rows = _workbook(content, profile)
    else:
        lines, rows = _text(content, profile)
    return _table(rows, lines, profile)


def _table(rows: Iterator[tuple[int, list[Any]]], lines: int, profile: Profile) -> Table:
    """The header is the first row that names two columns we know, else the first at all; titles may stand above it."""
    first = list(islice(rows, packed.TITLE_ROWS))
    if not first:
        raise FileEmpty
    headers = [_header(cells) for _, cells in first]
    named = [sum(name is not None for name in rules.fields_of(header, profile)) for header in headers]
    index = next((index for index, count in enumerate(named) if count >= _RECOGNISED), 0)
    return Table(headers[index], chain(first[index + 1 :], rows), max(0, lines - index - 1))


def _header(cells: list[Any]) -> list[str]:
    header = [str(cell).strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header[: rules.MAX_COLUMNS]


def _text(content: bytes, profile: Profile) -> tuple[int, Iterator[tuple[int, list[Any]]]]:
    if not content.strip():
        raise FileEmpty
    # UTF-16, an old .xls, a picture: anything but text. A PDF begins like text.
    if b"\0" in content or _PDF in content[:_PDF_WITHIN]:
        raise FileUnreadable
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    return lines, _text_rows(content, profile)


def _text_rows(content: bytes, profile: Profile) -> Iterator[tuple[int, list[Any]]]:
    head = content[:20_000].decode("utf-8-sig", errors="replace")
    delimiter = profile.delimiter or max(",;\t|", key=head.count)
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield reader.line_num, cells
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(pointer=f"line {reader.line_num + 1}") from error


def _workbook(content: bytes, profile: Profile) -> tuple[int, Iterator[tuple[int, list[Any]]]]:
    packed.inspect(content)
    rows = _read_apart(content, profile.sheet)
    head = next(rows)
    if "sheet" in head:
        raise FileEmpty if head["sheet"] is None else SheetUnknown(sheet=head["sheet"])
    return head["lines"], rows


def _read_apart(content: bytes, sheet: str | None) -> Iterator[Any]:
    """What the child process tells of a workbook: a file that makes it burst does so there alone."""
    # -P: the folder of the script is no place to import from.
    command = [sys.executable, "-P", spreadsheet.__file__]
    with subprocess.Popen(  # noqa: S603 - our own program, with the file on its input
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("no pipes")
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(json.dumps(sheet).encode() + b"\n")
                child.stdin.write(content)
            with suppress(BrokenPipeError):
                child.stdin.close()
            while line := child.stdout.readline(_LONGEST_ROW):
                if not line.endswith(b"\n"):  # too long, or it died in the middle of it
                    raise packed.too_large()
                yield json.loads(line, object_hook=_moment)
            _judge(child.wait())
        finally:
            child.kill()


def _judge(code: int) -> None:
    """How the child ended: by a signal where it asked for more than its limits."""
    if code == spreadsheet.UNREADABLE:
        raise FileUnreadable
    if code == spreadsheet.TOO_LARGE or code < 0:
        raise packed.too_large()
    if code:
        raise RuntimeError(f"reading a workbook ended with {code}")


def _moment(told: dict[str, Any]) -> Any:
    if "at" in told:
        return datetime.fromisoformat(told["at"])
    return date.fromisoformat(told["on"]) if "on" in told else told
