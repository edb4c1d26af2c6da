"""Reading what planning needs, for many events and offices at once: a fixed number of queries, then pure rules.

What is on hand, pledged and on its way is what the books say now; `as_of` is the day the figures are looked at from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from holidays import country_holidays

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.offices.queries import get_office
from inventory.offices.rules import TIME_ZONES, StoreKind
from inventory.outreach.models import Event, Pledge, Stop
from inventory.outreach.queries import find_event
from inventory.outreach.rules import EventStatus, PledgeStatus
from inventory.paging import Page, Slice
from inventory.planning import flags, rules
from inventory.planning.flags import Flag
from inventory.planning.rules import Consignment, Dry, Figures, Holding, OfficeUse, Plan, Severity, StopPlan
from inventory.printing.models import Attempt, PrintJob
from inventory.printing.rules import Outcome
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus
from inventory.stock.models import Account
from inventory.stock.rules import NO_EVENT, Condition, Place
from inventory.texts import Text
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus

# The calendar knows these years; before and after them every weekday counts as a working day.
_CALENDAR_YEARS = (1946, 2100)
_OWING = (RecordingStatus.BIO_CAPTURED, RecordingStatus.SFE, RecordingStatus.PRR)
_COMING = (TransferStatus.APPROVED, TransferStatus.DISPATCHED)
_SUPPLYING = (ItemKind.BLANK, ItemKind.RIBBON, ItemKind.FILM)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer for one event."""

    plan: Plan
    as_of: date
    figures: Figures
    flags: list[Flag]
    confidence: Text


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One event or office that will run short; `figures` are an event's, `use` and `dry` an office's."""

    kind: str
    office: str
    name: str
    needed_on: date
    days_left: int
    severity: Severity
    quantity: int
    event: int | None = None
    figures: Figures | None = None
    use: OfficeUse | None = None
    dry: Dry | None = None


@dataclass(frozen=True, slots=True)
class Shortfalls:
    """Who will run short, the worst first."""

    as_of: date
    within_days: int
    page: Page


def readiness(actor: Actor, event_id: int, as_of: date | None = None) -> Readiness:
    """Need against what will be there for one event that the actor may see; raises `EventNotFound`."""
    event = find_event(actor, event_id)
    zone = current().scalars(sa.select(Office.time_zone).where(Office.code == event.host_office)).one()
    day = as_of or clock.business_day(zone)
    ((plan, holdings),) = load_plans(Event.id == event_id)
    figures = rules.figures(plan, holdings, day)
    return Readiness(plan, day, figures, flags.flags_of(plan, figures, day), flags.confidence_of(plan))


def shortfalls(actor: Actor, region: str, within_days: int, as_of: date | None, wanted: Slice) -> Shortfalls:
    """The events and offices of a region that run short within so many days, the worst first.

    `wanted.after` is how many were given already. Raises `OutOfReach`, or `OfficeNotFound` for a region without one.
    """
    access.require(actor, Action.READ, region)
    office = get_office(actor, region)
    day = as_of or clock.business_day(office.time_zone)
    last = day + timedelta(days=within_days)
    ahead = sa.or_(
        sa.and_(Event.status == EventStatus.PLANNED, Event.ends_on >= day), Event.status == EventStatus.RUNNING
    )
    plans = load_plans(access.within(Event.host_office, region), ahead, Event.starts_on <= last)
    short = [_short_event(plan, rules.figures(plan, holdings, day), day) for plan, holdings in plans]
    free = _holidays(day.year, last.year) | _holidays(day.year - 1, day.year)
    short += [_dry_office(use, rules.dry(use, day, within_days, free)) for use in _uses(region, day, free)]
    found = sorted((one for one in short if one is not None), key=_worst_first)
    if wanted.descending:
        found.reverse()
    start = max(0, wanted.after[0]) if wanted.after else 0
    end = start + wanted.limit
    return Shortfalls(day, within_days, Page(found[start:end], (end,) if end < len(found) else None))


def _worst_first(one: Shortfall) -> tuple[Any, ...]:
    return list(Severity).index(one.severity), one.days_left, -one.quantity, one.kind, one.office, one.event or 0


def _short_event(plan: Plan, figures: Figures, day: date) -> Shortfall | None:
    found = list(flags.shortages(plan, figures, day))
    if not found:
        return None
    worst = min(found, key=lambda flag: (list(Severity).index(flag.severity), -flag.quantity))
    quantity = figures.shortfall.likely or figures.shortfall.high or figures.shortfall.by_target
    on = flags.needed_on(plan, day)
    return Shortfall(
        "event", plan.office, plan.name, on, (on - day).days, worst.severity, quantity, plan.event, figures
    )


def _dry_office(use: OfficeUse, dry: Dry | None) -> Shortfall | None:
    if dry is None:
        return None
    return Shortfall(
        "office",
        use.office,
        use.name,
        dry.runs_out_on,
        dry.days_left,
        dry.severity,
        dry.quantity,
        use=use,
        dry=dry,
    )


@lru_cache
def _holidays(first_year: int, last_year: int) -> frozenset[date]:
    years = range(max(first_year, _CALENDAR_YEARS[0]), min(last_year, _CALENDAR_YEARS[1]) + 1)
    return frozenset(country_holidays("ID", years=years)) if years else frozenset()


def load_plans(*which: sa.ColumnElement[bool]) -> list[tuple[Plan, list[Holding]]]:
    """The plans of these events with what they have and await: ten queries, however many events."""
    query = sa.select(Event, Office.time_zone, Office.spoil_rate).join(Office, Office.code == Event.host_office)
    rows = current().execute(query.where(*which).order_by(Event.id)).all()
    ids, hosts = [event.id for event, _, _ in rows], {event.host_office for event, _, _ in rows}
    stops, owing, waiting = _stops(ids), _owing(ids), _waiting(hosts)
    unknown = {event.host_office for event, _, rate in rows if event.spoil_rate is None and rate is None}
    attempts = _attempts(unknown)
    holdings = _holdings({event.id: event.store_code for event, _, _ in rows})
    found = []
    for event, zone, office_rate in rows:
        plan = Plan(
            event=event.id,
            name=event.name,
            office=event.host_office,
            time_zone=zone,
            status=event.status,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            opens_at=event.opens_at,
            closes_at=event.closes_at,
            deadline_on=event.deadline_on,
            turnouts=(event.turnout_low, event.turnout_likely, event.turnout_high),
            cards_per_person=event.cards_per_person,
            replacements=event.replacements,
            backlog=owing.get(event.id, 0) + waiting.get(event.host_office, 0),
            spoil=rules.spoil_rate(event.spoil_rate, office_rate, *attempts.get(event.host_office, (0, 0))),
            stops=tuple(stops[event.id]),
            holidays=frozenset() if event.works_holidays else _holidays(event.starts_on.year, event.ends_on.year),
        )
        found.append((plan, holdings[event.id]))
    return found


def _stops(ids: Collection[int]) -> dict[int, list[StopPlan]]:
    recorded = (
        sa.select(Recording.stop_id, sa.func.count().label("count"))
        .where(Recording.event_id.in_(ids), Recording.status != RecordingStatus.FAILED)
        .group_by(Recording.stop_id)
        .subquery()
    )
    query = (
        sa.select(Stop, sa.func.coalesce(recorded.c.count, 0))
        .outerjoin(recorded, recorded.c.stop_id == Stop.id)
        .where(Stop.event_id.in_(ids))
        .order_by(Stop.id)
    )
    found: defaultdict[int, list[StopPlan]] = defaultdict(list)
    for stop, count in current().execute(query):
        window = (stop.starts_at, stop.ends_at)
        found[stop.event_id].append(
            StopPlan(*window, stop.target_people, int(count), stop.kits, stop.minutes_per_recording)
        )
    return found


def _owing(ids: Collection[int]) -> dict[int, int]:
    """The recordings of each event that still owe a card: they are no longer people still to record."""
    query = sa.select(Recording.event_id, sa.func.count()).group_by(Recording.event_id)
    rows = current().execute(query.where(Recording.event_id.in_(ids), Recording.status.in_(_OWING)))
    return {int(event or 0): count for event, count in rows}


def _waiting(hosts: Collection[str]) -> dict[str, int]:
    """Each host's print-ready recordings of no event, or of one that is over: a job of its event may print them."""
    query = (
        sa.select(Recording.office_code, sa.func.count())
        .outerjoin(Event, Event.id == Recording.event_id)
        .where(Recording.office_code.in_(hosts), Recording.status == RecordingStatus.PRR)
        .where(sa.or_(Recording.event_id.is_(None), Event.status.in_([EventStatus.CLOSED, EventStatus.CANCELLED])))
        .group_by(Recording.office_code)
    )
    return {row[0]: row[1] for row in current().execute(query)}


def _attempts(offices: Collection[str]) -> dict[str, tuple[int, int]]:
    """The standing attempts of each office: how many were spoiled, and how many there were."""
    spoiled = sa.func.sum(sa.case((Attempt.outcome == Outcome.SPOILED, 1), else_=0))
    query = (
        sa.select(PrintJob.office_code, spoiled, sa.func.count())
        .join(Attempt, Attempt.job_id == PrintJob.id)
        .where(PrintJob.office_code.in_(offices), Attempt.undone_by.is_(None))
        .group_by(PrintJob.office_code)
    )
    return {office: (int(bad), int(all_)) for office, bad, all_ in current().execute(query)}


def _holdings(kits: dict[int, str | None]) -> dict[int, list[Holding]]:
    """What each event has and awaits, a holding per item.

    What is earmarked outside the kit is pledged as far as pledges stand there; the rest came by a transfer for the
    event and is on hand. A pledge of which blanks were spoiled or lost counts for what is still there.
    """
    query = sa.select(Item.code, Item.kind, Item.cards_per_unit).where(Item.kind.in_(_SUPPLYING)).order_by(Item.code)
    items = current().execute(query).all()
    earmarked, pledged, coming = _earmarked(kits), _pledged(kits), _coming(Transfer.event_id.in_(kits))
    on_hand: defaultdict[tuple[int, str], int] = defaultdict(int)
    promised: defaultdict[tuple[int, str], int] = defaultdict(int)
    for (event, store, item), balance in earmarked.items():
        part = 0 if store == kits[event] else min(balance, pledged.get((event, store, item), 0))
        promised[event, item] += part
        on_hand[event, item] += balance - part
    awaited: defaultdict[tuple[int, str], list[Consignment]] = defaultdict(list)
    for row, consignment in coming:
        awaited[row.event_id, row.item_code].append(consignment)
    return {
        event: [
            Holding(
                item.kind,
                item.cards_per_unit,
                on_hand[event, item.code],
                promised[event, item.code],
                tuple(awaited[event, item.code]),
            )
            for item in items
        ]
        for event in kits
    }


def _earmarked(ids: Iterable[int]) -> dict[tuple[int, str, str], int]:
    columns = (Account.event_id, Account.store_code, Account.item_code)
    query = sa.select(*columns, sa.func.sum(Account.balance)).group_by(*columns)
    good = (Account.place == Place.STORE, Account.condition == Condition.BLANK, Account.balance > 0)
    rows = current().execute(query.where(Account.event_id.in_(list(ids)), *good))
    return {(event, store, item): int(balance) for event, store, item, balance in rows}


def _pledged(ids: Iterable[int]) -> dict[tuple[int, str, str], int]:
    columns = (Pledge.event_id, Pledge.store_code, Pledge.item_code)
    query = sa.select(*columns, sa.func.sum(Pledge.quantity)).group_by(*columns)
    rows = current().execute(query.where(Pledge.event_id.in_(list(ids)), Pledge.status == PledgeStatus.PLEDGED))
    return {(event, store, item): int(quantity) for event, store, item, quantity in rows}


def _coming(which: sa.ColumnElement[bool]) -> list[tuple[Any, Consignment]]:
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


def _uses(region: str, day: date, free: frozenset[date]) -> list[OfficeUse]:
    """What each office of a region that printed lately has, used, and awaits: three queries."""
    first = day - timedelta(days=rules.RECENT_DAYS - 1)
    printed = _printed(region, first, day)
    if not printed:
        return []
    days = len(rules.working_days(first, day, free))
    stock = _stock(region)
    coming: defaultdict[str, list[Consignment]] = defaultdict(list)
    blanks = sa.select(Item.code).where(Item.kind == ItemKind.BLANK)
    here = sa.and_(
        access.within(Transfer.to_office, region), Transfer.event_id == NO_EVENT, Transfer.item_code.in_(blanks)
    )
    for row, consignment in _coming(here):
        coming[row.to_office].append(consignment)
    return [
        OfficeUse(row.code, row.name, stock.get(row.code, 0), int(row.used), days, tuple(coming[row.code]))
        for row in printed
    ]


def _printed(region: str, first: date, last: date) -> Sequence[Any]:
    """The standing attempts of each office from its ordinary stores, counted in the office's own days.

    What an event prints from its kit says nothing of the office's daily use.
    """

    def start_of(day: date, zone: str) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(zone))

    # Wide enough for all zones: what an index can serve before each zone's own days are told apart.
    roughly = Attempt.attempted_at.between(
        start_of(first, TIME_ZONES["WIT"]), start_of(last + timedelta(days=1), TIME_ZONES["WIB"])
    )

    lately = sa.or_(*(
        sa.and_(
            Office.time_zone == zone,
            Attempt.attempted_at >= start_of(first, zone),
            Attempt.attempted_at < start_of(last + timedelta(days=1), zone),
        )
        for zone in TIME_ZONES.values()
    ))  # fmt: skip
    query = (
        sa.select(Office.code, Office.name, sa.func.count().label("used"))
        .join(PrintJob, PrintJob.office_code == Office.code)
        .join(Attempt, Attempt.job_id == PrintJob.id)
        .join(Store, Store.code == PrintJob.store_code)
        .where(access.within(Office.code, region), Store.kind != StoreKind.EVENT_KIT)
        .where(Attempt.undone_by.is_(None), roughly, lately)
        .group_by(Office.code, Office.name)
        .order_by(Office.code)
    )
    return current().execute(query).all()


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
