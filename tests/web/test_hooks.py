"""Webhooks, as an administrator sees them."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import db, transaction
from inventory.hooks import sending

LIST, NEW = "/admin/webhook", "/admin/webhook/tambah"
TYPED = {"/office": "15.03", "/url": "https://simpan.example.go.id/kait", "/kinds": "card_printed"}


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    """Every name leads to one public address."""
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", ("8.8.8.8", 443))])


def added(admin):
    """The address of a new webhook's page."""
    return re.search(r'href="(/admin/webhook/\d+)"', admin.submit(NEW, TYPED, 200).text).group(1)


def dead_letter(app, webhook):
    with app.app_context(), transaction() as session:
        session.execute(
            sa.text("INSERT INTO dead_letters (webhook_id, position, tries, last_status, last_error, dead_at)"
                    " VALUES (:id, 7, 12, 500, 'answer_refused', :at)").bindparams(
                sa.bindparam("at", type_=db.metadata.tables["dead_letters"].c.dead_at.type)),
            {"id": int(webhook.rpartition("/")[2]), "at": clock.now()},
        )  # fmt: skip


def test_a_secret_is_shown_once_also_to_who_clicks_twice(browses):
    admin = browses("admin", "15")
    first = admin.submit(NEW, TYPED, 200, key="twice")
    assert re.search(r"blh_[\w-]{40,}", first.text)
    again = admin.submit(NEW, TYPED, 200, key="twice")
    assert "blh_" not in again.text
    assert "sudah dibuat tadi" in again.words
    shown = admin.get(LIST)
    assert shown.text.count("simpan.example.go.id") == 1
    assert "kartu tercetak" in shown.words
    assert "blh_" not in shown.text


def test_an_address_inside_is_refused_at_its_field_and_kept(browses):
    shown = browses("admin", "15").submit(NEW, TYPED | {"/url": "https://127.0.0.1/kait"}, 422)
    assert 'id="f-url-fault"' in shown.text
    assert shown.form(NEW)["/url"] == "https://127.0.0.1/kait"


def test_a_webhook_is_stopped_and_told_everything(browses):
    admin = browses("admin", "15")
    page = added(admin)
    shown = admin.follow(admin.submit(page, {"/active": "false", "/kinds": ""}))
    assert "dihentikan" in shown.words
    assert "semua perubahan" in shown.words


def test_who_was_slower_sees_the_present_address(browses, calls):
    admin = browses("admin", "15")
    page = added(admin)
    form = admin.get(page).form(page)
    calls("admin", "0").patch(page.replace("/admin/webhook", "/webhooks"), {"url": "https://lain.example.go.id/kait"})
    shown = admin._checked(admin.client.post(page, data=dict(form.fields)), 412)
    assert "Sekarang: https://lain.example.go.id/kait" in shown.words


def test_what_failed_is_listed_and_sent_once_more(app, browses):
    admin = browses("admin", "15")
    page = added(admin)
    assert "Tidak ada yang gagal." in admin.get(page).words
    dead_letter(app, page)
    assert "ditolak oleh penerima" in admin.get(page).words
    shown = admin.follow(admin.submit(f"{page}/gagal/7"))
    assert "Dikirim sekali lagi sebentar lagi." in shown.words
    assert "Diminta lagi" in shown.words


def test_changes_are_sent_again_from_a_position_that_was_reached(browses):
    admin = browses("admin", "15")
    page = added(admin)
    shown = admin.submit(f"{page}/ulang", {"/after": "99"}, 409, page=page)
    assert 'id="f-after-fault"' in shown.text
    assert "dikirim lagi" in admin.follow(admin.submit(f"{page}/ulang", {"/after": "0"}, page=page)).words


def test_only_administrators_of_the_subtree_see_a_webhook(browses):
    page = added(browses("admin", "15"))
    for role in ("coordinator", "inspector"):
        browses(role, "15").get(LIST, 403)
    browses("admin", "16").get(page, 404)
    assert "Belum ada webhook" in browses("admin", "16").get(LIST).words


def test_the_pages_of_webhooks_ask_the_database_little(app, browses, statements):
    admin = browses("admin", "15")
    page = added(admin)
    dead_letter(app, page)
    for address in (LIST, NEW, page, f"{page}/gagal/7"):
        with statements.within(12):
            admin.get(address)
