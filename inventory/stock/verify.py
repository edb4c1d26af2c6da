"""Proving the books: every balance again from its entries, every movement balanced, every step explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from inventory.database import current, table_of
from inventory.stock.models import Account, Entry, Interval, Lot, Movement, NumberSeries
from inventory.stock.rules import Place


def differences() -> Iterator[str]:
    """One sentence for every difference found; nothing when the books are exact."""
    yield from _balances()
    yield from _steps()
    yield from _movements()
    yield from _orphans()
    yield from _signs()
    yield from _overlaps()
    yield from _numbered_balances()
    yield from _links()
    yield from _chains()
    yield from _lots()


def _rows(query: sa.Executable) -> Iterator[Any]:
    return iter(current().execute(query, execution_options={"yield_per": 1_000}))


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


def _signs() -> Iterator[str]:
    sign = sa.case((sa.type_coerce(Account.place, sa.String) == Place.SUPPLIED.value, -1), else_=1)
    for row in _rows(sa.select(Account.id, Account.sign).where(Account.sign != sign)):
        yield f"account {row.id}: {row.sign} is not the sign of its place"


def _overlaps() -> Iterator[str]:
    """Numbers that lie in two places at once."""
    reach = sa.func.max(Interval.last).over(
        partition_by=Interval.series_id, order_by=(Interval.first, Interval.id), rows=(None, -1)
    )
    live = sa.select(Interval.id, Interval.series_id, Interval.first, reach.label("reach"))
    here = live.where(Interval.ended_by.is_(None), Interval.in_books).subquery()
    for row in _rows(sa.select(here).where(here.c.first <= here.c.reach)):
        yield f"interval {row.id} of series {row.series_id}: another one that is here reaches up to {row.reach}"


def _numbered_balances() -> Iterator[str]:
    """A numbered account holds as many goods as its intervals are long; no other account holds any."""
    length = sa.func.sum(Interval.last - Interval.first + 1).label("length")
    there = (
        sa.select(Interval.account_id, length)
        .where(Interval.ended_by.is_(None), Interval.in_books)
        .group_by(Interval.account_id)
        .subquery()
    )
    held = sa.cast(sa.func.coalesce(there.c.length, 0), sa.BigInteger)
    due = sa.case((sa.and_(Account.numbered, Account.balance > 0), Account.balance), else_=0)
    query = sa.select(Account.id, Account.store_code, Account.item_code, due.label("due"), held.label("held"))
    for row in _rows(query.outerjoin(there, there.c.account_id == Account.id).where(due != held)):
        yield (
            f"account {row.id} ({row.store_code}, {row.item_code}): {row.due} goods with numbers,"
            f" its intervals hold {row.held}"
        )


def _links() -> Iterator[str]:
    """What an interval names exists, and it is on the books unless its receipt or its tracking was taken back."""
    off_books = sa.or_(sa.type_coerce(Account.place, sa.String) == Place.SUPPLIED.value, sa.not_(Account.numbered))
    query = (
        sa.select(Interval.id, Interval.lot_id, Account.id.label("account"), NumberSeries.id.label("series"),
                  Movement.id.label("movement"), Lot.id.label("lot"), (Interval.in_books == off_books).label("wrong"))
        .outerjoin(Account, Account.id == Interval.account_id)
        .outerjoin(NumberSeries, NumberSeries.id == Interval.series_id)
        .outerjoin(Movement, Movement.id == Interval.made_by)
        .outerjoin(Lot, Lot.id == Interval.lot_id)
    )  # fmt: skip
    gone = (Account.id, NumberSeries.id, Movement.id)
    no_lot = sa.and_(Interval.lot_id.is_not(None), Lot.id.is_(None))
    for row in _rows(query.where(sa.or_(*(each.is_(None) for each in gone), no_lot, Interval.in_books == off_books))):
        for what in ("account", "series", "movement", "lot"):
            if getattr(row, what) is None and (what != "lot" or row.lot_id is not None):
                yield f"interval {row.id}: its {what} is gone"
        if row.wrong:
            yield f"interval {row.id}: its account does not say whether it is on the books"
    for series_id in current().scalars(
        sa.select(NumberSeries.id).where(~sa.exists().where(Interval.series_id == NumberSeries.id))
    ):
        yield f"series {series_id}: nothing was ever received with its numbers"


def _chains() -> Iterator[str]:
    """An interval that ended is explained, number by number, by those it became; one that did not became nothing."""
    parent, child = table_of(Interval).alias("parent"), table_of(Interval).alias("child")
    rest = child.c.split_from_id.is_not(None)
    of = sa.case((rest, child.c.split_from_id), else_=child.c.came_from_id)
    before = sa.func.lag(child.c.last).over(partition_by=of, order_by=child.c.first)
    after = sa.func.lead(child.c.first).over(partition_by=of, order_by=child.c.first)
    names = ("id", "series_id", "first", "last", "account_id", "lot_id", "made_by", "came_from_id")
    columns = [child.c[name] for name in names]
    parts = sa.select(*columns, rest.label("rest"), of.label("of"), before.label("before"), after.label("after"))
    part = parts.where(of.is_not(None)).subquery("part")
    # The first part begins where the interval does, the last one ends where it does, and none leaves a gap.
    whole = sa.and_(
        part.c.series_id == parent.c.series_id,
        part.c.lot_id.is_not_distinct_from(parent.c.lot_id),
        part.c.first == sa.func.coalesce(part.c.before + 1, parent.c.first),
        sa.or_(part.c.after.is_not(None), part.c.last == parent.c.last),
    )
    stayed = sa.and_(
        part.c.account_id == parent.c.account_id,
        part.c.made_by == parent.c.made_by,
        part.c.came_from_id.is_not_distinct_from(parent.c.came_from_id),
    )
    taken = sa.and_(part.c.made_by == parent.c.ended_by, part.c.came_from_id == parent.c.id)
    fits = sa.and_(parent.c.ended_by.is_not(None), whole, sa.case((part.c.rest, stayed), else_=taken))
    query = sa.select(part.c.id, part.c.of).outerjoin(parent, parent.c.id == part.c.of)
    for row in _rows(query.where(sa.func.coalesce(fits, sa.false()).is_(sa.false()))):
        yield f"interval {row.id}: does not fit interval {row.of}, which it was a part of"
    moved = sa.exists().where(child.c.came_from_id == parent.c.id, child.c.split_from_id.is_(None))
    for row in _rows(sa.select(parent.c.id, parent.c.ended_by).where(parent.c.ended_by.is_not(None), ~moved)):
        yield f"interval {row.id}: movement {row.ended_by} ended it, and nothing came from it"


def _lots() -> Iterator[str]:
    """So many of a lot have their numbers on the books as came with it or since, trackings taken back left out."""
    length = sa.func.sum(Interval.last - Interval.first + 1).label("length")
    first = sa.and_(Interval.came_from_id.is_(None), Interval.split_from_id.is_(None))
    brought = sa.select(Interval.lot_id, length).where(first).group_by(Interval.lot_id).subquery()
    untracked = sa.and_(sa.not_(Interval.in_books), sa.not_(Account.numbered))
    off = sa.select(Interval.lot_id, length).join(Account, Account.id == Interval.account_id).where(untracked)
    off_books = off.group_by(Interval.lot_id).subquery()
    found = sa.cast(sa.func.coalesce(brought.c.length, 0) - sa.func.coalesce(off_books.c.length, 0), sa.BigInteger)
    query = sa.select(Lot.id, Lot.tracked, found.label("found")).outerjoin(brought, brought.c.lot_id == Lot.id)
    query = query.outerjoin(off_books, off_books.c.lot_id == Lot.id)
    for row in _rows(query.where(Lot.tracked != found)):
        yield f"lot {row.id}: {row.tracked} of it have numbers, {row.found} were received"
    no_receipt = sa.select(Lot.id).outerjoin(Movement, Movement.id == Lot.receipt_id).where(Movement.id.is_(None))
    for lot_id in current().scalars(no_receipt):
        yield f"lot {lot_id}: its receipt is gone"
