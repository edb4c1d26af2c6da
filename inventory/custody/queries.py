"""Reading custody sessions, and what lies in somebody's hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, clock
from inventory.access import Action, Actor, Membership
from inventory.custody import rules
from inventory.custody.models import CustodySession
from inventory.custody.rules import Change, CustodyStatus, Fed, Spent
from inventory.database import current
from inventory.errors import NotFound
from inventory.offices.models import Office
from inventory.offices.queries import store_facts, store_for
from inventory.offices.rules import TIME_ZONES
from inventory.paging import Page, Slice, page
from inventory.stock import intervals
from inventory.stock.ledger import key_of
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.rules import AccountKey, Condition, MovementKind, Place
from inventory.texts import Text

# Answers the open run that a locked session feeds, if any: the layers below printing ask it so.
Feeding = Callable[[Session, CustodySession], Fed | None]
UNFINISHED = (CustodyStatus.OPEN, CustodyStatus.DISPUTED)
_PRINTING = (MovementKind.PRINTING, MovementKind.PRINTING_UNDO)


class CustodyNotFound(NotFound):
    """No custody session has this id, or it is out of the actor's reach."""

    code = "custody_not_found"
    text = Text("Sif {session} tidak ditemukan.", "Custody session {session} was not found.")


@dataclass(frozen=True, slots=True)
class CustodyFilter:
    """Which sessions are wanted; None means all. `overdue` ones are unfinished and of an earlier business day."""

    office: str | None = None
    store: str | None = None
    status: CustodyStatus | None = None
    holder: int | None = None
    overdue: bool | None = None


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
    keys = {key_of(row).tracked(numbered=False) for row in session.scalars(_accounts_of(sessions))}
    rank: dict[str, int] = {}
    if len(keys) > len(sessions):  # only a kit holds goods of several owners
        store = store_facts(sessions[0].store_code)
        rank = {code: index for index, code in enumerate(dict.fromkeys((*store.draw_order, store.office)))}
    return sorted(keys, key=lambda key: (key.document_id, rank.get(key.owner, len(rank)), key.owner))


def _accounts_of(sessions: Sequence[CustodySession]) -> sa.Select[Any]:
    """The accounts that these sessions were issued into: all that their blanks ever lie in while they are in a hand."""
    issues = [each.movement_id for each in sessions]
    query = sa.select(Account).join(Entry, Entry.account_id == Account.id)
    return query.where(Entry.movement_id.in_(issues), Account.place == Place.CUSTODY)


def unfinished_of(session: Session, holder_id: int) -> list[tuple[int, Any]]:
    """The open and disputed sessions of a holder, wherever, with their days."""
    query = sa.select(CustodySession.id, CustodySession.opened_on).where(
        CustodySession.holder_id == holder_id, CustodySession.status.in_(UNFINISHED)
    )
    return [(row.id, row.opened_on) for row in session.execute(query)]


def overdue(session: Session) -> Sequence[CustodySession]:
    """All unfinished sessions of an earlier business day, held."""
    query = sa.select(CustodySession).join(Office, Office.code == CustodySession.office_code).where(is_overdue())
    return session.scalars(query.order_by(CustodySession.id).with_for_update(of=CustodySession)).all()


def unfinished_in(store_code: str) -> list[int]:
    """The open and disputed sessions of a store: an event kit is closed only when there is none."""
    query = sa.select(CustodySession.id).where(
        CustodySession.store_code == store_code, CustodySession.status.in_(UNFINISHED)
    )
    return list(current().scalars(query.order_by(CustodySession.id)))


def spent_of(sessions: Sequence[CustodySession]) -> dict[int, Spent]:
    """What was printed and spoiled from each of these sessions, as the ledger has it."""
    mine = _accounts_of(sessions).with_only_columns(Account.id)
    prints = (
        sa.select(Entry.movement_id)
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Entry.account_id.in_(mine), Movement.kind.in_(_PRINTING))
    )
    columns = (Entry.movement_id, Account.place, Account.document_id, Account.condition)
    query = (
        sa.select(*columns, sa.cast(sa.func.sum(Entry.quantity), sa.BigInteger).label("quantity"))
        .join(Account, Account.id == Entry.account_id)
        .where(Entry.movement_id.in_(prints))
        .group_by(*columns)
    )
    found = rules.spent(Change(*row) for row in current().execute(query))
    return {each.id: found.get(each.id, Spent()) for each in sessions}


def get_session(actor: Actor, session_id: int) -> dict[str, Any]:
    """One session with the numbers in its holder's hand now; raises `CustodyNotFound`."""
    found = current().get(CustodySession, session_id)
    unseen = CustodyNotFound(session=session_id)
    if found is None:
        raise unseen
    access.require(actor, Action.READ, found.office_code, event_id=found.event_id or None, unseen=unseen)
    [shown] = _shown([found])
    accounts = current().scalars(_accounts_of([found]).with_only_columns(Account.id)).all()
    there = intervals.in_accounts(current(), accounts) if found.numbered else {}
    return {**shown, "intervals": rules.pairs(span for spans in there.values() for span in spans)}


def list_sessions(actor: Actor, which: CustodyFilter, wanted: Slice) -> Page:
    """The sessions of the actor's subtree, and those of the events the actor was let into."""
    mine = sa.select(Membership.event_id).where(Membership.user_id == actor.user_id)
    query = sa.select(CustodySession).where(
        sa.or_(access.within(CustodySession.office_code, actor.office), CustodySession.event_id.in_(mine))
    )
    if which.office is not None:
        access.require(actor, Action.READ, which.office)
        query = query.where(access.within(CustodySession.office_code, which.office))
    if which.store is not None:
        store_for(actor, Action.READ, which.store)
        query = query.where(CustodySession.store_code == which.store)
    if which.status is not None:
        query = query.where(CustodySession.status == which.status)
    if which.holder is not None:
        query = query.where(CustodySession.holder_id == which.holder)
    if which.overdue is not None:
        query = query.join(Office, Office.code == CustodySession.office_code)
        query = query.where(is_overdue() if which.overdue else sa.not_(is_overdue()))
    batch = page(query, [CustodySession.id], wanted)
    return Page(_shown(batch.items), batch.next)


def is_overdue() -> sa.ColumnElement[bool]:
    """Whether a session is unfinished and of an earlier business day; the query joins its `Office`."""
    earlier = [
        sa.and_(Office.time_zone == zone, CustodySession.opened_on < clock.business_day(zone))
        for zone in TIME_ZONES.values()
    ]
    return sa.and_(CustodySession.status.in_(UNFINISHED), sa.or_(*earlier))


def _shown(sessions: Sequence[CustodySession]) -> list[dict[str, Any]]:
    """The columns of each session, with what is in the holder's hand, what was printed and how the counters compare."""
    balances = _accounts_of(sessions).with_only_columns(
        Account.document_id, sa.cast(sa.func.sum(Account.balance), sa.BigInteger)
    )
    in_hand = {row[0]: row[1] for row in current().execute(balances.group_by(Account.document_id))}
    offices = sa.select(Office.code, Office.time_zone).where(Office.code.in_({each.office_code for each in sessions}))
    today = {row.code: clock.business_day(row.time_zone) for row in current().execute(offices)}
    spent = spent_of(sessions)
    return [
        {
            **{column.key: getattr(each, column.key) for column in CustodySession.__table__.columns},
            "in_hand": in_hand[each.id],
            "printed": spent[each.id].printed,
            "spoiled": spent[each.id].spoiled,
            "compared": rules.compared(spent[each.id], each.printer_count, each.siak_count),
            "overdue": each.status in UNFINISHED and each.opened_on < today[each.office_code],
        }
        for each in sessions
    ]


def differences() -> Iterator[str]:
    """One sentence for every difference between what sessions say and what the ledger has; three queries."""
    yield from _held_by_nobody()
    yield from _sessions_and_their_movements()
    yield from _sessions_and_their_balances()


def _rows(query: sa.Executable) -> Iterator[Any]:
    return iter(current().execute(query, execution_options={"yield_per": 1_000}))


def _total(condition: Any, column: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(sa.case((condition, column), else_=0)), 0), sa.BigInteger)


def _held_by_nobody() -> Iterator[str]:
    mine = sa.and_(
        CustodySession.id == Account.document_id,
        CustodySession.store_code == Account.store_code,
        CustodySession.item_code == Account.item_code,
        CustodySession.status.in_(UNFINISHED),
    )
    query = (
        sa.select(Account.document_id, Account.store_code, Account.item_code, Account.balance)
        .outerjoin(CustodySession, mine)
        .where(Account.place == Place.CUSTODY, Account.balance != 0)
        .where(sa.or_(CustodySession.id.is_(None), Account.condition != Condition.BLANK))
    )
    for row in _rows(query):
        yield (
            f"custody session {row.document_id}: the ledger has {row.balance} {row.item_code} of {row.store_code} in a"
            " hand, no open session says so"
        )


def _sessions_and_their_movements() -> Iterator[str]:
    kinds = (MovementKind.CUSTODY, MovementKind.CUSTODY_RETURN, MovementKind.WRITE_OFF)
    done = (
        sa.select(Account.document_id, *[_total(Movement.kind == kind, Entry.quantity).label(kind) for kind in kinds])
        .join(Entry, Entry.account_id == Account.id)
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Account.place == Place.CUSTODY)
        .group_by(Account.document_id)
        .subquery()
    )
    issued, back, lost = [sa.func.coalesce(done.c[kind], 0) for kind in kinds]
    closed = CustodySession.status == CustodyStatus.CLOSED
    said = (
        CustodySession.issued,
        sa.func.coalesce(CustodySession.returned, 0),
        sa.case((closed, CustodySession.missing), else_=0),
    )
    query = (
        sa.select(CustodySession.id, *[each.label(f"said{i}") for i, each in enumerate(said)])
        .add_columns(issued.label("issued"), (-back).label("back"), (-lost).label("lost"))
        .outerjoin(done, done.c.document_id == CustodySession.id)
        .where(sa.or_(said[0] != issued, said[1] != -back, said[2] != -lost))
    )
    for row in _rows(query):
        yield (
            f"custody session {row.id}: it says {row.said0} issued, {row.said1} returned, {row.said2} written off; the"
            f" ledger has {row.issued}, {row.back}, {row.lost}"
        )


def _sessions_and_their_balances() -> Iterator[str]:
    there = (
        sa.select(Account.document_id, _total(sa.true(), Account.balance).label("balance"))
        .where(Account.place == Place.CUSTODY)
        .group_by(Account.document_id)
        .subquery()
    )
    balance = sa.func.coalesce(there.c.balance, 0)
    query = (
        sa.select(CustodySession.id, CustodySession.missing, balance.label("balance"))
        .outerjoin(there, there.c.document_id == CustodySession.id)
        .where(CustodySession.status == CustodyStatus.DISPUTED, CustodySession.missing != balance)
    )
    for row in _rows(query):
        yield f"custody session {row.id}: {row.missing} are missing, the ledger has {row.balance} in the hand"
