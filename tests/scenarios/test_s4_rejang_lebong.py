"""S4: Rejang Lebong over HTTP: two figures that do not agree, and the visits planned from the computed one."""


def test_s4_the_computed_remainder_is_shown_and_the_reported_one_flagged(calls):
    coordinator = calls("coordinator", "17.02")
    body = {
        "region": "17.02", "as_of": "2024-09-09", "required": 214_600, "recorded": 202_820, "reported_percent": 94.51,
        "reported_remaining": 11_870, "source": "Dinas Dukcapil Rejang Lebong",
    }  # fmt: skip
    made = coordinator.post("/coverage", body)
    assert (made["percent"], made["remaining"]) == (94.51, 11_780)
    flag = next(flag for flag in made["flags"] if flag["code"] == "remaining_differs")
    assert (flag["computed"], flag["reported"]) == (11_780, 11_870)


def test_s4_visits_to_fifteen_kecamatan_and_the_pupils_not_yet_recorded(calls):
    coordinator = calls("coordinator", "17.02")
    kecamatan = [region["code"] for region in coordinator.get("/regions?parent=17.02&limit=500")["items"]]
    assert len(kecamatan) == 15
    villages = [
        village for code in kecamatan for village in coordinator.get(f"/regions?parent={code}&limit=500")["items"]
    ]
    assert len(villages) == 156
    body = {
        "name": "Kunjungan desa dan sekolah", "kind": "village", "host_office": "17.02", "starts_on": "2024-09-16",
        "ends_on": "2024-09-28", "opens_at": "08:00", "closes_at": "15:00",
    }  # fmt: skip
    event = coordinator.post("/events", body)["id"]
    share, rest = divmod(11_780, 15)
    targets = [(code, share + (n < rest), "village_office") for n, code in enumerate(kecamatan)]
    targets.append(("17.02", 6_000 - 3_000, "school"))
    for code, target, kind in targets:
        stop = {
            "name": code, "kind": kind, "region": code, "target_people": target, "kits": 2, "minutes_per_recording": 8,
            "starts_at": "2024-09-16T08:00:00+07:00", "ends_at": "2024-09-28T15:00:00+07:00",
        }  # fmt: skip
        coordinator.post(f"/events/{event}/stops", stop)
    answer = coordinator.get(f"/events/{event}/readiness?as_of=2024-09-10")
    assert answer["need"]["by_target"] == 11_780 + 3_000
    assert answer["shortfall"]["by_target"] == 11_780 + 3_000
