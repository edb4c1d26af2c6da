"""The table of papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, by_value
from inventory.database import Base
from inventory.documents.rules import DocumentKind


class Document(Base):
    """A paper as it was made: its facts are kept, so it prints the same again; names are ciphertext, and may be purged.

    `subject` names what it tells of (`7`, or `15.03-UTAMA:blangko:blank:2026-03-01:2026-03-31`). `check_value` is 128
    random bits in hexadecimal digits.
    """

    __tablename__ = "documents"
    __table_args__ = (sa.Index(None, "kind", "subject"), sa.Index(None, "office_code", "id"))
    id: Mapped[Id]
    kind: Mapped[DocumentKind] = mapped_column(by_value(DocumentKind))
    number: Mapped[str] = mapped_column(sa.String(120), unique=True)
    subject: Mapped[str] = mapped_column(sa.String(200))
    office_code: Mapped[Code]
    # Who else may read it: a transfer has two ends, pooled goods an owner, and events their members.
    other_office: Mapped[str | None] = mapped_column(sa.String(40))
    owner_office: Mapped[str | None] = mapped_column(sa.String(40))
    event_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    from_event_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    check_value: Mapped[str] = mapped_column(sa.String(32), unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    names_secret: Mapped[bytes | None]
    # A keyed digest of what the paper says: facts changed behind the service's back do not pass for it.
    digest: Mapped[bytes]
    issued_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)


class DocumentPerson(Base):
    """A resident whose card is on a list to sign. The name itself stays with the recording alone."""

    __tablename__ = "document_persons"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True, autoincrement=False)
    recording_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False, index=True)
