"""The classes of what is destroyed, and how a destruction must add up."""

from __future__ import annotations

from enum import StrEnum


class DestructionClass(StrEnum):
    """The classes of the circular: the first four are spoiled blanks', the withdrawn cards' are named beside them."""

    DAMAGED = "damaged"
    PRINT_FAILURE = "print_failure"
    ENCODE_FAILURE = "encode_failure"
    FACTORY_DEFECT = "factory_defect"
    DATA_CHANGE = "data_change"
    MOVED_IN = "moved_in"


class DestructionStatus(StrEnum):
    """How far a destruction has come; the last two are ends."""

    COUNTED = "counted"
    APPROVED = "approved"
    CANCELLED = "cancelled"
