"""Coverage over REST: S1 to S4 from their own figures, and what must not work."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import db


def report(region, as_of="2024-09-12", source="Dinas Dukcapil", **said):
    return {"region": region, "as_of": as_of, "source": source, **said}


S4 = report("17.02", required=214_600, recorded=202_820, reported_percent=94.51, reported_remaining=11_870)


def codes(row):
    return [flag["code"] for flag in row["flags"]]


def test_rejang_lebong_has_11780_left_and_the_reported_11870_is_flagged(calls):
    made = calls("coordinator", "17.02").post("/coverage", S4)
    assert (made["percent"], made["remaining"], made["reported_remaining"]) == (94.51, 11_780, 11_870)
    (flag,) = made["flags"]
    assert (flag["code"], flag["computed"], flag["reported"]) == ("remaining_differs", 11_780, 11_870)
    assert flag["detail"].startswith("Sisa yang dilaporkan 11.870")


def test_a_flag_speaks_the_callers_language(calls):
    made = calls("coordinator", "17.02").post("/coverage", S4, Accept_Language="en")
    assert made["flags"][0]["detail"] == "The reported remainder is 11,870, but the two figures give 11,780."


def test_jember_had_recorded_99_25_percent(calls):
    said = report("35.09", "2020-11-30", required=1_980_781, recorded=1_965_925, reported_percent=99.25)
    made = calls("coordinator", "35.09").post("/coverage", said)
    assert (made["percent"], made["remaining"], made["flags"]) == (99.25, 14_856, [])
    assert made["name"].upper().endswith("JEMBER")


def test_jambi_stands_at_96_54_against_98_and_sarolangun_is_lowest_with_86(calls):
    jambi = calls("coordinator", "15")
    jambi.post("/coverage/targets", {"region": "15", "percent": 98, "due_on": "2019-04-16"})
    jambi.post("/coverage", report("15", "2019-04-04", reported_percent=96.54))
    jambi.post("/coverage", report("15.03", "2019-04-04", reported_percent=86))
    jambi.post("/coverage", report("15.04", "2019-04-04", required=1000, recorded=1010))
    found = jambi.get("/coverage?parent=15")
    assert found["parent"]["percent"] == 96.54
    assert found["parent"]["target"] == {"region": "15", "percent": 98, "due_on": "2019-04-16", "gap": 1.46}
    assert len(found["items"]) == 11
    best, worst, *rest = found["items"]
    assert (best["region"], best["rank"], best["percent"], codes(best)) == ("15.04", 1, 101, ["above_100"])
    assert best["target"]["gap"] == -3
    assert (worst["region"], worst["rank"], worst["percent"]) == ("15.03", 2, 86)
    assert (worst["remaining"], codes(worst), worst["target"]["gap"]) == (None, ["only_percent"], 12)
    assert {(row["rank"], row["percent"], row["as_of"], row["id"]) for row in rest} == {(None, None, None, None)}
    assert found["totals"]["regions_counted"] == 1
    assert (found["totals"]["required"], found["totals"]["recorded"], found["totals"]["percent"]) == (1000, 1010, 101)
    assert codes(found["totals"]) == ["totals_incomplete"]
    assert jambi.get("/coverage?parent=15&order=desc")["items"][0]["region"] == "15.03"


def test_without_any_percentage_regions_are_ranked_by_how_many_are_recorded(calls):
    jambi = calls("coordinator", "15")
    for region, recorded in (("15.03", 10), ("15.04", 30), ("15.05", 20)):
        made = jambi.post("/coverage", report(region, recorded=recorded))
        assert (made["percent"], made["remaining"], codes(made)) == (None, None, ["no_percent"])
    jambi.post("/coverage", report("15.06", reported_remaining=13_000))
    found = jambi.get("/coverage?parent=15&limit=4")
    assert [(row["region"], row["rank"]) for row in found["items"]][:3] == [("15.04", 1), ("15.05", 2), ("15.03", 3)]
    assert found["items"][3]["rank"] is None
    assert (found["ranked_by"], found["totals"]["recorded"], found["totals"]["required"]) == ("recorded", 60, None)
    jambi.post("/coverage", report("15.06", "2024-09-13", reported_percent=50))
    found = jambi.get("/coverage?parent=15")
    assert (found["ranked_by"], found["items"][0]["region"], found["items"][1]["rank"]) == ("percent", "15.06", None)


def test_kecamatan_are_ranked_and_their_sum_is_held_against_the_regencys_own_figure(calls):
    jember = calls("coordinator", "35.09")
    kecamatan = [row["code"] for row in jember.get("/regions?parent=35.09&limit=500")["items"]]
    for number, code in enumerate(kecamatan):
        jember.post("/coverage", report(code, "2024-05-02", required=1000, recorded=900 + number))
    jember.post("/coverage", report("35.09", "2024-05-02", required=1000 * len(kecamatan), recorded=900))
    found = jember.get("/coverage?parent=35.09")
    assert [row["region"] for row in found["items"]] == kecamatan[::-1]
    assert [row["rank"] for row in found["items"]] == list(range(1, len(kecamatan) + 1))
    (flag,) = found["totals"]["flags"]
    assert (flag["code"], flag["reported"]) == ("totals_differ", 900)
    assert flag["computed"] == found["totals"]["recorded"] == sum(900 + n for n in range(len(kecamatan)))


def test_without_a_date_each_regions_latest_counts_and_with_one_the_latest_until_then(calls):
    office = calls("coordinator", "15.03")
    for as_of, recorded in (("2019-01-01", 10), ("2019-03-01", 30), ("2019-02-01", 20)):
        office.post("/coverage", report("15.03", as_of, required=100, recorded=recorded))
    office.post("/coverage", report("15.03", "2019-03-01", "koreksi", required=100, recorded=31))
    province = calls("inspector", "15")

    def seen(query):
        items = province.get(f"/coverage?parent=15{query}")["items"]
        return next(row["recorded"] for row in items if row["region"] == "15.03")

    assert seen("") == 31
    assert seen("&as_of=2019-02-28") == 20
    assert seen("&as_of=2018-12-31") is None
    history = province.get("/coverage/reports?region=15.03&limit=3")
    assert [row["recorded"] for row in history["items"]] == [10, 20, 30]
    rest = province.get(f"/coverage/reports?region=15.03&limit=3&cursor={history['next']}")
    assert ([row["recorded"] for row in rest["items"]], rest["next"]) == ([31], None)


def test_a_regions_own_target_goes_before_its_provinces_and_the_next_due_one_counts(calls):
    jambi = calls("coordinator", "15")
    for region, percent, due_on in (("15", 98, "2019-12-31"), ("15.03", 90, "2019-06-30"), ("15.03", 95, "2019-12-31")):
        jambi.post("/coverage/targets", {"region": region, "percent": percent, "due_on": due_on})

    def targets(as_of):
        found = jambi.get(f"/coverage?parent=15&as_of={as_of}")["items"]
        return [row["target"]["percent"] for row in found if row["region"] in ("15.03", "15.04")]

    assert targets("2019-06-30") == [90, 98]
    assert targets("2019-07-01") == [95, 98]
    assert targets("2025-01-01") == [95, 98]
    (own, _) = jambi.get("/coverage/targets?region=15.03")["items"]
    assert jambi.send("DELETE", f"/coverage/targets/{own['id']}").status_code == 204
    assert targets("2019-06-30") == [95, 98]


def test_the_list_comes_in_batches_and_begins_at_ones_own_office(calls):
    ministry = calls("inspector", "0")
    first = ministry.get("/coverage?limit=30")
    assert (len(first["items"]), first["parent"]) == (30, None)
    second = ministry.get(f"/coverage?limit=30&cursor={first['next']}")
    assert (len(second["items"]), second["next"]) == (8, None)
    assert not {r["region"] for r in first["items"]} & {r["region"] for r in second["items"]}
    assert calls("inspector", "15").get("/coverage")["parent"]["region"] == "15"
    assert calls("inspector", "15").get("/coverage?parent=15.03.04.2001")["items"] == []


def test_reading_a_ranking_costs_the_same_number_of_queries_however_many_regions(app, calls):
    ministry = calls("coordinator", "0")

    def queries(path):
        count = 0

        def counted(*_):
            nonlocal count
            count += 1

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", counted)
        try:
            ministry.get(path)
        finally:
            sa.event.remove(engine, "before_cursor_execute", counted)
        return count

    few = queries("/coverage?parent=15.03.04")
    for code in [row["code"] for row in ministry.get("/regions?parent=35&limit=500")["items"]]:
        ministry.post("/coverage", report(code, required=100, recorded=90))
    assert queries("/coverage?parent=35&limit=500") == few


def test_the_same_key_replays_and_the_same_report_again_is_refused(calls):
    office = calls("coordinator", "17.02")
    first = office.post("/coverage", S4, key="once")
    assert office.post("/coverage", S4, key="once") == first
    assert office.post("/coverage", {**S4, "recorded": 5}, 409, key="once")["code"] == "idempotency_key_reused"
    assert office.post("/coverage", S4, 409, key=None)["code"] == "coverage_reported_already"
    assert len(office.get("/coverage/reports")["items"]) == 1
    target = {"region": "17.02", "percent": 99.04, "due_on": "2024-12-31"}
    set_first = office.post("/coverage/targets", target, key="target")
    assert office.post("/coverage/targets", target, key="target") == set_first
    assert office.post("/coverage/targets", target, 409)["code"] == "coverage_target_set_already"


@pytest.mark.parametrize(
    "change",
    [
        {"required": 0},
        {"required": -5},
        {"required": 10**12},
        {"recorded": -1},
        {"recorded": "5"},
        {"recorded": 1.5},
        {"recorded": True},
        {"reported_percent": -0.1},
        {"reported_percent": 10**9},
        {"reported_remaining": 10**12},
        {"region": "15.3"},
        {"region": "0"},
        {"as_of": "2024-02-30"},
        {"source": " "},
        {"source": None},
        {"percent": 94.51},
        {"recorded": None, "reported_percent": None, "reported_remaining": None},
    ],
)
def test_a_wrong_report_is_refused_and_nothing_is_kept(calls, change):
    office = calls("coordinator", "17.02")
    problem = office.post("/coverage", {**S4, **change}, 422)
    assert problem["errors"][0]["pointer"].startswith("/")
    assert office.get("/coverage/reports")["items"] == []


def test_a_report_cannot_be_of_a_day_that_has_not_come_in_the_regions_own_zone(calls):
    with clock.telling(datetime(2024, 9, 12, 16, 30, tzinfo=UTC)):  # 23:30 in Jakarta, 01:30 on the 13th in Jayapura
        papua, jambi = calls("coordinator", "91"), calls("coordinator", "15")
        papua.post("/coverage", report("91", "2024-09-13", reported_percent=50))
        assert jambi.post("/coverage", report("15", "2024-09-13", reported_percent=50), 422)["code"] == "date_in_future"


@pytest.mark.parametrize(
    "change", [{"percent": 0}, {"percent": -1}, {"percent": 100.5}, {"percent": None}, {"due_on": "soon"}, {"by": 1}]
)
def test_a_wrong_target_is_refused(calls, change):
    target = {"region": "15", "percent": 98, "due_on": "2019-04-16"}
    calls("coordinator", "15").post("/coverage/targets", {**target, **change}, 422)


@pytest.mark.parametrize("role", ["clerk", "printer", "field", "inspector"])
def test_only_coordinators_and_administrators_report(calls, role):
    caller = calls(role, "17.02")
    caller.post("/coverage", S4, 403)
    caller.post("/coverage/targets", {"region": "17.02", "percent": 98, "due_on": "2025-01-01"}, 403)
    assert caller.send("DELETE", "/coverage/targets/1").status_code == 403
    caller.get("/coverage?parent=17.02")


def test_another_offices_regions_are_out_of_reach(calls):
    owner, other = calls("coordinator", "17.02"), calls("coordinator", "15")
    owner.post("/coverage", S4)
    target = owner.post("/coverage/targets", {"region": "17.02", "percent": 98, "due_on": "2025-01-01"})
    assert other.post("/coverage", S4, 403)["code"] == "out_of_reach"
    other.post("/coverage/targets", {"region": "17", "percent": 98, "due_on": "2025-01-01"}, 403)
    for path in ("/coverage?parent=17.02", "/coverage/reports?region=17.02", "/coverage/targets?region=17"):
        assert other.get(path, 403)["code"] == "out_of_reach"
    assert other.get("/coverage/reports")["items"] == other.get("/coverage/targets")["items"] == []
    answer = other.send("DELETE", f"/coverage/targets/{target['id']}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "coverage_target_not_found")
    calls("coordinator", "17.02").get("/coverage?parent=17", 403)


def test_an_unknown_region_is_not_found(calls):
    ministry = calls("coordinator", "0")
    assert ministry.post("/coverage", report("99", reported_percent=5), 404)["code"] == "region_not_found"
    assert ministry.get("/coverage?parent=99", 404)["code"] == "region_not_found"
    assert ministry.send("DELETE", "/coverage/targets/5").status_code == 404


@pytest.mark.parametrize("query", ["?parent=15&colour=red", "?as_of=today", "?cursor=abc", "?limit=501", "?parent=x"])
def test_a_wrong_query_is_refused(calls, query):
    calls("inspector", "0").get(f"/coverage{query}", 422)
