"""S3: the gotong royong of Sarolangun over HTTP, from its own figures: planned, printed, handed over, settled."""

import pytest

KECAMATAN = ["15.03.07", "15.03.04", "15.03.06", "15.03.03", "15.03.09"]
DAYS = ["2019-04-04", "2019-04-05"]
PEOPLE = 600


@pytest.fixture
def event(calls):
    """The event as the reports tell it: 6,000 of the province, 5,000 of Sarolangun, five kecamatan, two days."""
    for office, quantity in (("15", 6_000), ("15.03", 5_000)):
        body = {"store": f"{office}-UTAMA", "item": "blangko", "quantity": quantity, "source": "ministry"}
        calls("clerk", office).post("/receipts", body | {"document_number": "SJ/2019", "received_on": "2019-04-01"})
    coordinator = calls("coordinator", "15")
    body = {
        "name": "Gotong royong Sarolangun",
        "kind": "gotong_royong",
        "host_office": "15.03",
        "starts_on": DAYS[0],
        "ends_on": DAYS[1],
        "opens_at": "08:00",
        "closes_at": "16:00",
        "deadline_on": "2019-04-16",
    }
    made = coordinator.post("/events", body)
    assert made["status"] == "planned"
    made["stops"] = [
        coordinator.post(
            f"/events/{made['id']}/stops",
            {
                "name": f"{code} {day}",
                "kind": "village_office",
                "region": code,
                "starts_at": f"{day}T08:00:00+07:00",
                "ends_at": f"{day}T16:00:00+07:00",
                "target_people": 1_700,
                "kits": 10,
                "minutes_per_recording": 5,
            },
        )["id"]
        for day in DAYS
        for code in KECAMATAN
    ]
    made["pledges"] = [
        calls("coordinator", office).post(
            f"/events/{made['id']}/pledges", {"store": f"{office}-UTAMA", "item": "blangko", "quantity": quantity}
        )["id"]
        for office, quantity in (("15.03", 5_000), ("15", 6_000))
    ]
    return made


def test_before_it_leaves_the_event_is_short_by_target_and_over_by_turnout(calls, event, exact):
    answer = calls("coordinator", "15").get(f"/events/{event['id']}/readiness?as_of=2019-04-01")
    assert answer["available"] == {"on_hand": 0, "pledged": 11_000, "arriving": 0, "total": 11_000}
    assert answer["need"]["by_target"] == 17_000
    assert answer["shortfall"]["by_target"] == 6_000
    # 27 %, 50 % and 80 % of 1,700 a stop, at most 10 kits x 480 minutes / 5 minutes = 960, over 1 - 0.02 spoiled
    assert answer["need"]["low"] == -(-4_590 * 100 // 98)
    assert answer["need"]["likely"] == -(-8_500 * 100 // 98)
    assert answer["need"]["high"] == -(-9_600 * 100 // 98)
    assert answer["surplus"]["likely"] == 11_000 - answer["need"]["likely"]
    codes = {flag["code"] for flag in answer["flags"]}
    assert {"shortfall_by_target", "surplus_likely"} <= codes


def test_the_province_sees_the_event_among_its_shortfalls(calls, event, exact):
    answer = calls("coordinator", "15").get("/shortfalls?region=15&within_days=30&as_of=2019-03-25")
    assert [item["event"] for item in answer["items"] if item["kind"] == "event"] == [event["id"]]
    assert answer["items"][0]["shortfall"]["by_target"] == 6_000


def test_from_the_first_recording_to_the_settlement_every_blank_is_accounted_for(calls, event, exact):
    coordinator, printer = calls("coordinator", "15"), calls("printer", "15.03")
    path, kit = f"/events/{event['id']}", event["store"]
    arrived = {"pledge": event["pledges"][1], "quantity": 5_998, "reason": "dua keping kurang dari kotak"}
    coordinator.post(f"{path}/start", {"arrived": [arrived]}, 200)
    assert coordinator.stock(kit)["on_hand"] == 10_998

    _staff_of_another_regency_records_and_prints(calls, event)
    job = printer.post("/print-jobs", {"store": kit, "recordings": [f"s3-{n}" for n in range(PEOPLE)]})["id"]
    lines = [{"recording": "s3-0", "outcome": "spoiled", "reason": "print_failure"}]
    lines += [{"recording": f"s3-{n}", "outcome": "printed"} for n in range(PEOPLE)]
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)
    assert printer.stock(kit) | {"lost": 0} == {
        "on_hand": 10_998 - PEOPLE - 1, "in_custody": 0, "in_transit": 0, "printed": PEOPLE, "spoiled": 1, "issued": 0,
        "consumed": 0, "destroyed": 0, "lost": 0,
    }  # fmt: skip
    handed = [
        {"recording": f"s3-{n}", "collected_by": "Warga", "collector_relation": "self"} for n in range(PEOPLE - 5)
    ]
    printer.post("/cards/issue", {"cards": handed}, 200)

    counts = [
        {"owner": "15.03", "item": "blangko", "quantity": 5_000 - PEOPLE - 1},
        {"owner": "15", "item": "blangko", "quantity": 5_998},
    ]
    coordinator.post(f"{path}/close", {"counts": counts}, 200)
    settled = coordinator.get(f"{path}/settlement")
    assert settled["counted"] is True
    owners = {line["owner"]: line for line in settled["owners"]}
    assert _figures(owners["15.03"]) == {
        "brought": 5_000, "printed": PEOPLE, "spoiled": 1, "used": 0, "returned": 5_000 - PEOPLE - 1, "missing": 0,
    }  # fmt: skip
    assert _figures(owners["15"]) == {
        "brought": 6_000, "printed": 0, "spoiled": 0, "used": 0, "returned": 5_998, "missing": 2,
    }  # fmt: skip
    _the_province_gets_its_blanks_back(calls, event)
    printer.post("/cards/issue", {"cards": [{"recording": f"s3-{PEOPLE - 1}", "collected_by": "Warga"}]}, 200)
    after = coordinator.get(f"{path}/settlement")
    assert _figures(next(line for line in after["owners"] if line["owner"] == "15.03")) == _figures(owners["15.03"])
    assert after["after_close"]["issued"] == 1


def _figures(line):
    return {name: line[name] for name in ("brought", "printed", "spoiled", "used", "returned", "missing")}


def _staff_of_another_regency_records_and_prints(calls, event):
    guest = calls("printer", "15.04")
    people = [
        {
            "client_id": f"s3-{n}",
            "nik": f"150307010101{n:04d}",
            "reason": ("first_card", "damaged", "data_change")[n % 3],
            "status": "prr",
            "office": "15.03",
            "event": event["id"],
            "stop": event["stops"][n % 10],
            "recorded_at": "2019-04-04T10:00:00+07:00",
        }
        for n in range(PEOPLE)
    ]
    assert guest.send("POST", "/recordings", {"recordings": people}).status_code in (403, 404, 422)
    calls("coordinator", "15.03").post(f"/events/{event['id']}/members", {"user": guest.actor.user_id})
    guest.post("/recordings", {"recordings": people})


def _the_province_gets_its_blanks_back(calls, event):
    host, province = calls("coordinator", "15.03"), calls("clerk", "15")
    returns = [
        row for row in province.get("/transfers?store=15-UTAMA")["items"] if row["keeps_owner"] and not row["pledge"]
    ]
    assert [(row["owner"], row["approved"]) for row in returns] == [("15", 5_998)]
    host.post(f"/transfers/{returns[0]['id']}/dispatch", {}, 200)
    province.post(f"/transfers/{returns[0]['id']}/receive", {"received": 5_998, "rejected": 0, "missing": 0}, 200)
    assert province.stock("15-UTAMA")["on_hand"] == 5_998
