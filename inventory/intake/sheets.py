"""Reading the rows of a CSV or XLSX, after making sure that opening it is safe."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from inventory.intake import rules
from inventory.intake.rules import FileEmpty, FileHasMacros, FileTooLarge, FileUnreadable, Profile, SheetUnknown

MAX_UNPACKED = 300_000_000
# Opening a sheet makes a grid as wide as its widest row and as long as its last.
MAX_CELLS = 6_000_000
MAX_COPIED = 1_000_000_000
_LONGEST_TAG = 4_000_000
_MAX_MEMBERS = 2_000
_ZIP = b"PK\x03\x04"
_PARTS = 1 << 20
_FORBIDDEN = re.compile(
    r"vbaproject|macrosheet|externallink|embeddings/|activex|ctrlprops|\.bin$|dialogsheet|customui", re.IGNORECASE
)
# Every place that a cell or row says to stand at, in the parts of a workbook that are sheets.
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHEETS = re.compile(r"^xl/(work|chart)?sheets/", re.IGNORECASE)
_TITLE_ROWS = 20
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
        raise _too_large()
    if content.startswith(_ZIP):
        lines, rows = _workbook(content, profile)
    else:
        lines, rows = _text(content, profile)
    return _table(rows, lines, profile)


def _too_large() -> FileTooLarge:
    return FileTooLarge(rows=rules.MAX_ROWS, bytes=rules.MAX_BYTES)


def _table(rows: Iterator[tuple[int, list[Any]]], lines: int, profile: Profile) -> Table:
    """The header is the first row that names two columns we know, else the first at all; titles may stand above it."""
    first = list(islice(rows, _TITLE_ROWS))
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
    if b"\0" in content:  # UTF-16, an old .xls, a picture: anything but text
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
    _inspect(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = profile.sheet or _first_sheet(book)
        if name not in book.sheet_names:
            raise SheetUnknown(sheet=name)
        sheet = book.get_sheet_by_name(name)
    except CalamineError as error:
        raise FileUnreadable from error
    # Leading empty rows come too, so that a row's number is the one that is seen on the screen.
    rows = ((number, cells) for number, cells in enumerate(sheet.iter_rows(), 1) if any(cell != "" for cell in cells))
    return sheet.total_height, rows


def _first_sheet(book: CalamineWorkbook) -> str:
    """The first sheet that a person would see."""
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return str(sheet.name)
    raise FileEmpty


def _inspect(content: bytes) -> None:
    """Refuse what would run, lead elsewhere or unpack to more than it may, whatever it says of its own size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileUnreadable from error
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names or len(members) > _MAX_MEMBERS or len(names) < len(members):
        raise FileUnreadable
    printer = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
    if any(_FORBIDDEN.search(name) and not printer.search(name) for name in names):
        raise FileHasMacros
    look = _Look()
    for member in members:
        look.through(content, member)
    # Every cell that refers to a shared text gets a copy of it.
    if look.cells * look.longest > MAX_COPIED:
        raise _too_large()


def _inflated(packed: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-15)
    try:
        part = unpacker.decompress(packed, _PARTS)
        while part:
            yield part
            part = unpacker.decompress(unpacker.unconsumed_tail, _PARTS)
    except zlib.error as error:
        raise FileUnreadable from error
    if not unpacker.eof:
        raise FileUnreadable


class _Look:
    """Looks through the members of a workbook part by part: what they really unpack to, and how far sheets reach."""

    def __init__(self) -> None:
        self.size, self.cells, self.longest, self._text = 0, 0, 0, 0

    def through(self, content: bytes, member: zipfile.ZipInfo) -> None:
        """Unpack a member and look at it; raises what must not be opened."""
        start = member.header_offset + 30
        start += sum(int.from_bytes(content[start - at : start - at + 2], "little") for at in (4, 2))
        packed = content[start : start + member.compress_size]
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileUnreadable
        before, tail, grid = self.size, b"", _Grid()
        is_text = member.filename.lower().endswith((".xml", ".rels", ".vml"))
        for part in _inflated(packed) if member.compress_type == zipfile.ZIP_DEFLATED else [packed]:
            self.size += len(part)
            if self.size > MAX_UNPACKED or len(tail) > _LONGEST_TAG:
                raise _too_large()
            if is_text:
                text, tail = _whole_tags(tail + part)
                self._read(text, member.filename, grid)
        if self.size - before != member.file_size:
            raise FileUnreadable
        self.cells = max(self.cells, grid.cells)

    def _read(self, text: bytes, name: str, grid: _Grid) -> None:
        if text.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!DOCTYPE" in text:
            raise FileUnreadable
        if name == "[Content_Types].xml" and b"macroEnabled" in text:
            raise FileHasMacros
        if _SHEETS.match(name):
            grid.grow(text)
        if name.lower().endswith("sharedstrings.xml"):
            for number, piece in enumerate(text.split(b"<si")):
                self._text = len(piece) + (0 if number else self._text)
                self.longest = max(self.longest, self._text)


class _Grid:
    """How far the cells of a sheet reach."""

    def __init__(self) -> None:
        self.columns, self.rows, self.cells = 1, 1, 0

    def grow(self, text: bytes) -> None:
        """Take in the cells of a part of the sheet."""
        places = _PLACE.findall(text)
        placed = sum(1 for letters, _ in places if letters)
        self.cells += placed
        if len(_CELL.findall(text)) != placed:  # cells that do not say where they stand could stand anywhere
            raise FileUnreadable
        self.columns = max(
            self.columns, max((_column(letters) for letters in {place[0] for place in places}), default=0)
        )
        self.rows = max(self.rows, max((int(digits[:9] or 0) for _, digits in places), default=0))
        if self.rows > rules.MAX_ROWS + _TITLE_ROWS or self.columns * self.rows > MAX_CELLS:
            raise _too_large()


def _whole_tags(text: bytes) -> tuple[bytes, bytes]:
    """The text up to the end of its last tag, and the rest."""
    end = text.rfind(b">") + 1
    return text[:end], text[end:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number
