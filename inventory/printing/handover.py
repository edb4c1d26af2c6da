"""Handing cards over to those who collect them, and taking a mistaken hand-over back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys, outbox
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.database import transaction, wire
from inventory.errors import Fault, LinesRefused, NotPermitted
from inventory.offices.queries import store_facts, store_for
from inventory.offices.rules import main_store_of
from inventory.outbox import ChangeKind
from inventory.outreach.models import Event
from inventory.outreach.rules import EventStatus
from inventory.printing import collected, queries, rules, run_queries
from inventory.printing.consignment_rules import CollectorCheck, Surrendered, check_collectors, why_not_waiting
from inventory.printing.models import Attempt, Card
from inventory.printing.rules import CardStatus
from inventory.recordings import commands as recordings
from inventory.recordings.models import Recording
from inventory.recordings.persons import require_persons
from inventory.recordings.queries import chunks, joined_events, reached, require_office, resolve
from inventory.recordings.rules import RecordingStatus, Reference
from inventory.retries import FIRST, Once
from inventory.stock import corrections, ledger, numbers
from inventory.stock.ledger import Books, Fact
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place, in_store, short

_CARDS: Any = Card.__table__


@dataclass(frozen=True, slots=True)
class Handover:
    """Whose card goes to whom: to somebody named, or (relation `self`, no name) to the resident.

    `repr` keeps the collector's name out of any traceback.
    """

    recording: Reference
    collected_by: str | None = None
    collector_relation: str | None = None
    checked: Sequence[CollectorCheck] = ()
    surrendered: Surrendered | None = None

    def __repr__(self) -> str:
        return f"Handover({self.recording!r})"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A standing card, locked."""

    id: int
    recording: int
    office: str
    store: str
    item: str
    owner: str
    event: int
    status: CardStatus
    issued_at: datetime | None
    issue_movement: int | None
    checks: dict[str, Any] | None
    consignment: int | None
    number: str | None
    checked_at: datetime | None

    @property
    def account(self) -> AccountKey:
        """The account that a waiting card is counted in."""
        key = in_store(self.store, self.item, self.owner, self.event, Condition.PRINTED)
        return key.tracked(numbered=self.number is not None)


def issue(
    actor: Actor,
    handovers: Sequence[Handover],
    *,
    office: str | None = None,
    occurred_on: date | None = None,
    once: Once = FIRST,
) -> list[int]:
    """Hand waiting cards over: one movement for each store they lie in. Answers their recordings' ids.

    Old cards that were given back go into their register. Raises `LinesRefused` for lines that mean no recording or
    name no collector, `CardsNotWaiting` with the lines; then nothing was done.
    """
    with transaction() as session:
        ids = recordings_meant(actor, [told.recording for told in handovers], office, "cards", "/recording")
        check_collectors([(told.collected_by, told.collector_relation) for told in handovers])
        if once.done_before(session) is not None:
            return ids
        cards = locked_cards(session, ids)
        check_waiting(cards, ids, "cards")
        run_queries.check_checked(session, ids)
        accounts = [card.account for card in cards.values()]
        books = ledger.lock(
            session, [*accounts, *map(rules.handed_over, accounts)], {c.store: c.office for c in cards.values()}
        )
        given = [(cards[i], told) for i, told in zip(ids, handovers, strict=True)]
        movements = hand_over(session, books, actor, given, occurred_on)
        old = sum(told.surrendered.quantity for told in handovers if told.surrendered)
        counts = {"cards": len(ids), "movements": movements, "surrendered": old}
        audit.record(session, actor, "issue", "cards", movements[0], actor.office, **counts)
        once.keep(session, movements[0])
        return ids


def _legs(moves: Iterable[tuple[str | None, AccountKey, AccountKey]]) -> list[Leg]:
    """What one movement does for cards of these numbers, each from where to where."""
    ways: defaultdict[tuple[AccountKey, AccountKey], list[str | None]] = defaultdict(list)
    for number, source, target in moves:
        ways[source, target].append(number)
    return [
        Leg(*way, len(cards), tuple(numbers.compact(numbers.read(number) for number in cards if number is not None)))
        for way, cards in ways.items()
    ]


def check_waiting(cards: Mapping[int, CardFacts], ids: Sequence[int], name: str) -> None:
    """Raise `CardsNotWaiting` with the lines whose recordings have no card to hand over."""
    late = {i for i in ids if i not in cards or cards[i].status is not CardStatus.WAITING}
    faults = [_why_not(cards.get(i), f"/{name}/{index}") for index, i in enumerate(ids) if i in late]
    if faults:
        raise rules.CardsNotWaiting(faults=faults, count=len(faults))


def _why_not(card: CardFacts | None, pointer: str) -> Fault:
    if card is None:
        return why_not_waiting(pointer)
    return why_not_waiting(pointer, card.status, card.issued_at, store_facts(card.store).time_zone)


def hand_over(
    session: Session,
    books: Books,
    actor: Actor,
    given: Sequence[tuple[CardFacts, Handover]],
    occurred_on: date | None = None,
) -> list[int]:
    """Post the hand-over of locked, waiting cards and note who took them. Answers the movements."""
    now, movements = clock.now(), []
    rows: list[dict[str, Any]] = []
    by_store: defaultdict[str, list[tuple[CardFacts, Handover]]] = defaultdict(list)
    for card, told in given:
        by_store[card.store].append((card, told))
    for store, part in sorted(by_store.items()):
        legs = _legs((card.number, card.account, rules.handed_over(card.account)) for card, _ in part)
        fact = Fact(MovementKind.ISSUE, actor, store_facts(store), occurred_on)
        posted = ledger.post(session, books, fact, legs)
        movements.append(posted.id)
        kept = collected.register(session, actor, fact.store, posted, [told.surrendered for _, told in part])
        _tell(session, ChangeKind.CARD_ISSUED, posted.id, [card for card, _ in part])
        rows += [
            {"card": card.id, "movement": posted.id, "at": now, "relation": told.collector_relation,
             "collector": None if told.collected_by is None else keys.encrypt(told.collected_by),
             "checks": collected.said(told.checked, told.surrendered, kept)}
            for card, told in part
        ]  # fmt: skip
    wire(session).execute(_ISSUE, sorted(rows, key=lambda row: row["card"]))
    collected.count(session, (card.consignment for card, _ in given), "issued")
    recordings.set_status(session, [card.recording for card, _ in given], RecordingStatus.ISSUED, now)
    return movements


def _tell(session: Session, kind: ChangeKind, movement: int, cards: Sequence[CardFacts]) -> None:
    """Tell the outside world what a movement did to these cards of one store."""
    events = {card.event for card in cards}
    outbox.tell(session, kind, cards[0].office, event_id=events.pop() if len(events) == 1 else None,
                movement_id=movement, recordings=[card.recording for card in cards])  # fmt: skip


_ISSUE = (
    sa.update(_CARDS)
    .where(_CARDS.c.id == sa.bindparam("card"))
    .values(
        status=CardStatus.ISSUED,
        issued_at=sa.bindparam("at"),
        issue_movement_id=sa.bindparam("movement"),
        collector_secret=sa.bindparam("collector"),
        collector_relation=sa.bindparam("relation"),
        collector_checks=sa.bindparam("checks"),
    )
)


def lose(
    actor: Actor,
    references: Sequence[Reference],
    reason: str,
    *,
    police_number: str = "",
    office: str | None = None,
    once: Once = FIRST,
) -> list[int]:
    """Report waiting cards as lost or stolen, by name: one movement for each store. Answers their recordings' ids.

    The recordings stay printed. Raises `LinesRefused` or `CardsNotWaiting` with the lines; then nothing was done.
    """
    with transaction() as session:
        ids = recordings_meant(actor, references, office, "recordings", "")
        if once.done_before(session) is not None:
            return ids
        cards = locked_cards(session, ids)
        check_waiting(cards, ids, "recordings")
        accounts = [card.account for card in cards.values()]
        ends = [key.at(Place.LOST) for key in accounts]
        books = ledger.lock(session, [*accounts, *ends], {card.store: card.office for card in cards.values()})
        by_store: defaultdict[str, list[CardFacts]] = defaultdict(list)
        for card in cards.values():
            by_store[card.store].append(card)
        movements = []
        for store, part in sorted(by_store.items()):
            legs = _legs((card.number, card.account, card.account.at(Place.LOST)) for card in part)
            fact = Fact(MovementKind.LOSS, actor, store_facts(store), reason=reason, document_number=police_number,
                        document_id=min(card.id for card in part))  # fmt: skip
            posted = ledger.post(session, books, fact, legs)
            corrections.report_loss(session, actor, fact.store, posted.id, len(part))
            _tell(session, ChangeKind.CARD_LOST, posted.id, part)
            movements.append(posted.id)
        for some in chunks(sorted(card.id for card in cards.values())):
            session.execute(sa.update(Card).where(Card.id.in_(some)).values(status=CardStatus.LOST))
        collected.count(session, (card.consignment for card in cards.values()), "lost")
        audit.record(session, actor, "lose", "cards", movements[0], actor.office, cards=len(ids), movements=movements)
        once.keep(session, movements[0])
        return ids


def issue_opening(
    actor: Actor, store_code: str, item: str, quantity: int, document_number: str, once: Once = FIRST
) -> int:
    """Hand over cards that were printed before the books began, by the list `document_number`. Answers the movement.

    Opening figures are a count without recordings; cards of recordings are handed over one by one. Raises
    `StockInsufficient` beyond what the opening left.
    """
    with transaction() as session:
        store = store_for(actor, Action.PRINT, store_code)
        if (done := once.done_before(session)) is not None:
            return done
        key = in_store(store.code, get_item(item).code, store.office, store.event_id, Condition.PRINTED)
        books = ledger.lock(session, [key, rules.handed_over(key)], {store.code: store.office})
        unnamed = books.balance(key) - queries.named_cards(session, key)
        if quantity > unnamed:
            raise short(key, available=unnamed, asked=quantity)
        fact = Fact(MovementKind.ISSUE, actor, store, document_number=document_number)
        posted = ledger.post(session, books, fact, [Leg(key, rules.handed_over(key), quantity)])
        audit.record(session, actor, "issue_opening", "movement", posted.id, store.office, quantity=quantity)
        return once.keep(session, posted.id)


def undo_issue(
    actor: Actor, references: Sequence[Reference], reason: str, *, office: str | None = None, once: Once = FIRST
) -> list[int]:
    """Take hand-overs back: the cards wait again, those of an ended event in the host's main store.

    Old cards that were given back leave their register; cards that had been sent on are out there again. Answers their
    recordings' ids. Raises `LinesRefused`, `CardsNotIssued` or `PersonPurged` with the lines, `UndoTooLate` or
    `BelowDestroyed`.
    """
    with transaction() as session:
        ids = recordings_meant(actor, references, office, "recordings", "")
        if once.done_before(session) is not None:
            return ids
        running = _held_events(session, ids)
        cards = locked_cards(session, ids)
        issued = {i for i, card in cards.items() if card.status is CardStatus.ISSUED}
        if late := [index for index, i in enumerate(ids) if i not in issued]:
            raise rules.named(rules.CardsNotIssued, "recordings", late)
        require_persons(session, ids, "recordings")
        targets = _targets(cards.values(), running)
        movements = _take_back(session, actor, list(cards.values()), targets, reason)
        recordings.set_status(session, ids, RecordingStatus.PRINTED, clock.now())
        counts = {"cards": len(ids), "movements": movements}
        audit.record(session, actor, "undo_issue", "cards", movements[0], actor.office, **counts)
        once.keep(session, movements[0])
        return ids


def _held_events(session: Session, ids: Sequence[int]) -> set[int]:
    """The running events of these cards, held: they cannot close before this transaction ends."""
    named: set[int] = set()
    for part in chunks(ids):
        query = sa.select(Card.event_id).where(Card.recording_id.in_(part), Card.event_id != 0).distinct()
        named.update(session.scalars(query))
    running: set[int] = set()
    for part in chunks(sorted(named)):
        held = sa.select(Event.id, Event.status).where(Event.id.in_(part)).order_by(Event.id)
        rows = session.execute(held.with_for_update(read=True))
        running.update(row.id for row in rows if row.status is EventStatus.RUNNING)
    return running


def _targets(cards: Any, running: set[int]) -> dict[str, str]:
    """Where the cards of each store go back to: the store itself, or for a kit that was packed up, the main store."""
    targets: dict[str, str] = {}
    for card in cards:
        if card.store not in targets:
            kit = store_facts(card.store).event_id
            targets[card.store] = main_store_of(card.office) if kit and kit not in running else card.store
    return targets


def _take_back(
    session: Session, actor: Actor, cards: Sequence[CardFacts], targets: dict[str, str], reason: str
) -> list[int]:
    by_movement: defaultdict[int, list[CardFacts]] = defaultdict(list)
    for card in cards:
        by_movement[card.issue_movement or 0].append(card)
    collected.unregister(session, (card.checks for card in cards))
    back = {card.id: card.account.at(card.account.place, store=targets[card.store]) for card in cards}
    ends = [rules.handed_over(card.account) for card in cards]
    offices = {code: card.office for card in cards for code in (card.store, targets[card.store])}
    books = ledger.lock(session, [*back.values(), *ends], offices)
    now, movements = clock.now(), []
    for movement, part in sorted(by_movement.items()):
        store = store_facts(targets[part[0].store])
        for card in part:
            rules.check_undo(card.issued_at or now, now, store.undo_minutes, store.time_zone)
        legs = _legs((card.number, rules.handed_over(card.account), back[card.id]) for card in part)
        fact = Fact(MovementKind.ISSUE_UNDO, actor, store, reason=reason, corrects_id=movement)
        movements.append(ledger.post(session, books, fact, legs).id)
        _tell(session, ChangeKind.ISSUE_UNDONE, movements[-1], part)
    rows = [{"card": card.id, "store": back[card.id].store} for card in sorted(cards, key=lambda card: card.id)]
    wire(session).execute(_TAKE_BACK, rows)
    collected.count(session, (card.consignment for card in cards), "issued", -1)
    return movements


_TAKE_BACK = (
    sa.update(_CARDS)
    .where(_CARDS.c.id == sa.bindparam("card"))
    .values(
        status=CardStatus.WAITING,
        store_code=sa.bindparam("store"),
        issued_at=None,
        issue_movement_id=None,
        collector_secret=None,
        collector_relation=None,
        collector_checks=sa.null(),
    )
)


def recordings_meant(
    actor: Actor, references: Sequence[Reference], office: str | None, name: str, field: str
) -> list[int]:
    """The recordings that the lines mean among what the actor reaches; raises `LinesRefused`."""
    if not access.permits(actor, Action.PRINT):
        raise NotPermitted(role=actor.role, office=actor.office, action=Action.PRINT)
    ways = reached(actor)
    if len(ways) > 1:
        # A member hands over whatever was printed in the event, also recordings that the host took outside of it.
        joined = sa.select(Card.recording_id).where(Card.event_id.in_(joined_events(actor)))
        ways.append(Recording.id.in_(joined))
    if office is not None:
        require_office(actor, Action.PRINT, office)
        ways = [sa.and_(way, access.within(Recording.office_code, office)) for way in ways]
    meant, wrong = resolve(references, ways)
    faults = [
        Fault(f"/{name}/{index}{field}", wrong[reference].sentence, wrong[reference].code)
        for index, reference in enumerate(references)
        if reference in wrong
    ]
    if faults:
        raise LinesRefused(faults)
    ids = [meant[reference].id for reference in references]
    rules.first_lines(ids, name)
    return ids


def locked_cards(session: Session, ids: Sequence[int]) -> dict[int, CardFacts]:
    """The standing cards of these recordings, locked in the order of the recordings."""
    found: dict[int, CardFacts] = {}
    for part in chunks(sorted(ids)):
        query = sa.select(
            Card.id, Card.recording_id, Card.office_code, Card.store_code, Card.item_code, Card.owner_code,
            Card.event_id, Card.status, Card.issued_at, Card.issue_movement_id, Card.collector_checks,
            Card.consignment_id, Attempt.number, Card.checked_at,
        ).join(Attempt, Attempt.id == Card.attempt_id)  # fmt: skip
        query = query.where(Card.recording_id.in_(part), Card.status != CardStatus.UNDONE)
        rows: Any = session.execute(query.order_by(Card.recording_id).with_for_update(of=Card))
        found.update((row.recording_id, CardFacts(*row)) for row in rows)
    return found


def lock_cards_of(session: Session, store: str) -> None:
    """Lock the waiting cards of a store, in the same order."""
    query = sa.select(Card.id).where(Card.store_code == store, Card.status == CardStatus.WAITING)
    session.execute(query.order_by(Card.recording_id).with_for_update())
