"""What was typed: a form is the body of the API spelled flat, its inputs named by JSON pointers.

`/store`, `/lots/0/quantity`: so the same schemas check it, and every fault, whether of a schema or of a rule, names the
input where it belongs.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import marshmallow as ma
from flask import g, request
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError as TokenWrong

from api import problems
from api.amounts import NumbersIn
from api.blueprint import MAX_KEY, VersionUnreadable
from inventory import audit
from inventory.errors import Fault, InventoryError, NotFound, RuleViolated, StaleVersion
from inventory.texts import Text

TOKEN, KEY, VERSION = "_csrf", "_key", "_version"
# 6.000 and 6,000 are both six thousand: who types a separator groups by three.
_GROUPED = re.compile(r"-?[0-9]{1,3}([., ][0-9]{3})+")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_REAL = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,10})?")
_INDEX = re.compile("[0-9]{1,6}")
# No form of ours has more inputs, or deeper or longer names; and nobody reads more of what is wrong.
MOST_FIELDS, MAX_NAME, MAX_STEPS, MOST_FAULTS = 5_000, 200, 8, 50
# Between the first and the last number of an interval.
_TO = re.compile(r"\s+(?:-|\u2013|s\.?d\.?|sampai|to)\s+|\s*[\u2013;,]\s*|\s+", re.IGNORECASE)

_AMOUNT = {"quantity", "intervals", "numbers"}
_COUNT_IT = Text("Tulis hasil hitungan; 0 bila tidak ada.", "Write what was counted; 0 if there is nothing.")


class FormExpired(RuleViolated):
    """The form's token is missing or too old: nothing was done, and what was typed is still there."""

    code = "form_expired"
    text = Text(
        "Halaman ini terlalu lama terbuka; isian Anda masih ada. Periksa, lalu kirim sekali lagi.",
        "This page was open for too long; what you typed is still here. Check it, then send it once more.",
    )


@dataclass(frozen=True, slots=True)
class Stale:
    """Who changed the thing meanwhile, and when."""

    by: str
    at: datetime


def check_origin() -> None:
    """Raise `FormExpired` unless the form came from a page of ours, shown to this browser."""
    if len(request.form) > MOST_FIELDS:
        raise RequestEntityTooLarge
    try:
        validate_csrf(request.form.get(TOKEN, ""))
    except (CSRFError, TokenWrong) as error:
        raise FormExpired from error


def csrf_token() -> str:
    """What a form must send back."""
    return str(generate_csrf())


def new_key() -> str:
    """A key of its own for each form shown."""
    return secrets.token_urlsafe(12)


def key() -> str:
    """The key of the form that was sent; a form without one, or with one that no page gave, is one of its own."""
    sent = request.form.get(KEY, "")[:MAX_KEY]
    return sent if sent and sent.isprintable() else new_key()


def fingerprint() -> bytes:
    """All that was typed, in one order: the same form sent again has the same."""
    names = sorted(name for name in request.form if name not in (TOKEN, KEY))
    told = repr([(name, request.form.getlist(name)) for name in names]).encode()
    for name in sorted(request.files):
        content = hashlib.sha256(request.files[name].read())
        request.files[name].seek(0)
        told += f"|{name}|".encode() + content.digest()
    return told


def version() -> int:
    """The version that the form was filled in for."""
    text = request.form.get(VERSION, "")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:  # noqa: PLR2004 - a version is small
        raise VersionUnreadable
    return int(text)


def body(schema: type[ma.Schema]) -> dict[str, Any]:
    """What was typed, as the schema reads it; raises its ValidationError."""
    spelled = _spelled(schema(), _tree())
    try:
        checked: dict[str, Any] = schema().load(spelled)
    except ma.ValidationError as error:
        raise _with_amount(error, schema(), spelled) from None
    return checked


def _with_amount(error: ma.ValidationError, schema: ma.Schema, spelled: dict[str, Any]) -> ma.ValidationError:
    """The refusal, and what it is silent of while required fields are empty: that nothing says how much."""
    if not set(schema.load_fields) >= _AMOUNT:
        return error
    try:
        schema.load(spelled, partial=True)
    except ma.ValidationError as more:
        return ma.ValidationError({**more.messages_dict, **error.messages_dict})
    return error


def query(schema: type[ma.Schema]) -> dict[str, Any]:
    """The filters of an address; those that are empty or not known are as if they were not there."""
    known = {field.data_key or name for name, field in schema().load_fields.items()}
    sent = {name: value for name, value in request.args.items() if name in known and value != ""}
    found: dict[str, Any] = schema().load(sent)
    return found


def _tree() -> Any:
    """The inputs named by pointers as nested dicts and lists; empty lines at the end of a list are left out."""
    root: dict[str, Any] = {}
    for name in request.form:
        if not name.startswith("/") or len(name) > MAX_NAME or name.count("/") > MAX_STEPS:
            continue
        at = root
        *parents, last = name[1:].split("/")
        for step in parents:
            inner = at.setdefault(step, {})
            if not isinstance(inner, dict):
                break
            at = inner
        else:
            values = request.form.getlist(name)
            at[last] = values if len(values) > 1 else values[0]
    return _listed(root)


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {name: _listed(value) for name, value in node.items()}
    if not inner or not all(_INDEX.fullmatch(name) for name in inner):
        return inner
    lines = [inner[name] for name in sorted(inner, key=int)]
    while lines and _is_empty(lines[-1]):
        lines.pop()
    return lines


def _is_empty(node: Any) -> bool:
    if isinstance(node, dict):
        return all(_is_empty(value) for value in node.values())
    if isinstance(node, list):
        return all(_is_empty(value) for value in node)
    return str(node).strip() == ""


def _spelled(schema: ma.Schema, typed_in: Any) -> dict[str, Any]:
    """The tree with numbers, flags and lists for the schema's fields; what is empty is left out, or null."""
    found: dict[str, Any] = {}
    fields = {field.data_key or name: field for name, field in schema.load_fields.items()}
    for name, value in typed_in.items() if isinstance(typed_in, dict) else ():
        field = fields.get(name)
        if field is None or not _is_empty(value):
            found[name] = value if field is None else _read(field, value)
        elif field.allow_none:
            found[name] = None
        elif isinstance(field, ma.fields.String) and not field.required and getattr(field, "low", 1) == 0:
            found[name] = ""
    return found


def _read(field: Any, value: Any) -> Any:
    if isinstance(field, ma.fields.List):
        lines = value if isinstance(value, list) else [value]
        split = [line for each in lines for line in (each.splitlines() if isinstance(each, str) else [each])]
        filled = [line for line in split if not _is_empty(line)]
        return _ends(value) if _is_pair(field) else [_read(field.inner, line) for line in filled]
    if isinstance(field, ma.fields.Nested):
        return _spelled(field.schema, value)
    if hasattr(field, "counted") and isinstance(value, dict):
        return _spelled(NumbersIn(), value)  # an amount by its numbers: `/returned/numbers`
    if isinstance(value, list) and value and not isinstance(value[-1], dict):
        value = value[-1]  # a hidden "false" beside a ticked box: the last one counts
    if not isinstance(value, str):
        return value
    return _plain(field, value.strip())


def _is_pair(field: ma.fields.List[Any]) -> bool:
    """Whether the list is an interval: two ends on one line."""
    return isinstance(field.inner, ma.fields.String) and getattr(field.validate, "max", None) == 2  # noqa: PLR2004


def _ends(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    ends = _TO.split(value.strip())
    return ends * 2 if len(ends) == 1 else ends


def _plain(field: Any, text: str) -> Any:
    if isinstance(field, ma.fields.Boolean):
        return True if text == "on" else text
    whole = isinstance(field, ma.fields.Integer) or hasattr(field, "counted")
    if whole and _GROUPED.fullmatch(text):
        return int(re.sub("[., ]", "", text))
    if whole and _WHOLE.fullmatch(text):
        return int(text)
    if isinstance(field, ma.fields.Float) and not whole and _REAL.fullmatch(text):
        return float(text.replace(",", "."))
    return text


def refuse(error: ma.ValidationError | InventoryError) -> None:
    """Note for the page that is now shown again what is wrong, and with which status it is answered."""
    g.again = True
    if isinstance(error, ma.ValidationError):
        g.status, g.faults = 422, list(islice(problems.faults_of(error.messages), MOST_FAULTS))
        return
    # A field that names what is not there is a wrong field, not a wrong address.
    g.status = 422 if isinstance(error, NotFound) and error.pointer else problems.status_of(error)
    g.faults = error.faults[:MOST_FAULTS] or [Fault("", error.sentence, error.code)]
    if isinstance(error, StaleVersion):
        change = audit.last_change(str(error.facts.get("subject", "")), str(error.facts.get("key", "")))
        g.stale = Stale(change.name, change.at) if change else None


def keep_typed() -> None:
    """Show a form again with what was typed, though nothing is wrong."""
    g.again = True


def faults() -> list[Fault]:
    """All that is wrong with what was sent."""
    found: list[Fault] = g.get("faults", [])
    return found


def faults_at(pointer: str) -> list[Text]:
    """What is wrong at one field, or below it."""
    return [fault.text for fault in faults() if fault.pointer == pointer or fault.pointer.startswith(f"{pointer}/")]


def need_counts(*pointers: str) -> None:
    """Raise where an input for a count was left empty: a count that nobody made is never taken for granted."""
    messages: dict[Any, Any] = {}
    for pointer in pointers:
        if request.form.get(pointer, "0").strip():
            continue
        *parents, last = [int(step) if step.isdecimal() else step for step in pointer[1:].split("/")]
        at = messages
        for step in parents:
            at = at.setdefault(step, {})
        at[last] = [_COUNT_IT]
    if messages:
        raise ma.ValidationError(messages)


def stale() -> Stale | None:
    """Who changed the thing meanwhile, when that is why the form is shown again."""
    found: Stale | None = g.get("stale")
    return found


def typed(pointer: str, default: object = "") -> str:
    """What stands in a field: what was typed, else what the address brings along (`?store=...`), else the default."""
    if g.get("again"):
        values = request.form.getlist(pointer)
        return "\n".join(values) if values else ""
    brought = request.args.get(pointer.removeprefix("/")) if "/" not in pointer[1:] else None
    if brought is not None:
        return brought
    return "" if default is None else str(default)
