"""What an import may be, how the columns of a file are named, and what makes a whole file unreadable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from inventory import niks
from inventory.errors import Conflict, Fault, RuleViolated
from inventory.recordings.rules import PrintReason, ReportedStatus
from inventory.texts import Text
from inventory.words import in_indonesian

MAX_BYTES = 25_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
# How much of what is wrong is kept, and how much one refusal repeats.
KEPT_FAULTS = 10_000
TOLD_FAULTS = 100
# Nothing takes longer between two signs of life: a process that died says no more.
PATIENCE = timedelta(minutes=5)
FIELDS = (
    "client_id", "nik", "name", "reason", "status", "recorded_at", "failure", "status_at", "event", "stop", "office",
)  # fmt: skip
_WHOLE = ("nik", "reason", "status", "recorded_at")


class ImportState(StrEnum):
    """Where an import stands; `interrupted` is one that stopped giving signs of life, as readers see it."""

    READING = "reading"
    STORING = "storing"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


RUNNING = frozenset({ImportState.READING, ImportState.STORING})


class FileUnreadable(RuleViolated):
    """The file is no CSV in UTF-8 and no XLSX, or it is broken or protected by a password."""

    code = "import_file_unreadable"
    text = Text(
        "Berkas bukan CSV (UTF-8) atau XLSX yang utuh tanpa kata sandi.",
        "The file is no sound CSV (UTF-8), and no sound XLSX without a password.",
    )


class FileHasMacros(RuleViolated):
    """A workbook with macros, embedded objects or links to other files is not opened."""

    code = "import_file_has_macros"
    text = Text(
        "Berkas berisi makro, objek tertanam, atau tautan ke berkas lain. Simpan sebagai .xlsx biasa atau CSV.",
        "The file has macros, embedded objects or links to other files. Save it as a plain .xlsx or as CSV.",
    )


class FileTooLarge(RuleViolated):
    """A file has a limited size, also once it is unpacked."""

    code = "import_file_too_large"
    text = Text(
        "Berkas (atau isinya setelah dibuka) terlalu besar; pecah menjadi berkas sampai {rows} baris, {bytes} byte.",
        "The file (or what it unpacks to) is too large; split it into files of up to {rows} lines, {bytes} bytes.",
    )


class FileEmpty(RuleViolated):
    """There is no line behind the header."""

    code = "import_file_empty"
    text = Text("Tidak ada baris di bawah judul kolom.", "There is no line below the header.")


class SheetUnknown(RuleViolated):
    """The workbook has no sheet of the name that the profile tells."""

    code = "import_sheet_unknown"
    text = Text("Buku kerja ini tidak punya lembar {sheet}.", "This workbook has no sheet {sheet}.")


class ColumnsUnknown(RuleViolated):
    """The header lacks what every list needs; the header is not repeated, as it may be a person's data."""

    code = "import_columns_unknown"
    text = Text(
        "Judul kolom tidak lengkap; kurang {missing}. Perlu nik, reason, status, recorded_at; atau (untuk status saja) "
        "client_id atau nik, dan status. Nama lain dipetakan dengan profil.",
        "The header is not complete; {missing} missing. Needed are nik, reason, status, recorded_at; or (for statuses "
        "alone) client_id or nik, and status. A profile maps other names.",
    )


class ColumnTwice(RuleViolated):
    """Two columns of the header are the same field."""

    code = "import_column_twice"
    text = Text("Dua kolom dibaca sebagai {field}.", "Two columns are read as {field}.")


class ProfileWrong(RuleViolated):
    """A profile maps to a field that does not exist, or a word to no value of ours; `faults` say which."""

    code = "import_profile_wrong"
    text = Text("Ada pemetaan yang salah dalam profil.", "Some mappings of the profile are wrong.")


class ImportRunning(Conflict):
    """The same request is being carried out right now."""

    code = "import_running"
    text = Text(
        "Impor {number} dengan kunci ini masih berjalan; lihat GET /imports/{number}.",
        "Import {number} of this key is still running; see GET /imports/{number}.",
    )


class ImportRefused(RuleViolated):
    """A file has bad lines; nothing of it was kept. `faults` are the first of them."""

    code = "import_refused"
    text = Text(
        "{lines} baris ditolak; tidak ada yang disimpan. Semua alasan: GET /imports/{number}/faults.",
        "{lines} lines were refused; nothing was kept. All reasons: GET /imports/{number}/faults.",
    )

    def __init__(self, number: int, lines: int, faults: Sequence[Fault]) -> None:
        super().__init__(faults=list(faults[:TOLD_FAULTS]), number=number, lines=lines, told=len(faults[:TOLD_FAULTS]))
        self.every = faults


# What SIAK and offices call things, in capitals without signs: columns, then the words in them.
_COLUMNS = {
    "client_id": ("CLIENTID", "IDPEREKAMAN", "NOPEREKAMAN"),
    "nik": ("NIK", "NONIK", "NOMORNIK", "NOMORINDUKKEPENDUDUKAN", "NOMORKTP", "NOKTP"),
    "name": ("NAME", "NAMA", "NAMALENGKAP", "NAMALGKP", "NAMAPENDUDUK"),
    "reason": ("REASON", "ALASAN", "ALASANCETAK", "SEBAB", "JENISPERMOHONAN", "JENISCETAK"),
    "status": ("STATUS", "STATUSEKTP", "STATUSKTPEL", "STATUSPEREKAMAN", "EKTPSTATUS", "CURRENTSTATUSCODE"),
    "recorded_at": (
        "RECORDEDAT", "TGLREKAM", "TANGGALREKAM", "TGLPEREKAMAN", "TANGGALPEREKAMAN", "WAKTUREKAM", "WAKTUPEREKAMAN",
    ),
    "failure": ("FAILURE", "KODEGAGAL", "KODEKEGAGALAN", "KETERANGANGAGAL"),
    "status_at": ("STATUSAT", "TGLSTATUS", "TANGGALSTATUS", "WAKTUSTATUS", "TGLUPDATE"),
    "event": ("EVENT", "ACARA"),
    "stop": ("STOP", "LOKASI"),
    "office": ("OFFICE",),
}  # fmt: skip
_SYNONYMS = {name: ours for ours, names in _COLUMNS.items() for name in names}
_REASONS = {
    PrintReason.FIRST_CARD: ("BARU", "PEREKAMANBARU", "CETAKBARU", "PEMULA", "PERTAMA"),
    PrintReason.DAMAGED: ("RUSAK", "KTPRUSAK"),
    PrintReason.LOST: ("HILANG", "KTPHILANG"),
    PrintReason.DATA_CHANGE: ("PERUBAHANDATA", "PERUBAHANELEMENDATA", "UBAHDATA", "UBAHELEMENDATA"),
    PrintReason.MOVED_IN: ("PINDAHDATANG", "DATANG", "PINDAH"),
    PrintReason.SUKET: ("SURATKETERANGAN",),
    PrintReason.OUT_OF_DOMICILE: ("LUARDOMISILI",),
    PrintReason.DISASTER: ("BENCANA", "BENCANAALAM"),
}
_STATUSES = {
    ReportedStatus.BIO_CAPTURED: ("BIOCAPTURED", "BIOMETRICCAPTURED", "REKAM", "SUDAHREKAM"),
    ReportedStatus.SFE: (
        "SENTFORENROLLMENT", "SENTFORENROLMENT", "RECEIVEDATCENTRAL", "PROCESSING", "SENTFORDEDUP",
        "ADJUDICATEINPROCESS",
    ),
    ReportedStatus.PRR: ("PRINTREADYRECORD", "PRINTREADY", "SIAPCETAK"),
    ReportedStatus.FAILED: (
        "GAGAL", "DUPLICATERECORD", "ADJUDICATERECORD", "ENROLLFAILUREATCENTRAL", "ENROLLFAILUREATREGIONAL",
        "SEARCHFAILUREATCENTRAL", "PACKETRETRY",
    ),
}  # fmt: skip


def _called(kinds: Iterable[StrEnum]) -> dict[str, str]:
    """Each kind by its code and by its Indonesian words, as the sentences of this system write them."""
    words = {f"{told}": kind.value for kind in kinds for told in (kind.value, in_indonesian(kind))}
    return {re.sub("[^A-Z0-9]", "", word.upper()): ours for word, ours in words.items()}


_WORDS: dict[str, dict[str, str]] = {
    "reason": {word: kind.value for kind, words in _REASONS.items() for word in words} | _called(PrintReason),
    "status": {word: kind.value for kind, words in _STATUSES.items() for word in words} | _called(ReportedStatus),
}
# Words that say no more than that it failed: any other word of a failure is its code.
BARE_FAILURES = frozenset({"FAILED", "GAGAL"})


@lru_cache(4_096)
def plain(text: str) -> str:
    """A header or word as it is compared: capitals and digits only."""
    return re.sub("[^A-Z0-9]", "", text.upper())


@dataclass(frozen=True, slots=True)
class Profile:
    """How an office's files are read; empty, it leaves everything to the names that are known anyway."""

    name: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    sheet: str | None = None


# So many words of one column an office may give a meaning.
_MOST_KEPT = 200


def check_profile(profile: Profile) -> None:
    """Raise `ProfileWrong` naming what is mapped to nothing of ours, may be a person, or is too much."""
    faults = []
    named = {"/columns": profile.columns.values(), "/words": profile.words, "/constants": profile.constants}
    for pointer, names in named.items():
        if set(names) - set(FIELDS):
            listed = ", ".join(FIELDS)
            faults.append(Fault(pointer, Text(f"Pilih salah satu: {listed}.", f"Choose one of: {listed}.")))
    allowed = {"reason": [kind.value for kind in PrintReason], "status": [kind.value for kind in ReportedStatus]}
    for name, values in allowed.items():
        listed = ", ".join(values)
        told = Text(f"Pilih salah satu: {listed}.", f"Choose one of: {listed}.")
        if set(profile.words.get(name, {}).values()) - set(values):
            faults.append(Fault(f"/words/{name}", told))
        if profile.constants.get(name, values[0]) not in values:
            faults.append(Fault(f"/constants/{name}", told))
    if set(profile.constants) & {"nik", "name", "client_id"}:
        told = Text("NIK, nama, dan client_id berbeda tiap baris.", "NIK, name and client_id differ from line to line.")
        faults.append(Fault("/constants", told))
    faults += _too_telling(profile)
    if faults:
        raise ProfileWrong(faults=faults)


def _too_telling(profile: Profile) -> Iterable[Fault]:
    """What is foreign to us is kept as it stands and told to the office: no persons, and no end of words."""
    foreign = {"/columns": profile.columns, **{f"/words/{name}": words for name, words in profile.words.items()}}
    for pointer, theirs in foreign.items():
        if any(niks.may_hide(word) for word in theirs):
            yield Fault(
                pointer, Text("Tidak boleh memuat NIK atau 16 angka.", "Must not hold a NIK or sixteen digits.")
            )
        if len(theirs) > _MOST_KEPT:
            yield Fault(pointer, Text(f"Paling banyak {_MOST_KEPT} kata.", f"At most {_MOST_KEPT} words."))


def fields_of(header: Sequence[str], profile: Profile) -> list[str | None]:
    """Which field each column is, by the profile and else by the names that are known; None is a column unread."""
    told = {plain(name): ours for name, ours in profile.columns.items()}
    named = [told.get(plain(cell)) for cell in header]
    taken = {name for name in named if name is not None}
    found = []
    for cell, name in zip(header, named, strict=True):
        known = _SYNONYMS.get(plain(cell))
        found.append(name or (known if known not in taken else None))
    return found


def missing_of(found: Sequence[str | None], profile: Profile) -> tuple[str, ...]:
    """The fields that neither a list of people nor one of statuses could do without."""
    there = {*found, *profile.constants}
    whole = tuple(name for name in _WHOLE if name not in there)
    alone = "status" in there and "reason" not in there and there & {"client_id", "nik"}
    return () if alone else whole


def check_columns(found: Sequence[str | None], profile: Profile) -> None:
    """Raise `ColumnTwice` or `ColumnsUnknown` where the header does not tell each field once."""
    named = [name for name in found if name is not None]
    for name in named:
        if named.count(name) > 1:
            raise ColumnTwice(field=name)
    if missing := missing_of(found, profile):
        raise ColumnsUnknown(missing=", ".join(missing))


def tells_people(found: Sequence[str | None], profile: Profile) -> bool:
    """Whether the list tells whole people; otherwise it only tells statuses."""
    return set(_WHOLE) <= {*found, *profile.constants} and "nik" in found


def words_of(profile: Profile) -> dict[str, dict[str, str]]:
    """What the words in a column mean, the profile's before those that are known anyway."""
    return {
        name: known | {plain(word): ours for word, ours in profile.words.get(name, {}).items()}
        for name, known in _WORDS.items()
    }
