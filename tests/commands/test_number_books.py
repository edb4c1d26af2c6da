"""Whatever happens to blanks with numbers, each number is in exactly one account, on both databases."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, time
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.database import current, db
from inventory.errors import InventoryError
from inventory.offices import commands as offices
from inventory.offices.rules import StoreKind
from inventory.outreach import commands as outreach
from inventory.outreach.models import Pledge
from inventory.outreach.rules import EventKind, EventPlan
from inventory.printing.queries import named_cards
from inventory.stock import commands as stock
from inventory.stock import corrections, verify
from inventory.stock.commands import Arrival, ArrivingLot, Taking
from inventory.stock.models import Account, Entry, Interval, Movement, NumberSeries
from inventory.stock.numbers import NOTHING, Amount, Series, Span, compact
from inventory.stock.rules import Condition, Place, ReceiptSource, SpoilReason
from inventory.transfers import commands as transfers
from inventory.transfers import queries
from inventory.transfers.commands import Wish
from inventory.transfers.headings import Delivered
from tests.builders import actor

examples = count(1)
names = [
    "receive", "receive_lots", "receive_singly", "track", "track", "spoil", "lose", "reverse", "reverse",
    "send", "send", "send", "send_counted", "arrive", "arrive", "arrive", "undo", "undo", "settle", "settle",
    "pledge", "pledge", "bring", "bring", "release",
]  # fmt: skip
deeds = st.tuples(st.sampled_from(names), st.integers(0, 1), st.integers(0, 399), st.integers(1, 40), st.integers(0, 7))
stories = st.lists(deeds, min_size=30, max_size=40)


@pytest.fixture(scope="module")
def stocked(database):
    database.reset()
    with database.app.app_context():
        yield database.app
        db.session.remove()
        db.engine.dispose()


class Story:
    """Two stores and an event's kit beside a model of them: where each number is, and what brought it there."""

    def __init__(self) -> None:
        number = next(examples)
        self.series = Series(f"E{number}-", 4)
        self.boss, self.second = actor("admin", "0"), actor("coordinator", "0")
        self.stores = [f"{office}-UPT-{number}" for office in ("15", "15.03")]
        for store in self.stores:
            office = store.partition("-")[0]
            offices.open_store(self.boss, code=store, office=office, kind=StoreKind.SERVICE_POINT, name="UPT")
        days = (date(2019, 4, 4), date(2019, 4, 5), time(8), time(16))
        self.event = outreach.plan(self.boss, EventPlan("Uji", EventKind.GOTONG_ROYONG, "15.03", *days))
        outreach.start(self.boss, self.event)
        self.kit = f"15.03-ACARA-{self.event}"
        self.where: dict[int, tuple[str, int | None]] = {}
        self.counted: Counter[str] = Counter()
        self.booked: list[tuple[int, str, str, set[int]]] = []
        self.going: dict[int, tuple[str, str, list[tuple[set[int], set[int], int]]]] = {}
        self.pledges: dict[int, tuple[str, set[int]]] = {}

    def amount(self, numbers):
        """These numbers, as few intervals as there can be."""
        spans = tuple(compact(Span(self.series, n, n) for n in numbers))
        return Amount(len(numbers), spans)

    def lying(self, place):
        return {n for n, (at, _) in self.where.items() if at == place}

    def put(self, numbers, place, movement=None):
        for n in numbers:
            self.where[n] = (place, movement)

    def pick(self, place, first, length, odd):
        """Numbers from `first` on: mostly those of a place, at times whatever comes."""
        near = set(range(first, first + length))
        there = sorted(self.lying(place))
        if odd == 0 or not there:
            return near
        return near & set(there) or set(there[first % len(there) :][:length])

    def do(self, name, side, first, length, odd):
        store = self.stores[side]
        getattr(self, name)(store, self.stores[1 - side], first, length, odd)
        self.check()

    def attempt(self, possible, work):
        """Do it: it must succeed exactly when the model says so, and change nothing otherwise."""
        movements = self.movements()
        try:
            made = work()
        except InventoryError:
            if possible:
                raise
            assert self.movements() == movements
            return None
        assert possible
        return made

    def movements(self):
        return current().scalar(sa.select(sa.func.count()).select_from(Movement))

    def check(self):
        """The books say of every number and of every count what the model says."""
        rows = (
            current()
            .execute(
                sa.select(Account, Interval.first, Interval.last)
                .join(Interval, Interval.account_id == Account.id)
                .join(NumberSeries, NumberSeries.id == Interval.series_id)
                .where(NumberSeries.prefix == self.series.prefix, Interval.ended_by.is_(None), Interval.in_books)
            )
            .all()
        )
        found, lengths = {}, Counter()
        for account, first, last in rows:
            assert account.numbered
            lengths[account.id] += last - first + 1
            for n in range(first, last + 1):
                assert n not in found, "live intervals never overlap"
                found[n] = self.label(account)
        assert found == {n: at for n, (at, _) in self.where.items()}
        mine = sa.select(Account).where(Account.store_code.in_([*self.stores, self.kit]))
        counted = Counter()
        for account in current().scalars(mine.execution_options(populate_existing=True)):
            if account.numbered and account.place is not Place.SUPPLIED:
                assert account.balance == lengths[account.id]
            elif not account.numbered and account.place is not Place.SUPPLIED:
                counted[self.label(account)] += account.balance
        assert +counted == +self.counted

    def label(self, account):
        if account.place is Place.TRANSFER:
            return f"transfer {account.document_id}"
        if account.place is Place.LOST:
            return "lost"
        if account.condition is Condition.SPOILED:
            return f"{account.store_code} spoiled"
        kit = account.store_code == self.kit
        return account.store_code if kit or not account.event_id else f"{account.store_code} set aside"

    def book(self, store, amount, lots=()):
        arrival = Arrival(store, "blangko", amount, ReceiptSource.MINISTRY, "SJ/1", date(2026, 1, 5), lots=lots)
        return stock.receive(self.boss, arrival)

    def received(self, store, numbers, lots):
        amount = Amount(sum(lot.amount.quantity for lot in lots)) if lots else self.amount(numbers)
        movement = self.attempt(not numbers & self.where.keys(), lambda: self.book(store, amount, lots))
        if movement:
            self.put(numbers, store, movement)
            self.booked.append((movement, store, "", set(numbers)))
        return movement

    def receive(self, store, _other, first, length, _odd):
        self.received(store, set(range(first, first + length)), [])

    def receive_singly(self, store, _other, first, length, _odd):
        self.received(store, set(range(first, first + length, 3)), [])

    def receive_lots(self, store, _other, first, length, odd):
        numbers = set(range(first, first + length))
        halves = [{n for n in numbers if n < first + odd}, {n for n in numbers if n >= first + odd}]
        lots = [ArrivingLot(self.amount(half), 500) for half in halves if half] + [ArrivingLot(Amount(length))]
        if self.received(store, numbers, lots):
            self.counted[store] += length

    def track(self, store, _other, first, length, _odd):
        numbers = set(range(first, first + length))
        possible = not numbers & self.where.keys() and self.counted[store] >= length
        work = lambda: stock.track(self.boss, store, "blangko", self.amount(numbers))  # noqa: E731
        if self.attempt(possible, work):
            self.put(numbers, store)
            self.counted[store] -= length

    def taken(self, store, numbers, becomes, work):
        movement = self.attempt(numbers <= self.lying(store), work)
        if movement:
            self.put(numbers, becomes, movement)
            self.booked.append((movement, becomes, store, numbers))

    def spoil(self, store, _other, first, length, odd):
        store = self.kit if odd > 5 else store
        numbers = self.pick(store, first, min(length, 9), odd)
        taking = Taking(store, "blangko", self.amount(numbers))
        self.taken(store, numbers, f"{store} spoiled", lambda: stock.spoil(self.boss, taking, SpoilReason.DAMAGED))

    def lose(self, store, _other, first, length, odd):
        store = self.kit if odd > 5 else store
        numbers = self.pick(store, first, min(length, 9), odd)
        taking = Taking(store, "blangko", self.amount(numbers), reason="hilang")
        self.taken(store, numbers, "lost", lambda: stock.lose(self.boss, taking, named_cards))

    def reverse(self, _store, _other, first, length, odd):
        if not self.booked:
            return
        movement, place, came_from, numbers = self.booked[first % len(self.booked)]
        there = {n for n in numbers if self.where.get(n) == (place, movement)}
        named = set(sorted(numbers if odd == 0 else there)[:length])
        if not named:
            return
        work = lambda: corrections.reverse(self.boss, movement, "salah", named_cards, self.amount(named))  # noqa: E731
        made = self.attempt(named <= there, work)
        if made and came_from:
            self.put(named, came_from, made)
        elif made:
            for n in named:
                del self.where[n]

    def asked(self, store, other, quantity):
        transfer = transfers.request(self.boss, Wish(store, other, "blangko", quantity))
        transfers.approve(self.boss, transfer)
        return transfer

    def send(self, store, other, first, length, odd):
        numbers = self.pick(store, first, length, odd)
        transfer = self.asked(store, other, len(numbers))
        work = lambda: transfers.dispatch(self.boss, transfer, self.amount(numbers))  # noqa: E731
        if self.attempt(numbers <= self.lying(store), work):
            self.put(numbers, f"transfer {transfer}")
            self.going[transfer] = (store, other, [])
        else:
            transfers.cancel(self.boss, transfer)

    def send_counted(self, store, other, _first, length, odd):
        there = self.lying(store)
        length = len(there) if odd > 3 and there else length
        transfer = self.asked(store, other, length)
        whole = not self.counted[store] and len(there) == length
        possible = whole or self.counted[store] >= length
        if self.attempt(possible, lambda: transfers.dispatch(self.boss, transfer)):
            if whole:
                self.put(there, f"transfer {transfer}")
                self.going[transfer] = (store, other, [])
            else:
                self.counted[store] -= length
                transfers.receive(self.boss, transfer, Delivered(Amount(length)))
                self.counted[other] += length
        else:
            transfers.cancel(self.boss, transfer)

    def arrive(self, _store, _other, first, length, odd):
        if not self.going:
            return
        transfer = sorted(self.going)[first % len(self.going)]
        _, to_store, deliveries = self.going[transfer]
        there, missing = self.lying(f"transfer {transfer}"), sum(gone for *_, gone in deliveries)
        if odd == 7 and len(there) > missing:
            gone = len(there) - missing
            transfers.receive(self.boss, transfer, Delivered(missing=gone), "hilang")
            deliveries.append((set(), set(), gone))
            return
        numbers = self.pick(f"transfer {transfer}", first, length, odd)
        rejected = {n for n in numbers if odd == 3 and n % 4 == 0}
        good = numbers - rejected
        delivered = Delivered(self.amount(good), self.amount(rejected), rejected_as=SpoilReason.FACTORY_DEFECT)
        if odd == 5 and not missing:  # all of it at once needs no numbers
            good, rejected, delivered = there, set(), Delivered(Amount(len(there)))
        possible = bool(good | rejected) and good | rejected <= there and len(good | rejected) + missing <= len(there)
        if self.attempt(possible, lambda: transfers.receive(self.boss, transfer, delivered, "basah")):
            self.put(good, to_store)
            self.put(rejected, f"{to_store} spoiled")
            deliveries.append((good, rejected, 0))
            self.forget(transfer)

    def forget(self, transfer):
        if not self.lying(f"transfer {transfer}"):
            self.going.pop(transfer, None)

    def undo(self, _store, _other, first, _length, _odd):
        if not self.going:
            return
        transfer = sorted(self.going)[first % len(self.going)]
        from_store, to_store, deliveries = self.going[transfer]
        if deliveries:
            good, rejected, _ = deliveries[-1]
            possible = good <= self.lying(to_store) and rejected <= self.lying(f"{to_store} spoiled")
            if self.attempt(possible, lambda: transfers.undo(self.boss, transfer, "salah")):
                self.put(good | rejected, f"transfer {transfer}")
                deliveries.pop()
        else:
            transfers.undo(self.boss, transfer, "salah")
            self.put(self.lying(f"transfer {transfer}"), from_store)
            transfers.cancel(self.boss, transfer)
            del self.going[transfer]

    def settle(self, _store, _other, first, length, odd):
        for transfer, (_, to_store, deliveries) in sorted(self.going.items())[-1:]:
            there = self.lying(f"transfer {transfer}")
            if gone := len(there) - sum(each for *_, each in deliveries):
                transfers.receive(self.boss, transfer, Delivered(missing=gone), "hilang")
            numbers = self.pick(f"transfer {transfer}", first, length, odd)
            found, lost = {n for n in numbers if n % 2}, {n for n in numbers if not n % 2}
            if odd == 4:
                found, lost = set(), there
            said = Amount(len(lost)) if odd == 4 else self.amount(lost)
            given = (self.amount(found) if found else NOTHING, said if lost else NOTHING)
            work = lambda: transfers.resolve(self.second, transfer, *given, "dicari")  # noqa: B023, E731
            if self.attempt(found | lost <= there, work):
                self.put(found, to_store)
                self.put(lost, "lost")
                del self.going[transfer]  # its receipts stand for good: what is left of it stays under way
            elif gone:
                deliveries.append((set(), set(), gone))

    def pledge(self, store, _other, first, length, odd):
        numbers = self.pick(store, first, length, odd)
        work = lambda: outreach.pledge(self.boss, self.event, store, "blangko", self.amount(numbers))  # noqa: E731
        made = self.attempt(numbers <= self.lying(store), work)
        if made:
            self.put(numbers, f"{store} set aside")
            self.pledges[made] = (store, numbers)

    def bring(self, _store, _other, first, _length, odd):
        if not self.pledges:
            return
        pledge = sorted(self.pledges)[first % len(self.pledges)]
        _, numbers = self.pledges[pledge]
        arrived = {n for n in numbers if odd != 2 or n % 5}
        amount = None if arrived == numbers else self.amount(arrived) if arrived else Amount(0)
        if odd == 0:  # another pledge's numbers, or none of this event
            amount = self.amount({max(numbers) + 1})
        reason = "" if amount is None else "kurang"
        if self.attempt(odd != 0, lambda: outreach.bring(self.boss, self.event, pledge, amount, reason)):
            self.put(arrived, self.kit)
            transfer = current().get_one(Pledge, pledge).transfer_id
            self.put(numbers - arrived, f"transfer {transfer}")
            del self.pledges[pledge]

    def release(self, _store, _other, first, _length, _odd):
        if self.pledges:
            pledge = sorted(self.pledges)[first % len(self.pledges)]
            outreach.release(self.boss, self.event, pledge)
            store, numbers = self.pledges.pop(pledge)
            self.put(numbers, store)

    def check_history(self):
        """Every number's chain of hands is whole: what it came from held it before."""
        rows = current().scalars(
            sa.select(Interval)
            .join(NumberSeries, NumberSeries.id == Interval.series_id)
            .where(NumberSeries.prefix == self.series.prefix)
        )
        known = {row.id: row for row in rows}
        entries = defaultdict(int)
        for row in current().execute(sa.select(Entry.movement_id, Entry.account_id, Entry.quantity)):
            entries[row.movement_id, row.account_id] += row.quantity
        for row in known.values():
            for parent in (row.came_from_id, row.split_from_id):
                if parent is not None:
                    assert known[parent].first <= row.first <= row.last <= known[parent].last
                    assert known[parent].ended_by is not None
            assert (row.made_by, row.account_id) in entries


@settings(max_examples=10)
@given(stories)
def test_each_number_is_in_exactly_one_account_whatever_happens(stocked, told):
    story = Story()
    story.do("receive_lots", 0, 0, 40, 7)
    story.do("receive_lots", 1, 50, 40, 0)
    for step in told:
        story.do(*step)
    story.check_history()
    assert list(verify.differences()) == []
    assert list(queries.differences()) == []
