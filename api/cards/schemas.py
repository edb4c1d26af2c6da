"""The syntax of cards that are sent on, of how long cards wait, and of closing reports."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from api.printing.schemas import MAX_LINES
from api.recordings.schemas import Referred
from api.regions.schemas import region_code
from inventory.custody.rules import CustodyStatus
from inventory.printing.consignment_rules import ConsignmentStatus
from inventory.stock.rules import SpoilReason
from inventory.texts import Text

_ONE = Text("Isi salah satu: recordings, atau all: true.", "Give one of them: recordings, or all: true.")


class CardConsignmentIn(fields.Strict):
    """Waiting cards of one store for the head of a kecamatan or village; the recipient's name is kept encrypted."""

    store = fields.code(required=True)
    region = region_code(required=True)
    recipient = fields.Words(high=200, required=True)
    recipient_role = fields.Words(high=60, required=True, metadata={"description": "camat, kepala desa, lurah, ..."})
    recordings = fields.Several(Referred(), high=MAX_LINES, required=True)
    due_on = fields.Day(load_default=None, allow_none=True, metadata={"description": "what is left is due back"})
    document_number = fields.Words(low=0, high=80, load_default="")


class CardReturnIn(fields.Strict):
    """Cards that came back uncollected: some of them by their recordings, or `all` that are still out."""

    recordings = fields.Several(Referred(), high=MAX_LINES)
    all = fields.Flag()
    reason = fields.Words(low=0, high=500, load_default="")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if ("recordings" in data) == bool(data.get("all")):
            raise ma.ValidationError(_ONE, "recordings")


class CardConsignmentOut(ma.Schema):
    """Cards that were sent on: quantity = issued + returned + lost + out."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    event = ma.fields.Integer(attribute="event_id", required=True, allow_none=True)
    region = ma.fields.String(attribute="region_code", required=True)
    recipient = ma.fields.String(required=True, metadata={"description": "masked for who makes no papers"})
    recipient_role = ma.fields.String(required=True)
    document_number = ma.fields.String(required=True)
    sent_on = ma.fields.Date(required=True)
    due_on = ma.fields.Date(required=True, allow_none=True)
    overdue = ma.fields.Boolean(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(ConsignmentStatus))
    quantity = ma.fields.Integer(required=True)
    issued = ma.fields.Integer(required=True)
    returned = ma.fields.Integer(required=True)
    lost = ma.fields.Integer(required=True)
    out = ma.fields.Integer(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    user = ma.fields.Integer(attribute="user_id", required=True)


class CardConsignmentQuery(PageQuery):
    """Which consignments; `region` is the recipient's or one above, `overdue` ones are open and past their day."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    region = region_code(load_default=None)
    status = fields.Kind(ConsignmentStatus, load_default=None)
    overdue = fields.Flag(load_default=None)


class AgeingQuery(PageQuery):
    """Where: an office with those below it; your own unless named."""

    office = fields.code(load_default=None)


class AgeingStepOut(ma.Schema):
    """How many cards have waited from so many days until so many; the last step has no end."""

    from_days = ma.fields.Integer(required=True)
    until_days = ma.fields.Integer(required=True, allow_none=True)
    cards = ma.fields.Integer(required=True)


class AgeingOut(ma.Schema):
    """How long cards wait in one place: a store or, where `sent_to` names it, the region that they were sent on to.

    The steps are the days at which the office flags (`card_flag_days`); `flagged` cards have passed the first one.
    """

    office = ma.fields.String(required=True)
    store = ma.fields.String(required=True)
    sent_to = ma.fields.String(required=True, allow_none=True)
    waiting = ma.fields.Integer(required=True)
    flagged = ma.fields.Integer(required=True)
    oldest_days = ma.fields.Integer(required=True)
    steps = ma.fields.List(ma.fields.Nested(AgeingStepOut), required=True)


class SessionCardsOut(ma.Schema):
    """Where the cards of a session stand."""

    issued = ma.fields.Integer(required=True)
    waiting = ma.fields.Integer(required=True)
    lost = ma.fields.Integer(required=True)


SpoiledOut = ma.Schema.from_dict(
    {reason.value: ma.fields.Integer(required=True) for reason in SpoilReason}, name="SpoiledByClassOut"
)


class SessionReportOut(ma.Schema):
    """What a session came to: taken = printed + spoiled_total + returned + missing + in_hand.

    `opening` is what the holder had in hand already from a session of the same day; `difference` is surplus - missing.
    """

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    event = ma.fields.Function(lambda row: row["event_id"] or None, metadata={"type": ["integer", "null"]})
    holder = ma.fields.Integer(attribute="holder_id", required=True, metadata={"description": "a user's id"})
    status = ma.fields.String(required=True, validate=fields.one_of(CustodyStatus))
    opened_on = ma.fields.Date(required=True)
    opened_at = ma.fields.AwareDateTime(required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    opening = ma.fields.Integer(required=True)
    taken = ma.fields.Integer(required=True)
    printed = ma.fields.Integer(required=True)
    spoiled = ma.fields.Nested(SpoiledOut, required=True)
    spoiled_total = ma.fields.Integer(required=True)
    returned = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "null until it was counted"})
    in_hand = ma.fields.Integer(required=True)
    missing = ma.fields.Integer(required=True)
    surplus = ma.fields.Integer(required=True)
    difference = ma.fields.Integer(required=True)
    cards = ma.fields.Nested(SessionCardsOut, required=True)


CardConsignmentPage = page_of(CardConsignmentOut)
AgeingPage = page_of(AgeingOut)
