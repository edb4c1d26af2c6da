"""An import of 100,000 lines, read, judged and stored, beside the database's own fastest way to take those rows in."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa

from benchmarks.service import Row, at_least, blangko, paired
from tests.builders import actor, settings_for

LINES = 100_000
ROUNDS = 3
COLUMNS = (
    "office_code", "client_id", "nik_secret", "nik_index", "name_secret", "reason", "status", "recorded_at",
    "status_at", "created_at", "prr_at",
)  # fmt: skip
_PICKED = f"SELECT {', '.join(COLUMNS)} FROM recordings"  # noqa: S608 - our own columns


def on_both(postgresql: str, sqlite: str) -> list[Row]:
    """The same file into each database."""
    return [
        _measured(postgresql, "PostgreSQL", "COPY", _copy, 0.05),
        _measured(sqlite, "SQLite", "executemany", _executemany, 0.05),
    ]


def content() -> bytes:
    """A list as an office exports it, without client ids."""
    rows = (
        f"{1503040101900000 + number};Warga {number};BARU;PRINT_READY_RECORD;2026-01-{1 + number % 28:02} 08:00"
        for number in range(LINES)
    )
    return "\n".join(["NIK;NAMA;ALASAN;STATUS;TGL_REKAM", *rows]).encode()


def _measured(url: str, database: str, bare: str, load: Callable[[str, list[Any]], None], floor: float) -> Row:
    from api.app import create_app
    from inventory.database import db
    from inventory.intake.commands import Sent, bring_in

    blangko(url, "init")
    app = create_app(settings_for(url))
    file = content()
    with app.app_context():
        engine, who = db.engine, actor("field", "15.03")

        def ours() -> float:
            _empty(engine)
            began = time.perf_counter()
            bring_in(who, Sent("15.03", "daftar.csv", file))
            took = time.perf_counter() - began
            db.session.remove()
            return LINES / took

        def theirs() -> float:
            with engine.connect() as connection:
                rows = [tuple(row) for row in connection.exec_driver_sql(_PICKED)]
            _empty(engine)
            began = time.perf_counter()
            load(url, rows)
            return len(rows) / (time.perf_counter() - began)

        mine, other, ratio = paired(ROUNDS, ours, theirs)
        db.session.remove()
        engine.dispose()
    what = f"import of {LINES:,} lines on {database}: lines a second"
    return Row(what, f"{mine:,.0f}", f"{bare} {other:,.0f}", **at_least(ratio, floor))


def _empty(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        for table in ("import_faults", "imports", "recordings"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - our own tables
        connection.commit()
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE recordings")


def _copy(url: str, rows: list[Any]) -> None:
    at = sa.make_url(url)
    with (
        psycopg.connect(host=at.host, port=at.port, user=at.username, dbname=at.database) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY recordings ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _executemany(url: str, rows: list[Any]) -> None:
    marks = ", ".join("?" for _ in COLUMNS)
    connection = sqlite3.connect(sa.make_url(url).database or "")
    connection.execute("PRAGMA synchronous=FULL")
    with connection:
        connection.executemany(f"INSERT INTO recordings ({', '.join(COLUMNS)}) VALUES ({marks})", rows)  # noqa: S608
    connection.close()
