"""Reading items."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from inventory.catalogue.models import Item
from inventory.database import current, table_of, wire
from inventory.errors import NotFound
from inventory.paging import Page, Slice, page
from inventory.texts import Text


class ItemNotFound(NotFound):
    """No item has this code."""

    code = "item_not_found"
    text = Text("Barang {item} tidak ditemukan.", "Item {item} was not found.")


_ITEMS = table_of(Item)
_ITEM = sa.select(_ITEMS).where(_ITEMS.c.code == sa.bindparam("wanted"))


def get_item(code: str, *, pointer: str | None = "/item") -> Any:
    """The row of the item with this code, as `Item` has it; raises `ItemNotFound`."""
    found = wire(current()).execute(_ITEM, {"wanted": code}).first()
    if found is None:
        raise ItemNotFound(pointer=pointer, item=code)
    return found


def list_items(wanted: Slice) -> Page:
    """All items by code."""
    return page(sa.select(Item), [Item.code], wanted)
