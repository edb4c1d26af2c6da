"""`blangko keys`: under which keys personal data are encrypted, and changing to a new one."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from inventory import keys as ring
from inventory import rotation, tables
from inventory.people import commands as people
from inventory.residents import queries as residents

keys = AppGroup("keys", help="The keys of personal data.")


@keys.command("status")
@with_appcontext
def show_status() -> None:
    """Say how many values are encrypted under which key, and whether the index key fits; exits 1 where one is lost."""
    _tell(rotation.counted(tables.metadata))


@keys.command("rotate")
@with_appcontext
def rotate() -> None:
    """Encrypt everything under the newest key. Safe to repeat, and goes on where it was stopped."""
    counts = rotation.counted(tables.metadata)
    waiting = {column: _old(found) for column, found in counts.items()}
    bars = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    with Progress(*bars, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        tasks = {
            each.table.name: progress.add_task(
                each.table.name, total=max(waiting[f"{each.table.name}.{column.name}"] for column in each.columns)
            )
            for each in rotation.ciphertexts(tables.metadata)
        }
        changed = rotation.rotate(
            people.system_actor(), tables.metadata, lambda table, rows: progress.advance(tasks[table], rows)
        )
    click.echo(f"rows encrypted under key {ring.newest()}: {changed}")
    _tell(rotation.counted(tables.metadata))


def _old(found: dict[int, int]) -> int:
    return sum(count for key_id, count in found.items() if key_id in ring.held() and key_id != ring.newest())


def _tell(counts: dict[str, dict[int, int]]) -> None:
    """Each column, then each key; a key that is needed and not held, or an index key that does not fit, exits 1."""
    for column, found in counts.items():
        click.echo(f"{column}: " + (", ".join(f"key {key_id}: {n}" for key_id, n in found.items()) or "none"))
    sums: dict[int, int] = dict.fromkeys(ring.held(), 0)
    for found in counts.values():
        for key_id, count in found.items():
            sums[key_id] = sums.get(key_id, 0) + count
    wrong = False
    for key_id, count in sorted(sums.items()):
        if key_id == ring.newest():
            click.echo(f"key {key_id} encrypts: {count} values")
        elif key_id not in ring.held():
            wrong = True
            click.echo(f"key {key_id} is LOST: {count} values cannot be read without it", err=True)
        elif count:
            click.echo(f"key {key_id} is still needed: {count} values (blangko keys rotate)")
        else:
            click.echo(f"key {key_id} is not needed any more")
    if residents.index_key_fits() is False:
        wrong = True
        click.echo("the index key is not the one that persons are found by: put the former one back", err=True)
    if wrong:
        raise SystemExit(1)
