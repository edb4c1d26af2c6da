"""The database and its one writing door: `transaction()` is the only place of the project that commits."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, registry

from inventory.columns import UTCDateTime
from inventory.errors import Busy

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
# deadlock, serialization failure, lock not available, query cancelled by a time-out
_BUSY_STATES = {"40P01", "40001", "55P03", "57014"}


# From so many rows on, one statement of arrays beats one statement a row on PostgreSQL.
_MANY = 20


class Base(DeclarativeBase):
    """The base of every table."""

    registry = registry(metadata=sa.MetaData(naming_convention=NAMES), type_annotation_map={datetime: UTCDateTime})


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def current() -> Session:
    """The session of this request, command line call or thread."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """Do everything in the block or nothing of it.

    Raises `Busy` when the database chose this transaction to give way; the caller repeats it with the same key.
    """
    session = current()
    if session.info.get("writing"):
        raise RuntimeError("a command was called inside a command: call its rules and the ledger instead")
    session.expire_all()  # what was read before the locks may not hold any more
    session.info["writing"] = True
    try:
        connection = session.info["wire"] = session.connection()
        if connection.dialect.name == "sqlite":
            _take_write_lock(connection)
        yield session
        session.commit()
    except DBAPIError as error:
        session.rollback()
        if gave_way(error):
            raise Busy from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)
        session.info.pop("wire", None)


def gave_way(error: DBAPIError) -> bool:
    """Whether the database was busy, stopping or out of reach, so that the same request may succeed a moment later."""
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return _is_locked(cause)
    state = getattr(cause, "sqlstate", None)
    if state is None:  # nothing answered: the connection was refused or broke
        return isinstance(error, OperationalError)
    return state in _BUSY_STATES or state.startswith(("08", "57P"))  # a connection failed; the server is stopping


def forget_for_good(*tables: str) -> bool:
    """After a purge: see to it that the files of the database forget, too. Answers whether they did.

    On SQLite the log of changes is written back and emptied: the file itself was overwritten. On PostgreSQL `tables`
    are vacuumed, which gives the space of old rows back to be overwritten; without tables nothing is done there.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar() == 0)
        if tables:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql(f"VACUUM {', '.join(tables)}")
    return bool(tables)


def wire(session: Session) -> Connection:
    """The session's connection: a command's own is at hand, which spares the hot path asking for it every time."""
    return session.info.get("wire") or session.connection()


def table_of(model: type[Base]) -> sa.Table:
    """The table behind a model. Hot statements are built on tables, once, and only executed afterwards."""
    table = model.__table__
    if not isinstance(table, sa.Table):
        raise TypeError(f"{model} is not mapped to one table")
    return table


def insert_ignore(session: Session, table: sa.Table, rows: list[dict[str, Any]]) -> int:
    """Insert what is not there yet and leave the rest; answers how many rows were new."""
    dialect = wire(session).dialect.name
    statement = _insert_ignore(dialect, table)
    given: list[dict[str, Any]] | None = rows
    if dialect == "postgresql" and len(rows) >= _MANY:
        statement, given = _of_arrays(statement, table, rows), None
    result = wire(session).execute(statement, given, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)


@lru_cache
def _insert_ignore(dialect: str, table: sa.Table) -> Any:
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    return insert(table).on_conflict_do_nothing()


def insert_many(session: Session, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    statement: Any = sa.insert(table)
    if len(rows) >= _MANY and wire(session).dialect.name == "postgresql":
        wire(session).execute(_of_arrays(statement, table, rows))
    else:
        wire(session).execute(statement, rows)


def _of_arrays(statement: Any, table: sa.Table, rows: list[dict[str, Any]]) -> Any:
    """One statement for all rows, an array a column: PostgreSQL takes them four times as fast as one by one."""
    columns = [table.c[name] for name in rows[0]]
    arrays = [sa.literal([row[column.key] for row in rows], ARRAY(column.type)) for column in columns]
    source = sa.func.unnest(*arrays).table_valued(*[sa.column(c.key, c.type) for c in columns]).render_derived()
    return statement.from_select([column.key for column in columns], sa.select(*source.c))


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # `transaction()` says BEGIN itself
    # secure_delete: what is purged is overwritten, not only let go of.
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "secure_delete=ON")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _take_write_lock(connection: Connection) -> None:
    """Begin writing, asking for SQLite's lock every half millisecond: its own waiting sleeps ever longer, up to 0.1 s.

    Reads before this ran in no transaction (each statement sees what is committed, as on PostgreSQL), so there is no
    snapshot that would have to turn to writing, which SQLite refuses.
    """
    own: Any = connection.connection.dbapi_connection
    patience = own.execute("PRAGMA busy_timeout").fetchone()[0]
    end = time.monotonic() + patience / 1000
    own.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < end:
            try:
                own.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_locked(error):
                    raise
                time.sleep(0.0005)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last try: its failure is SQLAlchemy's to tell
    finally:
        own.execute(f"PRAGMA busy_timeout={patience}")


def _is_locked(error: sqlite3.OperationalError) -> bool:
    return "locked" in str(error) or "busy" in str(error)
