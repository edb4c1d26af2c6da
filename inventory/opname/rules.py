"""How a count compares with the books, when it is counted again, and who may approve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.errors import Conflict, Fault, RuleViolated
from inventory.stock import numbers
from inventory.stock.numbers import Amount, Span
from inventory.stock.rules import AccountKey, Condition, Leg, Place
from inventory.texts import Text

# Who moved stock of a store so lately uses it, and does not count it by plan.
USED_WITHIN_DAYS = 30
COUNTED_CONDITIONS = (Condition.BLANK, Condition.SPOILED)


class CountKind(StrEnum):
    """Everything in a store, or some items of it."""

    FULL = "full"
    PARTIAL = "partial"


class CountStatus(StrEnum):
    """How far a count has come; the last two are ends."""

    OPEN = "open"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class Finding(StrEnum):
    """What is wrong with numbers: not seen though the books have them, or seen though the books have them not here."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"


class Tie(StrEnum):
    """What binds somebody to a store's stock."""

    HOLDS_BLANKS = "holds_blanks"
    MOVED_STOCK = "moved_stock"
    PRINTS_THERE = "prints_there"


class CountRunning(Conflict):
    """A store is counted once at a time."""

    code = "count_running"
    text = Text(
        "Gudang {store} sedang dihitung: selesaikan atau batalkan opname {count} dahulu.",
        "Store {store} is being counted: finish or cancel count {count} first.",
    )


class CountEnded(Conflict):
    """A count that was approved or cancelled stays what it is."""

    code = "count_ended"
    text = Text("Opname {count} sudah {status}.", "Count {count} was {status} already.")


class CountUnfinished(Conflict):
    """Every line is counted, and a second time where it differs too much."""

    code = "count_unfinished"
    text = Text(
        "{lines} baris belum dihitung, atau belum dihitung ulang.",
        "{lines} lines are not counted yet, or not a second time.",
    )


class CountUnexplained(Conflict):
    """Every difference has an explanation before it is approved."""

    code = "count_unexplained"
    text = Text("{lines} baris berselisih tanpa penjelasan.", "{lines} lines differ without an explanation.")


class CountTold(Conflict):
    """Once a blind count has shown the books, what was counted stays."""

    code = "count_told"
    text = Text(
        "Opname buta ini sudah menampilkan pembukuan; baris yang sudah dihitung tidak dihitung lagi.",
        "This blind count has shown the books; a line that was counted is not counted again.",
    )


class NumbersToCount(RuleViolated):
    """Blanks with numbers are counted by their numbers."""

    code = "numbers_to_count"
    text = Text(
        "{item} ini bernomor: sebut nomor yang dilihat (intervals atau numbers).",
        "These {item} have numbers: name those that were seen (intervals or numbers).",
    )


class CountLineUnknown(RuleViolated):
    """Goods that no books know belong to the store's own office, and to no event but the kit's own."""

    code = "count_line_unknown"
    text = Text(
        "Gudang {store} tidak pernah menyimpan {item} milik {owner} untuk acara itu; catat sebagai milik Dinas.",
        "Store {store} never held {item} of owner {owner} for that event; note it as the office's own.",
    )


class NotInCount(RuleViolated):
    """A partial count is of the items it named at its start."""

    code = "not_in_count"
    text = Text("{item} tidak termasuk opname ini.", "{item} is not part of this count.")


class CountLineTwice(RuleViolated):
    """A request says once what was counted."""

    code = "count_line_twice"
    text = Text("Baris ini sama dengan baris {line}.", "This line is the same as line {line}.")


class LineNotCounted(Conflict):
    """An explanation is of a difference: it comes with the counting or after it."""

    code = "line_not_counted"
    text = Text("Baris ini belum dihitung.", "This line has not been counted yet.")


class FoundElsewhere(Conflict):
    """What was found is on the books at another place: it is moved there first, never brought in twice."""

    code = "found_elsewhere"
    text = Text(
        "Ditemukan di sini, tetapi tercatat di {where}: {numbers}. Catat mutasinya dahulu, lalu hitung ulang.",
        "Found here, but on the books at {where}: {numbers}. Note how they moved first, then count again.",
    )


class CounterNotPlanned(RuleViolated):
    """A planned count is made by the counter of its plan."""

    code = "counter_not_planned"
    text = Text(
        "Rencana {plan} menunjuk pengguna {user} sebagai penghitung.", "Plan {plan} names user {user} as its counter."
    )


class PlannedCountIsFull(RuleViolated):
    """A plan is fulfilled by counting everything."""

    code = "planned_count_is_full"
    text = Text("Opname terencana selalu lengkap (kind: full).", "A planned count is always full (kind: full).")


class CounterNotIndependent(Conflict):
    """A planned counter neither holds nor uses the stock."""

    code = "counter_not_independent"
    text = Text(
        "Pengguna {user} tidak boleh menjadi penghitung terencana gudang {store}: {tie}.",
        "User {user} may not be the planned counter of store {store}: {tie}.",
    )


class PlanInPast(RuleViolated):
    """A count is planned for today or later."""

    code = "plan_in_past"
    text = Text("Tanggal {on} sudah lewat; hari ini {today}.", "The date {on} has passed; today is {today}.")


@dataclass(frozen=True, slots=True)
class Tally:
    """What one line of a count says so far. `missing` and `unexpected` are how many numbers; `recounted` is twice."""

    books: int | None
    counted: int | None
    recounted: bool = False
    missing: int = 0
    unexpected: int = 0

    @property
    def variance(self) -> int:
        """What was counted more (below zero: less) than the books had at that moment."""
        return 0 if self.counted is None or self.books is None else self.counted - self.books

    @property
    def differs(self) -> bool:
        """Whether it does not agree with the books; as many wrong numbers as right ones missing differ too."""
        return bool(self.variance or self.missing or self.unexpected)

    @property
    def shortage(self) -> int:
        """How many are to be written off: the missing numbers, or what a count without numbers is short."""
        return self.missing or max(-self.variance, 0)

    @property
    def surplus(self) -> int:
        """How many are to come onto the books."""
        return self.unexpected or max(self.variance, 0)

    def waits(self, recount_over: int | None) -> bool:
        """Whether it is still to be counted, for the first time or, differing too much, for the second."""
        if self.counted is None:
            return True
        return recount_over is not None and not self.recounted and max(self.shortage, self.surplus) > recount_over


@dataclass(frozen=True, slots=True)
class Compared:
    """What was counted, and the numbers that were not there or should not have been."""

    counted: int
    missing: tuple[Span, ...] = ()
    unexpected: tuple[Span, ...] = ()


def compare(key: AccountKey, balance: int, there: Sequence[Span], seen: Amount, *, blind: bool) -> Compared:
    """Hold what was seen against an account and the numbers in it.

    Numbers may be left out where all are there; a blind count names them always, or its answer would tell the books.
    Raises `NumbersToCount`.
    """
    if not key.numbered:
        return Compared(seen.quantity)
    if seen.numbered or not seen.quantity:
        spans = numbers.compact(seen.spans)
        missing, unexpected = numbers.without(numbers.compact(there), spans), numbers.missing(there, spans)
        return Compared(seen.quantity, tuple(missing), tuple(unexpected))
    if blind or seen.quantity != balance:
        raise NumbersToCount(item=key.item)
    return Compared(seen.quantity)


def adjusting(key: AccountKey, tally: Tally, missing: Sequence[Span], unexpected: Sequence[Span]) -> list[Leg]:
    """The legs that move the books by the variance: what is short is lost, what is too many comes from outside."""
    legs = []
    if tally.shortage:
        legs.append(Leg(key, key.at(Place.LOST), tally.shortage, tuple(missing)))
    if tally.surplus:
        legs.append(Leg(key.at(Place.SUPPLIED), key, tally.surplus, tuple(unexpected)))
    return legs


def check_running(count_id: int, status: CountStatus) -> None:
    """Raise `CountEnded` unless the count is open."""
    if status is not CountStatus.OPEN:
        raise CountEnded(count=count_id, status=status)


def limit_told(tallies: Sequence[Tally], recount_over: int | None, *, blind: bool) -> int | None:
    """The limit of counting again, as far as it may be applied aloud.

    A blind count applies it only when every line was counted once: before, it would tell which of them were right.
    """
    return None if blind and any(tally.counted is None for tally in tallies) else recount_over


def check_finished(tallies: Sequence[Tally], explained: Sequence[bool], recount_over: int | None) -> None:
    """Raise `CountUnfinished` or `CountUnexplained`, naming the lines by their place in the count."""
    if waiting := [index for index, tally in enumerate(tallies) if tally.waits(recount_over)]:
        raise _of_lines(CountUnfinished, waiting)
    pairs = zip(tallies, explained, strict=True)
    if bare := [index for index, (tally, told) in enumerate(pairs) if tally.differs and not told]:
        raise _of_lines(CountUnexplained, bare)


def _of_lines(error: type[Conflict], indices: Sequence[int]) -> Conflict:
    faults = [Fault(f"/lines/{index}", error.text.format(lines=1), error.code) for index in indices]
    return error(faults=faults, lines=len(indices))


def check_plan(kind: CountKind, plan_id: int, counter_id: int, counted_by: Sequence[int]) -> None:
    """Raise `PlannedCountIsFull` or `CounterNotPlanned` unless such a count fulfils the plan."""
    if kind is not CountKind.FULL:
        raise PlannedCountIsFull(pointer="/kind")
    if counter_id not in counted_by:
        raise CounterNotPlanned(pointer="/counted_by", plan=plan_id, user=counter_id)


def check_not_past(on: date, today: date) -> None:
    """Raise `PlanInPast` for a day that is over."""
    if on < today:
        raise PlanInPast(pointer="/next_on", on=on, today=today)


def days_late(next_on: date, today: date, *, active: bool) -> int:
    """How long a planned count is overdue; nothing for a plan that was put aside."""
    return max((today - next_on).days, 0) if active else 0
