"""Policies of the queue over HTTP: dated, inherited, refused where they contradict, and tried before they are set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import clock
from tests.waiting import NOON, TODAY, klass, order, policy, printed, put, stocked_printer, waits


@pytest.fixture(autouse=True)
def _noon():
    with clock.telling(NOON):
        yield


@pytest.fixture
def printer(calls):
    return stocked_printer(calls)


@pytest.fixture
def coordinator(calls):
    return calls("coordinator", "15.03")


def test_an_office_inherits_from_its_province_then_the_ministry_until_it_sets_its_own(calls, coordinator, printer):
    waits(printer, "lost", "suket")
    put(calls("coordinator", "0"), policy("0", title="Pusat", classes=[klass("hilang", "lost")]))
    assert printer.get("/queue")["inherited_from"] == "0"
    put(calls("coordinator", "15"), policy("15", title="Jambi", classes=[klass("suket", "suket")]))
    assert printer.get("/queue")["inherited_from"] == "15"
    assert order(printer) == [1, 0]
    own = put(coordinator, policy(title="Sarolangun"))
    found = printer.get("/queue")
    assert (found["inherited_from"], found["policy"]["title"]) == (None, "Sarolangun")
    assert order(printer) == [0, 1]
    back = put(coordinator, policy(title="Kembali", inherit=True))
    assert (back["inherit"], back["number"]) == (True, own["number"] + 1)
    assert printer.get("/policies")["inherited_from"] == "15"
    assert [version["title"] for version in printer.get("/policies")["items"]] == ["Sarolangun", "Kembali"]
    # The neighbour follows the province all along.
    assert calls("inspector", "15").get("/policies?office=15.04")["policy"]["title"] == "Jambi"


def test_versions_are_dated_the_last_one_of_a_day_counts_and_the_same_again_changes_nothing(coordinator):
    first = put(coordinator, policy(title="A"))
    assert put(coordinator, policy(title="A"))["id"] == first["id"]
    later = put(coordinator, policy(valid_from="2026-04-01", title="B", note="mulai April"))
    short = put(coordinator, policy(valid_from="2026-03-15", title="C"))
    again = put(coordinator, policy(valid_from="2026-04-01", title="D"))
    assert [v["number"] for v in (first, later, short, again)] == [1, 2, 3, 4]

    def title(on):
        found = coordinator.get(f"/policies?on={on}")["policy"]
        return found and found["title"]

    assert [title(on) for on in ("2026-03-01", TODAY, "2026-03-20", "2026-04-02")] == [None, "A", "C", "D"]
    page = coordinator.get("/policies?limit=3&order=desc")
    assert [v["title"] for v in page["items"]] == ["D", "C", "B"]
    rest = coordinator.get(f"/policies?limit=3&order=desc&cursor={page['next']}")
    assert [v["title"] for v in rest["items"]] == ["A"]
    assert put(coordinator, policy(valid_from="2026-03-01", title="E"), 422)["code"] == "policy_in_past"
    with clock.telling(NOON + timedelta(days=60)):  # repeating what is known is not setting it
        assert put(coordinator, policy(title="A"))["id"] == first["id"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"classes": [{"name": "a", "reasons": ["whim"]}]}, "/classes/0/reasons/0"),
        ({"classes": [{"name": "a", "reasons": []}]}, "/classes/0/reasons"),
        ({"classes": [{"name": "", "reasons": ["lost"]}]}, "/classes/0/name"),
        ({"classes": [{"name": "a", "reasons": ["lost"], "quota": 0}]}, "/classes/0/quota"),
        ({"classes": [{"name": "a", "reasons": ["lost"], "quota": 101}]}, "/classes/0/quota"),
        ({"classes": [{"name": "a", "reasons": ["lost"], "weight": 1}]}, "/classes/0/weight"),
        ({"classes": [{"name": f"k{n}", "reasons": ["lost"]} for n in range(9)]}, "/classes"),
        ({"caps": [{"reasons": ["lost"], "per_day": -1}]}, "/caps/0/per_day"),
        ({"caps": [{"reasons": ["lost"], "per_day": 10**30}]}, "/caps/0/per_day"),
        ({"caps": [{"reasons": ["lost"], "per_day": 1.5}]}, "/caps/0/per_day"),
        ({"holds": {"until_18": True}}, "/holds/until_18"),
        ({"holds": {"until_present": ["nobody"]}}, "/holds/until_present/0"),
        ({"valid_from": "2026-02-30"}, "/valid_from"),
        ({"title": "x" * 201}, "/title"),
        ({"office": None}, "/office"),
    ],
)
def test_a_malformed_policy_is_refused_at_its_place(coordinator, more, pointer):
    answer = put(coordinator, {**policy(), **more}, 422)
    assert pointer in [error["pointer"] for error in answer["errors"]]
    assert coordinator.get("/policies")["items"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"classes": [klass("a", "lost", quota=70), klass("b", "suket", quota=20)]}, "quotas_not_whole"),
        ({"classes": [klass("a", "lost"), klass("a", "suket")]}, "class_name_twice"),
        ({"classes": [klass("a", "lost"), klass("b", "lost")]}, "reason_twice"),
        ({"classes": [klass("a", "lost")], "inherit": True}, "policy_inherits_and_states"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(coordinator, more, code):
    assert put(coordinator, policy(**more), 422)["code"] == code
    if "inherit" not in more:
        answer = coordinator.post("/policies/simulate", {"office": "15.03", **more}, 422)
        assert answer["code"] == code


def test_who_may_set_a_policy_and_who_may_see_a_queue(calls, printer):
    for role in ("clerk", "printer", "field", "inspector"):
        put(calls(role, "15.03"), policy(), 403)
        calls(role, "15.03").post("/policies/simulate", {"office": "15.03"}, 403)
    assert put(calls("coordinator", "15.04"), policy(), 403)["code"] == "out_of_reach"
    assert put(calls("coordinator", "15"), policy("15.99"), 404)["code"] == "office_not_found"
    put(calls("coordinator", "15"), policy())
    put(calls("admin", "0"), policy(title="B"))
    neighbour = calls("coordinator", "15.04")
    assert neighbour.get("/policies?office=15.03", 403)["code"] == "out_of_reach"
    assert neighbour.get("/queue?office=15.03", 403)["code"] == "out_of_reach"
    assert neighbour.post("/policies/simulate", {"office": "15.03"}, 403)["code"] == "out_of_reach"
    calls("clerk", "15.03").get("/queue", 403)
    calls("clerk", "15.03").get("/policies")
    assert calls("inspector", "15").get("/queue?office=15.99", 404)["code"] == "office_not_found"
    assert calls("inspector", "15").get("/queue?office=15.03")["office"] == "15.03"
    for query in ("limit=0", "limit=501", "cursor=abc", "cursor=W10", "held=maybe", "event=0", "unknown=1"):
        printer.get(f"/queue?{query}", 422)
    printer.get("/queue?event=999999", 404)


def test_a_simulation_tells_who_moves_and_the_backlog_of_suket_and_changes_nothing(printer, coordinator):
    waits(printer, *["lost"] * 6, *["suket"] * 4)
    body = {"office": "15.03", "classes": [klass("suket", "suket")], "blanks_per_day": 2, "days": 5, "arrivals": []}
    found = coordinator.post("/policies/simulate", body, 200, Accept_Language="en")
    assert (found["moves_up"]["count"], found["waits_longer"]["count"], found["unchanged"]) == (4, 6, 0)
    first = found["moves_up"]["first"][0]
    assert (first["client_id"], first["position_now"], first["position_then"]) == ("15.03-6", 7, 1)
    assert found["now"]["suket"] == "The suket backlog is 0 by 2026-03-07."
    assert found["then"]["suket"] == "The suket backlog is 0 by 2026-03-04."
    assert found["then"]["classes"] == ["suket", "others"]
    assert [day["by_class"] for day in found["then"]["days"]] == [[2, 6], [0, 6], [0, 4], [0, 2], [0, 0]]
    assert any("2 blanks are printed a day (as asked)" in line for line in found["assumptions"])
    assert coordinator.get("/policies")["items"] == []
    assert order(printer) == list(range(10))


def test_a_simulation_goes_by_the_averages_of_four_weeks_where_nothing_is_said(printer, coordinator):
    waits(printer, *["suket"] * 28)
    printed(printer, *[f"15.03-{number}" for number in range(14)])
    with clock.telling(NOON + timedelta(days=1)):
        found = coordinator.post("/policies/simulate", {"office": "15.03", "days": 3}, 200, Accept_Language="en")
    assert found["blanks_per_day"] == 0  # half a card a day
    assert found["arrivals"] == [{"reason": "suket", "per_day": 0.96}]  # the oldest is 29 days old
    assert (found["waiting"], found["unchanged"]) == (14, 14)
    assert found["then"]["suket"] == "The suket backlog is 16 by 2026-03-06."
    assert any("average of the last 28 days" in line for line in found["assumptions"])


@pytest.mark.parametrize(
    "more", [{"days": 0}, {"days": 91}, {"blanks_per_day": -1}, {"arrivals": [{"reason": "lost", "per_day": -1}]},
             {"arrivals": [{"reason": "lost", "per_day": 1}, {"reason": "lost", "per_day": 2}]}, {"office": None}],
)  # fmt: skip
def test_a_simulation_of_nonsense_is_refused(coordinator, more):
    coordinator.post("/policies/simulate", {"office": "15.03", **more}, 422)
