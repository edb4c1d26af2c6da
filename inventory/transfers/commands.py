"""The steps of a transfer. Its row is locked first; then its accounts, once; the goods move with the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.database import transaction
from inventory.errors import NotPermitted
from inventory.offices.models import Office
from inventory.offices.queries import (
    Checks,
    OfficeNotFound,
    StoreFacts,
    StoreNotFound,
    check_open,
    kit_facts,
    store_facts,
    store_for,
)
from inventory.retries import FIRST, Once
from inventory.stock.numbers import Amount
from inventory.stock.rules import NO_EVENT
from inventory.transfers import drafts, goods, queries, rules
from inventory.transfers.headings import Delivered
from inventory.transfers.models import Transfer
from inventory.transfers.rules import Count, Step, TransferStatus


@dataclass(frozen=True, slots=True)
class Wish:
    """What a transfer is asked to bring from where to where.

    `owner` chooses whose goods of an event kit; `from_event` takes goods that lie earmarked in an ordinary store.
    """

    from_store: str
    to_store: str
    item: str
    quantity: int
    event: int | None = None
    from_event: int | None = None
    owner: str | None = None
    expected_on: date | None = None
    reason: str = ""


def request(actor: Actor, wish: Wish, once: Once = FIRST) -> int:
    """Ask for goods of another store, or offer them: either end may. Answers the transfer's id."""
    with transaction() as session:
        source = store_facts(wish.from_store, pointer="/from_store", hold=True)
        target = store_facts(wish.to_store, pointer="/to_store", hold=True)
        unseen = StoreNotFound(pointer="/from_store", store=source.code)
        access.require(actor, Action.TRANSFER, source.office, target.office, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(source, pointer="/from_store")
        check_open(target, pointer="/to_store")
        item = get_item(wish.item)
        transfer = drafts.draft(
            session,
            actor,
            source=source,
            target=target,
            item=item.code,
            quantity=wish.quantity,
            owner=_owner(session, wish, source, target),
            keeps_owner=bool(source.event_id),
            from_event_id=_from_event(wish.from_event, source),
            event_id=_event(actor, wish.event, source, target),
            expected_on=wish.expected_on,
            reason=wish.reason,
        )
        _note(session, actor, "request", transfer, transfer.from_office, quantity=wish.quantity)
        return once.keep(session, transfer.id)


def _owner(session: Session, wish: Wish, source: StoreFacts, target: StoreFacts) -> str:
    """Whose goods go: the sender's own, or from an event kit those of any office that brought some."""
    owner = wish.owner or source.office
    if not source.event_id:
        if owner != source.office:
            raise rules.OwnerIsSender(pointer="/owner", store=source.code, office=source.office)
        return owner
    if session.get(Office, owner) is None:
        raise OfficeNotFound(pointer="/owner", office=owner)
    rules.check_pooled(owner, target.office, to_kit=bool(target.event_id))
    return owner


def _from_event(asked: int | None, source: StoreFacts) -> int:
    """Which earmark the goods are taken out of: a kit's own, or the one that was named."""
    if source.event_id and asked not in (None, source.event_id):
        raise rules.EventOfKit(pointer="/from_event", store=source.code, event=source.event_id, asked=asked)
    return source.event_id or asked or NO_EVENT


def _event(actor: Actor, asked: int | None, source: StoreFacts, target: StoreFacts) -> int:
    """What the goods are for on arrival: a kit's event, or the event that was named."""
    if target.event_id:
        if asked not in (None, target.event_id):
            raise rules.EventOfKit(pointer="/event", store=target.code, event=target.event_id, asked=asked)
        return target.event_id
    if asked is None:
        return NO_EVENT
    kit = kit_facts(asked)
    unseen = queries.EarmarkEventNotFound(pointer="/event", event=asked)
    if kit is None:
        raise unseen
    if kit.office not in (source.office, target.office):
        access.require(actor, Action.TRANSFER, kit.office, event_id=asked, unseen=unseen)
    check_open(kit, pointer="/event")
    return asked


def approve(actor: Actor, transfer_id: int, quantity: int | None = None, reason: str = "", once: Once = FIRST) -> int:
    """Grant a request: all of it, less, or with a reason more. Answers the transfer's id."""
    with transaction() as session:
        transfer = _locked(session, actor, Action.APPROVE, transfer_id)
        rules.check_approver(actor.office, transfer.from_office, transfer.to_office)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(transfer.status, TransferStatus.REQUESTED)
        approved = rules.approve(transfer.requested, quantity, reason)
        rules.check_approval(actor.user_id, transfer.user_id, approved, _checks(transfer).transfer_check_over)
        transfer.approved, transfer.approved_by = approved, actor.user_id
        transfer.status = TransferStatus.APPROVED
        transfer.reason = reason or transfer.reason
        _note(session, actor, "approve", transfer, transfer.from_office, quantity=transfer.approved)
        return once.keep(session, transfer.id)


def refuse(actor: Actor, transfer_id: int, reason: str, once: Once = FIRST) -> int:
    """Turn a request down. Answers the transfer's id."""
    with transaction() as session:
        transfer = _locked(session, actor, Action.APPROVE, transfer_id)
        rules.check_approver(actor.office, transfer.from_office, transfer.to_office)
        if (done := once.done_before(session)) is not None:
            return done
        _check_may_end(transfer)
        rules.check_status(transfer.status, TransferStatus.REQUESTED)
        transfer.status = TransferStatus.REFUSED
        transfer.reason = reason
        _note(session, actor, "refuse", transfer, transfer.from_office)
        return once.keep(session, transfer.id)


def cancel(actor: Actor, transfer_id: int, reason: str = "", once: Once = FIRST) -> int:
    """Give a transfer up: either end before it leaves; its sender also after, while nothing was received.

    Goods that had left go back where they came from. Answers the transfer's id.
    """
    with transaction() as session:
        transfer = _locked(session, actor, Action.TRANSFER, transfer_id)
        rules.check_side(actor.office, transfer.from_office, transfer.to_office)
        if (done := once.done_before(session)) is not None:
            return done
        _check_may_end(transfer)
        early = (TransferStatus.REQUESTED, TransferStatus.APPROVED)
        sent = queries.tally_of(transfer)
        if transfer.status is TransferStatus.DISPATCHED and sent.outstanding == sent.dispatched:
            rules.check_side(actor.office, transfer.from_office)
            goods.recall(session, actor, transfer, reason)
        else:
            rules.check_status(transfer.status, *early)
        transfer.status = TransferStatus.CANCELLED
        transfer.reason = reason or transfer.reason
        _note(session, actor, "cancel", transfer, transfer.from_office, recalled=sent.dispatched)
        return once.keep(session, transfer.id)


def dispatch(
    actor: Actor,
    transfer_id: int,
    amount: Amount | None = None,
    occurred_on: date | None = None,
    once: Once = FIRST,
) -> int:
    """Send what was approved, or less: a count, or the very numbers. Answers the transfer's id.

    Raises `MoreThanApproved`, and as any taking `StockInsufficient`, `NumbersNeeded`, `NumbersUnknown` or
    `NumbersElsewhere`.
    """
    with transaction() as session:
        transfer = _locked(session, actor, Action.TRANSFER, transfer_id)
        rules.check_side(actor.office, transfer.from_office)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(transfer.status, TransferStatus.APPROVED)
        approved = transfer.approved or 0
        rules.check_sender(actor.user_id, transfer.approved_by, approved, _checks(transfer).transfer_check_over)
        sent = rules.dispatch(approved, None if amount is None else amount.quantity)
        goods.send(session, actor, transfer, amount or Amount(sent), occurred_on)
        transfer.dispatched_by, transfer.dispatched_at = actor.user_id, clock.now()
        if sent < approved and _leaves_closed_kit(transfer):
            drafts.rest(session, actor, transfer, approved - sent)
        _note(session, actor, "dispatch", transfer, transfer.from_office, quantity=sent)
        return once.keep(session, transfer.id)


def receive(
    actor: Actor,
    transfer_id: int,
    delivered: Delivered,
    reason: str = "",
    seen_by: str = "",
    occurred_on: date | None = None,
    once: Once = FIRST,
) -> int:
    """Note what arrived; several receipts may follow one dispatch. Answers the transfer's id.

    Rejected goods are spoiled at the receiver. Missing ones stay on the transfer until found or written off. A surplus
    is booked by a movement of its own. Goods that were sent with numbers are received by them, unless one count takes
    all of them. Raises `NumbersElsewhere` or `NumbersUnknown` for numbers that were not sent.
    """
    with transaction() as session:
        transfer = _locked(session, actor, Action.TRANSFER, transfer_id)
        rules.check_side(actor.office, transfer.to_office)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(transfer.status, TransferStatus.DISPATCHED)
        goods.check_sent(session, transfer, delivered.received, delivered.rejected)
        count = delivered.count
        tally = rules.receive(queries.tally_of(transfer), count, reason, seen_by)
        goods.deliver(session, actor, transfer, delivered, reason, seen_by, occurred_on)
        goods.keep(session, transfer, tally)
        facts = {"received": count.received, "rejected": count.rejected, "missing": count.missing}
        _note(session, actor, "receive", transfer, transfer.to_office, surplus=count.surplus, **facts)
        return once.keep(session, transfer.id)


def resolve(
    actor: Actor,
    transfer_id: int,
    found: Amount,
    written_off: Amount,
    reason: str,
    police_number: str = "",
    once: Once = FIRST,
) -> int:
    """Settle missing goods: found ones arrive after all, the others are given up. Answers the transfer's id.

    The receiver says what was found; who may approve for the sender says what is given up.
    """
    with transaction() as session:
        transfer = _locked(session, actor, Action.TRANSFER, transfer_id)
        if found.quantity:
            rules.check_side(actor.office, transfer.to_office)
        if written_off.quantity:
            _require_approver(actor, transfer)
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_status(transfer.status, TransferStatus.DISPUTED)
        if written_off.quantity:
            noted = [each.user_id for each in queries.standing_deliveries(transfer.id) if each.missing]
            hands = [transfer.dispatched_by, *noted]
            rules.check_write_off(actor.user_id, hands, checked=_checks(transfer).write_off_check)
        goods.check_sent(session, transfer, found, written_off)
        tally = rules.resolve(queries.tally_of(transfer), found.quantity, written_off.quantity)
        goods.settle(session, actor, transfer, found, written_off, reason, police_number)
        goods.keep(session, transfer, tally)
        facts = {"found": found.quantity, "written_off": written_off.quantity}
        _note(session, actor, "resolve", transfer, transfer.from_office, **facts)
        return once.keep(session, transfer.id)


def undo(actor: Actor, transfer_id: int, reason: str, once: Once = FIRST) -> int:
    """Take the last step back, goods and document together. Answers the transfer's id.

    Raises `NothingToUndo`, `DifferenceSettled`, `PledgeSettlesThis`, and `StockInsufficient` where received goods have
    moved on.
    """
    with transaction() as session:
        transfer = _locked(session, actor, Action.TRANSFER, transfer_id)
        if (done := once.done_before(session)) is not None:
            return done
        _check_no_pledge(transfer)
        deliveries = queries.standing_deliveries(transfer.id)
        step = rules.last_step(transfer.status, delivered=bool(deliveries))
        if step is Step.DELIVERY:
            rules.check_side(actor.office, transfer.to_office)
            last, noted_missing = deliveries[-1], sum(each.missing for each in deliveries)
            count = Count(last.received, last.rejected, last.missing, last.surplus)
            tally = rules.undeliver(queries.tally_of(transfer), count, noted_missing)
            goods.undeliver(session, actor, transfer, last, reason)
            goods.keep(session, transfer, tally)
        elif step is Step.DISPATCH:
            rules.check_side(actor.office, transfer.from_office)
            if _leaves_closed_kit(transfer):  # the rest of what was approved went, or goes, by a transfer of its own
                transfer.approved = transfer.dispatched
            goods.recall(session, actor, transfer, reason)
            transfer.dispatched_by, transfer.dispatched_at = None, None
            transfer.status = TransferStatus.APPROVED
        else:
            _require_approver(actor, transfer)
            _check_may_end(transfer)
            if transfer.granted:
                raise rules.ApprovedElsewhere
            transfer.approved, transfer.approved_by = None, None
            transfer.status = TransferStatus.REQUESTED
        office = transfer.to_office if step is Step.DELIVERY else transfer.from_office
        _note(session, actor, "undo", transfer, office, step=step)
        return once.keep(session, transfer.id)


def redirect(actor: Actor, transfer_id: int, to_store: str, expected_on: date | None = None, once: Once = FIRST) -> int:
    """Send the return of pooled goods straight to the next event, or to another store of their owner, who decides."""
    with transaction() as session:
        transfer = _locked(session, actor, Action.TRANSFER, transfer_id)
        access.require(actor, Action.TRANSFER, transfer.owner_code)
        if (done := once.done_before(session)) is not None:
            return done
        if not (transfer.keeps_owner and transfer.from_event_id) or transfer.pledge_id is not None:
            raise rules.NotAReturn
        rules.check_status(transfer.status, TransferStatus.APPROVED)
        target = store_for(actor, Action.READ, to_store, pointer="/to_store", hold=True)
        check_open(target, pointer="/to_store")
        if target.code == transfer.from_store:
            raise rules.SameStore(pointer="/to_store", store=target.code)
        rules.check_pooled(transfer.owner_code, target.office, to_kit=bool(target.event_id))
        transfer.to_store, transfer.to_office, transfer.event_id = target.code, target.office, target.event_id
        transfer.expected_on = expected_on or transfer.expected_on
        _note(session, actor, "redirect", transfer, transfer.from_office, to_store=target.code)
        return once.keep(session, transfer.id)


def _locked(session: Session, actor: Actor, action: Action, transfer_id: int) -> Transfer:
    """The transfer, locked, when the role knows the action and the actor may see it."""
    transfer = session.get(Transfer, transfer_id, with_for_update=True)
    if transfer is None:
        raise queries.TransferNotFound(transfer=transfer_id)
    queries.require_sight(actor, action, transfer)
    return transfer


def _checks(transfer: Transfer) -> Checks:
    """What the sender's office wants a second person for."""
    return store_facts(transfer.from_store).checks


def _require_approver(actor: Actor, transfer: Transfer) -> None:
    if not access.permits(actor, Action.APPROVE):
        raise NotPermitted(role=actor.role, office=actor.office, action=Action.APPROVE)
    rules.check_approver(actor.office, transfer.from_office, transfer.to_office)


def _check_no_pledge(transfer: Transfer) -> None:
    if transfer.pledge_id is not None:
        raise rules.PledgeSettlesThis(pledge=transfer.pledge_id)


def _leaves_closed_kit(transfer: Transfer) -> bool:
    return store_facts(transfer.from_store, hold=True).closed


def _check_may_end(transfer: Transfer) -> None:
    """Raise `PledgeSettlesThis` or `ReturnGoesHome` for what may not be given up."""
    _check_no_pledge(transfer)
    going = (TransferStatus.REQUESTED, TransferStatus.APPROVED, TransferStatus.DISPATCHED)
    if transfer.status in going and _leaves_closed_kit(transfer):
        raise rules.ReturnGoesHome


def _note(session: Session, actor: Actor, deed: str, transfer: Transfer, office: str, **facts: object) -> None:
    audit.record(session, actor, deed, "transfer", transfer.id, office, **facts)
