"""How long the blanks of an office last, in working days and in words: pure, like the rules it speaks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil, floor

from inventory.planning.flags import CONSIGNMENT_DAYS
from inventory.planning.rules import CRITICAL_DAYS, RECENT_DAYS, WARNING_DAYS, days_of_cover, has_nothing
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
        """Whether it is a regency that `rules.has_nothing`: no list of who runs out names it."""
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
