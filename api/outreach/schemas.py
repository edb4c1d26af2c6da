"""The syntax of events, their stops, pledges and members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import marshmallow as ma

from api import fields
from api.amounts import AmountIn, check_at_most_one, intervals, single_numbers, told_intervals
from api.paging import PageQuery, page_of
from api.regions.schemas import region_code
from inventory.outreach.rules import COMING, EventKind, EventStatus, PledgeStatus, StopKind
from inventory.texts import Text

YEARS = (2000, 2100)
_STRANGE_YEAR = Text(f"Tahunnya harus {YEARS[0]} sampai {YEARS[1]}.", f"The year must be {YEARS[0]} to {YEARS[1]}.")


def _likely_year(value: date | datetime | None) -> None:
    if value is not None and not YEARS[0] <= value.year <= YEARS[1]:
        raise ma.ValidationError(_STRANGE_YEAR)


def day(**kwargs: Any) -> fields.Day:
    """A calendar day of this century."""
    return fields.Day(validate=_likely_year, **kwargs)


class EventChange(fields.Strict):
    """What may be changed of an event; `status` turns a draft into a plan."""

    name = fields.Words(high=200)
    starts_on = day()
    ends_on = day()
    opens_at = fields.Clock()
    closes_at = fields.Clock()
    deadline_on = day(allow_none=True)
    works_holidays = fields.Flag()
    status = fields.Words(validate=fields.one_of([EventStatus.PLANNED]))
    turnout_low = fields.JsonFloat(validate=fields.between(0, 10))
    turnout_likely = fields.JsonFloat(validate=fields.between(0, 10))
    turnout_high = fields.JsonFloat(validate=fields.between(0, 10))
    cards_per_person = fields.JsonFloat(validate=fields.between(0.01, 10))
    replacements = fields.quantity(low=0)
    spoil_rate = fields.JsonFloat(allow_none=True, validate=fields.between(0, 0.99))
    draw_order = fields.Several(fields.code(), high=600, allow_none=True)

    @ma.post_load
    def as_status(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The status as the enumeration's member."""
        return body | {"status": EventStatus(body["status"])} if "status" in body else body


class EventIn(EventChange):
    """A new event; the turnouts are shares of the people targeted, from the lowest to be expected to the highest."""

    name = fields.Words(high=200, required=True)
    kind = fields.Kind(EventKind, required=True)
    host_office = fields.code(required=True)
    starts_on = day(required=True)
    ends_on = day(required=True)
    opens_at = fields.Clock(required=True)
    closes_at = fields.Clock(required=True)
    status = fields.Words(validate=fields.one_of(COMING))


class StopIn(fields.Strict):
    """A new stop: a place and a window within the event's days."""

    name = fields.Words(high=200, required=True)
    kind = fields.Kind(StopKind, required=True)
    region = region_code(load_default=None, allow_none=True, attribute="region_code")
    starts_at = fields.Instant(required=True, validate=_likely_year)
    ends_at = fields.Instant(required=True, validate=_likely_year)
    target_people = fields.quantity(low=0, required=True)
    kits = fields.JsonInt(required=True, validate=fields.between(0, 10_000))
    minutes_per_recording = fields.JsonFloat(required=True, validate=fields.between(0.1, 1440))


class PledgeIn(AmountIn):
    """Stock that a store puts into the event."""

    store = fields.code(required=True)
    item = fields.code(required=True)


class ArrivedIn(AmountIn):
    """What was counted of one pledge on arrival; less than pledged needs a reason.

    Of a pledge of numbers, which arrived: the others are missing. A count will do where all or none did.
    """

    pledge = fields.identity(required=True)
    quantity = fields.quantity(low=0)
    reason = fields.Words(low=0, high=500, load_default="")


class StartIn(fields.Strict):
    """The start; pledges that `arrived` does not name arrived in full."""

    arrived = fields.Several(fields.Part(ArrivedIn), low=0, high=1000, load_default=list)
    occurred_on = day(load_default=None, allow_none=True)


class BringIn(fields.Strict):
    """One pledge brought later: all of it unless `quantity`, `intervals` or `numbers` say what was counted."""

    quantity = fields.quantity(low=0, load_default=None, allow_none=True)
    intervals = intervals()
    numbers = single_numbers()
    reason = fields.Words(low=0, high=500, load_default="")
    occurred_on = day(load_default=None, allow_none=True)

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        check_at_most_one(data)


class ExtensionIn(fields.Strict):
    """How many days longer."""

    days = fields.JsonInt(required=True, validate=fields.between(1, 60))


class CancellationIn(fields.Strict):
    """Why an event is called off."""

    reason = fields.Words(high=500, required=True)


class MemberIn(fields.Strict):
    """Who is let in."""

    user = fields.identity(required=True)


class EventQuery(PageQuery):
    """Which events; `from` and `until` are days that they touch."""

    office = fields.code(load_default=None)
    status = fields.Kind(EventStatus, load_default=None)
    kind = fields.Kind(EventKind, load_default=None)
    first = day(load_default=None, data_key="from")
    until = day(load_default=None)


class EventOut(ma.Schema):
    """An event; `store` is its kit."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(EventKind))
    status = ma.fields.String(required=True, validate=fields.one_of(EventStatus))
    host_office = ma.fields.String(required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)
    opens_at = ma.fields.Time(required=True)
    closes_at = ma.fields.Time(required=True)
    deadline_on = ma.fields.Date(allow_none=True)
    works_holidays = ma.fields.Boolean(required=True)
    turnout_low = ma.fields.Float(required=True)
    turnout_likely = ma.fields.Float(required=True)
    turnout_high = ma.fields.Float(required=True)
    cards_per_person = ma.fields.Float(required=True)
    replacements = ma.fields.Integer(required=True)
    spoil_rate = ma.fields.Float(allow_none=True)
    draw_order = ma.fields.List(ma.fields.String(), allow_none=True)
    started_at = ma.fields.AwareDateTime(allow_none=True)
    closed_at = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer(required=True)


class StopOut(ma.Schema):
    """A stop."""

    id = ma.fields.Integer(required=True)
    event = ma.fields.Integer(attribute="event_id", required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(StopKind))
    region = ma.fields.String(attribute="region_code", allow_none=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    target_people = ma.fields.Integer(required=True)
    kits = ma.fields.Integer(required=True)
    minutes_per_recording = ma.fields.Float(required=True)


class PledgeOut(ma.Schema):
    """A pledge; `arrived` and `transfer` are known when it was brought, `intervals` are its numbers until then."""

    id = ma.fields.Integer(required=True)
    event = ma.fields.Integer(attribute="event_id", required=True)
    store = ma.fields.String(attribute="store_code", required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    item = ma.fields.String(attribute="item_code", required=True)
    quantity = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True, validate=fields.one_of(PledgeStatus))
    numbered = ma.fields.Boolean(required=True)
    intervals = told_intervals()
    arrived = ma.fields.Integer(allow_none=True)
    transfer = ma.fields.Integer(attribute="transfer_id", allow_none=True)


class EventWhole(EventOut):
    """An event with its stops and pledges."""

    stops = ma.fields.List(ma.fields.Nested(StopOut), required=True)
    pledges = ma.fields.List(ma.fields.Nested(PledgeOut), required=True)


class MemberOut(ma.Schema):
    """A user who was let into an event, with the role they have at home."""

    event = ma.fields.Integer(attribute="event_id", required=True)
    user = ma.fields.Integer(attribute="user_id", required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True)
    office = ma.fields.String(attribute="office_code", required=True)


EventPage = page_of(EventOut)
MemberPage = page_of(MemberOut)
