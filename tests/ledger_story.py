"""A small ledger with every kind of row in it, and the ways to change it behind the service's back."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory.database import current
from inventory.printing.queries import named_cards
from inventory.stock import commands, corrections
from inventory.stock.commands import Arrival, ArrivingLot, Taking
from inventory.stock.models import Lot
from inventory.stock.numbers import Amount, amount
from inventory.stock.rules import ReceiptSource, SpoilReason
from tests.builders import actor

STORE = "15.03-UTAMA"
# A name that somebody typed where no name belongs: it may be nowhere but in the database.
NAMED = "dicuri oleh Sulastri"
MOVEMENTS = 9


def arrival(item: str, given: Amount, **more: Any) -> Arrival:
    return Arrival(STORE, item, given, ReceiptSource.MINISTRY, "SJ/1", date(2026, 1, 5), **more)


def tell() -> None:
    """Receive with and without numbers, spoil, lose, reverse, track, use up (needs an application context)."""
    clerk = actor("clerk", "15.03")

    def blanks(**numbers: Any) -> Taking:
        return Taking(STORE, "blangko", amount(**numbers), reason=NAMED)

    lots = (ArrivingLot(amount(intervals=[["AB000001", "AB000100"]])), ArrivingLot(Amount(50), 25))
    first = commands.receive(clerk, arrival("blangko", Amount(150), lots=lots))
    commands.receive(clerk, arrival("ribbon", Amount(8)))
    commands.receive(clerk, arrival("blangko", amount(numbers=["X7", "X9"])))
    commands.spoil(clerk, blanks(numbers=["AB000050", "X7"]), SpoilReason.PRINT_FAILURE)
    lost = commands.lose(clerk, blanks(intervals=[["AB000060", "AB000064"]]), named_cards)
    commands.consume(clerk, Taking(STORE, "ribbon", Amount(3)))
    corrections.reverse(clerk, lost, "ketemu", named_cards, amount(numbers=["AB000062"]))
    corrections.reverse(clerk, first, "salah hitung", named_cards, amount(intervals=[["AB000091", "AB000100"]]))
    counted = current().scalar(sa.select(Lot.id).where(Lot.tracked == 0))
    commands.track(clerk, STORE, "blangko", amount(intervals=[["AB000093", "AB000094"]]), lot=counted)


def unguard(session: Session) -> None:
    """Take away what the database itself puts in the way: triggers, checks, keys. A rollback puts it all back.

    `guard` must follow: what SQLite was told to ignore is no part of the transaction.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("DROP INDEX uq_intervals_here")
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    inspector = sa.inspect(connection)
    for table in ("movements", "entries", "accounts", "intervals", "lots"):
        for check in inspector.get_check_constraints(table):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {check['name']}")
    connection.exec_driver_sql("ALTER TABLE intervals DROP CONSTRAINT ex_intervals_numbers")
    connection.exec_driver_sql("DROP INDEX uq_intervals_here")


def guard(session: Session) -> None:
    """Undo everything that was done since `unguard`."""
    session.rollback()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
    session.rollback()
