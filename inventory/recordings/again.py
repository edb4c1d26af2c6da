"""Whether a person waits for a card already: recording them again may be right, but nobody should do it unawares.

Who varies a NIK could find out a person's by such an answer: each one that tells of somebody leaves a trace.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inventory import audit, keys
from inventory.access import Actor
from inventory.database import current, transaction
from inventory.recordings import queries
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus

_WAITS = (Recording.status == RecordingStatus.PRR, Recording.purged_at.is_(None))
_COLUMNS = (Recording.id, Recording.nik_index, Recording.client_id, Recording.reason, Recording.recorded_at)


def waiting_for(actor: Actor, nik: str, client_id: str) -> Any | None:
    """The recording of this NIK that waits to be printed, the oldest that the actor reaches.

    One under this client id is the same recording, told once more.
    """
    query = (
        sa.select(*_COLUMNS)
        .where(Recording.nik_index == keys.blind_index(nik), Recording.client_id != client_id, *_WAITS)
        .where(sa.or_(*queries.reached(actor)))
        .order_by(Recording.id)
        .limit(1)
    )
    found = current().execute(query).first()
    if found is not None:
        _note(actor, 1)
    return found


def waiting_among(actor: Actor, office: str, indexes: set[bytes]) -> dict[bytes, list[Any]]:
    """The recordings that wait to be printed, of these NIKs and an office where the actor was found to record."""
    found: dict[bytes, list[Any]] = {}
    query = sa.select(*_COLUMNS).where(Recording.office_code == office, *_WAITS).order_by(Recording.id)
    for row in current().execute(query):
        if row.nik_index in indexes:
            found.setdefault(row.nik_index, []).append(row)
    if found:
        _note(actor, len(found))
    return found


def _note(actor: Actor, people: int) -> None:
    with transaction() as session:
        audit.record(session, actor, "told_of_waiting", "recordings", "-", actor.office, people=people)
