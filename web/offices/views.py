"""Offices and stores as their administrator sees them: opened, renamed, and every setting explained."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from api import paging
from api.offices.schemas import OfficeChange, OfficeIn, OfficeQuery, StoreChange, StoreIn, StoreQuery
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.offices import commands, queries
from inventory.offices.rules import MINISTRY, StoreKind, zone_name
from inventory.paging import Slice
from inventory.texts import Text
from web import choices
from web.language import told
from web.offices.settings import GROUPS, shown
from web.pages import Pages, actor, done, once, see, version
from web.tables import Column, Table

pages = Pages("offices", __name__)
_MOST = 100
# An event's kit is made with its event, and every office has one main store from the beginning.
_OPENED = tuple(kind for kind in StoreKind if kind not in (StoreKind.EVENT_KIT, StoreKind.MAIN))
_ANY = Text("semua versi blangko", "every blank version")


def reachable() -> choices.Choices:
    """The offices of the reader's subtree; none for the ministry, whose hundreds are typed by their code."""
    return [] if actor().office == MINISTRY else _named(None)


def _provinces() -> choices.Choices:
    """The ministry's offices right below it, by which it finds the others."""
    return _named(MINISTRY) if actor().office == MINISTRY else []


def _named(parent: str | None) -> choices.Choices:
    found = queries.list_offices(actor(), parent, Slice(_MOST)).items
    return [(office.code, f"{office.name} ({office.code})") for office in found]


@pages.shows("/admin/dinas", Action.ADMINISTER, query=OfficeQuery)
def offices(query: dict[str, Any]) -> Any:
    """The offices of the subtree, or those right below one."""
    columns = [
        Column(Text("Dinas", "Office"), "name", href=lambda row: url_for(".office", code=row.code)),
        Column(Text("Kode", "Code"), "code"),
        Column(Text("Tingkat", "Level"), "level", "word"),
        Column(Text("Zona waktu", "Time zone"), lambda row: zone_name(row.time_zone)),
        Column(Text("Pesan lagi pada", "Order again at"), "reorder_at", "number"),
    ]
    table = Table(
        "offices",
        Text("Dinas", "Offices"),
        columns,
        lambda wanted: queries.list_offices(actor(), query["parent"], wanted),
        turn=(paging.word,),
        empty=Text("Tidak ada Dinas di bawahnya.", "There are no offices below it."),
    )
    return see("offices/offices.html", offices=table, above=_provinces(), parent=query["parent"])


@pages.shows("/admin/dinas/tambah", Action.ADMINISTER)
def new_office() -> Any:
    """One more office, where a new regency or province was made."""
    return see("offices/new_office.html")


@pages.does("/admin/dinas/tambah", Action.ADMINISTER, body=OfficeIn, again=new_office)
def open_office(body: dict[str, Any]) -> Any:
    """Open it with its main store."""
    code = commands.open_office(actor(), **body, once=once())
    text = Text("Dinas {name} dibuka, dengan gudang utamanya.", "Office {name} is open, with its main store.")
    return done("offices_pages.office", text.format(name=body["name"]), code=code)


@pages.shows("/admin/dinas/<code:code>", Action.ADMINISTER)
def office(code: str) -> Any:
    """One office and its settings."""
    return see("offices/office.html", office=queries.get_office(actor(), code), groups=GROUPS, held=shown)


@pages.does("/admin/dinas/<code:code>", Action.ADMINISTER, body=OfficeChange, again=office)
def change_office(code: str, body: dict[str, Any]) -> Any:
    """Change its settings: what is as it was is no change."""
    present = queries.get_office(actor(), code)
    changes = {name: value for name, value in body.items() if getattr(present, name) != value}
    commands.change_office(actor(), code, version(), changes, once())
    return done("offices_pages.office", Text("Setelan disimpan.", "The settings are saved."), code=code)


@pages.shows("/admin/gudang", Action.ADMINISTER, query=StoreQuery)
def stores(query: dict[str, Any]) -> Any:
    """The stores of the subtree, or those of one office."""
    columns = [
        Column(Text("Gudang", "Store"), "name", href=lambda row: url_for(".store", code=row.code)),
        Column(Text("Kode", "Code"), "code"),
        Column(Text("Jenis", "Kind"), "kind", "word"),
        Column(Text("Dinas", "Office"), "office_code"),
        Column(Text("Mencetak", "Prints"), lambda row: told(_ANY) if row.prints is None else ", ".join(row.prints)),
        Column(Text("Keadaan", "State"), lambda row: told(_CLOSED) if row.closed else None),
    ]
    table = Table(
        "stores",
        Text("Gudang", "Stores"),
        columns,
        lambda wanted: queries.list_stores(actor(), query["office"], wanted),
        turn=(paging.word,),
    )
    return see("offices/stores.html", stores=table, office=query["office"], offices=reachable())


_CLOSED = Text("ditutup", "closed")


@pages.shows("/admin/gudang/buka", Action.ADMINISTER)
def new_store() -> Any:
    """One more store of an office."""
    provinces, chosen = (choices.provinces() if actor().office == MINISTRY else []), request.args.get("provinsi", "")
    found = choices.offices_of(chosen) if provinces else reachable()
    return see("offices/new_store.html", offices=found, kinds=_OPENED, provinces=provinces, chosen=chosen)


@pages.does("/admin/gudang/buka", Action.ADMINISTER, body=StoreIn, again=new_store)
def open_store(body: dict[str, Any]) -> Any:
    """Open it."""
    code = commands.open_store(actor(), **body, once=once())
    text = Text("{name} dibuka.", "{name} is open.").format(name=body["name"])
    return done("offices_pages.store", text, code=code)


@pages.shows("/admin/gudang/<code:code>", Action.ADMINISTER)
def store(code: str) -> Any:
    """One store: its name, and which blanks it can print."""
    found = queries.get_store(actor(), code)
    versions = choices.items(ItemKind.BLANK)
    return see("offices/store.html", store=found, versions=versions, any=_ANY)


@pages.does("/admin/gudang/<code:code>", Action.ADMINISTER, body=StoreChange, again=store)
def change_store(code: str, body: dict[str, Any]) -> Any:
    """Rename it, or say what it prints."""
    commands.change_store(actor(), code, version(), body, once())
    return done("offices_pages.store", Text("Gudang disimpan.", "The store is saved."), code=code)
