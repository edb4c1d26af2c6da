"""The tables of the chain."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import ID
from inventory.database import Base


class Seal(Base):
    """The position that a committed movement was given, and the hash over it and everything before it."""

    __tablename__ = "seals"
    position: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False)
    movement_id: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    previous: Mapped[bytes]
    hash: Mapped[bytes]
    sealed_at: Mapped[datetime]


class SealProgress(Base):
    """Where sealing looks from: every movement up to `floor_id` was sealed or never came about.

    A movement may be committed after one with a higher id, but never an hour later: `seen_id` becomes the floor then.
    """

    __tablename__ = "seal_progress"
    id: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False)
    floor_id: Mapped[int] = mapped_column(sa.BigInteger)
    seen_id: Mapped[int] = mapped_column(sa.BigInteger)
    seen_at: Mapped[datetime]
