"""A report as tables: headings in the reader's language, a row an office, the total in the last rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from inventory.documents.rules import said_day, said_instant
from inventory.reports.daily import Report
from inventory.reports.rules import Grain
from inventory.stock.rules import Condition
from inventory.texts import Text

Cell = str | int | None

_DAILY = Text("Laporan harian stok dan pencetakan", "Daily stock and print report")
_MONTHLY = Text("Laporan bulanan stok dan pencetakan", "Monthly stock and print report")
_STOCK = Text("Stok", "Stock")
_PRINTING = Text("Pencetakan", "Printing")
_TOTAL = Text("Jumlah", "Total")
_CONDITIONS = {
    Condition.BLANK: Text("baik", "good"),
    Condition.PRINTED: Text("kartu menunggu", "cards waiting"),
    Condition.SPOILED: Text("rusak", "spoiled"),
}
_OFFICE = {"office": Text("Kode Dinas", "Office code"), "office_name": Text("Dinas", "Office")}
STOCK_COLUMNS = {
    "item_name": Text("Barang", "Item"),
    "unit": Text("Satuan", "Unit"),
    "condition": Text("Keadaan", "Condition"),
    "opening": Text("Awal", "Opening"),
    "received": Text("Diterima", "Received"),
    "found": Text("Temuan lebih", "Found"),
    "transferred_in": Text("Kiriman masuk", "Transferred in"),
    "between_own": Text("Antar gudang sendiri", "Between own stores"),
    "printed": Text("Dicetak", "Printed"),
    "spoiled": Text("Rusak", "Spoiled"),
    "issued": Text("Diserahkan", "Issued"),
    "used": Text("Dipakai", "Used"),
    "transferred_out": Text("Kiriman keluar", "Transferred out"),
    "lost": Text("Hilang", "Lost"),
    "destroyed": Text("Dimusnahkan", "Destroyed"),
    "other": Text("Lain-lain", "Other"),
    "closing": Text("Akhir", "Closing"),
    "in_custody": Text("Dipegang petugas", "In custody"),
    "in_transit": Text("Dalam perjalanan", "In transit"),
}
_PRINTING_COLUMNS = {
    "printed": Text("Dicetak", "Printed"),
    "spoiled": Text("Rusak saat cetak", "Spoiled in printing"),
    "spoiled_damaged": Text("Rusak fisik", "Damaged"),
    "spoiled_print_failure": Text("Gagal cetak", "Print failure"),
    "spoiled_encode_failure": Text("Gagal encode", "Encode failure"),
    "spoiled_factory_defect": Text("Cacat pabrik", "Factory defect"),
    "issued": Text("Diserahkan", "Issued"),
    "waiting": Text("Kartu menunggu", "Cards waiting"),
    "prr_left": Text("Sisa PRR", "PRR left"),
    "suket_owed": Text("Utang suket", "Suket owed"),
    "ribbons_used": Text("Ribbon dipakai", "Ribbons used"),
    "ribbons_left": Text("Ribbon tersisa", "Ribbons left"),
}
# Before its figures a row of the stock names its office, item, unit and condition.
WORDS = len(_OFFICE) + 3


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its title, headings, rows and the rows of its totals.

    Figures begin after so many `words`; a paper shows the columns from `kept` on only where they tell something.
    """

    title: str
    headings: list[str]
    rows: list[list[Cell]]
    totals: list[list[Cell]]
    words: int
    kept: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole report in one language."""

    name: str
    title: str
    facts: list[tuple[str, str]]
    tables: list[Table]


def sheet(report: Report, language: str) -> Sheet:
    """The tables of a report, and under which name it is kept as a file."""
    daily = report.period.grain is Grain.DAY
    first = report.period.first.isoformat()
    days = [report.period.first] if daily else [report.period.first, report.period.last]
    period = " - ".join(said_day(day) if language == "id" else day.isoformat() for day in days)
    as_of = said_instant(report.as_of, report.office.time_zone)
    if language != "id":
        as_of = report.as_of.astimezone(ZoneInfo(report.office.time_zone)).isoformat(timespec="seconds")
    facts = [
        (Text("Dinas", "Office"), f"{report.office.name} ({report.office.code})"),
        (Text("Tanggal", "Day") if daily else Text("Periode", "Period"), period),
        (Text("Keadaan data", "As of"), as_of),
    ]
    printing = Table(
        _PRINTING.within(language),
        _headings(_OFFICE | _PRINTING_COLUMNS, language),
        [_row(row, _OFFICE | _PRINTING_COLUMNS, language) for row in report.printing],
        [_total(report.printing_totals, _PRINTING_COLUMNS, language)],
        len(_OFFICE),
        len(_OFFICE | _PRINTING_COLUMNS),
    )
    stock = Table(
        _STOCK.within(language),
        _headings(_OFFICE | STOCK_COLUMNS, language),
        [_row(row, _OFFICE | STOCK_COLUMNS, language) for row in report.stock],
        [_total(row, STOCK_COLUMNS, language) for row in report.stock_totals],
        WORDS,
        WORDS + 1,
    )
    name = f"laporan-{'harian' if daily else 'bulanan'}-{report.office.code}-{first if daily else first[:7]}"
    title = (_DAILY if daily else _MONTHLY).within(language)
    return Sheet(name, title, [(label.within(language), said) for label, said in facts], [stock, printing])


def _headings(columns: Mapping[str, Text], language: str) -> list[str]:
    return [heading.within(language) for heading in columns.values()]


def _row(row: Mapping[str, Any], columns: Iterable[str], language: str) -> list[Cell]:
    return [_CONDITIONS[row[name]].within(language) if name == "condition" else row[name] for name in columns]


def _total(row: Mapping[str, Any], columns: Iterable[str], language: str) -> list[Cell]:
    return ["", _TOTAL.within(language), *_row(row, columns, language)]
