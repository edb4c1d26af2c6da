"""What offices lend each other: given, taken, due, and what they owe on balance."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from api import fields, paging
from api.loans.schemas import LoanIn, LoanReturnIn
from inventory import access
from inventory.access import Action
from inventory.catalogue.queries import get_item
from inventory.loans import commands, queries
from inventory.loans.commands import LoanWish, Return
from inventory.loans.queries import LoanFilter
from inventory.loans.rules import LoanRole, LoanStatus
from inventory.offices.queries import names_of_offices, names_of_stores
from inventory.offices.rules import covers
from inventory.paging import Page
from inventory.texts import Text, figure
from inventory.transfers.rules import TransferStatus
from web import choices
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("loans", __name__)


class LoansQuery(fields.Strict):
    """On which side, and where they stand."""

    role = fields.Kind(LoanRole, load_default=None)
    status = fields.Kind(LoanStatus, load_default=None)


@pages.shows("/gudang/pinjaman", Action.READ, query=LoansQuery)
def loans(query: dict[str, Any]) -> Any:
    """The loans, and what each pair of offices owes on balance."""
    which = LoanFilter(role=query["role"], status=query["status"])
    table = Table(
        "loans",
        Text("Pinjaman", "Loans"),
        _COLUMNS,
        lambda wanted: _named(queries.list_loans(actor(), which, wanted)),
        order="desc",
        empty=Text(
            "Belum ada pinjaman. Kalau Dinas lain kehabisan, mulai dari Pinjamkan.",
            "No loans yet. When another office runs out, begin with Lend.",
        ),
    )
    net = Table(
        "net",
        Text("Utang-piutang antar-Dinas", "What offices owe each other"),
        _NET,
        lambda wanted: _net_named(queries.list_net(actor(), None, wanted)),
        turn=(paging.word, paging.word, paging.word),
        empty=Text("Tidak ada utang-piutang.", "Nobody owes anything."),
    )
    return see("loans/loans.html", loans=table, net=net, role=query["role"], status=query["status"])


_COLUMNS = [
    Column(Text("Pinjaman", "Loan"), "id", href=lambda row: url_for("loans_pages.loan", loan_id=row["id"])),
    Column(Text("Pemberi", "Lender"), "lender"),
    Column(Text("Peminjam", "Borrower"), "borrower"),
    Column(Text("Barang", "Item"), "item"),
    Column(Text("Dipinjamkan", "Lent"), lambda row: row["lent"] or None, "number"),
    Column(Text("Kembali", "Returned"), lambda row: row["returned"] or None, "number"),
    Column(Text("Sisa", "Left"), "outstanding", "number"),
    Column(Text("Jatuh tempo", "Due"), "due_on", "day"),
    Column(Text("Keadaan", "Standing"), "status", "word"),
]
_NET = [
    Column(Text("Dinas", "Office"), "office_name"),
    Column(Text("Dengan", "With"), "partner_name"),
    Column(Text("Barang", "Item"), "item"),
    Column(Text("Akan diterima kembali", "To come back"), lambda row: row["owed_to"] or None, "number"),
    Column(Text("Harus dikembalikan", "To give back"), lambda row: row["owes"] or None, "number"),
    Column(Text("Lewat tempo", "Overdue"), lambda row: row["overdue_to"] + row["overdue_from"] or None, "number"),
    Column(Text("Selisih", "Balance"), "net", "number"),
]


def _named(found: Page) -> Page:
    rows = [row._asdict() for row in found.items]
    names = names_of_offices(code for row in rows for code in (row["lender_office"], row["borrower_office"]))
    items = dict(choices.items())
    for row in rows:
        row["item"] = items.get(row["item_code"], row["item_code"])
        row["lender"], row["borrower"] = names[row["lender_office"]], names[row["borrower_office"]]
        row["status"] = LoanStatus(row["status"])
    return Page(rows, found.next)


def _net_named(found: Page) -> Page:
    rows = [row._asdict() for row in found.items]
    names = names_of_offices(code for row in rows for code in (row["office"], row["partner"]))
    items = dict(choices.items())
    for row in rows:
        row["item"] = items.get(row["item_code"], row["item_code"])
        row["office_name"], row["partner_name"] = names[row["office"]], names[row["partner"]]
    return Page(rows, found.next)


@pages.shows("/gudang/pinjaman/baru", Action.TRANSFER)
def lend() -> Any:
    """Who lends to whom, what, and until when: either side may write it down."""
    province = request.args.get("provinsi", "")
    known = choices.provinces()
    province = province if province in dict(known) else ""
    takes = request.args.get("arah") == "pinjam"
    others = choices.destinations(province or None, own=False)
    ours = choices.stores()
    more = {"items": choices.items(), "provinces": known, "province": province, "takes": takes}
    return see("loans/lend.html", ours=ours, others=others, **more)


@pages.does("/gudang/pinjaman/baru", Action.TRANSFER, body=LoanIn, again=lend)
def book_loan(body: dict[str, Any]) -> Any:
    """Write the loan down; its transfer is approved by the lender."""
    made = commands.lend(actor(), LoanWish(**body), once())
    told = Text("Pinjaman {loan} dicatat: {quantity}.", "Loan {loan} noted: {quantity}.")
    return done("loans_pages.loan", told.format(loan=made, quantity=figure(body["quantity"])), loan_id=made)


@pages.shows("/gudang/pinjaman/<int:loan_id>", Action.READ)
def loan(loan_id: int) -> Any:
    """One loan: lent, given back, on its way, and what is left."""
    return see("loans/loan.html", **_one(loan_id))


def _one(loan_id: int) -> dict[str, Any]:
    it = queries.get_loan(actor(), loan_id)
    it["status"], it["transfer_status"] = LoanStatus(it["status"]), TransferStatus(it["transfer_status"])
    room = it["outstanding"] - it["coming_back"]
    names = names_of_offices([it["lender_office"], it["borrower_office"]])
    may = access.permits(actor(), Action.TRANSFER) and covers(actor().office, it["borrower_office"])
    supplies = access.permits(actor(), Action.APPROVE) and covers(actor().office, it["lender_office"])
    return {
        "it": it,
        "item": get_item(it["item_code"]),
        "lender": names[it["lender_office"]],
        "borrower": names[it["borrower_office"]],
        "room": room,
        "may_return": may and room > 0,
        "may_settle": supplies and actor().office != it["lender_office"] and room > 0,
    }


@pages.shows("/gudang/pinjaman/<int:loan_id>/kembali", Action.TRANSFER)
def give_back(loan_id: int) -> Any:
    """Give a part back, from where to where it came unless said otherwise."""
    one = _one(loan_id)
    if request.method == "GET" and not one["may_return"]:
        return done("loans_pages.loan", loan_id=loan_id)
    it = one["it"]
    places = names_of_stores([it["from_store"], it["to_store"]])
    return see("loans/give_back.html", **one, source=places[it["to_store"]], target=places[it["from_store"]])


@pages.does("/gudang/pinjaman/<int:loan_id>/kembali", Action.TRANSFER, body=LoanReturnIn, again=give_back)
def book_return(loan_id: int, body: dict[str, Any]) -> Any:
    """Make the transfer that brings it back."""
    body.pop("delivery")
    commands.give_back(actor(), loan_id, Return(**body), once())
    text = Text(
        "Pengembalian dicatat dan sudah disetujui: buka kirimannya, lalu kirim.",
        "The return is noted and approved: open its transfer and send it.",
    )
    return done("loans_pages.loan", text, loan_id=loan_id)


@pages.shows("/gudang/pinjaman/<int:loan_id>/lunasi", Action.APPROVE)
def settle(loan_id: int) -> Any:
    """Credit what the common supplier delivered to the lender in the borrower's place."""
    one = _one(loan_id)
    if request.method == "GET" and not one["may_settle"]:
        return done("loans_pages.loan", loan_id=loan_id)
    return see("loans/settle.html", **one)


@pages.does("/gudang/pinjaman/<int:loan_id>/lunasi", Action.APPROVE, body=LoanReturnIn, again=settle)
def book_settlement(loan_id: int, body: dict[str, Any]) -> Any:
    """Credit it."""
    commands.settle_by_delivery(actor(), loan_id, body["delivery"], body["quantity"], once())
    return done("loans_pages.loan", Text("Pelunasan dicatat.", "The settlement is noted."), loan_id=loan_id)
