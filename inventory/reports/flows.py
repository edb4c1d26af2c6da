"""What moved: the sums that were added up, and what is not yet in them, read as of one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current, table_of, wire
from inventory.errors import Busy
from inventory.offices.rules import MINISTRY, OfficeLevel, level_of
from inventory.reports.models import TAKEN, Flow, FlowProgress, ProvinceFlow
from inventory.reports.rules import HELD, TRANSFERRING, Grain, Period, Sum
from inventory.seals.models import Seal, SealProgress
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.rules import Condition, MovementKind, Place
from inventory.transfers.models import Transfer

_FLOWS, _PROVINCES, _PROGRESS, _SEALS, _SEALED = (
    table_of(model) for model in (Flow, ProvinceFlow, FlowProgress, Seal, SealProgress)
)
_ACCOUNTS, _ENTRIES, _MOVEMENTS, _TRANSFERS = (table_of(model) for model in (Account, Entry, Movement, Transfer))
_POSITION = sa.func.coalesce(sa.select(_PROGRESS.c.position).scalar_subquery(), 0)
# What a report tells of the time before its period.
_KEPT = (*HELD, Place.TRANSFER)
_SORT = ("item_code", "kind", "place", "condition", "spoil_class", "own")
_PLAIN: list[Any] = [sa.literal_column("''", sa.String), sa.literal_column("0", sa.SmallInteger), sa.false()]
_PLAIN_SORT = ("kind", "spoil_class", "own")
_BY_PRINTING = (MovementKind.PRINTING.value, MovementKind.PRINTING_UNDO.value)
_TRIES = 20


@dataclass(slots=True)
class Found:
    """The sums of one item of one row: before the period, and in it."""

    before: list[Sum] = field(default_factory=list)
    within: list[Sum] = field(default_factory=list)


def _word(column: Any) -> Any:
    return sa.type_coerce(column, sa.String)


def _total(column: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.sum(column), sa.BigInteger)


def of_movements(chosen: Any, grain: Grain, dialect: str, *conditions: Any) -> sa.Subquery:
    """The sums of these movements (a SELECT of their ids) by the columns of `daily_flows`.

    What a movement adds in one account and takes from another one of the same sort nets out first.
    """
    place, condition = _word(_ACCOUNTS.c.place), _word(_ACCOUNTS.c.condition)
    in_class = sa.and_(condition == Condition.SPOILED.value, place == Place.STORE.value)
    kind = _word(_MOVEMENTS.c.kind)
    sort = [
        kind,
        sa.case((in_class, _ACCOUNTS.c.document_id), else_=0),
        sa.func.coalesce(_TRANSFERS.c.from_office == _TRANSFERS.c.to_office, sa.false()),
    ]
    if grain.held:
        sort, conditions = _PLAIN, (*conditions, place.in_([each.value for each in _KEPT]))
    each = (
        sa.select(
            _ENTRIES.c.movement_id,
            _ACCOUNTS.c.office_code,
            _start(_MOVEMENTS.c.occurred_on, grain, dialect).label("starts_on"),
            _ACCOUNTS.c.item_code,
            sort[0].label("kind"),
            place.label("place"),
            condition.label("condition"),
            sort[1].label("spoil_class"),
            sort[2].label("own"),
            _total(_ENTRIES.c.quantity).label("quantity"),
        )
        .join(_MOVEMENTS, _MOVEMENTS.c.id == _ENTRIES.c.movement_id)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == _ENTRIES.c.account_id)
        .outerjoin(
            _TRANSFERS,
            sa.and_(kind.in_([each.value for each in TRANSFERRING]), _TRANSFERS.c.id == _MOVEMENTS.c.document_id),
        )
        .where(_ENTRIES.c.movement_id.in_(chosen), *conditions)
    )
    parts = list(each.selected_columns)[:-1]
    net = each.group_by(*[sa.text(str(at)) for at in range(1, len(parts) + 1)]).subquery("net")
    key = [net.c[name] for name in ("office_code", "starts_on", *_SORT)]
    sides = {"came": net.c.quantity > 0, "went": net.c.quantity < 0}
    sums = [_total(sa.case((side, sa.func.abs(net.c.quantity)), else_=0)).label(name) for name, side in sides.items()]
    word = sa.literal(grain.value, sa.String).label("grain")
    return sa.select(*key, word, *sums).where(net.c.quantity != 0).group_by(*key).subquery("sums")


def of_provinces(sums: Any) -> sa.Subquery:
    """The same sums by the columns of `province_flows`."""
    province = row_of(MINISTRY, sums.c.office_code).label("province_code")
    key = [sums.c[name] for name in ("grain", "starts_on", *_SORT)]
    both = [_total(sums.c[name]).label(name) for name in ("came", "went")]
    return sa.select(province, *key, *both).group_by(province, *key).subquery("provinces")


def _start(day: Any, grain: Grain, dialect: str) -> Any:
    """The first day of the period that a day is in."""
    if grain.unit == Grain.DAY:
        return day
    if dialect == "sqlite":
        return sa.type_coerce(sa.func.date(day, f"start of {grain.unit}"), sa.Date)
    return sa.cast(sa.func.date_trunc(grain.unit, day), sa.Date)


def row_of(office: str, column: Any) -> Any:
    """Which row of an office's report tells of the office that a column names: itself, or the child it belongs to."""
    return _row(level_of(office), column)


def _row(level: OfficeLevel, column: Any) -> Any:
    if level is not OfficeLevel.MINISTRY:
        return column
    # Plain figures, not parameters: PostgreSQL would not see that it groups by what it selects.
    return sa.func.substr(column, sa.literal_column("1"), sa.literal_column("2"))


def found(office: str, period: Period) -> dict[tuple[str, str], Found]:
    """The sums of the offices of a subtree, by row and item.

    One statement reads what was added up, how far that went, and what is behind it in the ledger itself: nothing is
    missed or told twice, whoever adds up or posts meanwhile.
    """
    grains = tuple(grain for grain, _, _ in period.before)
    statement = _found_statement(level_of(office), grains, period.grain, wire(current()).dialect.name)
    given: dict[str, Any] = {"office": office, "first": period.first, "after": period.after}
    for at, (_, first, after) in enumerate(period.before):
        given |= {f"first_{at}": first, f"after_{at}": after}
    return _by_row(_at_one_moment(statement, given))


def used_in_printing(office: str, first: date, after: date) -> dict[str, int]:
    """How many blanks printing took from `first` to the day before `after`, by office of a subtree.

    From the sums as `found` reads them; events and their kits are in it, with their host.
    """
    statement = _used_statement(level_of(office), wire(current()).dialect.name)
    told: defaultdict[str, int] = defaultdict(int)
    for row in _at_one_moment(statement, {"office": office, "first": first, "after": after}):
        if row.office_code is not None:
            told[row.office_code] += int(row.used)
    return dict(told)


# Putting one of these statements together takes as long as the database needs for it: each is kept for all offices of a
# level, with what changes as parameters.
_OFFICE = sa.bindparam("office", type_=sa.String)
_POSITION_THEN, _FLOOR = (sa.bindparam(name, type_=sa.BigInteger) for name in ("position_then", "floor"))


def _day(name: str) -> sa.BindParameter[date]:
    return sa.bindparam(name, type_=sa.Date)


@cache
def _used_statement(level: OfficeLevel, dialect: str) -> sa.Select[Any]:
    span: list[Any] = [sa.text(TAKEN), _FLOWS.c.starts_on >= _day("first"), _FLOWS.c.starts_on < _day("after")]
    took = _total(_FLOWS.c.went - _FLOWS.c.came).label("used")
    here = access.within_any(_FLOWS.c.office_code, level, _OFFICE)
    rolled = sa.select(_FLOWS.c.office_code, took).where(*span, *_held_blanks(_FLOWS.c), here)
    parts: list[sa.Select[Any]] = [rolled.group_by(_FLOWS.c.office_code)]
    reach = [
        access.within_any(_ACCOUNTS.c.office_code, level, _OFFICE),
        _word(_MOVEMENTS.c.kind).in_(_BY_PRINTING),
        _MOVEMENTS.c.occurred_on >= _day("first"),
        _MOVEMENTS.c.occurred_on < _day("after"),
    ]
    for chosen in _behind():
        sums = of_movements(chosen, Grain.DAY, dialect, *reach)
        part = sa.select(sums.c.office_code, (sums.c.went - sums.c.came).label("used"))
        parts.append(part.where(_taken_by_printing(sums.c)))
    return _with_position(sa.union_all(*parts).subquery("told"))


def _taken_by_printing(columns: Any) -> sa.ColumnElement[bool]:
    return sa.and_(columns.kind.in_(_BY_PRINTING), columns.condition == Condition.BLANK.value, *_held_blanks(columns))


def _held_blanks(columns: Any) -> list[sa.ColumnElement[bool]]:
    blanks = sa.select(Item.code).where(Item.kind == ItemKind.BLANK)
    return [columns.place.in_([each.value for each in HELD]), columns.item_code.in_(blanks)]


def _at_one_moment(statement: sa.Select[Any], given: dict[str, Any]) -> Sequence[Any]:
    """What a statement of the position and the floor tells, at a moment when the position was just that one."""
    for _ in range(_TRIES):
        floor_id = sa.func.coalesce(sa.select(_SEALED.c.floor_id).scalar_subquery(), 0)
        position, floor = current().execute(sa.select(_POSITION, floor_id)).one()
        rows = current().execute(statement, given | {"position_then": position, "floor": floor}).all()
        if not rows or rows[0].position == position:
            return rows
    raise Busy


def _by_row(rows: Any) -> dict[tuple[str, str], Found]:
    told: defaultdict[tuple[str, str], Found] = defaultdict(Found)
    for each in rows:
        if each.told_in is None:
            continue
        sums = told[each.told_in, each.item_code]
        part = Sum(
            each.kind, each.place, each.condition, each.spoil_class, bool(each.own), int(each.came), int(each.went)
        )
        (sums.within if each.within else sums.before).append(part)
    return dict(told)


@cache
def _found_statement(level: OfficeLevel, before: tuple[Grain, ...], grain: Grain, dialect: str) -> sa.Select[Any]:
    parts = [*_rolled(level, before, grain), *_loose(level, dialect)]
    every = sa.union_all(*parts).subquery("every")
    key = [every.c[name] for name in ("told_in", "within", *_SORT)]
    sums = [_total(every.c[name]).label(name) for name in ("came", "went")]
    return _with_position(sa.select(*key, *sums).group_by(*key).subquery("told"))


def _with_position(told: sa.Subquery) -> sa.Select[Any]:
    """The position stands in every row, and in one of its own where there is nothing to tell."""
    one = sa.select(_POSITION.label("position")).subquery("one")
    return sa.select(one, told).select_from(one.outerjoin(told, sa.true()))


def _rolled(level: OfficeLevel, before: tuple[Grain, ...], grain: Grain) -> Iterator[Any]:
    nation = level is OfficeLevel.MINISTRY
    flows = (_PROVINCES if nation else _FLOWS).c
    where, reach = (flows.province_code, sa.true()) if nation else (
        flows.office_code, access.within_any(flows.office_code, level, _OFFICE)
    )  # fmt: skip
    sums = [_total(flows[name]).label(name) for name in ("came", "went")]
    parts = [(sa.false(), part, _day(f"first_{at}"), _day(f"after_{at}")) for at, part in enumerate(before)]
    for within, part, first, after in (*parts, (sa.true(), grain, _day("first"), _day("after"))):
        span = [flows.grain == part, flows.starts_on >= first, flows.starts_on < after]
        # What all rows of a grain have in common is not told apart again: that is most of the time this takes.
        plain = dict(zip(_PLAIN_SORT, _PLAIN, strict=True)) if part.held else {}
        apart = [flows[name] for name in _SORT if name not in plain]
        key = [plain[name].label(name) if name in plain else flows[name] for name in _SORT]
        query = sa.select(where.label("told_in"), within.label("within"), *key, *sums)
        yield query.where(*span, reach).group_by(where, *apart)


def _loose(level: OfficeLevel, dialect: str) -> Iterator[Any]:
    """What is sealed behind the position, and what is not sealed yet."""
    here = access.within_any(_ACCOUNTS.c.office_code, level, _OFFICE)
    for chosen in _behind():
        sums = of_movements(chosen, Grain.DAY, dialect, here, _MOVEMENTS.c.occurred_on < _day("after"))
        within = sums.c.starts_on >= _day("first")
        columns = [sums.c[name] for name in (*_SORT, "came", "went")]
        yield sa.select(_row(level, sums.c.office_code).label("told_in"), within.label("within"), *columns)


def _behind() -> tuple[Any, Any]:
    """The movements that are sealed behind the position, and those not sealed yet."""
    sealed = sa.exists().where(_SEALS.c.movement_id == _MOVEMENTS.c.id)
    behind = sa.select(_SEALS.c.movement_id).where(_SEALS.c.position > _POSITION_THEN)
    return behind, sa.select(_MOVEMENTS.c.id).where(_MOVEMENTS.c.id > _FLOOR, ~sealed)


def differences() -> Iterator[str]:
    """One sentence for every period whose sums are not what the entries of its movements say, up to the position.

    Those of the provinces are held against those of their offices.
    """
    position = sa.select(_POSITION).scalar_subquery()
    chosen = sa.select(_SEALS.c.movement_id).where(_SEALS.c.position <= position)
    dialect = wire(current()).dialect.name
    # `own` is what the transfer said when it was added up: it may have been sent elsewhere since.
    names = ("starts_on", "item_code", "kind", "place", "condition", "spoil_class")
    for grain in Grain:
        of_offices = [_FLOWS.c.office_code.label("told_of"), *[_FLOWS.c[name] for name in names]]
        sums = of_movements(chosen, grain, dialect).c
        yield from _differences(grain, (_FLOWS.c, of_offices), (sums, [sums.office_code, *[sums[n] for n in names]]))
    every = (*names, "own")
    offices = of_provinces(_FLOWS).c
    for grain in Grain:
        told = [_PROVINCES.c.province_code.label("told_of"), *[_PROVINCES.c[name] for name in every]]
        yield from _differences(
            grain, (_PROVINCES.c, told), (offices, [offices.province_code, *[offices[name] for name in every]])
        )


def _differences(grain: Grain, kept: tuple[Any, list[Any]], said: tuple[Any, list[Any]]) -> Iterator[str]:
    """Where the sums that are kept are not what is said; each are columns, and those of them that name a sum."""
    parts = [
        sa.select(*kept[1], kept[0].came, kept[0].went).where(kept[0].grain == grain),
        sa.select(*said[1], -said[0].came, -said[0].went).where(said[0].grain == grain),
    ]
    both = sa.union_all(*parts).subquery("both")
    key = [both.c[column.name] for column in kept[1]]
    came, went = (_total(both.c[name]) for name in ("came", "went"))
    query = sa.select(*key, came.label("came"), went.label("went")).group_by(*key).having(sa.or_(came != 0, went != 0))
    for each in current().execute(query, execution_options={"yield_per": 1_000}):
        apart = [
            f"{abs(count)} too {'many' if count > 0 else 'few'} {side}"
            for side, count in (("came", each.came), ("went", each.went))
            if count
        ]
        yield (
            f"flows of {each.told_of}, {grain} {each.starts_on}: {each.item_code} ({each.condition}, {each.place},"
            f" {each.kind}): {', '.join(apart)}"
        )
