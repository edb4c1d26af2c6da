"""The coordinator's view: the map, one office, allocation by hand and shortfalls, as pages."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import clock, regions
from tests.builders import receipt
from tests.printing import job_of, recorded, results
from web.planning import layout

MAP, PLAN = "/koordinasi/peta", "/koordinasi/alokasi"
HOME, NEXT, THIRD = "15.03-UTAMA", "15.04-UTAMA", "15.06-UTAMA"
NOON = datetime(2026, 11, 18, 5, tzinfo=UTC)
TWO_ROWS = {
    "/moves/0/from_store": HOME, "/moves/0/to_store": NEXT, "/moves/0/quantity": "1.000",
    "/moves/1/from_store": HOME, "/moves/1/to_store": THIRD, "/moves/1/quantity": "500",
}  # fmt: skip


@pytest.fixture
def stocked(calls):
    """Sarolangun has 2,000 and printed two of them, of 22 working days; Batanghari has nothing and prints nothing."""
    with clock.telling(NOON):
        calls("clerk", "15.03").post("/receipts", receipt(HOME, 2_002))
        printer = calls("printer", "15.03")
        recorded(printer, "a", "b")
        results(printer, job_of(printer, "a", "b")["id"], ("a", "printed"), ("b", "printed"))
        yield


@pytest.fixture(scope="module")
def tree():
    """The codes of the country's provinces and regencies."""
    path = Path(regions.__file__).parent / "tree" / "regions.csv.gz"
    return {line.split(",")[0] for line in gzip.decompress(path.read_bytes()).decode().splitlines()}


@pytest.mark.parametrize(("shape", "count"), [(r"[0-9]{2}", 38), (r"15\.[0-9]{2}", 11)])
def test_every_province_and_every_part_of_jambi_has_a_place_of_its_own(tree, shape, count):
    codes = {code for code in tree if re.fullmatch(shape, code)}
    laid = layout.places(codes)
    assert len(codes) == count
    assert laid.keys() == codes
    assert len(set(laid.values())) == count


def test_the_country_lies_as_it_does_on_a_map(tree):
    laid = layout.places({code for code in tree if len(code) == 2})
    aceh, jakarta, bali, papua, kaltara = (laid[code] for code in ("11", "31", "51", "91", "65"))
    assert aceh[0] < jakarta[0] < bali[0] < papua[0]
    assert kaltara[1] < papua[1] < jakarta[1] < bali[1]
    assert [laid[code][1] for code in ("11", "12", "14", "15", "16", "18")] == [0, 1, 2, 3, 4, 5]  # down Sumatra
    assert len({laid[code][1] for code in ("36", "31", "32", "33", "35")}) == 1  # Java is a row


@given(st.sets(st.sampled_from(["10", "20", "40", "97", "98", "99"])))
def test_a_province_that_came_after_the_map_stands_in_the_row_below(new):
    laid = layout.places({"11", "34", "91"} | new)
    assert len(set(laid.values())) == 3 + len(new)
    assert all(laid[code] == (at, 8) for at, code in enumerate(sorted(new)))


def test_a_province_nobody_laid_by_hand_has_no_places():
    assert layout.places({"35.09", "35.03"}) == {}


def test_a_tile_says_what_all_have_not_in_common():
    assert layout.short("Dinas Dukcapil Kabupaten Sarolangun") == "Sarolangun"
    assert layout.short("Dinas Dukcapil Kota Jambi") == "Kota Jambi"
    assert layout.short("Kota Administrasi Jakarta Pusat") == "Kota Jakarta Pusat"
    names = ("Tanjung Jabung Barat", "Nusa Tenggara Timur", "Kota Jambi", "Tebo", "Ogan Komering Ulu Timur")
    told = ["T.Jabung Barat", "N.Tenggara Timur", "Kota Jambi", "Tebo", "O.K.Ulu Timur"]
    assert [layout.on_tile(name) for name in names] == told


def test_a_province_is_seen_at_a_glance_tile_by_tile_and_as_a_table(browses, stocked):
    shown = browses("coordinator", "15").get(MAP)
    assert shown.text.count('class="tile t-') == 11
    assert 'href="/koordinasi/dinas/15.03" aria-label="Sarolangun: cukup untuk lebih dari setahun"' in shown.text
    assert "Batanghari: habis" in shown.text
    table = shown.text[shown.text.index("<tbody>") :]
    assert table.index("Batanghari") < table.index("Sarolangun")  # who has none is ranked before who has some
    csv = browses("coordinator", "15").get(f"{MAP}?unduh=cover.csv").text
    assert "Sarolangun;cukup untuk lebih dari setahun;2000;" in csv
    assert "Batanghari;habis;0;" in csv


def test_coverage_on_the_map_is_never_clamped_and_no_figure_is_not_zero(browses, calls):
    coordinator = calls("coordinator", "15")
    above = {"region": "15.03", "as_of": "2026-01-05", "required": 100, "recorded": 103, "source": "laporan"}
    coordinator.post("/coverage", above)
    shown = browses("coordinator", "15").get(f"{MAP}?ukuran=coverage")
    assert "Sarolangun: 103 %" in shown.text
    assert "Batanghari: belum ada angka" in shown.text
    assert "1 dari 11 sudah melapor angka." in shown.words


def test_the_next_event_of_a_regency_is_told_with_what_it_lacks(browses, calls):
    with clock.telling(NOON):
        boss = calls("coordinator", "15")
        event = boss.post("/events", {
            "name": "Gotong royong", "kind": "village", "host_office": "15.03", "starts_on": "2026-12-01",
            "ends_on": "2026-12-01", "opens_at": "08:00", "closes_at": "16:00",
        })["id"]  # fmt: skip
        bare = browses("coordinator", "15").get(f"{MAP}?ukuran=readiness")
        assert "Sarolangun: Gotong royong: belum dapat dihitung" in bare.text  # without stops it is not "enough"
        assert bare.text.count('class="tile t-0"') == 11
        assert "1 Des 2026 Gotong royong belum dapat dihitung" in bare.words
        stop = {"name": "Pauh", "kind": "office", "region": "15.03.04", "target_people": 100, "kits": 9}
        hours = {"starts_at": "2026-12-01T08:00:00+07:00", "ends_at": "2026-12-01T16:00:00+07:00"}
        boss.post(f"/events/{event}/stops", {**stop, **hours, "minutes_per_recording": 5})
        shown = browses("coordinator", "15").get(f"{MAP}?ukuran=readiness")
        assert "Sarolangun: Gotong royong: kurang 100 menurut target" in shown.text
        assert "Tebo: tidak ada acara" in shown.text
        assert f'href="/koordinasi/kegiatan/{event}"' in shown.text
        assert "1 Des 2026 Gotong royong" in shown.words


def test_the_ministry_sees_all_provinces_and_chooses_one(browses, stocked):
    ministry = browses("coordinator", "0")
    for measure, more in (("cover", "?"), ("coverage", "?"), ("readiness", "tak ada")):
        shown = ministry.get(f"{MAP}?ukuran={measure}")
        assert shown.text.count('class="tile t-') == 38
        assert more in shown.text
    assert f"{MAP}?ukuran=readiness&amp;provinsi=15" in shown.text
    assert "Sarolangun" in ministry.get(f"{MAP}?provinsi=15").words


def test_a_regencys_own_people_see_their_office_and_no_other(browses, stocked):
    clerk = browses("clerk", "15.03")
    assert clerk.get(MAP, 303).location.endswith("/koordinasi/dinas/15.03")
    assert "2.000" in clerk.get("/koordinasi/dinas/15.03").words
    clerk.get("/koordinasi/dinas/15.04", 403)
    clerk.get(f"{MAP}?provinsi=35", 403)
    clerk.get(f"{MAP}?ukuran=moon", 422)


def test_an_office_is_told_in_words_with_its_reorder_level(browses, calls, stocked):
    calls("admin", "15").patch("/offices/15.03", {"reorder_at": 2_500})
    shown = browses("coordinator", "15").get("/koordinasi/dinas/15.03").words
    assert "cukup untuk lebih dari setahun" in shown
    assert "sudah: pesan sekarang" in shown
    assert "Belum ada acara yang direncanakan." in shown
    empty = browses("coordinator", "15").get("/koordinasi/dinas/15.04").words
    assert "Belum ada blangko di Dinas ini" in empty
    browses("coordinator", "15").get("/koordinasi/dinas/99", 403)


@pytest.mark.usefixtures("stocked")
def test_an_allocation_begins_with_one_row_and_tells_the_province_from_its_city(browses):
    shown = browses("coordinator", "15").get(PLAN)
    assert 'name="/moves/0/quantity"' in shown.text
    assert 'name="/moves/1/quantity"' not in shown.text
    assert "Dinas provinsi (0)" in shown.text
    assert "Kota Jambi (0)" in shown.text


@pytest.mark.usefixtures("exact", "stocked")
def test_several_moves_become_one_plan_of_drafts_with_links(browses, calls):
    coordinator = browses("coordinator", "15")
    shown = coordinator.follow(coordinator.submit(PLAN, TWO_ROWS | {"/reason": "pemerataan"}))
    assert "2 rencana pengiriman dibuat: 1.500 keping." in shown.words
    made = calls("coordinator", "15").get("/transfers")["items"]
    assert sorted(row["requested"] for row in made) == [500, 1_000]
    for row in made:
        assert f'href="/gudang/kiriman/{row["id"]}"' in shown.text
    assert "2 kiriman menunggu persetujuan" in shown.words
    assert "Setujui kiriman pertama" in shown.words


@pytest.mark.usefixtures("stocked")
def test_a_double_click_plans_once(browses, calls):
    coordinator = browses("coordinator", "15")
    first = coordinator.submit(PLAN, TWO_ROWS, key="twice")
    assert coordinator.submit(PLAN, TWO_ROWS, key="twice").location == first.location
    assert len(calls("coordinator", "15").get("/transfers")["items"]) == 2


@pytest.mark.usefixtures("stocked")
def test_what_cannot_be_stands_at_its_row_and_everything_typed_is_kept(browses, calls):
    coordinator = browses("coordinator", "15")
    shown = coordinator.submit(PLAN, TWO_ROWS | {"/moves/1/quantity": "1.001"}, 409)
    assert 'id="f-moves-1-quantity-fault"' in shown.text
    assert 'id="f-moves-0-quantity-fault"' not in shown.text
    assert "punya 2.000 keping bebas" in shown.words
    form = shown.form(PLAN)
    assert (form["/moves/0/quantity"], form["/moves/1/to_store"]) == ("1.000", THIRD)
    assert 'name="/moves/2/quantity"' not in shown.text  # another row is there for who asks for it
    assert "Sarolangun 2.000 → 0 keping" in shown.words
    assert "kurang 1" in shown.words
    assert calls("coordinator", "15").get("/transfers")["items"] == []


@pytest.mark.usefixtures("stocked")
def test_as_one_types_both_offices_change_and_nothing_is_made(browses, calls):
    coordinator = browses("coordinator", "15")
    typed = "&".join(f"{name}={value}" for name, value in TWO_ROWS.items())
    part = coordinator.get(f"{PLAN}/hitung?{typed}&/moves/2/from_store={NEXT}")
    assert "<html" not in part.text
    assert "Sarolangun 2.000 → 500 keping" in part.words
    assert "Batanghari 0 → 1.000 keping" in part.words
    assert "1.500 keping dipindahkan" in part.words
    too_much = coordinator.get(f"{PLAN}/hitung?{typed.replace('500', '1.500')}").words
    assert "Baris 2: " in too_much
    assert calls("coordinator", "15").get("/transfers")["items"] == []


@pytest.mark.usefixtures("stocked")
def test_without_a_script_a_button_computes_and_keeps_what_was_typed(browses, calls):
    coordinator = browses("coordinator", "15")
    form = coordinator.get(PLAN).form(PLAN)
    sent = dict(form.fields) | TWO_ROWS
    answer = coordinator.client.post(f"{PLAN}/hitung", data=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "1.500 keping dipindahkan" in text
    assert 'value="1.000"' in text
    assert 'name="/moves/2/quantity"' in text
    assert calls("coordinator", "15").get("/transfers")["items"] == []


def test_only_who_approves_allocates_and_only_within_reach(browses, stocked):
    browses("clerk", "15").get(PLAN, 403)
    browses("coordinator", "35").get(f"{PLAN}?provinsi=15", 403)
    assert "Alokasi antar-Dinas dibuat oleh provinsi" in browses("coordinator", "15.03").get(PLAN).words
    coordinator = browses("coordinator", "15")
    address = coordinator.submit(PLAN, TWO_ROWS).location
    browses("coordinator", "35").get(address, 404)


def test_the_ministry_allocates_between_provinces_or_within_one(browses, stocked):
    ministry = browses("coordinator", "0")
    assert '"15-UTAMA"' in ministry.get(PLAN).text
    assert f'"{HOME}"' not in ministry.get(PLAN).text
    assert f'"{HOME}"' in ministry.get(f"{PLAN}?provinsi=15").text
    shown = ministry.submit(f"{PLAN}?provinsi=15", TWO_ROWS, page=f"{PLAN}?provinsi=15")
    assert "2 rencana pengiriman" in ministry.follow(shown).words


def test_who_will_run_short_is_told_with_what_to_do(browses, calls):
    with clock.telling(NOON):
        calls("clerk", "15.03").post("/receipts", receipt(HOME, 3))
        printer = calls("printer", "15.03")
        recorded(printer, "a", "b")
        results(printer, job_of(printer, "a", "b")["id"], ("a", "printed"), ("b", "printed"))
        shown = browses("coordinator", "15").get("/koordinasi/kekurangan")
        assert "Kirim dari Dinas yang berlebih" in shown.words
        assert 'href="/koordinasi/dinas/15.03"' in shown.text
        assert "10 Dinas lain habis dan 30 hari terakhir tidak mencetak: Kerinci" in shown.words
        assert "dan 2 lagi" in shown.words
        assert "Tidak ada yang akan kekurangan" in browses("coordinator", "35").get("/koordinasi/kekurangan").words
        assert "Pilih satu provinsi" in browses("coordinator", "0").get("/koordinasi/kekurangan").words


def test_the_pages_of_planning_ask_the_database_little(browses, calls, stocked, statements):
    coordinator, ministry = browses("coordinator", "15"), browses("coordinator", "0")
    calls("coordinator", "15").post(
        "/transfers", {"from_store": HOME, "to_store": NEXT, "item": "blangko", "quantity": 5}
    )
    plan = coordinator.submit(PLAN, TWO_ROWS).location
    maps = [f"{MAP}?ukuran={measure}" for measure in ("cover", "coverage", "readiness")]
    for who, addresses in (
        (coordinator, [*maps, "/koordinasi/dinas/15.03", PLAN, f"{PLAN}/hitung", plan, "/koordinasi/kekurangan"]),
        (ministry, [*maps, f"{MAP}?provinsi=15", PLAN, f"{PLAN}?provinsi=35", "/koordinasi/kekurangan?provinsi=15"]),
    ):
        for address in addresses:
            with statements.within(12):
                shown = who.get(address)
            assert len(shown.text.encode()) < 40_960, address
