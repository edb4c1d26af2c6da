"""Reading changes by position, and the webhooks that are told of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.database import current, table_of, wire
from inventory.errors import NotFound
from inventory.hooks.models import DeadLetter, Webhook
from inventory.outbox import Change, ChangeKind
from inventory.paging import Page, Slice, page
from inventory.recordings.models import Recording
from inventory.texts import Text

_CHANGES, _RECORDINGS = table_of(Change), table_of(Recording)
HEAD = sa.select(sa.func.max(_CHANGES.c.position))
# One look goes over so many positions, whatever it looks for, and answers so many recordings and one change more.
_WINDOW = 100_000
_RECORDINGS_TOLD = 5_000


class WebhookNotFound(NotFound):
    """No webhook has this id, or its office is out of the actor's reach."""

    code = "webhook_not_found"
    text = Text("Webhook {webhook} tidak ditemukan.", "Webhook {webhook} was not found.")


class DeadLetterNotFound(NotFound):
    """The webhook was told everything there, or has not come there yet."""

    code = "dead_letter_not_found"
    text = Text(
        "Webhook {webhook} tidak punya perubahan gagal di posisi {position}.",
        "Webhook {webhook} has no dead letter at position {position}.",
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """Which changes somebody wants: of this office and those below it, of these kinds (None is all)."""

    office: str
    kinds: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What was found behind a position. The next look starts at `last`; `more` says that it may find something."""

    items: list[dict[str, Any]]
    last: int
    more: bool


def head() -> int:
    """The last position given; none below it is given any more."""
    return wire(current()).scalar(HEAD) or 0


def read_changes(actor: Actor, after: int, limit: int, kind: ChangeKind | None, office: str | None) -> Look:
    """The changes behind a position in the actor's subtree, in order of position."""
    access.require(actor, Action.READ_RECORDINGS, office or actor.office)
    return look(Wish(office or actor.office, None if kind is None else [kind]), after, limit)


def look(wish: Wish, after: int, limit: int) -> Look:
    """The changes of a wish behind a position, and how far this look went.

    The head is read first: what is found up to it is all there will ever be. Without anything found it goes on from
    where it looked to, so that nobody looks over the same positions twice.
    """
    end = head()
    until = min(end, after + _WINDOW)
    rows = wire(current()).execute(_wanted(wish, after, until).limit(limit)).all()
    kept = _kept(rows)
    filled = len(kept) == limit or len(kept) < len(rows)
    last = kept[-1].position if filled else max(until, after)
    return Look(_shown(kept), last, last < end)


def waits(wish: Wish, after: int) -> tuple[bool, int]:
    """Whether there is something to tell behind a position, and how far was looked."""
    until = min(head(), after + _WINDOW)
    found = wire(current()).execute(_wanted(wish, after, until).limit(1)).first()
    return found is not None, max(until, after)


def at_positions(positions: Iterable[int]) -> list[dict[str, Any]]:
    """These changes."""
    query = sa.select(_CHANGES).where(_CHANGES.c.position.in_(list(positions))).order_by(_CHANGES.c.position)
    return _shown(wire(current()).execute(query).all())


def _wanted(wish: Wish, after: int, until: int) -> Any:
    c = _CHANGES.c
    query = sa.select(_CHANGES).where(
        c.position > after, c.position <= until, access.within(c.office_code, wish.office)
    )
    if wish.kinds is not None:
        query = query.where(c.kind.in_(wish.kinds))
    return query.order_by(c.position)


def _kept(rows: Sequence[Any]) -> Sequence[Any]:
    """As many as have not too many recordings together; one at least."""
    told = 0
    for number, row in enumerate(rows):
        told += len(row.recordings)
        if number and told > _RECORDINGS_TOLD:
            return rows[:number]
    return rows


def _shown(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Changes as they are told, by feed and webhook alike."""
    ids = {recording for row in rows for recording in row.recordings}
    r = _RECORDINGS.c
    known = sa.select(r.id, r.client_id).where(r.id.in_(ids))
    client_ids = {row.id: row.client_id for row in wire(current()).execute(known)} if ids else {}
    return [
        {
            "position": row.position,
            "kind": row.kind,
            "office": row.office_code,
            "event": row.event_id,
            "movement": row.movement_id,
            "recordings": [{"id": one, "client_id": client_ids.get(one)} for one in row.recordings],
            "facts": row.facts,
            "happened_at": row.happened_at,
        }
        for row in rows
    ]


def get_webhook(actor: Actor, webhook_id: int) -> Webhook:
    """One webhook of the actor's subtree; raises `WebhookNotFound`."""
    found = current().get(Webhook, webhook_id)
    unseen = WebhookNotFound(webhook=webhook_id)
    if found is None:
        raise unseen
    access.require(actor, Action.ADMINISTER, found.office_code, unseen=unseen)
    return found


def list_webhooks(actor: Actor, office: str | None, active: bool | None, wanted: Slice) -> Page:  # noqa: FBT001 - a filter
    """The webhooks of the actor's subtree, oldest first."""
    access.require(actor, Action.ADMINISTER, office or actor.office)
    query = sa.select(Webhook).where(access.within(Webhook.office_code, office or actor.office))
    if active is not None:
        query = query.where(Webhook.active == active)
    return page(query, [Webhook.id], wanted)


def list_dead_letters(actor: Actor, webhook_id: int, told: bool | None, wanted: Slice) -> Page:  # noqa: FBT001 - a filter
    """What a webhook would not take, by position."""
    get_webhook(actor, webhook_id)
    query = sa.select(DeadLetter).where(DeadLetter.webhook_id == webhook_id)
    if told is not None:
        query = query.where(DeadLetter.told_at.is_not(None) if told else DeadLetter.told_at.is_(None))
    return page(query, [DeadLetter.position], wanted)


def get_dead_letter(actor: Actor, webhook_id: int, position: int) -> DeadLetter:
    """One dead letter; raises `DeadLetterNotFound`."""
    get_webhook(actor, webhook_id)
    found = current().get(DeadLetter, (webhook_id, position))
    if found is None:
        raise DeadLetterNotFound(webhook=webhook_id, position=position)
    return found
