"""Any sequence of stock commands keeps the books exact, on both databases."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current, db
from inventory.errors import InventoryError
from inventory.offices import commands as offices
from inventory.offices.rules import StoreKind
from inventory.printing.queries import named_cards
from inventory.retries import Once
from inventory.stock import commands, corrections, rules, verify
from inventory.stock.commands import Arrival, Taking
from inventory.stock.models import Account, Entry, Movement, Receipt
from inventory.stock.numbers import Amount
from inventory.stock.rules import Condition, Place, ReceiptSource, SpoilReason
from tests.builders import actor

OFFICE, ITEMS = "15.03", ["blangko", "ribbon"]
BEGIN = date(2026, 3, 2)
examples = count(1)

quantities = st.integers(1, 90)
days_ago = st.sampled_from([0, 0, 0, 1, 3, 7, 8, -1])
takings = st.tuples(
    st.sampled_from(["spoil", "spoil", "lose", "consume"]), st.sampled_from(ITEMS), quantities, days_ago
)
receipts = st.tuples(
    st.sampled_from(["receive", "receive", "receive", "open_spoiled", "open_printed"]),
    st.sampled_from(ITEMS),
    st.integers(20, 400),
    st.sampled_from([0, 1, 2, 5, 12, 30, -1]),
)
reversals = st.tuples(st.just("reverse"), st.integers(0, 30), st.one_of(st.none(), quantities), days_ago)
steps = st.lists(st.one_of(receipts, takings, takings, reversals), min_size=10, max_size=22)


@pytest.fixture(scope="module")
def stocked(database):
    database.reset()
    with database.app.app_context():
        yield database.app
        db.session.remove()
        db.engine.dispose()


class Story:
    """One store, its clerk, and what was done in it so far."""

    def __init__(self) -> None:
        self.number = next(examples)
        self.store = f"{OFFICE}-UPT-{self.number}"
        offices.open_store(
            actor("admin", "0"), code=self.store, office=OFFICE, kind=StoreKind.SERVICE_POINT, name="UPT"
        )
        self.clerk = actor("clerk", OFFICE)
        self.done: list[int] = []
        self.today = BEGIN

    def act(self, step: tuple, tick: int) -> None:
        """Do one step, let it be refused, and check that the books took all of it or nothing."""
        self.today = BEGIN + timedelta(days=tick // 3)
        before = self.books()
        try:
            with clock.telling(datetime(self.today.year, self.today.month, self.today.day, 4, tzinfo=UTC)):
                made = self.call(step, Once(self.clerk.user_id, "/test", f"{self.number}-{tick}", b""))
                again = self.call(step, Once(self.clerk.user_id, "/test", f"{self.number}-{tick}", b""))
        except InventoryError:
            assert self.books() == before
            return
        assert again == made
        after = self.books()
        assert [after[name] - before[name] for name in ("movements", "audit rows")] == [1, 1]
        self.done.append(made)

    def call(self, step: tuple, once: Once) -> int:
        name, what, quantity, days_ago = step
        if name == "reverse":
            movement = self.done[what % len(self.done)] if self.done else 0
            amount = None if quantity is None else Amount(quantity)
            return corrections.reverse(self.clerk, movement, "salah catat", named_cards, amount, once)
        on = self.today - timedelta(days=days_ago)
        if name in ("spoil", "lose", "consume"):
            taking = Taking(self.store, what, Amount(quantity), "uji", occurred_on=on)
            if name == "spoil":
                return commands.spoil(self.clerk, taking, SpoilReason.DAMAGED, once)
            if name == "lose":
                return commands.lose(self.clerk, taking, named_cards, once)
            return commands.consume(self.clerk, taking, once)
        condition = {"open_spoiled": Condition.SPOILED, "open_printed": Condition.PRINTED}.get(name, Condition.BLANK)
        source = ReceiptSource.MINISTRY if name == "receive" else ReceiptSource.OPENING
        return commands.receive(
            self.clerk, Arrival(self.store, what, Amount(quantity), source, "SJ/1", on, condition=condition), once
        )

    def books(self) -> dict[str, object]:
        """Everything that a refused command must leave as it was."""
        session = current()
        rows = session.execute(
            sa.select(Account.place, Account.item_code, Account.condition, Account.balance).where(
                Account.store_code == self.store, Account.balance != 0
            )
        ).all()
        tables = {"movements": Movement, "entries": Entry, "audit rows": AuditRow, "receipts": Receipt}
        counts = {name: session.scalar(sa.select(sa.func.count()).select_from(model)) for name, model in tables.items()}
        session.rollback()
        return {"balances": sorted(tuple(row) for row in rows), **counts}


@settings(max_examples=20)
@given(steps)
def test_any_sequence_of_stock_commands_keeps_the_books_exact(stocked, told):
    story = Story()
    for tick, step in enumerate(told):
        story.act(step, tick)
        assert list(verify.differences()) == []
    assert_received_is_the_sum_of_all_others(story.store)
    assert_no_day_ever_had_less_than_nothing(story.store)


def assert_received_is_the_sum_of_all_others(store):
    rows = current().execute(
        sa.select(Account.item_code, Account.place, Account.balance).where(Account.store_code == store)
    )
    received, others = defaultdict(int), defaultdict(int)
    for row in rows:
        if row.place is Place.SUPPLIED:
            received[row.item_code] -= row.balance
        else:
            assert row.balance >= 0
            others[row.item_code] += row.balance
    assert received == others or not (any(received.values()) or any(others.values()))


def assert_no_day_ever_had_less_than_nothing(store):
    rows = current().execute(
        sa.select(Entry.account_id, Account.place, Movement.occurred_on, sa.func.sum(Entry.quantity).label("change"))
        .join(Movement, Movement.id == Entry.movement_id)
        .join(Account, Account.id == Entry.account_id)
        .where(Account.store_code == store)
        .group_by(Entry.account_id, Account.place, Movement.occurred_on)
        .order_by(Entry.account_id, Movement.occurred_on)
    )
    running = defaultdict(int)
    for row in rows:
        running[row.account_id] += int(row.change) * rules.sign_of(row.place)
        assert running[row.account_id] >= 0, row
