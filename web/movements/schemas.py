"""What the pages of movements are asked for."""

from __future__ import annotations

from api import fields
from inventory.stock.rules import MovementKind


class MovementQuery(fields.Strict):
    """Which movements."""

    store = fields.code(load_default=None)
    kind = fields.Kind(MovementKind, load_default=None)
