"""Quarantine, destruction and withdrawn cards, as a stock room sees them."""

from __future__ import annotations

import pytest

from inventory.access import Role
from inventory.people import commands as people
from tests.builders import receipt

STORE, OFFICE = "15.03-UTAMA", "15.03"
NEW = "/gudang/pemusnahan/baru"


@pytest.fixture
def two(app):
    with app.app_context():
        admin = people.system_actor()
        return [
            people.add_user(admin, name, Role(role), OFFICE) for name, role in (("Budi", "clerk"), ("Sri", "field"))
        ]


@pytest.fixture
def spoiled(calls, two):
    """Ten spoiled blanks, three of them numbered, and four withdrawn cards; what a form says besides."""
    clerk = calls("clerk", OFFICE)
    clerk.post("/receipts", receipt(STORE, 100))
    numbered = receipt(STORE, 0) | {"lots": [{"intervals": [["JB000001", "JB000100"]]}]}
    numbered.pop("quantity")
    clerk.post("/receipts", numbered)
    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "quantity": 7, "reason": "print_failure"})
    numbers = ["JB000004", "JB000005", "JB000009"]
    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "numbers": numbers, "reason": "encode_failure"})
    browse = {"/number": "BA/1/2026", "/counted_by/0": str(two[0]), "/counted_by/1": str(two[1])}
    for n, name in enumerate(("Rahmat", "Dewi")):
        browse |= {f"/witnesses/{n}/name": name, f"/witnesses/{n}/institution": "Inspektorat"}
    return browse


@pytest.mark.usefixtures("exact")
def test_what_waits_stands_in_the_form_and_is_burned_by_a_second_person(browses, calls, spoiled):
    clerk, desk, chief = browses("clerk", OFFICE), browses("printer", OFFICE), browses("coordinator", OFFICE)
    desk.submit("/gudang/ktp-ditarik/catat", {"/store": STORE, "/quantity": "4"})
    assert "gagal cetak" in clerk.get("/gudang/karantina").words
    form = clerk.get(NEW).form(NEW)
    assert [form[f"/lines/{n}/quantity"] for n in (0,)] == ["7"]
    assert form["/lines/1/intervals"].split("\n")[-2:] == ["JB000004 - JB000005", "JB000009"]
    assert form["/withdrawn/0/quantity"] == "4"
    shown = clerk.follow(clerk.submit(NEW, spoiled))
    address = (
        "/gudang/pemusnahan/"
        + clerk.get("/gudang/pemusnahan").text.split('href="/gudang/pemusnahan/')[-1].split('"')[0]
    )
    assert "Menunggu pengesahan orang kedua" in shown.words
    assert "Rahmat" in shown.words
    shown = chief.follow(chief.submit(f"{address}/sahkan"))
    assert "Cetak berita acara pemusnahan" in shown.words
    assert "Dimusnahkan 14 keping" in shown.words
    assert "Karantina kosong" in clerk.get("/gudang/karantina").words
    assert calls("clerk", OFFICE).stock(STORE).get("spoiled", 0) == 0


@pytest.mark.usefixtures("exact")
def test_a_heap_may_be_left_out_and_a_wrong_figure_stands_at_its_line(browses, spoiled):
    clerk = browses("clerk", OFFICE)
    page = clerk.get(NEW)
    without = page.text.split('href="/gudang/pemusnahan/baru?')[1].split('"')[0].replace("&amp;", "&")
    fewer = clerk.get(f"{NEW}?{without}").form(NEW)
    assert "/lines/1/item" not in dict(fewer.fields)
    shown = clerk.submit(NEW, spoiled | {"/lines/0/quantity": "8"}, 409)
    assert shown.form(NEW)["/number"] == "BA/1/2026"
    assert "/lines/0" in shown.text
    shown = clerk.submit(NEW, spoiled | {"/witnesses/1/name": "", "/witnesses/1/institution": ""}, 422)
    assert "f-witnesses" in shown.text


@pytest.mark.usefixtures("exact")
def test_a_double_click_counts_once_and_what_was_counted_may_be_called_off(browses, spoiled):
    clerk = browses("clerk", OFFICE)
    first = clerk.submit(NEW, spoiled, key="twice")
    form = clerk.get(NEW).form(NEW)
    again = clerk.client.post(form.action, data=dict(form.fields) | spoiled | {"_key": "twice"})
    assert again.headers["Location"] == first.location
    assert "dibatalkan" in clerk.follow(clerk.submit(f"{first.location}/batal", {"/reason": "Hujan"})).words


def test_only_who_approves_approves_and_other_offices_see_nothing(browses, spoiled):
    clerk = browses("clerk", OFFICE)
    address = clerk.submit(NEW, spoiled).location
    clerk.get(f"{address}/sahkan", 403)
    browses("clerk", "15.04").get(address, 404)
    browses("printer", OFFICE).get(NEW, 403)
    assert "Rahmat" not in browses("printer", OFFICE).get(address).words


def test_the_register_is_kept_without_names_and_corrected_by_who_approves(browses):
    desk, chief = browses("printer", OFFICE), browses("coordinator", OFFICE)
    shown = desk.submit("/gudang/ktp-ditarik/catat", {"/store": STORE, "/quantity": ""}, 422)
    assert 'id="f-quantity-fault"' in shown.text
    shown = desk.follow(desk.submit("/gudang/ktp-ditarik/catat", {"/store": STORE, "/quantity": "12"}))
    assert "12 KTP ditarik dicatat." in shown.words
    row = chief.get("/gudang/ktp-ditarik").text.split('href="/gudang/ktp-ditarik/')[1].split("/")[0]
    chief.submit(f"/gudang/ktp-ditarik/{row}/perbaiki", {"/quantity": "11"})
    assert "11 kartu" in desk.get("/gudang/ktp-ditarik").words
    browses("coordinator", "15.04").get(f"/gudang/ktp-ditarik/{row}/perbaiki", 404)
    desk.get(f"/gudang/ktp-ditarik/{row}/perbaiki", 403)


def test_without_spoiled_goods_the_pages_say_so(browses):
    clerk = browses("clerk", OFFICE)
    assert "Tidak ada yang menunggu di gudang ini" in clerk.get(NEW).words
    assert "Karantina kosong" in clerk.get("/gudang/karantina").words
    assert "dengan dua saksi" in clerk.get("/gudang/pemusnahan").words
    assert "Loket mencatatnya" in clerk.get("/gudang/ktp-ditarik").words


def test_the_pages_of_disposal_ask_the_database_little(browses, spoiled, statements):
    clerk = browses("clerk", OFFICE)
    address = clerk.submit(NEW, spoiled).location
    for place in (NEW, "/gudang/karantina", "/gudang/pemusnahan", address, "/gudang/ktp-ditarik"):
        with statements.within(12):
            clerk.get(place)
