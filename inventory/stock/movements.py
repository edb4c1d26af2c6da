"""Movements as people read them: names beside codes, what corrects them, and who must still say yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
from inventory.people.models import User
from inventory.stock import rules
from inventory.stock.models import Account, Entry, Interval, LossReport, Movement, NumberSeries, ReversalRequest
from inventory.stock.numbers import Series, Span
from inventory.stock.queries import movement_with_entries
from inventory.stock.rules import MovementKind

# A page names so many intervals of a movement: nobody reads more.
MOST_SPANS = 100
_GAINED = sa.func.sum(sa.case((Entry.quantity > 0, Entry.quantity), else_=0))


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements are wanted; None means all."""

    store: str | None = None
    kind: MovementKind | None = None


def list_movements(actor: Actor, which: MovementFilter, wanted: Slice) -> Page:
    """The movements of the actor's subtree, each with its store's and its user's name and what moved."""
    query = (
        sa.select(
            Movement.id, Movement.kind, Movement.occurred_on, Movement.posted_at, Movement.store_code, Movement.reason,
            Movement.document_number, Movement.corrects_id, Store.name.label("store_name"),
            User.name.label("user_name"),
        )
        .join(Store, Store.code == Movement.store_code)
        .join(User, User.id == Movement.user_id)
    )  # fmt: skip
    if which.store is not None:
        query = query.where(Movement.store_code == store_for(actor, Action.READ, which.store).code)
    else:
        query = query.where(access.within(Movement.office_code, actor.office))
    if which.kind is not None:
        query = query.where(Movement.kind == which.kind)
    found = page(query, [Movement.id], wanted, rows=True)
    moved = _moved([row.id for row in found.items])
    return Page([{**row._mapping, **moved[row.id]} for row in found.items], found.next)  # noqa: SLF001 - as documented


def _moved(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What each of these movements moved: how much, and of what."""
    query = (
        sa.select(Entry.movement_id, Item.name, Item.unit, sa.cast(_GAINED, sa.BigInteger))
        .join(Account, Account.id == Entry.account_id)
        .join(Item, Item.code == Account.item_code)
        .where(Entry.movement_id.in_(ids))
        .group_by(Entry.movement_id, Item.name, Item.unit)
        .order_by(Item.name)
    )
    found: dict[int, dict[str, Any]] = {each: {"quantity": 0, "item_name": "", "unit": ""} for each in ids}
    for movement, name, unit, quantity in current().execute(query) if ids else ():
        told = found[movement]
        names = ", ".join(filter(None, (told["item_name"], name)))
        found[movement] = {"quantity": told["quantity"] + quantity, "item_name": names, "unit": unit}
    return found


def told(actor: Actor, movement_id: int) -> dict[str, Any]:
    """One movement with everything a person asks about it; raises `MovementNotFound`.

    `left` is how much of it a reversal could still take back; None where its own document undoes it.
    """
    found = movement_with_entries(actor, movement_id)
    entries = found["entries"]
    codes = {entry["store"] for entry in entries} | {found["store_code"]}
    named = current().execute(sa.select(Store.code, Store.name).where(Store.code.in_(codes)))
    stores = {row.code: row.name for row in named}
    items = {
        row.code: row
        for row in current().execute(
            sa.select(Item.code, Item.name, Item.unit).where(Item.code.in_({entry["item"] for entry in entries}))
        )
    }
    codes = {entry["owner"] for entry in entries} | {found["office_code"]}
    offices = {
        row.code: row
        for row in current().execute(
            sa.select(Office.code, Office.name, Office.reversal_check_over).where(Office.code.in_(codes))
        )
    }
    for entry in entries:
        entry |= {
            "store_name": stores[entry["store"]],
            "item_name": items[entry["item"]].name,
            "unit": items[entry["item"]].unit,
            "owner_name": offices[entry["owner"]].name,
        }
    corrections = _corrections(movement_id)
    taken_back = sum(each.quantity for each in corrections)
    reversible = found["kind"] in rules.REVERSIBLE and found["document_id"] is None
    return {
        **found,
        "store_name": stores[found["store_code"]],
        "corrections": corrections,
        "left": max(found["quantity"] - taken_back, 0) if reversible else None,
        "limit": offices[found["office_code"]].reversal_check_over,
        "spans": _spans(movement_id),
        **_people(found),
    }


def _corrections(movement_id: int) -> list[Any]:
    """The reversals of a movement, each with how much it took back."""
    query = (
        sa.select(Movement.id, Movement.occurred_on, Movement.reason, sa.cast(_GAINED, sa.BigInteger).label("quantity"))
        .join(Entry, Entry.movement_id == Movement.id)
        .where(Movement.corrects_id == movement_id)
        .group_by(Movement.id, Movement.occurred_on, Movement.reason)
        .order_by(Movement.id)
    )
    return list(current().execute(query))


def _spans(movement_id: int) -> list[tuple[str, str, int]]:
    """The numbers that a movement carried, as few intervals as the books have, MOST_SPANS of them at most."""
    query = (
        sa.select(Interval.first, Interval.last, NumberSeries.prefix, NumberSeries.width)
        .join(NumberSeries, NumberSeries.id == Interval.series_id)
        # The rest of an interval that was cut is no number that moved.
        .where(Interval.made_by == movement_id, Interval.split_from_id.is_(None))
        .order_by(NumberSeries.prefix, NumberSeries.width, Interval.first)
        .limit(MOST_SPANS)
    )
    spans = [Span(Series(row.prefix, row.width), row.first, row.last) for row in current().execute(query)]
    return [(*span.written(), len(span)) for span in spans]


def _people(found: dict[str, Any]) -> dict[str, Any]:
    """Who posted it, who reported and confirmed a loss, and who asked for a reversal that was not made yet."""
    loss = current().get(LossReport, found["id"]) if found["kind"] is MovementKind.LOSS else None
    asked = sa.select(ReversalRequest).where(
        ReversalRequest.movement_id == found["id"], ReversalRequest.used_by.is_(None)
    )
    askings = list(current().scalars(asked.order_by(ReversalRequest.id)))
    ids = {found["user_id"], *(each.asked_by for each in askings)}
    ids |= {loss.reported_by, loss.confirmed_by} if loss is not None else set()
    names = {row.id: row.name for row in current().execute(sa.select(User.id, User.name).where(User.id.in_(ids)))}
    return {
        "user_name": names[found["user_id"]],
        "loss": loss,
        "askings": askings,
        "names": names,
    }
