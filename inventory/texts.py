"""A sentence in two languages: Indonesian is the string itself, English rides along."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self

from inventory.words import in_english, in_indonesian


class Text(str):
    """An Indonesian sentence that carries its English twin; both are templates for `str.format`."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, indonesian: str, english: str) -> Self:
        """Both languages of one sentence."""
        text = super().__new__(cls, indonesian)
        text.en = english
        return text

    def format(self, *args: Any, **facts: Any) -> Text:
        """Fill both languages with the same facts; code names are spelled out in each."""
        indonesian = {name: in_indonesian(value) for name, value in facts.items()}
        english = {name: value.en if isinstance(value, Text) else in_english(value) for name, value in facts.items()}
        return Text(super().format(*args, **indonesian), self.en.format(*args, **english))

    def within(self, language: str) -> str:
        """The sentence in `language` ("id" or "en")."""
        return self.en if language == "en" else str(self)

    def __reduce__(self) -> tuple[type[Text], tuple[str, str]]:
        return Text, (str(self), self.en)

    def __deepcopy__(self, _memo: dict[int, Any]) -> Text:
        return self


def figure(number: float) -> Text:
    """A number as each language writes it, without decimals of zero: 11.000 and 0,89; 11,000 and 0.89."""
    english = f"{number:,}" if isinstance(number, int) else f"{number:,.2f}".rstrip("0").rstrip(".")
    return Text(english.translate(_INDONESIAN), english)


_INDONESIAN = str.maketrans(",.", ".,")


def aside(value: StrEnum, usual: StrEnum) -> Text:
    """The words of a code name in brackets behind what they tell of; nothing of what goes without saying."""
    return Text("", "") if value is usual else Text(f" ({in_indonesian(value)})", f" ({in_english(value)})")
