"""The papers of goods that come and go: receipts and transfers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory.documents.facts import (
    Brought,
    Signer,
    Subject,
    brought,
    event_name,
    goods,
    nature,
    numbered_lines,
    place,
    said,
)
from inventory.documents.rules import DocumentKind, DocumentNotReady, said_span
from inventory.offices.models import Office
from inventory.offices.queries import store_facts
from inventory.stock import numbers
from inventory.stock.models import Account, Entry, Lot, Movement, Receipt
from inventory.stock.numbers import Span
from inventory.stock.rules import Condition, MovementKind, Place, ReceiptSource
from inventory.transfers.models import Delivery, Transfer
from inventory.transfers.rules import TransferStatus

Gathered = tuple[dict[str, Any], list[Signer], dict[str, dict[str, str]]]
_OFFICIAL = (ReceiptSource.MINISTRY, ReceiptSource.PROVINCE)
# These have left the sender and were not called back.
UNDER_WAY = (TransferStatus.DISPATCHED, TransferStatus.DISPUTED, TransferStatus.RECEIVED)


def find_receipt(session: Session, kind: DocumentKind, receipt_id: int) -> Subject | None:
    """The receipt of a tanda terima."""
    row = session.get(Receipt, receipt_id, with_for_update={"read": True})
    if row is None:
        return None
    return Subject(kind, str(row.id), row, row.office_code, event_id=store_facts(row.store_code).event_id or None)


def receipt_facts(session: Session, subject: Subject) -> Gathered:
    """What arrived, lot by lot."""
    receipt: Receipt = subject.row
    if is_reversed(session, receipt.id):
        raise DocumentNotReady(kind=subject.kind, subject=subject.key, status=MovementKind.REVERSAL)
    base = goods(session, receipt.item_code) | {"condition": nature(receipt.condition)}
    arrived = brought(session, [receipt.id], Place.STORE)
    lots = session.scalars(sa.select(Lot).where(Lot.receipt_id == receipt.id).order_by(Lot.id)).all()
    lines = []
    for lot in lots:
        mine = [each.span for each in arrived if each.lot_id == lot.id]
        # Goods that come one by one have no pack, nor has less than one of them.
        pack = lot.pack_size if 1 < lot.pack_size <= lot.quantity else None
        lines += numbered_lines(base | {"pack": pack}, mine, lot.quantity)
    lines = lines or numbered_lines(base | {"pack": None}, [each.span for each in arrived], receipt.quantity)
    facts = {
        "store": place(session, receipt.store_code),
        "received_on": receipt.received_on.isoformat(),
        "source": said(receipt.source),
        "document_number": receipt.document_number,
        "paper_quantity": receipt.paper_quantity,
        "difference": receipt.quantity - receipt.paper_quantity,
        "event": event_name(session, subject.event_id),
        "lines": lines,
    }
    taken_in_by = session.get_one(Movement, receipt.id).user_id
    signers = [
        Signer("Yang menyerahkan", office=said(receipt.source), official=receipt.source in _OFFICIAL),
        Signer("Yang menerima", taken_in_by),
        Signer("Mengetahui", office="Kepala Dinas"),
    ]
    return facts, signers, {}


def is_reversed(session: Session, receipt_id: int) -> bool:
    """Whether any of a receipt was taken back: its paper then says too much."""
    return session.scalar(sa.select(Movement.id).where(Movement.corrects_id == receipt_id).limit(1)) is not None


def find_transfer(session: Session, kind: DocumentKind, transfer_id: int) -> Subject | None:
    """The transfer of a surat jalan or a berita acara serah terima."""
    row = session.get(Transfer, transfer_id, with_for_update={"read": True})
    if row is None:
        return None
    return Subject(
        kind,
        str(row.id),
        row,
        row.from_office,
        other_office=row.to_office,
        owner_office=row.owner_code,
        event_id=row.event_id or None,
        from_event_id=row.from_event_id or None,
    )


def dispatch_of(session: Session, transfer: Transfer) -> Movement | None:
    """The movement that last put a transfer's goods under way; pooled goods are brought and counted in one."""
    query = (
        sa.select(Movement)
        .join(Entry, Entry.movement_id == Movement.id)
        .join(Account, Account.id == Entry.account_id)
        .where(
            Account.store_code == transfer.from_store,
            Account.place == Place.TRANSFER,
            Account.document_id == transfer.id,
            Movement.kind == MovementKind.DISPATCH,
        )
    )
    return session.scalar(query.order_by(Movement.id.desc()).limit(1))


def _both_ends(session: Session, transfer: Transfer) -> dict[str, Any]:
    return {
        "from": place(session, transfer.from_store),
        "to": place(session, transfer.to_store),
        "to_office": session.get_one(Office, transfer.to_office).name,
        "owner": session.get_one(Office, transfer.owner_code).name if transfer.keeps_owner else "",
        "event": event_name(session, transfer.event_id or transfer.from_event_id),
        "requested": transfer.requested,
        "approved": transfer.approved,
        "dispatched": transfer.dispatched,
    }


def dispatch_facts(session: Session, subject: Subject) -> Gathered:
    """What is on the road."""
    transfer: Transfer = subject.row
    sent = dispatch_of(session, transfer)
    if transfer.status not in UNDER_WAY or sent is None:
        raise DocumentNotReady(kind=subject.kind, subject=subject.key, status=transfer.status)
    spans = [each.span for each in brought(session, [sent.id], Place.TRANSFER)]
    facts = _both_ends(session, transfer) | {
        "movement": sent.id,
        "dispatched_on": sent.occurred_on.isoformat(),
        "expected_on": transfer.expected_on.isoformat() if transfer.expected_on else None,
        "reason": transfer.reason,
        "lines": numbered_lines(goods(session, transfer.item_code), spans, transfer.dispatched or 0),
    }
    signers = [
        Signer("Yang menyerahkan", transfer.dispatched_by or sent.user_id),
        Signer("Pembawa", official=False),
        Signer("Yang menerima", office=facts["to_office"]),
        Signer("Menyetujui", transfer.approved_by, office="Kepala Dinas"),
    ]
    return facts, signers, {}


def handover_facts(session: Session, subject: Subject) -> Gathered:
    """What was found at the other end, receipt by receipt, and what became of the missing since."""
    transfer: Transfer = subject.row
    deliveries = session.scalars(
        sa.select(Delivery)
        .where(Delivery.transfer_id == transfer.id, Delivery.undone_at.is_(None))
        .order_by(Delivery.id)
    ).all()
    if transfer.status not in UNDER_WAY or not deliveries:
        raise DocumentNotReady(kind=subject.kind, subject=subject.key, status=transfer.status)
    sent = dispatch_of(session, transfer)
    told = goods(session, transfer.item_code)
    facts = _both_ends(session, transfer) | {
        "item": told["item"],
        "held_on": _day_of(session, deliveries[-1], subject).isoformat(),
        "deliveries": [row.id for row in deliveries],
        "lines": [_delivery_line(row, told["unit"]) for row in deliveries],
        **_found_and_missing(session, transfer, sent, deliveries),
    }
    seen = {f"seen:{row.id}": {"name": row.seen_by, "institution": ""} for row in deliveries if row.seen_by}
    signers = [
        Signer("Yang menyerahkan", transfer.dispatched_by or (sent.user_id if sent else None)),
        Signer("Yang menerima", deliveries[-1].user_id),
        Signer("Mengetahui", office="Kepala Dinas"),
        *[Signer("Saksi", witness=key) for key in seen],
    ]
    return facts, signers, seen


def _delivery_line(row: Delivery, unit: str) -> dict[str, Any]:
    counted = {name: getattr(row, name) for name in ("received", "rejected", "missing", "surplus")}
    return {"unit": unit, "received_at": row.received_at.isoformat(), "reason": row.reason, **counted}


def _day_of(session: Session, last: Delivery, subject: Subject) -> date:
    """The day of the last receipt; one that moved nothing was written on the day it was."""
    movement = last.movement_id or last.surplus_movement_id
    if movement is not None:
        return session.get_one(Movement, movement).occurred_on
    zone = session.get_one(Office, subject.other_office or subject.office).time_zone
    return last.received_at.astimezone(ZoneInfo(zone)).date()


def _found_and_missing(
    session: Session, transfer: Transfer, sent: Movement | None, deliveries: Sequence[Delivery]
) -> dict[str, Any]:
    """The numbers that came, good and rejected apart; those that did not, and what became of them until now."""
    came = [row.movement_id for row in deliveries]
    arrived = brought(session, came, Place.STORE)
    extra = brought(session, [row.surplus_movement_id for row in deliveries], Place.STORE)
    under_way = brought(session, [sent.id] if sent else came, Place.TRANSFER)
    settled = _settled(session, transfer, sent)
    ends = {
        kind: brought(session, settled[kind][1], *places)
        for kind, places in {MovementKind.FOUND: [Place.STORE], MovementKind.WRITE_OFF: [Place.LOST]}.items()
    }
    absent = numbers.without(_spans(under_way), _spans(arrived))
    since = {
        "ditemukan kemudian": numbers.shared(absent, _spans(ends[MovementKind.FOUND])),
        "dihapusbukukan": numbers.shared(absent, _spans(ends[MovementKind.WRITE_OFF])),
    }
    gone = [span for spans in since.values() for span in spans]
    # Goods that nobody missed yet are on their way still, and which of the others are missing nobody can say.
    on_the_way = max(_accounted(transfer), 0)
    word = "belum ditemukan" if not on_the_way else "belum tiba" if not _open(transfer) else "belum tiba atau hilang"
    since |= {word: numbers.without(absent, gone)}
    return {
        "good_numbers": _said_spans(each.span for each in arrived if each.condition is not Condition.SPOILED),
        "rejected_numbers": _said_spans(each.span for each in arrived if each.condition is Condition.SPOILED),
        "surplus_numbers": _said_spans(_spans(extra)),
        "missing_numbers": [
            {**line, "became": became} for became, spans in since.items() for line in _said_spans(spans)
        ],
        "shortage": {
            "noted": sum(row.missing for row in deliveries),
            "found": settled[MovementKind.FOUND][0],
            "written_off": settled[MovementKind.WRITE_OFF][0],
            "open": _open(transfer),
            "on_the_way": on_the_way,
        },
    }


def _open(transfer: Transfer) -> int:
    """What is missing and neither found nor given up."""
    return transfer.missing - transfer.written_off


def _accounted(transfer: Transfer) -> int:
    """What was sent and has neither arrived nor been missed."""
    return (transfer.dispatched or 0) - transfer.received - transfer.rejected - transfer.missing


def _settled(
    session: Session, transfer: Transfer, sent: Movement | None
) -> dict[MovementKind, tuple[int, Sequence[int]]]:
    """How many of the missing were found and given up since the dispatch, and by which movements."""
    rows = session.execute(
        sa.select(Movement.kind, Movement.id, -Entry.quantity)
        .join(Entry, Entry.movement_id == Movement.id)
        .join(Account, Account.id == Entry.account_id)
        .where(
            Account.store_code == transfer.from_store,
            Account.place == Place.TRANSFER,
            Account.document_id == transfer.id,
            Movement.kind.in_([MovementKind.FOUND, MovementKind.WRITE_OFF]),
            Movement.id > (sent.id if sent else 0),
        )
    ).all()
    return {
        kind: (sum(row[2] for row in rows if row[0] is kind), [row[1] for row in rows if row[0] is kind])
        for kind in (MovementKind.FOUND, MovementKind.WRITE_OFF)
    }


def _spans(found: Iterable[Brought]) -> list[Span]:
    return [each.span for each in found]


def _said_spans(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [{"numbers": said_span(span), "quantity": len(span)} for span in numbers.compact(spans)]
