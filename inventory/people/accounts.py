"""Who may sign in: invitations, new passwords, the language, and the second factor's set-up.

Hashing a password takes a tenth of a second, so it is done before the transaction, which then looks again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys
from inventory.access import Action, Actor, Role
from inventory.database import current, insert_ignore, table_of, transaction, wire
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.people import passwords, rules, sessions, sign_in, totp
from inventory.people.commands import insert_user
from inventory.people.models import Invitation, SignIn, User, WebSession
from inventory.people.queries import UserNotFound, digest_of
from inventory.people.rules import (
    InvitationEnded,
    Language,
    LoginMissing,
    LoginTaken,
    OwnReset,
    PasswordWrong,
    SecondFactorMissing,
    SecondFactorSet,
)
from inventory.retries import FIRST, Once

_SESSIONS, _INVITATIONS = table_of(WebSession), table_of(Invitation)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link was made for."""

    user_id: int
    name: str
    login: str
    office: str
    office_name: str
    role: Role


def create_user(actor: Actor, name: str, role: Role, office: str, login: str, password: str) -> int:
    """Make a user who can sign in at once: for the terminal, where there is nobody yet to invite. Answers the id."""
    plain = rules.check_login(login)
    passwords.check(password, plain, office)
    kept = passwords.hashed(password)
    with transaction() as session:
        user_id = _insert(session, actor, name, role, office, plain, "create_user")
        sign_in_row = session.get_one(SignIn, user_id)
        sign_in_row.password_hash, sign_in_row.password_set_at = kept, clock.now()
        return user_id


def invite(actor: Actor, name: str, role: Role, office: str, login: str, once: Once = FIRST) -> tuple[int, str | None]:
    """Add a user and make the link by which they choose a password: the user's id, and the link's token.

    The token is shown this once: a repeated request gets the id without it.
    """
    with transaction() as session:
        wrong = [] if rules.is_login(rules.plain_login(login)) else rules.LoginRefused(pointer="/login").faults
        unseen = OfficeNotFound(pointer="/office", office=office)
        unseen.faults += wrong  # both at once: nobody likes to be told of the second after the first
        access.require(actor, Action.ADMINISTER, office, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done, None
        if session.get(Office, office) is None:
            raise unseen
        user_id = _insert(session, actor, name, role, office, rules.check_login(login), "invite")
        return once.keep(session, user_id), _new_link(session, user_id)


def _insert(session: Session, actor: Actor, name: str, role: Role, office: str, login: str, action: str) -> int:
    if session.get(Office, office) is None:
        raise OfficeNotFound(pointer="/office", office=office)
    user_id = insert_user(session, name, role, office)
    _give_login(session, user_id, login)
    audit.record(session, actor, action, "user", user_id, office, role=role)
    return user_id


def _give_login(session: Session, user_id: int, login: str) -> None:
    if not insert_ignore(session, table_of(SignIn), [{"user_id": user_id, "login": login, "language": Language.ID}]):
        raise LoginTaken(pointer="/login", login=login)


def _new_link(session: Session, user_id: int) -> str:
    """A token by which a user chooses a password; the links of before work no more."""
    now = clock.now()
    older = (_INVITATIONS.c.user_id == user_id) & _INVITATIONS.c.used_at.is_(None)
    wire(session).execute(sa.update(_INVITATIONS).where(older).values(used_at=now))
    token = secrets.token_urlsafe(32)
    row = {
        "user_id": user_id,
        "digest": digest_of(token),
        "created_at": now,
        "expires_at": now + rules.INVITED_FOR,
    }
    wire(session).execute(sa.insert(_INVITATIONS).values(**row))
    return token


def reset(actor: Actor, user_id: int, login: str | None = None) -> str:
    """Make a new link for a user of the subtree, who may have lost the password, the phone, or control of both.

    Password, second factor and sessions of before end at once. `login` is for a user who had none. Answers the token.
    """
    with transaction() as session:
        user = session.get(User, user_id, with_for_update=True)
        unseen = UserNotFound(user=user_id)
        if user is None:
            raise unseen
        access.require(actor, Action.ADMINISTER, user.office_code, unseen=unseen)
        if user_id == actor.user_id:
            raise OwnReset
        kept = session.get(SignIn, user_id, with_for_update=True)
        if kept is None and not login:
            raise LoginMissing(pointer="/login", user=user_id)
        if kept is None:
            _give_login(session, user_id, rules.check_login(login or ""))
        else:
            kept.password_hash = None
            _drop(kept)
        sessions.end_all(session, user_id)
        audit.record(session, actor, "reset", "user", user_id, user.office_code)
        return _new_link(session, user_id)


def get_invited(token: str) -> Invited:
    """Whom a link is for; raises `InvitationEnded`."""
    row = current().execute(
        sa.select(User.id, User.name, User.role, User.office_code, SignIn.login, Office.name.label("office_name"))
        .join(Invitation, Invitation.user_id == User.id)
        .join(SignIn, SignIn.user_id == User.id)
        .join(Office, Office.code == User.office_code)
        .where(
            Invitation.digest == digest_of(token),
            Invitation.expires_at > clock.now(),
            Invitation.used_at.is_(None),
            User.active,
        )
    ).first()  # fmt: skip
    if row is None:
        raise InvitationEnded
    return Invited(row.id, row.name, row.login, row.office_code, row.office_name, row.role)


def accept(token: str, password: str) -> int:
    """Choose a password by the link of an invitation, which then works no more. Answers the user's id."""
    invited = get_invited(token)
    passwords.check(password, invited.login, invited.office)
    hashed = passwords.hashed(password)
    with transaction() as session:
        user = session.get_one(User, invited.user_id, with_for_update=True)
        kept = session.get_one(SignIn, invited.user_id, with_for_update=True)
        used = (
            sa.update(_INVITATIONS)
            .where(_INVITATIONS.c.digest == digest_of(token), _INVITATIONS.c.used_at.is_(None))
            .values(used_at=clock.now())
            .returning(_INVITATIONS.c.id)
        )
        if not user.active or wire(session).execute(used).first() is None:
            raise InvitationEnded
        kept.password_hash, kept.password_set_at = hashed, clock.now()
        sign_in.forget_tries(session, f"login {kept.login}")
        actor = Actor(user.id, user.role, user.office_code)
        audit.record(session, actor, "accept_invitation", "user", user.id, user.office_code)
        return user.id


def change_password(actor: Actor, present: str, new: str, session_id: int | None = None) -> None:
    """Change one's own password; every session but the one it is changed in ends."""
    kept = _check_present(actor, present)
    passwords.check(new, kept.login, actor.office, "/new")
    hashed = passwords.hashed(new)
    with transaction() as session:
        kept_now = _same(session, actor, kept.password_hash)
        kept_now.password_hash, kept_now.password_set_at = hashed, clock.now()
        sessions.end_all(session, actor.user_id, but=session_id)
        sign_in.forget_tries(session, f"login {kept.login}")
        audit.record(session, actor, "change_password", "user", actor.user_id, actor.office)


def _check_present(actor: Actor, password: str) -> SignIn:
    """One's own row, when this is one's present password; tries are counted like those of signing in."""
    kept = get_own(actor)
    sign_in.count_try(f"login {kept.login}")
    if not passwords.fits(password, kept.password_hash):
        raise PasswordWrong(pointer="/present")
    return kept


def _same(session: Session, actor: Actor, password_hash: str | None) -> SignIn:
    """One's own row, locked; raises `PasswordWrong` when the password was changed since it was looked at."""
    session.get_one(User, actor.user_id, with_for_update=True)
    kept = session.get_one(SignIn, actor.user_id, with_for_update=True)
    if kept.password_hash != password_hash:
        raise PasswordWrong(pointer="/present")
    return kept


def get_own(actor: Actor) -> SignIn:
    """How one signs in oneself."""
    return current().get_one(SignIn, actor.user_id)


def set_language(actor: Actor, language: Language) -> None:
    """Choose what one reads."""
    with transaction() as session:
        session.get_one(SignIn, actor.user_id, with_for_update=True).language = language
        audit.record(session, actor, "set_language", "user", actor.user_id, actor.office, language=language)


def begin_totp(actor: Actor, session_id: int) -> None:
    """Begin to set up the second factor with a new secret: it is in force once a code of it was typed.

    Until then it belongs to the session that began it, which is kept with it: what is begun in one browser is not
    shown in another, and the last one that begins is the only one that can go on.
    """
    with transaction() as session:
        kept = session.get_one(SignIn, actor.user_id, with_for_update=True)
        if kept.totp_confirmed_at is not None:
            raise SecondFactorSet
        kept.totp_secret = keys.encrypt(f"{session_id}:{totp.new_secret()}")
        audit.record(session, actor, "begin_second_factor", "user", actor.user_id, actor.office)


def pending_totp(actor: Actor, session_id: int) -> tuple[str, str] | None:
    """The secret that this session is setting up, and what its QR code says; None when it is setting up none."""
    kept = get_own(actor)
    secret = _pending(kept, session_id)
    return None if secret is None else (secret, totp.address(secret, kept.login))


def _pending(kept: SignIn, session_id: int) -> str | None:
    if kept.totp_secret is None or kept.totp_confirmed_at is not None:
        return None
    begun_by, _, secret = keys.decrypt(kept.totp_secret).partition(":")
    return secret if begun_by == str(session_id) else None


def confirm_totp(actor: Actor, code: str, session_id: int) -> None:
    """Put the second factor into force by its first code; the session it was typed in has it, the others are asked."""
    sign_in.count_try(f"code {actor.user_id}")
    with transaction() as session:
        kept = session.get_one(SignIn, actor.user_id, with_for_update=True)
        if kept.totp_confirmed_at is not None:
            raise SecondFactorSet
        secret = _pending(kept, session_id)
        if secret is None:
            raise SecondFactorMissing
        kept.totp_secret = keys.encrypt(secret)
        sign_in.use_code(kept, code)
        now = clock.now()
        kept.totp_confirmed_at = now
        here = (_SESSIONS.c.user_id == actor.user_id) & (_SESSIONS.c.id == session_id)
        wire(session).execute(sa.update(_SESSIONS).where(here).values(second_factor_at=now))
        sign_in.forget_tries(session, f"code {actor.user_id}")
        audit.record(session, actor, "set_second_factor", "user", actor.user_id, actor.office)


def drop_totp(actor: Actor, password: str) -> None:
    """Switch the second factor off; where the role needs one, the next page asks for a new one."""
    kept = _check_present(actor, password)
    with transaction() as session:
        kept_now = _same(session, actor, kept.password_hash)
        if kept_now.totp_confirmed_at is None:
            raise SecondFactorMissing
        _drop(kept_now)
        own = _SESSIONS.c.user_id == actor.user_id
        wire(session).execute(sa.update(_SESSIONS).where(own).values(second_factor_at=None))
        sign_in.forget_tries(session, f"login {kept.login}")
        audit.record(session, actor, "drop_second_factor", "user", actor.user_id, actor.office)


def _drop(kept: SignIn) -> None:
    kept.totp_secret = kept.totp_confirmed_at = kept.totp_last_step = None
