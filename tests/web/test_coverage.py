"""Coverage as a coordinator sees it: ranked, flagged, against dated targets, never clamped."""

from __future__ import annotations

import pytest

RANKED, REPORT, TARGETS = "/koordinasi/cakupan", "/koordinasi/cakupan/lapor", "/koordinasi/cakupan/target"
S4 = {
    "/region": "17.02", "/as_of": "2024-09-09", "/required": "214.600", "/recorded": "202.820",
    "/reported_remaining": "11.870", "/source": "laporan September",
}  # fmt: skip


@pytest.fixture
def coordinator(browses):
    return browses("coordinator", "17")


def test_a_reported_figure_is_kept_and_what_does_not_add_up_is_flagged(coordinator):
    shown = coordinator.follow(coordinator.submit(REPORT, S4))
    assert "Angka Kabupaten Rejang Lebong per 9 Sep 2024 dicatat." in shown.words
    assert "11.780 orang" in shown.words
    assert "dilaporkan 11.870" in shown.words
    assert "Sisa yang dilaporkan 11.870, tetapi dari kedua angkanya 11.780." in shown.words
    ranked = coordinator.get("/koordinasi/cakupan").words
    assert "Kabupaten Rejang Lebong 94,51 %" in ranked
    assert "Kabupaten Bengkulu Selatan belum ada angka" in ranked


def test_coverage_above_100_percent_stays_above(coordinator):
    coordinator.submit(REPORT, S4 | {"/recorded": "220.000", "/reported_remaining": ""})
    assert "102,52 %" in coordinator.get("/koordinasi/cakupan").words
    assert "Di atas 100 %" in coordinator.get("/koordinasi/cakupan/17.02").words


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(coordinator):
    shown = coordinator.submit(REPORT, S4 | {"/recorded": "banyak"}, 422)
    assert shown.form(REPORT)["/recorded"] == "banyak"
    assert 'id="f-recorded-fault"' in shown.text
    shown = coordinator.submit(REPORT, {**S4, "/recorded": "", "/reported_remaining": ""}, 422)
    assert "Isi setidaknya satu: yang sudah direkam" in shown.words
    shown = coordinator.submit(REPORT, S4 | {"/as_of": "2124-09-09"}, 422)
    assert 'id="f-as_of-fault"' in shown.text


def test_a_double_click_reports_once(coordinator, calls):
    first = coordinator.submit(REPORT, S4, key="twice")
    assert coordinator.submit(REPORT, S4, key="twice").location == first.location
    assert len(calls("coordinator", "17").get("/coverage/reports")["items"]) == 1


def test_a_target_is_set_with_its_date_shown_and_taken_back(coordinator):
    coordinator.submit(REPORT, S4)
    wanted = {"/region": "17", "/percent": "99,04", "/due_on": "2030-12-31"}
    shown = coordinator.follow(coordinator.submit(TARGETS, wanted))
    assert "Target Bengkulu ditetapkan: 99,04 % sampai 31 Des 2030." in shown.words
    assert "99,04 %" in coordinator.get(RANKED).words
    assert "31 Des 2030" in coordinator.get(RANKED).words
    assert 'class="limit"' not in coordinator.get("/koordinasi/cakupan/17.02").text  # one point is no curve
    coordinator.submit(REPORT, S4 | {"/as_of": "2024-10-09", "/source": "laporan Oktober"})
    assert 'class="limit"' in coordinator.get("/koordinasi/cakupan/17.02").text
    again = coordinator.submit(TARGETS, wanted, 409)
    assert "sudah ada" in again.words
    address = next(part for part in shown.text.split('"') if part.startswith(f"{TARGETS}/"))
    assert "Target dihapus." in coordinator.follow(coordinator.submit(address)).words


def test_nothing_yet_says_what_to_do_first(coordinator, browses):
    assert "Catat angka pertama" in coordinator.get("/koordinasi/cakupan").words
    assert "Belum ada angka untuk wilayah ini" in coordinator.get("/koordinasi/cakupan/17.02").words
    assert "Catat angka" not in browses("clerk", "17.02").get("/koordinasi/cakupan/17.02").words


def test_only_who_may_reports_and_only_of_their_own_regions(coordinator, browses):
    browses("clerk", "17").get(REPORT, 403)
    browses("inspector", "17").get("/koordinasi/cakupan")
    coordinator.get("/koordinasi/cakupan/15.03", 403)
    coordinator.get("/koordinasi/cakupan?wilayah=15", 403)
    coordinator.get("/koordinasi/cakupan/17.99", 404)
    assert "di luar jangkauan" in coordinator.submit(REPORT, S4 | {"/region": "15.03"}, 403).words


def test_the_ministry_goes_down_from_the_provinces(coordinator, browses):
    coordinator.submit(REPORT, S4)
    ministry = browses("inspector", "0")
    assert "Bengkulu" in ministry.get("/koordinasi/cakupan").words
    below = ministry.get("/koordinasi/cakupan?wilayah=17")
    assert "94,51 %" in below.words
    assert "Satu tingkat ke atas" in below.words


def test_the_pages_of_coverage_ask_the_database_little(coordinator, browses, statements):
    coordinator.submit(REPORT, S4)
    for who in (coordinator, browses("admin", "0")):
        for address in (RANKED, f"{RANKED}/17.02", REPORT, TARGETS, f"{RANKED}?wilayah=17"):
            with statements.within(12):
                shown = who.get(address)
            assert len(shown.text.encode()) < 40_960, address
