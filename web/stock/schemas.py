"""What the pages of a store are asked for."""

from __future__ import annotations

from api import fields
from inventory.stock.rules import Condition


class ShelfQuery(fields.Strict):
    """Which part of the stock; the reader's own office unless told."""

    office = fields.code(load_default=None)
    store = fields.code(load_default=None)


class CardView(fields.Strict):
    """Which stock card, and of which days; what is left out is chosen for the reader."""

    store = fields.code(load_default=None)
    item = fields.code(load_default=None)
    condition = fields.Kind(Condition, load_default=Condition.BLANK)
    from_on = fields.Day(data_key="from", load_default=None)
    until_on = fields.Day(data_key="until", load_default=None)
