"""Run every benchmark (or those named on the command line), print the table, write benchmarks/RESULTS.md."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from benchmarks import footprint, imports, numbers, pages, postings, queue, reading, results, sealing
from benchmarks.service import Row
from tests import postgres

# Durable as in production: only what a small machine needs is set.
SETTINGS = ("shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=30min")


def main(wanted: list[str]) -> int:
    """Measure; 1 when a floor was missed."""
    with postgres.server(fsync=True, settings=SETTINGS) as url, tempfile.TemporaryDirectory() as folder:
        parts: dict[str, Callable[[], list[Row]]] = {
            "postings": lambda: postings.on_postgresql(_fresh(url, "postings")),
            "results": lambda: results.on_postgresql(_fresh(url, "results"), _copy),
            "numbers": lambda: numbers.on_postgresql(_fresh(url, "numbers")),
            "imports": lambda: imports.on_both(_fresh(url, "imports"), f"sqlite:///{folder}/imports.db"),
            "sealing": lambda: sealing.on_postgresql(_fresh(url, "sealing")),
            "reading": lambda: reading.on_postgresql(_fresh(url, "reading")),
            "queue": lambda: queue.on_postgresql(_fresh(url, "queue")),
            "queue-sqlite": lambda: queue.on_sqlite(f"sqlite:///{folder}/queue.db"),
            "pages": lambda: (
                pages.on_postgresql(_fresh(url, "pages")) + pages.on_sqlite(f"sqlite:///{folder}/pages.db")
            ),
            "sqlite": lambda: postings.on_sqlite(f"sqlite:///{folder}/bench.db"),
            "memory": lambda: footprint.of_a_worker(_fresh(url, "memory")),
            "start": footprint.of_a_start,
        }
        rows = []
        for name in wanted or list(parts):
            print(f"{name} ...", file=sys.stderr, flush=True)
            rows += parts[name]()
    text = table(rows)
    print(text)
    if not wanted:
        about = (
            "# Results\n\nWritten by `make bench`: medians of paired rounds; a ratio compares with the bare "
            f"baseline of the same run.\nMachine: {platform.machine()}, Python {platform.python_version()}, two cores "
            "shared by server, database and load, durable commits.\n\n"
        )
        (Path(__file__).parent / "RESULTS.md").write_text(about + text + "\n", encoding="utf-8")
    return 0 if all(row.kept for row in rows) else 1


def _fresh(url: str, name: str) -> str:
    """An empty database of its own."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _copy(url: str, name: str) -> str:
    """A copy of a database that nobody is connected to."""
    engine = sa.create_engine(sa.make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{sa.make_url(url).database}"'))
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | measured | baseline | ratio | floor | kept |", "|---|---|---|---|---|---|"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        kept = "yes" if row.kept else "**no**"
        lines.append(f"| {row.what} | {row.figure} | {row.baseline} | {ratio} | {row.floor} | {kept} |")
    return "\n".join([*lines, *(_note(row) for row in rows if row.note)])


def _note(row: Row) -> str:
    """What stands below the table: a table of its own, or how the database carries a statement out."""
    if row.note.startswith("|"):
        return f"\n{row.what}:\n\n{row.note}"
    return f"\n{row.what}, as the database carries it out:\n\n```\n{row.note}\n```"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
