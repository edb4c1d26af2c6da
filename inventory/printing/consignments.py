"""Waiting cards sent on to the head of a kecamatan or village, and what comes back of them uncollected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys
from inventory.access import Action, Actor
from inventory.database import current, transaction
from inventory.offices.queries import StoreFacts, store_for
from inventory.printing import ageing, collected, rules
from inventory.printing import consignment_rules as own
from inventory.printing.consignment_rules import ConsignmentStatus
from inventory.printing.handover import CardFacts, check_waiting, locked_cards, recordings_meant
from inventory.printing.models import Card, CardConsignment
from inventory.printing.rules import CardStatus
from inventory.printing.run_rules import CardsNotChecked
from inventory.recordings.queries import chunks
from inventory.recordings.rules import Reference
from inventory.regions.queries import get_region
from inventory.retries import FIRST, Once


@dataclass(frozen=True, slots=True)
class NewConsignment:
    """Which cards go from which store to whom. `repr` keeps the recipient's name out of any traceback."""

    store: str
    region: str
    recipient: str
    recipient_role: str
    recordings: Sequence[Reference]
    due_on: date | None = None
    document_number: str = ""

    def __repr__(self) -> str:
        return f"NewConsignment({self.store!r}, {self.region!r})"


def send(actor: Actor, wanted: NewConsignment, once: Once = FIRST) -> int:
    """Send waiting cards of one store on. In the ledger they stay printed there. Answers the consignment's id.

    Raises `NoHeadThere`, `DueBeforeSent`, `LinesRefused` for lines that mean no recording; `CardsNotWaiting`,
    `CardsElsewhere`, `CardsSentOn` or `CardsNotChecked` with the lines.
    """
    with transaction() as session:
        store = store_for(actor, Action.PRINT, wanted.store)
        own.check_region(get_region(wanted.region, pointer="/region").code, store.office)
        ids = recordings_meant(actor, wanted.recordings, None, "recordings", "")
        if (done := once.done_before(session)) is not None:
            return done
        own.check_due(wanted.due_on, clock.business_day(store.time_zone))
        cards = locked_cards(session, ids)
        _check_here(cards, ids, store)
        row = _insert(session, actor, wanted, store, cards.values())
        _set_consignment(session, cards.values(), row.id)
        facts = {"cards": len(ids), "region": wanted.region, "recordings": ids}
        audit.record(session, actor, "send_cards", "card_consignment", row.id, store.office, **facts)
        return once.keep(session, row.id)


def _check_here(cards: Mapping[int, CardFacts], ids: Sequence[int], store: StoreFacts) -> None:
    """Raise for every card that does not wait, lies elsewhere, was sent on already, or must be checked: in this order.

    A card that its office wants checked could not be handed over out there.
    """
    check_waiting(cards, ids, "recordings")
    here = {i for i, card in cards.items() if card.store == store.code}
    free = {i for i, card in cards.items() if card.consignment is None}
    checked = {i for i, card in cards.items() if card.checked_at or card.event or not store.checks.card_check}
    for fits, error in (
        (here, own.CardsElsewhere),
        (free, own.CardsSentOn),
        (checked, CardsNotChecked),
    ):
        if wrong := [index for index, i in enumerate(ids) if i not in fits]:
            raise rules.named(error, "recordings", wrong)


def _insert(
    session: Session, actor: Actor, wanted: NewConsignment, store: StoreFacts, cards: Iterable[CardFacts]
) -> CardConsignment:
    events = {card.event for card in cards}
    row = CardConsignment(
        office_code=store.office,
        store_code=store.code,
        event_id=(events.pop() or None) if len(events) == 1 else None,
        region_code=wanted.region,
        recipient_secret=keys.encrypt(wanted.recipient),
        recipient_role=wanted.recipient_role,
        document_number=wanted.document_number,
        sent_on=clock.business_day(store.time_zone),
        due_on=wanted.due_on,
        status=ConsignmentStatus.OPEN,
        quantity=len(wanted.recordings),
        issued=0,
        returned=0,
        lost=0,
        created_at=clock.now(),
        user_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    return row


def _set_consignment(session: Session, cards: Iterable[CardFacts], consignment: int | None) -> None:
    for part in chunks(sorted(card.id for card in cards)):
        session.execute(sa.update(Card).where(Card.id.in_(part)).values(consignment_id=consignment))


def bring_back(
    actor: Actor, consignment_id: int, references: Sequence[Reference] | None, reason: str = "", once: Once = FIRST
) -> int:
    """Note that cards came back uncollected: these, or (None) all that are still out. Answers the consignment's id.

    Raises `ConsignmentNotFound`, `ConsignmentClosed`, `LinesRefused`, or `CardsNotInConsignment` with the lines.
    """
    with transaction() as session:
        row = session.get(CardConsignment, consignment_id)
        unseen = ageing.ConsignmentNotFound(consignment=consignment_id)
        if row is None:
            raise unseen
        access.require(actor, Action.PRINT, row.office_code, event_id=row.event_id, unseen=unseen)
        named = None if references is None else recordings_meant(actor, references, None, "recordings", "")
        if (done := once.done_before(session)) is not None:
            return done
        cards = locked_cards(session, _out_of(session, consignment_id) if named is None else named)
        out = {
            i: card
            for i, card in cards.items()
            if card.consignment == consignment_id and card.status is CardStatus.WAITING
        }
        if not out and named is None:
            raise own.ConsignmentClosed(consignment=consignment_id)
        if named is not None and (wrong := [index for index, i in enumerate(named) if i not in out]):
            raise rules.named(own.CardsNotInConsignment, "recordings", wrong)
        _set_consignment(session, out.values(), None)
        collected.count(session, (card.consignment for card in out.values()), "returned")
        facts = {"cards": len(out), "recordings": sorted(out), "reason": reason}
        audit.record(session, actor, "return_cards", "card_consignment", row.id, row.office_code, **facts)
        return once.keep(session, row.id)


def _out_of(session: Session, consignment_id: int) -> list[int]:
    query = sa.select(Card.recording_id).where(Card.consignment_id == consignment_id, Card.status == CardStatus.WAITING)
    return list(session.scalars(query))


def differences() -> Iterator[str]:
    """One sentence for every consignment whose figures are not those of its cards: one query."""
    statuses = {"out": CardStatus.WAITING, "issued": CardStatus.ISSUED, "lost": CardStatus.LOST}
    counted = [
        sa.func.coalesce(sa.func.sum(sa.case((Card.status == status, 1), else_=0)), 0).label(name)
        for name, status in statuses.items()
    ]
    there = (
        sa.select(Card.consignment_id, *counted)
        .where(Card.consignment_id.is_not(None))
        .group_by(Card.consignment_id)
        .subquery()
    )
    c = CardConsignment
    row_id = sa.func.coalesce(c.id, there.c.consignment_id).label("id")
    said = (c.quantity - c.issued - c.returned - c.lost, c.issued, c.lost)
    found = [sa.func.coalesce(there.c[name], 0) for name in statuses]
    ends = sa.case((c.status == ConsignmentStatus.OPEN, 1), else_=0) != sa.case((said[0] > 0, 1), else_=0)
    apart = [c.id.is_(None), ends, *(one != other for one, other in zip(said, found, strict=True))]
    query = (
        sa.select(row_id, c.status, *[one.label(f"said_{name}") for one, name in zip(said, statuses, strict=True)])
        .add_columns(*[one.label(f"found_{name}") for one, name in zip(found, statuses, strict=True)])
        .select_from(sa.join(there, c, c.id == there.c.consignment_id, full=True))
        .where(sa.or_(*apart))
        .order_by(row_id)
    )
    for row in current().execute(query, execution_options={"yield_per": 1_000}):
        yield _told(row)


def _told(row: Any) -> str:
    if row.status is None:
        return f"card consignment {row.id}: cards are with it, there is no such consignment"
    return (
        f"card consignment {row.id} ({row.status}): it says {row.said_out} out, {row.said_issued} handed over,"
        f" {row.said_lost} lost; its cards say {row.found_out}, {row.found_issued}, {row.found_lost}"
    )
