"""Reading numbers: the hands that one passed, and those that nobody accounts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.blanks.rules import GapKind, state_of
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import current
from inventory.errors import NotFound, RuleViolated
from inventory.offices.models import Office
from inventory.offices.queries import store_for
from inventory.offices.rules import TIME_ZONES, covers
from inventory.opname.models import Count, CountLine, CountNumbers
from inventory.opname.rules import CountStatus, Finding
from inventory.paging import Page, Slice, page
from inventory.printing.models import Attempt
from inventory.stock import intervals, numbers
from inventory.stock.models import Account, Interval, LossReport, Lot, Movement, NumberSeries
from inventory.stock.rules import Condition, Place
from inventory.texts import Text
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus
from inventory.words import in_indonesian

_HERE = sa.and_(Interval.ended_by.is_(None), Interval.in_books)


class NumberNotFound(NotFound):
    """No blank with this number was ever on the books, or it never came into the actor's reach."""

    code = "number_not_found"
    text = Text("Blangko bernomor {number} tidak ditemukan.", "No blank with the number {number} was found.")


def story(actor: Actor, number: str) -> dict[str, Any]:
    """The whole story of one number: where it came from, every hand it passed, where it is.

    Hands out of the actor's reach are counted and not told. Raises `NumberNotFound`.
    """
    unseen = NumberNotFound(number=number)
    try:
        span = numbers.read(number)
    except RuleViolated as error:
        raise unseen from error
    tips = _tips(span)
    rows = [row for tip in tips for row in _chain(tip)]
    told = [row for row in rows if _reaches(actor, row)]
    if not told:
        raise unseen
    last = rows[-1]
    return {
        "number": str(span),
        "item": last.item_code,
        "state": state_of(last.place, last.condition, event=bool(last.event_id)) if _reaches(actor, last) else None,
        "lot": _lot(last.lot_id),
        "hands": [_hand(row) for row in told],
        "hidden": len(rows) - len(told),
        "attempts": _attempts(actor, str(span)),
    }


def _tips(span: numbers.Span) -> list[int]:
    """The last interval of each life of a number: a receipt taken back ends one, the present one comes last."""
    series = intervals.series_ids(current(), [span.series])
    if not series:
        return []
    ended = sa.select(Interval.id).where(
        Interval.series_id == series[span.series],
        sa.not_(Interval.in_books),
        Interval.first <= span.first,
        Interval.last >= span.first,
    )
    gone = list(current().scalars(ended.order_by(Interval.id)))
    return gone + [stay.id for stay in intervals.here(current(), [span])]


def _chain(tip: int) -> list[Any]:
    """The hands of one life, the first one first: as many look-ups as hands, however long the ledger is."""
    columns = (Interval.id, Interval.came_from_id, Interval.account_id, Interval.made_by, Interval.lot_id)
    first = sa.select(*columns, sa.literal(0).label("back")).where(Interval.id == tip)
    chain = first.cte("chain", recursive=True)
    before = sa.select(*columns, chain.c.back + 1).join(chain, Interval.id == chain.c.came_from_id)
    chain = chain.union_all(before)
    query = (
        sa.select(
            chain.c.lot_id, Account.store_code, Account.office_code, Account.place, Account.condition,
            Account.item_code, Account.owner_code, Account.event_id, Movement.id.label("movement"), Movement.kind,
            Movement.occurred_on, Movement.posted_at, Movement.user_id, Movement.document_id,
            Movement.document_number, Movement.reason,
        )
        .join(Account, Account.id == chain.c.account_id)
        .join(Movement, Movement.id == chain.c.made_by)
        .order_by(chain.c.back.desc())
    )  # fmt: skip
    return list(current().execute(query))


def _reaches(actor: Actor, row: Any) -> bool:
    return covers(actor.office, row.office_code) or covers(actor.office, row.owner_code)


def _hand(row: Any) -> dict[str, Any]:
    state = state_of(row.place, row.condition, event=bool(row.event_id))
    return {
        "movement": row.movement, "kind": row.kind, "kind_name": in_indonesian(row.kind),
        "occurred_on": row.occurred_on, "posted_at": row.posted_at, "user": row.user_id, "store": row.store_code,
        "office": row.office_code, "place": row.place, "condition": row.condition,
        "condition_name": in_indonesian(row.condition),
        "state": state, "state_name": in_indonesian(state), "owner": row.owner_code, "event": row.event_id or None,
        "document": row.document_id, "document_number": row.document_number, "reason": row.reason,
    }  # fmt: skip


def _lot(lot_id: int | None) -> dict[str, Any] | None:
    found = current().get(Lot, lot_id) if lot_id is not None else None
    return None if found is None else {"id": found.id, "receipt": found.receipt_id, "pack_size": found.pack_size}


def _attempts(actor: Actor, number: str) -> list[dict[str, Any]]:
    """The attempts that used this blank, undone ones too, for those who may read recordings."""
    if not access.permits(actor, Action.READ_RECORDINGS):
        return []
    query = sa.select(
        Attempt.job_id.label("job"), Attempt.recording_id.label("recording"), Attempt.outcome, Attempt.reason,
        Attempt.attempted_at, Attempt.undone_by.is_not(None).label("undone"),
    ).where(Attempt.number == number)  # fmt: skip
    return [dict(row) for row in current().execute(query.order_by(Attempt.id)).mappings()]


@dataclass(frozen=True, slots=True)
class GapFilter:
    """Which gaps are wanted; None means all."""

    office: str | None = None
    store: str | None = None
    item: str | None = None
    kind: GapKind | None = None


def list_gaps(actor: Actor, which: GapFilter, wanted: Slice) -> Page:
    """The numbers of the actor's subtree that were received and are not accounted for, interval by interval.

    Disputed: under way and missing. Custody: in a hand since an earlier day, or in dispute. Count: not seen by a count
    that is not approved yet. Loss: reported lost and not confirmed. Skipped: still blank although the next number of
    the same series was used.
    """
    rows = sa.union_all(*_gaps()).subquery()
    query = sa.select(rows).where(access.within(rows.c.office, actor.office))
    if which.office is not None:
        access.require(actor, Action.READ, which.office)
        query = query.where(access.within(rows.c.office, which.office))
    if which.store is not None:
        query = query.where(rows.c.store == store_for(actor, Action.READ, which.store).code)
    if which.item is not None:
        query = query.where(rows.c.item == which.item)
    if which.kind is not None:
        query = query.where(rows.c.kind == which.kind.value)
    found = page(query, [rows.c.kind, rows.c.id], wanted, rows=True)
    return Page([_gap(row) for row in found.items], found.next)


def _gap(row: Any) -> dict[str, Any]:
    series = numbers.Series(row.prefix, row.width)
    return {
        "kind": row.kind, "office": row.office, "store": row.store, "item": row.item,
        "first": series.written(row.first),
        "last": series.written(row.last), "quantity": row.last - row.first + 1, "document": row.document,
    }  # fmt: skip


def _gaps() -> list[Any]:
    used, used_at = aliased(Interval), aliased(Account)
    next_is_used = sa.exists().where(
        used.series_id == Interval.series_id,
        used.first == Interval.last + 1,
        used.ended_by.is_(None),
        used.in_books,
        used_at.id == used.account_id,
        sa.or_(used_at.condition != Condition.BLANK, used_at.place.in_([Place.ISSUED, Place.DESTROYED])),
    )
    overdue = sa.or_(
        CustodySession.status == CustodyStatus.DISPUTED,
        sa.and_(CustodySession.status == CustodyStatus.OPEN, CustodySession.opened_on < _today()),
    )
    return [
        _lying(GapKind.DISPUTED, Account.document_id)
        .join(Transfer, Transfer.id == Account.document_id)
        .where(Account.place == Place.TRANSFER, Transfer.status == TransferStatus.DISPUTED),
        _lying(GapKind.CUSTODY, Account.document_id)
        .join(CustodySession, CustodySession.id == Account.document_id)
        .join(Office, Office.code == CustodySession.office_code)
        .where(Account.place == Place.CUSTODY, overdue),
        _lying(GapKind.LOSS, Interval.made_by)
        .join(LossReport, LossReport.id == Interval.made_by)
        .where(Account.place == Place.LOST, LossReport.confirmed_at.is_(None)),
        _lying(GapKind.SKIPPED, sa.null()).where(
            Account.place.in_([Place.STORE, Place.CUSTODY]), Account.condition == Condition.BLANK, next_is_used
        ),
        _not_seen(),
    ]


def _lying(kind: GapKind, document: Any) -> Any:
    """The intervals that lie somewhere now, as gaps of a kind."""
    return (
        sa.select(
            sa.literal(kind.value).label("kind"),
            Interval.id.label("id"),
            Account.office_code.label("office"),
            Account.store_code.label("store"),
            Account.item_code.label("item"),
            NumberSeries.prefix,
            NumberSeries.width,
            Interval.first,
            Interval.last,
            sa.cast(document, sa.BigInteger).label("document"),
        )
        .select_from(Interval)
        .join(Account, Account.id == Interval.account_id)
        .join(NumberSeries, NumberSeries.id == Interval.series_id)
        .where(_HERE)
    )


def _not_seen() -> Any:
    """What a count that is not approved yet did not see."""
    return (
        sa.select(
            sa.literal(GapKind.COUNT.value).label("kind"),
            CountNumbers.id.label("id"),
            Count.office_code.label("office"),
            Count.store_code.label("store"),
            Account.item_code.label("item"),
            CountNumbers.prefix,
            CountNumbers.width,
            CountNumbers.first,
            CountNumbers.last,
            Count.id.label("document"),
        )
        .join(CountLine, CountLine.id == CountNumbers.line_id)
        .join(Count, Count.id == CountLine.count_id)
        .join(Account, Account.id == CountLine.account_id)
        .where(Count.status == CountStatus.OPEN, CountNumbers.finding == Finding.MISSING)
    )


def _today() -> sa.ColumnElement[Any]:
    """The business day of the office that the query joins."""
    days = {zone: sa.literal(clock.business_day(zone), sa.Date) for zone in TIME_ZONES.values()}
    return sa.case(days, value=Office.time_zone)
