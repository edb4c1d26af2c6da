"""Handing blanks out for a shift, taking them back, and settling what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.catalogue.rules import ItemKind
from inventory.custody import queries, rules
from inventory.custody.models import CustodySession
from inventory.custody.queries import Feeding
from inventory.custody.rules import CustodyStatus, Tally
from inventory.database import transaction
from inventory.notices.commands import settle, tell
from inventory.notices.rules import NoticeKind
from inventory.offices.queries import StoreFacts, check_open, store_facts, store_for
from inventory.people.models import User
from inventory.people.queries import check_counters
from inventory.retries import FIRST, Once
from inventory.second_person import check_second
from inventory.stock import intervals, ledger, numbers
from inventory.stock.ledger import Books, Fact
from inventory.stock.numbers import NOTHING, Amount, NumbersElsewhere
from inventory.stock.places import whereabouts
from inventory.stock.queries import drawing_order
from inventory.stock.rules import AccountKey, Leg, MovementKind, Part, Place, check_day, in_store
from inventory.texts import Text

_CLOSED_IT = Text("menutup sif ini", "closing this session")
_COUNTED_IT = Text("menghitung pengembaliannya", "counting what came back")


@dataclass(frozen=True, slots=True)
class Issue:
    """What is handed to whom for a shift: `needed` is what the day needs, `counted_by` the two who counted it out."""

    store: str
    item: str
    holder: int
    amount: Amount
    needed: int
    counted_by: Sequence[int]
    reason: str = ""
    event: int | None = None
    occurred_on: date | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """What two people counted at the end. `amount` is None where nothing was counted again."""

    amount: Amount | None
    counted_by: Sequence[int] = ()
    explanation: str = ""
    printer_count: int | None = None
    siak_count: int | None = None
    occurred_on: date | None = None


def issue(actor: Actor, wanted: Issue, once: Once = FIRST) -> int:
    """Hand blanks of a store to a holder for a shift. Answers the session's id.

    Raises `HolderMayNotPrint`, `HolderCounts`, `CustodyUnfinished`, `CustodyReasonNeeded`, `StockInsufficient` or, of
    the numbers, `NumbersNeeded`, `NumbersUnknown`, `NumbersElsewhere`.
    """
    with transaction() as session:
        store = store_for(actor, Action.MOVE_STOCK, wanted.store, hold=True)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(store)
        _check_issue(session, store, wanted)
        row = _insert(session, actor, store, wanted)
        order = drawing_order(store, wanted.item)
        sources = list(intervals.twins_of(order, wanted.amount))
        hands = [key.at(Place.CUSTODY, document_id=row.id) for key in sources]
        books = ledger.lock(session, [*sources, *hands], {store.code: store.office})
        parts = ledger.draw(session, books, order, wanted.amount)
        legs = [part.to(part.key.at(Place.CUSTODY, document_id=row.id)) for part in parts]
        fact = Fact(MovementKind.CUSTODY, actor, store, row.opened_on, reason=wanted.reason, document_id=row.id)
        row.movement_id = ledger.post(session, books, fact, legs).id
        facts = {"quantity": row.issued, "holder": row.holder_id, "counted_by": row.counted_by}
        audit.record(session, actor, "issue", "custody_session", row.id, store.office, **facts)
        return once.keep(session, row.id)


def _check_issue(session: Session, store: StoreFacts, wanted: Issue) -> None:
    """Raise unless these blanks may go to this holder, counted by these two."""
    if wanted.event not in (None, store.event_id or None):
        raise rules.CustodyFromItsKit(pointer="/event", event=wanted.event, store=store.code)
    if get_item(wanted.item).kind is not ItemKind.BLANK:
        raise rules.CustodyOfBlanksOnly(pointer="/item", item=wanted.item)
    rules.check_needed(wanted.amount.quantity, wanted.needed, wanted.reason)
    check_counters(wanted.counted_by, store.office)
    rules.check_not_counting(wanted.holder, wanted.counted_by)
    # The holder's own row is locked, so that two desks hand out to one holder after each other.
    query = sa.select(User.id, User.role, User.office_code, User.active).where(User.id == wanted.holder)
    holder = session.execute(query.with_for_update(key_share=True)).first()
    if holder is None or not holder.active or not _may_print(Actor(holder.id, holder.role, holder.office_code), store):
        raise rules.HolderMayNotPrint(pointer="/holder", holder=wanted.holder, store=store.code)
    unfinished = queries.unfinished_of(session, wanted.holder)
    rules.check_earlier(wanted.holder, unfinished, clock.business_day(store.time_zone))


def _may_print(holder: Actor, store: StoreFacts) -> bool:
    return access.may(holder, Action.PRINT, store.office, event_id=store.event_id or None)


def _insert(session: Session, actor: Actor, store: StoreFacts, wanted: Issue) -> CustodySession:
    row = CustodySession(
        office_code=store.office,
        store_code=store.code,
        item_code=wanted.item,
        event_id=store.event_id,
        holder_id=wanted.holder,
        status=CustodyStatus.OPEN,
        opened_on=wanted.occurred_on or clock.business_day(store.time_zone),
        opened_at=clock.now(),
        needed=wanted.needed,
        issued=wanted.amount.quantity,
        numbered=wanted.amount.numbered,
        reason=wanted.reason,
        counted_by=list(wanted.counted_by),
        movement_id=0,  # known once it is posted into the place that bears this row's id
        missing_numbers=[],
        surplus_numbers=[],
        closers=[],
        user_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    return row


def close(actor: Actor, session_id: int, said: Return, feeding: Feeding, once: Once = FIRST) -> int:
    """Take back what is left at the end of a shift; again, what was found later or how it is explained.

    Answers the session's id. What went back is in the store at once. A difference leaves the session disputed until it
    is explained and, where the office wants a second person, approved. Counted again as nothing (0), a surplus is
    withdrawn. `feeding` is `printing.run_queries.feeding_run`: a session whose blanks are in a printer stays open.
    Raises `CustodyClosed`, `SessionFeedsRun`, `ReturnNotCounted`, `HolderCounts`, `CustodyMoreThanMissing`,
    `NumbersNeeded`, `NumbersElsewhere`.
    """
    with transaction() as session:
        row = _locked(session, actor, Action.MOVE_STOCK, session_id)
        if (done := once.done_before(session)) is not None:
            return done
        store = store_facts(row.store_code, hold=True)
        said = _explaining(row, said)
        _check_return(row, store, said)
        _check_idle(session, row, feeding)
        row.explanation = said.explanation or row.explanation
        alone = bool(row.explanation) and not store.checks.write_off_check
        hands = [key.tracked(numbered=row.numbered) for key in queries.custody_order(session, [row])]
        books = _lock(session, store, row, hands, to_end=alone)
        _take_back(session, actor, books, row, hands, store, said)
        row.printer_count = row.printer_count if said.printer_count is None else said.printer_count
        row.siak_count = row.siak_count if said.siak_count is None else said.siak_count
        row.closed_by, row.closers = actor.user_id, sorted({*row.closers, actor.user_id})
        row.status = CustodyStatus.DISPUTED
        if alone:
            _settle_difference(session, actor, books, row, hands, store, said.occurred_on)
        if alone or not (row.missing or row.surplus):
            row.status, row.closed_at = CustodyStatus.CLOSED, clock.now()
        _tell(session, row)
        if row.status is CustodyStatus.CLOSED:
            settle(session, NoticeKind.CUSTODY_OVERDUE, row.id)
        facts = {"status": row.status, "returned": row.returned, "missing": row.missing, "surplus": row.surplus}
        audit.record(session, actor, "close", "custody_session", row.id, row.office_code, **facts)
        return once.keep(session, row.id)


def _locked(session: Session, actor: Actor, action: Action, session_id: int) -> CustodySession:
    """The session, locked, when the actor may do `action` there; raises `CustodyNotFound`.

    Those who were let into an event work with the sessions of its kit; approving is the host's.
    """
    unseen = queries.CustodyNotFound(session=session_id)
    row = session.get(CustodySession, session_id, with_for_update=True)
    if row is None:
        raise unseen
    event_id = None if action is Action.APPROVE else row.event_id or None
    access.require(actor, action, row.office_code, event_id=event_id, unseen=unseen)
    return row


def _explaining(row: CustodySession, said: Return) -> Return:
    """What was said of a disputed session: nothing more found, and an explanation, is the explanation alone.

    Not where a surplus waits: "nothing" withdraws it there, and two people count that.
    """
    silent = said.amount is not None and not said.amount.quantity and not said.counted_by
    if row.status is CustodyStatus.DISPUTED and silent and said.explanation and not row.surplus:
        return replace(said, amount=None)
    return said


def _check_return(row: CustodySession, store: StoreFacts, said: Return) -> None:
    """Raise unless the session can take this count."""
    if row.status is CustodyStatus.CLOSED:
        raise rules.CustodyClosed(session=row.id)
    if said.amount is None and row.status is CustodyStatus.OPEN:
        raise rules.ReturnNotCounted(pointer="/returned")
    if said.amount is not None or said.counted_by:
        check_counters(said.counted_by, store.office)
        rules.check_not_counting(row.holder_id, said.counted_by)
    if said.amount is not None and said.amount.numbered and not row.numbered:
        raise rules.CustodyHasNoNumbers(pointer="/returned", session=row.id)
    if said.occurred_on is not None:
        check_day(said.occurred_on, clock.business_day(store.time_zone), store.backdate_days, takes_out=True)


def _check_idle(session: Session, row: CustodySession, feeding: Feeding) -> None:
    """Raise `SessionFeedsRun` while blanks of an open session are in a printer: what is missing then is not lost.

    A run begins only with the session held, so that none begins after this looked.
    """
    if row.status is CustodyStatus.OPEN and (fed := feeding(session, row)) is not None:
        raise rules.SessionFeedsRun(session=row.id, run=fed.run, job=fed.job)


def _lock(
    session: Session, store: StoreFacts, row: CustodySession, hands: Sequence[AccountKey], *, to_end: bool
) -> Books:
    """Lock the holder's hand and the store, and where a difference is settled the ends that it goes to."""
    keys = [*hands, *(key.at(Place.STORE) for key in hands)]
    if to_end:
        found = _found(store, row)
        keys += [key.at(Place.LOST) for key in hands] + [found, found.at(Place.SUPPLIED)]
    return ledger.lock(session, keys, {store.code: store.office})


def _found(store: StoreFacts, row: CustodySession) -> AccountKey:
    """Where a surplus is booked: nobody knows whose it was, so it is the office's."""
    return in_store(store.code, row.item_code, store.office, row.event_id).tracked(numbered=row.numbered)


def _take_back(
    session: Session,
    actor: Actor,
    books: Books,
    row: CustodySession,
    hands: Sequence[AccountKey],
    store: StoreFacts,
    said: Return,
) -> None:
    """Bring what was counted back into the store, and note what is missing and what is too many."""
    there = ledger.everything(session, books, hands)
    spans = tuple(span for part in there for span in part.spans)
    in_hand = Amount(sum(part.quantity for part in there), spans)
    found = Tally(NOTHING, NOTHING)
    if said.amount is not None:
        found = rules.tally(store.code, row.item_code, in_hand, said.amount)
        _check_surplus(session, row, in_hand, found, said.amount)
    parts = there if found.back.quantity == in_hand.quantity else _some(session, books, hands, found.back)
    if parts:
        fact = Fact(MovementKind.CUSTODY_RETURN, actor, store, said.occurred_on, document_id=row.id)
        ledger.post(session, books, fact, [part.to(part.key.at(Place.STORE)) for part in parts])
    row.returned = (row.returned or 0) + found.back.quantity
    row.missing = in_hand.quantity - found.back.quantity
    row.missing_numbers = rules.pairs(numbers.without(spans, found.back.spans))
    row.return_counted_by = sorted({*(row.return_counted_by or ()), *said.counted_by})
    if said.amount is not None and (row.status is CustodyStatus.OPEN or not said.amount.quantity):
        row.surplus, row.surplus_numbers = found.surplus.quantity, rules.pairs(found.surplus.spans)


def _some(session: Session, books: Books, hands: Sequence[AccountKey], amount: Amount) -> list[Part]:
    """The first owner's blanks are used, and missed, first: so the last one's come back first."""
    order = [key.tracked(numbered=False) for key in reversed(hands)]
    return ledger.draw(session, books, order, amount) if amount.quantity else []


def _check_surplus(session: Session, row: CustodySession, in_hand: Amount, found: Tally, counted: Amount) -> None:
    """Raise when what is beyond the books is on the books elsewhere, or comes later than the first count."""
    known = [stay.span for stay in intervals.here(session, found.surplus.spans)] if found.surplus.spans else []
    if elsewhere := numbers.shared(known, found.surplus.spans):
        where = whereabouts(row.store_code, Place.CUSTODY, row.id, row.item_code)
        if row.status is CustodyStatus.DISPUTED:
            where = rules.already_counted(row.store_code, row.id)
        raise numbers.wrong_numbers(NumbersElsewhere, elsewhere, counted, where=where)
    if found.surplus.quantity and row.status is CustodyStatus.DISPUTED:
        asked = counted.quantity
        raise rules.CustodyMoreThanMissing(pointer="/returned", session=row.id, missing=in_hand.quantity, asked=asked)


def _settle_difference(
    session: Session,
    actor: Actor,
    books: Books,
    row: CustodySession,
    hands: Sequence[AccountKey],
    store: StoreFacts,
    occurred_on: date | None = None,
    reason: str = "",
) -> None:
    """Write off what is still missing, and book what was too many as found."""
    told = reason or row.explanation
    if parts := ledger.everything(session, books, hands):
        fact = Fact(MovementKind.WRITE_OFF, actor, store, occurred_on, reason=told, document_id=row.id)
        ledger.post(session, books, fact, [part.to(part.key.at(Place.LOST)) for part in parts])
    if row.surplus:
        found = _found(store, row)
        leg = Leg(found.at(Place.SUPPLIED), found, row.surplus, rules.spans_of(row.surplus_numbers))
        fact = Fact(MovementKind.ADJUSTMENT, actor, store, occurred_on, reason=told, document_id=row.id)
        ledger.post(session, books, fact, [leg])


def _tell(session: Session, row: CustodySession) -> None:
    """Tell whoever is in charge of a difference in blanks or in the counters of the day, or that there is none left."""
    session.flush()
    compared = _counters(row)
    if row.status is not CustodyStatus.DISPUTED and not any(compared.values()):
        settle(session, NoticeKind.CUSTODY_DIFFERENCE, row.id)
        return
    facts = {
        "store": row.store_code,
        "item": row.item_code,
        "holder": row.holder_id,
        "missing": row.missing,
        "surplus": row.surplus,
        "explained": bool(row.explanation),
        **compared,
    }
    tell(session, row.office_code, NoticeKind.CUSTODY_DIFFERENCE, row.id, **facts)


def _counters(row: CustodySession) -> dict[str, int | None]:
    return rules.compared(queries.spent_of([row])[row.id], row.printer_count, row.siak_count)


def approve(actor: Actor, session_id: int, reason: str = "", once: Once = FIRST) -> int:
    """Settle an explained difference as a second person, or take note that the counters of a closed session differ.

    Answers the session's id. What is missing is written off, what was too many is booked as found. Raises `SamePerson`,
    `HolderMayNot`, `CustodyUnexplained`, `CustodyNotWaiting`.
    """
    with transaction() as session:
        row = _locked(session, actor, Action.APPROVE, session_id)
        if (done := once.done_before(session)) is not None:
            return done
        differs = row.status is CustodyStatus.CLOSED and row.approved_by is None and any(_counters(row).values())
        if row.status is not CustodyStatus.DISPUTED and not differs:
            raise rules.CustodyNotWaiting(session=row.id, status=row.status)
        check_second(actor.user_id, first=row.closers, part=_CLOSED_IT, holder=row.holder_id)
        check_second(actor.user_id, first=row.return_counted_by or (), part=_COUNTED_IT)
        if row.status is CustodyStatus.DISPUTED:
            if not row.explanation:
                raise rules.CustodyUnexplained(session=row.id)
            store = store_facts(row.store_code, hold=True)
            hands = [key.tracked(numbered=row.numbered) for key in queries.custody_order(session, [row])]
            books = _lock(session, store, row, hands, to_end=True)
            _settle_difference(session, actor, books, row, hands, store, reason=reason)
            row.status, row.closed_at = CustodyStatus.CLOSED, clock.now()
        row.approved_by = actor.user_id
        settle(session, NoticeKind.CUSTODY_DIFFERENCE, row.id)
        settle(session, NoticeKind.CUSTODY_OVERDUE, row.id)
        facts = {"missing": row.missing, "surplus": row.surplus}
        audit.record(session, actor, "approve", "custody_session", row.id, row.office_code, **facts)
        return once.keep(session, row.id)


def tell_overdue() -> int:
    """Tell each office of its unfinished sessions of earlier business days; answers how many there are.

    Repeated, it tells the same again. The sessions are held, so that none is closed between being read and told of.
    """
    with transaction() as session:
        late = queries.overdue(session)
        for row in late:
            facts = {
                "store": row.store_code,
                "item": row.item_code,
                "holder": row.holder_id,
                "opened_on": row.opened_on.isoformat(),
                "status": row.status,
            }
            tell(session, row.office_code, NoticeKind.CUSTODY_OVERDUE, row.id, **facts)
        return len(late)
