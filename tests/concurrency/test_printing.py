"""Real threads that print, and take recordings in, at the same moment."""

from __future__ import annotations

from collections import Counter

from tests.builders import receipt
from tests.concurrency.racing import race
from tests.outreach import person

STORE = "15.03-UTAMA"


def prepared(calls, blanks: int, people: int):
    printer = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, blanks))
    printer.post("/recordings", {"recordings": [person(f"p-{n}") for n in range(people)]})
    return printer


def statuses(answers) -> Counter:
    return Counter(answer.status_code for answer in answers)


def test_eight_printers_on_five_blanks_print_five_cards(calls, exact):
    printer = prepared(calls, 5, 8)
    jobs = [printer.post("/print-jobs", {"store": STORE, "recordings": [f"p-{n}"]})["id"] for n in range(8)]

    def work(n: int):
        body = {"results": [{"recording": f"p-{n}", "outcome": "printed"}]}
        return printer.send("POST", f"/print-jobs/{jobs[n]}/results", body)

    answers = race(8, work)
    assert statuses(answers) == {200: 5, 409: 3}
    assert {a.get_json()["code"] for a in answers if a.status_code == 409} == {"stock_insufficient"}
    assert printer.stock(STORE)["on_hand"] == 0
    assert printer.stock(STORE)["printed"] == len(printer.get("/cards")["items"]) == 5


def test_one_recording_reported_twice_at_once_is_printed_once(calls, exact):
    printer = prepared(calls, 40, 10)
    for n in range(10):
        job = printer.post("/print-jobs", {"store": STORE, "recordings": [f"p-{n}"]})["id"]
        body = {"results": [{"recording": f"p-{n}", "outcome": "printed"}]}
        answers = race(4, lambda _, job=job, body=body: printer.send("POST", f"/print-jobs/{job}/results", body))
        assert statuses(answers) == {200: 1, 409: 3}
    assert printer.stock(STORE)["printed"] == 10


def test_the_same_results_with_one_key_are_taken_once_and_answered_alike(calls, exact):
    printer = prepared(calls, 5, 2)
    job = printer.post("/print-jobs", {"store": STORE, "recordings": ["p-0", "p-1"]})["id"]
    body = {"results": [{"recording": "p-0", "outcome": "spoiled", "reason": "damaged"}]}
    answers = race(6, lambda _: printer.send("POST", f"/print-jobs/{job}/results", body, key="one"))
    assert statuses(answers) == {200: 6}
    assert {answer.get_data() for answer in answers} == {answers[0].get_data()}
    assert printer.stock(STORE)["spoiled"] == 1


def test_of_two_jobs_over_the_same_recordings_one_wins(calls):
    printer = prepared(calls, 5, 60)
    for start in range(0, 60, 6):
        names = [f"p-{n}" for n in range(start, start + 6)]
        orders = [names, names[::-1], names[3:], names[:4][::-1]]
        answers = race(4, lambda n, orders=orders: printer.send(
            "POST", "/print-jobs", {"store": STORE, "recordings": orders[n]}))  # fmt: skip
        assert set(statuses(answers)) == {201, 409}
        assert {a.get_json()["code"] for a in answers if a.status_code == 409} == {"recording_in_other_job"}
        held = [line["client_id"] for a in answers if a.status_code == 201
                for line in printer.get(f"/print-jobs/{a.get_json()['id']}")["recordings"]]  # fmt: skip
        assert len(held) == len(set(held))


def test_a_card_is_handed_over_once(calls, exact):
    printer = prepared(calls, 20, 20)
    names = [f"p-{n}" for n in range(20)]
    job = printer.post("/print-jobs", {"store": STORE, "recordings": names})["id"]
    printer.post(
        f"/print-jobs/{job}/results", {"results": [{"recording": n, "outcome": "printed"} for n in names]}, 200
    )

    def work(n: int):
        order = names if n % 2 else names[::-1]
        cards = [{"recording": name, "collected_by": f"Umar {n}"} for name in order]
        return printer.send("POST", "/cards/issue", {"cards": cards})

    assert statuses(race(6, work)) == {200: 1, 409: 5}
    assert printer.stock(STORE)["issued"] == 20


def test_two_batches_with_the_same_client_ids_make_one_row_each(calls):
    field = calls("field", "15.03")
    lines = [person(f"r-{n}") for n in range(300)]
    answers = race(6, lambda n: field.send("POST", "/recordings", {"recordings": lines if n % 2 else lines[::-1]}))
    assert statuses(answers) == {201: 6}
    assert sum(answer.get_json()["created"] for answer in answers) == 300
    assert sum(answer.get_json()["unchanged"] for answer in answers) == 5 * 300


def test_of_two_contents_under_one_client_id_one_is_kept(calls):
    field = calls("field", "15.03")
    for n in range(10):
        lines = [person(f"r-{n}", nik=f"{owner:016d}") for owner in range(4)]
        answers = race(4, lambda i, lines=lines: field.send("POST", "/recordings", {"recordings": [lines[i]]}))
        assert statuses(answers) == {201: 1, 422: 3}
        assert {a.get_json()["errors"][0]["code"] for a in answers if a.status_code == 422} == {"client_id_taken"}


def test_a_status_never_changes_under_a_job_that_takes_the_recording(calls, exact):
    printer = prepared(calls, 60, 30)
    for n in range(30):
        name = f"p-{n}"

        def work(who: int, name: str = name):
            if who % 2:
                return printer.send("POST", "/print-jobs", {"store": STORE, "recordings": [name]})
            change = {"client_id": name, "status": "failed", "failure": "DUPLICATE_RECORD"}
            return printer.send("POST", "/recordings/status", {"changes": [change]})

        reported, sent = race(2, work)
        assert (reported.status_code, sent.status_code) in {(200, 409), (422, 201)}


def test_results_status_reports_and_undos_at_once_never_fail(calls, exact):
    printer = prepared(calls, 100, 40)
    names = [f"p-{n}" for n in range(40)]
    job = printer.post("/print-jobs", {"store": STORE, "recordings": names})["id"]
    told = {"changes": [{"client_id": name, "status": "failed", "failure": "DUPLICATE_RECORD"} for name in names[::-1]]}

    def work(n: int):
        if n == 0:
            return printer.send("POST", "/recordings/status", told)
        part = names[(n - 1) * 10 : n * 10]
        results = {"results": [{"recording": name, "outcome": "printed"} for name in part]}
        first = printer.send("POST", f"/print-jobs/{job}/results", results)
        printer.send("POST", f"/print-jobs/{job}/undo", {"recording": part[0], "reason": "wrong"})
        return first

    reported, *printed = race(5, work)
    assert reported.status_code == 422
    assert statuses(printed) == {200: 4}
    assert printer.stock(STORE)["printed"] == 36
    assert printer.get(f"/print-jobs/{job}")["waiting"] == 4
