"""The syntax of closing an event and of its settlement."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.amounts import AmountIn
from api.outreach.schemas import EventWhole, day
from inventory.outreach.rules import EventStatus


class KitCountIn(AmountIn):
    """How many of one owner's goods of one item were counted in the kit.

    Numbers say which of the goods with numbers were seen; those without are then taken from the books. A count of goods
    with numbers is what the books say, or 0.
    """

    owner = fields.code(required=True)
    item = fields.code(required=True)
    quantity = fields.quantity(low=0)


class ExplanationIn(fields.Strict):
    """Why a count differs from the books."""

    owner = fields.code(required=True)
    item = fields.code(required=True)
    reason = fields.Words(high=500, required=True)


class CloseIn(fields.Strict):
    """The close; what `counts` does not name is taken from the books."""

    counts = fields.Several(fields.Part(KitCountIn), low=0, high=1000, load_default=list)
    explanations = fields.Several(fields.Part(ExplanationIn), low=0, high=1000, load_default=list)
    occurred_on = day(load_default=None, allow_none=True)


class SettlementLineOut(ma.Schema):
    """What became of one owner's goods of one item: brought = printed + spoiled + used + returned + missing.

    `printed` includes cards handed over, `returned` is what is on the returns, `received_back` what of it arrived.
    """

    owner = ma.fields.String(required=True)
    item = ma.fields.String(required=True)
    brought = ma.fields.Integer(required=True)
    printed = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)
    used = ma.fields.Integer(required=True)
    returned = ma.fields.Integer(required=True)
    missing = ma.fields.Integer(required=True)
    received_back = ma.fields.Integer(required=True)
    counted = ma.fields.Boolean(required=True)
    explanation = ma.fields.String(required=True)


class AfterCloseOut(ma.Schema):
    """What went on since the close: cards handed over and still waiting, spoiled blanks kept and destroyed, returns.

    `in_kit` and `received_back` count blanks alone: rolls are never added to them.
    """

    issued = ma.fields.Integer(required=True)
    waiting = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)
    destroyed = ma.fields.Integer(required=True)
    in_kit = ma.fields.Integer(required=True)
    received_back = ma.fields.Integer(required=True)


class SettlementOut(ma.Schema):
    """The settlement of an event: live until the close (`frozen` false, `after_close` null), then fixed for ever."""

    event = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(EventStatus))
    frozen = ma.fields.Boolean(required=True)
    owners = ma.fields.List(ma.fields.Nested(SettlementLineOut), required=True)
    counted = ma.fields.Boolean(required=True)
    after_close = ma.fields.Nested(AfterCloseOut, required=True, allow_none=True)


class ClosedEvent(EventWhole):
    """A closed event with its settlement."""

    settlement = ma.fields.Nested(SettlementOut, required=True)
