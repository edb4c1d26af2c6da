"""Whether the documents and the movements that carried them out name each other and say the same.

Each question is one or two queries: what the documents say and what the ledger has, added up side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from inventory.custody.models import CustodySession
from inventory.database import current
from inventory.disposal.models import Destruction, DestructionLine
from inventory.disposal.rules import DestructionStatus
from inventory.errors import RuleViolated
from inventory.printing.models import Attempt
from inventory.printing.rules import Outcome
from inventory.stock import numbers
from inventory.stock.models import Account, Entry, Interval, LossReport, Movement, NumberSeries, Receipt
from inventory.stock.numbers import Named, Series, Span
from inventory.stock.rules import NO_DOCUMENT, QUARANTINE, Condition, MovementKind, Place
from inventory.transfers.models import Delivery, Transfer

_CLASSES = {reason.value: number for reason, number in QUARANTINE.items()}
_SPOILED = sa.and_(Account.place == Place.STORE, Account.condition == Condition.SPOILED)


def differences() -> Iterator[str]:
    """One sentence for every difference between a document and its movement."""
    yield from _attempts()
    yield from _numbers_of_attempts()
    yield from _undone_attempts()
    yield from _receipts()
    yield from _losses()
    yield from _destructions()
    yield from _burned_numbers()
    yield from _deliveries()
    yield from _undone_deliveries()
    yield from _delivered()
    yield from _ends_of_transfers()
    yield from _sessions()


def _rows(query: sa.Executable) -> Iterator[Any]:
    return iter(current().execute(query, execution_options={"yield_per": 1_000}))


def _apart(*sides: sa.SelectBase) -> Iterator[Any]:
    """Where what the sides say does not add up to nothing: their columns but the last two, the figure, and an id.

    The last columns are the figure, of the ledger a negative one, and the id of the document's row, if it has one.
    """
    both = sa.union_all(*sides).subquery()
    *names, figure, row_id = both.c
    total = sa.cast(sa.func.sum(figure), sa.BigInteger).label("apart")
    query = sa.select(*names, total, sa.func.min(row_id).label("low"), sa.func.max(row_id).label("high"))
    return _rows(query.group_by(*names).having(total != 0).order_by(names[0]))


def _word(column: Any) -> sa.ColumnElement[str]:
    """A column of words as the database has them: one that no enumeration knows is told, not stumbled over."""
    return sa.type_coerce(column, sa.String)


def _no_row() -> sa.ColumnElement[int | None]:
    return sa.cast(sa.null(), sa.BigInteger)


def _one(row_id: Any) -> tuple[sa.ColumnElement[int], Any]:
    return sa.literal(1, sa.BigInteger), row_id


def _less_one() -> tuple[sa.ColumnElement[int], sa.ColumnElement[int | None]]:
    return sa.literal(-1, sa.BigInteger), _no_row()


def _side(row: Any) -> str:
    """Which of the two says what the other does not."""
    return "only the document says" if row.apart > 0 else "only the ledger says"


def _class_of(attempt: Any) -> sa.ColumnElement[int]:
    """The class of quarantine that a spoiled attempt went to; before there were classes it was one for all."""
    first = sa.select(sa.func.min(Entry.movement_id)).join(Account, Account.id == Entry.account_id)
    first = first.where(_SPOILED, Account.document_id != NO_DOCUMENT)
    before = attempt.movement_id < sa.func.coalesce(first.scalar_subquery(), attempt.movement_id + 1)
    named = sa.case(_CLASSES, value=_word(attempt.reason), else_=-1)
    return sa.case((attempt.reason.is_(None), NO_DOCUMENT), (before, NO_DOCUMENT), else_=named)


def _attempts() -> Iterator[str]:
    """A movement of printing took a blank for each of its attempts, undone ones too, and made of it what they say."""
    a = Attempt
    printed = _word(a.outcome) == Outcome.PRINTED.value
    whose = (a.movement_id, a.job_id, a.owner_code, a.number.is_not(None).label("numbered"))
    made = sa.case((printed, Condition.PRINTED.value), else_=Condition.SPOILED.value)
    hand = sa.func.coalesce(a.custody_id, NO_DOCUMENT)
    blank = sa.literal(Condition.BLANK.value, sa.String)
    took = sa.select(*whose, blank.label("condition"), hand.label("lies"), sa.literal(-1, sa.BigInteger), a.id)
    gave = sa.select(*whose, made, _class_of(a), *_one(a.id))
    posted = (
        sa.select(
            Movement.id, Movement.document_id, Account.owner_code, Account.numbered, _word(Account.condition),
            Account.document_id, -Entry.quantity, _no_row(),
        )
        .join(Entry, Entry.movement_id == Movement.id)
        .join(Account, Account.id == Entry.account_id)
        .where(Movement.kind == MovementKind.PRINTING)
    )  # fmt: skip
    for row in _apart(took, gave, posted):
        which = f" (attempts {row.low} to {row.high})" if row.low is not None else ""
        where = f", custody session or class {row.lies}" if row.lies else ""
        told = "with" if row.numbered else "without"
        yield (
            f"movement {row.movement_id} of job {row.job_id}{which}: attempts and entries differ by {abs(row.apart)}"
            f" {row.condition} of {row.owner_code} {told} numbers{where}"
        )


def _numbers_of_attempts() -> Iterator[str]:
    """The numbers of attempts are those that their movement brought, from where and to where they say."""
    a = Attempt
    said = sa.select(
        a.movement_id, a.id, a.number, a.owner_code, _word(a.outcome).label("outcome"), _word(a.reason).label("reason"),
        sa.func.coalesce(a.custody_id, NO_DOCUMENT).label("hand"),
    ).where(a.number.is_not(None))  # fmt: skip
    before, source = aliased(Interval), aliased(Account)
    brought = (
        sa.select(
            Interval.made_by.label("movement_id"), Interval.first, Interval.last, NumberSeries.prefix,
            NumberSeries.width, Account.owner_code, _word(Account.condition).label("condition"),
            Account.document_id.label("lies"), sa.func.coalesce(source.document_id, NO_DOCUMENT).label("hand"),
        )
        .join(Movement, sa.and_(Movement.id == Interval.made_by, Movement.kind == MovementKind.PRINTING))
        .join(NumberSeries, NumberSeries.id == Interval.series_id)
        .join(Account, Account.id == Interval.account_id)
        .outerjoin(before, before.id == Interval.came_from_id)
        .outerjoin(source, source.id == before.account_id)
        .where(Interval.split_from_id.is_(None))
    )  # fmt: skip
    queries = (said.order_by(a.movement_id), brought.order_by(Interval.made_by))
    by_movement = attrgetter("movement_id")
    for movement_id, rows in groupby(merge(*map(_rows, queries), key=by_movement), by_movement):
        yield from _numbers_of_movement(movement_id, list(rows))


def _numbers_of_movement(movement_id: int, rows: list[Any]) -> Iterator[str]:
    """Sort by sort: whose, in which condition, in which class, and out of which hand."""
    said: defaultdict[tuple[Any, ...], dict[Span, int]] = defaultdict(dict)
    brought: defaultdict[tuple[Any, ...], list[Span]] = defaultdict(list)
    for row in rows:
        if hasattr(row, "prefix"):
            spoiled = row.lies if row.condition == Condition.SPOILED.value else None
            sort = (row.owner_code, row.condition, spoiled, row.hand)
            brought[sort].append(Span(Series(row.prefix, row.width), row.first, row.last))
            continue
        printed = row.outcome == Outcome.PRINTED.value
        condition = Condition.PRINTED.value if printed else Condition.SPOILED.value
        sort = (row.owner_code, condition, None if printed else _CLASSES.get(row.reason), row.hand)
        try:
            span = numbers.read(row.number)
        except numbers.NumberUnreadable:
            yield f"attempt {row.id}: {row.number} is no number of a blank"
            continue
        if said[sort].setdefault(span, row.id) != row.id:
            yield f"attempt {row.id}: number {row.number} is attempt {said[sort][span]}'s as well"
    for sort in sorted(said.keys() | brought.keys(), key=str):
        for span in numbers.without(said[sort], brought[sort]):
            yield (
                f"attempt {said[sort][span]}: movement {movement_id} did not bring number {span} from where and to"
                " where it says"
            )
        for span in numbers.compact(numbers.without(brought[sort], said[sort])):
            yield f"movement {movement_id}: it brought {span} as {sort[1]}, of {sort[0]}, and no attempt says so"


def _undone_attempts() -> Iterator[str]:
    a, undo = Attempt, MovementKind.PRINTING_UNDO
    said = sa.select(a.undone_by.label("undo"), a.movement_id, a.job_id, *_one(a.id)).where(a.undone_by.is_not(None))
    moved = sa.select(Movement.id, Movement.corrects_id, Movement.document_id, *_less_one())
    for row in _apart(said, moved.where(Movement.kind == undo)):
        who = "" if row.low is None else f"attempt {row.low}: "
        yield f"{who}that movement {row.undo} undid one of movement {row.movement_id}, job {row.job_id}, {_side(row)}"


def _receipts() -> Iterator[str]:
    """Each receipt is a movement, and its paper says of the goods what the movement and its entries say."""
    r, m = Receipt, Movement
    goods = (r.store_code, r.item_code, _word(r.condition).label("condition"))
    paper = (r.office_code, r.document_number, r.received_on, _word(r.source).label("source"))
    said = sa.select(r.id, *goods, *paper, r.quantity, r.id.label("row_id"))
    moved = (
        sa.select(
            m.id, Account.store_code, Account.item_code, _word(Account.condition), m.office_code, m.document_number,
            m.occurred_on, m.reason, -Entry.quantity, _no_row(),
        )
        .join(Entry, Entry.movement_id == m.id)
        .join(Account, Account.id == Entry.account_id)
        .where(m.kind == MovementKind.RECEIPT, Entry.quantity > 0)
    )  # fmt: skip
    for row in _apart(said, moved):
        what = f"{abs(row.apart)} {row.item_code} ({row.condition}) at {row.store_code} from {row.source}"
        paper_of = f"by {row.document_number}, {row.received_on}, office {row.office_code}"
        yield f"receipt {row.id}: {_of_both(row)} {what} {paper_of}"


def _of_both(row: Any) -> str:
    return "it says what the ledger does not:" if row.apart > 0 else "it does not say what the ledger does:"


def _losses() -> Iterator[str]:
    """Whoever posted a loss, or closed an event with goods missing, is who reported it."""
    m = Movement
    lost = sa.exists().where(
        Entry.movement_id == m.id,
        Entry.quantity > 0,
        Entry.account_id.in_(sa.select(Account.id).where(Account.place == Place.LOST)),
    )
    said = sa.select(LossReport.id, LossReport.office_code, LossReport.reported_by, *_one(LossReport.id))
    moved = sa.select(m.id, m.office_code, m.user_id, *_less_one())
    reported = sa.or_(m.kind == MovementKind.LOSS, sa.and_(m.kind == MovementKind.CLOSING, lost))
    for row in _apart(said, moved.where(reported)):
        yield (
            f"loss report {row.id}: {_of_both(row)} a loss of office {row.office_code}, reported by user"
            f" {row.reported_by}"
        )


def _destructions() -> Iterator[str]:
    d, m = Destruction, Movement
    columns = (d.id, d.movement_id, d.store_code, d.number, d.destroyed_on)
    said = sa.select(*columns, *_one(d.id.label("row_id"))).where(d.movement_id.is_not(None))
    moved = sa.select(m.document_id, m.id, m.store_code, m.document_number, m.occurred_on, *_less_one())
    for row in _apart(said, moved.where(m.kind == MovementKind.DESTRUCTION)):
        yield (
            f"destruction {row.id}: {_of_both(row)} movement {row.movement_id} of {row.store_code}, number"
            f" {row.number}, {row.destroyed_on}"
        )


def _burned_numbers() -> Iterator[str]:
    """The numbers in the lines of an approved destruction are those that its movement brought into the fire."""
    line, before, source = DestructionLine, aliased(Interval), aliased(Account)
    said = (
        sa.select(line.destruction_id, line.id, line.item_code, line.owner_code, line.event_id,
                  _word(line.reason).label("reason"), line.intervals)
        .join(Destruction, Destruction.id == line.destruction_id)
        .where(Destruction.status == DestructionStatus.APPROVED, line.item_code.is_not(None))
        .order_by(line.destruction_id)
    )  # fmt: skip
    burned = (
        sa.select(
            Movement.document_id.label("destruction_id"), Interval.first, Interval.last, NumberSeries.prefix,
            NumberSeries.width, Account.item_code, Account.owner_code, Account.event_id,
            source.document_id.label("lay"),
        )
        .join(Interval, sa.and_(Interval.made_by == Movement.id, Interval.split_from_id.is_(None)))
        .join(NumberSeries, NumberSeries.id == Interval.series_id)
        .join(Account, Account.id == Interval.account_id)
        .join(before, before.id == Interval.came_from_id)
        .join(source, source.id == before.account_id)
        .where(Movement.kind == MovementKind.DESTRUCTION, Account.place == Place.DESTROYED)
        .order_by(Movement.document_id)
    )  # fmt: skip
    by_destruction = attrgetter("destruction_id")
    for destruction_id, rows in groupby(merge(_rows(said), _rows(burned), key=by_destruction), by_destruction):
        yield from _numbers_of_destruction(destruction_id, list(rows))


def _numbers_of_destruction(destruction_id: int, rows: list[Any]) -> Iterator[str]:
    said: defaultdict[tuple[Any, ...], list[Span]] = defaultdict(list)
    burned: defaultdict[tuple[Any, ...], list[Span]] = defaultdict(list)
    for row in rows:
        goods = (row.item_code, row.owner_code, row.event_id)
        if hasattr(row, "prefix"):
            burned[*goods, row.lay].append(Span(Series(row.prefix, row.width), row.first, row.last))
            continue
        try:
            spans = [numbers.interval(*ends) for ends in row.intervals or ()]
        except (AttributeError, RuleViolated, TypeError):
            yield f"destruction {destruction_id}: the numbers of line {row.id} cannot be read"
            continue
        said[*goods, _CLASSES.get(row.reason)] += spans
    for sort in sorted(said.keys() | burned.keys(), key=str):
        for one, other, told in ((said, burned, "its lines say"), (burned, said, "its movement says")):
            if alone := numbers.compact(numbers.without(one[sort], other[sort])):
                yield f"destruction {destruction_id}: {told} {Named(tuple(alone))} alone ({sort[0]} of {sort[1]})"


def _deliveries() -> Iterator[str]:
    """Each receipt of a transfer brought what it says, good and rejected, and its surplus by a movement of its own."""
    d, m = Delivery, Movement
    good, bad = (sa.literal(each.value, sa.String) for each in (Condition.BLANK, Condition.SPOILED))
    parts = [
        (d.movement_id, good, d.received),
        (d.movement_id, bad, d.rejected),
        (d.surplus_movement_id, good, d.surplus),
    ]
    said = [
        sa.select(
            d.transfer_id, movement.label("movement_id"), condition.label("condition"), count.label("apart"),
            d.id.label("row_id"),
        ).where(count != 0)
        for movement, condition, count in parts
    ]  # fmt: skip
    kinds = (MovementKind.DELIVERY, MovementKind.BROUGHT, MovementKind.SURPLUS)
    moved = (
        sa.select(m.document_id, m.id, _word(Account.condition), -Entry.quantity, _no_row())
        .join(Entry, Entry.movement_id == m.id)
        .join(Account, Account.id == Entry.account_id)
        .where(m.kind.in_(kinds), Account.place == Place.STORE, Entry.quantity > 0)
    )
    for row in _apart(*said, moved):
        which = "" if row.low is None else f", delivery {row.low}"
        yield (
            f"transfer {row.transfer_id}{which}: the delivery and movement {row.movement_id} differ by"
            f" {abs(row.apart)} {row.condition}"
        )


def _undone_deliveries() -> Iterator[str]:
    d = Delivery
    said = [
        sa.select(d.transfer_id, each.label("movement_id"), *_one(d.id)).where(
            each.is_not(None), d.undone_at.is_not(None)
        )
        for each in (d.movement_id, d.surplus_movement_id)
    ]
    undone = sa.select(Movement.document_id, Movement.corrects_id, *_less_one())
    for row in _apart(*said, undone.where(Movement.kind == MovementKind.UNDELIVERY)):
        yield f"transfer {row.transfer_id}: that movement {row.movement_id} was undone, {_side(row)}"


def _delivered() -> Iterator[str]:
    """A transfer's figures are what its standing receipts say, and what was found afterwards."""
    d, t = Delivery, Transfer
    names = ("received", "rejected", "surplus")
    stands = d.undone_at.is_(None)
    sums = [sa.cast(sa.func.sum(getattr(d, name)), sa.BigInteger).label(name) for name in names]
    told = sa.select(d.transfer_id, *sums).where(stands).group_by(d.transfer_id).subquery()
    late = (
        sa.select(Movement.document_id, sa.cast(sa.func.sum(Entry.quantity), sa.BigInteger).label("found"))
        .join(Entry, Entry.movement_id == Movement.id)
        .where(Movement.kind == MovementKind.FOUND, Entry.quantity > 0)
        .group_by(Movement.document_id)
        .subquery()
    )
    added: list[Any] = [sa.func.coalesce(told.c[name], 0) for name in names]
    added = [added[0] + sa.func.coalesce(late.c.found, 0), *added[1:]]
    query = (
        sa.select(t.id, *[getattr(t, name) for name in names], *[each.label(f"sum{i}") for i, each in enumerate(added)])
        .outerjoin(told, told.c.transfer_id == t.id)
        .outerjoin(late, late.c.document_id == t.id)
        .where(sa.or_(*(getattr(t, name) != each for name, each in zip(names, added, strict=True))))
    )
    for row in _rows(query):
        yield (
            f"transfer {row.id}: it says {row.received} received, {row.rejected} rejected, {row.surplus} too many; its"
            f" deliveries and what was found say {row.sum0}, {row.sum1}, {row.sum2}"
        )


def _ends_of_transfers() -> Iterator[str]:
    """What left lies under way from the sender's store, and what arrived was booked at the receiver's."""
    t, m = Transfer, Movement
    there = sa.and_(Account.place == Place.TRANSFER, Account.document_id == t.id)
    sent = sa.select(t.id, Account.store_code).join(Account, there)
    same = sa.and_(
        Account.store_code == t.from_store, Account.item_code == t.item_code, Account.owner_code == t.owner_code
    )
    arrived = sa.select(t.id, m.store_code).join(
        Delivery, sa.and_(Delivery.transfer_id == t.id, Delivery.undone_at.is_(None))
    )
    arrived = arrived.join(m, m.id == Delivery.movement_id).where(m.store_code != t.to_store)
    for row in _rows(sa.union_all(sent.where(sa.not_(same)), arrived)):
        yield f"transfer {row.id}: stores, item or owner are not those of the ledger, which names {row.store_code}"


def _sessions() -> Iterator[str]:
    s, m = CustodySession, Movement
    said = sa.select(s.id, s.movement_id, s.store_code, s.opened_on, *_one(s.id.label("row_id")))
    moved = sa.select(m.document_id, m.id, m.store_code, m.occurred_on, *_less_one())
    for row in _apart(said, moved.where(m.kind == MovementKind.CUSTODY)):
        yield (
            f"custody session {row.id}: {_of_both(row)} movement {row.movement_id} of {row.store_code}, {row.opened_on}"
        )
