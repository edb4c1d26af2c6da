"""Runs of print jobs and their confirmation, and the check of each card."""

from __future__ import annotations

from typing import Any

from api import paging
from api.amounts import amount_of
from api.blueprint import Key, Routes, actor, once
from api.runs.schemas import (
    CheckIn,
    ChecksOut,
    ConfirmationIn,
    RunIn,
    RunPage,
    RunQuery,
    RunStartedOut,
    RunWithLinesOut,
    StagesIn,
)
from inventory.access import Action
from inventory.printing import checks, queries, run_queries, runs, supplies
from inventory.printing.run_queries import RunFilter
from inventory.printing.run_rules import Confirmation, Found, Printed, Progress, Spoil

blp = Routes("runs", __name__, description="Runs through printers, their confirmation by a person, checks of cards")


@blp.serves(
    "POST /print-jobs/<int:job_id>/start",
    Action.PRINT,
    body=RunIn,
    answer=RunStartedOut,
    status=201,
    key=Key.REQUIRED,
)
def start(job_id: int, body: dict[str, Any]) -> Any:
    """Send the next recordings of a job to its printer: a run, which waits for a person's count."""
    made = runs.start(actor(), job_id, body["quantity"], once(), despite_supplies=body["despite_supplies"])
    run = run_queries.get_run(actor(), made)
    return {**run, "warnings": supplies.warnings(run["store"], run["printer"], run["quantity"])}


@blp.serves(
    "POST /print-jobs/<int:job_id>/stages", Action.PRINT, body=StagesIn, answer=RunWithLinesOut, key=Key.OPTIONAL
)
def report_stages(job_id: int, body: dict[str, Any]) -> Any:
    """Note how far recordings of the open run have come, and which blank was taken for each."""
    lines = [Progress(**line) for line in body["lines"]]
    return run_queries.get_run(actor(), runs.report_stages(actor(), job_id, body["run"], lines, once()))


@blp.serves(
    "POST /print-jobs/<int:job_id>/confirm",
    Action.PRINT,
    body=ConfirmationIn,
    answer=RunWithLinesOut,
    key=Key.REQUIRED,
)
def confirm(job_id: int, body: dict[str, Any]) -> Any:
    """Say what came out of a run: the cards that were counted, the blanks that were spoiled, who has no card."""
    blanks = amount_of(body)
    spoiled = [Spoil(**line) for line in body.pop("spoiled")]
    cards = [Printed(**line) for line in body.pop("cards")]
    said = Confirmation(**body, spoiled=spoiled, cards=cards, blanks=blanks)
    return run_queries.get_run(actor(), runs.confirm(actor(), job_id, said, once()))


@blp.serves("GET /print-runs", Action.READ_RECORDINGS, query=RunQuery, answer=RunPage)
def list_runs(query: dict[str, Any]) -> Any:
    """The runs of your subtree and of the events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(run_queries.list_runs(actor(), RunFilter(**query), wanted))


@blp.serves("GET /print-runs/<int:run_id>", Action.READ_RECORDINGS, answer=RunWithLinesOut)
def show_run(run_id: int) -> Any:
    """One run with its recordings."""
    return run_queries.get_run(actor(), run_id)


@blp.serves("POST /cards/check", Action.PRINT, body=CheckIn, answer=ChecksOut, key=Key.REQUIRED)
def check(body: dict[str, Any]) -> Any:
    """Check waiting cards: the look of each and, where used, the finger against its chip."""
    findings = [Found(**line) for line in body["cards"]]
    checked = checks.check(actor(), findings, body["office"], once())
    standing = {card["recording"]: card for card in queries.get_cards(checked)}
    nothing = {"id": None, "checked_at": None, "fingerprint": None}
    shown = [{"recording": i, **standing.get(i, nothing)} for i in checked]
    return {"items": [{**each, "card": each["id"]} for each in shown]}
