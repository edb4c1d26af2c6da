"""What an office code says by itself."""

from __future__ import annotations

import gzip
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.offices import rules
from inventory.offices.rules import OfficeLevel

provinces = st.integers(11, 96).map(str)
regencies = st.builds("{}.{:02}".format, provinces, st.integers(1, 79))
codes = st.one_of(st.just("0"), provinces, regencies)


@given(codes)
def test_the_ministry_covers_every_office_and_only_itself_covers_it(code):
    assert rules.covers("0", code)
    assert rules.covers(code, "0") == (code == "0")


@given(codes)
def test_every_office_covers_itself_and_is_covered_by_all_above(code):
    above = code
    while above is not None:
        assert rules.covers(above, code)
        above = rules.parent_of(above)


@given(provinces, provinces, st.integers(1, 79))
def test_a_province_covers_its_own_regencies_only(province, other, number):
    assert rules.covers(province, f"{other}.{number:02}") == (province == other)


@given(regencies, regencies)
def test_a_regency_covers_no_other_regency(one, other):
    assert rules.covers(one, other) == (one == other)


def test_a_code_that_merely_begins_alike_is_not_covered():
    assert not rules.covers("1", "15")
    assert not rules.covers("15.0", "15.03")
    assert not rules.covers("15.03", "15.031")


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("0", OfficeLevel.MINISTRY, None),
        ("15", OfficeLevel.PROVINCE, "0"),
        ("15.03", OfficeLevel.REGENCY, "15"),
    ],
)
def test_the_level_and_the_office_above_are_read_off_the_code(code, level, parent):
    assert rules.level_of(code) is level
    assert rules.parent_of(code) == parent


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("0", "WIB"), ("11", "WIB"), ("15.03", "WIB"), ("31", "WIB"), ("35.09", "WIB"), ("61", "WIB"), ("62", "WIB"),
        ("51", "WITA"), ("52", "WITA"), ("53.01", "WITA"), ("63", "WITA"), ("64", "WITA"), ("65", "WITA"),
        ("71", "WITA"), ("73.71", "WITA"), ("76", "WITA"),
        ("81", "WIT"), ("82", "WIT"), ("91.71", "WIT"), ("92", "WIT"), ("93", "WIT"), ("94", "WIT"), ("95", "WIT"),
        ("96", "WIT"),
    ],
)  # fmt: skip
def test_the_time_zone_goes_by_the_province(code, zone):
    assert rules.zone_name(rules.time_zone_of(code)) == zone


def test_every_province_of_the_shipped_tree_has_the_zone_of_keppres_41_of_1987():
    with (
        (files("inventory.regions") / "tree" / "regions.csv.gz").open("rb") as packed,
        gzip.open(packed, "rt") as lines,
    ):
        found = {line.split(",")[0] for line in lines if line.split(",")[0].isdecimal()}
    assert len(found) == 38
    zones = {zone: {p for p in found if rules.zone_name(rules.time_zone_of(p)) == zone} for zone in rules.TIME_ZONES}
    assert {zone: len(members) for zone, members in zones.items()} == {"WIB": 18, "WITA": 12, "WIT": 8}


def test_the_standing_stores_have_the_office_in_their_code():
    assert rules.main_store_of("15.03") == "15.03-UTAMA"
    assert rules.kit_of("15.03", 7) == "15.03-ACARA-7"
