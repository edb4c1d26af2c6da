"""Loans between offices, as both sides see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import clock
from tests.builders import receipt

FROM, TO = "15.03-UTAMA", "15.04-UTAMA"


@pytest.fixture
def wish(calls):
    calls("clerk", "15.03").post("/receipts", receipt(FROM, 1_000))
    due = clock.now().date() + timedelta(days=30)
    return {"/from_store": FROM, "/to_store": TO, "/item": "blangko", "/quantity": "400", "/due_on": due.isoformat()}


def lent(browses, wish):
    """A loan that was received; its address."""
    address = browses("clerk", "15.03").submit("/gudang/pinjaman/baru", wish).location
    carried(browses, address, "15.03", "15.04", "400")
    return address


def carried(browses, address, sender, receiver, quantity, *, approved=False):
    """The newest transfer that the loan's page leads to, sent and received."""
    page = browses("clerk", sender).get(address)
    way = "/gudang/kiriman/" + page.text.split('href="/gudang/kiriman/')[1].split('"')[0]
    if not approved:
        browses("coordinator", sender).submit(f"{way}/setujui")
    browses("clerk", sender).submit(f"{way}/kirim")
    browses("clerk", receiver).submit(f"{way}/terima", {"/received": quantity})


@pytest.mark.usefixtures("exact")
def test_a_loan_is_lent_given_back_in_part_and_both_see_what_is_left(browses, calls, wish):
    address, borrower = lent(browses, wish), browses("clerk", "15.04")
    assert "Sisa utang 400 keping" in borrower.get(address).words
    shown = borrower.follow(borrower.submit(f"{address}/kembali", {"/quantity": "150"}))
    assert "Sedang dikembalikan 150" in shown.words
    way = "/gudang/kiriman/" + shown.text.split("<tbody>")[-1].split('href="/gudang/kiriman/')[1].split('"')[0]
    borrower.submit(f"{way}/kirim")
    browses("clerk", "15.03").submit(f"{way}/terima", {"/received": "150"})
    assert "Sisa utang 250 keping" in browses("clerk", "15.03").get(address).words
    page = borrower.get("/gudang/pinjaman").words
    assert "Utang-piutang antar-Dinas" in page
    assert "250" in page
    assert calls("clerk", "15.03").stock(FROM)["on_hand"] == 750


def test_more_than_is_owed_is_refused_at_its_field_and_kept(browses, wish):
    address, borrower = lent(browses, wish), browses("clerk", "15.04")
    shown = borrower.submit(f"{address}/kembali", {"/quantity": "500"}, 409)
    assert shown.form("/kembali")["/quantity"] == "500"
    assert 'id="f-quantity-fault"' in shown.text


@pytest.mark.usefixtures("exact")
def test_a_double_click_lends_once(browses, wish):
    clerk = browses("clerk", "15.03")
    first = clerk.submit("/gudang/pinjaman/baru", wish, key="twice")
    assert clerk.submit("/gudang/pinjaman/baru", wish, key="twice").location == first.location


def test_who_has_no_part_in_a_loan_does_not_see_it(browses, wish):
    address = browses("clerk", "15.03").submit("/gudang/pinjaman/baru", wish).location
    browses("clerk", "15.05").get(address, 404)
    browses("printer", "15.03").get("/gudang/pinjaman/baru", 403)
    assert browses("clerk", "15.03").get(f"{address}/kembali", 303).location == address


def test_a_loan_may_be_asked_for_and_an_empty_list_says_what_to_do(browses, wish):
    borrower = browses("clerk", "15.04")
    assert "mulai dari Pinjamkan" in borrower.get("/gudang/pinjaman").words
    shown = borrower.follow(borrower.submit("/gudang/pinjaman/baru", wish, page="/gudang/pinjaman/baru?arah=pinjam"))
    assert "Buka kirimannya" in shown.words


def test_the_pages_of_loans_ask_the_database_little(browses, wish, statements):
    address = lent(browses, wish)
    for place in ("/gudang/pinjaman", "/gudang/pinjaman/baru", address, f"{address}/kembali"):
        with statements.within(12):
            browses("clerk", "15.04").get(place)
