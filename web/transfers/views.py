"""Sending and receiving between stores: what comes, what left, and the story of each with its next step."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from api import fields
from api.amounts import optional_amount_of, said
from api.transfers.schemas import (
    ApprovalIn,
    DeliveryIn,
    DispatchIn,
    RedirectionIn,
    ResolutionIn,
    TransferCancellationIn,
    TransferIn,
    TransferReasonIn,
)
from inventory.access import Action
from inventory.catalogue.queries import get_item
from inventory.stock.rules import SpoilReason
from inventory.texts import Text, figure
from inventory.transfers import commands, queries, stories
from inventory.transfers.commands import Wish
from inventory.transfers.headings import Delivered
from inventory.transfers.stories import Deed, Stage, StageFilter, Story, Waits
from web import choices, forms
from web.language import t
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("transfers", __name__)
# More intervals than this are not sent to the browser: the server looks at each number in the end anyway.
_MOST_ALLOWED = 400
_EMPTY = {
    Stage.TO_CONFIRM: Text("Tidak ada kiriman yang menunggu dikonfirmasi.", "No delivery waits to be confirmed."),
    Stage.UNDER_WAY: Text("Tidak ada kiriman Anda di jalan.", "Nothing of yours is on the road."),
    Stage.TO_SEND: Text(
        "Tidak ada yang menunggu disetujui atau dikirim. Mulai dari Kirim.",
        "Nothing waits to be approved or sent. Begin with Send.",
    ),
    Stage.DONE: Text("Belum ada pengiriman yang selesai.", "No transfer has ended yet."),
}


_WAITS = {
    Waits.TO_CONFIRM: Text("menunggu konfirmasi", "to confirm"),
    Waits.DISPUTED: Text("dengan selisih", "with a difference"),
    Waits.TO_APPROVE: Text("menunggu persetujuan", "waiting for approval"),
    Waits.TO_DISPATCH: Text("siap diberangkatkan", "ready to leave"),
}


class StageQuery(fields.Strict):
    """Which heap, what of it waits for a step, and of which store."""

    stage = fields.Kind(Stage, load_default=None)
    waits = fields.Kind(Waits, load_default=None)
    store = fields.code(load_default=None)


@pages.shows("/gudang/kirim", Action.TRANSFER)
def send() -> Any:
    """From where to where, what and how much; the numbers are read when the goods leave."""
    province = request.args.get("provinsi", "")
    known = choices.provinces()
    province = province if province in dict(known) else ""
    return see(
        "transfers/send.html",
        stores=choices.stores(),
        destinations=choices.destinations(province or None, own=not province),
        items=choices.items(),
        provinces=known,
        province=province,
    )


@pages.does("/gudang/kirim", Action.TRANSFER, body=TransferIn, again=send)
def ask_to_send(body: dict[str, Any]) -> Any:
    """Write the transfer down; it is approved and dispatched from its own page."""
    made = commands.request(actor(), Wish(**body), once())
    told = Text("Pengiriman {transfer} dicatat: {quantity} {unit}.", "Transfer {transfer} noted: {quantity} {unit}.")
    text = told.format(transfer=made, quantity=figure(body["quantity"]), unit=get_item(body["item"]).unit)
    return done("transfers_pages.transfer", text, transfer_id=made)


@pages.shows("/gudang/kiriman", Action.READ, query=StageQuery)
def transfers(query: dict[str, Any]) -> Any:
    """The heaps: to confirm, under way, to approve or send, done."""
    counts = stories.count_stages(actor())
    stage = query["stage"] or next((each for each, many in counts.items() if many), Stage.TO_CONFIRM)
    parts = [(waits.value, text) for waits, text in _WAITS.items() if waits.stage is stage]
    waits = query["waits"] if query["waits"] in dict(parts) else None
    which = StageFilter(stage, query["store"], waits=waits)
    table = Table(
        "transfers",
        Text("Pengiriman", "Transfers"),
        _columns(stage),
        lambda wanted: stories.list_stage(actor(), which, wanted),
        order="desc",
        empty=_EMPTY[stage],
    )
    stores = choices.stores()
    return see(
        "transfers/transfers.html",
        transfers=table,
        counts=counts,
        stage=stage,
        parts_of=parts,
        waits=waits,
        stores=stores,
        store=which.store,
    )


def _columns(stage: Stage) -> list[Column]:
    items = dict(choices.items())
    numbers = {
        Stage.TO_CONFIRM: [("Dikirim", "Sent", "dispatched"), ("Diterima", "Received", "received")],
        Stage.UNDER_WAY: [("Dikirim", "Sent", "dispatched"), ("Diterima", "Received", "received")],
        Stage.TO_SEND: [("Diminta", "Asked", "requested"), ("Disetujui", "Approved", "approved")],
        Stage.DONE: [("Diminta", "Asked", "requested"), ("Dikirim", "Sent", "dispatched"),
                     ("Diterima", "Received", "received")],
    }  # fmt: skip
    missing = Column(Text("Hilang", "Missing"), lambda row: row["missing"] or None, "number")
    return [
        Column(Text("Kiriman", "Transfer"), "id", href=_href),
        Column(Text("Barang", "Item"), lambda row: items.get(row["item_code"], row["item_code"])),
        Column(Text("Dari", "From"), lambda row: row["source"].told),
        Column(Text("Ke", "To"), lambda row: row["target"].told),
        *[Column(Text(ours, english), name, "number") for ours, english, name in numbers[stage]],
        *([] if stage is Stage.TO_SEND else [missing]),
        Column(Text("Keadaan", "Standing"), "status", "word"),
        Column(Text("Dibuat", "Made"), "created_at", "instant"),
    ]


def _href(row: dict[str, Any]) -> str:
    return url_for("transfers_pages.transfer", transfer_id=row["id"])


@pages.shows("/gudang/kiriman/<int:transfer_id>", Action.READ)
def transfer(transfer_id: int) -> Any:
    """The story of one transfer, and the one thing to do next."""
    return see("transfers/transfer.html", story=stories.get_story(actor(), transfer_id), Deed=Deed)


def _step(template: str, transfer_id: int, *deeds: Deed, **more: Any) -> Any:
    """A step's own page; to the story for whom, or when, it is none."""
    story = stories.get_story(actor(), transfer_id)
    if request.method == "GET" and not any(deed in story.may for deed in deeds):
        return done("transfers_pages.transfer", transfer_id=transfer_id)
    return see(template, story=story, it=story.transfer, allowed=_allowed(story), Deed=Deed, **more)


def _allowed(story: Story) -> list[tuple[str, str]] | None:
    found: list[tuple[str, str]] = story.transfer["intervals"]
    return found if 0 < len(found) <= _MOST_ALLOWED else None


def _told(text: Text, transfer_id: int) -> Any:
    return done("transfers_pages.transfer", text.format(transfer=transfer_id), transfer_id=transfer_id)


@pages.shows("/gudang/kiriman/<int:transfer_id>/setujui", Action.APPROVE)
def approve(transfer_id: int) -> Any:
    """Grant it: all that was asked, less, or with a reason more."""
    goods = stories.goods_of(actor(), transfer_id)
    return _step("transfers/approve.html", transfer_id, Deed.APPROVE, goods=goods)


@pages.does("/gudang/kiriman/<int:transfer_id>/setujui", Action.APPROVE, body=ApprovalIn, again=approve)
def book_approval(transfer_id: int, body: dict[str, Any]) -> Any:
    """Approve."""
    commands.approve(actor(), transfer_id, body["quantity"], body["reason"], once())
    return _told(Text("Pengiriman {transfer} disetujui.", "Transfer {transfer} is approved."), transfer_id)


@pages.shows("/gudang/kiriman/<int:transfer_id>/kirim", Action.TRANSFER)
def dispatch(transfer_id: int) -> Any:
    """Let it leave: all that was approved by count, or the very numbers."""
    goods = stories.goods_of(actor(), transfer_id)
    allowed = goods.intervals if 0 < len(goods.intervals) <= _MOST_ALLOWED else None
    return _step("transfers/dispatch.html", transfer_id, Deed.DISPATCH, goods=goods, lying=allowed)


@pages.does("/gudang/kiriman/<int:transfer_id>/kirim", Action.TRANSFER, body=DispatchIn, again=dispatch)
def book_dispatch(transfer_id: int, body: dict[str, Any]) -> Any:
    """Send it on its way."""
    commands.dispatch(actor(), transfer_id, optional_amount_of(body), body["occurred_on"], once())
    text = Text(
        "Pengiriman {transfer} berangkat. Cetak surat jalannya.", "Transfer {transfer} has left. Print its note."
    )
    return _told(text, transfer_id)


@pages.shows("/gudang/kiriman/<int:transfer_id>/terima", Action.TRANSFER)
def confirm(transfer_id: int) -> Any:
    """What arrived, held against what was sent."""
    by_count = request.args.get("cara") == "hitung"
    return _step("transfers/confirm.html", transfer_id, Deed.RECEIVE, reasons=list(SpoilReason), by_count=by_count)


@pages.does("/gudang/kiriman/<int:transfer_id>/terima", Action.TRANSFER, body=DeliveryIn, again=confirm)
def book_delivery(transfer_id: int, body: dict[str, Any]) -> Any:
    """Note what arrived."""
    forms.need_counts("/received")
    found = {name: said(body.pop(name), f"/{name}") for name in ("received", "rejected", "surplus")}
    delivered = Delivered(**found, missing=body.pop("missing"), rejected_as=body.pop("rejected_reason"))
    commands.receive(actor(), transfer_id, delivered, **body, once=once())
    told = Text(
        "{quantity} {unit} diterima dari pengiriman {transfer}.", "{quantity} {unit} of transfer {transfer} received."
    )
    unit = get_item(queries.get_transfer(actor(), transfer_id)["item_code"]).unit
    text = told.format(quantity=figure(found["received"].quantity), unit=unit, transfer=transfer_id)
    return done("transfers_pages.transfer", text, transfer_id=transfer_id)


@pages.shows("/gudang/kiriman/<int:transfer_id>/selisih", Action.TRANSFER)
def difference(transfer_id: int) -> Any:
    """What became of what is missing: found after all, or given up by a second person."""
    return _step("transfers/difference.html", transfer_id, Deed.FIND, Deed.WRITE_OFF)


@pages.does("/gudang/kiriman/<int:transfer_id>/selisih", Action.TRANSFER, body=ResolutionIn, again=difference)
def settle(transfer_id: int, body: dict[str, Any]) -> Any:
    """Settle the difference."""
    found, written_off = (said(body.pop(name), f"/{name}") for name in ("found", "written_off"))
    commands.resolve(actor(), transfer_id, found, written_off, **body, once=once())
    text = Text("Selisih pengiriman {transfer} dicatat.", "The difference of transfer {transfer} is noted.")
    return _told(text, transfer_id)


@pages.shows("/gudang/kiriman/<int:transfer_id>/tolak", Action.APPROVE)
def refuse(transfer_id: int) -> Any:
    """Turn a request down."""
    return _back(
        transfer_id, "book_refusal", Deed.REFUSE, t("Tolak pengiriman", "Refuse the transfer"), t("Tolak", "Refuse")
    )


@pages.does("/gudang/kiriman/<int:transfer_id>/tolak", Action.APPROVE, body=TransferReasonIn, again=refuse)
def book_refusal(transfer_id: int, body: dict[str, Any]) -> Any:
    """Refuse."""
    commands.refuse(actor(), transfer_id, body["reason"], once())
    return _told(Text("Pengiriman {transfer} ditolak.", "Transfer {transfer} is refused."), transfer_id)


@pages.shows("/gudang/kiriman/<int:transfer_id>/batal", Action.TRANSFER)
def cancel(transfer_id: int) -> Any:
    """Give it up; what had left comes back."""
    return _back(
        transfer_id,
        "book_cancellation",
        Deed.CANCEL,
        t("Batalkan pengiriman", "Call the transfer off"),
        t("Batalkan pengiriman", "Call it off"),
        Deed.RECALL,
    )


@pages.does("/gudang/kiriman/<int:transfer_id>/batal", Action.TRANSFER, body=TransferCancellationIn, again=cancel)
def book_cancellation(transfer_id: int, body: dict[str, Any]) -> Any:
    """Cancel, or recall."""
    commands.cancel(actor(), transfer_id, body["reason"], once())
    return _told(Text("Pengiriman {transfer} dibatalkan.", "Transfer {transfer} is called off."), transfer_id)


@pages.shows("/gudang/kiriman/<int:transfer_id>/urungkan", Action.TRANSFER)
def undo(transfer_id: int) -> Any:
    """Take the last step back."""
    return _back(
        transfer_id,
        "book_undo",
        Deed.UNDO,
        t("Urungkan langkah terakhir", "Undo the last step"),
        t("Urungkan", "Undo it"),
    )


@pages.does("/gudang/kiriman/<int:transfer_id>/urungkan", Action.TRANSFER, body=TransferReasonIn, again=undo)
def book_undo(transfer_id: int, body: dict[str, Any]) -> Any:
    """Undo."""
    commands.undo(actor(), transfer_id, body["reason"], once())
    text = Text(
        "Langkah terakhir pengiriman {transfer} diurungkan.", "The last step of transfer {transfer} was taken back."
    )
    return _told(text, transfer_id)


def _back(transfer_id: int, endpoint: str, deed: Deed, title: str, label: str, *others: Deed) -> Any:
    more = {"action": f"transfers_pages.{endpoint}", "deed": deed, "title": title, "label": label}
    return _step("transfers/back.html", transfer_id, deed, *others, **more)


@pages.shows("/gudang/kiriman/<int:transfer_id>/alihkan", Action.TRANSFER)
def redirect(transfer_id: int) -> Any:
    """Send a return elsewhere."""
    return _step("transfers/redirect.html", transfer_id, Deed.REDIRECT, stores=choices.stores())


@pages.does("/gudang/kiriman/<int:transfer_id>/alihkan", Action.TRANSFER, body=RedirectionIn, again=redirect)
def book_redirection(transfer_id: int, body: dict[str, Any]) -> Any:
    """Redirect."""
    commands.redirect(actor(), transfer_id, **body, once=once())
    return _told(Text("Pengiriman {transfer} dialihkan.", "Transfer {transfer} goes elsewhere now."), transfer_id)
