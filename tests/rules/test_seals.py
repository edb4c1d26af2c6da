"""The canonical form is one form, and the hash is over all of it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.seals import rules
from inventory.seals.rules import Head

leaves = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
AT = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
CONTENT = {"movement": {"id": 7}, "entries": [], "accounts": [], "intervals": [], "series": [], "lots": []}


@given(st.dictionaries(st.text(), values))
def test_the_canonical_form_reads_back_and_is_written_the_same_again(value):
    written = rules.canonical(value)
    assert json.loads(written) == value
    assert rules.canonical(json.loads(written)) == written
    assert rules.canonical(dict(reversed(value.items()))) == written


def test_the_canonical_form_has_no_spaces_and_writes_letters_as_they_are():
    assert rules.canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'.encode()


def test_an_instant_is_written_in_utc_to_the_microsecond_wherever_it_was_told():
    there = AT.astimezone(timezone(timedelta(hours=9)))
    assert rules.instant(there) == rules.instant(AT) == "2026-11-22T05:30:00.000000+00:00"


def test_the_hash_is_sha_256_over_the_canonical_record():
    record = rules.record(1, rules.GENESIS, AT, CONTENT)
    assert record == {**CONTENT, "position": 1, "previous": "0" * 64, "sealed_at": rules.instant(AT)}
    assert rules.digest(record) == hashlib.sha256(rules.canonical(record)).digest()


@pytest.mark.parametrize(
    "other",
    [
        rules.record(2, rules.GENESIS, AT, CONTENT),
        rules.record(1, bytes([1]) * 32, AT, CONTENT),
        rules.record(1, rules.GENESIS, AT + timedelta(microseconds=1), CONTENT),
        rules.record(1, rules.GENESIS, AT, CONTENT | {"movement": {"id": 8}}),
        rules.record(1, rules.GENESIS, AT, CONTENT | {"lots": [{"id": 1}]}),
    ],
)
def test_whatever_is_different_makes_another_hash(other):
    assert rules.digest(other) != rules.digest(rules.record(1, rules.GENESIS, AT, CONTENT))


def test_a_head_signs_its_day_position_and_hash():
    head = Head("2026-11-22", 3, "ab", "whatever")
    assert head.signed == b'{"day":"2026-11-22","hash":"ab","position":3}'
