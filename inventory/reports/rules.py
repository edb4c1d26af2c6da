"""The arithmetic of a report: its period, and how the flows of one sort of goods lead from opening to closing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from inventory.stock.rules import QUARANTINE, Condition, MovementKind, Place, SpoilReason


class Grain(StrEnum):
    """How finely sums are kept: what moved on a day and in a month, and in fewer rows what that left behind."""

    DAY = "day"
    MONTH = "month"
    HELD_DAY = "held_day"
    HELD_MONTH = "held_month"
    HELD_YEAR = "held_year"

    @property
    def unit(self) -> str:
        """The length of its periods."""
        return self.value.removeprefix("held_")

    @property
    def held(self) -> bool:
        """Whether it tells no more than what was left behind: no kinds, no classes, no ends."""
        return self.value != self.unit


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month, by its first day."""

    grain: Grain
    first: date

    @property
    def after(self) -> date:
        """The first day that is not in it any more."""
        if self.grain is Grain.DAY:
            return self.first + timedelta(days=1)
        return _next_month(self.first)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def before(self) -> list[tuple[Grain, date, date]]:
        """All the time before it as whole years, then months, then days, each from a day up to another one."""
        year, month = self.first.replace(month=1, day=1), self.first.replace(day=1)
        parts = [
            (Grain.HELD_YEAR, date.min, year),
            (Grain.HELD_MONTH, year, month),
            (Grain.HELD_DAY, month, self.first),
        ]
        return [part for part in parts if part[1] < part[2]]


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


# The columns of a walk, in their order: each is what it adds to the goods, below zero where it takes away.
FLOWS = (
    "received", "found", "transferred_in", "between_own", "printed", "spoiled", "issued", "used", "transferred_out",
    "lost", "destroyed", "other",
)  # fmt: skip
HELD = (Place.STORE, Place.CUSTODY, Place.ENVELOPE)
_IN_HAND = (Place.CUSTODY, Place.ENVELOPE)
# By these goods go from one store to another, and so perhaps from one office to another.
TRANSFERRING = (
    MovementKind.DISPATCH, MovementKind.RECALL, MovementKind.DELIVERY, MovementKind.UNDELIVERY, MovementKind.BROUGHT,
    MovementKind.FOUND,
)  # fmt: skip
_OUT = (MovementKind.DISPATCH, MovementKind.RECALL)
_FROM_PAPERS = (MovementKind.RECEIPT, MovementKind.REVERSAL)
_PRINTING = (MovementKind.PRINTING, MovementKind.PRINTING_UNDO)
# What becomes of goods at the end, and how a walk calls it.
_ENDS = {Place.LOST: "lost", Place.CONSUMED: "used", Place.DESTROYED: "destroyed", Place.ISSUED: "issued"}


@dataclass(frozen=True, slots=True)
class Sum:
    """What movements of one kind did to the goods of one item in one place and condition."""

    kind: str
    place: str
    condition: str
    spoil_class: int
    own: bool
    came: int
    went: int

    @property
    def net(self) -> int:
        """What is more there afterwards."""
        return self.came - self.went


@dataclass(frozen=True, slots=True)
class Walk:
    """From opening to closing: `opening + sum(flows) = closing`, always. `other` is what no other column explains.

    Of the closing so many are `in_custody`; what is `in_transit` left the stores already and is in no closing.
    """

    opening: int = 0
    flows: Mapping[str, int] = field(default_factory=dict)
    in_custody: int = 0
    in_transit: int = 0

    @property
    def closing(self) -> int:
        """What is there at the end."""
        return self.opening + sum(self.flows.values())

    @property
    def empty(self) -> bool:
        """Whether nothing was there, moved, or is under way."""
        return not (self.opening or self.in_transit or any(self.flows.values()))

    def columns(self) -> dict[str, int]:
        """The row of a report."""
        flows = {name: self.flows.get(name, 0) for name in FLOWS}
        ends = {"closing": self.closing, "in_custody": self.in_custody, "in_transit": self.in_transit}
        return {"opening": self.opening, **flows, **ends}


def added(walks: Iterable[Walk]) -> Walk:
    """The walk of all of them together: a total is nothing but the sum of its rows."""
    flows: defaultdict[str, int] = defaultdict(int)
    opening = in_custody = in_transit = 0
    for walk in walks:
        opening += walk.opening
        in_custody += walk.in_custody
        in_transit += walk.in_transit
        for name, quantity in walk.flows.items():
            flows[name] += quantity
    return Walk(opening, dict(flows), in_custody, in_transit)


def walk(condition: Condition, before: Iterable[Sum], within: Iterable[Sum]) -> Walk:
    """How goods of one condition, of one item and office, went through a period."""
    there = [each for each in before if each.condition == condition]
    moved = list(within)
    here = [*there, *(each for each in moved if each.condition == condition)]
    if not here:
        return Walk()
    return Walk(
        _net(there, HELD),
        _flows(condition, moved),
        _net(here, _IN_HAND),
        _net(here, (Place.TRANSFER,)),
    )


def _net(sums: Iterable[Sum], places: Iterable[str]) -> int:
    return sum(each.net for each in sums if each.place in places)


def _flows(condition: Condition, within: Iterable[Sum]) -> dict[str, int]:
    by_kind: defaultdict[tuple[str, bool], list[Sum]] = defaultdict(list)
    for each in within:
        by_kind[each.kind, each.own].append(each)
    flows: defaultdict[str, int] = defaultdict(int)
    for (kind, own), sums in by_kind.items():
        mine = [each for each in sums if each.condition == condition]
        if not mine:
            continue
        told = 0
        told_of = _between(kind, mine, own=own) if kind in TRANSFERRING else _at_home(kind, mine, sums)
        for name, quantity in told_of:
            flows[name] += quantity
            told += quantity
        flows["other"] += _net(mine, HELD) - told
    return {name: quantity for name, quantity in flows.items() if quantity}


def _between(kind: str, mine: list[Sum], *, own: bool) -> Iterator[tuple[str, int]]:
    """What transfers mean for what is held in one condition, by the columns of a walk."""
    held, supplied = _net(mine, HELD), -_net(mine, (Place.SUPPLIED,))
    yield "found", supplied  # a surplus that is taken back
    if own:
        yield "between_own", held - supplied
    elif kind == MovementKind.BROUGHT:  # out of one office's store straight into the kit of another
        yield "transferred_in", sum(each.came for each in mine if each.place in HELD)
        yield "transferred_out", -sum(each.went for each in mine if each.place in HELD)
    else:
        yield "transferred_out" if kind in _OUT else "transferred_in", held - supplied


def _at_home(kind: str, mine: list[Sum], sums: list[Sum]) -> Iterator[tuple[str, int]]:
    """What movements inside one office mean for what is held in one condition; `sums` are of all conditions."""
    if kind == MovementKind.WRITE_OFF:
        yield "lost", _net(mine, HELD)  # what was lost under way had left already
        return
    yield "received" if kind in _FROM_PAPERS else "found", -_net(mine, (Place.SUPPLIED,))
    for place, name in _ENDS.items():
        yield name, -_net(mine, (place,))
    for made, name in ((Condition.PRINTED, "printed"), (Condition.SPOILED, "spoiled")):
        became = sum(each.net for each in sums if each.condition == made)
        for condition in {each.condition for each in mine}:
            if condition in (made, Condition.BLANK):
                yield name, became if condition == made else -became


def printed(within: Iterable[Sum]) -> int:
    """How many cards were printed, those undone taken off."""
    return sum(each.net for each in within if each.kind in _PRINTING and each.condition == Condition.PRINTED)


def spoiled_in_printing(within: Iterable[Sum]) -> dict[SpoilReason, int]:
    """How many blanks were spoiled by printing them, class by class."""
    found = dict.fromkeys(SpoilReason, 0)
    classes = {number: reason for reason, number in QUARANTINE.items()}
    for each in within:
        if each.kind in _PRINTING and each.condition == Condition.SPOILED and each.place in HELD:
            found[classes[each.spoil_class]] += each.net
    return found
