"""Papers: made by one button wherever something is worth a paper, opened as PDF, and checked by anybody."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request, url_for
from werkzeug.exceptions import TooManyRequests

from api.documents.schemas import DocumentIn, DocumentQuery
from inventory.access import Action
from inventory.documents import commands, queries
from inventory.documents.facts import Card, Waiting
from inventory.documents.queries import CheckValueUnknown, DocumentFilter
from inventory.documents.rules import DocumentKind, in_fours
from inventory.offices.queries import names_of_offices
from inventory.people.commands import count_hit
from inventory.people.queries import names_of
from inventory.stock.rules import Condition
from inventory.texts import Text
from web.pages import Pages, actor, done, once, see
from web.signing import inside, settings
from web.tables import Column, Table

pages = Pages("documents", __name__)


def _back() -> str:
    """Where the reader came from, when that is a page of this console."""
    back = request.form.get("kembali") or request.args.get("dari") or ""
    return back if back and inside(back) == back else ""


@pages.shows("/dokumen", Action.READ, query=DocumentQuery)
def documents(query: dict[str, Any]) -> Any:
    """The papers there are, newest first."""
    columns = [
        Column(Text("Nomor", "Number"), "number", href=lambda row: url_for(".document", document_id=row.id)),
        Column(Text("Jenis", "Kind"), "kind", "word"),
        Column(Text("Dibuat", "Made"), "issued_at", "instant"),
        Column(Text("Dinas", "Office"), "office_code"),
        Column(Text("Dinas lain", "Other office"), "other_office"),
    ]
    wanted = DocumentFilter(query["kind"], query["office"], query["subject"])
    table = Table(
        "documents",
        Text("Dokumen", "Papers"),
        columns,
        lambda batch: queries.list_documents(actor(), wanted, batch),
        order="desc",
        empty=Text(
            "Belum ada dokumen. Dokumen dibuat dari halamannya: penerimaan, pengiriman, opname, pemusnahan.",
            "No papers yet. A paper is made where its thing is: a receipt, a transfer, a count, a destruction.",
        ),
    )
    return see("documents/documents.html", documents=table, kinds=list(DocumentKind), kind=query["kind"], back=_back())


@pages.does("/dokumen", Action.ISSUE_DOCUMENTS, body=DocumentIn, again=documents)
def make(body: dict[str, Any]) -> Any:
    """Make a paper; nothing has changed since the last one: that one again."""
    kind, subject = body.pop("kind"), body.pop("subject", None)
    wanted = subject or (Waiting(**body) if "event" in body else Card(**{"condition": Condition.BLANK} | body))
    made = commands.issue(actor(), kind, wanted, settings().check_url, once())
    text = Text("Siap: {kind}. Buka PDF-nya, lalu cetak.", "Ready: {kind}. Open its PDF, then print it.")
    return done("documents_pages.document", text.format(kind=kind), document_id=made, dari=_back() or None)


@pages.shows("/dokumen/<int:document_id>", Action.READ)
def document(document_id: int) -> Any:
    """One paper: its number, whether it still stands, and its PDF."""
    paper = queries.get_document(actor(), document_id)
    return see(
        "documents/document.html",
        paper=paper,
        maker=names_of([paper.user_id]).get(paper.user_id),
        offices=names_of_offices(filter(None, (paper.office_code, paper.other_office))),
        check=in_fours(paper.check_value),
        valid=queries.check(paper.check_value).valid,
        back=_back(),
    )


@pages.shows("/dokumen/<int:document_id>.pdf", Action.READ)
def pdf(document_id: int) -> Any:
    """The paper itself, from the facts of its day."""
    name, made = queries.pdf(actor(), document_id)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(made, content_type="application/pdf", headers=headers)


@pages.shows("/periksa", None)
def check() -> Any:
    """Anybody may ask whether a paper is real: by the value on its foot."""
    asked = request.args.get("nilai", "").strip()
    return _checked(asked) if asked else see("documents/check.html", asked="", found=None)


@pages.shows("/periksa/<check_value>", None)
def check_one(check_value: str) -> Any:
    """Where the code on a paper leads."""
    return _checked(check_value)


def _checked(asked: str) -> Any:
    """The answer to strangers: a limited number a minute, as values must not be found by trying."""
    if count_hit(f"check {request.remote_addr or 'unknown'}") > current_app.config["DOCUMENT_CHECKS_PER_MINUTE"]:
        raise TooManyRequests(retry_after=60)
    try:
        return see("documents/check.html", asked=asked[:80], found=queries.check(asked))
    except CheckValueUnknown:
        return see("documents/check.html", asked=asked[:80], found=None), 404
