"""The people recorded: POST /people/reveal, /people/export, /people/purge, and who was shown whose data."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Routes, actor
from api.residents.schemas import (
    ExportIn,
    PersonalDataOut,
    PersonOut,
    PurgedOut,
    PurgeIn,
    RevealIn,
    RevealPage,
    RevealQuery,
)
from inventory.access import Action
from inventory.documents.rosters import naming
from inventory.residents import commands, purging, queries
from inventory.residents.queries import LookFilter

blp = Routes("residents", __name__, description="The personal data of those recorded: each look has a reason")


@blp.serves("POST /people/reveal", Action.REVEAL, body=RevealIn, answer=PersonOut)
def reveal(body: dict[str, Any]) -> Any:
    """Show one person's NIK and name; the look is kept with its reason."""
    return commands.reveal(actor(), body["recording"], body["reason"], office=body["office"])


@blp.serves("GET /people/reveals", Action.READ_RECORDINGS, query=RevealQuery, answer=RevealPage)
def list_reveals(query: dict[str, Any]) -> Any:
    """Who was shown whose data, and why; printers and field staff see their own looks."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_looks(actor(), LookFilter(**query), wanted))


@blp.serves("POST /people/export", Action.ADMINISTER, body=ExportIn, answer=PersonalDataOut)
def export(body: dict[str, Any]) -> Any:
    """All that is held about a NIK within your reach, for the person who asks; the look is kept with its reason."""
    return commands.export(actor(), body["nik"], body["reason"], naming)


@blp.serves("POST /people/purge", Action.ADMINISTER, body=PurgeIn, answer=PurgedOut)
def purge(body: dict[str, Any]) -> Any:
    """Forget persons whose case is over; the counts, the ledger and the cards stay."""
    dry_run = body["dry_run"]
    if body["recordings"] is not None:
        done = purging.purge_named(actor(), body["recordings"], office=body["office"], dry_run=dry_run)
    else:
        done = purging.purge(actor(), office=body["office"], before=body["before"], dry_run=dry_run)
    if not dry_run:
        purging.settle(done)
    return {"persons": done.persons, "more": done.more, "dry_run": dry_run}
