"""Real threads that hand cards over and bring them back at the same moment."""

from __future__ import annotations

from collections import Counter

from tests.builders import receipt
from tests.concurrency.racing import race
from tests.outreach import person

STORE = "15.03-UTAMA"


def sent(calls, people):
    """So many cards are out with one consignment; answers the printer and the consignment's path."""
    printer = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, people))
    names = [f"p-{n}" for n in range(people)]
    printer.post("/recordings", {"recordings": [person(name) for name in names]})
    job = printer.post("/print-jobs", {"store": STORE, "recordings": names})["id"]
    results = [{"recording": name, "outcome": "printed"} for name in names]
    printer.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    body = consignment(*names)
    return printer, f"/card-consignments/{printer.post('/card-consignments', body)['id']}"


def consignment(*names):
    head = {"recipient": "Umar", "recipient_role": "kepala desa"}
    return {"store": STORE, "region": "15.03.04.2001", "recordings": list(names), **head}


def handed(name):
    return {"cards": [{"recording": name, "collector_relation": "self"}]}


def test_a_card_is_handed_over_or_brought_back_never_both(calls, exact):
    printer, path = sent(calls, 8)

    def work(n):
        if n % 2:
            return printer.send("POST", "/cards/issue", handed(f"p-{n // 2}"))
        return printer.send("POST", f"{path}/return", {"recordings": [f"p-{n // 2}"]})

    answers = race(16, work)
    assert {answer.status_code for answer in answers} <= {200, 409}
    shown = printer.get(path)
    back = sum(answer.status_code == 200 for answer in answers[::2])
    # What came back can still be handed over at the store, so each issue went through.
    assert [answer.status_code for answer in answers[1::2]] == [200] * 8
    assert (shown["status"], shown["returned"], shown["issued"]) == ("closed", back, 8 - back)


def test_all_that_is_out_comes_back_once(calls, exact):
    printer, path = sent(calls, 6)
    answers = race(6, lambda _: printer.send("POST", f"{path}/return", {"all": True}))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    assert printer.get(path)["returned"] == 6


def test_a_card_is_in_one_consignment(calls, exact):
    printer, path = sent(calls, 4)
    printer.post(f"{path}/return", {"all": True}, 200)
    names = ("p-0", "p-1", "p-2", "p-3")
    answers = race(6, lambda n: printer.send("POST", "/card-consignments", consignment(*names[:: 1 if n % 2 else -1])))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"cards_sent_on"}
