"""A process that is killed while it posts loses nothing that it was told is on the books."""

from __future__ import annotations

import random
import signal
import threading
import time
from datetime import date

import sqlalchemy as sa

from inventory.database import current
from inventory.retries import Once
from inventory.stock import commands, verify
from inventory.stock.commands import Arrival
from inventory.stock.models import Movement
from inventory.stock.numbers import Amount
from inventory.stock.rules import ReceiptSource
from tests.builders import actor
from tests.concurrency.processes import posters

STORE = "15.03-UTAMA"
KILLS = 3


def killed_while_posting(url, name, seconds):
    """The ids that a poster was told, before it was killed `seconds` after its first posting."""
    told = []
    with posters(url, (STORE, name, "receive", 10, 0)) as (process,):
        first = threading.Event()

        def listen():
            for line in process.stdout:
                if line.endswith("\n"):
                    told.append(int(line))
                    first.set()

        listener = threading.Thread(target=listen)
        listener.start()
        assert first.wait(20)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        assert process.wait(20) == -signal.SIGKILL
        listener.join(20)
    return told


def test_what_was_acknowledged_is_on_the_books_whenever_the_process_is_killed(app, database):
    chance = random.Random(2)
    with app.app_context():
        actor("clerk", "15.03")  # the posters speak for this user
    told = []
    for number in range(KILLS):
        acknowledged = killed_while_posting(database.url, f"kill{number}", chance.uniform(0.02, 0.4))
        told += acknowledged
        with app.app_context():
            clerk = actor("clerk", "15.03")
            assert list(verify.differences()) == []
            # Nobody knows whether the last one, not acknowledged, was made: repeating its key settles it.
            once = Once(clerk.user_id, "/test", f"kill{number}-{len(acknowledged) + 1}", b"")
            came = Arrival(STORE, "blangko", Amount(10), ReceiptSource.MINISTRY, "SJ/1", date(2026, 1, 5))
            told.append(commands.receive(clerk, came, once))
            found = set(current().scalars(sa.select(Movement.id)))
            assert found == set(told)
            assert list(verify.differences()) == []
    assert len(told) > 2 * KILLS
