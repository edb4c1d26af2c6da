"""`blangko user`: those who sign in to the console, the first administrator above all."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext

from inventory.access import Role
from inventory.people import accounts
from inventory.people.commands import system_actor

users = AppGroup("user", help="Users who sign in to the console.")


@users.command("create")
@click.option("--login", required=True, help="The user name: small letters, digits, dots, hyphens.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--office", required=True, help="Office code, like 0, 15 or 15.03.")
@click.option("--name", default="", help="The person's name; the user name when it is left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input: one line.")
@with_appcontext
def create(login: str, role: str, office: str, name: str, password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Make a user who can sign in; the password is asked for twice and not shown."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    user_id = accounts.create_user(system_actor(), name or login, Role(role), office, login, password)
    click.echo(f"user {user_id} may sign in as {login.strip().lower()}")
