"""Where the marks of a drawing go: pure arithmetic, so that templates only write it down.

Each drawing exists twice, wide and narrow, because text inside a scaled picture would be too small on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

LARGE, SMALL = 720, 340
_LETTER = 7.6  # a letter's width at the size of the labels
_MOST_TICKS = {LARGE: 6, SMALL: 4}
_EVEN = 7  # from here on, steps that differ by one look the same
_TILE = 72
_FEW_TILES, _FEW_COLUMNS = 16, 4
_ROW, _BAR = 74, 53


@dataclass(frozen=True, slots=True)
class Tick:
    """A round value of an axis and where it lies."""

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place; `anchor` is start, middle or end."""

    text: str
    x: float
    y: float
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight axis from `low` to `high`, drawn from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value lies; one outside the axis lies at its end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int) -> list[Tick]:
        """Round values on the axis."""
        step = _step(self.low, self.high, most)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [Tick(_clean(count * step), self.at(count * step)) for count in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Line:
    """A running balance: its curve, the area under it, its axes and the last point."""

    width: int
    height: int
    left: float
    right: float
    bottom: float
    path: str
    area: str
    ticks: list[Tick]
    labels: list[Mark]
    last: tuple[float, float] | None
    limit: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its label above it."""

    label: str
    value: float
    href: str | None
    tone: str
    y: float
    x: float
    length: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that share an axis from zero."""

    width: int
    height: int
    row: int
    zero: float
    track: float
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the stacked bar: what it is, how much, and the class of its colour."""

    number: int
    label: str
    value: float
    tone: str
    x: float
    length: float
    shows_number: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """A need from low to high, what is likely, and what the target says; `words` is how far its label reaches."""

    label: str
    low: float | None
    likely: float | None
    high: float | None
    by_target: float | None
    y: float
    words: float
    x_low: float
    x_likely: float
    x_high: float
    x_target: float


@dataclass(frozen=True, slots=True)
class Ranges:
    """Needs against supply on one axis; `have` is the line where supply ends."""

    width: int
    height: int
    left: float
    right: float
    supply_y: float
    total: float
    x_total: float
    have: str
    slices: list[Slice]
    rows: list[Reach]
    ticks: list[Tick]
    axis_y: float


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map: where it lies, its name in lines, and what it shows."""

    x: int
    y: int
    lines: list[str]
    of: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tiles:
    """A map of equal squares, in the order of their codes; `laid` as the land lies, not by code."""

    width: int
    height: int
    side: int
    laid: bool
    tiles: list[Tile]


def line(points: Sequence[tuple[Any, float]], threshold: float | None = None, width: int = LARGE) -> Line:
    """A running balance as a curve of steps: it stays where it is until something moves it."""
    values = [float(value) for _, value in points]
    axis = _axis([*values, 0.0, *([] if threshold is None else [float(threshold)])])
    height = 280 if width == LARGE else 230
    bottom, right = height - 28.0, width - 12.0
    up = Scale(axis[0], axis[1], bottom, 14.0)
    ticks = up.ticks(5)
    left = 16 + _LETTER * max(len(_written(tick.value)) for tick in ticks)
    across = Scale(0, max(len(values) - 1, 1), left, right)
    places = [(across.at(count), up.at(value)) for count, value in enumerate(values)]
    path, limit = _steps(places), None if threshold is None else up.at(threshold)
    ground = up.at(0)
    area = f"{path}V{ground}H{places[0][0]}Z" if len(places) > 1 else ""
    return Line(
        width,
        height,
        round(left, 1),
        right,
        bottom,
        path,
        area,
        ticks,
        _labels([str(label) for label, _ in points], across, height - 8.0),
        places[-1] if places else None,
        limit,
    )


def bars(rows: Sequence[Sequence[Any]], width: int = LARGE) -> Bars:
    """Bars from zero, each below its label; `rows` are (label, value, href, tone), the last two may be left out."""
    full = [(*row, None, None)[:4] for row in rows]
    numbers = [float(row[1]) for row in full]
    axis = Scale(min([0.0, *numbers]), max([0.0, *numbers]) or 1.0, 2.0, width - 2.0)
    zero = axis.at(0)
    drawn = []
    for count, (label, value, href, tone) in enumerate(full):
        end = axis.at(float(value))
        length = round(abs(end - zero), 1)
        drawn.append(Bar(str(label), value, href, tone or "1", 4.0 + count * _BAR, min(zero, end), length))
    return Bars(width, max(len(full) * _BAR, 20), _BAR, zero, width - 4.0, drawn)


def ranges(rows: Sequence[Mapping[str, Any]], supply: Sequence[Sequence[Any]], width: int = LARGE) -> Ranges:
    """Needs (low, likely, high, by_target) below the supply that is to meet them, on one axis from zero."""
    total = float(sum(part[1] for part in supply))
    said = [float(row[name]) for row in rows for name in ("low", "likely", "high", "by_target") if _has(row, name)]
    axis = Scale(0.0, _axis([total, *said, 0.0])[1], 10.0, width - 34.0)
    starts = list(accumulate((float(part[1]) for part in supply), initial=0.0))
    slices = []
    for count, part in enumerate(supply):
        x, end = axis.at(starts[count]), axis.at(starts[count + 1])
        tone = part[2] if len(part) > 2 and part[2] else str(count % 5 + 1)  # noqa: PLR2004 - the tone may be left out
        slices.append(Slice(count + 1, str(part[0]), part[1], str(tone), x, round(end - x, 1), end - x >= 18))  # noqa: PLR2004
    drawn = [_reach(row, axis, 100.0 + count * _ROW) for count, row in enumerate(rows)]
    bottom = 84.0 + len(rows) * _ROW
    ticks = axis.ticks(_MOST_TICKS.get(width, 4))
    x_total = axis.at(total)
    have = _line_of_supply(x_total, drawn, bottom)
    return Ranges(
        width, int(bottom + 30), axis.start, axis.end, 26.0, total, x_total, have, slices, drawn, ticks, bottom
    )


def tiles(given: Sequence[Mapping[str, Any]]) -> Tiles:
    """A square for each, at its place (`at`: column and row); where none has a place, in rows by code."""
    ordered = sorted(given, key=lambda tile: str(tile["code"]))
    laid = any(tile["at"] for tile in ordered)
    across = _FEW_COLUMNS if len(ordered) <= _FEW_TILES else math.ceil(math.sqrt(len(ordered)))
    spots = [tile["at"] if laid else (count % across, count // across) for count, tile in enumerate(ordered)]
    columns, rows = (max((spot[axis] for spot in spots), default=0) + 1 for axis in (0, 1))
    drawn = [
        Tile(x * _TILE, y * _TILE, _broken(str(tile["short"])), tile)
        for (x, y), tile in zip(spots, ordered, strict=True)
    ]
    return Tiles(columns * _TILE, rows * _TILE, _TILE, laid, drawn)


def spark(values: Sequence[float]) -> str:
    """A small curve in a box of 112 by 28; nothing for nothing."""
    if not values:
        return ""
    low, high = _axis([*map(float, values), 0.0])
    up, across = Scale(low, high, 26.0, 2.0), Scale(0, max(len(values) - 1, 1), 2.0, 110.0)
    return _steps([(across.at(count), up.at(value)) for count, value in enumerate(values)])


def _axis(values: Sequence[float]) -> tuple[float, float]:
    """Round ends around all values."""
    low, high = min(values), max(values)
    if low == high:
        return (0.0, 10.0) if low == 0 else (min(low, 0.0), max(high, 0.0))
    step = _step(low, high, 5)
    return _clean(math.floor(low / step + 1e-9) * step), _clean(math.ceil(high / step - 1e-9) * step)


def _step(low: float, high: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 ... that cuts the axis into at most so many parts."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power * (1 + 1e-9) >= rough)


def _clean(value: float) -> float:
    """Without the dust of binary fractions."""
    return float(f"{value:.10g}") + 0.0


def _written(value: float) -> str:
    return f"{value:,.10g}"


def _steps(places: Sequence[tuple[float, float]]) -> str:
    if not places:
        return ""
    return f"M{places[0][0]} {places[0][1]}" + "".join(f"H{x}V{y}" for x, y in places[1:])


def _labels(texts: Sequence[str], across: Scale, y: float) -> list[Mark]:
    """As many of the labels as fit side by side in even steps, always the first and the last."""
    if not texts:
        return []
    if len(texts) == 1:
        return [Mark(texts[0], across.start, y)]
    room = max(len(text) for text in texts) * _LETTER + 16
    last = len(texts) - 1
    # The first label begins at its place and the last ends there, so the next to them needs half as much again.
    fits = max(min(int((across.end - across.start) / (1.5 * room)), last), 1)
    even = [parts for parts in range(1, fits + 1) if last % parts == 0 or last >= parts * _EVEN]
    # Steps of one length are worth twice as many that are only about as long.
    parts = max(even, key=lambda parts: parts * (1 + (last % parts == 0)))
    shown = [round(part * last / parts) for part in range(parts)]
    marks = [Mark(texts[count], across.at(count), y, "start" if count == 0 else "middle") for count in shown]
    return [*marks, Mark(texts[last], across.end, y, "end")]


def _has(row: Mapping[str, Any], name: str) -> bool:
    return row.get(name) is not None


def _reach(row: Mapping[str, Any], axis: Scale, y: float) -> Reach:
    low, likely, high, target = (row.get(name) for name in ("low", "likely", "high", "by_target"))
    places = [axis.at(float(value or 0)) for value in (low, likely, high, target)]
    figures = [_written(float(value)) for value in (likely, low, high) if value is not None]
    below = " ".join([*figures, *([] if target is None else ["target", _written(float(target))])])
    words = axis.start + max(len(str(row["label"])), len(below) + 2) * _LETTER
    return Reach(str(row["label"]), low, likely, high, target, y, words, *places)


def _line_of_supply(x: float, rows: Sequence[Reach], bottom: float) -> str:
    """From the supply down to the axis, with a gap wherever it would cross the words of a need."""
    path, top = "", 22.0
    for row in rows:
        if x < row.words:
            path, top = f"{path}M{x} {top}V{row.y - 16}", row.y + 24
    return f"{path}M{x} {top}V{bottom}"


def _broken(name: str) -> list[str]:
    """A name in at most two lines of ten letters, cut with a full stop where it is longer."""
    most = 10
    first, _, rest = name.partition(" ")
    lines = [name] if len(name) <= most or not rest else [first, rest]
    return [part if len(part) <= most else f"{part[: most - 1]}." for part in lines]
