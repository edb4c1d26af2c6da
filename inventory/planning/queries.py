"""Reading what planning needs, for many events and offices at once: a fixed number of queries, then pure rules.

What is on hand, pledged and on its way is what the books say now; `as_of` is the day the figures are looked at from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office
from inventory.offices.queries import get_office
from inventory.outreach.models import Event, Pledge, Stop
from inventory.outreach.queries import find_event
from inventory.outreach.rules import EventStatus, PledgeStatus
from inventory.paging import Page, Slice
from inventory.planning import flags, rules
from inventory.planning.cover import Dry, OfficeUse, dry
from inventory.planning.flags import Flag
from inventory.planning.rules import Consignment, Figures, Holding, Plan, Severity, StopPlan
from inventory.planning.uses import coming_to, holidays_of, uses
from inventory.printing.models import Attempt, PrintJob
from inventory.printing.rules import Outcome
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus
from inventory.stock.models import Account
from inventory.stock.rules import Condition, Place
from inventory.texts import Text
from inventory.transfers.models import Transfer

_OWING = (RecordingStatus.BIO_CAPTURED, RecordingStatus.SFE, RecordingStatus.PRR)
_SUPPLYING = (ItemKind.BLANK, ItemKind.RIBBON, ItemKind.FILM)
# Where something lies for an event: the event, the store and the item.
Lying = tuple[int, str, str]


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
    """Who will run short, the worst first; and the regencies with no blank of whom no use is known."""

    as_of: date
    within_days: int
    page: Page
    bare: list[OfficeUse]


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
    plans = load_plans(*_ahead(region, day), Event.starts_on <= last)
    short = [_short_event(plan, rules.figures(plan, holdings, day), day) for plan, holdings in plans]
    free = holidays_of(day.year, last.year) | holidays_of(day.year - 1, day.year)
    used = uses(region, day, free)
    short += [_dry_office(use, dry(use, day, within_days, free)) for use in used]
    found = sorted((one for one in short if one is not None), key=_worst_first)
    if wanted.descending:
        found.reverse()
    start = max(0, wanted.after[0]) if wanted.after else 0
    end = start + wanted.limit
    part = Page(found[start:end], (end,) if end < len(found) else None)
    return Shortfalls(day, within_days, part, [use for use in used if use.has_nothing])


def events_ahead(actor: Actor, region: str, day: date) -> list[tuple[Plan, Figures]]:
    """The events of a region that run or are still to come, the next one first, with what they need and have.

    Raises `OutOfReach`.
    """
    access.require(actor, Action.READ, region)
    found = [(plan, rules.figures(plan, holdings, day)) for plan, holdings in load_plans(*_ahead(region, day))]
    return sorted(found, key=lambda pair: (pair[0].starts_on, pair[0].event))


def _ahead(region: str, day: date) -> list[sa.ColumnElement[bool]]:
    planned = sa.and_(Event.status == EventStatus.PLANNED, Event.ends_on >= day)
    return [access.within(Event.host_office, region), sa.or_(planned, Event.status == EventStatus.RUNNING)]


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


def _dry_office(use: OfficeUse, found: Dry | None) -> Shortfall | None:
    if found is None:
        return None
    when = (found.runs_out_on, found.days_left, found.severity, found.quantity)
    return Shortfall("office", use.office, use.name, *when, use=use, dry=found)


def load_plans(*which: sa.ColumnElement[bool]) -> list[tuple[Plan, list[Holding]]]:
    """The plans of these events with what they have and await: six queries, however many events."""
    query = sa.select(Event, Office.time_zone, Office.spoil_rate).join(Office, Office.code == Event.host_office)
    rows = current().execute(query.where(*which).order_by(Event.id)).all()
    ids, hosts = [event.id for event, _, _ in rows], {event.host_office for event, _, _ in rows}
    stops, (owing, waiting) = _stops(ids), _owing(ids, hosts)
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
            queue=waiting.get(event.host_office, 0),
            holidays=frozenset() if event.works_holidays else holidays_of(event.starts_on.year, event.ends_on.year),
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


def _owing(ids: Collection[int], hosts: Collection[str]) -> tuple[dict[int, int], dict[str, int]]:
    """Who still waits for a card: by event, and by host those who are of no event, or of one that is over.

    The recordings of an event that still owe a card are no longer people still to record; those print-ready ones of
    the host a job of its event may print.
    """
    of_event = (
        sa.select(Recording.event_id, sa.null().label("office_code"), sa.func.count())
        .where(Recording.event_id.in_(ids), Recording.status.in_(_OWING))
        .group_by(Recording.event_id)
    )
    of_host = (
        sa.select(sa.null(), Recording.office_code, sa.func.count())
        .outerjoin(Event, Event.id == Recording.event_id)
        .where(Recording.office_code.in_(hosts), Recording.status == RecordingStatus.PRR)
        .where(sa.or_(Recording.event_id.is_(None), Event.status.in_([EventStatus.CLOSED, EventStatus.CANCELLED])))
        .group_by(Recording.office_code)
    )
    rows: Sequence[Any] = current().execute(sa.union_all(of_event, of_host)).all()
    owing = {int(event): int(count) for event, _, count in rows if event is not None}
    return owing, {office: int(count) for event, office, count in rows if event is None}


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
    items, (earmarked, pledged) = _set_aside(kits)
    coming = coming_to(Transfer.event_id.in_(kits))
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


def _set_aside(ids: Iterable[int]) -> tuple[list[Any], tuple[dict[Lying, int], dict[Lying, int]]]:
    """The items that supply printing; the good stock on the books for each event, and what of it waits by pledge."""
    listed = list(ids)
    good = (Account.place == Place.STORE, Account.condition == Condition.BLANK, Account.balance > 0)
    standing = (Pledge.event_id.in_(listed), Pledge.status == PledgeStatus.PLEDGED)
    told = sa.union_all(
        _lying(Account, Account.balance, "there").where(Account.event_id.in_(listed), *good),
        _lying(Pledge, Pledge.quantity, "pledged").where(*standing),
    ).subquery()
    query = (
        sa.select(Item.code, Item.kind, Item.cards_per_unit, told)
        .outerjoin(told, told.c.item_code == Item.code)
        .where(Item.kind.in_(_SUPPLYING))
        .order_by(Item.code)
    )
    items: dict[str, Any] = {}
    found: dict[str, dict[Lying, int]] = {"there": {}, "pledged": {}}
    for row in current().execute(query):
        items.setdefault(row.code, row)
        if row.which is not None:
            found[row.which][row.event_id, row.store_code, row.code] = int(row.quantity)
    return list(items.values()), (found["there"], found["pledged"])


def _lying(table: Any, quantity: Any, which: str) -> sa.Select[Any]:
    key = (table.event_id, table.store_code, table.item_code)
    return sa.select(sa.literal(which).label("which"), *key, sa.func.sum(quantity).label("quantity")).group_by(*key)
