"""Events, as a coordinator plans, runs and closes them on the screen: S3 from nothing to the settlement."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from inventory import clock
from tests.builders import receipt
from tests.outreach import person, running_event

EARLY = {"/early": "true"}
ARRIVED = {"/arrived/0/quantity": "6.000", "/arrived/1/quantity": "5.000"} | EARLY
SHORT = {"/arrived/0/quantity": "5.998", "/arrived/0/reason": "Dua kurang di kotak 6"}
LIST = "/koordinasi/kegiatan"
KECAMATAN = ["15.03.07", "15.03.04", "15.03.06", "15.03.03", "15.03.09"]
FIRST = clock.business_day("Asia/Jakarta") + timedelta(days=12)
DAYS = [FIRST.isoformat(), (FIRST + timedelta(days=1)).isoformat()]
PLAN = {
    "/name": "Gotong royong Sarolangun",
    "/kind": "gotong_royong",
    "/host_office": "15.03",
    "/starts_on": DAYS[0],
    "/ends_on": DAYS[1],
}
PLACES = {"/regions": KECAMATAN, "/target_people": "17.000", "/kind": "office"}


@pytest.fixture
def stock(calls):
    """6,000 of the province and 5,000 of Sarolangun, received and on the books."""
    for office, quantity in (("15", 6_000), ("15.03", 5_000)):
        today = clock.business_day("Asia/Jakarta").isoformat()
        calls("clerk", office).post("/receipts", receipt(f"{office}-UTAMA", quantity, received_on=today))


@pytest.fixture
def planned(browses, stock):
    """The S3 event, planned on the screen: its address."""
    boss = browses("coordinator", "15")
    places = boss.submit(f"{LIST}/baru", PLAN).location
    boss.submit(places, PLACES)
    return places.removesuffix("/lokasi")


@pytest.fixture
def pooled(browses, planned):
    """The same with both pledges."""
    pledge_all(browses("coordinator", "15"), planned)
    return planned


def pledge_all(boss, address):
    for office, quantity in (("15", "6.000"), ("15.03", "5.000")):
        typed = {"/store": f"{office}-UTAMA", "/item": "blangko", "/quantity": quantity}
        boss.submit(f"{address}/dukungan", typed)


@pytest.mark.usefixtures("exact", "stock")
def test_a_provincial_coordinator_plans_s3_from_nothing_and_reads_that_it_is_6000_short_by_target(browses):
    boss = browses("coordinator", "15")
    assert "Rencanakan acara" in boss.get(LIST).words
    shown = boss.submit(f"{LIST}/baru", PLAN)
    places = boss.follow(shown)
    assert "Acara direncanakan. Sekarang tambahkan lokasi layanannya." in places.words
    shown = boss.follow(boss.submit(shown.location, PLACES))
    assert "10 lokasi ditambahkan." in shown.words
    address = shown.answer.request.path
    assert f"{address}/dukungan" in shown.text  # the one thing to do next
    pledge_all(boss, address)
    page = boss.get(address)
    assert "Kurang 6.000 keping menurut target, tetapi menurut kehadiran yang biasa cukup" in page.words
    assert "Menurut target 17.000 11.000 6.000" in page.words
    # 27 %, 50 % and 80 % of 1,700 a stop, at most the 960 that its kits record, with 2 % spoiled
    assert "Sedikit yang datang (27 %) 4.684 11.000 6.316" in page.words
    assert "Kehadiran yang biasa (50 %) 8.674 11.000 2.326" in page.words
    assert (
        "Banyak yang datang (80 % = 13.600 orang; alat rekam hanya cukup untuk 9.600) 9.796 11.000 1.204" in page.words
    )
    assert "Seberapa yakin" in page.words
    assert page.text.count("<svg") >= 2  # the picture, wide and narrow
    assert "Pasokan 11.000 keping" in page.text
    assert "Air Hitam" in page.words


@pytest.mark.usefixtures("stock")
def test_a_double_click_plans_one_event_and_pledges_once(browses, calls):
    boss = browses("coordinator", "15.03")
    first = boss.submit(f"{LIST}/baru", PLAN, key="twice")
    assert boss.submit(f"{LIST}/baru", PLAN, key="twice").location == first.location
    typed = {"/store": "15.03-UTAMA", "/item": "blangko", "/quantity": "5000"}
    support = first.location.replace("/lokasi", "/dukungan")
    sent = dict(boss.get(support).form(support).fields) | typed
    for _ in range(2):
        assert boss.client.post(support, data=sent).status_code == 303
    event = support.split("/")[-2]
    assert [each["quantity"] for each in calls("coordinator", "15.03").get(f"/events/{event}")["pledges"]] == [5_000]


def test_what_is_wrong_in_a_plan_stands_at_its_field_and_everything_typed_is_kept(browses):
    boss = browses("coordinator", "15.03")
    shown = boss.submit(f"{LIST}/baru", PLAN | {"/ends_on": "2000-01-01", "/name": "Jemput bola"}, 422)
    assert shown.form("baru")["/name"] == "Jemput bola"
    assert 'id="f-ends_on-fault"' in shown.text
    assert "Acara berakhir 1 Jan 2000, sebelum mulai" in shown.words


def test_stops_without_a_place_are_refused_and_the_target_stays(browses):
    boss = browses("coordinator", "15.03")
    places = boss.submit(f"{LIST}/baru", PLAN).location
    shown = boss.submit(places, {"/target_people": "17000"}, 422)
    assert 'id="f-regions-fault"' in shown.text
    assert shown.form("lokasi")["/target_people"] == "17000"
    shown = boss.submit(places, PLACES | {"/starts_at": "23:00", "/ends_at": "22:00"}, 422)
    assert "Lokasi berakhir sebelum atau saat mulai." in shown.words
    boss.submit(f"{places}/satu", {"/name": "Lapas", "/kind": "prison", "/on": DAYS[0], "/target_people": "60"})
    assert "Lapas" in boss.get(places).words


def test_a_stop_is_looked_at_before_it_is_removed(browses, planned):
    boss = browses("coordinator", "15")
    places = f"{planned}/lokasi"
    removal = re.search(r'href="(.*?/hapus)"', boss.get(places).text).group(1)
    assert "hari 1" in boss.get(removal).words
    before = boss.get(places).text.count("/hapus")
    boss.submit(removal)
    assert boss.get(places).text.count("/hapus") == before - 1
    boss.get(removal, 404)


def test_who_may_plan_and_who_may_look(browses, planned):
    assert "tidak boleh" in browses("clerk", "15.03").get(f"{LIST}/baru", 403).words
    for role in ("field", "printer", "inspector", "clerk"):
        page = browses(role, "15.03").get(planned)
        assert f"{planned}/mulai" not in page.text
    browses("coordinator", "15.04").get(planned, 404)
    browses("coordinator", "15.04").get(f"{planned}/lokasi", 404)
    assert browses().get(planned, 303).location.startswith("/masuk")


def test_a_member_of_another_office_sees_the_event_and_changes_nothing(browses, planned, app):
    guest, boss = browses("printer", "15.04"), browses("coordinator", "15.03")
    guest.get(planned, 404)
    login = f"user-{guest.actor.user_id}"
    assert login_is_known(app, login)
    boss.submit(f"{planned}/tim", {"/login": login})
    assert "15.04" in boss.get(f"{planned}/tim").text or "Batang" in boss.get(f"{planned}/tim").words
    assert "Gotong royong Sarolangun" in guest.get(planned).words
    shown = boss.submit(f"{planned}/tim", {"/login": "nobody-at-all"}, 422)
    assert 'id="f-login-fault"' in shown.text
    guest.get(f"{planned}/ubah", 403)
    assert guest.get(f"{planned}/tim").status == 200
    boss.submit(f"{planned}/tim/{guest.actor.user_id}/keluar")
    guest.get(planned, 404)


def login_is_known(app, login):
    from inventory.outreach import tables

    with app.app_context():
        return tables.user_of_login(login) > 0


def test_an_office_of_the_province_may_pledge_before_it_sees_the_event(browses, calls, planned):
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 900))
    neighbour = browses("clerk", "15.04")
    neighbour.get(planned, 404)
    typed = {"/store": "15.04-UTAMA", "/item": "blangko", "/quantity": "400"}
    neighbour.submit(f"{planned}/dukungan", typed)
    assert "400" in neighbour.get(planned).words
    assert "hanya untuk tuan rumah" in neighbour.get(f"{planned}/tim").words
    pledge = calls("clerk", "15.04").get(f"/events/{planned.split('/')[-1]}")["pledges"][0]["id"]
    neighbour.submit(f"{planned}/dukungan/{pledge}/lepas", page=f"{planned}/dukungan")
    assert calls("clerk", "15.04").stock("15.04-UTAMA")["on_hand"] == 900


def test_a_plan_that_changed_meanwhile_shows_both_versions(browses, calls, planned):
    boss = browses("coordinator", "15.03")
    form = boss.get(f"{planned}/ubah").form("ubah")
    calls("coordinator", "15").patch(f"/events/{planned.split('/')[-1]}", {"name": "Nama lain"})
    sent = dict(form.fields) | {"/name": "Nama saya", "/turnout_low": "30"}
    answer = boss.client.post(f"{planned}/ubah", data=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code in (409, 412)
    assert "Nama lain" in text
    assert "Nama saya" in text
    boss.submit(f"{planned}/ubah", {"/turnout_low": "30", "/turnout_likely": "62,5"})
    assert "(62,5 % = 10.625 orang; alat rekam hanya cukup untuk 9.600)" in boss.get(planned).words


def test_saving_a_draft_makes_it_a_plan(browses, calls):
    body = {name.removeprefix("/"): value for name, value in PLAN.items()}
    made = calls("coordinator", "15.03").post(
        "/events", body | {"status": "draft", "opens_at": "08:00", "closes_at": "16:00"}
    )
    browses("coordinator", "15.03").submit(f"{LIST}/{made['id']}/ubah")
    assert calls("coordinator", "15.03").get(f"/events/{made['id']}")["status"] == "planned"


def test_extending_and_calling_off(browses, calls, pooled):
    boss = browses("coordinator", "15.03")
    boss.submit(f"{pooled}/perpanjang", {"/days": "2"})
    event = calls("coordinator", "15.03").get(f"/events/{pooled.split('/')[-1]}")
    assert event["ends_on"] == (FIRST + timedelta(days=3)).isoformat()
    boss.submit(f"{pooled}/batal", {"/reason": ""}, 422)
    boss.submit(f"{pooled}/batal", {"/reason": "Banjir"})
    assert "dibatalkan" in boss.get(pooled).words
    assert calls("clerk", "15").stock("15-UTAMA")["on_hand"] == 6_000


def test_what_went_by_without_being_started_is_listed_apart_with_what_to_do(browses, calls):
    noon = datetime(2026, 11, 18, 5, tzinfo=UTC)
    with clock.telling(noon):
        event = calls("coordinator", "15").post("/events", {
            "name": "Jemput bola Pauh", "kind": "village", "host_office": "15.03", "starts_on": "2026-12-01",
            "ends_on": "2026-12-02", "opens_at": "08:00", "closes_at": "16:00",
        })["id"]  # fmt: skip
        assert "tab=missed" not in browses("inspector", "15").get(LIST).text
    with clock.telling(noon + timedelta(days=30)):
        boss = browses("coordinator", "15")
        assert f'href="{LIST}/{event}"' not in boss.get(LIST).text.split("calendar")[0]
        late = boss.get(f"{LIST}?tab=missed")
        assert f'href="{LIST}/{event}"' in late.text.split("calendar")[0]
        assert "batalkan, atau mulai lalu tutup" in late.words
        assert "1 acara lewat, belum dimulai" in boss.get("/koordinasi").words
        page = boss.get(f"{LIST}/{event}")
        assert "acaranya tidak pernah dimulai" in page.words
        assert f'<a role="button" href="{LIST}/{event}/batal">Batalkan acara</a>' in page.text
        assert "Perlu diperhatikan" not in page.words


@pytest.mark.usefixtures("exact")
def test_from_the_start_to_the_settlement_every_blank_is_told_of(browses, calls, pooled):
    boss = browses("coordinator", "15.03")
    assert f"{pooled}/mulai" in boss.get(pooled).text
    assert boss.get(f"{pooled}/mulai").form("/mulai")["/arrived/0/quantity"] == ""
    empty = boss.submit(f"{pooled}/mulai", {"/arrived/0/quantity": "6.000"}, 422)
    assert 'href="#f-arrived-1-quantity">' in empty.text
    early = boss.submit(f"{pooled}/mulai", ARRIVED | {"/early": "false"}, 422)
    assert 'href="#f-early">Acara baru mulai ' in early.text
    short = boss.submit(f"{pooled}/mulai", ARRIVED | {"/arrived/0/quantity": "5.998"}, 422)
    assert "Dari dukungan Dinas Dukcapil Jambi (" in short.words
    assert "tulis sebab selisihnya" in short.words
    page = boss.follow(boss.submit(f"{pooled}/mulai", ARRIVED | SHORT))
    missing = "2 keping Blangko KTP-el dari Dinas Dukcapil Jambi belum tiba (Dua kurang di kotak 6)."
    assert f"Acara berjalan, tetapi dukungan belum lengkap: {missing}" in page.words
    assert "Kurang 6.002 keping menurut target" in page.words
    assert "Sisa di gudang acara 10.998 keping" in page.words
    assert f"{pooled}/tutup" in page.text
    printing = browses("printer", "15.03").get(pooled).text
    assert (
        f'<a role="button" href="/cetak/antrean?event={pooled.split("/")[-1]}">Cetak antrean acara ini</a>' in printing
    )
    assert 'href="/cetak/serah">Serahkan kartu</a>' in printing
    assert "Kembali ke pemilik" not in boss.get(f"{pooled}/penyelesaian").words
    _record_and_print(calls, pooled)
    page = boss.get(pooled)
    assert "Direkam 3 orang" in page.words
    assert "Dicetak 2 kartu" in page.words
    assert "Rusak 1 keping" in page.words
    _close(boss, pooled)
    _settled(boss, calls, pooled)


def _record_and_print(calls, address):
    event = int(address.split("/")[-1])
    printer = calls("printer", "15.03")
    now = clock.now().isoformat()
    stop = calls("coordinator", "15.03").get(f"/events/{event}")["stops"][0]["id"]
    people = [
        person(f"w-{n}", nik=f"150304420501{n + 1:04d}", event=event, stop=stop, recorded_at=now) for n in range(3)
    ]
    printer.post("/recordings", {"recordings": people})
    kit = f"15.03-ACARA-{event}"
    job = printer.post("/print-jobs", {"store": kit, "recordings": ["w-0", "w-1"]})["id"]
    lines = [{"recording": "w-0", "outcome": "spoiled", "reason": "print_failure"}]
    lines += [{"recording": f"w-{n}", "outcome": "printed"} for n in range(2)]
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)


def _close(boss, address):
    form = boss.get(f"{address}/tutup").form("tutup")
    owners = [form[f"/counts/{n}/owner"] for n in range(2)]
    left = {"15": "5.998", "15.03": "4.996"}  # one blank of the host cannot be found
    counts = {f"/counts/{n}/quantity": left[owner] for n, owner in enumerate(owners)}
    empty = boss.submit(f"{address}/tutup", {}, 422)
    assert "f-counts-0-quantity-fault" in empty.text
    refused = boss.submit(f"{address}/tutup", counts, 409)
    at = owners.index("15.03")
    assert f'href="#f-counts-{at}-quantity"' in refused.text
    assert "Kabupaten Sarolangun berbeda dari buku. Hitung sekali lagi, atau tulis sebabnya." in refused.words
    assert "4997" not in refused.words
    assert "4.997" not in refused.words
    assert refused.form("tutup")[f"/counts/{at}/quantity"] == "4.996"
    told = boss.follow(boss.submit(f"{address}/tutup", counts | {f"/explanations/{at}/reason": "Jatuh ke sungai"}))
    assert "Acara ditutup." in told.words


def _settled(boss, calls, address):
    page = boss.get(f"{address}/penyelesaian")
    assert "3 keping hilang dari 11.000 yang dibawa" in page.words
    assert "Jatuh ke sungai" in page.words
    assert "Menunggu diambil 2 kartu" in page.words
    assert "Pengembalian ke pemilik" in page.words
    assert boss.get(f"{address}/penyelesaian?unduh=goods.csv").answer.mimetype == "text/csv"
    assert "Kirim 5.998 keping Blangko KTP-el kembali ke " in page.words
    assert "Kirim 4.996 keping Blangko KTP-el kembali ke " in page.words
    assert "Kembalikan sisa ke pemilik" in boss.get(address).words
    for row in calls("coordinator", "15.03").get("/transfers?status=approved")["items"]:
        calls("coordinator", "15.03").post(f"/transfers/{row['id']}/dispatch", {}, 200)
        body = {"received": row["approved"], "rejected": 0, "missing": 0}
        calls("clerk", row["to_office"]).post(f"/transfers/{row['id']}/receive", body, 200)
    assert "10.994 keping sudah diterima" in boss.get(f"{address}/penyelesaian").words


def test_an_event_is_not_closed_over_an_open_print_job(browses, calls, pooled):
    boss = browses("coordinator", "15.03")
    boss.submit(f"{pooled}/mulai", ARRIVED)
    event = int(pooled.split("/")[-1])
    printer = calls("printer", "15.03")
    printer.post("/recordings", {"recordings": [person("w-9", event=event)]})
    job = printer.post("/print-jobs", {"store": f"15.03-ACARA-{event}", "recordings": ["w-9"]})["id"]
    page = boss.get(f"{pooled}/tutup")
    assert f"Pekerjaan cetak belum selesai: {job}" in page.words
    refused = boss.submit(f"{pooled}/tutup", {f"/counts/{n}/quantity": "1" for n in range(2)}, 409)
    assert f"Pekerjaan cetak {job} belum selesai." in refused.words


def test_a_late_pledge_is_taken_in_while_the_event_runs(browses, calls, pooled):
    boss = browses("coordinator", "15")
    boss.submit(f"{pooled}/mulai", ARRIVED)
    today = clock.business_day("Asia/Jakarta").isoformat()
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 500, received_on=today))
    boss.submit(f"{pooled}/dukungan", {"/store": "15-UTAMA", "/item": "blangko", "/quantity": "500"})
    pledge = calls("coordinator", "15").get(f"/events/{pooled.split('/')[-1]}")["pledges"][-1]["id"]
    boss.submit(f"{pooled}/dukungan/{pledge}/terima", {"/quantity": "499", "/reason": "Satu kurang"})
    assert calls("coordinator", "15.03").stock(f"15.03-ACARA-{pooled.split('/')[-1]}")["on_hand"] == 11_499


def test_a_pledge_of_more_than_is_free_is_refused_at_its_quantity_by_name(browses, planned):
    boss = browses("coordinator", "15")
    typed = {"/store": "15-UTAMA", "/item": "blangko", "/quantity": "6.500"}
    shown = boss.submit(f"{planned}/dukungan", typed, 409)
    assert 'href="#f-quantity">' in shown.text
    assert "hanya punya 6.000 keping" in shown.words
    assert "diminta 6.500." in shown.words


def test_the_calendar_opens_where_the_next_event_is(browses, planned):
    page = browses("coordinator", "15.03").get(LIST)
    assert f"#acara-{planned.split('/')[-1]}" in page.text


def test_an_office_without_events_is_told_how_to_plan_the_first(browses):
    page = browses("coordinator", "15.03").get(LIST)
    assert "Belum ada acara" in page.words
    assert "Rencanakan acara pertama" in page.words
    assert "Rencanakan" not in browses("field", "15.03").get(LIST).words
    assert "Tidak ada acara yang sedang berjalan." in browses("coordinator", "15.03").get(f"{LIST}?tab=running").words
    assert browses("coordinator", "15.03").get(f"{LIST}?bulan=nonsense&tab=nonsense").status == 200


def test_the_calendar_shows_a_month_and_its_events(browses, planned):
    page = browses("coordinator", "15.03").get(f"{LIST}?bulan={FIRST:%Y-%m}")
    assert f"#acara-{planned.split('/')[-1]}" in page.text
    assert "Gotong royong Sarolangun" in page.words


def test_the_pages_of_an_event_ask_the_database_little_and_are_light(browses, statements, pooled):
    boss, guest = browses("coordinator", "15"), browses("inspector", "15.03")
    looked = [LIST, f"{LIST}/baru", pooled, *(f"{pooled}/{part}" for part in ("lokasi", "dukungan", "tim", "ubah"))]
    for address in (*looked, f"{pooled}/mulai", f"{pooled}/lokasi/satu"):
        with statements.within(12):
            page = boss.get(address)
        assert len(page.text.encode()) < 40_000, address
    boss.submit(f"{pooled}/mulai", ARRIVED)
    for address in (pooled, f"{pooled}/penyelesaian"):
        with statements.within(12):
            guest.get(address)
    with statements.within(12):
        boss.get(f"{pooled}/tutup")


def test_an_event_without_goods_is_settled_as_nothing(browses, app):
    event = running_event(app, "15.03")
    page = browses("coordinator", "15.03").get(f"{LIST}/{event.id}/penyelesaian")
    assert "Belum ada yang dibawa ke acara ini." in page.words
    assert browses("coordinator", "15.03").get(f"{LIST}/{event.id}").status == 200
    assert "Gudang acara kosong" in browses("coordinator", "15.03").get(f"{LIST}/{event.id}/tutup").words
