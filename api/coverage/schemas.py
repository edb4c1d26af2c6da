"""The syntax of coverage."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from api.regions.schemas import region_code
from api.sentences import Sentence
from inventory.columns import MAX_QUANTITY
from inventory.coverage.rules import RankBy

# Reports above 100 % are real; beyond this a figure is a slip of the pen.
_HIGHEST_REPORTED = 1000


class CoverageIn(fields.Strict):
    """What a source said: at best both figures; a reported percentage or remainder is checked against them."""

    region = region_code(required=True)
    as_of = fields.Day(required=True)
    required = fields.quantity(load_default=None, allow_none=True)
    recorded = fields.quantity(low=0, load_default=None, allow_none=True)
    reported_percent = fields.JsonFloat(
        load_default=None, allow_none=True, validate=fields.between(0, _HIGHEST_REPORTED)
    )
    reported_remaining = fields.quantity(low=-MAX_QUANTITY, load_default=None, allow_none=True)
    source = fields.Words(high=300, required=True)


class CoverageFlagOut(ma.Schema):
    """Something a reader of the figures must know; `computed` beside `reported` where the two differ."""

    code = ma.fields.String(required=True)
    detail = Sentence(required=True)
    computed = ma.fields.Float(required=True, allow_none=True)
    reported = ma.fields.Float(required=True, allow_none=True)


class CoverageReportOut(ma.Schema):
    """A report; percent and remaining are computed where both figures are known."""

    id = ma.fields.Integer(required=True)
    region = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    as_of = ma.fields.Date(required=True)
    required = ma.fields.Integer(required=True, allow_none=True)
    recorded = ma.fields.Integer(required=True, allow_none=True)
    percent = ma.fields.Float(required=True, allow_none=True)
    remaining = ma.fields.Integer(required=True, allow_none=True)
    reported_percent = ma.fields.Float(required=True, allow_none=True)
    reported_remaining = ma.fields.Integer(required=True, allow_none=True)
    source = ma.fields.String(required=True)
    flags = ma.fields.List(ma.fields.Nested(CoverageFlagOut), required=True)


class TargetInForceOut(ma.Schema):
    """The target that holds, whose it is, and the points missing to it (negative: passed)."""

    region = ma.fields.String(required=True)
    percent = ma.fields.Float(required=True)
    due_on = ma.fields.Date(required=True)
    gap = ma.fields.Float(required=True, allow_none=True)


class CoverageRankOut(CoverageReportOut):
    """A region's latest report with its rank among its siblings; without a report all figures are null."""

    id = ma.fields.Integer(required=True, allow_none=True)
    as_of = ma.fields.Date(required=True, allow_none=True)
    source = ma.fields.String(required=True, allow_none=True)
    rank = ma.fields.Integer(required=True, allow_none=True)
    target = ma.fields.Nested(TargetInForceOut, required=True, allow_none=True)


class CoverageTotalsOut(ma.Schema):
    """The sum over the `regions_counted` regions whose figures add up, checked against the parent's own report."""

    required = ma.fields.Integer(required=True, allow_none=True)
    recorded = ma.fields.Integer(required=True, allow_none=True)
    percent = ma.fields.Float(required=True, allow_none=True)
    remaining = ma.fields.Integer(required=True, allow_none=True)
    regions = ma.fields.Integer(required=True)
    regions_counted = ma.fields.Integer(required=True)
    flags = ma.fields.List(ma.fields.Nested(CoverageFlagOut), required=True)


class CoverageOut(ma.Schema):
    """The regions below one parent, the best first: by percentage, or where none is known by how many are recorded."""

    parent = ma.fields.Nested(CoverageRankOut, required=True, allow_none=True)
    items = ma.fields.List(ma.fields.Nested(CoverageRankOut), required=True)
    totals = ma.fields.Nested(CoverageTotalsOut, required=True)
    ranked_by = ma.fields.String(required=True, validate=fields.one_of(RankBy))
    next = ma.fields.String(required=True, allow_none=True)


class CoverageQuery(PageQuery):
    """Whose children, and the day to look back from; `order` asc: the highest percentage first, desc: the lowest."""

    parent = region_code(load_default=None)
    as_of = fields.Day(load_default=None)


class ReportsQuery(PageQuery):
    """Which reports or targets."""

    region = region_code(load_default=None)


class CoverageTargetIn(fields.Strict):
    """A percentage to reach by a day."""

    region = region_code(required=True)
    percent = fields.JsonFloat(required=True, validate=fields.between(0.01, 100))
    due_on = fields.Day(required=True)


class CoverageTargetOut(ma.Schema):
    """A target; it holds for every region below that has none of its own."""

    id = ma.fields.Integer(required=True)
    region = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    percent = ma.fields.Float(required=True)
    due_on = ma.fields.Date(required=True)


CoverageReportPage = page_of(CoverageReportOut)
CoverageTargetPage = page_of(CoverageTargetOut)
