"""S3 as planned, and rows that other features would write: for tests of readiness and shortfalls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from inventory import clock
from inventory.database import db
from inventory.printing.models import Attempt, PrintJob
from inventory.transfers.models import Transfer
from tests.builders import Caller, receipt
from tests.events import plan

EVENT = plan()
KECAMATAN = {"15.03.07": 3_000, "15.03.04": 3_500, "15.03.06": 3_500, "15.03.03": 4_000, "15.03.09": 3_000}


@pytest.fixture
def coordinator(calls: Callable[[str, str], Caller]) -> Caller:
    """The coordinator of Jambi."""
    return calls("coordinator", "15")


@pytest.fixture
def sarolangun(calls: Callable[[str, str], Caller], coordinator: Caller) -> int:
    """S3 as planned: 17,000 people at five stops, 6,000 blanks of the province and 5,000 of the regency."""
    event = coordinator.post("/events", EVENT)["id"]
    for region, people in KECAMATAN.items():
        coordinator.post(f"/events/{event}/stops", stop(region, people))
    for store, quantity in (("15-UTAMA", 6_000), ("15.03-UTAMA", 5_000)):
        calls("clerk", store.removesuffix("-UTAMA")).post("/receipts", receipt(store, quantity))
        coordinator.post(f"/events/{event}/pledges", {"store": store, "item": "blangko", "quantity": quantity})
    return event


def stop(
    region: str | None = "15.03.07",
    people: int = 3_400,
    day: str = "2019-04-04",
    until: str = "2019-04-05",
    **changes: Any,
) -> dict[str, Any]:
    """The body of a stop with six kits."""
    body = {"name": f"Kantor {region}", "kind": "office", "region": region, "target_people": people, "kits": 6}
    window = {"starts_at": f"{day}T08:00:00+07:00", "ends_at": f"{until}T16:00:00+07:00"}
    return {**body, **window, "minutes_per_recording": 5, **changes}


def put(app: Flask, *rows: Any) -> list[int]:
    """Rows that another feature's commands would write."""
    with app.app_context():
        db.session.add_all(rows)
        db.session.commit()
        ids = [row.id for row in rows]
        db.session.remove()
    return ids


def printed(
    app: Flask,
    office: str,
    store: str,
    at: datetime,
    printed: int = 0,
    spoiled: int = 0,
    undone: int = 0,
    event: int | None = None,
) -> None:
    """A job with so many attempts at an instant."""
    job = PrintJob(
        office_code=office, store_code=store, event_id=event, item_code="blangko", printer=None, status="open",
        created_at=at, user_id=1,
    )  # fmt: skip
    (job_id,) = put(app, job)
    kinds = ["printed"] * printed + ["spoiled"] * spoiled + ["undone"] * undone
    put(app, *(
        Attempt(
            job_id=job_id, recording_id=job_id * 100_000 + number, movement_id=1, owner_code=office, number=None,
            outcome="spoiled" if kind == "spoiled" else "printed", reason="damaged" if kind == "spoiled" else None,
            attempted_at=at, user_id=1, undone_by=1 if kind == "undone" else None,
        )
        for number, kind in enumerate(kinds)
    ))  # fmt: skip


def transfer(**changes: Any) -> Transfer:
    """An approved transfer of blanks from the province to the regency, with changes."""
    usual = {"status": "approved", "from_store": "15-UTAMA", "from_office": "15", "to_store": "15.03-UTAMA",
             "to_office": "15.03", "item_code": "blangko", "owner_code": "15", "requested": 1000, "approved": 900,
             "created_at": clock.now(), "user_id": 1}  # fmt: skip
    return Transfer(**{**usual, **changes})
