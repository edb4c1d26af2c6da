"""What a custody session came to: the blanks that were taken, and the cards that were made of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inventory.access import Actor
from inventory.custody import queries as custody
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import current
from inventory.printing.models import Attempt, Card
from inventory.printing.rules import CardStatus, Outcome
from inventory.stock.models import Account, Entry
from inventory.stock.rules import Place, SpoilReason

_STANDING = (CardStatus.ISSUED, CardStatus.WAITING, CardStatus.LOST)


def session_report(actor: Actor, session_id: int) -> dict[str, Any]:
    """The closing report of a session, or how far it has come; raises `CustodyNotFound`.

    What was taken = printed + spoiled + returned + missing + what is still in hand. `opening` is what the holder had in
    hand already when it was handed out; `difference` is what came back too many, less what is missing.
    """
    shown = custody.get_session(actor, session_id)
    tried = _tried(session_id)
    spoiled = {reason: tried.get((Outcome.SPOILED, reason), 0) for reason in SpoilReason}
    cards = cards_of(session_id)
    missing, surplus = shown["missing"] or 0, shown["surplus"]
    # In the books a difference lies in the hand until it is settled; here it is told as what it is.
    in_hand = 0 if shown["status"] is CustodyStatus.DISPUTED else shown["in_hand"]
    return {
        **{name: shown[name] for name in ("id", "office_code", "store_code", "item_code", "event_id", "holder_id")},
        **{name: shown[name] for name in ("status", "opened_on", "opened_at", "closed_at", "returned")},
        "opening": _carried_in(session_id),
        "taken": shown["issued"],
        "printed": sum(cards.values()),
        "spoiled": {reason.value: quantity for reason, quantity in spoiled.items()},
        "spoiled_total": sum(spoiled.values()),
        "in_hand": in_hand,
        "missing": missing,
        "surplus": surplus,
        "difference": surplus - missing,
        "cards": {status.value: cards.get(status, 0) for status in _STANDING},
    }


def _tried(session_id: int) -> dict[tuple[Outcome, SpoilReason | None], int]:
    """How the attempts on the blanks of a session ended that were not undone."""
    query = (
        sa.select(Attempt.outcome, Attempt.reason, sa.func.count())
        .where(Attempt.custody_id == session_id, Attempt.undone_by.is_(None))
        .group_by(Attempt.outcome, Attempt.reason)
    )
    return {(row[0], row[1]): int(row[2]) for row in current().execute(query)}


def cards_of(session_id: int) -> dict[CardStatus, int]:
    """Where the cards stand that were made of the blanks of a session."""
    query = (
        sa.select(Card.status, sa.func.count())
        .join(Attempt, Attempt.id == Card.attempt_id)
        .where(Attempt.custody_id == session_id, Attempt.undone_by.is_(None), Card.status.in_(_STANDING))
        .group_by(Card.status)
        .order_by(Card.status)
    )
    return {row[0]: int(row[1]) for row in current().execute(query)}


def _carried_in(session_id: int) -> int:
    """What the same hand held of the same store's goods before: of other sessions of that day, as earlier ones end."""
    mine = current().get_one(CustodySession, session_id)
    c = CustodySession
    earlier = sa.select(c.movement_id).where(
        c.holder_id == mine.holder_id,
        c.opened_on == mine.opened_on,
        c.store_code == mine.store_code,
        c.item_code == mine.item_code,
        c.id < mine.id,
    )
    hands = (
        sa.select(Account.id)
        .join(Entry, Entry.account_id == Account.id)
        .where(Entry.movement_id.in_(earlier), Account.place == Place.CUSTODY)
    )
    held = sa.select(sa.func.coalesce(sa.func.sum(Entry.quantity), 0)).where(
        Entry.account_id.in_(hands), Entry.movement_id < mine.movement_id
    )
    return int(current().scalar(held) or 0)
