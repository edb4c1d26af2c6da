"""The table of the code tree."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import by_value
from inventory.database import Base
from inventory.regions.rules import Level


class Region(Base):
    """A node of the tree: `15`, `15.03`, `15.03.04`, `15.03.04.2001`."""

    __tablename__ = "regions"
    code: Mapped[str] = mapped_column(sa.String(13), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    level: Mapped[Level] = mapped_column(by_value(Level))
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("regions.code"), index=True)
