"""S5: the mobile unit of Trenggalek, East Java (35.03), December 2018.

Published: a car with a recording kit; first a group at the village office, then house calls under 15 minutes each;
three kelurahan that day (Kelutan, Surodakan, Tamanan); 13,000 not recorded, and after the end of 2018 the record of an
unrecorded person is deactivated. Assumed: the day, the hours, and how many people each stop aims at.
"""

from __future__ import annotations

from datetime import date, time

from inventory import clock
from inventory.access import Role
from inventory.coverage import commands as coverage
from inventory.coverage.rules import Said
from inventory.demo.people import at, somebody
from inventory.offices.rules import main_store_of
from inventory.outreach import commands as outreach
from inventory.outreach.rules import EventKind, EventPlan, StopKind, StopPlan
from inventory.stock import commands as stock
from inventory.stock.commands import Arrival
from inventory.stock.numbers import Amount
from inventory.stock.rules import ReceiptSource

OFFICE = "35.03"
DAY, DEADLINE = date(2018, 12, 12), date(2018, 12, 31)
NOT_RECORDED = 13_000
MINUTES = 15
# kelurahan: when the group is served at its office, and until when the house calls last
ROUND = {
    "35.03.11.1005": ("Kelutan", "08:00", "09:00", "11:00"),
    "35.03.11.1006": ("Surodakan", "11:00", "12:00", "13:30"),
    "35.03.11.1002": ("Tamanan", "13:30", "14:30", "16:00"),
}


def play() -> None:
    """The day's round of the car, with its blanks."""
    with clock.telling(at("2018-12-10 09:00")):
        coordinator, clerk = somebody(Role.COORDINATOR, OFFICE), somebody(Role.CLERK, OFFICE)
        source = "Dispendukcapil Trenggalek, Desember 2018"
        coverage.report(coordinator, OFFICE, date(2018, 12, 10), source, Said(reported_remaining=NOT_RECORDED))
        paper = Arrival(
            main_store_of(OFFICE), "blangko", Amount(200), ReceiptSource.MINISTRY, "DEMO/S5/1", date(2018, 12, 10)
        )
        stock.receive(clerk, paper)
        plan = EventPlan(
            name="Mobil perekaman Trenggalek, Desember 2018",
            kind=EventKind.MOBILE_UNIT,
            host_office=OFFICE,
            starts_on=DAY,
            ends_on=DAY,
            opens_at=time(8, 0),
            closes_at=time(16, 0),
            deadline_on=DEADLINE,
        )
        event = outreach.plan(coordinator, plan)
        for code, (name, opens, calls, closes) in ROUND.items():
            group = _stop(f"Kantor Kelurahan {name}", StopKind.VILLAGE_OFFICE, code, opens, calls, people=8)
            outreach.add_stop(coordinator, event, group)
            homes = _stop(f"Kunjungan rumah {name}", StopKind.HOME_VISITS, code, calls, closes, people=6)
            outreach.add_stop(coordinator, event, homes)
        outreach.pledge(clerk, event, main_store_of(OFFICE), "blangko", Amount(60))


def _stop(name: str, kind: StopKind, region: str, opens: str, closes: str, *, people: int) -> StopPlan:
    return StopPlan(
        name=name,
        kind=kind,
        region_code=region,
        starts_at=at(f"{DAY} {opens}"),
        ends_at=at(f"{DAY} {closes}"),
        target_people=people,
        kits=1,
        minutes_per_recording=MINUTES if kind is StopKind.HOME_VISITS else 7,
    )
