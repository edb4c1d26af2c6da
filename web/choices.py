"""What a field lets one choose from: stores, items, people, as (code, what people call it)."""

from __future__ import annotations

from inventory.catalogue import queries as catalogue
from inventory.catalogue.rules import ItemKind
from inventory.offices import queries as offices
from inventory.paging import Slice
from web.pages import actor

Choices = list[tuple[str, str]]
_MOST = 500


def stores(office: str | None = None) -> Choices:
    """The open stores of an office (the reader's own unless told), its main store first."""
    found = offices.list_stores(actor(), office or actor().office, Slice(_MOST)).items
    found = sorted(found, key=lambda store: (store.event_id is not None, store.kind != "main", store.code))
    return [(store.code, f"{store.name} ({store.code})") for store in found if not store.closed]


def items(*kinds: ItemKind) -> Choices:
    """The items, or those of some kinds; blanks first."""
    found = catalogue.list_items(Slice(_MOST)).items
    found = sorted(found, key=lambda item: (item.kind is not ItemKind.BLANK, item.code))
    return [(item.code, item.name) for item in found if not kinds or item.kind in kinds]
