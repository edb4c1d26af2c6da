"""Forgetting persons whose case is over: the recording, its card and every count stay, NIK and name go.

What is forgotten is overwritten in the row itself, and in whatever else was kept to find or to name the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.database import current, forget_for_good, table_of, transaction, wire
from inventory.errors import Busy, Fault, LinesRefused
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.printing.consignment_rules import SELF
from inventory.printing.models import Card
from inventory.printing.rules import CardsNotIssued, named
from inventory.recordings import commands as recordings
from inventory.recordings.models import OVER, Recording
from inventory.recordings.queries import chunks, resolve
from inventory.recordings.rules import RecordingStatus, Reference
from inventory.recordings.sameness import day_of, trace
from inventory.residents import rules
from inventory.residents.models import Reveal

TABLES = ("recordings", "cards", "reveals")
_TRIES = 5
_T = table_of(Recording)
_SET_TRACE = sa.update(_T).where(_T.c.id == sa.bindparam("recording")).values(derived_id=sa.bindparam("trace"))
_OVER = frozenset({RecordingStatus.ISSUED, RecordingStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Purged:
    """How many persons were forgotten (or would be), and whether more are left to be."""

    persons: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Due:
    """The offices with one period and one zone, as a query, and the instant before which a case must have ended."""

    offices: Any
    end: datetime

    def ids(self) -> sa.Select[Any]:
        """Their recordings whose persons may be forgotten."""
        over = (Recording.office_code.in_(self.offices), Recording.status_at < self.end, sa.text(OVER))
        # A list may say that something failed long ago, of somebody who only just came in.
        return sa.select(Recording.id).where(*over, Recording.created_at < self.end)


def purge(
    actor: Actor,
    *,
    office: str | None = None,
    before: date | None = None,
    dry_run: bool = False,
    batches: int = rules.BATCHES,
) -> Purged:
    """Forget those whose card was issued, or whose recording failed, longer ago than their office's period.

    Of an office and those below it, a transaction each 1,000; at most so many `batches`. With `before`
    only those of before that day.
    """
    root = actor.office if office is None else office
    unseen = OfficeNotFound(pointer="/office", office=root)
    access.require(actor, Action.ADMINISTER, root, unseen=unseen)
    if current().get(Office, root) is None:
        raise unseen
    due = list(_due(root, before))
    if dry_run:
        counts = [current().scalar(sa.select(sa.func.count()).select_from(each.ids().subquery())) for each in due]
        return Purged(sum(int(count or 0) for count in counts))
    persons = done = 0
    for each in due:
        while ids := list(current().scalars(each.ids().order_by(Recording.status_at).limit(rules.BATCH))):
            if done >= batches:
                return Purged(persons, more=True)
            persons += _purge_some(actor, root, ids, each)
            done += 1
    return Purged(persons)


def _due(root: str, before: date | None) -> Iterator[_Due]:
    below = access.within(Office.code, root)
    settings = sa.select(Office.purge_days, Office.time_zone).where(below).distinct()
    settings = settings.order_by(Office.purge_days, Office.time_zone)
    for days, zone in current().execute(settings).all():
        offices = sa.select(Office.code).where(below, Office.purge_days == days, Office.time_zone == zone)
        yield _Due(offices, rules.horizon(clock.now(), days, zone, before))


def _purge_some(actor: Actor, root: str, ids: Sequence[int], due: _Due) -> int:
    with transaction() as session:
        _lock_cards(session, ids)
        recordings.lock_recordings(session, ids)
        # Once more, now that nobody can take a hand-over back.
        still = [each for part in chunks(ids) for each in session.scalars(due.ids().where(Recording.id.in_(part)))]
        if still:
            _forget(session, sorted(still))
            audit.record(session, actor, "purge", "recordings", _span(still), root, persons=len(still))
        return len(still)


def purge_named(
    actor: Actor,
    references: Sequence[Reference],
    *,
    office: str | None = None,
    dry_run: bool = False,
) -> Purged:
    """Forget the persons of these recordings at once; who was forgotten before stays so.

    Raises `LinesRefused` for lines that mean no recording, `CardsNotIssued` with the lines whose case is not over:
    without its person a card finds nobody.
    """
    with transaction() as session:
        ids = _meant(actor, references, office)
        _lock_cards(session, ids)
        standing = recordings.lock_recordings(session, ids)
        if early := [index for index, each in enumerate(ids) if standing[each].status not in _OVER]:
            raise named(CardsNotIssued, "recordings", early)
        known = _with_persons(session, ids)
        if known and not dry_run:
            _forget(session, known)
            audit.record(session, actor, "purge", "recordings", _span(known), actor.office, persons=len(known))
        return Purged(len(known))


def _meant(actor: Actor, references: Sequence[Reference], office: str | None) -> list[int]:
    root = actor.office if office is None else office
    access.require(actor, Action.ADMINISTER, root)
    meant, wrong = resolve(references, [access.within(Recording.office_code, root)])
    faults = [
        Fault(f"/recordings/{index}", wrong[each].sentence, wrong[each].code)
        for index, each in enumerate(references)
        if each in wrong
    ]
    if faults:
        raise LinesRefused(faults)
    return [meant[each].id for each in references]


def _lock_cards(session: Session, ids: Sequence[int]) -> None:
    """Before the recordings and in their order, as those who hand over and take back do."""
    for part in chunks(sorted(ids)):
        query = sa.select(Card.id).where(Card.recording_id.in_(part)).order_by(Card.recording_id)
        session.execute(query.with_for_update())


def _with_persons(session: Session, ids: Sequence[int]) -> list[int]:
    return sorted(
        each
        for part in chunks(sorted(set(ids)))
        for each in session.scalars(
            sa.select(Recording.id).where(Recording.id.in_(part), Recording.purged_at.is_(None))
        )
    )


def _forget(session: Session, ids: Sequence[int]) -> None:
    """Empty whatever tells who the persons of these locked recordings were."""
    now = clock.now()
    for part in chunks(ids):
        mine = Recording.id.in_(part)
        facts = (Recording.id, Recording.nik_index, Recording.reason, Recording.recorded_at, Office.time_zone)
        people = session.execute(sa.select(*facts).join(Office, Office.code == Recording.office_code).where(mine)).all()
        indexes = {row.nik_index for row in people}
        # By this alone the same person, reason and day are known when a list tells of them again.
        traces = [
            {"recording": row.id, "trace": trace(row.nik_index, row.reason, day_of(row.recorded_at, row.time_zone))}
            for row in people
        ]
        wire(session).execute(_SET_TRACE, traces)
        emptied = {"nik_secret": b"", "nik_index": b"", "name_secret": None, "adult_on": None, "purged_at": now}
        wire(session).execute(sa.update(Recording).where(mine).values(emptied))
        # Any other relation is free text, and may name somebody.
        relation = sa.case((Card.collector_relation == SELF, SELF))
        nobody = {"collector_secret": None, "collector_relation": relation}
        wire(session).execute(sa.update(Card).where(Card.recording_id.in_(part)).values(nobody))
        kept = set(session.scalars(sa.select(Recording.nik_index).where(Recording.nik_index.in_(indexes)).distinct()))
        looks = sa.or_(
            Reveal.recording_id.in_(part),
            sa.and_(Reveal.recording_id.is_(None), Reveal.nik_index.in_(indexes - kept)),
        )
        wire(session).execute(sa.update(Reveal).where(looks).values(nik_index=None))


def _span(ids: Sequence[int]) -> str:
    return f"{min(ids)}-{max(ids)}"


def purge_all(actor: Actor) -> Purged:
    """The whole of it, as long as it takes: a chore. What has to give way is left to the next time."""
    persons = 0
    for _ in range(_TRIES):
        with suppress(Busy):
            while (done := purge(actor)).more:
                persons += done.persons
            return Purged(persons + done.persons)
    return Purged(persons, more=True)


def settle(purged: Purged, *, vacuum: bool = False) -> bool:
    """After purging: let the database's files forget as well. Answers whether they did."""
    return not purged.persons or forget_for_good(*TABLES if vacuum else ())
