"""Real threads that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def race(n: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)` to `work(n - 1)` in threads let go at the same moment; what each answered, in that order.

    Over HTTP each request has an application context, and with it a session, of its own. Work that calls commands
    itself must push one: `with app.app_context(): ...`, which closes its session at the end. What a thread raises is
    raised here.
    """
    gate = threading.Barrier(n)

    def start(number: int) -> T:
        gate.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(n) as pool:
        return [job.result() for job in [pool.submit(start, number) for number in range(n)]]
