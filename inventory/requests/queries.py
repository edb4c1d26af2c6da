"""Reading requests: why one is held, what its asker's loans mean for it, and what share a supplier grants."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import PERMITTED, Action, Actor
from inventory.catalogue.models import Item
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import current
from inventory.errors import NotFound
from inventory.loans.queries import Position, positions, today_in
from inventory.offices.models import Office
from inventory.paging import Page, Slice, page
from inventory.requests import rules
from inventory.requests.models import SupplyRequest
from inventory.requests.rules import HoldKind, RequestStatus
from inventory.stock.models import Entry, LossReport, Movement
from inventory.texts import Text
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus


class RequestNotFound(NotFound):
    """No request has this id, or it is out of the actor's reach."""

    code = "request_not_found"
    text = Text("Permintaan {request} tidak ditemukan.", "Request {request} was not found.")


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests are wanted; `office` is who asks, `supplier` who is asked, `to_decide` waits for the actor's."""

    office: str | None = None
    supplier: str | None = None
    status: RequestStatus | None = None
    item: str | None = None
    to_decide: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What a supplier granted an office of one item, over all decided requests."""

    office: str
    supplier: str
    item: str
    requests: int
    asked: int
    approved: int
    received: int

    @property
    def share(self) -> float | None:
        """Approved as a part of asked."""
        return rules.share(self.approved, self.asked)


def _late_and_disputed() -> tuple[Any, Any]:
    """Transfers to an office from another one that were not fully received in time, or that differ."""
    old = clock.now() - timedelta(days=rules.DAYS_ON_THE_ROAD)
    left_at = sa.func.coalesce(Transfer.dispatched_at, Transfer.created_at)
    overdue = sa.or_(
        Transfer.expected_on < today_in(Office.time_zone),
        sa.and_(Transfer.expected_on.is_(None), left_at < sa.literal(old, Transfer.created_at.type)),
    )
    issued = Transfer.from_office != Transfer.to_office
    late = (
        sa.select(Transfer.to_office.label("office"), _kind(HoldKind.TRANSFER_LATE), Transfer.id.label("subject"))
        .join(Office, Office.code == Transfer.to_office)
        .where(issued, Transfer.status == TransferStatus.DISPATCHED, overdue)
    )
    disputed = sa.select(Transfer.to_office, _kind(HoldKind.TRANSFER_DISPUTED), Transfer.id).where(
        issued, Transfer.status == TransferStatus.DISPUTED
    )
    return late, disputed


def _open_sessions() -> Any:
    """Custody sessions of earlier days that were not closed."""
    return (
        sa.select(CustodySession.office_code, _kind(HoldKind.CUSTODY_OPEN), CustodySession.id)
        .join(Office, Office.code == CustodySession.office_code)
        .where(
            CustodySession.status.in_([CustodyStatus.OPEN, CustodyStatus.DISPUTED]),
            CustodySession.opened_on < today_in(Office.time_zone),
        )
    )


def _unconfirmed_losses() -> Any:
    """Losses that wait for a second person, where the office wants one, and were not found again."""
    # Two parts, not one join with an "or", and their movements named twice: else SQLite goes through the whole ledger.
    open_ = sa.select(LossReport.id).where(LossReport.confirmed_at.is_(None))
    found = sa.select(Movement.id).where(Movement.corrects_id.in_(open_))
    waits = sa.select(LossReport.id, LossReport.office_code, Entry.account_id, Entry.quantity)
    waits = waits.join(Office, Office.code == LossReport.office_code).where(
        LossReport.confirmed_at.is_(None), Office.write_off_check
    )
    both = sa.union_all(
        waits.join(Entry, Entry.movement_id == LossReport.id).where(Entry.movement_id.in_(open_)),
        waits.join(Movement, Movement.corrects_id == LossReport.id)
        .join(Entry, Entry.movement_id == Movement.id)
        .where(Entry.movement_id.in_(found)),
    ).subquery("both")
    left = (
        sa.select(both.c.id, both.c.office_code)
        .group_by(both.c.id, both.c.office_code, both.c.account_id)
        .having(sa.func.sum(both.c.quantity) > 0)
        .subquery("left")
    )
    return sa.select(left.c.office_code, _kind(HoldKind.LOSS_UNCONFIRMED), left.c.id).distinct()


def _kind(kind: HoldKind) -> Any:
    return sa.literal(kind.value, sa.String(40)).label("kind")


def _unreconciled() -> sa.Subquery:
    """Everything that holds an office's requests, a row a matter."""
    return sa.union_all(*_late_and_disputed(), _open_sessions(), _unconfirmed_losses()).subquery("unreconciled")


def reasons(offices: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """What of the last issue to each of these offices is not reconciled, where anything is."""
    each = _unreconciled()
    query = sa.select(each).where(each.c.office.in_(offices)).order_by(each.c.kind, each.c.subject)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in current().execute(query):
        found.setdefault(row.office, []).append({"kind": row.kind, "id": row.subject})
    return found


def _requests() -> Any:
    columns = [column for column in SupplyRequest.__table__.columns if column.key != "status"]
    return (
        sa.select(
            *columns,
            SupplyRequest.status,
            Item.family,
            Transfer.status.label("transfer_status"),
            Transfer.dispatched.label("sent"),
            sa.func.coalesce(Transfer.received, 0).label("received"),
        )
        .join(Item, Item.code == SupplyRequest.item_code)
        .outerjoin(Transfer, Transfer.id == SupplyRequest.transfer_id)
    )


def _in_reach(actor: Actor) -> sa.ColumnElement[bool]:
    ends = (SupplyRequest.office_code, SupplyRequest.supplier_office)
    return sa.or_(*(access.within(end, actor.office) for end in ends))


def get_request(actor: Actor, request_id: int) -> dict[str, Any]:
    """One request; raises `RequestNotFound`."""
    found = current().execute(_requests().where(SupplyRequest.id == request_id)).first()
    unseen = RequestNotFound(request=request_id)
    if found is None:
        raise unseen
    access.require(actor, Action.READ, found.office_code, found.supplier_office, unseen=unseen)
    return _shown([found])[0]


def list_requests(actor: Actor, which: RequestFilter, wanted: Slice) -> Page:
    """The requests that the actor's offices made or are asked to grant."""
    query = _requests().where(_in_reach(actor))
    if which.office is not None:
        access.require(actor, Action.READ, which.office)
        query = query.where(access.within(SupplyRequest.office_code, which.office))
    if which.supplier is not None:
        query = query.where(SupplyRequest.supplier_office == which.supplier)
    if which.item is not None:
        query = query.where(SupplyRequest.item_code == which.item)
    if which.status is not None:
        query = query.where(_is_now(which.status))
    if which.to_decide:
        asked = access.within(SupplyRequest.supplier_office, actor.office)
        query = query.where(SupplyRequest.status.in_(rules.WAITING), asked)
    found = page(query, [SupplyRequest.id], wanted, rows=True)
    return Page(_shown(found.items), found.next)


def _is_now(status: RequestStatus) -> sa.ColumnElement[bool]:
    if status not in rules.WAITING:
        return SupplyRequest.status == status
    held = sa.and_(
        SupplyRequest.lifted_by.is_(None), SupplyRequest.office_code.in_(sa.select(_unreconciled().c.office))
    )
    waiting = SupplyRequest.status.in_(rules.WAITING)
    return sa.and_(waiting, held if status is RequestStatus.HELD else sa.not_(held))


def _shown(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Requests as they stand now: what holds those that wait, and what their askers' loans mean for them."""
    held = reasons({row.office_code for row in rows if row.status in rules.WAITING})
    loans = positions({row.office_code for row in rows})
    shown = []
    for row in rows:
        why = held.get(row.office_code, [])
        status = rules.status_now(row.status, lifted=row.lifted_by is not None, reasons=bool(why))
        loan = loans.get((row.office_code, row.family), Position())
        now = {
            "status": status,
            "held_for": why if status is RequestStatus.HELD else row.held_for or [],
            "can_lift": _can_lift(row.supplier_office) if status is RequestStatus.HELD else None,
            "lent_out": loan.lent_out,
            "borrowed": loan.borrowed,
            "suggested": rules.suggested(row.requested, loan.lent_out),
        }
        shown.append({**row._asdict(), **now})
    return shown


def _can_lift(supplier: str) -> dict[str, Any]:
    return {"roles": [role for role, known in PERMITTED.items() if Action.APPROVE in known], "office": supplier}


def _shares() -> Any:
    """A row per asker, supplier and item, over decided requests."""
    keys = [SupplyRequest.office_code, SupplyRequest.supplier_office, SupplyRequest.item_code]
    sums = {
        "asked": SupplyRequest.requested,
        "approved": SupplyRequest.approved,
        "received": Transfer.received,
    }
    totals = [_total(column).label(name) for name, column in sums.items()]
    return (
        sa.select(*keys, sa.func.count().label("requests"), *totals)
        .outerjoin(Transfer, Transfer.id == SupplyRequest.transfer_id)
        .where(SupplyRequest.status.in_(rules.DECIDED))
        .group_by(*keys)
    )


def _total(column: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


def _share(row: Any) -> Share:
    return Share(
        row.office_code, row.supplier_office, row.item_code, row.requests, row.asked, row.approved, row.received
    )


def list_shares(actor: Actor, office: str | None, supplier: str | None, wanted: Slice) -> Page:
    """What share of the decided requests in reach each supplier granted, by asker and item."""
    query = _shares().where(_in_reach(actor))
    if office is not None:
        access.require(actor, Action.READ, office)
        query = query.where(access.within(SupplyRequest.office_code, office))
    if supplier is not None:
        query = query.where(SupplyRequest.supplier_office == supplier)
    keys = [SupplyRequest.office_code, SupplyRequest.supplier_office, SupplyRequest.item_code]
    found = page(query, keys, wanted, rows=True)
    return Page([_share(row) for row in found.items], found.next)


def shares_of(offices: Collection[str]) -> list[Share]:
    """What each supplier granted these offices, an entry a supplier and item: for planning."""
    return [_share(row) for row in current().execute(_shares().where(SupplyRequest.office_code.in_(offices)))]


def differences() -> Iterator[str]:
    """One sentence for every approved request whose transfer says something else."""
    request = SupplyRequest
    misfit = sa.or_(
        Transfer.id.is_(None),
        Transfer.approved.is_distinct_from(request.approved),
        Transfer.requested != request.requested,
        Transfer.item_code != request.item_code,
        Transfer.to_store != request.to_store,
        Transfer.from_office != request.supplier_office,
    )
    query = (
        sa.select(request.id, request.approved, request.transfer_id, Transfer.approved.label("said"))
        .outerjoin(Transfer, Transfer.id == request.transfer_id)
        .where(request.status == RequestStatus.APPROVED, misfit)
    )
    for row in current().execute(query):
        yield f"request {row.id}: {row.approved} were approved, its transfer {row.transfer_id} says {row.said}"
