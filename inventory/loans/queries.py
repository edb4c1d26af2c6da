"""Reading loans: both sides see the same numbers, read off the transfers that carried the goods."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.database import current
from inventory.errors import NotFound
from inventory.loans.models import Loan, Repayment
from inventory.loans.rules import LoanRole, LoanStatus, RepaymentKind
from inventory.offices.models import Office
from inventory.offices.rules import TIME_ZONES
from inventory.paging import Page, Slice, page
from inventory.texts import Text
from inventory.transfers.models import Delivery, Transfer
from inventory.transfers.rules import TransferStatus


class LoanNotFound(NotFound):
    """No loan has this id, or it is out of the actor's reach."""

    code = "loan_not_found"
    text = Text("Pinjaman {loan} tidak ditemukan.", "Loan {loan} was not found.")


@dataclass(frozen=True, slots=True)
class LoanFilter:
    """Which loans are wanted: an office stands for itself and those below it, on either side unless `role` says."""

    office: str | None = None
    role: LoanRole | None = None
    status: LoanStatus | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """What an office has lent and borrowed of one family of items and not got, or given, back yet."""

    lent_out: int = 0
    borrowed: int = 0


_Back = aliased(Transfer, name="back")
_ENDED = (TransferStatus.RECEIVED, TransferStatus.REFUSED, TransferStatus.CANCELLED)
_ON_ITS_WAY = (TransferStatus.DISPATCHED, TransferStatus.DISPUTED)


def _whole(expression: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(expression, 0), sa.BigInteger)


def _credited() -> sa.ColumnElement[int]:
    """What a delivery's credit is worth: where its receipt was undone, the credits noted last are worth less."""
    earlier = aliased(Repayment, name="earlier")
    before = (
        sa.select(_whole(sa.func.sum(earlier.quantity)))
        .where(earlier.transfer_id == Repayment.transfer_id, earlier.id < Repayment.id)
        .scalar_subquery()
    )
    left = _Back.received - before
    return sa.case((left <= 0, 0), (left < Repayment.quantity, left), else_=Repayment.quantity)


def _coming_back() -> sa.ColumnElement[int]:
    """What a return may still bring: all that was approved until a first receipt, for a dispatch may be undone."""
    unopened = _Back.received + _Back.rejected + _Back.missing == 0
    left = _Back.dispatched - _Back.received - _Back.rejected - _Back.written_off
    return sa.case(
        (_Back.status == TransferStatus.APPROVED, _Back.approved),
        (_Back.status.not_in(_ON_ITS_WAY), 0),
        (unopened, _Back.approved),
        else_=left,
    )


def _repaid() -> Any:
    """A row for each repayment: what it has given back and what it may still."""
    is_return = Repayment.kind == RepaymentKind.RETURN
    return sa.select(
        Repayment.id,
        Repayment.loan_id,
        Repayment.kind,
        Repayment.transfer_id,
        Repayment.created_at,
        _Back.item_code,
        _Back.status.label("transfer_status"),
        sa.case((is_return, _Back.approved), else_=Repayment.quantity).label("quantity"),
        sa.case((is_return, _Back.received), else_=_credited()).label("returned"),
        sa.case((is_return, _coming_back()), else_=0).label("coming_back"),
    ).join(_Back, _Back.id == Repayment.transfer_id)


def _lines() -> Any:
    """A row for each loan with its numbers; `overdue` and `status` as the borrower's calendar has them."""
    each = _repaid().subquery("each")
    repaid = (
        sa.select(
            each.c.loan_id,
            sa.func.sum(each.c.returned).label("returned"),
            sa.func.sum(each.c.coming_back).label("coming_back"),
        )
        .group_by(each.c.loan_id)
        .subquery("repaid")
    )
    returned, coming_back = _whole(repaid.c.returned), _whole(repaid.c.coming_back)
    outstanding = Transfer.received - returned
    overdue = sa.and_(outstanding > 0, Loan.due_on < today_in(Office.time_zone))
    settled = sa.and_(outstanding <= 0, Transfer.status.in_(_ENDED))
    status = sa.case(
        (overdue, LoanStatus.OVERDUE.value), (settled, LoanStatus.SETTLED.value), else_=LoanStatus.OPEN.value
    )
    return (
        sa.select(
            Loan.id,
            Loan.transfer_id,
            Loan.lender_office,
            Loan.borrower_office,
            Loan.item_code,
            Item.family,
            Loan.due_on,
            Loan.created_at,
            Transfer.from_store,
            Transfer.to_store,
            Transfer.status.label("transfer_status"),
            Transfer.requested,
            Transfer.approved,
            Transfer.received.label("lent"),
            returned.label("returned"),
            coming_back.label("coming_back"),
            outstanding.label("outstanding"),
            overdue.label("overdue"),
            status.label("status"),
        )
        .join(Transfer, Transfer.id == Loan.transfer_id)
        .join(Item, Item.code == Loan.item_code)
        .join(Office, Office.code == Loan.borrower_office)
        .outerjoin(repaid, repaid.c.loan_id == Loan.id)
    )


def today_in(time_zone: Any) -> sa.ColumnElement[Any]:
    """The business day where this column says the time zone."""
    days = {zone: sa.literal(clock.business_day(zone), sa.Date()) for zone in TIME_ZONES.values()}
    return sa.case(days, value=time_zone, else_=days[TIME_ZONES["WIB"]])


def line_of(loan_id: int) -> Any:
    """The numbers of one loan; raises `LoanNotFound`."""
    found = current().execute(_lines().where(Loan.id == loan_id)).first()
    if found is None:
        raise LoanNotFound(loan=loan_id)
    return found


def get_loan(actor: Actor, loan_id: int) -> dict[str, Any]:
    """One loan with its repayments, as either side sees it; raises `LoanNotFound`."""
    found = line_of(loan_id)
    unseen = LoanNotFound(loan=loan_id)
    access.require(actor, Action.READ, found.lender_office, found.borrower_office, unseen=unseen)
    repayments = current().execute(_repaid().where(Repayment.loan_id == loan_id).order_by(Repayment.id)).all()
    return {**found._asdict(), "repayments": repayments}


def list_loans(actor: Actor, which: LoanFilter, wanted: Slice) -> Page:
    """The loans that the actor's offices gave or took."""
    root = which.office or actor.office
    access.require(actor, Action.READ, root)
    lent, borrowed = access.within(Loan.lender_office, root), access.within(Loan.borrower_office, root)
    sides = {LoanRole.LENDER: lent, LoanRole.BORROWER: borrowed, None: sa.or_(lent, borrowed)}
    lines = _lines().where(sides[which.role])
    if which.item is not None:
        lines = lines.where(Loan.item_code == which.item)
    found = lines.subquery()
    query = sa.select(found)
    if which.status is not None:
        query = query.where(found.c.status == which.status.value)
    return page(query, [found.c.id], wanted, rows=True)


def list_net(actor: Actor, office: str | None, wanted: Slice) -> Page:
    """What each pair of offices owes each other, a row an item.

    `office` of a row is the end below the office asked for; of two such ends the one whose code comes first. `net` is
    what it is owed, less what it owes.
    """
    root = office or actor.office
    access.require(actor, Action.READ, root)
    lent, borrowed = access.within(Loan.lender_office, root), access.within(Loan.borrower_office, root)
    as_lender = sa.and_(lent, sa.or_(sa.not_(borrowed), Loan.lender_office < Loan.borrower_office))
    lines = _lines().add_columns(as_lender.label("gave")).where(sa.or_(lent, borrowed)).subquery()
    gave = lines.c.gave

    def total(name: str, *, given: bool) -> sa.ColumnElement[int]:
        counted = sa.case((gave == given, lines.c[name]), else_=0)
        return _whole(sa.func.sum(counted))

    def late(*, given: bool) -> sa.ColumnElement[int]:
        counted = sa.case((sa.and_(gave == given, lines.c.overdue), lines.c.outstanding), else_=0)
        return _whole(sa.func.sum(counted))

    sides = {
        "office": sa.case((gave, lines.c.lender_office), else_=lines.c.borrower_office),
        "partner": sa.case((gave, lines.c.borrower_office), else_=lines.c.lender_office),
    }
    keys = [*(column.label(name) for name, column in sides.items()), lines.c.item_code]
    sums = {
        "lent": total("lent", given=True),
        "returned": total("returned", given=True),
        "owed_to": total("outstanding", given=True),
        "overdue_to": late(given=True),
        "borrowed": total("lent", given=False),
        "given_back": total("returned", given=False),
        "owes": total("outstanding", given=False),
        "overdue_from": late(given=False),
    }
    net = (
        sa.select(*keys, *[each.label(name) for name, each in sums.items()])
        .group_by(*sides.values(), lines.c.item_code)
        .subquery()
    )
    query = sa.select(net, (net.c.owed_to - net.c.owes).label("net"))
    return page(query, [net.c.office, net.c.partner, net.c.item_code], wanted, rows=True)


def positions(offices: Collection[str]) -> dict[tuple[str, str], Position]:
    """What each of these offices has lent and borrowed and is still open, by office and family of items."""
    lines = _lines().subquery()
    found: dict[tuple[str, str], Position] = {}
    for side, name in ((lines.c.lender_office, "lent_out"), (lines.c.borrower_office, "borrowed")):
        query = sa.select(side, lines.c.family, _whole(sa.func.sum(lines.c.outstanding)))
        for office, family, quantity in current().execute(
            query.where(side.in_(offices)).group_by(side, lines.c.family)
        ):
            before = found.get((office, family), Position())
            pair = {"lent_out": before.lent_out, "borrowed": before.borrowed} | {name: quantity}
            found[office, family] = Position(**pair)
    return found


def credited_of(transfer_id: int) -> int:
    """For how much a delivery was credited so far, over all loans."""
    query = sa.select(_whole(sa.func.sum(Repayment.quantity))).where(Repayment.transfer_id == transfer_id)
    return int(current().execute(query).scalar_one())


def credited_to(loan_id: int, transfer_id: int) -> bool:
    """Whether a delivery was credited to this loan already."""
    query = sa.select(Repayment.id).where(Repayment.loan_id == loan_id, Repayment.transfer_id == transfer_id)
    return current().execute(query).first() is not None


def belongs_to_a_loan(transfer_id: int) -> bool:
    """Whether a transfer is itself a loan or the return of one."""
    lent = sa.select(sa.literal(1)).where(Loan.transfer_id == transfer_id)
    back = sa.select(sa.literal(1)).where(Repayment.transfer_id == transfer_id, Repayment.kind == RepaymentKind.RETURN)
    return current().execute(sa.union_all(lent, back).limit(1)).first() is not None


def differences() -> Iterator[str]:
    """One sentence for every loan that does not fit its transfers.

    More may have come back than is owed where a receipt was undone afterwards, and only there.
    """
    misfit = sa.or_(
        Transfer.from_office != Loan.lender_office,
        Transfer.to_office != Loan.borrower_office,
        Transfer.item_code != Loan.item_code,
        Transfer.id.is_(None),
    )
    query = sa.select(Loan.id, Loan.transfer_id).outerjoin(Transfer, Transfer.id == Loan.transfer_id).where(misfit)
    for row in current().execute(query):
        yield f"loan {row.id}: transfer {row.transfer_id} is not its own"
    lines = _lines().subquery()
    undone = sa.select(Delivery.transfer_id).where(Delivery.undone_at.is_not(None))
    touched = sa.select(Repayment.loan_id).where(Repayment.transfer_id.in_(undone))
    query = sa.select(lines.c.id, lines.c.lent, lines.c.returned, lines.c.coming_back).where(
        lines.c.returned + lines.c.coming_back > lines.c.lent,
        lines.c.transfer_id.not_in(undone),
        lines.c.id.not_in(touched),
    )
    for row in current().execute(query):
        yield f"loan {row.id}: {row.lent} were lent, {row.returned} came back and {row.coming_back} are on their way"
    credited = sa.func.sum(Repayment.quantity)
    over = (
        sa.select(Repayment.transfer_id, Transfer.received, credited.label("credited"))
        .join(Transfer, Transfer.id == Repayment.transfer_id)
        .where(Repayment.kind == RepaymentKind.DELIVERY, Transfer.id.not_in(undone))
        .group_by(Repayment.transfer_id, Transfer.received)
        .having(credited > Transfer.received)
    )
    for each in current().execute(over):
        yield f"transfer {each.transfer_id}: brought {each.received}, loans are credited {each.credited} of it"
