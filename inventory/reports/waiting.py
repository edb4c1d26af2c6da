"""How many recordings waited to be printed when a day ended: print-ready, and among them those owed for a suket."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory import access, clock
from inventory.database import current
from inventory.offices.models import Office
from inventory.offices.rules import MINISTRY
from inventory.printing.models import Card
from inventory.printing.rules import CardStatus
from inventory.recordings.models import Recording
from inventory.recordings.rules import PrintReason
from inventory.reports.flows import row_of
from inventory.reports.models import QueueDay

# In these very words, so that both databases see that the index of the queue serves it.
PRINT_READY = sa.text("recordings.status = 'prr'")
# So far back it is worked out from the cards printed since; earlier days are known where they were noted.
_REACH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was left at the end of a day; None where nobody knows any more."""

    prr_left: int | None
    suket_owed: int | None


NONE = Waiting(0, 0)
UNKNOWN = Waiting(None, None)


def left(office: Office, day: date) -> dict[str, Waiting]:
    """What was left in a subtree at the end of a day of each office, by the rows of the office's report."""
    offices = current().execute(
        sa.select(Office.code, Office.time_zone).where(access.within(Office.code, office.code))
    ).all()  # fmt: skip
    rows = Counter(_row(office.code, each.code) for each in offices)
    noted = _noted(office.code, day)
    known = {row: noted[row][1] for row, count in rows.items() if row in noted and noted[row][0] == count}
    if len(known) == len(rows):
        return known
    if clock.business_day(office.time_zone) - day > _REACH:
        return {row: known.get(row, UNKNOWN) for row in rows}
    live: defaultdict[str, Waiting] = defaultdict(lambda: NONE)
    there = counted(lambda column: access.within(column, office.code), {each.time_zone for each in offices}, day)
    for code, found in there.items():
        live[_row(office.code, code)] = _together(live[_row(office.code, code)], found)
    return {row: known.get(row) or live[row] for row in rows}


def _row(office: str, code: str) -> str:
    """As `row_of` says it of a column."""
    return code[:2] if office == MINISTRY else code


def _together(one: Waiting, other: Waiting) -> Waiting:
    return Waiting((one.prr_left or 0) + (other.prr_left or 0), (one.suket_owed or 0) + (other.suket_owed or 0))


def _noted(office: str, day: date) -> dict[str, tuple[int, Waiting]]:
    where = row_of(office, QueueDay.office_code)
    query = (
        sa.select(where, sa.func.count(), sa.func.sum(QueueDay.prr_left), sa.func.sum(QueueDay.suket_owed))
        .where(QueueDay.day == day, access.within(QueueDay.office_code, office))
        .group_by(where)
    )
    return {row: (count, Waiting(int(prr), int(suket))) for row, count, prr, suket in current().execute(query)}


def counted(offices: Callable[[Any], Any], zones: Collection[str], day: date) -> dict[str, Waiting]:
    """What was left in some offices (a condition of a column) of these time zones, by office.

    Those print-ready by the end of the day that wait now, and those whose card was printed since. Who was print-ready
    then and failed since is not told.
    """
    parts = [part for zone in sorted(zones) for part in _of_zone(offices, zone, day)]
    every = sa.union_all(*parts).subquery()
    query = sa.select(every.c.office_code, sa.func.sum(every.c.prr), sa.func.sum(every.c.suket))
    rows = current().execute(query.group_by(every.c.office_code))
    return {office: Waiting(int(prr), int(suket)) for office, prr, suket in rows}


def _of_zone(offices: Callable[[Any], Any], zone: str, day: date) -> list[Any]:
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    owed = sa.func.sum(sa.case((Recording.reason == PrintReason.SUKET, 1), else_=0))
    here = sa.select(Office.code).where(offices(Office.code), Office.time_zone == zone)
    ready = sa.select(Recording.office_code, sa.func.count().label("prr"), owed.label("suket"))
    ready = ready.group_by(Recording.office_code)
    # Office by office, in the words of the queue's own index, which holds it all. The index of everybody who ever was
    # print-ready would be gone through instead if it could tell the day.
    by_then = sa.func.coalesce(Recording.prr_at, Recording.prr_at) < end
    waits = ready.where(PRINT_READY, by_then, Recording.office_code.in_(here.scalar_subquery()))
    # By its office and day a card of late is found without going through all there ever were.
    since = ready.join(Card, Card.recording_id == Recording.id).where(
        Recording.prr_at < end,
        Card.printed_at >= end,
        Card.status != CardStatus.UNDONE,
        Card.office_code.in_(here.scalar_subquery()),
    )
    return [waits, since]
