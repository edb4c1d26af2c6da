"""What a transfer may do next, and how its numbers must add up."""

from __future__ import annotations

from enum import StrEnum


class TransferStatus(StrEnum):
    """How far a transfer has come; the last three are ends."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    DISPUTED = "disputed"
    RECEIVED = "received"
    REFUSED = "refused"
    CANCELLED = "cancelled"
