"""Where printed cards wait, for how long, and which of them were sent on to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory import access, clock, keys
from inventory.access import Action, Actor, Role
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.models import Office
from inventory.offices.queries import store_for
from inventory.offices.rules import TIME_ZONES
from inventory.paging import Page, Slice, page
from inventory.printing.consignment_rules import (
    ConsignmentStatus,
    days_waited,
    flags_of,
    printed_before,
)
from inventory.printing.models import Card, CardConsignment
from inventory.recordings.queries import chunks, joined_events, require_office
from inventory.texts import Text

MASKED = "••••"
# In these very words, so that the index of what waits serves it.
WAITING = sa.text("cards.status = 'waiting'")


class ConsignmentNotFound(NotFound):
    """No consignment of cards has this id, or it is out of the actor's reach."""

    code = "card_consignment_not_found"
    text = Text("Titipan kartu {consignment} tidak ditemukan.", "Consignment {consignment} of cards was not found.")


@dataclass(frozen=True, slots=True)
class ConsignmentFilter:
    """Which consignments are wanted; None means all. Overdue ones are open and were due on an earlier day."""

    office: str | None = None
    store: str | None = None
    region: str | None = None
    status: ConsignmentStatus | None = None
    overdue: bool | None = None


_CONSIGNMENTS = sa.select(CardConsignment, Office.time_zone).join(Office, Office.code == CardConsignment.office_code)


def list_consignments(actor: Actor, which: ConsignmentFilter, wanted: Slice) -> Page:
    """The consignments of the actor's subtree and of the events the actor was let into."""
    c = CardConsignment
    query = _CONSIGNMENTS.add_columns(c.id).where(
        sa.or_(access.within(c.office_code, actor.office), c.event_id.in_(joined_events(actor)))
    )
    if which.office is not None:
        require_office(actor, Action.READ_RECORDINGS, which.office)
        query = query.where(access.within(c.office_code, which.office))
    if which.store is not None:
        query = query.where(c.store_code == store_for(actor, Action.READ_RECORDINGS, which.store).code)
    if which.region is not None:
        below = c.region_code.startswith(f"{which.region}.", autoescape=True)
        query = query.where(sa.or_(c.region_code == which.region, below))
    if which.status is not None:
        query = query.where(c.status == which.status)
    if which.overdue is not None:
        query = query.where(_overdue() if which.overdue else sa.not_(_overdue()))
    found = page(query, [c.id], wanted, rows=True)
    return Page([_shown(actor, row) for row in found.items], found.next)


def _overdue() -> sa.ColumnElement[bool]:
    c = CardConsignment
    late = [
        sa.and_(Office.time_zone == zone, c.due_on < clock.business_day(zone), c.due_on.is_not(None))
        for zone in TIME_ZONES.values()
    ]
    return sa.and_(c.status == ConsignmentStatus.OPEN, sa.or_(*late))


def get_consignment(actor: Actor, consignment_id: int) -> dict[str, Any]:
    """One consignment; raises `ConsignmentNotFound`."""
    row = current().execute(_CONSIGNMENTS.where(CardConsignment.id == consignment_id)).first()
    unseen = ConsignmentNotFound(consignment=consignment_id)
    if row is None:
        raise unseen
    sent = row.CardConsignment
    access.require(actor, Action.READ_RECORDINGS, sent.office_code, event_id=sent.event_id, unseen=unseen)
    return _shown(actor, row)


def _shown(actor: Actor, row: Any) -> dict[str, Any]:
    """A consignment; who received it is named to those who make papers of it, and to inspectors."""
    sent: CardConsignment = row.CardConsignment
    names = access.permits(actor, Action.ISSUE_DOCUMENTS) or actor.role is Role.INSPECTOR
    columns = [column.key for column in CardConsignment.__table__.columns if column.key != "recipient_secret"]
    return {
        **{name: getattr(sent, name) for name in columns},
        "recipient": keys.decrypt(sent.recipient_secret) if names and sent.recipient_secret else MASKED,
        "out": sent.quantity - sent.issued - sent.returned - sent.lost,
        "overdue": sent.status is ConsignmentStatus.OPEN and _is_late(sent.due_on, row.time_zone),
    }


def _is_late(due_on: date | None, time_zone: str) -> bool:
    return due_on is not None and due_on < clock.business_day(time_zone)


def waited(days: int) -> sa.ColumnElement[bool]:
    """The cards that wait and were printed so many days ago or more; the query joins their `Office`."""
    before = [
        sa.and_(Office.time_zone == zone, Card.printed_at < printed_before(days, clock.business_day(zone), zone))
        for zone in TIME_ZONES.values()
    ]
    return sa.and_(WAITING, sa.or_(*before))


def ageing(actor: Actor, office: str | None, wanted: Slice) -> Page:
    """How long cards wait, a row a place: a store, and apart from it each region that cards of it were sent on to.

    Days are those of the office's calendar, and the steps are the days at which it flags. Four queries a page.
    """
    root = office or actor.office
    access.require(actor, Action.READ, root)
    region = sa.func.coalesce(CardConsignment.region_code, sa.literal_column("''")).label("sent_to")
    columns = [Card.office_code, Card.store_code, region]
    there = (
        sa.select(*columns)
        .outerjoin(CardConsignment, CardConsignment.id == Card.consignment_id)
        .where(WAITING, access.within(Card.office_code, root))
        .group_by(*columns)
    )
    totals = there.add_columns(sa.func.count().label("waiting"), sa.func.min(Card.printed_at).label("oldest_at"))
    found = page(totals, [Card.store_code, region], wanted, rows=True)
    offices = _offices({row.office_code for row in found.items})
    step = _step(offices.values()).label("step")
    counts: defaultdict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for part in chunks(sorted({row.store_code for row in found.items})):
        within = there.add_columns(step, sa.func.count().label("cards")).where(Card.store_code.in_(part))
        for row in current().execute(within.group_by(sa.text("step"))):
            counts[row.store_code, row.sent_to][row.step] = row.cards
    shown = [_place(row, offices[row.office_code], counts[row.store_code, row.sent_to]) for row in found.items]
    return Page(shown, found.next)


def totals(actor: Actor, office: str | None) -> list[dict[str, Any]]:
    """How many cards wait in an office and those below it, by the steps at which their offices flag. Two queries."""
    root = office or actor.office
    access.require(actor, Action.READ, root)
    rows = current().execute(_FLAGS.where(access.within(Office.code, root)))
    offices = {row.code: _Flags(row.code, row.time_zone, flags_of(row.card_flag_days)) for row in rows}
    starts = {}
    # Offices of a time zone that flag on the same days are told apart by nothing.
    for zone, days in {(each.time_zone, each.days) for each in offices.values()}:
        today = clock.business_day(zone)
        starts[zone, days] = [printed_before(day, today, zone) for day in days]
    # Told apart by all the instants at which any office flags: what is asked of each card names no office.
    moments = sorted({each for found in starts.values() for each in found})
    at = {moment: number for number, moment in enumerate(moments)}
    flagged = {alike: [at[moment] for moment in found] for alike, found in starts.items()}
    passed = sa.case(*((Card.printed_at < moment, number) for moment, number in at.items()), else_=len(moments))
    counted = (
        sa.select(Card.office_code, passed.label("moment"), sa.func.count().label("cards"))
        .where(WAITING, access.within(Card.office_code, root))
        .group_by(Card.office_code, sa.text("moment"))
    )
    sums: defaultdict[tuple[int, int | None], int] = defaultdict(int)
    for row in current().execute(counted):
        its = offices[row.office_code]
        step = sum(row.moment <= number for number in flagged[its.time_zone, its.days])
        days = (0, *its.days)
        until = days[step + 1] - 1 if step + 1 < len(days) else None
        sums[days[step], until] += row.cards
    steps = sorted(sums, key=lambda ends: (ends[0], ends[1] or 0))
    return [{"from_days": low, "until_days": high, "cards": sums[low, high]} for low, high in steps]


@dataclass(frozen=True, slots=True)
class _Flags:
    """When an office flags, and its calendar."""

    code: str
    time_zone: str
    days: tuple[int, ...]


_FLAGS = sa.select(Office.code, Office.time_zone, Office.card_flag_days)


def _offices(codes: Iterable[str]) -> dict[str, _Flags]:
    rows = [row for part in chunks(sorted(codes)) for row in current().execute(_FLAGS.where(Office.code.in_(part)))]
    return {row.code: _Flags(row.code, row.time_zone, flags_of(row.card_flag_days)) for row in rows}


def _step(offices: Iterable[_Flags]) -> sa.ColumnElement[int]:
    """How many flags a waiting card has passed, by its office's days and calendar."""
    alike: defaultdict[tuple[str, tuple[int, ...]], list[str]] = defaultdict(list)
    for each in offices:
        alike[each.time_zone, each.days].append(each.code)
    ways = [(Card.office_code.in_(sorted(codes)), _passed(*which)) for which, codes in sorted(alike.items())]
    return sa.case(*ways, else_=0) if ways else sa.literal(0)


def _passed(time_zone: str, days: Sequence[int]) -> sa.ColumnElement[int]:
    today = clock.business_day(time_zone)
    steps = [(Card.printed_at < printed_before(each, today, time_zone), number) for number, each in enumerate(days, 1)]
    return sa.case(*reversed(steps), else_=0)


def _place(row: Any, office: _Flags, counts: dict[int, int]) -> dict[str, Any]:
    starts = (0, *office.days)
    return {
        "office": row.office_code,
        "store": row.store_code,
        "sent_to": row.sent_to or None,
        "waiting": row.waiting,
        "flagged": row.waiting - counts.get(0, 0),
        "oldest_days": days_waited(row.oldest_at, clock.business_day(office.time_zone), office.time_zone),
        "steps": [
            {"from_days": low, "until_days": high, "cards": counts.get(number, 0)}
            for number, (low, high) in enumerate(zip(starts, (*(day - 1 for day in office.days), None), strict=True))
        ],
    }
