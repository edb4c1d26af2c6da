"""What may be told of a NIK: masked, or nothing at all. Sixteen digits in a row may be one, wherever they stand."""

from __future__ import annotations

import re

_RUN = re.compile(r"[0-9]{16,}")
_LENGTH = 16


def masked(nik: str) -> str:
    """A NIK as it is shown: region and serial, the birth date hidden."""
    return f"{nik[:6]}••••••{nik[-4:]}"


def untold(value: object) -> object:
    """The value as an error may repeat it: of text or a number with sixteen digits in a row they are cut out."""
    plain = isinstance(value, str | int) and _RUN.search(str(value))
    return _RUN.sub("…", str(value)) if plain else value


def shows(text: str, nik: str) -> bool:
    """Whether a text shows this NIK, spaced out or not, or sixteen digits in a row that may be another one."""
    digits = "".join(str(int(character)) for character in text if character.isdecimal())
    return nik in digits or any(len(run) == _LENGTH for run in re.findall(r"\d+", text))
