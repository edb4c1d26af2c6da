"""The browsers that a user is signed in with: listed, and ended one by one or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.database import current, table_of, transaction, wire
from inventory.errors import NotFound
from inventory.people import rules
from inventory.people.models import Invitation, User, WebSession
from inventory.people.queries import get_user
from inventory.texts import Text

KEPT = timedelta(days=30)
_SESSIONS = table_of(WebSession)


class SessionNotFound(NotFound):
    """No session of a user in reach has this id."""

    code = "session_not_found"
    text = Text("Sesi {session} tidak ditemukan.", "Session {session} was not found.")


def list_sessions(actor: Actor, user_id: int | None = None) -> Sequence[WebSession]:
    """The sessions that still work, the last used first: one's own, or those of a user of the subtree."""
    if user_id is not None and user_id != actor.user_id:
        access.require(actor, Action.ADMINISTER, get_user(actor, user_id).office_code)
    now = clock.now()
    query = sa.select(WebSession).where(
        WebSession.user_id == (user_id or actor.user_id),
        WebSession.expires_at > now,
        WebSession.seen_at > now - rules.IDLE,
        WebSession.revoked_at.is_(None),
    )
    return current().scalars(query.order_by(WebSession.seen_at.desc(), WebSession.id.desc()).limit(100)).all()


def revoke_session(actor: Actor, session_id: int) -> int:
    """End one's own session, or one of a user of the subtree; answers the user's id. Twice changes nothing."""
    with transaction() as session:
        found = session.get(WebSession, session_id, with_for_update=True)
        unseen = SessionNotFound(session=session_id)
        if found is None:
            raise unseen
        office = session.get_one(User, found.user_id).office_code
        if found.user_id != actor.user_id and not access.may(actor, Action.ADMINISTER, office):
            raise unseen
        if found.revoked_at is None:
            found.revoked_at = clock.now()
            audit.record(session, actor, "revoke_session", "session", session_id, office, user=found.user_id)
        return found.user_id


def end_all(session: Session, user_id: int, but: int | None = None) -> None:
    """End a user's sessions, all but one where it is named, in the caller's transaction."""
    alive = [_SESSIONS.c.user_id == user_id, _SESSIONS.c.revoked_at.is_(None)]
    if but is not None:
        alive.append(_SESSIONS.c.id != but)
    wire(session).execute(sa.update(_SESSIONS).where(*alive).values(revoked_at=clock.now()))


def forget() -> int:
    """Forget sessions and invitations that ended a month ago: a chore. What was done stays in the audit rows."""
    with transaction() as session:
        horizon = clock.now() - KEPT
        session.execute(sa.delete(Invitation).where(Invitation.expires_at < horizon))
        gone = session.execute(sa.delete(WebSession).where(WebSession.expires_at < horizon))
        return int(gone.rowcount)  # type: ignore[attr-defined]
