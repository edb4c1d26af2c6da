"""The syntax of printers, of ribbon and film, and of spoil rates."""

from __future__ import annotations

from datetime import date

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.paging import PageQuery, page_of
from api.sentences import Sentence
from inventory.printing.machines import PrinterStatus, SupplyKind
from inventory.printing.spoilage import SpoilageBy
from inventory.texts import Text

_MOST_CARDS = 1_000_000
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)
_DAYS = validate.Range(_FIRST_DAY, _LAST_DAY, error=Text(
    f"Harus {_FIRST_DAY} sampai {_LAST_DAY}.", f"Must be from {_FIRST_DAY} to {_LAST_DAY}."))  # fmt: skip
_AN_HOUR = {"description": "cards an hour while it prints; 40 to 46 in a sprint"}
_LIMIT = {"description": "cards a day the office lets it do; a larger job is warned of, never refused"}


class _CanDo(fields.Strict):
    """What a printer can do."""

    prints = fields.Several(fields.code(), high=100, metadata=fields.PRINTS, allow_none=True)
    capacity_per_hour = fields.JsonFloat(validate=fields.between(0.1, 10_000), metadata=_AN_HOUR)
    rest_after_cards = fields.JsonInt(validate=fields.between(1, _MOST_CARDS), allow_none=True)
    rest_minutes = fields.JsonFloat(validate=fields.between(0.1, 1_440), allow_none=True)
    daily_limit = fields.JsonInt(validate=fields.between(1, _MOST_CARDS), allow_none=True, metadata=_LIMIT)


class PrinterIn(_CanDo):
    """A printer of a store; `prints` are the blank versions it can print, null is any."""

    store = fields.code(required=True)
    name = fields.Words(high=80, required=True)


class PrinterChange(_CanDo):
    """What may be changed of a printer; a new status has a `status_reason`, or none."""

    name = fields.Words(high=80)
    status = fields.Kind(PrinterStatus)
    status_reason = fields.Words(high=500, allow_none=True)


class PrinterOut(ma.Schema):
    """A printer: after `rest_after_cards` cards it cools for `rest_minutes`."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    name = ma.fields.String(required=True)
    prints = ma.fields.List(ma.fields.String(), allow_none=True, required=True, metadata=fields.PRINTS)
    capacity_per_hour = ma.fields.Float(required=True, metadata=_AN_HOUR)
    rest_after_cards = ma.fields.Integer(required=True, allow_none=True)
    rest_minutes = ma.fields.Float(required=True, allow_none=True)
    daily_limit = ma.fields.Integer(required=True, allow_none=True, metadata=_LIMIT)
    status = ma.fields.String(required=True, validate=fields.one_of(PrinterStatus))
    status_at = ma.fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "since when"})
    status_reason = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)


class PrinterQuery(PageQuery):
    """Which printers."""

    store = fields.code(load_default=None)
    status = fields.Kind(PrinterStatus, load_default=None)


class MountIn(fields.Strict):
    """One roll out of the store; `yield_cards` where it gives another number of cards than its item says."""

    item = fields.code(required=True)
    lot = fields.Words(high=80, load_default=None, allow_none=True, metadata={"description": "as on its box"})
    store = fields.code(load_default=None, allow_none=True, metadata={"description": "the printer's own unless given"})
    yield_cards = fields.JsonInt(validate=fields.between(1, _MOST_CARDS), load_default=None, allow_none=True)
    occurred_on = fields.Day(load_default=None, allow_none=True)


class MountedOut(ma.Schema):
    """A roll in a printer. `left` is below zero where it gave more cards than it said."""

    id = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(SupplyKind))
    item = ma.fields.String(required=True, attribute="item_code")
    lot = ma.fields.String(required=True, allow_none=True)
    yield_cards = ma.fields.Integer(required=True)
    used = ma.fields.Integer(required=True)
    left = ma.fields.Integer(required=True)
    mounted_at = ma.fields.AwareDateTime(required=True)


class MountOut(MountedOut):
    """A roll that is or was mounted; one whose movement was reversed is `taken_back`."""

    printer = ma.fields.Integer(required=True, attribute="printer_id")
    unmounted_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    movement = ma.fields.Integer(required=True, attribute="movement_id")
    taken_back = ma.fields.Boolean(required=True)
    replaced = ma.fields.Integer(required=True, allow_none=True, attribute="replaced_id")
    lost = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "prints that were left on the one it replaced"}
    )


class SpareOut(ma.Schema):
    """Rolls of one kind in the printer's store, and the cards they give."""

    kind = ma.fields.String(required=True, validate=fields.one_of(SupplyKind))
    units = ma.fields.Integer(required=True)
    cards = ma.fields.Integer(required=True)


class PrinterWithSuppliesOut(PrinterOut):
    """A printer with what is mounted in it, what is spare in its store, and what to see to."""

    mounted = ma.fields.List(ma.fields.Nested(MountedOut), required=True)
    spares = ma.fields.List(ma.fields.Nested(SpareOut), required=True)
    warnings = ma.fields.List(Sentence(), required=True)


class SpoilageQuery(fields.Strict):
    """Whose attempts, from which day to which (its own business days, at most 92), told by what."""

    office = fields.code(required=True)
    first = fields.Day(required=True, data_key="from", validate=_DAYS)
    last = fields.Day(required=True, data_key="to", validate=_DAYS)
    by = fields.Kind(SpoilageBy, load_default=SpoilageBy.PRINTER)


class RateOut(ma.Schema):
    """Attempts, how many spoiled, the rate, and between which rates it lies with 95 % certainty."""

    attempts = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)
    rate = ma.fields.Float(required=True, allow_none=True)
    low = ma.fields.Float(required=True, allow_none=True)
    high = ma.fields.Float(required=True, allow_none=True)


class SpoilageGroupOut(ma.Schema):
    """One printer, ribbon lot, blank lot or reason; `key` is null for what is not known."""

    key = ma.fields.Raw(required=True, allow_none=True, metadata={"type": ["string", "integer", "null"]})
    name = ma.fields.String(required=True, allow_none=True)
    item = ma.fields.String(required=True, allow_none=True)
    rate = ma.fields.Nested(RateOut, required=True)


class SpoilageOut(ma.Schema):
    """The spoil rate of an office in a period, as a whole and by group, the most attempts first."""

    office = ma.fields.String(required=True)
    first = ma.fields.Date(required=True, data_key="from")
    last = ma.fields.Date(required=True, data_key="to")
    by = ma.fields.String(required=True, validate=fields.one_of(SpoilageBy))
    whole = ma.fields.Nested(RateOut, required=True)
    groups = ma.fields.List(ma.fields.Nested(SpoilageGroupOut), required=True)


PrinterPage = page_of(PrinterOut)
MountPage = page_of(MountOut)
