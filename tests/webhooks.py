"""Changes that are told, the feed that tells them, and webhooks to this very host: for tests of both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask

from inventory import clock, outbox
from inventory.database import transaction
from inventory.hooks import commands, delivery
from inventory.hooks.sending import Reach
from inventory.outbox import ChangeKind
from inventory.people import commands as people
from tests.builders import Caller

LOCAL = Reach(local=True)


def tell(app: Flask, *offices: str, kind: ChangeKind = ChangeKind.CARD_PRINTED, **more: Any) -> None:
    """One change an office that belongs to no movement, and their numbers."""
    with app.app_context():
        with transaction() as session:
            for office in offices:
                outbox.tell(session, kind, office, **more)
        commands.number_changes()


def told(caller: Caller, after: int = 0, **query: Any) -> dict[str, Any]:
    """What the feed tells after a position."""
    words = "".join(f"&{name}={value}" for name, value in query.items())
    return caller.get(f"/changes?after={after}{words}")


def add(app: Flask, url: str, office: str = "15.03", **more: Any) -> tuple[int, str]:
    """A webhook to this very host, and its secret."""
    with app.app_context():
        return commands.add_webhook(people.system_actor(), office, url, reach=LOCAL, **more)


def send(app: Flask, *, at: datetime | None = None) -> int:
    """One round of a sender."""
    with app.app_context(), clock.telling(at or clock.now()):
        return sum(delivery.send_to(one, LOCAL) for one in delivery.due())
