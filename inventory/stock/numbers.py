"""Numbers of blanks: a prefix and fixed-width digits; an interval of them splits and is never merged."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from inventory.errors import Conflict, Fault, InventoryError, RuleViolated
from inventory.texts import Text

MAX_DIGITS = 18
MAX_QUANTITY = 1_000_000_000
MAX_INTERVALS = 5_000
MAX_NUMBER = 40
MAX_NUMBER_VALUE = 10**MAX_DIGITS
# A message names so many intervals; all of them are in its `errors`.
_TOLD = 20
_SHAPE = re.compile(rf"[A-Za-z0-9./-]*?(?P<digits>[0-9]{{1,{MAX_DIGITS}}})")


class NumberUnreadable(RuleViolated):
    """A number is letters and digits that end in digits."""

    code = "number_unreadable"
    text = Text(
        "{number} bukan nomor blangko: huruf, angka, titik, garis miring, dan tanda hubung, berakhir dengan angka.",
        "{number} is no number of a blank: letters, digits, dots, slashes and hyphens, with digits at its end.",
    )


class IntervalUnreadable(RuleViolated):
    """Both ends of an interval have one prefix and one width, and the first is not above the last."""

    code = "interval_unreadable"
    text = Text(
        "Interval {numbers} tidak berurutan: awalan dan jumlah angka harus sama, yang pertama tidak lebih besar.",
        "The interval {numbers} is not in order: one prefix, one number of digits, and the first not above the last.",
    )


class TooManyNumbers(RuleViolated):
    """So many blanks are never received, moved or counted at once: an end was mistyped."""

    code = "too_many_numbers"
    text = Text(
        "Interval itu berisi {quantity} nomor; paling banyak {limit} dalam satu permintaan. Periksa ujungnya.",
        "These intervals hold {quantity} numbers; at most {limit} go into one request. Check their ends.",
    )


class TooManyIntervals(RuleViolated):
    """One request carries a limited number of intervals and single numbers."""

    code = "too_many_intervals"
    text = Text(
        "Permintaan ini menyebut {count} interval dan nomor; paling banyak {limit}. Bagi menjadi beberapa.",
        "This request names {count} intervals and numbers; at most {limit} go into one. Send several.",
    )


class NumbersTwice(RuleViolated):
    """A request names a number once."""

    code = "numbers_twice"
    text = Text("Disebut dua kali dalam permintaan ini: {numbers}.", "Named twice in this request: {numbers}.")


class NumbersKnown(Conflict):
    """A number is received once."""

    code = "numbers_known"
    text = Text("Sudah tercatat sebelumnya: {numbers}.", "On the books already: {numbers}.")


class NumbersUnknown(Conflict):
    """No blank with such a number is on the books."""

    code = "numbers_unknown"
    text = Text("Tidak tercatat: {numbers}.", "Not on the books: {numbers}.")


class NumbersElsewhere(Conflict):
    """The numbers are on the books, but not where the request takes them from."""

    code = "numbers_elsewhere"
    text = Text("Tidak berada di {where}: {numbers}.", "Not at {where}: {numbers}.")


class NumbersNeeded(Conflict):
    """Taking from blanks with numbers names them."""

    code = "numbers_needed"
    text = Text(
        "{store} punya {counted} {item} tanpa nomor dan {numbered} bernomor; sebut nomornya (intervals atau numbers).",
        "{store} has {counted} {item} without numbers and {numbered} with; name them (intervals or numbers).",
    )


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """What the numbers of one printing have in common: the prefix, and how many digits follow it."""

    prefix: str
    width: int

    def written(self, value: int) -> str:
        """One number as it stands on the blank."""
        return f"{self.prefix}{value:0{self.width}}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The numbers of a series from `first` to `last`, both included."""

    series: Series
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        ends = [self.series.written(self.first), self.series.written(self.last)]
        return ends[0] if self.first == self.last else "..".join(ends)

    def written(self) -> tuple[str, str]:
        """Both ends as they stand on the blanks."""
        return self.series.written(self.first), self.series.written(self.last)

    def part(self, first: int, last: int) -> Span:
        """A part of it."""
        return replace(self, first=first, last=last)


@dataclass(frozen=True, slots=True)
class Named:
    """Intervals inside a message: they are spelled out as they are, since a blank's number is no NIK."""

    spans: tuple[Span, ...]

    def __str__(self) -> str:
        told = ", ".join(map(str, self.spans[:_TOLD]))
        more = len(self.spans) - _TOLD
        return f"{told}, … (+{more})" if more > 0 else told

    def __format__(self, _spec: str) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much: a count, or the very numbers. `pointers` say where in the request each of `spans` was named."""

    quantity: int
    spans: tuple[Span, ...] = ()
    pointers: tuple[str, ...] = ()

    @property
    def numbered(self) -> bool:
        """Whether it names numbers."""
        return bool(self.spans)


NOTHING = Amount(0)


def read(number: str, pointer: str | None = None) -> Span:
    """One number: the digits at its end (at most 18 of them) count, what stands before is its prefix.

    Letters are read as capitals: a number typed in small ones is the same blank.
    """
    number = number.upper()
    found = _SHAPE.fullmatch(number) if len(number) <= MAX_NUMBER else None
    if found is None:
        raise NumberUnreadable(pointer=pointer, number=number)
    # The longest run of digits at the end, so that a number is read in one way only.
    digits = number[len(number.rstrip("0123456789")) :][-MAX_DIGITS:]
    series = Series(number[: len(number) - len(digits)], len(digits))
    return Span(series, int(digits), int(digits))


def interval(first: str, last: str, pointer: str | None = None) -> Span:
    """The interval between two numbers; raises `NumberUnreadable` or `IntervalUnreadable`."""
    low, high = read(first, pointer), read(last, pointer)
    if low.series != high.series or low.first > high.first:
        raise IntervalUnreadable(pointer=pointer, numbers=f"{first}..{last}")
    return low.part(low.first, high.last)


def amount(
    quantity: int | None = None,
    intervals: Sequence[Sequence[str]] | None = None,
    numbers: Sequence[str] | None = None,
    where: str = "",
) -> Amount:
    """What a request says: a quantity, intervals or single numbers; raises every wrong one together.

    `where` is the JSON pointer of the object that says it.
    """
    pairs = [(f"{where}/intervals/{index}", tuple(ends)) for index, ends in enumerate(intervals or ())]
    pairs += [(f"{where}/numbers/{index}", (number, number)) for index, number in enumerate(numbers or ())]
    spans: list[Span] = []
    wrong: list[InventoryError] = []
    for pointer, (first, last) in pairs:
        try:
            spans.append(interval(first, last, pointer))
        except RuleViolated as error:
            wrong.append(error)
    if wrong:
        raise refused(wrong[0], [fault for error in wrong for fault in error.faults])
    pointers = tuple(pointer for pointer, _ in pairs)
    if (named := sum(span.last - span.first + 1 for span in spans)) > MAX_QUANTITY:
        widest = max(range(len(spans)), key=lambda index: spans[index].last - spans[index].first)
        raise TooManyNumbers(pointer=pointers[widest], quantity=named, limit=MAX_QUANTITY)
    check_once(spans, pointers)
    return Amount(named if spans else quantity or 0, tuple(spans), pointers)


def refused(error: InventoryError, faults: list[Fault]) -> InventoryError:
    """The error, with all that is wrong in its list."""
    error.faults = faults
    return error


def check_once(spans: Sequence[Span], pointers: Sequence[str]) -> None:
    """Raise `NumbersTwice` with every number that two of the spans share."""
    order = sorted(range(len(spans)), key=lambda i: spans[i])
    faults, twice, reach = [], [], None
    for index in order:
        span = spans[index]
        if reach is not None and reach.series == span.series and span.first <= reach.last:
            shared = span.part(span.first, min(span.last, reach.last))
            twice.append(shared)
            told = NumbersTwice.text.format(numbers=Named((shared,)))
            faults.append(Fault(pointers[index] if pointers else "", told, NumbersTwice.code))
        if reach is None or reach.series != span.series or span.last > reach.last:
            reach = span
    if faults:
        raise NumbersTwice(faults=faults, numbers=Named(tuple(twice)))


def wrong_numbers(
    error: type[InventoryError], spans: Sequence[Span], amount: Amount | None = None, **facts: str
) -> InventoryError:
    """The error that names these numbers, each at the line of the request that named it."""
    lines = _Lines(amount)
    told = [(lines.of(span), error.text.format(numbers=Named((span,)), **facts)) for span in spans]
    faults = [Fault(pointer, text, error.code) for pointer, text in told]
    found: InventoryError = error(faults=faults, **{"numbers": Named(tuple(spans)), **facts})  # type: ignore[arg-type]
    return found


@contextmanager
def pointing(*amounts: Amount) -> Iterator[None]:
    """Tell, of wrong numbers inside the block, the line of the request that named each."""
    try:
        yield
    except (NumbersKnown, NumbersUnknown, NumbersElsewhere) as error:
        spans = tuple(span for amount in amounts for span in amount.spans)
        lines = _Lines(Amount(0, spans, tuple(pointer for amount in amounts for pointer in amount.pointers)))
        wrong = error.facts["numbers"]
        if isinstance(wrong, Named) and len(wrong.spans) == len(error.faults):
            told = zip(wrong.spans, error.faults, strict=True)
            error.faults = [replace(fault, pointer=lines.of(span)) for span, fault in told]
        raise


class _Lines:
    """Where in the request each number was named."""

    def __init__(self, amount: Amount | None) -> None:
        named = zip(amount.spans, amount.pointers, strict=False) if amount else ()
        self.lines = sorted((span.series, span.first, span.last, pointer) for span, pointer in named)

    def of(self, span: Span) -> str:
        """The pointer of the line that named this span, or nothing."""
        at = bisect_right(self.lines, (span.series, span.first, MAX_NUMBER_VALUE, "")) - 1
        if at < 0:
            return ""
        series, first, last, pointer = self.lines[at]
        return pointer if series == span.series and first <= span.first and span.last <= last else ""


def compact(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in as few spans as there can be, in order: for telling them, never for storing them."""
    found: list[Span] = []
    for span in sorted(spans):
        last = found[-1] if found else None
        if last is not None and last.series == span.series and span.first == last.last + 1:
            found[-1] = last.part(last.first, span.last)
        else:
            found.append(span)
    return found


def singles(spans: Iterable[Span]) -> Iterator[Span]:
    """Each number by itself."""
    return (span.part(value, value) for span in spans for value in range(span.first, span.last + 1))


def without(whole: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The numbers of `whole` that are not in `taken`, in order. Neither side overlaps in itself."""
    cuts: defaultdict[Series, list[Span]] = defaultdict(list)
    for span in sorted(taken):
        cuts[span.series].append(span)
    left: list[Span] = []
    for span in sorted(whole):
        at = span.first
        for cut in _touching(cuts.get(span.series, ()), span):
            if cut.first > at:
                left.append(span.part(at, cut.first - 1))
            at = max(at, cut.last + 1)
        if at <= span.last:
            left.append(span.part(at, span.last))
    return left


def _touching(ordered: Sequence[Span], span: Span) -> Iterator[Span]:
    """Those of one series, in order and none overlapping, that share a number with the span: found, not searched."""
    for index in range(bisect_left(ordered, span.first, key=lambda each: each.last), len(ordered)):
        if ordered[index].first > span.last:
            return
        yield ordered[index]


@dataclass(frozen=True, slots=True)
class Cut:
    """What is done to one interval on the books: `taken` go, `left` stay where they are."""

    taken: tuple[Span, ...]
    left: tuple[Span, ...]


def cut(there: Mapping[int, Span], asked: Iterable[Span]) -> dict[int, Cut]:
    """How the intervals that are there (by id, none overlapping) are cut to give the asked numbers.

    Intervals that give nothing are left out. What is asked and not there is not told here: see `missing`.
    """
    cuts: dict[int, Cut] = {}
    wanted: defaultdict[Series, list[Span]] = defaultdict(list)
    for span in sorted(asked):
        wanted[span.series].append(span)
    for key, span in there.items():
        taken = tuple(_shared(span, wanted.get(span.series, ())))
        if taken:
            cuts[key] = Cut(taken, tuple(without([span], taken)))
    return cuts


def _shared(span: Span, others: Sequence[Span]) -> Iterator[Span]:
    for other in _touching(others, span):
        yield span.part(max(span.first, other.first), min(span.last, other.last))


def shared(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The numbers that are in both, in order."""
    cuts = cut(dict(enumerate(some)), others).values()
    return sorted(span for each in cuts for span in each.taken)


def missing(there: Iterable[Span], asked: Iterable[Span]) -> list[Span]:
    """The asked numbers that are not there."""
    return without(asked, there)
