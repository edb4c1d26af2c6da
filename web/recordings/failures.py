"""What people call the central system's codes of a failure; a list may bring others, which stay as they are."""

from __future__ import annotations

from inventory.texts import Text
from web.language import told

FAILURES = {
    "DUPLICATE_RECORD": Text("data ganda: orang ini sudah terekam", "duplicate: this person is recorded already"),
    "ADJUDICATE_RECORD": Text(
        "diperiksa pusat karena mungkin ganda", "examined at the centre as it may be a duplicate"
    ),
    "ENROLL_FAILURE_AT_CENTRAL": Text("gagal didaftarkan di pusat", "enrolment failed at the centre"),
    "ENROLL_FAILURE_AT_REGIONAL": Text("gagal didaftarkan di daerah", "enrolment failed in the region"),
    "SEARCH_FAILURE_AT_CENTRAL": Text("gagal dicari di pusat", "the search failed at the centre"),
    "PACKET_RETRY": Text("data harus dikirim ulang", "the data must be sent again"),
}


def choices() -> list[tuple[str, str]]:
    """The codes as the choices of a field."""
    return [(code, (called := str(told(text)))[:1].upper() + called[1:]) for code, text in FAILURES.items()]


def called(code: str | None) -> str | None:
    """What people call a code, with the code behind it."""
    return f"{told(FAILURES[code])} ({code})" if code in FAILURES else code
