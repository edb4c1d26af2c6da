"""The syntax of stock work."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.amounts import (
    MAX_LOTS,
    AmountIn,
    check_at_most_one,
    check_exactly_one,
    intervals,
    optional_pack_size,
    single_numbers,
)
from api.paging import PageQuery, page_of
from inventory.stock.rules import Condition, MovementKind, ReceiptSource, SpoilReason


class LotIn(AmountIn):
    """What arrived together; `pack_size` is the item's unless told."""

    pack_size = optional_pack_size()


class ReceiptIn(fields.Strict):
    """Goods from outside, as counted: `quantity`, `intervals`, `numbers` or `lots` (which `quantity` may sum up).

    `paper_quantity` is what the paper says: the same unless given.
    """

    store = fields.code(required=True)
    item = fields.code(required=True)
    quantity = fields.quantity()
    intervals = intervals()
    numbers = single_numbers()
    lots = fields.Several(fields.Part(LotIn), high=MAX_LOTS)
    paper_quantity = fields.quantity(low=0, load_default=None, allow_none=True)
    source = fields.Kind(ReceiptSource, required=True)
    document_number = fields.Words(high=80, required=True)
    received_on = fields.Day(required=True)
    condition = fields.Kind(Condition, load_default=Condition.BLANK)

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        names = ("intervals", "numbers", "lots") if "lots" in data else ("quantity", "intervals", "numbers", "lots")
        check_exactly_one(data, names)


class ReceiptOut(ma.Schema):
    """A receipt: its id is its movement's; `difference` is counted minus paper."""

    id = ma.fields.Integer(required=True)
    movement = fields.same_as("id", "integer")
    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    condition = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)
    paper_quantity = ma.fields.Integer(required=True)
    difference = ma.fields.Function(lambda row: row.quantity - row.paper_quantity, metadata={"type": "integer"})
    source = ma.fields.String(required=True)
    document_number = ma.fields.String(required=True)
    received_on = ma.fields.Date(required=True)


class ReceiptQuery(PageQuery):
    """Which receipts."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)


class TakingIn(AmountIn):
    """What every taking says; `event` and `owner` choose where a store holds several."""

    store = fields.code(required=True)
    item = fields.code(required=True)
    event = fields.identity(load_default=None, allow_none=True)
    owner = fields.code(load_default=None, allow_none=True)
    occurred_on = fields.Day(load_default=None, allow_none=True)


class SpoilageIn(TakingIn):
    """Blanks spoiled in handling."""

    reason = fields.Kind(SpoilReason, required=True)


class LossIn(TakingIn):
    """A loss or theft."""

    reason = fields.Words(high=500, required=True)
    police_number = fields.Words(low=0, high=80, load_default="")
    condition = fields.Kind(Condition, load_default=Condition.BLANK)


class ConsumptionIn(TakingIn):
    """Supplies used up."""

    reason = fields.Words(low=0, high=500, load_default="")


class ReversalIn(fields.Strict):
    """A correction: all of the movement, or so much of it."""

    reason = fields.Words(high=500, required=True)
    quantity = fields.quantity(load_default=None, allow_none=True)
    intervals = intervals()
    numbers = single_numbers()

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        check_at_most_one(data)


class ReversalRequestIn(fields.Strict):
    """What is to be reversed: all of the movement, or `quantity` of it."""

    reason = fields.Words(high=500, required=True)
    quantity = fields.quantity(load_default=None, allow_none=True)


class ReversalRequestOut(ma.Schema):
    """An asking for a reversal; `used_by` is the reversal that followed it."""

    id = ma.fields.Integer(required=True)
    movement = ma.fields.Integer(attribute="movement_id", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    quantity = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    asked_by = ma.fields.Integer(required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    used_by = ma.fields.Integer(allow_none=True)


class TrackingIn(fields.Strict):
    """The numbers of blanks that were only counted, as their boxes are opened; with `lot`, of that lot."""

    store = fields.code(required=True)
    item = fields.code(required=True)
    intervals = intervals()
    numbers = single_numbers()
    lot = fields.identity(load_default=None, allow_none=True)
    event = fields.identity(load_default=None, allow_none=True)
    owner = fields.code(load_default=None, allow_none=True)
    occurred_on = fields.Day(load_default=None, allow_none=True)

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        check_exactly_one(data, ("intervals", "numbers"))


class LotQuery(PageQuery):
    """Which lots."""

    store = fields.code(load_default=None)
    item = fields.code(load_default=None)
    receipt = fields.QueryInt(load_default=None)


class LotOut(ma.Schema):
    """A lot: `tracked` of its `quantity` have their numbers on the books."""

    id = ma.fields.Integer(required=True)
    receipt = ma.fields.Integer(attribute="receipt_id", required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    pack_size = ma.fields.Integer(required=True)
    quantity = ma.fields.Integer(required=True)
    tracked = ma.fields.Integer(required=True)


class EntryOut(ma.Schema):
    """What a movement did to one account."""

    store = ma.fields.String(required=True)
    place = ma.fields.String(required=True)
    item = ma.fields.String(required=True)
    condition = ma.fields.String(required=True)
    owner = ma.fields.String(required=True)
    event = ma.fields.Integer(allow_none=True)
    quantity = ma.fields.Integer(required=True)
    balance_after = ma.fields.Integer(required=True)


class MovementOut(ma.Schema):
    """A movement with its entries."""

    id = ma.fields.Integer(required=True)
    movement = fields.same_as("id", "integer")
    kind = ma.fields.String(required=True, validate=fields.one_of(MovementKind))
    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    quantity = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    document_number = ma.fields.String(required=True)
    police_number = ma.fields.Function(
        lambda row: row["document_number"] if row["kind"] == MovementKind.LOSS else None,
        metadata={"type": ["string", "null"]},
    )
    occurred_on = ma.fields.Date(required=True)
    posted_at = ma.fields.AwareDateTime(required=True)
    user = ma.fields.Integer(attribute="user_id", required=True)
    corrects = ma.fields.Integer(attribute="corrects_id", allow_none=True)
    entries = ma.fields.List(ma.fields.Nested(EntryOut), required=True)


class StockQuery(PageQuery):
    """Which part of the books; `include=ends` adds what has left: issued, consumed, destroyed, lost."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    item = fields.code(load_default=None)
    event = fields.QueryInt(load_default=None)
    include = fields.Words(load_default=None, validate=fields.one_of(["ends"]))


class StockOut(ma.Schema):
    """How much of one item, of one owner, for one event, a store has in which state."""

    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    owner = ma.fields.String(attribute="owner_code", required=True)
    event = ma.fields.Function(lambda row: row.event_id or None, metadata={"type": ["integer", "null"]})
    on_hand = ma.fields.Integer(required=True)
    in_custody = ma.fields.Integer(required=True)
    in_transit = ma.fields.Integer(required=True)
    printed = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)
    issued = ma.fields.Integer()
    consumed = ma.fields.Integer()
    destroyed = ma.fields.Integer()
    lost = ma.fields.Integer()


class CardQuery(PageQuery):
    """Which stock card (kartu stok)."""

    store = fields.code(required=True)
    item = fields.code(required=True)
    condition = fields.Kind(Condition, load_default=Condition.BLANK)
    until = fields.Day(load_default=None)


class StockCardOut(ma.Schema):
    """One line of a stock card; `running` is the balance after it, in order of business days."""

    id = ma.fields.Integer(required=True)
    movement = ma.fields.Integer(attribute="movement_id", required=True)
    kind = ma.fields.String(required=True)
    occurred_on = ma.fields.Date(required=True)
    posted_at = ma.fields.AwareDateTime(required=True)
    owner = ma.fields.String(attribute="owner_code", required=True)
    event = ma.fields.Function(lambda row: row["event_id"] or None, metadata={"type": ["integer", "null"]})
    quantity = ma.fields.Integer(required=True)
    running = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    document_number = ma.fields.String(required=True)


LotPage = page_of(LotOut)
ReceiptPage = page_of(ReceiptOut)
StockPage = page_of(StockOut)
StockCardPage = page_of(StockCardOut)
