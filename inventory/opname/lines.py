"""The lines of a count: which account each means, and how what was seen compares with the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import clock
from inventory.catalogue.models import Item
from inventory.catalogue.queries import ItemNotFound
from inventory.catalogue.rules import ItemKind
from inventory.database import insert_many, table_of
from inventory.errors import Fault, InventoryError, LinesRefused
from inventory.offices.queries import StoreFacts
from inventory.opname import queries, rules
from inventory.opname.models import Count, CountLine, CountNumbers
from inventory.opname.queries import Line
from inventory.opname.rules import Compared, CountKind, Finding
from inventory.stock import intervals, ledger, numbers
from inventory.stock import rules as stock
from inventory.stock.commands import OnlyBlanksHaveNumbers
from inventory.stock.models import Account
from inventory.stock.numbers import Amount, NumbersTwice, Span
from inventory.stock.rules import AccountKey, Condition, Place, SpoilReason


@dataclass(frozen=True, slots=True)
class Seen:
    """What a line of a request says was counted; without a quantity and numbers it only explains.

    `reason` is the class of spoiled goods. `numbered` chooses between the goods with numbers and those without where a
    quantity does not.
    """

    item: str
    condition: Condition = Condition.BLANK
    reason: SpoilReason | None = None
    owner: str | None = None
    event: int | None = None
    quantity: int | None = None
    intervals: Sequence[tuple[str, str]] | None = None
    numbers: Sequence[str] | None = None
    numbered: bool | None = None
    explanation: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it says how many there are."""
        return self.quantity is not None or bool(self.intervals) or bool(self.numbers)


@dataclass(frozen=True, slots=True)
class Entered:
    """A line that is understood: its place in the request, its account, and what was seen (None: only explained)."""

    index: int
    key: AccountKey
    seen: Amount | None
    explanation: str | None


def snapshot(session: Session, count: Count, store: StoreFacts, items: Sequence[str] | None) -> None:
    """Write a line for every account of the store with something in it, or of these items.

    Each of the items has a line, so that "none" is counted too. Cards are not among them: they are counted by name.
    """
    query = sa.select(Account).where(
        Account.store_code == store.code,
        Account.place == Place.STORE,
        Account.condition.in_(rules.COUNTED_CONDITIONS),
        Account.balance != 0,
    )
    if items is not None:
        query = query.where(Account.item_code.in_(items))
    order = (Account.item_code, Account.condition, Account.document_id, Account.owner_code, Account.event_id)
    there = session.scalars(query.order_by(*order, Account.numbered)).all()
    found = [(account.id, account.balance) for account in there]
    absent = sorted(set(items or ()) - {account.item_code for account in there})
    keys = [stock.in_store(store.code, item, store.office, store.event_id) for item in absent]
    books = ledger.lock(session, keys, {store.code: store.office}) if keys else None
    found += [(books.ids[key], books.balance(key)) for key in keys] if books else []
    if found:
        rows = [{"count_id": count.id, "account_id": i, "snapshot": held, "reason": ""} for i, held in found]
        insert_many(session, table_of(CountLine), rows)


def _understood(
    session: Session, count: Count, store: StoreFacts, lines: Sequence[Line], told: Sequence[Seen]
) -> tuple[list[Entered], list[Fault]]:
    """Which account each line means, and what is wrong with those that mean none, or one twice, or name bad numbers.

    Goods that were found without books are of the store's own office, and of a kit's own event.
    """
    kinds = _kinds(session, told)
    known = _known(session, store, told)
    listed = {line.key: line for line in lines}
    mine = {line.key.item for line in lines} if count.kind is CountKind.PARTIAL else None
    faults: list[Fault] = []
    entered: dict[AccountKey, Entered] = {}
    for index, seen in enumerate(told):
        try:
            amount = _amount(seen, index)
            key = _meant(store, seen, listed)
            _check_item(seen, kinds, mine)
            if key.tracked(numbered=False) not in known and not _own(key, store):
                raise rules.CountLineUnknown(store=store.code, item=seen.item, owner=key.owner)
            if amount is None and (key not in listed or listed[key].row.counted is None):
                raise rules.LineNotCounted
            if key in entered:
                raise rules.CountLineTwice(line=entered[key].index + 1)
            entered[key] = Entered(index, key, amount, seen.explanation)
        except InventoryError as error:
            faults += error.faults or [Fault(f"/lines/{index}", error.sentence, error.code)]
    good = [
        (span, pointer) for each in entered.values() if each.seen is not None for span, pointer in _named(each.seen)
    ]
    try:
        numbers.check_once([span for span, _ in good], [pointer for _, pointer in good])
    except NumbersTwice as error:
        faults += error.faults
    return list(entered.values()), faults


def _amount(seen: Seen, index: int) -> Amount | None:
    if not seen.counts:
        return None
    return numbers.amount(
        quantity=seen.quantity, intervals=seen.intervals, numbers=seen.numbers, where=f"/lines/{index}"
    )


def _named(seen: Amount) -> Iterator[tuple[Span, str]]:
    return zip(seen.spans, seen.pointers, strict=True)


def _kinds(session: Session, told: Sequence[Seen]) -> dict[str, ItemKind]:
    named = sa.select(Item.code, Item.kind).where(Item.code.in_({seen.item for seen in told}))
    return {row.code: row.kind for row in session.execute(named)}


def _known(session: Session, store: StoreFacts, told: Sequence[Seen]) -> set[AccountKey]:
    """The accounts that the store ever had of these items, each as the one without numbers."""
    query = sa.select(Account).where(
        Account.store_code == store.code,
        Account.place == Place.STORE,
        Account.condition.in_(rules.COUNTED_CONDITIONS),
        Account.item_code.in_({seen.item for seen in told}),
    )
    return {ledger.key_of(account).tracked(numbered=False) for account in session.scalars(query)}


def _meant(store: StoreFacts, seen: Seen, listed: Mapping[AccountKey, Line]) -> AccountKey:
    event = store.event_id if seen.event is None else seen.event
    key = stock.in_store(store.code, seen.item, seen.owner or store.office, event)
    if seen.reason is not None:
        key = key.spoiled(seen.reason)
    twin = key.tracked(numbered=True)
    if seen.intervals or seen.numbers:
        return twin
    if seen.numbered is not None:
        return key.tracked(numbered=seen.numbered)
    return twin if twin in listed and key not in listed else key


def _own(key: AccountKey, store: StoreFacts) -> bool:
    return (key.owner, key.event_id) == (store.office, store.event_id)


def _check_item(seen: Seen, kinds: Mapping[str, ItemKind], mine: set[str] | None) -> None:
    kind = kinds.get(seen.item)
    if kind is None:
        raise ItemNotFound(item=seen.item)
    if mine is not None and seen.item not in mine:
        raise rules.NotInCount(item=seen.item)
    if kind is not ItemKind.BLANK and (seen.intervals or seen.numbers or seen.numbered):
        raise OnlyBlanksHaveNumbers(item=seen.item, condition=seen.condition)


def note(
    session: Session, count: Count, store: StoreFacts, lines: Sequence[Line], told: Sequence[Seen]
) -> list[Entered]:
    """Write what was seen beside what the books have at this moment, with their accounts locked.

    Raises `LinesRefused` with every line that was not understood, needed numbers, or whose books a blind count has
    shown. Answers the lines as they were understood.
    """
    entered, faults = _understood(session, count, store, lines, told)
    books = ledger.lock(session, [each.key for each in entered], {store.code: store.office})
    tracked = [books.ids[each.key] for each in entered if each.key.numbered and each.seen is not None]
    there = intervals.in_accounts(session, tracked) if tracked else {}
    closed = count.blind and queries.is_told(count, lines, store.checks.recount_over)
    rows = {line.row.account_id: line.row for line in lines}
    compared: list[tuple[CountLine, Compared]] = []
    for each in entered:
        account = books.ids[each.key]
        row = rows.get(account) or CountLine(count_id=count.id, account_id=account, snapshot=0)
        try:
            if each.seen is not None:
                if closed and row.counted is not None:
                    raise rules.CountTold
                held = books.balance(each.key)
                found = rules.compare(each.key, held, there.get(account, ()), each.seen, blind=count.blind)
                _keep(row, held, found)
                row.reason = ""
                compared.append((row, found))
            row.reason = each.explanation or row.reason
            session.add(row)
        except InventoryError as error:
            faults.append(Fault(f"/lines/{each.index}", error.sentence, error.code))
    if faults:
        raise LinesRefused(faults)
    session.flush()
    _write_numbers(session, compared)
    return entered


def _keep(row: CountLine, held: int, found: Compared) -> None:
    if row.counted is not None and row.first_counted is None:
        row.first_counted = row.counted
    row.books, row.counted, row.counted_at = held, found.counted, clock.now()


def _write_numbers(session: Session, compared: Sequence[tuple[CountLine, Compared]]) -> None:
    """Replace what these lines said of numbers, interval by interval."""
    ids = [row.id for row, _ in compared]
    session.execute(sa.delete(CountNumbers).where(CountNumbers.line_id.in_(ids)))
    rows = [
        {
            "line_id": row.id,
            "finding": finding,
            "prefix": span.series.prefix,
            "width": span.series.width,
            "first": span.first,
            "last": span.last,
        }
        for row, found in compared
        for finding, spans in ((Finding.MISSING, found.missing), (Finding.UNEXPECTED, found.unexpected))
        for span in spans
    ]
    if rows:
        insert_many(session, table_of(CountNumbers), rows)
