"""What the pages of an event say of shortages, of goods that did not come, and of what goes back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from inventory import clock
from tests.builders import receipt
from tests.events import plan, stop
from tests.outreach import person, running_event

PAGE = "/koordinasi/kegiatan"
TOMORROW = (clock.business_day("Asia/Jakarta") + timedelta(days=1)).isoformat()
OWN_FIRST = "sudah terlambat memesan: sisihkan dari stok sendiri atau minta dari Dinas tetangga."


@pytest.fixture
def stock(calls):
    """Blanks, ribbons and films of Sarolangun."""
    for item, quantity in (("blangko", 900), ("ribbon", 3), ("film", 2)):
        calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", quantity, item))


@pytest.fixture
def soon(calls):
    """An event of tomorrow without stops."""
    return calls("coordinator", "15.03").post("/events", plan(starts_on=TOMORROW, ends_on=TOMORROW))["id"]


@pytest.fixture
def running(app, calls, stock):
    """A running event of the same office with a ribbon, a film and 163 blanks: two of its pledge did not come."""
    made, boss = running_event(app, "15.03"), calls("coordinator", "15.03")
    for item, quantity, arrived in (("blangko", 165, 163), ("ribbon", 1, 1), ("film", 1, 1)):
        body = {"store": "15.03-UTAMA", "item": item, "quantity": quantity}
        pledge = boss.post(f"/events/{made.id}/pledges", body)["id"]
        told = {"quantity": arrived, "reason": "dua basah" if arrived < quantity else ""}
        boss.post(f"/events/{made.id}/pledges/{pledge}/bring", told, 200)
    return made


def add_stop(boss, event, target, day=TOMORROW):
    """One stop on that day."""
    times = {"starts_at": f"{day}T08:00:00+07:00", "ends_at": f"{day}T16:00:00+07:00"}
    boss.post(f"/events/{event}/stops", stop(target_people=target, **times))


def english(visitor):
    """From now on this browser reads English."""
    token = visitor.get("/gudang").form("/keluar")["_csrf"]
    visitor.client.post("/bahasa", data={"bahasa": "en", "_csrf": token})
    return visitor


@pytest.mark.usefixtures("exact")
def test_rolls_that_go_home_are_told_apart_from_the_blanks(browses, calls, running):
    host, visitor = calls("coordinator", "15.03"), browses("coordinator", "15.03")
    host.post(f"/events/{running.id}/close", {}, 200)
    address = f"{PAGE}/{running.id}/penyelesaian"
    page = visitor.get(address)
    left = "Masih di gudang acara 163 keping Blangko KTP-el, 1 gulungan Film retransfer, 1 gulungan Ribbon warna"
    assert left in page.words
    assert "Akan kembali ke pemilik 163 keping" in page.words
    assert "Kirim 1 gulungan Film retransfer kembali ke " in page.words
    sent = {each["item"]: each for each in host.get("/transfers?status=approved")["items"]}
    for item in ("blangko", "ribbon"):
        host.post(f"/transfers/{sent[item]['id']}/dispatch", {}, 200)
        whole = {"received": sent[item]["approved"], "rejected": 0, "missing": 0}
        host.post(f"/transfers/{sent[item]['id']}/receive", whole, 200)
    after = host.get(f"/events/{running.id}/settlement")["after_close"]
    assert (after["in_kit"], after["received_back"]) == (0, 163)
    page = visitor.get(address)
    assert "Masih di gudang acara 1 gulungan Film retransfer" in page.words
    assert " Kembali ke pemilik 163 keping 163 keping sudah diterima" in page.words
    assert "Akan kembali" not in page.words
    page = english(visitor).get(address)
    assert "store 1 rolls Retransfer film" in page.words
    assert "Send 1 rolls (Retransfer film) back" in page.words


def test_what_did_not_come_is_told_wherever_the_pledges_are(browses, running, statements):
    boss = browses("coordinator", "15.03")
    with statements.within(12):
        page = boss.get(f"{PAGE}/{running.id}/dukungan")
    assert "163 dari 165 keping sudah dibawa 2 tidak tiba: dua basah" in page.words
    assert "1 gulungan sudah dibawa" in page.words
    english(boss)
    with statements.within(12):
        assert "163 of 165 blanks" in boss.get(f"{PAGE}/{running.id}/dukungan").words


def test_what_did_not_come_is_looked_after_while_the_event_runs(browses, calls, soon, stock, statements):
    boss, host = browses("coordinator", "15.03"), calls("coordinator", "15.03")
    host.post(f"/events/{soon}/pledges", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 50})
    typed = {"/arrived/0/quantity": "48", "/arrived/0/reason": "dua basah", "/early": "true"}
    page = boss.follow(boss.submit(f"{PAGE}/{soon}/mulai", typed))
    missing = "2 keping Blangko KTP-el dari Dinas Dukcapil Kabupaten Sarolangun belum tiba (dua basah)."
    assert f"Acara berjalan, tetapi dukungan belum lengkap: {missing}" in page.words
    with statements.within(12):
        after = boss.get(f"{PAGE}/{soon}")
    assert missing in after.words.split("Perlu diperhatikan")[1]
    (transfer,) = [each["id"] for each in host.get("/transfers?status=disputed")["items"]]
    assert f'href="/gudang/kiriman/{transfer}">Lihat kiriman {transfer}</a>' in after.text


def test_a_late_pledge_that_is_not_complete_says_so(browses, calls, running):
    boss, host = browses("coordinator", "15.03"), calls("coordinator", "15.03")
    body = {"store": "15.03-UTAMA", "item": "blangko", "quantity": 20}
    for arrived, said in ((19, "tetapi belum lengkap: 1 keping Blangko KTP-el dari "), (20, "di gudang acara. ")):
        pledge = host.post(f"/events/{running.id}/pledges", body)["id"]
        typed = {"/quantity": str(arrived), "/reason": "satu basah"}
        shown = boss.submit(f"{PAGE}/{running.id}/dukungan/{pledge}/terima", typed)
        assert f"Dukungan diterima {said}" in boss.follow(shown).words.replace("di gudang acara, ", "")


def test_without_stops_nothing_is_said_to_be_short(browses, calls, soon):
    calls("printer", "15.03").post("/recordings", {"recordings": [person("w-1")]})
    page = browses("coordinator", "15.03").get(f"{PAGE}/{soon}")
    assert "Belum dapat dihitung: tambahkan lokasi layanan" in page.words
    assert "kurang" not in page.words.split("Perlu diperhatikan")[1]
    codes = {each["code"] for each in calls("coordinator", "15.03").get(f"/events/{soon}/readiness")["flags"]}
    assert codes == {"no_stops"}


def test_what_to_do_about_a_shortage_is_said_once_and_own_stock_comes_first(browses, calls, soon):
    host = calls("coordinator", "15.03")
    add_stop(host, soon, 300)
    page = browses("coordinator", "15.03").get(f"{PAGE}/{soon}")
    assert page.words.count(OWN_FIRST) == 1
    assert page.words.count("Tambah dukungan blangko") == 1
    told = page.words.split("Perlu diperhatikan")[1]
    for case in ("Menurut target", "Bahkan bila sedikit yang datang", "Bila banyak yang datang"):
        assert f"{case}: perlu " in told
    flags = host.get(f"/events/{soon}/readiness")["flags"]
    blanks = [each for each in flags if each["code"].startswith("shortfall_")]
    assert {each["code"] for each in blanks} == {f"shortfall_{case}" for case in ("by_target", "low", "likely", "high")}
    assert all(each["detail"].endswith(OWN_FIRST) for each in blanks)


def test_a_surplus_can_be_let_go_of_before_the_event_and_goes_back_after_it(browses, calls, soon, stock):
    boss, host = browses("coordinator", "15.03"), calls("coordinator", "15.03")
    add_stop(host, soon, 100)
    host.post(f"/events/{soon}/pledges", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 500})
    assert "Lepas sebagian dukungan" in boss.get(f"{PAGE}/{soon}").words
    host.post(f"/events/{soon}/start", {}, 200)
    page = boss.get(f"{PAGE}/{soon}").words
    assert "blangko lebih; yang tersisa kembali ke pemiliknya sesudah acara ditutup." in page
    assert "Lepas sebagian dukungan" not in page


def test_a_pledge_is_confirmed_by_what_it_is_and_where_it_lies(browses, soon, stock):
    boss = browses("coordinator", "15.03")
    typed = {"/store": "15.03-UTAMA", "/item": "film", "/quantity": "2"}
    page = boss.follow(boss.submit(f"{PAGE}/{soon}/dukungan", typed))
    assert "2 gulungan Film retransfer disisihkan untuk acara dari Gudang" in page.words
    assert "acara dari 15.03-UTAMA" not in page.words


def test_the_stores_are_told_with_what_they_have_of_the_item_that_is_wanted(browses, calls, soon, stock):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 400))
    boss, address = browses("coordinator", "15"), f"{PAGE}/{soon}/dukungan"
    form = boss.get(f"{address}?item=film").text.split('id="f-item"')[0]
    assert "2 gulungan Film retransfer di " in form
    assert "keping Blangko KTP-el di " not in form
    assert "15-UTAMA" not in form
    form = boss.get(address).text.split('id="f-item"')[0]
    assert "900 keping Blangko KTP-el, 2 gulungan Film retransfer, 3 gulungan Ribbon warna di " in form
    boss.submit(address, {"/store": "15.03-UTAMA", "/item": "film", "/quantity": "2"})
    assert "Barang yang dicari tidak ada yang bebas" in boss.get(f"{address}?item=film").words


def test_the_name_of_an_item_is_not_broken_at_its_hyphen(browses, running):
    clerk = browses("clerk", "15.03")
    for address in ("/gudang/stok", "/laporan", f"{PAGE}/{running.id}", f"{PAGE}/{running.id}/dukungan"):
        cells = re.findall(r"<t[hd][^>]*>(?:<a [^>]*>)?Blangko KTP-el<", clerk.get(address).text)
        assert cells, address
        assert all(' class="whole"' in cell for cell in cells), address
    sheet = re.search(r'href="([^"]*console[^"]*css[^"]*)"', clerk.get("/gudang/stok").text).group(1)
    assert ".whole { white-space: nowrap; }" in clerk.client.get(sheet).get_data(as_text=True)


def test_papers_and_units_are_told_to_who_reads_english(browses, stock):
    clerk = english(browses("clerk", "15.03"))
    papers = clerk.get("/dokumen").words
    assert "Berita acara serah terima" in papers
    assert "Berita acara opname" in papers
    assert "Ba opname" not in papers
    report = clerk.get("/laporan").words
    assert "Retransfer film rolls" in report
    assert "gulung" not in report
