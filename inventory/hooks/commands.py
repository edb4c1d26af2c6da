"""Numbering what happened, telling of shortfalls, and changing webhooks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys, outbox
from inventory.access import Action, Actor
from inventory.database import current, table_of, transaction, wire
from inventory.errors import StaleVersion
from inventory.hooks import queries, rules
from inventory.hooks.models import DeadLetter, ToldShortfall, Webhook
from inventory.hooks.queries import DeadLetterNotFound, WebhookNotFound
from inventory.hooks.rules import LetterTold, ReplayAhead
from inventory.hooks.sending import PUBLIC, Reach
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.offices.rules import MINISTRY
from inventory.outbox import Change, ChangeKind
from inventory.paging import Slice
from inventory.planning import queries as planning
from inventory.planning.queries import Shortfall
from inventory.retries import FIRST, Once
from inventory.seals.models import Seal

_CHANGES, _SEALS = table_of(Change), table_of(Seal)
# The locks of the one numberer, and the one teller of shortfalls, at a time on PostgreSQL: any numbers of nobody else.
_NUMBERING, _TELLING = 7_201_910, 7_201_911
# So many changes are looked for at once, and so many are numbered by one transaction.
_LOOK = 20_000
_BATCH = 1_000
# Shortfalls are looked for so many days ahead, all at once.
_DAYS_AHEAD = 30
_EVERY_SHORTFALL = 1_000_000
_GIVE = sa.update(_CHANGES).where(_CHANGES.c.id == sa.bindparam("change")).values(position=sa.bindparam("given"))


def number_changes() -> int:
    """Give what happened its position, in the order of the seals; answers how many got one.

    A change is committed with its movement, so whoever sees the seal sees the change: no change of a lower seal can
    turn up later, whatever its id. What belongs to no movement gets the next position when it is seen.
    """
    numbered = 0
    while ids := _unnumbered():
        for start in range(0, len(ids), _BATCH):
            numbered += _number_some(ids[start : start + _BATCH])
        if len(ids) < _LOOK:
            break
    current().rollback()  # nothing is held while the numberer sleeps
    return numbered


def _unnumbered() -> Sequence[int]:
    c = _CHANGES.c
    query = (
        sa.select(c.id)
        .outerjoin(_SEALS, _SEALS.c.movement_id == c.movement_id)
        .where(c.position.is_(None), sa.or_(c.movement_id.is_(None), _SEALS.c.position.is_not(None)))
        .order_by(c.movement_id.is_(None), _SEALS.c.position, c.id)
        .limit(_LOOK)
    )
    return wire(current()).scalars(query).all()


def _number_some(ids: Sequence[int]) -> int:
    """Number these in their order, those left out that another numberer took."""
    with transaction() as session:
        _alone(session, _NUMBERING)
        c = _CHANGES.c
        new = set(session.scalars(sa.select(c.id).where(c.id.in_(ids), c.position.is_(None))))
        start = queries.head() + 1
        rows = [{"change": one, "given": at} for at, one in enumerate((i for i in ids if i in new), start)]
        if rows:
            wire(session).execute(_GIVE, rows)
    return len(rows)


def _alone(session: Session, lock: int) -> None:
    """One at a time: SQLite's write lock sees to it by itself."""
    if wire(session).dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))


def raise_shortfalls(actor: Actor) -> int:
    """Tell of every event and office of the nation that runs short: once while it lasts, again when it got worse.

    Answers how many were told.
    """
    found: list[Shortfall] = planning.shortfalls(actor, MINISTRY, _DAYS_AHEAD, None, Slice(_EVERY_SHORTFALL)).page.items
    current().rollback()
    told = 0
    with transaction() as session:
        _alone(session, _TELLING)
        now = clock.now()
        known = {row.subject: row for row in session.scalars(sa.select(ToldShortfall))}
        for short in found:
            subject = f"{short.kind} {short.event or short.office}"
            row = known.pop(subject, None)
            if row is not None:
                row.seen_at = now
                if not rules.is_worse((row.severity, row.quantity), (short.severity, short.quantity)):
                    continue
            else:
                row = ToldShortfall(subject=subject, seen_at=now)
                session.add(row)
            row.severity, row.quantity, row.told_at = short.severity, short.quantity, now
            _tell(session, short)
            told += 1
        for row in known.values():
            if now - row.seen_at > rules.FORGOTTEN_AFTER:
                session.delete(row)
    return told


def _tell(session: Session, short: Shortfall) -> None:
    outbox.tell(
        session,
        ChangeKind.SHORTFALL_RAISED,
        short.office,
        event_id=short.event,
        subject=short.kind,
        severity=short.severity,
        quantity=short.quantity,
        needed_on=short.needed_on.isoformat(),
        days_left=short.days_left,
    )


def add_webhook(
    actor: Actor,
    office: str,
    url: str,
    kinds: Sequence[ChangeKind] | None = None,
    after: int | None = None,
    reach: Reach = PUBLIC,
    once: Once = FIRST,
) -> tuple[int, str]:
    """Call an address with the changes of an office: the webhook's id, and its secret, which is never shown again.

    It begins behind the position `after`, or with what comes from now on. A repeated asking answers the id and no
    secret. Raises `TargetRefused` and `TargetUnknown`.
    """
    unseen = OfficeNotFound(pointer="/office", office=office)
    access.require(actor, Action.ADMINISTER, office, unseen=unseen)
    reach.target(url)  # before the transaction: looking up a name takes its time
    with transaction() as session:
        if session.get(Office, office) is None:
            raise unseen
        if (done := once.done_before(session)) is not None:
            return done, ""
        secret = f"blh_{secrets.token_urlsafe(32)}"
        end = queries.head()
        if after is not None and after > end:
            raise ReplayAhead(pointer="/after", cursor=end)
        hook = Webhook(
            office_code=office, url=url, kinds=_plain(kinds), secret_secret=keys.encrypt(secret), active=True,
            cursor=end if after is None else after, failures=0, tries=0, version=1, created_at=clock.now(),
            user_id=actor.user_id,
        )  # fmt: skip
        session.add(hook)
        session.flush()
        audit.record(session, actor, "add_webhook", "webhook", hook.id, office, host=_host(url, reach), after=after)
        return once.keep(session, hook.id), secret


def change_webhook(
    actor: Actor, webhook_id: int, version: int, changes: dict[str, Any], reach: Reach = PUBLIC, once: Once = FIRST
) -> int:
    """Change where a webhook goes, what it is told, or whether it is told at all; then it is tried again at once."""
    queries.get_webhook(actor, webhook_id)
    current().rollback()
    if "url" in changes:
        reach.target(changes["url"])
    with transaction() as session:
        hook = _locked(session, actor, webhook_id)
        if (done := once.done_before(session)) is not None:
            return done
        if hook.version != version:
            raise StaleVersion(subject="webhook", key=webhook_id, what="Webhook", current=hook.version, yours=version)
        if "kinds" in changes:
            changes = changes | {"kinds": _plain(changes["kinds"])}
        for name, value in changes.items():
            setattr(hook, name, value)
        hook.version += 1
        _try_at_once(hook)
        told = {name: _host(value, reach) if name == "url" else value for name, value in changes.items()}
        audit.record(session, actor, "change_webhook", "webhook", webhook_id, hook.office_code, **told)
        return once.keep(session, webhook_id)


def replay(actor: Actor, webhook_id: int, after: int, once: Once = FIRST) -> int:
    """Tell a webhook again everything behind a position; raises `ReplayAhead`."""
    with transaction() as session:
        hook = _locked(session, actor, webhook_id)
        if (done := once.done_before(session)) is not None:
            return done
        if after > hook.cursor:
            raise ReplayAhead(pointer="/after", cursor=hook.cursor)
        audit.record(session, actor, "replay", "webhook", webhook_id, hook.office_code, after=after, cursor=hook.cursor)
        hook.cursor = after
        _try_at_once(hook)
        return once.keep(session, webhook_id)


def retry_dead_letter(actor: Actor, webhook_id: int, position: int, once: Once = FIRST) -> int:
    """Ask for a dead letter to be sent once more; raises `DeadLetterNotFound`, `LetterTold`."""
    with transaction() as session:
        hook = _locked(session, actor, webhook_id)
        if (done := once.done_before(session)) is not None:
            return done
        letter = session.get(DeadLetter, (webhook_id, position), with_for_update=True)
        if letter is None:
            raise DeadLetterNotFound(webhook=webhook_id, position=position)
        if letter.told_at is not None:
            raise LetterTold(position=position)
        letter.wanted_at = clock.now()
        hook.next_try_at = None
        audit.record(session, actor, "retry", "webhook", webhook_id, hook.office_code, position=position)
        return once.keep(session, position)


def _locked(session: Session, actor: Actor, webhook_id: int) -> Webhook:
    hook = session.get(Webhook, webhook_id, with_for_update=True)
    unseen = WebhookNotFound(webhook=webhook_id)
    if hook is None:
        raise unseen
    access.require(actor, Action.ADMINISTER, hook.office_code, unseen=unseen)
    return hook


def _try_at_once(hook: Webhook) -> None:
    hook.failures, hook.tries, hook.next_try_at = 0, 0, None


def _plain(kinds: Sequence[ChangeKind] | None) -> list[str] | None:
    return None if kinds is None else sorted({kind.value for kind in kinds})


def _host(url: str, reach: Reach) -> str:
    """What the audit says of an address: its path may hold a secret."""
    return rules.target_of(url, local=reach.local).host
