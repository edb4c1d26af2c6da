"""How much of a loan is owed, and by when."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from inventory.errors import Conflict, RuleViolated
from inventory.offices.rules import covers
from inventory.texts import Text


class RepaymentKind(StrEnum):
    """How a loan is given back: blanks come back, or the supplier's next delivery goes to the lender instead."""

    RETURN = "return"
    DELIVERY = "delivery"


class LoanStatus(StrEnum):
    """Where a loan stands; an overdue one is open past its day."""

    OPEN = "open"
    OVERDUE = "overdue"
    SETTLED = "settled"


class LoanRole(StrEnum):
    """On which side of a loan an office is."""

    LENDER = "lender"
    BORROWER = "borrower"


class LoanSameOffice(RuleViolated):
    """An office lends nothing to itself."""

    code = "loan_same_office"
    text = Text(
        "Kedua gudang milik Dinas {office}; pinjaman adalah antar-Dinas. Pakai pengiriman biasa.",
        "Both stores belong to office {office}; a loan is between two offices. Use an ordinary transfer.",
    )


class LoanOfKit(RuleViolated):
    """What lies in an event kit may belong to several offices, and goes home when the event ends."""

    code = "loan_of_kit"
    text = Text(
        "{store} adalah gudang acara; pinjam-meminjam hanya antar-gudang Dinas.",
        "{store} is an event kit; offices lend and give back between their own stores.",
    )


class LoanDuePassed(RuleViolated):
    """A loan is due today at the earliest."""

    code = "loan_due_passed"
    text = Text("Jatuh tempo {due_on} sudah lewat.", "The day {due_on} has passed already.")


class LoanStoreWrong(RuleViolated):
    """A return goes from a store of the borrower to a store of the lender."""

    code = "loan_store_wrong"
    text = Text("{store} bukan gudang Dinas {office}.", "{store} is not a store of office {office}.")


class LoanOtherFamily(RuleViolated):
    """Other blanks come back, perhaps of another version, but blanks for blanks and ribbons for ribbons."""

    code = "loan_other_family"
    text = Text("Yang dipinjam {lent}; {item} barang lain.", "{lent} was lent; {item} is something else.")


class DeliveryUnfit(RuleViolated):
    """Only what the common supplier gave the lender after the loan, and in place of the borrower, settles it."""

    code = "delivery_unfit"
    text = Text(
        "Pinjaman dilunasi dengan kiriman {item} sesudahnya, dari Dinas di atas {lender} dan {borrower}, ke gudang"
        " {lender}; pengiriman {transfer} bukan itu.",
        "A loan is settled by a later delivery of {item} from an office above {lender} and {borrower} to a store of"
        " {lender}; transfer {transfer} is none.",
    )


class MoreThanOwed(Conflict):
    """What is given back, is under way back and is credited never exceeds what is owed."""

    code = "more_than_owed"
    text = Text(
        "Terutang {outstanding}, {returning} sudah dalam pengembalian; diminta {asked}.",
        "{outstanding} are owed, {returning} of them are on their way back; {asked} were to be given back.",
    )


class DeliveryUsedUp(Conflict):
    """One delivery is never credited for more than it brought, over all loans."""

    code = "delivery_used_up"
    text = Text(
        "Pengiriman {transfer} membawa {received}, {credited} sudah dipakai melunasi; diminta {asked}.",
        "Transfer {transfer} brought {received}, {credited} of it were credited already; {asked} were to be.",
    )


class DeliveryCredited(Conflict):
    """A delivery is credited to a loan once."""

    code = "delivery_credited"
    text = Text(
        "Pengiriman {transfer} sudah dipakai melunasi pinjaman ini.",
        "Transfer {transfer} was credited to this loan already.",
    )


def check_ends(from_office: str, to_office: str) -> None:
    """Raise `LoanSameOffice` unless the loan is between two offices."""
    if from_office == to_office:
        raise LoanSameOffice(pointer="/to_store", office=from_office)


def check_due(due_on: date, today: date) -> None:
    """Raise `LoanDuePassed` for a day before today, as the borrower's calendar has it."""
    if due_on < today:
        raise LoanDuePassed(pointer="/due_on", due_on=due_on.isoformat())


def check_room(quantity: int, outstanding: int, returning: int) -> None:
    """Raise `MoreThanOwed` when so much more would be given back than is owed and not on its way already."""
    if quantity > outstanding - returning:
        raise MoreThanOwed(pointer="/quantity", outstanding=outstanding, returning=returning, asked=quantity)


def is_supplier_of(supplier: str, lender: str, borrower: str) -> bool:
    """Whether an office is above both, and is neither."""
    return supplier not in (lender, borrower) and covers(supplier, lender) and covers(supplier, borrower)


def check_credit(transfer: int, received: int, credited: int, quantity: int) -> None:
    """Raise `DeliveryUsedUp` when a delivery would be credited for more than it brought."""
    if credited + quantity > received:
        raise DeliveryUsedUp(
            pointer="/quantity", transfer=transfer, received=received, credited=credited, asked=quantity
        )
