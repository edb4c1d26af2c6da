"""The syntax of custody for a shift."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.amounts import AmountField, AmountIn
from api.paging import PageQuery, page_of
from inventory.custody.rules import CustodyStatus

_RETURNED = "what came back: a count, or its numbers; for a disputed session what was found since"


class CustodyIn(AmountIn):
    """Blanks handed to a holder for a shift, counted out by two; more than `needed` takes a reason."""

    store = fields.code(required=True)
    item = fields.code(required=True)
    holder = fields.identity(required=True, metadata={"description": "the id of the user who will print (GET /users)"})
    needed = fields.quantity(
        required=True, metadata={"description": "what the day needs; more is issued with a reason"}
    )
    counted_by = fields.two_people(required=True)
    reason = fields.Words(low=0, high=500, load_default="")
    event = fields.identity(load_default=None, allow_none=True)
    occurred_on = fields.Day(load_default=None, allow_none=True)


class CustodyCloseIn(fields.Strict):
    """What two people counted at the end, and the counters of the day.

    `returned` is a count or {"intervals": ...} or {"numbers": ...}; the first time it is required. Closing a disputed
    session again, it is what was found later; 0 there, counted by two, means that nothing is beyond the books after
    all. To explain the difference, `explanation` alone is sent.
    """

    returned = AmountField(load_default=None, allow_none=True, metadata={"description": _RETURNED})
    counted_by = fields.two_people(load_default=())
    explanation = fields.Words(low=0, high=500, load_default="")
    printer_count = fields.quantity(
        low=0, load_default=None, allow_none=True, metadata={"description": "how many blanks the printer's counter has"}
    )
    siak_count = fields.quantity(
        low=0, load_default=None, allow_none=True, metadata={"description": "how many cards SIAK says were printed"}
    )
    occurred_on = fields.Day(load_default=None, allow_none=True)


class CustodyApprovalIn(fields.Strict):
    """The second person's word on a difference; the explanation stands unless another reason is given."""

    reason = fields.Words(low=0, high=500, load_default="")


class CustodyQuery(PageQuery):
    """Which sessions; `overdue` ones are unfinished and of an earlier business day."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    status = fields.Kind(CustodyStatus, load_default=None)
    holder = fields.QueryInt(load_default=None, metadata={"description": "a user's id"})
    overdue = fields.Flag(load_default=None)


class ComparedOut(ma.Schema):
    """How far a counter of the day is above what the books have: null where it was not entered."""

    printer = ma.fields.Integer(required=True, allow_none=True)
    siak = ma.fields.Integer(required=True, allow_none=True)


def _numbers(**kwargs: Any) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.List(ma.fields.String()), **kwargs)


class CustodyOut(ma.Schema):
    """A session: issued = printed + spoiled + returned + in_hand, and + missing once that is written off.

    `intervals` are the numbers in the hand now, `missing_intervals` those that did not come back, `surplus_intervals`
    those that are beyond the books.
    """

    id = ma.fields.Integer(required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    event = ma.fields.Function(lambda row: row["event_id"] or None, metadata={"type": ["integer", "null"]})
    holder = ma.fields.Integer(attribute="holder_id", required=True, metadata={"description": "a user's id"})
    status = ma.fields.String(required=True, validate=fields.one_of(CustodyStatus))
    overdue = ma.fields.Boolean(required=True)
    opened_on = ma.fields.Date(required=True)
    opened_at = ma.fields.AwareDateTime(required=True)
    needed = ma.fields.Integer(required=True, metadata={"description": "what the day needed"})
    issued = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    counted_by = ma.fields.List(ma.fields.Integer(), required=True, metadata={"description": "two users' ids"})
    user = ma.fields.Integer(attribute="user_id", required=True)
    movement = ma.fields.Integer(attribute="movement_id", required=True)
    printed = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)
    in_hand = ma.fields.Integer(required=True)
    intervals = _numbers()
    returned = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "null until it was counted"})
    missing = ma.fields.Integer(required=True, allow_none=True)
    missing_intervals = _numbers(attribute="missing_numbers", required=True)
    surplus = ma.fields.Integer(required=True)
    surplus_intervals = _numbers(attribute="surplus_numbers", required=True)
    explanation = ma.fields.String(required=True)
    return_counted_by = ma.fields.List(ma.fields.Integer(), required=True, allow_none=True)
    printer_count = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "as it was entered"})
    siak_count = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "as it was entered"})
    compared = ma.fields.Nested(ComparedOut, required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    closed_by = ma.fields.Integer(required=True, allow_none=True)
    approved_by = ma.fields.Integer(required=True, allow_none=True)


CustodyPage = page_of(CustodyOut)
