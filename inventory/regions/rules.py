"""What a region code says by itself."""

from __future__ import annotations

import re
from enum import StrEnum


class Level(StrEnum):
    """How deep in the tree a region lies."""

    PROVINCE = "province"
    REGENCY = "regency"
    KECAMATAN = "kecamatan"
    VILLAGE = "village"


CODE = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")
_LEVELS = (Level.PROVINCE, Level.REGENCY, Level.KECAMATAN, Level.VILLAGE)


def level_of(code: str) -> Level:
    """The level of a code, read off its parts."""
    return _LEVELS[code.count(".")]


def parent_of(code: str) -> str | None:
    """The code one level up; None above a province."""
    return code.rpartition(".")[0] or None
