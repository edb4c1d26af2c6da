"""What a printer can do and how far its ribbon and film last: pure, and the enumerations and errors of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from inventory.errors import Conflict, RuleViolated
from inventory.stock.rules import SpoilReason
from inventory.texts import Text

# What a printer does in a sprint: 40 to 46 cards an hour.
USUAL_PER_HOUR = 45.0
# The 97.5th percentile of the normal distribution: 95 of 100 such intervals hold the true rate.
_NORMAL = 1.959963984540054


class PrinterStatus(StrEnum):
    """Whether a printer prints."""

    WORKING = "working"
    IN_REPAIR = "in_repair"


class SupplyKind(StrEnum):
    """What is mounted in a printer and used up by what it prints."""

    RIBBON = "ribbon"
    FILM = "film"


class PrinterInRepair(Conflict):
    """Nothing new is sent to a printer in repair."""

    code = "printer_in_repair"
    text = Text('Printer "{printer}" sedang dalam perbaikan.', 'Printer "{printer}" is in repair.')


class RestIncomplete(RuleViolated):
    """A cooling rest says after how many cards, and for how long."""

    code = "printer_rest_incomplete"
    text = Text(
        "Jeda pendinginan memerlukan rest_after_cards dan rest_minutes bersama-sama.",
        "A cooling rest needs rest_after_cards and rest_minutes together.",
    )


class NotMountable(RuleViolated):
    """Ribbon and film are mounted in a printer; nothing else is."""

    code = "not_mountable"
    text = Text(
        "{item} bukan ribbon atau film; tidak dipasang di printer.",
        "{item} is no ribbon or film; it is not mounted in a printer.",
    )


class SuppliesWillNotLast(Conflict):
    """What is mounted and spare does not last for what is to be printed."""

    code = "supplies_will_not_last"
    text = Text(
        "{kind} hanya cukup untuk {cards} dari {quantity} kartu, cadangan ikut dihitung.",
        "The {kind} lasts for {cards} of {quantity} cards, spares included.",
    )


class MountUsed(Conflict):
    """A roll that printed is not put back as a new one."""

    code = "mount_used"
    text = Text(
        'Mutasi {movement} adalah pemasangan {item} di printer "{printer}", yang sudah mencetak {used}: tidak kembali'
        " sebagai gulungan baru.",
        'Movement {movement} is the mounting of {item} in printer "{printer}", which has printed {used} since: it does'
        " not come back as a new one.",
    )


@dataclass(frozen=True, slots=True)
class Lasting:
    """How far one kind of supply lasts on one printer: what is mounted, and what is spare in its store."""

    kind: SupplyKind
    left: int | None
    spares: int
    spare_cards: int

    @property
    def cards(self) -> int:
        """How many cards it lasts for, spares included. A roll that gave more than it said gives no debt."""
        return max(0, self.left or 0) + self.spare_cards


_SHORT = Text(
    "{kind} tersisa untuk {left} dari {quantity} kartu; {spares} cadangan di gudang.",
    "{kind} left for {left} of {quantity} cards; {spares} spare in store.",
)
_NO_SPARE = Text("Tidak ada cadangan {kind} di gudang.", "There is no spare {kind} in store.")
_OVER_LIMIT = Text(
    'Printer "{printer}" dibatasi {limit} kartu sehari (harus mendingin); yang menunggu {quantity}.',
    'Printer "{printer}" is limited to {limit} cards a day (it must cool); {quantity} wait.',
)
_UNNAMED = Text(
    "Pekerjaan ini tidak menyebut printer: ribbon, film, dan jeda pendinginan tidak dihitung. Printer di gudang ini:"
    " {printers}.",
    "This job names no printer: ribbon, film and cooling rests are not counted. Printers of this store: {printers}.",
)


def uses_up(reason: SpoilReason | None) -> bool:
    """Whether an attempt took ribbon and film: the chip is encoded first, so a failure there has printed nothing."""
    return reason is not SpoilReason.ENCODE_FAILURE


def warnings_of(lasting: Sequence[Lasting], quantity: int) -> list[Text]:
    """What to tell who sends so many cards to a printer. A kind never mounted there is not watched there."""
    told = []
    for one in lasting:
        if one.left is None:
            continue
        if one.left < quantity:
            told.append(_SHORT.format(kind=one.kind, left=max(0, one.left), quantity=quantity, spares=one.spares))
        elif not one.spares:
            told.append(_NO_SPARE.format(kind=one.kind))
    return [Text(text[:1].upper() + text[1:], text.en[:1].upper() + text.en[1:]) for text in told]


def over_limit(printer: str, limit: int | None, quantity: int) -> list[Text]:
    """The warning of a job above what the office lets the printer do in a day."""
    return [] if limit is None or quantity <= limit else [_OVER_LIMIT.format(printer=printer, limit=limit,
                                                                            quantity=quantity)]  # fmt: skip


def unnamed(printers: Sequence[str]) -> list[Text]:
    """The warning of a job without a printer in a store that has listed these."""
    return [_UNNAMED.format(printers=", ".join(f'"{name}"' for name in printers))] if printers else []


def check_lasting(lasting: Sequence[Lasting], quantity: int) -> None:
    """Raise `SuppliesWillNotLast` when what is mounted and spare is less than `quantity` cards need."""
    for one in lasting:
        if one.left is not None and one.cards < quantity:
            raise SuppliesWillNotLast(kind=one.kind, cards=one.cards, quantity=quantity)


def check_rest(after_cards: int | None, minutes: float | None) -> None:
    """Raise `RestIncomplete` for half a cooling rest."""
    if (after_cards is None) != (minutes is None):
        raise RestIncomplete(pointer="/rest_minutes" if minutes is None else "/rest_after_cards")


@dataclass(frozen=True, slots=True)
class Rate:
    """A spoil rate, and between which rates it lies with 95 % certainty; None where nothing was tried."""

    attempts: int
    spoiled: int
    rate: float | None
    low: float | None
    high: float | None


def spoil_rate(spoiled: int, attempts: int) -> Rate:
    """The share of attempts that were spoiled, with its Wilson score interval.

    Few attempts give a wide interval: one spoiled of two says almost nothing of a printer.
    """
    if not attempts:
        return Rate(0, 0, None, None, None)
    share, square = spoiled / attempts, _NORMAL**2
    middle = share + square / (2 * attempts)
    spread = _NORMAL * sqrt(share * (1 - share) / attempts + square / (4 * attempts**2))
    whole = 1 + square / attempts
    low = max(0.0, (middle - spread) / whole) if spoiled else 0.0
    high = min(1.0, (middle + spread) / whole) if spoiled < attempts else 1.0
    return Rate(attempts, spoiled, *(round(one, 5) for one in (share, low, high)))
