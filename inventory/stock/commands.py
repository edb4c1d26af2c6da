"""The stock work of a store: receive, spoil, lose, use up, and correct any of these by a reversal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.catalogue.rules import ItemKind
from inventory.database import table_of, transaction, wire
from inventory.errors import Conflict, RuleViolated
from inventory.offices.queries import StoreFacts, check_open, kit_facts, store_facts, store_for
from inventory.offices.rules import OfficeLevel, level_of
from inventory.retries import FIRST, Once
from inventory.stock import ledger, queries, rules
from inventory.stock.ledger import Books, Fact
from inventory.stock.models import Account, Movement, Receipt
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place, ReceiptSource, SpoilReason
from inventory.texts import Text

# How many cards of recordings an account holds: they are handed over and lost by name, never by a count. Printing is
# built on the ledger, so its count is handed in.
NamedCards = Callable[[Session, AccountKey], int]

_INSERT_RECEIPT = sa.insert(table_of(Receipt)).inline()


class ProvinceKeepsStock(Conflict):
    """Goods of a province that keeps its stock here arrive by a transfer, or they would be counted twice."""

    code = "province_keeps_stock"
    text = Text(
        "Provinsi {province} mencatat stoknya di sini; barang dari provinsi masuk lewat pengiriman (POST /transfers).",
        "Province {province} keeps its stock here; goods from it arrive by a transfer (POST /transfers).",
    )


class SourceImpossible(RuleViolated):
    """Only a regency receives from a province."""

    code = "source_impossible"
    text = Text(
        "Dinas {office} tidak berada di bawah provinsi; pakai sumber ministry, grant, atau opening.",
        "Office {office} is not below a province; use the source ministry, grant or opening.",
    )


class OpeningOnly(RuleViolated):
    """Spoiled and printed goods are made here; only opening figures bring them in."""

    code = "opening_only"
    text = Text(
        "Kondisi {condition} hanya untuk stok awal (source: opening).",
        "The condition {condition} is for opening figures only (source: opening).",
    )


class OpeningIntoKit(RuleViolated):
    """An event kit is filled by pledges and transfers: nothing was in it before the books began."""

    code = "opening_into_kit"
    text = Text(
        "{store} adalah gudang acara; stok awal dicatat di gudang Dinas.",
        "{store} is an event kit; opening figures belong to a store of the office.",
    )


class BlanksAreNotUsedUp(RuleViolated):
    """A blank is printed or spoiled; only supplies are used up."""

    code = "blanks_are_not_used_up"
    text = Text(
        "{item} adalah blangko: dicetak atau rusak, tidak habis pakai.",
        "{item} is a blank: it is printed or spoiled, never used up.",
    )


class OnlyBlanksBecomeCards(RuleViolated):
    """Only a blank can be printed or waiting."""

    code = "only_blanks_become_cards"
    text = Text("{item} bukan blangko.", "{item} is not a blank.")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a receipt says: the counted quantity, beside the paper's."""

    store: str
    item: str
    quantity: int
    source: ReceiptSource
    document_number: str
    received_on: date
    paper_quantity: int | None = None
    condition: Condition = Condition.BLANK


@dataclass(frozen=True, slots=True)
class Taking:
    """What leaves a store's good stock. `event` and `owner` narrow it down where a store holds several."""

    store: str
    item: str
    quantity: int
    reason: str = ""
    document_number: str = ""
    occurred_on: date | None = None
    event: int | None = None
    owner: str | None = None
    condition: Condition = Condition.BLANK


def receive(actor: Actor, arrival: Arrival, once: Once = FIRST) -> int:
    """Take goods from outside onto the books. Answers the receipt's id, which is its movement's."""
    with transaction() as session:
        store = store_for(actor, Action.MOVE_STOCK, arrival.store, hold=True)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(store)
        item = get_item(arrival.item)
        _check_source(session, store, arrival)
        if arrival.condition is Condition.PRINTED and item.kind is not ItemKind.BLANK:
            raise OnlyBlanksBecomeCards(pointer="/item", item=item.code)
        target = rules.in_store(store.code, item.code, store.office, store.event_id, arrival.condition)
        supplied = target.at(Place.SUPPLIED)
        books = ledger.lock(session, [target, supplied], {store.code: store.office})
        fact = Fact(
            MovementKind.RECEIPT,
            actor,
            store,
            arrival.received_on,
            reason=arrival.source,
            document_number=arrival.document_number,
        )
        posted = ledger.post(session, books, fact, [Leg(supplied, target, arrival.quantity)])
        paper = {
            "id": posted.id,
            "office_code": store.office,
            "store_code": store.code,
            "item_code": item.code,
            "condition": arrival.condition,
            "quantity": arrival.quantity,
            "paper_quantity": arrival.quantity if arrival.paper_quantity is None else arrival.paper_quantity,
            "source": arrival.source,
            "document_number": arrival.document_number,
            "received_on": posted.occurred_on,
        }
        wire(session).execute(_INSERT_RECEIPT, paper)
        audit.record(session, actor, "receive", "receipt", posted.id, store.office, quantity=arrival.quantity)
        return once.keep(session, posted.id)


def _check_source(session: Session, store: StoreFacts, arrival: Arrival) -> None:
    if arrival.source is ReceiptSource.OPENING and store.event_id:
        raise OpeningIntoKit(pointer="/store", store=store.code)
    if arrival.condition is not Condition.BLANK and arrival.source is not ReceiptSource.OPENING:
        raise OpeningOnly(pointer="/condition", condition=arrival.condition)
    if arrival.source is not ReceiptSource.PROVINCE:
        return
    if level_of(store.office) is not OfficeLevel.REGENCY:
        raise SourceImpossible(pointer="/source", office=store.office)
    province = store.office.partition(".")[0]
    keeps = sa.select(Account.id).where(Account.office_code == province, Account.place == Place.STORE).limit(1)
    if session.execute(keeps).first() is not None:
        raise ProvinceKeepsStock(pointer="/source", province=province)


def spoil(actor: Actor, taking: Taking, reason: SpoilReason, once: Once = FIRST) -> int:
    """Put spoiled blanks into quarantine, at once. Answers the movement's id."""

    def into_quarantine(key: AccountKey) -> AccountKey:
        return key.as_(Condition.SPOILED)

    return _take(actor, Action.MOVE_STOCK, MovementKind.SPOILAGE, taking, into_quarantine, once, reason=reason)


def lose(actor: Actor, taking: Taking, named_cards: NamedCards, once: Once = FIRST) -> int:
    """Report a loss or theft; `document_number` is the police report's. Answers the movement's id.

    Cards of recordings are not among what can be lost so: they are lost by name.
    """

    def lost(key: AccountKey) -> AccountKey:
        return key.at(Place.LOST)

    return _take(actor, Action.MOVE_STOCK, MovementKind.LOSS, taking, lost, once, named_cards=named_cards)


def consume(actor: Actor, taking: Taking, once: Once = FIRST) -> int:
    """Note supplies (ribbon, film, cleaning kit) as used up. Answers the movement's id."""
    return _take(actor, Action.MOVE_STOCK, MovementKind.CONSUMPTION, taking, lambda key: key.at(Place.CONSUMED), once)


def _take(
    actor: Actor,
    action: Action,
    kind: MovementKind,
    taking: Taking,
    to: Callable[[AccountKey], AccountKey],
    once: Once,
    reason: str = "",
    named_cards: NamedCards | None = None,
) -> int:
    with transaction() as session:
        store = store_for(actor, action, taking.store, hold=True)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(store)
        item = get_item(taking.item)
        if kind is MovementKind.CONSUMPTION and item.kind is ItemKind.BLANK:
            raise BlanksAreNotUsedUp(pointer="/item", item=item.code)
        order = queries.drawing_order(store, item.code, taking.condition, event_id=taking.event, owner=taking.owner)
        books = ledger.lock(session, [*order, *map(to, order)], {store.code: store.office})
        there = dict(books.balances)
        if named_cards is not None and taking.condition is Condition.PRINTED:
            there |= {key: books.balance(key) - named_cards(session, key) for key in order}
        legs = [Leg(key, to(key), part) for key, part in rules.draw(there, order, taking.quantity)]
        fact = Fact(
            kind,
            actor,
            store,
            taking.occurred_on,
            reason=": ".join(filter(None, (reason, taking.reason))),
            document_number=taking.document_number,
        )
        posted = ledger.post(session, books, fact, legs)
        audit.record(session, actor, kind, "movement", posted.id, store.office, quantity=taking.quantity)
        return once.keep(session, posted.id)


def reverse(
    actor: Actor,
    movement_id: int,
    reason: str,
    named_cards: NamedCards,
    quantity: int | None = None,
    once: Once = FIRST,
) -> int:
    """Take a receipt, spoilage, loss or use back, in part if `quantity` says so. Answers the reversal's id.

    Raises `NotReversible` for other kinds, for reversals and for cards lost by name, `ReversalTooLarge`, and
    `StockInsufficient` where the goods have moved on.
    """
    with transaction() as session:
        movement = session.get(Movement, movement_id, with_for_update=True)
        unseen = queries.MovementNotFound(movement=movement_id)
        if movement is None:
            raise unseen
        store = store_facts(movement.store_code, hold=True)
        access.require(actor, Action.MOVE_STOCK, store.office, event_id=store.event_id or None, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        if movement.kind not in rules.REVERSIBLE or movement.document_id is not None:
            raise rules.NotReversible(kind=movement.kind)
        left = ledger.entries_of(session, movement_id)
        whole = sum(change for change in left.values() if change > 0)
        if not whole:
            raise rules.ReversedAlready(movement=movement_id)
        asked = whole if quantity is None else quantity
        if not 0 < asked <= whole:
            raise rules.ReversalTooLarge(movement=movement_id, left=whole, asked=asked)
        check_open(store, pointer=None)
        legs = rules.part_of_reversal(left, asked)
        # What comes back to an event that is over is set free at once: nobody would come for it.
        freed = [Leg(leg.target, leg.target.free, leg.quantity) for leg in legs if _is_stranded(leg.target)]
        books = ledger.lock(session, [*left, *(leg.target for leg in freed)], {store.code: store.office})
        _check_unnamed(session, books, legs, named_cards)
        fact = Fact(MovementKind.REVERSAL, actor, store, reason=reason, corrects_id=movement_id)
        posted = ledger.post(session, books, fact, legs)
        if freed:
            event_id = freed[0].source.event_id
            ledger.post(session, books, Fact(MovementKind.RELEASE, actor, store, document_id=event_id), freed)
        audit.record(
            session, actor, "reverse", "movement", posted.id, store.office, corrects=movement_id, quantity=asked
        )
        return once.keep(session, posted.id)


def _check_unnamed(session: Session, books: Books, legs: Sequence[Leg], named_cards: NamedCards) -> None:
    """Raise `StockInsufficient` where cards of recordings would leave their account without their name."""
    for key, quantity in ((leg.source, leg.quantity) for leg in legs):
        if key.place is Place.STORE and key.condition is Condition.PRINTED:
            unnamed = books.balance(key) - named_cards(session, key)
            if quantity > unnamed:
                raise rules.short(key, available=unnamed, asked=quantity)


def _is_stranded(key: AccountKey) -> bool:
    if key.place is not Place.STORE or key.condition is not Condition.BLANK:
        return False
    kit = kit_facts(key.event_id)
    return kit is not None and kit.closed
