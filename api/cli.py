"""The console script `blangko`: everything an administrator does at a terminal."""

from __future__ import annotations

import os
import sys
import warnings
from datetime import timedelta
from typing import IO, Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, FlaskGroup, NoAppException, with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

import migrations
from api import beside
from api.config import Settings, SettingWrong
from api.hooks_cli import rounds, webhooks
from api.keys_cli import keys
from api.ledger_cli import ledger, seal
from api.people_cli import users
from api.recordings_cli import recordings
from inventory import demo as demo_data
from inventory import marks, retries, setup, tables
from inventory.access import Role
from inventory.custody import commands as custody
from inventory.database import db
from inventory.errors import InventoryError
from inventory.hooks import commands as hooks
from inventory.intake import commands as intake
from inventory.people import commands as people
from inventory.people import sessions
from inventory.reports import commands as reports
from inventory.residents import purging as residents
from inventory.seals.heads import Folder

DEMO_LABEL = "demo"
DEMO_OFFICES = {
    Role.CLERK: "15.03",
    Role.COORDINATOR: "15",
    Role.PRINTER: "15.03",
    Role.FIELD: "15.03",
    Role.INSPECTOR: "0",
    Role.ADMIN: "0",
}
# What the settings warn of was told when this process started.
TOLD_ABOVE = "ignore::UserWarning:api.config"
token = AppGroup("token", help="Bearer tokens.")


class StartRefused(NoAppException):
    """A setting is wrong: one line, and no usage text around it."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Say what is wrong."""
        click.echo(f"blangko: {self.message}", file=file, err=True)


def _create() -> Flask:
    from api.app import create_app

    try:
        return create_app()
    except SettingWrong as error:
        raise StartRefused(str(error)) from error


class Commands(FlaskGroup):
    """Flask's command line with our commands only: they can be listed even while a setting is wrong."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return click.Group.list_commands(self, ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of them."""
        return click.Group.get_command(self, ctx, name)


@click.group(cls=Commands, create_app=_create, add_default_commands=False, add_version_option=False)
def group() -> None:
    """Blangko: where every blank KTP-el card is."""


def main() -> None:
    """Run the console script; what the rules refuse is one line, not a traceback."""
    warnings.showwarning = lambda message, *_rest, **_named: click.echo(f"blangko: {message}", err=True)
    try:
        group.main(prog_name="blangko", standalone_mode=True)
    except InventoryError as error:
        click.echo(f"blangko: {error}", err=True)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as error:
        click.echo(f"blangko: the database does not answer as it should: {error.orig}", err=True)
        sys.exit(1)


@click.command
@with_appcontext
def init() -> None:
    """Migrate the database and fill in regions, offices, stores and items; safe to repeat."""
    migrations.upgrade(db.engine)
    for what, count in setup.fill().items():
        click.echo(f"{what}: {count} added")


@click.command
@click.option("--remove", is_flag=True, help="Empty the database again; only one that is marked as a demo.")
@with_appcontext
def demo(remove: bool) -> None:  # noqa: FBT001 - click gives flags so
    """Load the five reference scenarios into an empty database; safe to repeat."""
    if not remove:
        click.echo(demo_data.load())
        return
    if marks.demo_mark() is None:
        raise click.ClickException("this database is not marked as a demo: nothing was removed")
    db.session.remove()
    migrations.empty(db.engine, tables.metadata)
    Folder(current_app.config["SETTINGS"].ledger_dir).forget_heads()
    migrations.upgrade(db.engine)
    setup.fill()
    click.echo("The demo is gone; the database is as `blangko init` makes it.")


@click.command
@click.option("--demo", "with_demo", is_flag=True, help="First `init` and `demo`; on 127.0.0.1 a 12-hour token a role.")
@click.pass_context
@with_appcontext
def serve(ctx: click.Context, with_demo: bool) -> None:  # noqa: FBT001 - click gives flags so
    """Serve with gunicorn until stopped."""
    settings: Settings = current_app.config["SETTINGS"]
    if with_demo:
        ctx.invoke(init)
        ctx.invoke(demo, remove=False)
        if marks.demo_mark() and settings.host == "127.0.0.1":
            _print_demo_tokens()
    click.echo(f"Blangko: http://{settings.host}:{settings.port} (REST: /api/docs)")
    db.session.remove()
    db.engine.dispose()
    if settings.seal_every:
        beside.start(lambda _wanted: seal(), settings.seal_every)
    if settings.send_every:
        beside.start(rounds(), settings.send_every)
    arguments = [
        sys.executable,
        "-W",
        TOLD_ABOVE,
        "-m",
        "gunicorn",
        "--no-control-socket",
        "--bind",
        f"{settings.host}:{settings.port}",
        "--preload",
    ]
    arguments += ["--workers", str(settings.workers), "--timeout", "60", "--graceful-timeout", "30", "wsgi:app"]
    os.execv(sys.executable, arguments)  # noqa: S606 - no shell is what is wanted


def _print_demo_tokens() -> None:
    people.revoke_labelled(DEMO_LABEL)
    actor = people.system_actor()
    click.echo("Demo tokens, good for 12 hours:")
    for role, office in DEMO_OFFICES.items():
        _, text = people.issue_token(actor, people.user_at(role, office), DEMO_LABEL, timedelta(hours=12))
        click.echo(f"  {role:<12} {office:<6} {text}")


@token.command("create")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--office", required=True, help="Office code, like 0, 15 or 15.03.")
@click.option("--days", type=click.IntRange(1, 366), default=people.DAYS, show_default=True)
@with_appcontext
def create_token(role: str, office: str, days: int) -> None:
    """Print a new token for the standing user of a role at an office, and nothing else."""
    user_id = people.user_at(Role(role), office)
    _, text = people.issue_token(people.system_actor(), user_id, "command line", timedelta(days=days))
    click.echo(text)


@click.command
@with_appcontext
def chores() -> None:
    """What a daily timer runs: forget old keys and persons, tell of overdue custody sessions and of shortfalls."""
    click.echo(f"idempotency keys forgotten: {retries.purge()}")
    click.echo(f"sessions forgotten: {sessions.forget()}")
    click.echo(f"reasons of old imports forgotten: {intake.forget_faults()}")
    purged = residents.purge_all(people.system_actor())
    click.echo(f"persons forgotten: {purged.persons}")
    if not residents.settle(purged, vacuum=True):
        click.echo("the database was busy: its log still holds them until the next chores", err=True)
    click.echo(f"custody sessions overdue: {custody.tell_overdue()}")
    click.echo(f"movements added up for reports: {reports.roll()}")
    click.echo(f"queues noted at the end of yesterday: {reports.note_queues()}")
    click.echo(f"shortfalls told: {hooks.raise_shortfalls(people.system_actor())}")
    click.echo(f"changes numbered: {hooks.number_changes()}")


for _command in (init, demo, serve, chores, token, ledger, keys, webhooks, recordings, users):
    group.add_command(_command)
