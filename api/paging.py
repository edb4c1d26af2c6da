"""Cursors: where the next batch begins, as an opaque word."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import marshmallow as ma

from api import fields
from inventory.paging import Page, Slice
from inventory.texts import Text

MAX_LIMIT = 500
_BROKEN = Text(
    "Kursor ini tidak dikenal; mulai lagi tanpa cursor.", "This cursor is not known; start again without one."
)


class PageQuery(fields.Strict):
    """Every list takes these; `order` is oldest or smallest first (asc) or the reverse (desc)."""

    limit = fields.QueryInt(load_default=50, validate=fields.between(1, MAX_LIMIT))
    cursor = fields.Words(high=2000, load_default=None)
    order = fields.Words(load_default="asc", validate=ma.validate.OneOf(
        ["asc", "desc"], error=Text("Pilih asc atau desc.", "Choose asc or desc.")))  # fmt: skip


def wanted(query: dict[str, Any], *read: Callable[[str], Any]) -> Slice:
    """The slice that a query asks for; takes its fields out of `query`.

    `read` turns the cursor's values back, one function each, where they are not plain numbers or text.
    """
    limit, cursor, order = query.pop("limit"), query.pop("cursor"), query.pop("order")
    if cursor is None:
        return Slice(limit, None, order == "desc")
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
        after = tuple(turn(value) for turn, value in zip(read, values, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError) as error:
        raise ma.ValidationError({"query": {"cursor": [_BROKEN]}}) from error
    return Slice(limit, after, order == "desc")


def number(value: object) -> int:
    """A cursor's whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**53:
        raise ValueError(value)
    return value


def word(value: object) -> str:
    """A cursor's text."""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    value.encode()  # half a character raises UnicodeEncodeError, a ValueError
    return value


def day(value: object) -> date:
    """A cursor's day."""
    return date.fromisoformat(word(value))


def answer(page: Page, turn: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """A batch as `{"items": [...], "next": cursor or null}`."""
    items = page.items if turn is None else [turn(item) for item in page.items]
    if page.next is None:
        return {"items": items, "next": None}
    packed = json.dumps([v.isoformat() if isinstance(v, date | datetime) else v for v in page.next])
    return {"items": items, "next": base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")}


def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of a list of `item`."""
    name = item.__name__.removesuffix("Out") + "Page"
    return type(name, (ma.Schema,), {
        "__doc__": "One batch of a list.",
        "items": ma.fields.List(ma.fields.Nested(item), required=True),
        "next": ma.fields.String(required=True, allow_none=True),
    })  # fmt: skip
