"""The queue as a page: each place explained, who is held and why, and who came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory import clock
from tests.builders import receipt
from tests.outreach import person, running_event
from tests.printing import STORE, recorded

QUEUE = "/cetak/antrean"
NOON = datetime(2026, 11, 18, 5, tzinfo=UTC)


@pytest.fixture
def room(calls):
    """Twelve blanks, two first cards and a lost one; answers who asks the API."""
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 12))
    recorded(caller, "a", "b")
    caller.post("/recordings", {"recordings": [person("c", reason="lost", nik="1503044205010003")]})
    return caller


def policy(calls, **wishes):
    """Make this the policy of 15.03 from today on."""
    today = datetime.now(tz=UTC).astimezone().date()
    body = {"office": "15.03", "valid_from": today.isoformat(), "title": "SE 470/1", **wishes}
    calls("coordinator", "15").send("PUT", "/policies", body)


def test_each_place_says_why_it_is_where_it_is(room, browses, calls):
    classes = [{"name": "Kehilangan", "reasons": ["lost"]}, {"name": "Pemula", "reasons": ["first_card"]}]
    policy(calls, classes=classes)
    shown = browses("printer", "15.03").get(QUEUE)
    assert "SE 470/1" in shown.words
    assert shown.words.index("Kehilangan: kelas 1, menunggu") < shown.words.index("Pemula: kelas 2, menunggu")
    assert "150304••••••0003" in shown.words
    assert "menunggu kurang dari sehari" in shown.words
    assert "menunggu 0 hari" not in shown.words


def test_one_reason_is_shown_with_the_places_it_has_among_all(room, browses):
    shown = browses("printer", "15.03").get(f"{QUEUE}?reason=lost")
    table = shown.text.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count("<tr>") == 1
    assert ">3<" in table


def test_who_is_held_is_told_apart_with_why_and_is_let_in_when_they_come(room, browses, calls):
    policy(calls, holds={"until_17": False, "until_present": ["lost"]})
    printer = browses("printer", "15.03")
    assert "Ditahan (1)" in printer.get(QUEUE).words
    held = printer.get(f"{QUEUE}?held=true")
    assert "menunggu orangnya datang" in held.words
    printer.submit(f"{QUEUE}/datang", {"/recordings": ["c"]}, page=f"{QUEUE}?held=true")
    assert "Antrean (3)" in printer.get(QUEUE).words


def test_whoever_came_and_is_unknown_is_refused_with_what_was_typed(room, browses, calls):
    policy(calls, holds={"until_17": False, "until_present": ["lost"]})
    shown = browses("printer", "15.03").submit(
        f"{QUEUE}/datang", {"/recordings": ["c", "zz"]}, 422, page=f"{QUEUE}?held=true"
    )
    assert 'id="f-recordings-fault"' in shown.text
    assert shown.form("/datang")["/recordings"].split() == ["c", "zz"]


def test_an_event_has_a_queue_of_its_own_that_prints_from_its_kit(room, browses, app, calls):
    event = running_event(app, "15.03")
    people = [person("e", nik="1503044205010009", event=event.id)]
    room.post("/recordings", {"recordings": people})
    printer = browses("printer", "15.03")
    shown = printer.get(f"{QUEUE}?event={event.id}")
    assert "Antrean (1)" in shown.words
    assert shown.form(QUEUE)["/store"] == event.store
    job = printer.submit(f"{QUEUE}?event={event.id}", {"/take": "1"}).location
    assert "Gotong royong" in printer.get(job).words


def test_event_and_reason_are_chosen_in_one_form(room, browses, app, calls):
    event = running_event(app, "15.03")
    shown = browses("printer", "15.03").get(f"{QUEUE}?event={event.id}&reason=lost")
    assert shown.text.count("Tampilkan") == 1
    [form] = [part.split("</form>")[0] for part in shown.text.split('<form class="pick"')[1:]]
    assert f'<option value="{event.id}" selected>' in form
    assert '<option value="lost" selected>' in form
    assert "hidden" not in form


def test_a_double_click_makes_one_job(room, browses):
    printer = browses("printer", "15.03")
    first = printer.submit(QUEUE, {"/take": "2"}, key="sekali")
    assert printer.submit(QUEUE, {"/take": "2"}, key="sekali").location == first.location
    assert len(room.get("/print-jobs")["items"]) == 1


def test_how_many_is_asked_again_when_it_is_no_number(room, browses):
    shown = browses("printer", "15.03").submit(QUEUE, {"/take": "semua"}, 422)
    assert 'id="f-take-fault"' in shown.text
    assert shown.form(QUEUE)["/take"] == "semua"


def test_the_queue_of_another_office_is_not_shown(room, browses):
    assert "Antrean kosong" in browses("printer", "15.04").get(QUEUE).words
    browses("printer", "15.04").get(f"{QUEUE}?office=15.03", 403)


def test_who_sees_several_offices_chooses_whose_queue(room, browses, statements):
    inspector = browses("inspector", "15")
    inspector.get(QUEUE)  # whether this is a demo is asked once a minute
    with statements.within(12):
        shown = inspector.get(QUEUE)
    assert "Antrean menunggu di 1 Dinas lain" in shown.words
    assert '<option value="15.03">' in shown.text
    assert "Antrean (3)" in inspector.get(f"{QUEUE}?office=15.03").words
    admin = browses("admin", "15")
    admin.submit(f"{QUEUE}?office=15.03", {"/take": "1"})
    assert "Antrean (2)" in admin.get(f"{QUEUE}?office=15.03").words
    assert 'name="office"' not in browses("printer", "15.03").get(QUEUE).text


def test_a_province_that_prints_for_an_office_asks_no_more_than_the_office(room, browses, statements):
    printer = browses("printer", "15")
    printer.get(QUEUE)
    with statements.within(12):
        shown = printer.get(f"{QUEUE}?office=15.03")
    assert shown.form(QUEUE)["/take"] == "3"
    coordinator = browses("coordinator", "15")
    coordinator.get(QUEUE)
    with statements.within(9):  # who does not print is offered no printer
        coordinator.get(f"{QUEUE}?office=15.03")


def test_how_long_people_wait_is_told_by_age_and_reason(browses, calls, statements):
    caller = calls("printer", "15.03")
    for days, client, reason in ((100, "old", "suket"), (90, "edge", "lost"), (8, "a", "lost"), (7, "b", "lost")):
        with clock.telling(NOON - timedelta(days=days)):
            caller.post("/recordings", {"recordings": [person(client, reason=reason)]})
    with clock.telling(NOON):
        printer = browses("printer", "15.03")
        printer.get("/cetak/antrean?held=true")  # whether this is a demo is asked once a minute
        with statements.within(12):
            shown = printer.get(QUEUE)
        assert len(shown.text.encode()) < 40_960
        assert "sampai 7 hari 1 orang" in shown.words
        assert "8 sampai 30 hari 1 orang" in shown.words
        assert "31 sampai 90 hari 1 orang" in shown.words
        assert "lebih dari 90 hari 1 orang" in shown.words
        file = printer.get(f"{QUEUE}?unduh=umur.csv").text.splitlines()
        assert file[1:] == ["hilang;1;1;1;;3", "pengganti suket;;;;1;1"]
        assert "<svg xmlns" in printer.get(f"{QUEUE}?unduh=gambar-1.svg").text
        assert "Berapa lama" not in printer.get(f"{QUEUE}?held=true").words
        assert "Berapa lama" not in browses("printer", "15.04").get(QUEUE).words


@pytest.mark.usefixtures("room")
def test_an_age_that_nobody_has_is_no_column(browses):
    shown = browses("printer", "15.03").get(QUEUE)
    assert "sampai 7 hari" in shown.words
    assert "lebih dari 90 hari" not in shown.words
    assert shown.text.count("Seluruhnya") == 0
