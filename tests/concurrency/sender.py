"""A sender in a process of its own that may call this very host: `python -m tests.concurrency.sender URL SECONDS`."""

from __future__ import annotations

import sys
import time
from functools import partial

from api.app import create_app
from inventory.hooks import delivery
from inventory.hooks.sending import Reach
from tests.builders import settings_for


def main(url: str, seconds: str) -> None:
    """Send in rounds for so long, and say how many changes were taken."""
    app = create_app(settings_for(url))
    send_to = partial(delivery.send_to, reach=Reach(local=True))
    print("ready", flush=True)  # noqa: T201 - it speaks to the test that started it
    sys.stdin.readline()
    taken, end = 0, time.monotonic() + float(seconds)
    while time.monotonic() < end:
        with app.app_context():
            taken += sum(map(send_to, delivery.due()))
        time.sleep(0.05)
    print(taken, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
