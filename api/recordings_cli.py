"""`blangko recordings`: bring the daily lists in at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from inventory.errors import Fault
from inventory.intake import commands, queries
from inventory.intake.commands import Sent
from inventory.intake.rules import MAX_BYTES, MAX_ROWS, FileTooLarge, ImportRefused
from inventory.people import commands as people

recordings = AppGroup("recordings", help="People recorded.")


@recordings.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", required=True, help="Code of the office whose list it is, like 15.03.")
@click.option("--profile", help="How its columns are named; without one, the profile used last.")
@click.option("--dry-run", is_flag=True, help="Judge every line and store nothing.")
@click.option("--partial", is_flag=True, help="Store the good lines although others are bad.")
@with_appcontext
def import_file(file: Path, office: str, profile: str | None, *, dry_run: bool, partial: bool) -> None:
    """Import the CSV or XLSX in FILE; any bad line refuses all of it, and the same file again changes nothing."""
    if file.stat().st_size > MAX_BYTES:
        raise FileTooLarge(rows=MAX_ROWS, bytes=MAX_BYTES)
    actor = people.system_actor()
    sent = Sent(office, file.name, file.read_bytes(), profile, dry_run, partial)
    try:
        with _bar() as watch:
            number = commands.bring_in(actor, sent, watch=watch)
    except ImportRefused as error:
        for line in _told(list(error.every)):
            click.echo(line, err=True)
        click.echo(
            f"refused: {error.facts['lines']} lines; nothing was kept (import {error.facts['number']})", err=True
        )
        raise SystemExit(1) from error
    done = queries.get_import(actor, number)
    if done["same_as"] is not None:
        click.echo(f"same file as import {done['same_as']}: nothing changed")
    for line in _told(queries.faults_of(number)):
        click.echo(line, err=True)
    for name in ("created", "changed", "unchanged", "refused"):
        click.echo(f"{name}: {done[name]}")
    if dry_run:
        click.echo("dry run: nothing was stored")


def _told(faults: list[Fault]) -> Iterator[str]:
    """Each bad cell in a line of its own, like `line 12 nik: A NIK has 16 digits.`."""
    yield from (f"{fault.pointer} {fault.text.en}" for fault in faults)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where that is a terminal; whoever reads a log gets none."""
    if not sys.stderr.isatty():
        yield lambda _read, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)

        def watch(read: int, total: int) -> None:
            done = read == total
            progress.update(task, completed=read, total=total, description="storing" if done else "reading")

        yield watch
