"""A running event straight in the database, and people to record: for tests of recordings and printing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from flask import Flask

from inventory.access import Membership
from inventory.database import transaction
from inventory.offices.models import Store
from inventory.offices.rules import StoreKind, kit_of
from inventory.outreach.models import Event, Stop
from inventory.outreach.rules import EventKind, EventStatus, StopKind
from tests.builders import Caller

NIK = "1503044205010001"


def person(client_id: str, office: str = "15.03", **more: Any) -> dict[str, Any]:
    """One line of a batch of recordings, print-ready."""
    return {
        "client_id": client_id,
        "nik": "1503044205019999",
        "reason": "first_card",
        "status": "prr",
        "office": office,
        "recorded_at": "2026-01-02T08:00:00+07:00",
        **more,
    }


@dataclass(frozen=True)
class RunningEvent:
    """An event with one stop and a kit."""

    app: Flask
    id: int
    stop: int
    store: str

    def become(self, status: str) -> None:
        """Put the event into a status, by hand."""
        with self.app.app_context(), transaction() as session:
            session.execute(sa.update(Event).where(Event.id == self.id).values(status=EventStatus(status)))

    def let_in(self, caller: Caller) -> None:
        """Make the caller a member."""
        with self.app.app_context(), transaction() as session:
            session.execute(sa.insert(Membership).values(event_id=self.id, user_id=caller.actor.user_id))


def running_event(app: Flask, host: str) -> RunningEvent:
    """An event of `host` that runs."""
    noon = datetime(2026, 1, 2, 5, tzinfo=UTC)
    with app.app_context(), transaction() as session:
        event = Event(
            name="Gotong royong", kind=EventKind.GOTONG_ROYONG, status=EventStatus.RUNNING, host_office=host,
            starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 3), opens_at=time(8), closes_at=time(16),
            created_at=noon, user_id=1,
        )  # fmt: skip
        session.add(event)
        session.flush()
        kit = kit_of(host, event.id)
        event.store_code = kit
        stop = Stop(
            event_id=event.id, name="Kantor desa", kind=StopKind.VILLAGE_OFFICE, starts_at=noon.replace(hour=1),
            ends_at=noon, target_people=50, kits=1, minutes_per_recording=5,
        )  # fmt: skip
        session.add_all([stop, Store(code=kit, office_code=host, kind=StoreKind.EVENT_KIT, name="Kit",
                                     event_id=event.id)])  # fmt: skip
        session.flush()
        return RunningEvent(app, event.id, stop.id, kit)
