"""What is checked at a hand-over, and what cards that are sent on may be: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from inventory.disposal.rules import DestructionClass
from inventory.errors import Conflict, Fault, LinesRefused, RuleViolated
from inventory.offices.rules import MINISTRY, told_instant
from inventory.printing.rules import CardStatus
from inventory.printing.run_rules import CardAlreadyIssued
from inventory.regions.rules import Level, level_of
from inventory.texts import Text

# The relation of who collects a card of their own.
SELF = "self"
# After so many days a card that nobody collected is flagged, where the office says nothing else.
FLAG_DAYS = (14, 30, 60)
_HEADS = (Level.KECAMATAN, Level.VILLAGE)


class CollectorCheck(StrEnum):
    """What was looked at before a card was given away: family card, old card, fingerprint, photo, letter."""

    KK = "kk"
    OLD_CARD = "old_card"
    FINGERPRINT = "fingerprint"
    PHOTO = "photo"
    LETTER = "letter"


class ConsignmentStatus(StrEnum):
    """Whether cards of a consignment are still out there."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Surrendered:
    """Old cards that the collector gave back."""

    reason: DestructionClass
    quantity: int = 1


class CollectorUnnamed(RuleViolated):
    """Who is not the resident gives a name."""

    code = "collector_unnamed"
    text = Text(
        "Sebut nama pengambil, atau sebut bahwa penduduknya sendiri yang mengambil.",
        "Name who collects it, or say that it is the resident.",
    )


class CardsSentOn(Conflict):
    """Some cards were sent on already, and are not back."""

    code = "cards_sent_on"
    text = Text(
        "{count} kartu sudah dititipkan dan belum kembali.", "{count} cards were sent on already and are not back."
    )


class CardsElsewhere(Conflict):
    """Some cards lie in another store than the one they are to be sent on from."""

    code = "cards_elsewhere"
    text = Text("{count} kartu tidak berada di gudang ini.", "{count} cards do not lie in this store.")


class CardsNotInConsignment(Conflict):
    """Some cards are not out with this consignment: handed over, lost, back already, or never in it."""

    code = "cards_not_in_consignment"
    text = Text(
        "{count} kartu tidak sedang dititipkan lewat titipan ini.", "{count} cards are not out with this consignment."
    )


class ConsignmentClosed(Conflict):
    """Nothing of the consignment is out any more."""

    code = "consignment_closed"
    text = Text(
        "Titipan {consignment} sudah ditutup: semua kartunya diserahkan, kembali, atau hilang.",
        "Consignment {consignment} is closed: all its cards were handed over, came back or are lost.",
    )


class NoHeadThere(RuleViolated):
    """Cards are sent on to the head of a kecamatan or a village below the office."""

    code = "no_head_there"
    text = Text(
        "Kartu dititipkan ke camat atau kepala desa di wilayah Dinas {office}; {region} bukan itu.",
        "Cards are sent on to the head of a kecamatan or village of office {office}; {region} is none.",
    )


class DueBeforeSent(RuleViolated):
    """Cards are due back on a later day, or on the day they are sent."""

    code = "due_before_sent"
    text = Text("Batas waktu {due} sebelum hari ini ({today}).", "The due day {due} is before today ({today}).")


_ISSUED = Text("Kartu perekaman ini sudah diserahkan pada {at}.", "The card of this recording was handed over at {at}.")


class CardLost(Conflict):
    """The card was lost; its recording is printed anew by another recording."""

    code = "card_lost"
    text = Text("Kartu perekaman ini dilaporkan hilang.", "The card of this recording was reported lost.")


class NoCardYet(Conflict):
    """Nothing was printed for the recording, or what was printed was undone."""

    code = "no_card_yet"
    text = Text("Perekaman ini belum punya kartu.", "This recording has no card yet.")


def why_not_waiting(
    pointer: str, status: CardStatus | None = None, issued_at: datetime | None = None, time_zone: str = ""
) -> Fault:
    """What is said of one line whose card does not wait to be handed over; no status is no card."""
    if status is CardStatus.ISSUED and issued_at is not None:
        return Fault(pointer, _ISSUED.format(at=told_instant(issued_at, time_zone)), CardAlreadyIssued.code)
    error = CardLost if status is CardStatus.LOST else NoCardYet
    return Fault(pointer, error.text, error.code)


def check_collectors(collectors: Sequence[tuple[str | None, str | None]]) -> None:
    """Raise `LinesRefused` with every line of (name, relation) that says neither a name nor `self`."""
    unnamed = [index for index, (name, relation) in enumerate(collectors) if name is None and relation != SELF]
    if unnamed:
        text, code = CollectorUnnamed.text.format(), CollectorUnnamed.code
        raise LinesRefused([Fault(f"/cards/{index}/collected_by", text, code) for index in unnamed])


def check_region(region: str, office: str) -> None:
    """Raise `NoHeadThere` unless the region is a kecamatan or a village below the office."""
    below = office == MINISTRY or region.startswith(f"{office}.")
    if not below or level_of(region) not in _HEADS:
        raise NoHeadThere(pointer="/region", region=region, office=office)


def check_due(due_on: date | None, today: date) -> None:
    """Raise `DueBeforeSent` for a day that is over."""
    if due_on is not None and due_on < today:
        raise DueBeforeSent(pointer="/due_on", due=due_on, today=today)


def flags_of(told: Sequence[int] | None) -> tuple[int, ...]:
    """The days at which an office flags its waiting cards, each once, in order."""
    return tuple(sorted(set(told))) if told else FLAG_DAYS


def printed_before(days: int, today: date, time_zone: str) -> datetime:
    """The instant before which a card was printed that has waited `days` business days of an office or more."""
    return datetime.combine(today - timedelta(days=days - 1), time(), ZoneInfo(time_zone))


def days_waited(printed_at: datetime, today: date, time_zone: str) -> int:
    """How many days ago, by the office's calendar, a card was printed."""
    return (today - printed_at.astimezone(ZoneInfo(time_zone)).date()).days
