"""S1 and S2: Jember over HTTP, from its own figures."""

WULUHAN = "35.09.11"


def test_s2_the_remainder_and_the_percentage_are_computed(calls):
    coordinator = calls("coordinator", "35.09")
    body = {"region": "35.09", "as_of": "2020-11-30", "required": 1_980_781, "recorded": 1_965_925, "source": "Dinas"}
    made = coordinator.post("/coverage", body)
    assert (made["percent"], made["remaining"]) == (99.25, 14_856)


def test_s1_kecamatan_are_ranked_by_recordings_and_wuluhan_is_highest(calls):
    coordinator = calls("coordinator", "35.09")
    codes = [region["code"] for region in coordinator.get("/regions?parent=35.09&limit=500")["items"]]
    assert len(codes) == 31
    share = 55_095 // (len(codes) + 1)
    for code in codes:
        recorded = 55_095 - share * (len(codes) - 1) if code == WULUHAN else share
        coordinator.post(
            "/coverage", {"region": code, "as_of": "2024-05-31", "recorded": recorded, "source": "Mei 2024"}
        )
    ranking = coordinator.get("/coverage?parent=35.09&limit=500")
    assert ranking["items"][0]["region"] == WULUHAN
    assert sum(row["recorded"] for row in ranking["items"]) == 55_095


def test_s1_three_sessions_a_day_for_a_week_at_schools_with_the_wish_of_fifty_a_day(calls):
    coordinator = calls("coordinator", "35.09")
    body = {
        "name": "Perekaman di sekolah", "kind": "school", "host_office": "35.09", "starts_on": "2024-05-13",
        "ends_on": "2024-05-18", "opens_at": "07:30", "closes_at": "15:00", "works_holidays": False,
        "turnout_low": 1, "turnout_likely": 1, "turnout_high": 1, "spoil_rate": 0,
    }  # fmt: skip
    event = coordinator.post("/events", body)["id"]
    for day in range(13, 19):
        for opens, closes in (("07:30", "09:30"), ("10:00", "12:00"), ("13:00", "15:00")):
            stop = {
                "name": f"{day} {opens}", "kind": "school", "region": WULUHAN, "target_people": 60, "kits": 1,
                "starts_at": f"2024-05-{day}T{opens}:00+07:00", "ends_at": f"2024-05-{day}T{closes}:00+07:00",
                "minutes_per_recording": 5,
            }  # fmt: skip
            coordinator.post(f"/events/{event}/stops", stop)
    answer = coordinator.get(f"/events/{event}/readiness?as_of=2024-05-06")
    assert answer["need"]["by_target"] == 18 * 60
    # one kit records 24 people in two hours: 72 a day, above the wish of fifty
    assert answer["need"]["likely"] == 18 * 24
    assert answer["need"]["likely"] / 6 >= 50
