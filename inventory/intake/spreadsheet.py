"""The child process that reads one workbook: the file on its input, a row a line on its output.

Whatever the file makes the reader do, the limits here end the child and nothing else. It imports nothing of the
project, so that it starts at once. See `sheets`, which calls it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

# How it says what was wrong; whatever else went wrong ends with Python's own 1, or by a signal.
UNREADABLE, TOO_LARGE = 3, 4
MEMORY = 1_500_000_000
SECONDS = 120


def limit() -> None:
    """No more memory and time than an honest file needs; and no trace of anybody's data on the disk."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def told(content: bytes, wanted: str | None) -> Iterator[Any]:
    """How many lines there are, then each that is not empty with its number; or why there are none."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    name = wanted or _first_sheet(book)
    if name is None or name not in book.sheet_names:
        yield {"sheet": name}
        return
    sheet = book.get_sheet_by_name(name)
    yield {"lines": sheet.total_height}
    # Leading empty rows come too, so that a row's number is the one that is seen on the screen.
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if any(cell != "" for cell in cells):
            yield number, cells


def _first_sheet(book: CalamineWorkbook) -> str | None:
    """The first sheet that a person would see."""
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return str(sheet.name)
    return None


def _moment(value: object) -> Any:
    """What JSON has no word for: a time without a day stays a text."""
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else str(value)


def _answer() -> None:
    wanted = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    for each in told(content, wanted):
        sys.stdout.write(json.dumps(each, default=_moment) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    limit()
    try:
        _answer()
    except CalamineError:
        sys.exit(UNREADABLE)
    except MemoryError:
        sys.exit(TOO_LARGE)
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader's own way of giving up
            sys.exit(UNREADABLE)
        raise
