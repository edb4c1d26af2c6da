"""Reading counts and the plan of counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.models import Office
from inventory.offices.queries import StoreFacts, store_facts, store_for
from inventory.offices.rules import TIME_ZONES
from inventory.opname import rules
from inventory.opname.models import Count, CountLine, CountNumbers, CountPlan
from inventory.opname.rules import CountStatus, Finding, Tally
from inventory.paging import Page, Slice, page
from inventory.stock import ledger
from inventory.stock.models import Account, Entry
from inventory.stock.numbers import Series, Span
from inventory.stock.rules import AccountKey, Place
from inventory.texts import Text


class CountNotFound(NotFound):
    """No count has this id, or it is out of the actor's reach."""

    code = "count_not_found"
    text = Text("Opname {count} tidak ditemukan.", "Count {count} was not found.")


class CountPlanNotFound(NotFound):
    """No plan of counts has this id, or none of this store that is active."""

    code = "count_plan_not_found"
    text = Text("Rencana opname {plan} tidak ditemukan.", "Count plan {plan} was not found.")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a count with its account and the numbers that were missing or unexpected."""

    row: CountLine
    key: AccountKey
    missing: tuple[Span, ...]
    unexpected: tuple[Span, ...]

    @property
    def tally(self) -> Tally:
        """What it says so far."""
        row = self.row
        lengths = (sum(map(len, self.missing)), sum(map(len, self.unexpected)))
        return Tally(row.books, row.counted, row.first_counted is not None, *lengths)


def lines_of(count_id: int) -> list[Line]:
    """All lines of a count, in their order: two queries, whatever its size."""
    query = sa.select(CountLine, Account).join(Account, Account.id == CountLine.account_id)
    rows = current().execute(query.where(CountLine.count_id == count_id).order_by(CountLine.id)).all()
    found = sa.select(CountNumbers).join(CountLine, CountLine.id == CountNumbers.line_id)
    found = found.where(CountLine.count_id == count_id).order_by(CountNumbers.id)
    spans: defaultdict[tuple[int, Finding], list[Span]] = defaultdict(list)
    for each in current().scalars(found):
        spans[each.line_id, each.finding].append(Span(Series(each.prefix, each.width), each.first, each.last))
    return [
        Line(line, ledger.key_of(account), *(tuple(spans[line.id, finding]) for finding in Finding))
        for line, account in rows
    ]


def is_told(count: Count, lines: Sequence[Line], recount_over: int | None) -> bool:
    """Whether the books may be shown: in a blind count when they are no help any more."""
    return not count.blind or not any(line.tally.waits(recount_over) for line in lines)


def get_count(actor: Actor, count_id: int) -> dict[str, Any]:
    """One count with its lines; raises `CountNotFound`. A blind one hides the books while it is counted."""
    count = current().get(Count, count_id)
    unseen = CountNotFound(count=count_id)
    if count is None:
        raise unseen
    store = store_facts(count.store_code)
    access.require(actor, Action.READ, count.office_code, event_id=store.event_id or None, unseen=unseen)
    return shown(count, lines_of(count_id), store)


def shown(count: Count, lines: Sequence[Line], store: StoreFacts) -> dict[str, Any]:
    """A count's columns, its totals, and its lines as far as they may be told."""
    limit = store.checks.recount_over
    told = is_told(count, lines, limit)
    aloud = rules.limit_told([line.tally for line in lines], limit, blind=count.blind)
    return {
        **{column.key: getattr(count, column.key) for column in Count.__table__.columns},
        "told": told,
        "to_count": sum(line.tally.waits(aloud) for line in lines) if count.status is CountStatus.OPEN else 0,
        "shortage": sum(line.tally.shortage for line in lines) if told else None,
        "surplus": sum(line.tally.surplus for line in lines) if told else None,
        "lines": [_shown_line(line, aloud, told=told) for line in lines],
    }


def _shown_line(line: Line, limit: int | None, *, told: bool) -> dict[str, Any]:
    row, key, tally = line.row, line.key, line.tally
    counted = row.books is not None
    return {
        "id": row.id,
        "item": key.item,
        "condition": key.condition,
        "reason": key.spoil_reason,
        "owner": key.owner,
        "event": key.event_id or None,
        "numbered": key.numbered,
        "counted": row.counted,
        "first_counted": row.first_counted,
        "counted_at": row.counted_at,
        "to_count": tally.waits(limit),
        "explanation": row.reason,
        "snapshot": row.snapshot if told else None,
        "moved": row.books - row.snapshot if told and row.books is not None else None,
        "books": row.books if told else None,
        "variance": tally.variance if told and counted else None,
        "missing": list(map(_interval, line.missing)) if told else None,
        "unexpected": list(map(_interval, line.unexpected)) if told else None,
    }


def _interval(span: Span) -> dict[str, Any]:
    first, last = span.written()
    return {"first": first, "last": last, "quantity": len(span)}


@dataclass(frozen=True, slots=True)
class CountFilter:
    """Which counts are wanted; None means all."""

    office: str | None = None
    store: str | None = None
    status: CountStatus | None = None
    plan: int | None = None


def list_counts(actor: Actor, which: CountFilter, wanted: Slice) -> Page:
    """The counts of the actor's subtree, without their lines."""
    query = _reach(sa.select(Count), Count, actor, which.office, which.store)
    if which.status is not None:
        query = query.where(Count.status == which.status)
    if which.plan is not None:
        query = query.where(Count.plan_id == which.plan)
    return page(query, [Count.id], wanted)


def _reach(query: Any, model: type[Count | CountPlan], actor: Actor, office: str | None, store: str | None) -> Any:
    """Narrow a list down to an office or a store, each checked; without a store to the actor's subtree."""
    if office is not None:
        access.require(actor, Action.READ, office)
        query = query.where(access.within(model.office_code, office))
    if store is not None:
        store_for(actor, Action.READ, store)
        return query.where(model.store_code == store)
    return query.where(access.within(model.office_code, actor.office))


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans are wanted; `overdue` should have been counted before today, `due_by` a day or earlier."""

    office: str | None = None
    store: str | None = None
    active: bool | None = None
    overdue: bool | None = None
    due_by: date | None = None


_PLANS = sa.select(*CountPlan.__table__.columns, Office.time_zone).join(Office, Office.code == CountPlan.office_code)


def get_plan(actor: Actor, plan_id: int) -> dict[str, Any]:
    """One plan of the actor's reach; raises `CountPlanNotFound`."""
    row = current().execute(_PLANS.where(CountPlan.id == plan_id)).first()
    if row is None or not access.may(actor, Action.READ, row.office_code):
        raise CountPlanNotFound(plan=plan_id)
    return shown_plan(row)


def shown_plan(row: Any) -> dict[str, Any]:
    """A plan, with how late its count is by the office's own day."""
    late = rules.days_late(row.next_on, clock.business_day(row.time_zone), active=row.active)
    return {**row._mapping, "days_late": late, "overdue": late > 0}  # noqa: SLF001 - SQLAlchemy's documented accessor


def list_plans(actor: Actor, which: PlanFilter, wanted: Slice) -> Page:
    """The plans of the actor's subtree, the one that is due first in front."""
    query = _reach(_PLANS, CountPlan, actor, which.office, which.store)
    if which.active is not None:
        query = query.where(CountPlan.active.is_(which.active))
    if which.overdue is not None:
        late = sa.and_(CountPlan.active, sa.or_(*[_due(z, clock.business_day(z)) for z in TIME_ZONES.values()]))
        query = query.where(late if which.overdue else sa.not_(late))
    if which.due_by is not None:
        query = query.where(CountPlan.active.is_(True), CountPlan.next_on <= which.due_by)
    return page(query, [CountPlan.next_on, CountPlan.id], wanted, rows=True)


def _due(time_zone: str, today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Office.time_zone == time_zone, CountPlan.next_on < today)


def differences() -> Iterator[str]:
    """One sentence for every line of an approved count that its movement does not say, and the reverse."""
    change = sa.func.coalesce(Entry.quantity, 0)
    query = (
        sa.select(Count.id, CountLine.account_id, CountLine.counted, CountLine.books, change.label("moved"))
        .join(CountLine, CountLine.count_id == Count.id)
        .outerjoin(Entry, sa.and_(Entry.movement_id == Count.movement_id, Entry.account_id == CountLine.account_id))
        .where(
            Count.status == CountStatus.APPROVED,
            sa.or_(CountLine.counted.is_(None), CountLine.counted - CountLine.books != change),
        )
    )
    for row in current().execute(query):
        said = "not counted" if row.counted is None else f"{row.counted} counted of {row.books}"
        yield f"count {row.id}, account {row.account_id}: {said}, its movement moved {row.moved}"
    yield from _uncounted()


def _uncounted() -> Iterator[str]:
    query = (
        sa.select(Count.id, Entry.account_id, Entry.quantity)
        .join(Entry, Entry.movement_id == Count.movement_id)
        .join(Account, sa.and_(Account.id == Entry.account_id, Account.place == Place.STORE))
        .outerjoin(CountLine, sa.and_(CountLine.count_id == Count.id, CountLine.account_id == Entry.account_id))
        .where(sa.or_(CountLine.id.is_(None), Count.status != CountStatus.APPROVED))
    )
    for row in current().execute(query):
        yield f"count {row.id}: its movement moved {row.quantity} of account {row.account_id}, which it did not count"
