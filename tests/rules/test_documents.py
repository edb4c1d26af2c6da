"""How papers say figures and days, and how their numbers run."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.documents import rules
from inventory.documents.rules import DocumentKind
from inventory.stock.numbers import interval

WORDS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "sebelas": 11,
}  # fmt: skip
LARGE = {"ribu": 1_000, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}


def read(words: str) -> int:
    """The number behind Indonesian words, read by another way than they are written."""
    total = group = last = 0
    for word in words.replace("seribu", "satu ribu").replace("seratus", "satu ratus").split():
        if word in LARGE:
            total, group, last = total + (group + last) * LARGE[word], 0, 0
        elif word == "belas":
            last += 10
        elif word in ("puluh", "ratus"):
            group, last = group + last * {"puluh": 10, "ratus": 100}[word], 0
        else:
            last = WORDS[word]
    return total + group + last


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (-5, "minus lima"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (20, "dua puluh"),
        (99, "sembilan puluh sembilan"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (200, "dua ratus"),
        (1_000, "seribu"),
        (1_001, "seribu satu"),
        (2_000, "dua ribu"),
        (11_000, "sebelas ribu"),
        (100_000, "seratus ribu"),
        (101_000, "seratus satu ribu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (3_914, "tiga ribu sembilan ratus empat belas"),
        (149_981, "seratus empat puluh sembilan ribu sembilan ratus delapan puluh satu"),
        (10**9, "satu miliar"),
        (10**12, "satu triliun"),
    ],
)
def test_numbers_are_said_as_indonesians_say_them(number, words):
    assert rules.terbilang(number) == words


@given(st.integers(1, 10**12))
def test_words_read_back_give_the_number(number):
    words = rules.terbilang(number)
    assert read(words) == number
    assert "satu ratus" not in words
    assert "satu puluh" not in words
    assert "satu belas" not in words
    assert rules.terbilang(-number) == f"minus {words}"


@given(st.integers(-(10**12), 10**12))
def test_dots_stand_between_thousands(number):
    text = rules.dotted(number)
    assert int(text.replace(".", "")) == number
    assert all(len(group) == 3 for group in text.split(".")[1:])


def test_a_number_beyond_all_counting_is_refused():
    with pytest.raises(ValueError, match="1000000000000000"):
        rules.terbilang(10**15)


def test_days_and_instants_are_said_in_indonesian_and_in_the_offices_zone():
    assert rules.said_day(date(2026, 11, 1)) == "1 November 2026"
    late = datetime(2026, 10, 31, 16, 4, tzinfo=UTC)
    assert rules.said_instant(late, "Asia/Jakarta") == "31 Oktober 2026 23.04 WIB"
    assert rules.said_instant(late, "Asia/Jayapura") == "1 November 2026 01.04 WIT"


def test_numbers_of_blanks_are_listed_by_both_ends():
    assert rules.said_span(interval("A0001", "A0500")) == "A0001 s.d. A0500"
    assert rules.said_span(interval("A0007", "A0007")) == "A0007"


@given(st.from_regex(r"[0-9a-f]{32}", fullmatch=True))
def test_a_check_value_survives_being_read_aloud(value):
    printed = rules.in_fours(value)
    assert {len(group) for group in printed.split(" ")} == {4}
    assert rules.check_value_of(printed.upper()) == value
    assert rules.check_value_of(printed.replace(" ", "-")) == value


def test_numbers_of_papers_run_by_office_and_begin_again_each_year():
    kind = DocumentKind.TANDA_TERIMA
    first = rules.numbered(kind, "15.03", 2026, None)
    assert first == "0001/TT/15.03/2026"
    assert rules.numbered(kind, "15.03", 2026, first) == "0002/TT/15.03/2026"
    assert rules.numbered(kind, "15.03", 2026, "9999/TT/15.03/2026") == "10000/TT/15.03/2026"
    assert rules.numbered(kind, "15.03", 2027, "0044/TT/15.03/2026") == "0001/TT/15.03/2027"


def test_every_kind_has_a_title_a_short_name_of_its_own_and_something_to_add_up():
    assert set(rules.TITLES) == set(rules.TOTALLED) == set(DocumentKind)
    # A berita acara pemusnahan has the number of its destruction.
    assert set(rules.SHORT) == set(DocumentKind) - {DocumentKind.BA_PEMUSNAHAN}
    assert len(set(rules.SHORT.values())) == len(rules.SHORT)


def test_minutes_begin_with_their_day_in_words():
    told = "Minggu, tanggal dua puluh dua November dua ribu dua puluh enam (22-11-2026)"
    assert rules.said_day_in_words(date(2026, 11, 22)) == told
    assert rules.said_day_in_words(date(2027, 1, 1)).startswith("Jumat, tanggal satu Januari dua ribu dua puluh tujuh")


@pytest.mark.parametrize(
    ("own", "first"),
    [
        ("BA/77", ["BA/77", "BA/77/15.03", "BA/77/15.03/2"]),
        ("0001/TT/15.03/2026", ["0001/TT/15.03/2026/15.03", "0001/TT/15.03/2026/15.03/2"]),
    ],
)
def test_a_number_of_its_own_gives_way_to_another_papers(own, first):
    tries = rules.numbers_to_try(own, "15.03")
    assert [next(tries) for _ in first] == first


def test_what_is_of_another_class_is_added_up_apart():
    rows = [{"unit": "keping", "class": name, "quantity": 1} for name in ("kosong", "rusak", "kosong")]
    told = [("keping kosong", 2), ("keping rusak", 1)]
    assert [(row["unit"], row["quantity"]) for row in rules.totals(rows, ("quantity",))] == told


@given(st.lists(st.tuples(st.sampled_from(["keping", "rol"]), st.integers(-1000, 1000))))
def test_totals_are_what_the_rows_of_one_unit_add_up_to(rows):
    lines = [{"unit": unit, "quantity": quantity, "twice": 2 * quantity} for unit, quantity in rows]
    found = {row["unit"]: row for row in rules.totals(lines, ("quantity", "twice"))}
    assert set(found) == {unit for unit, _ in rows}
    for unit, row in found.items():
        assert row["quantity"] == sum(quantity for each, quantity in rows if each == unit)
        assert row["twice"] == 2 * row["quantity"]
