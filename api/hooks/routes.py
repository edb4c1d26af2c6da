"""Hooks for others: GET /changes, GET, POST /webhooks, GET, PATCH /webhooks/{id}, /replay, /dead-letters."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once, version
from api.hooks.schemas import (
    ChangesOut,
    ChangesQuery,
    DeadLetterOut,
    DeadLetterPage,
    DeadLetterQuery,
    NewWebhookOut,
    ReplayIn,
    WebhookChange,
    WebhookIn,
    WebhookOut,
    WebhookPage,
    WebhookQuery,
)
from api.versions import with_etag
from inventory.access import Action
from inventory.hooks import commands, queries

blp = Routes("hooks", __name__, description="Hooks for others: what happened, to be read or to be called with")


@blp.serves("GET /changes", Action.READ_RECORDINGS, query=ChangesQuery, answer=ChangesOut)
def list_changes(query: dict[str, Any]) -> Any:
    """What happened in your subtree behind a position, in order; nothing ever turns up below a position once given.

    Remember `last` and ask again behind it. There may be no items and still `more`.
    """
    return queries.read_changes(actor(), **query)


@blp.serves("GET /webhooks", Action.ADMINISTER, query=WebhookQuery, answer=WebhookPage)
def list_webhooks(query: dict[str, Any]) -> Any:
    """The webhooks of your subtree, and how each is doing."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_webhooks(actor(), query["office"], query["active"], wanted))


@blp.serves("POST /webhooks", Action.ADMINISTER, body=WebhookIn, answer=NewWebhookOut, status=201)
def add_webhook(body: dict[str, Any]) -> Any:
    """Have an address called with every change of an office; its secret is shown this once."""
    webhook_id, secret = commands.add_webhook(actor(), **body)
    return {"id": webhook_id, "secret": secret, "cursor": queries.get_webhook(actor(), webhook_id).cursor}


@blp.serves("GET /webhooks/<int:webhook_id>", Action.ADMINISTER, answer=WebhookOut)
def show_webhook(webhook_id: int) -> Any:
    """One webhook, and how it is doing."""
    return with_etag(queries.get_webhook(actor(), webhook_id))


@blp.serves("PATCH /webhooks/<int:webhook_id>", Action.ADMINISTER, body=WebhookChange, answer=WebhookOut)
def change_webhook(webhook_id: int, body: dict[str, Any]) -> Any:
    """Change a webhook's address or kinds, stop it or let it go on; it is tried again at once."""
    changed = commands.change_webhook(actor(), webhook_id, version(), body)
    return with_etag(queries.get_webhook(actor(), changed))


@blp.serves(
    "POST /webhooks/<int:webhook_id>/replay", Action.ADMINISTER, body=ReplayIn, answer=WebhookOut, key=Key.OPTIONAL
)
def replay(webhook_id: int, body: dict[str, Any]) -> Any:
    """Tell a webhook again everything behind a position."""
    return with_etag(queries.get_webhook(actor(), commands.replay(actor(), webhook_id, body["after"], once())))


@blp.serves(
    "GET /webhooks/<int:webhook_id>/dead-letters", Action.ADMINISTER, query=DeadLetterQuery, answer=DeadLetterPage
)
def list_dead_letters(webhook_id: int, query: dict[str, Any]) -> Any:
    """What a webhook would not take."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_dead_letters(actor(), webhook_id, query["told"], wanted))


@blp.serves(
    "POST /webhooks/<int:webhook_id>/dead-letters/<int:position>/retry",
    Action.ADMINISTER,
    answer=DeadLetterOut,
    key=Key.OPTIONAL,
)
def retry_dead_letter(webhook_id: int, position: int) -> Any:
    """Send a dead letter once more, with the next round of the sender."""
    asked = commands.retry_dead_letter(actor(), webhook_id, position, once())
    return queries.get_dead_letter(actor(), webhook_id, asked)
