"""The syntax of counts and of their plan."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.amounts import check_at_most_one, intervals
from api.paging import PageQuery, page_of
from inventory.opname.rules import COUNTED_CONDITIONS, CountKind, CountStatus
from inventory.stock.numbers import MAX_NUMBER
from inventory.stock.rules import Condition, SpoilReason
from inventory.texts import Text

MAX_LINES = 1_000
MAX_SCANNED = 50_000
MAX_DAYS = 3_660


class CountIn(fields.Strict):
    """A count to start: everything in a store, or the `items` of a partial one. Two people count."""

    store = fields.code(required=True)
    kind = fields.Kind(CountKind, required=True)
    items = fields.Several(fields.code(), high=100, load_default=None, allow_none=True)
    blind = fields.Flag(load_default=False)
    counted_by = fields.two_people(required=True)
    plan = fields.identity(
        load_default=None, allow_none=True, metadata={"description": "the plan it fulfils (GET /counts/plans)"}
    )

    @ma.validates_schema
    def _check_items(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if (data["kind"] is CountKind.PARTIAL) is (data["items"] is None):
            told = Text("Isi items untuk opname sebagian saja.", "Give items for a partial count, and only for one.")
            raise ma.ValidationError({"items": [told]})


class CountLineIn(fields.Strict):
    """What was counted of one thing: a `quantity`, or its numbers; or only the `explanation` of a difference.

    Numbers may come as `intervals` and `numbers` together: boxes, and loose blanks beside them. A line that was noted
    by mistake is taken back by counting it again as 0: it stays, and changes nothing.
    `reason` is the class of spoiled goods. Where blanks with and without numbers lie together, `numbered` says which of
    them a `quantity` means (otherwise those without).
    """

    item = fields.code(required=True)
    condition = fields.Kind(Condition, load_default=Condition.BLANK)
    reason = fields.Kind(SpoilReason, load_default=None, allow_none=True)
    owner = fields.code(load_default=None, allow_none=True)
    event = fields.identity(load_default=None, allow_none=True)
    quantity = fields.quantity(low=0)
    intervals = intervals()
    numbers = fields.Several(fields.Words(high=MAX_NUMBER), high=MAX_SCANNED)
    numbered = fields.Flag(
        load_default=None,
        allow_none=True,
        metadata={"description": "whether a quantity means the blanks with numbers or those without"},
    )
    explanation = fields.Words(high=500, load_default=None, allow_none=True)

    @ma.validates_schema
    def _check_what(self, data: dict[str, Any], **_kwargs: Any) -> None:
        for named in ("intervals", "numbers"):
            check_at_most_one(data, ("quantity", named))
        if not {"quantity", "intervals", "numbers"} & set(data) and data["explanation"] is None:
            told = Text("Isi jumlah, nomor, atau penjelasan.", "Give a quantity, numbers or an explanation.")
            raise ma.ValidationError({"quantity": [told]})
        if data["condition"] not in COUNTED_CONDITIONS:
            told = Text("Kartu dihitung menurut nama, bukan di sini.", "Cards are counted by name, not here.")
            raise ma.ValidationError({"condition": [told]})
        if (data["condition"] is Condition.SPOILED) is (data["reason"] is None):
            told = Text("Isi kelas (reason) barang rusak, hanya itu.", "Give the class of spoiled goods, only of them.")
            raise ma.ValidationError({"reason": [told]})


class CountLinesIn(fields.Strict):
    """What was counted, as many lines as are known: all are kept, or none."""

    lines = fields.Several(fields.Part(CountLineIn), high=MAX_LINES, required=True)


class CountReasonIn(fields.Strict):
    """Why a count is approved or called off."""

    reason = fields.Words(high=500, required=True)


class CountedNumbersOut(ma.Schema):
    """Consecutive numbers."""

    first = ma.fields.String(required=True)
    last = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)


class CountLineOut(ma.Schema):
    """One line: `books` is what the books had when it was counted, `moved` what of that came since the snapshot.

    `to_count` says that it is still to be counted, or to be counted again; of a blind count the latter is said when
    all lines were counted once. What a blind count hides is null.
    """

    id = ma.fields.Integer(required=True)
    item = ma.fields.String(required=True)
    condition = ma.fields.String(required=True)
    reason = ma.fields.String(allow_none=True)
    owner = ma.fields.String(required=True)
    event = ma.fields.Integer(allow_none=True)
    numbered = ma.fields.Boolean(required=True, metadata={"description": "whether these are the blanks with numbers"})
    snapshot = ma.fields.Integer(allow_none=True)
    moved = ma.fields.Integer(allow_none=True)
    books = ma.fields.Integer(allow_none=True)
    counted = ma.fields.Integer(allow_none=True)
    first_counted = ma.fields.Integer(allow_none=True)
    variance = ma.fields.Integer(allow_none=True)
    missing = ma.fields.List(ma.fields.Nested(CountedNumbersOut), allow_none=True)
    unexpected = ma.fields.List(ma.fields.Nested(CountedNumbersOut), allow_none=True)
    to_count = ma.fields.Boolean(required=True)
    counted_at = ma.fields.AwareDateTime(allow_none=True)
    explanation = ma.fields.String(required=True)


class CountSummaryOut(ma.Schema):
    """A count without its lines."""

    id = ma.fields.Integer(required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(CountKind))
    blind = ma.fields.Boolean(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(CountStatus))
    counted_by = ma.fields.List(ma.fields.Integer(), required=True, metadata={"description": "two users' ids"})
    started_by = ma.fields.Integer(attribute="user_id", required=True)
    plan = ma.fields.Integer(attribute="plan_id", allow_none=True, metadata={"description": "the plan it fulfils"})
    started_on = ma.fields.Date(required=True)
    started_at = ma.fields.AwareDateTime(required=True)
    approved_at = ma.fields.AwareDateTime(allow_none=True)
    approved_by = ma.fields.Integer(allow_none=True)
    reason = ma.fields.String(required=True)
    movement = ma.fields.Integer(attribute="movement_id", allow_none=True)


class CountOut(CountSummaryOut):
    """A count: how many of its lines are still to be counted, and what is short and too many (null while blind)."""

    told = ma.fields.Boolean(required=True)
    to_count = ma.fields.Integer(required=True)
    shortage = ma.fields.Integer(allow_none=True)
    surplus = ma.fields.Integer(allow_none=True)
    lines = ma.fields.List(ma.fields.Nested(CountLineOut), required=True)


class CountQuery(PageQuery):
    """Which counts."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    status = fields.Kind(CountStatus, load_default=None)
    plan = fields.QueryInt(load_default=None, metadata={"description": "a plan's id"})


class CountPlanIn(fields.Strict):
    """A store is counted every so many days by somebody who neither holds nor uses its stock."""

    store = fields.code(required=True)
    counter = fields.identity(required=True)
    every_days = fields.JsonInt(required=True, validate=fields.between(1, MAX_DAYS))
    next_on = fields.Day(required=True)


class CountPlanChange(fields.Strict):
    """What of a plan changes; `active` false puts it aside."""

    counter_id = fields.identity(data_key="counter")
    every_days = fields.JsonInt(validate=fields.between(1, MAX_DAYS))
    next_on = fields.Day()
    active = fields.Flag()


class CountPlanOut(ma.Schema):
    """A plan; overdue by `days_late` when its day has passed at its office."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    counter = ma.fields.Integer(attribute="counter_id", required=True)
    every_days = ma.fields.Integer(required=True)
    next_on = ma.fields.Date(required=True)
    active = ma.fields.Boolean(required=True)
    overdue = ma.fields.Boolean(required=True)
    days_late = ma.fields.Integer(required=True)
    version = ma.fields.Integer(required=True)


class CountPlanQuery(PageQuery):
    """Which plans."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    active = fields.Flag(load_default=None)
    overdue = fields.Flag(load_default=None)


CountPage = page_of(CountSummaryOut)
CountPlanPage = page_of(CountPlanOut)
