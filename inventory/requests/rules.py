"""When a request is held, what share of it is granted, and what the asker's own loans mean for it."""

from __future__ import annotations

from enum import StrEnum


class RequestStatus(StrEnum):
    """How far a request has come. What was sent and received is read off its transfer."""

    HELD = "held"
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"
