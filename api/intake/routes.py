"""Imports: POST /imports (a CSV or XLSX), how far it is, what was wrong; previews and remembered profiles."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response

from api import paging
from api.blueprint import Key, Routes, actor
from api.intake import upload
from api.intake.schemas import (
    ImportFaultPage,
    ImportOut,
    ImportPage,
    ImportProfilePage,
    ImportQuery,
    ImportsQuery,
    PreviewOut,
    PreviewQuery,
    ProfileIn,
    ProfileOut,
    ProfileQuery,
)
from api.paging import PageQuery
from api.problems import language
from inventory.access import Action
from inventory.intake import commands, queries
from inventory.intake.queries import ImportFilter
from inventory.intake.rules import Profile
from inventory.texts import Text

blp = Routes("intake", __name__, description="Daily lists that offices export: people recorded, and their statuses")
CSV = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@blp.serves(
    "POST /imports",
    Action.RECORD,
    query=ImportQuery,
    answer=ImportOut,
    status=201,
    key=Key.OPTIONAL,
    consumes=(upload.MULTIPART,),
)
@blp.doc(requestBody=upload.body(ImportQuery))
def bring_in(query: dict[str, Any]) -> Any:
    """Import a file; any bad line refuses all of it, and the same file again changes nothing."""
    sent = upload.sent(ImportQuery, query)
    return queries.get_import(actor(), commands.bring_in(actor(), sent, once=upload.once(sent)))


@blp.serves("POST /imports/preview", Action.RECORD, query=PreviewQuery, answer=PreviewOut, consumes=(upload.MULTIPART,))
@blp.doc(requestBody=upload.body(PreviewQuery))
def preview(query: dict[str, Any]) -> Any:
    """The first lines of a file as they would be read; nothing is kept."""
    sent = upload.sent(PreviewQuery, query)
    found = queries.preview(actor(), sent.office, sent.profile, sent.content)
    tongue = language()
    lines = [
        line | {"faults": [_fault(each.number, each.field, each.code, each.text, tongue) for each in line["faults"]]}
        for line in found["lines"]
    ]
    return found | {"lines": lines}


@blp.serves("GET /imports", Action.READ_RECORDINGS, query=ImportsQuery, answer=ImportPage)
def list_imports(query: dict[str, Any]) -> Any:
    """The imports of your subtree."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_imports(actor(), ImportFilter(**query), wanted))


@blp.serves("GET /imports/<int:import_id>", Action.READ_RECORDINGS, answer=ImportOut)
def show(import_id: int) -> Any:
    """One import, and how far it is."""
    return queries.get_import(actor(), import_id)


@blp.serves("GET /imports/<int:import_id>/faults", Action.READ_RECORDINGS, query=PageQuery, answer=ImportFaultPage)
def list_faults(import_id: int, query: dict[str, Any]) -> Any:
    """What is wrong with the lines of an import."""
    wanted, tongue = paging.wanted(query, paging.number), language()
    return paging.answer(
        queries.list_faults(actor(), import_id, wanted),
        lambda row: _fault(row.number, row.field, row.code, Text(row.indonesian, row.english), tongue),
    )


@blp.serves("GET /imports/<int:import_id>/faults.csv", Action.READ_RECORDINGS, answer=None, produces=CSV)
def download_faults(import_id: int) -> Any:
    """The same as a file, for whoever corrects the list."""
    tongue, text = language(), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["line", "column", "code", "reason"])
    for row in queries.all_faults(actor(), import_id):
        reason = Text(row.indonesian, row.english).within(tongue)
        writer.writerow([row.number, *[_unformed(cell) for cell in (row.field, row.code, reason)]])
    headers = {"Content-Disposition": f'attachment; filename="import-{import_id}.csv"', "Cache-Control": "no-store"}
    return Response(text.getvalue(), content_type=f"{CSV}; charset=utf-8", headers=headers)


@blp.serves("GET /import-profiles", Action.READ_RECORDINGS, query=ProfileQuery, answer=ImportProfilePage)
def list_profiles(query: dict[str, Any]) -> Any:
    """How the files of your subtree's offices are read."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_profiles(actor(), query["office"], wanted))


@blp.serves("PUT /import-profiles", Action.RECORD, body=ProfileIn, answer=ProfileOut)
def set_profile(body: dict[str, Any]) -> Any:
    """Keep a profile under its name; the same name again replaces it."""
    office = body.pop("office")
    return queries.get_profile(commands.set_profile(actor(), office, Profile(**body)))


def _fault(line: int, column: str, code: str, reason: Text, tongue: str) -> dict[str, Any]:
    told = reason.within(tongue).removeprefix(f"{column}: ")
    return {"line": line, "column": column, "code": code, "reason": told}


def _unformed(cell: str) -> str:
    """A cell that a spreadsheet takes for text, never for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
