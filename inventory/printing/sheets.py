"""What lies before somebody who prints: a job with its lines, what its printer is fed from, what nobody spoke for yet.

Lines are called by their number in the job, from 1, wherever they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inventory import access, keys, niks
from inventory.access import Actor
from inventory.custody import queries as custody
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import current, table_of, wire
from inventory.errors import Fault, LinesRefused, RuleViolated
from inventory.offices.models import Store
from inventory.offices.queries import store_facts
from inventory.outreach.models import Event
from inventory.paging import Page, Slice, page
from inventory.people.models import User
from inventory.printing import queries, rules, supplies
from inventory.printing.models import Attempt, JobLine, PrintJob, PrintRun, RunLine
from inventory.printing.rules import Outcome
from inventory.printing.run_rules import JobState, RunStatus, Stage
from inventory.recordings.models import Recording
from inventory.recordings.queries import joined_events
from inventory.stock import intervals
from inventory.stock.models import Account
from inventory.stock.queries import drawing_order
from inventory.stock.rules import AccountKey
from inventory.texts import Text

_ACCOUNTS = table_of(Account)
_RANGE = re.compile(r"([0-9]{1,4})\s*(?:-|\u2013|s\.?d\.?)\s*([0-9]{1,4})")
_SPOILED = sa.and_(Attempt.outcome == Outcome.SPOILED, Attempt.undone_by.is_(None))


class LineUnknown(RuleViolated):
    """What was typed or scanned names no line that waits for a result."""

    code = "print_line_unknown"
    text = Text(
        '"{typed}" bukan nomor baris, nomor perekaman, atau nomor keping yang masih menunggu di daftar ini.',
        '"{typed}" is no line number, recording or blank that still waits in this list.',
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """What a printer is fed from: how many blanks, where they lie, and their numbers where they have any."""

    quantity: int = 0
    numbered: int = 0
    hand: int | None = None
    needs_hand: bool = False
    spans: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One recording that waits for its result."""

    number: int
    recording: int
    client_id: str
    nik_secret: bytes
    stage: Stage | None = None
    blank: str | None = None

    @property
    def nik(self) -> str:
        """The NIK, masked."""
        return niks.masked(keys.decrypt(self.nik_secret))


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that wait for a result, of an open run or of a job without one, and the blanks spoiled meanwhile."""

    lines: Sequence[SheetLine]
    spoiled: Sequence[Any] = ()
    run: Any = None


def get_job(actor: Actor, job_id: int) -> dict[str, Any]:
    """One job as its page shows it: with names, what feeds it, and what its office wants; raises `JobNotFound`."""
    job = queries.get_job(actor, job_id)
    store = store_facts(job["store"])
    running = sa.and_(PrintRun.job_id == PrintJob.id, PrintRun.status == RunStatus.OPEN)
    names = (
        sa.select(Store.name, User.name, Event.name, PrintJob.taken, PrintRun)
        .select_from(PrintJob)
        .join(Store, Store.code == PrintJob.store_code)
        .outerjoin(User, User.id == PrintJob.user_id)
        .outerjoin(Event, Event.id == PrintJob.event_id)
        .outerjoin(PrintRun, running)
        .where(PrintJob.id == job_id)
    )
    store_name, by, event_name, taken, run = current().execute(names).one()
    return {
        **job,
        "store_name": store_name,
        "by": by,
        "event_name": event_name,
        "taken": taken,
        "facts": store,
        "in_printer": run,
        "confirm_required": store.checks.confirm_required and job["event"] is None,
        "card_check": store.checks.card_check and job["event"] is None,
        "undo_minutes": store.undo_minutes,
    }


def feed_of(actor: Actor, job: dict[str, Any]) -> Feed:
    """What the job's printer would be fed from now, or was when its open run began."""
    store, run = job["facts"], job["in_printer"]
    holder = actor.user_id if run is None else run.user_id
    sessions: Sequence[CustodySession] = []
    if run is None or run.from_hand:
        query = sa.select(CustodySession).where(
            CustodySession.holder_id == holder, CustodySession.status == CustodyStatus.OPEN,
            CustodySession.store_code == store.code, CustodySession.item_code == job["item"],
        )  # fmt: skip
        sessions = current().scalars(query.order_by(CustodySession.id)).all()
    if sessions:
        return _there(custody.custody_order(current(), sessions), sessions[0].id)
    if store.checks.custody_required and run is None:
        return Feed(needs_hand=True)
    return _there(drawing_order(store, job["item"]), None)


def _there(order: Sequence[AccountKey], hand: int | None) -> Feed:
    twins = {key.tracked(numbered=numbered).word: numbered for key in order for numbered in (False, True)}
    query = sa.select(_ACCOUNTS.c.word, _ACCOUNTS.c.balance).where(_ACCOUNTS.c.word.in_(list(twins)))
    found = {row.word: row.balance for row in wire(current()).execute(query)}
    numbered = sum(found.get(word, 0) for word, with_numbers in twins.items() if with_numbers)
    spans: tuple[tuple[str, str], ...] = ()
    if numbered:
        lying = intervals.lying_at(current(), [key.tracked(numbered=True) for key in order])
        spans = tuple(span.written() for stays in lying.values() for _, span in stays)
    return Feed(sum(found.values()), numbered, hand, spans=spans)


def warnings_of(job: dict[str, Any]) -> list[Text]:
    """What to see to before what waits in a job goes to its printer."""
    if job["state"] not in (JobState.DRAFTED, JobState.QUEUED, JobState.PRINTING) or job["run"] or not job["waiting"]:
        return []
    return [*queries.warnings_of_people(job["id"]), *supplies.warnings_of_job(job["id"])]


def _numbered(job_id: int) -> Any:
    """The lines of a job with their numbers, as a subquery."""
    line = sa.func.row_number().over(order_by=[JobLine.place, JobLine.recording_id]).label("line")
    return sa.select(JobLine.recording_id, JobLine.waiting, line).where(JobLine.job_id == job_id).subquery()


def list_lines(job_id: int, wanted: Slice) -> Page:
    """The lines of a job that the actor was shown, in the order of printing, NIKs masked."""
    mine = _numbered(job_id)
    tried = (
        sa.select(
            Attempt.recording_id,
            sa.func.sum(sa.case((Attempt.outcome == Outcome.PRINTED, 1), else_=0)).label("printed"),
            sa.func.sum(sa.case((Attempt.outcome == Outcome.SPOILED, 1), else_=0)).label("spoiled"),
            sa.func.max(Attempt.attempted_at).label("tried_at"),
        )
        .where(Attempt.job_id == job_id, Attempt.undone_by.is_(None))
        .group_by(Attempt.recording_id)
        .subquery()
    )
    query = (
        sa.select(
            mine.c.line, mine.c.recording_id.label("recording"), mine.c.waiting, Recording.client_id,
            Recording.nik_secret, Recording.reason, Recording.status, tried.c.printed, tried.c.spoiled,
            tried.c.tried_at, RunLine.run_id.label("run"),
        )
        .join(Recording, Recording.id == mine.c.recording_id)
        .outerjoin(tried, tried.c.recording_id == mine.c.recording_id)
        .outerjoin(RunLine, sa.and_(RunLine.recording_id == mine.c.recording_id, RunLine.waiting, mine.c.waiting))
    )  # fmt: skip
    found = page(query, [mine.c.line], wanted, rows=True)
    return Page([_masked(row) for row in found.items], found.next)


def _masked(row: Any) -> dict[str, Any]:
    shown = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented accessor
    return {**shown, "nik": niks.masked(keys.decrypt(shown.pop("nik_secret")))}


def sheet_of(job: dict[str, Any]) -> Sheet:
    """What of a job (as `get_job` gave it) waits for a result now: in its open run, else all that waits."""
    mine, run = _numbered(job["id"]), job["in_printer"]
    query = sa.select(mine.c.line, mine.c.recording_id, Recording.client_id, Recording.nik_secret)
    query = query.where(mine.c.waiting)
    query = query.join(Recording, Recording.id == mine.c.recording_id).order_by(mine.c.line)
    if run is not None:
        here = sa.and_(RunLine.recording_id == mine.c.recording_id, RunLine.run_id == run.id, RunLine.waiting)
        query = query.join(RunLine, here).add_columns(RunLine.stage, RunLine.number)
    lines = [SheetLine(*row) for row in current().execute(query)]
    return Sheet(lines, _spoiled_since(job["id"], run), run)


def _spoiled_since(job_id: int, run: PrintRun | None) -> Sequence[Any]:
    """The blanks spoiled for who still waits: since the run began, or in all."""
    mine = _numbered(job_id)
    query = (
        sa.select(mine.c.line, mine.c.recording_id.label("recording"), Attempt.id, Attempt.reason, Attempt.number,
                  Attempt.attempted_at)
        .join(mine, mine.c.recording_id == Attempt.recording_id)
        .where(Attempt.job_id == job_id, _SPOILED, mine.c.waiting)
    )  # fmt: skip
    if run is not None:
        query = query.where(Attempt.attempted_at >= run.started_at)
    return current().execute(query.order_by(Attempt.id.desc())).all()


def read_lines(sheet: Sheet, typed: Sequence[str], pointer: str) -> list[SheetLine]:
    """The lines that are meant, each once: a line's number or several (12-20), a recording, or the blank taken for it.

    Raises `LinesRefused` with each that means none, at `pointer` with its index (or `pointer` alone for one).
    """
    by_number = {line.number: line for line in sheet.lines}
    by_text = {line.client_id: line for line in sheet.lines} | {line.blank: line for line in sheet.lines if line.blank}
    meant: dict[int, SheetLine] = {}
    faults = []
    for index, text in enumerate(typed):
        found = _meant(text.strip(), by_number, by_text)
        if not found:
            error = LineUnknown(typed=text)
            faults.append(Fault(pointer.format(index=index), error.sentence, error.code))
        meant.update((line.number, line) for line in found)
    if faults:
        raise LinesRefused(faults)
    return [meant[number] for number in sorted(meant)]


def _meant(text: str, by_number: dict[int, SheetLine], by_text: dict[str, SheetLine]) -> list[SheetLine]:
    if text in by_text:
        return [by_text[text]]
    if text.isascii() and text.isdecimal() and int(text) in by_number:
        return [by_number[int(text)]]
    if (several := _RANGE.fullmatch(text)) is not None:
        first, last = int(several[1]), int(several[2])
        return [by_number[number] for number in range(first, last + 1) if number in by_number]
    return []


def list_mine(actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """The unfinished jobs that the actor made, the newest first."""
    query = sa.select(PrintJob.id).where(PrintJob.user_id == actor.user_id, PrintJob.status.in_(rules.UNFINISHED))
    query = query.where(access.within(PrintJob.office_code, actor.office))
    return queries.get_jobs(list(current().scalars(query.order_by(PrintJob.id.desc()).limit(limit))))


def list_reprints(actor: Actor, wanted: Slice) -> Page:
    """Who waits in a job again because a blank was spoiled for them, or their card was found bad."""
    tried = sa.exists().where(Attempt.recording_id == JobLine.recording_id, Attempt.job_id == JobLine.job_id, _SPOILED)
    mine = sa.or_(access.within(PrintJob.office_code, actor.office), PrintJob.event_id.in_(joined_events(actor)))
    query = (
        sa.select(
            Recording.id, Recording.client_id, Recording.nik_secret, Recording.reason, JobLine.job_id.label("job")
        )
        .select_from(PrintJob)
        .join(JobLine, sa.and_(JobLine.job_id == PrintJob.id, JobLine.waiting))
        .join(Recording, Recording.id == JobLine.recording_id)
        .where(mine, PrintJob.status.in_(rules.UNFINISHED), tried)
    )  # fmt: skip
    found = page(query, [Recording.id], wanted, rows=True)
    return Page([_masked(row) for row in found.items], found.next)


def usual_printer(actor: Actor) -> tuple[str, str | None] | None:
    """The store and the printer of the actor's last job."""
    last = sa.select(sa.func.max(PrintJob.id)).where(
        PrintJob.office_code == actor.office, PrintJob.user_id == actor.user_id
    )
    query = sa.select(PrintJob.store_code, PrintJob.printer).where(PrintJob.id == last.scalar_subquery())
    row = current().execute(query).first()
    return None if row is None else (row.store_code, row.printer)
