"""Counting a store, as those who count and the one who approves see it."""

from __future__ import annotations

import pytest

from tests.builders import actor
from tests.web.test_stock import FILLED, RECEIVE

BEGIN = "/gudang/hitung/mulai"


@pytest.fixture
def people(app):
    """The ids of two who count."""
    with app.app_context():
        return [actor("clerk", "15.03").user_id, actor("field", "15.03").user_id]


@pytest.fixture
def clerk(browses):
    """A clerk with 6,000 blanks."""
    visitor = browses("clerk", "15.03")
    visitor.submit(RECEIVE, FILLED)
    return visitor


def begun(clerk, people, **more):
    who = {"/counted_by/0": people[0], "/counted_by/1": people[1]}
    return clerk.submit(BEGIN, {"/store": "15.03-UTAMA"} | who | more).location


def counted(clerk, address, expect=303, **typed):
    (line,) = {part for part in clerk.get(address).text.split('"') if part.startswith(f"{address}/baris/")}
    return clerk.submit(line, {f"/lines/0/{name}": value for name, value in typed.items()}, expect)


@pytest.mark.usefixtures("exact")
def test_a_store_is_counted_line_by_line_and_approved_by_a_third_person(clerk, people, browses, calls):
    address = begun(clerk, people)
    assert "Hitung: Blangko KTP-el" in clerk.get(address).words
    shown = clerk.follow(counted(clerk, address, quantity="5.990"))
    assert "Tercatat." in shown.words
    assert "-10" in shown.words
    assert "Jelaskan selisih: Blangko KTP-el" in shown.words
    counted(clerk, address, explanation="Satu kotak kurang")
    third = browses("coordinator", "15.03")
    shown = third.follow(third.submit(f"{address}/setujui", {"/reason": "Sudah dicek"}, page=address))
    assert "Opname disetujui" in shown.words
    assert calls("clerk", "15.03").stock("15.03-UTAMA")["on_hand"] == 5_990
    assert "Cetak berita acara opname" in clerk.get(address).words


def test_a_blind_count_hides_the_books_until_all_is_counted(clerk, people):
    address = begun(clerk, people, **{"/blind": "true"})
    shown = clerk.get(address)
    assert "Menurut buku" not in shown.words
    assert "6.000" not in shown.words
    shown = clerk.follow(counted(clerk, address, quantity="6.000"))
    assert "Cocok dengan pembukuan" in shown.words


def test_blanks_with_numbers_are_counted_by_scanner_and_boxes(clerk, people):
    clerk.submit(RECEIVE, FILLED | {"/quantity": "", "/intervals": "A0001 - A0010"})
    address = begun(clerk, people, **{"/kind": "partial", "/items": "blangko"})
    lines = [part for part in clerk.get(address).text.split('"') if part.startswith(f"{address}/baris/")]
    numbered = next(line for line in dict.fromkeys(lines) if "Pindai setiap keping" in clerk.get(line).words)
    clerk.submit(numbered, {"/lines/0/numbers": ["A0001", "Z0009"], "/lines/0/intervals": "A0002 - A0009"})
    shown = clerk.get(address)
    assert "Tidak terlihat: A0010" in shown.words
    assert "tidak tercatat di sini: Z0009" in shown.words


def test_what_differs_too_much_is_counted_a_second_time(clerk, people, calls):
    calls("admin", "15.03").patch("/offices/15.03", {"recount_over": 5})
    address = begun(clerk, people)
    shown = clerk.follow(counted(clerk, address, quantity="5.000"))
    assert "Hitung sekali lagi: Blangko KTP-el" in shown.words
    counted(clerk, address, quantity="6.000")
    assert "Cocok dengan pembukuan" in clerk.get(address).words


def test_who_counted_is_told_kindly_that_a_third_person_approves(browses, clerk, people, app):
    admin = browses("admin", "15.03")
    address = begun(admin, people)
    counted(admin, address, quantity="5.990", explanation="Satu kotak kurang")
    shown = admin.get(address)
    assert "Orang ketiga yang menyetujui" in shown.words
    assert "/setujui" not in shown.text


def test_a_count_needs_two_different_people_and_keeps_what_was_typed(clerk, people):
    shown = clerk.submit(BEGIN, {"/counted_by/0": people[0], "/counted_by/1": people[0], "/blind": "true"}, 422)
    assert "Harus dua orang yang berbeda" in shown.words
    assert shown.form(BEGIN)["/counted_by/1"] == str(people[0])


def test_something_that_no_line_is_for_is_noted_too(clerk, people):
    address = begun(clerk, people)
    clerk.submit(f"{address}/temuan", {"/lines/0/item": "ribbon", "/lines/0/quantity": "3"})
    assert "Ribbon warna" in clerk.get(address).words


def test_a_count_is_called_off_with_a_reason(clerk, people, browses):
    address = begun(clerk, people)
    coordinator = browses("coordinator", "15.03")
    shown = coordinator.submit(f"{address}/batalkan", {"/reason": ""}, 422, page=address)
    assert "Wajib diisi." in shown.words
    coordinator.submit(f"{address}/batalkan", {"/reason": "Salah gudang"}, page=address)
    assert "dibatalkan" in clerk.get(address).words


def test_a_double_click_starts_one_count(clerk, people):
    first = begun(clerk, people)
    form = clerk.get(BEGIN).form(BEGIN)
    assert form["/store"] == "15.03-UTAMA"
    shown = clerk.submit(BEGIN, {"/counted_by/0": people[0], "/counted_by/1": people[1]}, 409)
    assert "sedang dihitung" in shown.words
    assert clerk.get("/gudang/hitung").text.count(f'href="{first}"') == 1


def test_a_plan_is_made_shown_and_changed(browses, people, clerk):
    coordinator = browses("coordinator", "15.03")
    typed = {"/store": "15.03-UTAMA", "/counter": people[1], "/every_days": "30", "/next_on": "2031-01-01"}
    coordinator.submit("/gudang/hitung/rencana", typed)
    assert "1 Jan 2031" in coordinator.get("/gudang/hitung").words
    (address,) = {
        part
        for part in coordinator.get("/gudang/hitung/rencana").text.split('"')
        if part.startswith("/gudang/hitung/rencana/")
    }
    coordinator.submit(address, {"/every_days": "60"})
    assert "setiap 60 hari" in coordinator.get(address).words
    shown = coordinator.submit(address, {"/every_days": "90", "_version": "1"}, 412)
    assert "Data ini sudah berubah" in shown.words
    assert shown.form(address)["/every_days"] == "90"
    assert 'value="full"' in clerk.get(f"{BEGIN}?rencana={address.rpartition('/')[2]}").text


def test_counts_of_another_office_are_not_there_and_only_some_may_start_one(clerk, people, browses):
    address = begun(clerk, people)
    browses("clerk", "15.04").get(address, 404)
    browses("inspector", "15").get(address)
    browses("inspector", "15").get(BEGIN, 403)
    assert "Belum pernah dihitung" in browses("clerk", "15.04").get("/gudang/hitung").words


def test_the_pages_of_counts_ask_the_database_little(clerk, people, statements):
    address = begun(clerk, people)
    lines = {part for part in clerk.get(address).text.split('"') if part.startswith(f"{address}/baris/")}
    for page in (address, *lines, "/gudang/hitung", BEGIN, "/gudang/hitung/rencana", f"{address}/temuan"):
        with statements.within(12):
            clerk.get(page)
