"""The cover of offices: what lies in their own stores against what printing took, added up already or not."""

from datetime import UTC, datetime

import pytest

from inventory import clock
from inventory.access import OutOfReach
from inventory.offices.queries import OfficeNotFound
from inventory.planning.uses import uses
from inventory.reports import cover
from inventory.reports.commands import roll
from inventory.seals.commands import seal
from tests.builders import actor, receipt
from tests.printing import job_of, recorded, results

NOON = datetime(2026, 11, 18, 5, tzinfo=UTC)
TODAY = "2026-11-18"
HOME, NEXT = "15.03-UTAMA", "15.04-UTAMA"


@pytest.fixture
def printed(calls):
    """Sarolangun printed four blanks of 200, three at home and one from the kit of its event."""
    with clock.telling(NOON):
        boss, printer = calls("admin", "15"), calls("printer", "15.03")
        for store in (HOME, NEXT):
            boss.post("/receipts", receipt(store, 200))
        boss.post("/receipts", receipt(HOME, 20, "ribbon"))
        recorded(printer, "a", "b", "c", "d")
        first = job_of(printer, "a", "b", "c")["id"]
        lines = [("a", "spoiled", "print_failure"), ("a", "printed"), ("b", "printed"), ("c", "printed")]
        results(printer, first, *lines)
        printer.post(f"/print-jobs/{first}/undo", {"recording": "c", "reason": "salah"}, 200)
        event = boss.post("/events", {
            "name": "Gotong royong", "kind": "village", "host_office": "15.03", "starts_on": TODAY, "ends_on": TODAY,
            "opens_at": "08:00", "closes_at": "16:00",
        })["id"]  # fmt: skip
        boss.post(f"/events/{event}/pledges", {"store": HOME, "item": "blangko", "quantity": 50})
        boss.post(f"/events/{event}/start", {}, 200)
        boss.post(f"/events/{event}/pledges", {"store": NEXT, "item": "blangko", "quantity": 30})
        job = job_of(printer, "d", store=f"15.03-ACARA-{event}", event=event)["id"]
        results(printer, job, ("d", "printed"))
        yield


def of(region="15", who="15"):
    return {one.office: one for one in cover.covers(actor("coordinator", who), region)}


def test_an_office_is_told_with_its_own_free_blanks_and_what_its_own_printing_took(printed, context):
    found = of()
    assert len(found) == 12
    home, neighbour = found["15.03"], found["15.04"]
    assert (home.name, home.on_hand, home.used) == ("Dinas Dukcapil Kabupaten Sarolangun", 200 - 50 - 3, 3)
    assert (neighbour.on_hand, neighbour.earmarked, neighbour.used, neighbour.days) == (170, 30, 0, None)
    assert home.days == home.on_hand * home.working_days / 3
    assert (found["15"].on_hand, found["15"].days) == (0, None)


def test_adding_up_changes_no_figure(printed, context, database):
    before = of()
    seal(database.ledger_dir)
    roll()
    assert of() == before
    assert of("0", "0")["15.03"] == before["15.03"]


def test_it_agrees_with_what_shortfalls_learn_from_the_attempts(printed, context):
    today = clock.business_day("Asia/Jakarta")
    (use,) = [one for one in uses("15", today, frozenset()) if one.used]
    home = of()["15.03"]
    assert (use.office, use.stock, use.used) == (home.office, home.on_hand, home.used)


def test_it_takes_as_many_statements_for_the_nation_as_for_one_office(printed, context, statements):
    who = actor("coordinator", "0")
    counts = []
    for region in ("15.03", "15", "0"):
        statements.clear()
        cover.covers(who, region)
        counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] <= 6


def test_who_is_not_above_an_office_does_not_read_it(context):
    with pytest.raises(OutOfReach):
        cover.covers(actor("clerk", "15.03"), "15.04")
    with pytest.raises(OfficeNotFound):
        cover.covers(actor("admin", "0"), "99")
