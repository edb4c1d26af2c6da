"""Printers, ribbon and film, and the print night, as printing staff see them."""

from __future__ import annotations

import pytest

from tests.builders import receipt

ADD = "/cetak/printer/tambah"
FILLED = {"/store": "15.03-UTAMA", "/name": "Printer 1", "/capacity_per_hour": "45"}


@pytest.fixture
def printer(browses):
    return browses("printer", "15.03")


@pytest.mark.usefixtures("exact")
def test_a_printer_is_added_gets_its_ribbon_and_says_how_far_it_lasts(printer, calls):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 2, "ribbon"))
    shown = printer.follow(printer.submit(ADD, FILLED))
    assert "Printer ditambahkan." in shown.words
    address = shown.answer.request.path
    shown = printer.follow(printer.submit(f"{address}/pasang", {"/item": "ribbon", "/lot": "R-7"}, key="once"))
    assert "Sisa ribbon 500 kartu lot R-7" in shown.words
    printer.submit(f"{address}/pasang", {"/item": "ribbon", "/lot": "R-7"}, key="once")
    assert calls("clerk", "15.03").stock("15.03-UTAMA", "ribbon")["on_hand"] == 1


def test_without_a_spare_the_form_says_so_and_keeps_what_was_typed(printer):
    address = printer.submit(ADD, FILLED).location
    shown = printer.submit(f"{address}/pasang", {"/item": "ribbon", "/lot": "R-7"}, 409)
    assert shown.form("/pasang")["/lot"] == "R-7"
    assert "Belum tersimpan" in shown.words


def test_two_who_change_one_printer_see_both_versions_and_who_was_first(printer, calls):
    address = printer.submit(ADD, FILLED).location
    form = printer.get(f"{address}/ubah").form("/ubah")
    number = address.rpartition("/")[2]
    calls("admin", "15.03").patch(f"/printers/{number}", {"name": "Printer depan"})
    answer = printer.client.post(f"{address}/ubah", data=dict(form.fields) | {"/name": "Printer belakang"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "admin@15.03" in text
    assert "Printer depan" in text
    assert 'value="Printer belakang"' in text


def test_a_printer_in_repair_is_told_and_works_again(printer):
    address = printer.submit(ADD, FILLED).location
    shown = printer.follow(
        printer.submit(f"{address}/keadaan", {"/status": "in_repair", "/status_reason": "Kepala rusak"})
    )
    assert "dalam perbaikan" in shown.words
    assert "Kepala rusak" in printer.get(address).words
    assert "Printer 1" in printer.get("/cetak/printer?status=in_repair").words


def test_only_who_prints_changes_printers_and_nobody_those_of_others(printer, browses):
    address = printer.submit(ADD, FILLED).location
    browses("clerk", "15.03").get(ADD, 403)
    browses("clerk", "15.03").get(address)
    browses("printer", "15.04").get(address, 404)
    printer.submit(ADD, FILLED, 409)


def test_pages_of_printers_ask_the_database_little_and_say_when_there_is_nothing(printer, statements):
    assert "Belum ada printer" in printer.get("/cetak/printer").words
    address = printer.submit(ADD, FILLED).location
    for page in ("/cetak/printer", ADD, address, f"{address}/ubah", f"{address}/pasang", "/cetak/rusak"):
        with statements.within(12):
            printer.get(page)
    assert "Belum ada yang dicetak" in printer.get("/cetak/rusak").words


def test_the_print_night_says_whether_the_cards_are_ready_in_time(browses, calls, statements):
    host = calls("coordinator", "15.03")
    plan = {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2030-04-04",
        "ends_on": "2030-04-05", "opens_at": "08:00", "closes_at": "16:00",
    }  # fmt: skip
    event = host.post("/events", plan)["id"]
    printer = browses("printer", "15.03")
    printer.get("/bantuan")
    with statements.within(12):
        shown = printer.get(f"/cetak/malam/{event}")
    assert "Malam cetak" in shown.words
    assert "Gotong royong" in shown.words
    browses("printer", "15.04").get(f"/cetak/malam/{event}", 404)
