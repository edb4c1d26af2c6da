"""Withdrawn cards into their register; a destruction counted by two, approved by another, and only then booked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys, second_person
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.database import insert_ignore, table_of, transaction
from inventory.disposal import queries, rules
from inventory.disposal.models import Destruction, DestructionLine, WithdrawnCards
from inventory.disposal.rules import DestructionClass, DestructionStatus, Spoiled
from inventory.errors import Fault
from inventory.offices.queries import StoreFacts, store_facts, store_for
from inventory.people.queries import check_counters
from inventory.retries import FIRST, Once
from inventory.stock import intervals, ledger, numbers
from inventory.stock import rules as stock
from inventory.stock.ledger import Fact
from inventory.stock.numbers import Amount
from inventory.stock.rules import NO_EVENT, AccountKey, MovementKind, SpoilReason
from inventory.texts import Text

_COUNTED = Text("mencatat atau menghitung pemusnahan ini", "recorded or counted this destruction")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Old cards that residents gave back on one day; never who they were."""

    store: str
    reason: DestructionClass
    quantity: int
    withdrawn_on: date
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class BurnedGoods:
    """A line of a destruction; the office's own goods without an event unless told. A kit's are all its event's."""

    item: str
    reason: SpoilReason
    amount: Amount
    owner: str | None = None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes into one fire, under one berita acara `number`."""

    store: str
    number: str
    destroyed_on: date
    lines: Sequence[BurnedGoods]
    withdrawn: Sequence[tuple[DestructionClass, int]]
    witnesses: Sequence[Mapping[str, str]]
    counted_by: Sequence[int]


def withdraw(actor: Actor, cards: Withdrawal, once: Once = FIRST) -> int:
    """Note old cards in the register of their own. Answers the row's id."""
    with transaction() as session:
        store = store_for(actor, Action.PRINT, cards.store)
        if (done := once.done_before(session)) is not None:
            return done
        today = clock.business_day(store.time_zone)
        stock.check_day(cards.withdrawn_on, today, store.backdate_days, takes_out=False)
        row = WithdrawnCards(
            office_code=store.office,
            store_code=store.code,
            withdrawn_on=cards.withdrawn_on,
            reason=cards.reason,
            quantity=cards.quantity,
            destroyed=0,
            document_number=cards.document_number,
            created_at=clock.now(),
            user_id=actor.user_id,
        )
        session.add(row)
        session.flush()
        facts = {"reason": cards.reason, "quantity": cards.quantity}
        audit.record(session, actor, "withdraw_cards", "withdrawn_cards", row.id, store.office, **facts)
        return once.keep(session, row.id)


def correct_withdrawn(actor: Actor, row_id: int, quantity: int, once: Once = FIRST) -> int:
    """Put a miscounted row of the register right, as whoever approves. Answers its id; raises `BelowDestroyed`."""
    with transaction() as session:
        row = session.get(WithdrawnCards, row_id, with_for_update=True)
        unseen = queries.WithdrawnNotFound(row=row_id)
        if row is None:
            raise unseen
        access.require(actor, Action.APPROVE, row.office_code, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        if quantity < row.destroyed:
            raise rules.BelowDestroyed(pointer="/quantity", destroyed=row.destroyed, quantity=quantity)
        facts = {"before": row.quantity, "quantity": quantity}
        row.quantity = quantity
        audit.record(session, actor, "correct_withdrawn", "withdrawn_cards", row_id, row.office_code, **facts)
        return once.keep(session, row_id)


def count(actor: Actor, batch: Batch, once: Once = FIRST) -> int:
    """Write down what was counted for the fire; nothing moves yet. Answers the destruction's id.

    Raises `QuarantineShort` with every wrong line, `NumbersTwice`, `NotTwoPeople`, `CounterUnknown`, `WitnessTwice`,
    `DestructionNumberTaken`, `DateInFuture` or `DateTooOld`.
    """
    with transaction() as session:
        # Who was let into an event works in its kit, but only the host's own people destroy.
        store = store_for(actor, Action.READ, batch.store, hold=True)
        access.require(actor, Action.MOVE_STOCK, store.office)
        if (done := once.done_before(session)) is not None:
            return done
        today = clock.business_day(store.time_zone)
        stock.check_day(batch.destroyed_on, today, store.backdate_days, takes_out=True)
        check_counters(batch.counted_by, store.office)
        rules.check_witnesses(batch.witnesses)
        lines = _spoiled(store, batch.lines)
        faults = _wrong_lines(session, lines, batch.destroyed_on, today) + _wrong_cards(session, store, batch)
        if faults:
            raise rules.QuarantineShort(faults=faults, count=len({fault.line for fault in faults}), store=store.code)
        made = _insert(session, actor, store, batch)
        session.add_all(_lines(made, batch, lines))
        facts = {"lines": len(batch.lines) + len(batch.withdrawn)}
        audit.record(session, actor, "count_destruction", "destruction", made, store.office, **facts)
        return once.keep(session, made)


def _spoiled(store: StoreFacts, lines: Sequence[BurnedGoods]) -> list[Spoiled]:
    """The lines as quarantine accounts; raises `ItemNotFound`, or `NumbersTwice` over all lines."""
    for item in dict.fromkeys(line.item for line in lines):
        get_item(item, pointer=f"/lines/{next(i for i, line in enumerate(lines) if line.item == item)}/item")
    numbers.check_once(
        [span for line in lines for span in line.amount.spans],
        [pointer for line in lines for pointer in line.amount.pointers],
    )
    return [
        Spoiled(
            stock.in_store(
                store.code, line.item, line.owner or store.office, store.event_id or line.event or NO_EVENT
            ).spoiled(line.reason),
            line.amount,
        )
        for line in lines
    ]


def _wrong_lines(session: Session, lines: Sequence[Spoiled], on: date, today: date) -> list[Fault]:
    accounts = {line.key.tracked(numbered=numbered) for line in lines for numbered in (False, True)}
    there, ids = queries.held(accounts, on, today)
    faults = rules.short_lines(lines, there)
    spans = [span for line in lines for span in line.amount.spans]
    if spans:
        stays = intervals.here(session, spans)
        by_id = {i: key for key, i in ids.items()}
        lying: dict[AccountKey, list[numbers.Span]] = {key: [] for key in ids}
        for stay in stays:
            if stay.account_id in by_id:
                lying[by_id[stay.account_id]].append(stay.span)
        faults += rules.absent_numbers(lines, lying, [stay.span for stay in stays])
    return faults


def _wrong_cards(session: Session, store: StoreFacts, batch: Batch) -> list[Fault]:
    asked = _by_class(batch.withdrawn)
    waiting: Counter[DestructionClass] = Counter()
    for row in session.scalars(queries.waiting_rows(store.code, asked, batch.destroyed_on)):
        waiting[row.reason] += row.quantity - row.destroyed
    return [
        Fault(
            f"/withdrawn/{index}",
            _short(store.code, reason, waiting[reason], asked[reason], batch.destroyed_on).sentence,
            rules.WithdrawnShort.code,
        )
        for index, (reason, _) in enumerate(batch.withdrawn)
        if asked[reason] > waiting[reason]
    ]


def _by_class(cards: Sequence[tuple[DestructionClass, int]]) -> Counter[DestructionClass]:
    asked: Counter[DestructionClass] = Counter()
    for reason, quantity in cards:
        asked[reason] += quantity
    return asked


def _short(store: str, reason: DestructionClass, there: int, asked: int, until: date) -> rules.WithdrawnShort:
    return rules.WithdrawnShort(store=store, reason=reason, available=there, asked=asked, until=until)


def _insert(session: Session, actor: Actor, store: StoreFacts, batch: Batch) -> int:
    row = {
        "office_code": store.office,
        "store_code": store.code,
        "number": batch.number,
        "status": DestructionStatus.COUNTED,
        "destroyed_on": batch.destroyed_on,
        "witnesses_secret": keys.encrypt(json.dumps([dict(each) for each in batch.witnesses], ensure_ascii=False)),
        "counted_by": list(batch.counted_by),
        "created_at": clock.now(),
        "reason": "",
        "user_id": actor.user_id,
    }
    if not insert_ignore(session, table_of(Destruction), [row]):  # there already, or a twin was quicker
        raise rules.DestructionNumberTaken(pointer="/number", number=batch.number, office=store.office)
    mine = sa.select(Destruction.id).where(Destruction.office_code == store.office, Destruction.number == batch.number)
    return int(session.execute(mine).scalar_one())


def _lines(made: int, batch: Batch, lines: Sequence[Spoiled]) -> list[DestructionLine]:
    rows = []
    for said, line in zip(batch.lines, lines, strict=True):
        written: dict[str, Any] = {}
        if line.amount.numbered:
            written["intervals"] = [list(span.written()) for span in numbers.compact(line.amount.spans)]
        rows.append(
            DestructionLine(
                destruction_id=made,
                reason=DestructionClass(said.reason.value),
                item_code=line.key.item,
                owner_code=line.key.owner,
                event_id=line.key.event_id,
                quantity=line.amount.quantity,
                **written,
            )
        )
    for reason, quantity in batch.withdrawn:
        row = DestructionLine(destruction_id=made, reason=reason, owner_code="", event_id=NO_EVENT, quantity=quantity)
        rows.append(row)
    return rows


def approve(actor: Actor, destruction_id: int, reason: str = "", once: Once = FIRST) -> int:
    """Book a destruction, as a person who neither wrote it down nor counted it. Answers its id.

    Raises `SamePerson`, `DestructionEnded`, `WithdrawnShort`, or `StockInsufficient` and `NumbersElsewhere` where the
    quarantine has moved on.
    """
    with transaction() as session:
        row = _locked(session, actor, Action.APPROVE, destruction_id)
        if (done := once.done_before(session)) is not None:
            return done
        _check_counted(row)
        query = sa.select(DestructionLine).where(DestructionLine.destruction_id == row.id).order_by(DestructionLine.id)
        lines = session.scalars(query).all()
        _burn_cards(session, row, [line for line in lines if line.item_code is None])
        store = store_facts(row.store_code, hold=True)
        if store.checks.destruction_check:
            second_person.check_second(actor.user_id, first=[row.user_id, *row.counted_by], part=_COUNTED)
        legs = [_read(row, line).leg for line in lines if line.item_code is not None]
        if legs:
            accounts = [key for leg in legs for key in (leg.source, leg.target)]
            books = ledger.lock(session, accounts, {store.code: store.office})
            kind = MovementKind.DESTRUCTION
            fact = Fact(kind, actor, store, row.destroyed_on, document_number=row.number, document_id=row.id)
            row.movement_id = ledger.post(session, books, fact, legs).id
        row.status, row.reason = DestructionStatus.APPROVED, reason
        row.approved_at, row.approved_by = clock.now(), actor.user_id
        facts = {"movement": row.movement_id, "quantity": sum(line.quantity for line in lines)}
        audit.record(session, actor, "approve_destruction", "destruction", row.id, row.office_code, **facts)
        return once.keep(session, row.id)


def _read(row: Destruction, line: DestructionLine) -> Spoiled:
    """A line as it was written down."""
    key = stock.in_store(row.store_code, line.item_code or "", line.owner_code, line.event_id)
    key = key.spoiled(SpoilReason(line.reason.value))
    return Spoiled(key, numbers.amount(quantity=line.quantity, intervals=line.intervals))


def _burn_cards(session: Session, row: Destruction, lines: Sequence[DestructionLine]) -> None:
    """Note the withdrawn cards of a destruction in their register, oldest first; raises `WithdrawnShort`."""
    asked = _by_class([(line.reason, line.quantity) for line in lines])
    if not asked:
        return
    query = queries.waiting_rows(row.store_code, asked, row.destroyed_on).with_for_update()
    kept = {each.id: each for each in session.scalars(query)}
    for reason, quantity in asked.items():
        waiting = [
            (each.withdrawn_on, each.id, each.quantity - each.destroyed)
            for each in kept.values()
            if each.reason is reason
        ]
        burned = rules.oldest_first(waiting, quantity)
        if burned is None:
            there = sum(left for _, _, left in waiting)
            raise _short(row.store_code, reason, there, quantity, row.destroyed_on)
        for row_id, part in burned.items():
            kept[row_id].destroyed += part


def cancel(actor: Actor, destruction_id: int, reason: str = "", once: Once = FIRST) -> int:
    """Give a destruction up that was not approved; nothing had moved. Answers its id."""
    with transaction() as session:
        row = _locked(session, actor, Action.MOVE_STOCK, destruction_id)
        if (done := once.done_before(session)) is not None:
            return done
        _check_counted(row)
        row.status, row.reason = DestructionStatus.CANCELLED, reason
        audit.record(session, actor, "cancel_destruction", "destruction", row.id, row.office_code)
        return once.keep(session, row.id)


def _locked(session: Session, actor: Actor, action: Action, destruction_id: int) -> Destruction:
    """The destruction, locked, when the actor may do `action` at its office; raises `DestructionNotFound`."""
    row = session.get(Destruction, destruction_id, with_for_update=True)
    unseen = queries.DestructionNotFound(destruction=destruction_id)
    if row is None:
        raise unseen
    access.require(actor, action, row.office_code, unseen=unseen)
    return row


def _check_counted(row: Destruction) -> None:
    if row.status is not DestructionStatus.COUNTED:
        raise rules.DestructionEnded(destruction=row.id, status=row.status)
