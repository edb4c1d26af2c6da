"""Making a paper: its facts are stored at that moment, and printed from there ever after."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys
from inventory.access import Action, Actor
from inventory.database import transaction
from inventory.documents import cards, consignments, proceedings, queries, rosters
from inventory.documents.consignments import Gathered
from inventory.documents.facts import Card, DocumentSubjectNotFound, Subject, Waiting, letterhead, signatures
from inventory.documents.models import Document
from inventory.documents.rules import DocumentKind, numbered, numbers_to_try
from inventory.errors import Busy, NotPermitted
from inventory.offices.models import Office
from inventory.retries import FIRST, Once

CHECK_BYTES = 16
_FIND: dict[DocumentKind, Callable[[Session, DocumentKind, int], Subject | None]] = {
    DocumentKind.TANDA_TERIMA: consignments.find_receipt,
    DocumentKind.SURAT_JALAN: consignments.find_transfer,
    DocumentKind.BAST: consignments.find_transfer,
    DocumentKind.BA_OPNAME: proceedings.find_count,
    DocumentKind.BA_PEMUSNAHAN: proceedings.find_destruction,
    DocumentKind.SESSION_SHEET: proceedings.find_session,
    DocumentKind.DAFTAR_SERAH: rosters.find_consignment,
}
_GATHER: dict[DocumentKind, Callable[[Session, Subject], Gathered]] = {
    DocumentKind.TANDA_TERIMA: consignments.receipt_facts,
    DocumentKind.SURAT_JALAN: consignments.dispatch_facts,
    DocumentKind.BAST: consignments.handover_facts,
    DocumentKind.KARTU_STOK: cards.card_facts,
    DocumentKind.BA_OPNAME: proceedings.count_facts,
    DocumentKind.BA_PEMUSNAHAN: proceedings.destruction_facts,
    DocumentKind.SESSION_SHEET: proceedings.session_facts,
    DocumentKind.DAFTAR_SERAH: rosters.roster_facts,
}


def issue(
    actor: Actor, kind: DocumentKind, wanted: int | Card | Waiting, check_url: str = "", once: Once = FIRST
) -> int:
    """Make a paper of something by its id, a stock card, or the list of an event's waiting cards. Answers its id.

    What has not changed since the last paper of its kind gives that paper again. `check_url` is where strangers ask
    about a check value. Raises `DocumentSubjectNotFound`, `DocumentNotReady` and, for cards, `DocumentTooLong`.
    """
    if not access.permits(actor, Action.ISSUE_DOCUMENTS):
        raise NotPermitted(role=actor.role, office=actor.office, action=Action.ISSUE_DOCUMENTS)
    with transaction() as session:
        subject = _found(session, actor, kind, wanted)
        if (done := once.done_before(session)) is not None:
            return done
        # One paper of an office at a time: its numbers run without gaps, and twins find each other.
        session.execute(sa.select(Office.code).where(Office.code == subject.office).with_for_update(key_share=True))
        facts, signers, witnesses = _GATHER[kind](session, subject)
        blocks, names = signatures(session, signers, witnesses)
        facts |= letterhead(session, subject.office) | {"signers": blocks, "check_url": check_url}
        same = sa.select(Document).where(Document.kind == kind, Document.subject == subject.key)
        last = session.scalar(same.order_by(Document.id.desc()).limit(1))
        if last is not None and last.facts == facts:
            return once.keep(session, last.id)
        document = _insert(session, actor, subject, facts, names)
        rosters.keep_persons(session, document)
        told = {"kind": kind, "number": document.number, "of": subject.key}
        audit.record(session, actor, "issue_document", "document", document.id, subject.office, **told)
        return once.keep(session, document.id)


def _found(session: Session, actor: Actor, kind: DocumentKind, wanted: int | Card | Waiting) -> Subject:
    if isinstance(wanted, Card):
        subject = cards.find_card(session, wanted)
        unseen = DocumentSubjectNotFound(pointer="/store", subject=wanted.store, kind=kind)
    elif isinstance(wanted, Waiting):
        subject = rosters.find_waiting(session, wanted)
        unseen = DocumentSubjectNotFound(pointer="/event", subject=wanted.key, kind=kind)
    else:
        subject = _FIND[kind](session, kind, wanted)
        unseen = DocumentSubjectNotFound(pointer="/subject", subject=wanted, kind=kind)
    if subject is None or not queries.may_see(actor, Action.ISSUE_DOCUMENTS, subject.offices, subject.events):
        raise unseen
    return subject


def _insert(
    session: Session, actor: Actor, subject: Subject, facts: dict[str, Any], names: dict[str, dict[str, str]]
) -> Document:
    number = _number(session, subject, facts)
    document = Document(
        kind=subject.kind,
        number=number,
        subject=subject.key,
        office_code=subject.office,
        other_office=subject.other_office,
        owner_office=subject.owner_office,
        event_id=subject.event_id,
        from_event_id=subject.from_event_id,
        check_value=secrets.token_hex(CHECK_BYTES),
        facts=facts,
        names_secret=keys.encrypt(json.dumps(names)),
        digest=queries.digest_of(subject.kind, number, subject.key, facts),
        issued_at=clock.now(),
        user_id=actor.user_id,
    )
    session.add(document)
    try:
        session.flush()
    except IntegrityError as error:  # another office's paper took the number a moment ago
        raise Busy from error
    return document


def _number(session: Session, subject: Subject, facts: dict[str, Any]) -> str:
    """The next number of the office, or the thing's own one where no other paper has it."""
    if subject.own_number:
        tries = numbers_to_try(subject.own_number, subject.office)
        taken = sa.select(sa.literal(1))
        return next(each for each in tries if session.execute(taken.where(Document.number == each)).first() is None)
    newest = (
        sa.select(Document.number)
        .where(Document.office_code == subject.office, Document.kind == subject.kind)
        .order_by(Document.id.desc())
        .limit(1)
    )
    year = clock.business_day(facts["zone"]).year
    return numbered(subject.kind, subject.office, year, session.scalar(newest))
