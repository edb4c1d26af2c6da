"""Recordings: in bulk as JSON or CSV, the statuses that the central system tells, and lists with masked NIKs."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import JSON, Key, Routes, actor, once
from api.recordings import lines
from api.recordings.schemas import (
    ChangesIn,
    DurationQuery,
    DurationsOut,
    PartialQuery,
    RecordedOut,
    RecordingOut,
    RecordingPage,
    RecordingQuery,
    RecordingsIn,
    ReportedOut,
)
from inventory.access import Action
from inventory.intake.durations import durations
from inventory.printing.queries import jobs_holding
from inventory.recordings import commands, queries
from inventory.recordings.commands import Batch
from inventory.recordings.queries import RecordingFilter

blp = Routes("recordings", __name__, description="People recorded, until their card is printed")

_CSV = {"schema": {"type": "string", "description": "A header line with the same names as in JSON, then a line each."}}


@blp.serves(
    "POST /recordings",
    Action.RECORD,
    query=PartialQuery,
    answer=RecordedOut,
    status=201,
    key=Key.OPTIONAL,
    consumes=(JSON, lines.CSV),
)
@blp.doc(requestBody={"required": True, "content": {JSON: {"schema": RecordingsIn}, lines.CSV: _CSV}})
def record(query: dict[str, Any]) -> Any:
    """Take recordings in; a line known already changes nothing."""
    good, faults = lines.recordings()
    batch = commands.record(actor(), good, faults, partial=query["in_part"], once=once())
    return {"created": batch.changed, **_became(batch)}


@blp.serves("POST /recordings/status", Action.RECORD, query=PartialQuery, answer=ReportedOut, key=Key.OPTIONAL)
@blp.doc(requestBody={"required": True, "content": {JSON: {"schema": ChangesIn}}})
def report(query: dict[str, Any]) -> Any:
    """Take in what the central system says of recordings, in whatever order it comes."""
    good, faults, office = lines.changes()
    batch = commands.report(actor(), good, jobs_holding, faults, office=office, partial=query["in_part"], once=once())
    return {"changed": batch.changed, **_became(batch)}


@blp.serves("GET /recordings", Action.READ_RECORDINGS, query=RecordingQuery, answer=RecordingPage)
def list_recordings(query: dict[str, Any]) -> Any:
    """The recordings of your subtree and of the events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_recordings(actor(), RecordingFilter(**query), wanted))


@blp.serves("GET /recordings/durations", Action.READ_RECORDINGS, query=DurationQuery, answer=DurationsOut)
def show_durations(query: dict[str, Any]) -> Any:
    """How long an office's recordings take from state to state, and how many wait in each."""
    return durations(actor(), query["office"], query["days"])


@blp.serves("GET /recordings/<int:recording_id>", Action.READ_RECORDINGS, answer=RecordingOut)
def show_recording(recording_id: int) -> Any:
    """One recording."""
    return queries.get_recording(actor(), recording_id)


def _became(batch: Batch) -> dict[str, Any]:
    return {
        "unchanged": batch.unchanged,
        "refused": lines.refused(batch.refused),
        "items": queries.get_recordings(batch.ids),
    }
