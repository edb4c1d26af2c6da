"""Sentences inside an answer, in the language the caller prefers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api.problems import language
from inventory.texts import Text


class Sentence(ma.fields.String):
    """A `Text` as the caller reads it: Indonesian unless English is preferred."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        told = value.within(language()) if isinstance(value, Text) else value
        return super()._serialize(told, attr, obj, **kwargs)
