"""What an event will need, what will be there in time, and which office runs dry when: exact arithmetic, no guesses."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

from inventory.catalogue.rules import ItemKind
from inventory.outreach.rules import EventStatus

DEFAULT_TURNOUTS = (0.27, 0.5, 0.8)
DEFAULT_SPOIL_RATE = 0.02
# Fewer attempts teach nothing; and one bad batch must not make an office plan for twice its cards.
ENOUGH_ATTEMPTS = 200
HIGHEST_LEARNED_RATE = 0.5
CRITICAL_DAYS, WARNING_DAYS = 3, 14
RECENT_DAYS = 30
SATURDAY = 5


class Severity(StrEnum):
    """How pressing a shortage is, the worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"


class SpoilSource(StrEnum):
    """Where a spoil rate was taken from."""

    EVENT = "event"
    OFFICE = "office"
    LEARNED = "learned"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Cases:
    """One figure for each case: by target, and by low, likely and high turnout."""

    by_target: int
    low: int
    likely: int
    high: int

    def above(self, total: int) -> Cases:
        """By how much each case is above `total`, never below zero."""
        return Cases(*(max(0, case - total) for case in (self.by_target, self.low, self.likely, self.high)))

    def below(self, total: int) -> Cases:
        """By how much each case is below `total`, never below zero."""
        return Cases(*(max(0, total - case) for case in (self.by_target, self.low, self.likely, self.high)))


@dataclass(frozen=True, slots=True)
class Available:
    """What an event can count on: in the kit, pledged and not yet brought, arriving in time."""

    on_hand: int = 0
    pledged: int = 0
    arriving: int = 0

    @property
    def total(self) -> int:
        """All three."""
        return self.on_hand + self.pledged + self.arriving


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is still to come of one transfer."""

    transfer: int
    quantity: int
    expected_on: date | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What an event has and awaits of one item."""

    kind: ItemKind
    cards_per_unit: int | None
    on_hand: int = 0
    pledged: int = 0
    coming: tuple[Consignment, ...] = ()


@dataclass(frozen=True, slots=True)
class SpoilRate:
    """The share of blanks that printing spoils, and how it is known."""

    rate: float
    source: SpoilSource
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class StopPlan:
    """One stop: its window, how many people are meant to come, how many were recorded, and with what."""

    starts_at: datetime
    ends_at: datetime
    target_people: int
    recorded: int
    kits: int
    minutes_per_recording: float

    @property
    def still(self) -> int:
        """How many people are still to be recorded."""
        return max(0, self.target_people - self.recorded)


@dataclass(frozen=True, slots=True)
class Plan:
    """What readiness looks at of an event: `holidays` it does not work on; `queue` is the host's own of the backlog."""

    event: int
    name: str
    office: str
    time_zone: str
    status: EventStatus
    starts_on: date
    ends_on: date
    opens_at: time
    closes_at: time
    deadline_on: date | None
    turnouts: tuple[float, float, float]
    cards_per_person: float
    replacements: int
    backlog: int
    spoil: SpoilRate
    stops: tuple[StopPlan, ...]
    holidays: AbstractSet[date] = frozenset()
    queue: int = 0

    @property
    def people(self) -> int:
        """How many people are still to be recorded at all stops."""
        return sum(stop.still for stop in self.stops)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many people the kits can still record, and in how many kit hours."""

    recordings: int
    hours: float


@dataclass(frozen=True, slots=True)
class Supply:
    """How many cards the ribbon or film lasts for, and how many units more are needed."""

    kind: ItemKind
    available: Available
    cards: int
    short_by_target: int
    short_likely: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Need against what will be there, for one event; `late` will come but not in time, `overdue` should be here."""

    need: Cases
    available: Available
    shortfall: Cases
    surplus: Cases
    capacity: Capacity
    supplies: tuple[Supply, ...]
    binding: str | None
    late: int
    overdue: int


def exact(number: float) -> Fraction:
    """The number as it is written: 1.1 is eleven tenths, so that rounding up never adds a card for a stray bit."""
    return Fraction(str(number))


def spoil_rate(event: float | None, office: float | None, spoiled: int, attempts: int) -> SpoilRate:
    """The event's own rate, else the office's, else the one learned from its attempts, else the usual one."""
    if event is not None:
        return SpoilRate(event, SpoilSource.EVENT)
    if office is not None:
        return SpoilRate(office, SpoilSource.OFFICE)
    if attempts >= ENOUGH_ATTEMPTS:
        return SpoilRate(min(round(spoiled / attempts, 4), HIGHEST_LEARNED_RATE), SpoilSource.LEARNED, attempts)
    return SpoilRate(DEFAULT_SPOIL_RATE, SpoilSource.DEFAULT, attempts)


def open_minutes(stop: StopPlan, plan: Plan, as_of: date) -> Fraction:
    """How long a stop is open: its window, cut by the event's days and daily hours in the host's zone.

    A running event has only the days from `as_of` on.
    """
    zone = ZoneInfo(plan.time_zone)
    opens, closes = stop.starts_at.astimezone(zone), stop.ends_at.astimezone(zone)
    begun = as_of if plan.status is EventStatus.RUNNING and plan.starts_on <= as_of <= plan.ends_on else plan.starts_on
    first, last = max(opens.date(), plan.starts_on, begun), min(closes.date(), plan.ends_on)
    if last < first:
        return Fraction(0)

    def open_on(day: date) -> Fraction:
        if day in plan.holidays:
            return Fraction(0)
        starts = max(opens, datetime.combine(day, plan.opens_at, zone))
        ends = min(closes, datetime.combine(day, plan.closes_at, zone))
        return max(Fraction(0), _minutes(ends - starts))

    between = (last - first).days - 1
    if between < 1:
        return sum((open_on(day) for day in {first, last}), Fraction(0))
    # The days in between are whole ones: counted, not walked, however long an event is.
    free = sum(first < day < last for day in plan.holidays)
    daily = _minutes(datetime.combine(first, plan.closes_at) - datetime.combine(first, plan.opens_at))
    return open_on(first) + open_on(last) + (between - free) * daily


def _minutes(span: timedelta) -> Fraction:
    return Fraction(span // timedelta(microseconds=1), 60_000_000)


def recordings_possible(stop: StopPlan, plan: Plan, as_of: date) -> Fraction:
    """How many people a stop's kits can record: kits x open minutes / minutes a recording."""
    return stop.kits * open_minutes(stop, plan, as_of) / exact(stop.minutes_per_recording)


def coming(plan: Plan, share: float, as_of: date) -> tuple[int, int]:
    """How many people come when that share of the target does, and how many of them the kits can record."""
    people = [(stop, stop.still * exact(share)) for stop in plan.stops]
    over = (number - recordings_possible(stop, plan, as_of) for stop, number in people)
    wanted = ceil(sum(number for _, number in people))
    # Where the kits last at every stop all are recorded: half a person is nobody who is turned away.
    return wanted, wanted - ceil(sum(each for each in over if each > 0))


def need(plan: Plan, as_of: date) -> Cases:
    """How many blanks the event needs.

    By target: people still to record x cards per person, nothing else. By turnout: those who come and can be recorded,
    x cards per person, plus replacements and the backlog, over what printing leaves whole.
    """
    cards, whole = exact(plan.cards_per_person), 1 - exact(plan.spoil.rate)
    possible = [(stop.still, recordings_possible(stop, plan, as_of)) for stop in plan.stops]

    def by(turnout: float) -> int:
        people = sum((min(still * exact(turnout), most) for still, most in possible), Fraction(0))
        return ceil((people * cards + plan.replacements + plan.backlog) / whole)

    return Cases(ceil(plan.people * cards), *(by(turnout) for turnout in plan.turnouts))


def capacity(plan: Plan, as_of: date) -> Capacity:
    """What all stops together can record, and the kit hours they are open."""
    recordings = sum((recordings_possible(stop, plan, as_of) for stop in plan.stops), Fraction(0))
    minutes = sum((stop.kits * open_minutes(stop, plan, as_of) for stop in plan.stops), Fraction(0))
    return Capacity(floor(recordings), round(float(minutes / 60), 2))


def in_time(coming: Consignment, plan: Plan) -> bool:
    """Whether a transfer counts: expected by the first day, or by the last one when the event is running."""
    last = plan.ends_on if plan.status is EventStatus.RUNNING else plan.starts_on
    return coming.expected_on is not None and coming.expected_on <= last


def available(plan: Plan, holdings: Sequence[Holding], kind: ItemKind) -> Available:
    """What the event can count on of all items of one kind."""
    of_kind = [holding for holding in holdings if holding.kind is kind]
    return Available(
        sum(holding.on_hand for holding in of_kind),
        sum(holding.pledged for holding in of_kind),
        sum(coming.quantity for holding in of_kind for coming in holding.coming if in_time(coming, plan)),
    )


def supply(plan: Plan, holdings: Sequence[Holding], kind: ItemKind, needed: Cases) -> Supply | None:
    """How far ribbon or film goes; None where no item of the kind says how many cards it gives."""
    known = [holding for holding in holdings if holding.kind is kind and holding.cards_per_unit]
    if not known:
        return None
    cards = sum(available(plan, [holding], kind).total * (holding.cards_per_unit or 0) for holding in known)
    # Several sorts give different numbers of cards: counting on the smallest never orders too little.
    least = min(holding.cards_per_unit or 1 for holding in known)
    short_by_target, short_likely = (
        ceil(Fraction(max(0, n - cards), least)) for n in (needed.by_target, needed.likely)
    )
    return Supply(kind, available(plan, known, kind), cards, short_by_target, short_likely)


def binding(plan: Plan, needed: Cases, blanks: Available, supplies: Sequence[Supply], kits: Capacity) -> str | None:
    """What stops the event first: the scarcest of blanks, ribbon, film and kits, or None when all of them last."""
    wanted = max(needed.by_target, needed.likely)
    if not wanted:
        return None
    reach = [("blangko", Fraction(blanks.total, wanted))]
    reach += [(one.kind.value, Fraction(one.cards, wanted)) for one in supplies]
    if plan.people:
        reach.append(("kits", Fraction(kits.recordings, plan.people)))
    name, share = min(reach, key=lambda pair: pair[1])
    return name if share < 1 else None


def severity(days_left: int, *, milder: bool = False) -> Severity:
    """How pressing a shortage is with so many days left; `milder` is one step less."""
    steps = (Severity.CRITICAL, Severity.WARNING, Severity.NOTICE, Severity.NOTICE)
    step = 0 if days_left <= CRITICAL_DAYS else 1 if days_left <= WARNING_DAYS else 2
    return steps[step + milder]


def figures(plan: Plan, holdings: Sequence[Holding], as_of: date) -> Figures:
    """Everything readiness says in numbers."""
    needed, kits = need(plan, as_of), capacity(plan, as_of)
    blanks = available(plan, holdings, ItemKind.BLANK)
    found = (supply(plan, holdings, kind, needed) for kind in (ItemKind.RIBBON, ItemKind.FILM))
    supplies = tuple(one for one in found if one is not None)
    coming = [one for holding in holdings if holding.kind is ItemKind.BLANK for one in holding.coming]
    return Figures(
        need=needed,
        available=blanks,
        shortfall=needed.above(blanks.total),
        surplus=needed.below(blanks.total),
        capacity=kits,
        supplies=supplies,
        binding=binding(plan, needed, blanks, supplies, kits),
        late=sum(one.quantity for one in coming if not in_time(one, plan)),
        overdue=sum(
            one.quantity for one in coming if in_time(one, plan) and one.expected_on and one.expected_on < as_of
        ),
    )


def is_working(day: date, holidays: AbstractSet[date]) -> bool:
    """Whether offices work on a day: Monday to Friday, but for holidays."""
    return day.weekday() < SATURDAY and day not in holidays


def working_days(first: date, last: date, holidays: AbstractSet[date]) -> list[date]:
    """The working days from `first` to `last`, both included."""
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if is_working(day, holidays)]
