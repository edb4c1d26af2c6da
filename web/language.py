"""Words, numbers, days and instants as the reader's language writes them: Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from flask import g, request

from inventory.stock.rules import Condition
from inventory.texts import Text
from inventory.words import in_english, in_indonesian

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
COOKIE = "bahasa"
# What the clocks of Indonesia are called on every wall there.
_ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_USUAL_ZONE = "Asia/Jakarta"


def language() -> str:
    """The reader's language: what the signed-in person chose, else this browser's choice, else Indonesian.

    A page that is the same for everybody says its language itself (`g.language`).
    """
    if "language" in g:
        return str(g.language)
    signed = g.get("signed")
    chosen = signed.language if signed is not None else request.cookies.get(COOKIE, "id")
    return chosen if chosen in LANGUAGES else "id"


def t(indonesian: str, english: str) -> str:
    """One of the two, as the reader's language wants."""
    return english if language() == "en" else indonesian


def told(value: Any) -> Any:
    """A sentence in the reader's language; anything else stays what it is."""
    return value.within(language()) if isinstance(value, Text) else value


def word(value: object) -> str:
    """What people call a code name: `word(Role.CLERK)` is "petugas gudang"."""
    if isinstance(value, bool):
        return t("ya", "yes") if value else t("tidak", "no")
    if value is Condition.BLANK:  # "kosong", as papers have it, reads on a screen as if nothing were there
        return t("siap pakai", "ready to use")
    if not isinstance(value, StrEnum | tuple):
        return str(told(value))
    return str(in_english(value) if language() == "en" else in_indonesian(value))


# An item's unit is written in Indonesian, like its name; these are the usual ones.
_UNITS = {"keping": "blanks", "gulung": "rolls", "gulungan": "rolls", "set": "sets", "kartu": "cards"}


def unit_word(name: object) -> str:
    """A unit in the reader's language; one that is not among the usual stays as somebody wrote it."""
    said = str(told(name))
    return t(said, _UNITS.get(said, said))


# The items that every office has from the start, for as long as nobody names them otherwise.
_ITEMS = {
    "Blangko KTP-el": "KTP-el blank",
    "Ribbon warna": "Colour ribbon",
    "Film retransfer": "Retransfer film",
    "Perangkat pembersih": "Cleaning kit",
}


def item_text(name: str) -> Text:
    """An item's name in both languages; one that people gave stays as they wrote it."""
    return Text(name, ", ".join(_ITEMS.get(each, each) for each in name.split(", ")))


def unit_text(name: str) -> Text:
    """A unit in both languages."""
    return Text(name, _UNITS.get(name, name))


def item_word(name: object) -> str:
    """An item's name in the reader's language."""
    return str(told(item_text(str(name))))


def number(value: int) -> str:
    """A whole number: 11.000 or 11,000."""
    return _number(value, language())


# A report has hundreds of them, mostly small ones that come again.
@lru_cache(maxsize=10_000)
def _number(value: int, spoken: str) -> str:
    return str(format_decimal(value, locale=spoken))


def options(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Code names as the choices of a field: (value, what people call it, as a line of its own)."""
    return [(value.value, (called := word(value))[:1].upper() + called[1:]) for value in values]


def decimal(value: float, places: int = 1) -> str:
    """A number with at most so many decimals."""
    return str(format_decimal(value, format="#,##0." + "#" * places, locale=language()))


def percent(share: float, places: int = 1) -> str:
    """A share as a percentage: 0.9654 is 96,5 %."""
    return str(format_percent(share, format="#,##0." + "#" * places + " %", locale=language()))


def day(value: date) -> str:
    """A calendar day: 1 Nov 2026."""
    return str(format_date(value, "d MMM y", locale=language()))


def weekday(value: date) -> str:
    """A calendar day with its name: Minggu, 1 Nov 2026."""
    return str(format_date(value, "EEEE, d MMM y", locale=language()))


def zone_of(name: str | None = None) -> str:
    """The time zone to write in: the one named, else that of the reader's office."""
    signed = g.get("signed")
    return name or (signed.time_zone if signed is not None else _USUAL_ZONE)


def instant(value: datetime, zone: str | None = None) -> str:
    """An instant on the office's clock: 1 Nov 2026 10.04 WIB."""
    name = zone_of(zone)
    local = value.astimezone(ZoneInfo(name))
    return f"{day(local.date())} {local:%H.%M} {_ZONES.get(name, local.tzname() or '')}".rstrip()
