"""Papers as PDF: tagged, the same ever after, whole over many pages, and with names only for who may read them."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pypdf
import pytest
import sqlalchemy as sa

from inventory import clock, keys
from inventory.database import current, transaction
from inventory.documents import drawing
from inventory.documents.models import Document
from inventory.documents.rules import MASK, DocumentKind, in_fours
from inventory.people.models import User
from tests.builders import NOON, receipt
from tests.destructions import WITNESSES
from tests.papers import OFFICE, STORE, burned, made_of, paper, printed, read, receipt_of, says, text_of

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_paper_is_pdf_ua_in_indonesian_and_says_the_same_ever_after(kind, app, calls, clerk, chief, exact):
    document = made_of(kind, calls, clerk, chief)
    first = printed(clerk, document)
    book = pypdf.PdfReader(io.BytesIO(first))
    assert book.trailer["/Root"]["/Lang"].startswith("id")
    assert b"pdfuaid:part" in book.trailer["/Root"]["/Metadata"].get_data()
    assert book.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert book.metadata.title.endswith(document["number"])
    assert book.metadata.creation_date == NOON.replace(microsecond=0)
    text = text_of(first)
    says(text, document["number"], in_fours(document["check_value"]), "Halaman 1 dari 1", "Terbilang")
    says(text, "pada layanan ini: /periksa/<nilai>")
    with app.app_context():
        found = current().get(Document, document["id"])
        told = drawing.paper(found)
    assert told["qr_text"] == f"blangko:{document['id']}:{document['check_value']}"
    assert told["qr"].startswith("<svg")
    with clock.telling(NOON + timedelta(days=80)):
        assert printed(clerk, document) == first


def test_names_are_ciphertext_and_masked_once_they_are_purged(app, calls, clerk, chief):
    document = paper(clerk, "ba_pemusnahan", burned(calls, clerk, chief))
    before = read(clerk, document)
    with app.app_context():
        row = current().get(Document, document["id"])
        assert "Siti Aminah" not in json.dumps(row.facts)
        assert "clerk@" not in json.dumps(row.facts)
        assert b"Siti" not in row.names_secret
        assert "Siti Aminah" in keys.decrypt(row.names_secret)
        current().rollback()
        with transaction() as session:
            session.execute(sa.update(Document).values(names_secret=None))
    after = read(clerk, document)
    assert "Siti Aminah" not in after
    assert "clerk@15.03" not in after
    assert after.count(MASK) == before.count("@15.03") + len(WITNESSES)
    says(after, "Jumlah (keping) 18", document["number"], in_fours(document["check_value"]))
    assert paper(clerk, "ba_pemusnahan", int(document["subject"])) == document


def test_who_could_not_have_a_paper_made_reads_it_without_names_but_for_the_inspector(calls, clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    says(read(calls("inspector", OFFICE), document), "clerk@15.03")
    says(read(calls("field", OFFICE), document), MASK, document["number"])
    assert "clerk@15.03" not in read(calls("field", OFFICE), document)


@pytest.mark.parametrize("name", ["Ni Luh Sari 漢字", "😀 Budi", "ᬅᬓ᭄ᬱᬭ", "#panic() $x$ *tebal* \\ <a>", 'a"b\\n{}'])
def test_whatever_a_name_holds_is_shown_as_text_or_as_boxes_and_never_breaks_the_paper(name, app, clerk):
    with app.app_context(), transaction() as session:
        session.execute(sa.update(User).where(User.id == clerk.actor.user_id).values(name=name))
    text = read(clerk, paper(clerk, "tanda_terima", receipt_of(clerk)))
    shown = re.sub(r"[^ -~]", "□", name)
    says(text.replace(" ", ""), shown.replace(" ", ""))


def test_a_paper_of_600_lines_repeats_its_head_on_every_page(app, clerk):
    lots = [{"intervals": [[f"A{n * 500:07}", f"A{n * 500 + 499:07}"]]} for n in range(600)]
    body = {name: value for name, value in receipt(STORE, 1).items() if name != "quantity"}
    document = paper(clerk, "tanda_terima", clerk.post("/receipts", {**body, "lots": lots})["id"])
    pages = pypdf.PdfReader(io.BytesIO(printed(clerk, document))).pages
    assert len(pages) > 10
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        says(re.sub(r"\s+", " ", text), f"Halaman {number} dari {len(pages)}", in_fours(document["check_value"]))
        assert number == len(pages) or "Isi kemasan" in text
    says(re.sub(r"\s+", " ", pages[-1].extract_text() + pages[-2].extract_text()), "Jumlah (keping) 300.000")


@pytest.mark.parametrize("rows", range(24, 34))
def test_no_signature_stands_alone_on_a_page(clerk, rows):
    lots = [{"intervals": [[f"A{n * 500:07}", f"A{n * 500 + 499:07}"]], "pack_size": 1} for n in range(0, rows * 2, 2)]
    body = {name: value for name, value in receipt(STORE, 1).items() if name != "quantity"}
    document = paper(clerk, "tanda_terima", clerk.post("/receipts", {**body, "lots": lots})["id"])
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed(clerk, document))).pages]
    assert "Isi kemasan" not in pages[0]
    for page in pages:
        assert ("Yang menerima" in page) == ("Mengetahui" in page) == ("Terbilang" in page)
        assert "Terbilang" in page or "A0000000" in page


def test_a_paper_that_cannot_be_drawn_says_why(app, clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    with app.app_context():
        found = current().get(Document, document["id"])
        with pytest.raises(drawing.PaperRefused, match="tanda_terima"):
            drawing.drawn(found, "{}")
        with pytest.raises(drawing.PaperRefused):
            drawing.drawn(found, "no JSON")


def test_a_paper_that_takes_too_long_is_asked_for_again_later(clerk, monkeypatch):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    monkeypatch.setattr(drawing, "_PATIENCE", 0.0001)
    answer = clerk.send("GET", f"/documents/{document['id']}.pdf")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "busy")


def test_where_strangers_reach_the_service_is_printed_and_in_the_code(app, clerk, monkeypatch):
    from dataclasses import replace

    settings = replace(app.config["SETTINGS"], public_url="https://blangko.example.go.id")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    where = "https://blangko.example.go.id/periksa/"
    says(read(clerk, document).replace(" ", ""), f"{where}<nilai>")
    with app.app_context():
        assert drawing.paper(current().get(Document, document["id"]))["qr_text"] == (
            f"{where}{document['check_value']}#{document['id']}"
        )


def test_a_pdf_comes_inline_under_a_plain_name(clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    answer = clerk.send("GET", f"/documents/{document['id']}.pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="tanda_terima-0001-TT-15.03-2026.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert clerk.get("/documents/999999", 404)["code"] == "document_not_found"
    assert clerk.send("GET", "/documents/999999.pdf").status_code == 404
