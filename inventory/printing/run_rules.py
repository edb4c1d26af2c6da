"""What a run through a printer may be, what a person's count says of it, and what a check finds; pure decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from inventory.errors import Conflict, Fault, LinesRefused, RuleViolated
from inventory.printing.rules import JobStatus, Outcome, SpoilReasonMissing, SpoilReasonUnexpected, Try
from inventory.recordings.rules import Reference
from inventory.stock import numbers
from inventory.stock.numbers import NOTHING, Amount, Span
from inventory.stock.rules import SpoilReason
from inventory.texts import Text, figure


class JobState(StrEnum):
    """A job as people speak of it: an open one is queued until something of it went to its printer."""

    DRAFTED = "drafted"
    QUEUED = "queued"
    PRINTING = "printing"
    DONE = "done"
    CANCELLED = "cancelled"


class RunStatus(StrEnum):
    """A run is open until a person says what came out; an aborted one used no blank."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    ABORTED = "aborted"


class Stage(StrEnum):
    """How far one recording came in a run; the last three are ends."""

    SENT = "sent"
    TAKEN = "taken"
    ENCODED = "encoded"
    PRINTED = "printed"
    SPOILED = "spoiled"
    RETURNED = "returned"


class ReportedStage(StrEnum):
    """What is reported while the run is under way; how it ended is said by a confirmation or by results."""

    TAKEN = "taken"
    ENCODED = "encoded"


class Quality(StrEnum):
    """What somebody who looked at a card found."""

    GOOD = "good"
    BAD = "bad"


class Fingerprint(StrEnum):
    """What became of the 1:1 comparison of the finger with the chip."""

    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    NOT_TAKEN = "not_taken"


class GoodFingerprint(StrEnum):
    """The same for a card that is handed over at once: it was found good."""

    MATCHED = "matched"
    NOT_TAKEN = "not_taken"


_ORDER = (Stage.SENT, Stage.TAKEN, Stage.ENCODED)


class RunUnconfirmed(Conflict):
    """Nobody said yet what came out of a run, so nothing else is sent to that printer."""

    code = "run_unconfirmed"
    text = Text(
        "Putaran cetak {run} (pekerjaan {job}) dimulai {began} dengan {quantity} kartu dan belum dikonfirmasi:"
        " hitung kartunya lalu konfirmasi.",
        "Run {run} (job {job}) began at {began} with {quantity} cards and is not confirmed: count the cards, then"
        " confirm.",
    )


class NoRunOpen(Conflict):
    """There is nothing to confirm, or another run than the one that was named is open."""

    code = "no_run_open"
    text = Text(
        "Pekerjaan cetak {job} tidak punya putaran cetak {run} yang terbuka.", "Print job {job} has no open run {run}."
    )


class FewerWait(Conflict):
    """A run was asked for more than waits in the job."""

    code = "fewer_wait"
    text = Text(
        "Pekerjaan cetak {job} tinggal {waiting} yang menunggu; diminta {asked}.",
        "Only {waiting} wait in print job {job}; {asked} were asked for.",
    )


class ConfirmNeeded(Conflict):
    """The office wants a person's count before anything is called printed."""

    code = "confirm_needed"
    text = Text(
        "Dinas {office} mewajibkan konfirmasi fisik: kirim ke printer, hitung kartunya, lalu konfirmasi.",
        "Office {office} wants what was printed to be confirmed: send to the printer, count the cards, then confirm.",
    )


class CountDoesNotMatch(RuleViolated):
    """The cards that were counted are not those that the rest of the request says were printed."""

    code = "count_does_not_match"
    text = Text("Terhitung {counted}, seharusnya {expected}.", "{counted} were counted, {expected} expected.")
    fewer = Text("Kurang {many} kartu: baris mana yang belum jadi?", "Short by {many}: which lines have no card yet?")
    more = Text("Lebih {many} kartu: hitung kartu dan baris sekali lagi.", "{many} too many: count them again.")

    def __init__(self, *, counted: int, expected: int, waiting: int, absent: int, pointer: str) -> None:
        super().__init__(counted=counted, expected=expected, waiting=waiting, absent=absent)
        off, lead = abs(expected - counted), self.fewer if counted < expected else self.more
        lead = lead.format(many=Text("satu", "one") if off == 1 else figure(off))
        self.sentence = Text(f"{lead} {self.sentence}", f"{lead.en} {self.sentence.en}")
        self.pointer, self.faults = pointer, [Fault(pointer, self.sentence, self.code)]


class NotInRun(RuleViolated):
    """A line names a recording that is not under way in the run."""

    code = "recording_not_in_run"
    text = Text(
        "Perekaman ini tidak sedang dicetak di putaran cetak {run}.", "This recording is not under way in run {run}."
    )


class CardOfNotPrinted(RuleViolated):
    """A confirmation names the blank of a card and says that there is no card."""

    code = "card_of_not_printed"
    text = Text(
        "Perekaman ini disebut juga tanpa kartu; tanpa kartu tidak ada nomor kartu.",
        "This recording is named as without a card too; without a card there is no number of a card.",
    )


class StageBackwards(Conflict):
    """A blank that was encoded is not merely taken any more."""

    code = "stage_backwards"
    text = Text("Perekaman ini sudah {stage}; tidak mundur.", "This recording is {stage} already; it does not go back.")


class BlankBound(Conflict):
    """A recording under way has its blank already, or the blank its recording."""

    code = "blank_bound"
    text = Text(
        "Blangko {number} sudah dipakai untuk perekaman {recording} di putaran cetak {run}.",
        "Blank {number} is taken for recording {recording} in run {run}.",
    )


class NumberAlreadyUsed(Conflict):
    """A blank became a card, or was spoiled, once."""

    code = "number_already_used"
    text = Text(
        "Blangko {number} sudah dipakai: {outcome}, perekaman {recording}, pekerjaan cetak {job}.",
        "Blank {number} was used: {outcome}, recording {recording}, print job {job}.",
    )


class CardAlreadyPrinted(Conflict):
    """A result for a recording whose card waits to be handed over."""

    code = "card_already_printed"
    text = Text("Kartu perekaman ini sudah dicetak.", "The card of this recording was printed already.")


class CardAlreadyIssued(Conflict):
    """A result for a recording whose card was handed over."""

    code = "card_already_issued"
    text = Text("Kartu perekaman ini sudah diserahkan.", "The card of this recording was handed over already.")


class LineLetGo(Conflict):
    """A result for a recording that its job let go of."""

    code = "recording_let_go"
    text = Text(
        "Perekaman ini sudah dilepas dari pekerjaan cetak {job}.", "Print job {job} let go of this recording already."
    )


class CardsNotChecked(Conflict):
    """The office wants each card checked before it is handed over."""

    code = "cards_not_checked"
    text = Text(
        "{count} kartu belum diperiksa; periksa dulu kartunya.",
        "{count} cards were not checked yet; check them first.",
    )


class FoundBad(Conflict):
    """A card that a check found bad is printed anew, not brought back."""

    code = "found_bad"
    text = Text(
        "Kartu ini dinyatakan gagal saat pemeriksaan; cetak ulang dengan blangko lain.",
        "A check found this card bad; print it again with another blank.",
    )


@dataclass(frozen=True, slots=True)
class Spoil:
    """One blank of a run that was spoiled, as a line of a confirmation says."""

    recording: Reference
    reason: SpoilReason
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """Which blank became whose card, as a line of a confirmation says."""

    recording: Reference
    number: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What came out of a run, by the word of a person who counted.

    `counted` are the good cards that were not reported before; `not_printed` those who have none. `blanks` are the
    numbers in the order in which they went through, else each line may name its own.
    """

    run: int
    counted: int
    spoiled: Sequence[Spoil] = ()
    not_printed: Sequence[Reference] = ()
    cards: Sequence[Printed] = ()
    blanks: Amount = NOTHING
    occurred_on: date | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of a report of stages."""

    recording: Reference
    stage: ReportedStage
    number: str | None = None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A recording that waits in an open run: its stage, and the blank that was taken for it."""

    run: int
    recording: int
    stage: Stage = Stage.SENT
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found of one card, as a line of a request says."""

    recording: Reference
    quality: Quality
    fingerprint: Fingerprint = Fingerprint.NOT_TAKEN
    reason: SpoilReason | None = None

    @property
    def spoils(self) -> SpoilReason | None:
        """Why the card is no card, if so: a chip that does not know its owner was encoded wrongly."""
        if self.fingerprint is Fingerprint.NOT_MATCHED:
            return self.reason or SpoilReason.ENCODE_FAILURE
        return self.reason


@dataclass(slots=True)
class Named:
    """The numbers that a request names, each with its pointer."""

    spans: list[Span] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)

    def read(self, number: str | None, pointer: str) -> Span | None:
        """Read one more number; raises `NumberUnreadable`."""
        if number is None:
            return None
        span = numbers.read(number, pointer)
        self.spans.append(span)
        self.pointers.append(pointer)
        return span

    def amount(self) -> Amount:
        """All of them; raises `NumbersTwice`."""
        numbers.check_once(self.spans, self.pointers)
        return Amount(len(self.spans), tuple(self.spans), tuple(self.pointers))


_REASONS = ", ".join(SpoilReason)
_BAD_WHY = Text(f"Kartu yang buruk memerlukan alasan (reason): {_REASONS}.", f"A bad card needs a reason: {_REASONS}.")
_GOOD_WHY = Text("Alasan hanya untuk kartu yang buruk.", "A reason is for a bad card only.")


def state_of(status: JobStatus, *, begun: bool) -> JobState:
    """A job's state in the words of the print room."""
    if status is JobStatus.OPEN:
        return JobState.PRINTING if begun else JobState.QUEUED
    return JobState.DRAFTED if status is JobStatus.DRAFT else JobState(status.value)


def size_of(job: int, waiting: int, asked: int | None) -> int:
    """How many go into a run; raises `FewerWait`."""
    if asked is not None and asked > waiting:
        raise FewerWait(pointer="/quantity", job=job, waiting=waiting, asked=asked)
    return waiting if asked is None else asked


def check_count(counted: int, waiting: int, absent: int) -> None:
    """Raise `CountDoesNotMatch` unless as many good cards were counted as the rest says were printed."""
    expected = waiting - absent
    if counted != expected:
        raise CountDoesNotMatch(pointer="/counted", counted=counted, expected=expected, waiting=waiting, absent=absent)


def came_out(
    lines: Sequence[UnderWay],
    spoiled: Iterable[tuple[int, SpoilReason, Span | None]],
    absent: frozenset[int],
    named: Mapping[int, Span],
) -> list[Try]:
    """The attempts that a confirmation means, in the order of the run: the spoiled blanks of each, then the card's."""
    bad: defaultdict[int, list[Try]] = defaultdict(list)
    for recording, reason, number in spoiled:
        bad[recording].append(Try(recording, Outcome.SPOILED, reason, number))
    tries: list[Try] = []
    for line in lines:
        tries += bad[line.recording]
        if line.recording not in absent:
            tries.append(Try(line.recording, Outcome.PRINTED, number=named.get(line.recording)))
    return tries


def with_bound(tries: Sequence[Try], lines: Iterable[UnderWay]) -> list[Try]:
    """The attempts, where the last of a recording names no number with the blank that was taken for it."""
    bound = {line.recording: numbers.read(line.number) for line in lines if line.number is not None}
    named = {attempt.number for attempt in tries}
    last = {attempt.recording: index for index, attempt in enumerate(tries)}
    return [
        replace(attempt, number=bound[attempt.recording])
        if attempt.number is None
        and last[attempt.recording] == index
        and attempt.recording in bound
        and bound[attempt.recording] not in named
        else attempt
        for index, attempt in enumerate(tries)
    ]


def advanced(line: UnderWay, stage: ReportedStage, number: Span | None) -> UnderWay:
    """The line after one report; the same again changes nothing. Raises `StageBackwards` or `BlankBound`."""
    told = Stage(stage.value)
    if _ORDER.index(told) < _ORDER.index(line.stage):
        raise StageBackwards(stage=line.stage)
    if number is not None and line.number not in (None, str(number)):
        raise BlankBound(number=line.number, recording=line.recording, run=line.run)
    return replace(line, stage=told, number=line.number if number is None else str(number))


def check_findings(findings: Sequence[Found]) -> None:
    """Raise `LinesRefused` for bad cards without a reason, and for good ones with one."""
    faults = []
    for index, found in enumerate(findings):
        bad = found.quality is Quality.BAD
        if bad and found.reason is None:
            faults.append(Fault(f"/cards/{index}/reason", _BAD_WHY, SpoilReasonMissing.code))
        elif found.reason is not None and not bad and found.fingerprint is not Fingerprint.NOT_MATCHED:
            faults.append(Fault(f"/cards/{index}/reason", _GOOD_WHY, SpoilReasonUnexpected.code))
    if faults:
        raise LinesRefused(faults)
