"""The tables of users and tokens."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.access import Role
from inventory.columns import Id, by_value
from inventory.database import Base


class User(Base):
    """A person with one role at one office."""

    __tablename__ = "users"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Role] = mapped_column(by_value(Role))
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"), index=True)
    active: Mapped[bool] = mapped_column(default=True)


class Token(Base):
    """A bearer token: only its SHA-256 is kept, so it can be shown once and never again."""

    __tablename__ = "tokens"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """How often one address offered a wrong token, or asked an open question, in the present window."""

    __tablename__ = "failed_sign_ins"
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
