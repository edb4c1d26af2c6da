"""Showing a person's data, each look with its reason on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys
from inventory.access import Action, Actor
from inventory.database import insert_many, table_of, transaction, wire
from inventory.errors import NotPermitted
from inventory.offices.rules import time_zone_of
from inventory.people.models import User
from inventory.printing.models import Card
from inventory.recordings.models import Recording
from inventory.recordings.persons import PersonPurged
from inventory.recordings.queries import joined_events, reached, require_office, resolve
from inventory.recordings.rules import Reference
from inventory.residents import queries, rules
from inventory.residents.models import Reveal
from inventory.residents.rules import LookKind

# Which papers name the persons of these recordings: documents knows, and stands above this feature.
Papers = Callable[[Session, Sequence[int]], Sequence[dict[str, Any]]]


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Who a recording is of. There is no `repr`: a traceback must not tell it."""

    recording: int
    client_id: str
    office: str
    nik: str
    name: str | None


def reveal(actor: Actor, reference: Reference, reason: str, *, office: str | None = None) -> Person:
    """Show one person's NIK and name, and put the look on record with its reason.

    Raises `RecordingUnknown` or `RecordingAmbiguous`, `PersonPurged`, `LookLimitReached`, or what is wrong with the
    reason; then nothing was shown.
    """
    with transaction() as session:
        found = _meant(session, actor, reference, office)
        if found.purged_at is not None:
            raise PersonPurged(pointer="/recording", count=1)
        _count_look(session, actor)
        nik, name = keys.decrypt(found.nik_secret), found.name_secret and keys.decrypt(found.name_secret)
        rules.check_reason(reason, [nik], [name or ""])
        _note(session, actor, LookKind.REVEAL, found.office_code, reason, found.nik_index, found.id)
        audit.record(session, actor, "reveal", "recording", found.id, found.office_code)
        return Person(found.id, found.client_id, found.office_code, nik, name or None)


def _meant(session: Session, actor: Actor, reference: Reference, office: str | None) -> Any:
    """The recording that is meant among those that the actor may have to call by name, held until the end."""
    if not access.permits(actor, Action.REVEAL):
        raise NotPermitted(role=actor.role, office=actor.office, action=Action.REVEAL)
    ways = reached(actor)
    if len(ways) > 1:
        # A member hands over whatever was printed in the event, also recordings that the host took outside of it.
        joined = sa.select(Card.recording_id).where(Card.event_id.in_(joined_events(actor)))
        ways.append(Recording.id.in_(joined))
    if office is not None:
        require_office(actor, Action.REVEAL, office)
        ways = [sa.and_(way, access.within(Recording.office_code, office)) for way in ways]
    meant, wrong = resolve([reference], ways)
    if reference in wrong:
        raise type(wrong[reference])(pointer="/recording")
    held = sa.select(*Recording.__table__.columns).where(Recording.id == meant[reference].id)
    return session.execute(held.with_for_update(read=True)).one()


def export(actor: Actor, nik: str, reason: str, papers: Papers) -> dict[str, Any]:
    """All that is held about a NIK where the actor may look, for the person; the look is on record with its reason.

    Also a look that found nothing is on record, but then without a trace of the NIK.
    """
    with transaction() as session:
        if not access.permits(actor, Action.ADMINISTER):
            raise NotPermitted(role=actor.role, office=actor.office, action=Action.ADMINISTER)
        _count_look(session, actor)
        index = keys.blind_index(nik)
        # Also what is out of reach, so that a purge of it waits and then finds this look.
        of_nik = sa.select(Recording.id).where(Recording.nik_index == index).order_by(Recording.id).limit(queries.MOST)
        known = session.execute(of_nik.with_for_update(read=True)).first() is not None
        held = queries.held(session, actor, index, papers)
        rules.check_reason(reason, [nik], [each["name"] or "" for each in held["recordings"]])
        _note(session, actor, LookKind.EXPORT, actor.office, reason, index if known else None)
        found = len(held["recordings"])
        audit.record(session, actor, "export", "person", "-", actor.office, recordings=found)
        return {"nik": nik, **held}


def _count_look(session: Session, actor: Actor) -> None:
    """Raise `LookLimitReached` when the user has seen enough for an hour. One user's looks wait for each other."""
    # Not the lock that changes of the row take: what else the user does goes on.
    one_by_one = sa.select(User.id).where(User.id == actor.user_id).with_for_update(key_share=True)
    session.execute(one_by_one)
    since = clock.now() - rules.WINDOW
    counted = sa.select(sa.func.count(), sa.func.min(Reveal.at)).where(
        Reveal.user_id == actor.user_id, Reveal.at > since, Reveal.kind != LookKind.PAPER
    )
    looks, first = wire(session).execute(counted).one()
    rules.check_looks(looks, first, time_zone_of(actor.office))


def _note(
    session: Session,
    actor: Actor,
    kind: LookKind,
    office: str,
    reason: str,
    index: bytes | None,
    recording: int | None = None,
) -> None:
    row = {
        "at": clock.now(),
        "kind": kind,
        "user_id": actor.user_id,
        "role": actor.role,
        "office_code": office,
        "recording_id": recording,
        "nik_index": index,
        "reason": reason,
    }
    wire(session).execute(sa.insert(Reveal).values(row))


def note_paper(session: Session, actor: Actor, reason: str, persons: Sequence[tuple[int, str, bytes]]) -> None:
    """Put on record that a paper showed these persons by name: (recording, office, keyed NIK) of each.

    A list of a whole village is one deed: it does not count towards the looks of an hour.
    """
    common = {"at": clock.now(), "kind": LookKind.PAPER, "user_id": actor.user_id, "role": actor.role, "reason": reason}
    rows = [
        {**common, "office_code": office, "recording_id": recording, "nik_index": index}
        for recording, office, index in persons
    ]
    if rows:
        insert_many(session, table_of(Reveal), rows)
