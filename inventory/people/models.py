"""The tables of users, their tokens, passwords, sessions and invitations."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.access import Role
from inventory.columns import Id, by_value
from inventory.database import Base
from inventory.people.rules import Language


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


class SignIn(Base):
    """How a user signs in to the console: none for those who only have tokens."""

    __tablename__ = "sign_ins"
    __table_args__ = (sa.CheckConstraint("login = lower(login)", "login"),)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, autoincrement=False)
    login: Mapped[str] = mapped_column(sa.String(40), unique=True)
    # None until the invitation is taken up.
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    password_set_at: Mapped[datetime | None]
    # Encrypted, and in force from its confirmation on; until then it stands behind the id of the session that began it
    # and a colon. Of the 30 second steps the last one used never works again.
    totp_secret: Mapped[bytes | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    language: Mapped[Language] = mapped_column(by_value(Language), default=Language.ID)


class WebSession(Base):
    """One browser that signed in: only the SHA-256 of its cookie is kept."""

    __tablename__ = "sessions"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    agent: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]


class Invitation(Base):
    """A link by which a user chooses a password, once: only its SHA-256 is kept."""

    __tablename__ = "invitations"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
