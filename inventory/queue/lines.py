"""Who waits, in which order and for what: each reason's line by its index, so that what was printed costs nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import clock
from inventory.database import current, table_of
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.printing.models import Card, JobLine, PrintJob
from inventory.printing.queries import jobs_holding
from inventory.printing.rules import UNFINISHED, CardStatus
from inventory.queue import rules
from inventory.queue.forecast import Waiting
from inventory.queue.rules import Cap, Place, Wishes
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks
from inventory.recordings.rules import PrintReason

AVERAGED_DAYS = 28
R, JOB_LINES, _JOBS = table_of(Recording), table_of(JobLine), table_of(PrintJob)
# Written out, not as a parameter: only so may a database use the index of what waits.
_WAITS = R.c.status == sa.literal_column("'prr'")
_IN_JOB = sa.exists().where(JOB_LINES.c.recording_id == R.c.id, JOB_LINES.c.waiting)
# Since when print-ready, and the id: who is older.
Key = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Queue:
    """Which queue: that of an office, or of one of its events; and the business day that it is."""

    office: str
    event: int | None
    today: date
    since: datetime

    @property
    def mine(self) -> list[sa.ColumnElement[bool]]:
        """The condition of those who wait in it."""
        found: list[sa.ColumnElement[bool]] = [R.c.office_code == self.office, _WAITS]
        return found if self.event is None else [*found, R.c.event_id == self.event]


def queue_of(office: str, event: int | None = None) -> Queue:
    """The queue of an office today; raises `OfficeNotFound`."""
    zone = current().scalar(sa.select(Office.time_zone).where(Office.code == office))
    if zone is None:
        raise OfficeNotFound(office=office)
    today = clock.business_day(zone)
    return Queue(office, event, today, datetime.combine(today, time(), ZoneInfo(zone)))


@dataclass(frozen=True, slots=True)
class InJobs:
    """Who waits in a job, by reason: as many as today's places were given to; and who of them would be held."""

    given: int = 0
    waiting: int = 0
    under_17: int = 0
    absent: int = 0


def held_by_person(queue: Queue, wishes: Wishes) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The conditions of those whom the policy holds until they are 17, and of others whom it holds until they come."""
    young: sa.ColumnElement[bool] = sa.false()
    if wishes.holds.until_17:
        young = sa.and_(R.c.adult_on.is_not(None), R.c.adult_on > queue.today)
    absent = sa.and_(R.c.reason.in_(wishes.holds.until_present), R.c.appeared_at.is_(None), sa.not_(young))
    return young, absent


def how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """The SQL sum of the rows that fulfil a condition."""
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def today(queue: Queue, wishes: Wishes) -> tuple[dict[PrintReason, InJobs], dict[PrintReason, int]]:
    """Who of the office waits in a job that has not ended; and what was printed of each reason today or is being.

    Cards count outside events, or in the queue's event.
    """
    young, absent = held_by_person(queue, wishes)
    same = _JOBS.c.event_id.is_(None) if queue.event is None else _JOBS.c.event_id == queue.event
    here = sa.true() if queue.event is None else R.c.event_id == queue.event
    in_jobs = (
        sa.select(
            sa.literal("jobs").label("which"), R.c.reason, how_many(same), how_many(here),
            how_many(sa.and_(here, young)), how_many(sa.and_(here, absent)),
        )
        .select_from(_JOBS)
        .join(JOB_LINES, sa.and_(JOB_LINES.c.job_id == _JOBS.c.id, JOB_LINES.c.waiting))
        .join(R, R.c.id == JOB_LINES.c.recording_id)
        .where(_JOBS.c.office_code == queue.office, _JOBS.c.status.in_(UNFINISHED), R.c.status == sa.text("'prr'"))
        .group_by(R.c.reason)
    )  # fmt: skip
    nothing = sa.literal_column("0", sa.BigInteger)
    printed = (
        sa.select(sa.literal("printed"), R.c.reason, sa.func.count(), nothing, nothing, nothing)
        .select_from(Card)
        .join(R, R.c.id == Card.recording_id)
        .where(
            Card.office_code == queue.office,
            Card.printed_at >= queue.since,
            Card.event_id == (queue.event or 0),
            Card.status != CardStatus.UNDONE,
        )
        .group_by(R.c.reason)
    )
    jobs: dict[PrintReason, InJobs] = {}
    used = dict.fromkeys(PrintReason, 0)
    for which, reason, *counts in current().execute(sa.union_all(in_jobs, printed)):
        found = InJobs(*map(int, counts))
        used[reason] += found.given
        if which == "jobs":
            jobs[reason] = found
    return jobs, used


def _ready(queue: Queue, wishes: Wishes, reason: PrintReason) -> list[sa.ColumnElement[bool]]:
    """The condition of those of a reason who may be printed now."""
    found = [*queue.mine, R.c.reason == reason, ~_IN_JOB]
    if wishes.holds.until_17:
        found.append(sa.or_(R.c.adult_on.is_(None), R.c.adult_on <= queue.today))
    if reason in wishes.holds.until_present:
        found.append(R.c.appeared_at.is_not(None))
    return found


def streams(
    queue: Queue,
    wishes: Wishes,
    limits: Mapping[PrintReason, int],
    after: Mapping[PrintReason, Key] | None = None,
    without: Collection[int] = (),
) -> dict[PrintReason, list[Key]]:
    """Who may be printed, by reason, the oldest first, at most so many of each: one statement."""
    parts = []
    for reason in (reason for reason, limit in limits.items() if limit > 0):
        ready = _ready(queue, wishes, reason)
        if after and reason in after:
            since, last = after[reason]
            ready.append(sa.tuple_(R.c.prr_at, R.c.id) > sa.tuple_(sa.literal(since, R.c.prr_at.type), last))
        if without:
            ready.append(R.c.id.not_in(without))
        line = sa.select(sa.literal(reason.value).label("reason"), R.c.prr_at, R.c.id).where(*ready)
        parts.append(line.order_by(R.c.prr_at, R.c.id).limit(limits[reason]).subquery())
    found: dict[PrintReason, list[Key]] = {}
    if parts:
        for row in current().execute(sa.union_all(*[sa.select(part) for part in parts])):
            found.setdefault(PrintReason(row.reason), []).append((row.prr_at, row.id))
    return {reason: sorted(keys) for reason, keys in found.items()}


def limits_of(
    wishes: Wishes, used: Mapping[PrintReason, int], limit: int, reasons: Iterable[PrintReason] = PrintReason
) -> dict[PrintReason, int]:
    """How many of each reason can be among so many places."""
    wanted = dict.fromkeys(reasons, limit)
    for cap in wishes.caps:
        left = left_of(cap, used)
        wanted.update({reason: min(limit, left) for reason in cap.reasons if reason in wanted})
    return wanted


def left_of(cap: Cap, used: Mapping[PrintReason, int]) -> int:
    """How many of a cap are left for today."""
    return max(0, cap.per_day - sum(used.get(reason, 0) for reason in cap.reasons))


def places(queue: Queue, wishes: Wishes, limit: int, without: Collection[int] = ()) -> list[Place[Key]]:
    """The first places of a queue, but for some people."""
    _, used = today(queue, wishes) if wishes.counts_the_day else ({}, {})
    lines = streams(queue, wishes, limits_of(wishes, used, limit), without=without)
    return list(islice(rules.order(wishes, lines, used), limit))


@dataclass(frozen=True, slots=True)
class Flow:
    """What comes and what is printed on an ordinary day, by the last four weeks."""

    arrivals: dict[PrintReason, float]
    printed: float


def recent_flow(queue: Queue) -> Flow:
    """The averages a calendar day of the last 28 days: who became print-ready, by reason, and cards printed."""
    since = queue.since - timedelta(days=AVERAGED_DAYS)
    came = (
        sa.select(R.c.reason, sa.func.count())
        .where(R.c.office_code == queue.office, R.c.prr_at >= since, R.c.prr_at < queue.since)
        .group_by(R.c.reason)
    )
    cards = sa.select(sa.func.count()).select_from(Card).where(
        Card.office_code == queue.office, Card.printed_at >= since, Card.printed_at < queue.since,
        Card.status != CardStatus.UNDONE,
    )  # fmt: skip
    arrivals = {row[0]: row[1] / AVERAGED_DAYS for row in current().execute(came)}
    return Flow(arrivals, (current().scalar(cards) or 0) / AVERAGED_DAYS)


def everybody(queue: Queue) -> list[Waiting]:
    """All who wait and are in no job, the oldest first."""
    columns = (R.c.id, sa.type_coerce(R.c.reason, sa.String), R.c.adult_on, R.c.appeared_at.is_(None))
    query = sa.select(*columns).where(*queue.mine, ~_IN_JOB).order_by(R.c.prr_at, R.c.id)
    reasons = {reason.value: reason for reason in PrintReason}
    return [Waiting(row[0], reasons[row[1]], row[2], bool(row[3])) for row in current().execute(query)]


def client_ids(recordings: Sequence[int]) -> dict[int, str]:
    """The client ids of a few recordings."""
    found = current().execute(sa.select(R.c.id, R.c.client_id).where(R.c.id.in_(recordings)))
    return {row.id: row.client_id for row in found}


def lock_free(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of these recordings that are print-ready and wait in no job, locked.

    Whoever is locked by somebody else is being changed at this moment and passed over: nobody waits for anybody, so
    takers never deadlock.
    """
    locked: list[int] = []
    for part in chunks(sorted(ids)):
        free = sa.select(R.c.id).where(R.c.id.in_(part), _WAITS).order_by(R.c.id)
        locked += session.scalars(free.with_for_update(skip_locked=True))
    return set(locked) - jobs_holding(session, locked).keys()
