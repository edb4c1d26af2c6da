"""Closing an event: count, explain, put what is left on its way home, and freeze the settlement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from inventory import audit, clock
from inventory.access import Actor
from inventory.custody import queries as custody
from inventory.database import transaction
from inventory.errors import Busy
from inventory.offices.queries import StoreFacts, store_facts
from inventory.offices.rules import main_store_of
from inventory.outreach import queries as outreach
from inventory.outreach.commands import close_kit
from inventory.outreach.models import Event
from inventory.outreach.rules import EventStatus, EventTransfersOpen, check_status
from inventory.outreach.steps import release_all
from inventory.printing.commands import move_waiting_cards
from inventory.printing.queries import open_jobs
from inventory.retries import FIRST, Once
from inventory.settlement import queries, rules
from inventory.settlement.models import SettlementLine
from inventory.settlement.rules import Goods, Line
from inventory.stock import ledger, numbers
from inventory.stock.corrections import report_loss
from inventory.stock.ledger import Books, Fact
from inventory.stock.numbers import Amount, Span
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Part, Place, in_store
from inventory.transfers.drafts import draft
from inventory.transfers.rules import TransferStatus


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of one owner's goods of one item were counted in the kit, or which numbers of them were seen."""

    owner: str
    item: str
    amount: Amount


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
    `EventTransfersOpen`, `DifferenceUnexplained`, `SettlementUnbalanced`; `NumbersNeeded` for a count that differs from
    books with numbers, `NumbersElsewhere` and `NumbersUnknown` for numbers that are not there.
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
        counted = rules.by_goods([(Goods(said.owner, said.item), said.amount) for said in counts], known, "counts")
        said_of = [(Goods(said.owner, said.item), said.reason) for said in explanations]
        explained = rules.by_goods(said_of, known, "explanations")
        books = _lock(session, event, kit, home, counted)
        figures = queries.figures_of(event)
        seen = {goods: _seen(session, books, _good(kit, goods), amount) for goods, amount in counted.items()}
        counts_of = {goods: each.quantity for goods, each in seen.items()}
        lines = rules.settle(figures, queries.kinds_of(figures), counts_of, explained)
        release_all(session, actor, event, books, waiting, "close")
        event.last_movement_id = queries.last_movement(event)
        legs = list(_closing_legs(session, books, kit, home, lines, seen))
        if legs:
            fact = Fact(MovementKind.CLOSING, actor, kit, occurred_on, document_id=event_id)
            posted = ledger.post(session, books, fact, legs)
            if lost := sum(leg.quantity for leg in legs if leg.target.place is Place.LOST):
                report_loss(session, actor, kit, posted.id, lost)
        _send_home(session, actor, event_id, kit, lines, books)
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
    if sessions := custody.unfinished_in(event.store_code or ""):
        raise rules.CustodyUnsettled(sessions=", ".join(map(str, sessions)))


def _lock(session: Session, event: Event, kit: StoreFacts, home: StoreFacts, counted: Iterable[Goods]) -> Books:
    """Lock the kit, where its goods may go, and what is set aside for the event elsewhere.

    An account that somebody filled in the kit meanwhile is not among them: then this attempt gives way.
    """
    keys: set[AccountKey] = set()
    for goods in counted:
        good = _good(kit, goods)
        keys.update([good, *(good.at(place) for place in (Place.LOST, Place.CONSUMED, Place.SUPPLIED))])
    for key in queries.kit_accounts(event):
        keys.update([key, *_moves_to(key, home)])
    earmarks = outreach.earmarks_of(event)
    keys.update(earmarks, map(outreach.free_twin, earmarks))
    if not keys:
        return Books({}, {})
    offices = {key.store: key.owner for key in earmarks} | {kit.code: kit.office, home.code: home.office}
    books = ledger.lock(session, keys, offices)
    if set(queries.kit_accounts(event)) - set(books.ids):
        raise Busy
    return books


def _moves_to(key: AccountKey, home: StoreFacts) -> list[AccountKey]:
    """Where the close may move what lies in an account of the kit; counted goods that are gone see `_lock`."""
    if key.condition is not Condition.BLANK:
        return [_at_home(key, home)]
    return [key.at(Place.LOST)] if key.numbered else []


def _at_home(key: AccountKey, home: StoreFacts) -> AccountKey:
    return replace(key, store=home.code)  # the class of spoiled blanks stays


def _good(kit: StoreFacts, goods: Goods) -> AccountKey:
    return in_store(kit.code, goods.item, goods.owner, kit.event_id)


@dataclass(frozen=True, slots=True)
class _Seen:
    """How many of one owner's goods were seen, and which of those with numbers were not."""

    quantity: int
    gone: tuple[Span, ...] = ()


def _seen(session: Session, books: Books, good: AccountKey, said: Amount) -> _Seen:
    """What a count says against the books: numbers tell of the goods with numbers, a mere count of all.

    A count says which numbers are gone only where none or all of them are.
    """
    numbered = good.tracked(numbered=True)
    there = [span for part in _all_of(session, books, [numbered]) for span in part.spans]
    counted, known = books.balances.get(good, 0), sum(map(len, there))
    if said.numbered:
        ledger.draw(session, books, [good], said)
        return _Seen(counted + said.quantity, tuple(numbers.without(there, said.spans)))
    if known and not said.quantity:
        return _Seen(0, tuple(there))
    if known and said.quantity != counted + known:
        raise numbers.NumbersNeeded(store=good.store, item=good.item, counted=counted, numbered=known)
    return _Seen(said.quantity)


def _all_of(session: Session, books: Books, keys: Iterable[AccountKey]) -> list[Part]:
    return ledger.everything(session, books, [key for key in keys if key in books.ids])


def _closing_legs(
    session: Session,
    books: Books,
    kit: StoreFacts,
    home: StoreFacts,
    lines: Sequence[Line],
    seen: Mapping[Goods, _Seen],
) -> Iterator[Leg]:
    """What the count found gone or too many, and the cards and spoiled blanks that the host keeps."""
    for line in lines:
        good = _good(kit, line.goods)
        gone = seen[line.goods].gone if line.goods in seen else ()
        lost = line.lost - sum(map(len, gone))
        if gone:
            yield Part(good.tracked(numbered=True), line.lost - lost, gone).to(good.at(Place.LOST))
        if lost > 0:
            yield Leg(good, good.at(Place.LOST), lost)
        if line.lost < 0:
            yield Leg(good.at(Place.SUPPLIED), good, -line.lost)
        if line.used_up:
            yield Leg(good, good.at(Place.CONSUMED), line.used_up)
    kept = [
        key
        for key in books.balances
        if key.store == kit.code and key.place is Place.STORE and key.condition is not Condition.BLANK
    ]
    for part in ledger.everything(session, books, kept):
        yield part.to(_at_home(part.key, home))


def _send_home(
    session: Session, actor: Actor, event_id: int, kit: StoreFacts, lines: Sequence[Line], books: Books
) -> None:
    """Draft the returns: to the store that an owner's goods came from, or else to the owner's main store.

    What has numbers goes by a return of its own, so that each can be dispatched.
    """
    stores = queries.home_of(event_id)
    for line in lines:
        numbered = books.balances.get(_good(kit, line.goods).tracked(numbered=True), 0)
        for quantity, sort in ((line.left - numbered, False), (numbered, True)):
            if quantity:
                target = stores.get(line.goods) or main_store_of(line.goods.owner)
                draft(
                    session,
                    actor,
                    source=kit,
                    target=store_facts(target),
                    item=line.goods.item,
                    quantity=quantity,
                    owner=line.goods.owner,
                    keeps_owner=True,
                    from_event_id=event_id,
                    status=TransferStatus.APPROVED,
                    numbered=sort,
                )


def _frozen(event_id: int, lines: Sequence[Line]) -> Iterator[SettlementLine]:
    for line in lines:
        told = queries.told(line)
        yield SettlementLine(event_id=event_id, owner_code=told.pop("owner"), item_code=told.pop("item"), **told)
