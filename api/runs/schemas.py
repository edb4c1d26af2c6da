"""The syntax of runs, confirmations and checks."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.amounts import check_at_most_one, intervals, single_numbers
from api.paging import PageQuery, page_of
from api.printing.schemas import MAX_LINES
from api.recordings.schemas import Referred
from api.sentences import Sentence
from inventory.printing.run_rules import Fingerprint, Quality, ReportedStage, RunStatus, Stage
from inventory.stock.numbers import MAX_NUMBER
from inventory.stock.rules import SpoilReason


def number(**kwargs: Any) -> fields.Words:
    """The number of one blank."""
    return fields.Words(high=MAX_NUMBER, **kwargs)


class RunIn(fields.Strict):
    """How many of the job's recordings go to the printer now; all that wait unless told."""

    quantity = fields.JsonInt(validate=fields.between(1, MAX_LINES), load_default=None, allow_none=True)
    despite_supplies = fields.Flag(
        load_default=False, metadata={"description": "start although ribbon or film will not last"}
    )


class StageIn(fields.Strict):
    """One recording under way: its blank was taken or encoded; `number` is that blank's, where it has one."""

    recording = Referred(required=True)
    stage = fields.Kind(ReportedStage, required=True)
    number = number(load_default=None, allow_none=True)


class StagesIn(fields.Strict):
    """How far recordings of the open run have come."""

    run = fields.identity(required=True)
    lines = fields.Several(ma.fields.Nested(StageIn), high=MAX_LINES, required=True)


class SpoilIn(fields.Strict):
    """One blank of the run that was spoiled; the recording has a card too unless it is in `not_printed`."""

    recording = Referred(required=True)
    reason = fields.Kind(SpoilReason, required=True)
    number = number(load_default=None, allow_none=True)


class CardNumberIn(fields.Strict):
    """Which blank became whose card."""

    recording = Referred(required=True)
    number = number(required=True)


_COUNTED = (
    "the good cards in the hand that were not reported before: those of the run that still wait, less `not_printed`."
    " A spoiled blank is not counted, the card that was printed in its place is"
)
_SPOILED = (
    "every blank of the run that became no card, a line each; whoever then got a card on another blank stands here only"
)
_NOT_PRINTED = (
    "who has no card: their turn did not come, or their blanks were only spoiled (these are in `spoiled` as well)."
    " They wait in the job again"
)
_CARDS = "which blank became whose card, where that was noted line by line; nobody of `not_printed`"
_BLANKS = (
    "all blanks that went through, in the order of the run: of each recording the spoiled ones, then the card's."
    " Not beside numbers in the lines"
)


class ConfirmationIn(fields.Strict):
    """What came out of a run: `counted` good cards that were not reported before.

    Everyone of the run has a card but those in `not_printed`. Lines may name their blanks; or `intervals` or `numbers`
    name them all, in the order in which they went through: of each recording the spoiled ones, then the card's.
    """

    run = fields.identity(required=True)
    counted = fields.JsonInt(validate=fields.between(0, MAX_LINES), required=True, metadata={"description": _COUNTED})
    spoiled = fields.Several(
        ma.fields.Nested(SpoilIn), low=0, high=MAX_LINES, load_default=list, metadata={"description": _SPOILED}
    )
    not_printed = fields.Several(
        Referred(), low=0, high=MAX_LINES, load_default=list, metadata={"description": _NOT_PRINTED}
    )
    cards = fields.Several(
        ma.fields.Nested(CardNumberIn), low=0, high=MAX_LINES, load_default=list, metadata={"description": _CARDS}
    )
    intervals = intervals(_BLANKS)
    numbers = single_numbers(_BLANKS)
    occurred_on = fields.Day(load_default=None, allow_none=True)

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        check_at_most_one(data)


class RunOut(ma.Schema):
    """A run: how many went to the printer, how many of them nobody spoke for yet, what was printed and spoiled."""

    id = ma.fields.Integer(required=True)
    job = ma.fields.Integer(required=True)
    office = ma.fields.String(required=True)
    store = ma.fields.String(required=True)
    printer = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.String(required=True, metadata={"enum": [status.value for status in RunStatus]})
    quantity = ma.fields.Integer(required=True)
    waiting = ma.fields.Integer(required=True)
    printed = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)
    started_at = ma.fields.AwareDateTime(required=True)
    started_by = ma.fields.Integer(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ended_by = ma.fields.Integer(required=True, allow_none=True)


class RunLineOut(ma.Schema):
    """One recording of a run: how far it has come, the blank that was taken for it, whether its card was checked."""

    recording = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    stage = ma.fields.String(required=True, metadata={"enum": [stage.value for stage in Stage]})
    number = ma.fields.String(required=True, allow_none=True)
    waiting = ma.fields.Boolean(required=True)
    checked = ma.fields.Boolean(required=True)


class RunWithLinesOut(RunOut):
    """A run with its recordings, in the order in which they are printed."""

    recordings = ma.fields.List(ma.fields.Nested(RunLineOut), required=True)


class RunStartedOut(RunWithLinesOut):
    """A run that goes to its printer, and what to see to."""

    warnings = ma.fields.List(Sentence(), required=True)


class RunQuery(PageQuery):
    """Which runs."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    job = fields.QueryInt(load_default=None)
    status = fields.Kind(RunStatus, load_default=None)


class FoundIn(fields.Strict):
    """What was found of one card. A bad one has a reason; the blank of a chip that did not match is spoiled too."""

    recording = Referred(required=True)
    quality = fields.Kind(Quality, required=True)
    fingerprint = fields.Kind(Fingerprint, load_default=Fingerprint.NOT_TAKEN)
    reason = fields.Kind(SpoilReason, load_default=None, allow_none=True)


class CheckIn(fields.Strict):
    """Cards that were looked at; `office` narrows where client ids are looked up."""

    cards = fields.Several(ma.fields.Nested(FoundIn), high=MAX_LINES, required=True)
    office = fields.code(load_default=None, allow_none=True)


class CheckedOut(ma.Schema):
    """One recording whose card was checked: `card` stands, or is null where it was found bad."""

    recording = ma.fields.Integer(required=True)
    card = ma.fields.Integer(required=True, allow_none=True)
    checked_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    fingerprint = ma.fields.String(required=True, allow_none=True)


class ChecksOut(ma.Schema):
    """The recordings of a request, in its order."""

    items = ma.fields.List(ma.fields.Nested(CheckedOut), required=True)


RunPage = page_of(RunOut)
