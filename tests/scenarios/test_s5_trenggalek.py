"""S5: the mobile unit of Trenggalek over HTTP: a group at the village office, then house calls, before a deadline."""

from tests.builders import receipt

KELURAHAN = ["35.03.11.1005", "35.03.11.1006", "35.03.11.1002"]


def test_s5_a_round_of_three_kelurahan_is_recorded_printed_and_handed_over_on_the_spot(calls, exact):
    coordinator, printer = calls("coordinator", "35.03"), calls("printer", "35.03")
    reported = {"region": "35.03", "as_of": "2018-12-10", "reported_remaining": 13_000, "source": "Dinas"}
    assert coordinator.post("/coverage", reported)["remaining"] is None
    calls("clerk", "35.03").post("/receipts", receipt("35.03-UTAMA", 200, received_on="2018-12-10"))
    body = {
        "name": "Mobil perekaman", "kind": "mobile_unit", "host_office": "35.03", "starts_on": "2018-12-12",
        "ends_on": "2018-12-12", "opens_at": "08:00", "closes_at": "16:00", "deadline_on": "2018-12-31",
    }  # fmt: skip
    event = coordinator.post("/events", body)
    windows = [("08:00", "09:00", "11:00"), ("11:00", "12:00", "13:30"), ("13:30", "14:30", "16:00")]
    for code, (opens, calls_from, closes) in zip(KELURAHAN, windows, strict=True):
        for kind, start, end, people in (
            ("village_office", opens, calls_from, 8),
            ("home_visits", calls_from, closes, 6),
        ):
            stop = {
                "name": f"{kind} {code}", "kind": kind, "region": code, "target_people": people, "kits": 1,
                "minutes_per_recording": 15 if kind == "home_visits" else 7,
                "starts_at": f"2018-12-12T{start}:00+07:00", "ends_at": f"2018-12-12T{end}:00+07:00",
            }  # fmt: skip
            coordinator.post(f"/events/{event['id']}/stops", stop)
    coordinator.post(f"/events/{event['id']}/pledges", {"store": "35.03-UTAMA", "item": "blangko", "quantity": 60})
    readiness = coordinator.get(f"/events/{event['id']}/readiness?as_of=2018-12-11")
    assert readiness["need"]["by_target"] == 3 * 14
    assert readiness["shortfall"]["by_target"] == 0
    coordinator.post(f"/events/{event['id']}/start", {}, 200)
    card = printer.post(
        "/walk-ins",
        {
            "store": event["store"],
            "recording": {
                "client_id": "rumah-1", "nik": "3503115506340001", "reason": "first_card", "office": "35.03",
                "event": event["id"], "recorded_at": "2018-12-12T09:15:00+07:00",
            },
            "collected_by": "Anak",
            "collector_relation": "child",
        },
    )  # fmt: skip
    assert card["status"] == "issued"
    assert printer.stock(event["store"])["issued"] == 1
