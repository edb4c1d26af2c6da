"""Under which heading goods under way are told, with their numbers or without: received, rejected, found, lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.stock import numbers
from inventory.stock.numbers import NOTHING, Amount, Span
from inventory.stock.rules import AccountKey, SpoilReason
from inventory.transfers.rules import Count


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one receipt found, with the numbers where they were read; `rejected_as` is the quarantine's class."""

    received: Amount = NOTHING
    rejected: Amount = NOTHING
    missing: int = 0
    surplus: Amount = NOTHING
    rejected_as: SpoilReason = SpoilReason.DAMAGED

    @property
    def count(self) -> Count:
        """How many under each heading."""
        return Count(self.received.quantity, self.rejected.quantity, self.missing, self.surplus.quantity)


def check_once(*amounts: Amount) -> None:
    """Raise `NumbersTwice` for numbers that stand under two headings."""
    spans = [span for amount in amounts for span in amount.spans]
    numbers.check_once(spans, [pointer for amount in amounts for pointer in amount.pointers])


def named(lying: AccountKey, there: Sequence[Span], amounts: Sequence[Amount]) -> list[Amount]:
    """The amounts with their numbers: a mere count is clear where it is all that the others leave.

    `lying` is where the numbers lie. Raises `NumbersNeeded` for any other count.
    """
    counted = [amount for amount in amounts if amount.quantity and not amount.numbered]
    if not counted:
        return list(amounts)
    left = tuple(numbers.without(there, [span for amount in amounts for span in amount.spans]))
    if len(counted) > 1 or counted[0].quantity != sum(map(len, left)):
        numbered = sum(map(len, there))
        raise numbers.NumbersNeeded(store=lying.store, item=lying.item, counted=0, numbered=numbered)
    return [Amount(amount.quantity, left) if amount is counted[0] else amount for amount in amounts]
