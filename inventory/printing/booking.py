"""How results, confirmations, checks and undos book what became of blanks, inside their own transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.custody import queries as custody
from inventory.errors import Conflict, Fault
from inventory.offices.queries import StoreFacts, store_facts
from inventory.outreach.models import Event
from inventory.printing import queries, rules, run_rules, steps
from inventory.printing.consignment_rules import CardsSentOn
from inventory.printing.models import Attempt, Card, JobLine, PrintJob, PrintRun, RunLine
from inventory.printing.rules import CardStatus, JobStatus, Outcome, Try
from inventory.printing.run_rules import RunStatus, Stage, UnderWay
from inventory.recordings import commands as recordings
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks, resolve
from inventory.recordings.rules import Found, RecordingStatus, Reference
from inventory.stock import ledger, numbers
from inventory.stock.ledger import Fact
from inventory.stock.numbers import Amount, Named, NumbersElsewhere, Span
from inventory.stock.rules import AccountKey, Condition, MovementKind, Place, SpoilReason, in_store
from inventory.texts import Text


class NothingToReport(Conflict):
    """Results without a line: all that waited was reported meanwhile, or is said to have no card."""

    code = "nothing_to_report"
    text = Text(
        "Tidak ada hasil yang dapat dicatat di pekerjaan cetak {job}: sudah dicatat, atau semua disebut tanpa kartu.",
        "There is no result to note in print job {job}: they were noted already, or all are said to have no card.",
    )


@dataclass(frozen=True, slots=True)
class Booked:
    """What one movement of printing did: who was printed, and how many blanks were spoiled on the way."""

    movement: int
    printed: Sequence[int]
    spoiled: int


def locked_job(session: Session, actor: Actor, job_id: int, *, hold_event: bool = False) -> PrintJob:
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


def waiting_in(session: Session, job_id: int) -> dict[int, UnderWay | None]:
    """The recordings that wait in a locked job, in the order in which they are printed; and how far those in a run are.

    While the job is locked, nobody else moves what waits in it.
    """
    query = (
        sa.select(JobLine.recording_id, RunLine.run_id, RunLine.stage, RunLine.number)
        .outerjoin(RunLine, sa.and_(RunLine.recording_id == JobLine.recording_id, RunLine.waiting))
        .where(JobLine.job_id == job_id, JobLine.waiting)
        .order_by(JobLine.place, JobLine.recording_id)
    )
    return {
        row.recording_id: None if row.run_id is None else UnderWay(row.run_id, row.recording_id, row.stage, row.number)
        for row in session.execute(query)
    }


def lines_of(
    session: Session, job: PrintJob, references: Iterable[Reference], waiting: Collection[int]
) -> dict[Reference, rules.Line]:
    """The lines of a locked job that these references mean; of one that waits no more, why it does not."""
    mine = sa.and_(
        Recording.office_code == job.office_code,
        # Asked of each recording: of two lists SQLite would try every pair.
        sa.exists().where(JobLine.job_id == job.id, JobLine.recording_id == Recording.id),
    )
    meant, _ = resolve(references, [mine])
    late = [found for found in meant.values() if found.id not in waiting]
    held = queries.jobs_holding(session, [found.id for found in late])
    whys = {found.id: _why(job, found, held.get(found.id)) for found in late}
    return {
        reference: rules.Line(found.id, found.id in waiting, whys.get(found.id)) for reference, found in meant.items()
    }


def _why(job: PrintJob, found: Found, held: int | None) -> Fault:
    error: Conflict = run_rules.LineLetGo(job=job.id)
    if found.status is RecordingStatus.ISSUED:
        error = run_rules.CardAlreadyIssued()
    elif found.status is RecordingStatus.PRINTED:
        error = run_rules.CardAlreadyPrinted()
    elif held is not None and held != job.id:
        return rules.waits_elsewhere(held)
    return Fault("", error.sentence, error.code)


def not_open(session: Session, job: PrintJob, references: Sequence[Reference], name: str) -> rules.JobNotOpen:
    """The conflict for results of a job that is not open, with what became of each recording that is named."""
    lines = lines_of(session, job, references, ())
    faults = [
        replace(line.why, pointer=f"/{name}/{index}/recording")
        for index, reference in enumerate(references)
        if job.status is not JobStatus.DRAFT and (line := lines.get(reference)) is not None and line.why is not None
    ]
    return rules.JobNotOpen(faults=faults, job=job.id, status=job.status)


def check_bound(session: Session, tries: Sequence[Try], pointers: Mapping[Span, str]) -> None:
    """Raise `BlankBound` for numbers of blanks that were taken for another recording of an open run."""
    users = {str(attempt.number): attempt for attempt in tries if attempt.number is not None}
    faults, first = [], None
    for part in chunks(list(users)):
        query = sa.select(RunLine.run_id, RunLine.recording_id, RunLine.number)
        for row in session.execute(query.where(RunLine.number.in_(part), RunLine.waiting)):
            if row.recording_id != users[row.number].recording:
                error = run_rules.BlankBound(number=row.number, recording=row.recording_id, run=row.run_id)
                pointer = pointers.get(numbers.read(row.number), "")
                faults.append(Fault(pointer, error.sentence, error.code))
                first = first or error
    if first is not None:
        first.faults = faults
        raise first


def book(
    session: Session,
    actor: Actor,
    job: PrintJob,
    tries: Sequence[Try],
    under_way: Collection[UnderWay],
    pointers: Mapping[Span, str],
    occurred_on: date | None,
) -> Booked:
    """Book what became of the blanks of a locked job. Every way of reporting results ends here.

    It is one movement, or two where the open run was fed from elsewhere than the other attempts are; then that of the
    run is answered. Raises `BlankBound` at the `pointers` of the numbers, `StockInsufficient`, `NumbersUnknown` and the
    like; of a number that was used, the line says for whom.
    """
    store = store_facts(job.store_code)
    fed = _fed(session, actor, job, store, tries, under_way)
    books = steps.lock_printing(session, store, [key for order in fed for key in order], tries)
    # Once the accounts are locked nobody binds a blank that lies in them.
    check_bound(session, tries, pointers)
    fact = Fact(MovementKind.PRINTING, actor, store, occurred_on, document_id=job.id)
    movement, printed = 0, list[int]()
    try:
        with numbers.pointing(Amount(len(pointers), tuple(pointers), tuple(pointers.values()))):
            for order, some in fed.items():
                movement, cards = steps.post_attempts(session, books, order, job, some, fact)
                printed += cards
    except NumbersElsewhere as error:
        _tell_used(session, error)
        raise
    return Booked(movement, printed, len(tries) - len(printed))


def _fed(
    session: Session,
    actor: Actor,
    job: PrintJob,
    store: StoreFacts,
    tries: Sequence[Try],
    under_way: Collection[UnderWay],
) -> dict[tuple[AccountKey, ...], list[Try]]:
    """The attempts by the accounts that their blanks come from, those of the open run last.

    What is in the printer already is not asked again whether it may be there.
    """
    runs = {line.recording: line.run for line in under_way}
    fed: dict[tuple[AccountKey, ...], list[Try]] = {}
    if any(attempt.recording not in runs for attempt in tries):
        steps.check_version(session, store, job.item_code, job.printer)
        fed[tuple(steps.feeding(session, actor, store, job.item_code))] = []
    own = next(iter(fed), ())
    started = own
    if mine := [attempt for attempt in tries if attempt.recording in runs]:
        run = session.get_one(PrintRun, runs[mine[0].recording])
        started = tuple(steps.feed_of(session, run, store, job.item_code))
        fed.setdefault(started, [])
    for attempt in tries:
        fed[started if attempt.recording in runs else own].append(attempt)
    return fed


def _tell_used(session: Session, error: NumbersElsewhere) -> None:
    """Where a number is a card, or was spoiled in a printer, say so at its line."""
    wrong = error.facts["numbers"]
    if not isinstance(wrong, Named) or len(wrong.spans) != len(error.faults):
        return
    used: dict[str, run_rules.NumberAlreadyUsed] = {}
    single = [str(number) for number in numbers.singles(wrong.spans)]
    for part in chunks(single):
        query = sa.select(Attempt.number, Attempt.recording_id, Attempt.job_id, Attempt.outcome)
        for row in session.execute(query.where(Attempt.number.in_(part), Attempt.undone_by.is_(None))):
            used[row.number] = run_rules.NumberAlreadyUsed(
                number=row.number, recording=row.recording_id, job=row.job_id, outcome=row.outcome
            )
    told = [
        replace(fault, text=used[number].sentence, code=used[number].code) if number in used else fault
        for span, fault in zip(wrong.spans, error.faults, strict=True)
        for number in map(str, numbers.singles([span]))
    ]
    error.faults = list(dict.fromkeys(told))


def settle(session: Session, actor: Actor, lines: Collection[UnderWay], booked: Booked) -> None:
    """Note in the open run of these lines what was booked: cards end their lines, spoiled blanks are let go of.

    The run ends with its last line.
    """
    [run] = {line.run for line in lines}
    mine = sa.and_(RunLine.run_id == run, RunLine.waiting)
    made = tried_by(booked)
    done = sa.update(RunLine).where(mine, RunLine.recording_id.in_(made.where(Attempt.outcome == Outcome.PRINTED)))
    session.execute(
        done.values(stage=Stage.PRINTED, number=None, waiting=False, movement_id=booked.movement),
        execution_options={"synchronize_session": False},
    )
    if booked.spoiled:
        anew = sa.update(RunLine).where(mine, RunLine.recording_id.in_(made.where(Attempt.outcome == Outcome.SPOILED)))
        session.execute(anew.values(stage=Stage.SENT, number=None), execution_options={"synchronize_session": False})
    here = {line.recording for line in lines}
    cards = len(here.intersection(booked.printed))
    spoiled = made.with_only_columns(sa.func.count()).where(
        Attempt.outcome == Outcome.SPOILED,
        Attempt.recording_id.in_(sa.select(RunLine.recording_id).where(RunLine.run_id == run)),
    )
    figures = {"printed": PrintRun.printed + cards, "spoiled": PrintRun.spoiled + spoiled.scalar_subquery()}
    if cards == len(here):
        figures |= ended(actor, RunStatus.CONFIRMED)
    session.execute(sa.update(PrintRun).where(PrintRun.id == run).values(figures),
                    execution_options={"synchronize_session": False})  # fmt: skip


def tried_by(booked: Booked) -> sa.Select[Any]:
    """The recordings that a movement took blanks for."""
    return sa.select(Attempt.recording_id).where(Attempt.movement_id == booked.movement)


def ended(actor: Actor, status: RunStatus) -> dict[str, Any]:
    """The columns of a run that has ended."""
    return {"status": status, "ended_at": clock.now(), "ended_by": actor.user_id}


def last_attempt(session: Session, job_id: int, recording: int) -> Any:
    """The last standing attempt on a recording in a job, or None."""
    return session.execute(
        sa.select(*Attempt.__table__.columns)
        .where(Attempt.job_id == job_id, Attempt.recording_id == recording, Attempt.undone_by.is_(None))
        .order_by(Attempt.id.desc())
        .limit(1)
    ).first()


def spent(
    session: Session, job: PrintJob, attempt: Any, store: StoreFacts
) -> tuple[AccountKey, AccountKey, tuple[Span, ...]]:
    """Where an attempt's blank goes back to, where it lies now, and its number.

    It goes back into the hand that it came from; raises `HandIsEmpty` once that session was counted.
    """
    spans = () if attempt.number is None else (numbers.read(attempt.number),)
    blank = in_store(store.code, job.item_code, attempt.owner_code, store.event_id).tracked(numbered=bool(spans))
    lies = rules.becomes(blank, attempt.outcome, attempt.reason)
    if attempt.reason not in (None, SpoilReason.DAMAGED) and lies not in ledger.entries_of(
        session, attempt.movement_id
    ):
        lies = blank.as_(Condition.SPOILED)  # it was spoiled before quarantine knew classes
    if attempt.custody_id is not None:
        if not custody.is_open(session, attempt.custody_id):
            raise rules.HandIsEmpty(custody=attempt.custody_id)
        blank = blank.at(Place.CUSTODY, document_id=attempt.custody_id)
    return blank, lies, spans


def check_card(session: Session, attempt_id: int, store: StoreFacts) -> None:
    """Lock the card of an attempt; raises `CardMovedOn` or `CardsSentOn` unless it waits where it was printed."""
    query = sa.select(Card.status, Card.store_code, Card.consignment_id).where(Card.attempt_id == attempt_id)
    card = session.execute(query.with_for_update()).one()
    if card.status is not CardStatus.WAITING or card.store_code != store.code:
        raise rules.CardMovedOn(status=card.status, store=card.store_code)
    if card.consignment_id is not None:
        raise CardsSentOn(pointer="/recording", count=1)


def unprint(session: Session, job: PrintJob, recording: int, attempt_id: int, *, waits: bool = True) -> None:
    """The card never was; the recording is print-ready again and, if it `waits`, does so in its job, which reopens."""
    session.execute(sa.update(Card).where(Card.attempt_id == attempt_id).values(status=CardStatus.UNDONE))
    recordings.set_status(session, [recording], RecordingStatus.PRR, clock.now())
    if not waits:
        return
    line = sa.update(JobLine).where(JobLine.job_id == job.id, JobLine.recording_id == recording)
    session.execute(line.values(waiting=True))
    job.status = JobStatus.OPEN
