"""Lending and giving back. The goods go by transfers of their own; here is only what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.database import transaction
from inventory.loans import queries, rules
from inventory.loans.models import Loan, Repayment
from inventory.loans.rules import RepaymentKind
from inventory.offices.queries import StoreFacts, StoreNotFound, store_facts
from inventory.retries import FIRST, Once
from inventory.transfers import drafts
from inventory.transfers import queries as transfers
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus, check_side, check_status


@dataclass(frozen=True, slots=True)
class LoanWish:
    """What one office lends to another, and when it is due."""

    from_store: str
    to_store: str
    item: str
    quantity: int
    due_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """So much is given back: from where to where it went unless said otherwise, perhaps in another version."""

    quantity: int
    from_store: str | None = None
    to_store: str | None = None
    item: str | None = None


def lend(actor: Actor, wish: LoanWish, once: Once = FIRST) -> int:
    """Ask for a loan, or offer one: either side may, and the lender approves its transfer. Answers the loan's id."""
    with transaction() as session:
        source = store_facts(wish.from_store, pointer="/from_store", hold=True)
        target = store_facts(wish.to_store, pointer="/to_store", hold=True)
        unseen = StoreNotFound(pointer="/from_store", store=source.code)
        access.require(actor, Action.TRANSFER, source.office, target.office, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_ends(source.office, target.office)
        _check_no_kit(source, "/from_store")
        _check_no_kit(target, "/to_store")
        rules.check_due(wish.due_on, clock.business_day(target.time_zone))
        item = get_item(wish.item)
        transfer = drafts.draft(
            session,
            actor,
            source=source,
            target=target,
            item=item.code,
            quantity=wish.quantity,
            owner=source.office,
            reason=wish.reason,
        )
        loan = Loan(
            transfer_id=transfer.id,
            lender_office=source.office,
            borrower_office=target.office,
            item_code=item.code,
            due_on=wish.due_on,
            created_at=clock.now(),
            user_id=actor.user_id,
        )
        session.add(loan)
        session.flush()
        facts = {"transfer": transfer.id, "quantity": wish.quantity, "due_on": wish.due_on.isoformat()}
        audit.record(session, actor, "lend", "loan", loan.id, loan.lender_office, **facts)
        return once.keep(session, loan.id)


def give_back(actor: Actor, loan_id: int, what: Return, once: Once = FIRST) -> int:
    """Make the transfer that brings blanks back, approved at once: who owes may send. Answers the loan's id.

    Raises `MoreThanOwed` where less is owed, or is on its way already.
    """
    with transaction() as session:
        loan = _locked(session, actor, Action.TRANSFER, loan_id)
        check_side(actor.office, loan.borrower_office)
        if (done := once.done_before(session)) is not None:
            return done
        lent = session.get_one(Transfer, loan.transfer_id)
        source = _store_of(what.from_store or lent.to_store, loan.borrower_office, "/from_store")
        target = _store_of(what.to_store or lent.from_store, loan.lender_office, "/to_store")
        item = _same_family(loan, what.item or loan.item_code, "/item")
        _check_owed(loan, what.quantity)
        transfer = drafts.draft(
            session,
            actor,
            source=source,
            target=target,
            item=item,
            quantity=what.quantity,
            owner=source.office,
            status=TransferStatus.APPROVED,
        )
        _repay(session, actor, loan, transfer.id, RepaymentKind.RETURN)
        facts = {"transfer": transfer.id, "quantity": what.quantity}
        audit.record(session, actor, "give_back", "loan", loan.id, loan.borrower_office, **facts)
        return once.keep(session, loan.id)


def settle_by_delivery(actor: Actor, loan_id: int, transfer_id: int, quantity: int, once: Once = FIRST) -> int:
    """Credit a part of what the common supplier delivered to the lender in the borrower's place. Answers the loan's id.

    Who may approve for that supplier says so. Raises `DeliveryUnfit`, `DeliveryUsedUp`, `DeliveryCredited` or
    `MoreThanOwed`.
    """
    with transaction() as session:
        loan = _locked(session, actor, Action.APPROVE, loan_id)
        # Two loans may be settled by one delivery at once: its row makes them take turns.
        delivery = session.get(Transfer, transfer_id, with_for_update=True)
        unseen = transfers.TransferNotFound(pointer="/delivery", transfer=transfer_id)
        if delivery is None:
            raise unseen
        access.require(actor, Action.APPROVE, delivery.from_office, delivery.to_office, unseen=unseen)
        check_side(actor.office, delivery.from_office)
        if (done := once.done_before(session)) is not None:
            return done
        _check_fit(loan, delivery)
        check_status(delivery.status, TransferStatus.RECEIVED)
        if queries.credited_to(loan_id, transfer_id):
            raise rules.DeliveryCredited(pointer="/delivery", transfer=transfer_id)
        rules.check_credit(transfer_id, delivery.received, queries.credited_of(transfer_id), quantity)
        _check_owed(loan, quantity)
        _repay(session, actor, loan, transfer_id, RepaymentKind.DELIVERY, quantity)
        facts = {"transfer": transfer_id, "quantity": quantity}
        audit.record(session, actor, "settle", "loan", loan.id, delivery.from_office, **facts)
        return once.keep(session, loan.id)


def _locked(session: Session, actor: Actor, action: Action, loan_id: int) -> Loan:
    """The loan, locked, when the actor may do so on one of its sides; raises `LoanNotFound`."""
    loan = session.get(Loan, loan_id, with_for_update=True)
    unseen = queries.LoanNotFound(loan=loan_id)
    if loan is None:
        raise unseen
    access.require(actor, action, loan.lender_office, loan.borrower_office, unseen=unseen)
    return loan


def _check_no_kit(store: StoreFacts, pointer: str) -> None:
    if store.event_id:
        raise rules.LoanOfKit(pointer=pointer, store=store.code)


def _store_of(code: str, office: str, pointer: str) -> StoreFacts:
    """An ordinary store of this side of the loan."""
    store = store_facts(code, pointer=pointer)
    if store.office != office:
        raise rules.LoanStoreWrong(pointer=pointer, store=code, office=office)
    _check_no_kit(store, pointer)
    return store


def _same_family(loan: Loan, item_code: str, pointer: str) -> str:
    item = get_item(item_code, pointer=pointer)
    if item.family != get_item(loan.item_code).family:
        raise rules.LoanOtherFamily(pointer=pointer, lent=loan.item_code, item=item.code)
    return str(item.code)


def _check_owed(loan: Loan, quantity: int) -> None:
    """Raise `MoreThanOwed`; the loan must be locked, so that nobody else gives the same back."""
    line = queries.line_of(loan.id)
    rules.check_room(quantity, line.outstanding, line.coming_back)


def _check_fit(loan: Loan, delivery: Transfer) -> None:
    """Raise `DeliveryUnfit` unless the transfer could have gone to the borrower and went to the lender instead."""
    supplied = rules.is_supplier_of(delivery.from_office, loan.lender_office, loan.borrower_office)
    mine = delivery.to_office == loan.lender_office and not delivery.keeps_owner
    family = get_item(delivery.item_code).family == get_item(loan.item_code).family
    receipts = transfers.standing_deliveries(delivery.id)
    late = bool(receipts) and receipts[-1].received_at >= loan.created_at
    if not (supplied and mine and family and (late or not receipts)) or queries.belongs_to_a_loan(delivery.id):
        raise rules.DeliveryUnfit(
            pointer="/delivery",
            item=loan.item_code,
            lender=loan.lender_office,
            borrower=loan.borrower_office,
            transfer=delivery.id,
        )


def _repay(
    session: Session, actor: Actor, loan: Loan, transfer_id: int, kind: RepaymentKind, quantity: int | None = None
) -> None:
    session.add(
        Repayment(
            loan_id=loan.id,
            transfer_id=transfer_id,
            kind=kind,
            quantity=quantity,
            created_at=clock.now(),
            user_id=actor.user_id,
        )
    )
    session.flush()
