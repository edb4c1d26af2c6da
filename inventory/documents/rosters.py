"""The list to sign when cards are handed over: whose cards they are is known by their recordings alone.

Names stay with the recordings, encrypted, and are looked up when the paper is drawn: who was forgotten is masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import keys, niks
from inventory.access import Actor
from inventory.database import insert_many, table_of, transaction
from inventory.documents.consignments import Gathered
from inventory.documents.facts import Signer, Subject, Waiting, event_name, place
from inventory.documents.models import Document, DocumentPerson
from inventory.documents.rules import MAX_LINES, DocumentKind, DocumentNotReady, DocumentTooLong
from inventory.outreach.models import Event, Stop
from inventory.printing.ageing import WAITING
from inventory.printing.consignment_rules import ConsignmentStatus
from inventory.printing.models import Card, CardConsignment
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks
from inventory.regions.models import Region
from inventory.residents.commands import note_paper

_UNIT = "kartu"
_NEWEST = 500


def find_consignment(session: Session, kind: DocumentKind, consignment_id: int) -> Subject | None:
    """The consignment of cards of a list."""
    row = session.get(CardConsignment, consignment_id, with_for_update={"read": True})
    return None if row is None else Subject(kind, str(row.id), row, row.office_code, event_id=row.event_id)


def find_waiting(session: Session, wanted: Waiting) -> Subject | None:
    """The event of a list, with the stop that is one of it."""
    event = session.get(Event, wanted.event)
    stop = session.get(Stop, wanted.stop) if wanted.stop is not None else None
    if event is None or (wanted.stop is not None and (stop is None or stop.event_id != event.id)):
        return None
    return Subject(DocumentKind.DAFTAR_SERAH, wanted.key, (event, stop), event.host_office, event_id=event.id)


def roster_facts(session: Session, subject: Subject) -> Gathered:
    """The cards that are out with a consignment, or those that wait where they were printed, by name."""
    if isinstance(subject.row, CardConsignment):
        return _consignment_facts(session, subject)
    event, stop = subject.row
    mine = Recording.event_id == event.id
    whose = sa.or_(mine, Card.event_id == event.id) if stop is None else sa.and_(mine, Recording.stop_id == stop.id)
    here = (Card.office_code == event.host_office, Card.consignment_id.is_(None))
    facts = {
        "to": stop.name if stop is not None else "",
        "event": event.name,
        "lines": _lines(session, subject, [whose, *here], "waiting"),
    }
    return facts, [Signer("Yang menyerahkan"), Signer("Mengetahui", official=False)], {}


def _consignment_facts(session: Session, subject: Subject) -> Gathered:
    sent: CardConsignment = subject.row
    region = session.get_one(Region, sent.region_code)
    facts = {
        "to": f"{region.name} ({region.code})",
        "role": sent.recipient_role,
        "store": place(session, sent.store_code),
        "event": event_name(session, sent.event_id),
        "document_number": sent.document_number,
        "sent_on": sent.sent_on.isoformat(),
        "due_on": sent.due_on.isoformat() if sent.due_on else None,
        "lines": _lines(session, subject, [Card.consignment_id == sent.id], sent.status),
    }
    name = keys.decrypt(sent.recipient_secret) if sent.recipient_secret else ""
    head = {"name": name, "institution": f"{sent.recipient_role} {region.name}"}
    signers = [
        Signer("Yang menitipkan", sent.user_id),
        Signer("Yang menerima titipan", witness="recipient"),
        Signer("Mengetahui", office="Kepala Dinas"),
    ]
    return facts, signers, {"recipient": head}


def _lines(
    session: Session, subject: Subject, conditions: Iterable[Any], status: str | ConsignmentStatus
) -> list[dict[str, Any]]:
    """A row a waiting card, in the order of the residents' names, which are not told here."""
    query = (
        sa.select(Card.recording_id, Recording.name_secret)
        .join(Recording, Recording.id == Card.recording_id)
        .where(WAITING, *conditions)
        .limit(MAX_LINES + 1)
    )
    rows = session.execute(query).all()
    if not rows:
        raise DocumentNotReady(kind=subject.kind, subject=subject.key, status=status)
    if len(rows) > MAX_LINES:
        raise DocumentTooLong(pointer="/subject", limit=MAX_LINES)
    named = [(keys.decrypt(row.name_secret).casefold() if row.name_secret else "", row.recording_id) for row in rows]
    return [{"unit": _UNIT, "quantity": 1, "recording": recording} for _, recording in sorted(named)]


def persons_of(document: Document) -> list[int]:
    """The recordings whose cards are on a list; none for any other paper."""
    if document.kind is not DocumentKind.DAFTAR_SERAH:
        return []
    return [line["recording"] for line in document.facts["lines"]]


def keep_persons(session: Session, document: Document) -> None:
    """Note whose cards are on a new list, so that each can be told which papers name them."""
    rows = [{"document_id": document.id, "recording_id": recording} for recording in sorted(persons_of(document))]
    if rows:
        insert_many(session, table_of(DocumentPerson), rows)


def reveal(actor: Actor, document: Document) -> dict[int, dict[str, str]]:
    """The names and masked NIKs behind a list, by recording; who was shown them is on record, person by person."""
    found: dict[int, dict[str, str]] = {}
    looked: list[tuple[int, str, bytes]] = []
    columns = (Recording.id, Recording.office_code, Recording.nik_secret, Recording.nik_index, Recording.name_secret)
    with transaction() as session:
        for part in chunks(sorted(persons_of(document))):
            known = sa.select(*columns).where(Recording.id.in_(part), Recording.purged_at.is_(None))
            for row in session.execute(known.with_for_update(read=True)):
                name = keys.decrypt(row.name_secret) if row.name_secret else ""
                found[row.id] = {"name": name, "nik": niks.masked(keys.decrypt(row.nik_secret))}
                looked.append((row.id, row.office_code, row.nik_index))
        note_paper(session, actor, document.number, looked)
    return found


def naming(session: Session, recordings: Sequence[int]) -> list[dict[str, Any]]:
    """The newest papers that name the persons of these recordings."""
    columns = (Document.id, Document.kind, Document.number, Document.issued_at)
    found = {
        row.id: dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented accessor
        for part in chunks(recordings)
        for row in session.execute(
            sa.select(*columns)
            .join(DocumentPerson, DocumentPerson.document_id == Document.id)
            .where(DocumentPerson.recording_id.in_(part))
        )
    }
    return [found[document] for document in sorted(found, reverse=True)[:_NEWEST]]
