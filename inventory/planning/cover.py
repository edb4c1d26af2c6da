"""How long the blanks of an office last, in working days and in words: pure, like the rules it speaks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from inventory.offices.rules import OfficeLevel, level_of
from inventory.planning.flags import CONSIGNMENT_DAYS
from inventory.planning.rules import (
    CRITICAL_DAYS,
    RECENT_DAYS,
    WARNING_DAYS,
    Consignment,
    Severity,
    severity,
    working_days,
)
from inventory.texts import Text, figure

# Who has more lacks nothing for now, however much it is.
A_YEAR = 250
_UNKNOWN = Text("belum diketahui", "not known")
_NOTHING = Text("habis", "nothing left")
_NOT_A_DAY = Text("kurang dari satu hari kerja", "less than one working day")
_LONG = Text("cukup untuk lebih dari setahun", "enough for more than a year")
_ENOUGH = Text("cukup untuk {days} hari kerja", "enough for {days} working days")
_ONE = Text("cukup untuk satu hari kerja", "enough for one working day")


@dataclass(frozen=True, slots=True)
class Cover:
    """The blanks in an office's ordinary stores, and what printing took of them on the working days of late.

    `on_hand` are its own and free; `earmarked` lie beside them, set aside for events. It orders at `reorder_at`.
    """

    office: str
    name: str
    on_hand: int
    earmarked: int
    used: int
    working_days: int
    reorder_at: int | None = None

    @property
    def used_per_day(self) -> Fraction:
        """What a working day takes; 0 where nothing was printed."""
        return Fraction(self.used, self.working_days) if self.working_days else Fraction(0)

    @property
    def days(self) -> Fraction | None:
        """How many working days the free blanks last; None when nothing is used."""
        return days_of_cover(self.on_hand, self.used_per_day)

    def lasts_at_most(self, days: int) -> bool:
        """Whether it is known to run out within so many working days."""
        return bool(self.used and self.working_days) and self.on_hand * self.working_days <= days * self.used

    @property
    def reorder_level(self) -> int | None:
        """Where the office orders: its own figure, else what is used while a consignment is under way, else none."""
        return self.reorder_at if self.reorder_at is not None else ceil(CONSIGNMENT_DAYS * self.used_per_day) or None

    @property
    def days_to_reorder(self) -> Fraction | None:
        """How many working days until the office orders; 0 when it should have, None when nothing is used."""
        return days_of_cover(max(0, self.on_hand - (self.reorder_level or 0)), self.used_per_day)

    @property
    def in_words(self) -> Text:
        """How long that is, as people say it; whoever has nothing left has nothing left, whatever it uses."""
        return in_words(self.days) if self.on_hand > 0 else _NOTHING

    @property
    def has_nothing(self) -> bool:
        """Whether it is a regency that `has_nothing`: no list of who runs out names it."""
        return has_nothing(self.office, self.on_hand, self.used)

    @property
    def tone(self) -> int:
        """How pressing it is: 4 is the first to look at, 1 has no haste, 0 is not known."""
        if self.on_hand <= 0:
            return 4
        if self.days is None:
            return 0
        steps = (CRITICAL_DAYS, WARNING_DAYS, RECENT_DAYS)
        return next((4 - step for step, days in enumerate(steps) if floor(self.days) <= days), 1)

    def plus(self, quantity: int) -> Cover:
        """The same office with so many more, or fewer."""
        return replace(self, on_hand=self.on_hand + quantity)


@dataclass(frozen=True, slots=True)
class OfficeUse:
    """What an office has in its ordinary stores, what it printed lately, and what is on its way to it."""

    office: str
    name: str
    stock: int
    used: int
    working_days: int
    coming: tuple[Consignment, ...] = ()

    @property
    def has_nothing(self) -> bool:
        """Whether it is a regency that `has_nothing`: no forecast by use names it."""
        return has_nothing(self.office, self.stock, self.used)


@dataclass(frozen=True, slots=True)
class Dry:
    """When an office runs out, by its recent use; `quantity` is what it lacks to the end of the period."""

    severity: Severity
    use_per_working_day: float
    cover_working_days: float
    runs_out_on: date
    days_left: int
    quantity: int


def has_nothing(office: str, stock: int, used: int) -> bool:
    """Whether a regency has no blank and printed nothing lately: how long its stock lasts says nothing of it."""
    return stock <= 0 and not used and level_of(office) is OfficeLevel.REGENCY


def days_of_cover(on_hand: int, used_per_day: Fraction) -> Fraction | None:
    """How many days the stock lasts at this use; None when nothing is used, for then nothing is known."""
    return None if not used_per_day else on_hand / used_per_day


def in_words(days: Fraction | None) -> Text:
    """Working days of cover as people say them, never more than there are."""
    if days is None:
        return _UNKNOWN
    if days <= 0:
        return _NOTHING
    if days < 1:
        return _NOT_A_DAY
    if days > A_YEAR:
        return _LONG
    return _ONE if floor(days) == 1 else _ENOUGH.format(days=figure(floor(days)))


def runs_out_on(days: Fraction, as_of: date, coming: Sequence[date]) -> date | None:
    """The day the last blank goes: as many of the working days `coming` after `as_of` as the stock lasts.

    None where it lasts longer than they reach; with nothing left it is `as_of`.
    """
    if days <= 0:
        return as_of
    return coming[ceil(days) - 1] if days <= len(coming) else None


def dry(use: OfficeUse, as_of: date, within_days: int, holidays: AbstractSet[date]) -> Dry | None:
    """When the office runs out, if that is within so many days; None without recent use."""
    if not use.used or not use.working_days:
        return None
    daily = Fraction(use.used, use.working_days)
    cover = use.stock / daily
    coming = working_days(as_of + timedelta(days=1), as_of + timedelta(days=within_days), holidays)
    on = runs_out_on(cover, as_of, coming)
    if on is None:
        return None
    days_left = (on - as_of).days
    return Dry(
        severity=severity(days_left),
        use_per_working_day=round(float(daily), 2),
        cover_working_days=round(float(cover), 2),
        runs_out_on=on,
        days_left=days_left,
        quantity=ceil(len(coming) * daily - use.stock),
    )


def worst_first(covers: Iterable[Cover]) -> list[Cover]:
    """Those with nothing left, then those that run out first, then those of whom nothing is known."""
    return sorted(covers, key=_haste)


def _haste(one: Cover) -> tuple[bool, bool, float, str]:
    known = bool(one.used and one.working_days)
    # A float is enough for an order, and of a nation's offices fractions take their time to compare.
    return one.on_hand > 0, not known, one.on_hand * one.working_days / one.used if known else 0, one.office


def together(covers: Iterable[Cover], key: Callable[[Cover], str], names: dict[str, str]) -> list[Cover]:
    """One cover for each key that `names` knows: stock and use are added up."""
    parts: dict[str, list[Cover]] = {code: [] for code in names}
    for one in covers:
        if (of_key := parts.get(key(one))) is not None:
            of_key.append(one)
    return [
        Cover(
            code,
            names[code],
            on_hand=sum(one.on_hand for one in found),
            earmarked=sum(one.earmarked for one in found),
            used=sum(one.used for one in found),
            working_days=found[-1].working_days if found else 0,
        )
        for code, found in parts.items()
    ]
