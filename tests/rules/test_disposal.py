"""How a destruction adds up: whatever the figures, totals are their rows' and nothing burns that is not there."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.disposal import rules
from inventory.disposal.rules import DestructionClass, Sort, Spoiled, WitnessTwice
from inventory.stock import numbers
from inventory.stock.numbers import Amount
from inventory.stock.rules import QUARANTINE, Condition, Place, SpoilReason, in_store, net

KEYS = [
    in_store("S", item, owner).spoiled(reason)
    for item in ("blangko", "ribbon")
    for owner in ("15", "15.03")
    for reason in SpoilReason
]
cells = st.lists(
    st.tuples(st.sampled_from(Sort), st.sampled_from(DestructionClass), st.integers(1, 5_000)), max_size=40
)
counted = st.lists(st.builds(Spoiled, st.sampled_from(KEYS), st.builds(Amount, st.integers(1, 60))), max_size=12)
there = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 150))


def test_the_first_four_classes_are_those_of_the_quarantine():
    assert [each.value for each in DestructionClass][:4] == [each.value for each in QUARANTINE]
    assert len(DestructionClass) == 6


@given(cells)
def test_totals_are_the_sum_of_their_classes_and_of_nothing_else(some):
    told = rules.figures(some)
    asked = Counter()
    for sort, reason, quantity in some:
        asked[sort, reason.value if sort is not Sort.SUPPLIES else ""] += quantity
    for sort in (Sort.BLANKS, Sort.WITHDRAWN):
        row = dict(told[sort])
        assert row.pop("total") == sum(row.values())
        assert row == {each.value: asked[sort, each.value] for each in DestructionClass}
    assert told["supplies"] == asked[Sort.SUPPLIES, ""]
    assert told["total"] == told["blanks"]["total"] + told["withdrawn"]["total"]


@given(st.lists(cells, max_size=6))
def test_the_sum_of_all_rows_is_the_row_of_all_sums(offices):
    rows = [rules.figures(each) for each in offices]
    together = rules.figures(cell for each in offices for cell in each)
    for sort in (Sort.BLANKS, Sort.WITHDRAWN):
        for name, total in together[sort].items():
            assert total == sum(row[sort][name] for row in rows)
    assert together["total"] == sum(row["total"] for row in rows)


def test_the_published_rows_of_3914_never_add_up_to_3924():
    published = [2_707, 53, 1_154]
    told = rules.figures((Sort.BLANKS, reason, n) for reason, n in zip(DestructionClass, published, strict=False))
    assert told["blanks"]["total"] == told["total"] == 3_914


@given(counted, there)
def test_lines_are_refused_exactly_where_together_they_take_more_than_quarantine_holds(lines, held):
    faults = rules.short_lines(lines, held)
    asked = Counter()
    for line in lines:
        asked[line.key] += line.amount.quantity
    wrong = [f"/lines/{i}" for i, line in enumerate(lines) if asked[line.key] > held.get(line.key, 0)]
    assert [fault.pointer for fault in faults] == wrong
    assert {fault.code for fault in faults} <= {"stock_insufficient"}


def test_a_count_of_blanks_that_have_numbers_asks_for_the_numbers():
    key = KEYS[0]
    [fault] = rules.short_lines([Spoiled(key, Amount(5))], {key: 2, key.tracked(numbered=True): 9})
    assert (fault.pointer, fault.code) == ("/lines/0", "numbers_needed")


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 60), st.integers(0, 60))
def test_every_number_that_is_not_in_its_quarantine_is_named(first, length, asked_first, asked_length):
    key = KEYS[0]
    lies = [numbers.interval(f"A{first:03}", f"A{first + length:03}")]
    anywhere = [*lies, numbers.interval("A080", "A090")]
    asked = numbers.amount(intervals=[[f"A{asked_first:03}", f"A{asked_first + asked_length:03}"]], where="/lines/0")
    line = Spoiled(key, asked)
    faults = rules.absent_numbers([line], {line.account: lies}, anywhere)
    wanted = set(range(asked_first, asked_first + asked_length + 1))
    absent = wanted - set(range(first, first + length + 1))
    assert bool(faults) is bool(absent)
    elsewhere = absent & set(range(80, 91))
    codes = {fault.code for fault in faults}
    assert ("numbers_elsewhere" in codes, "numbers_unknown" in codes) == (bool(elsewhere), bool(absent - elsewhere))
    assert {fault.pointer for fault in faults} <= {"/lines/0/intervals/0"}


@given(counted.filter(bool))
def test_what_burns_leaves_quarantine_and_is_destroyed_all_of_it(lines):
    changes = net([line.leg for line in lines])
    gone = {key: -change for key, change in changes.items() if change < 0}
    assert all(key.place is Place.STORE and key.condition is Condition.SPOILED for key in gone)
    burned = {key: change for key, change in changes.items() if change > 0}
    assert all(key.place is Place.DESTROYED for key in burned)
    assert sum(gone.values()) == sum(burned.values()) == sum(line.amount.quantity for line in lines)


rows = st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(1, 20)), max_size=12)


@given(rows, st.integers(1, 120))
def test_the_oldest_withdrawn_cards_burn_first_and_never_more_than_wait(some, quantity):
    waiting = [(on, i, n) for i, (on, n) in enumerate(some)]
    taken = rules.oldest_first(waiting, quantity)
    if sum(n for _, _, n in waiting) < quantity:
        assert taken is None
        return
    assert sum(taken.values()) == quantity
    left_over = [(on, i) for on, i, n in waiting if taken.get(i, 0) < n]
    assert all(taken.get(i, 0) <= n for _, i, n in waiting)
    if left_over:
        assert all(taken.get(i, 0) == 0 for on, i, _ in waiting if (on, i) > min(left_over))


@pytest.mark.parametrize("second", [("Siti", "Inspektorat"), ("SITI", "inspektorat")])
def test_the_same_witness_twice_is_one_witness(second):
    witnesses = [{"name": "Siti", "institution": "Inspektorat"}, {"name": second[0], "institution": second[1]}]
    with pytest.raises(WitnessTwice) as refused:
        rules.check_witnesses(witnesses)
    assert [fault.pointer for fault in refused.value.faults] == ["/witnesses/1"]
    rules.check_witnesses([witnesses[0], {"name": "Siti", "institution": "Kejaksaan"}])


@given(st.dates(date(1900, 1, 1), date(2198, 12, 1)))
def test_the_last_day_of_a_month_is_followed_by_a_first(day):
    last = rules.last_day(day.replace(day=1))
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1
