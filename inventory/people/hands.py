"""Whom a page offers by name: who may count or approve at an office, and who may hold its blanks."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from inventory.access import PERMITTED, Action, Role
from inventory.database import current
from inventory.offices.rules import superiors_of
from inventory.people.models import SignIn, User

_MOST = 300


@dataclass(frozen=True, slots=True)
class Hand:
    """An active user as a page offers them."""

    id: int
    name: str
    role: Role
    office: str


def counters_of(office: str) -> list[Hand]:
    """The active users who may count at this office: its own first, then those above it."""
    return _active(office)


def holders_of(office: str) -> list[Hand]:
    """The active users who may hold blanks of this office and print from them: its own first."""
    return _active(office, User.role.in_([role for role, known in PERMITTED.items() if Action.PRINT in known]))


def approvers_of(office: str) -> list[Hand]:
    """The people who may approve what was done at this office: its own first, then those above it.

    A user who only has tokens is a system, whom nobody can ask.
    """
    approves = User.role.in_([role for role, known in PERMITTED.items() if Action.APPROVE in known])
    return _active(office, approves, sa.exists().where(SignIn.user_id == User.id))


def _active(office: str, *conditions: sa.ColumnElement[bool]) -> list[Hand]:
    places = [office, *superiors_of(office)]
    query = sa.select(User.id, User.name, User.role, User.office_code).where(
        User.active, User.office_code.in_(places), *conditions
    )
    found = current().execute(query.order_by(sa.func.length(User.office_code).desc(), User.name, User.id).limit(_MOST))
    return [Hand(*row) for row in found]
