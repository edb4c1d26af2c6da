"""What papers are made of, the papers themselves, and what is read on them: for tests of documents."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pypdf

from inventory.documents.rules import DocumentKind
from tests.builders import Caller, receipt
from tests.destructions import WITNESSES
from tests.outreach import person

STORE, OFFICE = "15.03-UTAMA", "15.03"
Calls = Callable[[str, str], Caller]


def by_number(quantity: int = 500, store: str = STORE, prefix: str = "JB", **more: Any) -> dict[str, Any]:
    """The body of a receipt of numbered blanks."""
    body = receipt(store, 1, intervals=[[f"{prefix}000001", f"{prefix}{quantity:06}"]], **more)
    return {name: value for name, value in body.items() if name != "quantity"}


def receipt_of(clerk: Caller, quantity: int = 500, **more: Any) -> int:
    """Receive so many blanks; answers the receipt."""
    return clerk.post("/receipts", receipt(STORE, quantity, **more))["id"]


def sent(calls: Calls, quantity: int = 200) -> str:
    """A transfer of the province's numbered blanks to the regency, under way; answers its path."""
    province = calls("admin", "15")
    province.post("/receipts", by_number(1_000, "15-UTAMA"))
    wish = {"from_store": "15-UTAMA", "to_store": STORE, "item": "blangko", "quantity": quantity}
    path = f"/transfers/{calls('clerk', OFFICE).post('/transfers', wish)['id']}"
    province.post(f"{path}/approve", {}, 200)
    province.post(f"{path}/dispatch", {"intervals": [["JB000001", f"JB{quantity:06}"]]}, 200)
    return path


def delivered(calls: Calls) -> str:
    """The same transfer with what came of it: some good, some rejected, some missing; answers its path."""
    path = sent(calls)
    body = {
        "received": {"intervals": [["JB000001", "JB000190"]]},
        "rejected": {"intervals": [["JB000191", "JB000195"]]},
        "missing": 5,
        "reason": "dus basah",
    }
    calls("clerk", OFFICE).post(f"{path}/receive", body, 200)
    return path


def approved_count(calls: Calls, clerk: Caller, chief: Caller) -> int:
    """A full count, approved, that found two blanks too few; answers it."""
    clerk.post("/receipts", receipt(STORE, 500))
    clerk.post("/receipts", receipt(STORE, 20, "ribbon"))
    two = [calls(role, OFFICE).actor.user_id for role in ("clerk", "inspector")]
    count = clerk.post("/counts", {"store": STORE, "kind": "full", "counted_by": two})["id"]
    lines = [
        {"item": "blangko", "quantity": 498, "explanation": "dua keping tidak ditemukan"},
        {"item": "ribbon", "quantity": 20},
    ]
    clerk.post(f"/counts/{count}/lines", {"lines": lines}, 200)
    chief.post(f"/counts/{count}/approve", {"reason": "sesuai berita acara"}, 200)
    return count


def burned(calls: Calls, clerk: Caller, chief: Caller) -> int:
    """An approved destruction of blanks and withdrawn cards; answers it."""
    receipt_of(clerk, 100)
    spoilage = {"store": STORE, "item": "blangko", "quantity": 20, "reason": "print_failure"}
    clerk.post("/spoilages", spoilage)
    card = {"store": STORE, "reason": "data_change", "quantity": 7, "withdrawn_on": "2026-03-01"}
    calls("printer", OFFICE).post("/withdrawn-cards", card)
    body = {
        "store": STORE, "number": "BA/77", "destroyed_on": "2026-03-12", "witnesses": WITNESSES,
        "lines": [{"item": "blangko", "reason": "print_failure", "quantity": 18}],
        "withdrawn": [{"reason": "data_change", "quantity": 7}],
        "counted_by": [calls(role, OFFICE).actor.user_id for role in ("printer", "field")],
    }  # fmt: skip
    made = clerk.post("/destructions", body)["id"]
    chief.post(f"/destructions/{made}/approve", {"reason": "sesuai"}, 200)
    return made


def shift(calls: Calls, clerk: Caller) -> int:
    """Fifty numbered blanks handed out for a shift; answers the session."""
    clerk.post("/receipts", by_number(100))
    body = {
        "store": STORE, "item": "blangko", "holder": calls("printer", OFFICE).actor.user_id, "needed": 50,
        "intervals": [["JB000001", "JB000050"]],
        "counted_by": [calls(role, OFFICE).actor.user_id for role in ("clerk", "field")],
    }  # fmt: skip
    return clerk.post("/custody", body)["id"]


def close(calls: Calls, clerk: Caller, session: int) -> None:
    """Take all of a shift's blanks back."""
    counters = [calls(role, OFFICE).actor.user_id for role in ("clerk", "field")]
    back = {"returned": {"intervals": [["JB000001", "JB000050"]]}, "counted_by": counters}
    clerk.post(f"/custody/{session}/close", back, 200)


def sent_on(calls: Calls, clerk: Caller) -> int:
    """A card that waits at the head of a village; answers its consignment."""
    receipt_of(clerk, 5)
    printer = calls("printer", OFFICE)
    printer.post("/recordings", {"recordings": [person("a")]})
    job = printer.post("/print-jobs", {"store": STORE, "recordings": ["a"]})["id"]
    printer.post(f"/print-jobs/{job}/results", {"results": [{"recording": "a", "outcome": "printed"}]}, 200)
    head = {"region": "15.03.04.2001", "recipient": "Umar bin Ali", "recipient_role": "kepala desa"}
    return printer.post("/card-consignments", {"store": STORE, "recordings": ["a"], **head})["id"]


def paper(who: Caller, kind: str, subject: int, expect: int = 201, **more: Any) -> dict[str, Any]:
    """Have a paper made; answers it."""
    return who.post("/documents", {"kind": kind, "subject": subject}, expect, **more)


def card(who: Caller, expect: int = 201, **more: Any) -> dict[str, Any]:
    """Have a stock card of this year's blanks made; answers it."""
    body = {"kind": "kartu_stok", "store": STORE, "item": "blangko", "from": "2026-01-01", "until": "2026-03-12"}
    return who.post("/documents", body | more, expect)


def made_of(kind: DocumentKind, calls: Calls, clerk: Caller, chief: Caller) -> dict[str, Any]:
    """A paper of each kind."""
    if kind is DocumentKind.KARTU_STOK:
        receipt_of(clerk)
        return card(clerk)
    subject = {
        DocumentKind.TANDA_TERIMA: lambda: receipt_of(clerk),
        DocumentKind.SURAT_JALAN: lambda: int(sent(calls).rpartition("/")[2]),
        DocumentKind.BAST: lambda: int(delivered(calls).rpartition("/")[2]),
        DocumentKind.BA_OPNAME: lambda: approved_count(calls, clerk, chief),
        DocumentKind.BA_PEMUSNAHAN: lambda: burned(calls, clerk, chief),
        DocumentKind.SESSION_SHEET: lambda: shift(calls, clerk),
        DocumentKind.DAFTAR_SERAH: lambda: sent_on(calls, clerk),
    }[kind]()
    return paper(clerk, kind, subject)


def printed(who: Caller, document: dict[str, Any]) -> bytes:
    """The paper as a PDF."""
    answer = who.send("GET", f"/documents/{document['id']}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.status
    return answer.get_data()


def text_of(made: bytes) -> str:
    """What a PDF says, on one line."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages))


def read(who: Caller, document: dict[str, Any]) -> str:
    """What the paper says, on one line."""
    return text_of(printed(who, document))


def says(text: str, *parts: str) -> None:
    """Check that a text has all these parts."""
    assert [part for part in parts if part not in text] == [], text


def check(who: Caller, document: dict[str, Any], expect: int = 200) -> dict[str, Any]:
    """What a stranger is told who asks for the paper's check value."""
    answer = who.app.test_client().get(f"/api/v1/documents/check/{document['check_value']}")
    assert answer.status_code == expect, answer.get_data(as_text=True)
    return answer.get_json()
