"""The table of who was shown whose data."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.access import Role
from inventory.columns import Code, Id, by_value
from inventory.database import Base
from inventory.residents.rules import LookKind


class Reveal(Base):
    """One look of one user at one person's data, with the reason; never the data.

    `office_code` is the recording's office, of an export the user's own. `nik_index` is there to tell the person, and
    is purged with the person.
    """

    __tablename__ = "reveals"
    __table_args__ = (
        sa.Index(None, "user_id", "at"),
        sa.Index(None, "office_code", "id"),
        sa.Index(None, "recording_id"),
        sa.Index(None, "nik_index"),
    )
    id: Mapped[Id]
    at: Mapped[datetime]
    kind: Mapped[LookKind] = mapped_column(by_value(LookKind))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    role: Mapped[Role] = mapped_column(by_value(Role))
    office_code: Mapped[Code]
    recording_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recordings.id"))
    nik_index: Mapped[bytes | None]
    reason: Mapped[str] = mapped_column(sa.String(200))
