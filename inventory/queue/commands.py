"""Setting policies, noting who appeared, and making print jobs of whoever is first in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.database import transaction
from inventory.errors import Fault, LinesRefused
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound, store_for
from inventory.printing import steps
from inventory.printing.rules import JobStatus
from inventory.queue import lines, queries, rules
from inventory.queue.lines import Queue
from inventory.queue.models import Policy
from inventory.queue.rules import Wishes
from inventory.recordings import commands as recordings
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks, reached, require_office, resolve
from inventory.recordings.rules import Reference
from inventory.retries import FIRST, Once

# How often a taker looks again when others took the same people at the same moment.
_LOOKS = 5


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """Whom an office prints first from a day on; without `wishes` it follows the office above it again."""

    office: str
    valid_from: date
    title: str
    wishes: Wishes | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Taking:
    """How many to take from the queue of a store's office (or of the kit's event), and what prints them."""

    store: str
    take: int
    event: int | None = None
    printer: str | None = None
    item: str = "blangko"
    draft: bool = False


def set_policy(actor: Actor, wanted: NewPolicy) -> int:
    """Set the policy of an office from a day on: a new version, unless it says what the last one of that day says.

    Answers the version's id. Raises `PolicyInPast` and what `Wishes.check` raises.
    """
    with transaction() as session:
        access.require(actor, Action.SET_POLICY, wanted.office)
        office = session.get(Office, wanted.office, with_for_update={"key_share": True})
        if office is None:
            raise OfficeNotFound(office=wanted.office)
        if wanted.wishes is not None:
            wanted.wishes.check()
        body = None if wanted.wishes is None else wanted.wishes.as_json()
        mine = sa.select(Policy).where(Policy.office_code == wanted.office)
        of_day = mine.where(Policy.valid_from == wanted.valid_from).order_by(Policy.number.desc()).limit(1)
        last = session.scalar(of_day)
        if last is not None and (last.title, last.note, last.body) == (wanted.title, wanted.note, body):
            return last.id
        rules.check_start(wanted.valid_from, clock.business_day(office.time_zone))
        newest = session.scalar(sa.select(sa.func.max(Policy.number)).where(Policy.office_code == wanted.office))
        made = Policy(
            office_code=wanted.office, number=(newest or 0) + 1, valid_from=wanted.valid_from, title=wanted.title,
            note=wanted.note, body=body, user_id=actor.user_id, created_at=clock.now(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record(session, actor, "set", "policy", made.id, wanted.office, number=made.number,
                     valid_from=wanted.valid_from.isoformat())  # fmt: skip
        return made.id


def note_appeared(
    actor: Actor, references: Sequence[Reference], *, office: str | None = None, once: Once = FIRST
) -> int:
    """Note that people who were waited for came; who came before changes nothing. Answers how many are new.

    References are resolved among what the actor reaches, in `office` if given. Raises `LinesRefused`.
    """
    with transaction() as session:
        recordings.require_role(actor)
        ways = reached(actor)
        if office is not None:
            require_office(actor, Action.RECORD, office)
            ways = [sa.and_(way, access.within(Recording.office_code, office)) for way in ways]
        if (done := once.done_before(session)) is not None:
            return done
        meant, wrong = resolve(references, ways)
        if wrong:
            raise LinesRefused([
                Fault(f"/recordings/{index}", wrong[reference].sentence, wrong[reference].code)
                for index, reference in enumerate(references) if reference in wrong
            ])  # fmt: skip
        ids = sorted({found.id for found in meant.values()})
        recordings.lock_recordings(session, ids)
        noted = 0
        for part in chunks(ids):
            new = sa.update(Recording).where(Recording.id.in_(part), Recording.appeared_at.is_(None))
            noted += session.execute(new.values(appeared_at=clock.now())).rowcount  # type: ignore[attr-defined]
        audit.record(session, actor, "note_appeared", "recordings", f"{ids[0]}-{ids[-1]}", actor.office, noted=noted)
        return once.keep(session, noted)


def take_job(actor: Actor, wanted: Taking, once: Once = FIRST) -> int:
    """Send whoever is first in the queue to a printer. Answers the job's id.

    It takes fewer where fewer wait; raises `QueueEmpty` when nobody can be taken.
    """
    with transaction() as session:
        store = store_for(actor, Action.PRINT, wanted.store)
        event_id = steps.event_of(store, wanted.event)
        steps.check_blank(wanted.item)
        if (done := once.done_before(session)) is not None:
            return done
        steps.check_printer(session, store, wanted.item, wanted.printer)
        steps.require_running(session, event_id)
        # One taker an office at a time, so that quotas and caps count every place that was given.
        session.execute(sa.select(Office.code).where(Office.code == store.office).with_for_update(key_share=True))
        queue = lines.queue_of(store.office, event_id)
        policy = queries.in_force(queue.office, queue.today)
        ids = _taken(session, queue, policy.wishes, wanted.take)
        if not ids:
            raise rules.QueueEmpty(office=queue.office)
        status = JobStatus.DRAFT if wanted.draft else JobStatus.OPEN
        job = steps.insert_job(session, actor, store, event_id, wanted.item, wanted.printer, status, ids, taken=True)
        audit.record(session, actor, "take", "print_job", job.id, store.office, recordings=len(ids), status=status,
                     policy=None if policy.row is None else policy.row.id)  # fmt: skip
        return once.keep(session, job.id)


def _taken(session: Session, queue: Queue, wishes: Wishes, take: int) -> list[int]:
    """The first of the queue, locked: whoever is just being changed by somebody else is passed over."""
    passed: set[int] = set()
    ids: list[int] = []
    for _ in range(_LOOKS):
        ids = [place.key[1] for place in lines.places(queue, wishes, take, without=passed)]
        busy = set(ids) - lines.lock_free(session, ids)
        if not busy:
            return ids
        passed |= busy
    return [i for i in ids if i not in passed]
