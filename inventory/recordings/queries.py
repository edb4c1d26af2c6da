"""Reading recordings: who reaches which, and which one a reference means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, keys, niks
from inventory.access import Action, Actor, Membership
from inventory.database import current
from inventory.errors import NotFound, RuleViolated
from inventory.outreach.models import Event
from inventory.paging import Page, Slice, page
from inventory.recordings import rules
from inventory.recordings.models import Recording
from inventory.recordings.rules import Found, PrintReason, RecordingStatus, Reference
from inventory.texts import Text

# SQLite may be built to take 999 values a statement.
CHUNK = 500
# Which of these recordings wait in which print job: printing knows, and stands above this feature.
Holding = Callable[[Session, Sequence[int]], Mapping[int, int]]


class RecordingNotFound(NotFound):
    """No recording has this id, or it is out of the actor's reach."""

    code = "recording_not_found"
    text = Text("Perekaman {recording} tidak ditemukan.", "Recording {recording} was not found.")


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in parts that fit into one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def joined_events(actor: Actor) -> sa.Select[int]:
    """The events that the actor was let into."""
    return sa.select(Membership.event_id).where(Membership.user_id == actor.user_id)


def reached(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """The recordings of the actor's subtree, and those of the events the actor was let into: any of these conditions.

    Apart, so that each is served by its own index.
    """
    joined = list(current().scalars(joined_events(actor)))
    ways = [access.within(Recording.office_code, actor.office)]
    return [*ways, Recording.event_id.in_(joined)] if joined else ways


def require_office(actor: Actor, action: Action, office: str) -> None:
    """Raise unless the actor may do `action` in the office, or in an event there that the actor was let into."""
    hosted = sa.select(Event.id).where(Event.host_office == office, Event.id.in_(joined_events(actor))).limit(1)
    if not access.permits(actor, action) or current().scalar(hosted) is None:
        access.require(actor, action, office)


def resolve(
    references: Iterable[Reference], ways: Sequence[sa.ColumnElement[bool]]
) -> tuple[dict[Reference, Found], dict[Reference, RuleViolated]]:
    """Which recording each reference means among those of any of the conditions, and why others mean none.

    A fixed number of statements for each 500 references.
    """
    wanted = list(dict.fromkeys(references))
    return rules.match(wanted, [found for way in ways for found in _candidates(wanted, way)])


def _candidates(references: Sequence[Reference], way: sa.ColumnElement[bool]) -> Iterator[Found]:
    texts = [reference for reference in references if isinstance(reference, str)]
    numbers = [reference for reference in references if isinstance(reference, int)]
    numbers += filter(None, map(rules.spelled_id, texts))
    for column, values in ((Recording.client_id, texts), (Recording.id, numbers)):
        for part in chunks(values):
            query = sa.select(
                Recording.id, Recording.client_id, Recording.office_code, Recording.event_id, Recording.status,
                Recording.failure,
            ).where(column.in_(part), way)  # fmt: skip
            for row in current().execute(query):
                yield Found(*row)


@dataclass(frozen=True, slots=True)
class RecordingFilter:
    """Which recordings are wanted; None means all."""

    office: str | None = None
    status: RecordingStatus | None = None
    event: int | None = None
    stop: int | None = None
    reason: PrintReason | None = None


def list_recordings(actor: Actor, which: RecordingFilter, wanted: Slice) -> Page:
    """The recordings that the actor reaches, each with its NIK masked."""
    query = sa.select(Recording).where(sa.or_(*reached(actor)))
    if which.office is not None:
        access.require(actor, Action.READ_RECORDINGS, which.office, event_id=which.event)
        query = query.where(access.within(Recording.office_code, which.office))
    for column, value in (
        (Recording.status, which.status),
        (Recording.event_id, which.event),
        (Recording.stop_id, which.stop),
        (Recording.reason, which.reason),
    ):
        if value is not None:
            query = query.where(column == value)
    found = page(query, [Recording.id], wanted)
    return Page([shown(recording) for recording in found.items], found.next)


def get_recording(actor: Actor, recording_id: int) -> dict[str, Any]:
    """One recording that the actor reaches, its NIK masked; raises `RecordingNotFound`."""
    found = current().get(Recording, recording_id)
    unseen = RecordingNotFound(recording=recording_id)
    if found is None:
        raise unseen
    access.require(actor, Action.READ_RECORDINGS, found.office_code, event_id=found.event_id, unseen=unseen)
    return shown(found)


def get_recordings(ids: Sequence[int]) -> list[dict[str, Any]]:
    """These recordings in this order, NIKs masked: the answer of a command that has checked access."""
    rows: dict[int, dict[str, Any]] = {}
    for part in chunks(list(dict.fromkeys(ids))):
        found = current().execute(sa.select(*Recording.__table__.columns).where(Recording.id.in_(part)))
        rows.update((row.id, shown(row)) for row in found)
    return [rows[recording_id] for recording_id in ids]


def counted_since(event_id: int, stop_id: int | None, since: datetime) -> tuple[int, int]:
    """How many people an event, which the reader was found to see, recorded since then; and how many at one stop."""
    here = sa.func.coalesce(sa.func.sum(sa.case((Recording.stop_id == stop_id, 1), else_=0)), 0)
    query = sa.select(sa.func.count(), here).where(Recording.event_id == event_id, Recording.recorded_at >= since)
    row = current().execute(query).one()
    return int(row[0]), int(row[1])


def shown(row: Any) -> dict[str, Any]:
    """What may be seen of a recording: never its name, its NIK only masked."""
    return {
        "id": row.id,
        "client_id": row.client_id,
        "nik": niks.masked(keys.decrypt(row.nik_secret)),
        "reason": row.reason,
        "status": row.status,
        "failure": row.failure,
        "office": row.office_code,
        "event": row.event_id,
        "stop": row.stop_id,
        "recorded_at": row.recorded_at,
        "status_at": row.status_at,
    }
