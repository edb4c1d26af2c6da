"""Searching the audit: always by its index of offices and ids, a stretch at a time, however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.audit import AuditRow
from inventory.database import current, table_of
from inventory.offices.models import Office
from inventory.offices.rules import MINISTRY, OfficeLevel, level_of
from inventory.paging import Page, Slice
from inventory.people.models import User

_ROWS, _USERS, _OFFICES = table_of(AuditRow), table_of(User), table_of(Office)
# One look goes over so many rows of an office, whatever it looks for.
WINDOW = 5_000
# Ids are not quite in the order of their instants: so many more are looked at on each side of a day.
_SLACK = 1_000
_ID = sa.BigInteger


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """Which deeds are wanted; None means all. `office` is that one alone; without it, the actor's whole subtree.

    `named` is a part of the name of who did it, `deeds` are pairs of action and subject, `subject` a number or code.
    """

    office: str | None = None
    named: str | None = None
    deeds: Sequence[tuple[str, str]] | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether every row is wanted."""
        return self.named is None and self.deeds is None and self.subject is None


def search(actor: Actor, which: DeedFilter, wanted: Slice) -> Page:
    """The deeds of the actor's subtree, newest first: (id, at, name, role, office_code, action, subject, facts ...).

    A batch may be short, or empty, and still not be the last one: each looks over WINDOW rows of an office at most.
    """
    access.require(actor, Action.INSPECT, which.office or actor.office)
    last = wanted.after[0] if wanted.after else None
    within = _within(which, last)
    windows = [_window(office, within, wanted.limit + 1 if which.open else WINDOW) for office in _offices(actor, which)]
    end = None if which.open else _end(windows)
    # What lies behind the end of a full stretch is found by the next look.
    rows = current().execute(_matching(windows, which, wanted.limit + 1)).all()
    found = [row for row in rows if end is None or row.id >= end]
    if len(found) > wanted.limit:
        return Page(found[: wanted.limit], (found[wanted.limit - 1].id,))
    return Page(found, None if end is None else (end,))


def _offices(actor: Actor, which: DeedFilter) -> list[Any]:
    """The conditions that name the offices one by one, each served by the index; the whole nation is no condition."""
    c = _ROWS.c.office_code
    if which.office is not None:
        return [c == which.office]
    if actor.office == MINISTRY:
        return [sa.true()]
    if level_of(actor.office) is OfficeLevel.REGENCY:
        return [c == actor.office]
    return [
        c == code for code in current().scalars(sa.select(Office.code).where(access.within(Office.code, actor.office)))
    ]


def _within(which: DeedFilter, last: int | None) -> list[Any]:
    conditions: list[Any] = [] if last is None else [_ROWS.c.id < last]
    if which.since is not None:
        conditions += [_ROWS.c.id >= _first_at(which.since) - _SLACK, _ROWS.c.at >= which.since]
    if which.until is not None:
        conditions += [_ROWS.c.id < _first_at(which.until) + _SLACK, _ROWS.c.at < which.until]
    return conditions


def _first_at(instant: datetime) -> int:
    """About which id was the first at an instant: found by halving, as there is no index of instants."""
    end = sa.select(sa.cast(sa.func.coalesce(sa.func.max(_ROWS.c.id), 0) + 1, _ID)).scalar_subquery()
    half = sa.select(sa.cast(sa.literal(0), _ID).label("low"), end.label("high")).cte("half", recursive=True)
    middle = (half.c.low + half.c.high) // 2
    at = sa.select(_ROWS.c.at).where(_ROWS.c.id >= middle).order_by(_ROWS.c.id).limit(1).correlate(half)
    before = at.scalar_subquery() < sa.bindparam(None, instant, _ROWS.c.at.type)
    low, high = sa.case((before, middle + 1), else_=half.c.low), sa.case((before, half.c.high), else_=middle)
    half = half.union_all(sa.select(low, high).where(half.c.low < half.c.high))
    return current().scalar(sa.select(half.c.low).where(half.c.low >= half.c.high)) or 0


def _window(office: Any, within: list[Any], length: int) -> Any:
    """The newest rows of one office."""
    names = ("id", "user_id", "action", "subject", "subject_id")
    query = sa.select(*[_ROWS.c[name] for name in names]).where(office, *within)
    return query.order_by(_ROWS.c.id.desc()).limit(length)


def _matching(windows: list[Any], which: DeedFilter, limit: int) -> Any:
    each = sa.union_all(*[sa.select(window.subquery()) for window in windows]).subquery()
    conditions: list[Any] = []
    if which.named is not None:
        known = sa.select(_USERS.c.id).where(_USERS.c.name.icontains(which.named, autoescape=True))
        conditions.append(each.c.user_id.in_(known))
    if which.deeds is not None:
        conditions.append(sa.tuple_(each.c.action, each.c.subject).in_(which.deeds))
    if which.subject is not None:
        conditions.append(each.c.subject_id == which.subject)
    ids = sa.select(each.c.id).where(*conditions).order_by(each.c.id.desc()).limit(limit)
    names = ("id", "at", "user_id", "office_code", "action", "subject", "subject_id", "facts")
    columns = [_ROWS.c[name] for name in names]
    return (
        sa.select(*columns, _USERS.c.name, _USERS.c.role, _OFFICES.c.name.label("office_name"))
        .join(_USERS, _USERS.c.id == _ROWS.c.user_id)
        .outerjoin(_OFFICES, _OFFICES.c.code == _ROWS.c.office_code)
        .where(_ROWS.c.id.in_(ids))
        .order_by(_ROWS.c.id.desc())
    )


def _end(windows: list[Any]) -> int | None:
    """The last row of the stretch that ends first; None where every office was looked through."""
    last = [window.with_only_columns(_ROWS.c.id).offset(WINDOW - 1).limit(1) for window in windows]
    ends = sa.union_all(*[sa.select(each.subquery()) for each in last]).subquery()
    found: int | None = current().scalar(sa.select(sa.func.max(ends.c.id)))
    return found
