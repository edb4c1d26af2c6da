"""One blank, one attempt, one recording; the host's own blanks first."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import LinesRefused
from inventory.printing import rules
from inventory.printing.handover import Handover
from inventory.printing.rules import Line, NotWaiting, Outcome, Result, Try, UndoTooLate
from inventory.stock import rules as stock
from inventory.stock.numbers import Amount, Series, Span
from inventory.stock.rules import Condition, Part, Place, SpoilReason, StockInsufficient, in_store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
OWNERS = ("15.03", "15", "15.04")
ORDER = [in_store("15.03-ACARA-1", "blangko", owner, 1) for owner in OWNERS]
PRINTED = st.builds(Result, st.integers(1, 6), st.just(Outcome.PRINTED))
SPOILED = st.builds(Result, st.integers(1, 6), st.just(Outcome.SPOILED), st.sampled_from(SpoilReason))
TRY = st.one_of(
    st.builds(Try, st.integers(1, 9), st.just(Outcome.PRINTED)),
    st.builds(Try, st.integers(1, 9), st.just(Outcome.SPOILED), st.sampled_from(SpoilReason)),
)
TRIES = st.lists(TRY, min_size=1, max_size=60)
PACK = Series("A", 4)


@given(st.lists(st.one_of(PRINTED, SPOILED), min_size=1), st.sets(st.integers(1, 6)))
def test_every_result_is_an_attempt_or_the_whole_batch_is_refused(results, waiting):
    lines = {n: Line(n, n in waiting) for n in range(1, 6)}
    after_printed, printed = False, set()
    for result in results:
        if lines.get(result.recording, Line(0, waiting=False)).waiting:
            after_printed |= result.recording in printed
            if result.outcome is Outcome.PRINTED:
                printed.add(result.recording)
    if after_printed or any(result.recording == 6 for result in results):
        with pytest.raises(LinesRefused):
            rules.attempts(1, results, lines)
    elif any(result.recording not in waiting for result in results):
        with pytest.raises(NotWaiting) as refused:
            rules.attempts(1, results, lines)
        late = [f"/results/{n}/recording" for n, result in enumerate(results) if result.recording not in waiting]
        assert [fault.pointer for fault in refused.value.faults] == late
    else:
        tries = rules.attempts(1, results, lines)
        assert [(a.recording, a.outcome, a.reason) for a in tries] == [
            (r.recording, r.outcome, r.reason) for r in results
        ]
        assert max(Counter(a.recording for a in tries if a.outcome is Outcome.PRINTED).values(), default=0) <= 1


@pytest.mark.parametrize("result", [
    Result("a", Outcome.SPOILED), Result("a", Outcome.PRINTED, SpoilReason.DAMAGED), Result("b", Outcome.PRINTED),
])  # fmt: skip
def test_a_result_that_can_never_be_right_is_refused(result):
    with pytest.raises(LinesRefused):
        rules.attempts(1, [result], {"a": Line(1, waiting=True)})


@given(TRIES, st.lists(st.integers(0, 30), min_size=3, max_size=3))
def test_blanks_are_drawn_attempt_by_attempt_in_order_and_none_is_made_or_lost(tries, balances):
    held = dict(zip(ORDER, balances, strict=True))
    if sum(balances) < len(tries):
        with pytest.raises(StockInsufficient):
            stock.draw(held, ORDER, len(tries))
        return
    blanks = rules.fed([Part(*part) for part in stock.draw(held, ORDER, len(tries))], tries)
    assert [ORDER.index(key) for key in blanks] == sorted(ORDER.index(key) for key in blanks)
    used = Counter(blanks)
    for index, key in enumerate(ORDER):
        assert used[key] <= held[key]
        if any(used[later] for later in ORDER[index + 1 :]):
            assert used[key] == held[key]
    legs = rules.legs_of(blanks, tries)
    assert sum(leg.quantity for leg in legs) == len(tries)
    for condition, outcome in ((Condition.PRINTED, Outcome.PRINTED), (Condition.SPOILED, Outcome.SPOILED)):
        became = Counter()
        for leg in legs:
            if leg.target.condition is condition:
                became[leg.source.owner] += leg.quantity
        wanted = Counter(k.owner for k, a in zip(blanks, tries, strict=True) if a.outcome is outcome)
        assert became == wanted
    assert all(leg.source.owner == leg.target.owner and leg.source.place == leg.target.place for leg in legs)


@given(TRIES, st.data())
def test_each_scanned_blank_goes_where_its_own_attempt_says_and_the_others_are_counted(tries, data):
    scanned = data.draw(st.lists(st.booleans(), min_size=len(tries), max_size=len(tries)))
    numbers = iter(data.draw(st.permutations(range(1, len(tries) + 1))))
    tries = [
        replace(a, number=Span(PACK, n, n)) if mark else a
        for a, mark, n in ((a, mark, next(numbers)) for a, mark in zip(tries, scanned, strict=True))
    ]
    amount = rules.scanned(tries)
    named, counted = ORDER[1].tracked(numbered=True), len(tries) - amount.quantity
    parts = [Part(named, amount.quantity, amount.spans)] if amount.numbered else []
    parts += [Part(ORDER[0], counted)] if counted else []
    blanks = rules.fed(parts, tries)
    assert [key == named for key in blanks] == scanned
    for leg in rules.legs_of(blanks, tries):
        mine = [a for a, key in zip(tries, blanks, strict=True)
                if (key, rules.becomes(key, a.outcome, a.reason)) == (leg.source, leg.target)]  # fmt: skip
        assert leg.quantity == len(mine)
        told = {span.first + n for span in leg.spans for n in range(len(span))}
        assert told == {a.number.first for a in mine if a.number is not None}


@given(TRIES, st.integers(1, 70))
def test_a_pack_feeds_a_run_in_order_or_not_at_all(tries, size):
    pack = Amount(size, (Span(PACK, 1, size),))
    if size != len(tries):
        with pytest.raises(rules.BlanksDoNotMatch):
            rules.with_numbers(tries, pack)
        return
    assert [a.number.first for a in rules.with_numbers(tries, pack)] == list(range(1, size + 1))
    assert rules.with_numbers(tries, Amount(0)) == tries


def test_blanks_out_of_a_hand_become_cards_and_spoiled_blanks_of_the_store():
    held = ORDER[0].at(Place.CUSTODY, document_id=7)
    assert rules.becomes(held, Outcome.PRINTED, None) == ORDER[0].as_(Condition.PRINTED)
    spoiled = rules.becomes(held, Outcome.SPOILED, SpoilReason.ENCODE_FAILURE)
    assert (spoiled.place, spoiled.condition, spoiled.spoil_reason) == (
        Place.STORE, Condition.SPOILED, SpoilReason.ENCODE_FAILURE,
    )  # fmt: skip


@given(st.integers(0, 525_600), st.integers(-1_000_000, 60_000_000))
def test_an_undo_is_possible_until_the_offices_minutes_have_passed(minutes, seconds):
    at = NOW - timedelta(seconds=seconds)
    if seconds > minutes * 60:
        with pytest.raises(UndoTooLate):
            rules.check_undo(at, NOW, minutes, "Asia/Jakarta")
    else:
        rules.check_undo(at, NOW, minutes, "Asia/Jakarta")


@given(st.lists(st.integers(1, 5)))
def test_a_recording_named_twice_is_told_at_every_later_line(recordings):
    twice = [n for n, recording in enumerate(recordings) if recording in recordings[:n]]
    if not twice:
        rules.first_lines(recordings, "cards")
        return
    with pytest.raises(LinesRefused) as refused:
        rules.first_lines(recordings, "cards")
    assert [fault.pointer for fault in refused.value.faults] == [f"/cards/{n}" for n in twice]


def test_a_collectors_name_is_in_no_traceback():
    assert "Umar" not in repr(Handover("a", "Umar bin Ali"))
