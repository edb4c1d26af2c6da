"""Proving the books: every balance again from its entries, every movement balanced, every step explained."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from inventory.database import current
from inventory.stock.models import Account, Entry, Movement


def differences() -> Iterator[str]:
    """One sentence for every difference found; nothing when the books are exact."""
    yield from _balances()
    yield from _steps()
    yield from _movements()
    yield from _orphans()


def _balances() -> Iterator[str]:
    total = sa.func.coalesce(sa.func.sum(Entry.quantity), 0)
    query = (
        sa.select(Account.id, Account.store_code, Account.item_code, Account.balance, total.label("total"))
        .outerjoin(Entry, Entry.account_id == Account.id)
        .group_by(Account.id, Account.store_code, Account.item_code, Account.balance)
        .having(Account.balance != total)
    )
    for row in current().execute(query):
        yield (
            f"account {row.id} ({row.store_code}, {row.item_code}): balance {row.balance},"
            f" its entries add up to {row.total}"
        )


def _steps() -> Iterator[str]:
    running = sa.func.sum(Entry.quantity).over(partition_by=Entry.account_id, order_by=Entry.id)
    steps = sa.select(Entry.id, Entry.account_id, Entry.balance_after, running.label("running")).subquery()
    query = sa.select(steps).where(steps.c.balance_after != steps.c.running)
    for row in current().execute(query):
        yield f"entry {row.id} of account {row.account_id}: says {row.balance_after} after it, it is {row.running}"


def _movements() -> Iterator[str]:
    total = sa.func.sum(Entry.quantity)
    query = (
        sa.select(Entry.movement_id, Account.item_code, total.label("total"))
        .join(Account, Account.id == Entry.account_id)
        .group_by(Entry.movement_id, Account.item_code)
        .having(total != 0)
    )
    for row in current().execute(query):
        yield f"movement {row.movement_id}: its entries of {row.item_code} add up to {row.total}, not to 0"


def _orphans() -> Iterator[str]:
    no_movement = sa.select(Entry.id).outerjoin(Movement, Movement.id == Entry.movement_id).where(Movement.id.is_(None))
    no_account = sa.select(Entry.id).outerjoin(Account, Account.id == Entry.account_id).where(Account.id.is_(None))
    no_entry = sa.select(Movement.id).outerjoin(Entry, Entry.movement_id == Movement.id).where(Entry.id.is_(None))
    for entry_id in current().scalars(no_movement):
        yield f"entry {entry_id}: its movement is gone"
    for entry_id in current().scalars(no_account):
        yield f"entry {entry_id}: its account is gone"
    for movement_id in current().scalars(no_entry):
        yield f"movement {movement_id}: it has no entries"
