"""What is told to whoever is in charge."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """Why somebody must look."""

    CUSTODY_DIFFERENCE = "custody_difference"
    CUSTODY_OVERDUE = "custody_overdue"
    LOSS_UNCONFIRMED = "loss_unconfirmed"
    REQUEST_HELD = "request_held"
    COUNT_DIFFERENCE = "count_difference"
    TRANSFER_DISPUTED = "transfer_disputed"
