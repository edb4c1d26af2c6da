"""Whoever counts what an event left is not told what the books say, from the end of its last day until it is closed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import transaction
from inventory.outreach.models import Event
from tests.builders import receipt
from tests.outreach import running_event

NEVER = ("Sisa di gudang acara 120", "Menurut target", "Tersedia", "Yang membatasi")


@pytest.fixture
def event(app, calls):
    """An event of Sarolangun that runs until tomorrow, with 120 blanks in its store: its address."""
    made = running_event(app, "15.03")
    today = clock.business_day("Asia/Jakarta")
    with app.app_context(), transaction() as session:
        days = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=1)}
        session.execute(sa.update(Event).where(Event.id == made.id).values(**days, started_at=clock.now()))
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 120, received_on=today.isoformat()))
    boss = calls("coordinator", "15.03")
    body = {"store": "15.03-UTAMA", "item": "blangko", "quantity": 120}
    pledge = boss.post(f"/events/{made.id}/pledges", body)["id"]
    boss.post(f"/events/{made.id}/pledges/{pledge}/bring", {}, 200)
    return f"/koordinasi/kegiatan/{made.id}"


@pytest.fixture
def afterwards(event):
    """The day after the last one."""
    with clock.telling(datetime.now(UTC) + timedelta(days=2)):
        yield


def test_while_it_runs_everybody_sees_what_is_left(browses, event):
    for role in ("field", "printer", "clerk", "coordinator"):
        assert "Sisa di gudang acara 120 keping" in browses(role, "15.03").get(event).words


@pytest.mark.usefixtures("afterwards")
@pytest.mark.parametrize("role", ["field", "printer", "clerk"])
def test_once_the_last_day_is_over_who_counts_sees_no_figure_that_gives_it_away(browses, event, role):
    guest = browses(role, "15.03")
    parts = ["", "/penyelesaian"] + (["/dukungan"] if role == "clerk" else [])
    for part in parts:
        shown = guest.get(f"{event}{part}")
        assert "120" not in shown.words.replace(event, ""), part
        assert not [words for words in NEVER if words in shown.words], part
    assert "dihitung tanpa melihat catatan" in guest.get(event).words
    assert "Pemilik Barang Dari gudang Status" in guest.get(event).words
    assert "120" not in guest.get(f"{event}?unduh=pool.csv").text
    assert "120" not in guest.get(f"{event}/penyelesaian?unduh=goods.csv").text
    assert "Cukup untuk: blangko" not in guest.get(event.replace("koordinasi/kegiatan", "cetak/malam")).words
    listed = guest.get("/koordinasi/kegiatan?tab=running").words
    assert "Blangko dukungan" in listed
    assert "120" not in listed
    assert "120" not in guest.get("/koordinasi/kegiatan?tab=running&unduh=events.csv").text


@pytest.mark.usefixtures("afterwards")
@pytest.mark.parametrize(("role", "office"), [("coordinator", "15.03"), ("inspector", "15"), ("admin", "15")])
def test_who_approves_or_only_looks_still_sees_them(browses, event, role, office):
    assert "Sisa di gudang acara 120 keping" in browses(role, office).get(event).words
    assert "Dibawa 120" in browses(role, office).get(f"{event}/penyelesaian").words
    night = browses(role, office).get(event.replace("koordinasi/kegiatan", "cetak/malam"))
    assert "Cukup untuk: blangko 120" in night.words


@pytest.mark.usefixtures("afterwards")
def test_the_close_shows_them_again(browses, event):
    boss = browses("coordinator", "15.03")
    boss.submit(f"{event}/tutup", {"/counts/0/quantity": "120"})
    shown = browses("field", "15.03").get(f"{event}/penyelesaian").words
    assert "Setiap keping dari 120 yang dibawa sudah dipertanggungjawabkan." in shown
    assert "Jumlah" in browses("field", "15.03").get(event).words


@pytest.mark.usefixtures("afterwards")
def test_an_empty_count_is_asked_for_in_words_at_its_field(browses, event):
    boss = browses("coordinator", "15.03")
    refused = boss.submit(f"{event}/tutup", {"/counts/0/quantity": ""}, 422)
    assert "Tulis hasil hitungan." in refused.words
    assert 'href="#f-counts-0-quantity"' in refused.text


def test_what_was_short_on_arrival_is_told_apart_from_what_was_lost_at_the_event(browses, calls, app):
    made = running_event(app, "15.03")
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 120))
    boss, visitor = calls("coordinator", "15.03"), browses("coordinator", "15.03")
    path, page = f"/events/{made.id}/pledges", f"/koordinasi/kegiatan/{made.id}"
    pledge = boss.post(path, {"store": "15.03-UTAMA", "item": "blangko", "quantity": 120})["id"]
    short = {"quantity": 110, "reason": "satu amplop tertinggal"}
    boss.post(f"{path}/{pledge}/bring", short, 200)
    told = {"/counts/0/quantity": "108", "/explanations/0/reason": "dua basah"}
    visitor.submit(f"{page}/tutup", told)
    shown = visitor.get(f"{page}/penyelesaian")
    assert "12 keping hilang dari 120 yang dibawa." in shown.words
    [transfer] = [row["id"] for row in boss.get("/transfers")["items"] if row["status"] == "disputed"]
    said = f"10 kurang saat tiba ( kiriman {transfer} : satu amplop tertinggal), masih dicari."
    assert said in shown.words
    assert re.search(rf'href="/gudang/[a-z-]+/{transfer}"', shown.text)
    assert "2 hilang di acara (dua basah)." in shown.words
