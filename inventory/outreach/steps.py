"""What the commands of events share inside their own transactions: a pledge's row, its way to the kit, its release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from inventory import clock
from inventory.access import Actor
from inventory.offices.queries import StoreFacts, store_facts
from inventory.outreach import queries
from inventory.outreach.models import Event, Pledge
from inventory.outreach.rules import Arrived, PledgeStatus
from inventory.outreach.shares import Share
from inventory.stock import ledger
from inventory.stock.ledger import Books, Fact
from inventory.stock.numbers import Amount
from inventory.stock.rules import AccountKey, MovementKind, Place
from inventory.transfers.drafts import bring as send_and_count
from inventory.transfers.drafts import draft as draft_transfer
from inventory.transfers.rules import TransferStatus


def add_pledge(
    session: Session, actor: Actor, earmarked: AccountKey, quantity: int, movement_id: int | None = None
) -> Pledge:
    """The row of a pledge, with its id; a numbered account's pledge is one of numbers."""
    made = Pledge(
        event_id=earmarked.event_id,
        store_code=earmarked.store,
        office_code=earmarked.owner,
        item_code=earmarked.item,
        quantity=quantity,
        status=PledgeStatus.PLEDGED,
        created_at=clock.now(),
        user_id=actor.user_id,
        movement_id=movement_id,
        numbered=earmarked.numbered,
    )
    session.add(made)
    session.flush()
    return made


def split(session: Session, actor: Actor, found: Pledge, share: Share) -> tuple[Pledge, Share] | None:
    """Make a pledge of its own of the goods of a counted pledge that got numbers since; None where all or none did.

    What goes to the kit in one transfer is counted or has numbers.
    """
    if not (share.counted and share.spans):
        return None
    found.quantity -= share.numbered
    numbered = queries.earmark_of(found).tracked(numbered=True)
    return add_pledge(session, actor, numbered, share.numbered), Share(0, share.spans)


def add_what_is_beyond(
    session: Session, actor: Actor, earmarked: AccountKey, beyond: Share
) -> list[tuple[Pledge, Share]]:
    """Pledges of what is set aside beyond all pledges, one of what is counted and one of what has numbers."""
    sorts = (Share(beyond.counted), Share(0, beyond.spans))
    return [
        (add_pledge(session, actor, earmarked.tracked(numbered=bool(share.spans)), share.quantity), share)
        for share in sorts
        if share.quantity
    ]


def bring(
    session: Session,
    actor: Actor,
    kit: StoreFacts,
    found: Pledge,
    share: Share,
    counted: Arrived | None,
    occurred_on: date | None,
) -> None:
    """Move one pledge's share into the kit, as counted or else all of it; without a share there is nothing to bring."""
    if not share.quantity:
        found.status = PledgeStatus.RELEASED
        return
    arrived = counted or Arrived(found.id, Amount(share.quantity))
    source = store_facts(found.store_code)
    transfer = draft_transfer(
        session,
        actor,
        source=source,
        target=kit,
        item=found.item_code,
        quantity=share.quantity,
        owner=found.office_code,
        keeps_owner=True,
        from_event_id=found.event_id,
        event_id=found.event_id,
        pledge_id=found.id,
        status=TransferStatus.APPROVED,
        reason=arrived.reason,
    )
    send_and_count(
        session,
        actor,
        transfer,
        source=source,
        target=kit,
        share=share.amount,
        arrived=arrived.amount,
        reason=arrived.reason,
        occurred_on=occurred_on,
    )
    found.arrived, found.status, found.transfer_id = arrived.quantity, PledgeStatus.BROUGHT, transfer.id
    found.numbered = bool(share.spans)


def release_all(
    session: Session, actor: Actor, event: Event, books: Books, waiting: Sequence[Pledge], reason: str
) -> None:
    """Let go of everything set aside for the event outside its kit: `books` holds it and its free twins locked."""
    outside = [
        key
        for key in books.balances
        if key.place is Place.STORE and key.store != event.store_code and key.event_id == event.id
        and queries.free_twin(key) in books.ids
    ]  # fmt: skip
    for part in ledger.everything(session, books, outside):
        store = store_facts(part.key.store)
        fact = Fact(MovementKind.RELEASE, actor, store, reason=reason, document_id=event.id)
        ledger.post(session, books, fact, [part.to(queries.free_twin(part.key))])
    for each in waiting:
        each.status = PledgeStatus.RELEASED
