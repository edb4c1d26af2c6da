"""What tests build with: settings, callers, a first stock, and a noon."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from api.config import Settings
from inventory.access import Actor, Role
from inventory.keys import Keyring, derive
from inventory.people import commands as people

_numbers = itertools.count(1)
SECRET = "a secret for tests only"
NOON = datetime(2026, 3, 12, 3, 0, 0, 250_000, tzinfo=UTC)  # 10:00 WIB, and a quarter of a second


def settings_for(url: str, **changes: Any) -> Settings:
    """Settings for a test application."""
    usual: dict[str, Any] = {
        "database_url": url,
        "host": "127.0.0.1",
        "port": 8000,
        "workers": 1,
        "max_body_bytes": 8_000_000,
        "trusted_proxies": 0,
        "public_url": "",
        "log_json": True,
        "failed_tokens_per_minute": 1000,
        "document_checks_per_minute": 1000,
        "ledger_dir": Path("nowhere"),
        "seal_every": 0,
        "send_every": 0,
        "https": False,
        "second_factor": frozenset(),
        "keyring": Keyring({1: derive(SECRET, "encryption")}, derive(SECRET, "index"), derive(SECRET, "signing")),
    }
    return Settings(**{**usual, **changes})


def actor(role: str, office: str) -> Actor:
    """The standing user of a role at an office (needs an application context)."""
    return Actor(people.user_at(Role(role), office), Role(role), office)


class Caller:
    """Somebody who speaks to the API with a token of one role and office."""

    def __init__(self, app: Flask, role: str, office: str) -> None:
        self.app, self.role, self.office = app, role, office
        with app.app_context():
            self.actor = actor(role, office)
            _, self.token = people.issue_token(people.system_actor(), self.actor.user_id, "test")

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> TestResponse:
        """Send a request; POSTs get a fresh Idempotency-Key unless `key` is one, or None for no key."""
        sent = {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if method == "POST" and key is not None:
            sent["Idempotency-Key"] = key or f"key-{next(_numbers)}"
        client = self.app.test_client()
        return client.open(f"/api/v1{path}", method=method, json=body, headers=sent)

    def get(self, path: str, expect: int = 200, **headers: str) -> Any:
        """GET, check the status, answer the JSON."""
        return _json(self.send("GET", path, **headers), expect)

    def post(self, path: str, body: Any = None, expect: int = 201, *, key: str | None = "", **headers: str) -> Any:
        """POST, check the status, answer the JSON."""
        return _json(self.send("POST", path, body, key=key, **headers), expect)

    def patch(self, path: str, body: Any, expect: int = 200, **headers: str) -> Any:
        """PATCH with the ETag read just before (unless If_Match is given), check the status, answer the JSON."""
        headers.setdefault("If_Match", self.send("GET", path).headers.get("ETag", '"0"'))
        return _json(self.send("PATCH", path, body, **headers), expect)

    def stock(self, store: str, item: str = "blangko", **more: str) -> dict[str, int]:
        """The totals of a store and item over all owners and events, ends included."""
        query = "".join(f"&{name}={value}" for name, value in more.items())
        rows = self.get(f"/stock?store={store}&item={item}&include=ends{query}")["items"]
        names = ["on_hand", "in_custody", "in_transit", "printed", "spoiled", "issued", "consumed", "destroyed", "lost"]
        return {name: sum(row[name] for row in rows) for name in names}


def _json(answer: TestResponse, expect: int) -> Any:
    assert answer.status_code == expect, f"{answer.status_code} {answer.get_data(as_text=True)}"
    return answer.get_json(silent=True)


def receipt(store: str, quantity: int, item: str = "blangko", **more: Any) -> dict[str, Any]:
    """The body of a receipt from the ministry."""
    return {
        "store": store,
        "item": item,
        "quantity": quantity,
        "source": "ministry",
        "document_number": "SJ/1",
        "received_on": "2026-01-05",
        **more,
    }
