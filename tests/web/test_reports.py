"""Reports, on the screen and as files."""

from __future__ import annotations

import pytest

from inventory import clock
from tests.builders import receipt

DAY, MONTH = "/laporan", "/laporan/bulanan"


@pytest.fixture
def stocked(calls):
    """6,000 blanks in 15.03 and 40 in 15.04, received long ago, and 25 spoiled today."""
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 6_000))
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 40))
    calls("clerk", "15.03").post("/spoilages", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 25,
                                                "reason": "damaged"})  # fmt: skip


def test_an_office_without_goods_is_told_what_to_do_first(browses):
    words = browses("clerk", "15.03").get(DAY).words
    assert "Belum ada barang di buku. Mulai dengan menerima blangko." in words
    assert "Tidak ada yang dicetak atau menunggu." in words


@pytest.mark.usefixtures("stocked")
def test_a_day_goes_from_opening_to_closing_as_table_and_picture(browses):
    shown = browses("clerk", "15.03").get(DAY)
    assert "5.975" in shown.words
    assert "awal 6.000" in shown.words
    assert "<svg" in shown.text
    assert "Dimusnahkan" not in shown.words  # no column of zeros


@pytest.mark.usefixtures("stocked")
def test_a_province_has_a_row_an_office_that_leads_to_its_report(browses):
    shown = browses("coordinator", "15").get(MONTH)
    assert "6.015" in shown.words
    assert "/laporan/bulanan?office=15.04" in shown.text
    regency = browses("coordinator", "15").get(f"{DAY}?office=15.03")
    assert "Dinas di atasnya" in regency.words
    assert "Dinas di atasnya" not in browses("coordinator", "15.03").get(DAY).words


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", "\ufeff".encode())])
def test_the_same_report_is_a_file(browses, kind, begins):
    answer = browses("clerk", "15.03").client.get(f"{DAY}?format={kind}")
    assert answer.data.startswith(begins)
    today = clock.business_day("Asia/Jakarta").isoformat()
    assert f"laporan-harian-15.03-{today}.{kind}" in answer.headers["Content-Disposition"]
    assert f"format={kind}" in browses("clerk", "15.03").get(DAY).text


@pytest.mark.usefixtures("stocked")
def test_a_past_day_leads_to_the_days_beside_it_and_today_to_no_later_one(browses):
    clerk = browses("clerk", "15.03")
    past = clerk.get(f"{DAY}?on=2026-01-05").text
    assert "on=2026-01-04" in past
    assert "on=2026-01-06" in past
    assert "Sehari sesudahnya" not in clerk.get(DAY).words
    clerk.get(f"{DAY}?on=2199-01-01", 422)


def test_a_report_of_another_office_is_refused(browses):
    browses("coordinator", "15.03").get(f"{DAY}?office=15.04", 403)
    assert browses().get(DAY, 303).location.startswith("/masuk")


@pytest.mark.usefixtures("stocked")
def test_reports_ask_the_database_little_and_are_light(browses, statements):
    for role, office in (("clerk", "15.03"), ("coordinator", "15"), ("inspector", "0")):
        for address in (DAY, MONTH):
            visitor = browses(role, office)
            with statements.within(12):
                assert len(visitor.get(address).text.encode()) < 40_000


@pytest.mark.parametrize("address", [f"{DAY}?on=0001-01-01", f"{MONTH}?month=0001-01"])
def test_the_first_day_of_the_calendar_leads_to_none_before_it(browses, address):
    text = browses("clerk", "15.03").get(address).text
    assert "sebelumnya" not in text
    assert "sesudahnya" in text
