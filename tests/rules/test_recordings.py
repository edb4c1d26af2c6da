"""What a recording may become, which one a reference means, and what a bad line says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import niks
from inventory.errors import RuleViolated
from inventory.recordings import rules
from inventory.recordings.rules import (
    EventFacts,
    Found,
    NewRecording,
    PrintReason,
    RecordingStatus,
    ReportedStatus,
    Spot,
    StatusChange,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NIKS = st.from_regex(r"[0-9]{16}", fullmatch=True)
TEXTS = st.text(max_size=20)


def line(**change) -> NewRecording:
    usual = NewRecording(
        spot=Spot(4, "/recordings/3"), client_id="a", nik="1503044205010001", reason=PrintReason.FIRST_CARD,
        status=ReportedStatus.PRR, office="15.03", recorded_at=NOW, name="Siti Aminah",
    )  # fmt: skip
    return replace(usual, **change)


def codes(faults) -> list[str]:
    return [fault.code for fault in faults]


@given(NIKS)
def test_a_nik_shows_region_and_serial_and_hides_the_birth_date(nik):
    shown = niks.masked(nik)
    assert shown == f"{nik[:6]}••••••{nik[12:]}"
    assert len(shown) == 16


@given(NIKS, TEXTS)
def test_neither_nik_nor_name_is_in_the_text_of_a_line(nik, name):
    text = repr(line(nik=nik, name=f"name {name}", client_id="x"))
    assert text == "NewRecording(/recordings/3)"


@pytest.mark.parametrize(("change", "found"), [
    ({}, []),
    ({"status": ReportedStatus.FAILED, "failure": "DUPLICATE_RECORD"}, []),
    ({"status": ReportedStatus.FAILED}, ["failure_code_missing"]),
    ({"failure": "DUPLICATE_RECORD"}, ["failure_code_unexpected"]),
    ({"recorded_at": NOW + timedelta(minutes=10)}, []),
    ({"recorded_at": NOW + timedelta(minutes=11)}, ["recorded_in_future"]),
    ({"recorded_at": datetime(1999, 12, 31, tzinfo=UTC)}, ["recorded_too_early"]),
    ({"client_id": "x1503044205010001"}, ["client_id_shows_nik"]),
    ({"client_id": "15.03.04/420501-0001"}, ["client_id_shows_nik"]),
    ({"client_id": "1503044205010001999"}, ["client_id_shows_nik"]),
    ({"client_id": "x-3509110101900002"}, ["client_id_shows_nik"]),
    ({"client_id": "35091101019000021 and 350911-0101900002"}, []),
    ({"failure": "X", "recorded_at": NOW + timedelta(days=1)}, ["failure_code_unexpected", "recorded_in_future"]),
])  # fmt: skip
def test_a_line_is_judged_by_itself_and_every_fault_is_told(change, found):
    assert codes(rules.judge(line(**change), NOW)) == found


RUNNING = EventFacts("15.03", "running", ended=False, stops=frozenset({7}))


@pytest.mark.parametrize(("change", "events", "found"), [
    ({}, {}, []),
    ({"event": 1}, {1: RUNNING}, []),
    ({"event": 1, "stop": 7}, {1: RUNNING}, []),
    ({"event": 1, "stop": 8}, {1: RUNNING}, ["stop_unknown"]),
    ({"stop": 7}, {}, ["stop_unknown"]),
    ({"event": 2}, {1: RUNNING}, ["event_unknown"]),
    ({"office": "15.99"}, {}, ["office_unknown"]),
    ({"event": 1, "office": "15.04"}, {1: RUNNING}, ["event_of_another_office"]),
    ({"event": 1}, {1: replace(RUNNING, ended=True, status="closed")}, ["event_has_ended"]),
])  # fmt: skip
def test_office_event_and_stop_must_fit_each_other(change, events, found):
    assert codes(rules.judge_place(line(**change), {"15.03", "15.04"}, events)) == found


def test_a_fault_points_into_json_or_names_the_line_and_field_of_a_csv():
    error = rules.RecordedInFuture()
    json, csv = Spot(4, "/recordings/3"), Spot(4, "line 4")
    assert json.refuse("recorded_at", error).pointer == "/recordings/3/recorded_at"
    assert json.refuse("", error).pointer == "/recordings/3"
    told = csv.refuse("recorded_at", error)
    assert (told.pointer, told.number, told.field) == ("line 4", 4, "recorded_at")
    assert str(told.text).startswith("recorded_at: ")
    assert told.text.en.startswith("recorded_at: ")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["15.03", "15.04"]), st.integers(0, 1))))
def test_a_client_id_stands_for_the_content_of_its_first_line(drawn):
    lines = [line(spot=Spot(n, f"/recordings/{n}"), client_id=c, office=o) for n, (c, o, _) in enumerate(drawn)]
    contents = {one.spot: drawn[n][2] for n, one in enumerate(lines)}
    kept, faults = rules.without_twins(lines, contents)
    assert len(kept) + len(faults) == len(lines)
    held = {}
    for one in kept:
        assert held.setdefault((one.office, one.client_id), contents[one.spot]) == contents[one.spot]
    assert set(held) == {(o, c) for c, o, _ in drawn}


FOUND = st.builds(
    Found, st.integers(1, 30), st.sampled_from(["a", "b", "7", "12"]), st.sampled_from(["15.03", "15.04"]),
    st.none(), st.just(RecordingStatus.PRR),
)  # fmt: skip
REFERENCES = st.lists(st.one_of(st.integers(1, 30), st.sampled_from(["a", "b", "7", "12", "zz"])))


@given(REFERENCES, st.lists(FOUND, unique_by=lambda found: found.id))
def test_a_reference_means_exactly_one_recording_or_is_told_why_not(references, candidates):
    meant, wrong = rules.match(references, [*candidates, *candidates])
    assert set(meant) | set(wrong) == set(references)
    assert not set(meant) & set(wrong)
    for reference, found in meant.items():
        assert reference == (found.id if isinstance(reference, int) else found.client_id)
    for reference, error in wrong.items():
        bearers = [c for c in candidates if reference in (c.id, c.client_id)]
        spelled = [c for c in candidates if str(c.id) == reference]
        if isinstance(error, rules.RecordingAmbiguous):
            assert len({c.id for c in (*bearers, *spelled)}) > 1
        else:
            assert bearers == []


BACKWARDS = {
    (RecordingStatus.PRR, ReportedStatus.SFE),
    (RecordingStatus.PRR, ReportedStatus.BIO_CAPTURED),
    (RecordingStatus.SFE, ReportedStatus.BIO_CAPTURED),
}


@pytest.mark.parametrize("before", list(RecordingStatus))
@pytest.mark.parametrize("told", list(ReportedStatus))
@pytest.mark.parametrize("job", [None, 5])
def test_a_status_moves_forward_or_to_failed_until_a_card_is_printed_or_a_job_waits(before, told, job):
    failure = "X" if told is ReportedStatus.FAILED else None
    change = StatusChange(Spot(1, "/changes/0"), "a", told, failure)
    faults = codes(rules.judge_change(change, Found(1, "a", "15.03", None, before), job))
    if before in (RecordingStatus.PRINTED, RecordingStatus.ISSUED):
        assert faults == ["already_printed"]
    elif job is not None and told is not ReportedStatus.PRR:
        assert faults == ["in_open_job"]
    elif (before, told) in BACKWARDS:
        assert faults == ["status_backwards"]
    else:
        assert faults == []


@given(st.sampled_from(ReportedStatus), st.one_of(st.none(), st.just("X")))
def test_a_failure_code_goes_with_the_status_failed_only(status, failure):
    fits = (status is ReportedStatus.FAILED) == (failure is not None)
    if fits:
        rules.check_failure(status, failure)
    else:
        with pytest.raises(RuleViolated):
            rules.check_failure(status, failure)
