"""How a count compares with the books, when it is counted again, and who may approve it."""

from __future__ import annotations

from enum import StrEnum


class CountKind(StrEnum):
    """Everything in a store, or some items of it."""

    FULL = "full"
    PARTIAL = "partial"


class CountStatus(StrEnum):
    """How far a count has come; the last two are ends."""

    OPEN = "open"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class Finding(StrEnum):
    """What is wrong with numbers: not seen though the books have them, or seen though the books have them not here."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
