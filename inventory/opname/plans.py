"""The plan of counts: who counts a store how often. Planned counters neither hold nor use its stock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor, Role
from inventory.custody.models import CustodySession
from inventory.custody.queries import UNFINISHED
from inventory.database import transaction
from inventory.errors import StaleVersion
from inventory.offices.queries import StoreFacts, store_facts, store_for
from inventory.opname import rules
from inventory.opname.models import CountPlan
from inventory.opname.queries import CountPlanNotFound
from inventory.opname.rules import CounterNotIndependent, Tie
from inventory.people.models import User
from inventory.people.queries import get_counter
from inventory.retries import FIRST, Once
from inventory.stock.models import Movement
from inventory.texts import Text


def make_plan(actor: Actor, store_code: str, counter: int, every_days: int, next_on: date, once: Once = FIRST) -> int:
    """Plan that somebody counts a store every so many days, first on `next_on`. Answers the plan's id."""
    with transaction() as session:
        store = store_for(actor, Action.APPROVE, store_code)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_not_past(next_on, clock.business_day(store.time_zone))
        check_counter(session, store, counter, "/counter")
        plan = CountPlan(
            office_code=store.office,
            store_code=store.code,
            counter_id=counter,
            every_days=every_days,
            next_on=next_on,
            active=True,
        )
        session.add(plan)
        session.flush()
        facts = {"store": store.code, "counter": counter, "every_days": every_days}
        audit.record(session, actor, "make_count_plan", "count_plan", plan.id, store.office, **facts)
        return once.keep(session, plan.id)


def change_plan(actor: Actor, plan_id: int, version: int, changes: dict[str, Any]) -> int:
    """Change a plan's counter, rhythm or next day, or put it aside; raises `StaleVersion`. Answers its id."""
    with transaction() as session:
        plan = session.get(CountPlan, plan_id, with_for_update=True)
        unseen = CountPlanNotFound(plan=plan_id)
        if plan is None:
            raise unseen
        access.require(actor, Action.APPROVE, plan.office_code, unseen=unseen)
        if plan.version != version:
            raise StaleVersion(
                subject="count_plan",
                key=plan_id,
                what=Text("Rencana opname", "The count plan"),
                current=plan.version,
                yours=version,
            )
        store = store_facts(plan.store_code)
        if (on := changes.get("next_on")) is not None:
            rules.check_not_past(on, clock.business_day(store.time_zone))
        if (counter := changes.get("counter_id")) is not None:
            check_counter(session, store, counter, "/counter")
        for name, value in changes.items():
            setattr(plan, name, value)
        plan.version += 1
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()}
        audit.record(session, actor, "change_count_plan", "count_plan", plan_id, plan.office_code, **told)
        return plan_id


def plan_to_count(session: Session, store: StoreFacts, plan_id: int) -> CountPlan:
    """The active plan of this store with this id; raises `CountPlanNotFound`."""
    plan = session.get(CountPlan, plan_id)
    if plan is None or plan.store_code != store.code or not plan.active:
        raise CountPlanNotFound(pointer="/plan", plan=plan_id)
    return plan


def fulfil(session: Session, store: StoreFacts, plan_id: int) -> None:
    """The planned count was approved today: the next one is due so many days from now."""
    plan = session.get_one(CountPlan, plan_id, with_for_update=True)
    plan.next_on = clock.business_day(store.time_zone) + timedelta(days=plan.every_days)
    plan.version += 1


def check_counter(session: Session, store: StoreFacts, user_id: int, pointer: str) -> None:
    """Raise `CounterUnknown`, or `CounterNotIndependent` for who holds or uses the store's stock."""
    user = get_counter(user_id, store.office, pointer)
    if (tie := _tie(session, store, user)) is not None:
        raise CounterNotIndependent(pointer=pointer, user=user_id, store=store.code, tie=tie)


def _tie(session: Session, store: StoreFacts, user: User) -> Tie | None:
    if user.role is Role.PRINTER and user.office_code == store.office:
        return Tie.PRINTS_THERE
    if holds(session, store, user.id):
        return Tie.HOLDS_BLANKS
    return Tie.MOVED_STOCK if _moved(session, store, user.id) else None


def holds(session: Session, store: StoreFacts, user_id: int) -> bool:
    """Whether the user has blanks of the store in hand."""
    query = sa.select(CustodySession.id).where(
        CustodySession.store_code == store.code,
        CustodySession.status.in_(UNFINISHED),
        CustodySession.holder_id == user_id,
    )
    return session.execute(query.limit(1)).first() is not None


def _moved(session: Session, store: StoreFacts, user_id: int) -> bool:
    """Whether the user moved stock of the store lately: the office's newest movements are read, never the ledger."""
    since = clock.now() - timedelta(days=rules.USED_WITHIN_DAYS)
    before = (
        sa.select(Movement.id)
        .where(Movement.office_code == store.office, Movement.posted_at < since)
        .order_by(Movement.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(Movement.id).where(
        Movement.office_code == store.office,
        Movement.id > sa.func.coalesce(before, 0),
        Movement.posted_at >= since,
        Movement.store_code == store.code,
        Movement.user_id == user_id,
    )
    return session.execute(query.limit(1)).first() is not None
