"""The syntax of offices and stores."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from api.regions.schemas import region_code
from inventory.offices import rules
from inventory.offices.rules import OfficeLevel, StoreKind

_QUEUE_ONLY = {"description": "jobs take the first of the queue (`take`); naming recordings is refused (queue_only)"}
_CONFIRM = {"description": "nothing is called printed before a person counted it: start, then confirm (confirm_needed)"}
_CARD_CHECK = {
    "description": "no card is handed over or sent on before POST /cards/check (cards_not_checked); not of an event"
}
_PURGE_DAYS = {"description": "days after a hand-over or a failure until NIK and name are forgotten; 90 at first"}
_REORDER = {"description": "order again at so many blanks; null where nobody said"}
_FLAG_DAYS = {"description": "after how many days an uncollected card is flagged; null is 14, 30 and 60"}


class OfficeQuery(PageQuery):
    """Which offices."""

    parent = fields.code(load_default=None)


class OfficeIn(fields.Strict):
    """A new office: its code is its region's."""

    code = region_code(required=True)
    name = fields.Words(high=120, required=True)


class OfficeChange(fields.Strict):
    """What an administrator may change."""

    name = fields.Words(high=120)
    backdate_days = fields.JsonInt(validate=fields.between(0, 36_500))
    undo_minutes = fields.JsonInt(validate=fields.between(0, 525_600))
    spoil_rate = fields.JsonFloat(allow_none=True, validate=fields.between(0, 0.99))
    custody_required = fields.Flag()
    count_check = fields.Flag()
    destruction_check = fields.Flag()
    write_off_check = fields.Flag()
    transfer_check_over = fields.quantity(low=0, allow_none=True)
    reversal_check_over = fields.quantity(low=0, allow_none=True)
    recount_over = fields.quantity(low=0, allow_none=True)
    reorder_at = fields.quantity(low=0, allow_none=True, metadata=_REORDER)
    queue_only = fields.Flag(metadata=_QUEUE_ONLY)
    confirm_required = fields.Flag(metadata=_CONFIRM)
    card_check = fields.Flag(metadata=_CARD_CHECK)
    card_flag_days = fields.Several(
        fields.JsonInt(validate=fields.between(1, 3_650)), high=10, allow_none=True, metadata=_FLAG_DAYS
    )
    purge_days = fields.JsonInt(validate=fields.between(0, 36_500), metadata=_PURGE_DAYS)


class OfficeOut(ma.Schema):
    """An office with its settings: `..._check` wants a second person always, `..._over` above so many, null never."""

    id = fields.same_as("code")
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    level = ma.fields.String(required=True, validate=fields.one_of(OfficeLevel))
    parent = ma.fields.String(attribute="parent_code", allow_none=True)
    time_zone = ma.fields.String(required=True)
    zone = ma.fields.Function(lambda office: rules.zone_name(office.time_zone), metadata={"type": "string"})
    backdate_days = ma.fields.Integer()
    undo_minutes = ma.fields.Integer()
    spoil_rate = ma.fields.Float(allow_none=True)
    custody_required = ma.fields.Boolean(required=True)
    count_check = ma.fields.Boolean(required=True)
    destruction_check = ma.fields.Boolean(required=True)
    write_off_check = ma.fields.Boolean(required=True)
    transfer_check_over = ma.fields.Integer(allow_none=True, required=True)
    reversal_check_over = ma.fields.Integer(allow_none=True, required=True)
    recount_over = ma.fields.Integer(allow_none=True, required=True)
    reorder_at = ma.fields.Integer(allow_none=True, required=True, metadata=_REORDER)
    queue_only = ma.fields.Boolean(required=True, metadata=_QUEUE_ONLY)
    confirm_required = ma.fields.Boolean(required=True, metadata=_CONFIRM)
    card_check = ma.fields.Boolean(required=True, metadata=_CARD_CHECK)
    card_flag_days = ma.fields.List(ma.fields.Integer(), allow_none=True, required=True, metadata=_FLAG_DAYS)
    purge_days = ma.fields.Integer(required=True, metadata=_PURGE_DAYS)
    version = ma.fields.Integer(required=True)


class StoreQuery(PageQuery):
    """Which stores."""

    office = fields.code(load_default=None)


class StoreIn(fields.Strict):
    """A new store."""

    code = fields.code(required=True)
    office = fields.code(required=True)
    kind = fields.Kind(StoreKind, required=True)
    name = fields.Words(high=120, required=True)
    region = region_code(load_default=None)


class StoreChange(fields.Strict):
    """What an administrator may change; `prints` are the blank versions of a print room, null is any."""

    name = fields.Words(high=120)
    prints = fields.Several(fields.code(), high=100, metadata=fields.PRINTS, allow_none=True)


class StoreOut(ma.Schema):
    """A store; `prints` are the blank versions it can print, null is any."""

    id = fields.same_as("code")
    code = ma.fields.String(required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(StoreKind))
    name = ma.fields.String(required=True)
    region = ma.fields.String(attribute="region_code", allow_none=True)
    event = ma.fields.Integer(attribute="event_id", allow_none=True)
    prints = ma.fields.List(ma.fields.String(), allow_none=True, required=True, metadata=fields.PRINTS)
    version = ma.fields.Integer(required=True)


OfficePage = page_of(OfficeOut)
StorePage = page_of(StoreOut)
