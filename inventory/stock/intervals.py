"""The only writer of intervals: numbers follow the movement that carries their goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory.database import insert_ignore, insert_many, table_of, wire
from inventory.stock import numbers, rules
from inventory.stock.models import Account, Interval, NumberSeries
from inventory.stock.numbers import Amount, Series, Span
from inventory.stock.places import whereabouts
from inventory.stock.rules import AccountKey, Condition, Leg, Part, Place

_INTERVALS, _SERIES, _ACCOUNTS = table_of(Interval), table_of(NumberSeries), table_of(Account)
_I = _INTERVALS.c
# So many numbers are looked up by one statement.
_CHUNK = 2_000
_HERE = sa.and_(_I.ended_by.is_(None), _I.in_books)
_COLUMNS = (_I.id, _I.first, _I.last, _I.account_id, _I.lot_id, _I.made_by, _I.came_from_id, _I.series_id)
_TAKEN: sa.BindParameter[Any] = sa.bindparam("taken", expanding=True)
_END = sa.update(_INTERVALS).where(_I.id.in_(_TAKEN)).values(ended_by=sa.bindparam("movement"))


@dataclass(frozen=True, slots=True)
class Stay:
    """An interval where it lies now."""

    id: int
    span: Span
    series_id: int
    account_id: int
    lot_id: int | None
    made_by: int
    came_from_id: int | None


def move(session: Session, movement_id: int, legs: Sequence[Leg], ids: Mapping[AccountKey, int]) -> None:
    """Bring the numbers of a movement's legs where their goods went. The legs' accounts are locked.

    Raises `NumbersKnown` for numbers that would come onto the books twice, `NumbersUnknown` and `NumbersElsewhere` for
    those that are not where a leg takes them from.
    """
    carrying = [leg for leg in legs if leg.spans]
    if not carrying:
        return
    numbers.check_once([span for leg in carrying for span in leg.spans], ())
    new = [leg for leg in carrying if not leg.source.numbered or leg.source.place is Place.SUPPLIED]
    if new:
        _receive(session, movement_id, new, ids)
    if len(new) < len(carrying):
        _carry(session, movement_id, [leg for leg in carrying if leg not in new], ids)


def _receive(session: Session, movement_id: int, legs: Sequence[Leg], ids: Mapping[AccountKey, int]) -> None:
    spans = [span for leg in legs for span in leg.spans]
    series = _locked_series(session, {span.series for span in spans})
    if known := [stay.span for stay in here(session, spans)]:
        raise numbers.wrong_numbers(numbers.NumbersKnown, numbers.shared(known, spans))
    rows = [
        _row(span, series[span.series], ids[leg.target], movement_id, lot_id=leg.lot)
        for leg in legs
        for span in leg.spans
    ]
    insert_many(session, _INTERVALS, rows)


def _carry(session: Session, movement_id: int, legs: Sequence[Leg], ids: Mapping[AccountKey, int]) -> None:
    stays = {stay.id: stay for stay in here(session, [span for leg in legs for span in leg.spans])}
    rows: list[dict[str, Any]] = []
    taken: defaultdict[int, list[Span]] = defaultdict(list)
    for leg in legs:
        mine = {i: stay.span for i, stay in stays.items() if stay.account_id == ids[leg.source]}
        _check_there(leg, mine.values(), [stay.span for stay in stays.values()])
        kept = leg.target.numbered and leg.target.place is not Place.SUPPLIED
        for i, cut in numbers.cut(mine, leg.spans).items():
            taken[i] += cut.taken
            rows += [
                _row(span, stays[i].series_id, ids[leg.target], movement_id, lot_id=stays[i].lot_id, came_from=i,
                     in_books=kept)
                for span in cut.taken
            ]  # fmt: skip
    for i, parts in taken.items():
        stay = stays[i]
        rows += [
            _row(span, stay.series_id, stay.account_id, stay.made_by, lot_id=stay.lot_id,
                 came_from=stay.came_from_id, split_from=i)
            for span in numbers.without([stay.span], parts)
        ]  # fmt: skip
    wire(session).execute(_END, {"taken": sorted(taken), "movement": movement_id})
    insert_many(session, _INTERVALS, rows)


def _check_there(leg: Leg, mine: Iterable[Span], anywhere: Sequence[Span]) -> None:
    if absent := numbers.missing(mine, leg.spans):
        raise _absent(absent, anywhere, leg.source)


def _absent(absent: Sequence[Span], anywhere: Sequence[Span], key: AccountKey, amount: Amount | None = None) -> Any:
    """The error for numbers that are not in an account: unknown, or on the books elsewhere."""
    if unknown := numbers.missing(anywhere, absent):
        return numbers.wrong_numbers(numbers.NumbersUnknown, unknown, amount)
    where = whereabouts(key.store, key.place, key.document_id, key.item)
    return numbers.wrong_numbers(numbers.NumbersElsewhere, absent, amount, where=where)


def _row(
    span: Span,
    series_id: int,
    account_id: int,
    made_by: int,
    *,
    lot_id: int | None,
    came_from: int | None = None,
    split_from: int | None = None,
    in_books: bool = True,
) -> dict[str, Any]:
    return {
        "series_id": series_id,
        "first": span.first,
        "last": span.last,
        "account_id": account_id,
        "lot_id": lot_id,
        "made_by": made_by,
        "came_from_id": came_from,
        "split_from_id": split_from,
        "ended_by": None,
        "in_books": in_books,
    }


def _locked_series(session: Session, wanted: Iterable[Series]) -> dict[Series, int]:
    """The ids of these series, made where they are new, locked: their new numbers come in one movement at a time."""
    ordered = sorted(wanted)
    insert_ignore(session, _SERIES, [{"prefix": series.prefix, "width": series.width} for series in ordered])
    return _known_series(session, ordered, lock=True)


def _known_series(session: Session, wanted: Sequence[Series], *, lock: bool) -> dict[Series, int]:
    found: dict[Series, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = set(wanted[start : start + _CHUNK])
        query = sa.select(_SERIES).where(_SERIES.c.prefix.in_(sorted({series.prefix for series in some})))
        if lock:
            query = query.order_by(_SERIES.c.id).with_for_update()
        for row in wire(session).execute(query):
            if (series := Series(row.prefix, row.width)) in some:
                found[series] = row.id
    return found


def here(session: Session, spans: Sequence[Span]) -> list[Stay]:
    """The intervals that hold any of these numbers, wherever they lie; numbers taken off the books are nowhere."""
    known = _known_series(session, sorted({span.series for span in spans}), lock=False)
    series = {i: each for each, i in known.items()}
    rows = [(known[span.series], span.first, span.last) for span in spans if span.series in known]
    found: dict[int, Stay] = {}
    for start in range(0, len(rows), _CHUNK):
        looked = _touching(rows[start : start + _CHUNK])
        for row in wire(session).execute(looked, execution_options={"compiled_cache": None}):
            found[row.id] = _stay(row, series[row.series_id])
    return list(found.values())


def _touching(rows: Sequence[tuple[int, int, int]]) -> sa.Select[Any]:
    """Intervals do not overlap, so those that touch a span begin at or after the last one that begins before it."""
    # Whole numbers of our own, written out: binding a thousand of them costs more than looking them up. Both databases
    # name the columns of VALUES so.
    given = sa.text("VALUES " + ", ".join(f"({series}, {low}, {high})" for series, low, high in rows))
    series, low, high = (sa.column(f"column{number}", sa.BigInteger) for number in (1, 2, 3))
    wanted = given.columns(series, low, high).cte("wanted")
    before = _INTERVALS.alias("before")
    nearest = (
        sa.select(sa.func.max(before.c.first))
        .where(
            before.c.series_id == wanted.c.column1,
            before.c.first <= wanted.c.column2,
            before.c.ended_by.is_(None),
            before.c.in_books,
        )
        .correlate(wanted)
        .scalar_subquery()
    )
    touches = sa.and_(
        _I.series_id == wanted.c.column1,
        _I.first >= sa.func.coalesce(nearest, wanted.c.column2),
        _I.first <= wanted.c.column3,
        _I.last >= wanted.c.column2,
    )
    return sa.select(*_COLUMNS).select_from(wanted).join(_INTERVALS, sa.and_(touches, _HERE))


def _stay(row: Any, series: Series) -> Stay:
    span = Span(series, row.first, row.last)
    return Stay(row.id, span, row.series_id, row.account_id, row.lot_id, row.made_by, row.came_from_id)


def lots_of(session: Session, spans: Iterable[Span]) -> dict[int, int]:
    """How many of these numbers belong to each lot."""
    asked = list(spans)
    found: defaultdict[int, int] = defaultdict(int)
    for stay in here(session, asked):
        if stay.lot_id is not None:
            found[stay.lot_id] += sum(map(len, numbers.shared([stay.span], asked)))
    return dict(found)


def in_accounts(session: Session, account_ids: Iterable[int], made_by: int | None = None) -> dict[int, list[Span]]:
    """The numbers in each of these accounts, in order; with `made_by` only those that this movement brought there."""
    query = (
        sa.select(_I.account_id, _I.first, _I.last, _SERIES.c.prefix, _SERIES.c.width)
        .join(_SERIES, _SERIES.c.id == _I.series_id)
        .where(_HERE, _I.account_id.in_(sorted(account_ids)))
        .order_by(_I.series_id, _I.first)
    )
    if made_by is not None:
        query = query.where(_I.made_by == made_by)
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for row in wire(session).execute(query):
        found[row.account_id].append(Span(Series(row.prefix, row.width), row.first, row.last))
    return dict(found)


def lying_at(session: Session, keys: Iterable[AccountKey]) -> dict[AccountKey, list[tuple[int, Span]]]:
    """The numbers in each of these accounts, in order, each with the movement that brought it there.

    The accounts need not be locked, nor exist: this is for showing, and for what the posting checks again.
    """
    named = {key.word: key for key in keys if key.numbered}
    if not named:
        return {}
    query = (
        sa.select(_ACCOUNTS.c.word, _I.made_by, _I.first, _I.last, _SERIES.c.prefix, _SERIES.c.width)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == _I.account_id)
        .join(_SERIES, _SERIES.c.id == _I.series_id)
        .where(_HERE, _ACCOUNTS.c.word.in_(sorted(named)))
        .order_by(_I.series_id, _I.first)
    )
    found: defaultdict[AccountKey, list[tuple[int, Span]]] = defaultdict(list)
    for row in wire(session).execute(query):
        span = Span(Series(row.prefix, row.width), row.first, row.last)
        found[named[row.word]].append((row.made_by, span))
    return dict(found)


def check_at(session: Session, key: AccountKey, amount: Amount) -> None:
    """Raise `NumbersUnknown` or `NumbersElsewhere` for numbers of an amount that are not in this account.

    For refusing early and by name: the account need not be locked, and posting looks again.
    """
    numbered = key.tracked(numbered=True)
    lying = [span for _, span in lying_at(session, [numbered]).get(numbered, ())]
    if absent := numbers.missing(lying, amount.spans):
        raise _absent(absent, [stay.span for stay in here(session, absent)], key, amount)


def carried(session: Session, movement_id: int) -> dict[int, list[Span]]:
    """The numbers that a movement brought to each account (by its id), wherever they are by now."""
    query = (
        sa.select(_I.account_id, _I.first, _I.last, _SERIES.c.prefix, _SERIES.c.width)
        .join(_SERIES, _SERIES.c.id == _I.series_id)
        .where(_I.made_by == movement_id, _I.split_from_id.is_(None))
        .order_by(_I.series_id, _I.first)
    )
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for row in wire(session).execute(query):
        found[row.account_id].append(Span(Series(row.prefix, row.width), row.first, row.last))
    return dict(found)


def draw(
    session: Session,
    ids: Mapping[AccountKey, int],
    balances: Mapping[AccountKey, int],
    order: Sequence[AccountKey],
    amount: Amount,
) -> list[Part]:
    """What each account gives: by count in their order, or each the numbers that lie in it.

    `order` names the accounts without numbers; for numbers their twins must be locked instead. Raises
    `StockInsufficient`, `NumbersNeeded` where only blanks with numbers are left, `NumbersUnknown`, `NumbersElsewhere`.
    """
    if not amount.numbered:
        counted = sum(balances.get(key, 0) for key in order)
        if (
            order[0].condition is not Condition.PRINTED
            and counted < amount.quantity
            and (numbered := _numbered_balance(session, order))
        ):
            key = order[0]
            raise numbers.NumbersNeeded(store=key.store, item=key.item, counted=counted, numbered=numbered)
        return [Part(key, quantity) for key, quantity in rules.draw(balances, order, amount.quantity)]
    twins = {ids[twin]: twin for twin in (key.tracked(numbered=True) for key in order) if twin in ids}
    stays = here(session, amount.spans)
    mine = {stay.id: stay for stay in stays if stay.account_id in twins}
    there = {i: stay.span for i, stay in mine.items()}
    if absent := numbers.missing(there.values(), amount.spans):
        raise _absent(absent, [stay.span for stay in stays], order[0], amount)
    given: defaultdict[AccountKey, list[Span]] = defaultdict(list)
    for i, cut in numbers.cut(there, amount.spans).items():
        given[twins[mine[i].account_id]] += cut.taken
    return [Part(key, sum(map(len, spans)), tuple(spans)) for key, spans in sorted(given.items())]


def _numbered_balance(session: Session, order: Sequence[AccountKey]) -> int:
    words = [key.tracked(numbered=True).word for key in order]
    total = sa.select(sa.func.coalesce(sa.func.sum(_ACCOUNTS.c.balance), 0)).where(_ACCOUNTS.c.word.in_(words))
    return int(wire(session).execute(total).scalar_one())


def twins_of(order: Iterable[AccountKey], amount: Amount) -> Iterator[AccountKey]:
    """The accounts that such an amount is drawn from: those with numbers, or those without."""
    return (key.tracked(numbered=amount.numbered) for key in order)
