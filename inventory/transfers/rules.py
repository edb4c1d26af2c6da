"""What a transfer may do next, and how its numbers must add up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from inventory.errors import Conflict, NotPermitted, RuleViolated
from inventory.offices.rules import covers
from inventory.second_person import check_second
from inventory.stock.rules import NothingToMove
from inventory.texts import Text


class TransferStatus(StrEnum):
    """How far a transfer has come; the last three are ends."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    DISPUTED = "disputed"
    RECEIVED = "received"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What an undo takes back."""

    APPROVAL = "approval"
    DISPATCH = "dispatch"
    DELIVERY = "delivery"


class SameStore(RuleViolated):
    """A transfer goes from one store to another."""

    code = "transfer_same_store"
    text = Text("Gudang asal dan tujuan sama: {store}.", "The goods would stay where they are: {store}.")


class EventOfKit(RuleViolated):
    """What goes to an event kit is for that kit's event."""

    code = "transfer_event_of_kit"
    text = Text(
        "{store} adalah kit acara {event}; kiriman ke sana untuk acara itu, bukan acara {asked}.",
        "{store} is the kit of event {event}; what goes there is for that event, not for event {asked}.",
    )


class OwnerIsSender(RuleViolated):
    """Only an event kit holds goods of several offices."""

    code = "transfer_owner_is_sender"
    text = Text(
        "{store} mengirim barang Dinas {office} sendiri; pemilik lain hanya dapat dipilih untuk kit acara.",
        "{store} sends goods of its own office {office}; another owner can be chosen for an event kit only.",
    )


class PooledGoodsGoHome(RuleViolated):
    """Pooled goods stay their owner's: they go to a store of the owner or to another event."""

    code = "pooled_goods_go_home"
    text = Text(
        "Barang gabungan milik Dinas {owner} hanya dapat dikirim ke gudang Dinas itu atau ke kit acara lain.",
        "Pooled goods of office {owner} can go to a store of that office or to the kit of another event only.",
    )


class TransferReasonNeeded(RuleViolated):
    """More than asked, rejected, missing and surplus goods are explained."""

    code = "transfer_reason_needed"
    text = Text("Jelaskan selisihnya.", "Explain the difference.")


class SurplusUnwitnessed(RuleViolated):
    """A surplus is booked with who saw it."""

    code = "surplus_unwitnessed"
    text = Text("Sebut siapa yang melihat kelebihan itu.", "Say who saw the surplus.")


class SurplusTooEarly(Conflict):
    """There is no surplus while something is still under way or missing."""

    code = "surplus_too_early"
    text = Text(
        "Masih {outstanding} dalam perjalanan; kelebihan baru ada setelah semuanya diterima atau ditolak.",
        "{outstanding} are still under way; a surplus is what comes after all of them were received or rejected.",
    )


class TransferNotReady(Conflict):
    """The transfer has not come so far, or is past it."""

    code = "transfer_not_ready"
    text = Text(
        "Pengiriman berstatus {status}; langkah ini hanya untuk status {needed}.",
        "The transfer is {status}; this step is for {needed} only.",
    )


class MoreThanApproved(Conflict):
    """No more leaves than was approved."""

    code = "more_than_approved"
    text = Text("Disetujui {approved}; diminta kirim {asked}.", "{approved} were approved; {asked} were to be sent.")


class MoreThanUnderWay(Conflict):
    """received + rejected + missing of all receipts is never more than dispatched."""

    code = "more_than_under_way"
    text = Text(
        "Tinggal {outstanding} dalam perjalanan; dicatat {counted}. Yang lebih dari itu dicatat sebagai kelebihan.",
        "{outstanding} are under way; {counted} were noted. What is more than that is a surplus.",
    )


class MoreThanMissing(Conflict):
    """Only what is missing can be found or written off."""

    code = "more_than_missing"
    text = Text("Tinggal {missing} yang hilang; diminta {asked}.", "{missing} are missing; {asked} were to be settled.")


class NothingToUndo(Conflict):
    """A transfer that was only asked for, or has ended without goods, has no step to take back."""

    code = "transfer_nothing_to_undo"
    text = Text("Tidak ada langkah yang dapat dibatalkan: {status}.", "There is no step to take back: {status}.")


class DifferenceSettled(Conflict):
    """What was found or written off afterwards rests on the delivery."""

    code = "transfer_difference_settled"
    text = Text(
        "Selisih pengiriman ini sudah diselesaikan; penerimaannya tidak dapat dibatalkan lagi.",
        "The difference of this transfer was settled; its delivery can no longer be undone.",
    )


class PledgeSettlesThis(Conflict):
    """The transfer of a pledge is its event's affair."""

    code = "pledge_settles_this"
    text = Text(
        "Pengiriman ini milik dukungan {pledge}; batalkan atau selesaikan lewat acaranya.",
        "This transfer belongs to pledge {pledge}; its event releases or settles it.",
    )


class NotAReturn(Conflict):
    """Only the return of pooled goods can be sent on to the next event."""

    code = "transfer_not_a_return"
    text = Text(
        "Hanya pengembalian barang dari kit acara yang dapat dialihkan.",
        "Only a return of goods from an event kit can be redirected.",
    )


class ReturnGoesHome(Conflict):
    """What is left of a closed event goes home, or on to the next event: its return is never given up."""

    code = "return_goes_home"
    text = Text(
        "Pengembalian dari gudang acara yang sudah ditutup tidak dapat dibatalkan; kirim atau alihkan.",
        "A return from a closed event kit cannot be called off; dispatch it or redirect it.",
    )


class NotThisEnd(NotPermitted):
    """The actor sees the transfer, but the step belongs to the other end."""

    code = "not_this_end"
    text = Text(
        "Langkah ini milik Dinas {belongs}; Anda dari Dinas {office}.",
        "This step belongs to office {belongs}; you are of office {office}.",
    )


class ApprovedElsewhere(Conflict):
    """What a request, a loan's return or an event's close approved is cancelled, but never only asked for again."""

    code = "transfer_approved_elsewhere"
    text = Text(
        "Pengiriman ini disetujui bersama dokumen lain (permintaan, pengembalian pinjaman, penutupan acara); batalkan"
        " pengirimannya.",
        "This transfer was approved with another document (a request, a loan's return, an event's close); cancel it.",
    )


_ASKED = Text("meminta pengiriman ini", "asked for this transfer")
_APPROVED = Text("menyetujui pengiriman ini", "approved this transfer")
_SENT = Text("mengirimnya atau mencatat yang hilang", "dispatched it or noted what is missing")


@dataclass(frozen=True, slots=True)
class Count:
    """What one receipt found."""

    received: int = 0
    rejected: int = 0
    missing: int = 0
    surplus: int = 0

    @property
    def accounted(self) -> int:
        """How much of what was under way this receipt explains."""
        return self.received + self.rejected + self.missing


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a dispatched transfer: received + rejected + missing never exceed dispatched.

    `missing` counts what was not found; `written_off` is the part of it given up.
    """

    dispatched: int
    received: int = 0
    rejected: int = 0
    missing: int = 0
    written_off: int = 0
    surplus: int = 0

    @property
    def outstanding(self) -> int:
        """What no receipt has accounted for yet."""
        return self.dispatched - self.received - self.rejected - self.missing

    @property
    def in_transit(self) -> int:
        """What lies in the transfer's own place on the books: outstanding, or missing and not given up."""
        return self.dispatched - self.received - self.rejected - self.written_off

    @property
    def disputed(self) -> int:
        """What is missing and not given up."""
        return self.missing - self.written_off

    @property
    def status(self) -> TransferStatus:
        """Where a dispatched transfer stands, read off its numbers."""
        if self.outstanding:
            return TransferStatus.DISPATCHED
        return TransferStatus.DISPUTED if self.disputed else TransferStatus.RECEIVED


def check_status(status: TransferStatus, *needed: TransferStatus) -> None:
    """Raise `TransferNotReady` unless the transfer is where the step begins."""
    if status not in needed:
        raise TransferNotReady(status=status, needed=needed)


def check_side(office: str, *ends: str) -> None:
    """Raise `NotThisEnd` unless the office is one of the ends, or above one."""
    if not any(covers(office, end) for end in ends):
        raise NotThisEnd(office=office, belongs=", ".join(ends))


def check_approver(office: str, from_office: str, to_office: str) -> None:
    """Raise `NotThisEnd` unless the office is from's itself or a common superior of both ends.

    The province of the sender alone may not give a regency's goods to another province.
    """
    if office != from_office and not (covers(office, from_office) and covers(office, to_office)):
        raise NotThisEnd(office=office, belongs=from_office)


def check_pooled(owner: str, to_office: str, *, to_kit: bool) -> None:
    """Raise `PooledGoodsGoHome` when goods of a kit would end in a store that may not use them."""
    if not to_kit and to_office != owner:
        raise PooledGoodsGoHome(pointer="/to_store", owner=owner)


def approve(requested: int, quantity: int | None, reason: str) -> int:
    """What is approved: all that was asked unless said otherwise; more needs a reason."""
    approved = requested if quantity is None else quantity
    if approved > requested and not reason:
        raise TransferReasonNeeded(pointer="/reason")
    return approved


def check_approval(user_id: int, asked_by: int, approved: int, limit: int | None) -> None:
    """Above the sender's limit, who approves is not who asked; raises `SamePerson`."""
    if limit is not None and approved > limit:
        check_second(user_id, first=[asked_by], part=_ASKED)


def check_sender(user_id: int, approved_by: int | None, approved: int, limit: int | None) -> None:
    """Above the sender's limit, who dispatches is not who approved; raises `SamePerson`."""
    if limit is not None and approved > limit:
        check_second(user_id, first=[approved_by], part=_APPROVED)


def check_write_off(user_id: int, hands: Collection[int | None], *, checked: bool) -> None:
    """Where the sender wants a second person, nobody through whose hands goods went missing gives them up."""
    if checked:
        check_second(user_id, first=hands, part=_SENT)


def dispatch(approved: int, quantity: int | None) -> int:
    """What leaves: all that was approved, or less; the rest is not owed."""
    sent = approved if quantity is None else quantity
    if sent > approved:
        raise MoreThanApproved(pointer="/quantity", approved=approved, asked=sent)
    return sent


def receive(tally: Tally, count: Count, reason: str, seen_by: str) -> Tally:
    """The numbers after one receipt."""
    if not count.accounted + count.surplus:
        raise NothingToMove
    if (count.rejected or count.missing or count.surplus) and not reason:
        raise TransferReasonNeeded(pointer="/reason")
    if count.surplus and not seen_by:
        raise SurplusUnwitnessed(pointer="/seen_by")
    if count.accounted > tally.outstanding:
        raise MoreThanUnderWay(outstanding=tally.outstanding, counted=count.accounted)
    after = replace(
        tally,
        received=tally.received + count.received,
        rejected=tally.rejected + count.rejected,
        missing=tally.missing + count.missing,
        surplus=tally.surplus + count.surplus,
    )
    if count.surplus and after.outstanding + after.disputed:
        raise SurplusTooEarly(pointer="/surplus", outstanding=after.outstanding + after.disputed)
    return after


def bring(requested: int, arrived: int, reason: str) -> Tally:
    """The numbers of goods that were sent and counted in one step: what did not arrive is missing."""
    if arrived > requested:
        raise MoreThanUnderWay(outstanding=requested, counted=arrived)
    if arrived < requested and not reason:
        raise TransferReasonNeeded(pointer="/reason")
    return Tally(requested, received=arrived, missing=requested - arrived)


def resolve(tally: Tally, found: int, written_off: int) -> Tally:
    """The numbers after missing goods were found or given up."""
    if not found + written_off:
        raise NothingToMove
    if found + written_off > tally.disputed:
        raise MoreThanMissing(missing=tally.disputed, asked=found + written_off)
    return replace(
        tally,
        received=tally.received + found,
        missing=tally.missing - found,
        written_off=tally.written_off + written_off,
    )


def undeliver(tally: Tally, count: Count, noted_missing: int) -> Tally:
    """The numbers without one receipt; `noted_missing` is what all receipts together called missing."""
    if tally.written_off or tally.missing != noted_missing:
        raise DifferenceSettled
    return replace(
        tally,
        received=tally.received - count.received,
        rejected=tally.rejected - count.rejected,
        missing=tally.missing - count.missing,
        surplus=tally.surplus - count.surplus,
    )


def last_step(status: TransferStatus, *, delivered: bool) -> Step:
    """What an undo would take back; raises `NothingToUndo`."""
    if delivered:
        return Step.DELIVERY
    if status is TransferStatus.DISPATCHED:
        return Step.DISPATCH
    if status is TransferStatus.APPROVED:
        return Step.APPROVAL
    raise NothingToUndo(status=status)
