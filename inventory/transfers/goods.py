"""Where a transfer's goods lie, and the movements that carry them; the figures on the row follow them.

One dispatch is counted or has its numbers, and so is all that follows it. Each function locks all of its accounts once;
the transfer's row is locked by the command before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from inventory import clock
from inventory.access import Actor
from inventory.catalogue.queries import get_item
from inventory.catalogue.rules import ItemKind
from inventory.errors import Busy
from inventory.notices.commands import settle as settle_notice
from inventory.notices.commands import tell
from inventory.notices.rules import NoticeKind
from inventory.offices.queries import StoreFacts, check_open, kit_facts, open_store_facts, store_facts
from inventory.offices.rules import main_store_of
from inventory.stock import intervals, ledger, numbers
from inventory.stock.commands import OnlyBlanksHaveNumbers
from inventory.stock.ledger import Books, Fact
from inventory.stock.numbers import Amount
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Part, Place, in_store
from inventory.texts import Text
from inventory.transfers import headings, queries
from inventory.transfers.headings import Delivered
from inventory.transfers.models import Delivery, Transfer
from inventory.transfers.queries import under_way
from inventory.transfers.rules import Count, Tally

# What of a transfer goes where.
Wanted = Sequence[tuple[Amount, AccountKey]]


def taken_from(transfer: Transfer) -> AccountKey:
    """The sender's account that pays."""
    return in_store(transfer.from_store, transfer.item_code, transfer.owner_code, transfer.from_event_id)


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
    share: Amount,
    arrived: Amount,
    reason: str,
    on: date | None,
) -> int:
    """A pledge's share goes to the event kit and is counted there, in one movement; the rest of it stays under way."""
    transfer.numbered = share.numbered
    earmarked = in_store(source.code, transfer.item_code, transfer.owner_code, transfer.event_id)
    earmarked = earmarked.tracked(numbered=share.numbered)
    in_kit = earmarked.at(Place.STORE, store=kit.code)
    missing = share.quantity - arrived.quantity
    wanted = [*([in_kit] if arrived.quantity else []), *([under_way(transfer)] if missing else [])]
    books = _lock(session, transfer, [earmarked, *wanted])
    if arrived.numbered:
        ledger.draw(session, books, [earmarked.tracked(numbered=False)], arrived)
        _check_of_pledge(transfer, share, arrived)
    [arrived] = headings.named(earmarked, share.spans, [arrived]) if share.numbered else [arrived]
    left = tuple(numbers.without(share.spans, arrived.spans))
    legs = [Part(earmarked, arrived.quantity, arrived.spans).to(in_kit)] if arrived.quantity else []
    legs += [Part(earmarked, missing, left).to(under_way(transfer))] if missing else []
    fact = Fact(MovementKind.BROUGHT, actor, kit, on, reason=reason, document_id=transfer.id)
    return ledger.post(session, books, fact, legs).id


def _check_of_pledge(transfer: Transfer, share: Amount, arrived: Amount) -> None:
    """Raise `NumbersElsewhere` for numbers that were set aside by another pledge."""
    if others := numbers.missing(share.spans, arrived.spans):
        where = Text(f"dukungan {transfer.pledge_id}", f"pledge {transfer.pledge_id}")
        raise numbers.wrong_numbers(numbers.NumbersElsewhere, others, arrived, where=where)


def send(session: Session, actor: Actor, transfer: Transfer, amount: Amount, on: date | None) -> None:
    """Goods leave the sender's store, for a store that still takes goods in.

    A mere count that is all there is, every one of it with its number, takes the numbers along.
    """
    source = store_facts(transfer.from_store, hold=True)
    open_store_facts(transfer.to_store, pointer="/to_store")
    if (kit := kit_facts(transfer.event_id)) is not None:
        check_open(kit, pointer="/event")
    taken = taken_from(transfer)
    whole = not amount.numbered and _has_numbers_only(transfer, taken, amount.quantity)
    transfer.numbered = amount.numbered or whole
    sent = under_way(transfer)
    books = _lock(session, transfer, [taken.tracked(numbered=sent.numbered), sent])
    if whole:
        parts = ledger.everything(session, books, [taken.tracked(numbered=True)])
        if sum(part.quantity for part in parts) != amount.quantity:
            raise Busy  # somebody took from them a moment ago
    else:
        parts = ledger.draw(session, books, [taken], amount)
    fact = Fact(MovementKind.DISPATCH, actor, source, on, document_id=transfer.id)
    ledger.post(session, books, fact, [part.to(sent) for part in parts])
    keep(session, transfer, Tally(amount.quantity))


def _has_numbers_only(transfer: Transfer, taken: AccountKey, quantity: int) -> bool:
    """Whether so many are the whole of what lies there with numbers, and what else lies there is not meant."""
    there = queries.balances([taken, numbered := taken.tracked(numbered=True)])
    return there.get(numbered, 0) == quantity and (transfer.numbered or not there.get(taken, 0))


def recall(session: Session, actor: Actor, transfer: Transfer, reason: str) -> None:
    """Everything that is under way goes back to the very account it came from; nothing is dispatched then."""
    source = store_facts(transfer.from_store, hold=True)
    home = taken_from(transfer) if source.event_id else _unless_over(taken_from(transfer))
    sent = under_way(transfer)
    books = _lock(session, transfer, [sent, home.tracked(numbered=sent.numbered)])
    fact = Fact(
        MovementKind.RECALL,
        actor,
        source,
        reason=reason,
        document_id=transfer.id,
        corrects_id=queries.dispatch_of(books.ids[sent]),
    )
    ledger.post(session, books, fact, [part.to(home) for part in ledger.everything(session, books, [sent])])
    transfer.dispatched = None
    transfer.numbered = transfer.numbered and source.closed  # a return stays what it was drafted for


def deliver(
    session: Session,
    actor: Actor,
    transfer: Transfer,
    delivered: Delivered,
    reason: str,
    seen_by: str,
    on: date | None,
) -> None:
    """Goods arrive: good ones, rejected ones as spoiled, and by a movement of its own what is too many."""
    target = open_store_facts(transfer.to_store, pointer="/to_store")
    good = _unless_over(arrives_at(transfer))
    if delivered.surplus.numbered and get_item(transfer.item_code).kind is not ItemKind.BLANK:
        raise OnlyBlanksHaveNumbers(pointer="/surplus", item=transfer.item_code, condition=good.condition)
    wanted = [(delivered.received, good), (delivered.rejected, good.spoiled(delivered.rejected_as))]
    more, into = delivered.surplus, good.tracked(numbered=delivered.surplus.numbered)
    extra = [Leg(into.at(Place.SUPPLIED), into, more.quantity, more.spans)] if more.quantity else []
    keys = [key for leg in extra for key in (leg.source, leg.target)]
    books = _lock(session, transfer, [*_keys_of(transfer, wanted), *keys])
    posted: list[int | None] = []
    for kind, legs in (
        (MovementKind.DELIVERY, _arriving(session, books, transfer, wanted)),
        (MovementKind.SURPLUS, extra),
    ):
        fact = Fact(kind, actor, target, on, reason=reason, document_id=transfer.id)
        posted.append(ledger.post(session, books, fact, legs).id if legs else None)
    log_delivery(session, actor, transfer, delivered.count, reason, seen_by, *posted)


def check_sent(session: Session, transfer: Transfer, *amounts: Amount) -> None:
    """Raise `NumbersTwice`, `NumbersElsewhere` or `NumbersUnknown` for numbers that are not under way."""
    headings.check_once(*amounts)
    for amount in amounts:
        if amount.numbered:
            intervals.check_at(session, under_way(transfer), amount)


def _keys_of(transfer: Transfer, wanted: Wanted) -> list[AccountKey]:
    """The accounts that amounts of what is under way go from and to."""
    sent = under_way(transfer)
    targets = [target.tracked(numbered=sent.numbered) for amount, target in wanted if amount.quantity]
    return [sent, *targets] if targets else []


def _arriving(session: Session, books: Books, transfer: Transfer, wanted: Wanted) -> list[Leg]:
    """The legs that bring amounts of what is under way to their targets; raises `NumbersNeeded`."""
    sent, amounts = under_way(transfer), [amount for amount, _ in wanted]
    if not any(amount.quantity for amount in amounts):
        return []
    if sent.numbered:
        there = [span for part in ledger.everything(session, books, [sent]) for span in part.spans]
        amounts = headings.named(sent, there, amounts)
    return [
        part.to(target)
        for amount, (_, target) in zip(amounts, wanted, strict=True)
        if amount.quantity
        for part in ledger.draw(session, books, [sent.tracked(numbered=False)], amount)
    ]


def undeliver(session: Session, actor: Actor, transfer: Transfer, last: Delivery, reason: str) -> None:
    """The goods of a receipt go back under way, and its surplus off the books."""
    target = open_store_facts(transfer.to_store, pointer="/to_store")
    movements = [movement for movement in (last.movement_id, last.surplus_movement_id) if movement is not None]
    entries = {movement: ledger.entries_of(session, movement) for movement in movements}
    now_at = {key: _now_at(key) for changes in entries.values() for key in changes}
    books = _lock(session, transfer, {*now_at, *now_at.values()})
    for movement, changes in entries.items():
        carried = intervals.carried(session, movement) if any(key.numbered for key in changes) else {}
        [giver] = [key for key, change in changes.items() if change < 0]
        legs = []
        for key, change in changes.items():
            if change > 0:
                back = Amount(change, tuple(carried[books.ids[key]]) if key.numbered else ())
                if key.numbered:
                    intervals.check_at(session, now_at[key], back)
                legs.append(Leg(now_at[key], giver, back.quantity, back.spans))
        fact = Fact(
            MovementKind.UNDELIVERY, actor, target, reason=reason, document_id=transfer.id, corrects_id=movement
        )
        ledger.post(session, books, fact, legs)
    last.undone_at = clock.now()


def _now_at(key: AccountKey) -> AccountKey:
    """Where delivered goods lie by now: good stock of an event that is over was set free meanwhile."""
    return _unless_over(key) if key.place is Place.STORE and key.condition is Condition.BLANK else key


def settle(
    session: Session,
    actor: Actor,
    transfer: Transfer,
    found: Amount,
    written_off: Amount,
    reason: str,
    police_number: str,
) -> None:
    """Missing goods arrive after all, or are lost at the sender's store.

    What is found for a kit that was closed meanwhile goes home to the sender's store, free of the event; to the main
    store of its owner where the sender was a kit itself.
    """
    target = store_facts(transfer.to_store, hold=True)
    good = arrives_at(transfer) if target.event_id else _unless_over(arrives_at(transfer))
    if target.closed:
        source = store_facts(transfer.from_store)
        target = store_facts(main_store_of(transfer.owner_code)) if source.event_id else source
        good = in_store(target.code, transfer.item_code, transfer.owner_code)
    wanted = [(found, good), (written_off, under_way(transfer).at(Place.LOST))]
    books = _lock(session, transfer, _keys_of(transfer, wanted))
    legs = _arriving(session, books, transfer, wanted)
    if arriving := [leg for leg in legs if leg.target.place is not Place.LOST]:
        fact = Fact(MovementKind.FOUND, actor, target, reason=reason, document_id=transfer.id)
        ledger.post(session, books, fact, arriving)
    if lost := [leg for leg in legs if leg.target.place is Place.LOST]:
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


def keep(session: Session, transfer: Transfer, tally: Tally) -> None:
    """Write the figures, and the status they say, onto the row; the sender's office is told of what is missing."""
    if tally.disputed:
        facts = {"from_store": transfer.from_store, "to_store": transfer.to_store, "item": transfer.item_code}
        tell(session, transfer.from_office, NoticeKind.TRANSFER_DISPUTED, transfer.id, missing=tally.disputed, **facts)
    elif transfer.missing:
        settle_notice(session, NoticeKind.TRANSFER_DISPUTED, transfer.id)
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


def _lock(session: Session, transfer: Transfer, keys: Iterable[AccountKey]) -> Books:
    wanted = list(keys)
    offices = {main_store_of(transfer.owner_code): transfer.owner_code}
    offices |= {transfer.from_store: transfer.from_office, transfer.to_store: transfer.to_office}
    return ledger.lock(session, wanted, offices) if wanted else Books({}, {})
