"""Transfers that other commands make inside their own transactions: the row, and what is sent and counted at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from inventory import clock
from inventory.access import Actor
from inventory.offices.queries import StoreFacts, store_facts
from inventory.stock.numbers import Amount
from inventory.stock.rules import NO_EVENT
from inventory.transfers import goods, rules
from inventory.transfers.models import Transfer
from inventory.transfers.rules import Count, TransferStatus


def draft(
    session: Session,
    actor: Actor,
    *,
    source: StoreFacts,
    target: StoreFacts,
    item: str,
    quantity: int,
    owner: str,
    keeps_owner: bool = False,
    from_event_id: int = NO_EVENT,
    event_id: int = NO_EVENT,
    pledge_id: int | None = None,
    expected_on: date | None = None,
    status: TransferStatus = TransferStatus.REQUESTED,
    reason: str = "",
    numbered: bool = False,
) -> Transfer:
    """The row of a new transfer, with its id; the calling command has checked access and writes the audit row.

    With `numbered` it is meant for goods with numbers: a mere count takes them, where it is all of them.
    """
    if source.code == target.code:
        raise rules.SameStore(pointer="/to_store", store=target.code)
    granted = status is TransferStatus.APPROVED
    transfer = Transfer(
        status=status,
        from_store=source.code,
        from_office=source.office,
        to_store=target.code,
        to_office=target.office,
        item_code=item,
        owner_code=owner,
        keeps_owner=keeps_owner,
        from_event_id=from_event_id,
        event_id=event_id,
        pledge_id=pledge_id,
        requested=quantity,
        approved=quantity if granted else None,
        approved_by=actor.user_id if granted else None,
        granted=granted,
        reason=reason,
        expected_on=expected_on,
        created_at=clock.now(),
        user_id=actor.user_id,
        numbered=numbered,
    )
    session.add(transfer)
    session.flush()
    return transfer


def bring(
    session: Session,
    actor: Actor,
    transfer: Transfer,
    *,
    source: StoreFacts,
    target: StoreFacts,
    share: Amount,
    arrived: Amount,
    reason: str,
    occurred_on: date | None,
) -> int:
    """Send earmarked goods and count them at the event kit in one movement; what did not arrive is missing.

    `share` is all that is sent, with its numbers where it has some. Each owner's goods stay its own. Answers the
    movement's id. Raises `MoreThanUnderWay`, `TransferReasonNeeded`, and what the ledger raises.
    """
    tally = rules.bring(transfer.requested, arrived.quantity, reason)
    count = Count(received=tally.received, missing=tally.missing)
    movement = goods.bring(session, actor, transfer, source, target, share, arrived, reason, occurred_on)
    transfer.approved, transfer.approved_by = transfer.requested, actor.user_id
    transfer.dispatched_by, transfer.dispatched_at = actor.user_id, clock.now()
    goods.keep(session, transfer, tally)
    goods.log_delivery(session, actor, transfer, count, reason, "", movement)
    return movement


def rest(session: Session, actor: Actor, transfer: Transfer, quantity: int) -> Transfer:
    """The return of what another return left behind in a closed kit: it goes home as well."""
    rest = draft(
        session,
        actor,
        source=store_facts(transfer.from_store),
        target=store_facts(transfer.to_store),
        item=transfer.item_code,
        quantity=quantity,
        owner=transfer.owner_code,
        keeps_owner=True,
        from_event_id=transfer.from_event_id,
        event_id=transfer.event_id,
        status=TransferStatus.APPROVED,
        numbered=transfer.numbered,
    )
    rest.approved_by = transfer.approved_by
    return rest
