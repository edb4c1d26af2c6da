"""Reading items."""

from __future__ import annotations

import sqlalchemy as sa

from inventory.catalogue.models import Item
from inventory.database import current
from inventory.errors import NotFound
from inventory.paging import Page, Slice, page
from inventory.texts import Text


class ItemNotFound(NotFound):
    """No item has this code."""

    code = "item_not_found"
    text = Text("Barang {item} tidak ditemukan.", "Item {item} was not found.")


def get_item(code: str, *, pointer: str | None = "/item") -> Item:
    """The item with this code; raises `ItemNotFound`."""
    found = current().get(Item, code)
    if found is None:
        raise ItemNotFound(pointer=pointer, item=code)
    return found


def list_items(wanted: Slice) -> Page:
    """All items by code."""
    return page(sa.select(Item), [Item.code], wanted)
