"""The syntax of loans."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from inventory.loans.rules import LoanRole, LoanStatus, RepaymentKind
from inventory.texts import Text
from inventory.transfers.rules import TransferStatus

_NOT_BOTH = Text(
    "Sebut kiriman pelunasnya saja, atau gudang dan barang pengembaliannya saja.",
    "Name the delivery that settles it, or the stores and the item of a return, not both.",
)


class LoanIn(fields.Strict):
    """What one office lends to another, and by when it must come back."""

    from_store = fields.code(required=True)
    to_store = fields.code(required=True)
    item = fields.code(required=True)
    quantity = fields.quantity(required=True)
    due_on = fields.Day(required=True)
    reason = fields.Words(low=0, high=500, load_default="")


class LoanReturnIn(fields.Strict):
    """So much is given back: by a transfer of its own, or as a part of a `delivery`, a transfer that is there already.

    Stores and item of the return are the loan's unless said otherwise; the item is of the same family.
    """

    quantity = fields.quantity(required=True)
    from_store = fields.code(load_default=None, allow_none=True)
    to_store = fields.code(load_default=None, allow_none=True)
    item = fields.code(load_default=None, allow_none=True)
    delivery = fields.identity(load_default=None, allow_none=True)

    @ma.validates_schema
    def _check_way(self, data: dict[str, Any], **_kwargs: Any) -> None:
        said = [data.get(name) is not None for name in ("from_store", "to_store", "item")]
        if data.get("delivery") is not None and any(said):
            raise ma.ValidationError({"delivery": [_NOT_BOTH]})


class LoanQuery(PageQuery):
    """Which loans; `office` is on either side unless `role` says which."""

    office = fields.code(load_default=None)
    role = fields.Kind(LoanRole, load_default=None)
    status = fields.Kind(LoanStatus, load_default=None)
    item = fields.code(load_default=None)


class LoanNetQuery(PageQuery):
    """Whose positions."""

    office = fields.code(load_default=None)


class LoanLineOut(ma.Schema):
    """One loan. `lent` is what its transfer brought, `returned` what came back; `returning` is on its way.

    `outstanding` is lent less returned; below zero more came back than was lent, after a receipt was undone.
    """

    id = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(LoanStatus))
    lender = ma.fields.String(attribute="lender_office", required=True)
    borrower = ma.fields.String(attribute="borrower_office", required=True)
    from_store = ma.fields.String(required=True)
    to_store = ma.fields.String(required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    requested = ma.fields.Integer(required=True)
    approved = ma.fields.Integer(required=True, allow_none=True)
    lent = ma.fields.Integer(required=True)
    returned = ma.fields.Integer(required=True)
    returning = ma.fields.Integer(attribute="coming_back", required=True)
    outstanding = ma.fields.Integer(required=True)
    due_on = ma.fields.Date(required=True)
    overdue = ma.fields.Boolean(required=True)
    transfer = ma.fields.Integer(attribute="transfer_id", required=True)
    transfer_status = ma.fields.String(required=True, validate=fields.one_of(TransferStatus))
    created_at = ma.fields.AwareDateTime(required=True)


class LoanRepaymentOut(ma.Schema):
    """One giving back: `quantity` is what was promised or credited, `returned` what of it counts by now."""

    id = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(RepaymentKind))
    transfer = ma.fields.Integer(attribute="transfer_id", required=True)
    transfer_status = ma.fields.String(required=True, validate=fields.one_of(TransferStatus))
    item = ma.fields.String(attribute="item_code", required=True)
    quantity = ma.fields.Integer(required=True)
    returned = ma.fields.Integer(required=True)
    returning = ma.fields.Integer(attribute="coming_back", required=True)
    created_at = ma.fields.AwareDateTime(required=True)


class LoanOut(LoanLineOut):
    """One loan with its repayments."""

    repayments = ma.fields.List(ma.fields.Nested(LoanRepaymentOut), required=True)


class LoanNetOut(ma.Schema):
    """What two offices owe each other of one item, seen from `office`.

    It `lent` and was `returned`, so is owed `owed_to` (`overdue_to` of it late); it `borrowed` and has `given_back`, so
    `owes` (`overdue_from` of it late). `net` is what it is owed less what it owes.
    """

    office = ma.fields.String(required=True)
    partner = ma.fields.String(required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    lent = ma.fields.Integer(required=True)
    returned = ma.fields.Integer(required=True)
    owed_to = ma.fields.Integer(required=True)
    overdue_to = ma.fields.Integer(required=True)
    borrowed = ma.fields.Integer(required=True)
    given_back = ma.fields.Integer(required=True)
    owes = ma.fields.Integer(required=True)
    overdue_from = ma.fields.Integer(required=True)
    net = ma.fields.Integer(required=True)


LoanPage = page_of(LoanLineOut)
LoanNetPage = page_of(LoanNetOut)
