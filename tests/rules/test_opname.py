"""How a count compares with the books: against a simple model of sets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.opname import rules
from inventory.opname.rules import CountKind, CountStatus, Tally
from inventory.stock import numbers
from inventory.stock.numbers import Amount, Series, Span
from inventory.stock.rules import Condition, Place, SpoilReason, in_store, net

SERIES = [Series("A", 4), Series("B/", 6)]
PLAIN = in_store("15.03-UTAMA", "blangko", "15.03")
TRACKED = PLAIN.tracked(numbered=True)
TODAY = date(2026, 3, 12)

blanks = st.sets(st.tuples(st.sampled_from(SERIES), st.integers(0, 60)), max_size=80)


@st.composite
def spans_of(draw, of):
    """Some way to write these numbers as spans, cut here and there as the books cut them."""
    found = []
    for series, value in sorted(of):
        last = found[-1] if found else None
        if last is not None and last.series == series and last.last == value - 1 and draw(st.booleans()):
            found[-1] = last.part(last.first, value)
        else:
            found.append(Span(series, value, value))
    return draw(st.permutations(found))


def numbers_in(spans):
    told = [(span.series, value) for span in spans for value in range(span.first, span.last + 1)]
    assert len(told) == len(set(told))
    return set(told)


@given(blanks, blanks, st.booleans(), st.data())
def test_missing_and_unexpected_are_the_two_differences_of_the_sets(booked, seen, blind, data):
    there, said = data.draw(spans_of(booked)), data.draw(spans_of(seen))
    amount = Amount(len(seen), tuple(said))
    found = rules.compare(TRACKED, len(booked), there, amount, blind=blind)
    assert numbers_in(found.missing) == booked - seen
    assert numbers_in(found.unexpected) == seen - booked
    tally = Tally(len(booked), found.counted, False, len(booked - seen), len(seen - booked))
    assert tally.variance == tally.surplus - tally.shortage == len(seen) - len(booked)
    assert tally.differs is (booked != seen)
    for spans in (found.missing, found.unexpected):
        assert list(spans) == numbers.compact(spans), "as few intervals as there can be"


@given(blanks, blanks, st.data())
def test_adjusting_moves_the_books_by_the_variance_and_loses_exactly_what_is_missing(booked, seen, data):
    there, said = data.draw(spans_of(booked)), data.draw(spans_of(seen))
    found = rules.compare(TRACKED, len(booked), there, Amount(len(seen), tuple(said)), blind=False)
    tally = Tally(len(booked), found.counted, False, len(booked - seen), len(seen - booked))
    legs = rules.adjusting(TRACKED, tally, found.missing, found.unexpected)
    changes = net(legs) if legs else {}
    assert changes.get(TRACKED, 0) == tally.variance
    assert changes.get(TRACKED.at(Place.LOST), 0) == len(booked - seen)
    assert changes.get(TRACKED.at(Place.SUPPLIED), 0) == -len(seen - booked)
    assert sum(changes.values()) == 0


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_goods_without_numbers_move_by_the_variance_too(books, counted):
    found = rules.compare(PLAIN, books, (), Amount(counted), blind=True)
    tally = Tally(books, found.counted)
    legs = rules.adjusting(PLAIN, tally, (), ())
    assert (net(legs) if legs else {}).get(PLAIN, 0) == tally.variance == counted - books


@pytest.mark.parametrize("reason", list(SpoilReason))
def test_quarantine_loses_and_gains_in_its_own_class(reason):
    key = PLAIN.spoiled(reason)
    short, long = (rules.adjusting(key, Tally(5, counted), (), ())[0] for counted in (3, 9))
    assert (short.source, short.target.place, short.quantity) == (key, Place.LOST, 2)
    assert (long.target, long.source.place, long.quantity) == (key, Place.SUPPLIED, 4)
    assert short.target.condition is long.source.condition is Condition.SPOILED


HELD = (Span(SERIES[0], 1, 10),)


def test_a_bare_quantity_will_do_where_all_numbers_are_there_but_never_blind():
    assert rules.compare(TRACKED, 10, HELD, Amount(10), blind=False) == rules.Compared(10)
    for quantity, blind in ((9, False), (11, False), (9, True), (10, True)):
        with pytest.raises(rules.NumbersToCount):
            rules.compare(TRACKED, 10, HELD, Amount(quantity), blind=blind)


@pytest.mark.parametrize("blind", [True, False])
def test_none_needs_no_numbers_to_say_it(blind):
    assert rules.compare(TRACKED, 10, HELD, Amount(0), blind=blind) == rules.Compared(0, HELD)


@pytest.mark.parametrize(
    ("tally", "limit", "waits"),
    [
        (Tally(None, None), None, True),
        (Tally(10, 10), 0, False),
        (Tally(10, 9), None, False),
        (Tally(10, 9), 1, False),
        (Tally(10, 8), 1, True),
        (Tally(10, 12), 1, True),
        (Tally(10, 8, recounted=True), 1, False),
        (Tally(10, 10, missing=2, unexpected=2), 1, True),
        (Tally(10, 10, missing=2, unexpected=2), 2, False),
    ],
)
def test_a_line_waits_for_its_first_or_its_second_counting(tally, limit, waits):
    assert tally.waits(limit) is waits


def test_a_count_is_finished_when_every_line_is_counted_and_every_difference_explained():
    same, short, open_ = Tally(5, 5), Tally(5, 4), Tally(None, None)
    rules.check_finished([same, short], [False, True], None)
    with pytest.raises(rules.CountUnfinished) as unfinished:
        rules.check_finished([same, open_, open_], [False, False, False], None)
    assert [fault.pointer for fault in unfinished.value.faults] == ["/lines/1", "/lines/2"]
    with pytest.raises(rules.CountUnexplained) as bare:
        rules.check_finished([same, short], [False, False], None)
    assert [fault.pointer for fault in bare.value.faults] == ["/lines/1"]
    rules.check_finished([], [], 0)


@pytest.mark.parametrize("status", [CountStatus.APPROVED, CountStatus.CANCELLED])
def test_an_ended_count_stays_what_it_is(status):
    with pytest.raises(rules.CountEnded):
        rules.check_running(1, status)
    rules.check_running(1, CountStatus.OPEN)


def test_a_plan_is_fulfilled_by_its_counter_and_by_counting_everything():
    rules.check_plan(CountKind.FULL, 1, 7, [3, 7])
    with pytest.raises(rules.CounterNotPlanned):
        rules.check_plan(CountKind.FULL, 1, 7, [3, 4])
    with pytest.raises(rules.PlannedCountIsFull):
        rules.check_plan(CountKind.PARTIAL, 1, 7, [3, 7])


@given(st.integers(-400, 400))
def test_a_plan_is_late_from_the_day_after_its_own(days):
    next_on = TODAY - timedelta(days=days)
    assert rules.days_late(next_on, TODAY, active=True) == max(days, 0)
    assert rules.days_late(next_on, TODAY, active=False) == 0
    if days > 0:
        with pytest.raises(rules.PlanInPast):
            rules.check_not_past(next_on, TODAY)
    else:
        rules.check_not_past(next_on, TODAY)
