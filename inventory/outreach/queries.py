"""Reading events: the host's side sees them, members, and the offices with a standing pledge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, clock
from inventory.access import Action, Actor, Membership, Role
from inventory.catalogue.models import Item
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.models import Office, Store
from inventory.offices.queries import StoreFacts, store_facts
from inventory.outreach.models import Event, Pledge, Stop
from inventory.outreach.rules import EventKind, EventStatus, PledgeStatus
from inventory.outreach.shares import Pledged, Share, shares
from inventory.paging import Page, Slice, page
from inventory.people.models import User
from inventory.stock import intervals, ledger, numbers
from inventory.stock.models import Account
from inventory.stock.rules import AccountKey, Condition, Place, in_store
from inventory.texts import Text
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus


class EventNotFound(NotFound):
    """No event has this id, or it is out of the actor's reach."""

    code = "event_not_found"
    text = Text("Acara {event} tidak ditemukan.", "Event {event} was not found.")


class StopNotFound(NotFound):
    """The event has no such stop."""

    code = "stop_not_found"
    text = Text("Lokasi {stop} tidak ada di acara ini.", "This event has no stop {stop}.")


class PledgeNotFound(NotFound):
    """The event has no such pledge, or it is none of the actor's business."""

    code = "pledge_not_found"
    text = Text("Dukungan {pledge} tidak ada di acara ini.", "This event has no pledge {pledge}.")


class MemberNotFound(NotFound):
    """The user was not let into the event."""

    code = "member_not_found"
    text = Text("Pengguna {user} bukan anggota acara ini.", "User {user} is no member of this event.")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted; `first` and `last` name days that the event touches; None means all."""

    office: str | None = None
    status: EventStatus | None = None
    kind: EventKind | None = None
    first: date | None = None
    last: date | None = None


def _pledged_by(actor: Actor) -> Any:
    """The events that an office of the actor's subtree supports: a pledge that was released counts no more."""
    standing = (access.within(Pledge.office_code, actor.office), Pledge.status != PledgeStatus.RELEASED)
    return sa.select(Pledge.event_id).where(*standing)


def may_see(actor: Actor, event: Event) -> bool:
    """Whether the actor is of the host's side, a member, or of an office with a standing pledge, or above one."""
    if access.may(actor, Action.READ, event.host_office, event_id=event.id):
        return True
    return current().execute(_pledged_by(actor).where(Pledge.event_id == event.id).limit(1)).first() is not None


def find_event(actor: Actor, event_id: int, *, pointer: str | None = None) -> Event:
    """The event, when the actor may see it; raises `EventNotFound`."""
    found = current().get(Event, event_id)
    if found is None or not may_see(actor, found):
        raise EventNotFound(pointer=pointer, event=event_id)
    return found


def managed(session: Session, actor: Actor, event_id: int) -> Event:
    """The event, locked, for those who run it: the host's coordinators and administrators, and those above.

    Who merely sees it is told so (`OutOfReach`); to anybody else it does not exist (`EventNotFound`).
    """
    event = session.get(Event, event_id, with_for_update=True)
    if event is None:
        raise EventNotFound(event=event_id)
    unseen = None if may_see(actor, event) else EventNotFound(event=event_id)
    access.require(actor, Action.RUN_EVENTS, event.host_office, unseen=unseen)
    return event


def get_event(actor: Actor, event_id: int) -> dict[str, Any]:
    """One event with its stops and pledges; raises `EventNotFound`."""
    event = find_event(actor, event_id)
    columns = {column.key: getattr(event, column.key) for column in Event.__table__.columns}
    return {**columns, "stops": stops_of(event_id), "pledges": shown_pledges(event, pledges_of(event_id))}


def list_events(actor: Actor, which: EventFilter, wanted: Slice) -> Page:
    """The events that the actor may see, by their first day."""
    return page(wanted_of(actor, sa.select(Event), which), [Event.starts_on, Event.id], wanted)


def seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The same rule as `may_see`, for many events at once."""
    member = sa.select(Membership.event_id).where(Membership.user_id == actor.user_id)
    return sa.or_(
        access.within(Event.host_office, actor.office), Event.id.in_(member), Event.id.in_(_pledged_by(actor))
    )


def wanted_of(actor: Actor, query: sa.Select[Any], which: EventFilter) -> sa.Select[Any]:
    """A query of events, cut down to those that are wanted and that the actor may see."""
    query = query.where(seen_by(actor))
    if which.office is not None:
        access.require(actor, Action.READ, which.office)
        query = query.where(access.within(Event.host_office, which.office))
    if which.status is not None:
        query = query.where(Event.status == which.status)
    if which.kind is not None:
        query = query.where(Event.kind == which.kind)
    if which.first is not None:
        query = query.where(Event.ends_on >= which.first)
    if which.last is not None:
        query = query.where(Event.starts_on <= which.last)
    return query


# Who counts what is left of an event; the coordinator of its host approves by closing it.
COUNTING = frozenset({Role.CLERK, Role.PRINTER, Role.FIELD})


def counts_blind(actor: Actor, event: Event, zone: str) -> bool:
    """Whether the actor may be asked to count what an event left: its last day is over, and it is not closed yet."""
    over = clock.now() >= datetime.combine(event.ends_on, event.closes_at, ZoneInfo(zone))
    return over and event.status is EventStatus.RUNNING and actor.role in COUNTING


def stops_of(event_id: int) -> Sequence[Stop]:
    """The stops of an event, the earliest first."""
    query = sa.select(Stop).where(Stop.event_id == event_id)
    return current().scalars(query.order_by(Stop.starts_at, Stop.id)).all()


def pledges_of(event_id: int) -> Sequence[Pledge]:
    """The pledges of an event in their order, released ones too."""
    return current().scalars(sa.select(Pledge).where(Pledge.event_id == event_id).order_by(Pledge.id)).all()


def whose(event_id: int) -> dict[int, Text]:
    """What people call each pledge of an event: whose support it is, and of what."""
    query = sa.select(Pledge.id, Office.name, Item.name).join(Office, Office.code == Pledge.office_code)
    query = query.join(Item, Item.code == Pledge.item_code).where(Pledge.event_id == event_id)
    told = Text("dukungan {office} ({item})", "the pledge of {office} ({item})")
    return {pledge: told.format(office=office, item=item) for pledge, office, item in current().execute(query)}


def get_stop(actor: Actor, event_id: int, stop_id: int) -> Stop:
    """One stop of an event that the actor may see."""
    find_event(actor, event_id)
    found = current().get(Stop, stop_id)
    if found is None or found.event_id != event_id:
        raise StopNotFound(stop=stop_id)
    return found


def get_pledge(actor: Actor, event_id: int, pledge_id: int) -> Pledge:
    """One pledge of an event that the actor may see."""
    find_event(actor, event_id)
    found = current().get(Pledge, pledge_id)
    if found is None or found.event_id != event_id:
        raise PledgeNotFound(pledge=pledge_id)
    return found


def _members(event_id: int) -> Any:
    return (
        sa.select(
            Membership.event_id,
            Membership.user_id,
            User.name,
            User.role,
            User.office_code,
            Office.name.label("office_name"),
        )
        .join(User, User.id == Membership.user_id)
        .join(Office, Office.code == User.office_code)
        .where(Membership.event_id == event_id)
    )


def _require_inside(actor: Actor, event_id: int) -> None:
    """Raise unless the actor is of the host's side or a member: who pledges need not know who the people are."""
    event = find_event(actor, event_id)
    access.require(actor, Action.READ, event.host_office, event_id=event_id)


def get_member(actor: Actor, event_id: int, user_id: int) -> Any:
    """One member of an event, for the host's side and members; raises `OutOfReach` for others who see the event."""
    _require_inside(actor, event_id)
    found = current().execute(_members(event_id).where(Membership.user_id == user_id)).first()
    if found is None:
        raise MemberNotFound(user=user_id)
    return found


def list_members(actor: Actor, event_id: int, wanted: Slice) -> Page:
    """Who was let into an event, for the host's side and members; raises `OutOfReach` for others who see it."""
    _require_inside(actor, event_id)
    return page(_members(event_id), [Membership.user_id], wanted, rows=True)


def kit_of(event: Event, *, lock: bool = False) -> StoreFacts:
    """The kit store of an event. Who fills it and then changes its row must `lock` it first, before the ledger."""
    if lock:
        row = sa.select(Store.code).where(Store.code == event.store_code)
        current().execute(row.with_for_update(key_share=True))
    return store_facts(event.store_code or "")


def earmark_of(pledge: Pledge) -> AccountKey:
    """Where the goods of a pledge lie until they are brought; those with numbers in its twin."""
    return in_store(pledge.store_code, pledge.item_code, pledge.office_code, pledge.event_id)


def free_twin(earmarked: AccountKey) -> AccountKey:
    """The same goods, set aside for nothing."""
    return earmarked.free


def shares_of(
    waiting: Iterable[Pledge], there: Mapping[AccountKey, int]
) -> tuple[dict[int, Share], dict[AccountKey, Share]]:
    """How much of each waiting pledge is still there, and what is set aside beyond all of them.

    `there` are the earmarks' balances, those with numbers and those without.
    """
    lying = intervals.lying_at(current(), there)
    told = [Pledged(each.id, earmark_of(each), each.quantity, _movement_of(each)) for each in waiting]
    counted = {key: quantity for key, quantity in there.items() if not key.numbered}
    return shares(told, counted, {key.tracked(numbered=False): stays for key, stays in lying.items()})


def _movement_of(pledge: Pledge) -> int | None:
    return pledge.movement_id if pledge.numbered else None


def shown_pledges(event: Event, pledges: Sequence[Pledge]) -> list[dict[str, Any]]:
    """The columns of an event's pledges, those of numbers that wait with the numbers that are still set aside."""
    found: dict[int, Share] = {}
    if any(each.numbered and each.status is PledgeStatus.PLEDGED for each in pledges):
        waiting = [each for each in pledges_of(event.id) if each.status is PledgeStatus.PLEDGED]
        found, _ = shares_of(waiting, earmarks_of(event))
    names = [column.key for column in Pledge.__table__.columns]
    return [
        {name: getattr(each, name) for name in names}
        | {"intervals": [span.written() for span in numbers.compact(found.get(each.id, Share()).spans)]}
        for each in pledges
    ]


def show_pledge(actor: Actor, event_id: int, pledge_id: int) -> dict[str, Any]:
    """One pledge of an event that the actor may see, with its numbers."""
    found = get_pledge(actor, event_id, pledge_id)
    [shown] = shown_pledges(current().get_one(Event, event_id), [found])
    return shown


def waiting_pledges(event_id: int) -> list[Pledge]:
    """The pledges that were neither brought nor released, locked, in their order."""
    query = sa.select(Pledge).where(Pledge.event_id == event_id, Pledge.status == PledgeStatus.PLEDGED)
    locked = query.order_by(Pledge.id).with_for_update().execution_options(populate_existing=True)
    return list(current().scalars(locked))


def earmarks_of(event: Event) -> dict[AccountKey, int]:
    """The good stock that is set aside for an event outside its kit, and how much of it."""
    rows = current().execute(
        sa.select(Account.__table__).where(
            Account.event_id == event.id,
            Account.place == Place.STORE,
            Account.condition == Condition.BLANK,
            Account.store_code != event.store_code,
            Account.balance > 0,
        )
    )
    return {ledger.key_of(row): row.balance for row in rows}


def holds_stock(store: str) -> bool:
    """Whether anything at all lies in a store."""
    query = sa.select(Account.id).where(Account.store_code == store, Account.place == Place.STORE, Account.balance != 0)
    return current().execute(query.limit(1)).first() is not None


def open_transfers(store: str) -> list[int]:
    """The transfers that may still change what a store holds: not begun, or on their way into it."""
    early = (TransferStatus.REQUESTED, TransferStatus.APPROVED)
    arriving = sa.and_(Transfer.to_store == store, Transfer.status.in_([*early, TransferStatus.DISPATCHED]))
    leaving = sa.and_(Transfer.from_store == store, Transfer.status.in_(early))
    query = sa.select(Transfer.id).where(sa.or_(arriving, leaving))
    return list(current().scalars(query.order_by(Transfer.id)))
