"""Lists of events with names and totals, and what a person chooses from when planning one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor, Role
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.offices.rules import MINISTRY, StoreKind
from inventory.outreach import queries, rules
from inventory.outreach.models import Event, Pledge, Stop
from inventory.outreach.queries import EventFilter
from inventory.outreach.rules import EventStatus, PledgeStatus
from inventory.paging import Page, Slice, page
from inventory.people.models import SignIn, User
from inventory.people.queries import UserNotFound
from inventory.stock.models import Account
from inventory.stock.rules import NO_EVENT, Condition, Place

_POOLED = (ItemKind.BLANK, ItemKind.RIBBON, ItemKind.FILM)


@dataclass(frozen=True, slots=True)
class Seen:
    """An event with the zone of its clocks, and whether the reader runs it."""

    event: Event
    zone: str
    manages: bool


def list_named(
    actor: Actor,
    which: EventFilter,
    statuses: Sequence[EventStatus],
    wanted: Slice,
    over_by: date | None = None,
) -> Page:
    """The events of some statuses that the actor may see, by their first day, with host, target and pool.

    With `over_by` only those whose last day was before it.
    """
    people = sa.select(sa.func.coalesce(sa.func.sum(Stop.target_people), 0)).where(Stop.event_id == Event.id)
    pooled = (
        sa.select(sa.func.coalesce(sa.func.sum(Pledge.quantity), 0))
        .join(Item, Item.code == Pledge.item_code)
        .where(Pledge.event_id == Event.id, Pledge.status != PledgeStatus.RELEASED, Item.kind == ItemKind.BLANK)
    )
    query = sa.select(
        *[Event.__table__.c[name] for name in ("id", "name", "kind", "status", "host_office", "starts_on", "ends_on")],
        Office.name.label("host_name"),
        sa.cast(people.correlate(Event).scalar_subquery(), sa.BigInteger).label("people"),
        sa.cast(pooled.correlate(Event).scalar_subquery(), sa.BigInteger).label("blanks"),
    ).join(Office, Office.code == Event.host_office)
    over = () if over_by is None else (Event.ends_on < over_by,)
    query = queries.wanted_of(actor, query.where(Event.status.in_(statuses), *over), which)
    return page(query, [Event.starts_on, Event.id], wanted, rows=True)


def event_seen(actor: Actor, event_id: int, *, to_manage: bool = False) -> Seen:
    """An event that the actor may see, or must run; raises `EventNotFound`, or `OutOfReach` for who only sees it."""
    event = queries.find_event(actor, event_id)
    if to_manage:
        access.require(actor, Action.RUN_EVENTS, event.host_office)
    manages = access.may(actor, Action.RUN_EVENTS, event.host_office)
    return Seen(event, queries.kit_of(event).time_zone, manages)


def event_to_support(actor: Actor, event_id: int) -> Event:
    """An event that the actor's office may pledge to, seen or not; raises `EventNotFound`."""
    event = current().get(Event, event_id)
    if event is None or not (rules.may_pool(actor.office, event.host_office) or queries.may_see(actor, event)):
        raise queries.EventNotFound(event=event_id)
    return event


def free_to_pledge(actor: Actor, host: str, most: int = 500) -> Sequence[Any]:
    """What the actor may put into an event of this host: free blanks and supplies by store, the most first."""
    reach = access.within(Store.office_code, actor.office)
    if actor.role is Role.CLERK:
        reach = Store.office_code == actor.office
    elif rules.may_pool(actor.office, host):
        # The ministry reaches everybody: what is worth choosing from is its own, and what is near the host.
        near = access.within(Store.office_code, host.partition(".")[0])
        reach = sa.and_(reach, sa.or_(Store.office_code == MINISTRY, near))
    free = sa.cast(sa.func.sum(Account.balance), sa.BigInteger)
    query = (
        sa.select(
            Store.code,
            Store.name,
            Store.office_code,
            Office.name.label("office_name"),
            Item.code.label("item"),
            Item.name.label("item_name"),
            Item.kind,
            Item.unit,
            free.label("free"),
        )
        .join(Account, Account.store_code == Store.code)
        .join(Office, Office.code == Store.office_code)
        .join(Item, Item.code == Account.item_code)
        .where(reach, Store.kind != StoreKind.EVENT_KIT, Item.kind.in_(_POOLED))
        .where(Account.place == Place.STORE, Account.condition == Condition.BLANK, Account.event_id == NO_EVENT)
        .where(Account.owner_code == Store.office_code, Account.balance > 0)
        .group_by(Store.code, Store.name, Store.office_code, Office.name, Item.code, Item.name, Item.kind, Item.unit)
        .order_by(Item.kind != ItemKind.BLANK, Item.code, free.desc(), Store.code)
    )
    return current().execute(query.limit(most)).all()


def user_of_login(login: str) -> int:
    """Who signs in by this user name, of whichever office; raises `UserNotFound`."""
    query = sa.select(User.id).join(SignIn, SignIn.user_id == User.id)
    found = current().scalar(query.where(SignIn.login == login.strip().lower(), User.active))
    if found is None:
        raise UserNotFound(pointer="/login", user=login)
    return found


def hosts(actor: Actor) -> list[tuple[str, str]]:
    """The offices that the actor may plan events for, regencies first; none for the ministry, which types a code."""
    if actor.office == MINISTRY:
        return []
    query = sa.select(Office.code, Office.name).where(access.within(Office.code, actor.office))
    rows = current().execute(query.order_by(Office.code)).all()
    ordered = sorted(rows, key=lambda row: (row.code == actor.office and len(rows) > 1, row.code))
    return [(row.code, row.name) for row in ordered]


def pledgers(event_id: int, host: str) -> list[tuple[str, str]]:
    """Whose blanks an event uses: the host, and every office with a standing pledge."""
    standing = sa.select(Pledge.office_code).where(Pledge.event_id == event_id, Pledge.status != PledgeStatus.RELEASED)
    query = sa.select(Office.code, Office.name).where(sa.or_(Office.code == host, Office.code.in_(standing)))
    rows = current().execute(query.order_by(Office.code)).all()
    return [(row.code, row.name) for row in sorted(rows, key=lambda row: row.code != host)]
