"""What the pages of counts are asked for."""

from __future__ import annotations

from api import fields


class BeginQuery(fields.Strict):
    """Which plan the count is to fulfil; none for one that nobody planned."""

    rencana = fields.QueryInt(load_default=None)


class PlansQuery(fields.Strict):
    """All plans, or those that are due."""

    due = fields.Flag(load_default=False)
