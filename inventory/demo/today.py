"""Ordinary days in Jambi, up to today: what the pages of the console show when nothing special is on.

All of it is assumed: six regencies print some cards a day from stocks that last for a few days or for months, and
Sarolangun has a queue, a printer and a delivery to confirm as well. Nothing here is in an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from inventory import clock
from inventory.access import Actor, Role
from inventory.coverage import commands as coverage
from inventory.coverage.rules import Said
from inventory.demo.people import JAKARTA, made_up_nik, somebody
from inventory.documents import commands as documents
from inventory.documents.rules import DocumentKind
from inventory.notice_board.commands import announce
from inventory.offices import commands as offices
from inventory.offices.rules import StoreKind, main_store_of
from inventory.opname import commands as opname
from inventory.opname import plans
from inventory.opname.commands import CountWish
from inventory.opname.lines import Seen
from inventory.opname.rules import CountKind
from inventory.paging import Slice
from inventory.printing import commands as printing
from inventory.printing import handover, printers, supplies
from inventory.printing.commands import NewJob
from inventory.printing.handover import Handover
from inventory.printing.printers import NewPrinter
from inventory.printing.rules import Outcome, Result
from inventory.printing.supplies import NewMount
from inventory.recordings import commands as recordings
from inventory.recordings.rules import NewRecording, PrintReason, ReportedStatus, Spot
from inventory.stock import commands as stock
from inventory.stock import numbers
from inventory.stock.commands import Arrival
from inventory.stock.numbers import Amount
from inventory.stock.queries import StockFilter, list_stock
from inventory.stock.rules import ReceiptSource, SpoilReason
from inventory.transfers import commands as transfers
from inventory.transfers.commands import Wish
from inventory.transfers.headings import Delivered

PROVINCE, HERE = "15", "15.03"
REASONS = tuple(PrintReason)
QUEUE, TO_CONFIRM, DAILY_WORK = 36, 500, 1_044
# Each printing day of these regencies, so many days ago.
DAYS_AGO = (12, 8, 5, 1)
COUNT_EVERY = 30
SERVICE_POINT = ("15.03-SINGKUT", "UPT Singkut")


@dataclass(frozen=True, slots=True)
class Regency:
    """One office's ordinary days: blanks it got, cards of one day, what it said of its coverage, who comes."""

    code: str
    received: int
    cards: int
    recorded_percent: float | None = None
    collected_of_ten: int = 8


REGENCIES = (
    Regency("15.01", 400, 24, 97.2),
    Regency("15.02", 160, 30, 95.8),
    Regency("15.04", 90, 18, 91.4),
    Regency("15.05", 900, 26, 98.3),
    Regency("15.71", 1_500, 40, 99.1),
)
# Whose cards still wait in Sarolangun did not come since its events.
SAROLANGUN = Regency(HERE, DAILY_WORK, 60, collected_of_ten=10)


def play(today: date) -> None:
    """The last two weeks until today."""
    for number, regency in enumerate((*REGENCIES, SAROLANGUN)):
        with clock.telling(_morning(today - timedelta(days=DAYS_AGO[0] + 1))):
            _stock_up(regency)
        for days in DAYS_AGO:
            _a_day(regency, today - timedelta(days=days), number * 1_000 + days * 50)
    _sarolangun(today)
    _count(today)
    _numbered_blanks()


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8, 0), JAKARTA)


def _receive(office: str, item: str, amount: Amount, paper: str) -> int:
    arrival = Arrival(
        store=main_store_of(office),
        item=item,
        amount=amount,
        source=ReceiptSource.MINISTRY,
        document_number=f"DEMO/{paper}/{office}",
        received_on=clock.business_day("Asia/Jakarta"),
    )
    return stock.receive(somebody(Role.CLERK, office), arrival)


def _stock_up(regency: Regency) -> None:
    arrived = _receive(regency.code, "blangko", Amount(regency.received), "HARIAN")
    documents.issue(somebody(Role.CLERK, regency.code), DocumentKind.TANDA_TERIMA, arrived)
    if regency.recorded_percent is None:
        return
    said = Said(reported_percent=regency.recorded_percent)
    day, source = clock.business_day("Asia/Jakarta"), "Laporan bulanan"
    coverage.report(somebody(Role.COORDINATOR, PROVINCE), regency.code, day, source, said)


def _people(office: str, first: int, count: int, day: date) -> list[NewRecording]:
    return [
        NewRecording(
            spot=Spot(number, f"/recordings/{number}"),
            client_id=f"harian-{office}-{first + number}",
            nik=made_up_nik(office, first + number),
            reason=REASONS[(first + number) % len(REASONS)],
            status=ReportedStatus.PRR,
            office=office,
            recorded_at=_morning(day) + timedelta(minutes=3 * number),
            name=f"Warga {first + number}",
        )
        for number in range(count)
    ]


def _a_day(regency: Regency, day: date, first: int) -> None:
    """Recorded, printed, and most of it handed over, all in one day; one card of it is spoiled."""
    printer: Actor = somebody(Role.PRINTER, regency.code)
    people = _people(regency.code, first, regency.cards, day)
    names = [person.client_id for person in people]
    with clock.telling(_morning(day) + timedelta(hours=5)):
        recordings.record(printer, people)
        job = printing.create_job(printer, NewJob(main_store_of(regency.code), names, printer="Printer 1"))
        bad = Result(names[0], Outcome.SPOILED, SpoilReason.PRINT_FAILURE)
        printing.take_results(printer, job, [bad, *[Result(name, Outcome.PRINTED) for name in names]])
    with clock.telling(_morning(day) + timedelta(hours=7)):
        collected = names[: len(names) * regency.collected_of_ten // 10]
        handover.issue(printer, [Handover(name, "Pemilik", "self") for name in collected], office=regency.code)


def _sarolangun(today: date) -> None:
    """A queue of people, a printer that is ready for them, and a delivery that waits to be confirmed."""
    store, printer = main_store_of(HERE), somebody(Role.PRINTER, HERE)
    for item, quantity in (("ribbon", 4), ("film", 2)):
        _receive(HERE, item, Amount(quantity), f"HARIAN/{item}")
    machine = printers.add_printer(printer, NewPrinter(store, "Printer 1"))
    for item in ("ribbon", "film"):
        supplies.mount(printer, machine, NewMount(item))
    for day, first in ((14, 0), (6, 12), (2, 24)):
        with clock.telling(_morning(today - timedelta(days=day)) + timedelta(hours=6)):
            recordings.record(printer, _people(HERE, 60_000 + first, QUEUE // 3, today - timedelta(days=day)))
    province = somebody(Role.COORDINATOR, PROVINCE)
    wish = Wish(main_store_of(PROVINCE), store, "blangko", TO_CONFIRM, reason="Kebutuhan harian")
    sent = transfers.request(province, wish)
    transfers.approve(province, sent)
    transfers.dispatch(somebody(Role.CLERK, PROVINCE), sent)
    announce(somebody(Role.ADMIN, HERE), HERE, shown=True)


def _count(today: date) -> None:
    """A count of what lay in the smallest box, made by two and approved by a third, and a plan for all the rest."""
    clerk, field, third = (somebody(role, HERE) for role in (Role.CLERK, Role.FIELD, Role.COORDINATOR))
    store, both = main_store_of(HERE), (clerk.user_id, field.user_id)
    made = opname.start(clerk, CountWish(store, CountKind.PARTIAL, both, items=["film"]))
    there = list_stock(clerk, StockFilter(store=store, item="film"), Slice(1)).items[0].on_hand
    opname.note(clerk, made, [Seen("film", quantity=there)])
    opname.approve(third, made, "Sudah dilihat bersama")
    plans.make_plan(third, store, field.user_id, COUNT_EVERY, today + timedelta(days=COUNT_EVERY))


def _numbered_blanks() -> None:
    """Some blanks with known numbers, for who wants to find one: received, and carried to a service point."""
    known = numbers.amount(intervals=[("JMB00000001", "JMB00000300")])
    with clock.telling(_morning(clock.business_day("Asia/Jakarta") - timedelta(days=1))):
        _receive(HERE, "blangko", known, "BERNOMOR")
    admin, clerk = somebody(Role.ADMIN, HERE), somebody(Role.CLERK, HERE)
    code, name = SERVICE_POINT
    offices.open_store(admin, code=code, office=HERE, kind=StoreKind.SERVICE_POINT, name=name, region="15.03.09")
    carried = transfers.request(clerk, Wish(main_store_of(HERE), code, "blangko", known.quantity))
    transfers.approve(somebody(Role.COORDINATOR, HERE), carried)
    transfers.dispatch(clerk, carried, known)
    transfers.receive(clerk, carried, Delivered(known))
