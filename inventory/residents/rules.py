"""What must be said to be shown a person's data, how many one user may be shown, and how others are masked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from inventory import niks
from inventory.errors import Conflict, RuleViolated
from inventory.offices.rules import told_instant
from inventory.texts import Text

# A stolen token must not drain the register, and nobody reads out more names than this in an hour.
LOOKS_AN_HOUR = 200
WINDOW = timedelta(hours=1)
# Persons that one transaction forgets, and transactions of one request.
BATCH = 1_000
BATCHES = 5
MASK = "•••"
# No case was over before: an earlier day forgets nobody, and is no instant that every zone and database can say.
_FIRST_DAY = date(2000, 1, 1)


class LookKind(StrEnum):
    """How a person's data were shown: one recording's, all that is held about a NIK, or by name on a list to sign."""

    REVEAL = "reveal"
    EXPORT = "export"
    PAPER = "paper"


class ReasonShowsNik(RuleViolated):
    """The reason is kept and shown, so no NIK stands in it."""

    code = "reason_shows_nik"
    text = Text("Alasan tidak boleh memuat NIK atau 16 angka.", "The reason may contain no NIK and no 16 digits.")


class ReasonNamesPerson(RuleViolated):
    """The reason outlives the person's data, so it does not name the person."""

    code = "reason_names_person"
    text = Text("Alasan tidak boleh memuat nama penduduknya.", "The reason may not name the person.")


class LookLimitReached(Conflict):
    """The user was shown as many persons as one may see in an hour."""

    code = "reveal_limit_reached"
    text = Text(
        "Anda sudah membuka data {limit} penduduk dalam satu jam; coba lagi setelah {until}.",
        "You were shown the data of {limit} persons within an hour; try again after {until}.",
    )


def check_reason(reason: str, niks_told: list[str], names: list[str]) -> None:
    """Raise `ReasonShowsNik` or `ReasonNamesPerson` where the reason tells of whom it is."""
    if any(niks.shows(reason, nik) for nik in ["0" * 16, *niks_told]):
        raise ReasonShowsNik(pointer="/reason")
    said = _plain(reason)
    if any(_plain(name) in said for name in names if name):
        raise ReasonNamesPerson(pointer="/reason")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def check_looks(looks: int, first: datetime | None, time_zone: str) -> None:
    """Raise `LookLimitReached`, in the user's time, when the user had `looks` within the hour, the first then."""
    if looks >= LOOKS_AN_HOUR and first is not None:
        raise LookLimitReached(limit=LOOKS_AN_HOUR, until=told_instant(first + WINDOW, time_zone))


def masked_name(name: str) -> str:
    """Another person's name as it is shown: the first letter of each word."""
    return " ".join(f"{word[0]}{MASK}" for word in name.split())


def shown_collector(collector: str | None, person: str | None) -> str | None:
    """Who collected a card, as the person may be told: themselves by name, anybody else masked."""
    if not collector:
        return None
    return collector if person and _plain(collector) == _plain(person) else masked_name(collector)


def horizon(now: datetime, days: int, time_zone: str, before: date | None) -> datetime:
    """Whose case ended before this instant is forgotten: so many days ago, and before that day began if one is told."""
    end = now - timedelta(days=days)
    if before is None:
        return end
    return min(end, datetime.combine(max(before, _FIRST_DAY), time(), ZoneInfo(time_zone)))
