"""How much, as a body says it: a quantity, intervals of numbers, or single numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from marshmallow import validate

from api import fields
from inventory.columns import MAX_QUANTITY
from inventory.stock import numbers
from inventory.stock.numbers import MAX_INTERVALS, MAX_NUMBER, NOTHING, Amount
from inventory.texts import Text

MAX_LINES = MAX_INTERVALS
MAX_LOTS = 1_000
_NAMES = ("quantity", "intervals", "numbers")
_ONE_OF = Text("Isi salah satu saja: {names}.", "Give exactly one of: {names}.")
_CALLED = {"quantity": "jumlah", "intervals": "urutan nomor", "numbers": "nomor satu per satu", "lots": "lot"}


def _one_of(names: Sequence[str]) -> Text:
    return _ONE_OF.format(names=Text(", ".join(_CALLED[name] for name in names), ", ".join(names)))


def check_exactly_one(data: dict[str, Any], names: Sequence[str]) -> None:
    """Raise unless a body says how much in exactly one of these ways."""
    if sum(name in data for name in names) != 1:
        raise ma.ValidationError({names[0]: [_one_of(names)]})


def check_at_most_one(data: dict[str, Any], names: Sequence[str] = _NAMES) -> None:
    """Raise when a body says how much in two ways."""
    if sum(data.get(name) is not None for name in names) > 1:
        raise ma.ValidationError({names[0]: [_one_of(names)]})


def intervals(description: str = "[[first, last], ...], both ends included") -> fields.Several:
    """Intervals of numbers: [[first, last], ...]."""
    ends = fields.Several(fields.Words(high=MAX_NUMBER), low=2, high=2)
    return fields.Several(ends, high=MAX_LINES, metadata={"description": description})


def single_numbers(description: str = "as a scanner gives them") -> fields.Several:
    """Single numbers, as a scanner gives them."""
    return fields.Several(fields.Words(high=MAX_NUMBER), high=MAX_LINES, metadata={"description": description})


def told_intervals() -> ma.fields.List[Any]:
    """Numbers in an answer: intervals as few as there can be, both ends included."""
    ends = ma.fields.List(ma.fields.String(), metadata={"minItems": 2, "maxItems": 2})
    return ma.fields.List(ends, required=True)


class AmountIn(fields.Strict):
    """A body that says how much: exactly one of `quantity`, `intervals` ([[first, last], ...]) and `numbers`."""

    quantity = fields.quantity()
    intervals = intervals()
    numbers = single_numbers()

    @ma.validates_schema
    def _check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        check_exactly_one(data, [name for name in _NAMES if name in self.fields])


class NumbersIn(AmountIn):
    """The numbers of goods, in an object of their own."""

    class Meta:
        exclude = ("quantity",)


def amount_of(body: dict[str, Any], where: str = "") -> Amount:
    """Take what says how much out of a checked body; `where` is the body's JSON pointer."""
    said = {name: body.pop(name, None) for name in _NAMES}
    return numbers.amount(**said, where=where)


def optional_amount_of(body: dict[str, Any]) -> Amount | None:
    """The same; None where the body does not say how much."""
    silent = all(body.get(name) is None for name in _NAMES)
    found = amount_of(body)
    return None if silent else found


class AmountField(ma.fields.Field[Any]):
    """A whole number, or an object with the `intervals` or `numbers`; the route makes an `Amount` of it."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it as a class attribute
        "required": fields.JsonInt.default_error_messages["required"],
        "null": fields.JsonInt.default_error_messages["null"],
    }

    def __init__(self, *, low: int = 0, **kwargs: Any) -> None:
        numbered = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "intervals": {
                    "type": "array", "minItems": 1, "maxItems": MAX_LINES,
                    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": _TEXT},
                },
                "numbers": {"type": "array", "minItems": 1, "maxItems": MAX_LINES, "items": _TEXT},
            },
            "minProperties": 1, "maxProperties": 1,
        }  # fmt: skip
        counted = {"type": "integer", "minimum": low, "maximum": MAX_QUANTITY}
        super().__init__(metadata={"oneOf": [counted, numbered], **kwargs.pop("metadata", {})}, **kwargs)
        self.counted = fields.quantity(low=low)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return dict(NumbersIn().load(value))
        return {"quantity": self.counted.deserialize(value, attr, data, **kwargs)}


_TEXT = {"type": "string", "minLength": 1, "maxLength": MAX_NUMBER}


def said(value: dict[str, Any] | None, where: str) -> Amount:
    """The amount behind an `AmountField`; nothing where it was left out."""
    return amount_of(dict(value), where) if value is not None else NOTHING


def optional_pack_size() -> fields.JsonInt:
    """How many goods a box holds; the item's own pack size unless told."""
    return fields.JsonInt(load_default=None, validate=validate.Range(1, 100_000))
