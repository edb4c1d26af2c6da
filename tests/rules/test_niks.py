"""What a NIK tells of its owner's 17th birthday, and what is shown of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import niks

TODAY = date(2026, 11, 22)


def nik(birth: str) -> str:
    return f"150304{birth}0001"


@pytest.mark.parametrize(
    ("birth", "adult_on"),
    [
        ("221110", date(2027, 11, 22)),
        ("621110", date(2027, 11, 22)),  # a woman: 40 is added to the day
        ("221109", None),  # 17 today
        ("231109", date(2026, 11, 23)),
        ("010190", None),
        ("010127", None),  # 27 is still to come: born in 1927
        ("290212", date(2029, 3, 1)),  # born on a leap day, adult in a year without one
        ("311310", None),  # no such month
        ("310210", None),  # no such day
        ("000010", None),
    ],
)
def test_the_17th_birthday_is_told_while_it_is_to_come(birth, adult_on):
    assert niks.adult_on(nik(birth), TODAY) == adult_on


@given(st.dates(date(2010, 1, 1), TODAY), st.booleans())
def test_whoever_is_born_less_than_17_years_ago_waits_for_a_day_of_the_next_17_years(born, woman):
    digits = f"{born.day + 40 * woman:02}{born:%m%y}"
    adult = niks.adult_on(nik(digits), TODAY)
    assert adult is not None
    assert adult.year == born.year + 17
    assert abs((adult - born.replace(day=1, year=born.year + 17)).days) <= 31
    assert adult > TODAY


@given(st.integers(0, 10**16 - 1))
def test_any_sixteen_digits_are_read_without_failing(number):
    adult = niks.adult_on(f"{number:016}", TODAY)
    assert adult is None or TODAY < adult <= TODAY + timedelta(days=17 * 366)
