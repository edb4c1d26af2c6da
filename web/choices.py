"""What a field lets one choose from: stores, items, people, as (code, what people call it)."""

from __future__ import annotations

from typing import Any

from flask import g

from inventory.catalogue import queries as catalogue
from inventory.catalogue.rules import ItemKind
from inventory.offices import queries as offices
from inventory.offices.queries import Named
from inventory.paging import Slice
from inventory.people import hands
from web.language import item_word, t, word
from web.pages import actor

Choices = list[tuple[str, str]]
Groups = list[tuple[str, Choices]]
_MOST = 500


def stores(office: str | None = None) -> Choices:
    """The open stores of an office (the reader's own unless told), its main store first."""
    found = offices.list_stores(actor(), office or actor().office, Slice(_MOST)).items
    found = sorted(found, key=lambda store: (store.event_id is not None, store.kind != "main", store.code))
    return [(store.code, f"{brief(store.name)} ({store.code})") for store in found if not store.closed]


def items(*kinds: ItemKind) -> Choices:
    """The items, or those of some kinds; blanks first."""
    found = catalogue.list_items(Slice(_MOST)).items
    found = sorted(found, key=lambda item: (item.kind is not ItemKind.BLANK, item.code))
    return [(item.code, item_word(item.name)) for item in found if not kinds or item.kind in kinds]


def item_of(row: Any) -> str:
    """What people call the item of a row."""
    return item_word(row["item_name"] if isinstance(row, dict) else row.item_name)


def counters(office: str) -> Groups:
    """The people who may count at an office: its own first, then those of the offices above."""
    return _people(hands.counters_of(office), office)


def holders(office: str) -> Groups:
    """The people who may hold blanks of an office for a shift."""
    return _people(hands.holders_of(office), office)


def _people(found: list[hands.Hand], office: str) -> Groups:
    ours = [(str(hand.id), f"{hand.name}, {word(hand.role)}") for hand in found if hand.office == office]
    others = [(str(hand.id), f"{hand.name}, {word(hand.role)}") for hand in found if hand.office != office]
    groups = [(t("Dinas ini", "This office"), ours), (t("Dinas di atasnya", "Offices above"), others)]
    return [(name, people) for name, people in groups if people]


def destinations(province: str | None = None, *, own: bool = True) -> Groups:
    """Where goods may go: the reader's own stores, then the main stores around, or those of another province."""
    near = offices.main_stores_near(actor().office, province)
    groups = [(t("Dinas sendiri", "Your own office"), stores())] if own else []
    around = [(each.code, f"{each.office_name} ({each.code})") for each in near]
    return [*groups, *([(t("Dinas lain", "Other offices"), around)] if around else [])]


def provinces() -> Choices:
    """The provinces by name."""
    return offices.list_provinces()


def offices_of(province: str) -> Choices:
    """A province's office and those of its regencies, for the ministry, whose hundreds no list holds; else nothing."""
    name = dict(offices.list_provinces()).get(province)
    if name is None:
        return []
    below = [(each.code, each.name) for each in offices.list_offices(actor(), province, Slice(_MOST)).items]
    return [(province, name), *below]


def events() -> Choices:
    """The events of the reader's office that are not settled yet, by their stores."""
    found = offices.list_stores(actor(), actor().office, Slice(_MOST)).items
    return [(str(store.event_id), store.name) for store in found if store.event_id is not None and not store.closed]


def brief(name: str) -> str:
    """A store's name without that of the reader's own office: who works there need not read it in every line."""
    own = g.signed.office_name if g.get("signed") is not None else ""
    return name.removesuffix(f" {own}") if own else name


def shown(store: Named) -> str:
    """A store by its name and code."""
    return f"{store.name} ({store.code})"
