"""`blangko ledger`: prove the books, seal them, hand them to an inspector, look at a past day."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from api import beside
from api.config import Settings
from inventory.hooks import commands as hooks
from inventory.reports import commands as reports
from inventory.reports import queries as books
from inventory.seals import commands as sealing
from inventory.seals import queries as seals
from inventory.stock import queries as stock

ledger = AppGroup("ledger", help="The books.")


def _folder() -> Path:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.ledger_dir


@ledger.command("verify")
@with_appcontext
def verify_ledger() -> None:
    """Recompute every balance, hold documents, seals and signed heads against it; any difference exits 1."""
    seals.take_time()
    reached, found = seals.standing(_folder()).position, 0
    for sentence in chain(books.differences(), seals.differences(_folder())):
        click.echo(sentence, err=True)
        found += 1
    waiting = seals.unsealed()
    sealing.note_verified(reached, found)
    if found:
        click.echo(f"{found} differences", err=True)
        raise SystemExit(1)
    click.echo("The books are exact.")
    if waiting:
        click.echo(f"Not sealed yet: {waiting} movements.")


@ledger.command("seal")
@click.option("--every", type=click.IntRange(1, 3600), metavar="SECONDS", help="Go on, once in so many seconds.")
@with_appcontext
def seal_ledger(every: int | None) -> None:
    """Give committed movements their position and hash, and sign the head of the day."""
    if every is None:
        click.echo(f"movements sealed: {seal()}")
        return
    beside.go_on(lambda _wanted: seal(), every)


def seal() -> int:
    """Seal, and give what was sealed its position in what others are told; add it up for the reports."""
    sealed = sealing.seal(_folder())
    hooks.number_changes()
    reports.roll()
    reports.note_queues()
    return sealed


@ledger.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@with_appcontext
def export_ledger(file: Path) -> None:
    """Seal, and write the sealed ledger to FILE as JSON lines, for tools/verify_ledger.py to prove."""
    sealing.seal(_folder())
    seals.take_time()
    click.echo(f"movements exported: {seals.export(_folder(), file)}")


@ledger.command("as-of")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE")
@click.option("--office", help="Only the stores of this office and those below it.")
@with_appcontext
def show_as_of(day: datetime, office: str | None) -> None:
    """What lay where at the end of a business DATE, added up again from the ledger."""
    seals.take_time()
    names = list(stock.STATES | stock.ENDS)
    rows = stock.stock_on(day.date(), office)
    items = sorted({row["item_code"] for row in rows})
    totals = [
        {"store_code": "total", "item_code": item}
        | {name: sum(row[name] for row in rows if row["item_code"] == item) for name in names}
        for item in items
    ]
    for line in _table(["store", "item", *names], [[*row.values()] for row in [*rows, *totals]]):
        click.echo(line)


def _table(header: list[str], rows: list[list[Any]]) -> list[str]:
    """Columns as wide as they must be, figures to the right."""
    cells = [header, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(line[index]) for line in cells) for index in range(len(header))]
    words = 2  # the columns before the figures
    return [
        "  ".join(
            cell.ljust(width) if index < words else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
