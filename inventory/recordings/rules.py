"""What a recording may become, and how a NIK is shown."""

from __future__ import annotations

from enum import StrEnum


class RecordingStatus(StrEnum):
    """Where a recording stands; `printed` and `issued` are set by printing only."""

    BIO_CAPTURED = "bio_captured"
    SFE = "sfe"
    PRR = "prr"
    FAILED = "failed"
    PRINTED = "printed"
    ISSUED = "issued"


class PrintReason(StrEnum):
    """Why a card is printed (alasan cetak)."""

    FIRST_CARD = "first_card"
    DAMAGED = "damaged"
    LOST = "lost"
    DATA_CHANGE = "data_change"
    MOVED_IN = "moved_in"
    SUKET = "suket"
    OUT_OF_DOMICILE = "out_of_domicile"
    DISASTER = "disaster"
