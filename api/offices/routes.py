"""Offices and stores: GET, POST /offices /stores, GET, PATCH /offices/{code}."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Routes, actor, version
from api.offices.schemas import (
    OfficeChange,
    OfficeIn,
    OfficeOut,
    OfficePage,
    OfficeQuery,
    StoreChange,
    StoreIn,
    StoreOut,
    StorePage,
    StoreQuery,
)
from api.versions import with_etag
from inventory.access import Action
from inventory.offices import commands, queries

blp = Routes("offices", __name__, description="Dinas and their stores (gudang, titik layanan)")


@blp.serves("GET /offices", Action.READ, query=OfficeQuery, answer=OfficePage)
def list_offices(query: dict[str, Any]) -> Any:
    """The offices of your subtree, or the children of one."""
    wanted = paging.wanted(query, paging.word)
    return paging.answer(queries.list_offices(actor(), query["parent"], wanted))


@blp.serves("POST /offices", Action.ADMINISTER, body=OfficeIn, answer=OfficeOut, status=201)
def open_office(body: dict[str, Any]) -> Any:
    """Open an office with its main store, where a new regency or province was made."""
    return with_etag(queries.get_office(actor(), commands.open_office(actor(), **body)))


@blp.serves("GET /offices/<code:code>", Action.READ, answer=OfficeOut)
def show_office(code: str) -> Any:
    """One office."""
    return with_etag(queries.get_office(actor(), code))


@blp.serves("PATCH /offices/<code:code>", Action.ADMINISTER, body=OfficeChange, answer=OfficeOut)
def change_office(code: str, body: dict[str, Any]) -> Any:
    """Change an office's settings."""
    return with_etag(queries.get_office(actor(), commands.change_office(actor(), code, version(), body)))


@blp.serves("GET /stores", Action.READ, query=StoreQuery, answer=StorePage)
def list_stores(query: dict[str, Any]) -> Any:
    """The stores of your subtree, or those of one office."""
    wanted = paging.wanted(query, paging.word)
    return paging.answer(queries.list_stores(actor(), query["office"], wanted))


@blp.serves("POST /stores", Action.ADMINISTER, body=StoreIn, answer=StoreOut, status=201)
def open_store(body: dict[str, Any]) -> Any:
    """Open a store of an office."""
    return with_etag(queries.get_store(actor(), commands.open_store(actor(), **body)))


@blp.serves("GET /stores/<code:code>", Action.READ, answer=StoreOut)
def show_store(code: str) -> Any:
    """One store."""
    return with_etag(queries.get_store(actor(), code))


@blp.serves("PATCH /stores/<code:code>", Action.ADMINISTER, body=StoreChange, answer=StoreOut)
def change_store(code: str, body: dict[str, Any]) -> Any:
    """Change a store's name, or which blank versions it can print."""
    return with_etag(queries.get_store(actor(), commands.change_store(actor(), code, version(), body)))
