"""The classes of what is destroyed, and how a destruction must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from inventory.errors import Conflict, Fault, RuleViolated
from inventory.stock import numbers
from inventory.stock.numbers import Amount, Span
from inventory.stock.rules import AccountKey, Condition, Leg, Place, StockInsufficient
from inventory.texts import Text, aside


class DestructionClass(StrEnum):
    """The classes of the circular: the first four are spoiled blanks', the withdrawn cards' are named beside them."""

    DAMAGED = "damaged"
    PRINT_FAILURE = "print_failure"
    ENCODE_FAILURE = "encode_failure"
    FACTORY_DEFECT = "factory_defect"
    DATA_CHANGE = "data_change"
    MOVED_IN = "moved_in"


class DestructionStatus(StrEnum):
    """How far a destruction has come; the last two are ends."""

    COUNTED = "counted"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class Sort(StrEnum):
    """What burns in one fire and is never added into one figure but the fire's own."""

    BLANKS = "blanks"
    WITHDRAWN = "withdrawn"
    SUPPLIES = "supplies"


class QuarantineShort(Conflict):
    """Lines of a destruction say more than lies in quarantine, or withdrawn cards that do not wait."""

    code = "quarantine_short"
    text = Text(
        "{count} baris tidak cocok dengan karantina {store}; tidak ada yang dicatat.",
        "{count} lines do not fit the quarantine of {store}; nothing was kept.",
    )


class WithdrawnShort(Conflict):
    """Fewer withdrawn cards of a class wait in the register."""

    code = "withdrawn_short"
    text = Text(
        "Register {store} hanya punya {available} KTP ditarik ({reason}) sampai {until}; diminta {asked}.",
        "The register of {store} has only {available} withdrawn cards ({reason}) until {until}; {asked} were named.",
    )


class DestructionNumberTaken(Conflict):
    """A berita acara number is used once by an office, also when its destruction was cancelled."""

    code = "destruction_number_taken"
    text = Text(
        "Nomor berita acara {number} sudah dipakai Dinas {office}.",
        "The berita acara number {number} was used by office {office} already.",
    )


class DestructionEnded(Conflict):
    """A destruction is approved or cancelled once."""

    code = "destruction_ended"
    text = Text("Pemusnahan {destruction} sudah {status}.", "Destruction {destruction} is {status} already.")


class WitnessTwice(RuleViolated):
    """Two witnesses are two people."""

    code = "witness_twice"
    text = Text("Saksi yang sama disebut dua kali.", "The same witness is named twice.")


class BelowDestroyed(Conflict):
    """The register cannot hold fewer cards than were burned of it."""

    code = "below_destroyed"
    text = Text(
        "{destroyed} dari KTP ditarik ini sudah dimusnahkan; jumlahnya tidak bisa menjadi {quantity}.",
        "{destroyed} of these withdrawn cards were destroyed; there cannot have been {quantity}.",
    )


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A line: so much of one quarantine account, which is named without numbers."""

    key: AccountKey
    amount: Amount

    @property
    def account(self) -> AccountKey:
        """The account that gives it: with numbers where the line names them."""
        return self.key.tracked(numbered=self.amount.numbered)

    @property
    def leg(self) -> Leg:
        """Its way into the fire."""
        key = self.account
        return Leg(key, key.at(Place.DESTROYED), self.amount.quantity, self.amount.spans)


def short_lines(lines: Sequence[Spoiled], held: Mapping[AccountKey, int]) -> list[Fault]:
    """Every line of a count whose account holds less than all such lines together take of it.

    `held` is what each account could give on the day of the fire.
    """
    asked: Counter[AccountKey] = Counter()
    for line in lines:
        asked[line.account] += line.amount.quantity
    faults = []
    for index, line in enumerate(lines):
        there = held.get(line.account, 0)
        if line.amount.numbered or asked[line.account] <= there:
            continue
        numbered = held.get(line.key.tracked(numbered=True), 0)
        facts = {"store": line.key.store, "item": line.key.item}
        if numbered:
            told = numbers.NumbersNeeded.text.format(**facts, counted=there, numbered=numbered)
            faults.append(Fault(f"/lines/{index}", told, numbers.NumbersNeeded.code))
            continue
        told = StockInsufficient.text.format(
            **facts,
            apart=aside(line.key.condition, Condition.BLANK),
            owner=line.key.owner,
            available=there,
            asked=asked[line.account],
        )
        faults.append(Fault(f"/lines/{index}", told, StockInsufficient.code))
    return faults


def absent_numbers(
    lines: Sequence[Spoiled], there: Mapping[AccountKey, Sequence[Span]], anywhere: Sequence[Span]
) -> list[Fault]:
    """Every named number that does not lie in its line's account: on the books elsewhere, or not at all."""
    faults: list[Fault] = []
    for line in lines:
        absent = numbers.missing(there.get(line.account, ()), line.amount.spans)
        unknown = numbers.missing(anywhere, absent)
        elsewhere = numbers.without(absent, unknown)
        where = f"{line.key.store} ({line.key.item})"
        if unknown:
            faults += numbers.wrong_numbers(numbers.NumbersUnknown, unknown, line.amount).faults
        if elsewhere:
            faults += numbers.wrong_numbers(numbers.NumbersElsewhere, elsewhere, line.amount, where=where).faults
    return faults


def check_witnesses(witnesses: Sequence[Mapping[str, str]]) -> None:
    """Raise `WitnessTwice` at every witness that was named before."""
    seen, faults = set(), []
    for index, witness in enumerate(witnesses):
        who = (witness["name"].casefold(), witness["institution"].casefold())
        if who in seen:
            faults.append(Fault(f"/witnesses/{index}", WitnessTwice.text.format(), WitnessTwice.code))
        seen.add(who)
    if faults:
        raise WitnessTwice(faults=faults)


def oldest_first(waiting: Iterable[tuple[date, int, int]], quantity: int) -> dict[int, int] | None:
    """How many of each row (day, id, waiting) burn, the oldest ones first; None where they are too few."""
    taken: dict[int, int] = {}
    left = quantity
    for _, row_id, there in sorted(waiting):
        if part := min(left, there):
            taken[row_id] = part
            left -= part
    return None if left else taken


Cell = tuple[Sort, DestructionClass, int]


def figures(cells: Iterable[Cell]) -> dict[str, Any]:
    """The figures of some lines, by class, with their totals computed. Supplies are no cards: beside the total."""
    told: dict[str, Any] = {
        sort: {each.value: 0 for each in DestructionClass} for sort in (Sort.BLANKS, Sort.WITHDRAWN)
    }
    supplies = 0
    for sort, reason, quantity in cells:
        if sort is Sort.SUPPLIES:
            supplies += quantity
        else:
            told[sort][reason.value] += quantity
    for row in told.values():
        row["total"] = sum(row.values())
    together = sum(row["total"] for row in told.values())
    return {**told, "supplies": supplies, "total": together}


def last_day(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
