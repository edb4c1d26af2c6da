"""What a recording may become, how a NIK is shown, and which line of a batch is bad."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from inventory import niks
from inventory.errors import Fault, InventoryError, RuleViolated
from inventory.texts import Text

CLOCK_DRIFT = timedelta(minutes=10)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class RecordingStatus(StrEnum):
    """Where a recording stands; `printed` and `issued` are set by printing only."""

    BIO_CAPTURED = "bio_captured"
    SFE = "sfe"
    PRR = "prr"
    FAILED = "failed"
    PRINTED = "printed"
    ISSUED = "issued"


class ReportedStatus(StrEnum):
    """What the central system reports of a recording: any of these may follow any other until a card is printed."""

    BIO_CAPTURED = "bio_captured"
    SFE = "sfe"
    PRR = "prr"
    FAILED = "failed"


class PrintReason(StrEnum):
    """Why a card is printed (alasan cetak)."""

    FIRST_CARD = "first_card"
    DAMAGED = "damaged"
    LOST = "lost"
    DATA_CHANGE = "data_change"
    MOVED_IN = "moved_in"
    SUKET = "suket"
    OUT_OF_DOMICILE = "out_of_domicile"
    DISASTER = "disaster"


HAS_CARD = frozenset({RecordingStatus.PRINTED, RecordingStatus.ISSUED})
# A reference to a recording in a request: its id (a JSON number) or its client id (text).
Reference = int | str


class ClientIdTaken(RuleViolated):
    """The office has another recording under this client id."""

    code = "client_id_taken"
    text = Text(
        "client_id ini sudah dipakai Dinas {office} untuk perekaman lain.",
        "Office {office} uses this client_id for another recording.",
    )


class ClientIdShowsNik(RuleViolated):
    """A client id is shown everywhere, so it may contain no NIK, nor what looks like one."""

    code = "client_id_shows_nik"
    text = Text("client_id tidak boleh memuat NIK atau 16 angka.", "The client_id may contain no NIK and no 16 digits.")


class FailureCodeMissing(RuleViolated):
    """A failed recording says how it failed."""

    code = "failure_code_missing"
    text = Text(
        "Keadaan gagal memerlukan alasan gagalnya, mis. DUPLICATE_RECORD (data ganda).",
        "The status failed needs a failure code, like DUPLICATE_RECORD.",
    )


class FailureCodeUnexpected(RuleViolated):
    """Only a failed recording has a failure code."""

    code = "failure_code_unexpected"
    text = Text("Alasan gagal hanya untuk keadaan gagal.", "A failure code is for the status failed only.")


class RecordedInFuture(RuleViolated):
    """Nobody was recorded tomorrow; clocks may differ by ten minutes."""

    code = "recorded_in_future"
    text = Text("Waktu perekaman belum tiba.", "The time of recording has not come yet.")


class RecordedTooEarly(RuleViolated):
    """There were no electronic recordings before 2000."""

    code = "recorded_too_early"
    text = Text("Waktu perekaman sebelum tahun 2000.", "The time of recording is before the year 2000.")


class EventOfAnotherOffice(RuleViolated):
    """Recordings of an event belong to its host."""

    code = "event_of_another_office"
    text = Text(
        "Acara {event} diselenggarakan Dinas {host}, bukan {office}.",
        "Event {event} is hosted by office {host}, not {office}.",
    )


class EventHasEnded(RuleViolated):
    """A closed or cancelled event takes no more recordings."""

    code = "event_has_ended"
    text = Text(
        "Acara {event} sudah {status}; rekam tanpa acara.", "Event {event} is {status}; record without an event."
    )


class EventUnknown(RuleViolated):
    """A line names an event that does not exist or is out of the actor's reach."""

    code = "event_unknown"
    text = Text("Acara {event} tidak ditemukan.", "Event {event} was not found.")


class StopUnknown(RuleViolated):
    """A line names a stop that is not one of its event."""

    code = "stop_unknown"
    text = Text("Lokasi {stop} bukan bagian dari acara baris ini.", "Stop {stop} is not part of this line's event.")


class OfficeUnknown(RuleViolated):
    """A line names an office that does not exist."""

    code = "office_unknown"
    text = Text("Dinas {office} tidak ditemukan.", "Office {office} was not found.")


class NotKeptBefore(RuleViolated):
    """The first request with this key refused the line, and repeating it changes nothing."""

    code = "not_kept_before"
    text = Text(
        "Baris ini ditolak pada permintaan pertama dengan kunci ini; kirim lagi dengan kunci baru.",
        "The first request with this key refused this line; send it again with a new key.",
    )


class RecordingUnknown(RuleViolated):
    """A line refers to no recording that the actor reaches."""

    code = "recording_unknown"
    text = Text("Perekaman ini tidak ditemukan.", "This recording was not found.")


class RecordingAmbiguous(RuleViolated):
    """A line refers to several recordings."""

    code = "recording_ambiguous"
    text = Text(
        "Rujukan ini cocok dengan beberapa perekaman; pakai id (angka) atau sebut office.",
        "This reference fits several recordings; use the id (a number) or name the office.",
    )


class AlreadyPrinted(RuleViolated):
    """A card was printed for this recording, so its status is no longer reported from outside."""

    code = "already_printed"
    text = Text("Kartunya sudah dicetak (status {status}).", "Its card was printed already (status {status}).")


class InOpenJob(RuleViolated):
    """A recording that waits in a print job stays print-ready until the job lets it go."""

    code = "in_open_job"
    text = Text(
        "Perekaman ini menunggu di pekerjaan cetak {job}; batalkan dulu.",
        "This recording waits in print job {job}; cancel that first.",
    )


class StatusBackwards(RuleViolated):
    """A status moves forward or to failed; an older list does not take it back."""

    code = "status_backwards"
    text = Text(
        "Perekaman sudah {status}; tidak mundur ke {asked}.",
        "The recording is {status} already; it does not go back to {asked}.",
    )


class OutsideReach(RuleViolated):
    """A line names an office that the actor does not reach."""

    code = "office_outside_reach"
    text = Text("Dinas {office} di luar jangkauan Anda.", "Office {office} is out of your reach.")


@dataclass(frozen=True)
class LineFault(Fault):
    """What is wrong with one line of a batch: `number` counts from 1, in a CSV as its lines do."""

    number: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line stands in its request: its number, and a JSON pointer or `line N`."""

    number: int
    pointer: str

    def fault(self, field: str, text: Text, code: str) -> LineFault:
        """What is wrong at one field; a pointer into a CSV ends at the line, so there the text names the field."""
        if self.pointer.startswith("/"):
            pointer = f"{self.pointer}/{field}" if field else self.pointer
            return LineFault(pointer, text, code, self.number, field)
        named = Text(f"{field}: {text}", f"{field}: {text.en}") if field else text
        return LineFault(self.pointer, named, code, self.number, field)

    def refuse(self, field: str, error: InventoryError) -> LineFault:
        """The same, out of an error that states the fact."""
        return self.fault(field, error.sentence, error.code)


@dataclass(frozen=True, slots=True)
class NewRecording:
    """One person as a line of a batch says. `repr` keeps NIK and name out of any traceback."""

    spot: Spot
    client_id: str
    nik: str
    reason: PrintReason
    status: ReportedStatus
    office: str
    recorded_at: datetime
    name: str | None = None
    event: int | None = None
    stop: int | None = None
    failure: str | None = None

    def __repr__(self) -> str:
        return f"NewRecording({self.spot.pointer})"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One line of a list of status changes."""

    spot: Spot
    reference: Reference
    status: ReportedStatus
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A recording that a reference may mean."""

    id: int
    client_id: str
    office: str
    event: int | None
    status: RecordingStatus
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What a line's event is: its host and status, and the stops of it that lines name."""

    host: str
    status: str
    ended: bool
    stops: frozenset[int] = frozenset()


def check_failure(status: ReportedStatus, failure: str | None) -> None:
    """Raise `FailureCodeMissing` or `FailureCodeUnexpected` where status and failure code do not fit."""
    if status is ReportedStatus.FAILED and failure is None:
        raise FailureCodeMissing
    if status is not ReportedStatus.FAILED and failure is not None:
        raise FailureCodeUnexpected


def judge(line: NewRecording, now: datetime) -> list[LineFault]:
    """What is wrong with a line by itself."""
    faults = []
    try:
        check_failure(line.status, line.failure)
    except RuleViolated as error:
        faults.append(line.spot.refuse("failure", error))
    if niks.shows(line.client_id, line.nik):
        faults.append(line.spot.refuse("client_id", ClientIdShowsNik()))
    if line.recorded_at > now + CLOCK_DRIFT:
        faults.append(line.spot.refuse("recorded_at", RecordedInFuture()))
    if line.recorded_at < EARLIEST:
        faults.append(line.spot.refuse("recorded_at", RecordedTooEarly()))
    return faults


def judge_place(line: NewRecording, offices: Iterable[str], events: Mapping[int, EventFacts]) -> list[LineFault]:
    """What is wrong with a line's office, event and stop; `offices` exist and are reached, `events` are visible."""
    if line.office not in offices and (line.event is None or line.event not in events):
        return [line.spot.refuse("office", OfficeUnknown(office=line.office))]
    return judge_event(line.spot, line.office, line.event, line.stop, events)


def judge_event(
    spot: Spot, office: str, named: int | None, stop: int | None, events: Mapping[int, EventFacts]
) -> list[LineFault]:
    """What is wrong with the event and the stop that a line of an office names."""
    event = events.get(named) if named is not None else None
    if event is None and named is not None:
        return [spot.refuse("event", EventUnknown(event=named))]
    if event is not None and event.host != office:
        return [spot.refuse("event", EventOfAnotherOffice(event=named, host=event.host, office=office))]
    if event is not None and event.ended:
        return [spot.refuse("event", EventHasEnded(event=named, status=event.status))]
    wrong = stop is not None and (event is None or stop not in event.stops)
    return [spot.refuse("stop", StopUnknown(stop=stop))] if wrong else []


def without_twins(
    lines: Sequence[NewRecording], contents: Mapping[Spot, Hashable]
) -> tuple[list[NewRecording], list[LineFault]]:
    """The lines whose client id stands once or always with the same content; a later line that differs is bad."""
    first: dict[tuple[str, str], Hashable] = {}
    kept, faults = [], []
    for line in lines:
        content = contents[line.spot]
        if first.setdefault((line.office, line.client_id), content) == content:
            kept.append(line)
        else:
            faults.append(line.spot.refuse("client_id", ClientIdTaken(office=line.office)))
    return kept, faults


def match(
    references: Iterable[Reference], candidates: Iterable[Found]
) -> tuple[dict[Reference, Found], dict[Reference, RuleViolated]]:
    """Which recording each reference means, and why others mean none.

    A number is an id and text a client id. Text that is one recording's client id and spells another one's id is
    ambiguous, and so is a client id that several offices use; text never stands for an id, or a device that numbers
    its own recordings could hit a stranger's.
    """
    by_id: dict[int, Found] = {}
    by_client: defaultdict[str, list[Found]] = defaultdict(list)
    for found in candidates:
        if found.id not in by_id:
            by_id[found.id] = found
            by_client[found.client_id].append(found)
    meant: dict[Reference, Found] = {}
    wrong: dict[Reference, RuleViolated] = {}
    for reference in references:
        if isinstance(reference, int):
            fits = [by_id[reference]] if reference in by_id else []
        else:
            fits = by_client.get(reference, [])
            spelled = by_id.get(spelled_id(reference) or 0)
            if fits and spelled is not None and spelled not in fits:
                fits = [*fits, spelled]
        if len(fits) == 1:
            meant[reference] = fits[0]
        else:
            wrong[reference] = RecordingAmbiguous() if fits else RecordingUnknown()
    return meant, wrong


def spelled_id(reference: str) -> int | None:
    """The id that a text spells, if it is plain digits of an id's length."""
    plain = reference.isascii() and reference.isdecimal() and len(reference) <= len(str(2**53))
    return int(reference) if plain else None


_ORDER: tuple[str, ...] = (RecordingStatus.BIO_CAPTURED, RecordingStatus.SFE, RecordingStatus.PRR)


def judge_change(change: StatusChange, found: Found, job: int | None) -> list[LineFault]:
    """What forbids a status change; `job` is the print job that the recording waits in."""
    try:
        check_failure(change.status, change.failure)
    except RuleViolated as error:
        return [change.spot.refuse("failure", error)]
    if found.status in HAS_CARD:
        return [change.spot.refuse("status", AlreadyPrinted(status=found.status))]
    if job is not None and change.status is not ReportedStatus.PRR:
        return [change.spot.refuse("status", InOpenJob(job=job))]
    if found.status in _ORDER and change.status in _ORDER[: _ORDER.index(found.status)]:
        return [change.spot.refuse("status", StatusBackwards(status=found.status, asked=change.status))]
    return []
