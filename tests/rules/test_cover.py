"""How long blanks last: exact, never more than there is, and said in words."""

import math
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.planning import cover, rules
from inventory.planning.cover import Cover, OfficeUse, days_of_cover, dry

TUESDAY = date(2026, 3, 3)
STOCK = st.integers(0, 10_000_000)
USE = st.fractions(Fraction(1, 30), 10_000)


def office(on_hand, used, code="15.03", working_days=20):
    return Cover(code, f"Dinas {code}", on_hand, 0, used, working_days)


@given(STOCK, USE)
def test_the_stock_lasts_as_many_days_as_the_use_goes_into_it(on_hand, use):
    days = days_of_cover(on_hand, use)
    assert days * use == on_hand


@given(STOCK)
def test_of_an_office_that_uses_nothing_nothing_is_known_but_that_it_has_none(on_hand):
    assert days_of_cover(on_hand, Fraction(0)) is None
    assert office(on_hand, 0).days is None
    assert office(on_hand, 0).tone == (0 if on_hand else 4)


@given(STOCK, STOCK, USE)
def test_more_stock_never_lasts_shorter_and_more_use_never_longer(on_hand, more, use):
    assert days_of_cover(on_hand + more, use) >= days_of_cover(on_hand, use)
    assert days_of_cover(on_hand, use + 1) <= days_of_cover(on_hand, use)


@given(STOCK, st.integers(0, 100_000), st.integers(0, 10_000))
def test_what_one_office_gives_to_another_is_neither_more_nor_less(on_hand, used, quantity):
    giver, taker = office(on_hand, used), office(0, used, "15.04")
    assert giver.plus(-quantity).on_hand + taker.plus(quantity).on_hand == on_hand
    assert giver.plus(-quantity).plus(quantity) == giver


@given(STOCK, st.integers(1, 100_000))
def test_the_words_never_promise_a_day_too_many(on_hand, used):
    one = office(on_hand, used)
    said = str(one.in_words)
    if "hari kerja" in said and "satu" not in said:
        assert int(said.split()[2].replace(".", "")) <= one.days


def test_the_words_are_what_people_say():
    assert str(office(0, 20).in_words) == "habis"
    assert str(office(0, 0).in_words) == "habis"
    assert str(office(1, 40).in_words) == "kurang dari satu hari kerja"
    assert str(office(1, 20).in_words) == "cukup untuk satu hari kerja"
    assert str(office(5_000, 8_000).in_words) == "cukup untuk 12 hari kerja"
    assert office(5_000, 8_000).in_words.en == "enough for 12 working days"
    assert str(office(10_000, 20).in_words) == "cukup untuk lebih dari setahun"
    assert str(office(5_000, 0).in_words).startswith("belum diketahui")


def test_the_first_to_look_at_is_who_runs_out_first():
    tones = [office(days, 20).tone for days in (0, 3, 4, 14, 15, 30, 31)]
    assert tones == [4, 4, 3, 3, 2, 2, 1]


def test_who_has_none_comes_first_and_the_unknown_last():
    offices = [office(5, 0, "15.01"), office(50, 20, "15.02"), office(5, 20, "15.03"), office(0, 0, "15.04")]
    assert [one.office for one in cover.worst_first(offices)] == ["15.04", "15.03", "15.02", "15.01"]


def test_the_last_blank_goes_on_the_working_day_that_uses_it_up():
    today, coming = date(2026, 1, 5), [date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 8)]
    assert cover.runs_out_on(Fraction(0), today, coming) == today
    assert cover.runs_out_on(Fraction(1, 2), today, coming) == coming[0]
    assert cover.runs_out_on(Fraction(2), today, coming) == coming[1]
    assert cover.runs_out_on(Fraction(31, 10), today, coming) is None


def test_an_office_orders_at_its_own_figure_else_at_what_a_consignment_takes_to_come():
    assert office(5_000, 1_000).reorder_level == 150
    assert office(5_000, 1_000).days_to_reorder == 97
    assert replace(office(5_000, 1_000), reorder_at=2_000).days_to_reorder == 60
    assert replace(office(500, 1_000), reorder_at=2_000).days_to_reorder == 0
    assert office(5_000, 0).reorder_level is None
    assert office(5_000, 0).days_to_reorder is None


def test_a_province_has_what_its_offices_have_together():
    offices = [office(100, 20, "15.03"), office(50, 10, "15.04"), office(7, 1, "35.09")]
    (jambi,) = cover.together(offices, lambda one: one.office[:2], {"15": "Jambi"})
    assert (jambi.on_hand, jambi.used, jambi.days) == (150, 30, 100)


@pytest.mark.parametrize(
    ("stock", "runs_out_on", "cover"),
    [
        (0, TUESDAY, 0),
        (50, date(2026, 3, 4), 0.5),
        (100, date(2026, 3, 4), 1),
        (300, date(2026, 3, 6), 3),
        (301, date(2026, 3, 10), 3.01),
        (400, date(2026, 3, 10), 4),
    ],
)
def test_an_office_runs_out_after_so_many_working_days(stock, runs_out_on, cover):
    use = OfficeUse("15.03", "Dinas", stock, used=2_000, working_days=20)
    found = dry(use, TUESDAY, 30, {date(2026, 3, 9)})
    assert (found.runs_out_on, found.cover_working_days, found.use_per_working_day) == (runs_out_on, cover, 100)
    assert found.days_left == (runs_out_on - TUESDAY).days


def test_what_is_short_is_the_use_to_the_end_of_the_period_less_the_stock():
    use = OfficeUse("15.03", "Dinas", 150, used=2_000, working_days=20)
    assert dry(use, TUESDAY, 7, frozenset()).quantity == 5 * 100 - 150


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 22), st.integers(0, 366))
def test_an_office_runs_dry_within_the_period_or_is_left_out(stock, used, days, within):
    found = dry(OfficeUse("15.03", "Dinas", stock, used, days), TUESDAY, within, frozenset())
    ahead = rules.working_days(TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=within), frozenset())
    if not used or not days or stock * days > used * len(ahead):
        assert found is None
    else:
        assert 0 <= found.days_left <= within
        assert found.quantity >= 0
        spent = rules.working_days(TUESDAY + timedelta(days=1), found.runs_out_on, frozenset())
        assert len(spent) == math.ceil(Fraction(stock * days, used))


@given(STOCK, st.integers(0, 10**6), st.integers(0, 22), st.integers(0, 300))
def test_what_lasts_so_many_days_is_told_without_reckoning_the_days(on_hand, used, working_days, days):
    one = office(on_hand, used, working_days=working_days)
    assert one.lasts_at_most(days) is (one.days is not None and one.days <= days)
