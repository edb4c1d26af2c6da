"""What the pages of coverage take from their addresses."""

from __future__ import annotations

from api import fields
from api.regions.schemas import region_code


class CoverageOfQuery(fields.Strict):
    """Below which region."""

    parent = region_code(data_key="wilayah", load_default=None)
