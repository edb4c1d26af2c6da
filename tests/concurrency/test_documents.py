"""Real threads that make papers: twins get one paper, and the numbers of an office run without gaps."""

from __future__ import annotations

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
