"""S4: Rejang Lebong, Bengkulu (17.02), September 2024: who is missing, and the visits that follow.

Published: wajib KTP 214,600, recorded 202,820, "about 11,870" left (the figures give 11,780); 15 kecamatan; about 6,000
pupils of 16 and more, 3,000 recorded. Assumed: the fortnight of 16 September, kits, minutes, and an even split of the
missing over the kecamatan until the villages have named them.
"""

from __future__ import annotations

from datetime import date, time

from inventory import clock
from inventory.access import Role
from inventory.coverage import commands as coverage
from inventory.coverage.rules import Said
from inventory.demo.people import at, somebody
from inventory.outreach import commands as outreach
from inventory.outreach.rules import EventKind, EventPlan, StopKind, StopPlan
from inventory.paging import Slice
from inventory.regions.queries import list_regions

OFFICE = "17.02"
REQUIRED, RECORDED, REPORTED_LEFT = 214_600, 202_820, 11_870
PUPILS, PUPILS_RECORDED = 6_000, 3_000
FIRST, LAST = date(2024, 9, 16), date(2024, 9, 28)


def play() -> None:
    """The report, and the two campaigns planned from it."""
    with clock.telling(at("2024-09-10 09:00")):
        coordinator = somebody(Role.COORDINATOR, OFFICE)
        said = Said(REQUIRED, RECORDED, reported_percent=94.51, reported_remaining=REPORTED_LEFT)
        coverage.report(coordinator, OFFICE, date(2024, 9, 9), "Dinas Dukcapil Rejang Lebong, September 2024", said)
        villages = outreach.plan(coordinator, _plan("Kunjungan desa Rejang Lebong", EventKind.VILLAGE))
        kecamatan = list_regions(OFFICE, Slice(500)).items
        share, rest = divmod(REQUIRED - RECORDED, len(kecamatan))
        for number, region in enumerate(kecamatan):
            target = share + (number < rest)
            outreach.add_stop(
                coordinator, villages, _stop(f"Desa di {region.name}", StopKind.VILLAGE_OFFICE, target, 2, region.code)
            )
        schools = outreach.plan(coordinator, _plan("Perekaman pelajar Rejang Lebong", EventKind.SCHOOL))
        outreach.add_stop(
            coordinator, schools, _stop("SMA, SMK, dan SLB", StopKind.SCHOOL, PUPILS - PUPILS_RECORDED, 6, OFFICE)
        )


def _plan(name: str, kind: EventKind) -> EventPlan:
    return EventPlan(
        name=f"{name}, September 2024",
        kind=kind,
        host_office=OFFICE,
        starts_on=FIRST,
        ends_on=LAST,
        opens_at=time(8, 0),
        closes_at=time(15, 0),
        works_holidays=False,
    )


def _stop(name: str, kind: StopKind, target: int, kits: int, region: str) -> StopPlan:
    return StopPlan(
        name=name,
        kind=kind,
        region_code=region,
        starts_at=at(f"{FIRST} 08:00"),
        ends_at=at(f"{LAST} 15:00"),
        target_people=target,
        kits=kits,
        minutes_per_recording=8,
    )
