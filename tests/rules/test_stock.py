"""The arithmetic of the ledger holds for any figures."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.stock import rules
from inventory.stock.numbers import Amount
from inventory.stock.rules import Condition, Leg, Place

DAY = date(2026, 3, 10)
REAL_PLACES = [place for place in Place if place is not Place.SUPPLIED]
keys = st.builds(
    rules.AccountKey,
    store=st.sampled_from(["15-UTAMA", "15.03-UTAMA"]),
    place=st.sampled_from(Place),
    document_id=st.integers(0, 2),
    item=st.sampled_from(["blangko", "ribbon"]),
    condition=st.sampled_from(Condition),
    owner=st.sampled_from(["15", "15.03"]),
    event_id=st.integers(0, 1),
)
real_keys = keys.filter(lambda key: key.place is not Place.SUPPLIED)
quantities = st.integers(0, 10_000)


@st.composite
def legs(draw):
    source, target = draw(keys), draw(keys)
    target = rules.AccountKey(
        target.store, target.place, target.document_id, source.item, target.condition, target.owner, target.event_id
    )
    return Leg(source, target, draw(quantities))


def per_item(changes):
    totals = defaultdict(int)
    for key, change in changes.items():
        totals[key.item] += change
    return totals


@given(st.lists(legs(), max_size=12))
def test_a_movement_sums_to_zero_for_every_item_and_names_no_account_in_vain(moved):
    try:
        changes = rules.net(moved)
    except rules.NothingToMove:
        assert all(leg.quantity == 0 or leg.source == leg.target for leg in moved) or moved_cancels(moved)
        return
    assert set(per_item(changes).values()) == {0}
    assert 0 not in changes.values()
    assert list(changes) == sorted(changes)


def moved_cancels(moved):
    total = defaultdict(int)
    for leg in moved:
        total[leg.source] -= leg.quantity
        total[leg.target] += leg.quantity
    return not any(total.values())


@given(legs(), st.integers(-1_000, -1))
def test_a_leg_never_runs_backwards(leg, quantity):
    with pytest.raises(ValueError, match="positive"):
        rules.net([Leg(leg.source, leg.target, quantity)])


def test_a_leg_never_turns_one_item_into_another():
    blank = rules.in_store("15-UTAMA", "blangko", "15")
    ribbon = rules.in_store("15-UTAMA", "ribbon", "15")
    with pytest.raises(ValueError, match="one item"):
        rules.net([Leg(blank, ribbon, 1)])


@given(st.dictionaries(keys, st.integers(0, 500), max_size=6), st.lists(legs(), min_size=1, max_size=6))
def test_no_account_is_ever_on_the_wrong_side_of_zero(amounts, moved):
    balances = {key: amount * rules.sign_of(key.place) for key, amount in amounts.items()}
    try:
        changes = rules.net(moved)
    except rules.NothingToMove:
        return
    wrong = [key for key in changes if (balances.get(key, 0) + changes[key]) * rules.sign_of(key.place) < 0]
    if wrong:
        with pytest.raises(rules.StockInsufficient) as refused:
            rules.settle(balances, changes)
        facts = refused.value.facts
        named = [(key.store, abs(balances.get(key, 0)), abs(changes[key])) for key in wrong]
        assert (facts["store"], facts["available"], facts["asked"]) in named
        return
    after = rules.settle(balances, changes)
    assert after == {key: balances.get(key, 0) + change for key, change in changes.items()}


@given(st.lists(st.tuples(real_keys, st.integers(0, 500)), min_size=1, max_size=6), st.integers(1, 2_000))
def test_drawing_takes_exactly_what_is_asked_in_order_or_nothing(rows, quantity):
    balances = dict(rows)
    order = list(balances)
    together = sum(balances.values())
    if quantity > together:
        with pytest.raises(rules.StockInsufficient) as refused:
            rules.draw(balances, order, quantity)
        assert (refused.value.facts["available"], refused.value.facts["asked"]) == (together, quantity)
        return
    taken = rules.draw(balances, order, quantity)
    assert sum(part for _, part in taken) == quantity
    assert all(0 < part <= balances[key] for key, part in taken)
    positions = [order.index(key) for key, _ in taken]
    assert positions == sorted(set(positions))
    drained = {key for key, part in taken if part == balances[key]}
    before_last = order[: positions[-1]]
    assert all(key in drained or balances[key] == 0 for key in before_last)


def test_drawing_from_an_account_that_was_never_opened_finds_nothing():
    with pytest.raises(rules.StockInsufficient) as refused:
        rules.draw({}, [rules.in_store("15-UTAMA", "blangko", "15")], 1)
    assert refused.value.facts["available"] == 0


changes_by_day = st.lists(
    st.tuples(st.integers(1, 8).map(lambda days: DAY + timedelta(days)), st.integers(-40, 60)), max_size=12
)


@given(st.integers(0, 200), changes_by_day)
def test_the_lowest_since_a_day_is_what_counting_every_day_finds(opening, later):
    balance_now = opening + sum(change for _, change in later)
    lowest, on = rules.lowest_since(balance_now, later)
    days = [DAY + timedelta(number) for number in range(9)]
    at_the_end_of = {day: opening + sum(change for on, change in later if on <= day) for day in days}
    assert lowest == min(at_the_end_of.values())
    assert at_the_end_of[on or DAY] == lowest


def test_what_came_and_went_on_one_day_is_counted_at_its_end():
    next_day = DAY + timedelta(1)
    assert rules.lowest_since(5, [(next_day, -55), (next_day, 50)]) == (5, next_day)


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(0, 60), st.booleans())
def test_a_day_may_be_past_within_the_limit_and_never_future(on, limit, takes_out):
    age = (DAY - on).days
    if age < 0:
        with pytest.raises(rules.DateInFuture):
            rules.check_day(on, DAY, limit, takes_out=takes_out)
    elif takes_out and age > limit:
        with pytest.raises(rules.DateTooOld) as refused:
            rules.check_day(on, DAY, limit, takes_out=takes_out)
        assert refused.value.facts["first"] == DAY - timedelta(limit)
    else:
        rules.check_day(on, DAY, limit, takes_out=takes_out)


@st.composite
def movements(draw):
    """What one spoilage of goods of several owners left on the accounts: each owner's blanks became spoiled."""
    entries = {}
    for owner in draw(st.lists(st.sampled_from(["15", "15.03", "15.04", "15.06"]), min_size=1, unique=True)):
        part = draw(st.integers(1, 500))
        blank = rules.in_store("15.03-ACARA-1", "blangko", owner, 1)
        entries[blank], entries[blank.as_(Condition.SPOILED)] = -part, part
    return entries


@given(movements(), st.data())
def test_a_reversal_takes_back_what_is_asked_and_never_changes_an_owner(entries, data):
    whole = sum(change for change in entries.values() if change > 0)
    asked = data.draw(st.integers(1, whole))
    back = rules.part_of_reversal(entries, Amount(asked), {})
    assert sum(leg.quantity for leg in back) == asked
    assert all(leg.source.owner == leg.target.owner and leg.source.item == leg.target.item for leg in back)
    changes = rules.net(back)
    assert set(per_item(changes).values()) == {0}
    for key, change in changes.items():
        assert abs(change) <= abs(entries[key])
        assert change * entries[key] < 0


@given(movements(), st.data())
def test_reversing_in_two_parts_leaves_what_reversing_at_once_leaves(entries, data):
    whole = sum(change for change in entries.values() if change > 0)
    first = data.draw(st.integers(1, whole))
    left = dict(entries)
    for asked in filter(None, (first, whole - first)):
        for key, change in rules.net(rules.part_of_reversal(left, Amount(asked), {})).items():
            left[key] += change
        left = {key: change for key, change in left.items() if change}
    assert left == {}


@pytest.mark.parametrize("place", list(Place))
def test_only_the_outer_world_may_owe(place):
    assert rules.sign_of(place) == (-1 if place is Place.SUPPLIED else 1)


def test_goods_keep_their_nature_when_they_change_place_or_condition():
    key = rules.in_store("15-UTAMA", "blangko", "15", 7)
    assert key.at(Place.TRANSFER, store="15.03-UTAMA", document_id=9) == rules.AccountKey(
        "15.03-UTAMA", Place.TRANSFER, 9, "blangko", Condition.BLANK, "15", 7
    )
    assert key.as_(Condition.SPOILED).as_(Condition.BLANK) == key
