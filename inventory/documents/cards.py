"""The stock card: one line a movement of a store's item in one condition, with the balance after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from inventory.catalogue.models import Item
from inventory.documents.consignments import Gathered
from inventory.documents.facts import (
    Card,
    DocumentSubjectNotFound,
    Signer,
    Subject,
    event_name,
    place,
    said,
    state,
)
from inventory.documents.rules import MAX_LINES, DocumentKind, DocumentPeriodBackwards, DocumentTooLong
from inventory.offices.models import Office, Store
from inventory.opname.models import Count
from inventory.outreach.models import Event
from inventory.stock.models import Account, Movement
from inventory.stock.rules import MovementKind
from inventory.stock.shelves import accounts_on, moves, total
from inventory.transfers.models import Transfer
from inventory.words import INDONESIAN

# What these movements belong to, when it is no transfer.
_BELONGS_TO = {
    MovementKind.PRINTING: "pekerjaan cetak",
    MovementKind.PRINTING_UNDO: "pekerjaan cetak",
    MovementKind.CUSTODY: "sif",
    MovementKind.CUSTODY_RETURN: "sif",
    MovementKind.ADJUSTMENT: "sif",
}
_OF_TRANSFERS = (
    MovementKind.DISPATCH,
    MovementKind.DELIVERY,
    MovementKind.SURPLUS,
    MovementKind.RECALL,
    MovementKind.UNDELIVERY,
    MovementKind.FOUND,
    MovementKind.BROUGHT,
)


def find_card(session: Session, wanted: Card) -> Subject | None:
    """The store of a stock card."""
    store = session.get(Store, wanted.store)
    if store is None:
        return None
    return Subject(DocumentKind.KARTU_STOK, wanted.key, wanted, store.office_code, event_id=store.event_id)


def card_facts(session: Session, subject: Subject) -> Gathered:
    """Every movement of the period with the balance after it.

    One statement, so that balance and movements are of one moment: what lies there now, less what came afterwards.
    Goods that were set aside for an event, or set free, stay in the store: their line says so and moves nothing.
    """
    wanted: Card = subject.row
    if wanted.from_on > wanted.until_on:
        raise DocumentPeriodBackwards(pointer="/until")
    item = session.get(Item, wanted.item)
    if item is None:
        raise DocumentSubjectNotFound(pointer="/item", subject=wanted.item, kind=subject.kind)
    rows = session.execute(_statement(wanted, subject.office)).mappings().all()
    if len(rows) > MAX_LINES:
        raise DocumentTooLong(pointer="/until", limit=MAX_LINES)
    moved = [row for row in rows if row["movement_id"] is not None]
    running = opening = int(rows[0]["balance"]) - int(rows[0]["later"]) - sum(int(row["quantity"]) for row in moved)
    lines = []
    for row in moved:
        running += int(row["quantity"])
        # Blanks that only got their numbers are the same blanks.
        if row["kind"] is not MovementKind.TRACKING:
            lines.append(_line(row, wanted.store, subject.event_id or 0, running, item.unit))
    facts = {
        "store": place(session, wanted.store),
        "event": event_name(session, subject.event_id),
        "item": item.name,
        "unit": item.unit,
        "condition": state(item.kind, wanted.condition),
        "from_on": wanted.from_on.isoformat(),
        "until_on": wanted.until_on.isoformat(),
        "opening": opening,
        "lines": lines,
    }
    return facts, [Signer("Petugas gudang"), Signer("Mengetahui", office="Kepala Dinas")], {}


def _statement(wanted: Card, office: str) -> sa.Select[Any]:
    mine = accounts_on(office, wanted.store, wanted.item, wanted.condition)
    moved = moves(sa.select(Account.id).where(*mine))
    within = moved.where(Movement.occurred_on.between(wanted.from_on, wanted.until_on)).subquery("within")
    later = moved.where(Movement.occurred_on > wanted.until_on).subquery("later")
    now = (
        sa.select(
            sa.select(total(Account.balance)).where(*mine).scalar_subquery().label("balance"),
            sa.select(total(later.c.quantity)).scalar_subquery().label("later"),
        )
    ).subquery("now")
    return _with_partners(
        sa.select(
            now, within, Movement.kind, Movement.occurred_on, Movement.document_number, Movement.document_id,
            Movement.corrects_id, Movement.reason,
        )
        .select_from(now)
        .join(within, sa.true(), isouter=True)
        .outerjoin(Movement, Movement.id == within.c.movement_id),
        within.c.event_id,
    ).order_by(Movement.occurred_on, within.c.movement_id).limit(MAX_LINES + 1)  # fmt: skip


def _with_partners(query: sa.Select[Any], event_id: Any) -> sa.Select[Any]:
    """The movements with who stands at the other end of their transfer, their count and their event."""
    sender, receiver = aliased(Office), aliased(Office)
    belongs = Movement.document_id
    return (
        query.add_columns(
            Transfer.from_store, Transfer.to_store, Transfer.from_office, Transfer.to_office,
            sender.name.label("sender"), receiver.name.label("receiver"), Count.id.label("count_id"),
            Event.name.label("event"),
        )
        .outerjoin(Transfer, sa.and_(Movement.kind.in_(_OF_TRANSFERS), Transfer.id == belongs))
        .outerjoin(sender, sender.code == Transfer.from_office)
        .outerjoin(receiver, receiver.code == Transfer.to_office)
        .outerjoin(Count, sa.and_(Movement.kind == MovementKind.ADJUSTMENT, Count.movement_id == Movement.id))
        .outerjoin(Event, Event.id == event_id)
    )  # fmt: skip


def _line(row: Mapping[Any, Any], store: str, kit_of: int, running: int, unit: str) -> dict[str, Any]:
    quantity = int(row["quantity"])
    return {
        "unit": unit,
        "occurred_on": row["occurred_on"].isoformat(),
        "movement": f"{row['movement_id']}",
        "kind": said(row["kind"]),
        "document": _document(row, store),
        "event": row["event"] if row["event_id"] != kit_of else "",
        "inside": None if quantity else int(row["inside"]),
        "reason": _reason(row["kind"], row["reason"]),
        "into": max(quantity, 0),
        "out": max(-quantity, 0),
        "running": running,
    }


def _document(row: Mapping[Any, Any], store: str) -> str:
    """The paper behind a movement, or who stands at its other end."""
    if row["document_number"]:
        return str(row["document_number"])
    if row["from_store"]:
        leaves = row["from_store"] == store
        own = row["from_office"] == row["to_office"]
        office = row["receiver"] if leaves else row["sender"]
        partner = (row["to_store"] if leaves else row["from_store"]) if own else office
        return f"{'ke' if leaves else 'dari'} {partner} (pengiriman {row['document_id']})"
    if row["count_id"]:
        return f"opname {row['count_id']}"
    if row["corrects_id"]:
        return f"membetulkan mutasi {row['corrects_id']}"
    word = _BELONGS_TO.get(row["kind"])
    return f"{word} {row['document_id']}" if word and row["document_id"] else ""


def _reason(kind: MovementKind, reason: str) -> str:
    """Receipts and spoilages begin their reason with a code name."""
    if kind not in (MovementKind.RECEIPT, MovementKind.SPOILAGE):
        return reason
    lead, colon, rest = reason.partition(": ")
    return f"{INDONESIAN.get(lead, lead)}{colon}{rest}"
