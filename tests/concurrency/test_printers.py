"""Real threads that mount ribbons and print on one printer at the same moment."""

from __future__ import annotations

from collections import Counter

from tests.builders import receipt
from tests.concurrency.racing import race
from tests.outreach import person

STORE = "15.03-UTAMA"


def prepared(calls, ribbons: int, people: int = 0):
    printer, clerk = calls("printer", "15.03"), calls("clerk", "15.03")
    clerk.post("/receipts", receipt(STORE, ribbons, "ribbon"))
    if people:
        clerk.post("/receipts", receipt(STORE, people))
        printer.post("/recordings", {"recordings": [person(f"p{n}") for n in range(people)]})
    return printer


def test_the_last_ribbon_is_mounted_in_one_printer(calls, exact):
    printer = prepared(calls, 1)
    machines = [printer.post("/printers", {"store": STORE, "name": f"Fargo {n}"})["id"] for n in range(6)]
    answers = race(6, lambda n: printer.send("POST", f"/printers/{machines[n]}/mount", {"item": "ribbon"}))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {a.get_json()["code"] for a in answers if a.status_code == 409} == {"stock_insufficient"}
    assert printer.stock(STORE, "ribbon")["on_hand"] == 0


def test_ribbons_mounted_in_one_printer_at_once_replace_each_other(calls, exact):
    printer = prepared(calls, 4)
    machine = printer.post("/printers", {"store": STORE, "name": "Fargo"})["id"]
    answers = race(6, lambda _: printer.send("POST", f"/printers/{machine}/mount", {"item": "ribbon"}))
    assert Counter(answer.status_code for answer in answers) == {201: 4, 409: 2}
    mounts = printer.get(f"/printers/{machine}/mounts")["items"]
    assert [one["replaced"] for one in mounts] == [None, *[one["id"] for one in mounts[:-1]]]
    assert [one["unmounted_at"] is None for one in mounts] == [False, False, False, True]


def test_every_attempt_is_counted_on_one_of_the_ribbons_while_they_are_changed(calls, exact):
    printer = prepared(calls, 4, 12)
    machine = printer.post("/printers", {"store": STORE, "name": "Fargo"})["id"]
    path = f"/printers/{machine}/mount"
    printer.post(path, {"item": "ribbon"})
    jobs = [
        printer.post("/print-jobs", {"store": STORE, "printer": "Fargo", "recordings": [f"p{n}"]})["id"]
        for n in range(12)
    ]

    def work(n: int):
        if n % 4 == 3:
            return printer.send("POST", path, {"item": "ribbon"})
        lines = []
        for one in range(n, 12, 4):
            body = {"results": [{"recording": f"p{one}", "outcome": "printed"}]}
            lines.append(printer.send("POST", f"/print-jobs/{jobs[one]}/results", body))
        return lines[-1]

    answers = race(4, work)
    assert {answer.status_code for answer in answers} <= {200, 201}
    mounts = printer.get(f"/printers/{machine}/mounts")["items"]
    assert sum(one["used"] for one in mounts) == 9
    assert len(mounts) == 2
