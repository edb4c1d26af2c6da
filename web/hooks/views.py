"""Webhooks: whom another system's changes are told, how each is doing, and what could not be told."""

from __future__ import annotations

from typing import Any

from flask import url_for

from api import paging
from api.hooks.schemas import ReplayIn, WebhookChange, WebhookIn
from inventory.access import Action
from inventory.hooks import commands, queries
from inventory.outbox import ChangeKind
from inventory.texts import Text, figure
from web.language import told, word
from web.offices.views import reachable
from web.pages import Pages, actor, done, once, see, version
from web.tables import Column, Table

pages = Pages("hooks", __name__)
_EVERYTHING = Text("semua perubahan", "every change")


def kinds_of(hook: Any) -> str:
    """What a webhook is told, in words."""
    return str(told(_EVERYTHING)) if hook.kinds is None else ", ".join(word(ChangeKind(kind)) for kind in hook.kinds)


def state_of(hook: Any) -> Text:
    """How a webhook is doing, in words."""
    if not hook.active:
        return Text("dihentikan", "stopped")
    if hook.failures:
        failed = Text("gagal {count} kali berturut-turut", "failed {count} times in a row")
        return failed.format(count=figure(hook.failures))
    return Text("berjalan", "running") if hook.last_told_at else Text("menunggu perubahan", "waiting for a change")


@pages.shows("/admin/webhook", Action.ADMINISTER)
def webhooks() -> Any:
    """The webhooks of the subtree."""
    columns = [
        Column(Text("Alamat", "Address"), "url", href=lambda row: url_for(".webhook", webhook_id=row.id)),
        Column(Text("Dinas", "Office"), "office_code"),
        Column(Text("Diberi tahu", "Is told"), kinds_of),
        Column(Text("Keadaan", "State"), state_of),
        Column(Text("Terakhir diberi tahu", "Last told"), "last_told_at", "instant"),
    ]
    table = Table(
        "webhooks",
        Text("Webhook", "Webhooks"),
        columns,
        lambda wanted: queries.list_webhooks(actor(), None, None, wanted),
        empty=Text(
            "Belum ada webhook. Tambahkan bila sistem lain perlu segera tahu apa yang terjadi.",
            "No webhooks yet. Add one where another system must know at once what happened.",
        ),
    )
    return see("hooks/webhooks.html", webhooks=table)


@pages.shows("/admin/webhook/tambah", Action.ADMINISTER)
def new_webhook() -> Any:
    """Where to call, with the changes of which office."""
    return see("hooks/new_webhook.html", offices=reachable(), kinds=list(ChangeKind), own=actor().office)


@pages.does("/admin/webhook/tambah", Action.ADMINISTER, body=WebhookIn, again=new_webhook)
def add_webhook(body: dict[str, Any]) -> Any:
    """Add it, and show its secret this once."""
    webhook_id, secret = commands.add_webhook(actor(), **body, once=once())
    return see("hooks/secret.html", hook=queries.get_webhook(actor(), webhook_id), secret=secret)


@pages.shows("/admin/webhook/<int:webhook_id>", Action.ADMINISTER)
def webhook(webhook_id: int) -> Any:
    """One webhook: how it is doing, its settings, and what it would not take."""
    hook = queries.get_webhook(actor(), webhook_id)
    columns = [
        Column(
            Text("Perubahan ke-", "Change no."),
            "position",
            "number",
            href=lambda row: url_for(".dead_letter", webhook_id=webhook_id, position=row.position),
        ),
        Column(Text("Gagal sejak", "Failed since"), "dead_at", "instant"),
        Column(Text("Percobaan", "Tries"), "tries", "number"),
        Column(Text("Sebab", "Reason"), "last_error", "word"),
        Column(Text("Jawaban HTTP", "HTTP answer"), "last_status"),
        Column(Text("Dikirim ulang", "Sent after all"), "told_at", "instant"),
    ]
    letters = Table(
        "dead_letters",
        Text("Perubahan yang gagal dikirim", "Changes that could not be sent"),
        columns,
        lambda wanted: queries.list_dead_letters(actor(), webhook_id, None, wanted),
        turn=(paging.number,),
        empty=Text("Tidak ada yang gagal.", "Nothing failed."),
    )
    return see(
        "hooks/webhook.html",
        hook=hook,
        letters=letters,
        kinds=list(ChangeKind),
        told_kinds=kinds_of(hook),
        state=state_of(hook),
    )


@pages.does("/admin/webhook/<int:webhook_id>", Action.ADMINISTER, body=WebhookChange, again=webhook)
def change_webhook(webhook_id: int, body: dict[str, Any]) -> Any:
    """Send it elsewhere, tell it something else, stop it or let it go on."""
    commands.change_webhook(actor(), webhook_id, version(), body, once=once())
    return done("hooks_pages.webhook", Text("Webhook disimpan.", "The webhook is saved."), webhook_id=webhook_id)


@pages.does("/admin/webhook/<int:webhook_id>/ulang", Action.ADMINISTER, body=ReplayIn, again=webhook)
def replay(webhook_id: int, body: dict[str, Any]) -> Any:
    """Tell it again everything behind a position."""
    commands.replay(actor(), webhook_id, body["after"], once())
    text = Text("Semua perubahan sesudah nomor {after} dikirim lagi.", "Every change behind {after} is sent again.")
    return done("hooks_pages.webhook", text.format(after=figure(body["after"])), webhook_id=webhook_id)


@pages.shows("/admin/webhook/<int:webhook_id>/gagal/<int:position>", Action.ADMINISTER)
def dead_letter(webhook_id: int, position: int) -> Any:
    """One change that it would not take."""
    letter = queries.get_dead_letter(actor(), webhook_id, position)
    return see("hooks/dead_letter.html", hook=queries.get_webhook(actor(), webhook_id), letter=letter)


@pages.does("/admin/webhook/<int:webhook_id>/gagal/<int:position>", Action.ADMINISTER, again=dead_letter)
def retry(webhook_id: int, position: int) -> Any:
    """Send it once more, with the sender's next round."""
    commands.retry_dead_letter(actor(), webhook_id, position, once())
    text = Text("Dikirim sekali lagi sebentar lagi.", "It is sent once more in a moment.")
    return done("hooks_pages.dead_letter", text, webhook_id=webhook_id, position=position)
