"""A month of events as a page draws it: weeks from Monday, each day with what is on."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from web.language import language


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day, and the events that touch it."""

    day: date
    inside: bool
    events: list[Any]


@dataclass(frozen=True, slots=True)
class Month:
    """A month with its neighbours, and its weeks."""

    first: date
    last: date
    weeks: list[list[CalendarDay]]

    @property
    def before(self) -> str:
        """The month before, as an address names it."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after."""
        return f"{self.last + timedelta(days=1):%Y-%m}"


def ends_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of a day."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_of(first: date, events: Sequence[Any]) -> Month:
    """The month that begins on `first`, with these events."""
    last = ends_of(first)[1]
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        last,
        [
            [
                CalendarDay(
                    day,
                    day.month == first.month,
                    [each for each in events if each.starts_on <= day <= each.ends_on and day.month == first.month],
                )
                for day in week
            ]
            for week in weeks
        ],
    )


def month_name(day: date) -> str:
    """A month as people write it: Desember 2026."""
    return str(format_date(day, "MMMM y", locale=language()))


def day_name(day: date) -> str:
    """A weekday's name: Senin."""
    return str(format_date(day, "EEEE", locale=language()))
