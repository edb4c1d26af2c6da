"""Blanks for a shift, as a stock room hands them out and takes them back."""

from __future__ import annotations

import pytest

from inventory.access import Role
from inventory.people import commands as people
from tests.builders import receipt

STORE, OFFICE = "15.03-UTAMA", "15.03"
ISSUE = "/gudang/sif/serahkan"


@pytest.fixture
def staff(app, calls):
    calls("clerk", OFFICE).post("/receipts", receipt(STORE, 100))
    with app.app_context():
        admin = people.system_actor()
        made = {
            name: people.add_user(admin, name, Role(role), OFFICE)
            for name, role in (("Budi", "clerk"), ("Sri", "field"))
        }
    return {**made, "holder": calls("printer", OFFICE).actor.user_id}


@pytest.fixture
def issue(staff):
    return {
        "/store": STORE,
        "/item": "blangko",
        "/holder": str(staff["holder"]),
        "/needed": "50",
        "/quantity": "50",
        "/counted_by/0": str(staff["Budi"]),
        "/counted_by/1": str(staff["Sri"]),
    }


@pytest.fixture
def two(staff):
    return {"/counted_by/0": str(staff["Budi"]), "/counted_by/1": str(staff["Sri"])}


@pytest.mark.usefixtures("exact")
def test_blanks_are_handed_out_by_name_and_come_back_whole(browses, calls, issue, two):
    clerk = browses("clerk", OFFICE)
    assert "Budi, petugas gudang" in clerk.get(ISSUE).words
    address = clerk.submit(ISSUE, issue).location
    shown = clerk.get(address)
    assert "Masih di tangan 50 keping" in shown.words
    assert "Cetak lembar sif" in shown.words
    assert "hari ini" in clerk.get("/gudang/sif").words
    shown = clerk.follow(clerk.submit(f"{address}/tutup", {"/returned": "50", **two}))
    assert "ditutup" in shown.words
    assert calls("clerk", OFFICE).stock(STORE)["on_hand"] == 100


@pytest.mark.usefixtures("exact")
def test_a_difference_is_explained_by_the_clerk_and_settled_by_a_second_person(browses, issue, two):
    clerk, chief = browses("clerk", OFFICE), browses("coordinator", OFFICE)
    address = clerk.submit(ISSUE, issue).location
    shown = clerk.follow(clerk.submit(f"{address}/tutup", {"/returned": "48", **two}))
    assert "Jelaskan selisih" in shown.words
    clerk.submit(f"{address}/jelaskan", {}, 422)
    clerk.submit(f"{address}/jelaskan", {"/explanation": "Dua terbakar"})
    assert "Setujui selisih" in chief.get(address).words
    shown = chief.follow(chief.submit(f"{address}/setujui"))
    assert "ditutup" in shown.words
    assert "Dua terbakar" in shown.words


@pytest.mark.usefixtures("exact")
def test_more_than_was_handed_out_is_shown_as_it_was_counted_and_to_be_explained(browses, issue, two):
    clerk = browses("clerk", OFFICE)
    address = clerk.submit(ISSUE, issue).location
    shown = clerk.follow(clerk.submit(f"{address}/tutup", {"/returned": "51", **two}))
    assert "Dihitung kembali 51 keping seharusnya 50, lebih 1" in shown.words
    assert '<p class="message warn">Ada selisih 1 keping: jelaskan.</p>' in shown.text


def test_the_holder_does_not_count_and_what_was_typed_is_kept(browses, issue, staff):
    clerk = browses("clerk", OFFICE)
    shown = clerk.submit(ISSUE, issue | {"/counted_by/1": str(staff["holder"])}, 422)
    assert shown.form(ISSUE)["/needed"] == "50"
    assert 'id="f-counted_by-1-fault"' in shown.text
    shown = clerk.submit(ISSUE, issue | {"/needed": "40"}, 422)
    assert 'id="f-reason-fault"' in shown.text


@pytest.mark.usefixtures("exact")
def test_a_double_click_hands_out_once(browses, calls, issue):
    clerk = browses("clerk", OFFICE)
    first = clerk.submit(ISSUE, issue, key="twice")
    assert clerk.submit(ISSUE, issue, key="twice").location == first.location
    assert calls("clerk", OFFICE).stock(STORE)["on_hand"] == 50


def test_only_clerks_hand_out_and_other_offices_see_nothing(browses, issue):
    browses("printer", OFFICE).get(ISSUE, 403)
    address = browses("clerk", OFFICE).submit(ISSUE, issue).location
    browses("clerk", "15.04").get(address, 404)
    browses("clerk", OFFICE).get(f"{address}/setujui", 403)
    assert "Tutup sif" not in browses("printer", OFFICE).get(address).words


def test_without_sessions_the_page_says_what_to_do_first(browses):
    assert "Serahkan keperluan hari ini" in browses("clerk", OFFICE).get("/gudang/sif").words


def test_the_pages_of_custody_ask_the_database_little(browses, issue, statements):
    clerk = browses("clerk", OFFICE)
    address = clerk.submit(ISSUE, issue).location
    for place in (ISSUE, "/gudang/sif", address, f"{address}/tutup"):
        with statements.within(12):
            clerk.get(place)
