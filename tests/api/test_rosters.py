"""The list to sign: names for those who call them out, every look on record, and nobody's name kept twice."""

from __future__ import annotations

import io
import re
import time

import pypdf
import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import current, transaction
from inventory.documents import rosters
from inventory.documents.models import Document, DocumentPerson
from inventory.documents.rules import MASK
from inventory.recordings.models import Recording
from inventory.residents.models import Reveal
from tests.builders import receipt
from tests.outreach import person, running_event

STORE = "15.03-UTAMA"
PEOPLE = {"a": "Wahyu Ningsih", "b": "Ahmad Syukri", "c": "Dewi Lestari"}


def niks_of(number):
    return f"150304420501{number:04}"


@pytest.fixture
def printer(calls):
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    lines = [person(each, nik=niks_of(n), name=name) for n, (each, name) in enumerate(PEOPLE.items(), 1)]
    caller.post("/recordings", {"recordings": lines})
    printed(caller, STORE, list(PEOPLE))
    return caller


def printed(caller, store, names):
    job = caller.post("/print-jobs", {"store": store, "recordings": names})["id"]
    results = [{"recording": name, "outcome": "printed"} for name in names]
    caller.post(f"/print-jobs/{job}/results", {"results": results}, 200)


def sent(caller, *names):
    body = {
        "store": STORE, "region": "15.03.04.2001", "recipient": "Umar bin Ali", "recipient_role": "kepala desa",
        "recordings": list(names), "due_on": "2099-01-31",
    }  # fmt: skip
    return caller.post("/card-consignments", body)["id"]


def paper(caller, expect=201, **subject):
    return caller.post("/documents", {"kind": "daftar_serah", **subject}, expect)


def read(caller, document):
    answer = caller.send("GET", f"/documents/{document['id']}.pdf")
    assert answer.status_code == 200
    pages = pypdf.PdfReader(io.BytesIO(answer.get_data())).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def looks(app):
    with app.app_context():
        return current().execute(sa.select(Reveal.kind, Reveal.recording_id, Reveal.reason)).all()


def test_the_list_names_who_waits_in_the_order_of_names(printer, app, exact):
    made = paper(printer, subject=sent(printer, "a", "b"))
    assert (made["kind"], made["number"][:8]) == ("daftar_serah", "0001/DS/")
    text = read(printer, made)
    assert "Daftar Serah Terima KTP-el".upper() in text.upper()
    assert text.index("Ahmad Syukri") < text.index("Wahyu Ningsih")
    for told in ("150304••••••0002", "Umar bin Ali", "kepala desa", "31 Januari 2099", "Tanda tangan", "dua kartu"):
        assert told in text
    for kept in ("Dewi", niks_of(1), niks_of(2)):
        assert kept not in text
    assert sorted(row.reason for row in looks(app)) == [made["number"]] * 2


def test_others_see_the_list_without_residents(printer, calls, app, exact):
    made = paper(printer, subject=sent(printer, "a"))
    for role in ("clerk", "coordinator", "inspector"):
        text = read(calls(role, "15.03"), made)
        assert MASK in text
        assert "Wahyu" not in text
        assert "150304" not in text
    assert looks(app) == []
    assert calls("printer", "15.04").send("GET", f"/documents/{made['id']}.pdf").status_code == 404


def test_no_name_is_kept_with_the_paper_and_who_is_forgotten_is_masked(printer, app, database, exact):
    made = paper(printer, subject=sent(printer, "a", "b"))
    printer.post("/cards/issue", {"cards": [{"recording": "a", "collector_relation": "self"}]}, 200)
    with app.app_context():
        kept = current().get_one(Document, made["id"])
        assert all(set(line) == {"unit", "quantity", "recording"} for line in kept.facts["lines"])
        ids = current().scalars(sa.select(DocumentPerson.recording_id).order_by(DocumentPerson.recording_id)).all()
        [named] = rosters.naming(current(), ids[:1])
        assert named["number"] == made["number"]
        current().rollback()
        with transaction() as session:
            forgotten = sa.update(Recording).where(Recording.id == ids[0])
            session.execute(forgotten.values(purged_at=clock.now(), name_secret=None, nik_secret=b"", nik_index=b""))
    text = read(printer, made)
    assert "Wahyu" not in text
    assert "Ahmad Syukri" in text


def test_the_list_of_an_events_stop_has_those_recorded_there_who_still_wait(app, printer, calls, exact):
    event = running_event(app, "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(event.store, 3))
    people = [
        person("k", name="Karim", nik=niks_of(11), event=event.id, stop=event.stop),
        person("l", name="Lina", nik=niks_of(12), event=event.id),
        person("m", name="Maman", nik=niks_of(13), event=event.id, stop=event.stop),
    ]
    printer.post("/recordings", {"recordings": people})
    printed(printer, event.store, ["k", "l", "m"])
    printer.post("/cards/issue", {"cards": [{"recording": "m", "collector_relation": "self"}]}, 200)
    here = read(printer, paper(printer, event=event.id, stop=event.stop))
    assert ("Karim" in here, "Lina" in here, "Maman" in here, "Kantor desa" in here) == (True, False, False, True)
    everywhere = read(printer, paper(printer, event=event.id))
    assert ("Karim" in everywhere, "Lina" in everywhere, "Maman" in everywhere) == (True, True, False)
    guest = calls("printer", "15.04")
    assert paper(guest, 404, event=event.id)["code"] == "document_subject_not_found"
    event.let_in(guest)
    assert "Karim" in read(guest, paper(guest, event=event.id))


def test_nothing_waits_no_list(app, printer, exact):
    made = sent(printer, "a")
    printer.post(f"/card-consignments/{made}/return", {"all": True}, 200)
    assert paper(printer, 409, subject=made)["code"] == "document_not_ready"
    assert paper(printer, 404, subject=made + 1)["code"] == "document_subject_not_found"
    event = running_event(app, "15.03")
    assert paper(printer, 409, event=event.id)["code"] == "document_not_ready"
    assert paper(printer, 404, event=event.id, stop=event.stop + 1)["code"] == "document_subject_not_found"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"stop": 1},
        {"subject": 1, "event": 1},
        {"event": 0},
        {"event": 1, "store": STORE},
        {"event": 1, "village": "15.03.04.2001"},
    ],
)
def test_a_list_is_of_a_consignment_or_of_an_event(printer, body):
    assert paper(printer, 422, **body)["code"] == "body_invalid"


def test_what_has_not_changed_gives_the_same_list(printer, exact):
    made = sent(printer, "a", "b")
    first = paper(printer, subject=made)
    assert paper(printer, subject=made) == first
    printer.post(f"/card-consignments/{made}/return", {"recordings": ["a"]}, 200)
    assert paper(printer, subject=made)["number"].startswith("0002/DS/")


@pytest.mark.slow
def test_six_hundred_rows_are_drawn_in_seconds(app, calls, exact):
    printer = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 600))
    names = [f"p-{n}" for n in range(600)]
    lines = [person(each, nik=niks_of(n), name=f"Penduduk Nomor {n}") for n, each in enumerate(names)]
    printer.post("/recordings", {"recordings": lines})
    printed(printer, STORE, names)
    made = paper(printer, subject=sent(printer, *names))
    start = time.monotonic()
    text = read(printer, made)
    assert time.monotonic() - start < 20
    assert "Penduduk Nomor 599" in text
    assert "enam ratus kartu" in text
    assert len(looks(app)) == 600
