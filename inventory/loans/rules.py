"""How much of a loan is owed, and by when."""

from __future__ import annotations

from enum import StrEnum


class RepaymentKind(StrEnum):
    """How a loan is given back: blanks come back, or the supplier's next delivery goes to the lender instead."""

    RETURN = "return"
    DELIVERY = "delivery"
