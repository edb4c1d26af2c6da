"""When blanks may be handed to somebody for a shift, and how a session adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.errors import Conflict, RuleViolated
from inventory.stock import numbers
from inventory.stock.numbers import Amount, NumbersNeeded, Span
from inventory.stock.rules import Condition, Place
from inventory.texts import Text


class CustodyStatus(StrEnum):
    """Where a session stands: `disputed` is counted and differs, and waits for an explanation or a second person."""

    OPEN = "open"
    DISPUTED = "disputed"
    CLOSED = "closed"


class CustodyNeeded(Conflict):
    """The office prints only from blanks that were handed out for the shift."""

    code = "custody_needed"
    text = Text(
        "Dinas ini mencetak dari blangko yang diserahkan per sif: minta gudang {store} menyerahkan {item} dulu.",
        "This office prints from blanks handed out for the shift: have store {store} hand {item} out first.",
    )


class CustodyOfBlanksOnly(RuleViolated):
    """Only blanks are handed out for a shift."""

    code = "custody_of_blanks_only"
    text = Text(
        "{item} bukan blangko; hanya blangko yang diserahkan per sif.",
        "{item} is not a blank; only blanks are handed out for a shift.",
    )


class CustodyFromItsKit(RuleViolated):
    """The blanks of an event are handed out from its kit."""

    code = "custody_from_its_kit"
    text = Text(
        "Blangko acara {event} diserahkan dari gudang acaranya, bukan dari {store}.",
        "Blanks of event {event} are handed out from its kit, not from {store}.",
    )


class CustodyReasonNeeded(RuleViolated):
    """More than the day needs is explained."""

    code = "custody_reason_needed"
    text = Text(
        "Diserahkan {asked}, keperluan hari ini {needed}; sebut alasannya.",
        "{asked} are handed out where {needed} are needed; say why.",
    )


class HolderMayNotPrint(RuleViolated):
    """Blanks are handed to an active user who may print there."""

    code = "holder_may_not_print"
    text = Text(
        "Pemegang harus pengguna aktif yang boleh mencetak di {store}; pengguna {holder} bukan.",
        "The holder must be an active user who may print at {store}; user {holder} is not.",
    )


class HolderCounts(RuleViolated):
    """Who holds the blanks does not count them."""

    code = "holder_counts"
    text = Text(
        "Yang memegang blangko ini tidak boleh ikut menghitungnya; pilih orang lain.",
        "Who holds these blanks may not be one of those who count them; choose somebody else.",
    )


class CustodyUnfinished(Conflict):
    """Who has not given account of an earlier day gets nothing more."""

    code = "custody_unfinished"
    text = Text(
        "Pemegang ini belum menyelesaikan sif {session} dari {day}; selesaikan dulu.",
        "This holder has not finished session {session} of {day}; that comes first.",
    )


class CustodyClosed(Conflict):
    """A closed session stays as it is."""

    code = "custody_closed"
    text = Text("Sif {session} sudah ditutup.", "Session {session} is closed already.")


class ReturnNotCounted(RuleViolated):
    """A session ends with a count of what came back, be it nothing."""

    code = "return_not_counted"
    text = Text("Sebut berapa yang kembali; 0 bila tidak ada.", "Say how many came back; 0 for none.")


class SessionFeedsRun(Conflict):
    """Blanks of the session are in a printer, and nobody said yet what became of them."""

    code = "session_feeds_run"
    text = Text(
        "Blangko sif {session} sedang di printer: putaran cetak {run} (pekerjaan {job}) belum dikonfirmasi. Konfirmasi"
        " dulu, lalu tutup sif ini.",
        "Blanks of session {session} are in a printer: run {run} (job {job}) is not confirmed. Confirm it first, then"
        " close this session.",
    )


class CustodyHasNoNumbers(Conflict):
    """What was issued by count comes back by count."""

    code = "custody_has_no_numbers"
    text = Text(
        "Sif {session} diserahkan tanpa nomor; sebut jumlahnya saja.",
        "Session {session} was issued without numbers; give the count only.",
    )


class CustodyMoreThanMissing(Conflict):
    """Later no more is found than is missing."""

    code = "custody_more_than_missing"
    text = Text(
        "Sif {session} tinggal {missing} yang belum kembali; disebut {asked}."
        " Untuk menjelaskan selisihnya, isi penjelasannya saja.",
        "Session {session} has {missing} missing; {asked} were given."
        " To explain the difference, give the explanation alone.",
    )


class CustodyNotWaiting(Conflict):
    """A second person approves a difference once, and only where there is one."""

    code = "custody_not_waiting"
    text = Text(
        "Sif {session} berstatus {status}; tidak ada selisih yang menunggu persetujuan.",
        "Session {session} is {status}; no difference of it waits for approval.",
    )


class CustodyUnexplained(Conflict):
    """A difference is explained before it is approved."""

    code = "custody_unexplained"
    text = Text(
        "Selisih sif {session} belum dijelaskan; petugas gudang menjelaskannya dulu.",
        "The difference of session {session} is not explained; the clerk explains it first.",
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What a count at the end of a shift found: what goes back, and what is beyond the books."""

    back: Amount
    surplus: Amount


@dataclass(frozen=True, slots=True)
class Fed:
    """An open run of a print job that takes its blanks from a holder's hand."""

    run: int
    job: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What became of the blanks of a session in the printer."""

    printed: int = 0
    spoiled: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What one movement of printing did to the accounts of one place, document and condition."""

    movement: int
    place: Place
    document_id: int
    condition: Condition
    quantity: int


def already_counted(store: str, session: int) -> Text:
    """Where numbers are not that were counted back before: the hand of a disputed session, and what to send then."""
    return Text(
        f"{store}, sif {session}, yang sudah dihitung (untuk menjelaskan selisihnya, isi penjelasannya saja)",
        f"{store}, custody session {session}, which was counted already (to explain the difference, give the"
        " explanation alone)",
    )


def check_needed(asked: int, needed: int, reason: str) -> None:
    """Raise `CustodyReasonNeeded` for more than the day needs without a word."""
    if asked > needed and not reason:
        raise CustodyReasonNeeded(pointer="/reason", asked=asked, needed=needed)


def check_not_counting(holder: int, counters: Sequence[int]) -> None:
    """Raise `HolderCounts` when the holder is among those who count."""
    if holder in counters:
        raise HolderCounts(pointer=f"/counted_by/{list(counters).index(holder)}", holder=holder)


def check_earlier(holder: int, unfinished: Iterable[tuple[int, date]], today: date) -> None:
    """Raise `CustodyUnfinished` for an unfinished session (id, day) of a day before today."""
    for session, day in sorted(unfinished):
        if day < today:
            raise CustodyUnfinished(pointer="/holder", holder=holder, session=session, day=day)


def tally(store: str, item: str, in_hand: Amount, counted: Amount) -> Tally:
    """Hold a count against what the books have in hand.

    Where numbers are in hand they are named, unless all of them or none came back: else raises `NumbersNeeded`.
    """
    if counted.numbered:
        back = tuple(numbers.shared(in_hand.spans, counted.spans))
        extra = tuple(numbers.missing(in_hand.spans, counted.spans))
        return Tally(_of(back), _of(extra))
    if in_hand.numbered and counted.quantity not in (0, in_hand.quantity):
        raise NumbersNeeded(pointer="/returned", store=store, item=item, counted=0, numbered=in_hand.quantity)
    if counted.quantity == in_hand.quantity:
        return Tally(in_hand, Amount(0))
    back_count = min(counted.quantity, in_hand.quantity)
    return Tally(Amount(back_count), Amount(counted.quantity - back_count))


def _of(spans: tuple[Span, ...]) -> Amount:
    return Amount(sum(map(len, spans)), spans)


def pairs(spans: Iterable[Span]) -> list[list[str]]:
    """Numbers as they are told: the two ends of as few intervals as there can be."""
    return [list(span.written()) for span in numbers.compact(spans)]


def spans_of(told: Iterable[Sequence[str]]) -> tuple[Span, ...]:
    """The numbers that were told so."""
    return tuple(numbers.interval(first, last) for first, last in told)


def spent(changes: Iterable[Change]) -> dict[int, Spent]:
    """What was printed and spoiled from each session, by what each movement did.

    One movement may draw from two sessions of one hand. What each gave is on the books, which of the cards came of
    which is not: the older one is taken to have been printed first, as it was used up first.
    """
    drawn: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    printed: defaultdict[int, int] = defaultdict(int)
    for change in changes:
        if change.place is Place.CUSTODY:
            drawn[change.movement][change.document_id] -= change.quantity
        elif change.condition is Condition.PRINTED:
            printed[change.movement] += change.quantity
    found: defaultdict[int, Spent] = defaultdict(Spent)
    for movement, sessions in drawn.items():
        left = printed[movement]
        for session, quantity in sorted(sessions.items()):
            mine = min(quantity, left) if quantity > 0 else max(quantity, left)
            left -= mine
            before = found[session]
            found[session] = Spent(before.printed + mine, before.spoiled + quantity - mine)
    return dict(found)


def compared(spent: Spent, printer_count: int | None, siak_count: int | None) -> dict[str, int | None]:
    """How far the counters of the day are from the books: the printer counts every blank in it, SIAK every card."""
    return {
        "printer": None if printer_count is None else printer_count - spent.printed - spent.spoiled,
        "siak": None if siak_count is None else siak_count - spent.printed,
    }
