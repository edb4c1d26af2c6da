"""Telling whoever is in charge, inside the transaction of what happened."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import clock
from inventory.database import insert_ignore, table_of, wire
from inventory.notices.models import Notice
from inventory.notices.rules import NoticeKind

_NOTICES = table_of(Notice)
_MINE = (_NOTICES.c.kind == sa.bindparam("which")) & (_NOTICES.c.subject_id == sa.bindparam("subject"))
_SAY_AGAIN = sa.update(_NOTICES).where(_MINE).values(facts=sa.bindparam("told"), settled_at=None)
_SETTLE = sa.update(_NOTICES).where(_MINE, _NOTICES.c.settled_at.is_(None)).values(settled_at=sa.bindparam("at"))


def tell(session: Session, office: str, kind: NoticeKind, subject_id: int, **facts: Any) -> None:
    """Tell whoever is in charge of the office; of one subject a kind is told once, with the newest facts."""
    row = {
        "office_code": office,
        "kind": kind,
        "subject_id": subject_id,
        "facts": facts,
        "created_at": clock.now(),
        "settled_at": None,
    }
    if not insert_ignore(session, _NOTICES, [row]):
        wire(session).execute(_SAY_AGAIN, {"which": kind, "subject": subject_id, "told": facts})


def settle(session: Session, kind: NoticeKind, subject_id: int) -> None:
    """What was told of is done."""
    wire(session).execute(_SETTLE, {"which": kind, "subject": subject_id, "at": clock.now()})
