"""The papers that several people sign: counts, destructions, and the sheet of a custody session."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from inventory import keys
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.custody.models import CustodySession
from inventory.custody.queries import spent_of
from inventory.custody.rules import CustodyStatus, compared, spans_of
from inventory.disposal.models import Destruction, DestructionLine
from inventory.disposal.rules import DestructionStatus
from inventory.documents.consignments import Gathered
from inventory.documents.facts import Signer, Subject, brought, event_name, goods, numbered_lines, place, said, state
from inventory.documents.rules import DocumentKind, DocumentNotReady, said_span
from inventory.offices.models import Office
from inventory.offices.queries import store_facts
from inventory.opname.models import Count, CountLine, CountNumbers
from inventory.opname.rules import CountStatus
from inventory.outreach.models import Event
from inventory.printing.closing import cards_of
from inventory.printing.models import Attempt
from inventory.printing.rules import Outcome
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.numbers import Series, Span, compact, interval, read
from inventory.stock.rules import QUARANTINE, Condition, MovementKind, Place

# Withdrawn cards are no stock: they are counted in a unit of their own and never added to blanks.
_CARDS = "kartu ditarik"


def _of_store(kind: DocumentKind, row: Any) -> Subject:
    event = store_facts(row.store_code).event_id or getattr(row, "event_id", None)
    return Subject(kind, str(row.id), row, row.office_code, event_id=event or None)


def find_count(session: Session, kind: DocumentKind, count_id: int) -> Subject | None:
    """The count of a berita acara opname."""
    row = session.get(Count, count_id, with_for_update={"read": True})
    return None if row is None else _of_store(kind, row)


def count_facts(session: Session, subject: Subject) -> Gathered:
    """What was counted beside the books, and the numbers that were not as they should be."""
    count: Count = subject.row
    if count.status is not CountStatus.APPROVED or count.approved_at is None:
        raise DocumentNotReady(kind=subject.kind, subject=subject.key, status=count.status)
    rows = session.execute(
        sa.select(CountLine, Account, Item, Event.name)
        .join(Account, Account.id == CountLine.account_id)
        .join(Item, Item.code == Account.item_code)
        .outerjoin(Event, Event.id == Account.event_id)
        .where(CountLine.count_id == count.id)
        .order_by(Account.item_code, Account.condition, Account.owner_code, Account.event_id, Account.id)
    ).all()
    facts = {
        "store": place(session, count.store_code),
        "event": event_name(session, subject.event_id),
        "kind": said(count.kind),
        "blind": count.blind,
        "started_on": count.started_on.isoformat(),
        "held_on": _counted_on(session, count, [row[0] for row in rows]).isoformat(),
        "approved_at": count.approved_at.isoformat(),
        "reason": count.reason,
        "lines": [_count_line(*row) for row in rows],
        "numbers": _numbers_of(session, count.id),
    }
    signers = [
        *[Signer("Yang menghitung", user_id) for user_id in count.counted_by],
        Signer("Yang menyetujui", count.approved_by),
        Signer("Mengetahui", office="Kepala Dinas"),
    ]
    return facts, signers, {}


def _counted_on(session: Session, count: Count, lines: Sequence[CountLine]) -> date:
    """The day of the last counting, where the store is."""
    counted = [line.counted_at for line in lines if line.counted_at is not None]
    zone = ZoneInfo(session.get_one(Office, count.office_code).time_zone)
    return max(counted).astimezone(zone).date() if counted else count.started_on


def _count_line(line: CountLine, account: Account, item: Item, event: str | None) -> dict[str, Any]:
    books = line.snapshot if line.books is None else line.books
    counted = books if line.counted is None else line.counted
    return {
        "item": item.name,
        "unit": item.unit,
        "class": state(item.kind, account.condition),
        "condition": _condition(account, item.kind),
        "owner": account.owner_code,
        "event": event or "",
        "numbered": account.numbered,
        "snapshot": line.snapshot,
        "moved": books - line.snapshot,
        "books": books,
        "counted": counted,
        "variance": counted - books,
        "reason": line.reason,
    }


def _condition(account: Account, kind: ItemKind) -> str:
    """The condition; of spoiled goods with their class of quarantine."""
    told = state(kind, account.condition)
    if account.condition is not Condition.SPOILED or account.document_id not in QUARANTINE.values():
        return told
    reason = said(next(reason for reason, number in QUARANTINE.items() if number == account.document_id))
    return told if reason == told else f"{told}: {reason}"


def _numbers_of(session: Session, count_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        sa.select(CountNumbers, Account, Item)
        .join(CountLine, CountLine.id == CountNumbers.line_id)
        .join(Account, Account.id == CountLine.account_id)
        .join(Item, Item.code == Account.item_code)
        .where(CountLine.count_id == count_id)
        .order_by(CountNumbers.finding, CountNumbers.prefix, CountNumbers.width, CountNumbers.first, CountNumbers.id)
    )
    lines = []
    for row, account, item in rows:
        span = Span(Series(row.prefix, row.width), row.first, row.last)
        lines.append(
            {
                "item": item.name,
                "condition": _condition(account, item.kind),
                "finding": said(row.finding),
                "numbers": said_span(span),
                "quantity": len(span),
            }
        )
    return lines


def find_destruction(session: Session, kind: DocumentKind, destruction_id: int) -> Subject | None:
    """The destruction of a berita acara pemusnahan."""
    row = session.get(Destruction, destruction_id, with_for_update={"read": True})
    return None if row is None else replace(_of_store(kind, row), own_number=row.number)


def destruction_facts(session: Session, subject: Subject) -> Gathered:
    """What was burned, class by class: blanks of the books, and residents' cards beside them."""
    fire: Destruction = subject.row
    if fire.status is not DestructionStatus.APPROVED or fire.approved_at is None:
        raise DocumentNotReady(kind=subject.kind, subject=subject.key, status=fire.status)
    rows = session.execute(
        sa.select(DestructionLine, Item.name, Item.unit, Office.name)
        .outerjoin(Item, Item.code == DestructionLine.item_code)
        .outerjoin(Office, Office.code == DestructionLine.owner_code)
        .where(DestructionLine.destruction_id == fire.id)
        .order_by(DestructionLine.item_code.is_(None), DestructionLine.id)
    ).all()
    witnesses = _witnesses(fire.witnesses_secret)
    facts = {
        "store": place(session, fire.store_code),
        "event": event_name(session, subject.event_id),
        "held_on": fire.destroyed_on.isoformat(),
        "approved_at": fire.approved_at.isoformat(),
        "reason": fire.reason,
        "lines": [line for row in rows for line in _fire_lines(*row)],
    }
    signers = [
        Signer("Yang memusnahkan", fire.user_id),
        *[Signer("Yang menghitung", user_id) for user_id in fire.counted_by],
        Signer("Yang menyetujui", fire.approved_by),
        *[Signer("Saksi", witness=key) for key in witnesses],
    ]
    return facts, signers, witnesses


def _fire_lines(line: DestructionLine, item: str | None, unit: str | None, owner: str | None) -> list[dict[str, Any]]:
    base = {
        "item": item or "KTP-el yang ditarik",
        "unit": unit or _CARDS,
        "reason": said(line.reason),
        "owner": owner or line.owner_code,
    }
    spans = [interval(*ends) for ends in line.intervals or ()]
    return numbered_lines(base, spans, line.quantity)


def _witnesses(secret: bytes | None) -> dict[str, dict[str, str]]:
    """Who saw the fire; nobody where the names were purged."""
    people = json.loads(keys.decrypt(secret)) if secret else []
    return {
        f"witness:{index}": {"name": person["name"], "institution": person["institution"]}
        for index, person in enumerate(people, 1)
    }


def find_session(session: Session, kind: DocumentKind, session_id: int) -> Subject | None:
    """The custody session of a sheet."""
    row = session.get(CustodySession, session_id, with_for_update={"read": True})
    return None if row is None else _of_store(kind, row)


def session_facts(session: Session, subject: Subject) -> Gathered:
    """What was put into one hand, and what became of it: also of a session that still runs."""
    shift: CustodySession = subject.row
    base = goods(session, shift.item_code)
    apart = compared(spent_of([shift])[shift.id], shift.printer_count, shift.siak_count)
    facts = {
        "store": place(session, shift.store_code),
        "event": event_name(session, subject.event_id),
        "item": base["item"],
        "state": shift.status.value,
        "status": said(shift.status),
        "opened_at": shift.opened_at.isoformat(),
        "closed_at": shift.closed_at.isoformat() if shift.closed_at else None,
        "needed": shift.needed,
        "issued": shift.issued,
        "reason": shift.reason,
        "missing": shift.missing,
        "surplus": shift.surplus,
        "explanation": shift.explanation,
        "printer_count": shift.printer_count,
        "printer_difference": apart["printer"],
        "siak_count": shift.siak_count,
        "siak_difference": apart["siak"],
        "lines": _outcomes(session, shift, base["unit"]),
        "cards": [{"outcome": said(status), "quantity": quantity} for status, quantity in cards_of(shift.id).items()],
        "numbers": _numbers_in_hand(session, shift),
    }
    signers = [
        Signer("Pemegang", shift.holder_id),
        Signer("Yang menyerahkan", shift.user_id),
        *[Signer("Yang menghitung", user_id) for user_id in shift.counted_by],
        *[Signer("Yang menghitung pengembalian", user_id) for user_id in shift.return_counted_by or ()],
    ]
    signers += [Signer("Yang menyetujui", shift.approved_by)] if shift.approved_by else []
    return facts, signers, {}


def _numbers_in_hand(session: Session, shift: CustodySession) -> list[dict[str, Any]]:
    """The numbers that were handed out, what became of each, and those that came back beyond the books."""
    tried = session.execute(
        sa.select(Attempt.outcome, Attempt.number).where(
            Attempt.custody_id == shift.id, Attempt.undone_by.is_(None), Attempt.number.is_not(None)
        )
    ).all()
    used = [(outcome, read(number)) for outcome, number in tried if number]
    returns = sa.select(Movement.id).where(
        Movement.kind == MovementKind.CUSTODY_RETURN,
        Movement.document_id == shift.id,
        Movement.store_code == shift.store_code,
    )
    found = {
        "diserahkan": _spans(session, [shift.movement_id], Place.CUSTODY),
        "tercetak": [span for outcome, span in used if outcome is Outcome.PRINTED],
        "rusak": [span for outcome, span in used if outcome is Outcome.SPOILED],
        "dikembalikan": _spans(session, session.scalars(returns).all(), Place.STORE),
        "kurang": spans_of(shift.missing_numbers),
        "lebih": spans_of(shift.surplus_numbers),
    }
    return [
        {"outcome": outcome, "numbers": said_span(span), "quantity": len(span)}
        for outcome, spans in found.items()
        for span in compact(spans)
    ]


def _spans(session: Session, movements: Sequence[int], where: Place) -> list[Span]:
    return [each.span for each in brought(session, movements, where)]


def _outcomes(session: Session, shift: CustodySession, unit: str) -> list[dict[str, Any]]:
    """Where the ledger says that the blanks of a session went; together they are what was issued."""
    held, other = aliased(Account), aliased(Account)
    mine, theirs = aliased(Entry), aliased(Entry)
    in_hand = sa.and_(
        held.store_code == shift.store_code,
        held.place == Place.CUSTODY,
        held.document_id == shift.id,
        held.condition == Condition.BLANK,
    )
    touched = sa.select(mine.movement_id).join(held, held.id == mine.account_id).where(in_hand)
    gained = session.execute(
        sa.select(other.place, other.document_id, other.condition, sa.func.sum(theirs.quantity))
        .join(other, other.id == theirs.account_id)
        .where(theirs.movement_id.in_(touched), theirs.movement_id != shift.movement_id)
        .group_by(other.place, other.document_id, other.condition)
    ).all()
    sums = dict.fromkeys(("Tercetak", "Rusak", "Dikembalikan", "Hilang"), 0)
    for where, _document, condition, quantity in gained:
        if (name := _outcome(where, condition)) is not None:
            sums[name] += int(quantity)
    left = shift.issued - sum(sums.values())
    named = [*sums.items(), ("Masih dipegang" if shift.status is CustodyStatus.OPEN else "Belum terjelaskan", left)]
    return [{"unit": unit, "outcome": name, "quantity": quantity} for name, quantity in named if quantity]


def _outcome(where: Place, condition: Condition) -> str | None:
    if where is Place.LOST:
        return "Hilang"
    if condition is Condition.PRINTED:
        return "Tercetak"
    if condition is Condition.SPOILED:
        return "Rusak"
    return "Dikembalikan" if where is Place.STORE else None
