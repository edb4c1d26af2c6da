"""Closing an event: count, explain, put what is left on its way home, and freeze the settlement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from inventory import audit, clock
from inventory.access import Actor
from inventory.database import transaction
from inventory.errors import Busy
from inventory.offices.queries import StoreFacts, store_facts
from inventory.offices.rules import main_store_of
from inventory.outreach import queries as outreach
from inventory.outreach.commands import close_kit, release_all
from inventory.outreach.models import Event
from inventory.outreach.rules import EventStatus, EventTransfersOpen, check_status
from inventory.printing.commands import move_waiting_cards
from inventory.printing.queries import open_jobs
from inventory.retries import FIRST, Once
from inventory.settlement import queries, rules
from inventory.settlement.models import SettlementLine
from inventory.settlement.rules import Goods, Line
from inventory.stock import ledger
from inventory.stock.ledger import Books, Fact
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place, in_store
from inventory.transfers.drafts import draft
from inventory.transfers.rules import TransferStatus


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of one owner's goods of one item were counted in the kit."""

    owner: str
    item: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the count of one owner's goods of one item differs from the books."""

    owner: str
    item: str
    reason: str


def close(
    actor: Actor,
    event_id: int,
    counts: Sequence[Counted] = (),
    explanations: Sequence[Explained] = (),
    occurred_on: date | None = None,
    once: Once = FIRST,
) -> int:
    """Close a running event: every blank is accounted for, what is left goes home. Answers its id.

    Waiting cards and spoiled blanks move to the host's main store and keep owner and event. Raises `JobsUnfinished`,
    `EventTransfersOpen`, `DifferenceUnexplained`, `SettlementUnbalanced`.
    """
    with transaction() as session:
        event = outreach.managed(session, actor, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        check_status(event_id, event.status, (EventStatus.RUNNING,))
        close_kit(session, event)
        waiting = outreach.waiting_pledges(event_id)
        _check_nothing_open(event)
        kit, home = outreach.kit_of(event), store_facts(main_store_of(event.host_office))
        move_waiting_cards(session, kit.code, home)
        known = queries.figures_of(event)
        counted = rules.by_goods([(Goods(said.owner, said.item), said.quantity) for said in counts], known, "counts")
        said_of = [(Goods(said.owner, said.item), said.reason) for said in explanations]
        explained = rules.by_goods(said_of, known, "explanations")
        books = _lock(session, event, kit, home, counted)
        figures = queries.figures_of(event)
        lines = rules.settle(figures, queries.kinds_of(figures), counted, explained)
        release_all(session, actor, event, books, waiting, "close")
        event.last_movement_id = queries.last_movement(event)
        legs = list(_closing_legs(books, kit, home, lines))
        if legs:
            fact = Fact(MovementKind.CLOSING, actor, kit, occurred_on, document_id=event_id)
            ledger.post(session, books, fact, legs)
        _send_home(session, actor, event_id, kit, lines)
        session.add_all(_frozen(event_id, lines))
        event.status, event.closed_at = EventStatus.CLOSED, clock.now()
        event.version += 1
        facts = {"lines": len(lines), "missing": sum(line.missing for line in lines), "released": len(waiting)}
        audit.record(session, actor, "close_event", "event", event_id, event.host_office, **facts)
        return once.keep(session, event_id)


def _check_nothing_open(event: Event) -> None:
    if jobs := open_jobs(event.id):
        raise rules.JobsUnfinished(jobs=", ".join(map(str, jobs)))
    if transfers := outreach.open_transfers(event.store_code or ""):
        raise EventTransfersOpen(transfers=", ".join(map(str, transfers)))


def _lock(session: Session, event: Event, kit: StoreFacts, home: StoreFacts, counted: Iterable[Goods]) -> Books:
    """Lock the kit, where its goods may go, and what is set aside for the event elsewhere.

    An account that somebody filled in the kit meanwhile is not among them: then this attempt gives way.
    """
    keys: set[AccountKey] = set()
    for goods in counted:
        good = in_store(kit.code, goods.item, goods.owner, event.id)
        keys.update([good, *(good.at(place) for place in (Place.LOST, Place.CONSUMED, Place.SUPPLIED))])
    for key in queries.kit_accounts(event):
        keys.update([key] if key.condition is Condition.BLANK else [key, _at_home(key, home)])
    earmarks = outreach.earmarks_of(event)
    keys.update(earmarks, map(outreach.free_twin, earmarks))
    if not keys:
        return Books({}, {})
    offices = {key.store: key.owner for key in earmarks} | {kit.code: kit.office, home.code: home.office}
    books = ledger.lock(session, keys, offices)
    if set(queries.kit_accounts(event)) - set(books.ids):
        raise Busy
    return books


def _at_home(key: AccountKey, home: StoreFacts) -> AccountKey:
    return replace(key, store=home.code)  # the class of spoiled blanks stays


def _closing_legs(books: Books, kit: StoreFacts, home: StoreFacts, lines: Sequence[Line]) -> Iterator[Leg]:
    """What the count found gone or too many, and the cards and spoiled blanks that the host keeps."""
    for line in lines:
        good = in_store(kit.code, line.goods.item, line.goods.owner, kit.event_id)
        if line.lost > 0:
            yield Leg(good, good.at(Place.LOST), line.lost)
        if line.lost < 0:
            yield Leg(good.at(Place.SUPPLIED), good, -line.lost)
        if line.used_up:
            yield Leg(good, good.at(Place.CONSUMED), line.used_up)
    for key, balance in books.balances.items():
        if key.store == kit.code and key.place is Place.STORE and key.condition is not Condition.BLANK and balance:
            yield Leg(key, _at_home(key, home), balance)


def _send_home(session: Session, actor: Actor, event_id: int, kit: StoreFacts, lines: Sequence[Line]) -> None:
    """Draft the returns: to the store that an owner's goods came from, or else to the owner's main store."""
    stores = queries.home_of(event_id)
    for line in lines:
        if line.left:
            target = stores.get(line.goods) or main_store_of(line.goods.owner)
            draft(
                session,
                actor,
                source=kit,
                target=store_facts(target),
                item=line.goods.item,
                quantity=line.left,
                owner=line.goods.owner,
                keeps_owner=True,
                from_event_id=event_id,
                status=TransferStatus.APPROVED,
            )


def _frozen(event_id: int, lines: Sequence[Line]) -> Iterator[SettlementLine]:
    for line in lines:
        told = queries.told(line)
        yield SettlementLine(event_id=event_id, owner_code=told.pop("owner"), item_code=told.pop("item"), **told)
