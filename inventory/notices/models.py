"""The table of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, by_value
from inventory.database import Base
from inventory.notices.rules import NoticeKind


class Notice(Base):
    """Something of an office that waits for somebody in charge; settled when what it tells of is."""

    __tablename__ = "notices"
    __table_args__ = (sa.UniqueConstraint("kind", "subject_id"), sa.Index(None, "office_code", "settled_at"))
    id: Mapped[Id]
    office_code: Mapped[Code]
    kind: Mapped[NoticeKind] = mapped_column(by_value(NoticeKind))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
