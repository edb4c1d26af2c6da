"""Reading numbers: the hands that one passed, and those that nobody accounts for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from inventory import access
from inventory.access import Action, Actor
from inventory.blanks.rules import BlankState, DocumentOf, GapKind, document_of, state_of
from inventory.custody import queries as custody
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import current
from inventory.documents.models import Document
from inventory.documents.rules import DocumentKind
from inventory.errors import NotFound, RuleViolated
from inventory.offices.models import Office
from inventory.offices.queries import store_for
from inventory.offices.rules import covers
from inventory.opname.models import Count, CountLine, CountNumbers
from inventory.opname.rules import CountStatus, Finding
from inventory.paging import Page, Slice, page
from inventory.people.models import User
from inventory.printing.models import Attempt, PrintJob
from inventory.recordings.queries import joined_events
from inventory.stock import intervals, numbers
from inventory.stock.models import Account, Interval, Lot, Movement, NumberSeries, Receipt
from inventory.stock.rules import Place
from inventory.texts import Text
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus
from inventory.words import in_indonesian

_HOLDERS = aliased(User)
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
    rows = _chains(_tips(span))
    joined = set(current().scalars(joined_events(actor))) if rows else set()
    seen = [_reaches(actor, row, joined) for row in rows]
    if not any(seen):
        raise unseen
    last = rows[-1]
    # A receipt taken back ended an earlier life: the lot is of the last one, and told to who may see where that began.
    began = next(told for row, told in zip(rows, seen, strict=True) if row.life == last.life)
    hands = [_hand(row, before) for row, before, told in zip(rows, [None, *rows], seen, strict=False) if told]
    papers = _papers(hands)
    return {
        "number": str(span),
        "item": [row.item_code for row, told in zip(rows, seen, strict=True) if told][-1],
        "state": _state(last) if seen[-1] else None,
        "lot": _lot(last.lot_id) if began else None,
        "hands": [hand | {"papers": papers.get(_paper_key(hand), [])} for hand in hands],
        "hidden": len(rows) - len(hands),
        "attempts": _attempts(actor, str(span)),
    }


def _tips(span: numbers.Span) -> list[int]:
    """The last interval of each life of a number: a receipt taken back ends one, the present one stands."""
    ended = (
        sa.select(Interval.id)
        .join(NumberSeries, NumberSeries.id == Interval.series_id)
        .where(NumberSeries.prefix == span.series.prefix, NumberSeries.width == span.series.width)
        .where(sa.not_(Interval.in_books), Interval.first <= span.first, Interval.last >= span.first)
    )
    return [*current().scalars(ended), *(stay.id for stay in intervals.here(current(), [span]))]


def _chains(tips: Sequence[int]) -> list[Any]:
    """The hands of these lives, the first one first: as many look-ups as hands, however long the ledger is."""
    names = ("id", "came_from_id", "account_id", "made_by", "lot_id", "in_books")
    columns = [getattr(Interval, name) for name in names]
    life = (Interval.in_books.label("stands"), Interval.id.label("life"), sa.literal(0).label("back"))
    chain = sa.select(*columns, *life).where(Interval.id.in_(tips)).cte("chain", recursive=True)
    before = sa.select(*columns, chain.c.stands, chain.c.life, chain.c.back + 1)
    chain = chain.union_all(before.join(chain, Interval.id == chain.c.came_from_id))
    query = (
        sa.select(
            chain.c.lot_id, chain.c.in_books, chain.c.life, Account.store_code, Account.office_code, Account.place,
            Account.condition, Account.item_code, Account.owner_code, Account.event_id,
            Movement.id.label("movement"), Movement.kind, Movement.occurred_on, Movement.posted_at, Movement.user_id,
            Movement.document_id, Movement.document_number, Movement.reason, User.name.label("user_name"),
            Transfer.to_office, CustodySession.holder_id, _HOLDERS.name.label("holder_name"),
        )
        .join(Account, Account.id == chain.c.account_id)
        .join(Movement, Movement.id == chain.c.made_by)
        .join(User, User.id == Movement.user_id)
        .outerjoin(Transfer, sa.and_(Account.place == Place.TRANSFER, Transfer.id == Account.document_id))
        .outerjoin(
            CustodySession, sa.and_(Account.place == Place.CUSTODY, CustodySession.id == Account.document_id)
        )
        .outerjoin(_HOLDERS, _HOLDERS.id == CustodySession.holder_id)
        .order_by(chain.c.stands, chain.c.life, chain.c.back.desc())
    )  # fmt: skip
    return list(current().execute(query))


def _state(row: Any) -> BlankState:
    if not row.in_books:
        return BlankState.TAKEN_BACK
    return state_of(row.place, row.condition, event=bool(row.event_id))


def _reaches(actor: Actor, row: Any, joined: set[int]) -> bool:
    """Whose hand it was, whose goods they were, who waits for them, and who was let into their event, may know."""
    offices = filter(None, (row.office_code, row.owner_code, row.to_office))
    return row.event_id in joined or any(covers(actor.office, office) for office in offices)


_PAPERS: dict[DocumentOf | None, tuple[DocumentKind, ...]] = {
    DocumentOf.RECEIPT: (DocumentKind.TANDA_TERIMA,),
    DocumentOf.TRANSFER: (DocumentKind.SURAT_JALAN, DocumentKind.BAST),
    DocumentOf.CUSTODY: (DocumentKind.SESSION_SHEET,),
    DocumentOf.COUNT: (DocumentKind.BA_OPNAME,),
    DocumentOf.DESTRUCTION: (DocumentKind.BA_PEMUSNAHAN,),
}


def _paper_key(hand: dict[str, Any]) -> tuple[DocumentOf | None, int | None]:
    return hand["document_kind"], hand["document"]


def _papers(hands: Sequence[dict[str, Any]]) -> dict[tuple[DocumentOf | None, int | None], list[dict[str, Any]]]:
    """The papers that were made of these hands' documents, by what they tell of."""
    wanted = {(kind, str(key[1])): key for key in map(_paper_key, hands) for kind in _PAPERS.get(key[0], ())}
    query = sa.select(Document.id, Document.kind, Document.subject, Document.number).where(
        Document.kind.in_({kind for kind, _ in wanted}), Document.subject.in_({subject for _, subject in wanted})
    )
    found: dict[tuple[DocumentOf | None, int | None], list[dict[str, Any]]] = {}
    for row in current().execute(query.order_by(Document.id)) if wanted else ():
        if (row.kind, row.subject) in wanted:
            told = {"id": row.id, "kind": row.kind, "number": row.number}
            found.setdefault(wanted[row.kind, row.subject], []).append(told)
    return found


def _hand(row: Any, before: Any) -> dict[str, Any]:
    kind = document_of(row.kind, None if before is None else before.place)
    state = _state(row)
    return {
        "movement": row.movement, "kind": row.kind, "kind_name": in_indonesian(row.kind),
        "occurred_on": row.occurred_on, "posted_at": row.posted_at, "user": row.user_id,
        "user_name": row.user_name,
        "store": row.store_code,
        "office": row.office_code, "place": row.place, "condition": row.condition,
        "condition_name": in_indonesian(row.condition),
        "state": state, "state_name": in_indonesian(state), "owner": row.owner_code, "event": row.event_id or None,
        "holder": row.holder_id, "holder_name": row.holder_name, "document_kind": kind,
        "document": row.movement if kind is DocumentOf.RECEIPT else row.document_id,
        "document_number": row.document_number, "reason": row.reason,
    }  # fmt: skip


def _lot(lot_id: int | None) -> dict[str, Any] | None:
    found = current().get(Lot, lot_id) if lot_id is not None else None
    if found is None:
        return None
    paper = current().get(Receipt, found.receipt_id) if found.receipt_id is not None else None
    number = None if paper is None else paper.document_number
    return {
        "id": found.id,
        "receipt": found.receipt_id,
        "document_number": number,
        "pack_size": found.pack_size,
    }


def _attempts(actor: Actor, number: str) -> list[dict[str, Any]]:
    """The attempts that used this blank, undone ones too, for those who may read the recordings of their jobs."""
    if not access.permits(actor, Action.READ_RECORDINGS):
        return []
    mine = sa.or_(access.within(PrintJob.office_code, actor.office), PrintJob.event_id.in_(joined_events(actor)))
    query = sa.select(
        Attempt.job_id.label("job"), Attempt.recording_id.label("recording"), Attempt.outcome, Attempt.reason,
        Attempt.attempted_at, Attempt.undone_by.is_not(None).label("undone"),
    ).join(PrintJob, PrintJob.id == Attempt.job_id).where(Attempt.number == number, mine)  # fmt: skip
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

    Disputed: under way and missing. Custody: in a hand since an earlier day, or in dispute. Count: not seen by an open
    count (a blind one says nothing before it is approved). Loss: lost, confirmed or not.
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
    in_doubt = sa.or_(CustodySession.status == CustodyStatus.DISPUTED, custody.is_overdue())
    return [
        _lying(GapKind.DISPUTED, Account.document_id)
        .join(Transfer, Transfer.id == Account.document_id)
        .where(Account.place == Place.TRANSFER, Transfer.status == TransferStatus.DISPUTED),
        _lying(GapKind.CUSTODY, Account.document_id)
        .join(CustodySession, CustodySession.id == Account.document_id)
        .join(Office, Office.code == CustodySession.office_code)
        .where(Account.place == Place.CUSTODY, in_doubt),
        _lying(GapKind.LOSS, Interval.made_by).where(Account.place == Place.LOST),
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
        .where(Count.status == CountStatus.OPEN, sa.not_(Count.blind), CountNumbers.finding == Finding.MISSING)
    )
