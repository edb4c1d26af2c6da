"""Who most tests of the API speak as, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from inventory import clock
from tests.builders import NOON, Caller


@pytest.fixture
def clerk(calls: Callable[[str, str], Caller]) -> Caller:
    """The clerk of Sarolangun."""
    return calls("clerk", "15.03")


@pytest.fixture
def chief(calls: Callable[[str, str], Caller]) -> Caller:
    """The coordinator of Sarolangun."""
    return calls("coordinator", "15.03")


@pytest.fixture
def noon() -> Iterator[None]:
    """It is 10:00 WIB on 12 March 2026."""
    with clock.telling(NOON):
        yield
