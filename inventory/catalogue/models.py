"""The table of items."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.catalogue.rules import ItemKind
from inventory.columns import Code, by_value
from inventory.database import Base


class Item(Base):
    """Something that is stocked; each blank version is an item of its own in one family."""

    __tablename__ = "items"
    __table_args__ = (
        sa.CheckConstraint("pack_size > 0", "pack_size"),
        sa.CheckConstraint("cards_per_unit IS NULL OR cards_per_unit > 0", "cards_per_unit"),
    )
    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[ItemKind] = mapped_column(by_value(ItemKind))
    family: Mapped[Code]
    version: Mapped[str | None] = mapped_column(sa.String(40))
    unit: Mapped[str] = mapped_column(sa.String(40))
    pack_size: Mapped[int]
    cards_per_unit: Mapped[int | None]
