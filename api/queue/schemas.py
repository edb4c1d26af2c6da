"""The syntax of policies, simulations and the queue."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.paging import MAX_LIMIT, PageQuery, page_of
from api.recordings.schemas import Referred
from api.sentences import Sentence
from inventory.queue import rules
from inventory.queue.rules import Hold, Wishes
from inventory.recordings.rules import PrintReason

MAX_DAYS = 90
MAX_PER_DAY = 100_000
MAX_APPEARED = 2_000
_REASONS = len(PrintReason)


def _reasons(**kwargs: Any) -> fields.Several:
    return fields.Several(fields.Kind(PrintReason), high=_REASONS, **kwargs)


class ClassIn(fields.Strict):
    """Reasons that wait together; neighbours with a `quota` (percent) share places, and theirs add up to 100."""

    name = fields.Words(high=60, required=True)
    reasons = _reasons(required=True)
    quota = fields.JsonInt(load_default=None, allow_none=True, validate=fields.between(1, rules.WHOLE))


class CapIn(fields.Strict):
    """How many of these reasons, together, are printed on one day."""

    reasons = _reasons(required=True)
    per_day = fields.JsonInt(required=True, validate=fields.between(0, MAX_PER_DAY))


class HoldsIn(fields.Strict):
    """Who waits for something else."""

    until_17 = fields.Flag(load_default=False)
    until_present = _reasons(low=0, load_default=list)


class WishesIn(fields.Strict):
    """What a policy says: classes in order (what no class names comes last), daily caps, and who is held."""

    classes = fields.Several(ma.fields.Nested(ClassIn), low=0, high=_REASONS, load_default=list)
    caps = fields.Several(ma.fields.Nested(CapIn), low=0, high=_REASONS, load_default=list)
    holds = fields.Part(HoldsIn, load_default=lambda: HoldsIn().load({}))


class PolicyIn(WishesIn):
    """The policy of an office from a day on; `inherit` alone: the office follows the one above it again."""

    office = fields.code(required=True)
    valid_from = fields.Day(required=True)
    title = fields.Words(high=200, required=True, metadata={"example": "SE 470/1234/2026"})
    note = fields.Words(high=1000, load_default=None, allow_none=True)
    inherit = fields.Flag(load_default=False)


class ArrivalIn(fields.Strict):
    """How many become print-ready a day."""

    reason = fields.Kind(PrintReason, required=True)
    per_day = fields.JsonFloat(required=True, validate=fields.between(0, MAX_PER_DAY))


class SimulationIn(WishesIn):
    """A policy to try out. What is not said about blanks and arrivals is the average of the last 28 days."""

    office = fields.code(required=True)
    days = fields.JsonInt(load_default=30, validate=fields.between(1, MAX_DAYS))
    blanks_per_day = fields.JsonInt(load_default=None, allow_none=True, validate=fields.between(0, MAX_PER_DAY))
    arrivals = fields.Several(ma.fields.Nested(ArrivalIn), low=0, high=_REASONS, load_default=None, allow_none=True)


def wishes_of(body: dict[str, Any]) -> Wishes:
    """What the body's policy says; takes its fields out of `body`."""
    return rules.of_json({name: body.pop(name) for name in ("classes", "caps", "holds")})


class PolicyQuery(PageQuery):
    """Whose policy, on which day."""

    office = fields.code(load_default=None)
    on = fields.Day(load_default=None)


class ClassOut(ma.Schema):
    """A class of a policy."""

    name = ma.fields.String(required=True)
    reasons = ma.fields.List(ma.fields.String(), required=True)
    quota = ma.fields.Integer(required=True, allow_none=True)


class CapOut(ma.Schema):
    """A daily cap of a policy."""

    reasons = ma.fields.List(ma.fields.String(), required=True)
    per_day = ma.fields.Integer(required=True)


class HoldsOut(ma.Schema):
    """Whom a policy holds."""

    until_17 = ma.fields.Boolean(required=True)
    until_present = ma.fields.List(ma.fields.String(), required=True)


class PolicyOut(ma.Schema):
    """One version of an office's policy."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(required=True)
    number = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)
    title = ma.fields.String(required=True)
    note = ma.fields.String(required=True, allow_none=True)
    inherit = ma.fields.Boolean(required=True)
    classes = ma.fields.List(ma.fields.Nested(ClassOut), required=True)
    caps = ma.fields.List(ma.fields.Nested(CapOut), required=True)
    holds = ma.fields.Nested(HoldsOut, required=True)
    user = ma.fields.Integer(required=True)
    created_at = ma.fields.AwareDateTime(required=True)


class PolicyInForceOut(page_of(PolicyOut)):  # type: ignore[misc]
    """What an office goes by on a day (null: oldest first), where that comes from, and the office's own versions."""

    office = ma.fields.String(required=True)
    on = ma.fields.Date(required=True)
    policy = ma.fields.Nested(PolicyOut, required=True, allow_none=True)
    inherited_from = ma.fields.String(required=True, allow_none=True)


class QueueQuery(fields.Strict):
    """Which queue: an office's, or of one of its events; `held` lists who has no place today, `totals` counts them all.

    A page goes on behind the one before it; what was taken, printed or changed meanwhile shifts the positions.
    """

    office = fields.code(load_default=None)
    event = fields.QueryInt(load_default=None, validate=fields.between(1, 2**53))
    held = fields.Flag(load_default=False)
    totals = fields.Flag(load_default=False)
    limit = fields.QueryInt(load_default=50, validate=fields.between(1, MAX_LIMIT))
    cursor = fields.Words(high=2000, load_default=None)


class PlaceOut(ma.Schema):
    """Somebody's place in the queue; or, without a position, why they have none."""

    position = ma.fields.Integer(required=True, allow_none=True)
    recording = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    nik = ma.fields.String(required=True, metadata={"example": "150304••••••0001"})
    reason = ma.fields.String(required=True)
    class_number = ma.fields.Integer(required=True, allow_none=True, data_key="class")
    class_name = Sentence(required=True, allow_none=True)
    waited_days = ma.fields.Integer(required=True)
    hold = ma.fields.String(required=True, allow_none=True)
    job = ma.fields.Integer(required=True, allow_none=True)
    why = Sentence(required=True)


class HeldOut(ma.Schema):
    """How many have no place today, for one reason."""

    hold = ma.fields.String(required=True, validate=fields.one_of(Hold))
    people = ma.fields.Integer(required=True)
    why = Sentence(required=True)


class ClassTotalOut(ma.Schema):
    """How many wait in a class, the held ones included; `today` were printed today or are in a job."""

    number = ma.fields.Integer(required=True)
    name = Sentence(required=True)
    quota = ma.fields.Integer(required=True, allow_none=True)
    reasons = ma.fields.List(ma.fields.String(), required=True)
    waiting = ma.fields.Integer(required=True)
    today = ma.fields.Integer(required=True)


class TotalsOut(ma.Schema):
    """Everybody who is print-ready: `ready` have a place today, the others are held."""

    waiting = ma.fields.Integer(required=True)
    ready = ma.fields.Integer(required=True)
    held = ma.fields.List(ma.fields.Nested(HeldOut), required=True)
    classes = ma.fields.List(ma.fields.Nested(ClassTotalOut), required=True)


class PolicyNamedOut(ma.Schema):
    """By which policy."""

    id = ma.fields.Integer(required=True)
    number = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)


class _ByPolicy(ma.Schema):
    office = ma.fields.String(required=True)
    event = ma.fields.Integer(required=True, allow_none=True)
    on = ma.fields.Date(required=True)
    policy = ma.fields.Nested(PolicyNamedOut, required=True, allow_none=True)
    inherited_from = ma.fields.String(required=True, allow_none=True)


class QueueOut(_ByPolicy):
    """The queue of a day by the policy in force (null: oldest first); totals where asked for."""

    totals = ma.fields.Nested(TotalsOut, required=True, allow_none=True)
    items = ma.fields.List(ma.fields.Nested(PlaceOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class AppearedIn(fields.Strict):
    """Who came; `office` narrows where client ids are looked up."""

    recordings = fields.Several(Referred(), high=MAX_APPEARED, required=True)
    office = fields.code(load_default=None, allow_none=True)


class AppearedOut(ma.Schema):
    """How many of them had not been noted before."""

    noted = ma.fields.Integer(required=True)


class MoveOut(ma.Schema):
    """A recording's place now and then; null is held."""

    recording = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    position_now = ma.fields.Integer(required=True, allow_none=True)
    position_then = ma.fields.Integer(required=True, allow_none=True)


class MovesOut(ma.Schema):
    """How many move one way, and the first of them."""

    count = ma.fields.Integer(required=True)
    first = ma.fields.List(ma.fields.Nested(MoveOut), required=True)


class DayOut(ma.Schema):
    """The evening of one day: who waits, of them with suket, and by class in the order of `classes`."""

    on = ma.fields.Date(required=True)
    waiting = ma.fields.Integer(required=True)
    suket = ma.fields.Integer(required=True)
    by_class = ma.fields.List(ma.fields.Integer(), required=True)


class ProjectionOut(ma.Schema):
    """The days ahead under one policy, and what becomes of the backlog of suket."""

    suket = Sentence(required=True)
    classes = ma.fields.List(Sentence(), required=True)
    days = ma.fields.List(ma.fields.Nested(DayOut), required=True)


class ArrivalOut(ma.Schema):
    """How many become print-ready a day."""

    reason = ma.fields.String(required=True)
    per_day = ma.fields.Float(required=True)


class SimulationOut(_ByPolicy):
    """What another policy would change: places of today, and the days ahead under both."""

    waiting = ma.fields.Integer(required=True)
    held_now = ma.fields.Integer(required=True)
    held_then = ma.fields.Integer(required=True)
    moves_up = ma.fields.Nested(MovesOut, required=True)
    waits_longer = ma.fields.Nested(MovesOut, required=True)
    unchanged = ma.fields.Integer(required=True)
    blanks_per_day = ma.fields.Integer(required=True)
    arrivals = ma.fields.List(ma.fields.Nested(ArrivalOut), required=True)
    assumptions = ma.fields.List(Sentence(), required=True)
    now = ma.fields.Nested(ProjectionOut, required=True)
    then = ma.fields.Nested(ProjectionOut, required=True)
