"""Reading jobs, attempts and cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.models import Office
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
from inventory.printing import rules
from inventory.printing.ageing import waited
from inventory.printing.consignment_rules import days_waited
from inventory.printing.models import Attempt, Card, CardConsignment, JobLine, PrintJob, PrintRun
from inventory.printing.rules import CardStatus, JobStatus, Outcome
from inventory.printing.run_rules import RunStatus, state_of
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks, joined_events, require_office
from inventory.recordings.rules import RecordingStatus
from inventory.stock.rules import AccountKey
from inventory.texts import Text

_STANDING = Attempt.undone_by.is_(None)
_PRINTED = sa.and_(_STANDING, Attempt.outcome == Outcome.PRINTED)
_SPOILED = sa.and_(_STANDING, Attempt.outcome == Outcome.SPOILED)


_AGAIN = Text(
    "{count} perekaman di pekerjaan ini milik orang yang masih punya perekaman lain yang siap cetak, atau kartu yang"
    " belum diserahkan: periksa agar tidak tercetak dua kali.",
    "{count} recordings of this job are of people who have another recording to print, or a card not handed over:"
    " check, so that nothing is printed twice.",
)


class JobNotFound(NotFound):
    """No print job has this id, or it is out of the actor's reach."""

    code = "job_not_found"
    text = Text("Pekerjaan cetak {job} tidak ditemukan.", "Print job {job} was not found.")


def _count(condition: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which print jobs are wanted; None means all. `unconfirmed` are those with a run of which nobody said its end."""

    office: str | None = None
    store: str | None = None
    event: int | None = None
    status: JobStatus | None = None
    unfinished: bool = False
    unconfirmed: bool = False


def list_jobs(actor: Actor, which: JobFilter, wanted: Slice) -> Page:
    """The print jobs of the actor's subtree and of the events the actor was let into, with their counts."""
    mine = sa.or_(access.within(PrintJob.office_code, actor.office), PrintJob.event_id.in_(joined_events(actor)))
    query = sa.select(PrintJob).where(mine)
    if which.office is not None:
        require_office(actor, Action.READ_RECORDINGS, which.office)
        query = query.where(access.within(PrintJob.office_code, which.office))
    if which.store is not None:
        query = query.where(PrintJob.store_code == store_for(actor, Action.READ_RECORDINGS, which.store).code)
    if which.event is not None:
        query = query.where(PrintJob.event_id == which.event)
    if which.status is not None:
        query = query.where(PrintJob.status == which.status)
    if which.unfinished:
        query = query.where(PrintJob.status.in_(rules.UNFINISHED))
    if which.unconfirmed:
        query = query.where(sa.exists().where(PrintRun.job_id == PrintJob.id, PrintRun.status == RunStatus.OPEN))
    found = page(query, [PrintJob.id], wanted)
    return Page(_with_counts(found.items), found.next)


def get_jobs(ids: Sequence[int]) -> list[dict[str, Any]]:
    """These jobs with their counts, in this order: for who has checked access."""
    found = {job.id: job for job in current().scalars(sa.select(PrintJob).where(PrintJob.id.in_(ids)))}
    return _with_counts([found[job_id] for job_id in ids])


def get_job(actor: Actor, job_id: int) -> dict[str, Any]:
    """One print job with its counts; raises `JobNotFound`."""
    return _with_counts([_job(actor, job_id)])[0]


def get_job_with_lines(actor: Actor, job_id: int) -> dict[str, Any]:
    """One print job with what became of each recording in it, in the order of printing; raises `JobNotFound`."""
    job = get_job(actor, job_id)
    tried = (
        sa.select(Attempt.recording_id, _count(_PRINTED).label("printed"), _count(_SPOILED).label("spoiled"))
        .where(Attempt.job_id == job_id)
        .group_by(Attempt.recording_id)
        .subquery()
    )
    rows = current().execute(
        sa.select(
            JobLine.recording_id.label("recording"), JobLine.waiting, Recording.client_id,
            sa.func.coalesce(tried.c.printed, 0).label("printed"),
            sa.func.coalesce(tried.c.spoiled, 0).label("spoiled"),
        )
        .join(Recording, Recording.id == JobLine.recording_id)
        .outerjoin(tried, tried.c.recording_id == JobLine.recording_id)
        .where(JobLine.job_id == job_id)
        .order_by(JobLine.place, JobLine.recording_id)
    ).mappings()  # fmt: skip
    return {**job, "recordings": [dict(row) for row in rows]}


def get_walk_in(job_id: int) -> dict[str, Any]:
    """What a walk-in made: the answer of a command that has checked access."""
    row = current().execute(
        sa.select(
            JobLine.job_id.label("job"), Recording.id.label("recording"), Recording.client_id, Recording.status,
            Card.id.label("card"),
        )
        .join(Recording, Recording.id == JobLine.recording_id)
        .join(Card, Card.recording_id == Recording.id)
        .where(JobLine.job_id == job_id)
        .order_by(Card.id.desc())
        .limit(1)
    ).mappings().one()  # fmt: skip
    return dict(row)


def _job(actor: Actor, job_id: int) -> PrintJob:
    found = current().get(PrintJob, job_id)
    unseen = JobNotFound(job=job_id)
    if found is None:
        raise unseen
    access.require(actor, Action.READ_RECORDINGS, found.office_code, event_id=found.event_id, unseen=unseen)
    return found


def _with_counts(jobs: Sequence[PrintJob]) -> list[dict[str, Any]]:
    ids = [job.id for job in jobs]
    mine = sa.select(PrintRun.id).where(PrintRun.job_id == JobLine.job_id).order_by(PrintRun.id).limit(1)
    lines = current().execute(
        sa.select(
            JobLine.job_id, sa.func.count().label("lines"), _count(JobLine.waiting).label("waiting"),
            mine.scalar_subquery().label("begun"),
            mine.where(PrintRun.status == RunStatus.OPEN).scalar_subquery().label("run"),
        )
        .where(JobLine.job_id.in_(ids))
        .group_by(JobLine.job_id)
    )  # fmt: skip
    by_lines = {row.job_id: row for row in lines}
    tries = current().execute(
        sa.select(Attempt.job_id, _count(_PRINTED).label("printed"), _count(_SPOILED).label("spoiled"))
        .where(Attempt.job_id.in_(ids))
        .group_by(Attempt.job_id)
    )
    by_tries = {row.job_id: (int(row.printed), int(row.spoiled)) for row in tries}
    shown = []
    for job in jobs:
        line, (printed, spoiled) = by_lines[job.id], by_tries.get(job.id, (0, 0))
        begun = line.begun is not None or job.id in by_tries
        shown.append({
            "id": job.id, "office": job.office_code, "store": job.store_code, "event": job.event_id,
            "item": job.item_code, "printer": job.printer, "status": job.status, "created_at": job.created_at,
            "total": line.lines, "waiting": int(line.waiting), "printed": printed, "spoiled": spoiled,
            "state": state_of(job.status, begun=begun), "run": line.run,
        })  # fmt: skip
    return shown


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which cards are wanted; None means all that stand."""

    office: str | None = None
    store: str | None = None
    event: int | None = None
    status: CardStatus | None = None
    waiting_days: int | None = None
    consignment: int | None = None


_CARD = (
    Card.id.label("id"),
    Card.recording_id.label("recording"),
    Recording.client_id.label("client_id"),
    Card.office_code.label("office"),
    Card.store_code.label("store"),
    Card.item_code.label("item"),
    Card.owner_code.label("owner"),
    sa.func.nullif(Card.event_id, 0).label("event"),
    Card.status.label("status"),
    Attempt.number.label("number"),
    Card.printed_at.label("printed_at"),
    Card.issued_at.label("issued_at"),
    Card.collector_relation.label("collector_relation"),
    Card.checked_at.label("checked_at"),
    Card.fingerprint.label("fingerprint"),
    Card.collector_checks.label("checks"),
    Card.consignment_id.label("consignment"),
    CardConsignment.region_code.label("sent_to"),
    Office.time_zone.label("time_zone"),
)


_CARDS = (
    sa.select(*_CARD)
    .join(Recording, Recording.id == Card.recording_id)
    .join(Attempt, Attempt.id == Card.attempt_id)
    .join(Office, Office.code == Card.office_code)
    .outerjoin(CardConsignment, CardConsignment.id == Card.consignment_id)
)


def cards_reached(actor: Actor) -> sa.ColumnElement[bool]:
    """The cards of the actor's subtree, and those of the events the actor was let into."""
    return sa.or_(access.within(Card.office_code, actor.office), Card.event_id.in_(joined_events(actor)))


def list_cards(actor: Actor, which: CardFilter, wanted: Slice) -> Page:
    """The cards that the actor reaches; undone ones only when asked for."""
    query = _CARDS.where(cards_reached(actor))
    if which.office is not None:
        require_office(actor, Action.READ_RECORDINGS, which.office)
        query = query.where(access.within(Card.office_code, which.office))
    if which.store is not None:
        query = query.where(Card.store_code == store_for(actor, Action.READ_RECORDINGS, which.store).code)
    if which.event is not None:
        query = query.where(Card.event_id == which.event)
    if which.consignment is not None:
        query = query.where(Card.consignment_id == which.consignment)
    if which.waiting_days is not None:
        query = query.where(waited(which.waiting_days))
    if which.status is None:
        query = query.where(Card.status != CardStatus.UNDONE)
    else:
        query = query.where(Card.status == which.status)
    found = page(query, [Card.id], wanted, rows=True)
    return Page([_aged(row) for row in found.items], found.next)


def get_cards(recordings: Sequence[int]) -> list[dict[str, Any]]:
    """The standing cards of these recordings, in this order: the answer of a command that has checked access."""
    rows: dict[int, dict[str, Any]] = {}
    for part in chunks(recordings):
        found = current().execute(_CARDS.where(Card.recording_id.in_(part), Card.status != CardStatus.UNDONE))
        rows.update((row.recording, _aged(row)) for row in found)
    return [rows[recording] for recording in recordings if recording in rows]


def _aged(row: Any) -> dict[str, Any]:
    """A card with how many days it has waited by its office's calendar, and what its hand-over left behind."""
    age = None
    if row.status is CardStatus.WAITING:
        age = days_waited(row.printed_at, clock.business_day(row.time_zone), row.time_zone)
    checks = row.checks or {}
    told = {"age_days": age, "checked": checks.get("checked", []), "surrendered": checks.get("surrendered")}
    return {**row._mapping, **told}  # noqa: SLF001 - SQLAlchemy's documented accessor


def jobs_holding(session: Session, recordings: Sequence[int]) -> dict[int, int]:
    """Which of these recordings wait in a print job, and in which."""
    held: dict[int, int] = {}
    for part in chunks(recordings):
        query = sa.select(JobLine.recording_id, JobLine.job_id).where(JobLine.recording_id.in_(part), JobLine.waiting)
        held.update((row.recording_id, row.job_id) for row in session.execute(query))
    return held


def warnings_of_people(job_id: int) -> list[Text]:
    """What to look at before a job is printed: people who have another recording to print, or a card to collect."""
    other = aliased(Recording)
    open_too = other.status.in_([RecordingStatus.PRR, RecordingStatus.PRINTED])
    again = sa.exists().where(
        other.nik_index == Recording.nik_index, other.office_code == Recording.office_code, other.id != Recording.id,
        open_too,
    )  # fmt: skip
    query = (
        sa.select(sa.func.count())
        .select_from(JobLine)
        .join(Recording, Recording.id == JobLine.recording_id)
        .where(JobLine.job_id == job_id, JobLine.waiting, again)
    )
    count = int(current().scalar(query) or 0)
    return [_AGAIN.format(count=count)] if count else []


def named_cards(session: Session, account: AccountKey) -> int:
    """How many cards of recordings wait in an account; what else is printed there came with the opening figures."""
    query = (
        sa.select(sa.func.count())
        .select_from(Card)
        .join(Attempt, Attempt.id == Card.attempt_id)
        .where(
            Attempt.number.is_not(None) if account.numbered else Attempt.number.is_(None),
            Card.store_code == account.store,
            Card.item_code == account.item,
            Card.owner_code == account.owner,
            Card.event_id == account.event_id,
            Card.status == CardStatus.WAITING,
        )
    )
    return int(session.scalar(query) or 0)


def open_jobs(event_id: int) -> list[int]:
    """The draft and open jobs of an event: it cannot close before they end."""
    query = sa.select(PrintJob.id).where(PrintJob.event_id == event_id, PrintJob.status.in_(rules.UNFINISHED))
    return list(current().scalars(query.order_by(PrintJob.id)))
