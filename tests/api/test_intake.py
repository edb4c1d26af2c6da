"""Lists over REST: each person once whichever list tells of them, safe to send again, and no status goes back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import db, transaction
from inventory.recordings.models import Recording
from tests.builders import receipt
from tests.intake import BUDI, HEADER, RINI, bring, counts, faults, line, listed, nik, recordings, siak
from tests.outreach import running_event
from tests.residents import printed


def test_a_list_comes_in_and_again_changes_nothing_and_says_so(calls):
    field = calls("field", "15.03")
    content = listed(line(1), line(2, status="sfe"), line(3, status="bio_captured"))
    done = bring(field, content)
    assert counts(done) == (3, 0, 0, 0)
    assert (done["state"], done["percent"], done["lines_total"], done["same_as"]) == ("done", 100, 3, None)
    assert [one["status"] for one in recordings(field)] == ["prr", "sfe", "bio_captured"]
    again = bring(field, content)
    assert (counts(again), again["same_as"]) == ((0, 0, 3, 0), done["id"])
    third = bring(field, content)
    assert third["same_as"] == done["id"]
    other = bring(field, content + b"\n")  # other bytes, the same lines
    assert (counts(other), other["same_as"]) == ((0, 0, 3, 0), None)
    assert len(recordings(field)) == 3


def test_an_export_without_client_ids_is_known_again_by_nik_reason_and_time(calls):
    field = calls("field", "15.03")
    assert counts(bring(field, siak(RINI, BUDI))) == (2, 0, 0, 0)
    first, second = recordings(field)
    assert (first["reason"], first["status"], first["recorded_at"][:16]) == ("first_card", "prr", "2026-01-05T01:00")
    assert (second["reason"], second["status"], second["failure"]) == ("lost", "failed", "DUPLICATE_RECORD")
    assert second["recorded_at"][:16] == "2026-01-05T17:00"
    for one in (first, second):
        assert one["client_id"].startswith("siak-")
        assert "1503" not in one["client_id"]
    assert counts(bring(field, siak(BUDI, RINI, RINI))) == (0, 0, 3, 0)
    assert len(recordings(field)) == 2


def test_a_person_known_by_a_client_id_is_not_made_twice_by_a_list_without_one(calls):
    field = calls("field", "15.03")
    bring(field, listed(line(1)))
    told = (nik(1), "Siti 1", "BARU", "PRINT_READY_RECORD", "05-01-2026 08:00")
    assert counts(bring(field, siak(told))) == (0, 0, 1, 0)
    assert len(recordings(field)) == 1


def as_siak(hour, number=1, **more):
    return siak((nik(number), "Siti", more.get("reason", "BARU"), more.get("status", "PRR"), f"05-01-2026 {hour}"))


@pytest.mark.parametrize(("first", "second", "made"), [
    (as_siak("08:00"), listed(line(1)), 1), (listed(line(1)), as_siak("08:00"), 1),
    (as_siak(""), listed(line(1)), 1), (listed(line(1)), as_siak(""), 1),
    (as_siak(""), as_siak("08:00"), 1), (as_siak("08:00"), as_siak(""), 1),
    (as_siak("08:00"), as_siak("09:00"), 2), (listed(line(1)), as_siak("09:00"), 2),
    (as_siak("08:00"), listed(line(1, reason="lost")), 2), (as_siak("08:00", 2), listed(line(1)), 2),
    (listed(line(1)), listed(line(2, nik=nik(1))), 2),
])  # fmt: skip
def test_lists_with_client_ids_and_without_tell_of_one_person_in_either_order(calls, first, second, made):
    field = calls("field", "15.03")
    bring(field, first)
    again = bring(field, second)
    assert counts(again) == (made - 1, 0, 2 - made, 0)
    assert len(recordings(field)) == made


def test_one_file_may_tell_a_person_with_a_client_id_and_without(calls):
    field = calls("field", "15.03")
    twice = listed(
        line(1, status="sfe"), line(1, client_id=""), line(2, client_id="", recorded_at="2026-01-05"), line(2)
    )
    assert counts(bring(field, twice)) == (2, 0, 2, 0)
    assert [(one["client_id"], one["status"]) for one in recordings(field)] == [("c-1", "prr"), ("c-2", "prr")]
    day = "2026-01-05"  # of two recordings of a day nobody can say which it means
    unclear = listed(line(3), line(4, nik=nik(3)), line(3, client_id="", recorded_at=day))
    assert counts(bring(field, unclear)) == (3, 0, 0, 0)


def test_a_later_status_reaches_the_person_whichever_list_tells_it(calls):
    field = calls("field", "15.03")
    bring(field, as_siak("", status="SENT_FOR_ENROLLMENT"))
    assert counts(bring(field, listed(line(1)))) == (0, 1, 0, 0)
    assert [one["status"] for one in recordings(field)] == ["prr"]


@pytest.mark.parametrize("hour", ["08:00", ""])
def test_a_device_that_tells_of_somebody_of_a_list_makes_no_second_recording(calls, hour):
    field = calls("field", "15.03")
    bring(field, as_siak(hour))
    told = {"nik": nik(1), "reason": "first_card", "status": "prr", "recorded_at": "2026-01-05T08:00:00+07:00"}
    for _ in range(2):
        done = field.post("/recordings", {"recordings": [{"client_id": "d-1", "office": "15.03", **told}]})
        assert [one["client_id"] for one in done["items"]] == [recordings(field)[0]["client_id"]]
    lost = {"client_id": "d-2", "office": "15.03", **told, "reason": "lost"}
    field.post("/recordings", {"recordings": [lost, lost | {"client_id": "d-3"}]})
    assert len(recordings(field)) == 3


@pytest.mark.parametrize("hour", ["08:00", ""])
def test_a_person_who_was_purged_and_comes_again_in_a_list_without_client_ids_gets_no_second_card(calls, exact, hour):
    admin = calls("admin", "15.03")
    bring(admin, listed(line(1)))
    printed(calls, ["c-1"])
    admin.post("/cards/issue", {"cards": [{"recording": "c-1", "collector_relation": "self"}]}, 200)
    admin.post("/people/purge", {"recordings": ["c-1"]}, 200)
    assert counts(bring(admin, as_siak(hour))) == (0, 0, 1, 0)
    assert [one["status"] for one in recordings(admin)] == ["issued"]
    assert counts(bring(admin, as_siak(hour, reason="HILANG"))) == (1, 0, 0, 0)


def test_statuses_move_forward_by_the_same_path_and_never_back(calls):
    field = calls("field", "15.03")
    bring(field, listed(line(1, status="bio_captured"), line(2, status="prr")))
    later = listed(line(1, status="sfe"), line(2, status="sfe"))
    assert counts(bring(field, later)) == (0, 1, 1, 0)
    assert [one["status"] for one in recordings(field)] == ["sfe", "prr"]


def test_a_list_of_statuses_finds_people_by_nik_or_client_id(calls):
    field = calls("field", "15.03")
    bring(field, listed(line(1, status="sfe"), line(2, status="sfe"), line(3, status="sfe")))
    by_nik = siak((nik(1), "SIAP CETAK", "06-01-2026"), header=("NIK", "STATUS", "TGL_STATUS"))
    assert counts(bring(field, by_nik)) == (0, 1, 0, 0)
    by_id = listed("c-2,failed,DUPLICATE_RECORD", "c-3,sfe,", header="client_id,status,failure")
    assert counts(bring(field, by_id)) == (0, 1, 1, 0)
    assert [one["status"] for one in recordings(field)] == ["prr", "failed", "sfe"]
    with field.app.app_context():
        prr_at = db.session.scalar(sa.select(Recording.prr_at).where(Recording.client_id == "c-1"))
    assert prr_at == datetime(2026, 1, 5, 17, tzinfo=UTC)


def test_a_list_of_statuses_names_who_is_unknown_or_ambiguous(calls):
    field = calls("field", "15.03")
    bring(field, listed(line(1, status="sfe"), line(2, nik=nik(1), reason="lost", status="sfe")))
    problem = bring(field, siak((nik(9), "PRR"), (nik(1), "PRR"), header=("NIK", "STATUS")), 422)
    assert faults(problem) == [("line 2", "recording_unknown"), ("line 3", "recording_ambiguous")]


def test_what_is_printed_or_waits_in_a_job_stays_and_an_old_list_is_not_refused(calls, exact):
    admin = calls("admin", "15.03")
    admin.post("/receipts", receipt("15.03-UTAMA", 10))
    bring(admin, listed(line(1), line(2)))
    job = admin.post("/print-jobs", {"store": "15.03-UTAMA", "recordings": ["c-1", "c-2"]})["id"]
    printed = {"results": [{"recording": "c-1", "outcome": "printed"}]}
    admin.post(f"/print-jobs/{job}/results", printed, 200)
    old = listed(line(1, status="sfe"), line(2, status="sfe"))
    assert counts(bring(admin, old)) == (0, 0, 2, 0)
    failed = listed("c-1,failed,DUPLICATE_RECORD", "c-2,failed,DUPLICATE_RECORD", header="client_id,status,failure")
    assert counts(bring(admin, failed)) == (0, 0, 2, 0)
    told = siak((nik(1), "PRR"), header=("NIK", "STATUS"))
    assert counts(bring(admin, told)) == (0, 0, 1, 0)
    assert [one["status"] for one in recordings(admin)] == ["printed", "prr"]


def test_a_purged_recording_stays_whatever_a_list_says(calls, app):
    field = calls("field", "15.03")
    bring(field, listed(line(1)))
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Recording).values(purged_at=clock.now(), nik_index=b"gone"))
    assert counts(bring(field, listed(line(1, reason="lost")))) == (0, 0, 1, 0)


def test_lines_of_an_event_are_stored_with_it_and_known_after_it_closed(calls, app):
    field = calls("field", "15.03")
    event = running_event(app, "15.03")
    content = listed(f"{line(1)},{event.id},{event.stop}", header=f"{HEADER},event,stop")
    bring(field, content)
    assert [(one["event"], one["stop"]) for one in recordings(field)] == [(event.id, event.stop)]
    event.become("closed")
    assert counts(bring(field, content + b"\n")) == (0, 0, 1, 0)
    more = listed(f"{line(2)},{event.id},", f"{line(3)},999999,", header=f"{HEADER},event,stop")
    assert faults(bring(field, more, 422)) == [("line 2", "event_has_ended"), ("line 3", "event_unknown")]


def test_who_was_recorded_first_is_first_among_those_of_one_list(calls):
    caller = calls("printer", "15.03")
    hours = [14, 9, 11, 8, 16]
    people = [(nik(n), f"Warga {n}", "HILANG", "PRR", f"05-01-2026 {hour:02}:00") for n, hour in enumerate(hours)]
    bring(caller, siak(*people))
    queue = caller.get("/queue")["items"]
    by_id = {row["id"]: row["recorded_at"] for row in caller.get("/recordings")["items"]}
    told = [by_id[place["recording"]] for place in queue]
    assert len(told) == len(hours)
    assert told == sorted(told)
