"""The arithmetic of readiness."""

import math
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.catalogue.rules import ItemKind
from inventory.outreach.rules import EventStatus
from inventory.planning import flags, rules
from inventory.planning.rules import (
    Available,
    Cases,
    Consignment,
    Holding,
    Plan,
    Severity,
    SpoilRate,
    SpoilSource,
    StopPlan,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
FIRST, LAST = date(2019, 4, 4), date(2019, 4, 5)


def at(day, hour, zone=JAKARTA):
    return datetime.combine(day, time(hour), zone)


def stop(**changes):
    usual = {"starts_at": at(FIRST, 8), "ends_at": at(LAST, 16), "target_people": 3_400, "recorded": 0, "kits": 6}
    return StopPlan(**{**usual, "minutes_per_recording": 5.0, **changes})


def plan(**changes):
    usual = {
        "event": 1,
        "name": "Gotong royong",
        "office": "15.03",
        "time_zone": "Asia/Jakarta",
        "status": EventStatus.PLANNED,
        "starts_on": FIRST,
        "ends_on": LAST,
        "opens_at": time(8),
        "closes_at": time(16),
        "deadline_on": None,
        "turnouts": (0.27, 0.5, 0.8),
        "cards_per_person": 1.0,
        "replacements": 0,
        "backlog": 0,
        "spoil": SpoilRate(0.02, SpoilSource.DEFAULT),
        "stops": (stop(),) * 5,
    }
    return Plan(**{**usual, **changes})


def blanks(**changes):
    return Holding(ItemKind.BLANK, None, **changes)


stops = st.builds(
    stop,
    target_people=st.integers(0, 20_000),
    recorded=st.integers(0, 20_000),
    kits=st.integers(0, 50),
    minutes_per_recording=st.floats(0.1, 60),
)
turnouts = st.lists(st.floats(0, 10), min_size=3, max_size=3).map(sorted).map(tuple)
rates = st.floats(0, 0.99).map(lambda rate: SpoilRate(round(rate, 4), SpoilSource.EVENT))
plans = st.builds(
    plan,
    stops=st.lists(stops, max_size=6).map(tuple),
    turnouts=turnouts,
    cards_per_person=st.floats(0.01, 10),
    replacements=st.integers(0, 10_000),
    backlog=st.integers(0, 10_000),
    spoil=rates,
)


def test_sarolangun_is_6000_short_by_target_and_has_thousands_too_many_by_turnout():
    found = rules.figures(plan(), [blanks(pledged=11_000)], date(2019, 3, 28))
    # A stop: 6 kits x 960 minutes / 5 = 1,152 people; 27 % of 3,400 are 918, 50 % are 1,700.
    assert found.need == Cases(17_000, math.ceil(4_590 / 0.98), math.ceil(5_760 / 0.98), math.ceil(5_760 / 0.98))
    assert found.shortfall == Cases(6_000, 0, 0, 0)
    assert found.surplus == Cases(0, 6_316, 5_122, 5_122)
    assert (found.capacity.recordings, found.capacity.hours, found.binding) == (5_760, 480, "kits")


@given(plans)
def test_by_target_is_people_still_to_record_times_cards_and_nothing_else(event):
    people = sum(max(0, one.target_people - one.recorded) for one in event.stops)
    assert rules.need(event, FIRST).by_target == math.ceil(people * Fraction(str(event.cards_per_person)))


@given(plans, st.floats(0, 10))
def test_kits_that_last_at_every_stop_turn_nobody_away(event, share):
    people = [one.still * Fraction(str(share)) for one in event.stops]
    possible = [rules.recordings_possible(one, event, FIRST) for one in event.stops]
    wanted, kept = rules.coming(event, share, FIRST)
    assert wanted == math.ceil(sum(people))
    assert (kept == wanted) is all(each <= most for each, most in zip(people, possible, strict=True))
    assert 0 <= kept <= wanted


@given(plans)
def test_a_higher_turnout_never_needs_less(event):
    needed = rules.need(event, FIRST)
    assert 0 <= needed.low <= needed.likely <= needed.high


@given(plans)
def test_the_need_covers_replacements_and_backlog_after_spoilage_and_no_more_people_than_can_be_recorded(event):
    whole = 1 - Fraction(str(event.spoil.rate))
    cards = Fraction(str(event.cards_per_person))
    least = event.replacements + event.backlog
    most = least + sum(rules.recordings_possible(one, event, FIRST) for one in event.stops) * cards
    for case in (rules.need(event, FIRST).low, rules.need(event, FIRST).high):
        assert least <= case * whole
        assert (case - 1) * whole < most or case == 0


@given(plans, st.integers(0, 100_000), st.integers(0, 100_000), st.integers(0, 100_000))
def test_every_case_is_short_or_over_and_never_both(event, on_hand, pledged, arriving):
    coming = (Consignment(1, arriving, FIRST),)
    found = rules.figures(event, [blanks(on_hand=on_hand, pledged=pledged, coming=coming)], FIRST)
    assert found.available.total == on_hand + pledged + arriving
    for case in ("by_target", "low", "likely", "high"):
        short, over = getattr(found.shortfall, case), getattr(found.surplus, case)
        assert short >= 0 <= over
        assert found.available.total + short - over == getattr(found.need, case)
        assert not (short and over)


@given(stops, st.integers(1, 500))
def test_recording_people_never_raises_what_is_still_to_record(one, more):
    later = stop(target_people=one.target_people, recorded=one.recorded + more)
    assert later.still == max(0, one.still - more) or one.recorded > one.target_people


def test_a_stray_bit_of_a_decimal_number_adds_no_card():
    assert rules.need(plan(stops=(stop(target_people=10),), cards_per_person=1.1), FIRST).by_target == 11


@pytest.mark.parametrize(
    ("window", "changes", "hours"),
    [
        ((at(FIRST, 8), at(LAST, 16)), {}, 16),
        ((at(FIRST, 0), at(FIRST, 23)), {}, 8),
        ((at(FIRST, 15), at(LAST, 9)), {}, 2),
        ((at(FIRST, 16), at(FIRST, 20)), {}, 0),
        ((at(FIRST, 1, UTC), at(FIRST, 3, UTC)), {}, 2),
        ((at(FIRST, 1, UTC), at(FIRST, 3, UTC)), {"time_zone": "Asia/Jayapura"}, 2),
        ((at(FIRST, 0, UTC), at(FIRST, 1, UTC)), {}, 0),
        ((at(FIRST, 0, UTC), at(FIRST, 1, UTC)), {"time_zone": "Asia/Jayapura"}, 1),
        ((at(FIRST, 8), at(date(2019, 4, 20), 16)), {"ends_on": date(2019, 4, 20)}, 17 * 8),
        (
            (at(FIRST, 8), at(date(2019, 4, 20), 16)),
            {"ends_on": date(2019, 4, 20), "holidays": {date(2019, 4, 19)}},
            128,
        ),
        ((at(FIRST, 8), at(LAST, 16)), {"holidays": {FIRST, LAST}}, 0),
        ((at(date(2019, 4, 1), 8), at(date(2019, 4, 3), 16)), {}, 0),
    ],
)
def test_a_stop_is_open_in_its_window_cut_by_days_hours_and_holidays(window, changes, hours):
    one = stop(starts_at=window[0], ends_at=window[1])
    assert rules.open_minutes(one, plan(**changes), FIRST) == hours * 60


@given(
    st.integers(0, 40),
    st.integers(1, 30),
    st.integers(0, 23),
    st.integers(0, 23),
    st.sets(st.integers(0, 30), max_size=9),
)
def test_counting_whole_days_gives_what_walking_through_them_gives(offset, length, begins, ends, free):
    first = FIRST + timedelta(days=offset)
    last = first + timedelta(days=length)
    event = plan(
        starts_on=FIRST, ends_on=FIRST + timedelta(days=70), holidays={FIRST + timedelta(days=d) for d in free}
    )
    walked = 0
    for day in (first + timedelta(days=d) for d in range(length + 1)):
        if day not in event.holidays:
            low = max(8, begins if day == first else 0)
            high = min(16, ends if day == last else 24)
            walked += max(0, high - low)
    one = stop(starts_at=at(first, begins), ends_at=at(last, ends))
    assert rules.open_minutes(one, event, FIRST) == walked * 60


def test_a_running_event_has_only_the_days_that_are_left():
    running = plan(status=EventStatus.RUNNING)
    assert [rules.capacity(running, day).recordings for day in (FIRST, LAST)] == [5_760, 2_880]
    assert rules.capacity(plan(), LAST).recordings == 5_760


def test_a_very_long_event_is_answered_at_once():
    event = plan(starts_on=date(2000, 1, 1), ends_on=date(2100, 12, 31))
    one = stop(starts_at=at(date(2000, 1, 1), 0), ends_at=at(date(2100, 12, 31), 23))
    assert rules.open_minutes(one, event, FIRST) == ((event.ends_on - event.starts_on).days + 1) * 480


@pytest.mark.parametrize(
    ("event", "office", "spoiled", "attempts", "expected"),
    [
        (0.1, 0.2, 50, 1000, (0.1, "event")),
        (0.0, 0.2, 50, 1000, (0.0, "event")),
        (None, 0.2, 50, 1000, (0.2, "office")),
        (None, None, 53, 6_000, (0.0088, "learned")),
        (None, None, 10, 200, (0.05, "learned")),
        (None, None, 10, 199, (0.02, "default")),
        (None, None, 0, 0, (0.02, "default")),
        (None, None, 300, 300, (0.5, "learned")),
    ],
)
def test_the_spoil_rate_is_set_or_learned_or_the_usual_one(event, office, spoiled, attempts, expected):
    found = rules.spoil_rate(event, office, spoiled, attempts)
    assert (found.rate, found.source) == expected


@pytest.mark.parametrize(
    ("status", "expected_on", "counts"),
    [
        (EventStatus.PLANNED, FIRST, True),
        (EventStatus.PLANNED, LAST, False),
        (EventStatus.DRAFT, FIRST - timedelta(days=9), True),
        (EventStatus.RUNNING, LAST, True),
        (EventStatus.RUNNING, LAST + timedelta(days=1), False),
        (EventStatus.PLANNED, None, False),
    ],
)
def test_a_transfer_counts_when_it_is_expected_in_time(status, expected_on, counts):
    coming = (Consignment(1, 500, expected_on),)
    found = rules.figures(plan(status=status), [blanks(coming=coming)], FIRST)
    assert (found.available.arriving, found.late) == ((500, 0) if counts else (0, 500))


def test_ribbon_and_film_are_counted_in_cards_and_short_in_units():
    holdings = [
        blanks(on_hand=20_000),
        Holding(ItemKind.RIBBON, 500, on_hand=4, pledged=2),
        Holding(ItemKind.RIBBON, 250, on_hand=2),
        Holding(ItemKind.FILM, 1000, on_hand=20),
        Holding(ItemKind.CLEANING_KIT, None, on_hand=2),
    ]
    found = rules.figures(plan(), holdings, FIRST)
    ribbon, film = found.supplies
    assert (ribbon.available, ribbon.cards) == (Available(6, 2, 0), 3_500)
    assert (ribbon.short_by_target, ribbon.short_likely) == (math.ceil(13_500 / 250), math.ceil((5_878 - 3_500) / 250))
    assert (film.cards, film.short_by_target, film.short_likely) == (20_000, 0, 0)
    assert found.binding == "ribbon"


@pytest.mark.parametrize(
    ("on_hand", "ribbons", "films", "kits", "expected"),
    [
        (20_000, 40, 20, 100, None),
        (10_000, 40, 20, 100, "blangko"),
        (20_000, 10, 20, 100, "ribbon"),
        (20_000, 40, 10, 100, "film"),
        (20_000, 40, 20, 6, "kits"),
    ],
)
def test_what_binds_first_is_named(on_hand, ribbons, films, kits, expected):
    holdings = [
        blanks(on_hand=on_hand),
        Holding(ItemKind.RIBBON, 500, on_hand=ribbons),
        Holding(ItemKind.FILM, 1000, on_hand=films),
    ]
    assert rules.figures(plan(stops=(stop(kits=kits),) * 5), holdings, FIRST).binding == expected


def test_an_event_that_needs_nothing_is_bound_by_nothing():
    assert rules.figures(plan(stops=()), [blanks()], FIRST).binding is None


@given(st.integers(-1000, 1000))
def test_fewer_days_left_are_never_less_pressing_and_milder_is_one_step(days):
    order = list(Severity)
    assert order.index(rules.severity(days)) <= order.index(rules.severity(days + 1))
    assert order.index(rules.severity(days, milder=True)) == min(order.index(rules.severity(days)) + 1, 2)


@pytest.mark.parametrize(
    ("days", "expected"), [(-5, "critical"), (3, "critical"), (4, "warning"), (14, "warning"), (15, "notice")]
)
def test_severity_goes_by_days_left(days, expected):
    assert rules.severity(days) == expected


def flagged(event, holdings, as_of):
    return {flag.code: flag for flag in flags.flags_of(event, rules.figures(event, holdings, as_of), as_of)}


def test_a_shortage_in_the_high_case_or_by_target_alone_is_one_step_milder():
    few = plan(stops=(stop(kits=100),) * 5)
    found = flagged(few, [blanks(on_hand=11_000)], FIRST - timedelta(days=2))
    assert (found["shortfall_by_target"].severity, found["shortfall_by_target"].quantity) == ("warning", 6_000)
    assert found["shortfall_high"].severity == "warning"
    assert (found["surplus_likely"].severity, found["surplus_likely"].quantity) == ("notice", 11_000 - 8_674)
    worse = flagged(few, [blanks(on_hand=1_000)], FIRST - timedelta(days=2))
    assert {worse[f"shortfall_{case}"].severity for case in ("by_target", "low", "likely", "high")} == {"critical"}
    assert worse["shortfall_likely"].needed_on == FIRST
    assert "too late to order" in worse["shortfall_likely"].detail.en
    assert "harus ada 4 Apr 2019, sudah terlambat memesan" in worse["shortfall_likely"].detail
    early = flagged(few, [blanks(on_hand=1_000)], FIRST - timedelta(days=3))
    assert "pesan paling lambat 1 Apr 2019" in early["shortfall_likely"].detail


def test_replacements_are_short_before_any_stop_is_known_and_the_hosts_queue_alone_is_not():
    found = flagged(plan(stops=(), replacements=980), [blanks(on_hand=300)], FIRST - timedelta(days=9))
    assert {"no_stops", "shortfall_likely"} <= set(found)
    assert found["shortfall_likely"].quantity == 700
    queue = flagged(plan(stops=(), backlog=37, queue=37), [blanks()], FIRST - timedelta(days=9))
    assert set(queue) == {"no_stops"}


def test_flags_name_what_else_is_wrong_with_a_plan():
    coming = (Consignment(1, 70, FIRST), Consignment(2, 30, None))
    event = plan(stops=(), deadline_on=FIRST)
    found = flagged(event, [blanks(coming=coming)], FIRST + timedelta(days=1))
    assert {"no_stops", "arriving_late", "arriving_overdue", "deadline_before_end"} <= set(found)
    assert (found["arriving_late"].quantity, found["arriving_overdue"].quantity) == (30, 70)


@given(plans, st.integers(0, 50_000), st.integers(-40, 10))
def test_flags_are_the_worst_first_and_speak_two_languages(event, on_hand, days):
    as_of = FIRST + timedelta(days=days)
    holdings = [blanks(on_hand=on_hand), Holding(ItemKind.RIBBON, 500)]
    found = flags.flags_of(event, rules.figures(event, holdings, as_of), as_of)
    order = [list(Severity).index(flag.severity) for flag in found]
    assert order == sorted(order)
    assert all(str(flag.detail) != flag.detail.en and "{" not in flag.detail + flag.detail.en for flag in found)
    assert len({flag.code for flag in found}) == len(found)


def test_supplies_are_flagged_only_where_something_is_to_be_printed():
    none = [blanks(), Holding(ItemKind.RIBBON, 500), Holding(ItemKind.FILM, 1000)]
    assert {"ribbon_short", "film_short"} <= set(flagged(plan(), none, FIRST))
    assert not {"ribbon_short", "film_short"} & set(flagged(plan(stops=()), none, FIRST))


@pytest.mark.parametrize("status", [EventStatus.CLOSED, EventStatus.CANCELLED])
def test_an_event_that_is_over_has_nothing_to_act_on(status):
    assert list(flagged(plan(status=status), [blanks()], FIRST)) == ["event_over"]


def test_the_confidence_says_where_the_assumptions_come_from():
    usual = flags.confidence_of(plan())
    assert usual.startswith("Rentang lebar: kehadiran 27 sampai 80 persen")
    own = plan(turnouts=(0.4, 0.5, 0.6), spoil=SpoilRate(0.01, SpoilSource.LEARNED, 6_000))
    assert flags.confidence_of(own).en == (
        "A turnout of 40 to 60 percent was set for this event. The spoil rate was learned from 6,000 attempts."
    )
