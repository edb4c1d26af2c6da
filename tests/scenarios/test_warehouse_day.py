"""A day of a clerk over REST: receive, issue for the shift, take back, count, destroy, lend; with the papers."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from api.cli import group
from inventory import clock
from tests.builders import Caller, receipt
from tests.printing import issue, job_of, recorded

ROOT = Path(__file__).parent.parent.parent
STORE = "15.03-UTAMA"


@pytest.fixture
def people(calls):
    """Those of one office who share the work, and the office lent to."""
    admin = calls("admin", "15")
    made = [admin.post("/users", {"name": name, "role": "clerk", "office": "15.03"})["id"] for name in ("Sari", "Budi")]
    return {
        "clerk": calls("clerk", "15.03"), "printer": calls("printer", "15.03"), "boss": calls("coordinator", "15.03"),
        "other": calls("clerk", "15.04"), "province": calls("coordinator", "15"), "counters": made,
    }  # fmt: skip


def paper(caller: Caller, kind: str, **subject) -> bytes:
    """Make a document and fetch its PDF."""
    made = caller.post("/documents", {"kind": kind, **subject})
    answer = caller.send("GET", f"/documents/{made['id']}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    told = caller.app.test_client().get(f"/api/v1/documents/check/{made['check_value']}")
    assert (told.status_code, told.json["valid"]) == (200, True)
    return answer.data


def test_a_day_in_the_stock_room_with_every_paper_and_books_that_prove_themselves(app, people, exact, tmp_path):
    clerk, printer, boss, counters = (people[name] for name in ("clerk", "printer", "boss", "counters"))
    two = {"counted_by": counters}

    arrived = {**receipt(STORE, 1000), "lots": [{"pack_size": 500, "intervals": [["A0001", "A0500"]]},
                                                {"pack_size": 500, "quantity": 500}]}  # fmt: skip
    came = clerk.post("/receipts", arrived)["id"]
    assert paper(clerk, "tanda_terima", subject=came).startswith(b"%PDF")

    shift = {"store": STORE, "item": "blangko", "holder": printer.actor.user_id, "needed": 20, **two}
    session = clerk.post("/custody", {**shift, "intervals": [["A0001", "A0020"]]})["id"]
    recorded(printer, "a", "b")
    job = job_of(printer, "a", "b")["id"]
    lines = [{"recording": "a", "outcome": "spoiled", "reason": "print_failure", "number": "A0001"},
             {"recording": "a", "outcome": "printed", "number": "A0002"},
             {"recording": "b", "outcome": "printed", "number": "A0003"}]  # fmt: skip
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)
    issue(printer, "a")
    closed = clerk.post(f"/custody/{session}/close", {"returned": 17, "printer_count": 3, "siak_count": 2, **two}, 200)
    assert closed["status"] == "closed"
    paper(clerk, "session_sheet", subject=session)

    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "quantity": 4, "reason": "damaged"})
    count = clerk.post("/counts", {"store": STORE, "kind": "partial", "items": ["blangko"], "blind": False, **two})[
        "id"
    ]
    seen = [
        {"item": "blangko", "condition": "blank", "intervals": [["A0004", "A0500"]]},
        {"item": "blangko", "condition": "blank", "quantity": 495, "explanation": "satu keping hilang"},
        {"item": "blangko", "condition": "spoiled", "reason": "damaged", "quantity": 4},
        {"item": "blangko", "condition": "spoiled", "reason": "print_failure", "numbers": ["A0001"]},
    ]
    clerk.post(f"/counts/{count}/lines", {"lines": seen}, 200)
    boss.post(f"/counts/{count}/approve", {"reason": "opname"}, 200)
    assert clerk.stock(STORE)["lost"] == 1
    paper(clerk, "ba_opname", subject=count)

    printer.post("/withdrawn-cards", {"store": STORE, "reason": "data_change", "quantity": 3,
                                      "withdrawn_on": clerk.get(f"/counts/{count}")["started_on"]})  # fmt: skip
    fire = {
        "store": STORE, "number": "BA/1", "destroyed_on": clerk.get(f"/counts/{count}")["started_on"], **two,
        "lines": [{"item": "blangko", "reason": "damaged", "quantity": 4},
                  {"item": "blangko", "reason": "print_failure", "numbers": ["A0001"]}],
        "withdrawn": [{"reason": "data_change", "quantity": 3}],
        "witnesses": [{"name": "Rina", "institution": "Inspektorat"}, {"name": "Joko", "institution": "Polres"}],
    }  # fmt: skip
    burned = clerk.post("/destructions", fire)["id"]
    boss.post(f"/destructions/{burned}/approve", {}, 200)
    assert clerk.stock(STORE)["destroyed"] == 5
    paper(clerk, "ba_pemusnahan", subject=burned)

    due = (clock.now() + timedelta(days=30)).date().isoformat()
    loan = clerk.post("/loans", {"from_store": STORE, "to_store": "15.04-UTAMA", "item": "blangko", "quantity": 100,
                                 "due_on": due})  # fmt: skip
    transfer = loan["transfer"]
    people["province"].post(f"/transfers/{transfer}/approve", {}, 200)
    clerk.post(f"/transfers/{transfer}/dispatch", {"intervals": [["A0101", "A0200"]]}, 200)
    paper(clerk, "surat_jalan", subject=transfer)
    people["other"].post(f"/transfers/{transfer}/receive", {"received": 100}, 200)
    paper(people["other"], "bast", subject=transfer)
    assert people["other"].get(f"/loans/{loan['id']}")["outstanding"] == 100

    today = clerk.get(f"/counts/{count}")["started_on"]
    paper(clerk, "kartu_stok", store=STORE, item="blangko", **{"from": "2026-01-01", "until": today})
    story = people["province"].get("/blanks/A0150")
    assert [hand["state"] for hand in story["hands"]] == ["on_hand", "in_transit", "on_hand"]
    assert _proved(app, tmp_path)


def _proved(app, folder: Path) -> bool:
    """Seal, export, and let the inspector's own script judge."""
    export = folder / "ledger.jsonl"
    for words in (["ledger", "seal"], ["ledger", "export", str(export)]):
        done = app.test_cli_runner().invoke(group, words)
        assert done.exit_code == 0, done.output
    judged = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "verify_ledger.py"), str(export)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert judged.returncode == 0, judged.stdout + judged.stderr
    return True
