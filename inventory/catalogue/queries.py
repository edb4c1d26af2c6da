"""Reading items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
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


def check_blanks(codes: Sequence[str] | None, *, pointer: str = "/prints") -> None:
    """Raise `ItemNotFound` at the first of these codes that is no blank version."""
    if codes:
        query = sa.select(Item.code).where(Item.code.in_(codes), Item.kind == ItemKind.BLANK)
        known = set(current().scalars(query))
        for index, code in enumerate(codes):
            if code not in known:
                raise ItemNotFound(pointer=f"{pointer}/{index}", item=code)


def list_items(wanted: Slice) -> Page:
    """All items by code."""
    return page(sa.select(Item), [Item.code], wanted)
