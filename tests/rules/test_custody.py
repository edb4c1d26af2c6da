"""How a session adds up: what a count found, what printing spent, and when nothing may be handed out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.custody import rules
from inventory.custody.rules import Change, Spent
from inventory.stock import numbers
from inventory.stock.numbers import Amount, NumbersNeeded, Series, Span
from inventory.stock.rules import Condition, Place

JB = Series("JB", 6)
TODAY = date(2026, 3, 2)


def numbered(values):
    spans = tuple(numbers.compact(Span(JB, value, value) for value in values))
    return Amount(sum(map(len, spans)), spans)


def values_of(amount):
    return {value for span in amount.spans for value in range(span.first, span.last + 1)}


def tally(in_hand, counted):
    return rules.tally("15.03-UTAMA", "blangko", in_hand, counted)


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_count_is_what_goes_back_and_what_is_too_many(in_hand, counted):
    found = tally(Amount(in_hand), Amount(counted))
    assert found.back.quantity + found.surplus.quantity == counted
    assert found.back.quantity == min(in_hand, counted)


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60), min_size=1))
def test_numbers_go_back_when_they_were_in_the_hand_and_are_too_many_when_they_were_not(in_hand, counted):
    found = tally(numbered(in_hand), numbered(counted))
    assert values_of(found.back) == in_hand & counted
    assert values_of(found.surplus) == counted - in_hand
    assert (found.back.quantity, found.surplus.quantity) == (len(in_hand & counted), len(counted - in_hand))


@given(st.sets(st.integers(1, 60), min_size=1), st.integers(0, 80))
def test_numbers_are_named_unless_all_or_none_come_back(in_hand, counted):
    if counted not in (0, len(in_hand)):
        with pytest.raises(NumbersNeeded):
            tally(numbered(in_hand), Amount(counted))
        return
    found = tally(numbered(in_hand), Amount(counted))
    assert values_of(found.back) == (in_hand if counted else set())
    assert found.surplus.quantity == 0


@given(st.sets(st.integers(1, 60)))
def test_numbers_are_told_and_read_back_alike(values):
    told = rules.pairs(numbered(values).spans)
    assert values_of(Amount(0, rules.spans_of(told))) == values


def movement(number, printed, spoiled, drawn):
    changes = [
        Change(number, Place.CUSTODY, session, Condition.BLANK, -quantity) for session, quantity in drawn.items()
    ]
    changes.append(Change(number, Place.STORE, 0, Condition.PRINTED, printed))
    return [*changes, Change(number, Place.STORE, 1, Condition.SPOILED, spoiled)]


def test_what_was_printed_and_spoiled_from_a_session_is_read_off_the_movements():
    changes = movement(1, 3, 1, {7: 4}) + movement(2, 5, 0, {7: 2, 8: 3}) + movement(3, -1, 0, {8: -1})
    changes += movement(4, 0, -1, {7: -1})
    assert rules.spent(changes) == {7: Spent(5, 0), 8: Spent(2, 0)}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 18)), max_size=8))
def test_every_blank_that_left_a_session_was_printed_or_spoiled(told):
    changes, left, printed = [], {1: 0, 2: 0}, 0
    for number, (good, bad, older) in enumerate(told):
        first = min(older, good + bad)
        drawn = {session: n for session, n in ((1, first), (2, good + bad - first)) if n}
        changes += movement(number, good, bad, drawn)
        left = {session: left[session] + drawn.get(session, 0) for session in left}
        printed += good
    found = rules.spent(changes)
    assert {session: found[session].printed + found[session].spoiled for session in found} == {
        session: quantity for session, quantity in left.items() if quantity
    }
    assert sum(each.printed for each in found.values()) == printed
    assert all(each.printed >= 0 and each.spoiled >= 0 for each in found.values())


def test_the_printer_counts_every_blank_and_siak_every_card():
    assert rules.compared(Spent(10, 2), 12, 10) == {"printer": 0, "siak": 0}
    assert rules.compared(Spent(10, 2), 10, 12) == {"printer": -2, "siak": 2}
    assert rules.compared(Spent(10, 2), None, None) == {"printer": None, "siak": None}


def test_more_than_the_day_needs_is_explained():
    rules.check_needed(50, 50, "")
    rules.check_needed(51, 50, "sekolah besok")
    with pytest.raises(rules.CustodyReasonNeeded):
        rules.check_needed(51, 50, "")


def test_only_sessions_of_an_earlier_day_are_in_the_way_and_the_oldest_is_named():
    rules.check_earlier(7, [(1, TODAY), (2, date(2026, 3, 3))], TODAY)
    with pytest.raises(rules.CustodyUnfinished) as refused:
        rules.check_earlier(7, [(5, date(2026, 3, 1)), (4, date(2026, 2, 1)), (6, TODAY)], TODAY)
    assert refused.value.facts["session"] == 4


def test_the_holder_does_not_count():
    rules.check_not_counting(7, [8, 9])
    with pytest.raises(rules.HolderCounts) as refused:
        rules.check_not_counting(7, [8, 7])
    assert refused.value.pointer == "/counted_by/1"
