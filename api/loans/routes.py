"""Loans between offices (pinjaman): lent by a transfer, owed in keping, given back in parts."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.loans.schemas import LoanIn, LoanNetPage, LoanNetQuery, LoanOut, LoanPage, LoanQuery, LoanReturnIn
from inventory.access import Action
from inventory.loans import commands, queries
from inventory.loans.commands import LoanWish, Return
from inventory.loans.queries import LoanFilter

blp = Routes("loans", __name__, description="What offices lend each other, give back, and owe")


@blp.serves("POST /loans", Action.TRANSFER, body=LoanIn, answer=LoanOut, status=201, key=Key.REQUIRED)
def lend(body: dict[str, Any]) -> Any:
    """Ask another office for a loan, or offer one; its transfer is approved, sent and received as any other."""
    return queries.get_loan(actor(), commands.lend(actor(), LoanWish(**body), once()))


@blp.serves("GET /loans", Action.READ, query=LoanQuery, answer=LoanPage)
def list_loans(query: dict[str, Any]) -> Any:
    """The loans that your offices gave or took."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_loans(actor(), LoanFilter(**query), wanted))


@blp.serves("GET /loans/net", Action.READ, query=LoanNetQuery, answer=LoanNetPage)
def list_net(query: dict[str, Any]) -> Any:
    """What each pair of offices owes each other, a row an item."""
    wanted = paging.wanted(query, paging.word, paging.word, paging.word)
    return paging.answer(queries.list_net(actor(), query["office"], wanted))


@blp.serves("GET /loans/<int:loan_id>", Action.READ, answer=LoanOut)
def show_loan(loan_id: int) -> Any:
    """One loan with its repayments."""
    return queries.get_loan(actor(), loan_id)


@blp.serves(
    "POST /loans/<int:loan_id>/returns",
    Action.TRANSFER,
    body=LoanReturnIn,
    answer=LoanOut,
    status=201,
    key=Key.REQUIRED,
)
def give_back(loan_id: int, body: dict[str, Any]) -> Any:
    """Give a part back by a transfer, as the borrower; or as the common supplier credit a delivery."""
    delivery, quantity = body.pop("delivery"), body["quantity"]
    if delivery is None:
        done = commands.give_back(actor(), loan_id, Return(**body), once())
    else:
        done = commands.settle_by_delivery(actor(), loan_id, delivery, quantity, once())
    return queries.get_loan(actor(), done)
