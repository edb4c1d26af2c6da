"""The table of notice boards."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import by_value
from inventory.database import Base
from inventory.notice_board.rules import Exactness


class NoticeBoard(Base):
    """Whether an office shows its figures to everybody, how exactly, and inside whose pages; none without a row."""

    __tablename__ = "notice_boards"
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"), primary_key=True)
    shown: Mapped[bool]
    exactness: Mapped[Exactness] = mapped_column(by_value(Exactness))
    # Origins with a space between, as a Content-Security-Policy names them.
    frame_ancestors: Mapped[str] = mapped_column(sa.String(1000))
    updated_at: Mapped[datetime]
    version: Mapped[int]
