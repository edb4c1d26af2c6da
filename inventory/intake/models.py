"""The tables of imports, of their bad lines, and of how an office's files name their columns."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Id, by_value
from inventory.database import Base
from inventory.intake.rules import ImportState


class Import(Base):
    """One file that was sent. `file_digest` is keyed: of bytes, profile and flags that decide what the file says."""

    __tablename__ = "imports"
    __table_args__ = (sa.Index(None, "office_code", "file_digest"), sa.Index(None, "office_code", "id"))
    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"))
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    file_digest: Mapped[bytes]
    profile: Mapped[str | None] = mapped_column(sa.String(60))
    dry_run: Mapped[bool]
    partial: Mapped[bool]
    state: Mapped[ImportState] = mapped_column(by_value(ImportState))
    lines_total: Mapped[int]
    lines_read: Mapped[int]
    created: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]
    faults: Mapped[int]
    problem: Mapped[str | None] = mapped_column(sa.String(60))
    same_as: Mapped[int | None] = mapped_column(sa.BigInteger)
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportFault(Base):
    """What is wrong with one cell of an import: where, and why; never what the cell holds."""

    __tablename__ = "import_faults"
    __table_args__ = (sa.Index(None, "import_id", "id"),)
    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"))
    number: Mapped[int]
    field: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str] = mapped_column(sa.String(60))
    indonesian: Mapped[str] = mapped_column(sa.String(500))
    english: Mapped[str] = mapped_column(sa.String(500))


class ImportProfile(Base):
    """How the files of an office are read: which column is what, which word means what, what no column says."""

    __tablename__ = "import_profiles"
    __table_args__ = (sa.UniqueConstraint("office_code", "name"),)
    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"))
    name: Mapped[str] = mapped_column(sa.String(60))
    columns: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    words: Mapped[dict[str, dict[str, str]]] = mapped_column(sa.JSON)
    constants: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    delimiter: Mapped[str | None] = mapped_column(sa.String(1))
    sheet: Mapped[str | None] = mapped_column(sa.String(80))
    version: Mapped[int]
    used_at: Mapped[datetime | None]
