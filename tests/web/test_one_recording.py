"""One person after the other, recorded at a stop on a phone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from inventory import clock
from tests.intake import nik
from tests.outreach import running_event

ADD = "/cetak/perekaman/tambah"
AT = "/recordings/0/"
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(autouse=True)
def noon():
    """No test of a day runs over its end."""
    with clock.telling(datetime(2026, 1, 2, 10, tzinfo=JAKARTA)):
        yield


def recorded(browses):
    return browses("printer", "15.03").get("/cetak/perekaman").words


def test_the_running_event_and_the_stop_that_is_open_are_chosen_and_the_next_person_follows(browses, app):
    event = running_event(app, "15.03")
    team = browses("field", "15.03")
    form = team.get(ADD).form(ADD)
    assert (form[f"{AT}event"], form[f"{AT}stop"], form[f"{AT}office"]) == (str(event.id), str(event.stop), "15.03")
    assert (form[f"{AT}reason"], form[f"{AT}status"]) == ("first_card", "bio_captured")
    assert form[f"{AT}recorded_at"] == "2026-01-02T10:00"
    saved = team.submit(ADD, {f"{AT}nik": nik(1), f"{AT}name": "Siti Aminah", f"{AT}status": "prr"})
    assert nik(1) not in saved.location
    shown = team.follow(saved)
    assert "150304••••••0001 tercatat dengan nomor 260102-" in shown.words
    assert "autofocus" in shown.text.split(f'name="{AT}nik"')[1].split(">")[0]
    assert shown.form(ADD)[f"{AT}nik"] == ""
    assert shown.form(ADD)[f"{AT}status"] == "prr"
    assert "Hari ini di lokasi ini 1 orang" in shown.words
    team.submit(ADD, {f"{AT}nik": nik(2)}, page=saved.location)
    shown = team.get(saved.location)
    assert "Hari ini di lokasi ini 2 orang" in shown.words
    assert "Hari ini di acara ini 2 orang" in shown.words
    assert "Hari ini dari perangkat ini 2 orang" in shown.words
    assert "Aminah" not in shown.text
    assert nik(1) not in shown.text


def test_without_an_event_the_person_is_of_ones_own_office(browses):
    team = browses("field", "15.03")
    shown = team.follow(team.submit(ADD, {f"{AT}nik": nik(1), f"{AT}client_id": "K-17"}))
    assert "tercatat dengan nomor K-17" in shown.words
    assert "Hari ini dari perangkat ini 1 orang" in shown.words
    assert "Hari ini di acara ini" not in shown.words


def test_the_same_form_twice_records_one_person(browses):
    team = browses("field", "15.03")
    for _ in range(2):
        team.submit(ADD, {f"{AT}nik": nik(1)}, key="twice")
    assert recorded(browses).count("150304••••••0001") == 1
    assert "Hari ini dari perangkat ini 1 orang" in team.get(ADD).words


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(browses, app):
    running_event(app, "15.03")
    team = browses("field", "15.03")
    shown = team.submit(ADD, {f"{AT}nik": "1503", f"{AT}name": "Budi"}, 422)
    assert "NIK harus 16 angka." in shown.words
    assert (shown.form(ADD)[f"{AT}nik"], shown.form(ADD)[f"{AT}name"]) == ("1503", "Budi")
    late = team.submit(ADD, {f"{AT}nik": nik(1), f"{AT}recorded_at": "2026-01-09T10:00"}, 422)
    assert 'id="f-recordings-0-recorded_at-fault"' in late.text
    assert "Waktu perekaman belum tiba." in late.words
    assert (
        'id="f-recordings-0-failure-fault"' in team.submit(ADD, {f"{AT}nik": nik(1), f"{AT}status": "failed"}, 422).text
    )
    taken = {f"{AT}nik": nik(1), f"{AT}client_id": "K-1"}
    team.submit(ADD, taken)
    again = team.submit(ADD, taken | {f"{AT}nik": nik(2)}, 422)
    assert 'id="f-recordings-0-client_id-fault"' in again.text
    assert nik(2) not in str(again.answer.headers)


def test_an_address_brings_no_nik_along(browses):
    assert nik(1) not in browses("field", "15.03").get(f"{ADD}?nik={nik(1)}").form(ADD)[f"{AT}nik"]


def test_an_event_that_ended_takes_nobody_and_nobody_records_for_a_stranger(browses, app):
    event = running_event(app, "15.03")
    team = browses("field", "15.03")
    event.become("closed")
    shown = team.submit(ADD, {f"{AT}nik": nik(1)}, 422, page=f"{ADD}?event={event.id}")
    assert f"Acara {event.id} sudah" in shown.words
    browses("field", "15.04").get(f"{ADD}?event={event.id}", 404)
    stranger = browses("field", "15.04").submit(ADD, {f"{AT}nik": nik(1), f"{AT}office": "15.03"}, 403)
    assert nik(1) in stranger.form(ADD)[f"{AT}nik"]
    browses("clerk", "15.03").get(ADD, 403)
    browses("inspector", "15").get(ADD, 403)


def test_who_records_for_several_offices_says_which(browses):
    shown = browses("printer", "15").submit(ADD, {f"{AT}nik": nik(1)}, 422)
    assert 'id="f-recordings-0-office-fault"' in shown.text


def test_the_field_home_the_list_and_the_event_lead_here(browses, app):
    event = running_event(app, "15.03")
    team = browses("field", "15.03")
    for page in ("/koordinasi", "/cetak/perekaman", f"/koordinasi/kegiatan/{event.id}"):
        assert f'href="{ADD}' in team.get(page).text
    assert f'href="{ADD}' not in browses("inspector", "15").get("/cetak/perekaman").text


def test_the_page_asks_the_database_little(browses, app, statements):
    running_event(app, "15.03")
    team = browses("field", "15.03")
    team.submit(ADD, {f"{AT}nik": nik(1)})
    with statements.within(12):
        team.get(ADD)


def test_whoever_waits_for_a_card_is_recorded_again_only_when_that_is_meant(browses):
    team = browses("field", "15.03")
    typed = {f"{AT}nik": nik(1), f"{AT}status": "prr"}
    team.submit(ADD, typed | {f"{AT}client_id": "K-1"}, key="first")
    team.submit(ADD, typed | {f"{AT}client_id": "K-1"}, key="first")
    asked = team.submit(ADD, typed | {f"{AT}name": "Budi", f"{AT}reason": "damaged"}, 422)
    assert "NIK ini sudah direkam pada 2 Jan 2026 (nomor perekaman K-1), menunggu dicetak." in asked.words
    assert (asked.form(ADD)[f"{AT}nik"], asked.form(ADD)[f"{AT}name"]) == (nik(1), "Budi")
    assert 'id="f-again-fault"' in asked.text
    assert recorded(browses).count("150304••••••0001") == 1
    team.submit(ADD, typed | {f"{AT}reason": "damaged", "/again": "true"})
    assert recorded(browses).count("150304••••••0001") == 2


def test_who_waits_elsewhere_is_told_to_nobody(browses):
    browses("field", "15.03").submit(ADD, {f"{AT}nik": nik(1), f"{AT}status": "prr"})
    browses("field", "15.04").submit(ADD, {f"{AT}nik": nik(1), f"{AT}status": "prr"})


def test_where_no_event_runs_the_page_says_what_applies(browses, app):
    team = browses("field", "15.03")
    shown = team.get(ADD)
    assert "Tidak ada acara yang sedang berjalan: orang ini direkam di Dinas" in shown.words
    assert "Acaranya harus dimulai dulu oleh koordinator." in shown.words
    assert "acara dan lokasi tetap" not in shown.words
    assert "Acaranya harus dimulai dulu" not in browses("printer", "15.03").get(ADD).words
    running_event(app, "15.03")
    shown = team.get(ADD)
    assert "Tidak ada acara" not in shown.words
    assert "acara dan lokasi tetap" in shown.words


def test_why_it_failed_is_chosen_in_the_words_of_people(browses):
    team = browses("field", "15.03")
    failed = {f"{AT}nik": nik(1), f"{AT}status": "failed", f"{AT}client_id": "K-1"}
    asked = team.submit(ADD, failed, 422)
    assert "Keadaan gagal memerlukan alasan gagalnya" in asked.words
    assert "Data ganda: orang ini sudah terekam" in asked.words
    saved = team.follow(team.submit(ADD, failed | {f"{AT}failure": "DUPLICATE_RECORD"}))
    address = saved.text.split('href="/cetak/perekaman/')[-1].split('"')[0]
    shown = team.get(f"/cetak/perekaman/{address}")
    assert "Alasan gagal data ganda: orang ini sudah terekam (DUPLICATE_RECORD)" in shown.words
