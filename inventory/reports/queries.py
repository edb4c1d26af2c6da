"""Holding the ledger and the documents against each other; one query a question, whatever their size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from inventory.custody import queries as custody
from inventory.database import current
from inventory.disposal import queries as disposal
from inventory.documents import queries as documents
from inventory.loans import queries as loans
from inventory.opname import queries as opname
from inventory.outreach.models import Pledge
from inventory.outreach.rules import PledgeStatus
from inventory.printing import consignments, run_queries
from inventory.printing.models import Attempt, Card
from inventory.printing.rules import CardStatus, Outcome
from inventory.reports import flows, ties
from inventory.requests import queries as requests
from inventory.settlement.models import SettlementLine
from inventory.stock import verify
from inventory.stock.models import Account, Receipt
from inventory.stock.rules import NO_EVENT, Condition, Place
from inventory.transfers import queries as transfers
from inventory.transfers.models import Transfer

_GOODS = ("store_code", "item_code", "owner_code", "event_id")
_ENDS = (Place.LOST, Place.CONSUMED, Place.DESTROYED)


def differences() -> Iterator[str]:
    """One sentence for every difference in the ledger itself, or between it and what the documents say."""
    yield from verify.differences()
    yield from _waiting_cards()
    yield from _cards_without_a_name()
    yield from _issued_cards()
    yield from _transfers()
    yield from _goods_of_no_transfer()
    yield from _printed_twice()
    yield from _settlements()
    yield from _pledges()
    for feature in (custody, transfers, opname, disposal, loans, requests, consignments, run_queries, documents):
        yield from feature.differences()
    yield from ties.differences()
    yield from flows.differences()


def _rows(query: sa.Executable) -> Iterator[Any]:
    return iter(current().execute(query, execution_options={"yield_per": 1_000}))


def _cards(status: CardStatus) -> sa.Subquery:
    """How many cards of a status each account holds."""
    columns = [getattr(Card, name) for name in _GOODS]
    query = sa.select(*columns, sa.func.count().label("cards")).where(Card.status == status)
    return query.group_by(*columns).subquery()


def _accounts(place: Place) -> sa.Subquery:
    """What is printed in a place, by the same columns."""
    columns = [getattr(Account, name) for name in _GOODS]
    query = sa.select(*columns, _sum(Account.balance).label("balance"))
    return query.where(Account.place == place, Account.condition == Condition.PRINTED).group_by(*columns).subquery()


def _sum(column: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(*(getattr(one, name) == getattr(other, name) for name in _GOODS))


def _goods(row: Any) -> str:
    return f"{row.store_code}, {row.item_code} of {row.owner_code}, event {row.event_id}"


def _more_cards_than(place: Place, status: CardStatus) -> Iterator[Any]:
    cards, there = _cards(status), _accounts(place)
    balance = sa.func.coalesce(there.c.balance, 0)
    query = sa.select(cards, balance.label("balance")).outerjoin(there, _same(cards.c, there.c))
    return _rows(query.where(cards.c.cards > balance))


def _waiting_cards() -> Iterator[str]:
    for row in _more_cards_than(Place.STORE, CardStatus.WAITING):
        yield f"{_goods(row)}: {row.cards} cards wait, the ledger has {row.balance} printed"


def _cards_without_a_name() -> Iterator[str]:
    cards, there = _cards(CardStatus.WAITING), _accounts(Place.STORE)
    named = sa.func.coalesce(cards.c.cards, 0)
    opened = sa.exists().where(
        Receipt.store_code == there.c.store_code,
        Receipt.item_code == there.c.item_code,
        Receipt.condition == Condition.PRINTED,
        there.c.event_id == NO_EVENT,
    )
    query = sa.select(there, named.label("cards")).outerjoin(cards, _same(cards.c, there.c))
    for row in _rows(query.where(there.c.balance > named, sa.not_(opened))):
        yield f"{_goods(row)}: the ledger has {row.balance} printed, {row.cards} cards wait and no opening brought more"


def _issued_cards() -> Iterator[str]:
    for row in _more_cards_than(Place.ISSUED, CardStatus.ISSUED):
        yield f"{_goods(row)}: {row.cards} cards were handed over, the ledger has {row.balance} issued"


def _under_way() -> sa.Subquery:
    query = sa.select(Account.document_id, _sum(Account.balance).label("balance"))
    return query.where(Account.place == Place.TRANSFER).group_by(Account.document_id).subquery()


def _transfers() -> Iterator[str]:
    there = _under_way()
    balance = sa.func.coalesce(there.c.balance, 0)
    said = sa.case(
        (Transfer.dispatched.is_(None), 0),
        else_=Transfer.dispatched - Transfer.received - Transfer.rejected - Transfer.written_off,
    )
    query = sa.select(Transfer.id, balance.label("balance"), said.label("said"))
    query = query.outerjoin(there, there.c.document_id == Transfer.id).where(balance != said)
    for row in _rows(query):
        yield f"transfer {row.id}: its numbers leave {row.said} under way, the ledger has {row.balance}"


def _goods_of_no_transfer() -> Iterator[str]:
    there = _under_way()
    query = sa.select(there).outerjoin(Transfer, Transfer.id == there.c.document_id)
    for row in _rows(query.where(Transfer.id.is_(None), there.c.balance != 0)):
        yield f"transfer {row.document_id}: the ledger has {row.balance} under way, there is no such transfer"


def _printed_twice() -> Iterator[str]:
    query = (
        sa.select(Attempt.recording_id, sa.func.count().label("printed"))
        .where(Attempt.undone_by.is_(None), Attempt.outcome == Outcome.PRINTED)
        .group_by(Attempt.recording_id)
        .having(sa.func.count() > 1)
    )
    for row in _rows(query):
        yield f"recording {row.recording_id}: printed {row.printed} times"


def _settlements() -> Iterator[str]:
    line = SettlementLine
    told = line.printed + line.spoiled + line.used + line.returned + line.missing
    query = sa.select(line.event_id, line.owner_code, line.item_code, line.brought, told.label("told"))
    for row in _rows(query.where(line.brought != told)):
        yield (
            f"settlement of event {row.event_id}, {row.item_code} of {row.owner_code}: brought {row.brought},"
            f" told {row.told}"
        )


def _pledges() -> Iterator[str]:
    """What is pledged lies in its earmark still, or is seen to have gone: spoiled, lost, used up or sent ahead."""
    goods = [getattr(Account, name) for name in _GOODS]
    here = sa.and_(Account.place == Place.STORE, Account.condition != Condition.PRINTED)
    kept = sa.select(*goods, _sum(Account.balance).label("quantity")).where(
        Account.event_id != NO_EVENT, sa.or_(here, Account.place.in_(_ENDS))
    )
    sent = sa.select(
        Transfer.from_store, Transfer.item_code, Transfer.owner_code, Transfer.from_event_id, _sum(Transfer.dispatched)
    ).where(Transfer.from_event_id != NO_EVENT, Transfer.pledge_id.is_(None))
    sent = sent.group_by(Transfer.from_store, Transfer.item_code, Transfer.owner_code, Transfer.from_event_id)
    each = sa.union_all(kept.group_by(*goods), sent).subquery()
    names = [each.c[name] for name in _GOODS]
    there = sa.select(*names, _sum(each.c.quantity).label("quantity")).group_by(*names).subquery()
    columns = (Pledge.store_code, Pledge.item_code, Pledge.office_code.label("owner_code"), Pledge.event_id)
    pledged = (
        sa.select(*columns, _sum(Pledge.quantity).label("pledged"))
        .where(Pledge.status == PledgeStatus.PLEDGED)
        .group_by(Pledge.store_code, Pledge.item_code, Pledge.office_code, Pledge.event_id)
        .subquery()
    )
    found = sa.func.coalesce(there.c.quantity, 0)
    query = sa.select(pledged, found.label("found")).outerjoin(there, _same(pledged.c, there.c))
    for row in _rows(query.where(pledged.c.pledged > found)):
        yield f"{_goods(row)}: {row.pledged} are pledged, the ledger knows of {row.found}"
