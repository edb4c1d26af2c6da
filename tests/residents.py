"""People with known NIKs and names, as far as their card is issued: for tests of personal data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from inventory import clock
from inventory.database import current
from inventory.residents.models import Reveal
from tests.builders import Caller, receipt
from tests.outreach import person

STORE = "15.03-UTAMA"
COLLECTOR = "Umar Bakri Pengambil"
WHY = "salah cetak, cocokkan dengan KK"


def nik_of(number: int) -> str:
    """A NIK that no other text of a test happens to contain."""
    return f"15030471{number:04d}8642"


def name_of(number: int) -> str:
    """A name that nothing else is called."""
    return f"Zulaikha Penduduk {number}"


def recorded(printer: Caller, numbers: Sequence[int], **more: Any) -> list[str]:
    """Record these people, print-ready, at 15.03; answers their client ids."""
    lines = [person(f"z-{n}", nik=nik_of(n), name=name_of(n), **more) for n in numbers]
    printer.post("/recordings", {"recordings": lines})
    return [line["client_id"] for line in lines]


def printed(calls: Any, names: Sequence[str]) -> int:
    """Print the cards of these recordings; answers the job."""
    calls("clerk", "15.03").post("/receipts", receipt(STORE, len(names) + 5))
    printer = calls("printer", "15.03")
    job = int(printer.post("/print-jobs", {"store": STORE, "recordings": names})["id"])
    lines = [{"recording": name, "outcome": "printed"} for name in names]
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)
    return job


def issued(calls: Any, numbers: Sequence[int]) -> list[str]:
    """Record, print and hand over the cards of these people; answers their client ids."""
    printer = calls("printer", "15.03")
    names = recorded(printer, numbers)
    printed(calls, names)
    cards = [{"recording": name, "collected_by": COLLECTOR, "collector_relation": "tetangga"} for name in names]
    printer.post("/cards/issue", {"cards": cards}, 200)
    return names


@contextmanager
def later(days: float) -> Iterator[None]:
    """So many days from now."""
    with clock.telling(clock.now() + timedelta(days=days)):
        yield


def look(recording: Any, **more: Any) -> dict[str, Any]:
    """The body of a request to be shown a person."""
    return {"recording": recording, "reason": WHY, **more}


def looks(app: Flask) -> list[tuple[Any, ...]]:
    """Who looked at whom, as it is kept, the first one first."""
    with app.app_context():
        return [(row.kind.value, row.user_id, row.role.value, row.office_code, row.recording_id, row.reason,
                 row.nik_index is not None)
                for row in current().scalars(sa.select(Reveal).order_by(Reveal.id))]  # fmt: skip
