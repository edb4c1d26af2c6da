"""What takes two people or comes afterwards: reversals, their asking, and the confirmation of a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, second_person
from inventory.access import Action, Actor
from inventory.database import transaction
from inventory.errors import Conflict
from inventory.notices import commands as notices
from inventory.notices.rules import NoticeKind
from inventory.offices.queries import StoreFacts, check_open, kit_facts, store_facts
from inventory.retries import FIRST, Once
from inventory.stock import intervals, ledger, queries, rules
from inventory.stock.ledger import Books, Fact
from inventory.stock.models import LossReport, Lot, Movement, ReversalRequest
from inventory.stock.numbers import Amount, Span
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place
from inventory.texts import Text

# How many cards of recordings an account holds: they are handed over and lost by name, never by a count. Printing is
# built on the ledger, so its count is handed in.
NamedCards = Callable[[Session, AccountKey], int]
# What printing says against a reversal of a movement: a ribbon that printed does not come back as a new one.
CheckUnused = Callable[[Session, int], None]
_REPORTED = Text("melaporkan kehilangan", "reported the loss")
_ASKED = Text("meminta pembalikan", "asked for the reversal")


class SecondPersonNeeded(Conflict):
    """Above the office's limit one person asks and another one reverses."""

    code = "second_person_needed"
    text = Text(
        "Pembalikan lebih dari {limit} memerlukan dua orang: seorang meminta (POST /movements/{movement}/"
        "reversal-requests), orang lain membalik. Diminta {asked}.",
        "A reversal of more than {limit} takes two people: one asks (POST /movements/{movement}/reversal-requests),"
        " another one reverses. {asked} were to be reversed.",
    )


class LotTracked(Conflict):
    """Blanks that got their numbers since do not go back with those that are only counted."""

    code = "lot_tracked"
    text = Text(
        "{tracked} blangko dari lot {lots} sudah bernomor; tanpa nomor tinggal {left}. Balik dulu pencatatannya.",
        "{tracked} blanks of lot {lots} got their numbers since; {left} are without. Reverse that tracking first.",
    )


class LossConfirmed(Conflict):
    """A loss is confirmed once."""

    code = "loss_confirmed"
    text = Text("Kehilangan {movement} sudah disahkan.", "The loss {movement} was confirmed already.")


def reverse(
    actor: Actor,
    movement_id: int,
    reason: str,
    named_cards: NamedCards,
    amount: Amount | None = None,
    once: Once = FIRST,
    check_unused: CheckUnused | None = None,
) -> int:
    """Take a receipt, spoilage, loss or use back, in part if `amount` says so. Answers the reversal's id.

    Above the office's limit another person must have asked for it. Raises `NotReversible` for other kinds, for
    reversals and for cards lost by name, `ReversalTooLarge`, `SecondPersonNeeded`, `SamePerson`, and
    `StockInsufficient` or `NumbersElsewhere` where the goods have moved on.
    """
    with transaction() as session:
        movement, store = _reversible(session, actor, movement_id)
        if (done := once.done_before(session)) is not None:
            return done
        left, asked = _left_of(session, movement, amount)
        check_open(store, pointer=None)
        if check_unused is not None and movement.kind is MovementKind.CONSUMPTION:
            check_unused(session, movement_id)
        asking = _asked_by_another(session, actor, store, movement, asked.quantity, left)
        stranded = {key.free for key in left if _is_stranded(key)}
        books = ledger.lock(session, [*left, *stranded], {store.code: store.office})
        there = ledger.brought(session, movement_id, books)
        if movement.kind is MovementKind.TRACKING:
            legs = _untracked(left, asked, there)
        else:
            legs = rules.part_of_reversal(left, asked, there)
        _check_lots(session, movement, legs)
        _check_unnamed(session, books, legs, named_cards)
        fact = Fact(MovementKind.REVERSAL, actor, store, reason=reason, corrects_id=movement_id)
        posted = ledger.post(session, books, fact, legs)
        # What comes back to an event that is over is set free at once: nobody would come for it.
        back = [leg for leg in legs if leg.target.free in stranded]
        freed = [Leg(leg.target, leg.target.free, leg.quantity, leg.spans) for leg in back]
        if freed:
            event_id = freed[0].source.event_id
            ledger.post(session, books, Fact(MovementKind.RELEASE, actor, store, document_id=event_id), freed)
        if asking is not None:
            asking.used_by = posted.id
        if movement.kind is MovementKind.LOSS and asked.quantity == _gained(left):
            notices.settle(session, NoticeKind.LOSS_UNCONFIRMED, movement_id)
        facts = {"corrects": movement_id, "quantity": asked.quantity}
        audit.record(session, actor, "reverse", "movement", posted.id, store.office, **facts)
        return once.keep(session, posted.id)


def ask_reversal(actor: Actor, movement_id: int, reason: str, quantity: int | None = None, once: Once = FIRST) -> int:
    """Ask that a movement be reversed, all of it or so much: another person does it. Answers the asking's id."""
    with transaction() as session:
        movement, store = _reversible(session, actor, movement_id)
        if (done := once.done_before(session)) is not None:
            return done
        _, asked = _left_of(session, movement, None if quantity is None else Amount(quantity))
        asking = ReversalRequest(
            movement_id=movement_id,
            office_code=store.office,
            quantity=asked.quantity,
            reason=reason,
            asked_by=actor.user_id,
            asked_at=clock.now(),
        )
        session.add(asking)
        session.flush()
        facts = {"quantity": asked.quantity, "request": asking.id}
        audit.record(session, actor, "ask_reversal", "movement", movement_id, store.office, **facts)
        return once.keep(session, asking.id)


def _reversible(session: Session, actor: Actor, movement_id: int) -> tuple[Movement, StoreFacts]:
    """The movement, locked, when the actor may move stock where it happened; raises `MovementNotFound`."""
    movement = session.get(Movement, movement_id, with_for_update=True)
    unseen = queries.MovementNotFound(movement=movement_id)
    if movement is None:
        raise unseen
    store = store_facts(movement.store_code, hold=True)
    access.require(actor, Action.MOVE_STOCK, store.office, event_id=store.event_id or None, unseen=unseen)
    return movement, store


def _left_of(session: Session, movement: Movement, amount: Amount | None) -> tuple[Mapping[AccountKey, int], Amount]:
    """What is left of a movement, and how much of that is to be reversed."""
    if movement.kind not in rules.REVERSIBLE or movement.document_id is not None:
        raise rules.NotReversible(kind=movement.kind)
    left = ledger.entries_of(session, movement.id)
    whole = _gained(left)
    if not whole:
        raise rules.ReversedAlready(movement=movement.id)
    asked = amount or Amount(whole)
    if not 0 < asked.quantity <= whole:
        raise rules.ReversalTooLarge(movement=movement.id, left=whole, asked=asked.quantity)
    return left, asked


def _gained(entries: Mapping[AccountKey, int]) -> int:
    return sum(change for change in entries.values() if change > 0)


def _untracked(left: Mapping[AccountKey, int], asked: Amount, there: Mapping[AccountKey, Sequence[Span]]) -> list[Leg]:
    """The legs that take numbers off the books again: the blanks stay, and are only counted."""
    held = {key: change for key, change in left.items() if change > 0}
    came_from_outside = held | {key.at(Place.SUPPLIED): -change for key, change in held.items()}
    taken = rules.part_of_reversal(came_from_outside, asked, there)
    return [Leg(leg.source, leg.source.tracked(numbered=False), leg.quantity, leg.spans) for leg in taken]


def _check_lots(session: Session, movement: Movement, legs: Sequence[Leg]) -> None:
    """Keep the lots right: what lost its numbers may get them again; what got them since stays."""
    if movement.kind is MovementKind.TRACKING:
        given_back = intervals.lots_of(session, [span for leg in legs for span in leg.spans])
        for lot_id, quantity in given_back.items():
            session.execute(sa.update(Lot).where(Lot.id == lot_id).values(tracked=Lot.tracked - quantity))
    if movement.kind is not MovementKind.RECEIPT:
        return
    counted = sum(leg.quantity for leg in legs if not leg.spans)
    lots = session.scalars(sa.select(Lot).where(Lot.receipt_id == movement.id).order_by(Lot.id).with_for_update()).all()
    arrived = ledger.entries_of(session, movement.id, corrected=False)
    numbered = sum(change for key, change in arrived.items() if key.numbered and change > 0)
    tracked_since = sum(lot.tracked for lot in lots) - numbered
    left = sum(change for key, change in ledger.entries_of(session, movement.id).items() if _is_counted(key, change))
    if lots and counted > left - tracked_since:
        raise LotTracked(lots=", ".join(str(lot.id) for lot in lots), tracked=tracked_since, left=left - tracked_since)


def _is_counted(key: AccountKey, change: int) -> bool:
    return change > 0 and not key.numbered


def _asked_by_another(
    session: Session, actor: Actor, store: StoreFacts, movement: Movement, quantity: int, left: Mapping[AccountKey, int]
) -> ReversalRequest | None:
    """The unused asking that covers this reversal, where the office wants two people; locked by its movement.

    What was reversed of the movement before counts too: a large reversal in slices is a large one.
    """
    limit, movement_id = store.checks.reversal_check_over, movement.id
    before = _gained(ledger.entries_of(session, movement_id, corrected=False)) - _gained(left)
    if limit is None or before + quantity <= limit:
        return None
    query = sa.select(ReversalRequest).where(
        ReversalRequest.movement_id == movement_id,
        ReversalRequest.used_by.is_(None),
        ReversalRequest.quantity >= quantity,
    )
    found = session.scalars(query.order_by(ReversalRequest.id)).all()
    if not found:
        raise SecondPersonNeeded(limit=limit, movement=movement_id, asked=quantity)
    for asking in found:
        if asking.asked_by != actor.user_id:
            return asking
    second_person.check_second(actor.user_id, first=[found[0].asked_by], part=_ASKED)
    return None


def report_loss(session: Session, actor: Actor, store: StoreFacts, movement_id: int, quantity: int) -> None:
    """Note who reported a loss; where the office wants a second person, whoever is in charge is told."""
    session.add(
        LossReport(id=movement_id, office_code=store.office, reported_by=actor.user_id, reported_at=clock.now())
    )
    if store.checks.write_off_check:
        facts = {"store": store.code, "quantity": quantity}
        notices.tell(session, store.office, NoticeKind.LOSS_UNCONFIRMED, movement_id, **facts)


def confirm_loss(actor: Actor, movement_id: int, once: Once = FIRST) -> int:
    """Confirm, as a second person, that what was reported lost is written off. Answers the movement's id.

    Raises `MovementNotFound`, `SamePerson`, `LossConfirmed`, or `ReversedAlready` where everything was found again.
    """
    with transaction() as session:
        report = session.get(LossReport, movement_id, with_for_update=True)
        unseen = queries.MovementNotFound(movement=movement_id)
        if report is None:
            raise unseen
        access.require(actor, Action.APPROVE, report.office_code, unseen=unseen)
        if (done := once.done_before(session)) is not None:
            return done
        second_person.check_second(actor.user_id, first=[report.reported_by], part=_REPORTED)
        if report.confirmed_at is not None:
            raise LossConfirmed(movement=movement_id)
        if not _gained(ledger.entries_of(session, movement_id)):
            raise rules.ReversedAlready(movement=movement_id)
        report.confirmed_by, report.confirmed_at = actor.user_id, clock.now()
        notices.settle(session, NoticeKind.LOSS_UNCONFIRMED, movement_id)
        audit.record(session, actor, "confirm_loss", "movement", movement_id, report.office_code)
        return once.keep(session, movement_id)


def _check_unnamed(session: Session, books: Books, legs: Sequence[Leg], named_cards: NamedCards) -> None:
    """Raise `StockInsufficient` where cards of recordings would leave their account without their name."""
    for key, quantity in ((leg.source, leg.quantity) for leg in legs):
        if key.place is Place.STORE and key.condition is Condition.PRINTED:
            unnamed = books.balance(key) - named_cards(session, key)
            if quantity > unnamed:
                raise rules.short(key, available=unnamed, asked=quantity)


def _is_stranded(key: AccountKey) -> bool:
    if key.place is not Place.STORE or key.condition is not Condition.BLANK:
        return False
    kit = kit_facts(key.event_id)
    return kit is not None and kit.closed
