"""Whether a recording still has its person: a purged one lost NIK and name, and keeps what the counts need."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory.database import wire
from inventory.errors import Conflict, Fault
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks
from inventory.texts import Text


class PersonPurged(Conflict):
    """NIK and name of a recording were purged: nothing that needs the person can happen to it any more."""

    code = "person_purged"
    text = Text(
        "Data pribadi {count} perekaman sudah dihapus; hanya angkanya yang tersisa.",
        "The personal data of {count} recordings were purged; only their figures are left.",
    )


def purged_of(session: Session, ids: Sequence[int]) -> set[int]:
    """Which of these recordings lost their person."""
    purged: set[int] = set()
    for part in chunks(ids):
        query = sa.select(Recording.id).where(Recording.id.in_(part), Recording.purged_at.is_not(None))
        purged.update(wire(session).execute(query).scalars())
    return purged


def require_persons(session: Session, ids: Sequence[int], name: str) -> None:
    """Raise `PersonPurged` with the lines (of the list `name`) whose recordings were purged.

    Call it with their rows or their cards locked.
    """
    purged = purged_of(session, ids)
    if lines := [index for index, each in enumerate(ids) if each in purged]:
        told = PersonPurged.text.format(count=1)
        faults = [Fault(f"/{name}/{index}", told, PersonPurged.code) for index in lines]
        raise PersonPurged(faults=faults, count=len(lines))
