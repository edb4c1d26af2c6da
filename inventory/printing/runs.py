"""Runs: what of a job is in the printer now, and the word of a person on what came out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import audit, clock
from inventory.access import Actor
from inventory.database import insert_ignore, insert_many, table_of, transaction, wire
from inventory.errors import Busy, Fault, LinesRefused
from inventory.offices.queries import StoreFacts, store_facts
from inventory.offices.rules import told_instant
from inventory.printing import booking, rules, run_rules, steps, supplies
from inventory.printing.booking import Booked
from inventory.printing.models import PrintJob, PrintRun, RunLine
from inventory.printing.rules import JobStatus, Outcome, Result, Try
from inventory.printing.run_rules import Confirmation, Named, Progress, RunStatus, Stage, UnderWay
from inventory.recordings.rules import Reference
from inventory.retries import FIRST, Once
from inventory.stock import ledger, numbers
from inventory.stock.models import Account
from inventory.stock.numbers import Amount, Span
from inventory.stock.rules import AccountKey, Place, short

_RUNS, _LINES, _ACCOUNTS = table_of(PrintRun), table_of(RunLine), table_of(Account)
_OPEN = PrintRun.status == RunStatus.OPEN
_ADVANCE = (
    sa.update(_LINES)
    .where(_LINES.c.run_id == sa.bindparam("of_run"), _LINES.c.recording_id == sa.bindparam("of_recording"))
    .values(stage=sa.bindparam("told"), number=sa.bindparam("bound"))
)


def check_none_open(session: Session, job: PrintJob) -> None:
    """Raise `RunUnconfirmed` while nobody said what came out of the job's last run."""
    if (run := session.scalar(sa.select(PrintRun).where(PrintRun.job_id == job.id, _OPEN))) is not None:
        raise _unconfirmed(run)


def _unconfirmed(run: PrintRun) -> run_rules.RunUnconfirmed:
    began = told_instant(run.started_at, store_facts(run.store_code).time_zone)
    return run_rules.RunUnconfirmed(run=run.id, job=run.job_id, began=began, quantity=run.quantity)


def check_word(job: PrintJob, store: StoreFacts, results: Iterable[Result]) -> None:
    """Raise `ConfirmNeeded` where cards are called printed without a count, and the office wants one.

    Never in a job of an event.
    """
    wanted = store.checks.confirm_required and job.event_id is None
    if wanted and any(result.outcome is Outcome.PRINTED for result in results):
        raise run_rules.ConfirmNeeded(office=store.office)


def start(
    actor: Actor, job_id: int, quantity: int | None = None, once: Once = FIRST, *, despite_supplies: bool = False
) -> int:
    """Send the next recordings of a job (all, unless told how many) to its printer. Answers the run's id.

    No stock moves before a person says what came out. Raises `RunUnconfirmed` while another run of this job or on
    this printer waits for that, `FewerWait`, `StockInsufficient` where there are not as many blanks, and
    `SuppliesWillNotLast` where ribbon or film do not last, unless it is to go on `despite_supplies`.
    """
    with transaction() as session:
        job = booking.locked_job(session, actor, job_id, hold_event=True)
        if (done := once.done_before(session)) is not None:
            return done
        if job.status is not JobStatus.OPEN:
            raise rules.JobNotOpen(job=job.id, status=job.status)
        steps.require_running(session, job.event_id)
        check_none_open(session, job)
        store = store_facts(job.store_code)
        steps.check_printer(session, store, job.item_code, job.printer, new=False)
        waiting = list(booking.waiting_in(session, job.id))
        size = run_rules.size_of(job.id, len(waiting), quantity)
        order = steps.feeding(session, actor, store, job.item_code)
        _check_blanks(session, order, size)
        supplies.check(session, job.store_code, job.printer, size, despite=despite_supplies)
        run = _insert(session, actor, job, waiting[:size], from_hand=order[0].place is Place.CUSTODY)
        audit.record(session, actor, "start", "print_run", run, job.office_code, job=job.id, cards=size)
        return once.keep(session, run)


def _check_blanks(session: Session, order: Sequence[AccountKey], wanted: int) -> None:
    """Raise `StockInsufficient` unless so many blanks lie where the printer is fed from, with numbers or without."""
    words = [key.tracked(numbered=numbered).word for key in order for numbered in (False, True)]
    query = sa.select(sa.func.coalesce(sa.func.sum(_ACCOUNTS.c.balance), 0)).where(_ACCOUNTS.c.word.in_(words))
    there = int(wire(session).execute(query).scalar_one())
    if there < wanted:
        raise short(order[0], available=there, asked=wanted)


def _insert(session: Session, actor: Actor, job: PrintJob, recordings: Sequence[int], *, from_hand: bool) -> int:
    row = {
        "job_id": job.id, "office_code": job.office_code, "store_code": job.store_code, "printer": job.printer,
        "quantity": len(recordings), "status": RunStatus.OPEN, "started_at": clock.now(), "user_id": actor.user_id,
        "ended_at": None, "ended_by": None, "printed": 0, "spoiled": 0, "from_hand": from_hand,
    }  # fmt: skip
    if not insert_ignore(session, _RUNS, [row]):
        at_printer = sa.and_(PrintRun.store_code == job.store_code, PrintRun.printer == job.printer, _OPEN)
        if (other := session.scalar(sa.select(PrintRun).where(at_printer))) is not None:
            raise _unconfirmed(other)
        raise Busy  # it ended in this very moment: the same request succeeds now
    run = session.scalar(sa.select(PrintRun.id).where(PrintRun.job_id == job.id, _OPEN)) or 0
    lines = [
        {"run_id": run, "recording_id": i, "place": place, "stage": Stage.SENT, "number": None, "waiting": True,
         "movement_id": None}
        for place, i in enumerate(recordings)
    ]  # fmt: skip
    insert_many(session, _LINES, sorted(lines, key=lambda line: line["recording_id"]))
    return run


def report_stages(actor: Actor, job_id: int, run: int, lines: Sequence[Progress], once: Once = FIRST) -> int:
    """Note how far recordings of a run have come and, where it is said, which blank was taken for each.

    No stock moves; the same again changes nothing. Answers the run's id. Raises `NoRunOpen`, `LinesRefused` for lines
    that are not under way, `StageBackwards` or `BlankBound` with the lines, `NumbersElsewhere` and `NumbersUnknown`.
    """
    with transaction() as session:
        job = booking.locked_job(session, actor, job_id)
        if (done := once.done_before(session)) is not None:
            return done
        under_way = _under_way(session, job, run)
        ids = _meant(session, job, run, under_way, [line.recording for line in lines], "lines", "/recording")
        rules.first_lines(ids, "lines")
        told = Named()
        spans = [told.read(line.number, f"/lines/{index}/number") for index, line in enumerate(lines)]
        amount = told.amount()
        if amount.numbered:
            _check_there(session, job, run, amount)
        after = _advanced(under_way, ids, lines, spans)
        bound = [Try(line.recording, Outcome.PRINTED, number=span) for line, span in zip(after, spans, strict=True)]
        booking.check_bound(session, bound, dict(zip(amount.spans, amount.pointers, strict=True)))
        changed = [line for line in after if line != under_way[line.recording]]
        rows = [
            {"of_run": run, "of_recording": line.recording, "told": line.stage, "bound": line.number}
            for line in sorted(changed, key=lambda line: line.recording)
        ]
        if rows:
            wire(session).execute(_ADVANCE, rows)
            audit.record(session, actor, "stages", "print_run", run, job.office_code, lines=len(rows))
        return once.keep(session, run)


def _check_there(session: Session, job: PrintJob, run: int, amount: Amount) -> None:
    """The blanks that are taken lie where the run is fed from; locked, so that two desks cannot take one."""
    store = store_facts(job.store_code)
    order = steps.feed_of(session, session.get_one(PrintRun, run), store, job.item_code)
    books = ledger.lock(session, [key.tracked(numbered=True) for key in order], {store.code: store.office})
    ledger.draw(session, books, order, amount)


def _advanced(
    under_way: Mapping[int, UnderWay], ids: Sequence[int], lines: Sequence[Progress], spans: Sequence[Span | None]
) -> list[UnderWay]:
    after: list[UnderWay] = []
    faults, first = [], None
    for index, (recording, line, span) in enumerate(zip(ids, lines, spans, strict=True)):
        try:
            after.append(run_rules.advanced(under_way[recording], line.stage, span))
        except (run_rules.StageBackwards, run_rules.BlankBound) as error:
            field = "stage" if isinstance(error, run_rules.StageBackwards) else "number"
            faults.append(Fault(f"/lines/{index}/{field}", error.sentence, error.code))
            first = first or error
    if first is not None:
        first.faults = faults
        raise first
    return after


def confirm(actor: Actor, job_id: int, said: Confirmation, once: Once = FIRST) -> int:
    """Take in what a person counted of a run: one movement, as results are; the run ends. Answers the run's id.

    The blanks come from where the run was fed when it began, whoever confirms and whatever the office set since.

    Who was not printed waits in the job and can be sent again. Raises `NoRunOpen`, `CountDoesNotMatch`,
    `LinesRefused` for lines that are not under way, and whatever booking raises; then nothing was done.
    """
    with transaction() as session:
        job = booking.locked_job(session, actor, job_id)
        if (done := once.done_before(session)) is not None:
            return done
        waiting = booking.waiting_in(session, job.id)
        under_way = _under_way(session, job, said.run)
        tries, absent, pointers = _came_out(session, job, said, under_way)
        booked = Booked(0, (), 0)
        if tries:
            booked = booking.book(session, actor, job, tries, under_way.values(), pointers, said.occurred_on)
            booking.settle(session, actor, under_way.values(), booked)
        if absent:
            _give_back(session, actor, said.run, booked)
        if len(booked.printed) == len(waiting):
            job.status = JobStatus.DONE
        counts = {"run": said.run, "attempts": len(tries), "printed": len(booked.printed), "not_printed": len(absent)}
        audit.record(session, actor, "confirm", "print_job", job.id, job.office_code, **counts)
        return once.keep(session, said.run)


def _came_out(
    session: Session, job: PrintJob, said: Confirmation, under_way: Mapping[int, UnderWay]
) -> tuple[list[Try], frozenset[int], dict[Span, str]]:
    """The attempts that a confirmation means, who has no card, and where in the request each number was named."""
    lines = list(under_way.values())
    told = Named()
    spoiled = _meant(session, job, said.run, under_way, [each.recording for each in said.spoiled], "spoiled",
                     "/recording")  # fmt: skip
    missing = _meant(session, job, said.run, under_way, said.not_printed, "not_printed", "")
    cards = _meant(session, job, said.run, under_way, [each.recording for each in said.cards], "cards", "/recording")
    rules.first_lines(missing, "not_printed")
    rules.first_lines(cards, "cards")
    absent = frozenset(missing)
    run_rules.check_count(said.counted, len(lines), len(absent))
    if both := [index for index, recording in enumerate(cards) if recording in absent]:
        error = run_rules.CardOfNotPrinted()
        raise LinesRefused([Fault(f"/cards/{index}/recording", error.sentence, error.code) for index in both])
    bad = [
        (recording, each.reason, told.read(each.number, f"/spoiled/{index}/number"))
        for index, (recording, each) in enumerate(zip(spoiled, said.spoiled, strict=True))
    ]
    named = {
        recording: numbers.read(each.number, f"/cards/{index}/number")
        for index, (recording, each) in enumerate(zip(cards, said.cards, strict=True))
    }
    for index, each in enumerate(said.cards):
        told.read(each.number, f"/cards/{index}/number")
    amount = told.amount()
    tries = run_rules.came_out(lines, bad, absent, named)
    if said.blanks.numbered:
        tries, amount = rules.with_numbers(tries, said.blanks), said.blanks
    else:
        tries = run_rules.with_bound(tries, lines)
    lines_of = zip(amount.spans, amount.pointers, strict=True)
    return tries, absent, {single: pointer for span, pointer in lines_of for single in numbers.singles([span])}


def _give_back(session: Session, actor: Actor, run: int, booked: Booked) -> None:
    """Who was not printed waits in the job alone again; the run is over, and was none if it used no blank."""
    mine = sa.and_(RunLine.run_id == run, RunLine.waiting)
    kinds = _LINES.c.stage.type, _RUNS.c.status.type
    spoiled = RunLine.recording_id.in_(booking.tried_by(booked))
    stage = sa.case((spoiled, sa.literal(Stage.SPOILED, kinds[0])), else_=sa.literal(Stage.RETURNED, kinds[0]))
    quiet: dict[str, Any] = {"execution_options": {"synchronize_session": False}}
    session.execute(sa.update(RunLine).where(mine).values(stage=stage, number=None, waiting=False), **quiet)
    used = PrintRun.printed + PrintRun.spoiled > 0
    ends = (sa.literal(status, kinds[1]) for status in (RunStatus.CONFIRMED, RunStatus.ABORTED))
    status = sa.case((used, next(ends)), else_=next(ends))
    over = booking.ended(actor, RunStatus.CONFIRMED) | {"status": status}
    session.execute(sa.update(PrintRun).where(PrintRun.id == run).values(over), **quiet)


def _under_way(session: Session, job: PrintJob, run: int) -> dict[int, UnderWay]:
    """What of a job waits in its open run, in the run's order; raises `NoRunOpen`."""
    query = (
        sa.select(RunLine.run_id, RunLine.recording_id, RunLine.stage, RunLine.number)
        .join(PrintRun, PrintRun.id == RunLine.run_id)
        .where(PrintRun.id == run, PrintRun.job_id == job.id, _OPEN, RunLine.waiting)
        .order_by(RunLine.place)
    )
    found = {row.recording_id: UnderWay(*row) for row in session.execute(query)}
    if not found:
        raise run_rules.NoRunOpen(job=job.id, run=run)
    return found


def _meant(
    session: Session,
    job: PrintJob,
    run: int,
    under_way: Mapping[int, UnderWay],
    references: Sequence[Reference],
    name: str,
    field: str,
) -> list[int]:
    """The recordings that lines of a request mean; raises `LinesRefused` for those not under way in the run."""
    if not references:
        return []
    lines = booking.lines_of(session, job, references, under_way)
    error = run_rules.NotInRun(run=run)
    faults = [
        Fault(f"/{name}/{index}{field}", error.sentence, error.code)
        for index, reference in enumerate(references)
        if reference not in lines or not lines[reference].waiting
    ]
    if faults:
        raise LinesRefused(faults)
    return [lines[reference].recording for reference in references]
