"""Real threads that make papers: twins get one paper, numbers run without gaps, and none is given twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa

from inventory.database import transaction
from inventory.disposal.models import Destruction
from inventory.disposal.rules import DestructionStatus
from tests.builders import receipt
from tests.concurrency.racing import race

STORE = "15.03-UTAMA"


def test_of_8_threads_that_want_one_paper_all_get_the_same(calls):
    clerk = calls("clerk", "15.03")
    subject = clerk.post("/receipts", receipt(STORE, 10))["id"]
    body = {"kind": "tanda_terima", "subject": subject}
    papers = race(8, lambda _: clerk.post("/documents", body))
    assert [paper for paper in papers if paper != papers[0]] == []
    assert clerk.get("/documents")["items"] == [papers[0]]


def test_8_threads_that_want_papers_of_one_office_number_them_one_after_the_other(calls):
    clerk = calls("clerk", "15.03")
    subjects = [clerk.post("/receipts", receipt(STORE, 10 + n))["id"] for n in range(8)]
    papers = race(8, lambda n: clerk.post("/documents", {"kind": "tanda_terima", "subject": subjects[n]}))
    running = sorted(paper["number"].partition("/")[0] for paper in papers)
    assert running == [f"{n:04}" for n in range(1, 9)]
    assert len({paper["check_value"] for paper in papers}) == 8


def test_one_number_in_the_registers_of_4_offices_makes_4_numbers_of_papers(app, calls):
    offices = ["15.03", "15.04", "15.05", "15.06"]
    clerks = [calls("clerk", office) for office in offices]
    noon = datetime(2026, 1, 5, 5, tzinfo=UTC)
    with app.app_context(), transaction() as session:
        for made, office in enumerate(offices, 1):
            fire = {
                "id": made, "office_code": office, "store_code": f"{office}-UTAMA", "number": "BA/77",
                "status": DestructionStatus.APPROVED, "destroyed_on": date(2026, 1, 5), "counted_by": [],
                "created_at": noon, "approved_at": noon, "user_id": 1, "reason": "",
            }  # fmt: skip
            session.execute(sa.insert(Destruction).values(fire))

    def issue(n):
        body = {"kind": "ba_pemusnahan", "subject": n + 1}
        while (answer := clerks[n].send("POST", "/documents", body, key=f"fire {n}")).status_code == 503:
            pass
        return answer.get_json()["number"]

    numbers = race(4, issue)
    assert min(numbers) == "BA/77"
    assert len(set(numbers)) == 4
    assert {number for number in numbers if number != "BA/77"} <= {f"BA/77/{office}" for office in offices}
