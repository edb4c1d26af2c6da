"""What waits for whoever is in charge: differences, losses, held requests, with the way to each."""

from __future__ import annotations

from typing import Any

from flask import url_for

from api.notices.schemas import NoticeQuery
from inventory.access import Action
from inventory.notices import queries
from inventory.notices.rules import NoticeKind
from inventory.offices.queries import names_of_offices
from inventory.paging import Page, Slice
from inventory.texts import Text
from web.language import options, told, word
from web.pages import Pages, actor, see
from web.planning.layout import short
from web.tables import Column, Table

pages = Pages("notices", __name__)
# Where each kind is dealt with: the page, and what its address calls the id.
_PAGES = {
    NoticeKind.CUSTODY_DIFFERENCE: ("custody_pages.session", "session_id"),
    NoticeKind.CUSTODY_OVERDUE: ("custody_pages.session", "session_id"),
    NoticeKind.LOSS_UNCONFIRMED: ("movements_pages.movement", "movement_id"),
    NoticeKind.REQUEST_HELD: ("requests_pages.request", "request_id"),
    NoticeKind.COUNT_DIFFERENCE: ("opname_pages.count", "count_id"),
    NoticeKind.TRANSFER_DISPUTED: ("transfers_pages.transfer", "transfer_id"),
}
_TODO = {
    NoticeKind.CUSTODY_DIFFERENCE: Text("Cari sebabnya, lalu jelaskan berdua.", "Find out why; two explain it."),
    NoticeKind.CUSTODY_OVERDUE: Text("Hitung yang kembali, lalu tutup sifnya.", "Count what is back; close it."),
    NoticeKind.LOSS_UNCONFIRMED: Text("Orang kedua menegaskan atau membatalkan.", "A second person confirms it."),
    NoticeKind.REQUEST_HELD: Text("Selesaikan sebabnya, atau cabut penahanannya.", "Settle why, or lift the hold."),
    NoticeKind.COUNT_DIFFERENCE: Text("Hitung ulang, atau setujui selisihnya.", "Count again, or approve it."),
    NoticeKind.TRANSFER_DISPUTED: Text("Cari yang kurang, atau hapuskan berdua.", "Find it; or two write it off."),
}
_COUNTED = ("missing", "shortage", "surplus", "quantity")


@pages.shows("/pemberitahuan", Action.READ, query=NoticeQuery)
def notices(query: dict[str, Any]) -> Any:
    """The unsettled notices, oldest first; each goes away by itself once what it tells of is settled."""
    columns = [
        Column(Text("Apa", "What"), lambda row: word(row["kind"]).capitalize(), href=_href),
        Column(Text("Dinas", "Office"), lambda row: short(row["office_name"])),
        Column(Text("Gudang", "Store"), lambda row: row["facts"].get("store") or row["facts"].get("from_store")),
        Column(Text("Keping", "Blanks"), _quantity, "number"),
        Column(Text("Yang dapat dilakukan", "What to do"), lambda row: told(_TODO[row["kind"]])),
        Column(Text("Sejak", "Since"), "created_at", "instant"),
    ]
    table = Table(
        "notices",
        Text("Pemberitahuan", "Notices"),
        columns,
        lambda wanted: _batch(query, wanted),
        empty=Text("Tidak ada yang menunggu.", "Nothing is waiting."),
    )
    kinds = options(NoticeKind)
    return see("notices/notices.html", notices=table, kinds=kinds, kind=query["kind"], office=query["office"])


def _batch(query: dict[str, Any], wanted: Slice) -> Page:
    found = queries.list_notices(actor(), query["office"], query["kind"], wanted)
    names = names_of_offices({row.office_code for row in found.items})
    rows = [
        {
            "kind": row.kind,
            "subject": row.subject_id,
            "facts": row.facts,
            "created_at": row.created_at,
            "office_name": names[row.office_code],
        }
        for row in found.items
    ]
    return Page(rows, found.next)


def _href(row: dict[str, Any]) -> str:
    endpoint, name = _PAGES[row["kind"]]
    return url_for(endpoint, **{name: row["subject"]})


def _quantity(row: dict[str, Any]) -> int | None:
    return next((row["facts"][name] for name in _COUNTED if row["facts"].get(name)), None)
