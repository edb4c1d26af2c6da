"""Reading the log of looks, and what is held about a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, keys
from inventory.access import Action, Actor, Role
from inventory.database import current
from inventory.offices.rules import superiors_of
from inventory.paging import Page, Slice, page
from inventory.printing.models import Attempt, Card
from inventory.printing.rules import CardStatus
from inventory.recordings.models import Recording
from inventory.recordings.queries import reached
from inventory.residents import rules
from inventory.residents.models import Reveal

# One person's recordings, and looks at them, that one export tells: the newest ones.
MOST = 500
# Who watches over others; everybody else sees the own looks.
_OVERSEERS = frozenset({Role.COORDINATOR, Role.INSPECTOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class LookFilter:
    """Which looks are wanted; None means all."""

    office: str | None = None
    user: int | None = None
    recording: int | None = None


_LOOK = (
    Reveal.id.label("id"),
    Reveal.at.label("at"),
    Reveal.kind.label("kind"),
    Reveal.user_id.label("user"),
    Reveal.role.label("role"),
    Reveal.office_code.label("office"),
    Reveal.recording_id.label("recording"),
    Reveal.reason.label("reason"),
)


def list_looks(actor: Actor, which: LookFilter, wanted: Slice) -> Page:
    """Who was shown whose data, and why: of the actor's subtree to those who watch over it, else the own looks."""
    query = sa.select(*_LOOK)
    if actor.role in _OVERSEERS:
        query = query.where(access.within(Reveal.office_code, actor.office))
    else:
        query = query.where(Reveal.user_id == actor.user_id)
    if which.office is not None:
        access.require(actor, Action.READ_RECORDINGS, which.office)
        query = query.where(access.within(Reveal.office_code, which.office))
    if which.user is not None:
        query = query.where(Reveal.user_id == which.user)
    if which.recording is not None:
        query = query.where(Reveal.recording_id == which.recording)
    return page(query, [Reveal.id], wanted, rows=True)


def held(
    session: Session,
    actor: Actor,
    index: bytes,
    papers: Callable[[Session, Sequence[int]], Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    """What is held about the person behind a keyed index: the newest of it, where it is more than one answer takes."""
    mine = sa.select(*Recording.__table__.columns).where(Recording.nik_index == index, sa.or_(*reached(actor)))
    rows = list(session.execute(mine.order_by(Recording.id.desc()).limit(MOST + 1)))
    names = {row.id: row.name_secret and keys.decrypt(row.name_secret) for row in rows[:MOST]}
    looks = list(session.execute(_looks_at(actor, index, list(names))))
    return {
        "recordings": [_told(row, names[row.id]) for row in rows[:MOST]],
        "cards": [_card(row, names[row.recording]) for row in session.execute(_cards_of(list(names)))],
        "papers": papers(session, list(names)),
        "reveals": looks[:MOST],
        "complete": len(rows) <= MOST and len(looks) <= MOST,
    }


def _told(row: Any, name: str | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "client_id": row.client_id,
        "office": row.office_code,
        "name": name or None,
        "reason": row.reason,
        "status": row.status,
        "failure": row.failure,
        "event": row.event_id,
        "stop": row.stop_id,
        "recorded_at": row.recorded_at,
        "created_at": row.created_at,
        "sfe_at": row.sfe_at,
        "prr_at": row.prr_at,
        "status_at": row.status_at,
        "appeared_at": row.appeared_at,
        "adult_on": row.adult_on,
    }


def _cards_of(recordings: Sequence[int]) -> Any:
    query = sa.select(
        Card.id, Card.recording_id.label("recording"), Card.status, Card.item_code.label("item"),
        Card.store_code.label("store"), Attempt.number, Card.printed_at, Card.issued_at, Card.collector_secret,
        Card.collector_relation,
    ).join(Attempt, Attempt.id == Card.attempt_id)  # fmt: skip
    standing = (Card.recording_id.in_(recordings), Card.status != CardStatus.UNDONE)
    return query.where(*standing).order_by(Card.id.desc())


def _card(row: Any, person: str | None) -> dict[str, Any]:
    told = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented accessor
    secret = told.pop("collector_secret")
    return {**told, "collected_by": rules.shown_collector(secret and keys.decrypt(secret), person)}


def _looks_at(actor: Actor, index: bytes, recordings: Sequence[int]) -> Any:
    """The looks at these recordings, whoever's, and the exports by offices that the actor's one covers or is under."""
    theirs = sa.or_(
        Reveal.recording_id.in_(recordings),
        sa.and_(
            Reveal.recording_id.is_(None),
            sa.or_(access.within(Reveal.office_code, actor.office), Reveal.office_code.in_(superiors_of(actor.office))),
        ),
    )
    return sa.select(*_LOOK).where(Reveal.nik_index == index, theirs).order_by(Reveal.id.desc()).limit(MOST + 1)


def index_key_fits() -> bool | None:
    """Whether the index key is the one that persons are found by; None when there is nobody to try it on."""
    query = sa.select(Recording.nik_secret, Recording.nik_index).where(Recording.purged_at.is_(None))
    row = current().execute(query.order_by(Recording.id.desc()).limit(1)).first()
    return None if row is None else keys.blind_index(keys.decrypt(row.nik_secret)) == row.nik_index
