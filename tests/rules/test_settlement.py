"""The arithmetic of settlements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.catalogue.rules import ItemKind
from inventory.settlement import rules
from inventory.settlement.rules import Figures, Flow, Goods
from inventory.stock.rules import Condition, MovementKind, Place

BLANKS, RIBBONS = Goods("15", "blangko"), Goods("15", "ribbon")
KINDS = {"blangko": ItemKind.BLANK, "ribbon": ItemKind.RIBBON}
pieces = st.integers(0, 10_000)


def flow(kind, quantity, place=Place.STORE, condition=Condition.BLANK, goods=BLANKS):
    return Flow(goods, place, condition, kind, quantity)


def pair(kind, quantity, target, target_condition=Condition.BLANK, condition=Condition.BLANK):
    """What goes from the kit's good stock to another place of the event."""
    return [flow(kind, -quantity, condition=condition), flow(kind, quantity, target, target_condition)]


def test_5_998_of_6_000_arrive_and_every_one_is_told():
    found = rules.figures([
        flow(MovementKind.BROUGHT, 5_998),
        flow(MovementKind.BROUGHT, 2, Place.TRANSFER),
        *pair(MovementKind.PRINTING, 4_000, Place.STORE, Condition.PRINTED),
        *pair(MovementKind.PRINTING, 36, Place.STORE, Condition.SPOILED),
        *pair(MovementKind.ISSUE, 3_500, Place.ISSUED, Condition.PRINTED, Condition.PRINTED),
        *pair(MovementKind.LOSS, 5, Place.LOST),
    ])  # fmt: skip
    assert found == {BLANKS: Figures(brought=6_000, printed=4_000, spoiled=36, missing=7, on_hand=1_957)}


def test_a_written_off_piece_stays_missing_and_a_found_one_does_not():
    start = [flow(MovementKind.BROUGHT, 8), flow(MovementKind.BROUGHT, 2, Place.TRANSFER)]
    written_off = [*start, flow(MovementKind.WRITE_OFF, -2, Place.TRANSFER)]
    assert rules.figures(written_off)[BLANKS].missing == 2
    found = [*start, flow(MovementKind.FOUND, 2), flow(MovementKind.FOUND, -2, Place.TRANSFER)]
    assert rules.figures(found)[BLANKS] == Figures(brought=10, on_hand=10)


def test_what_left_the_kit_before_the_close_was_returned_unless_it_was_recalled():
    sent = [flow(MovementKind.DELIVERY, 10), flow(MovementKind.DISPATCH, -4)]
    assert rules.figures(sent)[BLANKS] == Figures(brought=10, returned=4, on_hand=6)
    assert rules.figures([*sent, flow(MovementKind.RECALL, 4)])[BLANKS] == Figures(brought=10, on_hand=10)


def test_corrections_inside_the_kit_bring_nothing_and_a_reversed_receipt_takes_back():
    spoiled = pair(MovementKind.SPOILAGE, 3, Place.STORE, Condition.SPOILED)
    undone = [
        flow(MovementKind.REVERSAL, 3),
        flow(MovementKind.REVERSAL, -3, condition=Condition.SPOILED),
        flow(MovementKind.REVERSAL, -2),
    ]
    found = rules.figures([flow(MovementKind.RECEIPT, 10), *spoiled, *undone])
    assert found[BLANKS] == Figures(brought=8, on_hand=8)


def test_goods_that_came_and_went_without_trace_have_no_line():
    assert rules.figures([flow(MovementKind.RECEIPT, 5), flow(MovementKind.REVERSAL, -5)]) == {}


def one(told, counts=None, explanations=None, goods=BLANKS):
    (line,) = rules.settle({goods: told}, KINDS, counts or {}, explanations or {})
    return line


@given(pieces, pieces, pieces, pieces, pieces)
def test_without_a_count_everything_on_hand_is_returned(printed, spoiled, returned, missing, on_hand):
    brought = printed + spoiled + returned + missing + on_hand
    line = one(Figures(brought, printed, spoiled, 0, returned, missing, on_hand))
    assert (line.counted, line.returned, line.missing) == (False, returned + on_hand, missing)


@given(pieces, pieces)
def test_a_count_of_blanks_adds_up_once_it_is_explained(on_hand, counted):
    told = Figures(brought=on_hand, on_hand=on_hand)
    if counted != on_hand:
        with pytest.raises(rules.DifferenceUnexplained) as caught:
            one(told, {BLANKS: counted})
        assert caught.value.facts == {"owner": "15", "item": "blangko", "books": on_hand, "counted": counted}
        assert caught.value.faults[0].pointer == "/counts/0"
    line = one(told, {BLANKS: counted}, {BLANKS: "basah terkena hujan"})
    assert (line.returned, line.missing, line.lost, line.used_up) == (counted, on_hand - counted, on_hand - counted, 0)
    assert line.counted
    assert line.brought == line.returned + line.missing


@given(pieces, pieces)
def test_supplies_that_are_gone_were_used_and_more_than_the_books_needs_a_word(on_hand, counted):
    told = Figures(brought=on_hand, on_hand=on_hand)
    if counted > on_hand:
        with pytest.raises(rules.DifferenceUnexplained):
            one(told, {RIBBONS: counted}, goods=RIBBONS)
    line = one(told, {RIBBONS: counted}, {RIBBONS: "ada di dalam printer"}, RIBBONS)
    assert line.used == line.used_up == max(on_hand - counted, 0)
    assert line.missing == line.lost == min(on_hand - counted, 0)
    assert line.brought == line.used + line.returned + line.missing


def test_every_unexplained_difference_is_named():
    told = {BLANKS: Figures(brought=10, on_hand=10), Goods("15.03", "blangko"): Figures(brought=5, on_hand=5)}
    with pytest.raises(rules.DifferenceUnexplained) as caught:
        rules.settle(told, KINDS, {Goods("15.03", "blangko"): 4, BLANKS: 9}, {})
    assert [fault.pointer for fault in caught.value.faults] == ["/counts/1", "/counts/0"]


def test_figures_that_do_not_agree_are_never_written():
    with pytest.raises(rules.SettlementUnbalanced):
        one(Figures(brought=10, printed=3, on_hand=6))


@pytest.mark.parametrize(
    ("lines", "error", "pointer"),
    [
        ([(BLANKS, 1), (BLANKS, 1)], rules.CountedTwice, "/counts/1"),
        ([(BLANKS, 1), (RIBBONS, 1)], rules.CountForeign, "/counts/1/item"),
    ],
)
def test_a_count_names_what_was_brought_once(lines, error, pointer):
    with pytest.raises(error) as caught:
        rules.by_goods(lines, [BLANKS], "counts")
    assert caught.value.pointer == pointer
