"""S3: the gotong royong of Sarolangun, Jambi (15.03), 4 and 5 April 2019; and the same once more, soon.

Published: 6,000 blanks from the province, 5,000 in Sarolangun; about 17,000 people as the target; five kecamatan, two
days, 08:00 to 16:00; staff of eleven regencies and cities; coverage 96.54 % against 98 %, Sarolangun 86 %; work goes on
until the day before the election. Turnout is told at 27 % of target, as another week-long campaign saw; spoilage at
0.9 %, as in one city. Assumed: ten kits a stop, five minutes a recording, ribbons and film, forty cards not collected.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from inventory import clock
from inventory.access import Actor, Role
from inventory.coverage import commands as coverage
from inventory.coverage.rules import Said
from inventory.demo.people import JAKARTA, at, made_up_nik, somebody
from inventory.offices.rules import kit_of, main_store_of
from inventory.outreach import commands as outreach
from inventory.outreach.queries import stops_of
from inventory.outreach.rules import EventKind, EventPlan, StopKind, StopPlan
from inventory.paging import Slice
from inventory.printing import commands as printing
from inventory.printing import handover
from inventory.printing.commands import NewJob
from inventory.printing.handover import Handover
from inventory.printing.rules import Outcome, Result
from inventory.recordings import commands as recordings
from inventory.recordings.rules import NewRecording, PrintReason, ReportedStatus, Spot
from inventory.settlement import commands as settlement
from inventory.settlement.commands import Counted
from inventory.stock import commands as stock
from inventory.stock.commands import Arrival
from inventory.stock.numbers import Amount
from inventory.stock.queries import StockFilter, list_stock
from inventory.stock.rules import ReceiptSource, SpoilReason
from inventory.transfers import commands as transfers
from inventory.transfers.headings import Delivered
from inventory.transfers.queries import TransferFilter, list_transfers
from inventory.transfers.rules import TransferStatus

ZONE = "Asia/Jakarta"
PROVINCE, HOST = "15", "15.03"
KECAMATAN = {
    "15.03.07": "Air Hitam",
    "15.03.04": "Pauh",
    "15.03.06": "Mandiangin",
    "15.03.03": "Sarolangun",
    "15.03.09": "Singkut",
}
NEIGHBOURS = ("15.01", "15.02", "15.04", "15.05", "15.06", "15.07", "15.08", "15.09", "15.71", "15.72")
FROM_PROVINCE, FROM_HOST, TARGET, DAYS = 6_000, 5_000, 17_000, 2
FROM_PROVINCE_AGAIN = 2_000  # beside the 6,000 that came home in 2019: the province keeps some
RIBBONS, FILMS = 24, 12
TURNOUT = 0.27
SPOILED_EVERY = 111  # 0.9 %
UNCOLLECTED = 40
JOB = 500
STOCKED_BEFORE = timedelta(days=30)
FIRST_DAY = date(2019, 4, 4)
VISITORS = (PrintReason.FIRST_CARD, PrintReason.DAMAGED, PrintReason.DATA_CHANGE)


def play_2019() -> None:
    """The two days of April 2019, from the first blank to the last return."""
    with clock.telling(at("2019-04-01 09:00")):
        _report_coverage()
        _stock_up("2019", FROM_PROVINCE)
        event = _plan("Gotong royong Sarolangun, April 2019", FIRST_DAY, deadline=date(2019, 4, 16))
    with clock.telling(at("2019-04-04 07:30")):
        outreach.start(somebody(Role.COORDINATOR, HOST), event)
    stops = [stop.id for stop in stops_of(event)]
    people = round(TARGET * TURNOUT)
    names = [f"gr2019-{number:05}" for number in range(people)]
    for day in range(DAYS):
        _record_and_print(event, names[day::DAYS], stops, FIRST_DAY + timedelta(days=day))
    _close(event)


def plan_next(first_day: date) -> None:
    """The same event again, with the same blanks, on the books of today."""
    with clock.telling(datetime.combine(first_day - STOCKED_BEFORE, time(9, 0), JAKARTA)):
        _stock_up(f"{first_day:%Y}", FROM_PROVINCE_AGAIN)
    _plan(f"Gotong royong Sarolangun, {first_day:%d-%m-%Y}", first_day, deadline=None)


def _report_coverage() -> None:
    province = somebody(Role.COORDINATOR, PROVINCE)
    source = "Dinas Dukcapil Provinsi Jambi, April 2019"
    coverage.set_target(province, PROVINCE, 98.0, date(2019, 4, 16))
    coverage.report(province, PROVINCE, date(2019, 4, 1), source, Said(reported_percent=96.54))
    coverage.report(province, HOST, date(2019, 4, 1), source, Said(reported_percent=86.0))


def _stock_up(paper: str, to_province: int) -> None:
    supplies = ((PROVINCE, "ribbon", RIBBONS), (PROVINCE, "film", FILMS))
    for office, item, quantity in ((HOST, "blangko", FROM_HOST), (PROVINCE, "blangko", to_province), *supplies):
        arrival = Arrival(
            store=main_store_of(office),
            item=item,
            amount=Amount(quantity),
            source=ReceiptSource.MINISTRY,
            document_number=f"DEMO/S3/{paper}/{item}",
            received_on=clock.business_day(ZONE),
        )
        stock.receive(somebody(Role.CLERK, office), arrival)


def _plan(name: str, first_day: date, deadline: date | None) -> int:
    """The event with its stops, the staff of the other regencies, and the pledges of both offices."""
    host = somebody(Role.COORDINATOR, HOST)
    plan = EventPlan(
        name=name,
        kind=EventKind.GOTONG_ROYONG,
        host_office=HOST,
        starts_on=first_day,
        ends_on=first_day + timedelta(days=DAYS - 1),
        opens_at=time(8, 0),
        closes_at=time(16, 0),
        deadline_on=deadline,
    )
    event = outreach.plan(host, plan)
    for day in range(DAYS):
        on = first_day + timedelta(days=day)
        for code, kecamatan in KECAMATAN.items():
            stop = StopPlan(
                name=f"Kantor Camat {kecamatan}, hari {day + 1}",
                kind=StopKind.OFFICE,
                region_code=code,
                starts_at=datetime.combine(on, plan.opens_at, JAKARTA),
                ends_at=datetime.combine(on, plan.closes_at, JAKARTA),
                target_people=TARGET // (len(KECAMATAN) * DAYS),
                kits=10,
                minutes_per_recording=5,
            )
            outreach.add_stop(host, event, stop)
    for office in NEIGHBOURS:
        outreach.add_member(host, event, somebody(Role.PRINTER, office).user_id)
    province = somebody(Role.COORDINATOR, PROVINCE)
    pool = ((HOST, "blangko", FROM_HOST), (PROVINCE, "blangko", FROM_PROVINCE))
    for office, item, quantity in (*pool, (PROVINCE, "ribbon", RIBBONS), (PROVINCE, "film", FILMS)):
        outreach.pledge(province, event, main_store_of(office), item, Amount(quantity))
    return event


def _record_and_print(event: int, names: list[str], stops: list[int], day: date) -> None:
    """Recorded by day, printed the same night, handed over the next day."""
    morning = datetime.combine(day, time(8, 0), JAKARTA)
    printer = somebody(Role.PRINTER, HOST)
    with clock.telling(morning + timedelta(hours=9)):
        recordings.record(printer, [_visitor(event, name, stops, morning, n) for n, name in enumerate(names)])
    with clock.telling(morning + timedelta(hours=12)):
        for start in range(0, len(names), JOB):
            batch = names[start : start + JOB]
            job = printing.create_job(printer, NewJob(kit_of(HOST, event), batch, printer="Printer kit"))
            printing.take_results(printer, job, _night_shift(batch))
    with clock.telling(morning + timedelta(days=1)):
        collected = [Handover(name, "Pemilik", "self") for name in names[UNCOLLECTED // DAYS :]]
        for start in range(0, len(collected), JOB):
            handover.issue(printer, collected[start : start + JOB], office=HOST)


def _visitor(event: int, name: str, stops: list[int], morning: datetime, number: int) -> NewRecording:
    return NewRecording(
        spot=Spot(number, f"/recordings/{number}"),
        client_id=name,
        nik=made_up_nik("15.03.07", int(name.partition("-")[2])),
        reason=VISITORS[number % len(VISITORS)],
        status=ReportedStatus.PRR,
        office=HOST,
        recorded_at=morning + timedelta(seconds=number * 12),
        event=event,
        stop=stops[number % len(stops)],
    )


def _night_shift(names: list[str]) -> list[Result]:
    results = []
    for number, name in enumerate(names, 1):
        if number % SPOILED_EVERY == 0:
            results.append(Result(name, Outcome.SPOILED, SpoilReason.PRINT_FAILURE))
        results.append(Result(name, Outcome.PRINTED))
    return results


def _close(event: int) -> None:
    """Everything counted, what is left goes home; the ribbons and films used are those no longer there."""
    host, province = somebody(Role.COORDINATOR, HOST), somebody(Role.COORDINATOR, PROVINCE)
    kit = kit_of(HOST, event)
    with clock.telling(at("2019-04-06 14:00")):
        rows = list_stock(host, StockFilter(store=kit), Slice(500)).items
        counts = [Counted(row.owner_code, row.item_code, Amount(_counted(row))) for row in rows]
        settlement.close(host, event, counts)
        for transfer in _returns(host, kit, TransferStatus.APPROVED):
            transfers.dispatch(host, transfer.id)
    with clock.telling(at("2019-04-08 10:00")):
        for transfer in _returns(host, kit, TransferStatus.DISPATCHED):
            transfers.receive(province, transfer.id, Delivered(Amount(transfer.dispatched)))


def _counted(row: Any) -> int:
    """Blanks as the books have them; of ribbons and films half were used."""
    on_hand: int = row.on_hand
    return on_hand // 2 if row.item_code in ("ribbon", "film") else on_hand


def _returns(actor: Actor, kit: str, status: TransferStatus) -> list[Any]:
    which = TransferFilter(store=kit, status=status)
    return list_transfers(actor, which, Slice(500)).items
