"""The syntax of looking at a person's data, and of forgetting persons."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.paging import PageQuery, page_of
from api.recordings.schemas import Referred
from inventory.access import Role
from inventory.residents.rules import LookKind
from inventory.texts import Text

MAX_PERSONS = 500
_NIK = Text("NIK harus 16 angka.", "A NIK has 16 digits.")
_WHY = {"description": "why you must see it: kept and shown with your name, so it holds no NIK and no person's name"}


def _reason() -> fields.Words:
    return fields.Words(low=5, high=200, required=True, metadata=_WHY)


class RevealIn(fields.Strict):
    """Whose NIK and name are to be shown: a recording by id or client id; `office` narrows where it is looked up."""

    recording = Referred(required=True)
    office = fields.code(load_default=None, allow_none=True)
    reason = _reason()


class PersonOut(ma.Schema):
    """Who a recording is of."""

    recording = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    office = ma.fields.String(required=True)
    nik = ma.fields.String(required=True)
    name = ma.fields.String(required=True, allow_none=True)


class RevealOut(ma.Schema):
    """One look at a person's data; `recording` is null where all that is held about a NIK was shown."""

    id = ma.fields.Integer(required=True)
    at = ma.fields.AwareDateTime(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(LookKind))
    user = ma.fields.Integer(required=True)
    role = ma.fields.String(required=True, validate=fields.one_of(Role))
    office = ma.fields.String(required=True)
    recording = ma.fields.Integer(required=True, allow_none=True)
    reason = ma.fields.String(required=True)


class RevealQuery(PageQuery):
    """Which looks."""

    office = fields.code(load_default=None)
    user = fields.QueryInt(load_default=None)
    recording = fields.QueryInt(load_default=None)


RevealPage = page_of(RevealOut)


class ExportIn(fields.Strict):
    """Who asks what is held about them."""

    nik = fields.Words(low=16, high=16, required=True, validate=validate.Regexp(r"^[0-9]{16}$", error=_NIK),
                       error_messages={"length": _NIK, "exact": _NIK})  # fmt: skip
    reason = _reason()


class PersonalRecordingOut(ma.Schema):
    """A recording of the person, with everything that is kept of it."""

    id = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True)
    office = ma.fields.String(required=True)
    name = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    failure = ma.fields.String(required=True, allow_none=True)
    event = ma.fields.Integer(required=True, allow_none=True)
    stop = ma.fields.Integer(required=True, allow_none=True)
    recorded_at = ma.fields.AwareDateTime(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    sfe_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    prr_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status_at = ma.fields.AwareDateTime(required=True)
    appeared_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    adult_on = ma.fields.Date(required=True, allow_none=True)


class PersonalCardOut(ma.Schema):
    """A card of the person; whoever else collected it is masked."""

    id = ma.fields.Integer(required=True)
    recording = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True)
    item = ma.fields.String(required=True)
    store = ma.fields.String(required=True)
    number = ma.fields.String(required=True, allow_none=True)
    printed_at = ma.fields.AwareDateTime(required=True)
    issued_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    collected_by = ma.fields.String(required=True, allow_none=True)
    collector_relation = ma.fields.String(required=True, allow_none=True)


class PersonalPaperOut(ma.Schema):
    """A paper that names the person."""

    id = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True)
    number = ma.fields.String(required=True)
    issued_at = ma.fields.AwareDateTime(required=True)


class PersonalDataOut(ma.Schema):
    """What is held about a person within your reach; not `complete`: there is more than the newest 500 of a list."""

    nik = ma.fields.String(required=True)
    recordings = ma.fields.List(ma.fields.Nested(PersonalRecordingOut), required=True)
    cards = ma.fields.List(ma.fields.Nested(PersonalCardOut), required=True)
    papers = ma.fields.List(ma.fields.Nested(PersonalPaperOut), required=True)
    reveals = ma.fields.List(ma.fields.Nested(RevealOut), required=True)
    complete = ma.fields.Boolean(required=True)


class PurgeIn(fields.Strict):
    """Whose persons are forgotten: those of an office whose time is over, or named recordings at once."""

    office = fields.code(load_default=None, allow_none=True)
    before = fields.Day(load_default=None, allow_none=True)
    recordings = fields.Several(Referred(), high=MAX_PERSONS, load_default=None, allow_none=True)
    dry_run = fields.Flag(load_default=False)

    @ma.validates_schema
    def _check_one_way(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("recordings") is not None and data.get("before") is not None:
            raise ma.ValidationError(
                Text("Sebut recordings atau before, tidak keduanya.", "Name recordings or before, not both."), "before"
            )


class PurgedOut(ma.Schema):
    """How many persons were forgotten, or would be in a `dry_run`; with `more`, ask again to go on."""

    persons = ma.fields.Integer(required=True)
    more = ma.fields.Boolean(required=True)
    dry_run = ma.fields.Boolean(required=True)
