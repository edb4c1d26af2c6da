"""What another policy would change: today's places of both side by side, and the backlog day by day; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from inventory.queue import rules
from inventory.queue.rules import Wishes
from inventory.recordings.rules import PrintReason
from inventory.texts import Text

NAMED = 20


class Waiting(NamedTuple):
    """Somebody who waits: no more than a simulation needs, as there may be a hundred thousand."""

    id: int
    reason: PrintReason
    adult_on: date | None
    absent: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A recording's place now and then; None is held."""

    recording: int
    reason: PrintReason
    now: int | None
    then: int | None


@dataclass(frozen=True, slots=True)
class Moves:
    """How many move one way, and the first of them."""

    count: int
    first: list[Move]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Today's places under two policies."""

    up: Moves
    down: Moves
    unchanged: int
    held_now: int
    held_then: int


@dataclass(frozen=True, slots=True)
class Day:
    """The evening of one day: who still waits, of them with suket, and by class."""

    on: date
    waiting: int
    suket: int
    by_class: list[int]


def _is_held(wishes: Wishes, person: Waiting, on: date) -> bool:
    if wishes.holds.until_17 and person.adult_on is not None and person.adult_on > on:
        return True
    return person.absent and person.reason in wishes.holds.until_present


def _positions(
    wishes: Wishes, people: Sequence[Waiting], used: Mapping[PrintReason, int], today: date
) -> dict[int, int]:
    """The place of each in `people` (by index) who has one today."""
    streams: defaultdict[PrintReason, list[int]] = defaultdict(list)
    for index, person in enumerate(people):
        if not _is_held(wishes, person, today):
            streams[person.reason].append(index)
    return {place.key: position for position, place in enumerate(rules.order(wishes, streams, used), 1)}


def compare(
    now: Wishes, then: Wishes, people: Sequence[Waiting], used: Mapping[PrintReason, int], today: date
) -> Comparison:
    """Who of `people` (the oldest first) moves up and who waits longer when `then` takes the place of `now`."""
    before, after = _positions(now, people, used, today), _positions(then, people, used, today)
    last = len(people) + 1  # whoever is held stands behind everybody
    up: list[int] = []
    down: list[int] = []
    for index in range(len(people)):
        old, new = before.get(index, last), after.get(index, last)
        if new < old:
            up.append(index)
        elif new > old:
            down.append(index)

    def moves(found: list[int], place: dict[int, int]) -> Moves:
        first = sorted(found, key=lambda index: place.get(index, last))[:NAMED]
        told = [Move(people[i].id, people[i].reason, before.get(i), after.get(i)) for i in first]
        return Moves(len(found), told)

    same = len(people) - len(up) - len(down)
    return Comparison(moves(up, after), moves(down, before), same, len(people) - len(before), len(people) - len(after))


def project(
    wishes: Wishes,
    people: Sequence[Waiting],
    arrivals: Mapping[PrintReason, float],
    *,
    today: date,
    days: int,
    blanks: int,
) -> list[Day]:
    """The backlog on each of the days after today, when so many blanks are printed a day in the policy's order."""
    waiting = Counter(person.reason for person in people)
    lines: dict[PrintReason, list[int]] = {reason: [] for reason in PrintReason}
    grows_up: defaultdict[date, list[int]] = defaultdict(list)
    for index, person in enumerate(people):
        if not _is_held(wishes, person, today):
            lines[person.reason].append(index)
        elif wishes.holds.until_17 and person.adult_on is not None and not _is_held(wishes, person, person.adult_on):
            grows_up[person.adult_on].append(index)
    carried: defaultdict[PrintReason, float] = defaultdict(float)
    ranks, newest, found = wishes.ranks(), len(people), []
    for number in range(1, days + 1):
        on = today + timedelta(days=number)
        grown = grows_up.get(on, [])
        for index in grown:
            lines[people[index].reason].append(index)
        for reason in {people[index].reason for index in grown}:
            lines[reason].sort()
        for reason, rate in arrivals.items():
            carried[reason] += rate
            come = int(carried[reason] + 1e-9)
            carried[reason] -= come
            waiting[reason] += come
            if reason not in wishes.holds.until_present:
                lines[reason].extend(range(newest, newest + come))
                newest += come
        printed = Counter(place.reason for place in islice(rules.order(wishes, lines, {}), blanks))
        for reason, count in printed.items():
            del lines[reason][:count]
            waiting[reason] -= count
        by_class = [sum(waiting[reason] for reason in each.reasons) for each in ranks]
        found.append(Day(on, waiting.total(), waiting[PrintReason.SUKET], by_class))
    return found


def suket_told(days: Sequence[Day]) -> Text:
    """What becomes of the backlog of suket, in one sentence."""
    # Cleared is cleared for good: a day of nought before others that come does not count.
    cleared = next((i for i in range(len(days)) if all(day.suket == 0 for day in days[i:])), None)
    if cleared is not None:
        on = days[cleared].on.isoformat()
        return Text(f"Tunggakan suket habis pada {on}.", f"The suket backlog is 0 by {on}.")
    last = days[-1]
    return Text(
        f"Tunggakan suket {last.suket} pada {last.on.isoformat()}.",
        f"The suket backlog is {last.suket} by {last.on.isoformat()}.",
    )


def assumptions(blanks: int, *, blanks_asked: bool, arrivals_asked: bool, averaged_days: int) -> list[Text]:
    """What the projection takes for granted."""
    average = Text(f"rata-rata {averaged_days} hari terakhir", f"the average of the last {averaged_days} days")
    told = Text("seperti yang diminta", "as asked")
    from_blanks, from_arrivals = (told if asked else average for asked in (blanks_asked, arrivals_asked))
    return [
        Text(f"{blanks} blangko dicetak sehari ({from_blanks}), tanpa yang rusak.",
             f"{blanks} blanks are printed a day ({from_blanks.en}), none is spoiled."),
        Text(f"Yang menjadi siap cetak sehari: {from_arrivals}.",
             f"Who becomes print-ready a day: {from_arrivals.en}."),
        Text("Semua hari kalender sama, dihitung mulai besok.", "All calendar days are alike, counted from tomorrow."),
        Text("Yang sudah di pekerjaan cetak tidak dihitung.", "Who is in a print job already is left out."),
        Text("Yang ditahan sampai datang dianggap tidak datang.",
             "Whoever is held until they come is taken not to come."),
    ]  # fmt: skip
