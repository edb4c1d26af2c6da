"""A file as multipart/form-data brings it: only here may a body be as large as a file."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from api import fields
from api.blueprint import MAX_KEY, actor
from inventory import keys
from inventory.intake.commands import Sent
from inventory.intake.rules import MAX_BYTES
from inventory.retries import Once
from inventory.texts import Text

MULTIPART = "multipart/form-data"
# The boundaries and the small fields around the file.
_AROUND = 100_000
_FILE_MISSING = Text("Kirim satu berkas CSV atau XLSX di isian file.", "Send one CSV or XLSX in the field file.")


def body(schema: type[ma.Schema]) -> dict[str, Any]:
    """What a form with a file looks like, for the OpenAPI document."""
    properties: dict[str, Any] = {"file": {"type": "string", "format": "binary", "description": "CSV or XLSX"}}
    for name, field in schema().fields.items():
        flag = isinstance(field, fields.Flag)
        properties[field.data_key or name] = {"type": "boolean"} if flag else {"type": "string", "minLength": 1}
    described = {
        "type": "object",
        "properties": properties,
        "required": ["file"],
        "additionalProperties": False,
    }
    return {"required": True, "content": {MULTIPART: {"schema": described}}}


def sent(schema: type[ma.Schema], query: dict[str, Any]) -> Sent:
    """The file of this request and what is asked of it; the form goes before the address."""
    if request.mimetype != MULTIPART:
        raise ma.ValidationError({"file": [_FILE_MISSING]})
    request.max_content_length = MAX_BYTES + _AROUND
    if (request.content_length or 0) > request.max_content_length:
        raise RequestEntityTooLarge
    files = request.files.getlist("file")
    form = schema().load(request.form.to_dict())
    named = {name: field.data_key or name for name, field in schema().fields.items()}
    told = query | {name: form[name] for name, key in named.items() if key in request.form}
    if len(files) != 1 or set(request.files) != {"file"}:
        raise ma.ValidationError({"file": [_FILE_MISSING]})
    if told["office"] is None:
        raise ma.ValidationError({"office": [fields.Words.default_error_messages["required"]]})
    partial = told.pop("in_part", False)
    return Sent(file_name=files[0].filename or "", content=files[0].read(), partial=partial, **told)


def once(asked: Sent) -> Once:
    """The Idempotency-Key of this request, tied to what the form says: its boundaries differ each time it is sent."""
    key = request.headers.get("Idempotency-Key", "").strip()[:MAX_KEY]
    told = f"{asked.office}|{asked.profile}|{asked.dry_run}|{asked.partial}|".encode()
    return Once(actor().user_id, request.path, key, keys.body_digest(told + asked.content))
