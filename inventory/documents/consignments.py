"""The papers of goods that come and go: receipts, transfers, and the stock card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory.catalogue.models import Item
from inventory.documents.facts import (
    Brought,
    Card,
    DocumentSubjectNotFound,
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
from inventory.documents.rules import (
    MAX_LINES,
    DocumentKind,
    DocumentNotReady,
    DocumentPeriodBackwards,
    DocumentTooLong,
)
from inventory.offices.models import Office, Store
from inventory.offices.queries import store_facts
from inventory.stock.models import Account, Entry, Lot, Movement, Receipt
from inventory.stock.rules import Condition, MovementKind, Place
from inventory.transfers.models import Delivery, Transfer
from inventory.transfers.rules import TransferStatus
from inventory.words import INDONESIAN

Gathered = tuple[dict[str, Any], list[Signer], dict[str, dict[str, str]]]
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
        lines += numbered_lines(base | {"pack": lot.pack_size}, mine, lot.quantity)
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
        Signer("Yang menyerahkan", office=said(receipt.source)),
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
        Signer("Pembawa"),
        Signer("Yang menerima", office=facts["to_office"]),
        Signer("Menyetujui", transfer.approved_by, office="Kepala Dinas"),
    ]
    return facts, signers, {}


def handover_facts(session: Session, subject: Subject) -> Gathered:
    """What was found at the other end, receipt by receipt."""
    transfer: Transfer = subject.row
    deliveries = session.scalars(
        sa.select(Delivery)
        .where(Delivery.transfer_id == transfer.id, Delivery.undone_at.is_(None))
        .order_by(Delivery.id)
    ).all()
    if transfer.status not in UNDER_WAY or not deliveries:
        raise DocumentNotReady(kind=subject.kind, subject=subject.key, status=transfer.status)
    unit = goods(session, transfer.item_code)["unit"]
    movements = [each for row in deliveries for each in (row.movement_id, row.surplus_movement_id)]
    facts = _both_ends(session, transfer) | {
        "item": goods(session, transfer.item_code)["item"],
        "deliveries": [row.id for row in deliveries],
        "lines": [_delivery_line(row, unit) for row in deliveries],
        "numbers": _numbers_found(brought(session, movements, Place.STORE), unit),
    }
    sent = dispatch_of(session, transfer)
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


def _numbers_found(found: Sequence[Brought], unit: str) -> list[dict[str, Any]]:
    lines = []
    for condition in Condition:
        spans = [each.span for each in found if each.condition is condition]
        if spans:
            lines += numbered_lines(
                {"unit": unit, "condition": nature(condition) or "baik"}, spans, sum(map(len, spans))
            )
    return lines


def find_card(session: Session, wanted: Card) -> Subject | None:
    """The store of a stock card."""
    store = session.get(Store, wanted.store)
    if store is None:
        return None
    return Subject(DocumentKind.KARTU_STOK, wanted.key, wanted, store.office_code, event_id=store.event_id)


def card_facts(session: Session, subject: Subject) -> Gathered:
    """Every movement of the period with the balance after it.

    One statement, so that balance and movements are of one moment: what lies there now, less what came afterwards.
    """
    wanted: Card = subject.row
    if wanted.from_on > wanted.until_on:
        raise DocumentPeriodBackwards(pointer="/until")
    if session.get(Item, wanted.item) is None:
        raise DocumentSubjectNotFound(pointer="/item", subject=wanted.item, kind=subject.kind)
    rows = session.execute(_card_statement(wanted)).mappings().all()
    if len(rows) > MAX_LINES:
        raise DocumentTooLong(pointer="/until", limit=MAX_LINES)
    item = goods(session, wanted.item)
    moved = [row for row in rows if row["id"] is not None]
    running = opening = int(rows[0]["balance"]) - int(rows[0]["later"]) - sum(row["quantity"] for row in moved)
    lines = []
    for row in moved:
        running += row["quantity"]
        lines.append(_card_line(row, running, item["unit"]))
    facts = {
        "store": place(session, wanted.store),
        "event": event_name(session, subject.event_id),
        "item": item["item"],
        "unit": item["unit"],
        "condition": nature(wanted.condition),
        "from_on": wanted.from_on.isoformat(),
        "until_on": wanted.until_on.isoformat(),
        "opening": opening,
        "lines": lines,
    }
    return facts, [Signer("Petugas gudang"), Signer("Mengetahui", office="Kepala Dinas")], {}


def _card_statement(wanted: Card) -> sa.Select[Any]:
    mine = (
        Account.store_code == wanted.store,
        Account.place == Place.STORE,
        Account.item_code == wanted.item,
        Account.condition == wanted.condition,
    )
    entries = (
        sa.select(
            Entry.id, Entry.movement_id, Entry.quantity, Movement.kind, Movement.occurred_on, Movement.document_number,
            Movement.reason,
        )
        .join(Account, Account.id == Entry.account_id)
        .join(Movement, Movement.id == Entry.movement_id)
        .where(*mine)
    )  # fmt: skip
    within = entries.where(Movement.occurred_on.between(wanted.from_on, wanted.until_on)).subquery("within")
    later = entries.where(Movement.occurred_on > wanted.until_on).subquery("later")
    now = (
        sa.select(
            sa.select(sa.func.coalesce(sa.func.sum(Account.balance), 0))
            .where(*mine)
            .scalar_subquery()
            .label("balance"),
            sa.select(sa.func.coalesce(sa.func.sum(later.c.quantity), 0)).scalar_subquery().label("later"),
        )
    ).subquery("now")
    return (
        sa.select(now, within)
        .select_from(now)
        .join(within, sa.true(), isouter=True)
        .order_by(within.c.occurred_on, within.c.id)
        .limit(MAX_LINES + 1)
    )


def _card_line(row: Mapping[Any, Any], running: int, unit: str) -> dict[str, Any]:
    return {
        "unit": unit,
        "occurred_on": row["occurred_on"].isoformat(),
        "movement": f"{row['movement_id']}",
        "kind": said(row["kind"]),
        "document_number": row["document_number"],
        "reason": _reason(row["kind"], row["reason"]),
        "into": max(row["quantity"], 0),
        "out": max(-row["quantity"], 0),
        "running": running,
    }


def _reason(kind: MovementKind, reason: str) -> str:
    """Receipts and spoilages begin their reason with a code name."""
    if kind not in (MovementKind.RECEIPT, MovementKind.SPOILAGE):
        return reason
    lead, colon, rest = reason.partition(": ")
    return f"{INDONESIAN.get(lead, lead)}{colon}{rest}"
