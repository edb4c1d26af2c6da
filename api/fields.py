"""The fields of the schemas: strict types, plain sentences in two languages, nothing silently converted."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import marshmallow as ma
from marshmallow import validate

from inventory.columns import MAX_QUANTITY
from inventory.texts import Text

COUNTERS = "the ids of the two users who counted (GET /users)"
_MAX_ID = 2**53
_UNSEEN = ("Cc", "Cf", "Cs", "Cn")  # control and format characters, half and unassigned ones
_COMMON = {
    "required": Text("Wajib diisi.", "This is required."),
    "null": Text("Tidak boleh kosong (null).", "This may not be null."),
}


PRINTS = {"description": "codes of the blank items (GET /items) that it can print; null is any"}


def one_of(kinds: Any) -> validate.OneOf:
    """The validator of an enumeration, or of some words, that names what is allowed."""
    values = [str(kind) for kind in kinds]
    listed = ", ".join(values)
    return validate.OneOf(values, error=Text(f"Pilih salah satu: {listed}.", f"Choose one of: {listed}."))


def between(low: float | None, high: float | None) -> validate.Range:
    """The validator of a range that says the range."""
    return validate.Range(low, high, error=Text(f"Harus {low} sampai {high}.", f"Must be from {low} to {high}."))


class JsonInt(ma.fields.Integer):
    """A whole number as JSON has it: 5 and 5.0 are one number, "5" and true are none."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it as a class attribute
        **_COMMON,
        "invalid": Text("Harus bilangan bulat.", "Must be a whole number."),
        "too_large": Text("Angkanya terlalu besar.", "The number is too large."),
    }

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer() and abs(value) <= _MAX_ID:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class QueryInt(ma.fields.Integer):
    """A whole number in a query string: plain digits."""

    default_error_messages = JsonInt.default_error_messages

    def _validated(self, value: Any) -> int:
        text = str(value)
        if not text.isascii() or not text.isdecimal() or len(text) > len(str(_MAX_ID)):
            raise self.make_error("invalid", input=value)
        return int(text)


class JsonFloat(ma.fields.Float):
    """A number as JSON has it; text is none."""

    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "invalid": Text("Harus angka.", "Must be a number."),
        "too_large": Text("Angkanya terlalu besar.", "The number is too large."),
        "special": Text("Harus angka biasa.", "Must be an ordinary number."),
    }

    def _validated(self, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return float(super()._validated(value))


class Words(ma.fields.String):
    """Text without control or format characters, spaces at its ends cut off."""

    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "invalid": Text("Harus teks.", "Must be text."),
        "characters": Text("Ada karakter yang tidak boleh dipakai.", "It has characters that are not allowed."),
        "length": Text("Panjangnya harus {low} sampai {high} karakter.", "It must have {low} to {high} characters."),
        "exact": Text("Panjangnya harus tepat {low} karakter.", "It must have exactly {low} characters."),
    }

    def __init__(self, *, low: int = 1, high: int = 200, **kwargs: Any) -> None:
        described = {"minLength": low, "maxLength": high, **kwargs.pop("metadata", {})}
        super().__init__(metadata=described, **kwargs)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        plain = text.isascii() and text.isprintable()
        if not plain and any(unicodedata.category(character) in _UNSEEN for character in text):
            raise self.make_error("characters")
        if not self.low <= len(text) <= self.high:
            raise self.make_error("exact" if self.low == self.high else "length", low=self.low, high=self.high)
        return text


class Day(ma.fields.Date):
    """A calendar day, YYYY-MM-DD."""

    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "invalid": Text("Harus tanggal YYYY-MM-DD.", "Must be a date, YYYY-MM-DD."),
        "format": Text("Harus tanggal YYYY-MM-DD.", "Must be a date, YYYY-MM-DD."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid", input=value, obj_type="date")
        found: date = super()._deserialize(value, attr, data, **kwargs)
        return found


class Clock(ma.fields.Time):
    """A time of day, HH:MM or HH:MM:SS, without an offset."""

    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "invalid": Text("Harus jam HH:MM.", "Must be a time of day, HH:MM."),
        "format": Text("Harus jam HH:MM.", "Must be a time of day, HH:MM."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = super()._deserialize(value, attr, data, **kwargs)
        if found.tzinfo is not None:
            raise self.make_error("invalid", input=value, obj_type="time")
        return found


class Instant(ma.fields.AwareDateTime):
    """An RFC 3339 instant with its offset."""

    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "invalid": Text("Harus waktu dengan zona, mis. 2019-04-04T08:00:00+07:00.",
                        "Must be a time with an offset, like 2019-04-04T08:00:00+07:00."),
        "invalid_awareness": Text("Zona waktu wajib disebut, mis. +07:00.", "The offset is required, like +07:00."),
        "format": Text("Harus waktu dengan zona.", "Must be a time with an offset."),
    }  # fmt: skip

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        found: datetime = super()._deserialize(value, attr, data, **kwargs)
        try:
            found.astimezone(UTC)
        except (OverflowError, ValueError) as error:
            raise self.make_error("invalid", input=value, obj_type="datetime") from error
        return found


class Flag(ma.fields.Boolean):
    """true or false, nothing that merely looks like it."""

    truthy = {True, "true"}  # noqa: RUF012
    falsy = {False, "false"}  # noqa: RUF012
    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "invalid": Text("Harus true atau false.", "Must be true or false."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Several(ma.fields.List[Any]):
    """A list of a limited length."""

    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "invalid": Text("Harus daftar.", "Must be a list."),
    }

    def __init__(self, inner: Any, *, low: int = 1, high: int, **kwargs: Any) -> None:
        told = Text(f"Isi {low} sampai {high} baris.", f"It must have {low} to {high} lines.")
        if low == high:
            told = Text(f"Isi tepat {low} baris.", f"It must have exactly {low} lines.")
        super().__init__(inner, validate=validate.Length(low, high, error=told), **kwargs)


class Part(ma.fields.Nested):
    """An object inside an object."""

    default_error_messages = {  # noqa: RUF012
        **_COMMON,
        "type": Text("Harus objek JSON.", "Must be a JSON object."),
    }


class Kind(Words):
    """One word of an enumeration, given to the command as that enumeration."""

    def __init__(self, enum: Any, **kwargs: Any) -> None:
        super().__init__(validate=one_of(enum), **kwargs)
        self.enum = enum

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The enumeration's member; missing and null stay what they are."""
        found = super().deserialize(value, attr, data, **kwargs)
        return self.enum(found) if isinstance(found, str) else found


def quantity(*, low: int = 1, **kwargs: Any) -> JsonInt:
    """A number of keping (or of the item's unit)."""
    return JsonInt(validate=between(low, MAX_QUANTITY), **kwargs)


def identity(**kwargs: Any) -> JsonInt:
    """A server id."""
    return JsonInt(validate=between(1, _MAX_ID), **kwargs)


def two_people(**kwargs: Any) -> Several:
    """Who counted: two users. How many they are, and who they may be, the command says in its own words."""
    told = {"description": COUNTERS, "minItems": 2, "maxItems": 2}
    return Several(identity(), high=10, metadata=told, **kwargs)


def code(**kwargs: Any) -> Words:
    """A code of a store, office or item."""
    return Words(high=40, validate=validate.Regexp(r"^(?!\.+$)[A-Za-z0-9._-]+$", error=Text(
        "Hanya huruf, angka, titik, garis bawah, dan tanda hubung; tidak titik saja.",
        "Only letters, digits, dots, underscores and hyphens; not dots alone.")), **kwargs)  # fmt: skip


def same_as(name: str, kind: str = "string") -> ma.fields.Function:
    """In an answer: the value of another field under a second name (`id` beside `code`)."""
    return ma.fields.Function(lambda thing: ma.utils.get_value(thing, name), metadata={"type": kind})


class Strict(ma.Schema):
    """A schema that refuses what it does not know, and names what it does."""

    error_messages = {  # noqa: RUF012
        "unknown": Text("Isian ini tidak dikenal.", "This field is not known."),
        "type": Text("Harus objek JSON.", "Must be a JSON object."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if names := ", ".join(field.data_key or name for name, field in self.load_fields.items()):
            self.error_messages["unknown"] = Text(
                f"Isian ini tidak dikenal; yang ada: {names}.", f"This field is not known; there are: {names}."
            )
