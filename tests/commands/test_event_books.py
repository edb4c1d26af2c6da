"""Any story of an event keeps the books exact, and its settlement tells all of it, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date, time

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.database import current, db, transaction
from inventory.errors import InventoryError
from inventory.offices.queries import store_facts
from inventory.outreach import commands as outreach
from inventory.outreach import queries
from inventory.outreach.models import Event
from inventory.outreach.rules import Arrived, EventKind, EventPlan, EventStatus
from inventory.printing.queries import named_cards
from inventory.settlement import commands as settlement
from inventory.settlement.commands import Counted, Explained
from inventory.settlement.queries import FIGURES, get_settlement
from inventory.stock import commands as stock
from inventory.stock import corrections, ledger, verify
from inventory.stock.commands import Arrival, Taking
from inventory.stock.ledger import Fact
from inventory.stock.models import Account, Movement
from inventory.stock.numbers import NOTHING, Amount
from inventory.stock.rules import Condition, Leg, MovementKind, Place, ReceiptSource, SpoilReason, in_store
from inventory.transfers import commands as transfers
from inventory.transfers.commands import Wish
from inventory.transfers.headings import Delivered
from inventory.transfers.models import Transfer
from tests.builders import actor

HOST, OWNERS, ITEMS = "15.03", ["15", "15.03", "15.04"], ["blangko", "ribbon"]

owners, items = st.sampled_from(OWNERS), st.sampled_from([*ITEMS, "blangko"])
few, many, small = st.integers(1, 40), st.integers(20, 200), st.integers(0, 4)


def deeds(*names):
    return st.tuples(st.sampled_from(names), owners, items, few)


before = st.one_of(
    st.tuples(st.just("receive"), owners, items, many),
    st.tuples(st.just("pledge"), owners, items, many),
    deeds("pledge", "release", "spoil_earmark"),
)
during = deeds(
    "print", "print", "misprint", "issue", "spoil", "lose", "consume", "reverse", "receive_in_kit", "send", "arrive",
    "pledge", "bring", "release", "send_to_kit", "find", "write_off",
)  # fmt: skip
stories = st.tuples(
    st.lists(before, min_size=5, max_size=9),
    small,
    st.lists(during, min_size=4, max_size=12),
    st.tuples(small, small, st.booleans()),
    st.lists(deeds("send", "arrive", "issue_at_home"), max_size=3),
)


@pytest.fixture(scope="module")
def stocked(database):
    database.reset()
    with database.app.app_context():
        yield database.app
        db.session.remove()
        db.engine.dispose()


class Story:
    """One event from its plan to its settlement; who owns what is read off the books only."""

    def __init__(self) -> None:
        self.boss = actor("admin", "0")
        days = (date(2019, 4, 4), date(2019, 4, 5), time(8), time(16))
        self.id = outreach.plan(self.boss, EventPlan("Uji", EventKind.GOTONG_ROYONG, HOST, *days))
        self.kit = f"{HOST}-ACARA-{self.id}"
        self.reversible: list[int] = []
        for owner in OWNERS:
            self.do("receive", owner, "blangko", 150)

    def do(self, name: str, owner: str, item: str, quantity: int) -> None:
        """Do one step or let it be refused; the books take all of it or nothing."""
        movements = self.movements()
        try:
            getattr(self, name)(owner, item, quantity)
        except InventoryError:
            assert self.movements() == movements
        self.check()

    def movements(self) -> int:
        return current().scalar(sa.select(sa.func.count()).select_from(Movement)) or 0

    def check(self) -> None:
        """What must be true after every step."""
        assert list(verify.differences()) == []
        totals: Counter[str] = Counter()
        for row in current().execute(sa.select(Account.item_code, Account.place, Account.balance)):
            assert row.balance >= 0 or row.place is Place.SUPPLIED
            totals[row.item_code] += row.balance
        assert not any(totals.values()), "received is the sum of all other states"
        for line in get_settlement(self.boss, self.id)["owners"]:
            assert line["brought"] == sum(line[name] for name in FIGURES[1:])
            assert all(line[name] >= 0 for name in FIGURES[:-1])

    def receive(self, owner, item, quantity, store=None):
        arrival = Arrival(
            store or f"{owner}-UTAMA", item, Amount(quantity), ReceiptSource.MINISTRY, "SJ/1", date(2026, 1, 5)
        )
        self.reversible.append(stock.receive(self.boss, arrival))

    def receive_in_kit(self, owner, item, quantity):
        self.receive(owner, item, quantity, self.kit)

    def pledge(self, owner, item, quantity):
        outreach.pledge(self.boss, self.id, f"{owner}-UTAMA", item, Amount(quantity))

    def nth_pledge(self, quantity):
        waiting = queries.pledges_of(self.id)
        return waiting[quantity % len(waiting)].id if waiting else 0

    def release(self, _owner, _item, quantity):
        outreach.release(self.boss, self.id, self.nth_pledge(quantity))

    def bring(self, _owner, _item, quantity):
        outreach.bring(self.boss, self.id, self.nth_pledge(quantity))

    def spoil_earmark(self, owner, item, quantity):
        taking = Taking(f"{owner}-UTAMA", item, Amount(quantity), event=self.id)
        stock.spoil(self.boss, taking, SpoilReason.DAMAGED)

    def start(self, short):
        pledges = queries.pledges_of(self.id)
        waiting = [each for each in pledges if each.status == "pledged"][:1] if short else []
        shares, _ = queries.shares_of(
            [each for each in pledges if each.status == "pledged"], queries.earmarks_of(current().get(Event, self.id))
        )
        arrived = [
            Arrived(each.id, Amount(max(shares[each.id].quantity - short, 0)), "kurang saat dihitung")
            for each in waiting
        ]
        outreach.start(self.boss, self.id, arrived)
        self.check()

    def taking(self, owner, item, quantity):
        return Taking(self.kit, item, Amount(quantity), owner=owner)

    def spoil(self, owner, item, quantity):
        self.reversible.append(stock.spoil(self.boss, self.taking(owner, item, quantity), SpoilReason.DAMAGED))

    def lose(self, owner, item, quantity):
        self.reversible.append(stock.lose(self.boss, self.taking(owner, item, quantity), named_cards))

    def consume(self, owner, item, quantity):
        self.reversible.append(stock.consume(self.boss, self.taking(owner, item, quantity)))

    def reverse(self, _owner, _item, quantity):
        movement = self.reversible[quantity % len(self.reversible)]
        corrections.reverse(self.boss, movement, "salah catat", named_cards, Amount(quantity))

    def move(self, kind, owner, quantity, source, condition, place=Place.STORE, store=None):
        with transaction() as session:
            taken = in_store(store or self.kit, "blangko", owner, self.id, source)
            given = taken.as_(condition).at(place)
            books = ledger.lock(session, [taken, given], {taken.store: HOST})
            ledger.post(session, books, Fact(kind, self.boss, store_facts(taken.store)), [Leg(taken, given, quantity)])

    def print(self, owner, _item, quantity):
        self.move(MovementKind.PRINTING, owner, quantity, Condition.BLANK, Condition.PRINTED)

    def misprint(self, owner, _item, quantity):
        self.move(MovementKind.PRINTING, owner, quantity, Condition.BLANK, Condition.SPOILED)

    def issue(self, owner, _item, quantity):
        self.move(MovementKind.ISSUE, owner, quantity, Condition.PRINTED, Condition.PRINTED, Place.ISSUED)

    def issue_at_home(self, owner, _item, quantity):
        home = f"{HOST}-UTAMA"
        self.move(MovementKind.ISSUE, owner, quantity, Condition.PRINTED, Condition.PRINTED, Place.ISSUED, home)

    def transfer(self, wish, received):
        made = transfers.request(self.boss, wish)
        try:
            transfers.approve(self.boss, made)
            transfers.dispatch(self.boss, made)
        except InventoryError:
            transfers.cancel(self.boss, made)
            raise
        if received:
            delivered = Delivered(received=Amount(wish.quantity - 1), rejected=Amount(1))
            transfers.receive(self.boss, made, delivered, "satu basah")

    def send(self, owner, item, quantity):
        self.transfer(Wish(self.kit, f"{owner}-UTAMA", item, quantity, owner=owner), received=quantity % 2)

    def send_to_kit(self, owner, item, quantity):
        self.transfer(Wish(f"{owner}-UTAMA", self.kit, item, quantity), received=True)

    def arrive(self, _owner, _item, quantity):
        query = sa.select(Transfer.id).where(Transfer.from_store == self.kit, Transfer.status == "dispatched")
        for made in current().scalars(query.limit(1)).all():
            transfers.cancel(self.boss, made) if quantity % 2 else transfers.undo(self.boss, made, "salah kirim")

    def disputed(self):
        found = queries.pledges_of(self.id)
        return next((each.transfer_id for each in found if each.transfer_id is not None), 0)

    def find(self, _owner, _item, _quantity):
        transfers.resolve(self.boss, self.disputed(), Amount(1), NOTHING, "ditemukan")

    def write_off(self, _owner, _item, _quantity):
        transfers.resolve(actor("coordinator", "0"), self.disputed(), NOTHING, Amount(1), "dilepas")

    def close(self, gone, more, counted):
        """Close with a count that is off by a little, explained; without a count the books' figures stand."""
        unfinished = queries.open_transfers(self.kit)
        for made in unfinished:
            transfers.cancel(self.boss, made)
        before = {(line["owner"], line["item"]): line for line in get_settlement(self.boss, self.id)["owners"]}
        on_hand: Counter[tuple[str, str]] = Counter()
        for row in current().execute(
            sa.select(Account.owner_code, Account.item_code, Account.balance).where(
                Account.store_code == self.kit, Account.place == Place.STORE, Account.condition == Condition.BLANK
            )
        ):
            on_hand[row.owner_code, row.item_code] += row.balance
        shift = {goods: more - min(gone, on_hand[goods]) for goods in before} if counted else {}
        counts = [Counted(*goods, Amount(on_hand[goods] + change)) for goods, change in shift.items()]
        reasons = [Explained(*goods, "dihitung dua orang") for goods in shift]
        settlement.close(self.boss, self.id, counts, reasons)
        self.check()
        assert current().get_one(Event, self.id).status is EventStatus.CLOSED
        for goods, line in self.closed().items():
            was, change = before[goods], shift.get(goods, 0)
            used_up = max(-change, 0) if goods[1] == "ribbon" else 0
            assert line["returned"] == was["returned"] + change
            assert line["used"] == was["used"] + used_up
            assert line["missing"] == was["missing"] - change - used_up
            assert [line[name] for name in FIGURES[:3]] == [was[name] for name in FIGURES[:3]]
            assert line["counted"] is counted
        assert self.drafted() == +self.in_kit()

    def closed(self):
        return {(line["owner"], line["item"]): line for line in get_settlement(self.boss, self.id)["owners"]}

    def in_kit(self):
        rows = current().execute(
            sa.select(Account.owner_code, Account.item_code, Account.balance, Account.condition).where(
                Account.store_code == self.kit, Account.place == Place.STORE, Account.balance > 0
            )
        )
        found = rows.all()
        assert {row.condition for row in found} <= {Condition.BLANK}, "the host keeps the rest"
        return Counter({(row.owner_code, row.item_code): row.balance for row in found})

    def drafted(self):
        query = sa.select(Transfer).where(Transfer.from_store == self.kit, Transfer.status == "approved")
        found: Counter[tuple[str, str]] = Counter()
        for each in current().scalars(query):
            found[each.owner_code, each.item_code] += each.approved or 0
        return found


@settings(max_examples=12)
@given(stories)
def test_any_story_of_an_event_keeps_the_books_exact_and_settles_to_the_last_piece(stocked, told):
    before_it, short, during_it, count, after_it = told
    story = Story()
    for step in before_it:
        story.do(*step)
    story.start(short)
    for step in during_it:
        story.do(*step)
    story.close(*count)
    frozen = [{name: line[name] for name in FIGURES} for line in story.closed().values()]
    for step in after_it:
        story.do(*step)
    assert [{name: line[name] for name in FIGURES} for line in story.closed().values()] == frozen
