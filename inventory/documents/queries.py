"""Reading papers, and telling a stranger whether one is real and still true."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, keys
from inventory.access import Action, Actor, Membership, Role
from inventory.custody.models import CustodySession
from inventory.database import current
from inventory.disposal.models import Destruction
from inventory.disposal.rules import DestructionStatus
from inventory.documents import drawing, rosters
from inventory.documents.consignments import UNDER_WAY, dispatch_of, is_reversed
from inventory.documents.models import Document
from inventory.documents.rules import DocumentKind, check_value_of
from inventory.errors import NotFound
from inventory.opname.models import Count
from inventory.opname.rules import CountStatus
from inventory.paging import Page, Slice, page
from inventory.texts import Text
from inventory.transfers.models import Delivery, Transfer


class DocumentNotFound(NotFound):
    """No document has this id, or it is out of the actor's reach."""

    code = "document_not_found"
    text = Text("Dokumen {document} tidak ditemukan.", "Document {document} was not found.")


class CheckValueUnknown(NotFound):
    """No document has this check value."""

    code = "check_value_unknown"
    text = Text("Tidak ada dokumen dengan nilai periksa itu.", "No document has that check value.")


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which papers are wanted; `office` is either end; None means all."""

    kind: DocumentKind | None = None
    office: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody may know of a paper in their hands."""

    kind: DocumentKind
    number: str
    issued_on: date
    valid: bool


def may_see(actor: Actor, action: Action, offices: tuple[str, ...], events: tuple[int, ...]) -> bool:
    """Whether one of the offices is the actor's to act for, or one of the events let the actor in."""
    return access.may(actor, action, *offices) or any(access.may(actor, action, event_id=event) for event in events)


def get_document(actor: Actor, document_id: int) -> Document:
    """One paper, to those who may read what it tells of; raises `DocumentNotFound`."""
    found = current().get(Document, document_id)
    if found is None or not may_see(actor, Action.READ, _offices(found), _events(found)):
        raise DocumentNotFound(document=document_id)
    return found


def _offices(document: Document) -> tuple[str, ...]:
    return tuple(filter(None, (document.office_code, document.other_office, document.owner_office)))


def _events(document: Document) -> tuple[int, ...]:
    return tuple(filter(None, (document.event_id, document.from_event_id)))


def pdf(actor: Actor, document_id: int) -> tuple[str, bytes]:
    """A paper's plain file name and its PDF; people's names are for those who could have it made, and inspectors."""
    document = get_document(actor, document_id)
    masked = not (access.permits(actor, Action.ISSUE_DOCUMENTS) or actor.role is Role.INSPECTOR)
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", document.number).strip("-.")
    # The residents on a list to sign are for those alone who call them by name, and each look is on record.
    residents = rosters.reveal(actor, document) if access.permits(actor, Action.REVEAL) else {}
    return f"{document.kind}-{plain}.pdf", drawing.pdf(document, masked=masked, residents=residents)


def list_documents(actor: Actor, which: DocumentFilter, wanted: Slice) -> Page:
    """The papers that the actor may read; a filter that names an office out of reach is refused."""
    mine = sa.select(Membership.event_id).where(Membership.user_id == actor.user_id)
    ends = (Document.office_code, Document.other_office, Document.owner_office)
    query = sa.select(Document).where(
        sa.or_(
            *[access.within(end, actor.office) for end in ends],
            Document.event_id.in_(mine),
            Document.from_event_id.in_(mine),
        )
    )
    if which.office is not None:
        access.require(actor, Action.READ, which.office)
        query = query.where(sa.or_(*[access.within(end, which.office) for end in ends[:2]]))
    if which.kind is not None:
        query = query.where(Document.kind == which.kind)
    if which.subject is not None:
        query = query.where(Document.subject == which.subject)
    return page(query, [Document.id], wanted)


def check(typed: str) -> Checked:
    """What a paper with this check value is, and whether what it tells still stands; raises `CheckValueUnknown`."""
    value = check_value_of(typed)
    session = current()
    # Only what could be one is looked up.
    found = (
        session.scalar(sa.select(Document).where(Document.check_value == value))
        if re.fullmatch(r"[0-9a-f]{32}", value)
        else None
    )
    if found is None:
        raise CheckValueUnknown
    issued_on = found.issued_at.astimezone(ZoneInfo(found.facts["zone"])).date()
    whole = hmac.compare_digest(digest_of(found.kind, found.number, found.subject, found.facts), found.digest)
    return Checked(found.kind, found.number, issued_on, whole and _STANDS[found.kind](session, found))


def digest_of(kind: DocumentKind, number: str, subject: str, facts: dict[str, Any]) -> bytes:
    """The keyed digest of what a paper says."""
    said = [kind.value, number, subject, facts]
    return keys.body_digest(json.dumps(said, sort_keys=True, separators=(",", ":")).encode())


def differences() -> Iterator[str]:
    """A paper says what it said when it was made."""
    columns = (Document.id, Document.kind, Document.number, Document.subject, Document.facts, Document.digest)
    query = sa.select(*columns).order_by(Document.id)
    for row in current().execute(query, execution_options={"yield_per": 200}):
        if not hmac.compare_digest(digest_of(row.kind, row.number, row.subject, row.facts), row.digest):
            yield f"document {row.id} ({row.kind} {row.number}): it does not say what it said when it was made"


def _receipt_stands(session: Session, document: Document) -> bool:
    return not is_reversed(session, int(document.subject))


def _dispatch_stands(session: Session, document: Document) -> bool:
    transfer = session.get_one(Transfer, int(document.subject))
    sent = dispatch_of(session, transfer)
    return transfer.status in UNDER_WAY and sent is not None and sent.id == document.facts["movement"]


def _handover_stands(session: Session, document: Document) -> bool:
    undone = sa.select(Delivery.id).where(
        Delivery.id.in_(document.facts["deliveries"]), Delivery.undone_at.is_not(None)
    )
    return session.scalar(undone.limit(1)) is None


def _count_stands(session: Session, document: Document) -> bool:
    return session.get_one(Count, int(document.subject)).status is CountStatus.APPROVED


def _destruction_stands(session: Session, document: Document) -> bool:
    return session.get_one(Destruction, int(document.subject)).status is DestructionStatus.APPROVED


def _session_stands(session: Session, document: Document) -> bool:
    """A sheet tells of the session as it was: of an open one until it is counted, of a closed one for ever."""
    return bool(session.get_one(CustodySession, int(document.subject)).status == document.facts["state"])


def _always(_session: Session, _document: Document) -> bool:
    """A stock card, or a list to sign, tells of one moment, and that stays true."""
    return True


_STANDS: dict[DocumentKind, Callable[[Session, Document], bool]] = {
    DocumentKind.TANDA_TERIMA: _receipt_stands,
    DocumentKind.SURAT_JALAN: _dispatch_stands,
    DocumentKind.BAST: _handover_stands,
    DocumentKind.KARTU_STOK: _always,
    DocumentKind.BA_OPNAME: _count_stands,
    DocumentKind.BA_PEMUSNAHAN: _destruction_stands,
    DocumentKind.SESSION_SHEET: _session_stands,
    DocumentKind.DAFTAR_SERAH: _always,
}
