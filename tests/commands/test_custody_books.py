"""Any story of a shift adds up: issued = printed + spoiled + returned + missing, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.access import Role
from inventory.custody import commands, queries
from inventory.custody.commands import Issue, Return
from inventory.custody.rules import CustodyStatus
from inventory.database import current, db, transaction
from inventory.errors import InventoryError
from inventory.offices import commands as offices
from inventory.offices.queries import store_facts
from inventory.offices.rules import StoreKind
from inventory.people import commands as people
from inventory.printing.run_queries import feeding_run
from inventory.stock import commands as stock
from inventory.stock import intervals, ledger, numbers, verify
from inventory.stock.commands import Arrival
from inventory.stock.ledger import Fact
from inventory.stock.models import Account
from inventory.stock.numbers import NOTHING, Amount, Series, Span
from inventory.stock.rules import Condition, Leg, MovementKind, Part, Place, ReceiptSource, SpoilReason
from tests.builders import actor

OFFICE = "15.03"
examples = count(1)
few = st.integers(0, 12)
steps = st.lists(
    st.tuples(
        st.sampled_from(["issue", "draw", "draw", "undo", "close", "close", "all", "surplus", "explain", "approve",
                         "approve", "approve"]),
        few,
        few,
    ),
    min_size=12,
    max_size=24,
)  # fmt: skip


@pytest.fixture(scope="module")
def stocked(database):
    database.reset()
    with database.app.app_context():
        yield database.app
        db.session.remove()
        db.engine.dispose()


class Story:
    """One print room of an office, what its holder did, and what must be true after each step."""

    def __init__(self, *, numbered: bool) -> None:
        self.number, self.numbered = next(examples), numbered
        self.store = f"{OFFICE}-CETAK-{self.number}"
        boss = actor("admin", "0")
        offices.open_store(boss, code=self.store, office=OFFICE, kind=StoreKind.PRINT_ROOM, name="Cetak")
        self.clerk, self.chief = actor("clerk", OFFICE), actor("coordinator", OFFICE)
        made = [people.add_user(boss, "x", role, OFFICE) for role in (Role.PRINTER, Role.FIELD, Role.FIELD)]
        self.holder, self.two = made[0], made[1:]
        self.series = Series(f"S{self.number}X", 6)
        amount = self.named(range(1, 101)) if numbered else Amount(100)
        arrival = Arrival(self.store, "blangko", amount, ReceiptSource.MINISTRY, "SJ/1", date(2026, 3, 2))
        stock.receive(self.clerk, arrival)
        self.sessions: list[int] = []
        self.drawn: Counter[str] = Counter()
        self.beyond = 500

    def named(self, values) -> Amount:
        spans = tuple(numbers.compact(Span(self.series, value, value) for value in values))
        return Amount(sum(map(len, spans)), spans)

    def do(self, name: str, some: int, more: int) -> None:
        """Do one step or let it be refused, and check everything."""
        try:
            getattr(self, name)(some, more)
        except InventoryError:
            current().rollback()
        self.check()

    def nth(self, n: int) -> dict:
        """One of the last two sessions."""
        return queries.get_session(self.clerk, self.sessions[-1 - n % min(len(self.sessions), 2)])

    def lying(self, place: Place, document_id: int = 0, condition: Condition = Condition.BLANK) -> list[int]:
        """The numbers that lie in a place."""
        mine = sa.select(Account.id).where(
            Account.store_code == self.store,
            Account.place == place,
            Account.document_id == document_id,
            Account.condition == condition,
        )
        there = intervals.in_accounts(current(), current().scalars(mine).all())
        return [value for spans in there.values() for span in spans for value in range(span.first, span.last + 1)]

    def amount(self, values: list[int], quantity: int) -> Amount:
        """So many of the blanks that lie somewhere, by name where they have one."""
        return self.named(values[:quantity]) if self.numbered else Amount(quantity)

    def issue(self, some: int, _more: int) -> None:
        amount = self.amount(self.lying(Place.STORE), max(some, 1))
        if amount.quantity:
            self.sessions.append(
                commands.issue(self.clerk, Issue(self.store, "blangko", self.holder, amount, 20, self.two))
            )

    def draw(self, some: int, more: int) -> None:
        """Print some blanks from the hand and spoil some more, as printing does."""
        with transaction() as session:
            open_ones = queries.open_sessions(session, self.holder, self.store, "blangko")
            order = queries.custody_order(session, open_ones)
            values = [value for each in open_ones for value in self.lying(Place.CUSTODY, each.id)]
            amount = self.amount(values, some + more)
            if not order or not amount.quantity:
                return
            keys = list(intervals.twins_of(order, amount))
            ends = [key.at(Place.STORE).as_(Condition.PRINTED) for key in keys]
            ends += [key.spoiled(SpoilReason.DAMAGED) for key in keys]
            books = ledger.lock(session, [*keys, *ends], {self.store: OFFICE})
            units = [unit for part in ledger.draw(session, books, order, amount) for unit in self.units(part)]
            legs = [
                unit.to(unit.key.at(Place.STORE).as_(Condition.PRINTED) if n < some
                        else unit.key.spoiled(SpoilReason.DAMAGED))
                for n, unit in enumerate(units)
            ]  # fmt: skip
            ledger.post(session, books, Fact(MovementKind.PRINTING, self.clerk, store_facts(self.store)), legs)
        self.drawn["printed"] += min(some, len(units))
        self.drawn["spoiled"] += max(len(units) - some, 0)

    def units(self, part: Part) -> list[Part]:
        """Single blanks."""
        if not part.spans:
            return [Part(part.key, 1)] * part.quantity
        return [
            Part(part.key, 1, (span.part(value, value),))
            for span in part.spans
            for value in range(span.first, span.last + 1)
        ]

    def undo(self, some: int, _more: int) -> None:
        """Take one card back into the hand that it came from."""
        found = self.nth(some)
        if found["status"] != CustodyStatus.OPEN or found["printed"] < 1:
            return
        with transaction() as session:
            [row] = [each for each in queries.open_sessions(session, self.holder, self.store, "blangko")
                     if each.id == found["id"]]  # fmt: skip
            hand = queries.custody_order(session, [row])[0].tracked(numbered=self.numbered)
            card = hand.at(Place.STORE).as_(Condition.PRINTED)
            books = ledger.lock(session, [hand, card], {self.store: OFFICE})
            spans = self.amount(self.lying(Place.STORE, condition=Condition.PRINTED), 1).spans
            fact = Fact(MovementKind.PRINTING_UNDO, self.clerk, store_facts(self.store))
            ledger.post(session, books, fact, [Leg(card, hand, 1, spans)])
        self.drawn["printed"] -= 1

    def returned(self, session: dict, quantity: int, **more: str) -> None:
        values = self.lying(Place.CUSTODY, session["id"]) + list(range(self.beyond, self.beyond + 50))
        if quantity > session["in_hand"]:
            self.beyond += 50
        amount = self.amount(values, quantity) if quantity else NOTHING
        commands.close(self.clerk, session["id"], Return(amount, self.two, **more), feeding_run)

    def close(self, some: int, more: int) -> None:
        session = self.nth(more)
        self.returned(session, min(some, session["in_hand"]), explanation="dicari" if more > 3 else "")

    def all(self, some: int, _more: int) -> None:
        session = self.nth(some)
        self.returned(session, session["in_hand"])

    def surplus(self, some: int, more: int) -> None:
        session = self.nth(more)
        self.returned(session, session["in_hand"] + some, explanation="terselip" if more > 3 else "")

    def explain(self, some: int, _more: int) -> None:
        commands.close(self.clerk, self.nth(some)["id"], Return(None, explanation="hilang"), feeding_run)

    def approve(self, some: int, _more: int) -> None:
        commands.approve(self.chief, self.nth(some)["id"])

    def check(self) -> None:
        """What must be true after every step."""
        shown = [queries.get_session(self.clerk, each) for each in self.sessions]
        for each in shown:
            waiting = each["in_hand"] if each["status"] == CustodyStatus.OPEN else each["missing"]
            assert each["issued"] == each["printed"] + each["spoiled"] + (each["returned"] or 0) + waiting
            assert each["in_hand"] == (0 if each["status"] == CustodyStatus.CLOSED else waiting)
            assert len(self.lying(Place.CUSTODY, each["id"])) == (each["in_hand"] if self.numbered else 0)
        for name in ("printed", "spoiled"):
            assert sum(each[name] for each in shown) == self.drawn[name]


@settings(max_examples=12)
@given(st.booleans(), steps)
def test_any_story_of_a_shift_adds_up(stocked, numbered, told):
    story = Story(numbered=numbered)
    story.do("issue", 20, 0)
    for name, some, more in told:
        story.do(name, some, more)
    assert list(verify.differences()) == []
    assert list(queries.differences()) == []
