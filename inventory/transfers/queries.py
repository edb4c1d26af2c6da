"""Reading transfers: both ends see them, the goods' owner, and who was let into their event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor, Membership
from inventory.database import current
from inventory.errors import NotFound, NotPermitted
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
from inventory.stock import intervals, numbers
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.rules import AccountKey, MovementKind, Place, in_store
from inventory.texts import Text
from inventory.transfers.models import Delivery, Transfer
from inventory.transfers.rules import Tally, TransferStatus


class TransferNotFound(NotFound):
    """No transfer has this id, or it is out of the actor's reach."""

    code = "transfer_not_found"
    text = Text("Pengiriman {transfer} tidak ditemukan.", "Transfer {transfer} was not found.")


class EarmarkEventNotFound(NotFound):
    """No event has this id, or goods for it are none of the actor's business."""

    code = "earmark_event_not_found"
    text = Text("Acara {event} tidak ditemukan.", "Event {event} was not found.")


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """Which transfers are wanted; `office` and `store` are either end; None means all."""

    office: str | None = None
    store: str | None = None
    status: TransferStatus | None = None
    event: int | None = None
    item: str | None = None


def under_way(transfer: Transfer) -> AccountKey:
    """The transfer's own place, with or without numbers: the sender answers for it until receipt is confirmed."""
    goods = in_store(transfer.from_store, transfer.item_code, transfer.owner_code, transfer.event_id)
    return goods.at(Place.TRANSFER, document_id=transfer.id).tracked(numbered=transfer.numbered)


def tally_of(transfer: Transfer) -> Tally:
    """The numbers of a transfer; all zero before it is dispatched."""
    return Tally(
        transfer.dispatched or 0,
        transfer.received,
        transfer.rejected,
        transfer.missing,
        transfer.written_off,
        transfer.surplus,
    )


def require_sight(actor: Actor, action: Action, transfer: Transfer) -> None:
    """Raise `NotPermitted` for a role that does not know the action, `TransferNotFound` for what is out of sight."""
    if not access.permits(actor, action):
        raise NotPermitted(role=actor.role, office=actor.office, action=action)
    if access.may(actor, action, transfer.from_office, transfer.to_office, transfer.owner_code):
        return
    events = {transfer.event_id, transfer.from_event_id} - {0}
    if not any(access.is_member(actor, event_id) for event_id in events):
        raise TransferNotFound(transfer=transfer.id)


def get_transfer(actor: Actor, transfer_id: int) -> dict[str, Any]:
    """One transfer with its receipts, undone ones too; raises `TransferNotFound`."""
    found = current().get(Transfer, transfer_id)
    if found is None:
        raise TransferNotFound(transfer=transfer_id)
    require_sight(actor, Action.READ, found)
    deliveries = current().scalars(sa.select(Delivery).where(Delivery.transfer_id == transfer_id).order_by(Delivery.id))
    return {**shown(found), "deliveries": list(deliveries), **_numbers_of(found)}


def _numbers_of(transfer: Transfer) -> dict[str, list[tuple[str, str]]]:
    """The numbers under way; once every receipt is in, those are the missing ones."""
    lying = intervals.lying_at(current(), [under_way(transfer)]).values()
    there = [span.written() for span in numbers.compact(span for stays in lying for _, span in stays)]
    return {"intervals": there, "missing_intervals": [] if tally_of(transfer).outstanding else there}


def balances(keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """What lies in these accounts at the moment; those that were never used are left out."""
    named = {key.word: key for key in keys}
    rows = current().execute(sa.select(Account.word, Account.balance).where(Account.word.in_(sorted(named))))
    return {named[row.word]: row.balance for row in rows}


def shown(transfer: Transfer) -> dict[str, Any]:
    """A transfer's columns, with what is still in transit."""
    columns = {column.key: getattr(transfer, column.key) for column in Transfer.__table__.columns}
    return {**columns, "in_transit": tally_of(transfer).in_transit}


def list_transfers(actor: Actor, which: TransferFilter, wanted: Slice) -> Page:
    """The transfers that the actor may see; a filter that names an office out of reach is refused."""
    mine = sa.select(Membership.event_id).where(Membership.user_id == actor.user_id)
    query = sa.select(Transfer).where(
        sa.or_(
            access.within(Transfer.from_office, actor.office),
            access.within(Transfer.to_office, actor.office),
            access.within(Transfer.owner_code, actor.office),
            Transfer.event_id.in_(mine),
            Transfer.from_event_id.in_(mine),
        )
    )
    if which.office is not None:
        access.require(actor, Action.READ, which.office)
        ends = [access.within(end, which.office) for end in (Transfer.from_office, Transfer.to_office)]
        query = query.where(sa.or_(*ends))
    if which.store is not None:
        store_for(actor, Action.READ, which.store)
        query = query.where(sa.or_(Transfer.from_store == which.store, Transfer.to_store == which.store))
    if which.status is not None:
        query = query.where(Transfer.status == which.status)
    if which.event is not None:
        query = query.where(sa.or_(Transfer.event_id == which.event, Transfer.from_event_id == which.event))
    if which.item is not None:
        query = query.where(Transfer.item_code == which.item)
    return page(query, [Transfer.id], wanted)


def standing_deliveries(transfer_id: int) -> Sequence[Delivery]:
    """The receipts of a transfer that were not undone, in their order."""
    query = sa.select(Delivery).where(Delivery.transfer_id == transfer_id, Delivery.undone_at.is_(None))
    return current().scalars(query.order_by(Delivery.id)).all()


def dispatch_of(account_id: int) -> int | None:
    """The last dispatch into a transfer's own place."""
    query = sa.select(sa.func.max(Movement.id)).join(Entry, Entry.movement_id == Movement.id)
    return current().scalar(query.where(Entry.account_id == account_id, Movement.kind == MovementKind.DISPATCH))


def differences() -> Iterator[str]:
    """A transfer's goods lie under way as its row says: all with their numbers, or all without."""
    query = (
        sa.select(Transfer.id, Transfer.numbered, Account.balance)
        .join(Account, sa.and_(Account.place == Place.TRANSFER, Account.document_id == Transfer.id))
        .where(Account.balance != 0, Account.numbered != Transfer.numbered)
        .order_by(Transfer.id)
    )
    for row in current().execute(query, execution_options={"yield_per": 1_000}):
        said, found = ("with", "without") if row.numbered else ("without", "with")
        yield f"transfer {row.id}: sent {said} numbers, the ledger has {row.balance} {found} numbers under way"
