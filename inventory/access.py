"""Who may do what, and where: a role names the actions, the office names the subtree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.database import Base, current
from inventory.errors import NotFound, NotPermitted
from inventory.offices.models import Office
from inventory.offices.rules import OfficeLevel, covers, level_of
from inventory.texts import Text


class Role(StrEnum):
    """What a user is, in one office."""

    CLERK = "clerk"
    COORDINATOR = "coordinator"
    PRINTER = "printer"
    FIELD = "field"
    INSPECTOR = "inspector"
    ADMIN = "admin"


class Action(StrEnum):
    """Everything a route can ask permission for."""

    READ = "read"
    READ_RECORDINGS = "read_recordings"
    MOVE_STOCK = "move_stock"
    TRANSFER = "transfer"
    APPROVE = "approve"
    PLEDGE = "pledge"
    RUN_EVENTS = "run_events"
    RECORD = "record"
    PRINT = "print"
    REPORT_COVERAGE = "report_coverage"
    ISSUE_DOCUMENTS = "issue_documents"
    REVEAL = "reveal"
    SET_POLICY = "set_policy"
    INSPECT = "inspect"
    ADMINISTER = "administer"


_STOCK_DESK = {Action.READ, Action.TRANSFER, Action.PLEDGE, Action.ISSUE_DOCUMENTS}
PERMITTED: dict[Role, frozenset[Action]] = {
    Role.CLERK: frozenset(_STOCK_DESK | {Action.MOVE_STOCK}),
    Role.COORDINATOR: frozenset(
        _STOCK_DESK
        | {Action.READ_RECORDINGS, Action.APPROVE, Action.RUN_EVENTS, Action.REPORT_COVERAGE, Action.SET_POLICY}
    ),
    Role.PRINTER: frozenset(
        {Action.READ, Action.READ_RECORDINGS, Action.RECORD, Action.PRINT, Action.ISSUE_DOCUMENTS, Action.REVEAL}
    ),
    Role.FIELD: frozenset({Action.READ, Action.READ_RECORDINGS, Action.RECORD}),
    Role.INSPECTOR: frozenset({Action.READ, Action.READ_RECORDINGS, Action.INSPECT}),
    Role.ADMIN: frozenset(Action),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The user behind a request: every change carries one."""

    user_id: int
    role: Role
    office: str


class OutOfReach(NotPermitted):
    """A filter or a field names an office outside the actor's subtree."""

    code = "out_of_reach"
    text = Text(
        "Dinas {asked} di luar jangkauan Anda; Anda melihat Dinas {office} dan yang di bawahnya.",
        "Office {asked} is out of your reach; you see office {office} and those below it.",
    )


class Membership(Base):
    """Lets one user of another office into one event, with the role the user has at home."""

    __tablename__ = "event_members"
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)


def permits(actor: Actor, action: Action) -> bool:
    """Whether the role knows the action at all, wherever."""
    return action in PERMITTED[actor.role]


def may(actor: Actor, action: Action, *offices: str, event_id: int | None = None) -> bool:
    """Whether the actor may do `action` where one of `offices` answers, or inside an event they were let into."""
    if not permits(actor, action):
        return False
    return any(covers(actor.office, office) for office in offices) or (
        event_id is not None and is_member(actor, event_id)
    )


def is_member(actor: Actor, event_id: int) -> bool:
    """Whether the actor was let into the event by its host."""
    query = sa.select(sa.literal(1)).where(Membership.event_id == event_id, Membership.user_id == actor.user_id)
    return current().execute(query).first() is not None


def require(
    actor: Actor, action: Action, *offices: str, event_id: int | None = None, unseen: NotFound | None = None
) -> None:
    """Raise unless `may()`: `NotPermitted` for the role; `unseen` (or `OutOfReach`) for the place."""
    if not permits(actor, action):
        raise NotPermitted(role=actor.role, office=actor.office, action=action)
    if may(actor, action, *offices, event_id=event_id):
        return
    raise unseen or OutOfReach(office=actor.office, asked=", ".join(offices))


def within(column: Any, root: str) -> sa.ColumnElement[bool]:
    """The SQL condition that `column` holds an office code of the subtree of `root`, in a form that indexes serve."""
    return within_any(column, level_of(root), root)


def within_any(column: Any, level: OfficeLevel, root: Any) -> sa.ColumnElement[bool]:
    """The same where `root` may be a parameter: for a statement that is put together once for a level of offices."""
    if level is OfficeLevel.MINISTRY:
        return sa.true()
    if level is OfficeLevel.REGENCY:
        return sa.and_(column == root)
    return sa.and_(column.in_(sa.select(Office.code).where(sa.or_(Office.code == root, Office.parent_code == root))))
