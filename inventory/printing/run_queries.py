"""Reading runs, which cards were not checked, and whether runs and checks agree with what was booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from inventory import access
from inventory.access import Action, Actor
from inventory.custody.models import CustodySession
from inventory.custody.rules import Fed
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.models import Office
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
from inventory.printing import rules, run_rules
from inventory.printing.models import Attempt, Card, JobLine, PrintJob, PrintRun, RunLine
from inventory.printing.rules import CardStatus, Outcome
from inventory.printing.run_rules import RunStatus, Stage
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks, joined_events, require_office
from inventory.stock.rules import NO_EVENT
from inventory.texts import Text


class RunNotFound(NotFound):
    """No run has this id, or it is out of the actor's reach."""

    code = "run_not_found"
    text = Text("Putaran cetak {run} tidak ditemukan.", "Run {run} was not found.")


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; None means all."""

    office: str | None = None
    store: str | None = None
    job: int | None = None
    status: RunStatus | None = None


def list_runs(actor: Actor, which: RunFilter, wanted: Slice) -> Page:
    """The runs of the actor's subtree and of the events the actor was let into."""
    joined = sa.select(PrintJob.id).where(PrintJob.event_id.in_(joined_events(actor)))
    mine = sa.or_(access.within(PrintRun.office_code, actor.office), PrintRun.job_id.in_(joined))
    query = sa.select(PrintRun).where(mine)
    if which.office is not None:
        require_office(actor, Action.READ_RECORDINGS, which.office)
        query = query.where(access.within(PrintRun.office_code, which.office))
    if which.store is not None:
        query = query.where(PrintRun.store_code == store_for(actor, Action.READ_RECORDINGS, which.store).code)
    if which.job is not None:
        query = query.where(PrintRun.job_id == which.job)
    if which.status is not None:
        query = query.where(PrintRun.status == which.status)
    found = page(query, [PrintRun.id], wanted)
    return Page(_shown(found.items), found.next)


def get_run(actor: Actor, run_id: int) -> dict[str, Any]:
    """One run with its recordings in their order; raises `RunNotFound`."""
    found = current().get(PrintRun, run_id)
    unseen = RunNotFound(run=run_id)
    if found is None:
        raise unseen
    event = current().scalar(sa.select(PrintJob.event_id).where(PrintJob.id == found.job_id))
    access.require(actor, Action.READ_RECORDINGS, found.office_code, event_id=event, unseen=unseen)
    query = (
        sa.select(
            RunLine.recording_id.label("recording"), Recording.client_id, RunLine.stage, RunLine.number,
            RunLine.waiting, (Card.checked_at.is_not(None)).label("checked"),
        )
        .join(Recording, Recording.id == RunLine.recording_id)
        .outerjoin(Attempt, sa.and_(Attempt.movement_id == RunLine.movement_id,
                                    Attempt.recording_id == RunLine.recording_id,
                                    Attempt.outcome == Outcome.PRINTED))
        .outerjoin(Card, Card.attempt_id == Attempt.id)
        .where(RunLine.run_id == run_id)
        .order_by(RunLine.place)
    )  # fmt: skip
    lines = [{**row, "checked": bool(row["checked"])} for row in current().execute(query).mappings()]
    return {**_shown([found])[0], "recordings": lines}


def _shown(runs: Sequence[PrintRun]) -> list[dict[str, Any]]:
    query = (
        sa.select(RunLine.run_id, sa.func.count())
        .where(RunLine.run_id.in_([run.id for run in runs]), RunLine.waiting)
        .group_by(RunLine.run_id)
    )
    waiting = {row[0]: row[1] for row in current().execute(query)}
    return [
        {
            "id": run.id, "job": run.job_id, "office": run.office_code, "store": run.store_code,
            "printer": run.printer, "status": run.status, "quantity": run.quantity,
            "waiting": waiting.get(run.id, 0), "printed": run.printed, "spoiled": run.spoiled,
            "started_at": run.started_at, "started_by": run.user_id, "ended_at": run.ended_at,
            "ended_by": run.ended_by,
        }
        for run in runs
    ]  # fmt: skip


def feeding_run(session: Session, held: CustodySession) -> Fed | None:
    """The first open run that the holder of a (locked) custody session feeds by hand from blanks of its kind."""
    query = (
        sa.select(PrintRun.id, PrintRun.job_id)
        .join(PrintJob, PrintJob.id == PrintRun.job_id)
        .where(
            PrintRun.status == sa.literal_column("'open'"),  # so that the index of open runs serves
            PrintRun.from_hand,
            PrintRun.user_id == held.holder_id,
            PrintRun.store_code == held.store_code,
            PrintJob.item_code == held.item_code,
        )
        .order_by(PrintRun.id)
    )
    found = session.execute(query.limit(1)).first()
    return None if found is None else Fed(found.id, found.job_id)


def check_checked(session: Session, ids: Sequence[int]) -> None:
    """Raise `CardsNotChecked` with the lines whose cards their office wants checked first; never an event's cards."""
    late: set[int] = set()
    wanted = sa.and_(Office.card_check, Card.event_id == NO_EVENT, Card.checked_at.is_(None))
    for part in chunks(ids):
        query = sa.select(Card.recording_id).join(Office, Office.code == Card.office_code).where(wanted)
        query = query.where(Card.recording_id.in_(part), Card.status == CardStatus.WAITING)
        late.update(session.scalars(query))
    if lines := [index for index, i in enumerate(ids) if i in late]:
        raise rules.named(run_rules.CardsNotChecked, "cards", lines)


def differences() -> Iterator[str]:
    """One sentence for every difference between runs or checks and what was booked; four queries."""
    yield from _cards_of_runs()
    yield from _figures_of_runs()
    yield from _lines_under_way()
    yield from _found_bad()


def _rows(query: sa.Executable) -> Iterator[Any]:
    return iter(current().execute(query, execution_options={"yield_per": 1_000}))


def _cards_of_runs() -> Iterator[str]:
    """Who was printed in a run has an attempt of that very movement, be it undone since."""
    made = sa.and_(
        Attempt.movement_id == RunLine.movement_id,
        Attempt.recording_id == RunLine.recording_id,
        Attempt.outcome == Outcome.PRINTED,
    )
    query = sa.select(RunLine.run_id, RunLine.recording_id).outerjoin(Attempt, made)
    query = query.where(RunLine.stage == Stage.PRINTED, Attempt.id.is_(None))
    for row in _rows(query):
        yield f"run {row.run_id}: it says recording {row.recording_id} was printed, no attempt does"


def _figures_of_runs() -> Iterator[str]:
    lines = (
        sa.select(
            RunLine.run_id,
            sa.func.count().label("quantity"),
            sa.func.sum(sa.case((RunLine.stage == Stage.PRINTED, 1), else_=0)).label("printed"),
            sa.func.sum(sa.case((RunLine.waiting, 1), else_=0)).label("waiting"),
        )
        .group_by(RunLine.run_id)
        .subquery()
    )
    quantity, printed, waiting = (sa.func.coalesce(lines.c[name], 0) for name in ("quantity", "printed", "waiting"))
    wrong = sa.or_(
        PrintRun.quantity != quantity,
        PrintRun.printed != printed,
        (PrintRun.status == RunStatus.OPEN) != (waiting > 0),
    )
    query = sa.select(
        PrintRun.id, PrintRun.quantity, PrintRun.printed, quantity.label("lines"), printed.label("cards"),
        waiting.label("waiting"),
    )  # fmt: skip
    for row in _rows(query.outerjoin(lines, lines.c.run_id == PrintRun.id).where(wrong)):
        yield (
            f"run {row.id}: it says {row.quantity} sent and {row.printed} printed; its lines say {row.lines} and"
            f" {row.cards}, {row.waiting} under way"
        )


def _lines_under_way() -> Iterator[str]:
    """Who is under way in a run waits in that run's job."""
    mine = sa.and_(JobLine.job_id == PrintRun.job_id, JobLine.recording_id == RunLine.recording_id, JobLine.waiting)
    query = (
        sa.select(RunLine.run_id, RunLine.recording_id)
        .join(PrintRun, PrintRun.id == RunLine.run_id)
        .outerjoin(JobLine, mine)
        .where(RunLine.waiting, JobLine.job_id.is_(None))
    )
    for row in _rows(query):
        yield f"run {row.run_id}: recording {row.recording_id} is under way and does not wait in the run's job"


def _found_bad() -> Iterator[str]:
    """A blank that a check spoiled was the card of the attempt that it names, which was undone."""
    card = aliased(Attempt)
    same = sa.and_(
        card.id == Attempt.replaces_id,
        card.recording_id == Attempt.recording_id,
        card.job_id == Attempt.job_id,
        card.outcome == Outcome.PRINTED,
        card.undone_by.is_not(None),
        card.number.is_not_distinct_from(Attempt.number),
    )
    query = sa.select(Attempt.id, Attempt.replaces_id).outerjoin(card, same)
    for row in _rows(query.where(Attempt.replaces_id.is_not(None), card.id.is_(None))):
        yield f"attempt {row.id}: the card of attempt {row.replaces_id} that it says was bad is another, or stands"
