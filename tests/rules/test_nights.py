"""The arithmetic of print nights: what it says to add does, and one fewer does not."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from inventory.outreach.rules import EventStatus
from inventory.planning import nights
from inventory.planning.nights import Addition, Coming, Fleet, Night, Stock
from inventory.planning.rules import Plan, SpoilRate, SpoilSource, StopPlan

EIGHT = datetime(2019, 4, 4, 1, tzinfo=UTC)  # 08:00 WIB
MORNING = EIGHT + timedelta(hours=24)
HOUR = timedelta(hours=1)
DAY = date(2019, 4, 4)


def night(cards=(), owed=0, printers=17, rate="40.2", spoil="0", stock=(), shift=None, prints_from=EIGHT):
    """So many cards in each hour from eight on, until eight the next morning."""
    told = [*cards, *([0] * (24 - len(cards)))]
    hours = tuple(Coming(EIGHT + n * HOUR, EIGHT + (n + 1) * HOUR, Fraction(each)) for n, each in enumerate(told))
    fleet = Fleet(printers, printers * Fraction(rate), Fraction(rate))
    hours_of_shift = None if shift is None else Fraction(shift)
    return Night(EIGHT, MORNING, prints_from, hours_of_shift, Fraction(owed), hours, Fraction(spoil), fleet, stock)


def stocked(blanks=11_000, ribbon=12_000, film=12_000):
    return (Stock("blanks", blanks), Stock("ribbon", ribbon, 500), Stock("film", film, 1000))


def test_seventeen_printers_make_683_an_hour_and_sarolangun_meets_its_morning():
    # 8,500 people a day at 27 %, over eight hours, printed from the evening on.
    found = nights.outcome(night([Fraction(2_295, 8)] * 8, stock=stocked(), prints_from=EIGHT + 12 * HOUR))
    assert int(17 * Fraction("40.2")) == 683
    assert (found.can_meet, found.binds, found.ways) == (True, "recordings", ())
    assert found.finish_at is not None
    assert found.finish_at.replace(microsecond=0) == EIGHT + timedelta(hours=15, minutes=21, seconds=29)
    assert sum(row.expected for row in found.rows) == 2_295 == sum(row.printed for row in found.rows)
    assert found.rows[-1].backlog == 0


def test_too_few_ribbons_bind_and_the_least_that_is_missing_is_told():
    found = nights.outcome(night(owed=2_000, stock=stocked(ribbon=499)))
    assert (found.can_meet, found.finish_at, found.binds) == (False, None, "ribbon")
    assert found.ways == (Addition(ribbons=4),)


def test_a_night_without_cards_is_done_at_once():
    found = nights.outcome(night(printers=0, stock=stocked(0, 0, 0)))
    assert (found.can_meet, found.finish_at, found.binds, found.ways) == (True, EIGHT, None, ())


def test_without_a_printer_nothing_is_printed_and_printers_are_what_to_add():
    found = nights.outcome(night(owed=1_000, printers=0))
    assert (found.can_meet, found.finish_at, found.binds) == (False, None, "printers")
    assert found.ways == (Addition(printers=2),)  # 24 hours at 40.2 are 964


def test_a_short_shift_may_be_made_longer_or_given_more_printers():
    found = nights.outcome(night(owed=4_000, printers=10, shift=8))
    assert found.binds == "printers"
    assert found.ways == (Addition(printers=3), Addition(shift_hours=2))


def test_what_is_recorded_after_the_shift_takes_a_longer_shift():
    found = nights.outcome(night([0] * 10 + [100], printers=1, shift=8))
    assert found.ways == (Addition(shift_hours=6),)  # from 19:00 on, 100 cards take 2.49 hours
    slow = nights.outcome(night([0] * 20 + [1_000], printers=1, shift=8))
    assert slow.ways == (Addition(printers=8, shift_hours=16),)


def test_a_cooling_rest_is_part_of_the_round():
    assert nights.per_hour(45, None, None) == 45
    assert nights.per_hour(50, 100, 30) == 40
    assert nights.per_hour(40.2, None, 5) == Fraction("40.2")


def test_the_hours_of_the_clock_begin_with_what_is_left_of_the_first():
    start = EIGHT + timedelta(minutes=40)
    assert list(nights.hours_between(start, EIGHT + timedelta(hours=2, minutes=30))) == [
        (start, EIGHT + HOUR), (EIGHT + HOUR, EIGHT + 2 * HOUR),
        (EIGHT + 2 * HOUR, EIGHT + timedelta(hours=2, minutes=30)),
    ]  # fmt: skip
    assert list(nights.hours_between(EIGHT, EIGHT)) == []


counts = st.integers(0, 3_000)
drawn = st.builds(
    lambda cards, owed, printers, rate, spoil, blanks, ribbon, film, shift, late: night(
        cards, owed, printers, rate, spoil, stocked(blanks, ribbon, film), shift, EIGHT + late * HOUR
    ),
    cards=st.lists(counts, max_size=22),
    owed=counts,
    printers=st.integers(0, 30),
    rate=st.sampled_from(["45", "40.2", "7.5", "120"]),
    spoil=st.sampled_from(["0", "0.009", "0.047", "0.5"]),
    blanks=st.integers(0, 60_000),
    ribbon=st.integers(-20, 60_000),
    film=st.integers(0, 60_000),
    shift=st.none() | st.integers(1, 26),
    late=st.integers(0, 23),
)


@given(drawn)
def test_adding_what_it_says_meets_the_hour_and_one_fewer_does_not(of):
    found = nights.outcome(of)
    # With an hour left after the last cards there always is a way.
    assert found.can_meet == (found.ways == ())
    for way in found.ways:
        better = nights.outcome(nights.added(of, way))
        assert better.can_meet
        for name in ("printers", "shift_hours", "ribbons", "films", "blanks"):
            number = getattr(way, name)
            assert number >= 0
            if number:
                fewer = Addition(**{**{n: getattr(way, n) for n in Addition.__slots__}, name: number - 1})
                assert not nights.outcome(nights.added(of, fewer)).can_meet


def test_nothing_helps_cards_that_come_in_the_last_hour():
    found = nights.outcome(night([0] * 23 + [5], stock=stocked()))
    assert (found.can_meet, found.ways) == (False, ())
    assert found.finish_at is not None
    assert found.finish_at > MORNING


@given(drawn, st.integers(1, 5))
def test_more_printers_never_finish_later_and_never_print_less(of, more):
    before, after = nights.outcome(of), nights.outcome(nights.added(of, Addition(printers=more)))
    assert after.can_meet >= before.can_meet
    if before.finish_at is not None:
        assert after.finish_at is not None
        assert after.finish_at <= before.finish_at
    assert sum(row.printed for row in after.rows) >= sum(row.printed for row in before.rows)


@given(drawn)
def test_no_card_is_lost_from_hour_to_hour(of):
    found = nights.outcome(of)
    waiting = of.owed
    for row in found.rows:
        assert 0 <= row.printed <= row.capacity
        assert row.printed <= waiting
        waiting += row.expected - row.printed
        assert row.backlog == waiting
    assert found.can_meet == (found.finish_at is not None and found.finish_at <= of.until)
    # One look at the hours and the arithmetic of the finish agree.
    assert found.can_meet == (waiting == 0 and all(one.there >= of.blanks for one in of.stock))


def plan(**changes):
    first = datetime(2019, 4, 4, 1, tzinfo=UTC)
    stop = StopPlan(first, first + timedelta(hours=32), 3_400, 0, 10, 5.0)
    usual = {
        "event": 1, "name": "Gotong royong", "office": "15.03", "time_zone": "Asia/Jakarta",
        "status": EventStatus.RUNNING, "starts_on": DAY, "ends_on": date(2019, 4, 5), "opens_at": time(8),
        "closes_at": time(16), "deadline_on": None, "turnouts": (0.27, 0.27, 0.8), "cards_per_person": 1.0,
        "replacements": 0, "backlog": 0, "spoil": SpoilRate(0.02, SpoilSource.DEFAULT), "stops": (stop,) * 5,
    }  # fmt: skip
    return Plan(**{**usual, **changes})


def expected(of, now, day=DAY):
    return [one.cards for one in nights.coming(of, now, day, list(nights.hours_between(max(now, EIGHT), MORNING)))]


def test_the_likely_visitors_come_evenly_over_the_hours_that_are_left():
    before = expected(plan(), EIGHT - 10 * HOUR)
    assert sum(before) == Fraction(17_000 * 27, 200)  # half of them on each of the two days
    assert before[:8] == [Fraction(17_000 * 27, 1_600)] * 8
    assert set(before[8:]) == {Fraction(0)}
    # At noon, four of the sixteen hours are over: those who are still to come share the other twelve.
    assert expected(plan(), EIGHT + 4 * HOUR)[:4] == [Fraction(17_000 * 27, 1_200)] * 4


def test_no_more_come_than_the_kits_can_record_and_replacements_come_beside_them():
    slow = plan(turnouts=(0.27, 0.9, 0.9), cards_per_person=1.5, replacements=160)
    # 10 kits at 5 minutes record 120 an hour at each of five stops.
    assert expected(slow, EIGHT)[0] == Fraction(5 * 120 * 3, 2) + 10


def test_nobody_comes_on_a_holiday_or_after_the_last_day():
    assert set(expected(plan(holidays=frozenset({DAY})), EIGHT)) == {Fraction(0)}
    assert set(expected(plan(), EIGHT + 40 * HOUR, date(2019, 4, 6))) <= {Fraction(0)}
