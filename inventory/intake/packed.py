"""Looking through a workbook before it is opened: what would run, lead elsewhere or unpack to more than it may."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from inventory.intake import rules
from inventory.intake.rules import FileHasMacros, FileTooLarge, FileUnreadable

MAX_UNPACKED = 300_000_000
# Opening a sheet makes a grid as wide as its widest row and as long as its last.
MAX_CELLS = 6_000_000
MAX_COPIED = 1_000_000_000
# Titles may stand above the header.
TITLE_ROWS = 20
_LONGEST_TAG = 4_000_000
_WIDEST = 16_384
_MAX_MEMBERS = 2_000
_PARTS = 1 << 20
_FORBIDDEN = re.compile(
    r"vbaproject|macrosheet|externallink|embeddings/|activex|ctrlprops|\.bin$|dialogsheet|customui", re.IGNORECASE
)
_PRINTER = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
_PLACE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,8})")


def too_large() -> FileTooLarge:
    """What is said of a file that is larger than it may be, packed or unpacked."""
    return FileTooLarge(rows=rules.MAX_ROWS, bytes=rules.MAX_BYTES)


def inspect(content: bytes) -> None:
    """Raise unless the workbook is safe to open, whatever it says of its own size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileUnreadable from error
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in names or len(members) > _MAX_MEMBERS or not all(map(_is_plain, members)):
        raise FileUnreadable
    if len({name.lower() for name in names}) < len(names):  # readers differ in which of the two they open
        raise FileUnreadable
    if any(_FORBIDDEN.search(name) and not _PRINTER.search(name) for name in names):
        raise FileHasMacros
    size = longest = cells = 0
    for member in members:
        look = _Look(member.filename)
        before = size
        for part in _unpacked(content, member):
            size += len(part)
            if size > MAX_UNPACKED:
                raise too_large()
            look.at(part)
        look.end()
        if size - before != member.file_size:
            raise FileUnreadable
        longest, cells = max(longest, look.longest), max(cells, look.cells)
    # Every cell that refers to a shared text gets a copy of it.
    if cells * longest > MAX_COPIED:
        raise too_large()


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """Whether every reader takes the name of a member for the same."""
    name = member.filename
    return (
        name == member.orig_filename
        and "\\" not in name
        and not {"", ".", ".."} & set(name.removesuffix("/").split("/"))
    )


def _unpacked(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    start = member.header_offset + 30
    start += sum(int.from_bytes(content[start - at : start - at + 2], "little") for at in (4, 2))
    packed = content[start : start + member.compress_size]
    if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileUnreadable
    if member.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
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
    """Reads one member as XML, part by part: how far the cells of a sheet reach, how long the longest shared text is.

    Names count without their prefix, as the reader takes them, and places only where they stand in the attribute `r`.
    """

    def __init__(self, name: str) -> None:
        self.cells = self.longest = 0
        self._rows = self._columns = 1
        self._fed = self._since = 0
        self._widths: dict[str, int] = {}
        self._takes: dict[str, Callable[[list[str]], None]] = {"sheetData": self._sheet, "si": self._text}
        if name.lower() == "[content_types].xml":
            self._takes = {"Default": self._kind, "Override": self._kind}
        self._parser: expat.XMLParserType | None = None
        if name.lower().endswith((".xml", ".rels")) or "sheets/" in name.lower():
            # Whatever encoding it claims: the reader takes everything for UTF-8.
            self._parser = expat.ParserCreate("utf-8")
            self._parser.ordered_attributes = True
            self._parser.StartElementHandler = self._begin
            self._parser.StartDoctypeDeclHandler = self._refuse
            self._parser.EntityDeclHandler = self._refuse

    def at(self, part: bytes) -> None:
        """Look at the next part."""
        if self._parser is None:
            return
        self._fed += len(part)
        self._parse(self._parser, part, last=False)
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
            raise too_large()

    def end(self) -> None:
        """There is no more of it."""
        if self._parser is not None:
            self._parse(self._parser, b"", last=True)
            self.longest = max(self.longest, self._fed - (self._since or self._fed))

    @staticmethod
    def _parse(parser: expat.XMLParserType, part: bytes, *, last: bool) -> None:
        try:
            parser.Parse(part, last)
        except expat.ExpatError as error:
            raise FileUnreadable from error

    @staticmethod
    def _refuse(*_told: object) -> None:
        raise FileUnreadable

    def _begin(self, name: str, attributes: list[str]) -> None:
        take_in = self._takes.get(name)
        if take_in is None:
            if ":" not in name:
                return
            take_in = self._takes.get(name.rpartition(":")[2])
        if take_in is not None:
            take_in(attributes)

    def _sheet(self, _attributes: list[str]) -> None:
        self._takes |= {"c": self._cell, "row": self._row}

    def _row(self, attributes: list[str]) -> None:
        place = _named(attributes)
        if place is not None:
            self._reach(self._columns, _number(place))

    def _cell(self, attributes: list[str]) -> None:
        place = attributes[1] if attributes and attributes[0] == "r" else _named(attributes)
        found = _PLACE.fullmatch(place or "")
        if found is None:  # cells that do not say where they stand could stand anywhere
            raise FileUnreadable
        letters, digits = found.groups()
        column = self._widths.get(letters)
        if column is None:
            column = self._widths[letters] = _column(letters)
        self.cells += 1
        row = int(digits)
        if column > self._columns or row > self._rows or self.cells > MAX_CELLS:
            self._reach(column, row)

    def _text(self, _attributes: list[str]) -> None:
        """A shared text begins, and the one before it is over."""
        if self._parser is not None:
            at = self._parser.CurrentByteIndex
            self.longest, self._since = max(self.longest, at - (self._since or at)), at

    def _kind(self, attributes: list[str]) -> None:
        if any("macroenabled" in each.lower() for each in attributes):
            raise FileHasMacros

    def _reach(self, column: int, row: int) -> None:
        self._columns, self._rows = max(self._columns, column), max(self._rows, row)
        far = self._rows > rules.MAX_ROWS + TITLE_ROWS or self._columns > _WIDEST
        if far or self._columns * self._rows > MAX_CELLS or self.cells > MAX_CELLS:
            raise too_large()


def _named(attributes: list[str]) -> str | None:
    """The value of `r`; an element has each attribute once, or it could not be parsed."""
    return dict(zip(attributes[::2], attributes[1::2], strict=True)).get("r")


def _number(digits: str) -> int:
    if not digits.isascii() or not digits.isdecimal():
        raise FileUnreadable
    return int(digits[:9])


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
