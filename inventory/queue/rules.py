"""What a policy may say, and the order of places that follows from it."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from inventory.errors import Conflict, RuleViolated
from inventory.recordings.rules import PrintReason
from inventory.texts import Text

WHOLE = 100
OTHERS = Text("lainnya", "others")

# What tells who is older within a reason: (since when print-ready, id), or any other order.
Key = TypeVar("Key", bound=Hashable)


class Hold(StrEnum):
    """Why somebody who is print-ready has no place in the queue now."""

    IN_JOB = "in_job"
    UNDER_17 = "under_17"
    NOT_APPEARED = "not_appeared"
    CAP_REACHED = "cap_reached"


class ClassNameTwice(RuleViolated):
    """Classes are told apart by their names."""

    code = "class_name_twice"
    text = Text("Dua kelas bernama {name}.", "Two classes are named {name}.")


class ReasonTwice(RuleViolated):
    """A reason is in one class and in one cap, once."""

    code = "reason_twice"
    text = Text("Alasan {reason} sudah disebut sebelumnya.", "The reason {reason} was named before.")


class QuotasNotWhole(RuleViolated):
    """Classes with quotas that follow each other share all the places between them."""

    code = "quotas_not_whole"
    text = Text(
        "Kuota kelas yang berurutan ({names}) berjumlah {total}, seharusnya 100.",
        "The quotas of classes that follow each other ({names}) add up to {total}, not to 100.",
    )


class PolicyInPast(RuleViolated):
    """What was printed was printed by the policy of its day."""

    code = "policy_in_past"
    text = Text(
        "Kebijakan berlaku paling awal hari ini, {today}; yang lalu tidak diubah.",
        "A policy is valid from today, {today}, at the earliest; the past stays as it was.",
    )


class PolicyInheritsAndStates(RuleViolated):
    """An office follows the one above it, or states its own policy."""

    code = "policy_inherits_and_states"
    text = Text(
        "inherit: true berarti mengikuti Dinas di atas; jangan sebut classes, caps, atau holds.",
        "inherit: true means to follow the office above; do not state classes, caps or holds.",
    )


class QueueEmpty(Conflict):
    """Nobody can be taken from the queue at this moment."""

    code = "queue_empty"
    text = Text(
        "Tidak ada yang dapat diambil dari antrean Dinas {office} sekarang.",
        "Nobody can be taken from the queue of office {office} now.",
    )


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """Reasons that wait together, the oldest first; with a quota the class shares places with its neighbours."""

    name: str
    reasons: tuple[PrintReason, ...]
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """How many of these reasons, together, are printed on one day."""

    reasons: tuple[PrintReason, ...]
    per_day: int


@dataclass(frozen=True, slots=True)
class Holds:
    """Who waits for something else: for the 17th birthday; or, by reason, until the person appears."""

    until_17: bool = False
    until_present: tuple[PrintReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a policy says. Without anything it is: the oldest first."""

    classes: tuple[PriorityClass, ...] = ()
    caps: tuple[Cap, ...] = ()
    holds: Holds = field(default_factory=Holds)

    @property
    def counts_the_day(self) -> bool:
        """Whether the order depends on what was printed today."""
        return bool(self.caps) or any(each.quota is not None for each in self.classes)

    def ranks(self) -> list[PriorityClass]:
        """The classes, and last one of the reasons that no class names, if there are any."""
        named = {reason for each in self.classes for reason in each.reasons}
        rest = tuple(reason for reason in PrintReason if reason not in named)
        return [*self.classes, *([PriorityClass(OTHERS, rest)] if rest else [])]

    def check(self) -> None:
        """Raise `ClassNameTwice`, `ReasonTwice` or `QuotasNotWhole`."""
        names: set[str] = set()
        for index, each in enumerate(self.classes):
            if each.name.casefold() in names:
                raise ClassNameTwice(pointer=f"/classes/{index}/name", name=each.name)
            names.add(each.name.casefold())
        _check_once("classes", [each.reasons for each in self.classes])
        _check_once("caps", [each.reasons for each in self.caps])
        if len(set(self.holds.until_present)) < len(self.holds.until_present):
            _check_once("holds/until_present", [self.holds.until_present])
        for block in blocks(self.classes):
            total = sum(each.quota or 0 for each in block)
            if block[0].quota is not None and total != WHOLE:
                raise QuotasNotWhole(pointer="/classes", names=", ".join(each.name for each in block), total=total)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "classes": [{"name": c.name, "reasons": list(c.reasons), "quota": c.quota} for c in self.classes],
            "caps": [{"reasons": list(cap.reasons), "per_day": cap.per_day} for cap in self.caps],
            "holds": {"until_17": self.holds.until_17, "until_present": list(self.holds.until_present)},
        }


def _check_once(name: str, groups: Sequence[Sequence[PrintReason]]) -> None:
    seen: set[PrintReason] = set()
    for index, reasons in enumerate(groups):
        for place, reason in enumerate(reasons):
            if reason in seen:
                raise ReasonTwice(pointer=f"/{name}/{index}/reasons/{place}", reason=reason.value)
            seen.add(reason)


def of_json(body: Mapping[str, Any]) -> Wishes:
    """The policy that `as_json` kept, or that a request names."""
    holds = body["holds"]
    return Wishes(
        tuple(PriorityClass(c["name"], _reasons(c["reasons"]), c["quota"]) for c in body["classes"]),
        tuple(Cap(_reasons(cap["reasons"]), cap["per_day"]) for cap in body["caps"]),
        Holds(holds["until_17"], _reasons(holds["until_present"])),
    )


def _reasons(names: Iterable[str]) -> tuple[PrintReason, ...]:
    return tuple(PrintReason(name) for name in names)


def by_reason(rates: Sequence[tuple[PrintReason, float]]) -> dict[PrintReason, float]:
    """How many come a day, by reason; raises `ReasonTwice`."""
    found: dict[PrintReason, float] = {}
    for index, (reason, rate) in enumerate(rates):
        if reason in found:
            raise ReasonTwice(pointer=f"/arrivals/{index}/reason", reason=reason.value)
        found[reason] = rate
    return found


def check_start(valid_from: date, today: date) -> None:
    """Raise `PolicyInPast` for a day that is over."""
    if valid_from < today:
        raise PolicyInPast(pointer="/valid_from", today=today.isoformat())


def blocks(classes: Sequence[PriorityClass]) -> list[list[PriorityClass]]:
    """The classes in the parts that go one after the other: neighbours with quotas share one."""
    found: list[list[PriorityClass]] = []
    for each in classes:
        if each.quota is not None and found and found[-1][0].quota is not None:
            found[-1].append(each)
        else:
            found.append([each])
    return found


class Place(NamedTuple, Generic[Key]):
    """One place in the order: the class by its number from 1, the reason, and who."""

    rank: int
    reason: PrintReason
    key: Key


class _Left:
    """How many each reason's cap leaves for today."""

    def __init__(self, caps: Sequence[Cap], used: Mapping[PrintReason, int]) -> None:
        self._left = [cap.per_day - sum(used.get(reason, 0) for reason in cap.reasons) for cap in caps]
        self._of = {reason: index for index, cap in enumerate(caps) for reason in cap.reasons}

    def open(self, reason: PrintReason) -> bool:
        """Whether one more of this reason fits into today."""
        index = self._of.get(reason)
        return index is None or self._left[index] > 0

    def take(self, reason: PrintReason) -> None:
        """Count one."""
        if (index := self._of.get(reason)) is not None:
            self._left[index] -= 1


class _Line(Generic[Key]):
    """The people of one class, the oldest first; a reason whose cap is used up drops out."""

    def __init__(self, number: int, each: PriorityClass, streams: Mapping[PrintReason, Iterable[Key]],
                 used: Mapping[PrintReason, int]) -> None:  # fmt: skip
        self.number, self.quota = number, each.quota or 0
        self.count = sum(used.get(reason, 0) for reason in each.reasons)
        self._rest = {reason: iter(streams.get(reason, ())) for reason in each.reasons}
        self._heads: list[tuple[Any, PrintReason]] = []
        for reason in each.reasons:
            self._refill(reason)

    def _refill(self, reason: PrintReason) -> None:
        for key in self._rest[reason]:
            heapq.heappush(self._heads, (key, reason))
            return

    def waits(self, left: _Left) -> bool:
        """Whether somebody of this class can be printed today."""
        while self._heads and not left.open(self._heads[0][1]):
            heapq.heappop(self._heads)
        return bool(self._heads)

    def take(self, left: _Left) -> Place[Key]:
        """The oldest, who leaves the line."""
        key, reason = heapq.heappop(self._heads)
        self._refill(reason)
        left.take(reason)
        self.count += 1
        return Place(self.number, reason, key)


def order(
    wishes: Wishes, streams: Mapping[PrintReason, Iterable[Key]], used: Mapping[PrintReason, int]
) -> Iterator[Place[Key]]:
    """The places, first to last, as long as somebody asks.

    `streams` are those who may be printed, by reason, each in the order of its keys; `used` is what was printed of
    each reason today, or is being printed: quotas and caps go on from there.
    """
    left, number = _Left(wishes.caps, used), 0
    for block in blocks(wishes.ranks()):
        lines = [_Line(number + place, each, streams, used) for place, each in enumerate(block, 1)]
        number += len(block)
        while waiting := [line for line in lines if line.waits(left)]:
            if len(waiting) > 1:
                yield _next_by_quota(waiting).take(left)
                continue
            while waiting[0].waits(left):  # nobody is left to share with
                yield waiting[0].take(left)


def _next_by_quota(lines: Sequence[_Line[Key]]) -> _Line[Key]:
    """Whose turn it is among classes with quotas: never a whole card off its share, however many they are.

    This is R. Tijdeman's rule for the chairman assignment problem: of those who have earned a card, who must have it
    soonest. Classes without people are not among them, so that the others share what would be theirs.
    """
    shares, made = sum(line.quota for line in lines), sum(line.count for line in lines) + 1
    slack = 2 * len(lines) - 2
    earned = [line for line in lines if (line.quota * made - line.count * shares) * slack >= shares]
    return min(earned, key=lambda line: ((line.count * slack + slack - 1) / line.quota, line.number))


def why(rank: int, each: PriorityClass | None, days: int) -> Text:
    """The place explained in one sentence; a policy may have no classes."""
    waited = Text(f"menunggu {days} hari", f"waited {days} day" + ("s" if days != 1 else ""))
    if not days:  # it may have been yesterday evening
        waited = Text("menunggu kurang dari sehari", "waited less than a day")
    if each is None:
        return Text(f"yang tertua lebih dahulu, {waited}", f"oldest first, {waited.en}")
    quota = "" if each.quota is None else f" ({each.quota}%)"
    return Text(f"kelas {rank}{quota}, {waited}", f"class {rank}{quota}, {waited.en}")


HELD = {
    Hold.IN_JOB: Text("sudah di pekerjaan cetak", "is in a print job already"),
    Hold.UNDER_17: Text("menunggu genap 17 tahun", "waits for the 17th birthday"),
    Hold.NOT_APPEARED: Text("menunggu orangnya datang", "waits until the person appears"),
    Hold.CAP_REACHED: Text("batas harian alasannya sudah terpakai", "the daily cap of its reason is used up"),
}
