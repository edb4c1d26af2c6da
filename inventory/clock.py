"""The only clock: aware UTC instants, and the business day of an office (Indonesia has three time zones)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _told.get() or datetime.now(UTC)


def business_day(time_zone: str) -> date:
    """The calendar day that an office in `time_zone` is working on now."""
    return now().astimezone(ZoneInfo(time_zone)).date()


@contextmanager
def telling(instant: datetime) -> Iterator[None]:
    """Make `now()` answer `instant` inside the block: for demo data of past years, and for tests."""
    if instant.tzinfo is None:
        raise ValueError("the clock tells aware instants only")
    token = _told.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)
