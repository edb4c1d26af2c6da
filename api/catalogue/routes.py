"""GET, POST /items."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Routes, actor
from api.catalogue.schemas import ItemIn, ItemOut, ItemPage
from api.paging import PageQuery
from inventory.access import Action
from inventory.catalogue import commands, queries

blp = Routes("items", __name__, description="Barang: blangko by version, ribbon, film, cleaning kits")


@blp.serves("GET /items", Action.READ, query=PageQuery, answer=ItemPage)
def list_items(query: dict[str, Any]) -> Any:
    """Every item."""
    return paging.answer(queries.list_items(paging.wanted(query, paging.word)))


@blp.serves("POST /items", Action.ADMINISTER, body=ItemIn, answer=ItemOut, status=201)
def add_item(body: dict[str, Any]) -> Any:
    """Add an item for everybody (the ministry's administrators)."""
    return queries.get_item(commands.add_item(actor(), body))


@blp.serves("GET /items/<code:code>", Action.READ, answer=ItemOut)
def show_item(code: str) -> Any:
    """One item."""
    return queries.get_item(code, pointer=None)
