"""The files of imports over REST: workbooks, columns and profiles, previews, and files that are broken or mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from tests.intake import HEADER, RINI, bring, counts, faults, line, listed, nik, recordings, send, siak, workbook


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
