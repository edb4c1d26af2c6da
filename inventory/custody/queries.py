"""Reading custody sessions, and what lies in somebody's hand."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.offices.queries import store_facts
from inventory.stock.ledger import key_of
from inventory.stock.models import Account, Entry
from inventory.stock.rules import AccountKey, Place


def open_sessions(session: Session, holder_id: int, store_code: str, item_code: str) -> Sequence[CustodySession]:
    """The open sessions of a holder at a store for an item, oldest first, held: none is closed meanwhile.

    Call it after the job and its event are locked, and before the ledger.
    """
    query = sa.select(CustodySession).where(
        CustodySession.holder_id == holder_id,
        CustodySession.status == CustodyStatus.OPEN,
        CustodySession.store_code == store_code,
        CustodySession.item_code == item_code,
    )
    return session.scalars(query.order_by(CustodySession.id).with_for_update(read=True)).all()


def is_open(session: Session, session_id: int) -> bool:
    """Whether the session is open, and held so: only then may a blank go back into its holder's hand."""
    query = sa.select(CustodySession.status).where(CustodySession.id == session_id)
    return session.scalar(query.with_for_update(read=True)) is CustodyStatus.OPEN


def custody_order(session: Session, sessions: Sequence[CustodySession]) -> list[AccountKey]:
    """The accounts (without numbers) that printing draws from: oldest session first, then by the store's own order.

    Never empty for sessions of one store: each has the accounts that it was issued into, be they drained or not.
    """
    query = (
        sa.select(Account)
        .join(Entry, Entry.account_id == Account.id)
        .where(Entry.movement_id.in_([each.movement_id for each in sessions]), Account.place == Place.CUSTODY)
    )
    keys = {key_of(row).tracked(numbered=False) for row in session.scalars(query)}
    rank: dict[str, int] = {}
    if len(keys) > len(sessions):  # only a kit holds goods of several owners
        store = store_facts(sessions[0].store_code)
        rank = {code: index for index, code in enumerate(dict.fromkeys((*store.draw_order, store.office)))}
    return sorted(keys, key=lambda key: (key.document_id, rank.get(key.owner, len(rank)), key.owner))
