"""Changing users and tokens."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor, Role
from inventory.database import current, transaction
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.people import sessions
from inventory.people.models import FailedSignIn, Token, User
from inventory.people.queries import TokenNotFound, UserNotFound, digest_of
from inventory.retries import FIRST, Once

DAYS = 90
WINDOW = timedelta(minutes=1)


def system_actor() -> Actor:
    """The actor of command line calls: the ministry's first administrator, made when there is none."""
    return Actor(user_at(Role.ADMIN, "0"), Role.ADMIN, "0")


def user_at(role: Role, office: str) -> int:
    """The id of the standing user for a role at an office, made when there is none."""
    name = f"{role}@{office}"
    query = sa.select(User.id).filter_by(name=name, role=role, office_code=office, active=True)
    found = current().scalar(query)
    if found is not None:
        return found
    with transaction() as session:
        if session.get(Office, office) is None:
            raise OfficeNotFound(office=office)
        return insert_user(session, name, role, office)


def insert_user(session: Session, name: str, role: Role, office: str) -> int:
    """Write a user in the caller's transaction; answers the id."""
    row = sa.insert(User).values(name=name, role=role, office_code=office, active=True)
    return int(session.execute(row.returning(User.id)).scalar_one())


def add_user(actor: Actor, name: str, role: Role, office: str, once: Once = FIRST) -> int:
    """Add a user to an office of the actor's subtree. Answers the user's id."""
    with transaction() as session:
        unseen = OfficeNotFound(pointer="/office", office=office)
        access.require(actor, Action.ADMINISTER, office, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        if session.get(Office, office) is None:
            raise unseen
        user_id = insert_user(session, name, role, office)
        audit.record(session, actor, "add_user", "user", user_id, office, role=role)
        return once.keep(session, user_id)


def set_active(actor: Actor, user_id: int, *, active: bool, once: Once = FIRST) -> int:
    """Let a user work, or work no more: their tokens stop at once, their sessions for good.

    Answers the user's id; twice changes nothing.
    """
    with transaction() as session:
        user = session.get(User, user_id, with_for_update=True)
        unseen = UserNotFound(user=user_id)
        if user is None:
            raise unseen
        access.require(actor, Action.ADMINISTER, user.office_code, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        if user.active is not active:
            user.active = active
            if not active:
                sessions.end_all(session, user_id)
            audit.record(session, actor, "set_active", "user", user_id, user.office_code, active=active)
        return once.keep(session, user_id)


def issue_token(actor: Actor, user_id: int, label: str, lifetime: timedelta = timedelta(days=DAYS)) -> tuple[int, str]:
    """Make a token for a user: its id and the token itself, which is never shown again."""
    with transaction() as session:
        user = session.get(User, user_id)
        unseen = UserNotFound(user=user_id)
        if user is None:
            raise unseen
        access.require(actor, Action.ADMINISTER, user.office_code, unseen=unseen)
        token = f"blk_{secrets.token_urlsafe(32)}"
        now = clock.now()
        row = {
            "user_id": user_id,
            "digest": digest_of(token),
            "label": label,
            "created_at": now,
            "expires_at": now + lifetime,
        }
        token_id = int(session.execute(sa.insert(Token).values(**row).returning(Token.id)).scalar_one())
        audit.record(session, actor, "issue_token", "token", token_id, user.office_code, user=user_id)
        return token_id, token


def revoke_token(actor: Actor, token_id: int) -> None:
    """End a token now."""
    with transaction() as session:
        row = session.execute(
            sa.select(Token, User.office_code).join(User, User.id == Token.user_id).where(Token.id == token_id)
        ).first()
        unseen = TokenNotFound(token=token_id)
        if row is None:
            raise unseen
        access.require(actor, Action.ADMINISTER, row.office_code, unseen=unseen)
        row.Token.revoked_at = row.Token.revoked_at or clock.now()
        audit.record(session, actor, "revoke_token", "token", token_id, row.office_code)


def revoke_labelled(label: str) -> None:
    """End every token with this label: the demo makes its tokens anew at each start."""
    with transaction() as session:
        session.execute(
            sa.update(Token).where(Token.label == label, Token.revoked_at.is_(None)).values(revoked_at=clock.now())
        )


def count_hit(what: str) -> int:
    """Count one wrong token, or one open question, from an address; answers how many the present minute has had."""
    now = clock.now()
    key = f"{what} {now:%Y-%m-%dT%H:%M}"
    with transaction() as session:
        session.execute(sa.delete(FailedSignIn).where(FailedSignIn.expires_at < now))
        upsert = upsert_hits(session, {"key": key, "hits": 1, "expires_at": now + WINDOW}, more=1)
        return int(session.execute(upsert).scalar_one())


def upsert_hits(session: Session, row: dict[str, Any], more: int) -> Any:
    """The statement that begins a count or adds to it, locks its row, and answers its `hits` and `expires_at`."""
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    statement = insert(FailedSignIn).values(row)
    return statement.on_conflict_do_update(
        index_elements=[FailedSignIn.key], set_={"hits": FailedSignIn.hits + more}
    ).returning(FailedSignIn.hits, FailedSignIn.expires_at)
