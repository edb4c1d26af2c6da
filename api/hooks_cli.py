"""`blangko webhooks`: call those who asked to be called."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import OperationalError

from inventory.database import db
from inventory.errors import Busy
from inventory.hooks import commands, delivery
from inventory.people import commands as people

webhooks = AppGroup("webhooks", help="Those who asked to be called.")
# So many webhooks are called at once: a slow one does not hold up the others.
_AT_ONCE = 8
# In seconds: a sender in the background looks for its parent, and for shortfalls.
_GLANCE, _SHORTFALLS = 0.5, 3_600


@webhooks.command("send")
@click.option("--every", type=click.IntRange(1, 3600), metavar="SECONDS", help="Go on, once in so many seconds.")
@click.option("--parent", type=int, hidden=True, help="End when this is not the parent process any more.")
@with_appcontext
def send(every: int | None, parent: int | None) -> None:
    """Tell every webhook what it does not know yet; in the background, look for shortfalls once an hour too."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - for the threads
    if every is None:
        click.echo(f"changes sent: {_round(app, lambda: True)}")
        return
    # The handlers only remember: what they raised would be lost in a callback that happens to run just then.
    told: list[int] = []
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda number, _frame: told.append(number))

    def is_wanted() -> bool:
        return not told and (parent is None or os.getppid() == parent)

    looked_at = time.monotonic() - _SHORTFALLS
    while is_wanted():
        with suppress(Busy, OperationalError):  # the next round makes up for it
            if time.monotonic() - looked_at >= _SHORTFALLS:
                looked_at = time.monotonic()
                commands.raise_shortfalls(people.system_actor())
            _round(app, is_wanted)
        db.session.remove()
        end = time.monotonic() + every
        while (left := end - time.monotonic()) > 0 and is_wanted():
            time.sleep(min(left, _GLANCE))


def _round(app: Flask, is_wanted: Callable[[], bool]) -> int:
    """Give every webhook that is due its turn; answers how many changes were taken."""
    due = delivery.due()
    db.session.remove()

    def send_to(webhook_id: int) -> int:
        if not is_wanted():
            return 0
        with app.app_context():
            try:
                return delivery.send_to(webhook_id, is_wanted=is_wanted)
            except (Busy, OperationalError):  # the next round makes up for it
                return 0
            except Exception as error:  # noqa: BLE001 - what is wrong with one must not silence the others
                click.echo(f"blangko: webhook {webhook_id}: {type(error).__name__}", err=True)
                return 0

    if not due:
        return 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return sum(pool.map(send_to, due))
