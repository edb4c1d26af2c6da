"""Asking an office above for goods, and its decision. The goods go by the transfer that an approval makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor, Role
from inventory.catalogue.queries import get_item
from inventory.database import transaction
from inventory.loans.queries import Position, positions
from inventory.notices import commands as notices
from inventory.notices.rules import NoticeKind
from inventory.offices.queries import StoreFacts, StoreNotFound, check_open, store_facts
from inventory.offices.rules import main_store_of
from inventory.requests import queries, rules
from inventory.requests.models import SupplyRequest
from inventory.requests.rules import RequestStatus
from inventory.retries import FIRST, Once
from inventory.second_person import check_second
from inventory.texts import Text
from inventory.transfers import drafts
from inventory.transfers.rules import TransferStatus, check_side

_ASKED = Text("meminta barang ini", "asked for these goods")


@dataclass(frozen=True, slots=True)
class RequestWish:
    """What is asked of whom: of the office above unless `supplier` names another one above that."""

    to_store: str
    item: str
    quantity: int
    supplier: str | None = None
    needed_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, with how much out of which store, or no."""

    approve: bool
    quantity: int | None = None
    from_store: str | None = None
    reason: str = ""


def ask(actor: Actor, wish: RequestWish, once: Once = FIRST) -> int:
    """Ask an office above for goods. Answers the request's id.

    It is held at once, and the supplier told, while the last issue to the asker's office is not reconciled.
    """
    with transaction() as session:
        store = store_facts(wish.to_store, pointer="/to_store", hold=True)
        unseen = StoreNotFound(pointer="/to_store", store=store.code)
        access.require(actor, Action.TRANSFER, store.office, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(store, pointer="/to_store")
        supplier = rules.supplier_of(store.office, wish.supplier)
        rules.check_needed(wish.needed_on, clock.business_day(store.time_zone))
        item = get_item(wish.item)
        why = queries.reasons([store.office]).get(store.office)
        request = SupplyRequest(
            status=RequestStatus.HELD if why else RequestStatus.ASKED,
            office_code=store.office,
            supplier_office=supplier,
            to_store=store.code,
            item_code=item.code,
            requested=wish.quantity,
            needed_on=wish.needed_on,
            reason=wish.reason,
            held_for=why,
            created_at=clock.now(),
            user_id=actor.user_id,
        )
        session.add(request)
        session.flush()
        facts = {"asker": store.office, "item": item.code, "quantity": wish.quantity}
        if why:
            notices.tell(session, supplier, NoticeKind.REQUEST_HELD, request.id, **facts, held_for=why)
        audit.record(session, actor, "ask", "request", request.id, store.office, supplier=supplier, **facts)
        return once.keep(session, request.id)


def decide(actor: Actor, request_id: int, decision: Decision, once: Once = FIRST) -> int:
    """Grant a request, which makes an approved transfer, or refuse it, as the supplier. Answers the request's id.

    Raises `RequestDecided`, `RequestHeld`, `SamePerson`, and `RequestReasonNeeded` for more than is suggested.
    """
    with transaction() as session:
        request = _of_supplier(session, actor, request_id)
        if (done := once.done_before(session)) is not None:
            return done
        check_second(actor.user_id, first=[request.user_id], part=_ASKED)
        _check_waiting(request)
        why = queries.reasons([request.office_code]).get(request.office_code, [])
        if why and request.lifted_by is None:
            raise rules.RequestHeld(
                request=request_id, reasons=len(why), role=Role.COORDINATOR, office=request.supplier_office
            )
        lent_out = _lent_out(request)
        if decision.approve:
            _grant(session, actor, request, decision, lent_out)
        else:
            rules.check_refusal(request.requested, lent_out, decision.quantity, decision.from_store, decision.reason)
            request.status = RequestStatus.REFUSED
        request.decided_by, request.decided_at = actor.user_id, clock.now()
        request.decision_reason = decision.reason
        notices.settle(session, NoticeKind.REQUEST_HELD, request_id)
        facts = {"approved": request.approved, "transfer": request.transfer_id}
        audit.record(session, actor, "decide", "request", request_id, request.supplier_office, **facts)
        return once.keep(session, request_id)


def lift(actor: Actor, request_id: int, reason: str, once: Once = FIRST) -> int:
    """Let a held request be decided all the same, as the supplier, and not who asked. Answers the request's id."""
    with transaction() as session:
        request = _of_supplier(session, actor, request_id)
        if (done := once.done_before(session)) is not None:
            return done
        check_second(actor.user_id, first=[request.user_id], part=_ASKED)
        _check_waiting(request)
        why = queries.reasons([request.office_code]).get(request.office_code)
        if not why or request.lifted_by is not None:
            raise rules.RequestNotHeld(request=request_id)
        request.status, request.held_for = RequestStatus.ASKED, why
        request.lifted_by, request.lift_reason = actor.user_id, reason
        notices.settle(session, NoticeKind.REQUEST_HELD, request_id)
        audit.record(session, actor, "lift", "request", request_id, request.supplier_office, held_for=why)
        return once.keep(session, request_id)


def cancel(actor: Actor, request_id: int, reason: str = "", once: Once = FIRST) -> int:
    """Take a request back before it is decided, as who asks. Answers the request's id."""
    with transaction() as session:
        request = _locked(session, actor, Action.TRANSFER, request_id)
        check_side(actor.office, request.office_code)
        if (done := once.done_before(session)) is not None:
            return done
        _check_waiting(request)
        request.status, request.decision_reason = RequestStatus.CANCELLED, reason
        notices.settle(session, NoticeKind.REQUEST_HELD, request_id)
        audit.record(session, actor, "cancel", "request", request_id, request.office_code)
        return once.keep(session, request_id)


def _grant(session: Session, actor: Actor, request: SupplyRequest, decision: Decision, lent_out: int) -> None:
    """Approve so much, by a transfer that was asked for by who asked and is approved by who decides."""
    source = _store_of_supplier(decision.from_store or main_store_of(request.supplier_office), request)
    target = store_facts(request.to_store, hold=True)
    check_open(target, pointer=None)
    approved = rules.granted(request.requested, lent_out, decision.quantity, decision.reason)
    today = clock.business_day(target.time_zone)
    transfer = drafts.draft(
        session,
        actor,
        source=source,
        target=target,
        item=request.item_code,
        quantity=approved,
        owner=source.office,
        event_id=target.event_id,
        expected_on=request.needed_on if request.needed_on and request.needed_on >= today else None,
        status=TransferStatus.APPROVED,
        reason=decision.reason,
    )
    transfer.requested, transfer.user_id = request.requested, request.user_id
    request.status, request.approved, request.transfer_id = RequestStatus.APPROVED, approved, transfer.id


def _store_of_supplier(code: str, request: SupplyRequest) -> StoreFacts:
    store = store_facts(code, pointer="/from_store")
    if store.office != request.supplier_office or store.event_id:
        raise rules.StoreNotOfSupplier(pointer="/from_store", store=code, office=request.supplier_office)
    return store


def _lent_out(request: SupplyRequest) -> int:
    """What the asker has lent of this family of items and not got back."""
    family = get_item(request.item_code).family
    return positions([request.office_code]).get((request.office_code, family), Position()).lent_out


def _of_supplier(session: Session, actor: Actor, request_id: int) -> SupplyRequest:
    """The request, locked, for whoever may approve at its supplier."""
    request = _locked(session, actor, Action.APPROVE, request_id)
    check_side(actor.office, request.supplier_office)
    return request


def _locked(session: Session, actor: Actor, action: Action, request_id: int) -> SupplyRequest:
    request = session.get(SupplyRequest, request_id, with_for_update=True)
    unseen = queries.RequestNotFound(request=request_id)
    if request is None:
        raise unseen
    access.require(actor, action, request.office_code, request.supplier_office, unseen=unseen)
    return request


def _check_waiting(request: SupplyRequest) -> None:
    if request.status not in rules.WAITING:
        raise rules.RequestDecided(request=request.id, status=request.status)
