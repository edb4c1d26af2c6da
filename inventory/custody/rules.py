"""When blanks may be handed to somebody for a shift, and how a session adds up."""

from __future__ import annotations

from enum import StrEnum


class CustodyStatus(StrEnum):
    """Where a session stands: `disputed` is counted and differs, and waits for an explanation or a second person."""

    OPEN = "open"
    DISPUTED = "disputed"
    CLOSED = "closed"
