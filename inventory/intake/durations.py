"""How long recordings take from state to state at an office, and how many wait in each: what planning goes by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from inventory import clock
from inventory.access import Action, Actor
from inventory.database import current
from inventory.intake import queries
from inventory.printing.models import Card
from inventory.printing.rules import CardStatus
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus

MAX_DAYS = 366
# The nearest rank: the smallest duration that so many of a hundred do not exceed.
_PERCENTS = {"p10": 10, "median": 50, "p90": 90, "longest": 100}
_WAITING = (RecordingStatus.BIO_CAPTURED, RecordingStatus.SFE, RecordingStatus.FAILED, RecordingStatus.PRR,
            RecordingStatus.PRINTED)  # fmt: skip


class _Seconds(FunctionElement[int]):
    """The whole seconds of an instant since 1970, on both databases alike."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(_Seconds, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kwargs)}) AS INTEGER)"


@compiles(_Seconds, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **kwargs)})) AS BIGINT)"


def durations(actor: Actor, office: str, days: int) -> dict[str, Any]:
    """The distribution of each step of an office's recordings that ended in the last days, and what waits now."""
    queries.office_for(actor, Action.READ_RECORDINGS, office)
    now = clock.now()
    return {
        "office": office,
        "days": days,
        "steps": [{"step": name, **spread(query)} for name, query in _steps(office, now - timedelta(days=days))],
        "waiting": _waiting(office),
    }


def _took(start: Any, end: Any) -> sa.Label[int]:
    seconds: Any = _Seconds  # SQLAlchemy does not say what its elements are made from
    return sa.label("took", seconds(end) - seconds(start))


def _steps(office: str, since: datetime) -> list[tuple[str, sa.Select[Any]]]:
    """Each step and its durations; every query is bounded by an index on office and the instant that ended the step.

    But for the hand-over: of that, what was printed in the window counts, as that is what the index knows.
    """
    mine = Recording.office_code == office
    printed = sa.and_(
        Card.office_code == office, Card.printed_at >= since, Card.status.in_([CardStatus.WAITING, CardStatus.ISSUED])
    )
    return [
        ("recorded_to_sfe", sa.select(_took(Recording.recorded_at, Recording.sfe_at)).where(
            mine, Recording.sfe_at >= since)),
        ("sfe_to_prr", sa.select(_took(Recording.sfe_at, Recording.prr_at)).where(
            mine, Recording.prr_at >= since, Recording.sfe_at.is_not(None), Recording.sfe_at <= Recording.prr_at)),
        ("prr_to_printed", sa.select(_took(Recording.prr_at, Card.printed_at)).join(
            Recording, Recording.id == Card.recording_id).where(
            printed, Recording.prr_at.is_not(None), Recording.prr_at <= Card.printed_at)),
        ("printed_to_issued", sa.select(_took(Card.printed_at, Card.issued_at)).where(
            printed, Card.issued_at.is_not(None))),
    ]  # fmt: skip


def spread(query: sa.Select[Any]) -> dict[str, int | None]:
    """Count, percentiles and longest of a query of one column `took`, worked out by the database."""
    took = query.subquery()
    ranked = sa.select(
        took.c.took,
        sa.func.row_number().over(order_by=took.c.took).label("place"),
        sa.func.count().over().label("total"),
    ).subquery()
    picks = [
        sa.func.max(sa.case((ranked.c.place * 100 < ranked.c.total * percent + 100, ranked.c.took))).label(name)
        for name, percent in _PERCENTS.items()
    ]
    row = current().execute(sa.select(sa.func.coalesce(sa.func.max(ranked.c.total), 0).label("count"), *picks)).one()
    return {name: None if value is None else int(value) for name, value in row._mapping.items()}  # noqa: SLF001


def _waiting(office: str) -> list[dict[str, Any]]:
    """How many stand in each state that something must still follow, and since when the longest does."""
    query = (
        sa.select(Recording.status, sa.func.count().label("count"), sa.func.min(Recording.status_at).label("oldest"))
        .where(Recording.office_code == office, Recording.status.in_(_WAITING))
        .group_by(Recording.status)
    )
    found = {row.status: row for row in current().execute(query)}
    return [
        {"status": status, "count": found[status].count if status in found else 0,
         "oldest": found[status].oldest if status in found else None}
        for status in _WAITING
    ]  # fmt: skip
