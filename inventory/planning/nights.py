"""A print night: when the cards of a day are printed, and the least that must be added to have them in time.

Pure and exact. Cards are counted as they are handed over; for each of them the printers take 1 / (1 - spoil rate)
blanks, and as many prints of ribbon and film. What is recorded in an hour can be printed from the next one on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from inventory.outreach.rules import EventStatus
from inventory.planning import rules
from inventory.planning.rules import Plan, StopPlan, exact

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """The cards that are still to be recorded in one hour, or in what is left of it."""

    starts_at: datetime
    ends_at: datetime
    cards: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Fleet:
    """The printers of a night, how many blanks go through all of them in an hour, and through one more."""

    printers: int
    per_hour: Fraction
    one_more: Fraction


@dataclass(frozen=True, slots=True)
class Stock:
    """How many blanks or prints there are of one kind, and how many one more unit of it gives."""

    kind: str
    there: int
    per_unit: int = 1


@dataclass(frozen=True, slots=True)
class Night:
    """Everything a print night depends on, in one zone. Without `shift_hours` somebody prints all night."""

    begins_at: datetime
    until: datetime
    prints_from: datetime
    shift_hours: Fraction | None
    owed: Fraction
    coming: tuple[Coming, ...]
    spoil: Fraction
    fleet: Fleet
    stock: tuple[Stock, ...]

    @property
    def cards(self) -> Fraction:
        """How many cards the morning wants."""
        return self.owed + sum((hour.cards for hour in self.coming), Fraction(0))

    @property
    def blanks(self) -> int:
        """How many blanks go through the printers for them."""
        return ceil(self.cards / (1 - self.spoil))

    @property
    def cards_per_hour(self) -> Fraction:
        """How many good cards an hour the printers make."""
        return self.fleet.per_hour * (1 - self.spoil)

    @property
    def prints_to(self) -> datetime | None:
        """When the shift ends; None when somebody prints until everything is done."""
        return None if self.shift_hours is None else self.prints_from + _hours(self.shift_hours)

    def printing(self, start: datetime, end: datetime) -> Fraction:
        """For how many hours between two instants the printers are staffed."""
        start = max(start, self.prints_from)
        end = end if self.prints_to is None else min(end, self.prints_to)
        return Fraction((end - start) // timedelta(microseconds=1), 3_600_000_000) if end > start else Fraction(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One hour: the cards expected in it, those the printers can make and do make, and what waits at its end."""

    starts_at: datetime
    expected: Fraction
    capacity: Fraction
    printed: Fraction
    backlog: Fraction


@dataclass(frozen=True, slots=True)
class Addition:
    """One way to meet the time: everything in it is added together, and less of any of it does not do."""

    printers: int = 0
    shift_hours: int = 0
    ribbons: int = 0
    films: int = 0
    blanks: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a night. `finish_at` is None where it never ends so; `binds` is what is scarcest, if anything."""

    rows: tuple[Row, ...]
    finish_at: datetime | None
    can_meet: bool
    binds: str | None
    ways: tuple[Addition, ...]


def per_hour(capacity: float, rest_after_cards: int | None, rest_minutes: float | None) -> Fraction:
    """What a printer does in an hour with its cooling rests: the rest is as much a part of its round as the cards."""
    rate = exact(capacity)
    if rest_after_cards is None or rest_minutes is None:
        return rate
    return rest_after_cards / (rest_after_cards / rate + exact(rest_minutes) / 60)


def hours_between(begins_at: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The hours of the clock from one instant to another; the first and the last may be parts of one."""
    start = begins_at
    while start < until:
        end = min(start.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        yield start, end
        start = end


def coming(plan: Plan, now: datetime, day: date, hours: Sequence[tuple[datetime, datetime]]) -> tuple[Coming, ...]:
    """The cards expected in each of these hours of a day of an event.

    Each stop's likely visitors, no more than its kits can record, come evenly over what is left of its opening hours;
    the replacements of the event come evenly over the kit hours of all stops.
    """
    zone = ZoneInfo(plan.time_zone)
    cards = [Fraction(0)] * len(hours)
    work = [Fraction(0)] * len(hours)
    all_work = Fraction(0)
    for stop in plan.stops:
        total = _minutes_left(stop, plan, now, zone)
        if not total:
            continue
        people = min(stop.still * exact(plan.turnouts[1]), stop.kits * total / exact(stop.minutes_per_recording))
        all_work += stop.kits * total
        for index, (start, end) in enumerate(hours):
            minutes = _minutes_open(stop, plan, day, start, end, zone)
            cards[index] += people * minutes / total * exact(plan.cards_per_person)
            work[index] += stop.kits * minutes
    if all_work:
        cards = [each + plan.replacements * share / all_work for each, share in zip(cards, work, strict=True)]
    return tuple(Coming(start, end, each) for (start, end), each in zip(hours, cards, strict=True))


def _minutes_left(stop: StopPlan, plan: Plan, now: datetime, zone: ZoneInfo) -> Fraction:
    """How long a stop is still open from now on: the rest of today, and the days after it."""
    today = now.astimezone(zone).date()
    if today < plan.starts_on:
        return rules.open_minutes(stop, replace(plan, status=EventStatus.PLANNED), plan.starts_on)
    end_of_day = datetime.combine(today + timedelta(days=1), time(), zone)
    rest = _minutes_open(stop, plan, today, now, end_of_day, zone)
    if today >= plan.ends_on:
        return rest
    tomorrow = today + timedelta(days=1)
    return rest + rules.open_minutes(stop, replace(plan, starts_on=tomorrow, status=EventStatus.PLANNED), tomorrow)


def _minutes_open(
    stop: StopPlan, plan: Plan, day: date, start: datetime, end: datetime, zone: ZoneInfo
) -> Fraction:  # fmt: skip
    """For how many minutes between two instants a stop is open on one day of its event."""
    if day in plan.holidays or not plan.starts_on <= day <= plan.ends_on:
        return Fraction(0)
    opens = max(stop.starts_at, start, datetime.combine(day, plan.opens_at, zone))
    closes = min(stop.ends_at, end, datetime.combine(day, plan.closes_at, zone))
    return Fraction((closes - opens) // timedelta(microseconds=1), 60_000_000) if closes > opens else Fraction(0)


def outcome(night: Night) -> Outcome:
    """What becomes of a night, and what to add where the cards are not there in time."""
    rows = _rows(night, _printable(night))
    finish_at = _finish(night, rows) if _lasts(night) else None
    can_meet = finish_at is not None and finish_at <= night.until
    return Outcome(rows, finish_at, can_meet, _binds(night), () if can_meet else tuple(_ways(night)))


def _printable(night: Night) -> Fraction:
    """How many good cards blanks, ribbon and film give: never more than are wanted."""
    least = min((Fraction(one.there) for one in night.stock), default=Fraction(night.blanks))
    return min(night.cards, max(Fraction(0), least) * (1 - night.spoil))


def _lasts(night: Night) -> bool:
    return all(one.there >= night.blanks for one in night.stock)


def _rows(night: Night, printable: Fraction) -> tuple[Row, ...]:
    rows = []
    backlog, left = night.owed, printable
    for hour in night.coming:
        capacity = night.cards_per_hour * night.printing(hour.starts_at, hour.ends_at)
        printed = min(capacity, backlog, left)
        backlog, left = backlog - printed + hour.cards, left - printed
        rows.append(Row(hour.starts_at, hour.cards, capacity, printed, backlog))
    return tuple(rows)


def _finish(night: Night, rows: Sequence[Row]) -> datetime | None:
    """When the last card is printed, with enough to print it on; None when the shift or the printers end before."""
    if not night.cards:
        return night.begins_at
    rate = night.cards_per_hour
    if not rate:
        return None
    last = max((index for index, row in enumerate(rows) if row.expected), default=-1)
    backlog = night.owed if last < 0 else rows[last].backlog
    start = night.begins_at if last < 0 else night.coming[last].ends_at
    end = max(start, night.prints_from) + _hours(backlog / rate)
    return end if night.prints_to is None or end <= night.prints_to else None


def _needed(night: Night) -> Fraction | None:
    """The least cards an hour that have everything printed in time; None where no number of printers does.

    Whatever becomes printable from an instant on must be printed in the staffed hours after it.
    """
    left, least = night.cards, Fraction(0)
    instants = [night.begins_at, *(hour.ends_at for hour in night.coming)]
    arrived = [night.owed, *(hour.cards for hour in night.coming)]
    for instant, cards in zip(instants, arrived, strict=True):
        if left > 0:
            hours = night.printing(instant, night.until)
            if not hours:
                return None
            least = max(least, left / hours)
        left -= cards
    return least


def _in_time(night: Night) -> bool:
    """Whether the printers and their hours do, with enough to print on."""
    needed = _needed(night)
    return needed is not None and needed <= night.cards_per_hour


def _binds(night: Night) -> str | None:
    """What is scarcest: printers, blanks, ribbon or film; where all of them do, there are no more recordings."""
    if not night.cards:
        return None
    by_printers = sum((row.printed for row in _rows(night, night.cards)), Fraction(0)) / night.cards
    shares = [("printers", by_printers)]
    shares += [(one.kind, Fraction(max(0, one.there), night.blanks)) for one in night.stock]
    name, share = min(shares, key=lambda pair: pair[1])
    return name if share < 1 else "recordings"


def _ways(night: Night) -> Iterator[Addition]:
    """Each way to meet the time by the least that does: more printers, a longer shift, or both where neither does."""
    short = {one.kind: ceil(Fraction(max(0, night.blanks - one.there), one.per_unit)) for one in night.stock}
    goods = Addition(ribbons=short.get("ribbon", 0), films=short.get("film", 0), blanks=short.get("blanks", 0))
    if _in_time(night):
        yield goods
        return
    printers, hours = _printers(night), _shift(night)
    if printers is not None:
        yield replace(goods, printers=printers)
    if hours is not None:
        yield replace(goods, shift_hours=hours)
    if printers is None and hours is None and night.shift_hours is not None:
        most = _longest(night)
        if (printers := _printers(added(night, Addition(shift_hours=most)))) is not None:
            more = added(night, Addition(printers=printers))
            yield replace(goods, printers=printers, shift_hours=_shift(more) or most)


def _printers(night: Night) -> int | None:
    needed = _needed(night)
    if needed is None:
        return None
    return max(0, ceil((needed / (1 - night.spoil) - night.fleet.per_hour) / night.fleet.one_more))


def _longest(night: Night) -> int:
    """By how many hours the shift can grow at all: to the morning."""
    whole = Fraction(max(night.until - night.prints_from, timedelta(0)) // timedelta(microseconds=1), 3_600_000_000)
    return max(0, ceil(whole - (night.shift_hours or whole)))


def _shift(night: Night) -> int | None:
    """By how many hours the shift must grow; None where it is all night already, or that would not do either."""
    if night.shift_hours is None:
        return None
    longer = (hours for hours in range(1, _longest(night) + 1) if _in_time(added(night, Addition(shift_hours=hours))))
    return next(longer, None)


def added(night: Night, more: Addition) -> Night:
    """The night with something added."""
    units = {"ribbon": more.ribbons, "film": more.films, "blanks": more.blanks}
    fleet = Fleet(
        night.fleet.printers + more.printers,
        night.fleet.per_hour + more.printers * night.fleet.one_more,
        night.fleet.one_more,
    )
    return replace(
        night,
        fleet=fleet,
        shift_hours=None if night.shift_hours is None else night.shift_hours + more.shift_hours,
        stock=tuple(replace(one, there=one.there + units[one.kind] * one.per_unit) for one in night.stock),
    )


def _hours(number: Fraction) -> timedelta:
    """So many hours, rounded up to the microsecond."""
    return timedelta(microseconds=ceil(number * 3_600_000_000))
