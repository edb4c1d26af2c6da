"""Where a transfer's goods lie, and the movements that carry them; the numbers on the row follow them.

Each function locks all of its accounts once; the transfer's row is locked by the command before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from inventory import clock
from inventory.access import Actor
from inventory.offices.queries import StoreFacts, check_open, kit_facts, open_store_facts, store_facts
from inventory.offices.rules import main_store_of
from inventory.stock import ledger
from inventory.stock.ledger import Books, Fact
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place, in_store
from inventory.transfers import queries
from inventory.transfers.models import Delivery, Transfer
from inventory.transfers.rules import Count, Tally


def taken_from(transfer: Transfer) -> AccountKey:
    """The sender's account that pays."""
    return in_store(transfer.from_store, transfer.item_code, transfer.owner_code, transfer.from_event_id)


def under_way(transfer: Transfer) -> AccountKey:
    """The transfer's own place: the sender answers for it until receipt is confirmed."""
    goods = in_store(transfer.from_store, transfer.item_code, transfer.owner_code, transfer.event_id)
    return goods.at(Place.TRANSFER, document_id=transfer.id)


def arrives_at(transfer: Transfer) -> AccountKey:
    """The receiver's account: the goods become the receiver's unless the transfer keeps their owner."""
    owner = transfer.owner_code if transfer.keeps_owner else transfer.to_office
    return in_store(transfer.to_store, transfer.item_code, owner, transfer.event_id)


def _unless_over(key: AccountKey) -> AccountKey:
    """The account, or where its event is over meanwhile, that of goods which are set aside for nothing."""
    kit = kit_facts(key.event_id)
    return key.free if kit is not None and kit.closed else key


def bring(
    session: Session,
    actor: Actor,
    transfer: Transfer,
    source: StoreFacts,
    kit: StoreFacts,
    count: Count,
    reason: str,
    on: date | None,
) -> int:
    """Earmarked goods go to the event kit and are counted there, in one movement."""
    earmarked = in_store(source.code, transfer.item_code, transfer.owner_code, transfer.event_id)
    in_kit = in_store(kit.code, transfer.item_code, transfer.owner_code, transfer.event_id)
    legs = _legs((earmarked, in_kit, count.received), (earmarked, under_way(transfer), count.missing))
    fact = Fact(MovementKind.BROUGHT, actor, kit, on, reason=reason, document_id=transfer.id)
    return ledger.post(session, _lock(session, transfer, legs), fact, legs).id


def send(session: Session, actor: Actor, transfer: Transfer, quantity: int, on: date | None) -> None:
    """Goods leave the sender's store, for a store that still takes goods in."""
    source = store_facts(transfer.from_store, hold=True)
    open_store_facts(transfer.to_store, pointer="/to_store")
    if (kit := kit_facts(transfer.event_id)) is not None:
        check_open(kit, pointer="/event")
    legs = _legs((taken_from(transfer), under_way(transfer), quantity))
    fact = Fact(MovementKind.DISPATCH, actor, source, on, document_id=transfer.id)
    ledger.post(session, _lock(session, transfer, legs), fact, legs)
    keep(transfer, Tally(quantity))


def recall(session: Session, actor: Actor, transfer: Transfer, reason: str) -> None:
    """Everything that is under way goes back to the very account it came from; nothing is dispatched then."""
    source = store_facts(transfer.from_store, hold=True)
    home = taken_from(transfer) if source.event_id else _unless_over(taken_from(transfer))
    legs = _legs((under_way(transfer), home, transfer.dispatched or 0))
    books = _lock(session, transfer, legs)
    fact = Fact(
        MovementKind.RECALL,
        actor,
        source,
        reason=reason,
        document_id=transfer.id,
        corrects_id=queries.dispatch_of(books.ids[under_way(transfer)]),
    )
    ledger.post(session, books, fact, legs)
    transfer.dispatched = None


def deliver(
    session: Session, actor: Actor, transfer: Transfer, count: Count, reason: str, seen_by: str, on: date | None
) -> None:
    """Goods arrive: good ones, rejected ones as spoiled, and by a movement of its own what is too many."""
    target = open_store_facts(transfer.to_store, pointer="/to_store")
    good, sent = _unless_over(arrives_at(transfer)), under_way(transfer)
    legs = _legs((sent, good, count.received), (sent, good.as_(Condition.SPOILED), count.rejected))
    extra = _legs((good.at(Place.SUPPLIED), good, count.surplus))
    books = _lock(session, transfer, [*legs, *extra])
    posted: list[int | None] = []
    for kind, part in ((MovementKind.DELIVERY, legs), (MovementKind.SURPLUS, extra)):
        fact = Fact(kind, actor, target, on, reason=reason, document_id=transfer.id)
        posted.append(ledger.post(session, books, fact, part).id if part else None)
    log_delivery(session, actor, transfer, count, reason, seen_by, *posted)


def undeliver(session: Session, actor: Actor, transfer: Transfer, last: Delivery, reason: str) -> None:
    """The goods of a receipt go back under way, and its surplus off the books."""
    target = open_store_facts(transfer.to_store, pointer="/to_store")
    back, extra = _taken_back(session, last.movement_id), _taken_back(session, last.surplus_movement_id)
    books = _lock(session, transfer, [*back, *extra])
    for legs, corrects in ((back, last.movement_id), (extra, last.surplus_movement_id)):
        fact = Fact(
            MovementKind.UNDELIVERY, actor, target, reason=reason, document_id=transfer.id, corrects_id=corrects
        )
        if legs:
            ledger.post(session, books, fact, legs)
    last.undone_at = clock.now()


def _taken_back(session: Session, movement: int | None) -> list[Leg]:
    """The legs that take back what a movement brought; good stock of an event that is over was set free meanwhile."""
    entries = ledger.entries_of(session, movement) if movement else {}
    givers = [key for key, change in entries.items() if change < 0]
    return [
        Leg(_unless_over(key) if key.condition is Condition.BLANK else key, givers[0], change)
        for key, change in entries.items()
        if change > 0
    ]


def settle(
    session: Session, actor: Actor, transfer: Transfer, found: int, written_off: int, reason: str, police_number: str
) -> None:
    """Missing goods arrive after all, or are lost at the sender's store.

    What is found for a kit that was closed meanwhile goes home to the sender's store, free of the event; to the main
    store of its owner where the sender was a kit itself.
    """
    sent, target = under_way(transfer), store_facts(transfer.to_store, hold=True)
    good = arrives_at(transfer) if target.event_id else _unless_over(arrives_at(transfer))
    if target.closed:
        source = store_facts(transfer.from_store)
        target = store_facts(main_store_of(transfer.owner_code)) if source.event_id else source
        good = in_store(target.code, transfer.item_code, transfer.owner_code)
    arriving = _legs((sent, good, found))
    lost = _legs((sent, sent.at(Place.LOST), written_off))
    books = _lock(session, transfer, [*arriving, *lost])
    if arriving:
        fact = Fact(MovementKind.FOUND, actor, target, reason=reason, document_id=transfer.id)
        ledger.post(session, books, fact, arriving)
    if lost:
        source = store_facts(transfer.from_store)
        fact = Fact(
            MovementKind.WRITE_OFF,
            actor,
            source,
            reason=reason,
            document_number=police_number,
            document_id=transfer.id,
        )
        ledger.post(session, books, fact, lost)


def keep(transfer: Transfer, tally: Tally) -> None:
    """Write the numbers, and the status they say, onto the row."""
    transfer.dispatched, transfer.received, transfer.rejected = tally.dispatched, tally.received, tally.rejected
    transfer.missing, transfer.written_off, transfer.surplus = tally.missing, tally.written_off, tally.surplus
    transfer.status = tally.status


def log_delivery(
    session: Session,
    actor: Actor,
    transfer: Transfer,
    count: Count,
    reason: str,
    seen_by: str,
    movement: int | None,
    surplus_movement: int | None = None,
) -> None:
    """Keep what one receipt said."""
    session.add(
        Delivery(
            transfer_id=transfer.id,
            received=count.received,
            rejected=count.rejected,
            missing=count.missing,
            surplus=count.surplus,
            reason=reason,
            seen_by=seen_by,
            received_at=clock.now(),
            user_id=actor.user_id,
            movement_id=movement,
            surplus_movement_id=surplus_movement,
        )
    )
    session.flush()


def _legs(*parts: tuple[AccountKey, AccountKey, int]) -> list[Leg]:
    return [Leg(*part) for part in parts if part[2]]


def _lock(session: Session, transfer: Transfer, legs: Sequence[Leg]) -> Books:
    keys = {key for leg in legs for key in (leg.source, leg.target)}
    offices = {main_store_of(transfer.owner_code): transfer.owner_code}
    offices |= {transfer.from_store: transfer.from_office, transfer.to_store: transfer.to_office}
    return ledger.lock(session, keys, offices) if keys else Books({}, {})
