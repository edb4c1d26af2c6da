"""Reading the tree."""

from __future__ import annotations

import sqlalchemy as sa

from inventory.database import current
from inventory.errors import NotFound
from inventory.paging import Page, Slice, page
from inventory.regions.models import Region
from inventory.texts import Text


class RegionNotFound(NotFound):
    """No region of the tree has this code."""

    code = "region_not_found"
    text = Text("Wilayah {region} tidak ada dalam pohon kode.", "Region {region} is not in the code tree.")


def get_region(code: str, *, pointer: str | None = None) -> Region:
    """The region with this code; raises `RegionNotFound`."""
    found = current().get(Region, code)
    if found is None:
        raise RegionNotFound(pointer=pointer, region=code)
    return found


def list_regions(parent: str | None, wanted: Slice) -> Page:
    """The children of `parent`, or the provinces, by code."""
    under = Region.parent_code.is_(None) if parent is None else Region.parent_code == parent
    return page(sa.select(Region).where(under), [Region.code], wanted)
