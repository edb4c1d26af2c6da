"""The syntax of items."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.paging import page_of
from inventory.catalogue.rules import ItemKind


class ItemIn(fields.Strict):
    """A new item; `cards_per_unit` says how many cards one ribbon or film gives."""

    code = fields.code(required=True)
    name = fields.Words(high=120, required=True)
    kind = fields.Kind(ItemKind, required=True)
    family = fields.code(required=True)
    version = fields.Words(high=40, load_default=None, allow_none=True)
    unit = fields.Words(high=40, required=True)
    pack_size = fields.JsonInt(load_default=1, validate=fields.between(1, 1_000_000))
    cards_per_unit = fields.JsonInt(load_default=None, allow_none=True, validate=fields.between(1, 1_000_000))


class ItemOut(ma.Schema):
    """An item."""

    id = fields.same_as("code")
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(ItemKind))
    family = ma.fields.String(required=True)
    version = ma.fields.String(allow_none=True)
    unit = ma.fields.String(required=True)
    pack_size = ma.fields.Integer(required=True)
    cards_per_unit = ma.fields.Integer(allow_none=True)


ItemPage = page_of(ItemOut)
