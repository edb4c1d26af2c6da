"""What runs beside the service: rounds of work until told to end, or until the parent has gone."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import OperationalError

from inventory.database import db
from inventory.errors import Busy

# Whoever runs beside looks so often whether it is still wanted, in seconds.
_GLANCE = 0.5
Wanted = Callable[[], bool]


def go_on(work: Callable[[Wanted], object], every: int, parent: int | None = None) -> None:
    """Do one round of `work` every so many seconds, while wanted; it is given the question whether it still is."""
    # The handlers only remember: what they raised would be lost in a callback that happens to run just then.
    told: list[int] = []
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda number, _frame: told.append(number))

    def is_wanted() -> bool:
        return not told and (parent is None or os.getppid() == parent)

    while is_wanted():
        with suppress(Busy, OperationalError):  # the next round makes up for it
            work(is_wanted)
        db.session.remove()
        end = time.monotonic() + every
        while (left := end - time.monotonic()) > 0 and is_wanted():
            time.sleep(min(left, _GLANCE))


def start(work: Callable[[Wanted], object], every: int) -> None:
    """Go on in a child for as long as this process lives, whatever program it becomes.

    A fork, as everything is loaded already: a new interpreter would load it again and hold it twice. No connection to
    the database may be open.
    """
    parent = os.getpid()
    if os.fork():
        return
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nowhere, stream)
        go_on(work, every, parent)
        code = 0
    except Exception:  # noqa: BLE001 - the child tells of it and ends; it must not return into the parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)
