"""Offices, stores and items, as an administrator sees them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory.database import transaction
from inventory.regions.models import Region
from inventory.regions.rules import Level

OFFICE = "/admin/dinas/15.03"
STORE = "/admin/gudang/buka"


def test_every_setting_of_an_office_can_be_changed_on_its_page(browses, calls):
    from api.offices.schemas import OfficeChange

    admin = browses("admin", "15")
    form = admin.get(OFFICE).form(OFFICE)
    assert {name[1:] for name, _ in form.fields if name.startswith("/")} == set(OfficeChange().fields)
    typed = {"/reorder_at": "1.500", "/custody_required": "true", "/spoil_rate": "0,02", "/card_flag_days": [7, 30],
             "/recount_over": "", "/name": "Dinas Sarolangun"}  # fmt: skip
    shown = admin.follow(admin.submit(OFFICE, typed))
    assert "Setelan disimpan." in shown.words
    office = calls("admin", "15").get("/offices/15.03")
    assert {name: office[name] for name in ("reorder_at", "custody_required", "spoil_rate", "card_flag_days")} == {
        "reorder_at": 1_500, "custody_required": True, "spoil_rate": 0.02, "card_flag_days": [7, 30]
    }  # fmt: skip
    assert (office["name"], office["recount_over"], office["backdate_days"]) == ("Dinas Sarolangun", None, 7)


def test_saving_what_stands_there_changes_no_setting(browses, calls):
    before = calls("admin", "15").get("/offices/15.03")
    calls("admin", "15").patch("/offices/15.03", {"spoil_rate": 0.015, "card_flag_days": [5, 9], "reorder_at": 12_000})
    kept = calls("admin", "15").get("/offices/15.03")
    browses("admin", "15").submit(OFFICE)
    after = calls("admin", "15").get("/offices/15.03")
    assert after == kept | {"version": kept["version"] + 1}
    assert before["version"] + 2 == after["version"]


def test_a_double_click_changes_and_opens_once(browses, calls):
    admin = browses("admin", "15.03")
    before = calls("admin", "15").get("/offices/15.03")["version"]
    sent = dict(admin.get(OFFICE).form(OFFICE).fields) | {"/purge_days": "60"}
    for _ in range(2):
        admin._checked(admin.client.post(OFFICE, data=sent), 303)
    assert calls("admin", "15").get("/offices/15.03")["version"] == before + 1
    typed = {"/code": "15.03-SATU", "/office": "15.03", "/kind": "service_point", "/name": "Titik satu"}
    first = admin.submit(STORE, typed, key="twice")
    assert admin.submit(STORE, typed, key="twice").location == first.location
    store = "/admin/gudang/15.03-SATU"
    sent = dict(admin.get(store).form(store).fields) | {"/name": "Satu"}
    for _ in range(2):
        admin._checked(admin.client.post(store, data=sent), 303)


def test_who_was_slower_sees_both_values_and_who_was_quicker(browses, calls):
    admin = browses("admin", "15")
    form = admin.get(OFFICE).form(OFFICE)
    calls("admin", "0").patch("/offices/15.03", {"purge_days": 120, "queue_only": True})
    sent = dict(form.fields) | {"/purge_days": "60"}
    shown = admin._checked(admin.client.post(OFFICE, data=sent), 412)
    assert "Data ini sudah berubah" in shown.words
    assert "Diubah oleh" in shown.words
    assert shown.form(OFFICE)["/purge_days"] == "60"
    assert "Sekarang: 120" in shown.words
    assert "Sekarang: ya" in shown.words
    assert calls("admin", "15").get("/offices/15.03")["purge_days"] == 120
    assert shown.form(OFFICE)["_version"] == "2"
    admin.client.post(OFFICE, data=dict(shown.form(OFFICE).fields))
    assert calls("admin", "15").get("/offices/15.03")["purge_days"] == 60


def test_a_wrong_setting_stands_at_its_field_and_the_rest_is_kept(browses):
    shown = browses("admin", "15").submit(OFFICE, {"/purge_days": "banyak", "/reorder_at": "750"}, 422)
    assert 'id="f-purge_days-fault"' in shown.text
    assert (shown.form(OFFICE)["/purge_days"], shown.form(OFFICE)["/reorder_at"]) == ("banyak", "750")


def test_the_ministry_finds_an_office_below_a_province(browses):
    admin = browses("admin", "0")
    assert "15.03" in admin.get("/admin/dinas?parent=15").words
    assert "16.03" not in admin.get("/admin/dinas?parent=15").words
    assert "15.03" in browses("admin", "15").get("/admin/dinas").words


@pytest.fixture
def new_regency(app, database):
    """A regency that was made after the tree was shipped; the tree is not put back with the rest, so it goes again."""
    with app.app_context(), transaction() as session:
        session.add(Region(code="15.99", name="Kabupaten Baru", level=Level.REGENCY, parent_code="15"))
    yield "15.99"
    database.reset()
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Region).where(Region.code == "15.99"))


def test_an_office_is_opened_where_a_regency_was_made(browses, new_regency):
    admin = browses("admin", "15")
    address = "/admin/dinas/tambah"
    shown = admin.follow(admin.submit(address, {"/code": new_regency, "/name": "Dinas Kabupaten Baru"}))
    assert "Dinas Kabupaten Baru dibuka" in shown.words
    assert "sudah dipakai" in admin.submit(address, {"/code": new_regency, "/name": "Lagi"}, 409).words
    assert "15.99-UTAMA" in admin.get("/admin/gudang?office=15.99").words


def test_a_store_is_opened_renamed_and_told_what_it_prints(browses, calls):
    admin = browses("admin", "15.03")
    typed = {"/code": "15.03-MANDIANGIN", "/kind": "service_point", "/name": "Titik layanan Mandiangin"}
    shown = admin.follow(admin.submit(STORE, typed))
    assert "Titik layanan Mandiangin dibuka." in shown.words
    address = "/admin/gudang/15.03-MANDIANGIN"
    admin.submit(address, {"/name": "Mandiangin", "/prints": "blangko"})
    store = calls("admin", "15").get("/stores/15.03-MANDIANGIN")
    assert (store["name"], store["prints"]) == ("Mandiangin", ["blangko"])
    assert "checked" in admin.get(address).text
    admin.submit(address, {"/prints": ""})
    assert calls("admin", "15").get("/stores/15.03-MANDIANGIN")["prints"] is None


def test_a_store_code_that_is_taken_or_kept_is_refused_at_its_field(browses):
    typed = {"/code": "15.03-UTAMA", "/kind": "service_point", "/name": "Lagi"}
    shown = browses("admin", "15.03").submit(STORE, typed, 422)
    assert 'id="f-code-fault"' in shown.text
    assert shown.form(STORE)["/name"] == "Lagi"


def test_only_the_ministry_adds_items(browses):
    assert "Hanya administrator Ditjen Dukcapil" in browses("admin", "15").get("/admin/barang").words
    admin = browses("admin", "0")
    typed = {"/kind": "blank", "/name": "Blangko versi 2", "/code": "blangko-2", "/family": "blangko", "/version": "2",
             "/unit": "keping", "/pack_size": "500"}  # fmt: skip
    assert "Blangko versi 2 ditambahkan" in admin.follow(admin.submit("/admin/barang/tambah", typed)).words
    assert 'id="f-code-fault"' in admin.submit("/admin/barang/tambah", typed, 409).text
    shown = admin.submit("/admin/barang/tambah", typed | {"/kind": "film", "/code": "film-2"}, 422)
    assert 'id="f-cards_per_unit-fault"' in shown.text


@pytest.mark.parametrize("address", [OFFICE, "/admin/dinas", "/admin/gudang", STORE, "/admin/barang"])
def test_only_administrators_open_these_pages(browses, address):
    for role in ("clerk", "coordinator", "inspector"):
        browses(role, "15.03").get(address, 403)


def test_an_office_or_store_out_of_reach_is_not_there(browses):
    admin = browses("admin", "16")
    admin.get(OFFICE, 404)
    admin.get("/admin/gudang/15.03-UTAMA", 404)
    admin.get("/admin/gudang?office=15.03", 403)


def test_these_pages_ask_the_database_little(browses, statements):
    for admin in (browses("admin", "0"), browses("admin", "15")):
        for address in ("/admin/dinas", OFFICE, "/admin/gudang", STORE, "/admin/gudang/15.03-UTAMA", "/admin/barang"):
            with statements.within(12):
                admin.get(address)


def test_the_ministry_chooses_a_province_and_then_an_office_by_its_name(browses):
    admin = browses("admin", "0")
    for page in (STORE, "/admin/orang/undang"):
        assert "Kode Dinas" in admin.get(page).words
        shown = admin.get(f"{page}?provinsi=15")
        assert "Kode Dinas" not in shown.words
        assert "Dinas Dukcapil Kabupaten Sarolangun" in shown.words
        assert "provinsi=15" in shown.form(page).action or f'action="{page}?provinsi=15"' in shown.text
    typed = {"/code": "15.03-DUA", "/office": "15.03", "/kind": "service_point", "/name": "Titik dua"}
    admin.submit(f"{STORE}?provinsi=15", typed)
