"""Printers, ribbon and film over REST: what is mounted is counted down, warned of, and never out of nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import clock
from tests.builders import receipt
from tests.outreach import person

STORE = "15.03-UTAMA"


@pytest.fixture
def clerk(calls):
    return calls("clerk", "15.03")


@pytest.fixture
def printer(calls, clerk):
    """A printer of 15.03 with thirty blanks, two ribbons, one film, and ten people print-ready."""
    caller = calls("printer", "15.03")
    for item, quantity in (("blangko", 30), ("ribbon", 2), ("film", 1)):
        clerk.post("/receipts", receipt(STORE, quantity, item))
    caller.post("/recordings", {"recordings": [person(f"p{n}", nik=f"150304420501{n:04}") for n in range(10)]})
    return caller


def added(caller, name="Fargo 1", expect=201, **more):
    return caller.post("/printers", {"store": STORE, "name": name, **more}, expect)


def mounted(caller, machine, item="ribbon", expect=201, **more):
    return caller.post(f"/printers/{machine['id']}/mount", {"item": item, **more}, expect)


def job(caller, *people, machine="Fargo 1", expect=201, **more):
    return caller.post("/print-jobs", {"store": STORE, "printer": machine, "recordings": list(people), **more}, expect)


def results(caller, made, *lines, **more):
    body = [dict(zip(("recording", "outcome", "reason"), line, strict=False)) for line in lines]
    return caller.post(f"/print-jobs/{made['id']}/results", {"results": body, **more}, 200)


def left(caller, machine):
    return {one["kind"]: one["left"] for one in caller.get(f"/printers/{machine['id']}")["mounted"]}


def today():
    return (clock.now() + timedelta(hours=7)).date().isoformat()


def test_a_printer_says_what_it_can_do_and_whether_it_works(printer):
    made = added(printer, capacity_per_hour=40.2, rest_after_cards=100, rest_minutes=15, daily_limit=120)
    assert (made["capacity_per_hour"], made["rest_after_cards"], made["rest_minutes"]) == (40.2, 100, 15.0)
    assert (made["status"], made["status_at"], made["daily_limit"]) == ("working", None, 120)
    assert added(printer, "Fargo 2")["capacity_per_hour"] == 45.0
    broken = printer.patch(f"/printers/{made['id']}", {"status": "in_repair", "status_reason": "Kepala cetak"})
    assert (broken["status"], broken["status_reason"]) == ("in_repair", "Kepala cetak")
    assert broken["status_at"] is not None
    assert [one["name"] for one in printer.get("/printers?status=in_repair")["items"]] == ["Fargo 1"]
    # Working again, the reason of the repair is over too.
    again = printer.patch(f"/printers/{made['id']}", {"status": "working"})
    assert (again["status"], again["status_reason"]) == ("working", None)


@pytest.mark.parametrize("half", [{"rest_after_cards": 100}, {"rest_minutes": 10}])
def test_half_a_cooling_rest_is_refused(printer, half):
    assert added(printer, expect=422, **half)["code"] == "printer_rest_incomplete"
    made = added(printer)
    assert printer.patch(f"/printers/{made['id']}", half, 422)["code"] == "printer_rest_incomplete"


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity_per_hour": 0}, {"capacity_per_hour": "40"}, {"capacity_per_hour": 1e9}, {"rest_minutes": -1},
        {"rest_after_cards": 0}, {"daily_limit": 0}, {"colour": "blue"}, {"status": "broken"},
    ],
)  # fmt: skip
def test_what_no_printer_can_do_is_refused(printer, wrong):
    assert added(printer, expect=422, **wrong)["code"] == "body_invalid"


def test_nothing_new_goes_to_a_printer_in_repair_but_its_results_are_taken(printer, exact):
    made, _ = added(printer), added(printer, "Fargo 2")
    started, draft = job(printer, "p0"), job(printer, "p1", draft=True)
    printer.patch(f"/printers/{made['id']}", {"status": "in_repair"})
    assert job(printer, "p2", expect=409)["code"] == "printer_in_repair"
    assert printer.post(f"/print-jobs/{draft['id']}/open", {}, 409)["code"] == "printer_in_repair"
    walk = {k: v for k, v in person("w").items() if k not in ("office", "status", "recorded_at")}
    body = {"store": STORE, "printer": "Fargo 1", "recording": walk}
    assert printer.post("/walk-ins", body, 409)["code"] == "printer_in_repair"
    assert results(printer, started, ("p0", "printed"))["status"] == "done"
    job(printer, "p2", machine="Fargo 2")


def test_a_mount_takes_one_out_of_the_store_and_tells_what_it_replaced(printer, clerk, exact):
    made = added(printer)
    first = mounted(printer, made, lot="R-77", yield_cards=250)
    assert (first["kind"], first["lot"], first["yield_cards"], first["left"]) == ("ribbon", "R-77", 250, 250)
    assert (first["replaced"], first["lost"], first["taken_back"]) == (None, None, False)
    assert printer.stock(STORE, "ribbon")["on_hand"] == 1
    assert printer.stock(STORE, "ribbon")["consumed"] == 1
    assert clerk.get(f"/movements/{first['movement']}")["kind"] == "consumption"
    second = mounted(printer, made)
    assert (second["yield_cards"], second["replaced"], second["lost"]) == (500, first["id"], 250)
    shown = printer.get(f"/printers/{made['id']}")
    assert [(one["id"], one["left"]) for one in shown["mounted"]] == [(second["id"], 500)]
    assert shown["spares"] == [{"kind": "ribbon", "units": 0, "cards": 0}, {"kind": "film", "units": 1, "cards": 1000}]
    assert shown["warnings"] == ["Tidak ada cadangan ribbon di gudang."]
    assert [one["id"] for one in printer.get(f"/printers/{made['id']}/mounts")["items"]] == [first["id"], second["id"]]
    # No spare, no mount: and what is mounted stays.
    assert mounted(printer, made, expect=409)["code"] == "stock_insufficient"
    assert left(printer, made) == {"ribbon": 500}


def test_a_mount_is_made_once_with_its_key(printer, exact):
    made = added(printer)
    path, body = f"/printers/{made['id']}/mount", {"item": "ribbon"}
    assert printer.post(path, body, key="one") == printer.post(path, body, key="one")
    assert printer.stock(STORE, "ribbon")["on_hand"] == 1
    assert printer.post(path, body, 400, key=None)["code"] == "idempotency_key_missing"


def test_a_mount_that_printed_is_not_put_back_as_a_new_roll(printer, clerk, exact):
    made = added(printer)
    used = mounted(printer, made, yield_cards=1)
    for name in ("p0", "p1"):
        results(printer, job(printer, name), (name, "printed"))
    path = f"/movements/{used['movement']}/reversal"
    problem = clerk.post(path, {"reason": "Salah catat"}, 409)
    assert (problem["code"], problem["facts"]["used"]) == ("mount_used", 2)
    assert printer.stock(STORE, "ribbon")["on_hand"] == 1
    # It gave more than it said: nothing of it is lost.
    assert mounted(printer, made)["lost"] == 0
    assert clerk.post(path, {"reason": "Salah catat"}, 409)["code"] == "mount_used"
    plain = clerk.post("/consumptions", {"store": STORE, "item": "film", "quantity": 1})
    clerk.post(f"/movements/{plain['id']}/reversal", {"reason": "Salah catat"})


def test_a_job_without_a_printer_is_told_which_there_are(printer, exact):
    assert job(printer, "p0", machine=None)["warnings"] == []
    added(printer)
    added(printer, "Fargo 2")
    (warning,) = job(printer, "p1", machine=None)["warnings"]
    assert warning.endswith('Printer di gudang ini: "Fargo 1", "Fargo 2".')
    assert added(printer, expect=409)["detail"] == f'Printer "Fargo 1" sudah ada di {STORE}.'


def test_a_roll_that_is_not_there_is_not_called_blank(printer, clerk, exact):
    made = added(printer)
    mounted(printer, made, "film")
    problem = mounted(printer, made, "film", expect=409)
    assert problem["detail"] == f"{STORE} hanya punya 0 film milik 15.03; diminta 1."


def test_a_mount_whose_movement_is_reversed_never_was(printer, clerk, exact):
    made = added(printer)
    wrong = mounted(printer, made)
    clerk.post(f"/movements/{wrong['movement']}/reversal", {"reason": "Salah catat"})
    assert printer.stock(STORE, "ribbon")["on_hand"] == 2
    assert left(printer, made) == {}
    again = mounted(printer, made)
    assert (again["replaced"], again["lost"]) == (None, None)
    assert [one["taken_back"] for one in printer.get(f"/printers/{made['id']}/mounts")["items"]] == [True, False]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"item": "blangko"}, 422, "not_mountable"),
        ({"item": "cleaning-kit"}, 422, "not_mountable"),
        ({"item": "tinta"}, 404, "item_not_found"),
        ({"item": "ribbon", "store": "35.09-UTAMA"}, 404, "store_not_found"),
        ({"item": "ribbon", "yield_cards": 0}, 422, "body_invalid"),
        ({"item": "ribbon", "yield_cards": 10**12}, 422, "body_invalid"),
        ({"item": "ribbon", "color": "red"}, 422, "body_invalid"),
        ({"item": "ribbon", "occurred_on": "2999-01-01"}, 422, "date_in_future"),
        ({}, 422, "body_invalid"),
    ],
)
def test_what_cannot_be_mounted_is_refused(printer, exact, body, status, code):
    made = added(printer)
    assert printer.post(f"/printers/{made['id']}/mount", body, status)["code"] == code
    assert printer.stock(STORE, "ribbon")["on_hand"] == 2


@pytest.mark.parametrize("role", ["clerk", "coordinator", "field", "inspector"])
def test_only_printing_staff_mount_and_add(printer, calls, role):
    made, other = added(printer), calls(role, "15.03")
    assert mounted(other, made, expect=403)["code"] == "not_permitted"
    assert added(other, "Fargo 9", expect=403)["code"] == "not_permitted"
    assert other.get(f"/printers/{made['id']}")["mounted"] == []


def test_a_printer_of_another_office_is_not_there(printer, calls):
    made, stranger = added(printer), calls("printer", "35.09")
    assert mounted(stranger, made, expect=404)["code"] == "printer_not_found"
    for path in ("", "/mounts"):
        assert stranger.get(f"/printers/{made['id']}{path}", 404)["code"] == "printer_not_found"
    assert stranger.get("/printers?store=" + STORE, 404)["code"] == "store_not_found"


def test_every_attempt_that_prints_is_counted_down_and_an_undo_gives_nothing_back(printer, exact):
    made = added(printer)
    mounted(printer, made, yield_cards=50)
    mounted(printer, made, "film", yield_cards=80)
    first = job(printer, "p0", "p1", "p2")
    results(printer, first, ("p0", "spoiled", "print_failure"), ("p0", "printed"), ("p1", "spoiled", "encode_failure"))
    assert left(printer, made) == {"ribbon": 48, "film": 78}
    results(printer, first, ("p1", "printed"), ("p2", "printed"))
    assert left(printer, made) == {"ribbon": 46, "film": 76}
    printer.post(f"/print-jobs/{first['id']}/undo", {"recording": "p2", "reason": "salah"}, 200)
    assert left(printer, made) == {"ribbon": 46, "film": 76}
    mounted(printer, made, yield_cards=100)
    results(printer, first, ("p2", "printed"))
    assert left(printer, made) == {"ribbon": 99, "film": 75}
    # A roll may give more than it says.
    mounts = printer.get(f"/printers/{made['id']}/mounts?order=desc")["items"]
    assert [(one["kind"], one["used"]) for one in mounts] == [("ribbon", 1), ("film", 5), ("ribbon", 4)]


def test_printing_on_no_listed_printer_counts_nothing(printer, exact):
    started = job(printer, "p0", machine=None)
    results(printer, started, ("p0", "printed"))
    made = added(printer)
    mounted(printer, made)
    results(printer, job(printer, "p1", machine=None), ("p1", "printed"))
    assert left(printer, made) == {"ribbon": 500}


def test_a_batch_on_a_listed_printer_costs_two_statements_however_long_it_is(printer, statements, exact):
    unlisted = job(printer, "p0", "p1", machine=None)
    with statements.within(60):
        results(printer, unlisted, ("p0", "printed"), ("p1", "printed"))
    before = len(statements)
    mounted(printer, added(printer))
    short, long = job(printer, "p2", "p3"), job(printer, *[f"p{n}" for n in range(4, 10)])
    # One more finds the printers of the store, as naming one always did.
    with statements.within(before + 3):
        results(printer, short, ("p2", "printed"), ("p3", "printed"))
    with statements.within(before + 3):
        results(printer, long, *[(f"p{n}", "printed") for n in range(4, 10)])


def test_a_job_that_will_not_fit_is_warned_of_in_the_callers_language(printer):
    made = added(printer, daily_limit=4)
    assert job(printer, "p0")["warnings"] == []
    mounted(printer, made, yield_cards=3)
    told = job(printer, *[f"p{n}" for n in range(1, 6)])["warnings"]
    assert told == [
        "Ribbon tersisa untuk 3 dari 5 kartu; 1 cadangan di gudang.",
        'Printer "Fargo 1" dibatasi 4 kartu sehari (harus mendingin); yang menunggu 5.',
    ]
    body = {"store": STORE, "printer": "Fargo 1", "recordings": ["p6", "p7", "p8", "p9"], "draft": True}
    draft = printer.post("/print-jobs", body, Accept_Language="en")
    assert draft["warnings"] == ["Ribbon left for 3 of 4 cards; 1 spare in store."]
    assert printer.post(f"/print-jobs/{draft['id']}/open", {}, 200)["warnings"][0].startswith("Ribbon tersisa")


def test_a_run_is_refused_where_ribbon_and_spares_do_not_last_unless_it_is_to_go_on(printer, exact):
    made = added(printer)
    mounted(printer, made, yield_cards=2)
    mounted(printer, made, "film", yield_cards=3)
    waiting = job(printer, *[f"p{n}" for n in range(5)])
    path = f"/print-jobs/{waiting['id']}/start"
    # One ribbon is spare, and no film: the film lasts for three.
    problem = printer.post(path, {}, 409)
    assert (problem["code"], problem["facts"]) == (
        "supplies_will_not_last", {"kind": "film", "cards": 3, "quantity": 5},
    )  # fmt: skip
    assert printer.post(path, {"despite_supplies": "yes"}, 422)["code"] == "body_invalid"
    run = printer.post(path, {"despite_supplies": True})
    assert run["warnings"] == [
        "Ribbon tersisa untuk 2 dari 5 kartu; 1 cadangan di gudang.",
        "Film tersisa untuk 3 dari 5 kartu; 0 cadangan di gudang.",
    ]


def test_a_run_that_the_spares_carry_is_started_with_a_warning(printer, exact):
    mounted(printer, added(printer), yield_cards=2)
    run = printer.post(f"/print-jobs/{job(printer, 'p0', 'p1', 'p2')['id']}/start", {})
    assert run["warnings"] == ["Ribbon tersisa untuk 2 dari 3 kartu; 1 cadangan di gudang."]


def test_the_spoil_rate_is_told_by_printer_by_ribbon_lot_and_by_reason(printer, exact):
    one, two = added(printer), added(printer, "Fargo 2")
    mounted(printer, one, lot="R-1")
    mounted(printer, two, lot="R-2")
    results(printer, job(printer, "p0", "p1"), ("p0", "spoiled", "damaged"), ("p0", "printed"), ("p1", "printed"))
    second = job(printer, "p2", machine="Fargo 2")
    results(printer, second, ("p2", "spoiled", "print_failure"), ("p2", "spoiled", "damaged"), ("p2", "printed"))
    undone = job(printer, "p3", machine="Fargo 2")
    results(printer, undone, ("p3", "spoiled", "damaged"))
    printer.post(f"/print-jobs/{undone['id']}/undo", {"recording": "p3", "reason": "salah"}, 200)
    period = f"office=15.03&from={today()}&to={today()}"

    def told(by):
        found = printer.get(f"/spoilage?{period}&by={by}")
        assert (found["whole"]["attempts"], found["whole"]["spoiled"], found["whole"]["rate"]) == (6, 3, 0.5)
        assert (found["whole"]["low"] < 0.2, found["whole"]["high"] > 0.8) == (True, True)
        return {(g["name"] or g["key"]): (g["rate"]["attempts"], g["rate"]["spoiled"]) for g in found["groups"]}

    assert told("printer") == {"Fargo 1": (3, 1), "Fargo 2": (3, 2)}
    assert told("ribbon") == {"R-1": (3, 1), "R-2": (3, 2)}
    assert told("reason") == {"damaged": (6, 2), "print_failure": (6, 1)}
    assert told("lot") == {None: (6, 3)}
    empty = printer.get("/spoilage?office=15.03&from=2020-01-01&to=2020-03-31")
    assert (empty["groups"], empty["whole"]) == (
        [], {"attempts": 0, "spoiled": 0, "rate": None, "low": None, "high": None},
    )  # fmt: skip


def test_the_spoil_rate_of_numbered_blanks_is_told_by_their_lot(calls, exact):
    caller, clerk = calls("printer", "15.03"), calls("clerk", "15.03")
    for paper, series in (("SJ/A", "A"), ("SJ/B", "B")):
        lot = {"intervals": [[f"{series}0001", f"{series}0004"]]}
        clerk.post("/receipts", receipt(STORE, 4, document_number=paper, lots=[lot]))
    caller.post("/recordings", {"recordings": [person(f"p{n}") for n in range(3)]})
    made = job(caller, "p0", "p1", "p2", machine=None)
    lines = [("p0", "spoiled", "damaged"), ("p0", "printed"), ("p1", "printed"), ("p2", "printed")]
    results(caller, made, *lines, numbers=["A0001", "A0002", "B0003", "B0004"])
    caller.post("/cards/issue", {"cards": [{"recording": "p1", "collected_by": "Ani"}]}, 200)
    found = caller.get(f"/spoilage?office=15.03&from={today()}&to={today()}&by=lot")["groups"]
    assert [(g["name"], g["item"], g["rate"]["attempts"], g["rate"]["spoiled"]) for g in found] == [
        ("SJ/A", "blangko", 2, 1), ("SJ/B", "blangko", 2, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("office=15.03&from=2026-01-02&to=2026-01-01", 422, "spoilage_period_wrong"),
        ("office=15.03&from=2026-01-01&to=2026-04-03", 422, "spoilage_period_wrong"),
        ("office=35.09&from=2026-01-01&to=2026-01-01", 403, "out_of_reach"),
        ("from=2026-01-01&to=2026-01-01", 422, "query_invalid"),
        ("office=15.03&from=2026-01-01&to=2026-01-01&by=moon", 422, "query_invalid"),
        ("office=15.03&from=9999-12-31&to=9999-12-31", 422, "query_invalid"),
    ],
)
def test_what_no_spoil_rate_is_of_is_refused(printer, query, status, code):
    assert printer.get(f"/spoilage?{query}", status)["code"] == code
