"""Papers: making one, its PDF, and the open question whether one is real."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request
from werkzeug.exceptions import TooManyRequests

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.documents.schemas import CheckOut, DocumentIn, DocumentOut, DocumentPage, DocumentQuery
from inventory.access import Action
from inventory.documents import commands, queries
from inventory.documents.facts import Card, Waiting
from inventory.documents.queries import DocumentFilter
from inventory.people.commands import count_hit
from inventory.stock.rules import Condition
from inventory.texts import Text

PDF = "application/pdf"
blp = Routes("documents", __name__, description="Papers as PDF: receipts, transfers, stock cards, counts, destructions")


class TooManyChecks(TooManyRequests):
    """One address asks about a limited number of check values a minute: they cannot be guessed by trying."""

    def __init__(self) -> None:
        super().__init__(retry_after=60)
        self.data = {
            "code": "too_many_checks",
            "sentence": Text(
                "Terlalu banyak pemeriksaan dokumen dari alamat ini. Tunggu satu menit.",
                "Too many documents were checked from this address. Wait a minute.",
            ),
        }


@blp.serves(
    "POST /documents", Action.ISSUE_DOCUMENTS, body=DocumentIn, answer=DocumentOut, status=201, key=Key.REQUIRED
)
def issue(body: dict[str, Any]) -> Any:
    """Make a paper, or give the one there is when nothing has changed since."""
    kind, subject = body.pop("kind"), body.pop("subject", None)
    wanted = subject or (Waiting(**body) if "event" in body else Card(**{"condition": Condition.BLANK} | body))
    made = commands.issue(actor(), kind, wanted, current_app.config["SETTINGS"].check_url, once())
    return queries.get_document(actor(), made)


@blp.serves("GET /documents", Action.READ, query=DocumentQuery, answer=DocumentPage)
def list_documents(query: dict[str, Any]) -> Any:
    """The papers of your subtree and of the events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_documents(actor(), DocumentFilter(**query), wanted))


@blp.serves("GET /documents/<int:document_id>", Action.READ, answer=DocumentOut)
def show(document_id: int) -> Any:
    """One paper."""
    return queries.get_document(actor(), document_id)


@blp.serves("GET /documents/<int:document_id>.pdf", Action.READ, answer=None, produces=PDF)
def print_out(document_id: int) -> Any:
    """The paper as PDF/UA-1, printed from the facts of its day."""
    name, made = queries.pdf(actor(), document_id)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(made, content_type=PDF, headers=headers)


@blp.serves("GET /documents/check/<check_value>", None, answer=CheckOut)
def check(check_value: str) -> Any:
    """Whether a paper is real and what it tells still stands: without a token, a limited number a minute."""
    asked = count_hit(f"check {request.remote_addr or 'unknown'}")
    if asked > current_app.config["DOCUMENT_CHECKS_PER_MINUTE"]:
        raise TooManyChecks
    return queries.check(check_value)
