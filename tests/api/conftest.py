"""Who most tests of the API speak as, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from inventory import clock
from tests.builders import Caller


@pytest.fixture
def clerk(calls: Callable[[str, str], Caller]) -> Caller:
    """The clerk of Sarolangun."""
    return calls("clerk", "15.03")


@pytest.fixture
def chief(calls: Callable[[str, str], Caller]) -> Caller:
    """The coordinator of Sarolangun."""
    return calls("coordinator", "15.03")


@pytest.fixture
def noon() -> Iterator[datetime]:
    """It is 10:00 WIB on 12 March 2026, and a quarter of a second."""
    now = datetime(2026, 3, 12, 3, 0, 0, 250_000, tzinfo=UTC)
    with clock.telling(now):
        yield now
