"""The syntax of numbers."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from inventory.blanks.rules import BlankState, DocumentOf, GapKind
from inventory.documents.rules import DocumentKind
from inventory.stock.rules import Condition, MovementKind, Place


class PaperOut(ma.Schema):
    """A paper that was made of a hand's document."""

    id = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(DocumentKind))
    number = ma.fields.String(required=True)


class HandOut(ma.Schema):
    """One hand that a blank passed: the movement that brought it there, who posted it, and who held it for a shift.

    `document` is the id of what `document_kind` says; `document_number` is the outside paper's, `papers` are our own.
    """

    movement = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(MovementKind))
    kind_name = ma.fields.String(required=True)
    occurred_on = ma.fields.Date(required=True)
    posted_at = ma.fields.AwareDateTime(required=True)
    user = ma.fields.Integer(required=True)
    user_name = ma.fields.String(required=True)
    holder = ma.fields.Integer(required=True, allow_none=True)
    holder_name = ma.fields.String(required=True, allow_none=True)
    store = ma.fields.String(required=True)
    office = ma.fields.String(required=True)
    place = ma.fields.String(required=True, validate=fields.one_of(Place))
    condition = ma.fields.String(required=True, validate=fields.one_of(Condition))
    condition_name = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=fields.one_of(BlankState))
    state_name = ma.fields.String(required=True)
    owner = ma.fields.String(required=True)
    event = ma.fields.Integer(required=True, allow_none=True)
    document_kind = ma.fields.String(required=True, allow_none=True, validate=fields.one_of(DocumentOf))
    document = ma.fields.Integer(required=True, allow_none=True)
    document_number = ma.fields.String(required=True)
    papers = ma.fields.List(ma.fields.Nested(PaperOut), required=True)
    reason = ma.fields.String(required=True)


class LotOfBlankOut(ma.Schema):
    """The lot that a blank arrived in."""

    id = ma.fields.Integer(required=True)
    receipt = ma.fields.Integer(required=True, allow_none=True)
    document_number = ma.fields.String(required=True, allow_none=True)
    pack_size = ma.fields.Integer(required=True)


class AttemptOut(ma.Schema):
    """What a printer made of a blank."""

    job = ma.fields.Integer(required=True)
    recording = ma.fields.Integer(required=True)
    outcome = ma.fields.String(required=True)
    reason = ma.fields.String(required=True, allow_none=True)
    attempted_at = ma.fields.AwareDateTime(required=True)
    undone = ma.fields.Boolean(required=True)


class StoryOut(ma.Schema):
    """The story of one number, the first hand first; `hidden` counts the hands out of your reach."""

    number = ma.fields.String(required=True)
    item = ma.fields.String(required=True)
    state = ma.fields.String(required=True, allow_none=True)
    lot = ma.fields.Nested(LotOfBlankOut, required=True, allow_none=True)
    hands = ma.fields.List(ma.fields.Nested(HandOut), required=True)
    hidden = ma.fields.Integer(required=True)
    attempts = ma.fields.List(ma.fields.Nested(AttemptOut), required=True)


class GapQuery(PageQuery):
    """Which gaps."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    item = fields.code(load_default=None)
    kind = fields.Kind(GapKind, load_default=None)


class GapOut(ma.Schema):
    """Numbers received and not accounted for; `document` is the transfer, session, count or loss."""

    kind = ma.fields.String(required=True, validate=fields.one_of(GapKind))
    office = ma.fields.String(required=True)
    store = ma.fields.String(required=True)
    item = ma.fields.String(required=True)
    first = ma.fields.String(required=True)
    last = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)
    document = ma.fields.Integer(required=True, allow_none=True)


GapPage = page_of(GapOut)
