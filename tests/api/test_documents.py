"""Papers over REST: made once from the books, printed the same ever after, and checked by anybody."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
import sqlalchemy as sa

from inventory import clock, keys
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.disposal.models import Destruction
from inventory.documents import drawing
from inventory.documents import queries as documents
from inventory.documents.models import Document
from inventory.documents.rules import MASK, DocumentKind, in_fours
from inventory.people.models import User
from tests.builders import receipt
from tests.outreach import person, running_event

STORE, OFFICE = "15.03-UTAMA", "15.03"
NOON = datetime(2026, 3, 12, 3, 0, 0, 250_000, tzinfo=UTC)
WITNESSES = [
    {"name": "Siti Aminah", "institution": "Inspektorat Sarolangun"},
    {"name": "Budi Santoso", "institution": "Satpol PP"},
]


@pytest.fixture(autouse=True)
def noon():
    """It is 10:00 WIB on 12 March 2026."""
    with clock.telling(NOON):
        yield


@pytest.fixture
def clerk(calls):
    return calls("clerk", OFFICE)


@pytest.fixture
def chief(calls):
    return calls("coordinator", OFFICE)


def by_number(quantity=500, store=STORE, prefix="JB", **more):
    body = receipt(store, 1, intervals=[[f"{prefix}000001", f"{prefix}{quantity:06}"]], **more)
    return {name: value for name, value in body.items() if name != "quantity"}


def receipt_of(clerk, quantity=500, **more):
    return clerk.post("/receipts", receipt(STORE, quantity, **more))["id"]


def sent(calls, quantity=200):
    """A transfer of the province's numbered blanks to the regency, under way; answers its path."""
    province = calls("admin", "15")
    province.post("/receipts", by_number(1_000, "15-UTAMA"))
    wish = {"from_store": "15-UTAMA", "to_store": STORE, "item": "blangko", "quantity": quantity}
    path = f"/transfers/{calls('clerk', OFFICE).post('/transfers', wish)['id']}"
    province.post(f"{path}/approve", {}, 200)
    province.post(f"{path}/dispatch", {"intervals": [["JB000001", f"JB{quantity:06}"]]}, 200)
    return path


def delivered(calls):
    path = sent(calls)
    body = {
        "received": {"intervals": [["JB000001", "JB000190"]]},
        "rejected": {"intervals": [["JB000191", "JB000195"]]},
        "missing": 5,
        "reason": "dus basah",
    }
    calls("clerk", OFFICE).post(f"{path}/receive", body, 200)
    return path


def approved_count(calls, clerk, chief):
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


def burned(calls, clerk, chief):
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


def shift(calls, clerk):
    clerk.post("/receipts", by_number(100))
    body = {
        "store": STORE, "item": "blangko", "holder": calls("printer", OFFICE).actor.user_id, "needed": 50,
        "intervals": [["JB000001", "JB000050"]],
        "counted_by": [calls(role, OFFICE).actor.user_id for role in ("clerk", "field")],
    }  # fmt: skip
    return clerk.post("/custody", body)["id"]


def sent_on(calls, clerk):
    """A card that waits at the head of a village; answers its consignment."""
    receipt_of(clerk, 5)
    printer = calls("printer", OFFICE)
    printer.post("/recordings", {"recordings": [person("a")]})
    job = printer.post("/print-jobs", {"store": STORE, "recordings": ["a"]})["id"]
    printer.post(f"/print-jobs/{job}/results", {"results": [{"recording": "a", "outcome": "printed"}]}, 200)
    head = {"region": "15.03.04.2001", "recipient": "Umar bin Ali", "recipient_role": "kepala desa"}
    return printer.post("/card-consignments", {"store": STORE, "recordings": ["a"], **head})["id"]


def close(calls, clerk, session):
    counters = [calls(role, OFFICE).actor.user_id for role in ("clerk", "field")]
    back = {"returned": {"intervals": [["JB000001", "JB000050"]]}, "counted_by": counters}
    clerk.post(f"/custody/{session}/close", back, 200)


def paper(who, kind, subject, expect=201, **more):
    return who.post("/documents", {"kind": kind, "subject": subject}, expect, **more)


def card(who, expect=201, **more):
    body = {"kind": "kartu_stok", "store": STORE, "item": "blangko", "from": "2026-01-01", "until": "2026-03-12"}
    return who.post("/documents", body | more, expect)


def printed(who, document):
    answer = who.send("GET", f"/documents/{document['id']}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return answer.get_data()


def text_of(made):
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages))


def read(who, document):
    return text_of(printed(who, document))


def says(text, *parts):
    assert [part for part in parts if part not in text] == [], text


def made_of(kind, calls, clerk, chief):
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


def test_a_tanda_terima_lists_its_lots_with_their_numbers_and_says_the_total_in_words(clerk, calls):
    lots = [{"pack_size": 500, "intervals": [["A00001", "A00500"], ["A00501", "A01000"]]}, {"quantity": 11}]
    body = {name: value for name, value in receipt(STORE, 1, paper_quantity=1_012).items() if name != "quantity"}
    document = paper(clerk, "tanda_terima", clerk.post("/receipts", {**body, "lots": lots})["id"])
    assert document["number"] == "0001/TT/15.03/2026"
    says(
        read(clerk, document), "Tanda Terima Barang".upper(), "Dinas Dukcapil", "A00001 s.d. A01000 1.000",
        "tanpa nomor 11", "Jumlah (keping) 1.011", "Terbilang: seribu sebelas keping.", "5 Januari 2026", "SJ/1",
        "menurut surat : 1.012", "Selisih : -1", "Yang menyerahkan", "Yang menerima", "Mengetahui", "clerk@15.03",
        "Dibuat pada 12 Maret 2026 10.00 WIB",
    )  # fmt: skip


def test_a_surat_jalan_goes_with_the_goods(calls, clerk):
    path = sent(calls)
    document = paper(clerk, "surat_jalan", int(path.rpartition("/")[2]))
    assert (document["office"], document["other_office"]) == ("15", OFFICE)
    text = read(clerk, document)
    says(
        text, "SURAT JALAN", "JB000001 s.d. JB000200", "dua ratus keping", "Pembawa", "Menyetujui", "admin@15", "Jambi"
    )


def test_a_bast_says_what_was_good_rejected_and_missing(calls, clerk):
    document = paper(clerk, "bast", int(delivered(calls).rpartition("/")[2]))
    says(
        read(clerk, document), "BERITA ACARA SERAH TERIMA", "dus basah 190 5 5 0", "Jumlah (keping) 190 5 5 0",
        "Pada hari ini Kamis, tanggal dua belas Maret dua ribu dua puluh enam (12-03-2026), telah diserahterimakan",
        "seratus sembilan puluh keping", "Nomor yang diterima baik No. Nomor Banyaknya 1 JB000001 s.d. JB000190 190",
        "Nomor yang ditolak No. Nomor Banyaknya 1 JB000191 s.d. JB000195 5", "Kurang 5: JB000196 s.d. JB000200.",
        "sampai dokumen ini dibuat: belum ditemukan 5.", "clerk@15.03 petugas gudang NIP",
    )  # fmt: skip


def test_a_bast_says_what_became_of_the_missing_until_it_was_made(calls, clerk):
    path = delivered(calls)
    subject = int(path.rpartition("/")[2])
    first = paper(clerk, "bast", subject)
    clerk.post(f"{path}/resolve", {"found": {"numbers": ["JB000198"]}, "reason": "di bawah jok"}, 200)
    written = {"written_off": {"intervals": [["JB000199", "JB000200"]]}, "reason": "hilang", "police_number": "LP/7"}
    calls("coordinator", "15").post(f"{path}/resolve", written, 200)
    second = paper(clerk, "bast", subject)
    assert second["id"] != first["id"]
    says(
        read(clerk, second), "190 5 5 0", "Kurang 5:", "ditemukan kemudian 1, dihapusbukukan 2, belum ditemukan 2.",
        "ditemukan kemudian JB000198 1", "dihapusbukukan JB000199 s.d. JB000200 2",
        "belum ditemukan JB000196 s.d. JB000197 2",
    )  # fmt: skip
    says(read(clerk, first), "belum ditemukan 5.")


def test_a_bast_of_a_part_leaves_open_which_of_the_others_are_missing(calls, clerk):
    path = sent(calls)
    body = {"received": {"intervals": [["JB000001", "JB000100"]]}, "missing": 5, "reason": "dus sobek"}
    clerk.post(f"{path}/receive", body, 200)
    text = read(clerk, paper(clerk, "bast", int(path.rpartition("/")[2])))
    says(text, "Kurang 5.", "Belum tiba: 95.", "belum tiba atau hilang JB000101 s.d. JB000200 100")


def test_a_stock_card_runs_from_its_opening_to_its_closing_balance(clerk):
    receipt_of(clerk, 1_000, received_on="2025-12-31")
    receipt_of(clerk, 500)
    spoilage = {"store": STORE, "item": "blangko", "quantity": 20, "reason": "damaged", "occurred_on": "2026-03-10"}
    clerk.post("/spoilages", spoilage)
    clerk.post("/spoilages", spoilage | {"quantity": 1, "occurred_on": "2026-03-12"})
    document = card(clerk, until="2026-03-11")
    assert document["subject"] == "15.03-UTAMA:blangko:blank:2026-01-01:2026-03-11"
    says(
        read(clerk, document), "KARTU STOK", "Blangko KTP-el (kosong)", "Saldo awal : 1.000", "Saldo akhir : 1.480",
        "1 Januari 2026 s.d. 11 Maret", "5 Januari 2026 penerimaan: Ditjen Dukcapil SJ/1", "500 0 1.500",
        "10 Maret 2026 kerusakan",
        "0 20 1.480",
        "Jumlah (keping) 500 20", "seribu empat ratus delapan puluh keping",
    )  # fmt: skip
    empty = read(clerk, card(clerk, **{"from": "2026-01-06", "until": "2026-01-07", "condition": "blank"}))
    says(empty, "Saldo awal : 1.500", "Saldo akhir : 1.500")
    spoiled = read(clerk, card(clerk, condition="spoiled"))
    says(spoiled, "Saldo awal : 0", "Saldo akhir : 21", "Blangko KTP-el (rusak)")


def test_a_stock_card_has_one_line_a_movement_and_names_who_stands_at_its_other_end(calls, clerk, chief):
    path = delivered(calls)
    clerk.post("/receipts", receipt(STORE, 60))
    back = {"from_store": STORE, "to_store": "15.04-UTAMA", "item": "blangko", "quantity": 10}
    other = calls("clerk", "15.04").post("/transfers", back)["id"]
    calls("coordinator", "15").post(f"/transfers/{other}/approve", {}, 200)
    clerk.post(f"/transfers/{other}/dispatch", {}, 200)
    transfer = path.rpartition("/")[2]
    says(
        read(clerk, card(clerk)),
        f"penerimaan kiriman: dus basah dari Dinas Dukcapil Jambi (pengiriman {transfer})", "190 0 250",
        f"pengiriman keluar ke Dinas Dukcapil Kabupaten Batanghari (pengiriman {other})", "0 10 240",
        "Jumlah (keping) 250 10",
    )  # fmt: skip


def test_what_is_set_aside_stays_on_the_stock_card_and_moves_nothing(app, calls, clerk, chief):
    """Of the free and the numbered blanks some are pledged: two accounts give, and the card has one line."""
    receipt_of(clerk, 100)
    plan = {
        "name": "Jebol", "kind": "village", "host_office": OFFICE, "starts_on": "2026-03-20", "ends_on": "2026-03-21",
        "opens_at": "08:00", "closes_at": "16:00",
    }  # fmt: skip
    event = chief.post("/events", plan)["id"]
    pledge = chief.post(f"/events/{event}/pledges", {"store": STORE, "item": "blangko", "quantity": 40})["id"]
    text = read(clerk, card(clerk))
    says(text, "penyisihan (40 tetap di gudang ini) acara Jebol", "0 0 100", "Jumlah (keping) 100 0", "akhir : 100")
    chief.send("DELETE", f"/events/{event}/pledges/{pledge}")
    says(read(clerk, card(clerk)), "pelepasan (40 tetap di gudang ini) acara Jebol")


def test_a_stock_card_names_counts_shifts_and_corrections(calls, clerk, chief):
    count = approved_count(calls, clerk, chief)
    wrong = receipt_of(clerk, 7)
    clerk.post(f"/movements/{wrong}/reversal", {"reason": "salah hitung"})
    session = shift(calls, clerk)
    close(calls, clerk, session)
    text = read(clerk, card(clerk))
    says(
        text, f"penyesuaian opname: sesuai berita acara opname {count}", f"membetulkan mutasi {wrong}",
        f"penyerahan untuk sif sif {session}", f"pengembalian dari sif sif {session}", "Saldo akhir : 598",
    )  # fmt: skip
    ribbons = read(clerk, card(clerk, item="ribbon"))
    assert "kosong" not in ribbons


def test_a_berita_acara_opname_sets_what_was_counted_beside_the_books(calls, clerk, chief):
    document = paper(clerk, "ba_opname", approved_count(calls, clerk, chief))
    text = read(clerk, document)
    says(
        text, "STOK OPNAME", "500 0 500 498 -2", "dua keping tidak ditemukan",
        "Jumlah (keping kosong) 500 500 498 -2", "empat ratus sembilan puluh delapan keping kosong; dua puluh",
        "Yang menghitung", "Pada hari ini Kamis, tanggal dua belas Maret",
        "Yang menyetujui", "coordinator@15.03 koordinator", "inspector@15.03 inspektorat",
    )  # fmt: skip
    assert "Ribbon (" not in text


def test_a_berita_acara_opname_sums_blank_and_spoiled_apart_and_lists_the_numbers(app, calls, clerk, chief):
    kit = running_event(app, OFFICE).store
    clerk.post("/receipts", by_number(50, kit))
    spoilage = {"store": kit, "item": "blangko", "intervals": [["JB000041", "JB000050"]], "reason": "damaged"}
    clerk.post("/spoilages", spoilage)
    two = [calls(role, OFFICE).actor.user_id for role in ("clerk", "inspector")]
    count = clerk.post("/counts", {"store": kit, "kind": "full", "counted_by": two})["id"]
    seen = {"item": "blangko", "intervals": [["JB000001", "JB000038"], ["JB000060", "JB000060"]]}
    spoiled = {"item": "blangko", "condition": "spoiled", "reason": "damaged", "intervals": [["JB000041", "JB000050"]]}
    for _ in range(2):  # far off, so it is counted twice
        lines = [seen | {"explanation": "dicari"}, spoiled]
        clerk.post(f"/counts/{count}/lines", {"lines": lines}, 200)
    chief.post(f"/counts/{count}/approve", {"reason": "sesuai"}, 200)
    says(
        read(clerk, paper(clerk, "ba_opname", count)), "acara Gotong royong", "Jumlah (keping kosong)",
        "Jumlah (keping rusak) 10 10 10 0", "tidak ditemukan JB000039 s.d. JB000040 2",
        "tidak tercatat di sini JB000060 1",
    )  # fmt: skip


def test_a_berita_acara_pemusnahan_names_its_witnesses_and_never_adds_cards_to_blanks(calls, clerk, chief):
    document = paper(clerk, "ba_pemusnahan", burned(calls, clerk, chief))
    says(
        read(clerk, document), "PEMUSNAHAN", "Nomor: BA/77", "gagal cetak", "Jumlah (keping) 18",
        "Jumlah (kartu ditarik) 7",
        "delapan belas keping; tujuh kartu ditarik", "Saksi", "Siti Aminah", "Inspektorat Sarolangun", "Satpol PP",
        "Yang menyetujui",
    )  # fmt: skip


def test_a_destruction_has_one_number_the_one_in_the_offices_register(app, calls, clerk, chief):
    document = paper(clerk, "ba_pemusnahan", burned(calls, clerk, chief))
    assert document["number"] == check(clerk, document)["number"] == "BA/77"
    # The same number at another office is another register's; a paper made again is another paper.
    others = []
    for made, office in ((9_001, "15.04"), (9_002, "15.05")):
        with app.app_context(), transaction() as session:
            fire = session.get(Destruction, int(document["subject"]))
            values = {column.key: getattr(fire, column.key) for column in Destruction.__table__.columns}
            number = "BA/77" if office == "15.04" else "0001/TT/15.03/2026"
            told = {"id": made, "office_code": office, "store_code": f"{office}-UTAMA", "number": number}
            session.execute(sa.insert(Destruction).values(values | told))
        others.append(paper(calls("clerk", office), "ba_pemusnahan", made)["number"])
    assert others == ["BA/77/15.04", "0001/TT/15.03/2026/15.05"]
    assert paper(clerk, "tanda_terima", receipt_of(clerk))["number"] == "0001/TT/15.03/2026"
    with app.app_context(), transaction() as session:
        session.execute(sa.update(User).where(User.id == clerk.actor.user_id).values(role="printer"))
    again = paper(chief, "ba_pemusnahan", int(document["subject"]))
    assert again["number"] == "BA/77/15.03"


def test_the_sheet_of_a_session_tells_the_open_and_the_closed_one_apart(calls, clerk):
    session = shift(calls, clerk)
    opened = paper(clerk, "session_sheet", session)
    says(
        read(clerk, opened), "LEMBAR SIF", "Masih dipegang 50", "Pemegang", "printer@15.03 operator cetak",
        "diserahkan JB000001 s.d. JB000050 50",
    )  # fmt: skip
    close(calls, clerk, session)
    closed = paper(clerk, "session_sheet", session)
    assert closed["number"] == "0002/LS/15.03/2026"
    says(
        read(clerk, closed), "Diserahkan : 50", "Dikembalikan 50", "lima puluh keping", "Yang menghitung pengembalian",
        "dikembalikan JB000001 s.d. JB000050 50",
    )  # fmt: skip
    assert [check(clerk, one)["valid"] for one in (opened, closed)] == [False, True]


def test_the_sheet_of_a_session_names_every_number_and_how_far_the_counters_are_off(calls, clerk, exact):
    session = shift(calls, clerk)
    printer = calls("printer", OFFICE)
    printer.post("/recordings", {"recordings": [person(each) for each in ("a", "b", "c")]})
    job = printer.post("/print-jobs", {"store": STORE, "recordings": ["a", "b", "c"]})["id"]
    results = [
        {"recording": "a", "outcome": "printed", "number": "JB000001"},
        {"recording": "b", "outcome": "printed", "number": "JB000002"},
        {"recording": "c", "outcome": "spoiled", "reason": "print_failure", "number": "JB000003"},
    ]
    printer.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    back = {
        "returned": {"intervals": [["JB000004", "JB000046"], ["JB000101", "JB000101"]]}, "explanation": "dicari",
        "counted_by": [calls(role, OFFICE).actor.user_id for role in ("clerk", "field")],
        "printer_count": 5, "siak_count": 1,
    }  # fmt: skip
    clerk.post(f"/custody/{session}/close", back, 200)
    says(
        read(clerk, paper(clerk, "session_sheet", session)), "Penghitung printer : 5 (selisih dengan buku: 2)",
        "Hitungan SIAK : 1 (selisih dengan buku: -1)", "tercetak JB000001 s.d. JB000002 2", "rusak JB000003 1",
        "dikembalikan JB000004 s.d. JB000046 43", "kurang JB000047 s.d. JB000050 4", "lebih JB000101 1",
    )  # fmt: skip


def check(who, document, expect=200):
    answer = who.app.test_client().get(f"/api/v1/documents/check/{document['check_value']}")
    assert answer.status_code == expect, answer.get_data(as_text=True)
    return answer.get_json()


def test_what_has_not_changed_gives_the_same_paper_and_what_has_gives_a_new_one(app, calls, clerk):
    number = receipt_of(clerk)
    first = paper(clerk, "tanda_terima", number, key="once")
    assert paper(clerk, "tanda_terima", number, key="once") == first
    assert paper(calls("coordinator", OFFICE), "tanda_terima", number) == first
    assert re.fullmatch(r"[0-9a-f]{32}", first["check_value"])
    other = paper(clerk, "tanda_terima", receipt_of(clerk, 7))
    assert (first["number"], other["number"]) == ("0001/TT/15.03/2026", "0002/TT/15.03/2026")
    with clock.telling(NOON):
        earlier = card(clerk)
        receipt_of(clerk, 8)
        assert card(clerk)["id"] != earlier["id"]
    assert clerk.get("/documents?kind=tanda_terima")["items"] == [first, other]
    with app.app_context():
        issued = sa.select(AuditRow.facts).where(AuditRow.action == "issue_document")
        facts = current().scalars(issued.order_by(AuditRow.id)).all()
    assert [row["number"] for row in facts][:2] == [first["number"], other["number"]]
    assert "clerk@" not in json.dumps(facts)


def test_the_same_key_with_another_subject_is_refused(clerk):
    paper(clerk, "tanda_terima", receipt_of(clerk), key="once")
    assert paper(clerk, "tanda_terima", receipt_of(clerk), 409, key="once")["code"] == "idempotency_key_reused"
    assert paper(clerk, "tanda_terima", receipt_of(clerk), 400, key=None)["code"] == "idempotency_key_missing"


def test_numbers_begin_again_with_the_year_of_the_office(calls):
    midnight = datetime(2026, 12, 31, 17, tzinfo=UTC)
    with clock.telling(midnight - timedelta(minutes=1)):
        clerk = calls("clerk", OFFICE)
        assert paper(clerk, "tanda_terima", receipt_of(clerk))["number"] == "0001/TT/15.03/2026"
    with clock.telling(midnight):
        assert paper(clerk, "tanda_terima", receipt_of(clerk, 6))["number"] == "0001/TT/15.03/2027"


def test_a_paper_is_valid_while_what_it_tells_stands(calls, clerk):
    number = receipt_of(clerk)
    document = paper(clerk, "tanda_terima", number)
    assert check(clerk, document) == {
        "kind": "tanda_terima", "number": document["number"], "date": "2026-03-12", "valid": True,
    }  # fmt: skip
    clerk.post(f"/movements/{number}/reversal", {"reason": "salah hitung", "quantity": 1})
    assert check(clerk, document)["valid"] is False
    problem = paper(clerk, "tanda_terima", number, 409)
    assert problem["code"] == "document_not_ready"


def test_a_surat_jalan_and_a_bast_fall_with_their_dispatch_and_their_receipt(calls, clerk):
    path = delivered(calls)
    papers = [paper(clerk, kind, int(path.rpartition("/")[2])) for kind in ("surat_jalan", "bast")]
    assert [check(clerk, one)["valid"] for one in papers] == [True, True]
    clerk.post(f"{path}/undo", {"reason": "salah catat"}, 200)
    assert [check(clerk, one)["valid"] for one in papers] == [True, False]
    province = calls("admin", "15")
    province.post(f"{path}/undo", {"reason": "truk kembali"}, 200)
    assert [check(clerk, one)["valid"] for one in papers] == [False, False]
    province.post(f"{path}/dispatch", {"intervals": [["JB000001", "JB000100"]]}, 200)
    assert check(clerk, papers[0])["valid"] is False
    again = paper(clerk, "surat_jalan", int(path.rpartition("/")[2]))
    assert (again["id"] != papers[0]["id"], check(clerk, again)["valid"]) == (True, True)


@pytest.mark.parametrize("kind", [DocumentKind.KARTU_STOK, DocumentKind.BA_OPNAME, DocumentKind.BA_PEMUSNAHAN])
def test_cards_tell_of_their_moment_and_approved_papers_stand(kind, calls, clerk, chief):
    document = made_of(kind, calls, clerk, chief)
    receipt_of(clerk)
    assert check(clerk, document)["valid"] is True


@pytest.mark.parametrize("kind", ["surat_jalan", "bast"])
def test_a_transfer_that_has_not_left_has_no_paper(kind, calls, clerk):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 10))
    wish = {"from_store": "15-UTAMA", "to_store": STORE, "item": "blangko", "quantity": 5}
    transfer = clerk.post("/transfers", wish)["id"]
    assert paper(clerk, kind, transfer, 409)["code"] == "document_not_ready"


def test_a_bast_waits_for_a_receipt_and_a_count_for_its_approval(calls, clerk):
    transfer = int(sent(calls).rpartition("/")[2])
    assert paper(clerk, "bast", transfer, 409)["code"] == "document_not_ready"
    two = [calls(role, OFFICE).actor.user_id for role in ("clerk", "inspector")]
    receipt_of(clerk)
    count = clerk.post("/counts", {"store": STORE, "kind": "full", "counted_by": two})["id"]
    assert paper(clerk, "ba_opname", count, 409)["facts"]["status"] == "open"


@pytest.mark.parametrize("kind", [each for each in DocumentKind if each is not DocumentKind.KARTU_STOK])
def test_what_does_not_exist_has_no_paper(kind, clerk):
    assert paper(clerk, kind, 999_999, 404)["code"] == "document_subject_not_found"


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        ("clerk", "15.03", 201),
        ("coordinator", "15", 201),
        ("inspector", "0", 403),
        ("printer", "15.03", 201),
        ("field", "15.03", 403),
        ("clerk", "15.04", 404),
        ("coordinator", "35", 404),
        ("admin", "15.04", 404),
    ],
)
def test_who_may_make_a_paper_is_who_may_see_what_it_tells(role, office, status, calls, clerk):
    number = receipt_of(clerk)
    paper(calls(role, office), "tanda_terima", number, status)


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [("field", "15.03", 200), ("inspector", "15", 200), ("clerk", "15.04", 404), ("admin", "35", 404)],
)
def test_who_may_read_a_paper(role, office, status, calls, clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    reader = calls(role, office)
    reader.get(f"/documents/{document['id']}", status)
    assert reader.send("GET", f"/documents/{document['id']}.pdf").status_code == status
    assert len(reader.get("/documents")["items"]) == (status == 200)


def test_both_ends_of_a_transfer_read_its_papers_and_nobody_else(calls, clerk):
    document = paper(clerk, "surat_jalan", int(sent(calls).rpartition("/")[2]))
    for reader in (calls("clerk", "15"), clerk, calls("inspector", "0")):
        assert reader.get(f"/documents/{document['id']}") == document
        assert reader.get("/documents?kind=surat_jalan")["items"] == [document]
    assert calls("clerk", "15.04").get(f"/documents/{document['id']}", 404)["code"] == "document_not_found"
    assert clerk.get(f"/documents?office={OFFICE}&subject={document['subject']}")["items"] == [document]
    assert clerk.get("/documents?office=15.04", 403)["code"] == "out_of_reach"
    assert clerk.get("/documents?kind=bast")["items"] == []
    clerk.get("/documents?kind=surat", 422)
    clerk.get("/documents?colour=red", 422)


def test_a_member_of_an_event_makes_and_reads_the_papers_of_its_kit(app, calls):
    event = running_event(app, OFFICE)
    calls("clerk", OFFICE).post("/receipts", receipt(event.store, 40))
    body = {"kind": "kartu_stok", "store": event.store, "item": "blangko", "from": "2026-01-01", "until": "2026-03-12"}
    guest = calls("clerk", "15.04")
    assert guest.post("/documents", body, 404)["code"] == "document_subject_not_found"
    event.let_in(guest)
    document = guest.post("/documents", body)
    assert guest.get("/documents")["items"] == [document]
    says(read(guest, document), "Gotong royong")
    assert calls("clerk", "15.06").get("/documents")["items"] == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"kind": "tanda_terima"}, {"/subject"}),
        ({"kind": "surat"}, {"/kind"}),
        ({}, {"/kind"}),
        ({"kind": "tanda_terima", "subject": -1}, {"/subject"}),
        ({"kind": "tanda_terima", "subject": "1"}, {"/subject"}),
        ({"kind": "tanda_terima", "subject": 2**60}, {"/subject"}),
        ({"kind": "tanda_terima", "subject": 1, "store": STORE}, {"/store"}),
        ({"kind": "tanda_terima", "subject": 1, "colour": "red"}, {"/colour"}),
        ({"kind": "kartu_stok"}, {"/store", "/item", "/from", "/until"}),
        (
            {"kind": "kartu_stok", "store": STORE, "item": "blangko", "from": "2026-01-01", "until": "2026-13-01"},
            {"/until"},
        ),
    ],
)
def test_a_wish_that_says_too_little_or_too_much_is_refused_by_field(clerk, body, pointers):
    problem = clerk.post("/documents", body, 422)
    assert {fault["pointer"] for fault in problem["errors"]} == pointers


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"until": "2025-12-31"}, 422, "document_period_backwards"),
        ({"store": "99.99-UTAMA"}, 404, "document_subject_not_found"),
        ({"store": "15.04-UTAMA"}, 404, "document_subject_not_found"),
        ({"item": "kertas"}, 404, "document_subject_not_found"),
        ({"subject": 1}, 422, "body_invalid"),
    ],
)
def test_a_stock_card_of_nothing_is_refused(clerk, changes, status, code):
    assert card(clerk, status, **changes)["code"] == code


def test_a_card_that_nobody_would_read_is_refused(clerk, monkeypatch):
    for _ in range(3):
        receipt_of(clerk, 1)
    monkeypatch.setattr("inventory.documents.cards.MAX_LINES", 3)
    assert card(clerk)
    receipt_of(clerk, 1)
    assert card(clerk, 422)["code"] == "document_too_long"


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


def ask(app, value, address="192.0.2.7"):
    return app.test_client().get(f"/api/v1/documents/check/{value}", environ_base={"REMOTE_ADDR": address})


def test_a_check_value_may_be_typed_as_it_is_printed(app, clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    value = document["check_value"]
    for typed in (value, value.upper(), in_fours(value), in_fours(value).replace(" ", "-")):
        assert ask(app, typed).get_json()["number"] == document["number"]
    assert set(ask(app, value).get_json()) == {"kind", "number", "date", "valid"}


@pytest.mark.parametrize("change", [{"number": "0009/TT/15.03/2026"}, {"facts": {"zone": "Asia/Jakarta"}}])
def test_a_paper_that_was_changed_behind_the_services_back_is_not_valid_and_verify_names_it(app, clerk, change):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Document).values(**change))
    assert ask(app, document["check_value"]).get_json()["valid"] is False
    with app.app_context():
        (found,) = documents.differences()
    assert found.startswith(f"document {document['id']} ")


@pytest.mark.parametrize("value", ["0" * 32, "x", "1", "0" * 33, "%00", "../1", "ć" * 32])
def test_an_unknown_check_value_is_not_found(app, value):
    answer = ask(app, value)
    assert answer.status_code == 404
    assert answer.get_json()["code"] in ("check_value_unknown", "no_such_address")


def test_one_address_checks_so_many_a_minute_and_no_more(app, clerk, monkeypatch):
    monkeypatch.setitem(app.config, "DOCUMENT_CHECKS_PER_MINUTE", 3)
    value = paper(clerk, "tanda_terima", receipt_of(clerk))["check_value"]
    assert [ask(app, each).status_code for each in ("0" * 32, value, "1" * 32)] == [404, 200, 404]
    refused = ask(app, value)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_checks")
    assert refused.headers["Retry-After"] == "60"
    assert ask(app, value, "192.0.2.8").status_code == 200
    assert clerk.get("/documents")["items"]
    with clock.telling(NOON + timedelta(minutes=1)):
        assert ask(app, value).status_code == 200


def test_a_pdf_comes_inline_under_a_plain_name(clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    answer = clerk.send("GET", f"/documents/{document['id']}.pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="tanda_terima-0001-TT-15.03-2026.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert clerk.get("/documents/999999", 404)["code"] == "document_not_found"
    assert clerk.send("GET", "/documents/999999.pdf").status_code == 404


def test_a_list_of_papers_costs_a_constant_number_of_queries(clerk, statements):
    for quantity in range(5):
        paper(clerk, "tanda_terima", receipt_of(clerk, quantity + 1))
    with statements.within(3):
        assert len(clerk.get("/documents?limit=5")["items"]) == 5
