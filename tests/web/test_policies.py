"""Who is printed first, set on the screen: tried out, set, followed again."""

from __future__ import annotations

from tests.visitor import Shown

EDIT = "/cetak/kebijakan/ubah"
FILLED = {
    "/title": "SE 470/12/2026",
    "/classes/0/name": "Pemula dulu",
    "/classes/0/reasons": ["first_card", "disaster"],
    "/caps/0/reasons": ["data_change"],
    "/caps/0/per_day": "20",
}


def test_a_policy_is_tried_set_and_read_back(browses):
    chief = browses("coordinator", "15.03")
    assert "Yang paling lama menunggu" in chief.get("/cetak/kebijakan").words
    form = dict(chief.get(EDIT).form(EDIT).fields)
    tried = Shown(chief.client.post("/cetak/kebijakan/coba", data=form | FILLED))
    assert tried.status == 200
    assert "0 orang maju" in tried.words
    assert tried.form("/cetak/kebijakan/ubah")["/classes/0/name"] == "Pemula dulu"
    shown = chief.follow(chief.submit(EDIT, FILLED))
    assert "Kebijakan ditetapkan." in shown.words
    assert "Pemula dulu : pemula (KTP pertama), " in shown.words
    assert "SE 470/12/2026" in shown.words


def test_one_reason_in_two_groups_is_said_at_its_group(browses):
    chief = browses("coordinator", "15.03")
    twice = FILLED | {"/classes/1/name": "Lagi", "/classes/1/reasons": ["first_card"]}
    shown = chief.submit(EDIT, twice, 422)
    assert 'href="#f-classes-1-reasons"' in shown.text
    assert shown.form(EDIT)["/classes/1/name"] == "Lagi"


def test_only_who_sets_policies_sets_one_and_only_for_their_own_offices(browses):
    browses("printer", "15.03").get(EDIT, 403)
    browses("printer", "15.03").get("/cetak/kebijakan")
    browses("coordinator", "15.03").get(f"{EDIT}?office=15.04", 403)


def test_the_pages_ask_the_database_little(browses, statements):
    chief = browses("coordinator", "15.03")
    chief.submit(EDIT, FILLED)
    for page in ("/cetak/kebijakan", EDIT):
        with statements.within(12):
            chief.get(page)
