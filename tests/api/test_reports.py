"""Reports over REST: rows that add up, in four forms, for those who may read them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import python_calamine
import sqlalchemy as sa
from pypdf import PdfReader

from inventory import clock
from inventory.database import current
from inventory.reports.commands import note_queues, roll
from inventory.reports.rules import FLOWS
from inventory.seals.commands import seal
from inventory.stock.queries import stock_on
from tests.builders import receipt
from tests.printing import issue, job_of, recorded, results

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
TODAY = "2026-11-22"
HOME, NEXT, ABOVE = "15.03-UTAMA", "15.04-UTAMA", "15-UTAMA"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def line(found, item="blangko", condition="blank", office=None):
    """One row of the stock, or of its totals; without zeros."""
    rows = found["stock_totals"] if office is None else found["stock"]
    rows = [r for r in rows if (r["item"], r["condition"], r.get("office")) == (item, condition, office)]
    [row] = rows or [{}]
    return {name: row[name] for name in ("opening", *FLOWS, "closing", "in_custody", "in_transit") if row.get(name)}


def goods(quantity, **more):
    return {"item": "blangko", "quantity": quantity, **more}


def send(caller, quantity, from_store, to_store, received=None, **more):
    path = f"/transfers/{caller.post('/transfers', goods(quantity, from_store=from_store, to_store=to_store))['id']}"
    caller.post(f"{path}/approve", {}, 200)
    caller.post(f"{path}/dispatch", {}, 200)
    if received is not None:
        caller.post(f"{path}/receive", {"received": received, **more}, 200)


@pytest.fixture
def noon():
    with clock.telling(NOON):
        yield


@pytest.fixture
def busy(calls, noon):
    """A province on whose busy day something of everything happens."""
    boss, printer, neighbour = calls("admin", "15"), calls("printer", "15.03"), calls("admin", "15.04")
    for store, quantity, item in ((ABOVE, 1000, "blangko"), (HOME, 200, "blangko"), (HOME, 20, "ribbon")):
        boss.post("/receipts", receipt(store, quantity, item))
    boss.post("/stores", {"code": "15.03-UPT", "office": "15.03", "kind": "service_point", "name": "UPT"})
    boss.post("/receipts", receipt(HOME, 30, received_on=TODAY))
    send(boss, 100, ABOVE, HOME, 97, rejected=2, missing=1, reason="basah")
    send(boss, 40, HOME, NEXT, 40)
    send(boss, 25, HOME, "15.03-UPT")
    send(boss, 15, HOME, "15.03-UPT", 15)
    event = neighbour.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": "15.04", "starts_on": TODAY, "ends_on": TODAY,
        "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    for store, quantity in ((NEXT, 10), (ABOVE, 50)):
        boss.post(f"/events/{event['id']}/pledges", goods(quantity, store=store))
    recorded(printer, "a", "b", "c", "d", "e")
    recorded(printer, "f", reason="suket")
    job = job_of(printer, "a", "b", "c", "d")["id"]
    results(printer, job, ("a", "spoiled", "print_failure"), ("a", "printed"), ("b", "printed"), ("c", "printed"))
    printer.post(f"/print-jobs/{job}/undo", {"recording": "c", "reason": "salah"}, 200)
    issue(printer, "a")
    boss.post("/spoilages", goods(3, store=HOME, reason="damaged"))
    boss.post("/losses", goods(4, store=HOME, reason="hilang"))
    boss.post("/consumptions", {"store": HOME, "item": "ribbon", "quantity": 2})
    return event


@pytest.fixture
def reader(calls):
    return calls("inspector", "0")


def daily(caller, office, on=TODAY):
    return caller.get(f"/reports/daily?office={office}&on={on}")


def test_a_day_of_an_office_is_told_from_opening_to_closing(busy, reader, exact):
    found = daily(reader, "15.03")
    assert (found["office"], found["level"], found["period"], found["from"], found["until"]) == (
        "15.03", "regency", "day", TODAY, TODAY,
    )  # fmt: skip
    assert found["as_of"] == NOON.isoformat()
    assert line(found, office="15.03") == {
        "opening": 200, "received": 30, "transferred_in": 97, "transferred_out": -40, "between_own": -25,
        "printed": -2, "spoiled": -4, "lost": -4, "closing": 252, "in_transit": 25,
    }  # fmt: skip
    assert line(found, condition="printed", office="15.03") == {"printed": 2, "issued": -1, "closing": 1}
    assert line(found, condition="spoiled", office="15.03") == {"transferred_in": 2, "spoiled": 4, "closing": 6}
    assert line(found, "ribbon", office="15.03") == {"opening": 20, "used": -2, "closing": 18}
    [row] = found["printing"]
    assert {name: row[name] for name in row if row[name] and not name.startswith("office")} == {
        "printed": 2, "spoiled": 1, "spoiled_print_failure": 1, "issued": 1, "waiting": 1, "prr_left": 4,
        "suket_owed": 1, "ribbons_used": 2, "ribbons_left": 18,
    }  # fmt: skip


def test_a_transfer_between_two_regencies_shows_at_both_and_leaves_the_province_as_it_was(busy, reader):
    found = daily(reader, "15")
    assert line(found, office="15.04")["transferred_in"] == 40
    assert line(found, office="15.03")["transferred_out"] == -40
    total = line(found)
    # 100 went down from the province, 97 came good; 40 went next door and came.
    assert (total["transferred_in"], total["transferred_out"]) == (137, -140)
    assert total["closing"] == 900 + 252 + 40


def adds_up(found):
    rows = [*found["stock"], *found["stock_totals"]]
    for row in rows:
        assert row["closing"] == row["opening"] + sum(row[name] for name in FLOWS), row
        assert row["other"] == 0
    for total in found["stock_totals"]:
        mine = [r for r in found["stock"] if (r["item"], r["condition"]) == (total["item"], total["condition"])]
        for name in ("opening", *FLOWS, "closing", "in_custody", "in_transit"):
            assert total[name] == sum(row[name] for row in mine)
    for name, total in found["printing_totals"].items():
        column = [row[name] for row in found["printing"]]
        assert total == (None if None in column else sum(column))
    return True


@pytest.mark.parametrize("grain", ["daily?on=2026-11-22", "daily?on=2026-01-05", "monthly?month=2026-11", "monthly"])
def test_the_sum_of_the_regencies_is_the_province_and_of_the_provinces_the_ministry(busy, reader, noon, grain):
    link = "&" if "?" in grain else "?"
    nation, province = (reader.get(f"/reports/{grain}{link}office={office}") for office in ("0", "15"))
    assert adds_up(nation)
    assert adds_up(province)
    for item, condition in (("blangko", "blank"), ("blangko", "printed"), ("blangko", "spoiled"), ("ribbon", "blank")):
        assert line(nation, item, condition, "15") == line(province, item, condition) == line(nation, item, condition)
    mine = next(row for row in nation["printing"] if row["office"] == "15")
    assert {name: mine[name] for name in province["printing_totals"]} == province["printing_totals"]
    own = reader.get(f"/reports/{grain}{link}office=15.03")
    kept = [row for row in province["stock"] if row["office"] == "15.03"]
    assert own["stock"] == kept


def test_adding_up_changes_no_figure(busy, reader, app, database, noon):
    paths = [f"/reports/{path}" for path in ("daily?office=0", "daily?office=15.03&on=2026-01-05", "monthly?office=15")]
    before = [reader.get(path) for path in paths]
    with app.app_context():
        seal(database.ledger_dir)
    assert [reader.get(path) for path in paths] == before
    with app.app_context():
        roll()
    assert [reader.get(path) for path in paths] == before


def test_a_report_holds_what_the_ledger_says_lay_there(busy, reader, app):
    with app.app_context():
        rows = stock_on(NOON.date(), "15")
        current().rollback()
    found = daily(reader, "15")
    for item in ("blangko", "ribbon"):
        mine = [row for row in rows if row["item_code"] == item]
        assert line(found, item)["closing"] == sum(row["on_hand"] + row["in_custody"] for row in mine)
        assert line(found, item).get("in_transit", 0) == sum(row["in_transit"] for row in mine)


def test_a_kit_is_told_with_its_host_and_a_share_of_others_comes_in(busy, calls, reader, noon):
    host = calls("admin", "15.04")
    before = line(daily(reader, "15.04"), office="15.04")
    host.post(f"/events/{busy['id']}/start", {}, 200)
    path = "/transfers?event={}&limit=50".format(busy["id"])
    for transfer in host.get(path)["items"]:
        if transfer["status"] == "dispatched":
            host.post(f"/transfers/{transfer['id']}/receive", {"received": transfer["dispatched"]}, 200)
    found = daily(reader, "15")
    assert adds_up(found)
    after = line(found, office="15.04")
    assert (before["closing"], after["closing"]) == (40, 90)
    assert after["transferred_in"] == before["transferred_in"] + 50
    assert line(found, office="15")["transferred_out"] == -150


def test_a_receipt_that_is_dated_back_lands_on_its_day_and_in_all_openings_since(busy, calls, reader, app, database):
    with app.app_context():
        seal(database.ledger_dir)
        roll()
    calls("clerk", "15.03").post("/receipts", receipt(HOME, 7, received_on="2026-11-20"))
    yesterday, today = daily(reader, "15.03", "2026-11-20"), daily(reader, "15.03")
    assert line(yesterday, office="15.03") == {"opening": 200, "received": 7, "closing": 207}
    assert line(today, office="15.03")["opening"] == 207
    month = reader.get("/reports/monthly?office=15.03&month=2026-11")
    assert line(month, office="15.03")["received"] == 37


def test_a_day_begins_and_ends_by_the_clock_of_each_office(calls, reader, app):
    evening = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 22.30 WIB of the 22nd, 00.30 WIT of the 23rd
    with clock.telling(NOON - timedelta(days=3)):
        for office in ("15.03", "94.01"):
            calls("admin", "0").post("/receipts", receipt(f"{office}-UTAMA", 10))
    with clock.telling(evening):
        for office in ("15.03", "94.01"):
            calls("admin", "0").post("/spoilages", goods(1, store=f"{office}-UTAMA", reason="damaged"))
            recorded(calls("admin", "0"), f"late {office}", office=office)
    with clock.telling(NOON + timedelta(days=1)):
        west, east = (daily(reader, office, TODAY) for office in ("15.03", "94.01"))
        assert (line(west)["spoiled"], west["printing_totals"]["prr_left"]) == (-1, 1)
        assert (line(east).get("spoiled", 0), east["printing_totals"]["prr_left"]) == (0, 0)
        east = daily(reader, "94.01", "2026-11-23")
        assert (line(east)["spoiled"], east["printing_totals"]["prr_left"]) == (-1, 1)
        nation = daily(reader, "0", TODAY)
        assert nation["printing_totals"]["prr_left"] == 1


def test_what_waited_at_the_end_of_a_day_is_known_after_it_was_printed(calls, reader, app):
    printer = calls("printer", "15.03")
    with clock.telling(NOON):
        calls("clerk", "15.03").post("/receipts", receipt(HOME, 10))
        recorded(printer, "a", "b")
        recorded(printer, "s", reason="suket")
    with clock.telling(NOON + timedelta(days=1)):
        job = job_of(printer, "a", "s")["id"]
        results(printer, job, ("a", "printed"), ("s", "printed"))
        recorded(printer, "late")

    def left(days, on=0):
        with clock.telling(NOON + timedelta(days=days)):
            found = daily(reader, "15.03", str(NOON.date() + timedelta(days=on)))["printing_totals"]
        return found["prr_left"], found["suket_owed"]

    assert (left(1), left(1, 1), left(31)) == ((3, 1), (2, 0), (3, 1))
    assert left(32) == (None, None)  # nobody noted it, and it is too long ago to be worked out
    with app.app_context(), clock.telling(NOON + timedelta(days=1)):
        note_queues()
    assert left(60) == (3, 1)


def test_an_undone_card_waits_again(busy, calls, reader, noon):
    printer = calls("printer", "15.03")
    with clock.telling(NOON + timedelta(days=1)):
        job = job_of(printer, "e")["id"]
        results(printer, job, ("e", "printed"))
        assert daily(reader, "15.03")["printing_totals"]["prr_left"] == 4
        printer.post(f"/print-jobs/{job}/undo", {"recording": "e", "reason": "salah"}, 200)
        assert daily(reader, "15.03")["printing_totals"]["prr_left"] == 4
        assert daily(reader, "15.03", "2026-11-23")["printing_totals"]["prr_left"] == 4


ACCEPTS = [
    ("application/json", "application/json"),
    ("*/*", "application/json"),
    ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
    ("text/csv", "text/csv; charset=utf-8"),
    ("text/*", "text/csv; charset=utf-8"),
    (XLSX, XLSX),
    ("application/pdf;q=0.5, text/csv;q=0.4", "application/pdf"),
]


@pytest.mark.parametrize(("accept", "kind"), ACCEPTS)
def test_accept_picks_the_form(busy, reader, accept, kind):
    answer = reader.send("GET", "/reports/daily?office=15.03", Accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)


def test_a_browser_names_the_format_instead_and_gets_a_file_by_its_name(busy, reader):
    names = []
    for path in ("daily?office=15.03&on=2026-11-22", "monthly?office=15&month=2026-11"):
        for ending in ("csv", "xlsx", "pdf"):
            answer = reader.send("GET", f"/reports/{path}&format={ending}", Accept="application/json")
            names.append(answer.headers["Content-Disposition"])
    assert names == [
        f'attachment; filename="{name}.{ending}"'
        for name in ("laporan-harian-15.03-2026-11-22", "laporan-bulanan-15-2026-11")
        for ending in ("csv", "xlsx", "pdf")
    ]


def evil(app, name):
    with app.app_context():
        current().connection().exec_driver_sql("BEGIN") if "sqlite" in str(current().get_bind().url) else None
        current().execute(sa.text("UPDATE offices SET name = :name WHERE code = '15.03'"), {"name": name})
        current().commit()


def test_csv_opens_in_a_spreadsheet_set_to_indonesian_and_runs_nothing(busy, reader, app):
    evil(app, '=HYPERLINK("x";1)')
    answer = reader.send("GET", "/reports/daily?office=15.03&format=csv")
    assert answer.data.startswith(b"\xef\xbb\xbfLaporan harian")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    head = next(row for row in rows if row[:1] == ["Kode Dinas"])
    row = dict(zip(head, next(row for row in rows if row[:1] == ["15.03"]), strict=True))
    assert row["Dinas"] == '\'=HYPERLINK("x";1)'
    assert (row["Awal"], row["Hilang"], row["Akhir"]) == ("200", "-4", "252")
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@\t\r" and cell]
    english = reader.send("GET", "/reports/daily?office=15.03&format=csv", Accept_Language="en")
    assert "Office code;Office;Item" in english.get_data(as_text=True)


def test_xlsx_has_figures_as_figures_and_text_as_text(busy, reader, app):
    evil(app, "=1+1")
    answer = reader.send("GET", "/reports/daily?office=15&format=xlsx")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert book.sheet_names == ["Stok", "Pencetakan"]
    rows = book.get_sheet_by_name("Stok").to_python()
    at = next(at for at, row in enumerate(rows) if row[0] == "Kode Dinas")
    found = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
    mine = next(row for row in found if row["Kode Dinas"] == "15.03")
    assert (mine["Dinas"], mine["Awal"], mine["Kiriman keluar"], mine["Akhir"]) == ("=1+1", 200, -40, 252)
    assert found[-1]["Dinas"] == "Jumlah"
    assert b"<f>" not in answer.data


def test_pdf_is_a_tagged_page_across_with_a_title_and_the_totals(busy, reader):
    answer = reader.send("GET", "/reports/daily?office=15&format=pdf")
    made = PdfReader(io.BytesIO(answer.data))
    assert made.metadata.title == "Laporan harian stok dan pencetakan Dinas Dukcapil Jambi (15), 22 November 2026"
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]
    page = made.pages[0]
    assert page.mediabox.width > page.mediabox.height
    text = page.extract_text()
    assert all(word in text for word in ("Jumlah", "Kiriman", "1.192", "Utang", "suket"))


def test_a_name_in_any_script_is_still_a_report(busy, reader, app):
    evil(app, "Dinas 漢字 \u202e")
    assert reader.send("GET", "/reports/daily?office=15.03&format=pdf").data.startswith(b"%PDF")


REFUSED = [
    ("/reports/daily?office=15.04", "15.03", 403, "out_of_reach"),
    ("/reports/daily?office=15", "15.03", 403, "out_of_reach"),
    ("/reports/monthly?office=0", "15", 403, "out_of_reach"),
    ("/reports/daily?office=99", "0", 404, "office_not_found"),
    ("/reports/daily?office=15.03&on=2026-11-23", "0", 422, "date_in_future"),
    ("/reports/monthly?month=2026-12", "0", 422, "date_in_future"),
    ("/reports/daily?on=22-11-2026", "0", 422, "query_invalid"),
    ("/reports/daily?month=2026-11", "0", 422, "query_invalid"),
    ("/reports/monthly?on=2026-11-01", "0", 422, "query_invalid"),
    ("/reports/monthly?month=2026-13", "0", 422, "query_invalid"),
    ("/reports/monthly?month=0000-01", "0", 422, "query_invalid"),
    ("/reports/monthly?month=2026-1", "0", 422, "query_invalid"),
    ("/reports/daily?format=doc", "0", 422, "query_invalid"),
    ("/reports/daily?office=%3D1", "0", 422, "query_invalid"),
]


@pytest.mark.parametrize(("path", "office", "status", "code"), REFUSED)
def test_what_cannot_be_told_is_refused(calls, noon, path, office, status, code):
    assert calls("clerk", office).get(path, status)["code"] == code


def test_another_form_is_not_there(calls):
    answer = calls("clerk", "15.03").send("GET", "/reports/daily", Accept="image/png")
    assert (answer.status_code, answer.get_json()["code"]) == (406, "not_acceptable")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_without_a_word_it_is_the_readers_own_office_today_and_every_role_reads(calls, noon):
    for role in ("clerk", "coordinator", "printer", "field", "inspector", "admin"):
        found = calls(role, "15.03").get("/reports/daily")
        assert (found["office"], found["from"], found["stock"]) == ("15.03", TODAY, [])
    month = calls("clerk", "15.03").get("/reports/monthly")
    assert (month["from"], month["until"]) == ("2026-11-01", "2026-11-30")
    assert calls("clerk", "15.03").get("/reports/daily?on=0001-01-01")["stock"] == []


def test_the_document_names_all_four_forms(app):
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    content = document["paths"]["/api/v1/reports/daily"]["get"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/csv", XLSX, "application/pdf"}
