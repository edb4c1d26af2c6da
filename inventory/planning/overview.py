"""What the page of one event shows, in few queries: need against supply, pool, stops, people and progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor, Membership
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.offices.rules import StoreKind
from inventory.outreach.models import Event, Pledge, Stop
from inventory.outreach.queries import EventNotFound, seen_by
from inventory.outreach.rules import EventStatus, PledgeStatus
from inventory.paging import Page, Slice, page
from inventory.planning import flags, rules
from inventory.planning.flags import Flag
from inventory.planning.queries import load_plans
from inventory.planning.rules import Figures, Plan
from inventory.printing.machines import PrinterStatus
from inventory.printing.models import Attempt, Printer, PrintJob
from inventory.printing.rules import Outcome
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus
from inventory.regions.models import Region
from inventory.texts import Text
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus

_UNDER_WAY = (TransferStatus.APPROVED, TransferStatus.DISPATCHED, TransferStatus.DISPUTED)
# A long event is told by its last days; each day is a column of one query.
MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Share:
    """What one office puts into an event's blanks: waiting in its stores, and brought to the kit."""

    office: str
    name: str
    pledged: int
    arrived: int

    @property
    def total(self) -> int:
        """Both."""
        return self.pledged + self.arrived


@dataclass(frozen=True, slots=True)
class DayOf:
    """What was done on one day of an event."""

    day: date
    recorded: int
    printed: int
    spoiled: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything about one event that a person looks at first.

    `manages` and `inside` say what the reader may do: change it, and see who its people are.
    """

    event: Event
    host_name: str
    plan: Plan
    today: date
    figures: Figures
    flags: list[Flag]
    confidence: Text
    pledges: Sequence[Any]
    stops: Sequence[Any]
    days: list[DayOf]
    members: int
    recorded: int
    printers: int
    cards_per_hour: float
    returns_open: int
    manages: bool
    inside: bool

    @property
    def shares(self) -> list[Share]:
        """The blanks of the pool by owner, the largest first."""
        return shares_of(self.pledges)

    def turnout(self, share: float) -> tuple[int, int]:
        """How many people come when that share of the target does, and how many of them the kits can record."""
        return rules.coming(self.plan, share, self.today)

    @property
    def open_hours(self) -> int:
        """How many hours the event itself is still open, on all its days."""
        plan, zone = self.plan, ZoneInfo(self.plan.time_zone)
        opens, closes = (
            datetime.combine(on, at, zone)
            for on, at in ((plan.starts_on, plan.opens_at), (plan.ends_on, plan.closes_at))
        )
        return floor(rules.open_minutes(rules.StopPlan(opens, closes, 0, 0, 0, 1.0), plan, self.today) / 60)

    @property
    def printing_hours(self) -> int:
        """How many hours the working printers need for the likely need; 0 where none is known."""
        return ceil(self.figures.need.likely / self.cards_per_hour) if self.cards_per_hour else 0

    @property
    def settled(self) -> bool:
        """Whether it is closed and everything that was left is where it belongs."""
        return self.event.status is EventStatus.CLOSED and not self.returns_open


def overview(actor: Actor, event_id: int) -> Overview:
    """One event that the actor may see, with what planning says of it; raises `EventNotFound`."""
    row = current().execute(_facts(actor, event_id)).first()
    if row is None:
        raise EventNotFound(event=event_id)
    event: Event = row.Event
    zone = ZoneInfo(row.time_zone)
    today = clock.now().astimezone(zone).date()
    ((plan, holdings),) = load_plans(Event.id == event_id)
    figures = rules.figures(plan, holdings, today)
    began = event.status in (EventStatus.RUNNING, EventStatus.CLOSED)
    return Overview(
        event=event,
        host_name=row.host_name,
        plan=plan,
        today=today,
        figures=figures,
        flags=flags.flags_of(plan, figures, today),
        confidence=flags.confidence_of(plan),
        pledges=pledges_of(event_id),
        stops=stops_of(event_id),
        days=_days(event, today, zone) if began else [],
        members=row.members,
        recorded=row.recorded,
        printers=row.printers,
        cards_per_hour=float(row.cards_per_hour or 0),
        returns_open=row.returns_open,
        manages=access.may(actor, Action.RUN_EVENTS, event.host_office),
        inside=access.may(actor, Action.READ, event.host_office) or row.member,
    )


def _facts(actor: Actor, event_id: int) -> sa.Select[Any]:
    """The event with what can be told of it in one figure each."""
    member = sa.exists().where(Membership.event_id == Event.id, Membership.user_id == actor.user_id)
    printing = sa.and_(
        Printer.office_code == Event.host_office,
        Printer.status == PrinterStatus.WORKING,
        Printer.store_code == Store.code,
        sa.or_(Store.kind != StoreKind.EVENT_KIT, Store.code == Event.store_code),
    )
    # A printer's round is its cards and its rest after them.
    an_hour = sa.case(
        (
            sa.and_(Printer.rest_after_cards.is_not(None), Printer.rest_minutes.is_not(None)),
            Printer.rest_after_cards
            / (Printer.rest_after_cards / Printer.capacity_per_hour + Printer.rest_minutes / 60.0),
        ),
        else_=Printer.capacity_per_hour,
    )
    counted: dict[str, sa.Select[Any]] = {
        "members": sa.select(sa.func.count()).where(Membership.event_id == Event.id),
        "recorded": sa.select(sa.func.count()).where(
            Recording.event_id == Event.id, Recording.status != RecordingStatus.FAILED
        ),
        "printers": sa.select(sa.func.count()).where(printing),
        "cards_per_hour": sa.select(sa.func.sum(an_hour)).where(printing),
        "returns_open": sa.select(sa.func.count()).where(
            Transfer.from_event_id == Event.id,
            Transfer.from_store == Event.store_code,
            Transfer.status.in_(_UNDER_WAY),
        ),
    }
    figures = [query.correlate(Event).scalar_subquery().label(name) for name, query in counted.items()]
    names = (Office.name.label("host_name"), Office.time_zone, member.label("member"))
    return (
        sa.select(Event, *names, *figures)
        .join(Office, Office.code == Event.host_office)
        .where(Event.id == event_id, seen_by(actor))
    )


def pledges_of(event_id: int) -> Sequence[Any]:
    """The pledges of an event with the names of who gave what, released ones too."""
    return (
        current()
        .execute(
            sa.select(
                *[Pledge.__table__.c[name] for name in ("id", "store_code", "office_code", "item_code", "quantity")],
                *[Pledge.__table__.c[name] for name in ("arrived", "status", "transfer_id", "numbered")],
                Office.name.label("office_name"),
                Store.name.label("store_name"),
                Item.name.label("item_name"),
                Item.kind,
                Item.unit,
            )
            .join(Office, Office.code == Pledge.office_code)
            .join(Store, Store.code == Pledge.store_code)
            .join(Item, Item.code == Pledge.item_code)
            .where(Pledge.event_id == event_id)
            .order_by(Pledge.id)
        )
        .all()
    )


def shares_of(pledges: Sequence[Any]) -> list[Share]:
    """The blanks of the pool by owner, the largest first."""
    found: dict[str, list[Any]] = {}
    for each in pledges:
        if each.kind is ItemKind.BLANK and each.status is not PledgeStatus.RELEASED:
            told = found.setdefault(each.office_code, [each.office_name, 0, 0])
            told[1] += each.quantity if each.status is PledgeStatus.PLEDGED else 0
            told[2] += each.arrived or 0
    return sorted((Share(code, *told) for code, told in found.items()), key=lambda share: (-share.total, share.office))


def stops_of(event_id: int) -> Sequence[Any]:
    """The stops of an event with the names of their regions, the earliest first."""
    return current().execute(_stops(event_id).order_by(Stop.starts_at, Stop.id)).all()


def list_stops(event_id: int, wanted: Slice) -> Page:
    """The same, a batch at a time: of an event that the reader was found to see."""
    return page(_stops(event_id), [Stop.starts_at, Stop.id], wanted, rows=True)


def _stops(event_id: int) -> sa.Select[Any]:
    columns = [column for column in Stop.__table__.columns if column.key != "event_id"]
    return (
        sa.select(*columns, Region.name.label("region_name"))
        .outerjoin(Region, Region.code == Stop.region_code)
        .where(Stop.event_id == event_id)
    )


def _days(event: Event, today: date, zone: ZoneInfo) -> list[DayOf]:
    """What was recorded, printed and spoiled on each day since the start; printing may go on after the last day."""
    if event.started_at is None:
        return []
    first = min(event.starts_on, event.started_at.astimezone(zone).date())
    ended = event.closed_at.astimezone(zone).date() if event.closed_at else today
    first = max(first, ended - timedelta(days=MOST_DAYS - 1))
    listed = [first + timedelta(days=count) for count in range((ended - first).days + 1)]
    if not listed:
        return []
    starts = [datetime.combine(day, time(), zone) for day in (*listed, ended + timedelta(days=1))]

    def by_day(when: Any) -> list[Any]:
        spans = [sa.and_(when >= starts[count], when < starts[count + 1]) for count in range(len(listed))]
        return [sa.func.coalesce(sa.func.sum(sa.case((span, 1), else_=0)), 0) for span in spans]

    recorded = sa.select(*by_day(Recording.recorded_at)).where(
        Recording.event_id == event.id, Recording.status != RecordingStatus.FAILED
    )
    attempts = [
        sa.select(*by_day(Attempt.attempted_at))
        .join(PrintJob, PrintJob.id == Attempt.job_id)
        .where(PrintJob.event_id == event.id, Attempt.undone_by.is_(None), Attempt.outcome == outcome)
        for outcome in (Outcome.PRINTED, Outcome.SPOILED)
    ]
    parts = [query.add_columns(sa.literal(place)) for place, query in enumerate((recorded, *attempts))]
    rows = sorted(current().execute(sa.union_all(*parts)).all(), key=lambda row: int(row[-1]))
    return [
        DayOf(day, *(int(row[count]) for row in rows))
        for count, day in enumerate(listed)
        if any(row[count] for row in rows) or event.starts_on <= day <= event.ends_on
    ]
