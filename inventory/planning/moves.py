"""Allocation by hand: what moves between stores may be, and what they would leave behind. Pure, like rules.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.errors import Conflict, Fault, RuleViolated
from inventory.planning.cover import Cover
from inventory.texts import Text, figure
from inventory.transfers.rules import SameStore


class AllocationImpossible(Conflict):
    """A store gives no more than it has when the plan is made."""

    code = "allocation_impossible"
    text = Text(
        "{name} punya {available} keping bebas; sampai baris ini rencana mengambil {asked}.",
        "{name} has {available} free blanks; up to this line the plan takes {asked}.",
    )


class AllocationOfKit(RuleViolated):
    """What lies in an event's kit belongs to several offices: its event gives it back."""

    code = "allocation_of_kit"
    text = Text(
        "{store} adalah gudang acara; blangkonya diatur lewat acara itu.",
        "{store} is the kit of an event; its blanks are moved through that event.",
    )


@dataclass(frozen=True, slots=True)
class Move:
    """So many from one store to another."""

    from_store: str
    to_store: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a store has of the item: free, its office's own; and what open transfers out of it ask of that already."""

    store: str
    name: str
    office: str
    free: int
    promised: int


@dataclass(frozen=True, slots=True)
class Change:
    """How long an office's blanks last before and after a plan."""

    before: Cover
    after: Cover


def faults_of(moves: Sequence[Move], shelves: Mapping[str, Shelf]) -> list[Fault]:
    """What cannot be, at its line: goods that stay where they are, and more than a store has."""
    taken: defaultdict[str, int] = defaultdict(int)
    found = []
    for at, move in enumerate(moves):
        taken[move.from_store] += move.quantity
        shelf = shelves[move.from_store]
        if move.from_store == move.to_store:
            found.append(_fault(SameStore(pointer=f"/moves/{at}/to_store", store=move.to_store)))
        elif taken[move.from_store] > shelf.free:
            found.append(_fault(_too_much(at, shelf, taken[move.from_store])))
    return found


def _too_much(at: int, shelf: Shelf, asked: int) -> AllocationImpossible:
    pointer = f"/moves/{at}/quantity"
    return AllocationImpossible(pointer=pointer, name=shelf.name, available=figure(shelf.free), asked=figure(asked))


def _fault(error: Conflict | RuleViolated) -> Fault:
    return error.faults[0]


def check(moves: Sequence[Move], shelves: Mapping[str, Shelf]) -> None:
    """Raise `AllocationImpossible` (or `SameStore`) with a fault for each line that cannot be."""
    faults = faults_of(moves, shelves)
    if not faults:
        return
    if all(fault.code == SameStore.code for fault in faults):
        raise SameStore(faults=faults, store=moves[int(faults[0].pointer.split("/")[2])].to_store)
    first = next(fault for fault in faults if fault.code == AllocationImpossible.code)
    shelf = shelves[moves[int(first.pointer.split("/")[2])].from_store]
    asked = sum(move.quantity for move in moves if move.from_store == shelf.store)
    raise AllocationImpossible(faults=faults, name=shelf.name, available=figure(shelf.free), asked=figure(asked))


def changes(moves: Sequence[Move], shelves: Mapping[str, Shelf], covers: Sequence[Cover]) -> Iterator[Change]:
    """Each office that gives or takes, with its cover before and after, as if everything had arrived."""
    more: defaultdict[str, int] = defaultdict(int)
    for move in moves:
        more[shelves[move.from_store].office] -= move.quantity
        more[shelves[move.to_store].office] += move.quantity
    for cover in covers:
        if cover.office in more:
            yield Change(cover, cover.plus(more[cover.office]))
