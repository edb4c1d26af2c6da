"""Reading users and tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inventory import access, clock, second_person
from inventory.access import Action, Actor, Role
from inventory.columns import UTCDateTime
from inventory.database import current, table_of, wire
from inventory.errors import NotFound, RuleViolated
from inventory.offices.models import Office
from inventory.offices.rules import covers, superiors_of
from inventory.paging import Page, Slice, page
from inventory.people.models import Invitation, SignIn, Token, User, WebSession
from inventory.people.rules import PersonState
from inventory.texts import Text


class UserNotFound(NotFound):
    """No user has this id, or they are out of the actor's reach."""

    code = "user_not_found"
    text = Text("Pengguna {user} tidak ditemukan.", "User {user} was not found.")


class TokenNotFound(NotFound):
    """No token has this id, or its user is out of the actor's reach."""

    code = "token_not_found"
    text = Text("Token {token} tidak ditemukan.", "Token {token} was not found.")


class CounterUnknown(RuleViolated):
    """Who counts is an active user of the store's office or of one above it."""

    code = "counter_unknown"
    text = Text(
        "Pengguna {user} bukan pengguna aktif Dinas {office} atau Dinas di atasnya.",
        "User {user} is no active user of office {office} or of one above it.",
    )


def digest_of(token: str) -> bytes:
    """What is kept of a token. It has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()


_USERS, _TOKENS = table_of(User), table_of(Token)
_ACTOR_OF = (
    sa.select(_USERS.c.id, _USERS.c.role, _USERS.c.office_code)
    .join(_TOKENS, _TOKENS.c.user_id == _USERS.c.id)
    .where(
        _TOKENS.c.digest == sa.bindparam("offered"),
        _TOKENS.c.expires_at > sa.bindparam("now"),
        _TOKENS.c.revoked_at.is_(None),
        _USERS.c.active,
    )
)


def actor_of(token: str) -> Actor | None:
    """The actor behind a valid token; None when it is unknown, expired, revoked, or its user is not active."""
    asked = {"offered": digest_of(token), "now": clock.now()}
    row = wire(current()).execute(_ACTOR_OF, asked).first()
    return None if row is None else Actor(row.id, row.role, row.office_code)


def check_counters(people: Sequence[int], office: str, pointer: str = "/counted_by") -> None:
    """Raise `NotTwoPeople` or `CounterUnknown` unless two people are named who may count at this office."""
    second_person.check_two(people, pointer)
    unknown = []
    for index, user_id in enumerate(people):
        try:
            get_counter(user_id, office, f"{pointer}/{index}")
        except CounterUnknown as error:
            unknown.append(error)
    if len(unknown) == 1:
        raise unknown[0]
    if unknown:
        faults = [fault for error in unknown for fault in error.faults]
        raise CounterUnknown(
            faults=faults, user=", ".join(str(error.facts["user"]) for error in unknown), office=office
        )


def get_counter(user_id: int, office: str, pointer: str) -> User:
    """One active user of this office or of one above it; raises `CounterUnknown`."""
    found = current().get(User, user_id)
    if found is None or not found.active or not covers(found.office_code, office):
        raise CounterUnknown(pointer=pointer, user=user_id, office=office)
    return found


def get_user(actor: Actor, user_id: int) -> User:
    """One user of the actor's subtree; raises `UserNotFound`."""
    found = current().get(User, user_id)
    if found is None or not covers(actor.office, found.office_code):
        raise UserNotFound(user=user_id)
    return found


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """What these users are called: for showing who did what the reader may read already."""
    wanted = {user_id for user_id in user_ids if user_id}
    if not wanted:
        return {}
    rows = current().execute(sa.select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which users are wanted; None means all."""

    office: str | None = None
    role: Role | None = None
    active: bool | None = None


def list_users(actor: Actor, which: UserFilter, wanted: Slice) -> Page:
    """The users of the actor's subtree and of the offices above: who counts, holds and witnesses is named by number."""
    above = superiors_of(actor.office)
    query = sa.select(User).where(sa.or_(access.within(User.office_code, actor.office), User.office_code.in_(above)))
    if which.office is not None:
        if which.office not in above:
            access.require(actor, Action.READ, which.office)
        query = query.where(User.office_code == which.office)
    if which.role is not None:
        query = query.where(User.role == which.role)
    if which.active is not None:
        query = query.where(User.active == which.active)
    return page(query, [User.id], wanted)


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """Which people an administrator looks for; None means all. `named` is part of a name or of a user name."""

    office: str | None = None
    role: Role | None = None
    state: PersonState | None = None
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A user as an administrator sees them."""

    id: int
    name: str
    role: Role
    office: str
    office_name: str
    active: bool
    login: str | None
    has_password: bool
    second_factor: bool
    invited_until: datetime | None
    seen_at: datetime | None

    @property
    def state(self) -> PersonState:
        """How they stand with the console."""
        if not self.active:
            return PersonState.INACTIVE
        if self.login is None:
            return PersonState.TOKENS_ONLY
        return PersonState.ACTIVE if self.has_password else PersonState.INVITED


_SEEN = sa.select(sa.func.max(WebSession.seen_at)).where(WebSession.user_id == User.id).scalar_subquery()
_INVITED = (
    sa.select(sa.func.max(Invitation.expires_at))
    .where(Invitation.user_id == User.id, Invitation.used_at.is_(None))
    .scalar_subquery()
)
_PEOPLE = (
    sa.select(
        User.id, User.name, User.role, User.office_code.label("office"), Office.name.label("office_name"), User.active,
        SignIn.login, SignIn.password_hash.is_not(None).label("has_password"),
        SignIn.totp_confirmed_at.is_not(None).label("second_factor"),
        sa.type_coerce(_INVITED, UTCDateTime()).label("invited_until"),
        sa.type_coerce(_SEEN, UTCDateTime()).label("seen_at"),
    )
    .join(Office, Office.code == User.office_code)
    .outerjoin(SignIn, SignIn.user_id == User.id)
)  # fmt: skip
_IN_STATE = {
    PersonState.INACTIVE: User.active.is_(False),
    PersonState.TOKENS_ONLY: sa.and_(User.active, SignIn.login.is_(None)),
    PersonState.ACTIVE: sa.and_(User.active, SignIn.password_hash.is_not(None)),
    PersonState.INVITED: sa.and_(User.active, SignIn.login.is_not(None), SignIn.password_hash.is_(None)),
}


def list_people(actor: Actor, which: PersonFilter, wanted: Slice) -> Page:
    """The people of the subtree as an administrator sees them, each a `Person`."""
    access.require(actor, Action.ADMINISTER, which.office or actor.office)
    query = _PEOPLE.where(access.within(User.office_code, which.office or actor.office))
    if which.role is not None:
        query = query.where(User.role == which.role)
    if which.state is not None:
        query = query.where(_IN_STATE[which.state])
    if which.named:
        part = which.named.lower()
        query = query.where(
            sa.or_(
                sa.func.lower(User.name).contains(part, autoescape=True), SignIn.login.contains(part, autoescape=True)
            )
        )
    found = page(query, [User.id], wanted, rows=True)
    return Page([Person(*row) for row in found.items], found.next)


def get_person(actor: Actor, user_id: int) -> Person:
    """One of the people of the subtree; raises `UserNotFound`."""
    row = current().execute(_PEOPLE.where(User.id == user_id)).first()
    if row is None:
        raise UserNotFound(user=user_id)
    access.require(actor, Action.ADMINISTER, row.office, unseen=UserNotFound(user=user_id))
    return Person(*row)


def list_tokens(actor: Actor, user_id: int, wanted: Slice) -> Page:
    """The tokens of one user of the actor's subtree; raises `UserNotFound`."""
    get_user(actor, user_id)
    return page(sa.select(Token).where(Token.user_id == user_id), [Token.id], wanted)
