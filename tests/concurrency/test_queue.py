"""Real threads that take from one queue at the same moment."""

from __future__ import annotations

from collections import Counter

from tests.concurrency.racing import race
from tests.outreach import person

STORE = "15.03-UTAMA"


def prepared(calls, people: int, **more):
    printer = calls("printer", "15.03")
    printer.post("/recordings", {"recordings": [person(f"p-{n}", **more) for n in range(people)]})
    return printer


def lines_of(printer, answers):
    jobs = [answer.get_json()["id"] for answer in answers if answer.status_code == 201]
    return [line["recording"] for job in jobs for line in printer.get(f"/print-jobs/{job}")["recordings"]]


def test_two_takers_of_fifty_get_a_hundred_different_people(calls):
    printer = prepared(calls, 120)
    answers = race(2, lambda _: printer.send("POST", "/print-jobs", {"store": STORE, "take": 50}))
    assert [answer.status_code for answer in answers] == [201, 201]
    taken = lines_of(printer, answers)
    assert len(taken) == len(set(taken)) == 100
    assert len(printer.get("/queue")["items"]) == 20


def test_takers_keep_a_cap_together(calls):
    printer = prepared(calls, 60, reason="out_of_domicile")
    body = {"office": "15.03", "title": "SE 1"}
    body |= {"valid_from": printer.get("/queue")["on"], "caps": [{"reasons": ["out_of_domicile"], "per_day": 15}]}
    assert calls("coordinator", "15.03").send("PUT", "/policies", body).status_code == 200
    answers = race(6, lambda _: printer.send("POST", "/print-jobs", {"store": STORE, "take": 4}))
    assert Counter(answer.status_code for answer in answers) == {201: 4, 409: 2}
    assert len(set(lines_of(printer, answers))) == 15


def test_who_is_named_and_who_is_taken_at_once_is_in_one_job(calls):
    printer = prepared(calls, 130)
    for _ in range(5):
        names = [place["client_id"] for place in printer.get("/queue?limit=8")["items"]]
        bodies = [{"take": 8}, {"recordings": names}, {"take": 8}, {"recordings": names[::-1]}]
        answers = race(4, lambda n, bodies=bodies: printer.send("POST", "/print-jobs", {"store": STORE, **bodies[n]}))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert [answer.status_code for answer in answers].count(201) >= 2
        taken = lines_of(printer, answers)
        assert len(taken) == len(set(taken))


def test_two_coordinators_at_once_make_two_versions(calls):
    coordinator = calls("coordinator", "15.03")
    bodies = [{"office": "15.03", "valid_from": "2999-01-01", "title": f"SE {n}"} for n in range(4)]
    answers = race(4, lambda n: coordinator.send("PUT", "/policies", bodies[n]))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.get_json()["number"] for answer in answers) == [1, 2, 3, 4]
