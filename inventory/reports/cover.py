"""How long the blanks of offices last: always as many statements, however many offices and however old the books.

Stock comes from balances, found by their whole key; use from the sums of what moved.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.offices.queries import OfficeNotFound
from inventory.offices.rules import OfficeLevel, StoreKind, level_of, time_zone_of
from inventory.outreach.models import Event
from inventory.outreach.rules import ALIVE
from inventory.planning.cover import Cover
from inventory.planning.uses import attempted, recent_from, working_days_of
from inventory.printing.models import Attempt, PrintJob
from inventory.reports import flows
from inventory.stock.models import Account
from inventory.stock.rules import NO_EVENT, Condition, Place

_A_DAY = timedelta(days=1)


def covers(actor: Actor, region: str, as_of: date | None = None) -> list[Cover]:
    """The cover of each office of a subtree, the region's own included, by code.

    Stock is what the books say now; use is learned from the days up to `as_of`. Raises `OutOfReach`, or
    `OfficeNotFound` for a region without an office.
    """
    access.require(actor, Action.READ, region)
    columns = (Office.code, Office.name, Office.reorder_at)
    query = sa.select(*columns).where(access.within(Office.code, region)).order_by(Office.code)
    offices = current().execute(query).all()
    if region not in {office.code for office in offices}:
        raise OfficeNotFound(office=region)
    last = as_of or clock.business_day(time_zone_of(region))
    first = recent_from(last)
    days = len(working_days_of(first, last))
    stock = _stock(region)
    used = flows.used_in_printing(region, first, last + _A_DAY)
    at_events = _used_at_events(region, first, last)
    return [
        Cover(
            office.code,
            office.name,
            *stock.get(office.code, (0, 0)),
            max(0, used.get(office.code, 0) - at_events.get(office.code, 0)),
            days,
            office.reorder_at,
        )
        for office in offices
    ]


def names(actor: Actor, region: str) -> dict[str, str]:
    """What the offices of a subtree are called, by code. Raises `OutOfReach`."""
    access.require(actor, Action.READ, region)
    query = sa.select(Office.code, Office.name).where(access.within(Office.code, region)).order_by(Office.code)
    return {row.code: row.name for row in current().execute(query)}


def _stock(region: str) -> dict[str, tuple[int, int]]:
    """The blanks in each office's ordinary stores: its own and free, and those set aside for events."""
    rows = current().execute(_stock_statement(level_of(region)), {"region": region})
    return {code: (int(free), int(aside)) for code, free, aside in rows}


# Putting it together takes as long as the database needs for it.
@cache
def _stock_statement(level: OfficeLevel) -> sa.Select[Any]:
    region = sa.bindparam("region", type_=sa.String)
    here = [access.within_any(Store.office_code, level, region), Store.kind != StoreKind.EVENT_KIT]
    nothing = sa.literal_column("0", sa.BigInteger)
    # The whole key of an account is found by its index; all accounts there ever were would have to be gone through.
    words = [
        Store.code + f"|{Place.STORE}|0|" + Item.code + f"|{Condition.BLANK}|" + Store.office_code + f"|0|{numbered}"
        for numbered in (0, 1)
    ]
    free = (
        sa.select(Store.office_code, Account.balance.label("free"), nothing.label("earmarked"))
        .select_from(Store)
        .join(Item, Item.kind == ItemKind.BLANK)
        .join(Account, Account.word.in_(words))
        .where(*here)
    )
    # Only what is earmarked at all is looked through, by its index: most accounts belong to no event.
    aside = (
        sa.select(Account.office_code, nothing.label("free"), Account.balance.label("earmarked"))
        .select_from(Account)
        .join(Event, sa.and_(Event.id == Account.event_id, Event.status.in_(ALIVE)))
        .join(Store, Store.code == Account.store_code)
        .join(Item, sa.and_(Item.code == Account.item_code, Item.kind == ItemKind.BLANK))
        .where(*here, Account.event_id > NO_EVENT)
        .where(Account.place == Place.STORE, Account.condition == Condition.BLANK)
    )
    both = sa.union_all(free, aside).subquery("both")
    query = sa.select(both.c.office_code, sa.func.sum(both.c.free), sa.func.sum(both.c.earmarked))
    return query.group_by(both.c.office_code)


def _used_at_events(region: str, first: date, last: date) -> dict[str, int]:
    """What the kits of events took in these days: it says nothing of an office's daily use."""
    # Found by the jobs of events, which are few: by its time alone every attempt of a month would be gone through.
    when = sa.func.coalesce(Attempt.attempted_at, Attempt.attempted_at)
    query: Any = (
        sa.select(PrintJob.office_code, sa.func.count())
        .select_from(Event)
        .join(PrintJob, PrintJob.event_id == Event.id)
        .join(Store, sa.and_(Store.code == PrintJob.store_code, Store.kind == StoreKind.EVENT_KIT))
        .join(Office, Office.code == PrintJob.office_code)
        .join(Attempt, Attempt.job_id == PrintJob.id)
        .where(access.within(PrintJob.office_code, region), *attempted(first, last, when))
        # Nothing is printed from a kit once its event is closed.
        .where(sa.or_(Event.closed_at.is_(None), Event.closed_at >= datetime.combine(first, time(), UTC) - _A_DAY))
        .group_by(PrintJob.office_code)
    )
    return {office: int(count) for office, count in current().execute(query)}
