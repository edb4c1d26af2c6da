"""Print jobs and their results, cards and their hand-over, and walk-ins."""

from __future__ import annotations

from typing import Any

from api import paging
from api.amounts import amount_of
from api.blueprint import Key, Routes, actor, once
from api.printing.schemas import (
    CardLossIn,
    CardPage,
    CardQuery,
    CardsOut,
    IssueIn,
    IssueUndoIn,
    JobIn,
    JobOut,
    JobPage,
    JobQuery,
    JobToPrintOut,
    JobWithLinesOut,
    OpeningIssueIn,
    ResultsIn,
    ResultUndoIn,
    WalkInIn,
    WalkInOut,
)
from api.stock.schemas import MovementOut
from inventory.access import Action
from inventory.printing import commands, handover, queries, supplies
from inventory.printing.commands import NewJob, NewPerson, WalkIn
from inventory.printing.handover import Handover
from inventory.printing.queries import CardFilter, JobFilter
from inventory.printing.rules import Result
from inventory.queue.commands import Taking, take_job
from inventory.stock.queries import movement_with_entries

blp = Routes("printing", __name__, description="Print jobs, what became of each blank, cards and who collected them")


@blp.serves("POST /print-jobs", Action.PRINT, body=JobIn, answer=JobToPrintOut, status=201, key=Key.REQUIRED)
def create_job(body: dict[str, Any]) -> Any:
    """Send print-ready recordings to a printer: those named, or the first of the queue."""
    named, take = body.pop("recordings"), body.pop("take")
    if named is None:
        return _to_print(take_job(actor(), Taking(**body, take=take), once()))
    return _to_print(commands.create_job(actor(), NewJob(**body, recordings=named), once()))


@blp.serves("GET /print-jobs", Action.READ_RECORDINGS, query=JobQuery, answer=JobPage)
def list_jobs(query: dict[str, Any]) -> Any:
    """The print jobs of your subtree and of the events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_jobs(actor(), JobFilter(**query), wanted))


@blp.serves("GET /print-jobs/<int:job_id>", Action.READ_RECORDINGS, answer=JobWithLinesOut)
def show_job(job_id: int) -> Any:
    """One print job with its recordings."""
    return queries.get_job_with_lines(actor(), job_id)


@blp.serves("POST /print-jobs/<int:job_id>/open", Action.PRINT, answer=JobToPrintOut, key=Key.OPTIONAL)
def open_job(job_id: int) -> Any:
    """Send a drafted job to its printer."""
    return _to_print(commands.open_job(actor(), job_id, once()))


@blp.serves("POST /print-jobs/<int:job_id>/cancel", Action.PRINT, answer=JobOut, key=Key.OPTIONAL)
def cancel_job(job_id: int) -> Any:
    """Let go of what was not printed."""
    return _job(commands.cancel_job(actor(), job_id, once()))


@blp.serves("POST /print-jobs/<int:job_id>/results", Action.PRINT, body=ResultsIn, answer=JobOut, key=Key.REQUIRED)
def take_results(job_id: int, body: dict[str, Any]) -> Any:
    """Take in what became of the blanks of a job, in order."""
    results = [Result(**line) for line in body["results"]]
    return _job(commands.take_results(actor(), job_id, results, body["occurred_on"], amount_of(body), once()))


@blp.serves("POST /print-jobs/<int:job_id>/undo", Action.PRINT, body=ResultUndoIn, answer=JobOut, key=Key.REQUIRED)
def undo_result(job_id: int, body: dict[str, Any]) -> Any:
    """Undo the last result of a recording, within the office's time."""
    return _job(commands.undo_result(actor(), job_id, body["recording"], body["reason"], once()))


@blp.serves("POST /cards/issue", Action.PRINT, body=IssueIn, answer=CardsOut, key=Key.REQUIRED)
def issue(body: dict[str, Any]) -> Any:
    """Hand waiting cards over."""
    told = [Handover(**line) for line in body.pop("cards")]
    return {"items": queries.get_cards(handover.issue(actor(), told, **body, once=once()))}


@blp.serves(
    "POST /cards/issue-opening", Action.PRINT, body=OpeningIssueIn, answer=MovementOut, status=201, key=Key.REQUIRED
)
def issue_opening(body: dict[str, Any]) -> Any:
    """Hand over cards that were printed before the books began, by a list."""
    movement = handover.issue_opening(
        actor(), body["store"], body["item"], body["quantity"], body["document_number"], once()
    )
    return movement_with_entries(actor(), movement)


@blp.serves("POST /cards/lost", Action.PRINT, body=CardLossIn, answer=CardsOut, key=Key.REQUIRED)
def lose(body: dict[str, Any]) -> Any:
    """Report waiting cards as lost or stolen, by name."""
    lost = handover.lose(actor(), body.pop("recordings"), body.pop("reason"), **body, once=once())
    return {"items": queries.get_cards(lost)}


@blp.serves("POST /cards/undo", Action.PRINT, body=IssueUndoIn, answer=CardsOut, key=Key.REQUIRED)
def undo_issue(body: dict[str, Any]) -> Any:
    """Take mistaken hand-overs back, within the office's time."""
    undone = handover.undo_issue(actor(), body["recordings"], body["reason"], office=body["office"], once=once())
    return {"items": queries.get_cards(undone)}


@blp.serves("GET /cards", Action.READ_RECORDINGS, query=CardQuery, answer=CardPage)
def list_cards(query: dict[str, Any]) -> Any:
    """The cards of your subtree and of the events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_cards(actor(), CardFilter(**query), wanted))


@blp.serves("POST /walk-ins", Action.PRINT, body=WalkInIn, answer=WalkInOut, status=201, key=Key.REQUIRED)
def walk_in(body: dict[str, Any]) -> Any:
    """Record, print and hand over one card in one step."""
    person = NewPerson(**body.pop("recording"))
    wanted = WalkIn(person=person, blanks=amount_of(body), **body)
    return queries.get_walk_in(commands.walk_in(actor(), wanted, once()))


def _job(job_id: int) -> dict[str, Any]:
    return queries.get_job(actor(), job_id)


def _to_print(job_id: int) -> dict[str, Any]:
    return {**_job(job_id), "warnings": [*queries.warnings_of_people(job_id), *supplies.warnings_of_job(job_id)]}
