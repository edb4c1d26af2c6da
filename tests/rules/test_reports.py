"""From opening to closing: whatever moved, the columns of a walk explain it to the last blank."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reports.files import safe
from inventory.reports.rules import FLOWS, HELD, Grain, Period, Sum, Walk, added, printed, spoiled_in_printing, walk
from inventory.stock.rules import Condition, MovementKind, Place, SpoilReason

KINDS = [kind.value for kind in MovementKind]
sums = st.builds(
    Sum,
    st.sampled_from(KINDS),
    st.sampled_from([place.value for place in Place]),
    st.sampled_from([condition.value for condition in Condition]),
    st.integers(0, 3),
    st.booleans(),
    st.integers(0, 50),
    st.integers(0, 50),
)
walks = st.builds(
    Walk, st.integers(-9, 9), st.dictionaries(st.sampled_from(FLOWS), st.integers(-9, 9)), st.integers(0, 9)
)


def held(found, condition):
    return sum(each.net for each in found if each.place in HELD and each.condition == condition)


@given(st.lists(sums), st.lists(sums))
def test_opening_and_all_flows_add_up_to_what_is_there_whatever_moved(before, within):
    for condition in Condition:
        found = walk(condition, before, within)
        assert found.opening == held(before, condition)
        assert found.closing == held([*before, *within], condition)
        columns = found.columns()
        assert columns["closing"] == columns["opening"] + sum(columns[name] for name in FLOWS)


@given(st.lists(walks, min_size=1))
def test_a_total_is_the_sum_of_its_rows_in_every_column(many):
    rows = [each.columns() for each in many]
    assert added(many).columns() == {name: sum(row[name] for row in rows) for name in rows[0]}


@given(st.dates(date(1, 1, 2), date(9998, 12, 30)), st.sampled_from([Grain.DAY, Grain.MONTH]))
def test_the_time_before_a_period_is_told_once(day, grain):
    period = Period(grain, day if grain is Grain.DAY else day.replace(day=1))
    at = date.min
    for part, first, after in period.before:
        assert first == at
        assert part is not Grain.HELD_MONTH or first.day == after.day == 1
        assert part is not Grain.HELD_YEAR or after.month == after.day == 1
        at = after
    assert at == period.first <= period.last < period.after
    assert period.after - period.last == timedelta(days=1)


def moved(kind, *entries, own=False):
    """Entries as (place, condition, quantity)."""
    return [
        Sum(kind.value, place, condition, 0, own, max(quantity, 0), max(-quantity, 0))
        for place, condition, quantity in entries
    ]


K, P, C = MovementKind, Place, Condition
MEANINGS = [
    (moved(K.RECEIPT, (P.SUPPLIED, C.BLANK, -9), (P.STORE, C.BLANK, 9)), {C.BLANK: {"received": 9}}),
    (moved(K.RECEIPT, (P.SUPPLIED, C.PRINTED, -9), (P.STORE, C.PRINTED, 9)), {C.PRINTED: {"received": 9}}),
    (moved(K.REVERSAL, (P.SUPPLIED, C.BLANK, 2), (P.STORE, C.BLANK, -2)), {C.BLANK: {"received": -2}}),
    (moved(K.REVERSAL, (P.STORE, C.SPOILED, -2), (P.STORE, C.BLANK, 2)),
     {C.BLANK: {"spoiled": 2}, C.SPOILED: {"spoiled": -2}}),
    (moved(K.REVERSAL, (P.LOST, C.BLANK, -2), (P.STORE, C.BLANK, 2)), {C.BLANK: {"lost": 2}}),
    (moved(K.SPOILAGE, (P.STORE, C.BLANK, -2), (P.STORE, C.SPOILED, 2)),
     {C.BLANK: {"spoiled": -2}, C.SPOILED: {"spoiled": 2}}),
    (moved(K.PRINTING, (P.CUSTODY, C.BLANK, -5), (P.STORE, C.PRINTED, 4), (P.STORE, C.SPOILED, 1)),
     {C.BLANK: {"printed": -4, "spoiled": -1}, C.PRINTED: {"printed": 4}, C.SPOILED: {"spoiled": 1}}),
    (moved(K.PRINTING_UNDO, (P.STORE, C.BLANK, 1), (P.STORE, C.PRINTED, -1)),
     {C.BLANK: {"printed": 1}, C.PRINTED: {"printed": -1}}),
    (moved(K.ISSUE, (P.STORE, C.PRINTED, -3), (P.ISSUED, C.PRINTED, 3)), {C.PRINTED: {"issued": -3}}),
    (moved(K.LOSS, (P.STORE, C.PRINTED, -3), (P.LOST, C.PRINTED, 3)), {C.PRINTED: {"lost": -3}}),
    (moved(K.CONSUMPTION, (P.STORE, C.BLANK, -3), (P.CONSUMED, C.BLANK, 3)), {C.BLANK: {"used": -3}}),
    (moved(K.CUSTODY, (P.STORE, C.BLANK, -3), (P.CUSTODY, C.BLANK, 3)), {}),
    (moved(K.DESTRUCTION, (P.STORE, C.SPOILED, -3), (P.DESTROYED, C.SPOILED, 3)), {C.SPOILED: {"destroyed": -3}}),
    (moved(K.ADJUSTMENT, (P.STORE, C.BLANK, -1), (P.LOST, C.BLANK, 3), (P.SUPPLIED, C.BLANK, -2)),
     {C.BLANK: {"found": 2, "lost": -3}}),
    (moved(K.DISPATCH, (P.STORE, C.BLANK, -5), (P.TRANSFER, C.BLANK, 5)), {C.BLANK: {"transferred_out": -5}}),
    (moved(K.DISPATCH, (P.STORE, C.BLANK, -5), (P.TRANSFER, C.BLANK, 5), own=True), {C.BLANK: {"between_own": -5}}),
    (moved(K.RECALL, (P.STORE, C.BLANK, 5), (P.TRANSFER, C.BLANK, -5)), {C.BLANK: {"transferred_out": 5}}),
    (moved(K.DELIVERY, (P.TRANSFER, C.BLANK, -5)), {}),  # the sender's side: it has left long ago
    (moved(K.DELIVERY, (P.STORE, C.BLANK, 4), (P.STORE, C.SPOILED, 1)),
     {C.BLANK: {"transferred_in": 4}, C.SPOILED: {"transferred_in": 1}}),
    (moved(K.DELIVERY, (P.TRANSFER, C.BLANK, -5), (P.STORE, C.BLANK, 5), own=True), {C.BLANK: {"between_own": 5}}),
    (moved(K.UNDELIVERY, (P.STORE, C.BLANK, -6), (P.SUPPLIED, C.BLANK, 2)),
     {C.BLANK: {"transferred_in": -4, "found": -2}}),
    (moved(K.BROUGHT, (P.STORE, C.BLANK, -5), (P.TRANSFER, C.BLANK, 2)), {C.BLANK: {"transferred_out": -5}}),
    (moved(K.BROUGHT, (P.STORE, C.BLANK, 3)), {C.BLANK: {"transferred_in": 3}}),
    (moved(K.WRITE_OFF, (P.TRANSFER, C.BLANK, -3), (P.LOST, C.BLANK, 3)), {}),
    (moved(K.WRITE_OFF, (P.CUSTODY, C.BLANK, -3), (P.LOST, C.BLANK, 3)), {C.BLANK: {"lost": -3}}),
    (moved(K.CLOSING, (P.STORE, C.BLANK, -4), (P.LOST, C.BLANK, 1), (P.CONSUMED, C.BLANK, 3)),
     {C.BLANK: {"lost": -1, "used": -3}}),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "told"), MEANINGS)
def test_each_kind_of_movement_has_its_column(entries, told):
    found = {condition: walk(condition, [], entries).flows for condition in Condition}
    assert {condition: flows for condition, flows in found.items() if flows} == told


def test_what_no_column_explains_is_told_as_other():
    assert walk(C.BLANK, [], moved(K.DESTRUCTION, (P.STORE, C.BLANK, -1))).flows == {"other": -1}


def test_cards_and_spoiled_blanks_are_counted_from_printing_alone():
    spoiled = [
        Sum("printing", "store", "spoiled", 1, False, 3, 0), Sum("printing_undo", "store", "spoiled", 1, False, 0, 1),
        Sum("printing", "store", "spoiled", 2, False, 4, 0), Sum("spoilage", "store", "spoiled", 1, False, 9, 0),
    ]  # fmt: skip
    cards = [Sum("printing", "store", "printed", 0, False, 8, 0), Sum("receipt", "store", "printed", 0, False, 5, 0)]
    assert printed([*spoiled, *cards]) == 8
    assert spoiled_in_printing([*spoiled, *cards]) == {
        SpoilReason.DAMAGED: 0, SpoilReason.PRINT_FAILURE: 2, SpoilReason.ENCODE_FAILURE: 4,
        SpoilReason.FACTORY_DEFECT: 0,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_begins_a_formula_is_told_as_text(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", [-5, 0, None, "Dinas", "a=b", ""])
def test_figures_and_plain_words_stay_what_they_are(cell):
    assert safe(cell) == cell
