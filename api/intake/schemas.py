"""The syntax of imports."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.paging import PageQuery, page_of
from inventory.intake.rules import FIELDS, ImportState
from inventory.texts import Text

_WORD = Text("Kosong, titik koma, koma, tab, atau garis tegak.", "Null, a semicolon, a comma, a tab or a bar.")


class ImportQuery(fields.Strict):
    """What may stand in the address as well as in the form."""

    office = fields.code(load_default=None)
    profile = fields.Words(high=60, load_default=None)
    dry_run = fields.Flag(load_default=False)
    in_part = fields.Flag(data_key="partial", load_default=False)


class PreviewQuery(fields.Strict):
    """What may stand in the address as well as in the form."""

    office = fields.code(load_default=None)
    profile = fields.Words(high=60, load_default=None)


class ImportOut(ma.Schema):
    """A file that was sent, how far it is, and what became of its lines."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(required=True)
    file = ma.fields.String(required=True)
    profile = ma.fields.String(required=True, allow_none=True)
    dry_run = ma.fields.Boolean(required=True)
    in_part = ma.fields.Boolean(required=True, data_key="partial", attribute="partial")
    state = ma.fields.String(required=True, validate=validate.OneOf([state.value for state in ImportState]))
    percent = ma.fields.Integer(required=True)
    lines_total = ma.fields.Integer(required=True, metadata={"description": "an estimate until all are read"})
    lines_read = ma.fields.Integer(required=True)
    created = ma.fields.Integer(required=True)
    changed = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    refused = ma.fields.Integer(required=True, metadata={"description": "lines"})
    faults = ma.fields.Integer(required=True, metadata={"description": "cells of the refused lines, all counted"})
    problem = ma.fields.String(required=True, allow_none=True, metadata={"description": "what was wrong with the file"})
    same_as = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "the import that took in these very bytes before"}
    )
    started_at = ma.fields.AwareDateTime(required=True)
    touched_at = ma.fields.AwareDateTime(required=True)
    finished_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ImportsQuery(PageQuery):
    """Which imports."""

    office = fields.code(load_default=None)
    state = fields.Kind(ImportState, load_default=None)


class FaultOut(ma.Schema):
    """What is wrong with one cell; never what it holds."""

    line = ma.fields.Integer(required=True, metadata={"description": "as in the file, its header being line 1"})
    column = ma.fields.String(required=True, metadata={"description": "empty where the whole line is meant"})
    code = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)


class ColumnOut(ma.Schema):
    """A column of a file and the field that it is read as."""

    header = ma.fields.String(required=True)
    field = ma.fields.String(required=True, allow_none=True)


class PreviewedOut(ma.Schema):
    """A line as it would be read: NIK masked, of the name the first letter."""

    number = ma.fields.Integer(required=True)
    nik = ma.fields.String(required=True, allow_none=True)
    name = ma.fields.String(required=True, allow_none=True)
    client_id = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.String(required=True, allow_none=True)
    failure = ma.fields.String(required=True, allow_none=True)
    recorded_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    faults = ma.fields.List(ma.fields.Nested(FaultOut), required=True)


class PreviewOut(ma.Schema):
    """The first lines of a file; `missing` fields need a profile."""

    profile = ma.fields.String(required=True, allow_none=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf(["recordings", "statuses"]))
    missing = ma.fields.List(ma.fields.String(), required=True)
    columns = ma.fields.List(ma.fields.Nested(ColumnOut), required=True)
    lines = ma.fields.List(ma.fields.Nested(PreviewedOut), required=True)


def _names(what: str) -> ma.fields.Dict:
    return ma.fields.Dict(
        keys=fields.Words(high=100),
        values=fields.Words(high=100),
        validate=validate.Length(0, 200, error=Text("Paling banyak 200.", "At most 200.")),
        load_default=dict,
        metadata={"description": what},
    )


class ProfileIn(fields.Strict):
    """How an office's files are read."""

    office = fields.code(required=True)
    name = fields.Words(high=60, required=True)
    columns = _names(f"a column's header: the field that it is, one of {', '.join(FIELDS)}")
    words = ma.fields.Dict(
        keys=fields.Words(high=40, validate=fields.one_of(["reason", "status"])),
        values=_names("a word of the file: the value that it means"),
        load_default=dict,
        metadata={"description": "what the words in the columns reason and status mean"},
    )
    constants = _names("a field that the file has no column for: its value in every line")
    delimiter = ma.fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([";", ",", "\t", "|"], error=_WORD)
    )
    sheet = fields.Words(high=80, load_default=None, allow_none=True)


class ProfileOut(ma.Schema):
    """A remembered profile; the one used last is used where none is named."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(required=True, attribute="office_code")
    name = ma.fields.String(required=True)
    columns = ma.fields.Dict(required=True)
    words = ma.fields.Dict(required=True)
    constants = ma.fields.Dict(required=True)
    delimiter = ma.fields.String(required=True, allow_none=True)
    sheet = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)
    used_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ProfileQuery(PageQuery):
    """Which profiles."""

    office = fields.code(load_default=None)


ImportPage = page_of(ImportOut)
ImportFaultPage = page_of(FaultOut)
ImportProfilePage = page_of(ProfileOut)
