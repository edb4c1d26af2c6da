"""Whoever changes, removes, adds or swaps rows of the ledger behind the service's back is found, by the row."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from api.cli import group
from inventory.database import current, db, table_of
from inventory.seals import queries as seals
from inventory.seals.commands import seal
from inventory.seals.models import Seal, SealProgress
from inventory.stock import verify
from inventory.stock.models import Account, Entry, Interval, Lot, Movement, NumberSeries
from tests.ledger_story import guard, tell, unguard

TABLES = {table_of(model).name: table_of(model) for model in (
    Movement, Entry, Account, Interval, NumberSeries, Lot, Seal,
)}  # fmt: skip
# How a sentence names a row of a table, alone or among others.
NAMES = {
    "movements": "movement", "entries": "entr(?:y|ies)", "accounts": "accounts?", "intervals": "intervals?",
    "number_series": "series", "lots": "lots?", "seals": "(?:seal|position)",
}  # fmt: skip
# The database computes it and writes it itself.
COMPUTED = [("accounts", "word")]
COLUMNS = [
    (name, column.name) for name, table in TABLES.items() for column in table.c if (name, column.name) not in COMPUTED
]


@pytest.fixture(scope="module")
def sealed(database):
    """One sealed ledger for all tests of this file: each of them takes back what it did."""
    database.reset()
    with database.app.app_context():
        tell()
        seal(database.ledger_dir)
        yield database.ledger_dir
        db.session.remove()


@pytest.fixture
def door(sealed):
    """A session of somebody with the database's own password."""
    unguard(current())
    yield current()
    guard(current())


def found(folder):
    return [*verify.differences(), *seals.differences(folder)]


def names(sentence, table, key):
    return re.search(rf"\b{NAMES[table]} (?:\d+, )*{key}\b", sentence)


def key_of(table):
    (key,) = table.primary_key
    return key


def rows_of(session, table):
    """The first, one in the middle and the last row; of accounts only those without a twin that something happened to.

    (Two accounts of one key are no question: even SQLite's own key refuses them.)
    """
    query = sa.select(table).order_by(key_of(table))
    if table.name == "accounts":
        query = query.where(table.c.id.in_(sa.select(Entry.account_id)))
    rows = session.execute(query).mappings().all()
    if table.name == "accounts":
        words = set(session.scalars(sa.select(Account.word)))
        rows = [row for row in rows if f"{row['word'][:-1]}{int(not row['numbered'])}" not in words]
    return [rows[0], rows[len(rows) // 2], rows[-1]]


def another(value, column):
    """A different value that the column takes."""
    if isinstance(column.type, sa.Enum):
        return next(each for each in reversed(column.type.enums) if each not in (value, "lost", "consumed"))
    steps = {
        bool: lambda was: not was,
        datetime: lambda was: was + timedelta(seconds=1),
        date: lambda was: was + timedelta(days=1),
        bytes: lambda was: bytes([was[0] ^ 1]) + was[1:],
        str: lambda was: f"{was}x",
        int: lambda was: was + {"first": -1, "last": 1}.get(column.name, 1000),
    }
    return 77 if value is None else steps[type(value)](value)


def change(session, table, key, values):
    bare = sa.table(table.name, *[sa.column(c.name, c.type) for c in table.c])
    session.execute(sa.update(bare).where(bare.c[key_of(table).name] == key).values(values))


def test_before_it_is_tampered_with_nothing_is_found(sealed):
    assert found(sealed) == []


@pytest.mark.parametrize(("name", "column"), COLUMNS, ids=[".".join(each) for each in COLUMNS])
def test_a_changed_value_is_found_and_its_row_named(sealed, door, name, column):
    table = TABLES[name]
    for row in rows_of(door, table):
        key, value = row[key_of(table).name], another(row[column], table.c[column])
        change(door, table, key, {column: value})
        keys = {key, value} if column == key_of(table).name else {key}
        told = found(sealed)
        assert [each for each in told if any(names(each, name, one) for one in keys)], (row, told)
        change(door, table, value if len(keys) > 1 else key, {column: row[column]})


@pytest.mark.parametrize(("name", "column"), COMPUTED)
def test_a_value_that_the_database_computes_cannot_be_changed(sealed, name, column):
    with pytest.raises(DBAPIError):
        current().execute(sa.update(sa.table(name, sa.column(column))).values({column: "x"}))
    current().rollback()


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_was_removed_is_missed(sealed, door, name):
    table = TABLES[name]
    key = key_of(table)
    for row in rows_of(door, table):
        whole = door.execute(sa.select(table).where(key == row[key.name])).mappings().one()
        door.execute(sa.delete(table).where(key == row[key.name]))
        assert found(sealed) != [], row
        door.execute(sa.insert(table).values({n: v for n, v in whole.items() if (name, n) not in COMPUTED}))


@pytest.mark.parametrize("name", TABLES)
def test_two_rows_that_changed_places_are_found(sealed, door, name):
    table = TABLES[name]
    key = key_of(table).name
    one, *_, other = rows_of(door, table)
    for here, there in ((one[key], 9_000_000), (other[key], one[key]), (9_000_000, other[key])):
        change(door, table, here, {key: there})
    told = found(sealed)
    assert [each for each in told if names(each, name, one[key])], told
    assert [each for each in told if names(each, name, other[key])], told


def test_an_entry_beside_those_of_a_sealed_movement_is_found(sealed, door):
    entry = rows_of(door, TABLES["entries"])[0]
    spare = door.scalar(sa.select(Account.id).where(Account.id.not_in(
        sa.select(Entry.account_id).where(Entry.movement_id == entry["movement_id"])
    )).limit(1))  # fmt: skip
    door.execute(sa.insert(Entry).values(
        id=500_000, movement_id=entry["movement_id"], account_id=spare, quantity=1, balance_after=1
    ))  # fmt: skip
    assert [each for each in found(sealed) if names(each, "entries", 500_000)]


def test_a_balanced_pair_of_entries_with_its_balances_is_found(sealed, door):
    """All figures agree, so that nothing but the hash can tell."""
    last = door.execute(sa.select(Entry).order_by(Entry.id.desc()).limit(2)).scalars().all()
    for entry, more in zip(last, (1, -1), strict=True):
        change(door, TABLES["entries"], entry.id, {
            "quantity": entry.quantity + more, "balance_after": entry.balance_after + more,
        })  # fmt: skip
        door.execute(sa.update(Account).where(Account.id == entry.account_id).values(balance=Account.balance + more))
    told = found(sealed)
    assert [each for each in told if names(each, "entries", last[0].id) and names(each, "entries", last[1].id)], told


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Interval, {"series_id": None, "first": 900, "last": 900, "account_id": None, "made_by": None}),
        (Lot, {"receipt_id": None, "store_code": "x", "item_code": "x", "pack_size": 1, "quantity": 1, "tracked": 0}),
        (NumberSeries, {"prefix": "ZZ", "width": 3}),
        (Seal, {"movement_id": 500_000, "previous": b"x", "hash": b"y", "sealed_at": datetime.fromisoformat(
            "2026-01-01T00:00:00+00:00")}),
    ],
)  # fmt: skip
def test_a_row_that_was_added_is_found_and_named(sealed, door, model, values):
    some = door.execute(sa.select(Interval).order_by(Interval.id)).scalars().first()
    given = {name: getattr(some, name, value) if value is None else value for name, value in values.items()}
    given |= {"in_books": True} if model is Interval else {}
    table = table_of(model)
    door.execute(sa.insert(table).values({key_of(table).name: 500_000, **given}))
    assert [each for each in found(sealed) if names(each, table.name, 500_000)]


def test_a_lot_added_to_a_sealed_receipt_is_found_and_named(sealed, door):
    lot = door.execute(sa.select(table_of(Lot))).mappings().first()
    door.execute(sa.insert(Lot).values({**lot, "id": 500_000, "tracked": 0}))
    assert [each for each in found(sealed) if names(each, "lots", 500_000)]


def test_a_movement_slipped_in_among_old_ones_is_found_and_named(sealed, door):
    last = door.scalar(sa.select(sa.func.max(Movement.id)))
    door.execute(sa.update(SealProgress).values(floor_id=last + 5))
    row = door.execute(sa.select(table_of(Movement)).where(Movement.id == last)).mappings().one()
    door.execute(sa.insert(Movement).values({**row, "id": last + 3}))
    for entry in door.execute(sa.select(table_of(Entry)).where(Entry.movement_id == last)).mappings().all():
        door.execute(sa.insert(Entry).values({**entry, "id": entry["id"] + 400_000, "movement_id": last + 3}))
    assert f"movement {last + 3}: was never sealed, although those of its time were" in found(sealed)


@pytest.mark.parametrize("cut", [1, 3, 8])
def test_an_end_that_was_cut_off_with_all_its_rows_shows_in_the_heads(sealed, door, cut):
    """Only the seals and movements are gone, and all balances are put right again: the head alone remembers."""
    seals_left = door.execute(sa.select(Seal).order_by(Seal.position)).scalars().all()[:-cut]
    gone = sa.select(Seal.movement_id).where(Seal.position > len(seals_left))
    door.execute(sa.delete(Entry).where(Entry.movement_id.in_(gone)), execution_options={"synchronize_session": False})
    door.execute(sa.delete(Movement).where(Movement.id.in_(gone)), execution_options={"synchronize_session": False})
    door.execute(sa.delete(Seal).where(Seal.position > len(seals_left)))
    total = sa.select(sa.func.coalesce(sa.func.sum(Entry.quantity), 0)).where(Entry.account_id == Account.id)
    door.execute(sa.update(Account).values(balance=total.scalar_subquery()))
    told = list(seals.differences(sealed))
    assert len(told) == 1
    assert f"the chain ends at {len(seals_left)}: its end was cut off" in told[0]


def test_the_command_line_fails_and_names_the_row(database, context):
    tell()
    seal(database.ledger_dir)
    movement = current().scalar(sa.select(sa.func.min(Movement.id)))
    current().rollback()
    with db.engine.begin() as connection:
        if database.sqlite:
            connection.exec_driver_sql("DROP TRIGGER movements_no_update")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.execute(sa.update(Movement).where(Movement.id == movement).values(user_id=999))
    verified = context.test_cli_runner().invoke(group, ["ledger", "verify"])
    assert (verified.exit_code, verified.stdout) == (1, "")
    assert f"seal 1 (movement {movement}): is not what was sealed" in verified.stderr
    assert verified.stderr.splitlines()[-1] == "1 differences"
