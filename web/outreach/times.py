"""Instants on the clocks of an event's host."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def clock_on(instant: datetime, zone: str) -> datetime:
    """The same instant as the host's clocks show it."""
    return instant.astimezone(ZoneInfo(zone))


def days_of(event: Any) -> list[date]:
    """Every day of an event."""
    return [event.starts_on + timedelta(days=count) for count in range((event.ends_on - event.starts_on).days + 1)]


def hours(window: Any, zone: str) -> str:
    """From when to when, on the host's clocks: 08.00 to 16.00."""
    starts, ends = clock_on(window.starts_at, zone), clock_on(window.ends_at, zone)
    return f"{starts:%H.%M}\u2013{ends:%H.%M}"


def instant_of(value: object) -> datetime:
    """An instant out of a cursor."""
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError(value)
    return found
