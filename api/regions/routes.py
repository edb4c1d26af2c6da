"""GET /regions: the ministry's code tree."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Routes
from api.regions.schemas import RegionOut, RegionPage, RegionQuery
from inventory.access import Action
from inventory.regions import queries

blp = Routes("regions", __name__, description="Wilayah: the ministry's code tree")


@blp.serves("GET /regions", Action.READ, query=RegionQuery, answer=RegionPage)
def list_regions(query: dict[str, Any]) -> Any:
    """The children of `parent`, or the provinces."""
    wanted = paging.wanted(query, paging.word)
    return paging.answer(queries.list_regions(query["parent"], wanted))


@blp.serves("GET /regions/<code:code>", Action.READ, answer=RegionOut)
def show_region(code: str) -> Any:
    """One region."""
    return queries.get_region(code)
