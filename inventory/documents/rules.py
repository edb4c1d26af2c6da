"""Which papers there are, what their numbers look like, and how figures and days are said in Indonesian."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from inventory.errors import Conflict, RuleViolated
from inventory.offices.rules import zone_name
from inventory.stock.numbers import Span
from inventory.texts import Text, figure

# A longer paper is nobody's: it is asked for in parts.
MAX_LINES = 5_000
MASK = "••••"


class DocumentKind(StrEnum):
    """The papers of the stock room and of the hand-over."""

    TANDA_TERIMA = "tanda_terima"
    SURAT_JALAN = "surat_jalan"
    BAST = "bast"
    KARTU_STOK = "kartu_stok"
    BA_OPNAME = "ba_opname"
    BA_PEMUSNAHAN = "ba_pemusnahan"
    SESSION_SHEET = "session_sheet"
    DAFTAR_SERAH = "daftar_serah"


TITLES = {
    DocumentKind.TANDA_TERIMA: "Tanda Terima Barang",
    DocumentKind.SURAT_JALAN: "Surat Jalan",
    DocumentKind.BAST: "Berita Acara Serah Terima",
    DocumentKind.KARTU_STOK: "Kartu Stok",
    DocumentKind.BA_OPNAME: "Berita Acara Stok Opname",
    DocumentKind.BA_PEMUSNAHAN: "Berita Acara Pemusnahan",
    DocumentKind.SESSION_SHEET: "Lembar Sif",
    DocumentKind.DAFTAR_SERAH: "Daftar Serah Terima KTP-el",
}
# What stands for the kind in a paper's number. A berita acara pemusnahan bears the number of its destruction.
SHORT = {
    DocumentKind.TANDA_TERIMA: "TT",
    DocumentKind.SURAT_JALAN: "SJ",
    DocumentKind.BAST: "BAST",
    DocumentKind.KARTU_STOK: "KS",
    DocumentKind.BA_OPNAME: "BAO",
    DocumentKind.SESSION_SHEET: "LS",
    DocumentKind.DAFTAR_SERAH: "DS",
}
_OURS = re.compile(rf"\d+/({'|'.join(SHORT.values())})/")
# What a paper's rows are added up by; the first is said in words.
TOTALLED: dict[DocumentKind, tuple[str, ...]] = {
    DocumentKind.TANDA_TERIMA: ("quantity",),
    DocumentKind.SURAT_JALAN: ("quantity",),
    DocumentKind.BAST: ("received", "rejected", "missing", "surplus"),
    DocumentKind.KARTU_STOK: ("into", "out"),
    DocumentKind.BA_OPNAME: ("counted", "snapshot", "books", "variance"),
    DocumentKind.BA_PEMUSNAHAN: ("quantity",),
    DocumentKind.SESSION_SHEET: ("quantity",),
    DocumentKind.DAFTAR_SERAH: ("quantity",),
}


class DocumentNotReady(Conflict):
    """A paper tells of what has happened and still stands."""

    code = "document_not_ready"
    text = Text(
        "{kind} belum atau tidak lagi dapat dibuat: {subject} berstatus {status}.",
        "There is no {kind} yet, or no longer: {subject} is {status}.",
    )


class DocumentTooLong(RuleViolated):
    """A paper has a limited number of lines."""

    code = "document_too_long"
    text = Text("Lebih dari {limit} baris; pilih periode yang lebih pendek.", "More than {limit} lines; ask for less.")


class DocumentPeriodBackwards(RuleViolated):
    """A period ends on or after the day it begins."""

    code = "document_period_backwards"
    text = Text("Periode berakhir sebelum dimulai.", "The period ends before it begins.")


_UNITS = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_STEPS = (
    (10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1_000, "ribu"), (100, "ratus"), (10, "puluh"),
)  # fmt: skip
_TOO_LARGE = 10**15
_WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip


def terbilang(number: int) -> str:
    """A whole number in Indonesian words: 1.011 is "seribu sebelas"."""
    if abs(number) >= _TOO_LARGE:
        raise ValueError(number)
    return f"minus {_said(-number)}" if number < 0 else _said(number)


def _said(number: int) -> str:
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 20:  # noqa: PLR2004 - the teens
        return f"{_UNITS[number - 10]} belas"
    step, word = next((step, word) for step, word in _STEPS if number >= step)
    count, rest = divmod(number, step)
    # seratus and seribu, but satu juta; twenty is dua puluh, and ten was said above
    lead = f"se{word}" if count == 1 and step in (100, 1_000) else f"{_said(count)} {word}"
    return f"{lead} {_said(rest)}" if rest else lead


def dotted(number: int) -> str:
    """A whole number with dots: 1.234.567."""
    return str(figure(number))


def said_day(day: date) -> str:
    """A day: 1 November 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def said_day_in_words(day: date) -> str:
    """A day as minutes begin with it: Minggu, tanggal dua puluh dua November dua ribu dua puluh enam (22-11-2026)."""
    spelled = f"{terbilang(day.day)} {_MONTHS[day.month - 1]} {terbilang(day.year)}"
    return f"{_WEEKDAYS[day.weekday()]}, tanggal {spelled} ({day:%d-%m-%Y})"


def said_instant(instant: datetime, time_zone: str) -> str:
    """An instant in an office's time: 1 November 2026 10.04 WIB."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{said_day(local.date())} {local:%H.%M} {zone_name(time_zone)}"


def said_span(span: Span) -> str:
    """Numbers as a paper lists them: A0001 s.d. A0500."""
    first, last = span.written()
    return first if first == last else f"{first} s.d. {last}"


def in_fours(value: str) -> str:
    """A check value in groups of four, for reading aloud."""
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))


def check_value_of(typed: str) -> str:
    """A check value as it was typed off a paper, without the gaps."""
    return typed.replace(" ", "").replace("-", "").lower()


def numbered(kind: DocumentKind, office: str, year: int, last: str | None) -> str:
    """The number that follows `last`, the newest of this kind at this office: 0001/TT/15.03/2026, from 1 each year."""
    running, _, rest = (last or "").partition("/")
    again = int(running) + 1 if rest.endswith(f"/{year}") else 1
    return f"{again:04}/{SHORT[kind]}/{office}/{year}"


def numbers_to_try(own: str, office: str) -> Iterator[str]:
    """What a paper that has a number of its own is called: that, and where it is another paper's, with the office."""
    with_office = f"{own}/{office}"
    # What looks like a number of ours stays free for the paper that will bear it.
    if not _OURS.match(own):
        yield own
    yield with_office
    for again in count(2):
        yield f"{with_office}/{again}"


def totals(lines: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """The sums of the rows, by unit and (where a row says its `class`) class: nothing unlike is added up."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        unit = f"{line['unit']} {line.get('class', '')}".strip()
        sums = found.setdefault(unit, {"unit": unit, **dict.fromkeys(columns, 0)})
        for column in columns:
            sums[column] += line[column]
    return list(found.values())
