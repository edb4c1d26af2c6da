"""The syntax of quarantine, withdrawn cards and destruction."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.amounts import AmountIn
from api.paging import PageQuery, page_of
from inventory.disposal.rules import DestructionClass, DestructionStatus
from inventory.stock.rules import SpoilReason
from inventory.texts import Text

_NOTHING = Text("Sebut barang rusak atau KTP ditarik yang dimusnahkan: tanpa isi bukan pemusnahan.",
                "Name spoiled goods or withdrawn cards to destroy: a destruction of nothing is none.")  # fmt: skip
_MONTH = Text("Harus bulan YYYY-MM.", "Must be a month, YYYY-MM.")


def _event() -> ma.fields.Function:
    return ma.fields.Function(
        lambda row: ma.utils.get_value(row, "event_id") or None, metadata={"type": ["integer", "null"]}
    )


class QuarantineQuery(PageQuery):
    """Which part of the quarantine."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)


class QuarantineOut(ma.Schema):
    """What lies in quarantine of one item, owner, event and class; `numbered` of it have known numbers."""

    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    owner = ma.fields.String(attribute="owner_code", required=True)
    event = _event()
    reason = ma.fields.String(required=True, validate=fields.one_of(SpoilReason))
    quantity = ma.fields.Integer(required=True)
    numbered = ma.fields.Integer(required=True, metadata={"description": "how many of them have known numbers"})


class ByClassOut(ma.Schema):
    """A figure for each class, and their sum."""

    damaged = ma.fields.Integer(required=True)
    print_failure = ma.fields.Integer(required=True)
    encode_failure = ma.fields.Integer(required=True)
    factory_defect = ma.fields.Integer(required=True)
    data_change = ma.fields.Integer(required=True)
    moved_in = ma.fields.Integer(required=True)
    total = ma.fields.Integer(required=True)


class QuarantinePage(page_of(QuarantineOut)):  # type: ignore[misc]
    """One batch of the quarantine; `withdrawn` are the cards that wait in their own register, over all batches."""

    withdrawn = ma.fields.Nested(ByClassOut, required=True)


class WithdrawnIn(fields.Strict):
    """Old cards that residents gave back on one day; nobody's name."""

    store = fields.code(required=True)
    reason = fields.Kind(DestructionClass, required=True)
    quantity = fields.quantity(required=True)
    withdrawn_on = fields.Day(required=True)
    document_number = fields.Words(low=0, high=80, load_default="")


class WithdrawnCorrectionIn(fields.Strict):
    """How many there really were."""

    quantity = fields.quantity(low=0, required=True)


class WithdrawnQuery(PageQuery):
    """Which rows of the register; `waiting=true` are those not destroyed in full."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    reason = fields.Kind(DestructionClass, load_default=None)
    waiting = fields.Flag(load_default=None)
    since = fields.Day(load_default=None)
    until = fields.Day(load_default=None)


class WithdrawnOut(ma.Schema):
    """One row of the register of withdrawn cards; `waiting` of its `quantity` are not destroyed."""

    id = ma.fields.Integer(required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    withdrawn_on = ma.fields.Date(required=True)
    reason = ma.fields.String(required=True, validate=fields.one_of(DestructionClass))
    quantity = ma.fields.Integer(required=True)
    destroyed = ma.fields.Integer(required=True)
    waiting = ma.fields.Function(lambda row: row.quantity - row.destroyed, metadata={"type": "integer"})
    document_number = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    user = ma.fields.Integer(attribute="user_id", required=True)


class DestructionLineIn(AmountIn):
    """So much of one quarantine; the office's own goods without an event unless told."""

    item = fields.code(required=True)
    reason = fields.Kind(SpoilReason, required=True)
    owner = fields.code(load_default=None, allow_none=True)
    event = fields.identity(load_default=None, allow_none=True)


class WithdrawnLineIn(fields.Strict):
    """So many withdrawn cards of one class."""

    reason = fields.Kind(DestructionClass, required=True)
    quantity = fields.quantity(required=True)


class WitnessIn(fields.Strict):
    """Who saw the fire, and for which institution."""

    name = fields.Words(high=120, required=True)
    institution = fields.Words(high=120, required=True)


class DestructionIn(fields.Strict):
    """What was counted for the fire, under the berita acara `number`. Totals are computed, never sent."""

    store = fields.code(required=True)
    number = fields.Words(high=80, required=True)
    destroyed_on = fields.Day(required=True)
    lines = fields.Several(fields.Part(DestructionLineIn), low=0, high=1_000, load_default=list)
    withdrawn = fields.Several(fields.Part(WithdrawnLineIn), low=0, high=100, load_default=list)
    witnesses = fields.Several(
        fields.Part(WitnessIn),
        low=2,
        high=20,
        required=True,
        metadata={"description": "who saw it: two people or more, each with the institution"},
    )
    counted_by = fields.Several(
        fields.identity(), low=2, high=2, required=True, metadata={"description": fields.COUNTERS}
    )

    @ma.validates_schema
    def _check_something(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data.get("lines") and not data.get("withdrawn"):
            raise ma.ValidationError({"lines": [_NOTHING]})


class DestructionReasonIn(fields.Strict):
    """A remark on the step."""

    reason = fields.Words(low=0, high=500, load_default="")


class DestructionQuery(PageQuery):
    """Which destructions."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    status = fields.Kind(DestructionStatus, load_default=None)
    since = fields.Day(load_default=None)
    until = fields.Day(load_default=None)


class FiguresOut(ma.Schema):
    """Blanks and withdrawn cards by class; `total` is both. Spoiled supplies are no cards: beside the total."""

    blanks = ma.fields.Nested(ByClassOut, required=True)
    withdrawn = ma.fields.Nested(ByClassOut, required=True)
    supplies = ma.fields.Integer(required=True)
    total = ma.fields.Integer(required=True)


class DestructionSummaryOut(ma.Schema):
    """A destruction with its computed totals."""

    id = ma.fields.Integer(required=True)
    number = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(DestructionStatus))
    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    destroyed_on = ma.fields.Date(required=True)
    counted_by = ma.fields.List(ma.fields.Integer(), required=True, metadata={"description": "two users' ids"})
    user = ma.fields.Integer(attribute="user_id", required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    approved_by = ma.fields.Integer(required=True, allow_none=True)
    approved_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    movement = ma.fields.Integer(attribute="movement_id", required=True, allow_none=True)
    reason = ma.fields.String(required=True)
    totals = ma.fields.Nested(FiguresOut, required=True)


class DestructionLineOut(ma.Schema):
    """One line: `intervals` where the numbers were named."""

    item = ma.fields.String(attribute="item_code", required=True)
    reason = ma.fields.String(required=True, validate=fields.one_of(SpoilReason))
    owner = ma.fields.String(attribute="owner_code", required=True)
    event = _event()
    quantity = ma.fields.Integer(required=True)
    intervals = ma.fields.List(ma.fields.List(ma.fields.String()), required=True, allow_none=True)


class WithdrawnLineOut(ma.Schema):
    """So many withdrawn cards of one class."""

    reason = ma.fields.String(required=True, validate=fields.one_of(DestructionClass))
    quantity = ma.fields.Integer(required=True)


class WitnessOut(ma.Schema):
    """A witness; the name is masked for those who neither make, approve nor inspect destructions."""

    name = ma.fields.String(required=True)
    institution = ma.fields.String(required=True)


class DestructionOut(DestructionSummaryOut):
    """A destruction with all that is in it."""

    lines = ma.fields.List(ma.fields.Nested(DestructionLineOut), required=True)
    withdrawn = ma.fields.List(ma.fields.Nested(WithdrawnLineOut), required=True)
    witnesses = ma.fields.List(
        ma.fields.Nested(WitnessOut), required=True, metadata={"description": "who saw it, and for which institution"}
    )


class Month(fields.Words):
    """A month, YYYY-MM, given to the query as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        shape = validate.Regexp(r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", error=_MONTH)
        super().__init__(validate=shape, metadata={"minLength": 7, "maxLength": 7}, **kwargs)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The first day of the month."""
        found = super().deserialize(value, attr, data, **kwargs)
        return date.fromisoformat(f"{found}-01") if isinstance(found, str) else found


class DestructionReportQuery(fields.Strict):
    """Which month, and whose."""

    month = Month(required=True)
    office = fields.code(load_default=None)


class LeftOut(ma.Schema):
    """What was not destroyed by the month's end."""

    blanks = ma.fields.Integer(required=True)
    withdrawn = ma.fields.Integer(required=True)


class ReportTotalsOut(FiguresOut):
    """The sums of all rows, column by column."""

    left = ma.fields.Nested(LeftOut, required=True)


class ReportRowOut(ReportTotalsOut):
    """What one office destroyed in the month."""

    office = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class DestructionReportOut(ma.Schema):
    """The monthly report upward: a row an office, the circular's classes as columns, all totals computed."""

    month = ma.fields.String(required=True)
    office = ma.fields.String(required=True)
    rows = ma.fields.List(ma.fields.Nested(ReportRowOut), required=True)
    totals = ma.fields.Nested(ReportTotalsOut, required=True)


DestructionPage = page_of(DestructionSummaryOut)
WithdrawnPage = page_of(WithdrawnOut)
