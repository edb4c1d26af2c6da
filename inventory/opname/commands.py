"""Counting a store (stok opname): start, note what was counted, approve, call off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, second_person
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.database import insert_ignore, table_of, transaction
from inventory.errors import Fault
from inventory.notices import commands as notices
from inventory.notices.rules import NoticeKind
from inventory.offices.queries import StoreFacts, check_open, store_facts, store_for
from inventory.opname import lines as counting
from inventory.opname import plans, queries, rules
from inventory.opname.lines import Seen
from inventory.opname.models import Count
from inventory.opname.queries import CountNotFound, Line
from inventory.opname.rules import CountKind, CountRunning, CountStatus, FoundElsewhere
from inventory.people.queries import check_counters
from inventory.retries import FIRST, Once
from inventory.stock import intervals, ledger, numbers
from inventory.stock.ledger import Fact
from inventory.stock.models import Account, Movement
from inventory.stock.numbers import Named, Span
from inventory.stock.places import whereabouts
from inventory.stock.rules import MovementKind
from inventory.texts import Text

_COUNTED = Text("memulai atau melakukan opname ini", "started or made this count")
_ELSEWHERE = Text("tempat lain", "another place")


@dataclass(frozen=True, slots=True)
class CountWish:
    """How a store is to be counted, and by which two people; `items` of a partial count."""

    store: str
    kind: CountKind
    counted_by: Sequence[int]
    blind: bool = False
    items: Sequence[str] | None = None
    plan: int | None = None


def start(actor: Actor, wish: CountWish, once: Once = FIRST) -> int:
    """Start a count: what the books have now is kept, line by line. Answers the count's id.

    Raises `CountRunning` while another one of the store is open, `NotTwoPeople`, `CounterUnknown`, and for a planned
    count `CountPlanNotFound`, `PlannedCountIsFull`, `CounterNotPlanned` or `CounterNotIndependent`.
    """
    with transaction() as session:
        store = store_for(actor, Action.MOVE_STOCK, wish.store, hold=True)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(store)
        check_counters(wish.counted_by, store.office)
        for index, item in enumerate(wish.items or ()):
            get_item(item, pointer=f"/items/{index}")
        if wish.plan is not None:
            plan = plans.plan_to_count(session, store, wish.plan)
            rules.check_plan(wish.kind, plan.id, plan.counter_id, wish.counted_by)
            plans.check_counter(session, store, plan.counter_id, "/counted_by")
        count = _open(session, actor, store, wish)
        counting.snapshot(session, count, store, wish.items)
        facts = {"store": store.code, "kind": wish.kind, "blind": wish.blind, "counted_by": list(wish.counted_by)}
        audit.record(session, actor, "start_count", "count", count.id, store.office, **facts)
        return once.keep(session, count.id)


def _open(session: Session, actor: Actor, store: StoreFacts, wish: CountWish) -> Count:
    """Write the count; the database lets only one of a store be open."""
    row = {
        "office_code": store.office,
        "store_code": store.code,
        "kind": wish.kind,
        "blind": wish.blind,
        "status": CountStatus.OPEN,
        "counted_by": list(wish.counted_by),
        "noted_by": [],
        "plan_id": wish.plan,
        "after_movement_id": session.scalar(sa.select(sa.func.coalesce(sa.func.max(Movement.id), 0))),
        "started_on": clock.business_day(store.time_zone),
        "started_at": clock.now(),
        "reason": "",
        "user_id": actor.user_id,
    }
    made = insert_ignore(session, table_of(Count), [row])
    mine = sa.select(Count).where(Count.store_code == store.code, Count.status == CountStatus.OPEN)
    count = session.scalars(mine).one()
    if not made:
        raise CountRunning(pointer="/store", store=store.code, count=count.id)
    return count


def note(actor: Actor, count_id: int, told: Sequence[Seen], once: Once = FIRST) -> int:
    """Note what was counted, or explain it: all lines or none. Answers the count's id.

    A line that was counted before is counted a second time, and that one decides. Raises `CountEnded` or, with every
    bad line, `LinesRefused`.
    """
    with transaction() as session:
        count, store = _held(session, actor, Action.MOVE_STOCK, count_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_running(count_id, count.status)
        check_open(store, pointer=None)
        entered = counting.note(session, count, store, queries.lines_of(count_id), told)
        count.noted_by = sorted({*count.noted_by, actor.user_id})
        _tell(session, count, store)
        facts = {"lines": len(entered), "counted": sum(each.seen is not None for each in entered)}
        audit.record(session, actor, "note_count", "count", count_id, store.office, **facts)
        return once.keep(session, count_id)


def _held(session: Session, actor: Actor, action: Action, count_id: int) -> tuple[Count, StoreFacts]:
    """The count, locked, when the actor may do this where its store is; raises `CountNotFound`.

    Those who were let into an event count its kit; approving is the host's.
    """
    count = session.get(Count, count_id, with_for_update=True)
    unseen = CountNotFound(count=count_id)
    if count is None:
        raise unseen
    store = store_facts(count.store_code, hold=True)
    event_id = None if action is Action.APPROVE else store.event_id or None
    access.require(actor, action, store.office, event_id=event_id, unseen=unseen)
    return count, store


def _tell(session: Session, count: Count, store: StoreFacts) -> None:
    """Tell whoever is in charge of a difference; how large it is only when the count itself may say so.

    Of a blind count nothing is told before every line was counted once: it would say which of them were right.
    """
    lines = queries.lines_of(count.id)
    if count.blind and any(line.row.counted is None for line in lines):
        return
    if not any(line.tally.differs for line in lines):
        notices.settle(session, NoticeKind.COUNT_DIFFERENCE, count.id)
        return
    facts: dict[str, object] = {"store": store.code}
    if queries.is_told(count, lines, store.checks.recount_over):
        facts |= {
            "lines": sum(line.tally.differs for line in lines),
            "shortage": sum(line.tally.shortage for line in lines),
            "surplus": sum(line.tally.surplus for line in lines),
        }
    notices.tell(session, store.office, NoticeKind.COUNT_DIFFERENCE, count.id, **facts)


def approve(actor: Actor, count_id: int, reason: str, once: Once = FIRST) -> int:
    """Approve a finished count: the books move by what differed. Answers the count's id.

    By the variance, not to the counted figure, so that what moved since stays right. Raises `CountUnfinished`,
    `CountUnexplained`, `SamePerson`, `HolderMayNot`, `FoundElsewhere`, or `StockInsufficient` and
    `NumbersElsewhere` where what was short has moved on since.
    """
    with transaction() as session:
        count, store = _held(session, actor, Action.APPROVE, count_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_running(count_id, count.status)
        check_open(store, pointer=None)
        lines = queries.lines_of(count_id)
        tallies = [line.tally for line in lines]
        limit = rules.limit_told(tallies, store.checks.recount_over, blind=count.blind)
        rules.check_finished(tallies, [bool(line.row.reason) for line in lines], limit)
        _check_second(session, actor, count, store, lines)
        if count.plan_id is not None:
            plans.fulfil(session, store, count.plan_id)
        count.movement_id = _adjust(session, actor, count, store, lines, reason)
        count.status, count.reason = CountStatus.APPROVED, reason
        count.approved_by, count.approved_at = actor.user_id, clock.now()
        notices.settle(session, NoticeKind.COUNT_DIFFERENCE, count_id)
        facts = {name: sum(getattr(tally, name) for tally in tallies) for name in ("shortage", "surplus")}
        audit.record(session, actor, "approve_count", "count", count_id, store.office, **facts)
        return once.keep(session, count_id)


def _check_second(session: Session, actor: Actor, count: Count, store: StoreFacts, lines: Sequence[Line]) -> None:
    """Raise `SamePerson` or `HolderMayNot` where the office wants a second person for what this count says."""
    checks = store.checks
    writes_off = any(line.tally.shortage for line in lines)
    if not checks.count_check and not (checks.write_off_check and writes_off):
        return
    holder = actor.user_id if plans.holds(session, store, actor.user_id) else None
    first = [count.user_id, *count.counted_by, *count.noted_by]
    second_person.check_second(actor.user_id, first=first, part=_COUNTED, holder=holder)


def _adjust(
    session: Session, actor: Actor, count: Count, store: StoreFacts, lines: Sequence[Line], reason: str
) -> int | None:
    """Post what the count changes, as one movement; None when it agrees with the books."""
    legs = [leg for line in lines for leg in rules.adjusting(line.key, line.tally, line.missing, line.unexpected)]
    if not legs:
        return None
    books = ledger.lock(session, [key for leg in legs for key in (leg.source, leg.target)], {store.code: store.office})
    _check_nowhere(session, actor, [span for line in lines for span in line.unexpected])
    fact = Fact(MovementKind.ADJUSTMENT, actor, store, reason=reason, document_id=count.id)
    return ledger.post(session, books, fact, legs).id


def _check_nowhere(session: Session, actor: Actor, found: Sequence[Span]) -> None:
    """Raise `FoundElsewhere` for found numbers that are on the books: they would come in a second time.

    Where they are is told of the actor's own subtree only.
    """
    stays = intervals.here(session, found) if found else []
    if not stays:
        return
    query = sa.select(Account).where(Account.id.in_({stay.account_id for stay in stays}))
    accounts = {account.id: account for account in session.scalars(query)}
    faults, places, spans = [], [], []
    for stay in sorted(stays, key=lambda each: each.span):
        lies = accounts[stay.account_id]
        where = _ELSEWHERE
        if access.may(actor, Action.READ, lies.office_code, lies.owner_code):
            where = whereabouts(lies.store_code, lies.place, lies.document_id, lies.item_code, lies.condition)
        shared = numbers.shared([stay.span], found)
        text = FoundElsewhere.text.format(where=where, numbers=Named(tuple(shared)))
        faults.append(Fault("/lines", text, FoundElsewhere.code))
        places.append(where)
        spans += shared
    named = dict.fromkeys(places)
    where = Text(", ".join(named), ", ".join(place.en for place in named))
    raise FoundElsewhere(faults=faults, where=where, numbers=Named(tuple(spans)))


def cancel(actor: Actor, count_id: int, reason: str, once: Once = FIRST) -> int:
    """Call a count off; nothing moves. Answers the count's id.

    A difference is not made to disappear by those who counted: then a second person calls it off, as for approving.
    """
    with transaction() as session:
        count, store = _held(session, actor, Action.APPROVE, count_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_running(count_id, count.status)
        lines = queries.lines_of(count_id)
        if any(line.tally.differs for line in lines):
            _check_second(session, actor, count, store, lines)
        count.status, count.reason = CountStatus.CANCELLED, reason
        notices.settle(session, NoticeKind.COUNT_DIFFERENCE, count_id)
        audit.record(session, actor, "cancel_count", "count", count_id, store.office)
        return once.keep(session, count_id)
