"""What a job, an attempt and a card may be."""

from __future__ import annotations

from enum import StrEnum


class JobStatus(StrEnum):
    """How far a print job has come; the last two are ends."""

    DRAFT = "draft"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of one blank in the printer."""

    PRINTED = "printed"
    SPOILED = "spoiled"


class CardStatus(StrEnum):
    """Where a card stands; an undone one never was a card."""

    WAITING = "waiting"
    ISSUED = "issued"
    UNDONE = "undone"
