"""The stock work of a store: receive, spoil, lose, use up, and correct any of these by a reversal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import audit
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.queries import get_item
from inventory.catalogue.rules import ItemKind
from inventory.database import table_of, transaction, wire
from inventory.errors import Conflict, RuleViolated
from inventory.offices.queries import StoreFacts, check_open, store_facts, store_for
from inventory.offices.rules import OfficeLevel, covers, level_of
from inventory.retries import FIRST, Once
from inventory.stock import corrections, intervals, ledger, numbers, queries, rules
from inventory.stock.corrections import NamedCards
from inventory.stock.ledger import Fact
from inventory.stock.models import Account, Lot, Receipt
from inventory.stock.numbers import Amount
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place, ReceiptSource, SpoilReason
from inventory.texts import Text

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


class OnlyBlanksHaveNumbers(RuleViolated):
    """Numbers are on blanks; supplies, and cards of the time before the books, are counted."""

    code = "only_blanks_have_numbers"
    text = Text(
        "Yang bernomor hanya blangko; {item} ini dihitung saja.", "Only blanks have numbers; this {item} has none."
    )


class LotsDoNotAddUp(RuleViolated):
    """A receipt is the sum of its lots."""

    code = "lots_do_not_add_up"
    text = Text(
        "Lot berjumlah {lots}, penerimaan menyebut {quantity}.",
        "The lots add up to {lots}, the receipt says {quantity}.",
    )


class CardsAreNamed(RuleViolated):
    """A card with a number is a person's: it is lost by name."""

    code = "cards_are_named"
    text = Text(
        "Kartu bernomor adalah milik orang; laporkan hilang lewat POST /cards/lost.",
        "A card with a number is a person's; report it lost by POST /cards/lost.",
    )


class LotExceeded(Conflict):
    """A lot has no more numbers than blanks."""

    code = "lot_exceeded"
    text = Text(
        "Lot {lot} tinggal {left} blangko tanpa nomor; disebut {asked}.",
        "Lot {lot} has {left} blanks without numbers left; {asked} were named.",
    )


class OnlyBlanksBecomeCards(RuleViolated):
    """Only a blank can be printed or waiting."""

    code = "only_blanks_become_cards"
    text = Text("{item} bukan blangko.", "{item} is not a blank.")


@dataclass(frozen=True, slots=True)
class ArrivingLot:
    """One lot of a receipt; the item's own pack size unless told."""

    amount: Amount
    pack_size: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a receipt says: what was counted, beside the paper's quantity. `lots` together are the whole amount."""

    store: str
    item: str
    amount: Amount
    source: ReceiptSource
    document_number: str
    received_on: date
    paper_quantity: int | None = None
    condition: Condition = Condition.BLANK
    lots: Sequence[ArrivingLot] = ()


@dataclass(frozen=True, slots=True)
class Taking:
    """What leaves a store's good stock. `event` and `owner` narrow it down where a store holds several."""

    store: str
    item: str
    amount: Amount
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
        _check_numbers(item, arrival)
        legs = _arriving(session, store, item, arrival)
        keys = [key for leg in legs for key in (leg.source, leg.target)]
        books = ledger.lock(session, keys, {store.code: store.office})
        fact = Fact(
            MovementKind.RECEIPT,
            actor,
            store,
            arrival.received_on,
            reason=arrival.source,
            document_number=arrival.document_number,
        )
        with numbers.pointing(arrival.amount, *(lot.amount for lot in arrival.lots)):
            posted = ledger.post(session, books, fact, legs)
        if lots := [leg.lot for leg in legs if leg.lot is not None]:
            session.execute(sa.update(Lot).where(Lot.id.in_(lots)).values(receipt_id=posted.id))
        quantity = arrival.amount.quantity
        paper = {
            "id": posted.id,
            "office_code": store.office,
            "store_code": store.code,
            "item_code": item.code,
            "condition": arrival.condition,
            "quantity": quantity,
            "paper_quantity": quantity if arrival.paper_quantity is None else arrival.paper_quantity,
            "source": arrival.source,
            "document_number": arrival.document_number,
            "received_on": posted.occurred_on,
        }
        wire(session).execute(_INSERT_RECEIPT, paper)
        audit.record(session, actor, "receive", "receipt", posted.id, store.office, quantity=quantity)
        return once.keep(session, posted.id)


def _check_numbers(item: Item, arrival: Arrival) -> None:
    """Raise unless the lots are the whole amount, and only blanks have numbers."""
    numbered = arrival.amount.numbered or any(lot.amount.numbered for lot in arrival.lots)
    if numbered and (item.kind is not ItemKind.BLANK or arrival.condition is Condition.PRINTED):
        raise OnlyBlanksHaveNumbers(pointer="/item", item=item.code, condition=arrival.condition)
    named = sum(len(lot.amount.spans) for lot in arrival.lots)
    if named > numbers.MAX_INTERVALS:
        raise numbers.TooManyIntervals(pointer="/lots", count=named, limit=numbers.MAX_INTERVALS)
    together = sum(lot.amount.quantity for lot in arrival.lots)
    if arrival.lots and together != arrival.amount.quantity:
        raise LotsDoNotAddUp(pointer="/quantity", lots=together, quantity=arrival.amount.quantity)


def _arriving(session: Session, store: StoreFacts, item: Item, arrival: Arrival) -> list[Leg]:
    """The legs of a receipt, one a lot; a receipt that only counts and names no lots has none."""
    target = rules.in_store(store.code, item.code, store.office, store.event_id, arrival.condition)
    lots = arrival.lots or ([ArrivingLot(arrival.amount)] if arrival.amount.numbered else [])
    if not lots:
        return [Leg(target.at(Place.SUPPLIED), target, arrival.amount.quantity)]
    rows = [
        {
            "store_code": store.code,
            "item_code": item.code,
            "pack_size": lot.pack_size or item.pack_size,
            "quantity": lot.amount.quantity,
            "tracked": lot.amount.quantity if lot.amount.numbered else 0,
        }
        for lot in lots
    ]
    made = session.scalars(sa.insert(Lot).returning(Lot.id, sort_by_parameter_order=True), rows)
    legs = []
    for lot, lot_id in zip(lots, made.all(), strict=True):
        key = target.tracked(numbered=lot.amount.numbered)
        legs.append(Leg(key.at(Place.SUPPLIED), key, lot.amount.quantity, lot.amount.spans, lot=lot_id))
    return legs


def track(
    actor: Actor,
    store_code: str,
    item_code: str,
    amount: Amount,
    *,
    lot: int | None = None,
    event: int | None = None,
    owner: str | None = None,
    occurred_on: date | None = None,
    once: Once = FIRST,
) -> int:
    """Give blanks that were only counted their numbers, as their boxes are opened. Answers the movement's id.

    With `lot` they are of that lot, which has no more numbers than blanks. Raises `NumbersKnown`, `StockInsufficient`,
    `LotNotFound` or `LotExceeded`.
    """
    with transaction() as session:
        store = store_for(actor, Action.MOVE_STOCK, store_code, hold=True)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(store)
        item = get_item(item_code)
        if item.kind is not ItemKind.BLANK:
            raise OnlyBlanksHaveNumbers(pointer="/item", item=item.code)
        if lot is not None:
            _track_lot(session, lot, store, item, amount)
        order = queries.drawing_order(store, item.code, event_id=event, owner=owner)[:1]
        keys = [*order, *(key.tracked(numbered=True) for key in order)]
        books = ledger.lock(session, keys, {store.code: store.office})
        leg = Leg(order[0], order[0].tracked(numbered=True), amount.quantity, amount.spans, lot=lot)
        with numbers.pointing(amount):
            posted = ledger.post(session, books, Fact(MovementKind.TRACKING, actor, store, occurred_on), [leg])
        audit.record(session, actor, "track", "movement", posted.id, store.office, quantity=amount.quantity)
        return once.keep(session, posted.id)


def _track_lot(session: Session, lot_id: int, store: StoreFacts, item: Item, amount: Amount) -> None:
    """Note that so many more of a lot have their numbers on the books. Lots travel: any store of its blanks may say."""
    lot = session.get(Lot, lot_id, with_for_update=True)
    if lot is None or lot.item_code != item.code or not _may_use(store, lot):
        raise queries.LotNotFound(pointer="/lot", lot=lot_id)
    if lot.tracked + amount.quantity > lot.quantity:
        raise LotExceeded(pointer="/lot", lot=lot_id, left=lot.quantity - lot.tracked, asked=amount.quantity)
    lot.tracked += amount.quantity


def _may_use(store: StoreFacts, lot: Lot) -> bool:
    """A lot is open to the stores of its office's line, upwards and downwards."""
    received_at = store_facts(lot.store_code).office
    return covers(received_at, store.office) or covers(store.office, received_at)


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
        return key.spoiled(reason)

    return _take(actor, Action.MOVE_STOCK, MovementKind.SPOILAGE, taking, into_quarantine, once, reason=reason)


def lose(actor: Actor, taking: Taking, named_cards: NamedCards, once: Once = FIRST) -> int:
    """Report a loss or theft; `document_number` is the police report's. Answers the movement's id.

    The goods leave the good stock at once; that they are written off is for a second person to confirm. Cards of
    recordings are not among what can be lost so: they are lost by name.
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
        order = [each for key in order for each in rules.classes_of(key)]
        keys = list(intervals.twins_of(order, taking.amount))
        books = ledger.lock(session, [*keys, *map(to, keys)], {store.code: store.office})
        there = dict(books.balances)
        if named_cards is not None and taking.condition is Condition.PRINTED:
            if taking.amount.numbered:
                raise CardsAreNamed(pointer="/condition")
            there |= {key: books.balance(key) - named_cards(session, key) for key in keys}
        parts = intervals.draw(session, books.ids, there, order, taking.amount)
        legs = [part.to(to(part.key)) for part in parts]
        fact = Fact(
            kind,
            actor,
            store,
            taking.occurred_on,
            reason=": ".join(filter(None, (reason, taking.reason))),
            document_number=taking.document_number,
        )
        posted = ledger.post(session, books, fact, legs)
        if kind is MovementKind.LOSS:
            corrections.report_loss(session, actor, store, posted.id, taking.amount.quantity)
        audit.record(session, actor, kind, "movement", posted.id, store.office, quantity=taking.amount.quantity)
        return once.keep(session, posted.id)
