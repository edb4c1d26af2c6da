"""Allocation by hand: rows of "so many from here to there", what they would change, and all of them as one plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for

from api.planning.schemas import AllocationIn
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.offices.rules import MINISTRY, OfficeLevel, level_of, main_store_of
from inventory.planning import allocations, commands, moves
from inventory.planning import cover as lasting
from inventory.planning.cover import Cover
from inventory.planning.moves import Move, Shelf
from inventory.reports import cover
from inventory.texts import Text, figure
from web import choices
from web.language import number, told
from web.pages import Pages, actor, done, once, see
from web.planning import layout
from web.planning.schemas import AllocationQuery
from web.planning.views import provinces, region_of
from web.tables import Column, Table

pages = Pages("allocation", __name__)
# Rows to begin with: one, for most move once; more are a button away.
_ROWS = 1
# So many more are shown below those that were filled in when they are asked for.
_SPARE = 1
_DIGITS = 9
_OWN = Text("Dinas provinsi", "The province's office")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan can be made of: the main stores of a region, what they have, and how long that lasts."""

    region: str
    item: str
    items: choices.Choices
    shelves: dict[str, Shelf]
    covers: list[Cover]

    @property
    def stores(self) -> choices.Choices:
        """The stores to choose from, each with what it has."""
        return [(shelf.store, f"{self.named(shelf.office)} ({number(shelf.free)})") for shelf in self.shelves.values()]

    def named(self, office: str) -> str:
        """What an office is called on a line; a province's own is told from a city of the same name."""
        if office == self.region and level_of(office) is OfficeLevel.PROVINCE:
            return str(told(_OWN))
        return next((layout.short(one.name) for one in self.covers if one.office == office), office)


def _ground(province: str | None, item: str | None) -> Ground:
    """For the ministry without a province: the stores of the provinces, each with the use of all its offices."""
    region = region_of(province)
    items = choices.items(ItemKind.BLANK)
    code = item if item in dict(items) else items[0][0]
    found = cover.covers(actor(), region)
    if region == MINISTRY:
        names = {one.office: one.name for one in found if level_of(one.office) is not OfficeLevel.REGENCY}
        found = lasting.together(found, lambda one: one.office[:2], names)
    offices = {main_store_of(one.office): one for one in found}
    shelves = {shelf.store: shelf for shelf in allocations.shelves_of(actor(), region, code) if shelf.store in offices}
    return Ground(region, code, items, shelves, found)


def _typed(given: Mapping[str, str], shelves: Mapping[str, Shelf]) -> tuple[list[int], list[Move]]:
    """The rows that are filled in so far, and their places; the others are not ready yet."""
    at, found = [], []
    for row in range(len(given)):
        ends = [given.get(f"/moves/{row}/{side}_store", "") for side in ("from", "to")]
        digits = given.get(f"/moves/{row}/quantity", "").translate(str.maketrans("", "", "., "))
        ready = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS and int(digits) > 0
        if ready and all(end in shelves for end in ends):
            at.append(row)
            found.append(Move(ends[0], ends[1], int(digits)))
    return at, found


def _computed(ground: Ground, given: Mapping[str, str]) -> dict[str, Any]:
    """What the rows would change, and what of them cannot be."""
    at, rows = _typed(given, ground.shelves)
    faults = [
        (at[int(fault.pointer.split("/")[2])] + 1, told(fault.text)) for fault in moves.faults_of(rows, ground.shelves)
    ]
    return {
        "changes": [
            (ground.named(one.before.office), one) for one in moves.changes(rows, ground.shelves, ground.covers)
        ],
        "row_faults": faults,
        "total": sum(row.quantity for row in rows),
    }


def _given() -> Mapping[str, str]:
    return request.form if request.method == "POST" else request.args


@pages.shows("/koordinasi/alokasi", Action.APPROVE, query=AllocationQuery)
def allocate(query: dict[str, Any]) -> Any:
    """Rows to fill in, with what everybody has; when they are sent back, with what they would change."""
    ground = _ground(query["province"] or request.form.get("_provinsi") or None, request.form.get("/item"))
    target = main_store_of(query["to_office"]) if query["to_office"] else ""
    return see(
        "planning/allocate.html",
        ground=ground,
        provinces=provinces(),
        province=None if ground.region == actor().office else ground.region,
        rows=range(_rows_of()),
        target=target,
        shelves=_shelf_table(ground),
        **_computed(ground, _given()),
    )


def _rows_of() -> int:
    """How many rows to show: those that were filled in, and an empty one for who asks for more."""
    filled = {int(name.split("/")[2]) for name, value in request.form.items() if _is_filled(name, value)}
    spare = _SPARE if request.path == url_for(".compute_whole") else 0  # asked for by its button, not by a refusal
    return max(_ROWS, max(filled, default=0) + 1 + spare if filled else 0)


def _is_filled(name: str, value: str) -> bool:
    return re.fullmatch(r"/moves/[0-9]{1,3}/(from_store|to_store|quantity)", name) is not None and bool(value.strip())


def _shelf_table(ground: Ground) -> Table:
    rows = [
        (one, ground.shelves[main_store_of(one.office)])
        for one in lasting.worst_first(ground.covers)
        if main_store_of(one.office) in ground.shelves
    ]
    promised = Column(Text("Sudah diminta dikirim", "Asked for already"), lambda row: row[1].promised or None, "number")
    columns = [
        Column(
            Text("Dinas", "Office"),
            lambda row: ground.named(row[0].office),
            href=lambda row: url_for("planning_pages.office", office=row[0].office),
        ),
        Column(Text("Di gudang utama", "In the main store"), lambda row: row[1].free, "number"),
        *([promised] if any(shelf.promised for _, shelf in rows) else []),
        Column(Text("Di semua gudangnya", "In all its stores"), lambda row: row[0].on_hand, "number"),
        Column(Text("Cukup untuk berapa lama", "How long it lasts"), lambda row: told(row[0].in_words)),
    ]
    return Table("shelves", Text("Yang paling dulu habis di atas", "Those that run out first"), columns, rows)


@pages.shows("/koordinasi/alokasi/hitung", Action.APPROVE, query=AllocationQuery)
def compute(query: dict[str, Any]) -> Any:
    """What the rows typed so far would change: a part of the page, asked for while somebody types."""
    ground = _ground(query["province"], request.args.get("/item"))
    return see("planning/changes.html", **_computed(ground, request.args))


@pages.does("/koordinasi/alokasi/hitung", Action.APPROVE, again=allocate)
def compute_whole() -> Any:
    """The same without a script: the whole page once more, with everything typed kept; nothing is made."""
    g.again = True
    return allocate()


@pages.does("/koordinasi/alokasi", Action.APPROVE, body=AllocationIn, again=allocate)
def plan(body: dict[str, Any]) -> Any:
    """Make all the transfers of the plan, or none."""
    wanted = [Move(**move) for move in body["moves"]]
    made = commands.plan_moves(actor(), body["item"], wanted, body["reason"], body["expected_on"], once())
    text = Text("{count} rencana pengiriman dibuat: {total} keping.", "{count} transfers were planned: {total} blanks.")
    told_of = text.format(count=len(wanted), total=figure(sum(move.quantity for move in wanted)))
    return done("allocation_pages.made", told_of, allocation_id=made)


@pages.shows("/koordinasi/alokasi/<int:allocation_id>", Action.READ)
def made(allocation_id: int) -> Any:
    """One plan: its transfers, how far each has come, and what to do next."""
    found = allocations.get_allocation(actor(), allocation_id)
    columns = [
        Column(
            Text("Kiriman", "Transfer"), "id", href=lambda row: url_for("transfers_pages.transfer", transfer_id=row.id)
        ),
        Column(Text("Dari", "From"), lambda row: layout.short(row.from_name)),
        Column(Text("Ke", "To"), lambda row: layout.short(row.to_name)),
        Column(Text("Jumlah", "Quantity"), "quantity", "number", unit=Text("keping", "blanks")),
        Column(Text("Keadaan", "Standing"), "status", "word"),
    ]
    table = Table(
        "transfers", Text("Kiriman dalam rencana ini", "The transfers of this plan"), columns, found.transfers
    )
    waiting = [row.id for row in found.transfers if row.status == "requested"]
    return see("planning/made.html", found=found, transfers=table, waiting=waiting)
