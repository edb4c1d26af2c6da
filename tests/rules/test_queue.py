"""The order of places: what every policy promises, whoever waits."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.queue import forecast, rules
from inventory.queue.forecast import Waiting
from inventory.queue.rules import Cap, Holds, PriorityClass, Wishes
from inventory.recordings.rules import PrintReason as R

TODAY = date(2026, 3, 2)
REASONS = list(R)
USED = st.dictionaries(st.sampled_from(REASONS), st.integers(0, 30))


@st.composite
def quotas(draw, count):
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=count - 1, max_size=count - 1)))
    return [b - a for a, b in pairwise([0, *cuts, 100])]


@st.composite
def policies(draw):
    """Classes over some of the reasons, runs of them with quotas; caps; holds."""
    reasons = draw(st.permutations(REASONS))
    named = reasons[: draw(st.integers(0, len(reasons)))]
    groups = []
    while named:
        size = draw(st.integers(1, len(named)))
        groups.append(tuple(named[:size]))
        named = named[size:]
    shares, at, quota_before = [None] * len(groups), 0, False
    while at < len(groups):
        size = draw(st.integers(1, len(groups) - at))
        if not quota_before and draw(st.booleans()):
            shares[at : at + size] = draw(quotas(size))
            quota_before, at = True, at + size
        else:
            quota_before, at = False, at + 1
    classes = tuple(
        PriorityClass(f"k{n}", group, share) for n, (group, share) in enumerate(zip(groups, shares, strict=True))
    )
    capped = draw(st.lists(st.sampled_from(REASONS), unique=True, max_size=3))
    caps = tuple(Cap((reason,), draw(st.integers(0, 10))) for reason in capped)
    wishes = Wishes(classes, caps)
    wishes.check()
    return wishes


@st.composite
def crowds(draw):
    """Who waits, by reason: numbers are ages, the smallest the oldest, everybody's different."""
    sizes = {reason: draw(st.integers(0, 12)) for reason in REASONS}
    ages = draw(st.permutations(range(sum(sizes.values()))))
    streams, at = {}, 0
    for reason, size in sizes.items():
        streams[reason] = sorted(ages[at : at + size])
        at += size
    return streams


@given(policies(), crowds(), USED)
def test_everybody_has_one_place_at_most_and_only_caps_leave_anybody_out(wishes, streams, used):
    places = list(rules.order(wishes, streams, used))
    assert len({place.key for place in places}) == len(places)
    placed = Counter(place.reason for place in places)
    for reason in REASONS:
        cap = next((cap for cap in wishes.caps if reason in cap.reasons), None)
        fits = (
            len(streams[reason])
            if cap is None
            else max(0, min(len(streams[reason]), cap.per_day - used.get(reason, 0)))
        )
        assert placed[reason] == fits


@given(policies(), crowds(), USED)
def test_blocks_go_strictly_one_after_the_other_and_the_oldest_first_within_a_class(wishes, streams, used):
    places = list(rules.order(wishes, streams, used))
    block_of = {}
    number = 0
    for index, block in enumerate(rules.blocks(wishes.ranks())):
        for _ in block:
            number += 1
            block_of[number] = index
    assert [block_of[place.rank] for place in places] == sorted(block_of[place.rank] for place in places)
    for rank in block_of:
        keys = [place.key for place in places if place.rank == rank]
        assert keys == sorted(keys)
    ranks = wishes.ranks()
    assert all(place.reason in ranks[place.rank - 1].reasons for place in places)


@given(crowds())
def test_without_a_policy_it_is_the_oldest_first(streams):
    keys = [place.key for place in rules.order(Wishes(), streams, {})]
    assert keys == sorted(key for stream in streams.values() for key in stream)


@given(st.data(), st.integers(2, 5))
def test_no_class_is_a_whole_card_off_its_share_while_all_have_people(data, count):
    shares = data.draw(quotas(count))
    wishes = Wishes(tuple(PriorityClass(f"k{n}", (REASONS[n],), share) for n, share in enumerate(shares)))
    wishes.check()
    streams = {REASONS[n]: range(n, 3000, count) for n in range(count)}
    counts = Counter()
    for number, place in enumerate(islice(rules.order(wishes, streams, {}), 300), 1):
        counts[place.rank] += 1
        for rank, share in enumerate(shares, 1):
            assert abs(counts[rank] - share * number / 100) < 1


@given(st.lists(st.integers(1, 7), max_size=20), st.integers(1, 99))
def test_many_small_jobs_share_places_as_one_large_job_does(sizes, share):
    wishes = Wishes((PriorityClass("a", (R.FIRST_CARD,), share), PriorityClass("b", (R.LOST, R.DAMAGED), 100 - share)))
    streams = {R.FIRST_CARD: list(range(200)), R.LOST: list(range(200, 300)), R.DAMAGED: list(range(300, 400))}
    at_once = [place.key for place in islice(rules.order(wishes, streams, {}), sum(sizes))]
    used, taken = Counter(), []
    for size in sizes:
        places = list(islice(rules.order(wishes, streams, used), size))
        taken += [place.key for place in places]
        for place in places:
            used[place.reason] += 1
            streams[place.reason].remove(place.key)
    assert taken == at_once


def test_an_empty_class_gives_its_share_to_the_others():
    wishes = Wishes((PriorityClass("a", (R.SUKET,), 50), PriorityClass("b", (R.LOST,), 30),
                     PriorityClass("c", (R.DAMAGED,), 20)))  # fmt: skip
    streams = {R.SUKET: range(1000), R.LOST: range(1000)}
    counts = Counter(place.rank for place in islice(rules.order(wishes, streams, {}), 80))
    assert counts == {1: 50, 2: 30}


def test_what_was_printed_today_counts_for_quotas_and_caps():
    wishes = Wishes((PriorityClass("a", (R.SUKET,), 70), PriorityClass("b", (R.LOST,), 30)), (Cap((R.LOST,), 5),))
    streams = {R.SUKET: range(1000), R.LOST: range(1000)}
    first = [place.rank for place in islice(rules.order(wishes, streams, {R.SUKET: 7}), 3)]
    assert first == [2, 2, 2]
    assert [p.rank for p in islice(rules.order(wishes, streams, {R.SUKET: 100, R.LOST: 4}), 3)].count(2) == 1


@pytest.mark.parametrize(
    ("classes", "caps", "code", "pointer"),
    [
        ([("a", [R.SUKET], None), ("A", [R.LOST], None)], [], "class_name_twice", "/classes/1/name"),
        ([("a", [R.SUKET], None), ("b", [R.LOST, R.SUKET], None)], [], "reason_twice", "/classes/1/reasons/1"),
        ([("a", [R.SUKET, R.SUKET], None)], [], "reason_twice", "/classes/0/reasons/1"),
        ([("a", [R.SUKET], 70), ("b", [R.LOST], 29)], [], "quotas_not_whole", "/classes"),
        ([("a", [R.SUKET], 70), ("b", [R.LOST], None), ("c", [R.DAMAGED], 30)], [], "quotas_not_whole", "/classes"),
        ([], [([R.SUKET], 1), ([R.SUKET], 2)], "reason_twice", "/caps/1/reasons/0"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(classes, caps, code, pointer):
    wishes = Wishes(
        tuple(PriorityClass(name, tuple(reasons), quota) for name, reasons, quota in classes),
        tuple(Cap(tuple(reasons), per_day) for reasons, per_day in caps),
    )
    with pytest.raises(rules.RuleViolated) as caught:
        wishes.check()
    assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_a_policy_is_kept_as_it_was_said():
    wishes = Wishes((PriorityClass("a", (R.SUKET,), 70), PriorityClass("b", (R.LOST,), 30)), (Cap((R.LOST,), 5),),
                    Holds(True, (R.MOVED_IN,)))  # fmt: skip
    assert rules.of_json(wishes.as_json()) == wishes


def people(*told):
    return [Waiting(number, reason, adult_on, absent) for number, (reason, adult_on, absent) in enumerate(told, 1)]


def test_a_comparison_tells_who_moves_up_who_waits_longer_and_who_is_held():
    crowd = people((R.LOST, None, False), (R.SUKET, None, False), (R.FIRST_CARD, TODAY + timedelta(1), False),
                   (R.DAMAGED, None, True))  # fmt: skip
    then = Wishes((PriorityClass("suket", (R.SUKET,)),), (), Holds(True, (R.DAMAGED,)))
    found = forecast.compare(Wishes(), then, crowd, {}, TODAY)
    assert [(m.recording, m.now, m.then) for m in found.up.first] == [(2, 2, 1)]
    assert [(m.recording, m.now, m.then) for m in found.down.first] == [(1, 1, 2), (3, 3, None), (4, 4, None)]
    assert (found.up.count, found.down.count, found.unchanged, found.held_now, found.held_then) == (1, 3, 0, 0, 2)


def test_a_projection_prints_by_the_policy_lets_people_grow_up_and_counts_who_comes():
    crowd = people((R.FIRST_CARD, TODAY + timedelta(2), False), *[(R.SUKET, None, False)] * 3, (R.LOST, None, True))
    wishes = Wishes((PriorityClass("muda", (R.FIRST_CARD,)),), (Cap((R.SUKET,), 1),), Holds(True, (R.LOST,)))
    days = forecast.project(wishes, crowd, {R.LOST: 0.5}, today=TODAY, days=4, blanks=2)
    assert [(day.on.day, day.waiting, day.suket, day.by_class) for day in days] == [
        (3, 4, 2, [1, 3]), (4, 3, 1, [0, 3]), (5, 2, 0, [0, 2]), (6, 3, 0, [0, 3])]  # fmt: skip
    assert forecast.suket_told(days).en == "The suket backlog is 0 by 2026-03-05."
    assert str(forecast.suket_told(days[:2])) == "Tunggakan suket 1 pada 2026-03-04."


@given(policies(), crowds(), st.integers(0, 20), st.dictionaries(st.sampled_from(REASONS), st.floats(0, 3)))
def test_a_projection_loses_and_invents_nobody(wishes, streams, blanks, arrivals):
    crowd = [Waiting(n, reason, None, False) for reason, stream in streams.items() for n in stream]
    crowd.sort(key=lambda person: person.id)
    days = forecast.project(wishes, crowd, arrivals, today=TODAY, days=6, blanks=blanks)
    for number, day in enumerate(days, 1):
        came = sum(int(rate * number + 1e-6) for rate in arrivals.values())
        assert abs(sum(day.by_class) - day.waiting) == 0
        assert len(crowd) + came - blanks * number - len(arrivals) <= day.waiting <= len(crowd) + came + len(arrivals)
