"""The arithmetic of coverage."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.coverage import rules
from inventory.coverage.rules import Said, Target

quantities = st.integers(1, 10**9)
percents = st.floats(0.01, 150, allow_nan=False)


def codes(figures):
    return [flag.code for flag in figures.flags]


@given(required=quantities, recorded=st.integers(0, 10**9))
def test_the_percentage_is_the_nearest_hundredth_and_never_clamped(required, recorded):
    percent = Decimal(str(rules.percent_of(recorded, required)))
    assert abs(percent - Decimal(recorded) * 100 / Decimal(required)) <= Decimal("0.005")


@given(required=quantities, recorded=st.integers(0, 10**9))
def test_required_is_always_recorded_plus_remaining(required, recorded):
    figures = rules.compute(Said(required, recorded))
    assert recorded + figures.remaining == required
    assert ("above_100" in codes(figures)) == (figures.percent > 100)


@given(required=quantities, recorded=st.integers(0, 10**9), off=st.integers(-1000, 1000))
def test_a_reported_remainder_is_flagged_exactly_when_it_is_not_the_computed_one(required, recorded, off):
    figures = rules.compute(Said(required, recorded, reported_remaining=required - recorded + off))
    assert ("remaining_differs" in codes(figures)) == (off != 0)


@pytest.mark.parametrize(
    ("reported", "flagged"), [(94.51, False), (94.5, False), (94.52, False), (94.49, True), (95, True)]
)
def test_a_reported_percentage_may_be_a_hundredth_off(reported, flagged):
    assert ("percent_differs" in codes(rules.compute(Said(214_600, 202_820, reported)))) is flagged


def test_half_a_hundredth_rounds_up():
    assert rules.percent_of(1, 800) == 0.13
    assert rules.percent_of(3, 800) == 0.38


def test_a_percentage_alone_is_taken_over_and_flagged():
    figures = rules.compute(Said(required=5, reported_percent=101.5))
    assert (figures.percent, figures.remaining, codes(figures)) == (101.5, None, ["only_percent", "above_100"])


@pytest.mark.parametrize("said", [Said(), Said(required=5)])
def test_nothing_said_of_who_is_recorded_is_refused(said):
    with pytest.raises(rules.CoverageFiguresMissing):
        rules.check_said(said)


@pytest.mark.parametrize("said", [Said(recorded=5), Said(reported_remaining=5), Said(required=5, reported_remaining=5)])
def test_one_figure_alone_is_kept_without_a_percentage_and_flagged(said):
    rules.check_said(said)
    figures = rules.compute(said)
    assert (figures.percent, figures.remaining, codes(figures)) == (None, None, ["no_percent"])


@given(st.lists(st.builds(Said, st.none(), st.one_of(st.none(), quantities), st.one_of(st.none(), percents))))
def test_siblings_are_ranked_by_percentage_as_soon_as_one_is_known(siblings):
    known = any(said.reported_percent is not None for said in siblings)
    assert rules.rank_by(siblings) == ("percent" if known else "recorded")


@given(st.dictionaries(st.text(min_size=1), st.one_of(st.none(), percents)))
def test_a_rank_is_one_more_than_the_number_of_better_siblings(known):
    for region, rank in rules.ranks(known).items():
        if known[region] is None:
            assert rank is None
        else:
            assert rank == 1 + sum(p is not None and p > known[region] for p in known.values())


DAYS = [date(2019, 1, 1), date(2019, 6, 30), date(2019, 12, 31)]


@given(st.sets(st.sampled_from(["15", "15.03", "15.03.04", "16"])), st.sets(st.sampled_from(DAYS), min_size=1))
def test_the_nearest_region_with_a_target_decides(regions, days):
    targets = [Target(region, 98, day) for region in regions for day in days]
    found = rules.target_in_force("15.03.04", targets, date(2019, 6, 1))
    above = [code for code in ("15.03.04", "15.03", "15") if code in regions]
    assert (found is None) == (not above)
    if found is not None:
        assert found.region == above[0]
        coming = sorted(day for day in days if day >= date(2019, 6, 1))
        assert found.due_on == (coming[0] if coming else max(days))


def test_the_gap_is_in_points_and_negative_above_the_target():
    target = Target("15", 98, DAYS[0])
    assert rules.gap(96.54, target) == 1.46
    assert rules.gap(98.5, target) == -0.5
    assert rules.gap(None, target) is None


@given(
    st.lists(
        st.one_of(st.just(Said()), st.builds(Said, quantities, quantities), st.builds(Said, st.none(), quantities))
    )
)
def test_the_total_adds_up_those_that_gave_both_figures_or_else_the_recorded(children):
    both = [said for said in children if said.required is not None]
    alone = [said for said in children if said.recorded is not None]
    summed = rules.total(children)
    assert summed.required == (sum(said.required for said in both) if both else None)
    assert summed.recorded == (sum(said.recorded for said in both or alone) if alone else None)
    assert len(rules.counted(children)) == len(both or alone)


@pytest.mark.parametrize(
    ("parent", "complete", "expected"),
    [
        (None, True, []),
        (Said(1000, 900), True, []),
        (Said(1001, 900), True, ["totals_differ"]),
        (Said(1001, 901), False, ["totals_incomplete", "totals_incomplete"]),
        (Said(reported_percent=90.0), True, []),
        (Said(reported_percent=96.54), True, ["totals_differ"]),
    ],
)
def test_the_childrens_sum_is_held_against_the_parents_own_report(parent, complete, expected):
    flags = rules.compare_total(Said(1000, 900), parent, complete=complete)
    assert [flag.code for flag in flags] == expected


def test_no_sum_is_compared_with_nothing():
    assert rules.compare_total(Said(), Said(5, 5), complete=True) == ()
    assert rules.compare_total(Said(5, 5), Said(reported_remaining=3), complete=True) == ()
