"""The syntax of requests."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from inventory.access import Role
from inventory.requests.rules import HoldKind, RequestStatus
from inventory.transfers.rules import TransferStatus


class SupplyRequestIn(fields.Strict):
    """What is asked for; of the office above unless `supplier` names another one above that."""

    to_store = fields.code(required=True)
    item = fields.code(required=True)
    quantity = fields.quantity(required=True)
    supplier = fields.code(load_default=None, allow_none=True)
    needed_on = fields.Day(load_default=None, allow_none=True)
    reason = fields.Words(low=0, high=500, load_default="")


class SupplyDecisionIn(fields.Strict):
    """Yes or no; all that was asked out of the main store unless said otherwise.

    A refusal, and more than is suggested, need a reason.
    """

    approve = fields.Flag(required=True)
    quantity = fields.quantity(load_default=None, allow_none=True)
    from_store = fields.code(load_default=None, allow_none=True)
    reason = fields.Words(low=0, high=500, load_default="")


class SupplyLiftIn(fields.Strict):
    """Why a held request may be decided all the same."""

    reason = fields.Words(high=500, required=True)


class SupplyCancellationIn(fields.Strict):
    """A request that is taken back."""

    reason = fields.Words(low=0, high=500, load_default="")


class SupplyRequestQuery(PageQuery):
    """Which requests; `office` is who asks, `supplier` who is asked."""

    office = fields.code(load_default=None)
    supplier = fields.code(load_default=None)
    status = fields.Kind(RequestStatus, load_default=None)
    item = fields.code(load_default=None)


class SupplyShareQuery(PageQuery):
    """Whose requests, and of whom."""

    office = fields.code(load_default=None)
    supplier = fields.code(load_default=None)


class SupplyHoldOut(ma.Schema):
    """One matter of the last issue that is not reconciled: a transfer, a custody session or a loss, by its id."""

    kind = ma.fields.String(required=True, validate=fields.one_of(HoldKind))
    id = ma.fields.Integer(required=True)


class SupplyLifterOut(ma.Schema):
    """Who can lift it: somebody of one of these roles at this office, or above it."""

    roles = ma.fields.List(ma.fields.String(validate=fields.one_of(Role)), required=True)
    office = ma.fields.String(required=True)


class SupplyRequestOut(ma.Schema):
    """One request: asked, approved, sent and received are separate numbers, the last two its transfer's.

    `held_for` is what holds it, or held it when it was lifted. `lent_out` and `borrowed` are the asker's open loans of
    this family of items; `suggested` is what is asked less what is lent out.
    """

    id = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(RequestStatus))
    office = ma.fields.String(attribute="office_code", required=True)
    supplier = ma.fields.String(attribute="supplier_office", required=True)
    to_store = ma.fields.String(required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    asked = ma.fields.Integer(attribute="requested", required=True)
    approved = ma.fields.Integer(required=True, allow_none=True)
    sent = ma.fields.Integer(required=True, allow_none=True)
    received = ma.fields.Integer(required=True)
    needed_on = ma.fields.Date(required=True, allow_none=True)
    reason = ma.fields.String(required=True)
    held_for = ma.fields.List(ma.fields.Nested(SupplyHoldOut), required=True)
    can_lift = ma.fields.Nested(SupplyLifterOut, required=True, allow_none=True)
    lifted_by = ma.fields.Integer(required=True, allow_none=True)
    lift_reason = ma.fields.String(required=True)
    lent_out = ma.fields.Integer(required=True)
    borrowed = ma.fields.Integer(required=True)
    suggested = ma.fields.Integer(required=True)
    asked_by = ma.fields.Integer(attribute="user_id", required=True)
    decided_by = ma.fields.Integer(required=True, allow_none=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    decision_reason = ma.fields.String(required=True)
    transfer = ma.fields.Integer(attribute="transfer_id", required=True, allow_none=True)
    transfer_status = ma.fields.String(required=True, allow_none=True, validate=fields.one_of(TransferStatus))
    created_at = ma.fields.AwareDateTime(required=True)


class SupplyShareOut(ma.Schema):
    """What a supplier granted an office of one item, over decided requests: `share` is approved by asked."""

    office = ma.fields.String(required=True)
    supplier = ma.fields.String(required=True)
    item = ma.fields.String(required=True)
    requests = ma.fields.Integer(required=True)
    asked = ma.fields.Integer(required=True)
    approved = ma.fields.Integer(required=True)
    received = ma.fields.Integer(required=True)
    share = ma.fields.Float(required=True, allow_none=True)


SupplyRequestPage = page_of(SupplyRequestOut)
SupplySharePage = page_of(SupplyShareOut)
