"""What an office announces to everybody, and how it is switched on."""

from __future__ import annotations

import pytest

from inventory.notice_board import commands, rules
from inventory.notice_board.rules import Exactness
from tests.builders import actor, receipt

NOTICE = "/publik/15.03"
SETTINGS = "/admin/dinas/15.03/papan"


@pytest.fixture
def announced(app, calls):
    """15.03 with 6,000 blanks, announcing exact figures."""
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 6_000))
    with app.app_context():
        commands.announce(actor("admin", "0"), "15.03", shown=True)


def announce(app, **settings):
    with app.app_context():
        commands.announce(actor("admin", "0"), "15.03", shown=True, **settings)


def test_nobody_announces_anything_before_it_is_switched_on(browses):
    shown = browses().get(NOTICE, 404)
    assert "Tidak ada pengumuman" in shown.words
    assert browses().get("/publik/99.99", 404).text == shown.text


@pytest.mark.usefixtures("announced")
def test_everybody_reads_blanks_printed_and_queue(browses):
    words = browses().get(NOTICE).words
    assert "Blangko tersedia 6.000 keping" in words
    assert "Dicetak hari ini 0 kartu" in words
    assert "Antrean cetak 0 orang" in words
    assert "Dinas Dukcapil" in words
    assert "WIB" in words


@pytest.mark.usefixtures("announced")
def test_blanks_set_aside_for_an_event_and_those_of_others_are_not_announced(browses, calls):
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 70))
    calls("clerk", "15.03").post("/spoilages", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 10,
                                                "reason": "damaged"}, expect=201)  # fmt: skip
    assert "Blangko tersedia 5.990 keping" in browses().get(NOTICE).words


@pytest.mark.usefixtures("announced")
def test_bands_tell_no_figure(app, browses, calls):
    announce(app, exactness=Exactness.BANDS)
    words = browses().get(NOTICE).words
    assert "Blangko tersedia lebih dari 500 keping" in words
    assert "Antrean cetak tidak ada" in words
    assert "6.000" not in words
    announce(app, exactness=Exactness.BANDS)
    calls("clerk", "15.03").post("/losses", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 6_000,
                                             "reason": "api"})  # fmt: skip
    assert "Blangko tersedia habis" in browses().get(NOTICE).words


@pytest.mark.usefixtures("announced")
def test_it_is_kept_by_caches_and_sets_no_cookie(browses):
    first = browses().get(NOTICE)
    assert first.answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.answer.headers
    assert "Vary" not in first.answer.headers
    assert "Set-Cookie" not in browses("clerk", "15.03").get(NOTICE).answer.headers
    again = browses().get(NOTICE, 304, If_None_Match=first.answer.headers["ETag"])
    assert again.text == ""
    browses().get(f"{NOTICE}?bahasa=en", 200, If_None_Match=first.answer.headers["ETag"])


@pytest.mark.usefixtures("announced")
def test_its_language_is_in_its_address_whoever_looks(browses):
    assert "Blanks available 6,000 blanks" in browses().get(f"{NOTICE}?bahasa=en").words
    visitor = browses()
    visitor.client.set_cookie("bahasa", "en", domain="localhost")
    assert "Blangko tersedia" in visitor.get(NOTICE).words


@pytest.mark.usefixtures("announced")
def test_only_this_site_and_those_named_show_it_inside_their_pages(app, browses):
    headers = browses().get(NOTICE).answer.headers
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert "X-Frame-Options" not in headers
    announce(app, frame_ancestors=["https://dukcapil.example.go.id/", "https://kab.example.go.id:8443"])
    headers = browses().get(f"{NOTICE}?ringkas").answer.headers
    wanted = "frame-ancestors 'self' https://dukcapil.example.go.id https://kab.example.go.id:8443"
    assert headers["Content-Security-Policy"].endswith(wanted)
    assert "X-Frame-Options" not in headers


@pytest.mark.usefixtures("announced")
def test_the_small_page_leads_to_the_whole_one_and_has_no_code_to_scan(browses):
    whole, small = browses().get(NOTICE).text, browses().get(f"{NOTICE}?ringkas").text
    assert 'class="qr"' in whole
    assert 'class="qr"' not in small
    assert 'href="/publik/15.03"' in small


@pytest.mark.usefixtures("announced")
def test_it_asks_the_database_four_times_at_most(browses, statements):
    visitor = browses()
    visitor.get(NOTICE)
    with statements.within(4):
        visitor.get(NOTICE)
    assert not any("nik" in statement or "name_secret" in statement for statement in statements)


def test_an_administrator_switches_it_on_and_off(browses):
    admin = browses("admin", "15")
    shown = admin.follow(admin.submit(SETTINGS, {"/shown": "true", "/exactness": "bands"}))
    assert "Pengumuman tayang di http://localhost/publik/15.03" in shown.words
    browses().get(NOTICE)
    admin.submit(SETTINGS, {"/shown": "false"})
    browses().get(NOTICE, 404)


def test_a_wrong_site_is_named_at_its_field_and_kept(browses):
    admin = browses("admin", "15")
    typed = {"/shown": "true", "/frame_ancestors": "https://dukcapil.example.go.id\nhttp://lain.example.go.id/x"}
    shown = admin.submit(SETTINGS, typed, 422)
    assert "tanpa garis miring" in shown.words
    assert shown.form(SETTINGS)["/frame_ancestors"].strip().endswith("http://lain.example.go.id/x")
    browses().get(NOTICE, 404)


def test_two_administrators_do_not_overwrite_each_other(app, browses):
    admin = browses("admin", "15")
    form = admin.get(SETTINGS).form(SETTINGS)
    announce(app, exactness=Exactness.BANDS)
    sent = dict(form.fields) | {"/exactness": "exact"}
    shown = admin._checked(admin.client.post(SETTINGS, data=sent), 412)
    assert "Sekarang: kisaran" in shown.words
    assert "Diubah oleh" in shown.words


def test_only_administrators_of_the_subtree_decide(browses):
    browses("coordinator", "15").get(SETTINGS, 403)
    browses("inspector", "0").get(SETTINGS, 403)
    browses("admin", "16").get(SETTINGS, 404)


@pytest.mark.parametrize(
    ("count", "told"), [(0, "habis"), (1, "kurang dari 100"), (99, "kurang dari 100"), (100, "100 sampai 500"),
                        (500, "100 sampai 500"), (501, "lebih dari 500")],
)  # fmt: skip
def test_bands_begin_and_end_where_they_say(count, told):
    from inventory.texts import Text

    assert rules.told(count, Exactness.BANDS, Text("habis", "none left")) == told


@pytest.mark.parametrize(
    "origin", ["http://a.go.id", "https://a", "https://a.go.id/x", "https://*.go.id", "https://a.go.id; script-src *",
               "https://a.go.id:0", "https://a.go.id:99999", "'none'", "https://a b.go.id"],
)  # fmt: skip
def test_what_is_no_plain_https_origin_is_refused(origin):
    with pytest.raises(rules.OriginWrong):
        rules.origins_of([origin])
