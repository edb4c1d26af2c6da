"""Numbers and intervals behave like the sets of numbers that they stand for."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.stock import numbers
from inventory.stock.numbers import Amount, Series, Span

SERIES = [Series("A", 4), Series("B/", 6)]


def as_set(spans):
    return {(span.series, value) for span in spans for value in range(span.first, span.last + 1)}


def overlap(spans):
    return any(a.series == b.series and b.first <= a.last for a, b in itertools.pairwise(sorted(spans)))


@st.composite
def apart(draw, limit=60):
    """Spans of which no two share a number."""
    spans = []
    for series in SERIES:
        ends = draw(st.lists(st.integers(0, limit), unique=True, max_size=8).map(sorted))
        spans += [Span(series, a, b - 1) for a, b in zip(ends[::2], ends[1::2], strict=False) if b > a]
    return draw(st.permutations(spans))


@given(st.text("ABC/-.", max_size=5), st.text("0123456789", min_size=1, max_size=18))
def test_a_number_is_read_and_written_the_same(prefix, digits):
    span = numbers.read(prefix + digits)
    assert span.written() == (prefix + digits, prefix + digits)
    assert (span.series.width, span.first) == (len(digits), int(digits))


def test_of_more_than_eighteen_digits_the_last_eighteen_count():
    span = numbers.read("12" + "3" * 18)
    assert (span.series, str(span)) == (Series("12", 18), "12" + "3" * 18)


@pytest.mark.parametrize("wrong", ["", "ABC", "A 1", "1A", "Ä1", "A" * 40 + "1", "A1\n"])
def test_what_does_not_end_in_digits_is_no_number(wrong):
    with pytest.raises(numbers.NumberUnreadable):
        numbers.read(wrong)


@pytest.mark.parametrize("ends", [("A2", "A1"), ("A01", "A2"), ("A1", "B2"), ("A99", "A100")])
def test_an_interval_is_in_order_and_of_one_series(ends):
    with pytest.raises(numbers.IntervalUnreadable):
        numbers.interval(*ends)


@given(apart(), apart())
def test_without_and_shared_and_missing_are_those_of_sets(some, others):
    assert as_set(numbers.without(some, others)) == as_set(some) - as_set(others)
    assert as_set(numbers.shared(some, others)) == as_set(some) & as_set(others)
    assert as_set(numbers.missing(some, others)) == as_set(others) - as_set(some)
    for made in (numbers.without(some, others), numbers.shared(some, others)):
        assert not overlap(made)


@given(apart(), apart())
def test_a_cut_takes_what_is_asked_and_leaves_the_rest_and_never_merges(there, asked):
    named = dict(enumerate(there))
    cuts = numbers.cut(named, asked)
    for key, span in named.items():
        if key not in cuts:
            assert not as_set([span]) & as_set(asked)
            continue
        taken, left = as_set(cuts[key].taken), as_set(cuts[key].left)
        assert taken == as_set([span]) & as_set(asked)
        assert left == as_set([span]) - taken
        assert len(cuts[key].taken) + len(cuts[key].left) <= 2 * len(asked) + 1


@given(apart())
def test_compact_tells_the_same_numbers_in_the_fewest_spans(spans):
    told = numbers.compact(spans)
    assert as_set(told) == as_set(spans)
    assert not overlap(told)
    assert all(a.series != b.series or a.last + 1 < b.first for a, b in itertools.pairwise(told))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), min_size=1, max_size=8))
def test_a_number_named_twice_is_refused_and_named(drawn):
    spans = [Span(SERIES[0], first, first + more) for first, more in drawn]
    seen: set = set()
    twice: set = set()
    for span in spans:
        twice |= seen & as_set([span])
        seen |= as_set([span])
    pointers = [f"/intervals/{index}" for index in range(len(spans))]
    if not twice:
        numbers.check_once(spans, pointers)
        return
    with pytest.raises(numbers.NumbersTwice) as refused:
        numbers.check_once(spans, pointers)
    named = refused.value.facts["numbers"].spans
    assert as_set(named) == twice
    assert {fault.pointer for fault in refused.value.faults} <= set(pointers)


def test_every_unreadable_line_is_named_at_once():
    with pytest.raises(numbers.NumberUnreadable) as refused:
        numbers.amount(intervals=[["A1", "A5"], ["A", "A9"], ["B9", "B1"]], numbers=["?"], where="/lots/2")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/lots/2/intervals/1", "number_unreadable"),
        ("/lots/2/intervals/2", "interval_unreadable"),
        ("/lots/2/numbers/0", "number_unreadable"),
    ]


def test_an_amount_is_a_count_or_the_very_numbers():
    assert numbers.amount(quantity=5) == Amount(5)
    assert numbers.amount(intervals=[["A0001", "A0100"]]).quantity == 100
    assert numbers.amount(numbers=["A0001", "A0007"]).quantity == 2


def test_a_long_list_of_numbers_is_told_in_short_and_kept_whole():
    error = numbers.wrong_numbers(numbers.NumbersUnknown, [Span(SERIES[0], n, n) for n in range(0, 100, 2)])
    assert "(+30)" in error.sentence
    assert len(error.faults) == 50


def test_a_number_of_sixteen_digits_is_told_as_it_is():
    error = numbers.wrong_numbers(numbers.NumbersUnknown, [numbers.read("1234567890123456")])
    assert "1234567890123456" in error.sentence
