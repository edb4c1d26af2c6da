"""`blangko webhooks`: call those who asked to be called."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import OperationalError

from api import beside
from inventory.database import db
from inventory.errors import Busy
from inventory.hooks import commands, delivery
from inventory.people import commands as people

webhooks = AppGroup("webhooks", help="Those who asked to be called.")
# So many webhooks are called at once: a slow one does not hold up the others.
_AT_ONCE = 8
# A sender in the background looks for shortfalls so often, in seconds.
_SHORTFALLS = 3_600


@webhooks.command("send")
@click.option("--every", type=click.IntRange(1, 3600), metavar="SECONDS", help="Go on, once in so many seconds.")
@with_appcontext
def send(every: int | None) -> None:
    """Tell every webhook what it does not know yet; in the background, look for shortfalls once an hour too."""
    if every is None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - for the threads
        click.echo(f"changes sent: {_round(app, lambda: True)}")
        return
    beside.go_on(rounds(), every)


def rounds() -> Callable[[beside.Wanted], None]:
    """The rounds of a sender in the background: shortfalls are looked for in the first and then once an hour."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - for the threads
    next_look = time.monotonic()

    def one(is_wanted: beside.Wanted) -> None:
        nonlocal next_look
        if time.monotonic() >= next_look:
            next_look = time.monotonic() + _SHORTFALLS
            commands.raise_shortfalls(people.system_actor())
        _round(app, is_wanted)

    return one


def _round(app: Flask, is_wanted: beside.Wanted) -> int:
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
