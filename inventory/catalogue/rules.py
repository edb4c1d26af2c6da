"""What an item may be."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from inventory.errors import RuleViolated
from inventory.texts import Text


class ItemKind(StrEnum):
    """What an item is to printing: the blank itself, or a supply that is used up."""

    BLANK = "blank"
    RIBBON = "ribbon"
    FILM = "film"
    CLEANING_KIT = "cleaning_kit"


class YieldMissing(RuleViolated):
    """How long supplies last is known only when each says how many cards one gives."""

    code = "cards_per_unit_missing"
    text = Text(
        "Ribbon dan film memerlukan cards_per_unit: berapa kartu dari satu gulungan.",
        "Ribbon and film need cards_per_unit: how many cards one roll gives.",
    )


def check_item(kind: ItemKind, cards_per_unit: int | None) -> None:
    """Raise `YieldMissing` for a ribbon or film that does not say how many cards one gives."""
    if kind in (ItemKind.RIBBON, ItemKind.FILM) and cards_per_unit is None:
        raise YieldMissing(pointer="/cards_per_unit")


# The items every office knows from the first start; more versions are added as data.
STANDARD_ITEMS: list[dict[str, Any]] = [
    {"code": "blangko", "name": "Blangko KTP-el", "kind": ItemKind.BLANK, "family": "blangko", "version": "1",
     "unit": "keping", "pack_size": 500, "cards_per_unit": None},
    {"code": "ribbon", "name": "Ribbon warna", "kind": ItemKind.RIBBON, "family": "ribbon", "version": None,
     "unit": "gulungan", "pack_size": 1, "cards_per_unit": 500},
    {"code": "film", "name": "Film retransfer", "kind": ItemKind.FILM, "family": "film", "version": None,
     "unit": "gulungan", "pack_size": 1, "cards_per_unit": 1000},
    {"code": "cleaning-kit", "name": "Perangkat pembersih", "kind": ItemKind.CLEANING_KIT, "family": "cleaning-kit",
     "version": None, "unit": "set", "pack_size": 1, "cards_per_unit": None},
]  # fmt: skip
