"""Residents on papers: which paper names whom, and taking them off again. What a paper's digest covers stays."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import keys
from inventory.database import insert_many, table_of, wire
from inventory.documents.models import Document, PaperPerson
from inventory.recordings.queries import chunks

# Under this the names of a paper are those of residents, by the id of their recording.
RESIDENTS = "residents"
MOST = 500


def note_persons(session: Session, document_id: int, recordings: Iterable[int]) -> None:
    """Remember whom a new paper names."""
    rows = [{"document_id": document_id, "recording_id": each} for each in sorted(set(recordings))]
    if rows:
        insert_many(session, table_of(PaperPerson), rows)


def papers_of(session: Session, recordings: Sequence[int]) -> list[dict[str, Any]]:
    """The newest papers that name the persons of these recordings."""
    query = sa.select(Document.id, Document.kind, Document.number, Document.issued_at).where(
        Document.id.in_(sa.select(PaperPerson.document_id).where(PaperPerson.recording_id.in_(recordings)))
    )
    rows = session.execute(query.order_by(Document.id.desc()).limit(MOST))
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented accessor


def forget_persons(session: Session, recordings: Sequence[int]) -> None:
    """Take the persons of these recordings off every paper that names them; the papers stay true."""
    named: defaultdict[int, set[int]] = defaultdict(set)
    for part in chunks(recordings):
        found = sa.select(PaperPerson.document_id, PaperPerson.recording_id).where(PaperPerson.recording_id.in_(part))
        for document, recording in session.execute(found):
            named[document].add(recording)
    for part in chunks(sorted(named)):
        papers = sa.select(Document.id, Document.names_secret).where(Document.id.in_(part)).order_by(Document.id)
        for document, secret in session.execute(papers.with_for_update()).all():
            if secret:
                fewer = keys.encrypt(json.dumps(_without(json.loads(keys.decrypt(secret)), named[document])))
                wire(session).execute(sa.update(Document).where(Document.id == document).values(names_secret=fewer))
    for part in chunks(recordings):
        wire(session).execute(sa.delete(PaperPerson).where(PaperPerson.recording_id.in_(part)))


def _without(names: dict[str, Any], recordings: set[int]) -> dict[str, Any]:
    gone = {str(each) for each in recordings}
    residents = {key: name for key, name in names.get(RESIDENTS, {}).items() if key not in gone}
    return {**names, RESIDENTS: residents}
