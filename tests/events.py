"""An event that is planned over REST, and who plans it: for tests of plans and pledges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import Caller


def plan(**more: Any) -> dict[str, Any]:
    """The body of an event of Sarolangun."""
    return {
        "name": "Gotong royong Sarolangun",
        "kind": "gotong_royong",
        "host_office": "15.03",
        "starts_on": "2019-04-04",
        "ends_on": "2019-04-05",
        "opens_at": "08:00",
        "closes_at": "16:00",
        **more,
    }


def stop(**more: Any) -> dict[str, Any]:
    """The body of a stop on its days."""
    return {
        "name": "Kantor Camat Pauh",
        "kind": "office",
        "region": "15.03.04",
        "starts_at": "2019-04-04T08:00:00+07:00",
        "ends_at": "2019-04-05T16:00:00+07:00",
        "target_people": 3_400,
        "kits": 6,
        "minutes_per_recording": 5,
        **more,
    }


@pytest.fixture
def host(calls: Callable[[str, str], Caller]) -> Caller:
    """The coordinator of Sarolangun."""
    return calls("coordinator", "15.03")


@pytest.fixture
def province(calls: Callable[[str, str], Caller]) -> Caller:
    """The coordinator of its province."""
    return calls("coordinator", "15")


@pytest.fixture
def event(host: Caller) -> dict[str, Any]:
    """That event, planned."""
    return host.post("/events", plan())
