"""Whether two lines tell of the same person, reason and time, where a list gave no client id of its own to one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from inventory import keys
from inventory.database import table_of, wire
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks

PREFIX = "siak-"
_DERIVED = re.compile(PREFIX + "[a-p]{24}")
# In letters only, as sixteen digits in a row would pass for a NIK.
_LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")
_T = table_of(Recording)


@dataclass(frozen=True, slots=True, repr=False)
class Who:
    """A person recorded for something at some time, as a line tells it in an office with this time zone."""

    client_id: str
    nik_index: bytes
    reason: str
    recorded_at: datetime
    zone: str

    @property
    def day(self) -> date:
        """The day of the office on which it was."""
        return _local(self.recorded_at, self.zone).date()

    @property
    def trace(self) -> str:
        """What is left to know it by once the NIK was purged."""
        return trace(self.nik_index, self.reason, self.day)


def is_derived(client_id: str) -> bool:
    """Whether a client id is ours, made for a line that had none."""
    return _DERIVED.fullmatch(client_id) is not None


def in_letters(told: str) -> str:
    """A keyed digest as a client id has it."""
    return PREFIX + keys.blind_index(told).hex().translate(_LETTERS)[:24]


def trace(nik_index: bytes, reason: str, day: date) -> str:
    """What tells the same person, reason and day apart from others, and nothing to who lacks the key."""
    return in_letters(f"trace of a person|{nik_index.hex()}|{reason}|{day.isoformat()}")


def day_of(moment: datetime, zone: str) -> date:
    """The day that an instant is in a time zone."""
    return _local(moment, zone).date()


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def chosen(who: Who, others: Sequence[Any]) -> Any | None:
    """Which of these, of the same person and reason, it is: either side has a derived client id.

    That of the same time, the first of several; else the only one of its day, if one of both tells no hour.
    """
    derived = is_derived(who.client_id)
    for each in others:
        if each.recorded_at == who.recorded_at and (derived or is_derived(each.client_id)):
            return each
    of_day = [each for each in others if day_of(each.recorded_at, who.zone) == who.day]
    if len(of_day) == 1 and (derived or is_derived(of_day[0].client_id)):
        hours = {_local(each.recorded_at, who.zone).time() for each in (who, of_day[0])}
        return of_day[0] if time() in hours else None
    return None


def known_otherwise(session: Session, office: str, people: Iterable[Who], query: sa.Select[Any]) -> dict[str, Any]:
    """Rows of the office that are these people under another client id, by the client id that the line has.

    `query` selects from recordings; two statements for each 500 people. Who was purged is known by the trace.
    """
    asked = [(who, who.trace) for who in people]
    rows = _rows(session, query, _T.c.nik_index, {who.nik_index for who, _ in asked})
    rows += _rows(session, query, _T.c.derived_id, {left for _, left in asked})
    found: dict[Any, list[Any]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        if row.office_code == office:
            key = (row.nik_index, row.reason) if row.purged_at is None else row.derived_id
            found.setdefault(key, []).append(row)
    same = {}
    for who, left in asked:
        fits = [*found.get((who.nik_index, who.reason), ()), *found.get(left, ())]
        row = chosen(who, [each for each in fits if each.client_id != who.client_id]) if fits else None
        if row is not None:
            same[who.client_id] = row
    return same


def _rows(session: Session, query: sa.Select[Any], column: Any, values: set[Any]) -> list[Any]:
    """Every value is looked up by itself on PostgreSQL, whose statistics know nothing of rows just stored."""
    found: list[Any] = []
    postgresql = wire(session).dialect.name == "postgresql"
    for part in chunks(sorted(values)):
        if postgresql:
            given = sa.literal(list(part), ARRAY(column.type))
            names = sa.func.unnest(given).table_valued(sa.column("value", column.type)).render_derived("given")
            one = query.where(column == names.c.value).lateral("known")
            found += wire(session).execute(sa.select(one).select_from(names.join(one, sa.true())))
        else:
            found += wire(session).execute(query.where(column.in_(part)))
    return found
