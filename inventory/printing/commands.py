"""Print jobs: each attempt takes one blank out of a store; a batch of results is one movement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import audit, clock, outbox
from inventory.access import Action, Actor
from inventory.database import transaction
from inventory.errors import Fault, LinesRefused, RuleViolated
from inventory.offices.queries import StoreFacts, store_facts, store_for
from inventory.outbox import ChangeKind
from inventory.printing import booking, checks, handover, rules, run_rules, runs, steps, supplies
from inventory.printing.consignment_rules import SELF, CollectorCheck, CollectorUnnamed, Surrendered
from inventory.printing.models import Attempt, Card, JobLine
from inventory.printing.rules import CardStatus, JobStatus, Outcome, Result, Try
from inventory.printing.run_rules import Fingerprint, GoodFingerprint
from inventory.recordings import commands as recordings
from inventory.recordings.models import Recording
from inventory.recordings.queries import resolve
from inventory.recordings.rules import (
    NewRecording,
    PrintReason,
    Reference,
    ReportedStatus,
    Spot,
)
from inventory.retries import FIRST, Once
from inventory.stock import ledger, numbers
from inventory.stock.ledger import Fact
from inventory.stock.numbers import NOTHING, Amount, Span
from inventory.stock.rules import Leg, MovementKind, SpoilReason


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
    """Somebody who is recorded, printed and, where a collector or `self` is told, handed the card in one step.

    `blanks` are the numbers of the blanks in the order in which they were used: the spoiled ones, then the card's.
    With `fingerprint` the card was checked too, and found good.
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
    fingerprint: GoodFingerprint | None = None
    checked: Sequence[CollectorCheck] = field(default=())
    surrendered: Surrendered | None = None

    @property
    def issued(self) -> bool:
        """Whether the card is handed over at once; what was checked or given back then belongs to somebody."""
        return self.collected_by is not None or self.collector_relation == SELF


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
        steps.check_may_pick(store, "/recordings")
        steps.check_printer(session, store, wanted.item, wanted.printer)
        steps.require_running(session, event_id)
        meant, wrong = resolve(wanted.recordings, [Recording.office_code == store.office])
        if wrong:
            raise LinesRefused(_unclear(wanted.recordings, wrong))
        ids = [meant[reference].id for reference in wanted.recordings]
        rules.first_lines(ids, "recordings")
        steps.check_of_event(store, [meant[reference].event for reference in wanted.recordings])
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


def open_job(actor: Actor, job_id: int, once: Once = FIRST) -> int:
    """Send a drafted job to its printer. Answers the job's id.

    Raises `QueueOnly` for recordings that somebody picked, where the office prints by its queue since.
    """
    with transaction() as session:
        job = booking.locked_job(session, actor, job_id, hold_event=True)
        if (done := once.done_before(session)) is not None:
            return done
        if job.status is not JobStatus.DRAFT:
            raise rules.JobNotOpen(job=job.id, status=job.status)
        if not job.taken:
            steps.check_may_pick(store_facts(job.store_code), "")
        supplies.check_working(session, job.store_code, job.printer)
        steps.require_running(session, job.event_id)
        job.status = JobStatus.OPEN
        audit.record(session, actor, "open", "print_job", job.id, job.office_code)
        return once.keep(session, job.id)


def cancel_job(actor: Actor, job_id: int, once: Once = FIRST) -> int:
    """Let go of what was not printed: the job is cancelled, or done if something was printed. Answers its id."""
    with transaction() as session:
        job = booking.locked_job(session, actor, job_id)
        if (done := once.done_before(session)) is not None:
            return done
        if job.status not in rules.UNFINISHED:
            raise rules.JobNotOpen(job=job.id, status=job.status)
        runs.check_none_open(session, job)
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
        job = booking.locked_job(session, actor, job_id)
        if (done := once.done_before(session)) is not None:
            return done
        if not results:
            raise booking.NothingToReport(job=job.id)
        named = [result.recording for result in results]
        if job.status is not JobStatus.OPEN:
            raise booking.not_open(session, job, named, "results")
        store = store_facts(job.store_code)
        runs.check_word(job, store, results)
        waiting = booking.waiting_in(session, job.id)
        tries = rules.attempts(job.id, results, booking.lines_of(session, job, named, waiting))
        under_way = [line for line in waiting.values() if line is not None]
        tries = rules.with_numbers(tries, blanks) if blanks.numbered else run_rules.with_bound(tries, under_way)
        amount = rules.scanned(tries)
        pointers = dict(zip(amount.spans, amount.pointers, strict=True))
        booked = booking.book(session, actor, job, tries, under_way, pointers, occurred_on)
        if under_way:
            booking.settle(session, actor, under_way, booked)
        if len(booked.printed) == len(waiting):
            job.status = JobStatus.DONE
        counts = {"attempts": len(tries), "printed": len(booked.printed)}
        audit.record(session, actor, "results", "print_job", job.id, job.office_code, **counts)
        return once.keep(session, job.id)


def undo_result(actor: Actor, job_id: int, recording: Reference, reason: str, once: Once = FIRST) -> int:
    """Undo the last standing attempt on a recording: its blank goes back to whom it came from. Answers the job's id.

    Raises `NothingToUndo`, `UndoTooLate`, `CardMovedOn` or, for an event that runs no more, `EventNotPrinting`.
    """
    with transaction() as session:
        job = booking.locked_job(session, actor, job_id, hold_event=True)
        if (done := once.done_before(session)) is not None:
            return done
        line = booking.lines_of(session, job, [recording], ()).get(recording)
        if line is None:
            raise rules.NotInJob(pointer="/recording", job=job.id)
        attempt = booking.last_attempt(session, job.id, line.recording)
        if attempt is None:
            raise rules.NothingToUndo(pointer="/recording")
        if attempt.replaces_id is not None:
            raise run_rules.FoundBad(pointer="/recording")
        store = store_facts(job.store_code)
        if attempt.outcome is Outcome.PRINTED:
            booking.check_card(session, attempt.id, store)
        steps.require_running(session, job.event_id)
        rules.check_undo(attempt.attempted_at, clock.now(), store.undo_minutes, store.time_zone)
        blank, spent, spans = booking.spent(session, job, attempt, store)
        books = ledger.lock(session, [blank, spent], {store.code: store.office})
        fact = Fact(MovementKind.PRINTING_UNDO, actor, store, reason=reason, document_id=job.id,
                    corrects_id=attempt.movement_id)  # fmt: skip
        posted = ledger.post(session, books, fact, [Leg(spent, blank, 1, spans)])
        session.execute(sa.update(Attempt).where(Attempt.id == attempt.id).values(undone_by=posted.id))
        if attempt.outcome is Outcome.PRINTED:
            booking.unprint(session, job, line.recording, attempt.id)
            outbox.tell(session, ChangeKind.CARD_UNDONE, store.office, event_id=job.event_id, movement_id=posted.id,
                        recordings=[line.recording])  # fmt: skip
        audit.record(session, actor, "undo", "print_job", job.id, job.office_code, attempt=attempt.id)
        return once.keep(session, job.id)


def walk_in(actor: Actor, wanted: WalkIn, once: Once = FIRST) -> int:
    """Record, print and, where somebody collects it, hand over one card in one step. Answers the job's id."""
    with transaction() as session:
        store = store_for(actor, Action.PRINT, wanted.store)
        event_id = steps.event_of(store, wanted.event)
        steps.check_blank(wanted.item)
        if not wanted.issued and (wanted.checked or wanted.surrendered):
            raise CollectorUnnamed(pointer="/collected_by")
        line = _as_line(wanted.person, store, event_id)
        if (done := once.done_before(session)) is not None:
            return done
        steps.check_may_pick(store, "/recording")
        checks.check_walk_in(store, event_id, wanted.fingerprint, issued=wanted.issued)
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
        books = steps.lock_printing(session, store, order, tries, issue=wanted.issued)
        booking.check_bound(session, tries, _pointers(wanted.blanks))
        steps.post_attempts(
            session, books, order, job, tries, Fact(MovementKind.PRINTING, actor, store, document_id=job.id)
        )
        if wanted.fingerprint is not None:
            checks.note(session, actor, {recording: Fingerprint(wanted.fingerprint.value)})
        if wanted.issued:
            told = handover.Handover(
                recording, wanted.collected_by, wanted.collector_relation, wanted.checked, wanted.surrendered
            )
            cards = handover.locked_cards(session, [recording])
            handover.hand_over(session, books, actor, [(cards[recording], told)])
        counts = {"attempts": len(tries), "issued": wanted.issued}
        audit.record(session, actor, "walk_in", "print_job", job.id, store.office, **counts)
        return once.keep(session, job.id)


def _pointers(blanks: Amount) -> dict[Span, str]:
    """Where in the request each single number was named, be it in an interval."""
    lines = zip(blanks.spans, blanks.pointers, strict=True)
    return {single: pointer for span, pointer in lines for single in numbers.singles([span])}


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
