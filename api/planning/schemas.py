"""The syntax of readiness and shortfalls."""

from __future__ import annotations

import re
from datetime import date, time

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.paging import PageQuery
from api.sentences import Sentence
from inventory.planning.rules import Severity, SpoilSource
from inventory.texts import Text
from inventory.transfers.rules import TransferStatus

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)
_LONGEST = 366


def day_looked_from() -> fields.Day:
    """The day the figures are looked at from: today in the office's zone unless given."""
    sensible = validate.Range(_FIRST_DAY, _LAST_DAY, error=Text(
        f"Harus {_FIRST_DAY} sampai {_LAST_DAY}.", f"Must be from {_FIRST_DAY} to {_LAST_DAY}."))  # fmt: skip
    return fields.Day(load_default=None, validate=sensible)


class ReadinessQuery(fields.Strict):
    """The day to look from; stock, pledges and transfers are always those of the books now."""

    as_of = day_looked_from()


class CasesOut(ma.Schema):
    """A figure by target, and by low, likely and high turnout."""

    by_target = ma.fields.Integer(required=True)
    low = ma.fields.Integer(required=True)
    likely = ma.fields.Integer(required=True)
    high = ma.fields.Integer(required=True)


class AvailableOut(ma.Schema):
    """What can be counted on: in the kit, pledged and not yet brought, arriving in time."""

    on_hand = ma.fields.Integer(required=True)
    pledged = ma.fields.Integer(required=True)
    arriving = ma.fields.Integer(required=True)
    total = ma.fields.Integer(required=True)


class CapacityOut(ma.Schema):
    """How many people the kits can still record, and in how many kit hours."""

    recordings = ma.fields.Integer(required=True)
    hours = ma.fields.Float(required=True)


class TurnoutsOut(ma.Schema):
    """The share of the people still to record who are expected to come."""

    low = ma.fields.Float(required=True)
    likely = ma.fields.Float(required=True)
    high = ma.fields.Float(required=True)


class AssumptionsOut(ma.Schema):
    """What the need was computed from; `spoil_rate_attempts` are those it was learned from, or too few to learn."""

    people_to_record = ma.fields.Integer(required=True)
    turnouts = ma.fields.Nested(TurnoutsOut, required=True)
    cards_per_person = ma.fields.Float(required=True)
    spoil_rate = ma.fields.Float(required=True)
    spoil_rate_source = ma.fields.String(required=True, validate=fields.one_of(SpoilSource))
    spoil_rate_attempts = ma.fields.Integer(required=True)
    replacements = ma.fields.Integer(required=True)
    backlog = ma.fields.Integer(required=True)


class SupplyOut(ma.Schema):
    """Units of ribbon or film, the cards they last for, and how many units are short."""

    kind = ma.fields.String(required=True)
    available = ma.fields.Nested(AvailableOut, required=True)
    cards = ma.fields.Integer(required=True)
    short_by_target = ma.fields.Integer(required=True)
    short_likely = ma.fields.Integer(required=True)


class ReadinessFlagOut(ma.Schema):
    """Something to act on: how much, and the day it must be there."""

    code = ma.fields.String(required=True)
    severity = ma.fields.String(required=True, validate=fields.one_of(Severity))
    quantity = ma.fields.Integer(required=True)
    needed_on = ma.fields.Date(required=True)
    detail = Sentence(required=True)


class ReadinessOut(ma.Schema):
    """Need against what will be there: transfers count if expected by the first day, or the last when it is running."""

    event = ma.fields.Integer(required=True, attribute="plan.event")
    as_of = ma.fields.Date(required=True)
    need = ma.fields.Nested(CasesOut, required=True, attribute="figures.need")
    available = ma.fields.Nested(AvailableOut, required=True, attribute="figures.available")
    shortfall = ma.fields.Nested(CasesOut, required=True, attribute="figures.shortfall")
    surplus = ma.fields.Nested(CasesOut, required=True, attribute="figures.surplus")
    capacity = ma.fields.Nested(CapacityOut, required=True, attribute="figures.capacity")
    assumptions = ma.fields.Nested(AssumptionsOut, required=True)
    supplies = ma.fields.List(ma.fields.Nested(SupplyOut), required=True, attribute="figures.supplies")
    binding = ma.fields.String(required=True, allow_none=True, attribute="figures.binding")
    confidence = Sentence(required=True)
    flags = ma.fields.List(ma.fields.Nested(ReadinessFlagOut), required=True)


class ShortfallsQuery(PageQuery):
    """Where, and how far ahead; `order` is asc from the worst, desc from the least pressing."""

    region = fields.code(load_default=None)
    within_days = fields.QueryInt(load_default=30, validate=fields.between(0, _LONGEST))
    as_of = day_looked_from()


class ConsignmentOut(ma.Schema):
    """What is still to come of one transfer."""

    transfer = ma.fields.Integer(required=True)
    quantity = ma.fields.Integer(required=True)
    expected_on = ma.fields.Date(required=True, allow_none=True)


class ShortfallOut(ma.Schema):
    """An event or an office that will run short; the last fields are an event's or an office's only."""

    kind = ma.fields.String(required=True, validate=validate.OneOf(["event", "office"]))
    office = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    needed_on = ma.fields.Date(required=True)
    days_left = ma.fields.Integer(required=True)
    severity = ma.fields.String(required=True, validate=fields.one_of(Severity))
    quantity = ma.fields.Integer(required=True)
    event = ma.fields.Integer()
    need = ma.fields.Nested(CasesOut)
    available = ma.fields.Nested(AvailableOut)
    shortfall = ma.fields.Nested(CasesOut)
    on_hand = ma.fields.Integer()
    use_per_working_day = ma.fields.Float()
    cover_working_days = ma.fields.Float()
    runs_out_on = ma.fields.Date()
    arriving = ma.fields.List(ma.fields.Nested(ConsignmentOut))


class ShortfallPage(ma.Schema):
    """One batch, the worst first."""

    as_of = ma.fields.Date(required=True)
    within_days = ma.fields.Integer(required=True)
    items = ma.fields.List(ma.fields.Nested(ShortfallOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class QueryNumber(ma.fields.Float):
    """A number in a query string: digits, with a point if need be."""

    default_error_messages = fields.JsonFloat.default_error_messages

    def _validated(self, value: object) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,20})?", str(value)):
            raise self.make_error("invalid", input=value)
        return float(str(value))


class PrintNightQuery(fields.Strict):
    """Which day, when the cards are wanted the morning after, and what to take instead of what is known.

    Times of day are the host's. `printers` and `cards_per_hour` stand for the listed printers; without `shift_hours`
    somebody prints until everything is done.
    """

    on = day_looked_from()
    until = fields.Clock(load_default=time(8))
    printers = fields.QueryInt(load_default=None, validate=fields.between(0, 1_000))
    cards_per_hour = QueryNumber(load_default=None, validate=fields.between(1, 1_000))
    shift_hours = QueryNumber(load_default=None, validate=fields.between(0.25, 48))
    starts_at = fields.Clock(load_default=None)


class FleetOut(ma.Schema):
    """The printers of the night, and the blanks that go through all of them in an hour, cooling rests taken off."""

    number = ma.fields.Integer(required=True)
    per_hour = ma.fields.Float(required=True)


class NightStockOut(ma.Schema):
    """How many blanks, or prints of ribbon or film, there are, and how many one more unit gives."""

    kind = ma.fields.String(required=True, validate=validate.OneOf(["blanks", "ribbon", "film"]))
    there = ma.fields.Integer(required=True)
    per_unit = ma.fields.Integer(required=True)


class RecordedHourOut(ma.Schema):
    """How many people were recorded in an hour that is over, or in its part so far."""

    hour = ma.fields.AwareDateTime(required=True)
    recorded = ma.fields.Integer(required=True)


class NightHourOut(ma.Schema):
    """An hour to come: cards expected, cards the printers can make and do make, and what waits at its end."""

    hour = ma.fields.AwareDateTime(required=True)
    expected = ma.fields.Float(required=True)
    capacity = ma.fields.Float(required=True)
    printed = ma.fields.Float(required=True)
    backlog = ma.fields.Float(required=True)


class AdditionOut(ma.Schema):
    """One way to meet the morning: what is named is added together, and one fewer of it does not do."""

    printers = ma.fields.Integer()
    shift_hours = ma.fields.Integer()
    ribbons = ma.fields.Integer()
    films = ma.fields.Integer()
    blanks = ma.fields.Integer()
    detail = Sentence(required=True)


_BINDING = ["printers", "ribbon", "film", "blanks", "recordings"]


class PrintNightOut(ma.Schema):
    """A print night: `finish_at` is null where it never ends so, `owed` are the event's recordings without a card."""

    event = ma.fields.Integer(required=True)
    on = ma.fields.Date(required=True)
    begins_at = ma.fields.AwareDateTime(required=True)
    until = ma.fields.AwareDateTime(required=True)
    prints_from = ma.fields.AwareDateTime(required=True)
    prints_to = ma.fields.AwareDateTime(required=True, allow_none=True)
    finish_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    can_meet = ma.fields.Boolean(required=True)
    binds = ma.fields.String(required=True, allow_none=True, validate=validate.OneOf(_BINDING))
    verdict = Sentence(required=True)
    cards = ma.fields.Float(required=True)
    blanks = ma.fields.Integer(required=True)
    owed = ma.fields.Integer(required=True)
    ready = ma.fields.Integer(required=True)
    printers = ma.fields.Nested(FleetOut, required=True)
    stock = ma.fields.List(ma.fields.Nested(NightStockOut), required=True)
    recorded = ma.fields.List(ma.fields.Nested(RecordedHourOut), required=True)
    hours = ma.fields.List(ma.fields.Nested(NightHourOut), required=True)
    what_to_add = ma.fields.List(ma.fields.Nested(AdditionOut), required=True)
    assumptions = ma.fields.List(Sentence(), required=True)


class MoveIn(fields.Strict):
    """So many blanks from one store to another."""

    from_store = fields.code(required=True)
    to_store = fields.code(required=True)
    quantity = fields.quantity(required=True)


class AllocationIn(fields.Strict):
    """Several moves as one plan: all are asked for, or none."""

    item = fields.code(required=True)
    moves = fields.Several(fields.Part(MoveIn), high=100, required=True)
    reason = fields.Words(low=0, high=500, load_default="")
    expected_on = fields.Day(load_default=None, allow_none=True)


class AllocatedOut(ma.Schema):
    """One transfer of a plan, and how far it has come."""

    id = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(TransferStatus))
    from_store = ma.fields.String(required=True)
    to_store = ma.fields.String(required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    quantity = ma.fields.Integer(required=True)


class AllocationOut(ma.Schema):
    """A plan with its transfers; its id is the first one's."""

    id = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    by = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)
    transfers = ma.fields.List(ma.fields.Nested(AllocatedOut), required=True)
