"""The arithmetic of a settlement: what was brought is printed, spoiled, used up, returned or missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from inventory.catalogue.rules import ItemKind
from inventory.errors import Conflict, Fault, RuleViolated
from inventory.stock.rules import Condition, MovementKind, Place
from inventory.texts import Text

Said = TypeVar("Said")
# Kinds that bring goods into an event, or take such a bringing back. Corrections inside the kit cancel out to nothing.
BRINGING = frozenset({
    MovementKind.BROUGHT, MovementKind.DELIVERY, MovementKind.UNDELIVERY, MovementKind.SURPLUS, MovementKind.FOUND,
    MovementKind.RECEIPT, MovementKind.REVERSAL, MovementKind.ADJUSTMENT,
})  # fmt: skip
RETURNING = frozenset({MovementKind.DISPATCH, MovementKind.RECALL})


class DifferenceUnexplained(Conflict):
    """Blanks that are not there, or goods that nobody brought, need an explanation."""

    code = "difference_unexplained"
    text = Text(
        "{item} milik Dinas {owner}: buku mencatat {books}, dihitung {counted}. Tulis sebab selisihnya.",
        "{item} of office {owner}: the books say {books}, {counted} were counted. Say why they differ.",
    )


class CountForeign(RuleViolated):
    """A count or an explanation names what nobody brought to this event."""

    code = "count_foreign"
    text = Text("Dinas {owner} tidak membawa {item} ke acara ini.", "Office {owner} brought no {item} to this event.")


class CountedTwice(RuleViolated):
    """Each owner and item is counted, and explained, once."""

    code = "counted_twice"
    text = Text("{item} milik Dinas {owner} disebut dua kali.", "{item} of office {owner} is named twice.")


class SettlementUnbalanced(Conflict):
    """The books do not explain what was brought; a wrong settlement is never written."""

    code = "settlement_unbalanced"
    text = Text(
        "{item} milik Dinas {owner}: dibawa {brought}, tetapi dicetak {printed}, rusak {spoiled}, terpakai {used},"
        " kembali {returned}, hilang {missing}.",
        "{item} of office {owner}: {brought} brought, but {printed} printed, {spoiled} spoiled, {used} used,"
        " {returned} returned, {missing} missing.",
    )


class JobsUnfinished(Conflict):
    """Draft and open print jobs end before their event does."""

    code = "event_jobs_unfinished"
    text = Text("Pekerjaan cetak {jobs} belum selesai.", "Print jobs {jobs} have not ended.")


class CustodyUnsettled(Conflict):
    """What is in somebody's hand comes back, or is written off, before the event ends."""

    code = "event_custody_open"
    text = Text(
        "Sif {sessions} di gudang acara belum ditutup.", "Custody sessions {sessions} of the kit are not closed."
    )


@dataclass(frozen=True, slots=True, order=True)
class Goods:
    """One owner's goods of one item."""

    owner: str
    item: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What movements of one kind changed in one sort of place of the event: its kit, or under way to it."""

    goods: Goods
    place: Place
    condition: Condition
    kind: MovementKind
    quantity: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the books say of one owner's goods of one item; `on_hand` are the good ones still in the kit."""

    brought: int = 0
    printed: int = 0
    spoiled: int = 0
    used: int = 0
    returned: int = 0
    missing: int = 0
    on_hand: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the settlement. `left` goes home; `lost` and `used_up` are what the count found gone.

    `lost` is below zero where more was counted than the books have.
    """

    goods: Goods
    brought: int
    printed: int
    spoiled: int
    used: int
    returned: int
    missing: int
    counted: bool
    explanation: str
    left: int
    lost: int
    used_up: int


def _state_of(flow: Flow) -> str:
    """Under which figure the goods of a place are told."""
    if flow.place is Place.STORE:
        in_kit = {Condition.BLANK: "on_hand", Condition.PRINTED: "printed", Condition.SPOILED: "spoiled"}
        return in_kit[flow.condition]
    ends = {Place.CUSTODY: "on_hand", Place.ISSUED: "printed", Place.DESTROYED: "spoiled", Place.CONSUMED: "used"}
    return ends.get(flow.place, "missing")


def figures(flows: Iterable[Flow]) -> dict[Goods, Figures]:
    """What became of everything, by goods, lines of nothing left out.

    `brought` is told from the movements that bring; the other figures from where things are now, so that the two can
    be held against each other. What is missing of a pledge lies in its transfer until it is written off.
    """
    found: dict[Goods, dict[str, int]] = {}
    for flow in flows:
        told = found.setdefault(flow.goods, dict.fromkeys(Figures.__dataclass_fields__, 0))
        told[_state_of(flow)] += flow.quantity
        if flow.kind in BRINGING:
            told["brought"] += flow.quantity
        elif flow.kind in RETURNING:
            told["returned"] -= flow.quantity
        elif flow.kind is MovementKind.WRITE_OFF and flow.place is Place.TRANSFER:
            told["missing"] -= flow.quantity
    return {goods: Figures(**found[goods]) for goods in sorted(found) if any(found[goods].values())}


def by_goods(lines: Sequence[tuple[Goods, Said]], known: Iterable[Goods], where: str) -> dict[Goods, Said]:
    """The lines of a request by their goods; raises `CountForeign` or `CountedTwice`."""
    found: dict[Goods, Said] = {}
    there = set(known)
    for index, (goods, said) in enumerate(lines):
        if goods not in there:
            raise CountForeign(pointer=f"/{where}/{index}/item", owner=goods.owner, item=goods.item)
        if goods in found:
            raise CountedTwice(pointer=f"/{where}/{index}", owner=goods.owner, item=goods.item)
        found[goods] = said
    return found


def settle(
    books: Mapping[Goods, Figures],
    kinds: Mapping[str, ItemKind],
    counts: Mapping[Goods, int],
    explanations: Mapping[Goods, str],
) -> list[Line]:
    """The lines of the settlement; what was not counted is taken from the books.

    Supplies that are not there any more were used up. Blanks that are not there are missing, and more than the books
    have is missing below zero; both need an explanation. Raises `DifferenceUnexplained` with every such difference, or
    `SettlementUnbalanced`.
    """
    lines = [_line(goods, told, kinds[goods.item], counts, explanations) for goods, told in books.items()]
    unexplained = [line for line in lines if line.lost and not line.explanation]
    if unexplained:
        _refuse(unexplained, books, list(counts))
    for line in lines:
        if line.brought != line.printed + line.spoiled + line.used + line.returned + line.missing:
            raise SettlementUnbalanced(
                owner=line.goods.owner,
                item=line.goods.item,
                brought=line.brought,
                printed=line.printed,
                spoiled=line.spoiled,
                used=line.used,
                returned=line.returned,
                missing=line.missing,
            )
    return lines


def _line(
    goods: Goods, told: Figures, kind: ItemKind, counts: Mapping[Goods, int], explanations: Mapping[Goods, str]
) -> Line:
    left = counts.get(goods, told.on_hand)
    difference = told.on_hand - left
    used_up = max(difference, 0) if kind is not ItemKind.BLANK else 0
    return Line(
        goods,
        brought=told.brought,
        printed=told.printed,
        spoiled=told.spoiled,
        used=told.used + used_up,
        returned=told.returned + left,
        missing=told.missing + difference - used_up,
        counted=goods in counts,
        explanation=explanations.get(goods, ""),
        left=left,
        lost=difference - used_up,
        used_up=used_up,
    )


def _refuse(unexplained: Sequence[Line], books: Mapping[Goods, Figures], order: Sequence[Goods]) -> None:
    told = [
        {"owner": line.goods.owner, "item": line.goods.item, "books": books[line.goods].on_hand, "counted": line.left}
        for line in unexplained
    ]
    places = [f"/counts/{order.index(line.goods)}" for line in unexplained]
    faults = [
        Fault(place, DifferenceUnexplained.text.format(**facts), DifferenceUnexplained.code)
        for place, facts in zip(places, told, strict=True)
    ]
    first = told[0]
    raise DifferenceUnexplained(
        faults=faults, owner=first["owner"], item=first["item"], books=first["books"], counted=first["counted"]
    )
