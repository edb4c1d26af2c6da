"""What each office has in its ordinary stores, used lately and awaits: always as many queries, however many offices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from holidays import country_holidays

from inventory import access
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.offices.rules import TIME_ZONES, StoreKind
from inventory.planning import rules
from inventory.planning.cover import OfficeUse
from inventory.planning.rules import Consignment
from inventory.printing.models import Attempt, PrintJob
from inventory.stock.models import Account
from inventory.stock.rules import NO_EVENT, Condition, Place
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus

# The calendar knows these years; before and after them every weekday counts as a working day.
_CALENDAR_YEARS = (1946, 2100)
_COMING = (TransferStatus.APPROVED, TransferStatus.DISPATCHED)


@lru_cache
def holidays_of(first_year: int, last_year: int) -> frozenset[date]:
    """The public holidays of these years."""
    years = range(max(first_year, _CALENDAR_YEARS[0]), min(last_year, _CALENDAR_YEARS[1]) + 1)
    return frozenset(country_holidays("ID", years=years)) if years else frozenset()


def working_days_of(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, by the calendar of the country."""
    return rules.working_days(first, last, holidays_of(first.year, last.year))


def recent_from(day: date) -> date:
    """The first of the days up to `day` from which an office's daily use is learned."""
    return day - timedelta(days=rules.RECENT_DAYS - 1)


def uses(region: str, day: date, free: frozenset[date]) -> list[OfficeUse]:
    """What each office of a region has, used lately, and awaits: three queries."""
    first = recent_from(day)
    printed = _printed(region, first, day)
    days = len(rules.working_days(first, day, free))
    stock = _stock(region)
    coming: defaultdict[str, list[Consignment]] = defaultdict(list)
    blanks = sa.select(Item.code).where(Item.kind == ItemKind.BLANK)
    here = sa.and_(
        access.within(Transfer.to_office, region), Transfer.event_id == NO_EVENT, Transfer.item_code.in_(blanks)
    )
    for row, consignment in coming_to(here):
        coming[row.to_office].append(consignment)
    return [
        OfficeUse(row.code, row.name, stock.get(row.code, 0), int(row.used), days, tuple(coming[row.code]))
        for row in printed
    ]


def _printed(region: str, first: date, last: date) -> Sequence[Any]:
    """The standing attempts of each office from its ordinary stores, counted in the office's own days.

    What an event prints from its kit says nothing of the office's daily use.
    """
    printed = (
        sa.select(Office.code, sa.func.count().label("used"))
        .join(PrintJob, PrintJob.office_code == Office.code)
        .join(Attempt, Attempt.job_id == PrintJob.id)
        .join(Store, Store.code == PrintJob.store_code)
        .where(access.within(Office.code, region), Store.kind != StoreKind.EVENT_KIT)
        .where(*attempted(first, last))
        .group_by(Office.code)
        .subquery()
    )
    query = (
        sa.select(Office.code, Office.name, sa.func.coalesce(printed.c.used, 0).label("used"))
        .outerjoin(printed, printed.c.code == Office.code)
        .where(access.within(Office.code, region))
        .order_by(Office.code)
    )
    return current().execute(query).all()


def attempted(first: date, last: date, when: Any = Attempt.attempted_at) -> list[sa.ColumnElement[bool]]:
    """The conditions of standing attempts on these days, told by the zone of the `Office` that the query joins."""

    def start_of(day: date, zone: str) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(zone))

    after = last + timedelta(days=1)
    # Wide enough for all zones: what an index can serve before each zone's own days are told apart.
    roughly = when.between(start_of(first, TIME_ZONES["WIT"]), start_of(after, TIME_ZONES["WIB"]))
    by_zone = sa.or_(*(
        sa.and_(
            Office.time_zone == zone,
            when >= start_of(first, zone),
            when < start_of(after, zone),
        )
        for zone in TIME_ZONES.values()
    ))  # fmt: skip
    return [Attempt.undone_by.is_(None), roughly, by_zone]


def _stock(region: str) -> dict[str, int]:
    """The blanks on hand in each office's ordinary stores that are its own and set aside for no event."""
    query = (
        sa.select(Account.office_code, sa.func.sum(Account.balance))
        .join(Item, Item.code == Account.item_code)
        .join(Store, Store.code == Account.store_code)
        .where(access.within(Account.office_code, region), Item.kind == ItemKind.BLANK)
        .where(Account.place == Place.STORE, Account.condition == Condition.BLANK, Account.event_id == NO_EVENT)
        .where(Account.owner_code == Account.office_code, Store.kind != StoreKind.EVENT_KIT)
        .group_by(Account.office_code)
    )
    return {office: int(balance) for office, balance in current().execute(query)}


def coming_to(which: sa.ColumnElement[bool]) -> list[tuple[Any, Consignment]]:
    """What is approved or under way and not yet told of on arrival; the goods of pledges are counted as pledged."""
    sent = Transfer.dispatched - Transfer.received - Transfer.rejected - Transfer.missing
    left = sa.case((Transfer.status == TransferStatus.APPROVED, Transfer.approved), else_=sent)
    query = (
        sa.select(
            Transfer.id,
            Transfer.event_id,
            Transfer.item_code,
            Transfer.to_office,
            Transfer.expected_on,
            left.label("left"),
        )
        .where(which, Transfer.status.in_(_COMING), Transfer.pledge_id.is_(None), left > 0)
        .order_by(Transfer.id)
    )
    return [(row, Consignment(row.id, int(row.left), row.expected_on)) for row in current().execute(query)]
