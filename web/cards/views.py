"""Cards after printing: looked at, waiting for who does not come, sent on to a camat or a village and back."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from api import paging
from api.cards.schemas import CardConsignmentIn, CardConsignmentQuery, CardReturnIn
from api.printing.schemas import CardQuery
from inventory.access import Action
from inventory.errors import LinesRefused
from inventory.offices import queries as offices
from inventory.paging import Page, Slice
from inventory.printing import ageing, checks, consignments, desk
from inventory.printing.ageing import ConsignmentFilter
from inventory.printing.consignment_rules import ConsignmentStatus
from inventory.printing.consignments import NewConsignment
from inventory.printing.queries import CardFilter
from inventory.printing.rules import CardStatus
from inventory.printing.run_rules import Fingerprint, Found, Quality
from inventory.regions import queries as regions
from inventory.texts import Text
from web import choices
from web.blanks.schemas import NumberIn
from web.cards.schemas import GoodIn
from web.language import word
from web.pages import Pages, actor, done, once, see, unanswered
from web.printing.shape import filled
from web.tables import Column, Table

pages = Pages("cards", __name__)
_MANY = Slice(500)
_WHERE = Text("Ada di", "Lies at")
_PERSON = (
    Column(
        Text("Nomor perekaman", "Recording"),
        "client_id",
        href=lambda row: url_for("handover_pages.card", recording=row["recording"]),
    ),
    Column(Text("NIK", "NIK"), "nik"),
)


# Checking


@pages.shows("/cetak/periksa", Action.PRINT)
def check() -> Any:
    """Scan the cards that are good; a bad one is named on its own page."""
    required = offices.get_office(actor(), actor().office).card_check
    return see("cards/check.html", unchecked=desk.count_unchecked(actor()), required=required)


@pages.does("/cetak/periksa/nomor", Action.PRINT, body=NumberIn, again=unanswered)
def known(body: dict[str, str]) -> Any:
    """What a scan is answered: whether it is a card that waits."""
    try:
        [card] = desk.get_cards(actor(), desk.meant(actor(), [body["number"]], "/cards"))
    except LinesRefused as error:
        return {"ok": False, "text": word(error.faults[0].text)}
    if card["status"] is not CardStatus.WAITING:
        text = Text("Kartu {client} tidak menunggu lagi.", "Card {client} waits no more.").format(
            client=card["client_id"]
        )
        return {"ok": False, "text": word(text)}
    return {"ok": True, "text": f"{card['nik']} ({card['client_id']})"}


@pages.does("/cetak/periksa", Action.PRINT, body=GoodIn, again=check)
def note_good(body: dict[str, Any]) -> Any:
    """Note that these cards are good."""
    ids = desk.meant(actor(), body["cards"], "/cards/{index}")
    finger = Fingerprint(body["fingerprint"].value)
    checks.check(actor(), [Found(each, Quality.GOOD, finger) for each in ids], once=once())
    text = Text("{count} kartu baik dicatat.", "{count} good cards noted.").format(count=len(ids))
    return done(".check", text)


# Waiting


@pages.shows("/cetak/belum-diambil", Action.READ_RECORDINGS, query=CardQuery)
def uncollected(query: dict[str, Any]) -> Any:
    """How long cards wait and where; and the cards themselves, the oldest first."""
    which = CardFilter(
        office=query["office"], store=query["store"], event=query["event"], status=CardStatus.WAITING,
        waiting_days=query["waiting_days"],
    )  # fmt: skip
    steps = ageing.totals(actor(), query["office"])
    bars = [
        (_span(step), step["cards"], url_for(".uncollected", waiting_days=step["from_days"] or None), _tone(step))
        for step in steps
    ]
    columns = [
        *_PERSON,
        Column(Text("Menunggu", "Waiting"), "age_days", "number", unit=Text("hari", "days")),
        Column(_WHERE, lambda row: row["sent_to_name"] or row["store_name"]),
        Column(Text("Dicetak", "Printed"), "printed_at", "instant"),
    ]
    cards = Table("kartu", Text("Kartu yang menunggu", "Cards that wait"), columns,
                  lambda wanted: desk.list_cards(actor(), which, wanted),
                  empty=Text("Tidak ada kartu yang menunggu selama itu.", "No card has waited that long."))  # fmt: skip
    places = filled(_places(query))
    if len(places.rows) < 2:  # noqa: PLR2004 - where all lie in one place, it is told once
        cards.columns = [column for column in columns if column.head != _WHERE]
    return see(
        "cards/uncollected.html",
        steps=steps,
        waiting=sum(step["cards"] for step in steps),
        late=sum(step["cards"] for step in steps if step["from_days"]),
        bars=bars,
        places=places,
        cards=filled(cards),
        query=query,
        days=[(str(step["from_days"]), _more_than(step["from_days"])) for step in steps if step["from_days"]],
    )


def _more_than(days: int) -> str:
    return word(Text("{days} hari atau lebih", "{days} days or more").format(days=days))


def _tone(step: dict[str, Any]) -> str:
    if not step["from_days"]:
        return "good"
    return "bad" if step["until_days"] is None else "warn"


def _span(step: dict[str, Any]) -> str:
    if step["until_days"] is None:
        return _more_than(step["from_days"])
    text = Text("{low} sampai {high} hari", "{low} to {high} days")
    return word(text.format(low=step["from_days"], high=step["until_days"]))


def _places(query: dict[str, Any]) -> Table:
    def rows(wanted: Slice) -> Page:
        found = ageing.ageing(actor(), query["office"], wanted)
        at = [row["sent_to"] for row in found.items]
        stores, below = desk.place_names((row["store"] for row in found.items), at)
        named = [
            {**row, "place": stores.get(row["store"], row["store"]), "at": below.get(row["sent_to"] or "")}
            for row in found.items
        ]
        return Page(named, found.next)

    columns = [
        Column(Text("Gudang", "Store"), "place"),
        Column(Text("Dikirim ke", "Sent on to"), "at"),
        Column(Text("Menunggu", "Waiting"), "waiting", "number", unit=Text("kartu", "cards")),
        Column(Text("Terlalu lama", "Too long"), lambda row: row["flagged"] or None, "number",
               unit=Text("kartu", "cards")),
        Column(Text("Paling lama", "Longest"), "oldest_days", "number", unit=Text("hari", "days")),
    ]  # fmt: skip
    return Table("tempat", Text("Di mana", "Where"), columns, rows, turn=(paging.word, paging.word))


# Sent on


@pages.shows("/cetak/kiriman-kartu", Action.READ_RECORDINGS, query=CardConsignmentQuery)
def sent(query: dict[str, Any]) -> Any:
    """The consignments of cards, the newest first."""
    which = ConsignmentFilter(query["office"], query["store"], query["region"], query["status"], query["overdue"])

    def rows(wanted: Slice) -> Page:
        found = ageing.list_consignments(actor(), which, wanted)
        names = desk.region_names(row["region_code"] for row in found.items)
        return Page([{**row, "region": names.get(row["region_code"])} for row in found.items], found.next)

    columns = [
        Column(Text("Dikirim", "Sent"), "sent_on", "day", href=lambda row: url_for(".shown", consignment_id=row["id"])),
        Column(Text("Ke", "To"), lambda row: f"{row['recipient_role']} {row['region']}"),
        Column(Text("Kartu", "Cards"), "quantity", "number"),
        Column(Text("Masih di sana", "Still there"), lambda row: row["out"] or None, "number"),
        Column(Text("Diserahkan", "Handed over"), lambda row: row["issued"] or None, "number"),
        Column(Text("Kembali", "Back"), lambda row: row["returned"] or None, "number"),
        Column(Text("Batas waktu", "Due"), "due_on", "day"),
        Column(Text("Keadaan", "State"), _state),
    ]
    table = Table("kiriman", Text("Kiriman kartu", "Cards sent on"), columns, rows, order="desc",
                  empty=Text("Belum ada kartu yang dikirim ke kecamatan atau desa.",
                             "No cards were sent on to a kecamatan or village yet."))  # fmt: skip
    return see("cards/consignments.html", table=filled(table), query=query, statuses=list(ConsignmentStatus))


def _state(row: dict[str, Any]) -> Text:
    if row["overdue"]:
        return Text("lewat batas waktu", "overdue")
    return Text("masih di sana", "still there") if row["status"] is ConsignmentStatus.OPEN else Text("selesai", "done")


@pages.shows("/cetak/kiriman-kartu/baru", Action.PRINT)
def new() -> Any:
    """Which cards go to whom."""
    below = regions.list_regions(actor().office, _MANY).items
    chosen = request.args.get("kecamatan", "")
    villages = regions.list_regions(chosen, _MANY).items if any(each.code == chosen for each in below) else []
    return see(
        "cards/new.html",
        stores=choices.stores(),
        heads=[(each.code, each.name) for each in below],
        chosen=chosen,
        regions=[
            (each.code, each.name) for each in (*[e for e in below if e.code == chosen or not villages], *villages)
        ],
    )


@pages.does("/cetak/kiriman-kartu/baru", Action.PRINT, body=CardConsignmentIn, again=new)
def send(body: dict[str, Any]) -> Any:
    """Send cards on."""
    ids = desk.meant(actor(), [str(each) for each in body.pop("recordings")], "/recordings/{index}")
    made = consignments.send(actor(), NewConsignment(**body, recordings=ids), once())
    text = Text(
        "{count} kartu dikirim. Cetak daftarnya untuk ditandatangani.", "{count} cards sent. Print the list to sign."
    )
    return done(".shown", text.format(count=len(ids)), consignment_id=made)


@pages.shows("/cetak/kiriman-kartu/<int:consignment_id>", Action.READ_RECORDINGS)
def shown(consignment_id: int) -> Any:
    """One consignment, its cards and its list to sign."""
    found = ageing.get_consignment(actor(), consignment_id)
    stores, names = desk.place_names([found["store_code"]], [found["region_code"]])
    columns = [
        *_PERSON,
        Column(Text("Keadaan", "State"), "status", "word"),
        Column(Text("Diserahkan", "Handed over"), "issued_at", "instant"),
    ]
    which = CardFilter(consignment=consignment_id)
    cards = Table("kartu", Text("Kartunya", "The cards"), columns,
                  lambda wanted: desk.list_cards(actor(), which, wanted))  # fmt: skip
    return see(
        "cards/consignment.html",
        sent=found,
        region=names.get(found["region_code"], found["region_code"]),
        store=stores.get(found["store_code"], found["store_code"]),
        state=_state(found),
        cards=filled(cards),
        posted=request.method == "POST",
    )


@pages.does("/cetak/kiriman-kartu/<int:consignment_id>", Action.PRINT, body=CardReturnIn, again=shown)
def bring_back(consignment_id: int, body: dict[str, Any]) -> Any:
    """Note which cards came back uncollected."""
    named = body.get("recordings")
    ids = None if named is None else desk.meant(actor(), [str(each) for each in named], "/recordings/{index}")
    consignments.bring_back(actor(), consignment_id, ids, body["reason"], once())
    text = Text("Kartu yang kembali dicatat: mereka menunggu di sini lagi.", "Noted: these cards wait here again.")
    return done(".shown", text, consignment_id=consignment_id)
