"""The syntax of recordings."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.paging import PageQuery, page_of
from inventory.recordings.rules import PrintReason, RecordingStatus, ReportedStatus
from inventory.texts import Text

MAX_LINES = 5_000
_NIK = Text("NIK harus 16 angka.", "A NIK has 16 digits.")


class Failure(fields.Words):
    """The central system's code of a failure, like DUPLICATE_RECORD."""

    def __init__(self, **kwargs: Any) -> None:
        pattern = validate.Regexp(
            r"^(?!.*[0-9]{16})[A-Z0-9_]{2,60}$",
            error=Text(
                "Hanya huruf besar, angka, dan garis bawah, mis. DUPLICATE_RECORD.",
                "Only capital letters, digits and underscores, like DUPLICATE_RECORD.",
            ),
        )
        super().__init__(low=2, high=60, load_default=None, allow_none=True, validate=pattern, **kwargs)


class Referred(ma.fields.Field[Any]):
    """A recording by its id (a number) or its client id (text)."""

    default_error_messages = {  # noqa: RUF012
        **fields.Words.default_error_messages,
        "invalid": Text("Harus id (angka) atau client_id (teks).", "Must be an id (a number) or a client_id (text)."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kinds = [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1, "maxLength": 80}]
        super().__init__(metadata={"anyOf": kinds}, **kwargs)
        self._number, self._text = fields.identity(), fields.Words(high=80)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        del attr, data, kwargs
        if isinstance(value, str):
            return self._text.deserialize(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        return self._number.deserialize(value)


class RecordingIn(fields.Strict):
    """One person recorded."""

    client_id = fields.Words(high=80, required=True)
    nik = fields.Words(low=16, high=16, required=True, validate=validate.Regexp(r"^[0-9]{16}$", error=_NIK),
                       error_messages={"length": _NIK, "exact": _NIK})  # fmt: skip
    name = fields.Words(high=200, load_default=None, allow_none=True)
    reason = fields.Kind(PrintReason, required=True)
    status = fields.Kind(ReportedStatus, required=True)
    office = fields.code(required=True)
    event: ma.fields.Integer = fields.identity(load_default=None, allow_none=True)
    stop: ma.fields.Integer = fields.identity(load_default=None, allow_none=True)
    recorded_at = fields.Instant(required=True)
    failure = Failure()


class RecordingCells(RecordingIn):
    """One person recorded, as a line of a CSV: everything is text, an empty cell says nothing."""

    event = fields.QueryInt(load_default=None, validate=fields.between(1, 2**53))
    stop = fields.QueryInt(load_default=None, validate=fields.between(1, 2**53))


class RecordingsIn(fields.Strict):
    """Many people recorded."""

    recordings = fields.Several(ma.fields.Nested(RecordingIn), high=MAX_LINES, required=True)


class ChangeIn(fields.Strict):
    """What the central system says of one recording; `client_id` may also be its id, as a number."""

    client_id = Referred(required=True)
    status = fields.Kind(ReportedStatus, required=True)
    failure = Failure()


class ChangesIn(fields.Strict):
    """What the central system says of many recordings; `office` narrows where client ids are looked up."""

    changes = fields.Several(ma.fields.Nested(ChangeIn), high=MAX_LINES, required=True)
    office = fields.code(load_default=None, allow_none=True)


def envelope(schema: type[ma.Schema], lines: str) -> type[ma.Schema]:
    """`schema` with its lines still unread, so that every bad line can be told and good ones kept."""
    unread = fields.Several(ma.fields.Raw(allow_none=True), high=MAX_LINES, required=True)
    return type(schema.__name__ + "Envelope", (schema,), {lines: unread})


class PartialQuery(fields.Strict):
    """`partial=true` keeps the good lines and lists the bad ones; otherwise one bad line refuses all."""

    in_part = fields.Flag(data_key="partial", load_default=False)


class RefusedOut(ma.Schema):
    """A bad line: its number (from 1; in a CSV as its lines count), its place, and what is wrong."""

    number = ma.fields.Integer(required=True)
    pointer = ma.fields.String(required=True)
    field = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class RecordingOut(ma.Schema):
    """A recording; the birth date in the NIK is hidden (all of it once the person was purged), the name never shown."""

    id = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    nik = ma.fields.String(required=True, metadata={"example": "150304••••••0001"})
    reason = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    failure = ma.fields.String(allow_none=True, required=True)
    office = ma.fields.String(required=True)
    event = ma.fields.Integer(allow_none=True, required=True)
    stop = ma.fields.Integer(allow_none=True, required=True)
    recorded_at = ma.fields.AwareDateTime(required=True)
    status_at = ma.fields.AwareDateTime(required=True)


class RecordedOut(ma.Schema):
    """What became of a batch of recordings."""

    created = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    refused = ma.fields.List(ma.fields.Nested(RefusedOut), required=True)
    items = ma.fields.List(ma.fields.Nested(RecordingOut), required=True)


class ReportedOut(ma.Schema):
    """What became of a list of status changes."""

    changed = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    refused = ma.fields.List(ma.fields.Nested(RefusedOut), required=True)
    items = ma.fields.List(ma.fields.Nested(RecordingOut), required=True)


class RecordingQuery(PageQuery):
    """Which recordings."""

    office = fields.code(load_default=None)
    status = fields.Kind(RecordingStatus, load_default=None)
    event = fields.QueryInt(load_default=None)
    stop = fields.QueryInt(load_default=None)
    reason = fields.Kind(PrintReason, load_default=None)


class DurationQuery(fields.Strict):
    """Of which office, and how many days back."""

    office = fields.code(required=True)
    days = fields.QueryInt(load_default=90, validate=fields.between(1, 366))


class StepOut(ma.Schema):
    """How long one step took, in seconds: so many of a hundred took at most so long."""

    step = ma.fields.String(required=True)
    count = ma.fields.Integer(required=True)
    p10 = ma.fields.Integer(required=True, allow_none=True)
    median = ma.fields.Integer(required=True, allow_none=True)
    p90 = ma.fields.Integer(required=True, allow_none=True)
    longest = ma.fields.Integer(required=True, allow_none=True)


class WaitingOut(ma.Schema):
    """How many stand in a state now, and since when the one that came first."""

    status = ma.fields.String(required=True)
    count = ma.fields.Integer(required=True)
    oldest = ma.fields.AwareDateTime(required=True, allow_none=True)


class DurationsOut(ma.Schema):
    """How long an office's recordings take from state to state."""

    office = ma.fields.String(required=True)
    days = ma.fields.Integer(required=True)
    steps = ma.fields.List(ma.fields.Nested(StepOut), required=True)
    waiting = ma.fields.List(ma.fields.Nested(WaitingOut), required=True)


RecordingPage = page_of(RecordingOut)
