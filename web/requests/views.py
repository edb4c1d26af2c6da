"""What an office asks of the one above it: asked, held and why, decided, lifted, taken back."""

from __future__ import annotations

from typing import Any

from flask import request as asked
from flask import url_for

from api import fields
from api.requests.schemas import SupplyCancellationIn, SupplyDecisionIn, SupplyLiftIn, SupplyRequestIn
from inventory import access
from inventory.access import Action
from inventory.catalogue.queries import get_item
from inventory.offices.queries import names_of_offices, names_of_stores
from inventory.offices.rules import covers, superiors_of
from inventory.paging import Page
from inventory.people.queries import names_of
from inventory.requests import commands, queries
from inventory.requests.commands import Decision, RequestWish
from inventory.requests.queries import RequestFilter
from inventory.requests.rules import WAITING, HoldKind, RequestStatus
from inventory.texts import Text, figure
from web import choices
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("requests", __name__)


class RequestsQuery(fields.Strict):
    """Where they stand, or those that the reader's offices have to decide; None is all."""

    status = fields.Kind(RequestStatus, load_default=None)
    to_decide = fields.Flag(load_default=False)


@pages.shows("/gudang/permintaan", Action.READ, query=RequestsQuery)
def requests(query: dict[str, Any]) -> Any:
    """What was asked, and what became of it."""
    which = RequestFilter(status=query["status"], to_decide=query["to_decide"])
    table = Table(
        "requests",
        Text("Permintaan", "Requests"),
        _COLUMNS,
        lambda wanted: _named(queries.list_requests(actor(), which, wanted)),
        order="desc",
        empty=Text(
            "Belum ada permintaan. Kalau blangko menipis, mulai dari Minta blangko.",
            "No requests yet. When blanks run low, begin with Ask for blanks.",
        ),
    )
    above = superiors_of(actor().office)
    return see(
        "requests/requests.html", requests=table, status=query["status"], to_decide=query["to_decide"], above=above
    )


_COLUMNS = [
    Column(
        Text("Permintaan", "Request"), "id", href=lambda row: url_for("requests_pages.request", request_id=row["id"])
    ),
    Column(Text("Dari Dinas", "From the office"), "office"),
    Column(Text("Kepada", "To"), "supplier"),
    Column(Text("Barang", "Item"), "item"),
    Column(Text("Diminta", "Asked"), "requested", "number"),
    Column(Text("Disetujui", "Approved"), "approved", "number"),
    Column(Text("Dikirim", "Sent"), "sent", "number"),
    Column(Text("Diterima", "Received"), lambda row: row["received"] or None, "number"),
    Column(Text("Keadaan", "Standing"), "status", "word"),
    Column(Text("Diminta pada", "Asked at"), "created_at", "instant"),
]


def _named(found: Page) -> Page:
    names = names_of_offices(code for row in found.items for code in (row["office_code"], row["supplier_office"]))
    items = dict(choices.items())
    rows = [
        {
            **row,
            "office": names[row["office_code"]],
            "supplier": names[row["supplier_office"]],
            "item": items.get(row["item_code"], row["item_code"]),
        }
        for row in found.items
    ]
    return Page(rows, found.next)


@pages.shows("/gudang/permintaan/baru", Action.TRANSFER)
def ask() -> Any:
    """How many are needed, where, and by when."""
    above = superiors_of(actor().office)
    names = names_of_offices(above)
    return see(
        "requests/ask.html",
        stores=choices.stores(),
        items=choices.items(),
        suppliers=[(code, names[code]) for code in above if code in names],
    )


@pages.does("/gudang/permintaan/baru", Action.TRANSFER, body=SupplyRequestIn, again=ask)
def book_request(body: dict[str, Any]) -> Any:
    """Ask."""
    made = commands.ask(actor(), RequestWish(**body), once())
    told = Text("Permintaan {request} dicatat: {quantity}.", "Request {request} noted: {quantity}.")
    text = told.format(request=made, quantity=figure(body["quantity"]))
    return done("requests_pages.request", text, request_id=made)


@pages.shows("/gudang/permintaan/<int:request_id>", Action.READ)
def request(request_id: int) -> Any:
    """One request as it stands now, and what holds it."""
    return see("requests/request.html", **_one(request_id))


def _one(request_id: int) -> dict[str, Any]:
    it = queries.get_request(actor(), request_id)
    names = names_of_offices([it["office_code"], it["supplier_office"]])
    waits, who = it["status"] in WAITING, actor()
    decides = waits and access.permits(who, Action.APPROVE) and covers(who.office, it["supplier_office"])
    held = it["status"] is RequestStatus.HELD
    return {
        "it": it,
        "item": get_item(it["item_code"]),
        "office": names[it["office_code"]],
        "supplier": names[it["supplier_office"]],
        "store": names_of_stores([it["to_store"]])[it["to_store"]],
        "people": names_of([it["user_id"], it["decided_by"], it["lifted_by"]]),
        "held": held,
        "holds": [(HoldKind(hold["kind"]), hold["id"], _where(hold)) for hold in it["held_for"]],
        "may_decide": decides and not held and it["user_id"] != who.user_id,
        "may_lift": decides and held and it["user_id"] != who.user_id,
        "asked_it_myself": decides and it["user_id"] == who.user_id,
        "may_cancel": waits and access.permits(who, Action.TRANSFER) and covers(who.office, it["office_code"]),
    }


def _where(hold: dict[str, Any]) -> str | None:
    """The page of what holds a request, where there is one."""
    if hold["kind"] in (HoldKind.TRANSFER_LATE, HoldKind.TRANSFER_DISPUTED):
        return url_for("transfers_pages.transfer", transfer_id=hold["id"])
    if hold["kind"] == HoldKind.CUSTODY_OPEN:
        return url_for("custody_pages.session", session_id=hold["id"])
    return None


def _step(template: str, request_id: int, right: str, **more: Any) -> Any:
    one = _one(request_id)
    if asked.method == "GET" and not one[right]:
        return done("requests_pages.request", request_id=request_id)
    return see(template, **one, **more)


@pages.shows("/gudang/permintaan/<int:request_id>/putuskan", Action.APPROVE)
def decide(request_id: int) -> Any:
    """Grant it, in part or whole, or refuse it."""
    stores = choices.stores()
    return _step("requests/decide.html", request_id, "may_decide", stores=stores)


@pages.does("/gudang/permintaan/<int:request_id>/putuskan", Action.APPROVE, body=SupplyDecisionIn, again=decide)
def book_decision(request_id: int, body: dict[str, Any]) -> Any:
    """Decide. A refusal says nothing of how many, or of which store."""
    if not body["approve"]:
        body["quantity"], body["from_store"] = None, None
    commands.decide(actor(), request_id, Decision(**body), once())
    text = (
        Text("Permintaan disetujui; kirimannya siap dikirim.", "The request is granted; its transfer is ready to go.")
        if body["approve"]
        else Text("Permintaan ditolak.", "The request is refused.")
    )
    return done("requests_pages.request", text, request_id=request_id)


@pages.shows("/gudang/permintaan/<int:request_id>/cabut", Action.APPROVE)
def lift(request_id: int) -> Any:
    """Let a held request be decided all the same."""
    return _step("requests/lift.html", request_id, "may_lift")


@pages.does("/gudang/permintaan/<int:request_id>/cabut", Action.APPROVE, body=SupplyLiftIn, again=lift)
def book_lift(request_id: int, body: dict[str, Any]) -> Any:
    """Lift it."""
    commands.lift(actor(), request_id, body["reason"], once())
    text = Text("Penahanan dicabut; permintaan dapat diputuskan.", "The hold is lifted; the request can be decided.")
    return done("requests_pages.request", text, request_id=request_id)


@pages.shows("/gudang/permintaan/<int:request_id>/batal", Action.TRANSFER)
def cancel(request_id: int) -> Any:
    """Take it back before it is decided."""
    return _step("requests/cancel.html", request_id, "may_cancel")


@pages.does("/gudang/permintaan/<int:request_id>/batal", Action.TRANSFER, body=SupplyCancellationIn, again=cancel)
def book_cancellation(request_id: int, body: dict[str, Any]) -> Any:
    """Cancel."""
    commands.cancel(actor(), request_id, body["reason"], once())
    return done(
        "requests_pages.request", Text("Permintaan ditarik.", "The request is taken back."), request_id=request_id
    )
