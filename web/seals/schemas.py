"""What the audit may be asked for."""

from __future__ import annotations

import marshmallow as ma

from api import fields


class DeedQuery(fields.Strict):
    """Whose deeds, which, to what, and from which day to which."""

    office = fields.code(load_default=None)
    named = fields.Words(high=60, load_default=None)
    deed = fields.Words(high=80, load_default=None)
    subject = fields.Words(high=80, load_default=None)
    since = fields.Day(load_default=None)
    until = fields.Day(load_default=None)


class CheckQuery(fields.Strict):
    """Whether the books are to be proved now."""

    periksa = ma.fields.String(load_default=None)
