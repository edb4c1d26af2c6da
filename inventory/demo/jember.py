"""S1 and S2: Jember, East Java (35.09). People are aggregates here.

Published, November 2020: wajib KTP 1,980,781, recorded 1,965,925. May 2024: 55,095 first-time recordings, Wuluhan
highest of the kecamatan; three sessions a day for one week at schools, the elderly at home, at least 50 recordings
a day wished for in every kecamatan. Assumed: the week of 13 May, sixty pupils a session, three kits, five minutes
each, and how the 55,095 fall on the 31 kecamatan (only who is highest and the sum are published, and the source
says so).
"""

from __future__ import annotations

from datetime import date, time, timedelta

from inventory import clock
from inventory.access import Role
from inventory.coverage import commands as coverage
from inventory.coverage.rules import Said
from inventory.demo.people import at, somebody
from inventory.offices.rules import main_store_of
from inventory.outreach import commands as outreach
from inventory.outreach.rules import EventKind, EventPlan, StopKind, StopPlan
from inventory.paging import Slice
from inventory.regions.queries import list_regions
from inventory.stock import commands as stock
from inventory.stock.commands import Arrival
from inventory.stock.numbers import Amount
from inventory.stock.rules import ReceiptSource

OFFICE = "35.09"
WULUHAN = "35.09.11"
FIRST_TIME = 55_095
WISH_A_DAY = 50
MONDAY = date(2024, 5, 13)
SCHOOL_DAYS = 6
SESSIONS = (("07:30", "09:30"), ("10:00", "12:00"), ("13:00", "15:00"))
PUPILS_A_SESSION = 60


def play_2020() -> None:
    """S2: the coverage of the whole regency."""
    with clock.telling(at("2020-11-30 09:00")):
        coordinator = somebody(Role.COORDINATOR, OFFICE)
        said = Said(required=1_980_781, recorded=1_965_925)
        coverage.report(coordinator, OFFICE, date(2020, 11, 30), "Dispendukcapil Jember, November 2020", said)


def play_2024() -> None:
    """S1: a week at schools, and the elderly at home."""
    with clock.telling(at("2024-05-06 09:00")):
        _stock_up()
        _plan_schools()
        _plan_home_visits()
    with clock.telling(at("2024-05-31 15:00")):
        _report_kecamatan()


def _stock_up() -> None:
    paper = Arrival(
        store=main_store_of(OFFICE),
        item="blangko",
        amount=Amount(2_000),
        source=ReceiptSource.MINISTRY,
        document_number="DEMO/S1/1",
        received_on=date(2024, 5, 6),
    )
    stock.receive(somebody(Role.CLERK, OFFICE), paper)


def _plan_schools() -> None:
    coordinator = somebody(Role.COORDINATOR, OFFICE)
    plan = EventPlan(
        name="Perekaman di sekolah, Jember, Mei 2024",
        kind=EventKind.SCHOOL,
        host_office=OFFICE,
        starts_on=MONDAY,
        ends_on=MONDAY + timedelta(days=SCHOOL_DAYS - 1),
        opens_at=time(7, 30),
        closes_at=time(15, 0),
        works_holidays=False,
    )
    event = outreach.plan(coordinator, plan)
    for day in range(SCHOOL_DAYS):
        for number, (opens, closes) in enumerate(SESSIONS, 1):
            on = MONDAY + timedelta(days=day)
            stop = StopPlan(
                name=f"Sekolah di Wuluhan, {on:%d-%m}, sesi {number}",
                kind=StopKind.SCHOOL,
                region_code=WULUHAN,
                starts_at=at(f"{on} {opens}"),
                ends_at=at(f"{on} {closes}"),
                target_people=PUPILS_A_SESSION,
                kits=3,
                minutes_per_recording=5,
            )
            outreach.add_stop(coordinator, event, stop)
    outreach.pledge(somebody(Role.CLERK, OFFICE), event, main_store_of(OFFICE), "blangko", Amount(1_000))


def _plan_home_visits() -> None:
    coordinator = somebody(Role.COORDINATOR, OFFICE)
    last = MONDAY + timedelta(days=SCHOOL_DAYS - 1)
    plan = EventPlan(
        name="Perekaman lansia di rumah, Jember, Mei 2024",
        kind=EventKind.HOME_VISITS,
        host_office=OFFICE,
        starts_on=MONDAY,
        ends_on=last,
        opens_at=time(8, 0),
        closes_at=time(16, 0),
        works_holidays=False,
    )
    event = outreach.plan(coordinator, plan)
    for kecamatan in list_regions(OFFICE, Slice(500)).items:
        stop = StopPlan(
            name=f"Kunjungan rumah Kecamatan {kecamatan.name}",
            kind=StopKind.HOME_VISITS,
            region_code=kecamatan.code,
            starts_at=at(f"{MONDAY} 08:00"),
            ends_at=at(f"{last} 16:00"),
            target_people=WISH_A_DAY * SCHOOL_DAYS,
            kits=2,
            minutes_per_recording=15,
        )
        outreach.add_stop(coordinator, event, stop)


def _report_kecamatan() -> None:
    """The 55,095 by kecamatan: an even split, what is left over to Wuluhan, which is thus the highest."""
    coordinator = somebody(Role.COORDINATOR, OFFICE)
    kecamatan = [region.code for region in list_regions(OFFICE, Slice(500)).items]
    share = FIRST_TIME // (len(kecamatan) + 1)
    source = (
        "Perekaman pemula Mei 2024: jumlah 55.095 dan Wuluhan tertinggi dari laporan; pembagian lainnya andaian demo"
    )
    for code in kecamatan:
        recorded = FIRST_TIME - share * (len(kecamatan) - 1) if code == WULUHAN else share
        coverage.report(coordinator, code, date(2024, 5, 31), source, Said(recorded=recorded))
