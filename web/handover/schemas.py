"""What is typed or scanned at the desk where cards are handed over."""

from __future__ import annotations

from api import fields
from api.printing.schemas import CardLossIn, IssueUndoIn
from inventory.printing.run_rules import Fingerprint
from inventory.stock.rules import SpoilReason


class FindIn(fields.Strict):
    """A card by whatever is at hand: it is posted, for it may be a whole NIK."""

    card = fields.Words(high=80, required=True)


class MistakeIn(IssueUndoIn):
    """Why a hand-over is taken back; the address names the card."""

    class Meta:
        exclude = ("recordings", "office")


class LossIn(CardLossIn):
    """How a card was lost; the address names it."""

    class Meta:
        exclude = ("recordings", "office")


class BadIn(fields.Strict):
    """What is wrong with a card."""

    reason = fields.Kind(SpoilReason, required=True)
    fingerprint = fields.Kind(Fingerprint, load_default=Fingerprint.NOT_TAKEN)
