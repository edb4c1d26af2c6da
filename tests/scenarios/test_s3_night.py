"""The night of S3: recorded in two days in five kecamatan, printed at night, issued in the morning, the rest sent home.

Everything by the papers of the print room, and in the end the ledger, the printers' counters, the cards and the
hand-overs say the same, without anybody having typed a total.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory import clock
from tests.intake import bring
from tests.scenarios.test_s3_sarolangun import KECAMATAN

WIB = ZoneInfo("Asia/Jakarta")
DAYS = ["2026-03-04", "2026-03-05"]
A_STOP = 12
OF_HOST, OF_PROVINCE = 70, 90
PRINTERS = ("cetak-1", "cetak-2")


@contextmanager
def at(day: str, hour: str):
    with clock.telling(datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=WIB)):
        yield


@pytest.fixture
def night(calls):
    """The event, begun: blanks of two owners and ribbons in its kit, two printers with a ribbon mounted in each."""
    with at("2026-03-01", "09:00"):
        for office, item, quantity in (
            ("15", "blangko", 200), ("15.03", "blangko", 100), ("15.03", "ribbon", 4), ("15.03", "film", 2),
        ):  # fmt: skip
            body = {"store": f"{office}-UTAMA", "item": item, "quantity": quantity, "source": "ministry"}
            calls("clerk", office).post("/receipts", body | {"document_number": "SJ/1", "received_on": "2026-03-01"})
        coordinator = calls("coordinator", "15")
        made = coordinator.post("/events", {
            "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": DAYS[0],
            "ends_on": DAYS[1], "opens_at": "08:00", "closes_at": "16:00",
        })  # fmt: skip
        path = f"/events/{made['id']}"
        made["stops"] = {
            (day, code): coordinator.post(f"{path}/stops", {
                "name": f"{code} {day}", "kind": "village_office", "region": code,
                "starts_at": f"{day}T08:00:00+07:00", "ends_at": f"{day}T16:00:00+07:00", "target_people": 20,
                "kits": 1, "minutes_per_recording": 15,
            })["id"]
            for day in DAYS for code in KECAMATAN
        }  # fmt: skip
        pledged = (("15.03", "blangko", OF_HOST), ("15", "blangko", OF_PROVINCE), ("15.03", "ribbon", 4),
                   ("15.03", "film", 2))  # fmt: skip
        for office, item, quantity in pledged:
            body = {"store": f"{office}-UTAMA", "item": item, "quantity": quantity}
            calls("coordinator", office).post(f"{path}/pledges", body)
    with at(DAYS[0], "07:30"):
        coordinator.post(f"{path}/start", {}, 200)
        printer = calls("printer", "15.03")
        made["printers"] = []
        for name in PRINTERS:
            machine = printer.post("/printers", {"store": made["store"], "name": name, "capacity_per_hour": 40})["id"]
            for item in ("ribbon", "film"):
                printer.post(f"/printers/{machine}/mount", {"item": item, "lot": "L-2026"})
            made["printers"].append(machine)
    return made


def daily_list(event, day: str, status: str) -> bytes:
    """The list that the office exports of a day: 60 people of five kecamatan, none with a client id."""
    first = DAYS.index(day) * 5 * A_STOP
    lines = ["NIK;NAMA;ALASAN;STATUS;TGL_REKAM;event;stop"]
    for place, code in enumerate(KECAMATAN):
        for number in range(A_STOP):
            n = first + place * A_STOP + number
            reason = ("first_card", "damaged", "data_change")[n % 3]
            lines.append(
                f"{code.replace('.', '')}010180{n:04d};Warga {n};{reason};{status};{day} 1{number % 6}:00;"
                f"{event['id']};{event['stops'][day, code]}"
            )
    return "\n".join(lines).encode()


def bring_in(caller, event, day, status):
    return bring(caller, daily_list(event, day, status), name=f"{day}.csv")


def print_half(printer, event, take, machine, *, spoil=0, crash=0):
    """One machine's part of the night; a person counts what came out. Answers the job and who was printed."""
    body = {"store": event["store"], "take": take, "printer": machine}
    job = printer.post("/print-jobs", body)["id"]
    people = [line["recording"] for line in printer.get(f"/print-jobs/{job}")["recordings"]]
    run = printer.post(f"/print-jobs/{job}/start", {})["id"]
    if crash:  # the printer stopped: nobody says what came out before somebody has counted
        refused = printer.send("POST", f"/print-jobs/{job}/start", {})
        assert (refused.status_code, refused.json["code"]) == (409, "run_unconfirmed")
        counted = {"run": run, "counted": take - crash, "not_printed": people[-crash:]}
        wrong = printer.send("POST", f"/print-jobs/{job}/confirm", counted | {"counted": take})
        assert (wrong.status_code, wrong.json["code"]) == (422, "count_does_not_match")
        printer.post(f"/print-jobs/{job}/confirm", counted, 200)
        run = printer.post(f"/print-jobs/{job}/start", {})["id"]
        printer.post(f"/print-jobs/{job}/confirm", {"run": run, "counted": crash}, 200)
    else:
        lines = [{"recording": i, "reason": "print_failure"} for i in people[:spoil]]
        printer.post(f"/print-jobs/{job}/confirm", {"run": run, "counted": take, "spoiled": lines}, 200)
    done = printer.get(f"/print-jobs/{job}")
    assert (done["state"], done["printed"], done["spoiled"]) == ("done", take, spoil)
    return people


def hand_over(printer, people):
    cards = [{"recording": i, "collector_relation": "self", "collected_by": "Warga", "checked": ["kk"]} for i in people]
    cards[0]["surrendered"] = {"reason": "damaged"}
    printer.post("/cards/issue", {"cards": cards}, 200)


def test_the_night_from_intake_to_hand_over_and_to_both_owners_and_every_total_agrees(calls, night, exact):
    printer, clerk = calls("printer", "15.03"), calls("clerk", "15.03")
    path, kit = f"/events/{night['id']}", night["store"]
    all_people, uncollected = [], []
    for number, day in enumerate(DAYS):
        with at(day, "15:00"):
            taken = bring_in(printer, night, day, "bio_captured")
            assert (taken["created"], taken["refused"]) == (60, 0)
        with at(day, "17:00"):
            ready = bring_in(printer, night, day, "prr")
            assert (ready["created"], ready["changed"]) == (0, 60)
            again = bring_in(printer, night, day, "prr")
            assert (again["changed"], again["unchanged"], again["same_as"]) == (0, 60, ready["id"])
            told = printer.get(f"{path}/print-night")
            assert told["can_meet"] is True
            assert printer.get(f"/queue?office=15.03&event={night['id']}")["items"][0]["position"] == 1
        with at(day, "20:00"):
            people = print_half(printer, night, 30, PRINTERS[0], spoil=number)
            people += print_half(printer, night, 30, PRINTERS[1], crash=10)
            assert len(set(people)) == 60
            all_people += people
        morning = str(datetime.fromisoformat(day).date() + timedelta(days=1))
        with at(morning, "08:00"):
            sent = people[-8:]
            consigned = printer.post("/card-consignments", {
                "store": kit, "region": KECAMATAN[0], "recipient": "Pak Camat", "recipient_role": "camat",
                "recordings": sent,
            })["id"]  # fmt: skip
            paper = printer.post("/documents", {"kind": "daftar_serah", "subject": consigned})
            assert printer.send("GET", f"/documents/{paper['id']}.pdf").data.startswith(b"%PDF")
            hand_over(printer, people[:50])
            hand_over(printer, sent[:5])
            printer.post(f"/card-consignments/{consigned}/return", {"all": True}, 200)
            assert printer.get(f"/card-consignments/{consigned}")["status"] == "closed"
            uncollected += people[50:52] + sent[5:]
    with at("2026-03-06", "10:00"):
        _close(calls, night)
        _everybody_agrees(calls, night, all_people, uncollected)
        assert clerk.stock("15.03-UTAMA")["printed"] == len(uncollected) == 10


def _close(calls, night):
    coordinator, path = calls("coordinator", "15"), f"/events/{night['id']}"
    used = 2 * 60 + 1
    counts = [
        {"owner": "15.03", "item": "blangko", "quantity": max(0, OF_HOST - used)},
        {"owner": "15", "item": "blangko", "quantity": OF_PROVINCE - (used - OF_HOST)},
        {"owner": "15.03", "item": "ribbon", "quantity": 2},
        {"owner": "15.03", "item": "film", "quantity": 0},
    ]
    coordinator.post(f"{path}/close", {"counts": counts}, 200)
    lines = {(line["owner"], line["item"]): line for line in coordinator.get(f"{path}/settlement")["owners"]}
    figures = ("brought", "printed", "spoiled", "used", "returned", "missing")
    assert [lines["15.03", "blangko"][name] for name in figures] == [70, 69, 1, 0, 0, 0]
    assert [lines["15", "blangko"][name] for name in figures] == [90, 51, 0, 0, 39, 0]
    assert [lines["15.03", "ribbon"][name] for name in figures] == [4, 0, 0, 2, 2, 0]
    for row in calls("clerk", "15").get("/transfers?store=15-UTAMA")["items"]:
        if row["keeps_owner"] and not row["pledge"]:
            calls("coordinator", "15.03").post(f"/transfers/{row['id']}/dispatch", {}, 200)
            received = {"received": 39, "rejected": 0, "missing": 0}
            calls("clerk", "15").post(f"/transfers/{row['id']}/receive", received, 200)
    assert calls("clerk", "15").stock("15-UTAMA")["on_hand"] == 200 - 51


def _everybody_agrees(calls, night, people, uncollected):
    printer = calls("printer", "15.03")
    event = night["id"]
    cards = [card for page in _pages(printer, f"/cards?event={event}") for card in page]
    assert sorted(card["recording"] for card in cards) == sorted(people)
    assert sorted(card["recording"] for card in cards if card["status"] == "waiting") == sorted(uncollected)
    used = [[each["used"] for each in printer.get(f"/printers/{i}")["mounted"]] for i in night["printers"]]
    assert used == [[61, 61], [60, 60]]
    jobs = printer.get(f"/print-jobs?event={event}")["items"]
    assert (sum(job["printed"] for job in jobs), sum(job["spoiled"] for job in jobs)) == (120, 1)
    reports = [printer.get(f"/reports/daily?office=15.03&on={day}") for day in (*DAYS, "2026-03-06")]
    told = [report["printing_totals"] for report in reports]
    names = ("printed", "spoiled_print_failure", "issued", "ribbons_used")
    assert [sum(day[name] for day in told) for name in names] == [120, 1, 110, 2]
    assert [day["waiting"] for day in told] == [60, 65, 10]
    assert [day["prr_left"] for day in told] == [0, 0, 0]
    withdrawn = printer.get("/withdrawn-cards?store=" + night["store"])["items"]
    assert sum(row["quantity"] for row in withdrawn) == 4


def _pages(caller, path):
    answer = caller.get(f"{path}&limit=100")
    yield answer["items"]
    while answer["next"]:
        answer = caller.get(f"{path}&limit=100&cursor={answer['next']}")
        yield answer["items"]
