"""The syntax of print jobs, results and cards."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.amounts import check_at_most_one, intervals, single_numbers
from api.paging import PageQuery, page_of
from api.recordings.schemas import RecordingIn, Referred
from api.sentences import Sentence
from inventory.disposal.rules import DestructionClass
from inventory.printing.consignment_rules import SELF, CollectorCheck, CollectorUnnamed, Surrendered
from inventory.printing.rules import CardStatus, JobStatus, Outcome
from inventory.printing.run_rules import GoodFingerprint, JobState
from inventory.recordings.rules import ReportedStatus
from inventory.stock.numbers import MAX_NUMBER
from inventory.stock.rules import SpoilReason
from inventory.texts import Text

MAX_LINES = 2_000

_RELATION = {"description": "`self` where it is the resident; else what the collector is to them, like istri"}
_NAMED_OR_TAKEN = Text("Sebut tepat satu: recordings atau take.", "State exactly one: recordings or take.")


class JobIn(fields.Strict):
    """Print-ready recordings to a printer, with blanks from `store`; an event's kit makes it the event's job.

    Either they are named (`recordings`), or the first so many of the queue are taken (`take`).
    """

    store = fields.code(required=True)
    event = fields.identity(load_default=None, allow_none=True)
    printer = fields.Words(high=80, load_default=None, allow_none=True)
    item = fields.code(load_default="blangko")
    recordings = fields.Several(Referred(), high=MAX_LINES, load_default=None, allow_none=True)
    take = fields.JsonInt(load_default=None, allow_none=True, validate=fields.between(1, MAX_LINES))
    draft = fields.Flag(load_default=False)

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if (data.get("recordings") is None) == (data.get("take") is None):
            raise ma.ValidationError({"recordings": [_NAMED_OR_TAKEN]})


class JobOut(ma.Schema):
    """A print job: how many recordings, how many still wait, how many blanks were printed and spoiled."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(required=True)
    store = ma.fields.String(required=True)
    event = ma.fields.Integer(required=True, allow_none=True)
    item = ma.fields.String(required=True)
    printer = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    total = ma.fields.Integer(required=True)
    waiting = ma.fields.Integer(required=True)
    printed = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, metadata={"enum": [state.value for state in JobState]})
    run = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "the one that is not confirmed"})


class JobToPrintOut(JobOut):
    """A job that goes to its printer, and what to see to before it does."""

    warnings = ma.fields.List(Sentence(), required=True)


class JobLineOut(ma.Schema):
    """One recording of a job: whether it still waits, and the blanks it took."""

    recording = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    waiting = ma.fields.Boolean(required=True)
    printed = ma.fields.Integer(required=True)
    spoiled = ma.fields.Integer(required=True)


class JobWithLinesOut(JobOut):
    """A print job with its recordings."""

    recordings = ma.fields.List(ma.fields.Nested(JobLineOut), required=True)


class JobQuery(PageQuery):
    """Which print jobs."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    event = fields.QueryInt(load_default=None)
    status = fields.Kind(JobStatus, load_default=None)


class ResultIn(fields.Strict):
    """What became of one blank; a spoiled one has a reason and may be followed by another for the same recording."""

    recording = Referred(required=True)
    outcome = fields.Kind(Outcome, required=True)
    reason = fields.Kind(SpoilReason, load_default=None, allow_none=True)
    number = fields.Words(high=MAX_NUMBER, load_default=None, allow_none=True)


class ResultsIn(fields.Strict):
    """What became of the blanks, in the order they went through the printer.

    A line may name its blank (`number`); or `intervals` or `numbers` name them all, in this order.
    """

    results = fields.Several(ma.fields.Nested(ResultIn), high=MAX_LINES, required=True)
    intervals = intervals()
    numbers = single_numbers()
    occurred_on = fields.Day(load_default=None, allow_none=True)

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        check_at_most_one(data)


class ResultUndoIn(fields.Strict):
    """A mistaken result: the last attempt on this recording is undone."""

    recording = Referred(required=True)
    reason = fields.Words(high=500, required=True)


class SurrenderedIn(fields.Strict):
    """Old cards that the collector gave back: they go into the register of withdrawn cards."""

    reason = fields.Kind(DestructionClass, required=True)
    quantity = fields.JsonInt(load_default=1, validate=fields.between(1, 10))

    @ma.post_load
    def as_surrendered(self, told: dict[str, Any], **_: Any) -> Surrendered:
        """As the command takes it."""
        return Surrendered(**told)


class HandoverIn(fields.Strict):
    """Whose card goes to whom; the collector's name is kept encrypted.

    `collected_by` may be left out where `collector_relation` is `self`: it is the resident, whose name is known.
    """

    recording = Referred(required=True)
    collected_by = fields.Words(high=200, load_default=None, allow_none=True)
    collector_relation = fields.Words(high=60, load_default=None, allow_none=True, metadata=_RELATION)
    checked = fields.Several(fields.Kind(CollectorCheck), low=0, high=len(CollectorCheck), load_default=list)
    surrendered = fields.Part(SurrenderedIn, load_default=None, allow_none=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check_named(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data["collected_by"] is None and data["collector_relation"] != SELF:
            raise ma.ValidationError([CollectorUnnamed.text], "collected_by")


class IssueIn(fields.Strict):
    """Cards handed over; `office` narrows where client ids are looked up."""

    cards = fields.Several(ma.fields.Nested(HandoverIn), high=MAX_LINES, required=True)
    office = fields.code(load_default=None, allow_none=True)
    occurred_on = fields.Day(load_default=None, allow_none=True)


class OpeningIssueIn(fields.Strict):
    """How many of the opening's printed cards were handed over, by which list."""

    store = fields.code(required=True)
    item = fields.code(load_default="blangko")
    quantity = fields.quantity(required=True)
    document_number = fields.Words(high=80, required=True)


class IssueUndoIn(fields.Strict):
    """Mistaken hand-overs: these cards wait again."""

    recordings = fields.Several(Referred(), high=MAX_LINES, required=True)
    office = fields.code(load_default=None, allow_none=True)
    reason = fields.Words(high=500, required=True)


class CardLossIn(fields.Strict):
    """Waiting cards lost or stolen, by name; `office` narrows where client ids are looked up."""

    recordings = fields.Several(Referred(), high=MAX_LINES, required=True)
    reason = fields.Words(high=500, required=True)
    police_number = fields.Words(low=0, high=80, load_default="")
    office = fields.code(load_default=None, allow_none=True)


class SurrenderedOut(ma.Schema):
    """Old cards that were given back for a card, and the row of the register that they are in."""

    reason = ma.fields.String(required=True, validate=fields.one_of(DestructionClass))
    quantity = ma.fields.Integer(required=True)
    withdrawn = ma.fields.Integer(attribute="row", required=True)


class CardOut(ma.Schema):
    """A card, where it lies and whose blank it was; nobody's name is shown."""

    id = ma.fields.Integer(required=True)
    recording = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    office = ma.fields.String(required=True)
    store = ma.fields.String(required=True)
    item = ma.fields.String(required=True)
    owner = ma.fields.String(required=True)
    event = ma.fields.Integer(required=True, allow_none=True)
    status = ma.fields.String(required=True)
    printed_at = ma.fields.AwareDateTime(required=True)
    issued_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    number = ma.fields.String(required=True, allow_none=True, metadata={"description": "the blank's"})
    collector_relation = ma.fields.String(required=True, allow_none=True)
    checked_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    fingerprint = ma.fields.String(required=True, allow_none=True)
    checked = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "at the hand-over"})
    surrendered = ma.fields.Nested(SurrenderedOut, required=True, allow_none=True)
    consignment = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "it was sent on with"})
    sent_to = ma.fields.String(required=True, allow_none=True, metadata={"description": "the region it was sent on to"})
    age_days = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "waiting cards only"})


class CardsOut(ma.Schema):
    """The cards of a request, in its order."""

    items = ma.fields.List(ma.fields.Nested(CardOut), required=True)


class CardQuery(PageQuery):
    """Which cards; `waiting_days` are those that wait and were printed so many days ago or more."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)
    event = fields.QueryInt(load_default=None)
    status = fields.Kind(CardStatus, load_default=None)
    waiting_days = fields.QueryInt(load_default=None, validate=fields.between(0, 36_500))
    consignment = fields.QueryInt(load_default=None)


_PRINT_READY_ONLY = [Text("Hanya yang siap cetak (prr).", "Print-ready (prr) only.")]


class WalkInRecordingIn(RecordingIn):
    """The person; office, event and time are the store's, the job's and now unless given, the status is print-ready."""

    class Meta:
        exclude = ("failure",)

    office = fields.code(load_default=None, allow_none=True)
    status = fields.Kind(ReportedStatus, load_default=ReportedStatus.PRR)
    recorded_at = fields.Instant(load_default=None, allow_none=True)

    @ma.post_load
    def without_status(self, person: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A walk-in is print-ready: any other status is refused, and nothing is left to say of it."""
        if person.pop("status") is not ReportedStatus.PRR:
            raise ma.ValidationError(_PRINT_READY_ONLY, "status")
        return person


class WalkInIn(fields.Strict):
    """Somebody recorded, printed and, with `collected_by` or `collector_relation` `self`, handed the card in one step.

    `numbers` are those of the blanks, in order of use: the spoiled ones, then the card's.
    """

    store = fields.code(required=True)
    event = fields.identity(load_default=None, allow_none=True)
    recording = fields.Part(WalkInRecordingIn, required=True)
    spoiled = fields.Several(fields.Kind(SpoilReason), low=0, high=100, load_default=list)
    printer = fields.Words(high=80, load_default=None, allow_none=True)
    item = fields.code(load_default="blangko")
    fingerprint = fields.Kind(GoodFingerprint, load_default=None, allow_none=True)
    collected_by = fields.Words(high=200, load_default=None, allow_none=True)
    collector_relation = fields.Words(high=60, load_default=None, allow_none=True, metadata=_RELATION)
    checked = fields.Several(fields.Kind(CollectorCheck), low=0, high=len(CollectorCheck), load_default=list)
    surrendered = fields.Part(SurrenderedIn, load_default=None, allow_none=True)
    numbers = single_numbers()


class WalkInOut(ma.Schema):
    """The ids of what was made, and whether the card was printed or issued."""

    recording = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    job = ma.fields.Integer(required=True)
    card = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True)


JobPage = page_of(JobOut)
CardPage = page_of(CardOut)
