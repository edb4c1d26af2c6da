"""What a request may become, and what share of it is granted, whatever the numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.catalogue.models import Item
from inventory.database import current, db
from inventory.paging import Slice
from inventory.requests import commands, queries, rules
from inventory.requests.commands import Decision, RequestWish
from inventory.requests.rules import RequestStatus
from tests.builders import actor

TODAY = date(2026, 3, 2)
many, lent = st.integers(1, 1_000), st.integers(-50, 1_500)
examples = count(1)


@given(many, lent)
def test_a_loan_lowers_what_is_suggested_and_never_below_nothing(asked, lent_out):
    found = rules.suggested(asked, lent_out)
    assert 0 <= found <= asked
    assert found == (asked if lent_out <= 0 else max(asked - lent_out, 0))


@given(many, lent, st.none() | many, st.sampled_from(["", "urgent"]))
def test_more_than_is_suggested_is_granted_with_a_reason_only(asked, lent_out, quantity, reason):
    wanted = quantity or asked
    if wanted > rules.suggested(asked, lent_out) and not reason:
        with pytest.raises(rules.RequestReasonNeeded):
            rules.granted(asked, lent_out, quantity, reason)
    else:
        assert rules.granted(asked, lent_out, quantity, reason) == wanted


@pytest.mark.parametrize(
    ("office", "asked", "supplier"),
    [("15.03", None, "15"), ("15.03", "15", "15"), ("15.03", "0", "0"), ("15", None, "0"), ("15", "0", "0")],
)
def test_an_office_asks_the_one_above_unless_it_says_otherwise(office, asked, supplier):
    assert rules.supplier_of(office, asked) == supplier


@pytest.mark.parametrize(("office", "asked"), [("15.03", "15.04"), ("15.03", "15.03"), ("15", "15.03"), ("15", "1")])
def test_an_office_asks_nobody_beside_or_below_it(office, asked):
    with pytest.raises(rules.SupplierNotAbove):
        rules.supplier_of(office, asked)


def test_nobody_supplies_the_ministry():
    with pytest.raises(rules.NoSupplier):
        rules.supplier_of("0", None)


@given(st.none() | st.integers(-5, 5))
def test_goods_are_needed_today_at_the_earliest(days):
    needed = None if days is None else TODAY + timedelta(days)
    if days is not None and days < 0:
        with pytest.raises(rules.NeededOnPassed):
            rules.check_needed(needed, TODAY)
    else:
        rules.check_needed(needed, TODAY)


@given(st.sampled_from(RequestStatus), st.booleans(), st.booleans())
def test_only_a_request_that_waits_is_held_and_only_until_it_is_lifted(status, lifted, reasons):
    now = rules.status_now(status, lifted=lifted, reasons=reasons)
    if status in rules.WAITING:
        assert (now is RequestStatus.HELD) == (reasons and not lifted)
    else:
        assert now is status


@pytest.fixture(scope="module")
def asking(database):
    database.reset()
    with database.app.app_context():
        yield database.app
        db.session.remove()
        db.engine.dispose()


requests = st.tuples(
    st.sampled_from(["15.03", "15.04", "15"]),
    st.sampled_from([None, "0"]),
    many,
    st.one_of(st.none(), st.just("waits"), st.just("cancelled"), st.integers(1, 1_500)),
)


@settings(max_examples=15)
@given(st.lists(requests, min_size=1, max_size=8))
def test_shares_are_what_every_decided_request_adds_up_to(asking, asked):
    item, asker, boss = f"barang-{next(examples)}", actor("clerk", "0"), actor("admin", "0")
    session = current()
    row = {"name": "Blangko", "kind": "blank", "version": "1", "unit": "keping", "pack_size": 500}
    session.add(Item(code=item, family=item, cards_per_unit=None, **row))
    session.commit()
    model: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for office, supplier, quantity, outcome in asked:
        made = commands.ask(asker, RequestWish(f"{office}-UTAMA", item, quantity, supplier))
        if outcome == "waits":
            continue
        if outcome == "cancelled":
            commands.cancel(asker, made)
            continue
        commands.decide(boss, made, Decision(outcome is not None, outcome, reason="as there is"))
        above = supplier or ("0" if office == "15" else "15")
        model[office, above].update({"requests": 1, "asked": quantity, "approved": outcome or 0})
    shares = [each for each in queries.shares_of(["15.03", "15.04", "15"]) if each.item == item]
    assert {(each.office, each.supplier): (each.requests, each.asked, each.approved) for each in shares} == {
        pair: (sums["requests"], sums["asked"], sums["approved"]) for pair, sums in model.items()
    }
    assert all(each.share == each.approved / each.asked and each.received == 0 for each in shares)
    listed = queries.list_shares(boss, None, None, Slice(500)).items
    assert sorted(each.office for each in listed if each.item == item) == sorted(each.office for each in shares)
    assert list(queries.differences()) == []
