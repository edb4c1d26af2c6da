"""The print room, as somebody who prints sees it: a run counted, one blank spoiled, the rest handed over."""

from __future__ import annotations

import pytest

from tests.builders import receipt
from tests.printing import STORE, recorded, stock_of

QUEUE = "/cetak/antrean"


@pytest.fixture
def room(calls):
    """Ten blanks in the main store, and four people print-ready; answers who asks the API."""
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    recorded(caller, "a", "b", "c", "d")
    return caller


@pytest.fixture
def numbered(calls):
    """The same, whose blanks A001 to A010 have numbers."""
    caller = calls("printer", "15.03")
    lots = [{"intervals": [["A001", "A010"]]}]
    calls("clerk", "15.03").post("/receipts", {**receipt(STORE, 10), "lots": lots})
    recorded(caller, "a", "b", "c", "d")
    return caller


@pytest.fixture
def printer(browses):
    """Somebody who prints at 15.03."""
    return browses("printer", "15.03")


def job_of(printer, many: int = 4) -> str:
    """A job of the first of the queue; its address."""
    return printer.submit(QUEUE, {"/take": str(many), "/printer": "Fargo"}).location


def sent(printer, many: int = 4) -> str:
    """The address of the sheet of a job that is in the printer."""
    job = job_of(printer, many)
    return printer.submit(f"{job}/kirim", page=job).location


def spoil(printer, sheet: str, line: str, expect: int = 303, key: str = "", **more):
    typed = {"/line": line, "/reason": "print_failure", **{f"/{name}": value for name, value in more.items()}}
    return printer.submit(f"{sheet.partition('?')[0]}/rusak", typed, expect, page=sheet, key=key)


def count(printer, sheet: str, counted: int | str, expect: int = 303, key: str = "", **more):
    typed = {"/counted": str(counted), **{f"/{name}": value for name, value in more.items()}}
    return printer.submit(f"{sheet.partition('?')[0]}/hitung", typed, expect, page=sheet, key=key)


def test_somebody_marks_a_run_printed_spoils_one_and_hands_the_rest_over(room, printer, exact):
    queue = printer.get(QUEUE)
    assert "Buat pekerjaan cetak" in queue.words
    assert "menunggu" in queue.words
    job = printer.submit(QUEUE, {"/take": "4", "/printer": "Fargo"})
    page = printer.follow(job)
    assert "Kirim ke printer" in page.words
    sheet = printer.submit(f"{job.location}/kirim", page=job.location)
    assert "Berapa kartu jadi di tangan Anda?" in printer.follow(sheet).words
    # The blank of line 2 was spoiled, and there is no card yet.
    marked = spoil(printer, sheet.location, "2")
    shown = printer.follow(marked)
    assert "Baris 2: gagal cetak" in shown.words
    assert shown.form("/putaran/rusak")["/kept"] == "2"
    assert shown.form("/hitung")["/not_printed"].strip() == "2"
    assert "Seharusnya 3 kartu: 4 dikirim, 1 belum jadi." in shown.words
    assert stock_of(room) == (9, 0, 1, 0)
    done = count(printer, marked.location, 3)
    page = printer.follow(done)
    assert "3 kartu tercetak dicatat." in page.words
    assert "menunggu dicetak ulang" in page.words
    assert 'href="/cetak/serah">Serahkan kartunya' in page.text
    assert "Periksa kartunya" not in page.words
    assert "Aturan Dinas Anda tidak mewajibkannya" in printer.get("/cetak/periksa").words
    assert stock_of(room) == (6, 3, 1, 0)
    for name in ("a", "c", "d"):
        found = printer.submit("/cetak/serah", {"/card": name})
        assert "Serahkan kartu" in printer.follow(found).words
        card = found.location.partition("kartu=")[2]
        printer.submit(f"/cetak/serah/{card}", page=found.location)
    assert "Baru saja diserahkan (3)" in printer.get("/cetak/serah").words
    assert stock_of(room) == (6, 0, 1, 3)
    assert "menunggu dicetak ulang" in printer.get("/cetak/pekerjaan").words.lower()


def test_a_card_printed_on_a_second_blank_counts_as_a_card(room, printer, exact):
    sheet = sent(printer)
    count(printer, spoil(printer, sheet, "b", no_card="false").location, 4)
    assert stock_of(room) == (5, 4, 1, 0)


def test_lines_to_be_printed_later_gather_until_they_are_counted_or_taken_back(room, printer, exact):
    sheet = sent(printer)
    first = printer.get(sheet)
    [cursor] = [part for part in first.text.split("<input") if "autofocus" in part.partition(">")[0]]
    assert 'name="/line"' in cursor
    assert first.form("/putaran/rusak")["/no_card"] == "true"
    marked = spoil(printer, spoil(printer, sheet, "1").location, "c").location
    assert printer.get(marked).form("/hitung")["/not_printed"].strip() == "1, 3"
    assert spoil(printer, marked, "77", 422).form("/putaran/rusak")["/kept"] == "1, 3"
    taken_back = printer.submit(f"{sheet}/batal/", page=marked).location
    assert printer.get(taken_back).form("/hitung")["/not_printed"].strip() == "1"
    again = spoil(printer, taken_back, "1", no_card="false").location
    assert printer.get(again).form("/hitung")["/not_printed"].strip() == ""
    count(printer, again, 4)


def test_results_sent_twice_are_noted_once(room, printer, exact):
    sheet = sent(printer)
    before = printer.get(sheet)
    first = spoil(printer, sheet, "1", key="rusak")
    assert spoil(printer, sheet, "1", key="rusak").location == first.location
    assert stock_of(room) == (9, 0, 1, 0)
    typed = {**dict(before.form("/hitung").fields), "/counted": "4", "_key": "hitung"}
    answers = [printer.client.post(f"{sheet}/hitung", data=typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert stock_of(room) == (5, 4, 1, 0)


def test_results_without_a_run_sent_twice_are_noted_once(room, printer, exact):
    job = job_of(printer)
    sheet = f"{job}/putaran"
    form = dict(printer.get(sheet).form("/hitung").fields)
    typed = {**form, "_key": "hasil", "/counted": "3", "/not_printed": "4"}
    answers = [printer.client.post(f"{sheet}/hitung", data=typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert stock_of(room) == (7, 3, 0, 0)


def test_a_wrong_number_is_refused_at_its_line_and_everything_typed_is_kept(numbered, printer, exact):
    sheet = sent(printer)
    typed = ["A001", "A002", "B777", "A004"]
    shown = count(printer, sheet, 4, 409, numbers=typed)
    assert "Baris 3:" in shown.words
    assert 'id="f-numbers-fault"' in shown.text
    form = shown.form("/hitung")
    assert (form["/numbers"].split(), form["/counted"]) == (typed, "4")
    assert stock_of(numbered) == (10, 0, 0, 0)
    count(printer, sheet, 4, numbers=["A001", "A002", "A003", "A004"])
    cards = {card["client_id"]: card["number"] for card in numbered.get("/cards")["items"]}
    assert cards == {"a": "A001", "b": "A002", "c": "A003", "d": "A004"}


def test_numbers_pass_over_lines_without_a_card_and_blanks_noted_before(numbered, printer, exact):
    sheet = sent(printer)
    printer.submit(f"{sheet}/keping", {"/taken": ["A009"]}, page=sheet)
    assert "A009" in printer.get(sheet).words
    spoil(printer, sheet, "2", number="A010", no_card="true")
    count(printer, sheet, 3, not_printed="2", numbers=["A001", "A002"])
    cards = {card["client_id"]: card["number"] for card in numbered.get("/cards")["items"]}
    assert cards == {"a": "A009", "c": "A001", "d": "A002"}


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"counted": 3}, "counted", "Kurang satu kartu: baris mana yang belum jadi? Terhitung 3, seharusnya 4."),
        ({"counted": 2}, "counted", "Kurang 2 kartu:"),
        ({"counted": 4, "not_printed": "1"}, "counted", "Lebih satu kartu:"),
        ({"counted": 3, "not_printed": "9"}, "not_printed", "bukan nomor baris"),
        ({"counted": "banyak"}, "counted", "Harus bilangan bulat."),
        ({"counted": ""}, "counted", "Wajib diisi."),
    ],
)
def test_a_count_that_does_not_fit_says_so_at_its_field(room, printer, typed, field, words, exact):
    sheet = sent(printer)
    shown = count(printer, sheet, expect=422, **typed)
    assert words in shown.words
    assert f'id="f-{field}-fault"' in shown.text
    assert stock_of(room) == (10, 0, 0, 0)


def test_lines_can_be_named_as_a_range(room, printer, exact):
    sheet = sent(printer)
    count(printer, sheet, 1, not_printed="2-4")
    assert stock_of(room) == (9, 1, 0, 0)


def test_a_spoiled_mark_is_taken_back(room, printer, exact):
    sheet = sent(printer)
    spoil(printer, sheet, "1")
    printer.submit(f"{sheet}/batal/", page=sheet)
    assert stock_of(room) == (10, 0, 0, 0)


def test_an_unknown_line_is_said_where_it_was_typed(room, printer):
    shown = spoil(printer, sent(printer), "77", 422)
    assert 'id="f-line-fault"' in shown.text
    assert shown.form("/putaran/rusak")["/line"] == "77"


def test_where_the_office_wants_a_count_results_need_a_run(room, printer, calls, exact):
    calls("admin", "15").patch("/offices/15.03", {"confirm_required": True})
    job = job_of(printer)
    assert "Kirim ke printer dulu" in printer.get(f"{job}/putaran").words
    assert "Catat hasilnya langsung" not in printer.get(job).words


def test_a_job_between_two_runs_is_not_called_being_printed(room, printer):
    job = job_of(printer)
    sheet = printer.submit(f"{job}/kirim", {"/quantity": "3"}, page=job).location
    assert "sedang dicetak" in printer.get(job).words
    count(printer, sheet, 3)
    for address in (job, "/cetak/pekerjaan"):
        assert "sedang dicetak" not in printer.get(address).words
    assert "belum selesai" in printer.get(job).words


def test_a_result_is_undone_with_a_reason(room, printer, exact):
    sheet = sent(printer, 1)
    done = count(printer, sheet, 1)
    address = printer.follow(done).text.split('href="')
    [undo] = {part.split('"')[0] for part in address if part.split('"')[0].endswith("/batal")}
    assert 'id="f-reason-fault"' in printer.submit(undo, {"/reason": ""}, 422).text
    printer.submit(undo, {"/reason": "salah tekan"})
    assert stock_of(room) == (10, 0, 0, 0)


def test_a_job_is_let_go_of(room, printer):
    job = job_of(printer)
    printer.submit(f"{job}/lepas", page=job)
    assert "dibatalkan" in printer.get(job).words
    assert "Antrean (4)" in printer.get(QUEUE).words


def test_too_few_blanks_are_said_before_the_printer_gets_anything(printer, calls):
    recorded(calls("printer", "15.03"), "a", "b")
    job = job_of(printer)
    shown = printer.submit(f"{job}/kirim", {"/quantity": "2"}, 409, page=job)
    assert "kurang 2 keping" in shown.words


def test_other_roles_and_other_offices_do_not_print(room, printer, browses):
    job = job_of(printer)
    assert "tidak boleh" in browses("clerk", "15.03").get(QUEUE, 403).words
    browses("printer", "15.04").get(job, 404)
    inspector = browses("inspector", "15.03")
    assert "Buat pekerjaan cetak" not in inspector.get(QUEUE).words
    assert "Kirim ke printer" not in inspector.get(job).words
    inspector.get("/cetak/serah", 403)


def test_an_empty_print_room_says_what_to_do_first(printer):
    assert "Antrean kosong" in printer.get(QUEUE).words
    assert "Tidak ada pekerjaan" in printer.get("/cetak/pekerjaan").words


def test_the_pages_of_printing_ask_the_database_little(numbered, printer, statements):
    sheet = sent(printer)
    spoil(printer, sheet, "1", number="A001")
    job = sheet.removesuffix("/putaran")
    for address in (QUEUE, f"{QUEUE}?held=true", f"{QUEUE}?reason=first_card", "/cetak/pekerjaan", job, sheet):
        with statements.within(12):
            printer.get(address)
    count(printer, sheet, 4, numbers=["A002", "A003", "A004", "A005"])
    with statements.within(12):
        printer.get(job)
