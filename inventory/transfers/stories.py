"""What a page tells of transfers: with names, with what was done so far, and with what this reader may do next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from inventory import access, audit
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.database import current
from inventory.errors import InventoryError
from inventory.offices.queries import Named, names_of_stores, store_facts
from inventory.paging import Page, Slice, page
from inventory.people.queries import names_of
from inventory.second_person import SamePerson
from inventory.stock import intervals, numbers
from inventory.stock.rules import in_store
from inventory.texts import Text
from inventory.transfers import queries, rules
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus


class Stage(StrEnum):
    """The heaps that a stock room sorts its transfers into."""

    TO_CONFIRM = "to_confirm"
    UNDER_WAY = "under_way"
    TO_SEND = "to_send"
    DONE = "done"


class Waits(StrEnum):
    """What of a heap waits for a step: what a desk counts, by the same names."""

    TO_CONFIRM = "to_confirm"
    DISPUTED = "disputed"
    TO_APPROVE = "to_approve"
    TO_DISPATCH = "to_dispatch"

    @property
    def stage(self) -> Stage:
        """The heap that it is a part of."""
        return {Waits.TO_CONFIRM: Stage.TO_CONFIRM, Waits.DISPUTED: Stage.UNDER_WAY}.get(self, Stage.TO_SEND)


class Deed(StrEnum):
    """What may be done with a transfer next."""

    APPROVE = "approve"
    REFUSE = "refuse"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    FIND = "find"
    WRITE_OFF = "write_off"
    REDIRECT = "redirect"
    CANCEL = "cancel"
    RECALL = "recall"
    UNDO = "undo"


_ROAD = (TransferStatus.DISPATCHED, TransferStatus.DISPUTED)
_EARLY = (TransferStatus.REQUESTED, TransferStatus.APPROVED)
_WAITING = {
    Waits.TO_CONFIRM: (TransferStatus.DISPATCHED, Transfer.to_office),
    Waits.DISPUTED: (TransferStatus.DISPUTED, Transfer.from_office),
    Waits.TO_APPROVE: (TransferStatus.REQUESTED, Transfer.from_office),
    Waits.TO_DISPATCH: (TransferStatus.APPROVED, Transfer.from_office),
}
_ENDED = (TransferStatus.RECEIVED, TransferStatus.REFUSED, TransferStatus.CANCELLED)
# Where a step is not this reader's at all it is not offered; where only a second person lacks, it is, with why not.
_CHECKED = (SamePerson,)


@dataclass(frozen=True, slots=True)
class StageFilter:
    """Which transfers of a heap are wanted; None means all."""

    stage: Stage
    store: str | None = None
    item: str | None = None
    waits: Waits | None = None


def _in_stage(actor: Actor, stage: Stage) -> sa.ColumnElement[bool]:
    """The condition of a heap: to confirm is what comes to the reader's offices, under way what left them."""
    mine_in, mine_out = (access.within(end, actor.office) for end in (Transfer.to_office, Transfer.from_office))
    if stage is Stage.TO_CONFIRM:
        return sa.and_(Transfer.status.in_(_ROAD), mine_in)
    if stage is Stage.UNDER_WAY:
        return sa.and_(Transfer.status.in_(_ROAD), mine_out)
    return sa.and_(Transfer.status.in_(_EARLY if stage is Stage.TO_SEND else _ENDED), sa.or_(mine_in, mine_out))


def list_stage(actor: Actor, which: StageFilter, wanted: Slice) -> Page:
    """The transfers of one heap, each as a dict with the names of its stores and item."""
    query = sa.select(Transfer).where(_in_stage(actor, which.stage))
    if which.store is not None:
        query = query.where(sa.or_(Transfer.from_store == which.store, Transfer.to_store == which.store))
    if which.item is not None:
        query = query.where(Transfer.item_code == which.item)
    if which.waits is not None:
        status, end = _WAITING[which.waits]
        query = query.where(Transfer.status == status, access.within(end, actor.office))
    found = page(query, [Transfer.id], wanted)
    places = names_of_stores({code for each in found.items for code in (each.from_store, each.to_store)})
    rows = [
        {**queries.shown(each), "source": places[each.from_store], "target": places[each.to_store]}
        for each in found.items
    ]
    return Page(rows, found.next)


def count_stages(actor: Actor) -> dict[Stage, int]:
    """How many lie on each heap but the last, in one statement."""
    stages = [stage for stage in Stage if stage is not Stage.DONE]
    counted = [sa.func.count(sa.case((_in_stage(actor, stage), 1))) for stage in stages]
    query = sa.select(*counted).where(Transfer.status.in_([*_ROAD, *_EARLY]))
    return dict(zip(stages, current().execute(query).one(), strict=True))


@dataclass(frozen=True, slots=True)
class Story:
    """One transfer as a page tells it.

    `may` has the deeds open to this reader, each with the sentence that stops it where only a second person lacks.
    """

    transfer: dict[str, Any]
    source: Named
    target: Named
    item: Any
    asked_by: str | None
    done: list[Any]
    may: dict[Deed, Text | None]

    @property
    def first(self) -> Deed | None:
        """The one thing to do next, if any is this reader's."""
        order = (Deed.APPROVE, Deed.DISPATCH, Deed.RECEIVE, Deed.FIND, Deed.WRITE_OFF)
        return next((deed for deed in order if deed in self.may and self.may[deed] is None), None)


def get_story(actor: Actor, transfer_id: int) -> Story:
    """One transfer with names, history and the reader's next steps; raises `TransferNotFound`."""
    shown = queries.get_transfer(actor, transfer_id)
    places = names_of_stores([shown["from_store"], shown["to_store"]])
    return Story(
        transfer=shown,
        source=places[shown["from_store"]],
        target=places[shown["to_store"]],
        item=get_item(shown["item_code"]),
        asked_by=names_of([shown["user_id"]]).get(shown["user_id"]),
        done=audit.history("transfer", transfer_id),
        may=_deeds(actor, transfer_id, shown["deliveries"]),
    )


def _deeds(actor: Actor, transfer_id: int, deliveries: Collection[Any]) -> dict[Deed, Text | None]:
    """What the commands would let this reader do, asked of the same rules."""
    row = current().get_one(Transfer, transfer_id)
    standing = [each for each in deliveries if each.undone_at is None]
    checks = store_facts(row.from_store).checks
    limit, asked = checks.transfer_check_over, row.approved or row.requested
    sends, gets = _side(actor, row.from_office), _side(actor, row.to_office)
    decides = access.permits(actor, Action.APPROVE) and _fits(
        lambda: rules.check_approver(actor.office, row.from_office, row.to_office)
    )
    found: dict[Deed, Text | None] = {}
    free = row.pledge_id is None
    if row.status is TransferStatus.REQUESTED and decides:
        found[Deed.APPROVE] = _stop(lambda: rules.check_approval(actor.user_id, row.user_id, asked, limit))
        if free:
            found[Deed.REFUSE] = None
    if row.status is TransferStatus.APPROVED and sends:
        found[Deed.DISPATCH] = _stop(lambda: rules.check_sender(actor.user_id, row.approved_by, asked, limit))
    if row.status is TransferStatus.DISPATCHED and gets:
        found[Deed.RECEIVE] = None
    if row.status is TransferStatus.DISPUTED:
        hands = [row.dispatched_by, *(each.user_id for each in standing if each.missing)]
        if gets:
            found[Deed.FIND] = None
        if decides:
            found[Deed.WRITE_OFF] = _stop(
                lambda: rules.check_write_off(actor.user_id, hands, checked=checks.write_off_check)
            )
    return found | _ways_back(actor, row, delivered=bool(standing), sends=sends, gets=gets, decides=decides)


def _ways_back(
    actor: Actor, row: Transfer, *, delivered: bool, sends: bool, gets: bool, decides: bool
) -> dict[Deed, Text | None]:
    found: dict[Deed, Text | None] = {}
    free = row.pledge_id is None
    untouched = row.status is TransferStatus.DISPATCHED and not delivered
    if free and row.status in _EARLY and (sends or gets):
        found[Deed.CANCEL] = None
    if free and untouched and sends:
        found[Deed.RECALL] = None
    back = row.keeps_owner and row.from_event_id and row.status is TransferStatus.APPROVED
    if free and back and access.may(actor, Action.TRANSFER, row.owner_code):
        found[Deed.REDIRECT] = None
    mine = gets if delivered else sends if untouched else decides and not row.granted
    undoable = delivered or untouched or row.status is TransferStatus.APPROVED
    if free and undoable and mine and access.permits(actor, Action.TRANSFER):
        found[Deed.UNDO] = None
    return found


def _side(actor: Actor, end: str) -> bool:
    return access.permits(actor, Action.TRANSFER) and _fits(lambda: rules.check_side(actor.office, end))


def _fits(check: Any) -> bool:
    try:
        check()
    except InventoryError:
        return False
    return True


def _stop(check: Any) -> Text | None:
    try:
        check()
    except _CHECKED as error:
        return error.sentence
    return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the sender has of the goods at the moment: how many are only counted, and the numbers of the others."""

    counted: int
    numbered: int
    intervals: list[tuple[str, str]]


def goods_of(actor: Actor, transfer_id: int) -> Waiting:
    """What lies ready at the sender for a transfer that was not sent; raises `TransferNotFound`."""
    row = current().get(Transfer, transfer_id)
    if row is None:
        raise queries.TransferNotFound(transfer=transfer_id)
    queries.require_sight(actor, Action.READ, row)
    plain = in_store(row.from_store, row.item_code, row.owner_code, row.from_event_id)
    keys = [plain, replace(plain, numbered=True)]
    there = queries.balances(keys)
    lying = intervals.lying_at(current(), keys).values() if there.get(keys[1]) else []
    spans = [span.written() for span in numbers.compact(span for stays in lying for _, span in stays)]
    return Waiting(there.get(keys[0], 0), there.get(keys[1], 0), spans)
