"""What allocations look at and what they made: free stock store by store, and the transfers of one plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.audit import AuditRow
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.models import Office, Store
from inventory.offices.rules import StoreKind
from inventory.people.models import User
from inventory.planning.moves import Shelf
from inventory.stock.models import Account
from inventory.stock.rules import NO_EVENT, Condition, Place
from inventory.texts import Text
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus

SUBJECT = "allocation"
# What was asked for or granted and has not left yet: it holds nothing back.
_PROMISED = (TransferStatus.REQUESTED, TransferStatus.APPROVED)


class AllocationNotFound(NotFound):
    """No plan begins with this transfer, or it is out of the actor's reach."""

    code = "allocation_not_found"
    text = Text("Rencana {allocation} tidak ditemukan.", "Plan {allocation} was not found.")


@dataclass(frozen=True, slots=True)
class Allocation:
    """A plan as it was made: its id is its first transfer's; `transfers` say how far each has come."""

    id: int
    reason: str
    by: str
    at: datetime
    transfers: list[Any]


def shelves_of(actor: Actor, region: str, item: str) -> list[Shelf]:
    """The ordinary stores of a subtree with what they have of an item, by code. Raises `OutOfReach`."""
    access.require(actor, Action.READ, region)
    return _shelves(item, access.within(Store.office_code, region))


def shelves_named(codes: Collection[str], item: str) -> dict[str, Shelf]:
    """These ordinary stores with what they have of an item."""
    return {shelf.store: shelf for shelf in _shelves(item, Store.code.in_(codes))}


def _shelves(item: str, which: sa.ColumnElement[bool]) -> list[Shelf]:
    words = [
        Store.code + f"|{Place.STORE}|0|{item}|{Condition.BLANK}|" + Store.office_code + f"|{NO_EVENT}|{numbered}"
        for numbered in (0, 1)
    ]
    asked = sa.func.coalesce(Transfer.approved, Transfer.requested)
    # "+ 0": all but a few transfers are of no event, so its index would find them all for every store.
    open_ = (Transfer.status.in_(_PROMISED), Transfer.from_event_id + 0 == NO_EVENT, Transfer.item_code == item)
    promised: Any = sa.select(sa.func.sum(asked)).where(
        Transfer.from_office == Store.office_code, Transfer.from_store == Store.code, *open_
    )
    promised = promised.correlate(Store).scalar_subquery()
    query = (
        sa.select(
            Store.code,
            Store.name,
            Store.office_code,
            sa.func.coalesce(sa.func.sum(Account.balance), 0).label("free"),
            sa.func.coalesce(promised, 0).label("promised"),
        )
        .outerjoin(Account, Account.word.in_(words))
        .where(which, Store.kind != StoreKind.EVENT_KIT)
        .group_by(Store.code, Store.name, Store.office_code)
        .order_by(Store.code)
    )
    rows = current().execute(query)
    return [Shelf(row.code, row.name, row.office_code, int(row.free), int(row.promised)) for row in rows]


def get_allocation(actor: Actor, allocation_id: int) -> Allocation:
    """One plan with its transfers and what people call their ends; raises `AllocationNotFound`."""
    made = current().execute(
        sa.select(AuditRow.facts, AuditRow.office_code, AuditRow.at, User.name)
        .join(User, User.id == AuditRow.user_id)
        .where(AuditRow.subject == SUBJECT, AuditRow.subject_id == str(allocation_id))
    ).first()  # fmt: skip
    unseen = AllocationNotFound(allocation=allocation_id)
    if made is None:
        raise unseen
    access.require(actor, Action.READ, made.office_code, unseen=unseen)
    source, target = (sa.orm.aliased(Office) for _ in range(2))
    query = (
        sa.select(
            *(getattr(Transfer, name) for name in ("id", "status", "from_store", "to_store", "item_code", "reason")),
            sa.func.coalesce(Transfer.approved, Transfer.requested).label("quantity"),
            source.name.label("from_name"),
            target.name.label("to_name"),
        )
        .join(source, source.code == Transfer.from_office)
        .join(target, target.code == Transfer.to_office)
        .where(Transfer.id.in_(made.facts["transfers"]))
        .order_by(Transfer.id)
    )
    transfers = list(current().execute(query))
    return Allocation(allocation_id, made.facts["reason"], made.name, made.at, transfers)
