"""Reading what a print night needs: a fixed number of queries, then pure arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory import clock
from inventory.access import Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.errors import RuleViolated
from inventory.offices.models import Store
from inventory.offices.rules import StoreKind
from inventory.outreach.models import Event
from inventory.outreach.queries import counts_blind, find_event
from inventory.outreach.rules import ALIVE, EventStatus
from inventory.planning import night_words, nights, queries, rules
from inventory.planning.night_words import Said
from inventory.planning.nights import Addition, Fleet, Night, Outcome, Stock
from inventory.planning.rules import Holding, Plan, exact
from inventory.printing.machines import USUAL_PER_HOUR, PrinterStatus
from inventory.printing.models import Printer
from inventory.printing.rules import EventNotPrinting
from inventory.printing.supplies import mounted_in
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus
from inventory.stock.models import Account
from inventory.stock.rules import Condition, Place
from inventory.texts import Text

_OWING = (RecordingStatus.BIO_CAPTURED, RecordingStatus.SFE, RecordingStatus.PRR)


class DayOutsideEvent(RuleViolated):
    """A print night follows a day of the event."""

    code = "day_outside_event"
    text = Text(
        "{day} bukan hari acara; acara berlangsung {first} sampai {last}.",
        "{day} is no day of the event, which lasts from {first} to {last}.",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which night is asked about, and what to take instead of what is known of printers and shift."""

    on: date | None = None
    until: time = time(8)
    printers: int | None = None
    cards_per_hour: float | None = None
    shift_hours: float | None = None
    starts_at: time | None = None


@dataclass(frozen=True, slots=True)
class PrintNight:
    """The answer for one night."""

    plan: Plan
    on: date
    night: Night
    outcome: Outcome
    recorded: list[tuple[datetime, int]]
    ready: int
    verdict: Text
    assumptions: list[Text]
    ways: list[tuple[Addition, Text]]


def print_night(actor: Actor, event_id: int, asked: Asked) -> PrintNight:
    """Whether the cards of a day are printed by the next morning; raises `EventNotFound`, `EventNotPrinting`."""
    event = find_event(actor, event_id)
    if event.status not in ALIVE:
        raise EventNotPrinting(event=event_id, status=event.status)
    ((plan, holdings),) = queries.load_plans(Event.id == event_id)
    zone = ZoneInfo(plan.time_zone)
    now = clock.now().astimezone(zone)
    day = _day(plan, asked, now)
    opens = datetime.combine(day, plan.opens_at, zone)
    until = _next(asked.until, datetime.combine(day, plan.closes_at, zone))
    begins = min(max(now, opens), until)
    hours = list(nights.hours_between(begins, until))
    told = _told(event_id, opens, begins)
    printers = _printers(event.store_code, plan.office)
    night = Night(
        begins_at=begins,
        until=until,
        prints_from=begins if asked.starts_at is None else max(begins, _next(asked.starts_at, opens)),
        shift_hours=None if asked.shift_hours is None else exact(asked.shift_hours),
        owed=Fraction(told.owing.total()),
        coming=nights.coming(plan, now, day, hours),
        spoil=exact(plan.spoil.rate),
        fleet=_fleet(printers, asked),
        stock=_stock(plan, holdings, printers, told.in_hand),
    )
    outcome = nights.outcome(night)
    limited = any(each.daily_limit is not None for each in printers)
    blind = counts_blind(actor, event, plan.time_zone)
    said = Said(plan, night, outcome, plan.backlog - told.owing.total(), limited, blind)
    return PrintNight(
        plan=plan,
        on=day,
        night=night,
        outcome=outcome,
        recorded=told.recorded,
        ready=told.owing[RecordingStatus.PRR],
        verdict=night_words.verdict(said),
        assumptions=night_words.assumptions(said),
        ways=[(more, night_words.way(more)) for more in outcome.ways],
    )


def _day(plan: Plan, asked: Asked, now: datetime) -> date:
    """The day whose night is meant: today's, or until the morning yesterday's; a coming event's first."""
    if asked.on is not None:
        if not plan.starts_on <= asked.on <= plan.ends_on:
            raise DayOutsideEvent(pointer="on", day=asked.on, first=plan.starts_on, last=plan.ends_on)
        return asked.on
    today = now.date()
    if plan.status is EventStatus.RUNNING and now.time() < min(asked.until, plan.opens_at):
        today -= timedelta(days=1)
    return min(max(today, plan.starts_on), plan.ends_on)


def _next(at: time, behind: datetime) -> datetime:
    """The first such time of day that is not before an instant."""
    same = datetime.combine(behind.date(), at, behind.tzinfo)
    return same if same >= behind else same + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the books tell of an event: who still owes a card, the blanks in hands, who was recorded in which hour."""

    owing: Counter[RecordingStatus]
    in_hand: int
    recorded: list[tuple[datetime, int]]


def _told(event_id: int, opens: datetime, now: datetime) -> _Told:
    """All of it in one statement."""
    mine = sa.select(sa.func.count()).where(Recording.event_id == event_id)
    of_status = [mine.where(Recording.status == status).scalar_subquery() for status in _OWING]
    # Printing staff hold the blanks that were handed out for a shift.
    in_hand = (
        sa.select(sa.func.coalesce(sa.func.sum(Account.balance), 0))
        .join(Item, Item.code == Account.item_code)
        .where(Account.event_id == event_id, Account.place == Place.CUSTODY, Account.condition == Condition.BLANK)
        .where(Item.kind == ItemKind.BLANK)
        .scalar_subquery()
    )
    hours, when = list(nights.hours_between(opens, now)), Recording.recorded_at
    counts = [sa.func.sum(sa.case((sa.and_(when >= start, when < end), 1), else_=0)) for start, end in hours]
    query = sa.select(*of_status, in_hand, *[sa.func.coalesce(count, 0) for count in counts])
    if hours:
        came = sa.and_(Recording.event_id == event_id, Recording.status != RecordingStatus.FAILED)
        query = query.select_from(Recording).where(came, when >= opens, when < now)
    row = [int(figure) for figure in current().execute(query).one()]
    first = len(_OWING)
    by_hour = zip((start for start, _ in hours), row[first + 1 :], strict=True)
    return _Told(Counter(dict(zip(_OWING, row[:first], strict=True))), row[first], list(by_hour))


def _printers(kit: str | None, host: str) -> Sequence[Any]:
    """The working printers of the event's kit; where none stand there, those of the host's own stores."""
    rows = (
        current()
        .execute(
            sa.select(
                Printer.id,
                Printer.store_code,
                Printer.capacity_per_hour,
                Printer.rest_after_cards,
                Printer.rest_minutes,
                Printer.daily_limit,
            )
            .join(Store, Store.code == Printer.store_code)
            .where(Printer.office_code == host, Printer.status == PrinterStatus.WORKING)
            .where(sa.or_(Store.kind != StoreKind.EVENT_KIT, Store.code == kit))
            .order_by(Printer.id)
        )
        .all()
    )
    return [row for row in rows if row.store_code == kit] or rows


def _fleet(printers: Sequence[Any], asked: Asked) -> Fleet:
    """The printers as they are known, or as many and as fast as was asked."""
    number = len(printers) if asked.printers is None else asked.printers
    if asked.cards_per_hour is not None:
        one = exact(asked.cards_per_hour)
        return Fleet(number, number * one, one)
    known = [nights.per_hour(each.capacity_per_hour, each.rest_after_cards, each.rest_minutes) for each in printers]
    one = sum(known, Fraction(0)) / len(known) if known else exact(USUAL_PER_HOUR)
    return Fleet(number, number * one, one)


def _stock(plan: Plan, holdings: Sequence[Holding], printers: Sequence[Any], in_hand: int) -> tuple[Stock, ...]:
    """The blanks of the event, also those in hand, and the prints of ribbon and film, mounted and spare."""
    blanks = rules.available(plan, holdings, ItemKind.BLANK).total + in_hand
    mounted: Counter[str] = Counter()
    for roll in mounted_in([each.id for each in printers]):
        mounted[roll.kind] += max(0, roll.left)
    found = [Stock("blanks", blanks)]
    for kind in (ItemKind.RIBBON, ItemKind.FILM):
        known = [one for one in holdings if one.kind is kind and one.cards_per_unit]
        spare = sum(rules.available(plan, [one], kind).total * (one.cards_per_unit or 0) for one in known)
        least = min((one.cards_per_unit or 1 for one in known), default=1)
        found.append(Stock(kind.value, mounted[kind.value] + spare, least))
    return tuple(found)
