"""Print jobs: each attempt takes one blank out of a store; a batch of results is one movement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, outbox
from inventory.access import Action, Actor
from inventory.custody import queries as custody
from inventory.database import transaction
from inventory.errors import Fault, LinesRefused, RuleViolated
from inventory.offices.queries import StoreFacts, store_facts, store_for
from inventory.outbox import ChangeKind
from inventory.outreach.models import Event
from inventory.printing import handover, queries, rules, steps, supplies
from inventory.printing.models import Attempt, Card, JobLine, PrintJob
from inventory.printing.rules import CardStatus, JobStatus, Outcome, Result, Try
from inventory.recordings import commands as recordings
from inventory.recordings.models import Recording
from inventory.recordings.queries import resolve
from inventory.recordings.rules import (
    NewRecording,
    PrintReason,
    RecordingStatus,
    Reference,
    ReportedStatus,
    Spot,
)
from inventory.retries import FIRST, Once
from inventory.stock import ledger, numbers
from inventory.stock.ledger import Fact
from inventory.stock.numbers import NOTHING, Amount, Span
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place, SpoilReason, in_store


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job prints, where, and from which store."""

    store: str
    recordings: Sequence[Reference]
    event: int | None = None
    printer: str | None = None
    item: str = "blangko"
    draft: bool = False


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who walked in. `repr` keeps NIK and name out of any traceback."""

    client_id: str
    nik: str
    reason: PrintReason
    name: str | None = None
    office: str | None = None
    event: int | None = None
    stop: int | None = None
    recorded_at: datetime | None = None

    def __repr__(self) -> str:
        return "NewPerson()"


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody who is recorded, printed and, where `collected_by` is given, handed the card in one step.

    `blanks` are the numbers of the blanks in the order in which they were used: the spoiled ones, then the card's.
    """

    store: str
    person: NewPerson
    event: int | None = None
    printer: str | None = None
    item: str = "blangko"
    spoiled: Sequence[SpoilReason] = field(default=())
    collected_by: str | None = None
    collector_relation: str | None = None
    blanks: Amount = NOTHING


def create_job(actor: Actor, wanted: NewJob, once: Once = FIRST) -> int:
    """Send print-ready recordings of one office to a printer. Answers the job's id.

    Raises `LinesRefused` for lines that mean no recording, `NotPrintReady` and `RecordingInOtherJob` with the lines.
    """
    with transaction() as session:
        store = store_for(actor, Action.PRINT, wanted.store)
        event_id = steps.event_of(store, wanted.event)
        steps.check_blank(wanted.item)
        if (done := once.done_before(session)) is not None:
            return done
        steps.check_printer(session, store, wanted.item, wanted.printer)
        steps.require_running(session, event_id)
        meant, wrong = resolve(wanted.recordings, [Recording.office_code == store.office])
        if wrong:
            raise LinesRefused(_unclear(wanted.recordings, wrong))
        ids = [meant[reference].id for reference in wanted.recordings]
        rules.first_lines(ids, "recordings")
        # Looked at before they are locked too: what waits in a running job is not worth getting in its way.
        steps.check_free(session, ids, {found.id: found.status for found in meant.values()})
        standing = recordings.lock_recordings(session, ids)
        steps.check_free(session, ids, {found.id: found.status for found in standing.values()})
        status = JobStatus.DRAFT if wanted.draft else JobStatus.OPEN
        job = steps.insert_job(session, actor, store, event_id, wanted.item, wanted.printer, status, ids)
        audit.record(session, actor, "create", "print_job", job.id, store.office, recordings=len(ids), status=status)
        return once.keep(session, job.id)


def _unclear(references: Sequence[Reference], wrong: Mapping[Reference, RuleViolated]) -> list[Fault]:
    return [
        Fault(f"/recordings/{index}", wrong[reference].sentence, wrong[reference].code)
        for index, reference in enumerate(references)
        if reference in wrong
    ]


def _locked_job(session: Session, actor: Actor, job_id: int, *, hold_event: bool = False) -> PrintJob:
    """The job, locked, when the actor may print there; raises `JobNotFound`.

    With `hold_event` its event is held first (an event comes before its jobs in the order of locks).
    """
    unseen = queries.JobNotFound(job=job_id)
    if hold_event and (event := session.scalar(sa.select(PrintJob.event_id).where(PrintJob.id == job_id))) is not None:
        session.execute(sa.select(Event.id).where(Event.id == event).with_for_update(read=True))
    job = session.get(PrintJob, job_id, with_for_update=True)
    if job is None:
        raise unseen
    access.require(actor, Action.PRINT, job.office_code, event_id=job.event_id, unseen=unseen)
    return job


def open_job(actor: Actor, job_id: int, once: Once = FIRST) -> int:
    """Send a drafted job to its printer. Answers the job's id."""
    with transaction() as session:
        job = _locked_job(session, actor, job_id, hold_event=True)
        if (done := once.done_before(session)) is not None:
            return done
        if job.status is not JobStatus.DRAFT:
            raise rules.JobNotOpen(job=job.id, status=job.status)
        supplies.check_working(session, job.store_code, job.printer)
        steps.require_running(session, job.event_id)
        job.status = JobStatus.OPEN
        audit.record(session, actor, "open", "print_job", job.id, job.office_code)
        return once.keep(session, job.id)


def cancel_job(actor: Actor, job_id: int, once: Once = FIRST) -> int:
    """Let go of what was not printed: the job is cancelled, or done if something was printed. Answers its id."""
    with transaction() as session:
        job = _locked_job(session, actor, job_id)
        if (done := once.done_before(session)) is not None:
            return done
        if job.status not in rules.UNFINISHED:
            raise rules.JobNotOpen(job=job.id, status=job.status)
        let_go = sa.update(JobLine).where(JobLine.job_id == job.id, JobLine.waiting).values(waiting=False)
        count = session.execute(let_go).rowcount  # type: ignore[attr-defined]
        printed = sa.select(Attempt.id).where(
            Attempt.job_id == job.id, Attempt.outcome == Outcome.PRINTED, Attempt.undone_by.is_(None)
        )
        job.status = JobStatus.DONE if session.scalar(printed.limit(1)) is not None else JobStatus.CANCELLED
        audit.record(session, actor, "cancel", "print_job", job.id, job.office_code, let_go=count, status=job.status)
        return once.keep(session, job.id)


def take_results(
    actor: Actor,
    job_id: int,
    results: Sequence[Result],
    occurred_on: date | None = None,
    blanks: Amount = NOTHING,
    once: Once = FIRST,
) -> int:
    """Take in what became of the blanks of a job, in order: one movement, an attempt each. Answers the job's id.

    `blanks` are their numbers in the order in which they were used, where no line names its own. Raises `LinesRefused`
    or `NotWaiting` with the lines, `StockInsufficient`, `NumbersUnknown` and the like; then nothing was done.
    """
    with transaction() as session:
        job = _locked_job(session, actor, job_id)
        if (done := once.done_before(session)) is not None:
            return done
        if job.status is not JobStatus.OPEN:
            raise rules.JobNotOpen(job=job.id, status=job.status)
        store = store_facts(job.store_code)
        waiting = set(session.scalars(sa.select(JobLine.recording_id).where(JobLine.job_id == job.id, JobLine.waiting)))
        tries = rules.with_numbers(rules.attempts(job.id, results, _lines(job, results, waiting)), blanks)
        steps.check_version(session, store, job.item_code, job.printer)
        order = steps.feeding(session, actor, store, job.item_code)
        books = steps.lock_printing(session, store, order, tries)
        fact = Fact(MovementKind.PRINTING, actor, store, occurred_on, document_id=job.id)
        printed = steps.post_attempts(session, books, order, job, tries, fact)
        if len(printed) == len(waiting):
            job.status = JobStatus.DONE
        counts = {"attempts": len(tries), "printed": len(printed)}
        audit.record(session, actor, "results", "print_job", job.id, job.office_code, **counts)
        return once.keep(session, job.id)


def _lines(job: PrintJob, results: Sequence[Result], waiting: set[int]) -> dict[Reference, rules.Line]:
    """The lines of the job that the results name. While the job is locked, nobody else moves what waits in it."""
    mine = sa.and_(
        Recording.office_code == job.office_code,
        Recording.id.in_(sa.select(JobLine.recording_id).where(JobLine.job_id == job.id)),
    )
    meant, _ = resolve([result.recording for result in results], [mine])
    return {reference: rules.Line(found.id, found.id in waiting) for reference, found in meant.items()}


def undo_result(actor: Actor, job_id: int, recording: Reference, reason: str, once: Once = FIRST) -> int:
    """Undo the last standing attempt on a recording: its blank goes back to whom it came from. Answers the job's id.

    Raises `NothingToUndo`, `UndoTooLate`, `CardMovedOn` or, for an event that runs no more, `EventNotPrinting`.
    """
    with transaction() as session:
        job = _locked_job(session, actor, job_id, hold_event=True)
        if (done := once.done_before(session)) is not None:
            return done
        line = _lines(job, [Result(recording, Outcome.PRINTED)], set()).get(recording)
        if line is None:
            raise rules.NotInJob(pointer="/recording", job=job.id)
        attempt = _last_attempt(session, job.id, line.recording)
        if attempt is None:
            raise rules.NothingToUndo(pointer="/recording")
        store = store_facts(job.store_code)
        if attempt.outcome is Outcome.PRINTED:
            _check_card(session, attempt.id, store)
        steps.require_running(session, job.event_id)
        rules.check_undo(attempt.attempted_at, clock.now(), store.undo_minutes)
        blank, spent, spans = _spent(session, job, attempt, store)
        books = ledger.lock(session, [blank, spent], {store.code: store.office})
        fact = Fact(MovementKind.PRINTING_UNDO, actor, store, reason=reason, document_id=job.id,
                    corrects_id=attempt.movement_id)  # fmt: skip
        posted = ledger.post(session, books, fact, [Leg(spent, blank, 1, spans)])
        session.execute(sa.update(Attempt).where(Attempt.id == attempt.id).values(undone_by=posted.id))
        if attempt.outcome is Outcome.PRINTED:
            _unprint(session, job, line.recording, attempt.id)
            outbox.tell(session, ChangeKind.CARD_UNDONE, store.office, event_id=job.event_id, movement_id=posted.id,
                        recordings=[line.recording])  # fmt: skip
        audit.record(session, actor, "undo", "print_job", job.id, job.office_code, attempt=attempt.id)
        return once.keep(session, job.id)


def _spent(
    session: Session, job: PrintJob, attempt: Any, store: StoreFacts
) -> tuple[AccountKey, AccountKey, tuple[Span, ...]]:
    """Where an attempt's blank goes back to, where it lies now, and its number.

    It goes back into the hand that it came from; raises `HandIsEmpty` once that session was counted.
    """
    spans = () if attempt.number is None else (numbers.read(attempt.number),)
    blank = in_store(store.code, job.item_code, attempt.owner_code, store.event_id).tracked(numbered=bool(spans))
    spent = rules.becomes(blank, attempt.outcome, attempt.reason)
    if attempt.reason not in (None, SpoilReason.DAMAGED) and spent not in ledger.entries_of(
        session, attempt.movement_id
    ):
        spent = blank.as_(Condition.SPOILED)  # it was spoiled before quarantine knew classes
    if attempt.custody_id is not None:
        if not custody.is_open(session, attempt.custody_id):
            raise rules.HandIsEmpty(custody=attempt.custody_id)
        blank = blank.at(Place.CUSTODY, document_id=attempt.custody_id)
    return blank, spent, spans


def _last_attempt(session: Session, job_id: int, recording: int) -> Any:
    return session.execute(
        sa.select(
            Attempt.id,
            Attempt.outcome,
            Attempt.reason,
            Attempt.owner_code,
            Attempt.number,
            Attempt.custody_id,
            Attempt.movement_id,
            Attempt.attempted_at,
        )
        .where(Attempt.job_id == job_id, Attempt.recording_id == recording, Attempt.undone_by.is_(None))
        .order_by(Attempt.id.desc())
        .limit(1)
    ).first()


def _check_card(session: Session, attempt_id: int, store: StoreFacts) -> None:
    query = sa.select(Card.status, Card.store_code).where(Card.attempt_id == attempt_id)
    card = session.execute(query.with_for_update()).one()
    if card.status is not CardStatus.WAITING or card.store_code != store.code:
        raise rules.CardMovedOn(status=card.status, store=card.store_code)


def _unprint(session: Session, job: PrintJob, recording: int, attempt_id: int) -> None:
    """The card never was; the recording is print-ready again and waits in its job, which is open again."""
    session.execute(sa.update(Card).where(Card.attempt_id == attempt_id).values(status=CardStatus.UNDONE))
    recordings.set_status(session, [recording], RecordingStatus.PRR, clock.now())
    line = sa.update(JobLine).where(JobLine.job_id == job.id, JobLine.recording_id == recording)
    session.execute(line.values(waiting=True))
    job.status = JobStatus.OPEN


def walk_in(actor: Actor, wanted: WalkIn, once: Once = FIRST) -> int:
    """Record, print and, where somebody collects it, hand over one card in one step. Answers the job's id."""
    with transaction() as session:
        store = store_for(actor, Action.PRINT, wanted.store)
        event_id = steps.event_of(store, wanted.event)
        steps.check_blank(wanted.item)
        line = _as_line(wanted.person, store, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        steps.check_printer(session, store, wanted.item, wanted.printer)
        steps.require_running(session, event_id)
        recording = recordings.insert_one(session, actor, line)
        standing = recordings.lock_recordings(session, [recording])
        steps.check_free(session, [recording], {recording: standing[recording].status})
        job = steps.insert_job(
            session, actor, store, event_id, wanted.item, wanted.printer, JobStatus.DONE, [recording]
        )
        tries = [Try(recording, Outcome.SPOILED, reason) for reason in wanted.spoiled]
        tries = rules.with_numbers([*tries, Try(recording, Outcome.PRINTED)], wanted.blanks)
        order = steps.feeding(session, actor, store, wanted.item)
        books = steps.lock_printing(session, store, order, tries, issue=wanted.collected_by is not None)
        steps.post_attempts(
            session, books, order, job, tries, Fact(MovementKind.PRINTING, actor, store, document_id=job.id)
        )
        if wanted.collected_by is not None:
            told = handover.Handover(recording, wanted.collected_by, wanted.collector_relation)
            cards = handover.locked_cards(session, [recording])
            handover.hand_over(session, books, actor, [(cards[recording], told)])
        issued = wanted.collected_by is not None
        audit.record(session, actor, "walk_in", "print_job", job.id, store.office, attempts=len(tries), issued=issued)
        return once.keep(session, job.id)


def _as_line(person: NewPerson, store: StoreFacts, event_id: int | None) -> NewRecording:
    """The recording of somebody who walked in: at the store's office, in the job's event, now, unless told."""
    if person.office not in (None, store.office):
        raise rules.RecordingOfOtherOffice(pointer="/recording/office", office=store.office)
    return NewRecording(
        spot=Spot(1, "/recording"),
        client_id=person.client_id,
        nik=person.nik,
        reason=person.reason,
        status=ReportedStatus.PRR,
        office=store.office,
        recorded_at=person.recorded_at or clock.now(),
        name=person.name,
        event=person.event or event_id,
        stop=person.stop,
    )


def move_waiting_cards(session: Session, from_store: str, to_store: StoreFacts) -> int:
    """Note that the waiting cards of a store now lie in another one; owner and event stay. Answers how many.

    The caller moves them in the ledger too, and calls this before it locks the ledger: cards come first in the order
    of locks.
    """
    handover.lock_cards_of(session, from_store)
    moved = (
        sa.update(Card)
        .where(Card.store_code == from_store, Card.status == CardStatus.WAITING)
        .values(store_code=to_store.code, office_code=to_store.office)
    )
    return int(session.execute(moved).rowcount)  # type: ignore[attr-defined]
