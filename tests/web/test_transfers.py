"""Sending, receiving and settling, as a stock room sees it."""

from __future__ import annotations

import pytest

from tests.builders import receipt

FROM, TO = "15.03-UTAMA", "15.04-UTAMA"
WISH = {"/from_store": FROM, "/to_store": TO, "/item": "blangko", "/quantity": "500", "/reason": "Stok Batang Hari"}
NUMBERED = {"/from_store": FROM, "/to_store": TO, "/item": "blangko", "/quantity": "5"}


@pytest.fixture
def stocked(calls):
    calls("clerk", "15.03").post("/receipts", receipt(FROM, 1_000))


@pytest.fixture
def tracked(calls):
    numbers = {"intervals": [["JB000001", "JB000100"]]}
    body = receipt(FROM, 100) | {"lots": [numbers]}
    body.pop("quantity", None)
    calls("clerk", "15.03").post("/receipts", body)


def sent(browses, wish=WISH, **dispatch):
    """A transfer that was asked for, approved and dispatched; its address."""
    clerk = browses("clerk", "15.03")
    address = clerk.submit("/gudang/kirim", wish).location
    browses("coordinator", "15.03").submit(f"{address}/setujui")
    clerk.submit(f"{address}/kirim", dispatch)
    return address


@pytest.mark.usefixtures("exact", "stocked")
def test_five_hundred_blanks_go_to_the_neighbour_and_are_confirmed(browses, calls):
    clerk, other = browses("clerk", "15.03"), browses("clerk", "15.04")
    shown = clerk.follow(clerk.submit("/gudang/kirim", WISH))
    assert "Menunggu persetujuan" in shown.words
    address = clerk.get("/gudang/kiriman").text.split('href="/gudang/kiriman/')[1].split('"')[0]
    address = f"/gudang/kiriman/{address}"
    coordinator = browses("coordinator", "15.03")
    assert "Setujui pengiriman" in coordinator.get(address).words
    coordinator.submit(f"{address}/setujui")
    shown = clerk.follow(clerk.submit(f"{address}/kirim"))
    assert "Cetak surat jalan" in shown.words
    assert "Konfirmasi penerimaan" in other.get(address).words
    assert other.get(f"{address}/terima").form(f"{address}/terima")["/received"] == ""
    assert 'id="f-received-fault"' in other.submit(f"{address}/terima", expect=422).text
    shown = other.follow(other.submit(f"{address}/terima", {"/received": "500"}))
    assert "500 keping diterima dari pengiriman" in shown.words
    assert "Cetak berita acara serah terima" in shown.words
    assert calls("clerk", "15.04").stock(TO)["on_hand"] == 500
    assert calls("clerk", "15.03").stock(FROM)["on_hand"] == 500


@pytest.mark.usefixtures("exact", "stocked")
def test_what_is_missing_waits_and_is_found_or_written_off_by_a_second_person(browses, calls):
    address, other = sent(browses), browses("clerk", "15.04")
    wrong = other.submit(f"{address}/terima", {"/received": "490", "/missing": "10"}, 422)
    assert wrong.form(f"{address}/terima")["/received"] == "490"
    assert 'id="f-reason-fault"' in wrong.text
    found = {"/received": "490", "/missing": "10", "/reason": "Satu bungkus kurang"}
    shown = other.follow(other.submit(f"{address}/terima", found))
    assert "Selesaikan selisih" in shown.words
    assert "berselisih" in shown.words
    shown = other.follow(other.submit(f"{address}/selisih", {"/found": "4", "/reason": "Terselip"}))
    assert "ditemukan 4" in shown.words
    approver = browses("coordinator", "15.03")
    shown = approver.follow(approver.submit(f"{address}/selisih", {"/written_off": "6", "/reason": "Hilang di jalan"}))
    assert "dihapus 6" in shown.words
    assert calls("clerk", "15.04").stock(TO)["on_hand"] == 494


@pytest.mark.usefixtures("exact", "tracked")
def test_numbers_are_scanned_out_and_in_and_a_foreign_one_is_refused(browses, calls):
    out = {"/numbers": [f"JB00000{n}" for n in range(1, 6)]}
    address, other = sent(browses, NUMBERED, **out), browses("clerk", "15.04")
    page = other.get(f"{address}/terima")
    assert "JB000001" in page.text
    wrong = other.submit(f"{address}/terima", {"/received/numbers": ["JB000001", "JB000009"]}, 409)
    assert wrong.form(f"{address}/terima")["/received/numbers"].split() == ["JB000001", "JB000009"]
    other.submit(f"{address}/terima", {"/received/intervals": "JB000001 - JB000003"})
    other.submit(f"{address}/terima", {"/received/numbers": ["JB000004", "JB000005"]})
    assert calls("clerk", "15.04").stock(TO)["on_hand"] == 5


@pytest.mark.usefixtures("exact", "stocked")
def test_a_double_click_sends_and_receives_once(browses, calls):
    clerk, other = browses("clerk", "15.03"), browses("clerk", "15.04")
    first = clerk.submit("/gudang/kirim", WISH, key="twice")
    assert clerk.submit("/gudang/kirim", WISH, key="twice").location == first.location
    browses("coordinator", "15.03").submit(f"{first.location}/setujui")
    clerk.submit(f"{first.location}/kirim")
    form = other.get(f"{first.location}/terima").form("/terima")
    for _ in range(2):
        other.client.post(form.action, data=dict(form.fields) | {"/received": "100", "_key": "twice"})
    assert calls("clerk", "15.04").stock(TO)["on_hand"] == 100


@pytest.mark.usefixtures("exact", "stocked")
def test_what_left_is_called_back_and_the_last_step_is_undone(browses, calls):
    address, clerk = sent(browses), browses("clerk", "15.03")
    clerk.submit(f"{address}/urungkan", {"/reason": "Salah gudang"})
    assert "Kirim sekarang" in clerk.get(address).words
    clerk.submit(f"{address}/kirim")
    shown = clerk.follow(clerk.submit(f"{address}/batal", {"/reason": "Batal"}))
    assert "dibatalkan" in shown.words
    assert calls("clerk", "15.03").stock(FROM)["on_hand"] == 1_000


@pytest.mark.usefixtures("stocked")
def test_a_request_is_refused_with_a_reason(browses):
    clerk, coordinator = browses("clerk", "15.03"), browses("coordinator", "15.03")
    address = clerk.submit("/gudang/kirim", WISH).location
    coordinator.submit(f"{address}/tolak", {}, 422)
    shown = coordinator.follow(coordinator.submit(f"{address}/tolak", {"/reason": "Stok sendiri tipis"}))
    assert "Stok sendiri tipis" in shown.words
    assert clerk.get(f"{address}/kirim", 303).location == address


@pytest.mark.usefixtures("stocked")
def test_each_sees_only_the_steps_of_their_own_side_and_role(browses):
    clerk = browses("clerk", "15.03")
    address = clerk.submit("/gudang/kirim", WISH).location
    clerk.get(f"{address}/setujui", 403)
    browses("printer", "15.03").get("/gudang/kirim", 403)
    browses("clerk", "15.05").get(address, 404)
    assert browses("coordinator", "15.04").get(f"{address}/setujui", 303).location == address
    assert "Setujui pengiriman" not in browses("coordinator", "15.04").get(address).words


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(browses):
    clerk = browses("clerk", "15.03")
    shown = clerk.submit("/gudang/kirim", WISH | {"/to_store": FROM, "/quantity": "lima"}, 422)
    form = shown.form("/gudang/kirim")
    assert (form["/quantity"], form["/reason"]) == ("lima", "Stok Batang Hari")
    assert 'id="f-quantity-fault"' in shown.text


def test_an_empty_heap_says_what_to_do_first(browses):
    clerk = browses("clerk", "15.03")
    assert "Tidak ada kiriman yang menunggu dikonfirmasi." in clerk.get("/gudang/kiriman").words
    assert "Mulai dari Kirim." in clerk.get("/gudang/kiriman?stage=to_send").words


@pytest.mark.usefixtures("stocked")
def test_the_pages_of_transfers_ask_the_database_little(browses, statements):
    address = sent(browses)
    for role, office, place in [
        ("clerk", "15.03", "/gudang/kirim"),
        ("clerk", "15.03", "/gudang/kiriman?stage=under_way"),
        ("clerk", "15.04", address),
        ("clerk", "15.04", f"{address}/terima"),
    ]:
        visitor = browses(role, office)
        with statements.within(12):
            visitor.get(place)
