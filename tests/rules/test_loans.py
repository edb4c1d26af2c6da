"""What is owed, whatever was lent and given back: the rules by themselves, and the numbers against a simple model."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import clock
from inventory.catalogue.models import Item
from inventory.database import current, db
from inventory.loans import commands, queries, rules
from inventory.loans.commands import LoanWish, Return
from inventory.loans.models import Loan
from inventory.paging import Slice
from inventory.stock import commands as stock
from inventory.stock.commands import Arrival
from inventory.stock.numbers import Amount
from inventory.stock.rules import ReceiptSource
from inventory.transfers import commands as transfers
from inventory.transfers.commands import Wish
from inventory.transfers.headings import Delivered
from tests.builders import actor

OFFICES = ["15.03", "15.04", "15.05"]
TODAY = date(2026, 3, 2)
few = st.integers(1, 40)
examples = count(1)


@given(few, st.lists(few, max_size=12))
def test_returns_never_exceed_what_is_owed(lent, returns):
    back = 0
    for quantity in returns:
        try:
            rules.check_room(quantity, lent - back, 0)
        except rules.MoreThanOwed:
            assert back + quantity > lent
        else:
            back += quantity
    assert back <= lent


@given(few, few, few)
def test_what_is_on_its_way_back_is_not_given_back_twice(outstanding, returning, quantity):
    if quantity + returning > outstanding:
        with pytest.raises(rules.MoreThanOwed):
            rules.check_room(quantity, outstanding, returning)
    else:
        rules.check_room(quantity, outstanding, returning)


@given(few, st.lists(few, max_size=12))
def test_a_delivery_is_credited_for_what_it_brought_and_no_more(received, asked):
    credited = 0
    for quantity in asked:
        try:
            rules.check_credit(1, received, credited, quantity)
        except rules.DeliveryUsedUp:
            assert credited + quantity > received
        else:
            credited += quantity
    assert credited <= received


@pytest.mark.parametrize(
    ("supplier", "lender", "borrower", "fits"),
    [
        ("15", "15.03", "15.04", True),
        ("0", "15.03", "15.04", True),
        ("0", "15.03", "16.01", True),
        ("0", "15", "15.03", True),
        ("15", "15.03", "16.01", False),
        ("15", "15", "15.03", False),
        ("15.04", "15.03", "15.04", False),
        ("15.05", "15.03", "15.04", False),
    ],
)
def test_the_supplier_of_two_offices_is_above_both(supplier, lender, borrower, fits):
    assert rules.is_supplier_of(supplier, lender, borrower) is fits


@given(st.integers(-5, 5))
def test_a_loan_is_due_today_at_the_earliest(days):
    due = TODAY + timedelta(days)
    if days < 0:
        with pytest.raises(rules.LoanDuePassed):
            rules.check_due(due, TODAY)
    else:
        rules.check_due(due, TODAY)


@pytest.fixture(scope="module")
def lending(database):
    database.reset()
    with database.app.app_context():
        yield database.app
        db.session.remove()
        db.engine.dispose()


class Model:
    """The loans of one example, by hand: what each brought, what came back, and by which delivery."""

    def __init__(self) -> None:
        self.boss, self.item = actor("admin", "0"), f"blangko-{next(examples)}"
        session = current()
        row = {"name": "Blangko", "kind": "blank", "version": "1", "unit": "keping", "pack_size": 500}
        session.add(Item(code=self.item, family=self.item, cards_per_unit=None, **row))
        session.commit()
        for office in (*OFFICES, "15"):
            arrival = Arrival(
                f"{office}-UTAMA", self.item, Amount(100_000), ReceiptSource.MINISTRY, "SJ/1", date(2026, 1, 5)
            )
            stock.receive(self.boss, arrival)
        self.loans: dict[int, tuple[str, str, date]] = {}
        self.lent: Counter[int] = Counter()
        self.back: Counter[int] = Counter()
        self.arrived: dict[int, str] = {}
        self.left: Counter[int] = Counter()
        self.credited: set[tuple[int, int]] = set()
        self.since: dict[tuple[str, int], int] = {}

    def carry(self, transfer, quantity):
        transfers.dispatch(self.boss, transfer)
        transfers.receive(self.boss, transfer, Delivered(received=Amount(quantity)))

    def lend(self, first, second, quantity, late):
        if first == second:
            second = OFFICES[(OFFICES.index(first) + 1) % len(OFFICES)]
        due = clock.business_day("Asia/Jakarta") + timedelta(0 if late else 30)
        wish = LoanWish(f"{first}-UTAMA", f"{second}-UTAMA", self.item, quantity, due)
        loan = commands.lend(self.boss, wish)
        transfer = current().get_one(Loan, loan).transfer_id
        transfers.approve(self.boss, transfer)
        self.carry(transfer, quantity)
        self.loans[loan], self.lent[loan] = (first, second, due), quantity
        self.since["loan", loan] = len(self.since)

    def some_loan(self, quantity):
        return list(self.loans)[quantity % len(self.loans)] if self.loans else 0

    def give_back(self, _first, _second, quantity, _late):
        if loan := self.some_loan(quantity):
            owed = self.lent[loan] - self.back[loan]
            if quantity > owed:
                with pytest.raises(rules.MoreThanOwed):
                    commands.give_back(self.boss, loan, Return(quantity))
                return
            commands.give_back(self.boss, loan, Return(quantity))
            self.carry(queries.get_loan(self.boss, loan)["repayments"][-1].transfer_id, quantity)
            self.back[loan] += quantity

    def supply(self, first, _second, quantity, _late):
        wish = Wish("15-UTAMA", f"{first}-UTAMA", self.item, quantity)
        transfer = transfers.request(self.boss, wish)
        transfers.approve(self.boss, transfer)
        self.carry(transfer, quantity)
        self.arrived[transfer], self.left[transfer] = first, quantity
        self.since["delivery", transfer] = len(self.since)

    def settle(self, _first, _second, quantity, _late):
        if not (loan := self.some_loan(quantity)) or not self.arrived:
            return
        transfer = list(self.arrived)[quantity % len(self.arrived)]
        refused = None
        if self.arrived[transfer] != self.loans[loan][0] or self.since["delivery", transfer] < self.since["loan", loan]:
            refused = rules.DeliveryUnfit
        elif (loan, transfer) in self.credited:
            refused = rules.DeliveryCredited
        elif quantity > self.left[transfer]:
            refused = rules.DeliveryUsedUp
        elif quantity > self.lent[loan] - self.back[loan]:
            refused = rules.MoreThanOwed
        if refused is not None:
            with pytest.raises(refused):
                commands.settle_by_delivery(self.boss, loan, transfer, quantity)
            return
        commands.settle_by_delivery(self.boss, loan, transfer, quantity)
        self.back[loan] += quantity
        self.left[transfer] -= quantity
        self.credited.add((loan, transfer))

    def net(self, office, day):
        """What each partner owes the office, and how much of that is late."""
        owed, late = Counter(), Counter()
        for loan, (lender, borrower, due) in self.loans.items():
            outstanding = self.lent[loan] - self.back[loan]
            if lender == office:
                owed[borrower] += outstanding
                late[borrower] += outstanding if due < day else 0
            elif borrower == office:
                owed[lender] -= outstanding
        return owed, late


deeds = st.tuples(
    st.sampled_from(["lend", "lend", "give_back", "give_back", "supply", "settle"]),
    st.sampled_from(OFFICES),
    st.sampled_from(OFFICES),
    few,
    st.booleans(),
)


@settings(max_examples=6)
@given(st.lists(deeds, min_size=6, max_size=14))
def test_net_positions_are_what_every_loan_and_return_add_up_to(lending, steps):
    model = Model()
    for name, *rest in steps:
        getattr(model, name)(*rest)
    with clock.telling(clock.now() + timedelta(3)):
        day = clock.business_day("Asia/Jakarta")
        for office in OFFICES:
            rows = [
                row
                for row in queries.list_net(actor("admin", office), None, Slice(500)).items
                if row.item_code == model.item
            ]
            owed, late = model.net(office, day)
            assert {row.partner: row.net for row in rows} == dict(owed)
            assert {row.partner: row.overdue_to for row in rows if row.overdue_to} == dict(+late)
            assert all(row.net == row.lent - row.returned - row.borrowed + row.given_back for row in rows)
            lent_out = queries.positions([office]).get((office, model.item), queries.Position())
            assert lent_out.lent_out - lent_out.borrowed == sum(owed.values())
    assert list(queries.differences()) == []
