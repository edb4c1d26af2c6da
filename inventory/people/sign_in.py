"""Signing in to the console, what a session's cookie says on each request, and signing out.

`sign_in` is two transactions with the slow hash between them: the try is counted before the password is looked at, so
that many at once get no more tries than one after the other.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import audit, clock, keys
from inventory.access import Actor, Role
from inventory.database import current, table_of, transaction, wire
from inventory.errors import Busy
from inventory.offices.models import Office
from inventory.people import commands, passwords, rules, totp
from inventory.people.models import FailedSignIn, SignIn, User, WebSession
from inventory.people.queries import digest_of
from inventory.people.rules import CodeWrong, SecondFactorMissing, SignInSlowed, SignInWrong


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is behind a session's cookie, and how they want to be spoken to."""

    actor: Actor
    session_id: int
    login: str
    name: str
    language: str
    office_name: str
    time_zone: str
    # The code of the second factor is still wanted before anything else; or it must be set up first.
    needs_code: bool
    needs_set_up: bool


_USERS, _OFFICES, _SIGN_INS, _SESSIONS, _TRIES = (
    table_of(model) for model in (User, Office, SignIn, WebSession, FailedSignIn)
)
_SIGNED = (
    sa.select(
        _USERS.c.id, _USERS.c.role, _USERS.c.office_code, _USERS.c.name, _SIGN_INS.c.login, _SIGN_INS.c.language,
        _SIGN_INS.c.totp_confirmed_at, _OFFICES.c.name.label("office_name"), _OFFICES.c.time_zone,
        _SESSIONS.c.id.label("session_id"), _SESSIONS.c.seen_at, _SESSIONS.c.second_factor_at,
    )
    .join_from(_SESSIONS, _USERS, _USERS.c.id == _SESSIONS.c.user_id)
    .join(_SIGN_INS, _SIGN_INS.c.user_id == _USERS.c.id)
    .join(_OFFICES, _OFFICES.c.code == _USERS.c.office_code)
    .where(
        _SESSIONS.c.digest == sa.bindparam("offered"),
        _SESSIONS.c.expires_at > sa.bindparam("now"),
        _SESSIONS.c.seen_at > sa.bindparam("idle_since"),
        _SESSIONS.c.revoked_at.is_(None),
        _USERS.c.active,
    )
)  # fmt: skip
_SEE = (
    sa.update(_SESSIONS)
    .where(_SESSIONS.c.id == sa.bindparam("seen"), _SESSIONS.c.seen_at < sa.bindparam("at"))
    .values(seen_at=sa.bindparam("at"))
)


def sign_in(login: str, password: str, agent: str, required: frozenset[Role] = frozenset()) -> tuple[str, bool]:
    """Begin a session: its token, and whether a second factor is wanted before anything else.

    Raises `SignInSlowed` without looking at the password when too many tries were wrong, and `SignInWrong`.
    """
    plain = rules.plain_login(login)
    count_try(f"login {plain}")
    query = sa.select(SignIn.user_id, SignIn.password_hash, User.active).join(User, User.id == SignIn.user_id)
    found = current().execute(query.where(SignIn.login == plain)).first() if rules.is_login(plain) else None
    kept: str | None = None if found is None else found.password_hash
    if not passwords.fits(password, kept) or found is None or kept is None or not found.active:
        raise SignInWrong
    renewed = passwords.hashed(password) if passwords.is_outdated(kept) else kept
    with transaction() as session:
        user = session.get(User, found.user_id, with_for_update=True)
        kept_now = session.get(SignIn, found.user_id, with_for_update=True)
        if user is None or kept_now is None or not user.active or kept_now.password_hash != kept:
            raise SignInWrong  # the password was changed, or the user stopped, while it was looked at
        kept_now.password_hash = renewed
        tries = forget_tries(session, f"login {plain}")
        session_id, token = open_session(session, user.id, agent)
        actor = Actor(user.id, user.role, user.office_code)
        audit.record(session, actor, "sign_in", "session", session_id, user.office_code, tries=tries)
        return token, kept_now.totp_confirmed_at is not None or user.role in required


def open_session(session: Session, user_id: int, agent: str) -> tuple[int, str]:
    """Begin a session of a user in the caller's transaction: its id and its token, which is never shown again."""
    token, now = secrets.token_urlsafe(32), clock.now()
    row = {
        "user_id": user_id,
        "digest": digest_of(token),
        "agent": rules.browser_of(agent),
        "created_at": now,
        "seen_at": now,
        "expires_at": now + rules.ABSOLUTE,
    }
    made = wire(session).execute(sa.insert(_SESSIONS).values(**row).returning(_SESSIONS.c.id))
    return int(made.scalar_one()), token


def actor_of_session(token: str, required: frozenset[Role] = frozenset()) -> Signed | None:
    """Who is behind a session's token; None when it is unknown, ended, idle for too long, or its user is not active.

    One statement; and at most once a minute another one that notes the session as used.
    """
    now = clock.now()
    asked = {"offered": digest_of(token), "now": now, "idle_since": now - rules.IDLE}
    row = wire(current()).execute(_SIGNED, asked).first()
    if row is None:
        return None
    if row.seen_at <= now - rules.SEEN_EVERY:
        _note_seen(row.session_id, now)
    wanted = row.second_factor_at is None
    return Signed(
        actor=Actor(row.id, row.role, row.office_code),
        session_id=row.session_id,
        login=row.login,
        name=row.name,
        language=row.language,
        office_name=row.office_name,
        time_zone=row.time_zone,
        needs_code=wanted and row.totp_confirmed_at is not None,
        needs_set_up=wanted and row.totp_confirmed_at is None and row.role in required,
    )


def _note_seen(session_id: int, now: datetime) -> None:
    try:
        with transaction() as session:
            wire(session).execute(_SEE, {"seen": session_id, "at": now})
    except Busy:
        return  # the next request notes it


def sign_out(token: str) -> None:
    """End the session of this token; an ended or unknown one is left as it is."""
    with transaction() as session:
        query = sa.select(WebSession).where(WebSession.digest == digest_of(token)).with_for_update()
        found = session.scalar(query)
        if found is None or found.revoked_at is not None:
            return
        found.revoked_at = clock.now()
        user = session.get_one(User, found.user_id)
        actor = Actor(user.id, user.role, user.office_code)
        audit.record(session, actor, "sign_out", "session", found.id, user.office_code)


def confirm_code(token: str, code: str) -> None:
    """Give a session its second factor; raises `CodeWrong`, `SignInSlowed`, or `SignInWrong` when it has ended."""
    signed = actor_of_session(token)
    if signed is None:
        raise SignInWrong
    count_try(f"code {signed.actor.user_id}")
    with transaction() as session:
        kept = session.get(SignIn, signed.actor.user_id, with_for_update=True)
        if kept is None or kept.totp_confirmed_at is None:
            raise SecondFactorMissing
        use_code(kept, code)
        tries = forget_tries(session, f"code {signed.actor.user_id}")
        session.get_one(WebSession, signed.session_id).second_factor_at = clock.now()
        actor = signed.actor
        audit.record(session, actor, "confirm_code", "session", signed.session_id, actor.office, tries=tries)


def use_code(kept: SignIn, code: str, pointer: str = "/code") -> None:
    """Take a code of the second factor, whose row the caller has locked: it never works again. Raises `CodeWrong`."""
    step = totp.step_of(keys.decrypt(kept.totp_secret or b""), code, clock.now(), kept.totp_last_step)
    if step is None:
        raise CodeWrong(pointer=pointer)
    kept.totp_last_step = step


def check_address(address: str, allowed: int) -> None:
    """Count one try to sign in from an address; raises `SignInSlowed` when it had more than allowed this minute."""
    if commands.count_hit(f"sign-in {address}") > allowed:
        raise SignInSlowed(seconds=60 - clock.now().second)


def count_try(what: str) -> None:
    """Count one try before it is looked at; raises `SignInSlowed`, and counts nothing, when it comes too early.

    Names that nobody has are counted like those that somebody has. They are kept as keyed digests: a password typed
    into the wrong field does not stay.
    """
    key, now = _key(what), clock.now()
    with transaction() as session:
        connection = wire(session)
        connection.execute(sa.delete(_TRIES).where(_TRIES.c.key == key, _TRIES.c.expires_at <= now))
        fresh = {"key": key, "hits": 0, "expires_at": now + rules.FORGOTTEN_AFTER}
        row = connection.execute(commands.upsert_hits(session, fresh, more=0)).one()
        last = row.expires_at - rules.FORGOTTEN_AFTER
        left = last + rules.wait_after(row.hits) - now
        if left.total_seconds() > 0:
            raise SignInSlowed(seconds=math.ceil(left.total_seconds()))
        counted = {"hits": row.hits + 1, "expires_at": now + rules.FORGOTTEN_AFTER}
        connection.execute(sa.update(_TRIES).where(_TRIES.c.key == key).values(**counted))


def forget_tries(session: Session, what: str) -> int:
    """After a right try the wrong ones before it are forgotten; answers how many they were."""
    gone = sa.delete(_TRIES).where(_TRIES.c.key == _key(what)).returning(_TRIES.c.hits)
    return int(wire(session).execute(gone).scalar() or 1) - 1


def _key(what: str) -> str:
    return f"try {keys.blind_index(what).hex()}"
