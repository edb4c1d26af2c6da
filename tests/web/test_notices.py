"""What waits for whoever is in charge, and the way to each."""

from __future__ import annotations

import pytest

from tests.builders import receipt

NOTICES = "/pemberitahuan"


@pytest.fixture
def lost(calls):
    """A loss at Sarolangun that a second person has not confirmed."""
    clerk = calls("clerk", "15.03")
    clerk.post("/receipts", receipt("15.03-UTAMA", 100))
    made = clerk.post("/losses", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 7, "reason": "hilang"})
    return made["id"]


def test_a_notice_leads_to_what_it_tells_of_and_goes_with_it(browses, calls, lost):
    boss = browses("coordinator", "15")
    shown = boss.get(NOTICES)
    assert f'href="/gudang/mutasi/{lost}"' in shown.text
    assert "Sarolangun 15.03-UTAMA 7" in shown.words
    assert "15.03-UTAMA" not in boss.get(f"{NOTICES}?kind=request_held").words
    calls("admin", "15.03").post(f"/losses/{lost}/approve", {}, 200)
    assert "Tidak ada yang menunggu." in boss.get(NOTICES).words


def test_other_offices_are_not_told(browses, lost):
    assert "Tidak ada yang menunggu." in browses("clerk", "15.04").get(NOTICES).words
    browses("clerk", "15.04").get(f"{NOTICES}?office=15.03", 403)


def test_the_page_of_notices_asks_the_database_little(browses, lost, statements):
    boss = browses("coordinator", "15")
    with statements.within(12):
        boss.get(NOTICES)
