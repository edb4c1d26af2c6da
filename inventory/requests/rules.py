"""When a request is held, what share of it is granted, and what the asker's own loans mean for it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from inventory.errors import Conflict, RuleViolated
from inventory.offices.rules import covers, parent_of
from inventory.texts import Text

# A transfer without a promised day is late after so many days on the road.
DAYS_ON_THE_ROAD = 3


class RequestStatus(StrEnum):
    """How far a request has come. What was sent and received is read off its transfer."""

    HELD = "held"
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"


WAITING = (RequestStatus.HELD, RequestStatus.ASKED)
DECIDED = (RequestStatus.APPROVED, RequestStatus.REFUSED)


class HoldKind(StrEnum):
    """What of the last issue to an office is not reconciled."""

    TRANSFER_LATE = "transfer_late"
    TRANSFER_DISPUTED = "transfer_disputed"
    CUSTODY_OPEN = "custody_open"
    LOSS_UNCONFIRMED = "loss_unconfirmed"


class NoSupplier(RuleViolated):
    """The ministry buys; nobody is above it."""

    code = "no_supplier"
    text = Text("Tidak ada Dinas di atas Dinas {office}.", "There is no office above office {office}.")


class SupplierNotAbove(RuleViolated):
    """An office asks an office above it; between equals there are loans and transfers."""

    code = "supplier_not_above"
    text = Text(
        "Dinas {supplier} tidak di atas Dinas {office}; antar-Dinas setingkat berlaku pinjaman.",
        "Office {supplier} is not above office {office}; between equals there are loans.",
    )


class NeededOnPassed(RuleViolated):
    """Goods are needed today at the earliest."""

    code = "needed_on_passed"
    text = Text("Tanggal {needed_on} sudah lewat.", "The day {needed_on} has passed already.")


class RequestReasonNeeded(RuleViolated):
    """A refusal, and more than the asker's loans suggest, are explained."""

    code = "request_reason_needed"
    text = Text(
        "Jelaskan keputusan ini: diminta {asked}, disarankan {suggested}.",
        "Explain this decision: {asked} were asked for, {suggested} are suggested.",
    )


class RefusalGrantsNothing(RuleViolated):
    """A refusal names neither a quantity nor a store."""

    code = "refusal_grants_nothing"
    text = Text("Penolakan tidak menyebut jumlah atau gudang asal.", "A refusal names neither a quantity nor a store.")


class StoreNotOfSupplier(RuleViolated):
    """The supplier grants out of its own stores, not out of an event kit."""

    code = "store_not_of_supplier"
    text = Text("{store} bukan gudang biasa Dinas {office}.", "{store} is not an ordinary store of office {office}.")


class RequestHeld(Conflict):
    """The next replenishment waits while the last issue is not reconciled."""

    code = "request_held"
    text = Text(
        "Permintaan {request} ditahan: {reasons} hal dari penyaluran terakhir belum beres. Yang boleh mencabutnya:"
        " {role} Dinas {office}.",
        "Request {request} is held: {reasons} matters of the last issue are not reconciled. Who may lift it: a {role}"
        " of office {office}.",
    )


class RequestNotHeld(Conflict):
    """There is nothing to lift."""

    code = "request_not_held"
    text = Text("Permintaan {request} tidak ditahan.", "Request {request} is not held.")


class RequestDecided(Conflict):
    """A request is decided once."""

    code = "request_decided"
    text = Text("Permintaan {request} sudah {status}.", "Request {request} is {status} already.")


def supplier_of(office: str, asked: str | None) -> str:
    """Whom an office asks: the office above it, or another one above that; raises what does not fit."""
    above = parent_of(office)
    if above is None:
        raise NoSupplier(pointer="/to_store", office=office)
    supplier = asked or above
    if supplier == office or not covers(supplier, office):
        raise SupplierNotAbove(pointer="/supplier", supplier=supplier, office=office)
    return supplier


def check_needed(needed_on: date | None, today: date) -> None:
    """Raise `NeededOnPassed` for a day before today."""
    if needed_on is not None and needed_on < today:
        raise NeededOnPassed(pointer="/needed_on", needed_on=needed_on.isoformat())


def suggested(asked: int, lent_out: int) -> int:
    """What is left of a request when the asker's own loans come back: an unreturned loan lowers it."""
    return max(asked - max(lent_out, 0), 0)


def granted(asked: int, lent_out: int, quantity: int | None, reason: str) -> int:
    """What is approved: all that was asked unless said otherwise; more than is suggested needs a reason."""
    approved = asked if quantity is None else quantity
    advised = suggested(asked, lent_out)
    if approved > advised and not reason:
        raise RequestReasonNeeded(pointer="/reason", asked=asked, suggested=advised)
    return approved


def check_refusal(asked: int, lent_out: int, quantity: int | None, from_store: str | None, reason: str) -> None:
    """Raise unless a refusal is only that, and explained."""
    if quantity is not None or from_store is not None:
        raise RefusalGrantsNothing(pointer="/approve")
    if not reason:
        raise RequestReasonNeeded(pointer="/reason", asked=asked, suggested=suggested(asked, lent_out))


def share(approved: int, asked: int) -> float | None:
    """What part of what was asked for was granted, above 1 where more was; None where nothing was asked."""
    return approved / asked if asked else None


def status_now(status: RequestStatus, *, lifted: bool, reasons: bool) -> RequestStatus:
    """What a request that waits is now: held while there are reasons, unless somebody lifted it."""
    if status not in WAITING:
        return status
    return RequestStatus.HELD if reasons and not lifted else RequestStatus.ASKED
