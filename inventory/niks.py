"""What may be told of a NIK: masked, or nothing at all. Sixteen digits in a row may be one, wherever they stand."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date

_RUN = re.compile(r"[0-9]{16,}")
_LENGTH = 16
ADULT = 17
_WOMEN = 40  # is added to the day of birth
_LEAP_DAY = (2, 29)


def masked(nik: str) -> str:
    """A NIK as it is shown: region and serial, the birth date hidden."""
    return f"{nik[:6]}••••••{nik[-4:]}"


def adult_on(nik: str, today: date) -> date | None:
    """The 17th birthday that a NIK tells, if it is still to come; None as well where it tells no birthday."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    century = today.year // 100 * 100
    born = century + year if century + year <= today.year else century - 100 + year
    day -= _WOMEN if day > _WOMEN else 0
    if (month, day) == _LEAP_DAY and not isleap(born + ADULT):
        month, day = 3, 1
    try:
        birthday = date(born + ADULT, month, day)
    except ValueError:
        return None
    return birthday if birthday > today else None


def untold(value: object) -> object:
    """The value as an error may repeat it: of text or a number with sixteen digits in a row they are cut out."""
    plain = isinstance(value, str | int) and _RUN.search(str(value))
    return _RUN.sub("…", str(value)) if plain else value


def may_hide(text: str) -> bool:
    """Whether a text has digits enough for a NIK, spaced out or not."""
    return sum(character.isdecimal() for character in text) >= _LENGTH


def shows(text: str, nik: str) -> bool:
    """Whether a text shows this NIK, spaced out or not, or sixteen digits in a row that may be another one."""
    digits = "".join(str(int(character)) for character in text if character.isdecimal())
    return nik in digits or any(len(run) == _LENGTH for run in re.findall(r"\d+", text))
