"""Imports over REST: daily lists as CSV and XLSX, whole or not at all, and safe to send again."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import db, transaction
from inventory.intake.models import Import, ImportFault
from inventory.intake.rules import ImportState
from inventory.recordings.models import Recording
from tests.builders import receipt
from tests.intake import HEADER, bring, counts, line, listed, nik, send, siak, workbook
from tests.outreach import running_event
from tests.residents import printed

RINI = ("1503040101900001", "Rini", "BARU", "PRINT_READY_RECORD", "05-01-2026 08:00")
BUDI = ("1503040101900002", "Budi", "HILANG", "DUPLICATE_RECORD", "2026-01-06")


def recordings(caller, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return caller.get(f"/recordings?limit=500&{asked}")["items"]


def faults(problem):
    return [(fault["pointer"], fault["code"]) for fault in problem["errors"]]


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


@pytest.mark.parametrize(("name", "kept"), [
    ("a/b\\daftar 5-1.xlsx", "daftar 5-1.xlsx"), ("1503 0401 0190 0001.xlsx", "daftar.xlsx"),
    ("Siti 01-01-1990.csv", "daftar.csv"), ("x" * 81, "daftar"), ("", ""),
])  # fmt: skip
def test_a_file_name_that_could_hold_a_nik_or_a_birthday_is_not_kept(calls, name, kept):
    from inventory.intake.commands import _named

    assert _named(name) == kept


@pytest.mark.parametrize(
    "content", [b"1503040101900001;Siti Aminah;BARU\n", b"Siti Aminah;Pauh;BARU\nBudi;Pauh;BARU\n"]
)
def test_what_stands_where_a_heading_should_be_is_not_shown(calls, content):
    seen = bring(calls("field", "15.03"), content, 200, path="/imports/preview")
    assert [one["header"] for one in seen["columns"]] == ["kolom 1", "kolom 2", "kolom 3"]
    assert "Siti" not in repr(seen)


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


BAD = [
    ({"nik": "150304"}, "nik", "invalid"),
    ({"nik": "1.50304E+15"}, "nik", "invalid"),
    ({"nik": ""}, "nik", "invalid"),
    ({"nik": "١٥٠٣٠٤٤٢٠٥٠١٠٠٠١"}, "nik", "invalid"),
    ({"reason": "because"}, "reason", "invalid"),
    ({"reason": ""}, "reason", "invalid"),
    ({"status": "printed"}, "status", "invalid"),
    ({"status": "failed"}, "failure", "failure_code_missing"),
    ({"recorded_at": "yesterday"}, "recorded_at", "invalid"),
    ({"recorded_at": "31-02-2026"}, "recorded_at", "invalid"),
    ({"recorded_at": "0001-01-01T00:00:00+14:00"}, "recorded_at", "invalid"),
    ({"recorded_at": "2099-01-01"}, "recorded_at", "recorded_in_future"),
    ({"recorded_at": "1999-01-01"}, "recorded_at", "recorded_too_early"),
    ({"client_id": nik(1)}, "client_id", "client_id_shows_nik"),
    ({"client_id": "x" * 81}, "client_id", "invalid"),
    ({"name": "x" * 201}, "name", "invalid"),
    ({"name": "Si\x07ti"}, "name", "invalid"),
    ({"recorded_at": "2026-01-05,more"}, "", "invalid"),
]


@pytest.mark.parametrize(("change", "column", "code"), BAD)
def test_a_bad_line_refuses_the_file_and_tells_line_column_and_what_is_allowed(calls, change, column, code):
    field = calls("field", "15.03")
    problem = bring(field, listed(line(7), line(1, **change)), 422)
    assert (problem["code"], problem["facts"]["lines"]) == ("import_refused", 1)
    assert ("line 3", code) in faults(problem)
    assert recordings(field) == []
    found = field.get(f"/imports/{problem['facts']['number']}")
    assert (found["state"], found["refused"], counts(found)[:3]) == ("refused", 1, (0, 0, 0))
    told = field.get(f"/imports/{found['id']}/faults")["items"]
    assert (3, column, code) in [(one["line"], one["column"], one["code"]) for one in told]
    if change.get("reason") == "because":
        assert "pemula (KTP pertama), rusak, hilang" in told[0]["reason"]


def test_one_client_id_for_two_people_is_refused_in_a_file_and_against_what_is_known(calls, app):
    field = calls("field", "15.03")
    problem = bring(field, listed(line(1), line(1, nik=nik(2))), 422)
    assert faults(problem) == [("line 3", "client_id_taken")]
    bring(field, listed(line(1)))
    for change in ({"nik": nik(2)}, {"reason": "lost"}, {"recorded_at": "2026-01-05"}):
        problem = bring(field, listed(line(5), line(1, **change)), 422)
        assert faults(problem) == [("line 3", "client_id_taken")]
    assert len(recordings(field)) == 1
    with app.app_context():
        rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "refuse_import")).all()
    assert [row.facts.get("client_id_taken") for row in rows] == [1] * 4


def test_partial_keeps_the_good_lines_and_lists_the_bad_ones(calls):
    field = calls("field", "15.03")
    content = listed(line(1), line(2, nik="1"), line(3), line(3, nik=nik(4)))
    done = bring(field, content, partial="true")
    assert (counts(done), done["state"], done["faults"]) == ((2, 0, 0, 2), "done", 2)
    assert [one["line"] for one in field.get(f"/imports/{done['id']}/faults")["items"]] == [3, 5]
    again = bring(field, content, partial="true")  # some of it was refused: it is judged anew
    assert (counts(again), again["same_as"]) == ((0, 0, 2, 2), None)


def test_a_dry_run_tells_what_would_become_of_a_file_and_keeps_nothing(calls):
    field = calls("field", "15.03")
    bring(field, listed(line(1, status="sfe")))
    done = bring(field, listed(line(1), line(2)), dry_run="true")
    assert (counts(done), done["dry_run"]) == ((1, 1, 0, 0), True)
    assert [one["status"] for one in recordings(field)] == ["sfe"]
    bring(field, listed(line(1), line(2, nik="1")), 422, dry_run="true")
    assert counts(bring(field, listed(line(1), line(2)), path="/imports?dry_run=false")) == (1, 1, 0, 0)


def test_what_was_refused_is_downloaded_without_anybodys_nik_or_name(calls):
    field = calls("field", "15.03")
    problem = bring(field, listed(line(1, nik="1503040101900001x", name="Rahasia", reason="=1+1")), 422)
    answer = field.send("GET", f"/imports/{problem['facts']['number']}/faults.csv", Accept_Language="en")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = text.splitlines()
    assert rows[0] == "line,column,code,reason"
    assert rows[1] == "2,nik,invalid,A NIK has 16 digits."
    assert rows[2].startswith('2,reason,invalid,"Choose one of: first_card')
    for secret in ("Rahasia", "150304", "=1+1"):
        assert secret not in text + repr(problem)


def test_only_so_much_is_repeated_but_all_is_counted(calls, monkeypatch):
    from inventory.intake import rules

    monkeypatch.setattr(rules, "KEPT_FAULTS", 150)
    field = calls("field", "15.03")
    problem = bring(field, listed(*[line(number, nik="x", reason="y") for number in range(120)]), 422)
    assert (len(problem["errors"]), problem["facts"]["lines"]) == (100, 120)
    found = field.get(f"/imports/{problem['facts']['number']}")
    assert (found["refused"], found["faults"]) == (120, 240)
    assert len(field.get(f"/imports/{found['id']}/faults?limit=500")["items"]) == 150


XLSX = [HEADER.split(","), ["c-1", nik(1), "Siti", "first_card", "sfe", datetime(2026, 1, 5, 8)]]  # noqa: DTZ001


def test_a_workbook_is_read_as_a_person_sees_it(calls):
    field = calls("field", "15.03")
    rows = [["Daftar rekam Januari"], [], *XLSX, ["", nik(2), None, "lost", "prr", date(2026, 1, 6)]]
    rows.append(["c-3", nik(3), "", "lost", "prr", 46_028.5])
    done = bring(field, workbook(rows, start=1), name="daftar.xlsx")
    assert counts(done) == (3, 0, 0, 0)
    told = [one["recorded_at"][:16] for one in recordings(field)]
    assert sorted(told) == ["2026-01-05T01:00", "2026-01-05T17:00", "2026-01-06T05:00"]
    problem = bring(field, workbook([*rows, ["c-4", "1", "", "lost", "prr", "2026-01-06"]], start=1), 422)
    assert faults(problem) == [("line 8", "invalid")]


@pytest.mark.parametrize("number", [1503040101900010.0, 9503040101900011.0, 0.5, True])
def test_a_nik_that_was_kept_as_a_number_is_not_trusted(calls, number):
    problem = bring(calls("field", "15.03"), workbook([XLSX[0], ["c-1", number, *XLSX[1][2:]]]), 422)
    assert faults(problem) == [("line 2", "invalid")]


def test_a_cell_that_looks_like_a_formula_is_text_and_a_formula_is_its_result(calls):
    field = calls("field", "15.03")
    file = io.BytesIO()
    import xlsxwriter

    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, XLSX[0])
        sheet.write_row(1, 0, ["c-1", nik(1), "", "lost", "prr", "2026-01-06"])
        sheet.write_formula(1, 2, '=HYPERLINK("http://x")', None, "Siti")
    assert counts(bring(field, file.getvalue())) == (1, 0, 0, 0)


def packed(changes: dict[str, bytes], without: tuple[str, ...] = ()) -> bytes:
    """A sound workbook with members replaced or added."""
    source, target = zipfile.ZipFile(io.BytesIO(workbook(XLSX))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            if name not in changes and name not in without:
                made.writestr(name, source.read(name))
        for name, content in changes.items():
            made.writestr(name, content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="200000"><c r="ZZ200000"><v>1</v></c></row></sheetData></worksheet>'  # noqa: E501
NOWHERE = b"<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"
LONG = b"<sst><si><t>" + b"x" * 900_000 + b"</t></si></sst>"
WIDE = (
    b"<worksheet><sheetData>"
    + b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 1300))
    + b"</sheetData></worksheet>"
)
MACROS = b'<Types><Default ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
SPACE = b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet(cell: bytes) -> bytes:
    """A sheet with this cell only."""
    return b"<worksheet " + SPACE + b"><sheetData><row>" + cell + b"</row></sheetData></worksheet>"


HOSTILE = [
    (b"", "import_file_empty"),
    (b"\n\n", "import_file_empty"),
    (HEADER.encode(), "import_file_empty"),
    (b"nik,name\n1,2\n", "import_columns_unknown"),
    (b"1503040101900001,Siti\n1503040101900002,Budi\n", "import_columns_unknown"),
    (listed(line(1), header=HEADER.replace("name", "nik")), "import_column_twice"),
    (listed(line(1)).decode().encode("utf-16"), "import_file_unreadable"),
    (listed(line(1, name="Sít\xed")).decode().encode("latin-1"), "import_file_unreadable"),
    (listed(line(1, name="a\0b")), "import_file_unreadable"),
    (listed(line(1, name='"never closed')), "import_file_unreadable"),
    (listed(line(1, name="x" * 200_000)), "import_file_unreadable"),
    (b"," * 1_000_000, "import_file_empty"),
    (b"nik," * 1_000_000, "import_column_twice"),
    (b"PK\x03\x04 no more", "import_file_unreadable"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "import_file_unreadable"),
    (workbook(XLSX)[:-200], "import_file_unreadable"),
    (packed({}, without=("xl/workbook.xml",)), "import_file_unreadable"),
    (packed({"xl/vbaProject.bin": b"x"}), "import_file_has_macros"),
    (packed({"xl/externalLinks/externalLink1.xml": b"<x/>"}), "import_file_has_macros"),
    (packed({"[Content_Types].xml": MACROS}),
     "import_file_has_macros"),
    (packed({"xl/media/zeros.png": bytes(320_000_000)}), "import_file_too_large"),
    (packed({SHEET: FAR}), "import_file_too_large"),
    (packed({SHEET: NOWHERE}), "import_file_unreadable"),
    (packed({SHEET: WIDE, "xl/sharedStrings.xml": LONG}), "import_file_too_large"),
    (packed({SHEET: b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"}), "import_file_unreadable"),
    (packed({SHEET: b"<worksheet><sheetData><row"}), "import_file_unreadable"),
    (packed({SHEET.replace("/", "\\"): FAR}, without=(SHEET,)), "import_file_unreadable"),
    (packed({SHEET.upper(): FAR}), "import_file_unreadable"),
    (packed({"xl/../" + SHEET: FAR}, without=(SHEET,)), "import_file_unreadable"),
    (packed({"/" + SHEET: FAR}, without=(SHEET,)), "import_file_unreadable"),
    (packed({SHEET: sheet(b"<x:c t='n' r='ZZ200000'><v>1</v></x:c>")}), "import_file_too_large"),
    (packed({SHEET: sheet(b"<x:c t='n'r='ZZ200000'><v>1</v></x:c>")}), "import_file_unreadable"),
    (packed({SHEET: sheet(b"<c x=\" r='A1'\" r='ZZ200000'><v>1</v></c>")}), "import_file_too_large"),
    (packed({SHEET: sheet(b"<c x:r='A1'><v>1</v></c>")}), "import_file_unreadable"),
    (packed({SHEET: sheet(b"<c r='A1'/><c r='A9999999'/>")}), "import_file_too_large"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_file_that_is_broken_or_means_harm_is_refused_by_name(calls, content, code):
    field = calls("field", "15.03")
    problem = bring(field, content, 422)
    assert problem["code"] == code
    assert "1503040101900001" not in repr(problem)
    found = field.get("/imports")["items"]
    assert [(one["state"], one["problem"]) for one in found] == [("refused", code)]
    assert recordings(field) == []


def test_whatever_a_workbook_makes_its_reader_do_only_the_reader_ends(calls, monkeypatch):
    from inventory.intake import packed as looks

    field, far = calls("field", "15.03"), packed({SHEET: FAR})
    monkeypatch.setattr(looks, "inspect", lambda _content: None)  # as if it had been tricked once more
    assert bring(field, far, 422)["code"] == "import_file_too_large"
    assert counts(bring(field, workbook(XLSX))) == (1, 0, 0, 0)


def test_what_a_zip_says_of_its_sizes_is_not_believed(calls):
    content = bytearray(packed({"xl/theme/big.xml": b"<a>" + b"<b/>" * 1_249_998 + b"</a >"}))
    size = (5_000_000).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (10).to_bytes(4, "little")
    assert bring(calls("field", "15.03"), bytes(content), 422)["code"] == "import_file_unreadable"


def test_a_body_may_be_as_large_as_a_file_here_and_no_larger(calls):
    field = calls("field", "15.03")
    big = listed(line(1)) + b"\n" * 12_000_000
    assert counts(bring(field, big)) == (1, 0, 0, 0)
    assert send(field, b"x" * 25_200_000).status_code == 413
    assert bring(field, b"x" * 25_000_001, 422)["code"] == "import_file_too_large"


def test_too_many_lines_are_refused(calls, monkeypatch):
    from inventory.intake import rules

    monkeypatch.setattr(rules, "MAX_ROWS", 3)
    problem = bring(calls("field", "15.03"), listed(*[line(number) for number in range(4)]), 422)
    assert (problem["code"], problem["facts"]["rows"]) == ("import_file_too_large", 3)


@pytest.mark.parametrize(("role", "office", "into", "expect"), [
    ("clerk", "15.03", "15.03", 403), ("inspector", "0", "15.03", 403), ("coordinator", "15", "15.03", 403),
    ("field", "15.03", "15.04", 403), ("field", "15.03", "15", 403), ("field", "15", "15.03", 201),
    ("printer", "15.03", "15.03", 201), ("admin", "0", "99.99", 404),
])  # fmt: skip
def test_who_records_at_an_office_imports_there(calls, role, office, into, expect):
    bring(calls(role, office), listed(line(1)), expect, office=into)


def test_imports_of_other_offices_do_not_exist(calls):
    number = bring(calls("field", "15.03"), listed(line(1)))["id"]
    stranger = calls("field", "15.04")
    for path in ("", "/faults", "/faults.csv"):
        assert stranger.get(f"/imports/{number}{path}", 404)["code"] == "import_not_found"
    assert stranger.get("/imports")["items"] == []
    stranger.get("/imports?office=15.03", 403)
    calls("clerk", "15.03").get("/imports", 403)
    assert len(calls("inspector", "0").get("/imports?office=15")["items"]) == 1
    calls("inspector", "0").get("/imports/999999", 404)


@pytest.mark.parametrize(("form", "expect"), [
    ({"office": ""}, 422), ({"unknown": "1"}, 422), ({"partial": "maybe"}, 422), ({"profile": "none"}, 404),
    ({"office": "../15"}, 422),
])  # fmt: skip
def test_a_wrong_form_is_refused(calls, form, expect):
    bring(calls("field", "15.03"), listed(line(1)), expect, **form)


def test_a_request_without_a_file_or_of_another_kind_is_refused(calls):
    field = calls("field", "15.03")
    headers = {"Authorization": f"Bearer {field.token}"}
    client = field.app.test_client()
    assert client.post("/api/v1/imports", headers=headers).status_code == 422
    form = {"office": "15.03"}
    kind = "multipart/form-data"
    assert client.post("/api/v1/imports", data=form, headers=headers, content_type=kind).status_code == 422
    assert client.post("/api/v1/imports", json={}, headers=headers).status_code == 415
    two = {**form, "file": (io.BytesIO(b"a"), "a"), "other": (io.BytesIO(b"b"), "b")}
    assert client.post("/api/v1/imports", data=two, headers=headers, content_type=kind).status_code == 422


def test_the_same_key_answers_with_the_first_import_and_not_for_another_file(calls):
    field = calls("field", "15.03")
    first = bring(field, listed(line(1)), key="k")
    assert bring(field, listed(line(1)), key="k") == first
    assert bring(field, listed(line(2)), 409, key="k")["code"] == "idempotency_key_reused"
    refused = bring(field, listed(line(3, nik="1")), 422, key="r")
    again = bring(field, listed(line(3, nik="1")), 422, key="r")
    assert again["facts"] == refused["facts"]  # judged again, under the same number
    assert len(field.get("/imports")["items"]) == 2
    assert len(field.get(f"/imports/{again['facts']['number']}/faults")["items"]) == 1


def test_an_import_that_died_is_told_as_interrupted_and_can_be_sent_again(calls, app):
    field = calls("field", "15.03")
    number = bring(field, listed(line(1)), key="k")["id"]
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Import).values(state=ImportState.STORING, finished_at=None))
    assert bring(field, listed(line(1)), 409, key="k")["code"] == "import_running"
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Import).values(touched_at=clock.now() - timedelta(minutes=6)))
    assert field.get(f"/imports/{number}")["state"] == "interrupted"
    assert [one["id"] for one in field.get("/imports?state=interrupted")["items"]] == [number]
    assert field.get("/imports?state=storing")["items"] == []
    again = bring(field, listed(line(1)), key="k")
    assert (again["id"], again["state"], counts(again)) == (number, "done", (0, 0, 1, 0))


def test_progress_is_seen_by_others_while_a_file_is_read(calls, app, monkeypatch):
    from inventory.intake import commands

    monkeypatch.setattr(commands, "STEP", 2)
    field, seen = calls("field", "15.03"), []

    def watch(read, total):
        with db.engine.connect() as other:
            row = other.execute(sa.select(Import.state, Import.lines_read, Import.lines_total)).one()
        seen.append((read, total, row.state.value, row.lines_read, row.lines_total))

    with app.app_context():
        sent = commands.Sent("15.03", "a.csv", listed(*[line(number) for number in range(5)]))
        commands.bring_in(field.actor, sent, watch=watch)
    assert seen == [
        (0, 5, "reading", 0, 5), (2, 5, "reading", 2, 5), (4, 5, "reading", 4, 5), (5, 5, "storing", 5, 5),
    ]  # fmt: skip


def test_a_crash_while_storing_keeps_nothing_and_says_failed(calls, app, monkeypatch):
    from inventory.intake import commands

    field = calls("field", "15.03")
    monkeypatch.setattr(commands.audit, "record", lambda *_a, **_k: 1 / 0)
    with app.app_context(), pytest.raises(ZeroDivisionError):
        commands.bring_in(field.actor, commands.Sent("15.03", "a.csv", listed(line(1))))
    monkeypatch.undo()
    assert [(one["state"], one["problem"]) for one in field.get("/imports")["items"]] == [("failed", "unexpected")]
    assert recordings(field) == []
    assert counts(bring(field, listed(line(1)))) == (1, 0, 0, 0)


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


PROFILE = {
    "office": "15.03", "name": "SIAK lama",
    "columns": {"No. Induk": "nik", "Kapan": "recorded_at", "Ket": "reason"},
    "words": {"reason": {"Ganti blangko": "damaged"}}, "constants": {"status": "prr"},
    "delimiter": "|", "sheet": None,
}  # fmt: skip
OWN = f"No. Induk|Kapan|Ket|Desa\n{nik(1)}|05/01/2026|GANTI BLANGKO|Pauh\n".encode()


def test_a_profile_maps_columns_and_words_and_is_remembered(calls):
    field = calls("field", "15.03")
    assert bring(field, OWN, 422)["code"] == "import_columns_unknown"
    made = _put(field, PROFILE)
    assert (made["version"], made["used_at"], made["columns"]) == (1, None, PROFILE["columns"])
    assert bring(field, OWN, 422)["code"] == "import_columns_unknown"  # not used yet
    done = bring(field, OWN, profile="SIAK lama")
    assert (counts(done), done["profile"]) == ((1, 0, 0, 0), "SIAK lama")
    assert [(one["reason"], one["status"]) for one in recordings(field)] == [("damaged", "prr")]
    again = bring(field, OWN)
    assert (again["profile"], again["same_as"]) == ("SIAK lama", done["id"])
    other = bring(calls("field", "15.04"), OWN, 422)
    assert other["code"] == "import_columns_unknown"
    assert _put(field, PROFILE | {"delimiter": None})["version"] == 2
    assert [one["name"] for one in field.get("/import-profiles?office=15.03")["items"]] == ["SIAK lama"]


def _put(caller, body, expect=200):
    answer = caller.send("PUT", "/import-profiles", body)
    assert answer.status_code == expect, answer.get_data(as_text=True)
    return answer.get_json()


@pytest.mark.parametrize(("change", "pointer"), [
    ({"columns": {"a": "birthday"}}, "/columns"), ({"words": {"reason": {"a": "b"}}}, "/words/reason"),
    ({"words": {"name": {"a": "b"}}}, "/words/name"), ({"constants": {"status": "printed"}}, "/constants/status"),
    ({"constants": {"nik": nik(1)}}, "/constants"), ({"delimiter": "x"}, "/delimiter"), ({"more": 1}, "/more"),
    ({"name": ""}, "/name"), ({"office": "15.04"}, None), ({"columns": []}, "/columns"),
    ({"words": {"reason": {nik(1): "lost"}}}, "/words/reason"), ({"columns": {" ".join(nik(1)): "nik"}}, "/columns"),
    ({"words": {"status": {f"word {at}": "prr" for at in range(201)}}}, "/words/status"),
])  # fmt: skip
def test_a_wrong_profile_is_refused(calls, change, pointer):
    problem = _put(calls("field", "15.03"), PROFILE | change, 403 if pointer is None else 422)
    if pointer is not None:
        assert any(fault["pointer"].startswith(pointer) for fault in problem["errors"])
        assert nik(1) not in repr(problem)


def test_a_preview_shows_first_lines_masked_and_what_each_column_is(calls):
    field = calls("field", "15.03")
    people = [RINI, (*RINI[:2], "what", *RINI[3:]), *[RINI] * 20]
    seen = bring(field, siak(*people), 200, path="/imports/preview")
    assert (seen["kind"], seen["missing"], len(seen["lines"])) == ("recordings", [], 10)
    assert seen["columns"][0] == {"header": "NIK", "field": "nik"}
    first, second = seen["lines"][:2]
    assert (first["number"], first["nik"], first["name"]) == (2, "150304••••••0001", "R.")
    assert (first["reason"], first["status"], first["faults"]) == ("first_card", "prr", [])
    assert [(one["line"], one["column"]) for one in second["faults"]] == [(3, "reason")]
    assert "Rini" not in repr(seen)
    assert RINI[0] not in repr(seen)
    unknown = bring(field, OWN, 200, path="/imports/preview")
    assert (unknown["missing"], unknown["lines"]) == (["nik", "reason", "status", "recorded_at"], [])
    assert field.get("/imports")["items"] == []


def test_no_nik_and_no_name_is_kept_but_encrypted(calls, app):
    field = calls("field", "15.03")
    bring(field, siak(RINI), name="rekam 1503040101900001.csv")
    bring(field, listed(line(1, name="Rini", nik="1")), 422)
    assert "1503040101900001" not in field.get("/imports")["items"][0]["file"]
    with app.app_context():
        for model in (Import, ImportFault, AuditRow):
            rows = db.session.execute(sa.select(*model.__table__.columns)).all()
            assert rows
            assert RINI[0] not in repr(rows)
            assert "Rini" not in repr(rows)


def test_many_lines_take_a_bounded_number_of_statements(calls, statements):
    field = calls("field", "15.03")
    content = listed(*[line(number) for number in range(4_000)])
    # A SELECT for 500 lines, an INSERT for 2,000, two UPDATEs of progress, and what opening and closing take.
    with statements.within(60):
        assert counts(bring(field, content)) == (4_000, 0, 0, 0)
    moved = listed(*[f"c-{number},sfe" for number in range(4_000)], header="client_id,status")
    with statements.within(80):
        assert counts(bring(field, moved)) == (0, 0, 4_000, 0)


def test_old_reasons_are_forgotten_and_the_counts_stay(calls, app):
    from inventory.intake import commands

    field = calls("field", "15.03")
    number = bring(field, listed(line(1, nik="1")), 422)["facts"]["number"]
    with app.app_context():
        assert commands.forget_faults() == 0
        with clock.telling(clock.now() + timedelta(days=91)):
            assert commands.forget_faults() == 1
    assert field.get(f"/imports/{number}")["faults"] == 1


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
