"""Lists that tell of recordings, in whatever order, parts and copies they come; and what cells mean."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import keys
from inventory.intake import rules, sheets
from inventory.intake.cells import NO_SUCH_DAY, LineReader, derived_id
from inventory.intake.rules import ColumnTwice, FileUnreadable, Profile
from inventory.recordings import standing
from inventory.recordings.rules import PrintReason, RecordingStatus, ReportedStatus
from inventory.recordings.standing import Told
from inventory.words import in_indonesian
from tests.builders import settings_for
from tests.intake import HEADER, line, listed, nik, workbook

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)
keys.install(settings_for("sqlite://").keyring)

STATUSES = st.sampled_from(list(ReportedStatus))
CODES = st.sampled_from(["DUPLICATE_RECORD", "ADJUDICATE_RECORD"])


@st.composite
def told(draw, dated):
    status = draw(STATUSES)
    failure = draw(CODES) if status is ReportedStatus.FAILED else None
    # One instant a status: a list tells when it became so.
    at = RECORDED + timedelta(days=1 + list(ReportedStatus).index(status)) if dated else None
    return Told(status, failure, at)


def after_all(lines):
    stands = standing.first(lines[0], RECORDED, NOW)
    for each in lines[1:]:
        stands = standing.after(stands, each, NOW)
    return stands


@given(st.data(), st.booleans())
def test_any_order_with_any_copies_ends_in_the_same(data, dated):
    lines = data.draw(st.lists(told(dated), min_size=1, max_size=6))
    other = data.draw(st.permutations([*lines, *data.draw(st.lists(st.sampled_from(lines), max_size=4))]))
    one, two = after_all(lines), after_all(other)
    assert (one.status, one.failure) == (two.status, two.failure)
    if dated:
        assert one == two


@given(st.data(), st.booleans())
def test_what_was_told_already_changes_nothing(data, dated):
    lines = data.draw(st.lists(told(dated), min_size=1, max_size=6))
    stands = after_all(lines)
    for each in lines:
        assert standing.after(stands, each, NOW + timedelta(days=1)) == stands


@pytest.mark.parametrize(("before", "later", "expected"), [
    ("bio_captured", "sfe", "sfe"), ("sfe", "prr", "prr"), ("sfe", "failed", "failed"), ("failed", "prr", "prr"),
    ("prr", "sfe", "prr"), ("prr", "failed", "prr"), ("failed", "sfe", "failed"),
])  # fmt: skip
def test_without_dates_the_order_of_the_states_decides(before, later, expected):
    code = {"failed": "DUPLICATE_RECORD"}
    lines = [Told(ReportedStatus(name), code.get(name), None) for name in (before, later)]
    assert after_all(lines).status == expected


def test_a_date_tells_that_something_failed_after_all():
    ready = Told(ReportedStatus.PRR, None, NOW)
    failed = Told(ReportedStatus.FAILED, "DUPLICATE_RECORD", NOW + timedelta(days=1))
    assert after_all([ready, failed]).status is RecordingStatus.FAILED
    assert after_all([failed, ready]).status is RecordingStatus.FAILED


def test_a_list_that_says_when_knows_better_than_the_moment_we_heard():
    heard = Told(ReportedStatus.PRR, None, None)
    dated = Told(ReportedStatus.PRR, None, RECORDED + timedelta(days=2))
    assert after_all([heard]).prr_at == NOW
    assert after_all([heard, dated]).prr_at == RECORDED + timedelta(days=2)


@given(st.text(alphabet="0123456789", min_size=16, max_size=16), st.datetimes(timezones=st.just(UTC)))
def test_a_derived_client_id_shows_no_digits_and_differs_by_each_part(number, moment):
    made = derived_id(number, "lost", moment)
    assert made == derived_id(number, "lost", moment)
    assert made[5:].isalpha()
    assert len(made) == 29
    assert made != derived_id(number, "damaged", moment)
    assert made != derived_id(number[::-1] + "0", "lost", moment)


def read(*cells, header=HEADER, zone="Asia/Jayapura"):
    columns = rules.fields_of(header.split(","), Profile())
    return LineReader(columns, Profile(), "15.03", zone, NOW).read(2, list(cells))


@pytest.mark.parametrize(("cell", "expected"), [
    ("2026-01-05", "2026-01-04T15:00"), ("05-01-2026", "2026-01-04T15:00"), ("5/1/2026 08.30", "2026-01-04T23:30"),
    ("2026-01-05 08:00:10", "2026-01-04T23:00"), ("2026-01-05T08:00:00+07:00", "2026-01-05T01:00"),
    ("5 Januari 2026", "2026-01-04T15:00"), ("05 Jan 2026 08:30", "2026-01-04T23:30"),
    ("5-January-2026", "2026-01-04T15:00"), ("21 Nop. 2025", "2025-11-20T15:00"),
    ("2026-01-05T08:00:00Z", "2026-01-05T08:00"), (46_027.0, "2026-01-04T15:00"),
    (datetime(2026, 1, 5, 8), "2026-01-04T23:00"),  # noqa: DTZ001 - as a spreadsheet has it
])  # fmt: skip
def test_a_time_without_an_offset_is_the_offices_own(cell, expected):
    found, faults = read("c", nik(1), "", "BARU", "PRR", cell)
    assert faults == []
    assert found.person.recorded_at.isoformat()[:16] == expected


def test_a_word_that_is_no_month_is_no_date():
    assert [fault.field for fault in read("c", nik(1), "", "BARU", "PRR", "5 Pebruwari 2026")[1]] == ["recorded_at"]


@pytest.mark.parametrize("cell", ["31 Februari 2026", "29-02-2026", "31/04/2026", "2026-02-30", "0 Mei 2026"])
def test_a_day_that_no_month_has_is_said_not_to_exist(cell):
    [fault] = read("c", nik(1), "", "BARU", "PRR", cell)[1]
    assert str(fault.text).endswith(str(NO_SUCH_DAY))


def test_what_offices_call_the_nik_and_the_reason_is_known():
    found = rules.fields_of(["Nomor KTP", "Sebab", "Status", "Tgl Rekam"], Profile())
    assert found == ["nik", "reason", "status", "recorded_at"]


def test_a_pdf_is_no_list():
    with pytest.raises(FileUnreadable):
        sheets.opened(b"\n%PDF-1.4\nNIK,NAMA\n1,2\n", Profile())


def test_the_words_that_a_refusal_offers_are_understood():
    for kind in PrintReason:
        found, faults = read("c", nik(1), "", str(in_indonesian(kind)), "siap cetak (PRR)", "2026-01-05")
        assert (faults, found.person.reason) == ([], kind)


def test_a_nik_may_be_led_by_the_sign_of_text():
    found, _ = read("c", "'" + nik(1), "", "hilang", "sfe", "2026-01-05")
    assert found.nik_index == keys.blind_index(nik(1))


HEADERS = st.lists(st.text(max_size=12), max_size=12)


@given(HEADERS)
def test_any_header_is_understood_or_refused_by_name(header):
    found = rules.fields_of(header, Profile())
    assert len(found) == len(header)
    with contextlib.suppress(ColumnTwice, rules.ColumnsUnknown):
        rules.check_columns(found, Profile())
        assert "status" in found


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"{HEADER}\n{text}".encode()))
def test_any_bytes_are_rows_or_a_named_refusal(content):
    try:
        table = sheets.opened(content, Profile())
        columns = rules.fields_of(table.header, Profile())
        reader = LineReader(columns, Profile(), "15.03", "Asia/Jakarta", NOW)
        for number, cells in table.rows:
            found, faults = reader.read(number, cells)
            assert (found is None) == bool(faults)
    except (FileUnreadable, rules.FileEmpty):
        pass


SOUND = workbook([HEADER.split(","), line(1).split(",")])


@given(st.data())
def test_a_workbook_with_any_byte_changed_is_read_or_refused_by_name(data):
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(rules.RuleViolated):
        list(sheets.opened(bytes(content), Profile()).rows)


def test_lines_are_counted_as_in_the_file():
    content = listed(line(1, name='"Siti\nAminah"'), "", line(2))
    assert [number for number, _ in sheets.opened(content, Profile()).rows] == [3, 5]
