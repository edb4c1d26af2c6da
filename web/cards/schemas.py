"""What is typed or scanned where cards are checked."""

from __future__ import annotations

from api import fields
from api.printing.schemas import MAX_LINES
from inventory.printing.run_rules import GoodFingerprint


class GoodIn(fields.Strict):
    """Good cards, by whatever was scanned or typed."""

    cards = fields.Several(fields.Words(high=80), high=MAX_LINES, required=True)
    fingerprint = fields.Kind(GoodFingerprint, load_default=GoodFingerprint.NOT_TAKEN)
