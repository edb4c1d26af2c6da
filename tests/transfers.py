"""The two ends of a transfer, and how it is asked for: for tests of transfers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import Caller

FROM, TO = "15-UTAMA", "15.03-UTAMA"


@pytest.fixture
def province(calls: Callable[[str, str], Caller]) -> Caller:
    """The administrator of Jambi."""
    return calls("admin", "15")


@pytest.fixture
def regency(calls: Callable[[str, str], Caller]) -> Caller:
    """The clerk of Sarolangun."""
    return calls("clerk", "15.03")


def wish(quantity: Any = 1_000, from_store: str = FROM, to_store: str = TO, **more: Any) -> dict[str, Any]:
    """The body of a request, right or wrong."""
    return {"from_store": from_store, "to_store": to_store, "item": "blangko", "quantity": quantity, **more}
