"""Items: what every office counts, and one more where the ministry brings something new."""

from __future__ import annotations

from typing import Any

from api import paging
from api.catalogue.schemas import ItemIn
from inventory.access import Action
from inventory.catalogue import commands, queries
from inventory.catalogue.rules import ItemKind
from inventory.offices.rules import MINISTRY
from inventory.texts import Text
from web.language import told
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("catalogue", __name__)
KINDS = {
    ItemKind.BLANK: Text("blangko", "blank card"),
    ItemKind.RIBBON: Text("ribbon", "ribbon"),
    ItemKind.FILM: Text("film", "film"),
    ItemKind.CLEANING_KIT: Text("perangkat pembersih", "cleaning kit"),
}


@pages.shows("/admin/barang", Action.ADMINISTER)
def items() -> Any:
    """Every item."""
    columns = [
        Column(Text("Nama", "Name"), "name"),
        Column(Text("Kode", "Code"), "code"),
        Column(Text("Jenis", "Kind"), lambda row: told(KINDS[row.kind])),
        Column(Text("Versi", "Version"), "version"),
        Column(Text("Satuan", "Unit"), "unit", "unit"),
        Column(Text("Isi satu kotak", "In one box"), "pack_size", "number"),
        Column(Text("Kartu tiap gulungan", "Cards a roll"), "cards_per_unit", "number"),
    ]
    table = Table("items", Text("Barang", "Items"), columns, queries.list_items, turn=(paging.word,))
    return see("catalogue/items.html", items=table, adds=actor().office == MINISTRY)


@pages.shows("/admin/barang/tambah", Action.ADMINISTER)
def new_item() -> Any:
    """One more item, for every office."""
    kinds = [(kind.value, told(name)) for kind, name in KINDS.items()]
    return see("catalogue/new_item.html", kinds=kinds, adds=actor().office == MINISTRY)


@pages.does("/admin/barang/tambah", Action.ADMINISTER, body=ItemIn, again=new_item)
def add_item(body: dict[str, Any]) -> Any:
    """Add it."""
    commands.add_item(actor(), body, once())
    text = Text("{name} ditambahkan untuk semua Dinas.", "{name} was added for every office.")
    return done("catalogue_pages.items", text.format(name=body["name"]))
