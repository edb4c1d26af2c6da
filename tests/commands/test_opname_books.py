"""Any count, whatever moves before it, during it and after it, leaves the books at what was counted plus what moved."""

from __future__ import annotations

from collections import defaultdict
from itertools import count as counting

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.database import current, db, transaction
from inventory.offices import commands as offices
from inventory.offices.rules import StoreKind
from inventory.opname.models import CountLine
from inventory.opname.queries import differences
from inventory.reports import queries as reports
from inventory.stock import intervals
from inventory.stock.models import Account
from inventory.stock.numbers import Series, Span, compact
from inventory.stock.rules import Condition, Place
from tests.builders import Caller, actor, receipt

OFFICE = "15.03"
examples = counting(1)
fresh = counting(1)

moves = st.lists(
    st.tuples(
        st.sampled_from(["receive", "spoil", "send"]),
        st.booleans(),
        st.integers(1, 30),
        st.randoms(use_true_random=False),
    ),
    max_size=5,
)


@pytest.fixture(scope="module")
def house(database):
    database.reset()
    callers = {role: Caller(database.app, role, OFFICE) for role in ("admin", "clerk", "inspector", "coordinator")}
    callers["province"] = Caller(database.app, "admin", "15")
    yield callers
    with database.app.app_context():
        db.session.remove()
        db.engine.dispose()


def written(values):
    """These numbers as the intervals of a body."""
    return [list(span.written()) for span in compact(Span(SERIES, value, value) for value in values)]


SERIES = Series("C", 9)


class Model:
    """A store as plain counts and sets of numbers, moved over HTTP and here alike."""

    def __init__(self, house):
        self.house, self.store = house, f"{OFFICE}-OPNAME-{next(examples)}"
        with house["clerk"].app.app_context():
            offices.open_store(
                actor("admin", "0"), code=self.store, office=OFFICE, kind=StoreKind.SERVICE_POINT, name="UPT"
            )
        self.counted = {"blank": 0, "spoiled": 0}
        self.numbers = {"blank": set(), "spoiled": set()}
        # What was found missing must still be there when it is written off.
        self.kept, self.missing = 0, set()

    def move(self, step):
        """One receipt, spoilage or transfer out, as far as there is enough."""
        name, numbered, quantity, chance = step
        if name == "receive":
            told = self.arrive(numbered, quantity)
            self.house["clerk"].post("/receipts", {k: v for k, v in told.items() if v is not None})
            return
        if numbered:
            there = sorted(self.numbers["blank"] - self.missing)
            taken = set(chance.sample(there, min(quantity, len(there))))
            amount, quantity = {"intervals": written(taken)}, len(taken)
            self.numbers["blank"] -= taken
        else:
            quantity, taken = min(quantity, self.counted["blank"] - self.kept), set()
            amount = {"quantity": quantity}
            self.counted["blank"] -= max(quantity, 0)
        if quantity <= 0:
            return
        if name == "spoil":
            self.house["clerk"].post(
                "/spoilages", {"store": self.store, "item": "blangko", "reason": "damaged", **amount}
            )
            self.numbers["spoiled"] |= taken
            self.counted["spoiled"] += 0 if numbered else quantity
        else:
            self.send(quantity, amount)

    def arrive(self, numbered, quantity):
        if not numbered:
            self.counted["blank"] += quantity
            return receipt(self.store, quantity)
        new = {next(fresh) for _ in range(quantity)}
        self.numbers["blank"] |= new
        return receipt(self.store, None, intervals=written(new))

    def send(self, quantity, amount):
        wish = {"from_store": self.store, "to_store": "15-UTAMA", "item": "blangko", "quantity": quantity}
        path = f"/transfers/{self.house['province'].post('/transfers', wish)['id']}"
        self.house["coordinator"].post(f"{path}/approve", {}, 200)
        self.house["clerk"].post(f"{path}/dispatch", amount, 200)

    def see(self, condition, chance):
        """What two people see of a condition, now and then wrongly: a quantity, and numbers."""
        quantity = max(0, self.counted[condition] + chance.choice([0, 0, -1, 3, -40]))
        there = self.numbers[condition]
        gone = set(chance.sample(sorted(there), chance.randint(0, min(3, len(there)))))
        found = {next(fresh) for _ in range(chance.choice([0, 0, 2]))}
        return quantity, (there - gone) | found

    def on_the_books(self):
        """The store as the database has it."""
        with self.house["clerk"].app.app_context():
            rows = (
                current()
                .scalars(sa.select(Account).where(Account.store_code == self.store, Account.place == Place.STORE))
                .all()
            )
            spans = intervals.in_accounts(current(), [row.id for row in rows])
            counted, numbers = defaultdict(int), defaultdict(set)
            for row in rows:
                mine = {value for span in spans.get(row.id, ()) for value in range(span.first, span.last + 1)}
                assert len(mine) == (row.balance if row.numbered else 0), "so many numbers, so many blanks"
                numbers[row.condition.value] |= mine
                counted[row.condition.value] += 0 if row.numbered else row.balance
            return {c: (counted[c], numbers[c]) for c in ("blank", "spoiled")}


@settings(max_examples=12)
@given(moves, moves, moves, st.booleans(), st.randoms(use_true_random=False))
def test_the_books_end_at_what_was_counted_plus_what_moved_since(house, before, during, after, blind, chance):
    model, clerk = Model(house), house["clerk"]
    for step in [("receive", True, 20, chance), ("receive", False, 15, chance), *before]:
        model.move(step)
    people = [clerk.actor.user_id, house["inspector"].actor.user_id]
    body = {"store": model.store, "kind": "full", "counted_by": people, "blind": blind}
    count = clerk.post("/counts", body)
    for step in during:
        model.move(step)
    lines, expected = [], {}
    for condition in Condition.BLANK, Condition.SPOILED:
        quantity, seen = model.see(condition, chance)
        more = {"item": "blangko", "condition": condition.value, "explanation": "selisih"}
        more |= {"reason": "damaged"} if condition is Condition.SPOILED else {}
        lines += [more | {"quantity": quantity, "numbered": False}]
        lines += [more | ({"intervals": written(seen)} if seen else {"quantity": 0, "numbered": True})]
        expected[condition.value, False] = (quantity, model.counted[condition], set(), set())
        booked = model.numbers[condition]
        expected[condition.value, True] = (len(seen), len(booked), booked - seen, seen - booked)
    told = clerk.post(f"/counts/{count['id']}/lines", {"lines": lines}, 200)
    for line in told["lines"]:
        counted, books, missing, unexpected = expected[line["condition"], line["numbered"]]
        assert (line["counted"], line["books"], line["variance"]) == (counted, books, counted - books)
        assert line["moved"] == books - line["snapshot"]
        assert [[each["first"], each["last"]] for each in line["missing"]] == written(missing)
        assert [[each["first"], each["last"]] for each in line["unexpected"]] == written(unexpected)
    blanks, numbered = expected["blank", False], expected["blank", True]
    model.kept, model.missing = max(0, blanks[1] - blanks[0]), numbered[2]
    for step in after:
        model.move(step)
    done = house["coordinator"].post(f"/counts/{count['id']}/approve", {"reason": "disetujui"}, 200)
    assert (done["movement"] is None) is (done["shortage"] == done["surplus"] == 0)
    for condition in ("blank", "spoiled"):
        counted, books, *_ = expected[condition, False]
        model.counted[condition] += counted - books
        _, _, missing, unexpected = expected[condition, True]
        model.numbers[condition] = (model.numbers[condition] - missing) | unexpected
    assert model.on_the_books() == {c: (model.counted[c], model.numbers[c]) for c in ("blank", "spoiled")}
    with clerk.app.app_context():
        assert [*differences(), *reports.differences()] == []


TAMPERINGS = {
    "counted": (lambda line: line.counted + 1, "11 counted of 12, its movement moved -2"),
    "books": (lambda line: line.books + 5, "10 counted of 17, its movement moved -2"),
    "account_id": (lambda line: line.account_id + 1_000, "which it did not count"),
}


@pytest.mark.parametrize("column", TAMPERINGS)
def test_a_count_that_its_movement_does_not_say_is_named(app, calls, column):
    clerk, chief = calls("clerk", OFFICE), calls("coordinator", OFFICE)
    clerk.post("/receipts", receipt("15.03-UTAMA", 12))
    people = [clerk.actor.user_id, calls("inspector", OFFICE).actor.user_id]
    count = clerk.post("/counts", {"store": "15.03-UTAMA", "kind": "full", "counted_by": people})
    line = {"item": "blangko", "quantity": 10, "explanation": "hilang"}
    clerk.post(f"/counts/{count['id']}/lines", {"lines": [line]}, 200)
    with app.app_context():
        assert list(differences()) == []
    chief.post(f"/counts/{count['id']}/approve", {"reason": "ya"}, 200)
    wrong, sentence = TAMPERINGS[column]
    with app.app_context():
        assert list(differences()) == []
        with transaction() as session:
            row = session.scalars(sa.select(CountLine)).one()
            setattr(row, column, wrong(row))
        told = list(differences())
        assert any(sentence in each and f"count {count['id']}" in each for each in told), told
