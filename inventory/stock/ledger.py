"""The only writer of movements, entries and balances: lock the accounts in order, decide, post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import clock
from inventory.access import Actor
from inventory.database import insert_ignore, table_of, wire
from inventory.offices.queries import StoreFacts
from inventory.stock import intervals, rules
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.numbers import Amount, Span
from inventory.stock.rules import AccountKey, Leg, MovementKind, Part

_ACCOUNTS = table_of(Account)
_KEY_NAMES = (
    "store_code", "place", "document_id", "item_code", "condition", "owner_code", "event_id", "numbered",
)  # fmt: skip
_WORDS: sa.BindParameter[Any] = sa.bindparam("words", expanding=True)
_THERE = _ACCOUNTS.alias("there")
# The posting path is few statements, built once: executing them is all that is left to do.
_FIND = sa.select(_ACCOUNTS.c.id, _ACCOUNTS.c.word, _ACCOUNTS.c.balance).where(_ACCOUNTS.c.word.in_(_WORDS))
# All of them or none: who holds some and then opens the others waits out of order, which ends in a deadlock.
_LOCK = (
    _FIND.where(sa.select(sa.func.count()).where(_THERE.c.word.in_(_WORDS)).scalar_subquery() == sa.bindparam("number"))
    .order_by(_ACCOUNTS.c.word)
    .with_for_update()
)
_INSERT_MOVEMENT = sa.insert(table_of(Movement)).returning(table_of(Movement).c.id)
_INSERT_ENTRY = sa.insert(table_of(Entry)).inline()
_SET_BALANCE = (
    sa.update(_ACCOUNTS).where(_ACCOUNTS.c.id == sa.bindparam("account")).values(balance=sa.bindparam("after"))
)


@dataclass(frozen=True, slots=True)
class Books:
    """Locked accounts: their ids and balances stay what they are here until this transaction ends."""

    ids: dict[AccountKey, int]
    balances: dict[AccountKey, int]

    def balance(self, key: AccountKey) -> int:
        """The balance of a locked account."""
        return self.balances[key]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a movement says besides its legs."""

    kind: MovementKind
    actor: Actor
    store: StoreFacts
    occurred_on: date | None = None
    reason: str = ""
    document_number: str = ""
    document_id: int | None = None
    corrects_id: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A movement that is on the books."""

    id: int
    occurred_on: date
    balances: dict[AccountKey, int] = field(default_factory=dict)


def key_of(row: Any) -> AccountKey:
    """The key of an account row (anything with the account's columns)."""
    return AccountKey(
        row.store_code,
        row.place,
        row.document_id,
        row.item_code,
        row.condition,
        row.owner_code,
        row.event_id,
        row.numbered,
    )


def lock(session: Session, keys: Iterable[AccountKey], offices: dict[str, str]) -> Books:
    """Lock these accounts in key order and open those that do not exist yet.

    `offices` maps each store of the keys to its office. A command locks once, before it decides anything.
    """
    wanted = sorted(set(keys))
    found = _read(session, _LOCK, wanted)
    if len(found.ids) < len(wanted):
        there = _read(session, _FIND, wanted).ids
        missing = [_new(key, offices[key.store]) for key in wanted if key not in there]
        if missing:  # a twin may have opened them meanwhile
            insert_ignore(session, _ACCOUNTS, missing)
        found = _read(session, _LOCK, wanted)
    return found


def _read(session: Session, statement: sa.Select[Any], wanted: Sequence[AccountKey]) -> Books:
    named = {key.word: key for key in wanted}
    rows = wire(session).execute(statement, {"words": list(named), "number": len(named)}).all()
    return Books({named[word]: i for i, word, _ in rows}, {named[word]: balance for _, word, balance in rows})


def _new(key: AccountKey, office: str) -> dict[str, Any]:
    return {
        "store_code": key.store,
        "office_code": office,
        "place": key.place,
        "document_id": key.document_id,
        "item_code": key.item,
        "condition": key.condition,
        "owner_code": key.owner,
        "event_id": key.event_id,
        "numbered": key.numbered,
        "sign": rules.sign_of(key.place),
        "balance": 0,
    }


def post(session: Session, books: Books, fact: Fact, legs: Sequence[Leg]) -> Posted:
    """Put one movement on the books: its entries, the balances they leave behind, and the numbers that went along.

    Every account of the legs must be locked in `books`. Raises `StockInsufficient`, `StockShortOnDay`, `DateInFuture`,
    `DateTooOld`, `NothingToMove`, or of the numbers `NumbersKnown`, `NumbersUnknown`, `NumbersElsewhere`.
    """
    changes = rules.net(legs)
    after = rules.settle(books.balances, changes)
    today = clock.business_day(fact.store.time_zone)
    on = fact.occurred_on or today
    drained = [key for key, change in changes.items() if change * rules.sign_of(key.place) < 0]
    rules.check_day(on, today, fact.store.backdate_days, takes_out=bool(drained))
    if on < today:
        _check_days_since(session, books, changes, drained, on)
    movement_id = _insert_movement(session, fact, on)
    connection = wire(session)
    connection.execute(
        _INSERT_ENTRY,
        [
            {"movement_id": movement_id, "account_id": books.ids[key], "quantity": change, "balance_after": after[key]}
            for key, change in changes.items()
        ],
    )
    connection.execute(_SET_BALANCE, [{"account": books.ids[key], "after": after[key]} for key in changes])
    intervals.move(session, movement_id, legs, books.ids)
    books.balances.update(after)
    return Posted(movement_id, on, after)


def _insert_movement(session: Session, fact: Fact, on: date) -> int:
    row = {
        "kind": fact.kind,
        "posted_at": clock.now(),
        "occurred_on": on,
        "user_id": fact.actor.user_id,
        "office_code": fact.store.office,
        "store_code": fact.store.code,
        "reason": fact.reason,
        "document_number": fact.document_number,
        "document_id": fact.document_id,
        "corrects_id": fact.corrects_id,
    }
    return int(wire(session).execute(_INSERT_MOVEMENT, row).scalar_one())


def _check_days_since(
    session: Session, books: Books, changes: dict[AccountKey, int], drained: list[AccountKey], on: date
) -> None:
    for key in drained:
        later = session.execute(
            sa.select(Movement.occurred_on, Entry.quantity)
            .join(Movement, Movement.id == Entry.movement_id)
            .where(Entry.account_id == books.ids[key], Movement.occurred_on > on)
        ).all()
        sign = rules.sign_of(key.place)
        lowest, day = rules.lowest_since(
            books.balance(key) * sign, [(row.occurred_on, row.quantity * sign) for row in later]
        )
        asked = -changes[key] * sign
        if lowest < asked:
            raise rules.StockShortOnDay(day=day or on, store=key.store, available=lowest, item=key.item, asked=asked)


def draw(session: Session, books: Books, order: Sequence[AccountKey], amount: Amount) -> list[Part]:
    """What each account gives of an amount: by count down to zero in their order, or each the numbers that lie in it.

    `order` names accounts without numbers; `intervals.twins_of(order, amount)` are those to lock. Raises
    `StockInsufficient`, `NumbersNeeded`, `NumbersUnknown` or `NumbersElsewhere`.
    """
    return intervals.draw(session, books.ids, books.balances, order, amount)


def everything(session: Session, books: Books, keys: Iterable[AccountKey]) -> list[Part]:
    """All that lies in these locked accounts, with its numbers; accounts of nothing left out."""
    full = [key for key in sorted(set(keys)) if books.balance(key) > 0]
    there = intervals.in_accounts(session, [books.ids[key] for key in full if key.numbered])
    return [Part(key, books.balance(key), tuple(there.get(books.ids[key], ()))) for key in full]


def brought(session: Session, movement_id: int, books: Books) -> dict[AccountKey, list[Span]]:
    """The numbers that a movement brought to its (locked) accounts and that still lie there."""
    keys = {i: key for key, i in books.ids.items() if key.numbered}
    there = intervals.in_accounts(session, keys, made_by=movement_id) if keys else {}
    return {keys[i]: spans for i, spans in there.items()}


def entries_of(session: Session, movement_id: int, *, corrected: bool = True) -> dict[AccountKey, int]:
    """What a movement did to each account, with its corrections taken off unless told otherwise."""
    key = [getattr(Account, name) for name in _KEY_NAMES]
    mine = [Movement.id == movement_id, *([Movement.corrects_id == movement_id] if corrected else [])]
    rows = session.execute(
        sa.select(sa.func.sum(Entry.quantity).label("quantity"), *key)
        .join(Movement, Movement.id == Entry.movement_id)
        .join(Account, Account.id == Entry.account_id)
        .where(sa.or_(*mine))
        .group_by(*key)
    ).all()
    return {key_of(row): int(row.quantity) for row in rows if row.quantity}
