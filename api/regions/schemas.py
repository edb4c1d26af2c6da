"""The syntax of regions."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.paging import PageQuery, page_of
from inventory.regions.rules import CODE, Level
from inventory.texts import Text

NOT_A_CODE = Text("Harus kode wilayah seperti 15, 15.03, 15.03.04 atau 15.03.04.2001.",
                  "Must be a region code like 15, 15.03, 15.03.04 or 15.03.04.2001.")  # fmt: skip


def region_code(**kwargs: Any) -> fields.Words:
    """A code of the tree."""
    return fields.Words(high=13, validate=validate.Regexp(rf"^{CODE.pattern}$", error=NOT_A_CODE), **kwargs)


class RegionQuery(PageQuery):
    """Which regions."""

    parent = region_code(load_default=None)


class RegionOut(ma.Schema):
    """A region."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    level = ma.fields.String(required=True, validate=fields.one_of(Level))
    parent = ma.fields.String(attribute="parent_code", allow_none=True)


RegionPage = page_of(RegionOut)
