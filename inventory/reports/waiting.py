"""How many recordings waited to be printed when a day ended: print-ready, and among them those owed for a suket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory import access, clock
from inventory.database import current
from inventory.offices.models import Office
from inventory.offices.rules import TIME_ZONES
from inventory.printing.models import Card
from inventory.printing.rules import CardStatus
from inventory.recordings.models import Recording
from inventory.recordings.rules import PrintReason, RecordingStatus
from inventory.reports.flows import row_of
from inventory.reports.models import QueueDay

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
    reach = access.within(Office.code, office.code)
    where = row_of(office.code, Office.code)
    offices = current().execute(sa.select(where, sa.func.count()).where(reach).group_by(where)).all()
    noted = _noted(office.code, day)
    known = {row: noted[row][1] for row, count in offices if row in noted and noted[row][0] == count}
    if len(known) == len(offices):
        return known
    if clock.business_day(office.time_zone) - day > _REACH:
        return {row: known.get(row, UNKNOWN) for row, _ in offices}
    live = counted(reach, day, row_of(office.code, Recording.office_code))
    return {row: known.get(row) or live.get(row, NONE) for row, _ in offices}


def _noted(office: str, day: date) -> dict[str, tuple[int, Waiting]]:
    where = row_of(office, QueueDay.office_code)
    query = (
        sa.select(where, sa.func.count(), sa.func.sum(QueueDay.prr_left), sa.func.sum(QueueDay.suket_owed))
        .where(QueueDay.day == day, access.within(QueueDay.office_code, office))
        .group_by(where)
    )
    return {row: (count, Waiting(int(prr), int(suket))) for row, count, prr, suket in current().execute(query)}


def counted(offices: Any, day: date, row: Any) -> dict[str, Waiting]:
    """What of these offices (a condition) was left, by a column of recordings.

    Those print-ready by the end of the day that wait now, and those whose card was printed since. Who was print-ready
    then and failed since is not told.
    """
    parts = [part for zone in TIME_ZONES.values() for part in _of_zone(offices, zone, day, row)]
    every = sa.union_all(*parts).subquery()
    query = sa.select(every.c.told_in, sa.func.sum(every.c.prr), sa.func.sum(every.c.suket)).group_by(every.c.told_in)
    return {told_in: Waiting(int(prr), int(suket)) for told_in, prr, suket in current().execute(query)}


def _of_zone(offices: Any, zone: str, day: date, row: Any) -> list[Any]:
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    owed = sa.func.sum(sa.case((Recording.reason == PrintReason.SUKET, 1), else_=0))
    ready = (
        sa.select(row.label("told_in"), sa.func.count().label("prr"), owed.label("suket"))
        .select_from(Recording)
        .where(offices, Office.time_zone == zone, Recording.prr_at < end)
        .group_by(row)
    )
    waits = ready.join(Office, Office.code == Recording.office_code).where(Recording.status == RecordingStatus.PRR)
    printed = ready.join(Card, Card.recording_id == Recording.id).join(Office, Office.code == Card.office_code)
    # Named twice: by its office and day a card of late is found without going through all there ever were.
    there = sa.select(Office.code).where(offices, Office.time_zone == zone).scalar_subquery()
    since = printed.where(Card.printed_at >= end, Card.status != CardStatus.UNDONE, Card.office_code.in_(there))
    return [waits, since]
