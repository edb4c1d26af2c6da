"""What is typed or scanned where one number is looked for."""

from __future__ import annotations

from api import fields


class NumberIn(fields.Strict):
    """One number, as it was scanned or typed; it may be anything, a person's number by mistake too."""

    number = fields.Words(high=80, required=True)
    store = fields.code(load_default=None, metadata={"description": "where it should lie, for a scan that asks"})
