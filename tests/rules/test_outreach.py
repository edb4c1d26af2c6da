"""The rules of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.outreach import rules
from inventory.outreach.rules import Arrived, EventKind, EventPlan, EventStatus
from inventory.outreach.shares import Pledged, shares
from inventory.stock.numbers import Amount, Series, Span, without

PLAN = EventPlan(
    "Gotong royong", EventKind.GOTONG_ROYONG, "15.03", date(2019, 4, 4), date(2019, 4, 5), time(8), time(16)
)
quantities = st.integers(0, 10_000)


def test_a_sound_plan_passes():
    rules.check_plan(PLAN)
    rules.check_plan(replace(PLAN, ends_on=PLAN.starts_on, deadline_on=PLAN.starts_on, draw_order=["15.03", "15"]))


@pytest.mark.parametrize(
    ("changes", "error", "pointer"),
    [
        ({"ends_on": date(2019, 4, 3)}, rules.EventDaysBackwards, "/ends_on"),
        ({"deadline_on": date(2019, 4, 3)}, rules.EventDeadlineTooEarly, "/deadline_on"),
        ({"closes_at": time(8)}, rules.EventHoursBackwards, "/closes_at"),
        ({"turnout_low": 0.6}, rules.TurnoutOutOfOrder, "/turnout_likely"),
        ({"turnout_high": 0.4}, rules.TurnoutOutOfOrder, "/turnout_high"),
        ({"draw_order": ["15", "15.03", "15"]}, rules.OfficeNamedTwice, "/draw_order/2"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_where_it_does_not(changes, error, pointer):
    with pytest.raises(error) as caught:
        rules.check_plan(replace(PLAN, **changes))
    assert caught.value.pointer == pointer


@given(st.lists(st.floats(0, 10), min_size=3, max_size=3))
def test_turnouts_pass_exactly_when_they_rise(turnouts):
    low, likely, high = turnouts
    plan = replace(PLAN, turnout_low=low, turnout_likely=likely, turnout_high=high)
    if turnouts == sorted(turnouts):
        rules.check_plan(plan)
    else:
        with pytest.raises(rules.TurnoutOutOfOrder):
            rules.check_plan(plan)


@pytest.mark.parametrize("status", EventStatus)
def test_only_the_named_statuses_pass(status):
    if status in rules.ALIVE:
        rules.check_status(1, status, rules.ALIVE)
    else:
        with pytest.raises(rules.EventStatusWrong):
            rules.check_status(1, status, rules.ALIVE)


MIDNIGHT_WIB = datetime(2019, 4, 3, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "ends", "inside"),
    [
        (MIDNIGHT_WIB, MIDNIGHT_WIB + timedelta(days=2), True),
        (MIDNIGHT_WIB - timedelta(minutes=1), MIDNIGHT_WIB + timedelta(days=2), False),
        (MIDNIGHT_WIB, MIDNIGHT_WIB + timedelta(days=2, minutes=1), False),
    ],
)
def test_the_days_of_a_stop_are_those_of_the_hosts_clocks(starts, ends, inside):
    assert rules.within_days(starts, ends, PLAN.starts_on, PLAN.ends_on, "Asia/Jakarta") is inside
    assert rules.within_days(starts, ends, PLAN.starts_on, PLAN.ends_on, "Asia/Jayapura") is False


def test_a_window_runs_forwards():
    with pytest.raises(rules.StopWindowBackwards):
        rules.check_window(MIDNIGHT_WIB, MIDNIGHT_WIB, PLAN.starts_on, PLAN.ends_on, "Asia/Jakarta")


def test_5_998_of_6_000_need_a_reason():
    with pytest.raises(rules.ArrivedUnexplained) as caught:
        rules.arrivals({7: 6_000}, [Arrived(7, Amount(5_998))])
    assert caught.value.pointer == "/arrived/0/reason"
    assert rules.arrivals({7: 6_000}, [Arrived(7, Amount(5_998), "dua kurang")])[7].quantity == 5_998


@pytest.mark.parametrize(
    ("counted", "error", "pointer"),
    [
        ([Arrived(7, Amount(11))], rules.ArrivedMoreThanPledged, "/arrived/0/quantity"),
        ([Arrived(8, Amount(1))], rules.PledgeUnknown, "/arrived/0/pledge"),
        ([Arrived(7, Amount(10)), Arrived(7, Amount(10))], rules.PledgeUnknown, "/arrived/1/pledge"),
    ],
)
def test_a_count_that_can_never_be_right_is_refused(counted, error, pointer):
    with pytest.raises(error) as caught:
        rules.arrivals({7: 10}, counted)
    assert caught.value.pointer == pointer


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 50)), max_size=6), quantities, quantities)
def test_shares_never_exceed_the_pledge_nor_what_is_there_and_nothing_gets_lost(pledges, a, b):
    there = {"a": a, "b": b}
    found, left = shares((Pledged(n, key, quantity) for n, (key, quantity) in enumerate(pledges)), there, {})
    assert all(0 <= found[n].quantity <= quantity for n, (_, quantity) in enumerate(pledges))
    for key, quantity in there.items():
        taken = sum(found[n].quantity for n, (named, _) in enumerate(pledges) if named == key)
        assert taken + (left[key].quantity if key in left else 0) == quantity
        assert taken == min(quantity, sum(wanted for named, wanted in pledges if named == key))


NUMBERS = Series("A", 4)


few = st.lists(st.integers(1, 20), max_size=4)


@given(few, st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=4), few, st.integers(0, 60))
def test_each_number_set_aside_is_one_pledges_or_nobodys(counted_pledges, numbered_pledges, strays, counted):
    told = [Pledged(n, "a", quantity) for n, quantity in enumerate(counted_pledges, 100)]
    told += [Pledged(n, "a", kept + gone, movement=n) for n, (kept, gone) in enumerate(numbered_pledges)]
    lengths = [(n, kept) for n, (kept, _) in enumerate(numbered_pledges)] + [(99, length) for length in strays]
    lying = [(movement, Span(NUMBERS, 100 * n, 100 * n + length - 1)) for n, (movement, length) in enumerate(lengths)]
    found, left = shares(told, {"a": counted}, {"a": lying})
    together = [*found.values(), *left.values()]
    every = [span for share in together for span in share.spans]
    assert not without([span for _, span in lying], every)
    assert sum(map(len, every)) == sum(len(span) for _, span in lying)
    assert sum(share.counted for share in together) == counted
    for each in told:
        own = [span for movement, span in lying if movement == each.movement]
        assert not without(own, found[each.id].spans)
        assert found[each.id].quantity <= each.quantity
        assert each.movement is None or not found[each.id].counted


def test_a_pledge_that_got_its_numbers_later_is_still_a_pledge():
    opened = Span(NUMBERS, 1, 40)
    found, left = shares([Pledged(7, "a", 100)], {"a": 60}, {"a": [(5, opened)]})
    assert (found[7].counted, found[7].spans, left) == (60, (opened,), {})


def test_the_hosts_own_goods_go_first_then_the_pledges_in_order():
    assert rules.draw_order("15.03", ["15", "15.03", "15.04", "15"]) == ["15.03", "15", "15.04"]


def test_only_a_clerk_is_bound_to_the_own_office():
    rules.check_pledger("15", "15.03", clerk=False)
    rules.check_pledger("15.03", "15.03", clerk=True)
    with pytest.raises(rules.PledgeOfOwnStoresOnly):
        rules.check_pledger("15", "15.03", clerk=True)
