"""The syntax of transfers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.amounts import AmountField, check_at_most_one, intervals, single_numbers, told_intervals
from api.paging import PageQuery, page_of
from inventory.stock.rules import SpoilReason
from inventory.transfers.rules import TransferStatus


class TransferIn(fields.Strict):
    """A request for goods of another store.

    `owner` chooses whose goods of an event kit; `from_event` takes what lies earmarked in an ordinary store.
    """

    from_store = fields.code(required=True)
    to_store = fields.code(required=True)
    item = fields.code(required=True)
    quantity = fields.quantity(required=True)
    event = fields.identity(load_default=None, allow_none=True)
    from_event = fields.identity(load_default=None, allow_none=True)
    owner = fields.code(load_default=None, allow_none=True)
    expected_on = fields.Day(load_default=None, allow_none=True)
    reason = fields.Words(low=0, high=500, load_default="")


class ApprovalIn(fields.Strict):
    """All that was asked unless `quantity` says otherwise; more needs a reason."""

    quantity = fields.quantity(load_default=None, allow_none=True)
    reason = fields.Words(low=0, high=500, load_default="")


class TransferReasonIn(fields.Strict):
    """Why a step is refused or taken back."""

    reason = fields.Words(high=500, required=True)


class TransferCancellationIn(fields.Strict):
    """A transfer that is given up."""

    reason = fields.Words(low=0, high=500, load_default="")


class DispatchIn(fields.Strict):
    """All that was approved unless `quantity`, `intervals` or `numbers` say less."""

    quantity = fields.quantity(load_default=None, allow_none=True)
    intervals = intervals()
    numbers = single_numbers()
    occurred_on = fields.Day(load_default=None, allow_none=True)

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        check_at_most_one(data)


class DeliveryIn(fields.Strict):
    """What one receipt found; rejected, missing and surplus goods need a reason, a surplus also who saw it.

    Goods that were sent with numbers are received by `{"intervals": ...}` or `{"numbers": ...}`, unless one count takes
    all of them. What is missing then are the numbers that nobody names. `rejected_reason` is the class of quarantine.
    """

    received = AmountField(load_default=dict)
    rejected = AmountField(load_default=dict)
    rejected_reason = fields.Kind(SpoilReason, load_default=SpoilReason.DAMAGED)
    missing = fields.quantity(low=0, load_default=0)
    surplus = AmountField(load_default=dict)
    reason = fields.Words(low=0, high=500, load_default="")
    seen_by = fields.Words(low=0, high=120, load_default="")
    occurred_on = fields.Day(load_default=None, allow_none=True)


class ResolutionIn(fields.Strict):
    """What became of missing goods; of those with numbers, which, unless one count takes all of them."""

    found = AmountField(load_default=dict)
    written_off = AmountField(load_default=dict)
    reason = fields.Words(high=500, required=True)
    police_number = fields.Words(low=0, high=80, load_default="")


class RedirectionIn(fields.Strict):
    """Where a return goes instead, and when it should be there."""

    to_store = fields.code(required=True)
    expected_on = fields.Day(load_default=None, allow_none=True)


class TransferQuery(PageQuery):
    """Which transfers; `office` and `store` are either end."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    status = fields.Kind(TransferStatus, load_default=None)
    event = fields.QueryInt(load_default=None)
    item = fields.code(load_default=None)


class TransferLineOut(ma.Schema):
    """One transfer: asked, approved, dispatched and received are separate numbers.

    `missing` was not found (`written_off` of it given up); `in_transit` is what the transfer still holds on the books.
    """

    id = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(TransferStatus))
    from_store = ma.fields.String(required=True)
    from_office = ma.fields.String(required=True)
    to_store = ma.fields.String(required=True)
    to_office = ma.fields.String(required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    owner = ma.fields.String(attribute="owner_code", required=True)
    keeps_owner = ma.fields.Boolean(required=True)
    event = ma.fields.Function(lambda row: row["event_id"] or None, metadata={"type": ["integer", "null"]})
    from_event = ma.fields.Function(lambda row: row["from_event_id"] or None, metadata={"type": ["integer", "null"]})
    pledge = ma.fields.Integer(attribute="pledge_id", required=True, allow_none=True)
    requested = ma.fields.Integer(required=True)
    approved = ma.fields.Integer(required=True, allow_none=True)
    dispatched = ma.fields.Integer(required=True, allow_none=True)
    received = ma.fields.Integer(required=True)
    rejected = ma.fields.Integer(required=True)
    missing = ma.fields.Integer(required=True)
    written_off = ma.fields.Integer(required=True)
    surplus = ma.fields.Integer(required=True)
    in_transit = ma.fields.Integer(required=True)
    numbered = ma.fields.Boolean(required=True)
    expected_on = ma.fields.Date(required=True, allow_none=True)
    reason = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(required=True)


class DeliveryOut(ma.Schema):
    """One receipt; an undone one says when."""

    id = ma.fields.Integer(required=True)
    received = ma.fields.Integer(required=True)
    rejected = ma.fields.Integer(required=True)
    missing = ma.fields.Integer(required=True)
    surplus = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    seen_by = ma.fields.String(required=True)
    received_at = ma.fields.AwareDateTime(required=True)
    undone_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    movement = ma.fields.Integer(attribute="movement_id", required=True, allow_none=True)
    surplus_movement = ma.fields.Integer(attribute="surplus_movement_id", required=True, allow_none=True)


class TransferOut(TransferLineOut):
    """One transfer with its receipts.

    `intervals` are the numbers under way, `missing_intervals` those that are neither found nor given up once every
    receipt is in.
    """

    intervals = told_intervals()
    missing_intervals = told_intervals()
    deliveries = ma.fields.List(ma.fields.Nested(DeliveryOut), required=True)


TransferPage = page_of(TransferLineOut)
