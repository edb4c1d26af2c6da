"""Telling webhooks: each in order of position, at least once, by one sender at a time, no transaction open meanwhile.

A sender holds a webhook for a minute and renews that with every change told; one that was killed is followed by
another when the minute is over, which tells again what was told and not yet noted.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from inventory import clock, keys
from inventory.database import current, table_of, transaction, wire
from inventory.hooks import queries, rules
from inventory.hooks.models import DeadLetter, Webhook
from inventory.hooks.queries import Wish
from inventory.hooks.rules import MAX_TRIES, Failure
from inventory.hooks.sending import PUBLIC, Answer, Line, Reach

_HOOKS, _LETTERS = table_of(Webhook), table_of(DeadLetter)
# Longer than any call takes.
_HELD = timedelta(minutes=1)
# So many changes are read at once, and so long one webhook is told before the next one's turn, in seconds.
_BATCH = 100
_TURN = 20
# A webhook that nothing is for is moved on only now and then: a write a round would be too many.
_FAR = 10_000


@dataclass(slots=True)
class Hold:
    """A webhook in the hands of this sender."""

    id: int
    by: str
    version: int
    wish: Wish
    url: str
    secret: str | None
    cursor: int
    failures: int
    tries: int


def due() -> Sequence[int]:
    """The webhooks that there is something new for, or a dead letter to try again, and nobody else's turn."""
    wanted = sa.exists().where(
        _LETTERS.c.webhook_id == _HOOKS.c.id, _LETTERS.c.wanted_at.is_not(None), _LETTERS.c.told_at.is_(None)
    )
    h = _HOOKS.c
    query = sa.select(h.id, h.office_code, h.kinds, h.cursor, wanted.label("wanted"))
    query = query.where(_free(clock.now()), sa.or_(h.cursor < queries.head(), wanted)).order_by(h.id)
    found = []
    for row in wire(current()).execute(query).all():
        new, until = queries.waits(Wish(row.office_code, row.kinds), row.cursor)
        if new or row.wanted:
            found.append(row.id)
        elif until - row.cursor >= _FAR:
            _pass_over(row.id, row.cursor, until)
    current().rollback()
    return found


def _free(now: datetime) -> sa.ColumnElement[bool]:
    h = _HOOKS.c
    return sa.and_(
        h.active,
        sa.or_(h.next_try_at.is_(None), h.next_try_at <= now),
        sa.or_(h.held_until.is_(None), h.held_until < now),
    )


def _pass_over(webhook_id: int, cursor: int, until: int) -> None:
    """Move on over what is not for this webhook."""
    with transaction() as session:
        mine = (_HOOKS.c.id == webhook_id, _HOOKS.c.cursor == cursor, _HOOKS.c.held_by.is_(None))
        session.execute(sa.update(_HOOKS).where(*mine).values(cursor=until))


def send_to(webhook_id: int, reach: Reach = PUBLIC, is_wanted: Callable[[], bool] = lambda: True) -> int:
    """Tell a webhook what it does not know yet, for one turn; answers how many changes it took.

    A webhook that another sender holds is left alone.
    """
    hold = _take(webhook_id)
    if hold is None:
        return 0
    told, end = 0, time.monotonic() + _TURN
    try:
        with Line(hold.url, reach) as line:
            goes_on = True
            for item in _letters(hold):
                goes_on = goes_on and is_wanted() and _try_again(hold, line, item)
                told += goes_on
            while goes_on and is_wanted() and time.monotonic() < end:
                taken, goes_on = _tell_some(hold, line, lambda: is_wanted() and time.monotonic() < end)
                told += taken
    finally:
        _let_go(hold)
    return told


def _take(webhook_id: int) -> Hold | None:
    by, now = secrets.token_hex(8), clock.now()
    with transaction() as session:
        mine = sa.update(_HOOKS).where(_HOOKS.c.id == webhook_id, _free(now))
        session.execute(mine.values(held_by=by, held_until=now + _HELD))
        row = session.execute(sa.select(_HOOKS).where(_HOOKS.c.id == webhook_id, _HOOKS.c.held_by == by)).first()
    if row is None:
        return None
    return Hold(
        row.id, by, row.version, Wish(row.office_code, row.kinds), row.url, _secret(row.secret_secret),
        row.cursor, row.failures, row.tries,
    )  # fmt: skip


def _secret(kept: bytes) -> str | None:
    """The secret; None where its key is gone, which must not keep the other webhooks from being told."""
    try:
        return keys.decrypt(kept)
    except (KeyError, InvalidTag):
        return None


def _let_go(hold: Hold) -> None:
    with transaction() as session:
        mine = (_HOOKS.c.id == hold.id, _HOOKS.c.held_by == hold.by)
        session.execute(sa.update(_HOOKS).where(*mine).values(held_by=None, held_until=None))


def _tell_some(hold: Hold, line: Line, is_wanted: Callable[[], bool]) -> tuple[int, bool]:
    """Tell one batch; answers how many were taken, and whether to go on."""
    look = queries.look(hold.wish, hold.cursor, _BATCH)
    current().rollback()
    told = 0
    for item in look.items:
        if not is_wanted():
            return told, False
        answer = _call(hold, line, item)
        if answer.failure is not None:
            _note_failure(hold, item["position"], answer)
            return told, False
        told += 1
        if not _note_told(hold, item["position"], answer):
            return told, False
    if look.last > hold.cursor and not _move(hold, look.last):
        return told, False
    return told, look.more


def _call(hold: Hold, line: Line, item: dict[str, Any]) -> Answer:
    """One signed call. The delivery's name stays the same when it is repeated, so that a receiver can tell."""
    if hold.secret is None:
        return Answer(failure=Failure.SECRET_UNREADABLE)
    body = json.dumps({**item, "happened_at": item["happened_at"].isoformat()}, separators=(",", ":")).encode()
    return line.call(body, {
        "Blangko-Delivery": f"{hold.id}-{item['position']}",
        "Blangko-Position": str(item["position"]),
        "Blangko-Signature": rules.signature(hold.secret, int(clock.now().timestamp()), body),
    })  # fmt: skip


def _mine(hold: Hold) -> sa.ColumnElement[bool]:
    """Still held by this sender, and neither changed nor sent back meanwhile."""
    h = _HOOKS.c
    return sa.and_(h.id == hold.id, h.held_by == hold.by, h.version == hold.version, h.cursor == hold.cursor)


def _note_told(hold: Hold, position: int, answer: Answer) -> bool:
    """Move on behind a change that was taken; False when the webhook is not in our hands any more."""
    now = clock.now()
    with transaction() as session:
        letter = (_LETTERS.c.webhook_id == hold.id, _LETTERS.c.position == position, _LETTERS.c.told_at.is_(None))
        session.execute(sa.update(_LETTERS).where(*letter).values(told_at=now, wanted_at=None))
        values = {"cursor": position, "failures": 0, "tries": 0, "next_try_at": None, "held_until": now + _HELD,
                  "last_status": answer.status, "last_error": None, "last_told_at": now}  # fmt: skip
        done = session.execute(sa.update(_HOOKS).where(_mine(hold)).values(**values))
    hold.cursor, hold.failures, hold.tries = position, 0, 0
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _move(hold: Hold, position: int) -> bool:
    """Move on over what is not for this webhook."""
    with transaction() as session:
        done = session.execute(sa.update(_HOOKS).where(_mine(hold)).values(cursor=position))
    hold.cursor = position
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _note_failure(hold: Hold, position: int, answer: Answer) -> None:
    """Try again later; a change that failed too often is set aside, so that those behind it are told."""
    now, failures, tries = clock.now(), hold.failures + 1, hold.tries + 1
    dead = tries >= MAX_TRIES
    wait = rules.wait_after(failures, secrets.randbelow(1001) / 1000)
    with transaction() as session:
        values = {"cursor": position if dead else hold.cursor, "failures": failures, "tries": 0 if dead else tries,
                  "next_try_at": now + wait, "last_status": answer.status, "last_error": answer.failure}  # fmt: skip
        done = session.execute(sa.update(_HOOKS).where(_mine(hold)).values(**values))
        if dead and done.rowcount:  # type: ignore[attr-defined]
            session.merge(
                DeadLetter(
                    webhook_id=hold.id, position=position, tries=tries, last_status=answer.status,
                    last_error=answer.failure, dead_at=now, wanted_at=None, told_at=None,
                )
            )  # fmt: skip


def _letters(hold: Hold) -> list[dict[str, Any]]:
    """The dead letters that somebody asked for again."""
    c = _LETTERS.c
    asked = (c.webhook_id == hold.id, c.wanted_at.is_not(None), c.told_at.is_(None))
    query = sa.select(c.position).where(*asked).order_by(c.position).limit(_BATCH)
    positions = wire(current()).scalars(query).all()
    items = queries.at_positions(positions) if positions else []
    current().rollback()
    return items


def _try_again(hold: Hold, line: Line, item: dict[str, Any]) -> bool:
    """Send a dead letter once more; answers whether it was taken."""
    answer = _call(hold, line, item)
    now = clock.now()
    with transaction() as session:
        values: dict[str, Any] = {"wanted_at": None, "last_status": answer.status, "tries": _LETTERS.c.tries + 1}
        values |= {"told_at": now} if answer.failure is None else {"last_error": answer.failure}
        mine = (_LETTERS.c.webhook_id == hold.id, _LETTERS.c.position == item["position"])
        session.execute(sa.update(_LETTERS).where(*mine).values(**values))
        session.execute(sa.update(_HOOKS).where(_mine(hold)).values(held_until=now + _HELD))
    return answer.failure is None
