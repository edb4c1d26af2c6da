"""Reading users and tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from inventory import access, clock, second_person
from inventory.access import Action, Actor, Role
from inventory.database import current, table_of, wire
from inventory.errors import NotFound, RuleViolated
from inventory.offices.rules import covers, superiors_of
from inventory.paging import Page, Slice, page
from inventory.people.models import Token, User
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


def list_tokens(actor: Actor, user_id: int, wanted: Slice) -> Page:
    """The tokens of one user of the actor's subtree; raises `UserNotFound`."""
    get_user(actor, user_id)
    return page(sa.select(Token).where(Token.user_id == user_id), [Token.id], wanted)
