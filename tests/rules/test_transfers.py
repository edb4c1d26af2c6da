"""What a transfer may do, and its arithmetic, whatever the numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import Conflict, RuleViolated
from inventory.stock.rules import NothingToMove
from inventory.transfers import rules
from inventory.transfers.rules import Count, Step, Tally, TransferStatus

few = st.integers(0, 40)
counts = st.builds(Count, few, few, few, st.integers(0, 3))


def holds(tally: Tally) -> bool:
    parts = (tally.received, tally.rejected, tally.missing, tally.written_off, tally.surplus)
    return (
        min(parts) >= 0
        and tally.received + tally.rejected + tally.missing <= tally.dispatched
        and tally.written_off <= tally.missing
        and tally.in_transit == tally.outstanding + tally.disputed >= 0
    )


@given(st.integers(1, 60), st.lists(counts, max_size=8), few, few)
def test_whatever_is_counted_the_numbers_add_up_or_nothing_changes(dispatched, receipts, found, written_off):
    tally, kept = Tally(dispatched), []
    for count in receipts:
        try:
            after = rules.receive(tally, count, "counted by two", "the driver")
        except (Conflict, RuleViolated):
            assert (
                count == Count()
                or count.accounted > tally.outstanding
                or (count.surplus and count.received + count.rejected < tally.outstanding + tally.missing)
            )
            continue
        assert holds(after)
        assert after.outstanding == tally.outstanding - count.accounted
        tally = after
        kept.append(count)
    assert (tally.status is TransferStatus.DISPATCHED) == (tally.outstanding > 0)
    try:
        settled = rules.resolve(tally, found, written_off)
    except (Conflict, NothingToMove):
        assert found + written_off == 0 or found + written_off > tally.disputed
    else:
        assert holds(settled)
        assert settled.in_transit == tally.in_transit - found - written_off
        assert settled.received - tally.received == found


@given(st.integers(1, 60), st.lists(counts, max_size=6))
def test_undoing_every_receipt_leads_back_to_what_was_dispatched(dispatched, receipts):
    tally, kept = Tally(dispatched), []
    for count in receipts:
        if 0 < count.accounted <= tally.outstanding and not count.surplus:
            tally = rules.receive(tally, count, "why", "")
            kept.append(count)
    while kept:
        noted = sum(count.missing for count in kept)
        tally = rules.undeliver(tally, kept.pop(), noted)
        assert holds(tally)
    assert tally == Tally(dispatched)


@given(st.integers(1, 1000), st.integers(0, 1000))
def test_a_pledge_counted_on_arrival_is_received_or_disputed(requested, arrived):
    if arrived > requested:
        with pytest.raises(rules.MoreThanUnderWay):
            rules.bring(requested, arrived, "why")
        return
    tally = rules.bring(requested, arrived, "why")
    assert holds(tally)
    assert tally.status is (TransferStatus.RECEIVED if arrived == requested else TransferStatus.DISPUTED)


def test_a_pledge_that_arrives_short_needs_a_reason():
    with pytest.raises(rules.TransferReasonNeeded):
        rules.bring(6_000, 5_998, "")


@given(st.integers(1, 1000), st.none() | st.integers(1, 1000), st.sampled_from(["", "urgent"]))
def test_more_than_asked_is_approved_with_a_reason_only(requested, quantity, reason):
    if quantity is not None and quantity > requested and not reason:
        with pytest.raises(rules.TransferReasonNeeded):
            rules.approve(requested, quantity, reason)
    else:
        assert rules.approve(requested, quantity, reason) == (quantity or requested)


@given(st.integers(1, 1000), st.none() | st.integers(1, 1000))
def test_never_more_is_dispatched_than_approved(approved, quantity):
    if quantity is not None and quantity > approved:
        with pytest.raises(rules.MoreThanApproved):
            rules.dispatch(approved, quantity)
    else:
        assert rules.dispatch(approved, quantity) <= approved


@pytest.mark.parametrize("part", ["rejected", "missing", "surplus"])
def test_every_difference_needs_a_reason(part):
    with pytest.raises(rules.TransferReasonNeeded):
        rules.receive(Tally(10, received=9), Count(**{"received": 0, part: 1}), "", "the driver")


def test_a_surplus_needs_a_witness_and_nothing_missing():
    with pytest.raises(rules.SurplusUnwitnessed):
        rules.receive(Tally(10), Count(received=10, surplus=1), "too many", "")
    with pytest.raises(rules.SurplusTooEarly):
        rules.receive(Tally(10), Count(received=9, surplus=1), "too many", "the driver")
    with pytest.raises(rules.SurplusTooEarly):
        rules.receive(Tally(10), Count(received=9, missing=1, surplus=1), "too many", "the driver")
    assert rules.receive(Tally(10), Count(received=10, surplus=1), "too many", "the driver").surplus == 1


@pytest.mark.parametrize(
    "settled",
    [Tally(10, received=9, missing=1, written_off=1), Tally(10, received=10)],
    ids=["written off", "found"],
)
def test_a_settled_difference_fixes_its_delivery(settled):
    with pytest.raises(rules.DifferenceSettled):
        rules.undeliver(settled, Count(received=9, missing=1), 1)


@pytest.mark.parametrize("status", list(TransferStatus))
def test_each_status_has_one_last_step_or_none(status):
    steps = {TransferStatus.APPROVED: Step.APPROVAL, TransferStatus.DISPATCHED: Step.DISPATCH}
    assert rules.last_step(status, delivered=True) is Step.DELIVERY
    if status in steps:
        assert rules.last_step(status, delivered=False) is steps[status]
    else:
        with pytest.raises(rules.NothingToUndo):
            rules.last_step(status, delivered=False)


@pytest.mark.parametrize(
    ("office", "allowed"),
    [("15.03", True), ("15", True), ("0", True), ("15.04", False), ("17", False), ("15.03.04", False)],
)
def test_the_sender_or_a_common_superior_approves(office, allowed):
    if allowed:
        rules.check_approver(office, "15.03", "15.04")
    else:
        with pytest.raises(rules.NotThisEnd):
            rules.check_approver(office, "15.03", "15.04")


def test_the_senders_province_alone_gives_nothing_to_another_province():
    with pytest.raises(rules.NotThisEnd):
        rules.check_approver("15", "15.03", "17.02")
    rules.check_approver("0", "15.03", "17.02")
