"""What a job, an attempt and a card may be; which blank of whose goes into which attempt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.errors import Conflict, Fault, LinesRefused, RuleViolated
from inventory.offices.rules import told_instant
from inventory.recordings.rules import Reference
from inventory.stock import numbers
from inventory.stock.numbers import Amount, Span
from inventory.stock.rules import AccountKey, Condition, Leg, Part, Place, SpoilReason
from inventory.texts import Text


class JobStatus(StrEnum):
    """How far a print job has come; the last two are ends."""

    DRAFT = "draft"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of one blank in the printer."""

    PRINTED = "printed"
    SPOILED = "spoiled"


class CardStatus(StrEnum):
    """Where a card stands; an undone one never was a card."""

    WAITING = "waiting"
    ISSUED = "issued"
    LOST = "lost"
    UNDONE = "undone"


UNFINISHED = frozenset({JobStatus.DRAFT, JobStatus.OPEN})


class JobNotOpen(Conflict):
    """The job is not in the state that the request needs."""

    code = "job_not_open"
    text = Text("Pekerjaan cetak {job} berstatus {status}.", "Print job {job} is {status}.")


class EventNotPrinting(Conflict):
    """Jobs of an event are made and undone only while it runs."""

    code = "event_not_printing"
    text = Text(
        "Acara {event} berstatus {status}; mencetak hanya selama acara berjalan.",
        "Event {event} is {status}; printing goes on only while it runs.",
    )


class EventPrintsFromItsKit(RuleViolated):
    """A job of an event draws the pooled blanks, which lie in the event's kit."""

    code = "event_prints_from_its_kit"
    text = Text(
        "Pekerjaan cetak acara {event} memakai gudang acaranya, bukan {store}; tanpa event gudang ini boleh dipakai.",
        "A print job of event {event} uses the event's kit, not {store}; without event this store may be used.",
    )


class NotPrintReady(Conflict):
    """Some recordings are not print-ready (prr)."""

    code = "not_print_ready"
    text = Text("{count} perekaman belum siap cetak (prr).", "{count} recordings are not print-ready (prr).")


class RecordingInOtherJob(Conflict):
    """Some recordings wait in another job."""

    code = "recording_in_other_job"
    text = Text(
        "{count} perekaman sudah menunggu di pekerjaan cetak lain.", "{count} recordings wait in another print job."
    )


class QueueOnly(Conflict):
    """The office prints by its queue: staff do not pick whom they print."""

    code = "queue_only"
    text = Text(
        "Dinas {office} mencetak menurut antrean: sebut berapa yang diambil, bukan siapa.",
        "Office {office} prints by its queue: say how many to take, not whom.",
    )


class RecordingTwice(RuleViolated):
    """A request names one recording on two lines."""

    code = "recording_twice"
    text = Text("Perekaman ini sudah disebut di baris {line}.", "This recording was named on line {line} already.")


class RecordingOfOtherOffice(RuleViolated):
    """What is recorded and printed in one step belongs to the store's office."""

    code = "recording_of_other_office"
    text = Text("Perekaman di gudang ini milik Dinas {office}.", "Recordings at this store belong to office {office}.")


class NotInJob(RuleViolated):
    """A result names a recording that the job does not have."""

    code = "recording_not_in_job"
    text = Text("Perekaman ini tidak ada di pekerjaan cetak {job}.", "This recording is not in print job {job}.")


class SpoilReasonMissing(RuleViolated):
    """A spoiled blank has a reason."""

    code = "spoil_reason_missing"
    text = Text("Hasil spoiled memerlukan alasan.", "The outcome spoiled needs a reason.")


class SpoilReasonUnexpected(RuleViolated):
    """A printed card has no reason."""

    code = "spoil_reason_unexpected"
    text = Text("Alasan hanya untuk hasil spoiled.", "A reason is for the outcome spoiled only.")


class ResultAfterPrinted(RuleViolated):
    """A request reports another attempt on a recording that it reports as printed before."""

    code = "result_after_printed"
    text = Text(
        "Perekaman ini sudah dilaporkan tercetak di baris sebelumnya.",
        "This recording was reported printed on an earlier line.",
    )


class NotWaiting(Conflict):
    """Some results are for recordings that do not wait in the job any more."""

    code = "recording_not_waiting"
    text = Text(
        "{count} perekaman tidak menunggu lagi di pekerjaan cetak {job}: sudah dicetak atau dilepas.",
        "{count} recordings do not wait in print job {job} any more: printed already, or let go.",
    )


class NothingToUndo(Conflict):
    """No standing attempt is left for this recording."""

    code = "nothing_to_undo"
    text = Text("Tidak ada hasil yang dapat dibatalkan.", "There is no result left to undo.")


class UndoTooLate(Conflict):
    """The office's time for an undo is over."""

    code = "undo_too_late"
    text = Text(
        "Pembatalan hanya boleh dalam {minutes} menit; batasnya {until}.",
        "An undo is possible within {minutes} minutes; the limit was {until}.",
    )


class CardMovedOn(Conflict):
    """The card is not where the attempt left it."""

    code = "card_moved_on"
    text = Text("Kartunya sekarang {status} di {store}.", "Its card is now {status} at {store}.")


class BlanksDoNotMatch(RuleViolated):
    """The numbers of the blanks that were used are one for each attempt."""

    code = "blanks_do_not_match"
    text = Text(
        "Disebut {blanks} nomor blangko untuk {attempts} hasil; satu nomor untuk setiap hasil.",
        "{blanks} numbers of blanks were named for {attempts} results; it is one for each.",
    )


class HandIsEmpty(Conflict):
    """What was counted at the end of a shift stays as it was counted."""

    code = "hand_is_empty"
    text = Text(
        "Blangko ini berasal dari sif {custody}, yang sudah dihitung; kelebihannya dicatat lewat stok opname.",
        "This blank came out of custody session {custody}, which was counted; a surplus is booked by a count.",
    )


class PrinterUnknown(RuleViolated):
    """A store that has listed its printers prints on these."""

    code = "printer_unknown"
    text = Text(
        "{store} tidak punya printer {printer}; yang ada: {known}.",
        "{store} has no printer {printer}; there are: {known}.",
    )


class VersionNotPrinted(RuleViolated):
    """A printer, or a print room, prints the versions it states."""

    code = "version_not_printed"
    text = Text(
        "{where} tidak dapat mencetak {item}; yang dapat: {prints}.", "{where} cannot print {item}; it prints {prints}."
    )


class CardsNotWaiting(Conflict):
    """Some cards are not waiting to be handed over."""

    code = "cards_not_waiting"
    text = Text(
        "{count} baris tidak punya kartu yang menunggu diserahkan.",
        "{count} lines have no card that waits to be handed over.",
    )


class CardsNotIssued(Conflict):
    """Some cards were not handed over."""

    code = "cards_not_issued"
    text = Text("{count} baris tidak punya kartu yang sudah diserahkan.", "{count} lines have no card handed over.")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one blank, as a line of a request says."""

    recording: Reference
    outcome: Outcome
    reason: SpoilReason | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A recording in a job; where it waits no more, `why` says what became of it."""

    recording: int
    waiting: bool
    why: Fault | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to be written: a recording, what became of its blank, and the blank's number where it is known."""

    recording: int
    outcome: Outcome
    reason: SpoilReason | None = None
    number: Span | None = None


def attempts(job: int, results: Sequence[Result], lines: Mapping[Reference, Line]) -> list[Try]:
    """The attempts that a list of results means, in its order.

    Raises `RuleViolated` with every line that can never be right, else `NotWaiting` with every line whose recording
    does not wait any more.
    """
    wrong: list[Fault] = []
    late: list[Fault] = []
    printed: set[int] = set()
    tries: list[Try] = []
    for index, result in enumerate(results):
        place = f"/results/{index}"
        line = lines.get(result.recording)
        error = _wrong(job, result, line, printed)
        if error is not None:
            wrong.append(Fault(f"{place}/{_wrong_field(error)}", error.sentence, error.code))
        elif line is not None and not line.waiting:
            why = line.why or Fault("", NotWaiting.text.format(count=1, job=job), NotWaiting.code)
            late.append(replace(why, pointer=f"{place}/recording"))
        elif line is not None:
            number = None if result.number is None else numbers.read(result.number, f"{place}/number")
            tries.append(Try(line.recording, result.outcome, result.reason, number))
            if result.outcome is Outcome.PRINTED:
                printed.add(line.recording)
    if wrong:
        raise LinesRefused(wrong)
    if late:
        raise NotWaiting(faults=late, count=len(late), job=job)
    return tries


def _wrong(job: int, result: Result, line: Line | None, printed: set[int]) -> RuleViolated | None:
    if line is None:
        return NotInJob(job=job)
    if result.outcome is Outcome.SPOILED and result.reason is None:
        return SpoilReasonMissing()
    if result.outcome is Outcome.PRINTED and result.reason is not None:
        return SpoilReasonUnexpected()
    return ResultAfterPrinted() if line.recording in printed else None


def _wrong_field(error: RuleViolated) -> str:
    if isinstance(error, SpoilReasonMissing | SpoilReasonUnexpected):
        return "reason"
    return "recording" if isinstance(error, NotInJob) else "outcome"


def becomes(blank: AccountKey, outcome: Outcome, reason: SpoilReason | None) -> AccountKey:
    """Where a blank is after an attempt: a card of its store, or in its quarantine, whoever's hand it was in."""
    if outcome is Outcome.SPOILED and reason is not None:
        return blank.spoiled(reason)
    return blank.at(Place.STORE).as_(Condition.PRINTED)


def scanned(tries: Sequence[Try]) -> Amount:
    """The numbers that the attempts name, each at its line; raises `NumbersTwice`."""
    named = [(attempt.number, f"/results/{index}/number") for index, attempt in enumerate(tries) if attempt.number]
    spans, pointers = tuple(span for span, _ in named), tuple(pointer for _, pointer in named)
    numbers.check_once(spans, pointers)
    return Amount(len(spans), spans, pointers)


def with_numbers(tries: Sequence[Try], amount: Amount) -> list[Try]:
    """The attempts with the numbers of the blanks that went through the printer in this order.

    Raises `BlanksDoNotMatch` unless there is one for each attempt.
    """
    if not amount.numbered:
        return list(tries)
    if amount.quantity != len(tries) or any(attempt.number for attempt in tries):
        raise BlanksDoNotMatch(blanks=amount.quantity, attempts=len(tries))
    single = numbers.singles(amount.spans)
    return [replace(attempt, number=number) for attempt, number in zip(tries, single, strict=True)]


def fed(parts: Sequence[Part], tries: Sequence[Try]) -> list[AccountKey]:
    """The account that each attempt draws its blank from: that of its number, or the next one in order."""
    counted = [part.key for part in parts if not part.spans for _ in range(part.quantity)]
    holders = {number: part.key for part in parts for number in numbers.singles(part.spans)}
    queue = iter(counted)
    return [next(queue) if attempt.number is None else holders[attempt.number] for attempt in tries]


def legs_of(blanks: Sequence[AccountKey], tries: Sequence[Try]) -> list[Leg]:
    """What one movement does for all attempts: each blank becomes printed or spoiled."""
    sums: Counter[tuple[AccountKey, AccountKey]] = Counter()
    carried: defaultdict[tuple[AccountKey, AccountKey], list[Span]] = defaultdict(list)
    for key, attempt in zip(blanks, tries, strict=True):
        way = key, becomes(key, attempt.outcome, attempt.reason)
        sums[way] += 1
        if attempt.number is not None:
            carried[way].append(attempt.number)
    return [Leg(*way, quantity, tuple(numbers.compact(carried[way]))) for way, quantity in sums.items()]


def handed_over(key: AccountKey) -> AccountKey:
    """The account of a waiting card's goods once it is issued."""
    return key.at(Place.ISSUED)


def check_undo(at: datetime, now: datetime, minutes: int, time_zone: str) -> None:
    """Raise `UndoTooLate` when more than the office's minutes have passed since `at`."""
    if now > (until := at + timedelta(minutes=minutes)):
        raise UndoTooLate(minutes=minutes, until=told_instant(until, time_zone))


def first_lines(recordings: Sequence[int], name: str) -> None:
    """Raise `LinesRefused` with every line that repeats an earlier line's recording."""
    seen: dict[int, int] = {}
    faults = []
    for index, recording in enumerate(recordings):
        line = seen.setdefault(recording, index)
        if line != index:
            error = RecordingTwice(line=line + 1)
            faults.append(Fault(f"/{name}/{index}", error.sentence, error.code))
    if faults:
        raise LinesRefused(faults)


def in_other_jobs(jobs: Mapping[int, int]) -> RecordingInOtherJob:
    """The conflict that names the lines whose recordings wait in another job, each with that job."""
    faults = [waits_elsewhere(job, f"/recordings/{index}") for index, job in jobs.items()]
    return RecordingInOtherJob(faults=faults, count=len(jobs))


def waits_elsewhere(job: int, pointer: str = "") -> Fault:
    """What is said of one line whose recording waits in another job."""
    told = Text("Perekaman ini menunggu di pekerjaan cetak {job}.", "This recording waits in print job {job}.")
    return Fault(pointer, told.format(job=job), RecordingInOtherJob.code)


def named(error: type[Conflict], name: str, lines: Sequence[int]) -> Conflict:
    """A conflict that names the lines of a request which do not fit."""
    text = error.text.format(count=1)
    faults = [Fault(f"/{name}/{index}", text, error.code) for index in lines]
    return error(faults=faults, count=len(lines))
