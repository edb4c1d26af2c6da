"""Every page of the console on the whole country's books, as the ministry and as a regency open it.

`PAGES_ENTRIES` says how many entries the ledger has.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask

from benchmarks import national
from benchmarks.service import Row
from inventory.access import PERMITTED, Role
from inventory.database import db
from tests.builders import settings_for
from tests.pages import address_of, pages_of
from tests.visitor import Visitor

ENTRIES = int(os.environ.get("PAGES_ENTRIES", "10000000"))
ROUNDS = 5
MOST_MILLISECONDS, MOST_STATEMENTS, MOST_BYTES = 100, 12, 40_000
BARE = "/bantuan"
# A regency's pages are opened by the first of these that may.
MINISTRY_ROLES = (Role.ADMIN, Role.INSPECTOR)
REGENCY, REGENCY_ROLES = "15.03", (Role.CLERK, Role.PRINTER, Role.COORDINATOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Opened:
    """A page as one role opened it: milliseconds of each round, and of the bare page right before."""

    address: str
    role: str
    took: list[float]
    bare: list[float]
    statements: int
    size: int

    @property
    def median(self) -> float:
        """Its median milliseconds."""
        return statistics.median(self.took)

    @property
    def line(self) -> str:
        """Its row of the table."""
        ratio = statistics.median(mine / other for mine, other in zip(self.took, self.bare, strict=True))
        return (
            f"| {self.address} | {self.role} | {self.median:.0f} ms | {max(self.took):.0f} ms | {ratio:.1f} "
            f"| {self.statements} | {self.size / 1000:.1f} KB |"
        )


def on_postgresql(url: str) -> list[Row]:
    """All pages on PostgreSQL."""
    return _measured(url, "PostgreSQL")


def on_sqlite(url: str) -> list[Row]:
    """All pages on SQLite."""
    return _measured(url, "SQLite")


def _measured(url: str, name: str) -> list[Row]:
    from api.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(url, ledger_dir=Path(folder)))
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        began = time.monotonic()
        entries = national.fill(app, Path(folder), ENTRIES)
        print(f"{name}: filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        found = opened(app)
    return rows_of(found, name, entries)


def rows_of(found: list[Opened], name: str, entries: int) -> list[Row]:
    """What the table says of the pages, and the pages themselves, slowest first."""
    found = sorted(found, key=lambda page: -page.median)
    slowest, most = found[0], max(page.statements for page in found)
    heaviest, bare = max(page.size for page in found), statistics.median(ms for page in found for ms in page.bare)
    head = "| page | as | median | worst | times a bare page | statements | size |\n|---|---|---|---|---|---|---|"
    note = "\n".join([head, *(page.line for page in found)])
    pages = len({page.address for page in found})
    what = f"{name}: {pages} pages over {entries:,} entries of 553 offices, the slowest ({slowest.address})"
    return [
        Row(what, f"{slowest.median:.0f} ms", f"{BARE} {bare:.0f} ms", slowest.median / bare,
            f"under {MOST_MILLISECONDS} ms", slowest.median < MOST_MILLISECONDS, note),
        Row(f"{name}: the most statements of a page, and the most bytes", f"{most}, {heaviest / 1000:.1f} KB", "", None,
            f"at most {MOST_STATEMENTS}, {MOST_BYTES // 1000} KB",
            most <= MOST_STATEMENTS and heaviest <= MOST_BYTES),
    ]  # fmt: skip


def opened(app: Flask) -> list[Opened]:
    """Every page, opened by every role that is asked about and may."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    visitors = {
        (role, office): Visitor(app, role.value, office)
        for office, roles in (("0", MINISTRY_ROLES), (REGENCY, REGENCY_ROLES))
        for role in roles
    }
    try:
        found = []
        for rule in pages_of(app):
            address, action = address_of(app, rule), app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
            may = [key for key in visitors if action is None or action in PERMITTED[key[0]]]
            regency = next(key for key in may if key[1] == REGENCY)
            for key in [*[each for each in may if each[1] == "0"], regency]:
                page = _opened(visitors[key], address, f"{key[0].value} at {key[1]}", sent)
                if page is not None:
                    found.append(page)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return found


def _opened(visitor: Visitor, address: str, role: str, sent: list[str]) -> Opened | None:
    """None where the page leads elsewhere, or its example is out of the role's reach."""
    status = visitor.client.get(address).status_code  # the warm-up
    if status in (303, 403, 404):
        return None
    if status != 200:
        print(f"{address} as {role}: {status}", file=sys.stderr, flush=True)
    took, bare, size = [], [], 0
    for _ in range(ROUNDS):
        bare.append(_milliseconds(visitor, BARE)[0])
        sent.clear()
        milliseconds, size = _milliseconds(visitor, address)
        took.append(milliseconds)
    page = Opened(address, role, took, bare, len(sent), size)
    print(page.line, file=sys.stderr, flush=True)
    return page


def _milliseconds(visitor: Visitor, address: str) -> tuple[float, int]:
    began = time.perf_counter()
    answer = visitor.client.get(address)
    size = len(answer.get_data())
    return 1000 * (time.perf_counter() - began), size
