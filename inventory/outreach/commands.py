"""Changing events: plan, edit, let people in, pledge, start, extend, cancel. The event's row is locked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor, Membership, Role
from inventory.catalogue.queries import get_item
from inventory.database import insert_ignore, table_of, transaction
from inventory.errors import StaleVersion
from inventory.offices import rules as offices
from inventory.offices.models import Office, Store
from inventory.offices.queries import OfficeNotFound, store_facts, store_for
from inventory.offices.rules import StoreKind
from inventory.outreach import queries, rules, steps
from inventory.outreach.models import Event, Pledge, Stop
from inventory.outreach.queries import EventNotFound, PledgeNotFound
from inventory.outreach.rules import ALIVE, COMING, Arrived, EventPlan, EventStatus, PledgeStatus, StopPlan
from inventory.outreach.shares import Share
from inventory.people.models import User
from inventory.people.queries import UserNotFound
from inventory.regions.queries import get_region
from inventory.retries import FIRST, Once
from inventory.stock import ledger
from inventory.stock.ledger import Books, Fact
from inventory.stock.numbers import Amount
from inventory.stock.rules import MovementKind, Part, in_store
from inventory.texts import Text


def plan(actor: Actor, wanted: EventPlan, once: Once = FIRST) -> int:
    """Plan an event and open its kit store. Answers the event's id."""
    with transaction() as session:
        unseen = OfficeNotFound(pointer="/host_office", office=wanted.host_office)
        access.require(actor, Action.RUN_EVENTS, wanted.host_office, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        if session.get(Office, wanted.host_office) is None:
            raise unseen
        _check(session, wanted)
        event = Event(**asdict(wanted), created_at=clock.now(), user_id=actor.user_id)
        session.add(event)
        session.flush()
        event.store_code = offices.kit_of(event.host_office, event.id)
        kit = Store(
            code=event.store_code,
            office_code=event.host_office,
            kind=StoreKind.EVENT_KIT,
            name=wanted.name[:120],
            event_id=event.id,
            draw_order=wanted.draw_order,
        )
        session.add(kit)
        session.flush()
        _note(session, actor, "plan", event, status=event.status)
        return once.keep(session, event.id)


def change(actor: Actor, event_id: int, version: int, changes: dict[str, Any]) -> int:
    """Change an event's plan; raises `StaleVersion` when somebody else did meanwhile."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        if event.version != version:
            raise StaleVersion(
                subject="event", key=event_id, what=Text("Acara", "The event"), current=event.version, yours=version
            )
        rules.check_status(event_id, event.status, COMING if "status" in changes else ALIVE)
        if event.status is EventStatus.RUNNING and changes.get("starts_on", event.starts_on) != event.starts_on:
            raise rules.EventStartIsFixed(pointer="/starts_on", event=event_id, starts_on=event.starts_on)
        for name, value in changes.items():
            setattr(event, name, value)
        _check(session, event)
        _check_stops(event)
        if "draw_order" in changes:
            _keep_draw_order(session, event)
        event.version += 1
        _note(session, actor, "change", event, changed=sorted(changes))
        return event_id


def _check(session: Session, plan: Any) -> None:
    rules.check_plan(plan)
    order = plan.draw_order or []
    known = set(session.scalars(sa.select(Office.code).where(Office.code.in_(order)))) if order else set()
    for index, office in enumerate(order):
        if office not in known:
            raise OfficeNotFound(pointer=f"/draw_order/{index}", office=office)


def _check_stops(event: Event) -> None:
    zone = store_facts(event.store_code or "").time_zone
    outside = [
        stop.id
        for stop in queries.stops_of(event.id)
        if not rules.within_days(stop.starts_at, stop.ends_at, event.starts_on, event.ends_on, zone)
    ]
    if outside:
        listed = ", ".join(map(str, outside))
        raise rules.StopsLeftOutside(pointer="/starts_on", stops=listed, first=event.starts_on, last=event.ends_on)


def _note(session: Session, actor: Actor, deed: str, event: Event, **facts: object) -> None:
    audit.record(session, actor, f"{deed}_event", "event", event.id, event.host_office, **facts)


def extend(actor: Actor, event_id: int, days: int, once: Once = FIRST) -> int:
    """Let an event last some days longer. Answers its id."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(event_id, event.status, (EventStatus.PLANNED, EventStatus.RUNNING))
        event.ends_on += timedelta(days=days)
        event.version += 1
        _note(session, actor, "extend", event, days=days)
        return once.keep(session, event_id)


def add_stop(actor: Actor, event_id: int, wanted: StopPlan, once: Once = FIRST) -> int:
    """Add a stop within the event's days. Answers the stop's id."""
    return add_stops(actor, event_id, [wanted], once)


def add_stops(actor: Actor, event_id: int, wanted: Sequence[StopPlan], once: Once = FIRST) -> int:
    """Add stops within the event's days, all of them or none. Answers the last one's id."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(event_id, event.status, ALIVE)
        zone = queries.kit_of(event).time_zone
        for each in wanted:
            if each.region_code is not None:
                get_region(each.region_code, pointer="/region")
                rules.check_region(event.host_office, each.region_code)
            rules.check_window(each.starts_at, each.ends_at, event.starts_on, event.ends_on, zone)
        made = [Stop(event_id=event_id, **asdict(each)) for each in wanted]
        session.add_all(made)
        session.flush()
        for stop in made:
            _note(session, actor, "add_stop_to", event, stop=stop.id)
        return once.keep(session, made[-1].id)


def remove_stop(actor: Actor, event_id: int, stop_id: int) -> None:
    """Remove a stop where nobody was recorded; raises `StopInUse`."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        rules.check_status(event_id, event.status, ALIVE)
        queries.get_stop(actor, event_id, stop_id)
        try:
            session.execute(sa.delete(Stop).where(Stop.id == stop_id))
        except IntegrityError as error:  # a recording refers to it, and recordings build on events
            raise rules.StopInUse(stop=stop_id) from error
        _note(session, actor, "remove_stop_from", event, stop=stop_id)


def add_member(actor: Actor, event_id: int, user: int, once: Once = FIRST) -> int:
    """Let a user, of whichever office, into the event. Answers the user's id."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        found = session.get(User, user)
        if found is None or not found.active:
            raise UserNotFound(pointer="/user", user=user)
        rules.check_status(event_id, event.status, ALIVE)
        insert_ignore(session, table_of(Membership), [{"event_id": event_id, "user_id": user}])
        _note(session, actor, "add_member_to", event, user=user)
        return once.keep(session, user)


def remove_member(actor: Actor, event_id: int, user: int) -> None:
    """Take a user out of the event; raises `MemberNotFound`."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        member = session.get(Membership, (event_id, user))
        if member is None:
            raise queries.MemberNotFound(user=user)
        session.delete(member)
        session.flush()
        _note(session, actor, "remove_member_from", event, user=user)


def pledge(actor: Actor, event_id: int, store: str, item: str, amount: Amount, once: Once = FIRST) -> int:
    """Put stock of a store into an event: earmarked at once, its owner's to the end. Answers the pledge's id."""
    with transaction() as session:
        event = session.get(Event, event_id, with_for_update=True)
        source = store_for(actor, Action.PLEDGE, store)
        if event is None or not (rules.may_pool(source.office, event.host_office) or queries.may_see(actor, event)):
            raise EventNotFound(event=event_id)
        rules.check_pledger(actor.office, source.office, clerk=actor.role is Role.CLERK)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(event_id, event.status, ALIVE)
        if source.kind is StoreKind.EVENT_KIT:
            raise rules.PledgeFromKit(pointer="/store", store=store)
        free = in_store(store, get_item(item).code, source.office)
        earmarked = in_store(store, item, source.office, event_id).tracked(numbered=amount.numbered)
        books = ledger.lock(session, [free.tracked(numbered=amount.numbered), earmarked], {store: source.office})
        legs = [part.to(earmarked) for part in ledger.draw(session, books, [free], amount)]
        posted = ledger.post(session, books, Fact(MovementKind.EARMARK, actor, source, document_id=event_id), legs)
        made = steps.add_pledge(session, actor, earmarked, amount.quantity, posted.id)
        facts = {"event": event_id, "quantity": amount.quantity}
        audit.record(session, actor, "pledge", "pledge", made.id, source.office, **facts)
        return once.keep(session, made.id)


def release(actor: Actor, event_id: int, pledge_id: int) -> None:
    """Let go of a pledge that was not brought yet: its office's side may, and who runs the event."""
    with transaction() as session:
        event = session.get(Event, event_id, with_for_update=True)
        if event is None:
            raise EventNotFound(event=event_id)
        waiting = {found.id: found for found in queries.waiting_pledges(event_id)}
        found = waiting.get(pledge_id) or session.get(Pledge, pledge_id)
        unseen = PledgeNotFound(pledge=pledge_id)
        if found is None or found.event_id != event_id:
            raise unseen if queries.may_see(actor, event) else EventNotFound(event=event_id)
        if not access.may(actor, Action.RUN_EVENTS, event.host_office):
            access.require(actor, Action.PLEDGE, found.office_code, unseen=unseen)
            rules.check_pledger(actor.office, found.office_code, clerk=actor.role is Role.CLERK)
        if found.id not in waiting:
            raise rules.PledgeNotOpen(pledge=pledge_id, status=found.status)
        earmarked, filled = queries.earmark_of(found), queries.earmarks_of(event)
        mine = [key for key in (earmarked, earmarked.tracked(numbered=True)) if key in filled]
        keys = [*mine, *map(queries.free_twin, mine)]
        books = ledger.lock(session, keys, {found.store_code: found.office_code}) if keys else Books({}, {})
        there = {key: books.balance(key) for key in mine}
        share = queries.shares_of(waiting.values(), there)[0][pledge_id]
        parts = [Part(earmarked, share.counted), Part(earmarked.tracked(numbered=True), share.numbered, share.spans)]
        if legs := [part.to(queries.free_twin(part.key)) for part in parts if part.quantity]:
            fact = Fact(MovementKind.RELEASE, actor, store_facts(found.store_code), document_id=event_id)
            ledger.post(session, books, fact, legs)
        found.status = PledgeStatus.RELEASED
        facts = {"event": event_id, "quantity": share.quantity}
        audit.record(session, actor, "release", "pledge", pledge_id, found.office_code, **facts)


def cancel(actor: Actor, event_id: int, reason: str, once: Once = FIRST) -> int:
    """Call an event off before it starts: every pledge is let go. Answers its id."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(event_id, event.status, COMING)
        close_kit(session, event)
        waiting = queries.waiting_pledges(event_id)
        if unfinished := queries.open_transfers(event.store_code or ""):
            raise rules.EventTransfersOpen(transfers=", ".join(map(str, unfinished)))
        if queries.holds_stock(event.store_code or ""):
            raise rules.EventHoldsStock(store=event.store_code)
        earmarks = queries.earmarks_of(event)
        keys = [*earmarks, *map(queries.free_twin, earmarks)]
        books = ledger.lock(session, keys, {key.store: key.owner for key in earmarks})
        steps.release_all(session, actor, event, books, waiting, reason)
        event.status = EventStatus.CANCELLED
        event.version += 1
        _note(session, actor, "cancel", event, reason=reason, released=len(waiting))
        return once.keep(session, event_id)


def close_kit(session: Session, event: Event) -> None:
    """Nothing goes on in the event's kit any more: waits for who holds it, so done first of all."""
    session.execute(sa.update(Store).where(Store.event_id == event.id).values(closed=True))


def start(
    actor: Actor,
    event_id: int,
    arrived: Sequence[Arrived] = (),
    occurred_on: date | None = None,
    once: Once = FIRST,
) -> int:
    """Bring every pledge to the kit, as counted on arrival or in full, and let the event run. Answers its id.

    What transfers set aside for the event in other stores is brought too: each such earmark becomes a pledge.
    """
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(event_id, event.status, COMING)
        kit = queries.kit_of(event, lock=True)
        waiting = queries.waiting_pledges(event_id)
        shares, beyond = queries.shares_of(waiting, queries.earmarks_of(event))
        going = [(each, shares[each.id]) for each in waiting]
        more = [made for each, share in going if (made := steps.split(session, actor, each, share)) is not None]
        going = [(each, Share(share.counted) if share.counted else share) for each, share in going]
        for earmarked, left in sorted(beyond.items()):
            more += steps.add_what_is_beyond(session, actor, earmarked, left)
        counted = rules.arrivals({each.id: share.quantity for each, share in going}, arrived, queries.whose(event_id))
        for each, share in (*going, *more):
            steps.bring(session, actor, kit, each, share, counted.get(each.id), occurred_on)
        event.status = EventStatus.RUNNING
        event.started_at = clock.now()
        event.version += 1
        _keep_draw_order(session, event)
        _note(session, actor, "start", event, pledges=len(going) + len(more))
        return once.keep(session, event_id)


def bring(
    actor: Actor,
    event_id: int,
    pledge_id: int,
    amount: Amount | None = None,
    reason: str = "",
    occurred_on: date | None = None,
    once: Once = FIRST,
) -> int:
    """Bring a pledge that was made while the event was running already. Answers the pledge's id."""
    with transaction() as session:
        event = queries.managed(session, actor, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(event_id, event.status, (EventStatus.RUNNING,))
        kit = queries.kit_of(event, lock=True)
        waiting = {found.id: found for found in queries.waiting_pledges(event_id)}
        found = waiting.get(pledge_id) or queries.get_pledge(actor, event_id, pledge_id)
        if found.id not in waiting:
            raise rules.PledgeNotOpen(pledge=pledge_id, status=found.status)
        share = queries.shares_of(waiting.values(), queries.earmarks_of(event))[0][pledge_id]
        rest = steps.split(session, actor, found, share)
        share = Share(share.counted) if share.counted else share
        counted = Arrived(pledge_id, amount or Amount(share.quantity), reason)
        rules.check_arrived(counted, share.quantity, "", queries.whose(event_id).get(pledge_id))
        steps.bring(session, actor, kit, found, share, counted, occurred_on)
        if rest is not None:
            steps.bring(session, actor, kit, *rest, None, occurred_on)
        _keep_draw_order(session, event)
        _note(session, actor, "bring_pledge_to", event, pledge=pledge_id, arrived=counted.quantity)
        return once.keep(session, pledge_id)


def _keep_draw_order(session: Session, event: Event) -> None:
    """Tell the kit whose goods go first."""
    brought = [each.office_code for each in queries.pledges_of(event.id) if each.status is PledgeStatus.BROUGHT]
    order = event.draw_order or rules.draw_order(event.host_office, brought)
    session.execute(sa.update(Store).where(Store.code == event.store_code).values(draw_order=order))
