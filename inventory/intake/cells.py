"""One row of a file as a line of a list: each cell is read, or is a fault that never repeats what it holds."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from inventory import keys, niks
from inventory.intake import rules
from inventory.intake.rules import Profile
from inventory.recordings.lists import ListLine, Person
from inventory.recordings.rules import (
    CLOCK_DRIFT,
    EARLIEST,
    ClientIdShowsNik,
    FailureCodeMissing,
    FailureCodeUnexpected,
    LineFault,
    PrintReason,
    RecordedInFuture,
    RecordedTooEarly,
    ReportedStatus,
    Spot,
)
from inventory.recordings.sameness import in_letters
from inventory.recordings.standing import Told
from inventory.texts import Text
from inventory.words import in_indonesian

_NIK = re.compile(r"[0-9]{16}")
_FAILURE = re.compile(r"(?!.*[0-9]{16})[A-Z0-9_]{2,60}")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?")
_LOCAL = re.compile(
    r"([0-9]{1,2})(?:[/-]([0-9]{1,2})[/-]|[ /-]+([A-Za-z]{3,9})[.,]?[ /-]+)([0-9]{4})"
    r"(?:[ T]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?)?"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"),
            ("feb", "februari", "pebruari", "february"),
            ("mar", "maret", "march"),
            ("apr", "april"),
            ("mei", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("agu", "agt", "ags", "agustus", "aug", "august"),
            ("sep", "sept", "september"),
            ("okt", "oktober", "oct", "october"),
            ("nov", "nop", "november", "nopember"),
            ("des", "desember", "dec", "december"),
        ),
        1,
    )
    for name in names
}
_UNSEEN = ("Cc", "Cf", "Cs", "Cn")
_EXACT = 2**53
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the day 0 of a spreadsheet, in the office's own time
_SERIALS = (36_526, 73_050)  # from 2000 to 2099
_LONGEST_ID, _LONGEST_NAME = 80, 200

REQUIRED = Text("Wajib diisi.", "This is required.")
NIK_WRONG = Text("NIK harus 16 angka.", "A NIK has 16 digits.")
NIK_A_NUMBER = Text(
    "NIK tersimpan sebagai angka sehingga digit terakhirnya hilang; format kolomnya sebagai teks lalu isi ulang.",
    "The NIK was stored as a number, which loses its last digits; format the column as text and fill it in again.",
)
TIME_WRONG = Text(
    "Tulis tanggalnya seperti 31-01-2026, 31/01/2026 atau 31 Januari 2026; boleh dengan jam: 31-01-2026 08:00.",
    "Write the day like 31-01-2026, 31/01/2026 or 31 January 2026, with the hour if you like: 31-01-2026 08:00.",
)
NO_SUCH_DAY = Text("Tanggal ini tidak ada di kalender.", "This date does not exist.")
STATUS_EARLY = Text("Status ini sebelum waktu perekaman.", "This status is from before the recording.")
STATUS_LATE = Text("Waktu status belum tiba.", "The time of the status has not come yet.")
CHARACTERS = Text("Ada karakter yang tidak boleh dipakai.", "It has characters that are not allowed.")
TOO_LONG = Text("Paling banyak {high} karakter.", "It may have at most {high} characters.")
FAILURE_WRONG = Text(
    "Hanya huruf besar, angka, dan garis bawah, mis. DUPLICATE_RECORD.",
    "Only capital letters, digits and underscores, like DUPLICATE_RECORD.",
)
EVENT_WRONG = Text(
    "Acara ini tidak ditemukan. Tulis nomor acaranya, atau kosongkan dan pilih acaranya saat mengimpor.",
    "This event was not found. Write its number, or leave it empty and choose the event on importing.",
)
NUMBER_WRONG = Text("Harus bilangan bulat.", "Must be a whole number.")
OTHER_OFFICE = Text("Baris ini milik Dinas lain daripada impornya.", "This line is of another office than the import.")
TOO_MANY = Text("Sel lebih banyak daripada judul kolom.", "There are more cells than columns in the header.")


def choose(kinds: type[PrintReason | ReportedStatus]) -> Text:
    """The sentence that names what is allowed: in Indonesian by the words that people use."""
    called = ", ".join(str(in_indonesian(kind)) for kind in kinds)
    return Text(f"Pilih salah satu: {called}.", f"Choose one of: {', '.join(kinds)}.")


_MISSING = {"reason": choose(PrintReason), "status": choose(ReportedStatus)}


def derived_id(nik: str, reason: str, recorded_at: datetime) -> str:
    """The client id of a line that has none: the same for the same person, reason and time, and telling neither."""
    return in_letters(f"client id of an import|{nik}|{reason}|{recorded_at.astimezone(UTC).isoformat()}")


class BadCell(Exception):
    """What is wrong with one cell."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """Whom a row tells, and as which recording."""

    nik_index: bytes
    client_id: str | None
    reason: str | None
    day: date | None

    def is_same(self, other: Seen) -> bool:
        """Whether both are one recording: by the client ids where both have one, else by reason and day."""
        if self.client_id is not None and other.client_id is not None:
            return self.client_id == other.client_id
        return (self.reason, self.day) == (other.reason, other.day)


class LineReader:
    """Reads the rows of one file into lines of a list for one office."""

    def __init__(self, columns: Sequence[str | None], profile: Profile, office: str, zone: str, now: datetime) -> None:
        self.at = {name: index for index, name in enumerate(columns) if name is not None}
        self.width, self.constants, self.words = len(columns), profile.constants, rules.words_of(profile)
        self.office, self.zone, self.now = office, ZoneInfo(zone), now
        self.people = rules.tells_people(columns, profile)
        self.told = {*self.at, *self.constants}
        self._instant = lru_cache(4_096)(self._instant_of_text)

    def read(self, number: int, cells: Sequence[Any]) -> tuple[ListLine | None, list[LineFault]]:
        """The line that a row is, or None and what is wrong with it."""
        faults: list[LineFault] = []
        spot = Spot(number, f"line {number}")
        width = len(cells)
        row = {name: cells[index] for name, index in self.at.items() if index < width}
        for name, value in row.items():
            if isinstance(value, str):
                row[name] = value.strip()
        if width > self.width and any(str(cell).strip() for cell in cells[self.width :]):
            faults.append(spot.fault("", TOO_MANY, "invalid"))
        if "office" in self.told and str(self._value(row, "office") or self.office) != self.office:
            faults.append(spot.fault("office", OTHER_OFFICE, "invalid"))
        nik = self._get(spot, row, "nik", faults, self._nik, required=self.people)
        status = self._get(spot, row, "status", faults, self._status, required=True)
        failure = self._failure(spot, row, status, faults)
        at = self._get(spot, row, "status_at", faults, self._time)
        if at is not None and at > self.now + CLOCK_DRIFT:
            faults.append(spot.fault("status_at", STATUS_LATE, "invalid"))
        told = Told(status or ReportedStatus.SFE, failure, at)
        client_id = self._get(spot, row, "client_id", faults, lambda value: _words(value, _LONGEST_ID))
        if client_id is not None and niks.shows(client_id, nik or "nothing"):
            faults.append(spot.refuse("client_id", ClientIdShowsNik()))
        if self.people:
            return self._person(spot, row, faults, nik, client_id, told)
        if client_id is None and nik is None and not faults:
            faults.append(spot.fault("client_id" if "client_id" in self.at else "nik", REQUIRED, "invalid"))
        if faults:
            return None, faults
        return ListLine(number, client_id, None if nik is None else keys.blind_index(nik), told), []

    def who(self, cells: Sequence[Any]) -> Seen | None:
        """Of a row of people only whom it tells, and what makes it the same recording; None where the NIK is unread."""
        row = {name: cells[index] for name, index in self.at.items() if index < len(cells)}
        row = {name: value.strip() if isinstance(value, str) else value for name, value in row.items()}
        unread: list[LineFault] = []
        spot = Spot(0, "")
        nik = self._get(spot, row, "nik", unread, self._nik)
        if nik is None:
            return None
        client_id = self._get(spot, row, "client_id", unread, lambda value: _words(value, _LONGEST_ID))
        at = self._get(spot, row, "recorded_at", unread, self._time)
        day = None if at is None else at.astimezone(self.zone).date()
        return Seen(keys.blind_index(nik), client_id, self._get(spot, row, "reason", unread, self._reason), day)

    def _person(
        self,
        spot: Spot,
        row: dict[str, Any],
        faults: list[LineFault],
        nik: str | None,
        client_id: str | None,
        told: Told,
    ) -> tuple[ListLine | None, list[LineFault]]:
        reason = self._get(spot, row, "reason", faults, self._reason, required=True)
        recorded_at = self._get(spot, row, "recorded_at", faults, self._time, required=True)
        name = self._get(spot, row, "name", faults, lambda value: _words(value, _LONGEST_NAME))
        event = self._get(spot, row, "event", faults, _event)
        stop = self._get(spot, row, "stop", faults, _number)
        if recorded_at is not None:
            if recorded_at > self.now + CLOCK_DRIFT:
                faults.append(spot.refuse("recorded_at", RecordedInFuture()))
            if recorded_at < EARLIEST:
                faults.append(spot.refuse("recorded_at", RecordedTooEarly()))
            if told.at is not None and told.at < recorded_at:
                # A day without an hour begins before what was recorded on it.
                if told.at.astimezone(self.zone).date() < recorded_at.astimezone(self.zone).date():
                    faults.append(spot.fault("status_at", STATUS_EARLY, "invalid"))
                told = Told(told.status, told.failure, recorded_at)
        if faults or nik is None or reason is None or recorded_at is None:
            return None, faults
        secrets = keys.encrypt(nik), None if name is None else keys.encrypt(name)
        person = Person(*secrets, niks.adult_on(nik, self.now.date()), reason, recorded_at, event, stop)
        called = derived_id(nik, reason.value, recorded_at) if client_id is None else client_id
        return ListLine(spot.number, called, keys.blind_index(nik), told, person), []

    def _value(self, row: dict[str, Any], name: str) -> Any:
        value = row.get(name)
        return self.constants.get(name) if value is None or value == "" else value

    def _get(
        self, spot: Spot, row: dict[str, Any], name: str, faults: list[LineFault], read: Any, *, required: bool = False
    ) -> Any:
        value = self._value(row, name) if name in self.told else None
        if value is None:
            if required:
                faults.append(spot.fault(name, _MISSING.get(name, REQUIRED), "invalid"))
            return None
        try:
            return read(value)
        except BadCell as error:
            faults.append(spot.fault(name, error.text, "invalid"))
            return None

    def _failure(
        self, spot: Spot, row: dict[str, Any], status: ReportedStatus | None, faults: list[LineFault]
    ) -> str | None:
        """The code of a failure: its own column, or the central system's status itself."""
        failure = self._get(spot, row, "failure", faults, _code)
        if status is not ReportedStatus.FAILED:
            if failure is not None and status is not None:
                faults.append(spot.refuse("failure", FailureCodeUnexpected()))
            return None
        if failure is None and "failure" not in {fault.field for fault in faults}:
            word = re.sub("[^A-Z0-9]+", "_", str(self._value(row, "status")).upper()).strip("_")
            if rules.plain(word) not in rules.BARE_FAILURES and _FAILURE.fullmatch(word):
                return word
            faults.append(spot.refuse("failure", FailureCodeMissing()))
        return str(failure)

    @staticmethod
    def _nik(value: Any) -> str:
        if isinstance(value, float):
            # A spreadsheet keeps fifteen digits of a number: a sixteenth that is 0 may have been any.
            if not value.is_integer() or value > _EXACT or value % 10 == 0:
                raise BadCell(NIK_A_NUMBER)
            value = str(int(value))
        if isinstance(value, str):
            value = value.removeprefix("'")  # how spreadsheets are told that digits are text
        if not isinstance(value, str) or not _NIK.fullmatch(value):
            number = isinstance(value, str) and re.fullmatch(r"[0-9][.,]?[0-9]*[eE]\+?1[0-9]", value)
            raise BadCell(NIK_A_NUMBER if number else NIK_WRONG)
        return value

    def _status(self, value: Any) -> ReportedStatus:
        found = self.words["status"].get(rules.plain(str(value)))
        if found is None:
            raise BadCell(_MISSING["status"])
        return ReportedStatus(found)

    def _reason(self, value: Any) -> PrintReason:
        found = self.words["reason"].get(rules.plain(str(value)))
        if found is None:
            raise BadCell(_MISSING["reason"])
        return PrintReason(found)

    def _time(self, value: Any) -> datetime:
        try:
            if isinstance(value, str):
                return self._instant(value)
            if isinstance(value, datetime):
                return self._aware(value)
            if isinstance(value, date):
                return self._aware(datetime.combine(value, time()))
            if isinstance(value, float | int) and _SERIALS[0] <= value <= _SERIALS[1]:
                return self._aware(_EPOCH + timedelta(seconds=round(value * 86_400)))
        except (ValueError, OverflowError) as error:
            raise BadCell(TIME_WRONG) from error
        raise BadCell(TIME_WRONG)

    def _instant_of_text(self, text: str) -> datetime:
        if _ISO.fullmatch(text):
            _check_day(int(text[:4]), int(text[5:7]), int(text[8:10]))
            return self._aware(datetime.fromisoformat(text))
        if (found := _LOCAL.fullmatch(text)) is None:
            raise ValueError
        day, month, name, year, *clock = found.groups()
        hour, minute, second = (int(part or 0) for part in clock)
        month, day, year = int(month) if month else _MONTHS.get(name.lower(), 0), int(day), int(year)
        _check_day(year, month, day)
        return self._aware(datetime(year, month, day, hour, minute, second))  # noqa: DTZ001 - the zone comes next

    def _aware(self, moment: datetime) -> datetime:
        """In UTC; a time without an offset is the office's own."""
        return (moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment).astimezone(UTC)


def _check_day(year: int, month: int, day: int) -> None:
    """A month that no year has is written another way, and not this; a day too many is a slip."""
    if year >= MINYEAR and 1 <= month <= 12 and not 1 <= day <= monthrange(year, month)[1]:  # noqa: PLR2004
        raise BadCell(NO_SUCH_DAY)


def _words(value: Any, longest: int) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    plain = text.isascii() and text.isprintable()
    if not plain and any(unicodedata.category(character) in _UNSEEN for character in text):
        raise BadCell(CHARACTERS)
    if len(text) > longest:
        raise BadCell(TOO_LONG.format(high=longest))
    return text


def _code(value: Any) -> str:
    text = str(value)
    if not _FAILURE.fullmatch(text):
        raise BadCell(FAILURE_WRONG)
    return text


def _event(value: Any) -> int:
    try:
        return _number(value)
    except BadCell as error:
        raise BadCell(EVENT_WRONG) from error


def _number(value: Any) -> int:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:17]) <= _EXACT or len(text) > len(str(_EXACT)):
        raise BadCell(NUMBER_WRONG)
    return int(text)
