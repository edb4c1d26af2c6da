"""When blanks may be handed to somebody for a shift, and how a session adds up."""

from __future__ import annotations

from enum import StrEnum

from inventory.errors import Conflict
from inventory.texts import Text


class CustodyStatus(StrEnum):
    """Where a session stands: `disputed` is counted and differs, and waits for an explanation or a second person."""

    OPEN = "open"
    DISPUTED = "disputed"
    CLOSED = "closed"


class CustodyNeeded(Conflict):
    """The office prints only from blanks that were handed out for the shift."""

    code = "custody_needed"
    text = Text(
        "Dinas ini mencetak dari blangko yang diserahkan per sif: minta {item} dari {store} (POST /custody) dulu.",
        "This office prints from blanks handed out for the shift: have {item} issued by {store} (POST /custody) first.",
    )
