"""Where each role begins."""

from __future__ import annotations

import pytest

from inventory.access import PERMITTED, Role
from tests.builders import receipt
from tests.printing import job_of, recorded, results
from web.home.desk import TODOS, todos_of
from web.home.guide import SHORTCUTS, STEPS
from web.menu import HOMES

HOME_OF = {
    Role.CLERK: "/gudang",
    Role.COORDINATOR: "/koordinasi",
    Role.PRINTER: "/cetak",
    Role.FIELD: "/koordinasi",
    Role.INSPECTOR: "/inspeksi",
    Role.ADMIN: "/admin",
}
OFFICE_OF = dict.fromkeys(Role, "15.03") | {Role.COORDINATOR: "15", Role.INSPECTOR: "0", Role.ADMIN: "0"}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_led_to_its_home_and_reads_what_waits_there(browses, statements, role):
    visitor = browses(role.value, OFFICE_OF[role])
    assert visitor.get("/", 303).location == HOME_OF[role]
    visitor.get("/bantuan")
    with statements.within(12):
        shown = visitor.get(HOME_OF[role])
    assert "Tidak ada yang menunggu Anda." in shown.words


def test_nobody_is_led_to_the_door_and_back_to_where_they_wanted(browses):
    assert browses().get("/", 303).location == "/masuk"
    assert browses().get("/gudang/terima", 303).location == "/masuk?lanjut=/gudang/terima"


def test_a_delivery_to_confirm_stands_on_the_desk_and_is_gone_when_confirmed(browses, calls):
    clerk, province = calls("clerk", "15.03"), calls("coordinator", "15")
    calls("clerk", "15").post("/receipts", {
        "store": "15-UTAMA", "item": "blangko", "quantity": 900, "source": "ministry", "document_number": "SJ/1",
        "received_on": "2026-01-05",
    })  # fmt: skip
    wish = {"from_store": "15-UTAMA", "to_store": "15.03-UTAMA", "item": "blangko", "quantity": 500}
    sent = province.post("/transfers", wish)["id"]
    province.post(f"/transfers/{sent}/approve", {}, 200)
    calls("clerk", "15").post(f"/transfers/{sent}/dispatch", {}, 200)
    assert "1 kiriman menunggu konfirmasi" in browses("clerk", "15.03").get("/gudang").words
    assert "kiriman menunggu" not in browses("clerk", "15.04").get("/gudang").words
    clerk.post(f"/transfers/{sent}/receive", {"received": 500}, 200)
    assert "kiriman menunggu" not in browses("clerk", "15.03").get("/gudang").words


@pytest.mark.parametrize("role", list(Role))
def test_every_step_and_shortcut_leads_to_a_page_that_the_role_may_open(app, role):
    urls = app.url_map.bind("")
    addresses = [link.address for link in (*STEPS[role], *SHORTCUTS[role], *TODOS[role])]
    wrong = []
    for address in addresses:
        endpoint, _ = urls.match(address.partition("?")[0], method="GET")
        action = app.view_functions[endpoint].permission
        if action is not None and action not in PERMITTED[role]:
            wrong.append(address)
    assert wrong == []
    assert len(STEPS[role]) == 5
    assert set(HOMES) == set(Role)


def test_a_desk_holds_only_what_its_reader_can_do_or_must_watch():
    assert "to_confirm" not in {todo.name for todo in TODOS[Role.COORDINATOR]}
    assert todos_of(Role.CLERK, Role.INSPECTOR) == tuple(
        todo for todo in TODOS[Role.CLERK] if todo in TODOS[Role.INSPECTOR]
    )
    assert todos_of(Role.CLERK, Role.CLERK) == TODOS[Role.CLERK]


@pytest.mark.parametrize(("role", "title"), [("inspector", "Yang perlu dilihat"), ("clerk", "Perlu tindakan Anda")])
def test_who_only_watches_is_told_so(browses, role, title):
    assert title in browses(role, "15").get(HOME_OF[Role(role)]).words


def test_a_button_of_a_deed_is_shown_to_who_may_do_it(browses):
    inspector, clerk = browses("inspector", "15"), browses("clerk", "15.03")
    assert "Serahkan untuk sif" in clerk.get("/gudang").words
    assert "Serahkan untuk sif" not in inspector.get("/gudang").words
    assert "Cetak dari antrean" in browses("printer", "15.03").get("/cetak").words
    assert "Cetak dari antrean" not in inspector.get("/cetak").words


def test_an_office_that_runs_out_leads_to_its_page_and_to_sending_blanks_there(browses, calls):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 2))
    printer = calls("printer", "15.03")
    recorded(printer, "a", "b")
    results(printer, job_of(printer, "a", "b")["id"], ("a", "printed"), ("b", "printed"))
    shown = browses("coordinator", "15").get("/koordinasi").text
    assert 'href="/koordinasi/dinas/15.03"' in shown
    assert 'href="/koordinasi/alokasi?ke=15.03"' in shown
    assert (
        "10 Dinas lain habis dan 30 hari terakhir tidak mencetak:"
        in browses("coordinator", "15").get("/koordinasi").words
    )
    seen = browses("inspector", "15").get("/inspeksi").text
    assert 'href="/koordinasi/dinas/15.03"' in seen
    assert "/koordinasi/alokasi" not in seen


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/gudang/stok", '"page">Stok'),
        ("/gudang/sif/serahkan", '"true">Sif'),
        ("/gudang/kirim", '"true">Pengiriman'),
        ("/gudang/pemusnahan", '"true">Karantina'),
        ("/koordinasi/cakupan/target", '"true">Cakupan'),
    ],
)
def test_the_menu_marks_the_list_above_a_page_and_never_folds_it_away(browses, address, marked):
    links = browses("clerk", "15.03").get(address).text.split('class="links"')[1].split("</nav>")[0]
    assert links.count("aria-current") == 1
    assert f"aria-current={marked}<" in links
    assert marked.split(">")[1] not in links.partition("<details")[2]


def test_what_only_another_one_may_approve_waits_on_somebody_else_by_name(browses, calls):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 90))
    wish = {"from_store": "15.03-UTAMA", "to_store": "15.03-UPT", "item": "blangko", "quantity": 20}
    store = {"code": "15.03-UPT", "name": "UPT Pauh", "kind": "service_point", "office": "15.03"}
    calls("admin", "15").post("/stores", store)
    calls("clerk", "15.03").post("/transfers", wish)
    clerk = browses("clerk", "15.03").get("/gudang").words
    assert "Tidak ada yang menunggu Anda." in clerk
    assert "Menunggu orang lain 1 pengiriman menunggu persetujuan" in clerk
    # Nobody signs in yet who may: those of tokens are no people to ask.
    assert "Yang boleh menyetujui: koordinator atau admin di Dinas ini atau di atasnya." in clerk
    boss = browses("coordinator", "15.03").get("/koordinasi").words
    assert "1 pengiriman menunggu persetujuan" in boss
    assert "Menunggu orang lain" not in boss
    told = browses("clerk", "15.03").get("/gudang").words
    assert "Yang boleh menyetujui: coordinator@15.03" in told
    assert "admin@15" not in told
    assert "Menunggu orang lain" not in browses("inspector", "15").get("/gudang").words


def test_who_asked_above_the_limit_waits_for_a_second_person_too(browses, calls):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 90))
    calls("admin", "15").patch("/offices/15.03", {"transfer_check_over": 10})
    store = {"code": "15.03-UPT", "name": "UPT Pauh", "kind": "service_point", "office": "15.03"}
    calls("admin", "15").post("/stores", store)
    wish = {"from_store": "15.03-UTAMA", "to_store": "15.03-UPT", "item": "blangko", "quantity": 20}
    calls("coordinator", "15.03").post("/transfers", wish)
    boss = browses("coordinator", "15.03").get("/koordinasi").words
    assert "Menunggu orang lain 1 pengiriman menunggu persetujuan" in boss
    assert "1 pengiriman menunggu persetujuan" in browses("coordinator", "15").get("/koordinasi").words


def test_a_fire_waits_on_somebody_else_for_whoever_counted_it_and_a_loss_for_whoever_reported_it(browses, calls):
    clerk = calls("clerk", "15.03")
    clerk.post("/receipts", receipt("15.03-UTAMA", 90))
    clerk.post("/losses", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 2, "reason": "Hilang di jalan"})
    assert "Menunggu orang lain 1 kehilangan belum ditegaskan" in browses("clerk", "15.03").get("/gudang").words
    boss = browses("coordinator", "15.03").get("/koordinasi").words
    assert "1 kehilangan belum ditegaskan" in boss
    assert "Menunggu orang lain" not in boss
