"""What is where: the sections of the console, who finds which in the menu, and the pages in each.

A menu only leads; what a page shows to whom is the page's own permission.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from werkzeug.exceptions import HTTPException

from inventory import access
from inventory.access import Action, Actor, Role
from inventory.texts import Text
from web.language import told


@dataclass(frozen=True, slots=True)
class Link:
    """A page in the menu, for those whose role knows `action`; what lies under its address, or `also`, is below it."""

    label: Text
    endpoint: str
    action: Action = Action.READ
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the console: its first address, the roles that work there, and its pages in the order of the day."""

    path: str
    label: Text
    endpoint: str
    roles: frozenset[Role]
    links: tuple[Link, ...]
    first: int | None = None  # how many are always in sight; the others fold away


SECTIONS = (
    Section(
        "/gudang",
        Text("Gudang", "Stock room"),
        "home_pages.stock_room",
        frozenset({Role.CLERK, Role.INSPECTOR, Role.ADMIN, Role.COORDINATOR}),
        (
            Link(Text("Stok", "Stock"), "stock_pages.stock", also=("/gudang/kartu",)),
            Link(Text("Terima", "Receive"), "stock_pages.receive", Action.MOVE_STOCK, ("/gudang/penerimaan",)),
            Link(Text("Pengiriman", "Transfers"), "transfers_pages.transfers", also=("/gudang/kirim",)),
            Link(Text("Sif", "Shifts"), "custody_pages.sessions"),
            Link(Text("Opname", "Counts"), "opname_pages.counts"),
            Link(Text("Rusak", "Spoiled"), "movements_pages.spoil", Action.MOVE_STOCK),
            Link(Text("Nomor", "Numbers"), "blanks_pages.find"),
            Link(Text("Mutasi", "Movements"), "movements_pages.all_movements"),
            Link(Text("Dokumen", "Papers"), "documents_pages.documents"),
            Link(Text("Permintaan", "Requests"), "requests_pages.requests"),
            Link(Text("Pinjaman", "Loans"), "loans_pages.loans"),
            Link(Text("Karantina", "Quarantine"), "disposal_pages.quarantine", also=("/gudang/pemusnahan",)),
            Link(Text("Laporan", "Reports"), "reports_pages.daily"),
            Link(Text("Data yang dibuka", "Data shown"), "residents_pages.looks", Action.READ_RECORDINGS),
        ),
        first=7,
    ),
    Section(
        "/koordinasi",
        Text("Koordinasi", "Coordination"),
        "home_pages.coordination",
        frozenset({Role.COORDINATOR, Role.FIELD, Role.INSPECTOR, Role.ADMIN, Role.CLERK}),
        (
            Link(Text("Peta", "Map"), "planning_pages.map_of"),
            Link(Text("Acara", "Events"), "outreach_pages.events"),
            Link(Text("Laporan", "Reports"), "reports_pages.daily"),
            Link(Text("Kekurangan", "Shortfalls"), "planning_pages.shortfalls"),
            Link(Text("Alokasi", "Allocation"), "allocation_pages.allocate", Action.APPROVE),
            Link(Text("Cakupan", "Coverage"), "coverage_pages.ranked"),
            Link(Text("Pemberitahuan", "Notices"), "notices_pages.notices"),
        ),
    ),
    Section(
        "/cetak",
        Text("Cetak", "Print room"),
        "home_pages.print_room",
        frozenset({Role.PRINTER, Role.FIELD, Role.INSPECTOR, Role.ADMIN}),
        (
            Link(Text("Antrean", "Queue"), "queue_pages.queue", Action.READ_RECORDINGS),
            Link(Text("Impor", "Import"), "intake_pages.bring", Action.RECORD),
            Link(Text("Pekerjaan", "Jobs"), "printing_pages.jobs", Action.READ_RECORDINGS),
            Link(Text("Periksa", "Check"), "cards_pages.check", Action.PRINT),
            Link(Text("Serah", "Hand over"), "handover_pages.desk_page", Action.PRINT),
            Link(Text("Belum diambil", "Uncollected"), "cards_pages.uncollected", Action.READ_RECORDINGS),
            Link(Text("Kiriman kartu", "Cards sent on"), "cards_pages.sent", Action.READ_RECORDINGS),
            Link(Text("Perekaman", "Recordings"), "recordings_pages.overview", Action.READ_RECORDINGS),
            Link(Text("Printer", "Printers"), "printers_pages.overview"),
            Link(Text("Kebijakan", "Policy"), "policies_pages.policy"),
            Link(Text("KTP ditarik", "Withdrawn cards"), "disposal_pages.withdrawn", Action.PRINT),
        ),
    ),
    Section(
        "/inspeksi",
        Text("Inspeksi", "Inspection"),
        "home_pages.inspection",
        frozenset({Role.INSPECTOR, Role.ADMIN}),
        (
            Link(Text("Buku besar", "Ledger"), "seals_pages.ledger", Action.INSPECT),
            Link(Text("Segel", "Seals"), "seals_pages.checkpoints", Action.INSPECT),
            Link(Text("Jejak", "Trail"), "seals_pages.trail", Action.INSPECT),
            Link(Text("Ekspor", "Export"), "seals_pages.export", Action.INSPECT),
            Link(Text("Laporan", "Reports"), "reports_pages.daily"),
        ),
    ),
    Section(
        "/admin",
        Text("Admin", "Administration"),
        "home_pages.administration",
        frozenset({Role.ADMIN}),
        (
            Link(Text("Dinas", "Offices"), "offices_pages.offices", Action.ADMINISTER),
            Link(Text("Gudang", "Stores"), "offices_pages.stores", Action.ADMINISTER),
            Link(Text("Barang", "Items"), "catalogue_pages.items", Action.ADMINISTER),
            Link(Text("Orang", "People"), "users_pages.people", Action.ADMINISTER),
            Link(Text("Data pribadi", "Personal data"), "residents_pages.personal_data", Action.ADMINISTER),
            Link(Text("Webhook", "Webhooks"), "hooks_pages.webhooks", Action.ADMINISTER),
        ),
    ),
)
HOMES = {
    Role.CLERK: "home_pages.stock_room",
    Role.COORDINATOR: "home_pages.coordination",
    Role.PRINTER: "home_pages.print_room",
    Role.FIELD: "home_pages.coordination",
    Role.INSPECTOR: "home_pages.inspection",
    Role.ADMIN: "home_pages.administration",
}


def may_open(address: str) -> bool:
    """Whether the reader's role may open the page at an address of this console."""
    adapter = current_app.url_map.bind("")
    try:
        endpoint, _ = adapter.match(address.partition("?")[0], method="GET")
    except HTTPException:
        return False
    action = getattr(current_app.view_functions[endpoint], "permission", None)
    return action is None or access.permits(g.actor, action)


def menu() -> list[dict[str, Any]]:
    """The sections of the reader, each with its pages: name, href, current, links and more (label, href, current).

    `current` is "page" for the page itself and "true" for those below it; what folds away never is.
    """
    signed = g.get("signed")
    if signed is None:
        return []
    here = _section_of(signed.actor.role)
    return [
        {
            "name": told(section.label),
            "href": url_for(section.endpoint),
            "current": section is here,
            **_links(section, signed.actor),
        }
        for section in SECTIONS
        if signed.actor.role in section.roles
    ]


def _links(section: Section, actor: Actor) -> dict[str, Any]:
    """The pages of a section in sight, and those that fold away; the longest address that leads here is current."""
    mine = [(link, url_for(link.endpoint)) for link in section.links if access.permits(actor, link.action)]
    depth = {link: max((len(at) for at in (href, *link.also) if _is_at(at)), default=0) for link, href in mine}
    here = max(depth, key=lambda link: depth[link], default=None)
    found: dict[str, Any] = {"links": [], "more": []}
    for place, (link, href) in enumerate(mine):
        current = link is here and depth[link] > 0
        shown = section.first is None or place < section.first or current
        how = ("page" if request.path == href else "true") if current else ""
        found["links" if shown else "more"].append({"label": told(link.label), "href": href, "current": how})
    return found


def _section_of(role: Role) -> Section | None:
    """Where in the menu the page is: by its address, or by the first section of the reader that leads to it."""
    mine = [section for section in SECTIONS if role in section.roles]
    by_address = [section for section in mine if _is_at(section.path)]
    by_link = [section for section in mine if any(_is_at(url_for(link.endpoint)) for link in section.links)]
    return next(iter(by_address + by_link), None)


def _is_at(address: str) -> bool:
    return request.path == address or request.path.startswith(f"{address}/")
