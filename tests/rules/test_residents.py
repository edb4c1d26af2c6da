"""The pure rules of personal data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import RuleViolated
from inventory.residents import rules

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
WORDS = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_a_masked_name_tells_the_first_letters_and_nothing_of_the_length(words):
    masked = rules.masked_name(" ".join(words))
    assert masked == " ".join(f"{word[0]}•••" for word in words)


@given(st.from_regex(r"[0-9]{16}", fullmatch=True), st.text(max_size=20), st.text(max_size=20))
def test_a_nik_in_a_reason_is_refused_wherever_it_stands(nik, before, after):
    with pytest.raises(RuleViolated) as refused:
        rules.check_reason(f"{before}{nik}{after}", [nik], [])
    assert nik not in str(refused.value)


@given(st.text(max_size=60).filter(lambda text: not any(c.isdecimal() for c in text)))
def test_a_reason_without_digits_and_names_is_taken(text):
    rules.check_reason(text, ["1503044205019999"], ["", "Zulaikha Q Penduduk"])


@pytest.mark.parametrize(
    ("collector", "person", "shown"),
    [
        (None, "Siti Aminah", None), ("", None, None), ("siti  aminah", "Siti Aminah", "siti  aminah"),
        ("Umar Bakri", "Siti Aminah", "U••• B•••"), ("Umar", None, "U•••"),
    ],
)  # fmt: skip
def test_only_the_person_is_told_by_name_who_collected(collector, person, shown):
    assert rules.shown_collector(collector, person) == shown


@given(st.integers(0, 36500))
def test_nobody_is_forgotten_within_the_period(days):
    assert rules.horizon(NOW, days, "Asia/Jakarta", None) == NOW - timedelta(days=days)
    assert rules.horizon(NOW, days, "Asia/Jakarta", date(2100, 1, 1)) == NOW - timedelta(days=days)


def test_a_day_begins_where_the_office_is():
    ends = {zone: rules.horizon(NOW, 0, zone, date(2026, 3, 1)) for zone in ("Asia/Jakarta", "Asia/Jayapura")}
    assert ends["Asia/Jakarta"] == datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert ends["Asia/Jayapura"] == datetime(2026, 2, 28, 15, tzinfo=UTC)


def test_the_limit_of_looks_says_until_when():
    rules.check_looks(rules.LOOKS_AN_HOUR - 1, NOW, "Asia/Jakarta")
    rules.check_looks(rules.LOOKS_AN_HOUR, None, "Asia/Jakarta")
    with pytest.raises(rules.LookLimitReached) as reached:
        rules.check_looks(rules.LOOKS_AN_HOUR, NOW, "Asia/Jakarta")
    assert "02-03-2026 04.00 WIB" in str(reached.value)
