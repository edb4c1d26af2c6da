"""Adding up what was sealed, and keeping what a queue was at the end of its day: both in the background."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from inventory import clock
from inventory.database import current, insert_ignore, table_of, transaction, wire
from inventory.offices.models import Office
from inventory.offices.rules import TIME_ZONES
from inventory.reports import flows, waiting
from inventory.reports.models import Flow, FlowProgress, ProvinceFlow, QueueDay
from inventory.reports.rules import Grain
from inventory.seals.models import Seal

_FLOWS, _PROVINCES, _PROGRESS, _SEALS, _QUEUES = (
    table_of(model) for model in (Flow, ProvinceFlow, FlowProgress, Seal, QueueDay)
)
# The lock of the one who adds up, on PostgreSQL: any number that nobody else uses.
_LOCK = 7_201_911
# So many movements are added up by one transaction.
_BATCH = 1_000


def roll() -> int:
    """Add up every sealed movement that is not yet, by day, month and year. Answers how many were.

    Several may run at once, and each may be killed at any time: what is added up and how far that goes are committed
    together, a batch at a time.
    """
    rolled = 0
    while some := _roll_some():
        rolled += some
    current().rollback()
    return rolled


def _roll_some() -> int:
    after = current().scalar(sa.select(_PROGRESS.c.position)) or 0
    if current().scalar(sa.select(_SEALS.c.position).where(_SEALS.c.position > after).limit(1)) is None:
        return 0  # nothing is written where there is nothing to do
    with transaction() as session:
        _alone(session)
        after = _position(session)
        reached = sa.select(_SEALS.c.position).where(_SEALS.c.position > after).order_by(_SEALS.c.position)
        positions = session.scalars(reached.limit(_BATCH)).all()
        if positions:
            for grain in Grain:
                for adding in _adding(wire(session).dialect.name, grain, after, positions[-1]):
                    wire(session).execute(adding)
            session.execute(sa.update(_PROGRESS).values(position=positions[-1]))
    return len(positions)


def _position(session: Session) -> int:
    found = session.scalar(sa.select(_PROGRESS.c.position))
    if found is None:
        insert_ignore(session, _PROGRESS, [{"id": 1, "position": 0}])
    return found or 0


def _alone(session: Session) -> None:
    """One at a time: SQLite's write lock sees to it by itself."""
    if wire(session).dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _adding(dialect: str, grain: Grain, after: int, until: int) -> list[Any]:
    """The statements that add the sums of some sealed movements to those of their periods: by office, by province."""
    chosen = sa.select(_SEALS.c.movement_id).where(_SEALS.c.position > after, _SEALS.c.position <= until)
    sums = flows.of_movements(chosen, grain, dialect)
    return [_onto(_FLOWS, sums, dialect), _onto(_PROVINCES, flows.of_provinces(sums), dialect)]


def _onto(table: sa.Table, sums: sa.Subquery, dialect: str) -> Any:
    insert = sqlite_insert(table) if dialect == "sqlite" else postgresql_insert(table)
    key = [column.name for column in table.primary_key]
    names = (*key, "came", "went")
    # SQLite reads ON CONFLICT as part of a join unless there is a WHERE before it.
    added = insert.from_select(names, sa.select(*[sums.c[name] for name in names]).where(sa.true()))
    more = {name: table.c[name] + added.excluded[name] for name in ("came", "went")}
    return added.on_conflict_do_update(index_elements=key, set_=more)


def note_queues() -> int:
    """Keep how many recordings of each office waited when yesterday ended there; a second time keeps what there is.

    Answers how many offices were noted.
    """
    noted = 0
    for zone in TIME_ZONES.values():
        yesterday = clock.business_day(zone) - timedelta(days=1)
        offices = sa.select(Office.code).where(Office.time_zone == zone).order_by(Office.code)
        done = sa.select(_QUEUES.c.office_code).where(_QUEUES.c.day == yesterday)
        left = current().scalars(offices.where(Office.code.not_in(done))).all()
        if not left:
            continue
        counted = waiting.counted(lambda _office: sa.true(), {zone}, yesterday)
        rows = [
            {"day": yesterday, "office_code": code, "prr_left": found.prr_left, "suket_owed": found.suket_owed}
            for code in left
            for found in [counted.get(code, waiting.NONE)]
        ]
        with transaction() as session:
            noted += insert_ignore(session, _QUEUES, rows)
    current().rollback()
    return noted
