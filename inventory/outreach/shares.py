"""Whose goods are whose among those set aside for an event: pledges of one store and item share one earmark."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from inventory.stock.numbers import Amount, Span

Earmark = TypeVar("Earmark", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Pledged(Generic[Earmark]):
    """One pledge that waits; `movement` set its numbers aside, None where it was only counted."""

    id: int
    earmark: Earmark
    quantity: int
    movement: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What is there of something set aside: so many without numbers, and these numbers."""

    counted: int = 0
    spans: tuple[Span, ...] = ()

    @property
    def numbered(self) -> int:
        """How many have their numbers."""
        return sum(map(len, self.spans))

    @property
    def quantity(self) -> int:
        """All of it."""
        return self.counted + self.numbered

    @property
    def amount(self) -> Amount:
        """All of it, of a share that is of one sort."""
        return Amount(self.quantity, self.spans)


def shares(
    waiting: Iterable[Pledged[Earmark]],
    there: Mapping[Earmark, int],
    lying: Mapping[Earmark, Sequence[tuple[int, Span]]],
) -> tuple[dict[int, Share], dict[Earmark, Share]]:
    """How much of each pledge is still there, and what is set aside beyond all of them.

    `there` are the goods without numbers, `lying` the numbers, each with the movement that brought it. A pledge of
    numbers has its own first. Then, in order, a pledge takes what has no numbers if it was only counted, and at last
    numbers that are nobody's: blanks that got their numbers since, or came back. What was spoiled or lost is missing
    from the last.
    """
    told = list(waiting)
    mine: dict[int, tuple[Span, ...]] = {}
    unclaimed = {earmark: list(stays) for earmark, stays in lying.items()}
    for each in told:
        stays = unclaimed.get(each.earmark, [])
        mine[each.id] = tuple(span for movement, span in stays if movement == each.movement)
        unclaimed[each.earmark] = [stay for stay in stays if stay[0] != each.movement]
    left, free = dict(there), {earmark: [span for _, span in stays] for earmark, stays in unclaimed.items()}
    found: dict[int, Share] = {}
    for each in told:
        counted = min(each.quantity, left.get(each.earmark, 0)) if each.movement is None else 0
        left[each.earmark] = left.get(each.earmark, 0) - counted
        short = each.quantity - counted - sum(map(len, mine[each.id]))
        more, free[each.earmark] = _first(free[each.earmark], short)
        found[each.id] = Share(counted, (*mine[each.id], *more))
    beyond = {earmark: Share(left.get(earmark, 0), tuple(free.get(earmark, ()))) for earmark in {**left, **free}}
    return found, {earmark: share for earmark, share in beyond.items() if share.quantity}


def _first(spans: Sequence[Span], quantity: int) -> tuple[list[Span], list[Span]]:
    """So many numbers from the front, and the others."""
    taken, rest = [], []
    for span in spans:
        cut = min(max(quantity, 0), len(span))
        quantity -= cut
        if cut:
            taken.append(span.part(span.first, span.first + cut - 1))
        if cut < len(span):
            rest.append(span.part(span.first + cut, span.last))
    return taken, rest
