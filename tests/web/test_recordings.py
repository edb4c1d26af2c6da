"""The people recorded: masked for everybody, shown to who may with a reason, forgotten when their time is over."""

from __future__ import annotations

import pytest

from tests.intake import nik

RECORDED = {
    "client_id": "c-1", "nik": nik(1), "name": "Siti Aminah", "reason": "first_card", "status": "prr",
    "office": "15.03", "recorded_at": "2026-01-05T08:00:00+07:00",
}  # fmt: skip


@pytest.fixture
def address(calls):
    made = calls("printer", "15.03").post("/recordings", {"recordings": [RECORDED]})
    return f"/cetak/perekaman/{made['items'][0]['id']}"


def test_a_list_of_people_shows_nobody(browses, address):
    printer = browses("printer", "15.03")
    for page in ("/cetak/perekaman", "/cetak/perekaman?status=prr&reason=first_card", address):
        shown = printer.get(page)
        assert "150304••••••0001" in shown.words
        assert nik(1) not in shown.text
        assert "Aminah" not in shown.text
    assert "Belum ada perekaman" in browses("printer", "15.04").get("/cetak/perekaman").words


def test_who_may_sees_one_person_once_and_the_look_is_on_record(browses, address):
    printer = browses("printer", "15.03")
    shown = printer.submit(address, {"/reason": "Mencocokkan pengambil kartu"}, 200)
    assert nik(1) in shown.words
    assert "Siti Aminah" in shown.words
    assert shown.answer.headers["Cache-Control"] == "no-store"
    again = printer.get(address)
    assert nik(1) not in again.text
    assert "Mencocokkan pengambil kartu" in again.words
    assert "Mencocokkan pengambil kartu" in browses("inspector", "15").get("/inspeksi/pengungkapan").words


def test_a_look_without_a_reason_shows_nothing_and_keeps_what_was_typed(browses, address):
    shown = browses("printer", "15.03").submit(address, {"/reason": "abc"}, 422)
    assert shown.form(address)["/reason"] == "abc"
    assert nik(1) not in shown.text


def test_nobody_else_looks(browses, address):
    browses("clerk", "15.03").get(address, 403)
    browses("printer", "15.04").get(address, 404)
    inspector = browses("inspector", "15")
    token = inspector.get(address).form("/keluar")["_csrf"]
    answer = inspector.client.post(address, data={"_csrf": token, "/reason": "Ingin tahu saja"})
    assert answer.status_code == 403


def test_an_administrator_tells_a_person_what_is_held_and_forgets_whose_time_is_over(browses, address):
    admin = browses("admin", "15")
    shown = admin.submit("/admin/data-pribadi", {"/nik": nik(1), "/reason": "Permintaan orangnya"}, 200)
    assert "Siti Aminah" in shown.words
    counted = admin.submit("/admin/data-pribadi/lupakan", {"/office": "15.03"}, 200)
    assert "0 orang akan dilupakan" in counted.words
    browses("printer", "15.03").get("/admin/data-pribadi", 403)


def test_the_pages_ask_the_database_little(browses, address, statements):
    printer = browses("printer", "15.03")
    printer.get("/bantuan")
    for page in ("/cetak/perekaman", address):
        with statements.within(12):
            printer.get(page)
