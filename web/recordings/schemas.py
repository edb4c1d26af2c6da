"""What is typed of one person at a stop, and where the form begins."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.recordings.schemas import RecordingIn
from inventory.recordings.rules import ReportedStatus
from inventory.texts import Text

_WHEN = Text("Tulis tanggal dan jam.", "Write the day and the hour.")


class OneIn(RecordingIn):
    """One person recorded, on the clocks of the event; without a number of its own it is given one."""

    client_id = fields.Words(high=80, load_default=None, allow_none=True)
    recorded_at = ma.fields.NaiveDateTime(  # type: ignore[assignment] # a phone tells no offset: the event does
        required=True, error_messages=dict.fromkeys(("required", "invalid", "invalid_awareness", "format"), _WHEN)
    )


class PersonIn(fields.Strict):
    """A batch of one, spelled as the API's; `again` is said where the person waits for a card already."""

    again = fields.Flag(load_default=False)
    recordings = fields.Several(ma.fields.Nested(OneIn), high=1, required=True)


class PlaceQuery(fields.Strict):
    """Where the team is: event 0 is none; the status is what the last one was given."""

    event = fields.QueryInt(load_default=None, validate=fields.between(0, 2**53))
    stop = fields.QueryInt(load_default=None, validate=fields.between(1, 2**53))
    status = fields.Kind(ReportedStatus, load_default=None, allow_none=True)
