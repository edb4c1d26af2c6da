"""What each kind of paper says: receipts, deliveries, stock cards, counts, destructions and sheets of shifts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory.database import transaction
from inventory.disposal.models import Destruction
from inventory.people.models import User
from tests.builders import receipt
from tests.outreach import person, running_event
from tests.papers import (
    OFFICE,
    STORE,
    approved_count,
    burned,
    by_number,
    card,
    check,
    close,
    delivered,
    paper,
    read,
    receipt_of,
    says,
    sent,
    shift,
)

pytestmark = pytest.mark.usefixtures("noon")


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
