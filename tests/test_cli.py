"""The console script: what an administrator does at a terminal, each as a process of its own where that matters."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.cli import group
from inventory import clock
from inventory.access import Role
from inventory.database import db
from inventory.people import sign_in
from tests.builders import receipt

ROOT = Path(__file__).parent.parent
SECRET = "a secret for tests only"


def blangko(*words, url=None, typed=None, **settings):
    """Run the console script as a process."""
    named = {f"BLANGKO_{name}": value for name, value in settings.items()}
    if url is not None:
        named |= {"BLANGKO_DATABASE_URL": url, "BLANGKO_SECRET_KEY": SECRET}
    script = "from api.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), **named},
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def run(app):
    """Run a command inside this process, on the test's database."""
    runner = app.test_cli_runner()

    def call(*words):
        return runner.invoke(group, list(words))

    return call


def rows(app):
    with app.app_context(), db.engine.connect() as connection:
        tables = ("regions", "offices", "stores", "items", "users", "tokens", "movements", "audit_rows")
        return {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in tables}


def test_init_a_second_time_adds_nothing(app, run):
    before = rows(app)
    again = run("init")
    assert again.exit_code == 0
    assert again.output == "regions: 0 added\noffices: 0 added\nitems: 0 added\n"
    assert rows(app) == before


def test_init_on_an_empty_file_makes_everything(tmp_path):
    url = f"sqlite:///{tmp_path}/new/blangko.db"
    done = blangko("init", url=url)
    assert (done.returncode, done.stdout) == (0, "regions: 91599 added\noffices: 553 added\nitems: 4 added\n")
    assert "derived from BLANGKO_SECRET_KEY" in done.stderr
    token = blangko("token", "create", "--role", "inspector", "--office", "0", url=url)
    assert token.returncode == 0
    assert token.stdout.startswith("blk_")
    assert token.stdout.count("\n") == 1
    assert blangko("ledger", "verify", url=url).returncode == 0


@pytest.mark.parametrize("role", list(Role))
def test_a_token_alone_is_printed_and_works(app, run, role):
    made = run("token", "create", "--role", role.value, "--office", "15.03")
    assert made.exit_code == 0
    token = made.stdout.removesuffix("\n")
    assert token.startswith("blk_")
    assert len(token.split()) == 1
    answer = app.test_client().get("/api/v1/offices/15.03", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        ("token", "create", "--role", "boss", "--office", "0"),
        ("token", "create", "--office", "0"),
        ("token", "create", "--role", "clerk"),
        ("token", "create", "--role", "clerk", "--office", "0", "--days", "0"),
        ("token", "create", "--role", "clerk", "--office", "0", "--days", "367"),
        ("ledger", "fix"),
        ("nothing",),
    ],
)
def test_a_wrong_call_is_refused_with_usage(app, run, words):
    before = rows(app)
    refused = run(*words)
    assert refused.exit_code == 2
    assert "Error: " in refused.stderr
    assert rows(app) == before


def test_a_token_for_an_office_that_is_not_there_is_one_line(tmp_path, database):
    database.reset()
    refused = blangko("token", "create", "--role", "clerk", "--office", "99.99", url=database.url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1] == "blangko: Office 99.99 was not found."


def test_verify_says_that_exact_books_are_exact(calls, run):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 10))
    verified = run("ledger", "verify")
    assert (verified.exit_code, verified.stdout) == (0, "The books are exact.\nNot sealed yet: 1 movements.\n")


TAMPERINGS = {
    "a balance": ("UPDATE accounts SET balance = 11 WHERE place = 'store'", "balance 11, its entries add up to 10"),
    "an entry": (
        "UPDATE entries SET quantity = 9 WHERE quantity = 10",
        "its entries of blangko add up to -1, not to 0",
    ),
    "a step": ("UPDATE entries SET balance_after = 12 WHERE quantity = 10", "says 12 after it, it is 10"),
    "a movement": ("DELETE FROM movements", "its movement is gone"),
    "an account": ("DELETE FROM accounts WHERE place = 'store'", "its account is gone"),
    "its entries": ("DELETE FROM entries", "it has no entries"),
}


@pytest.mark.parametrize(("statement", "said"), TAMPERINGS.values(), ids=list(TAMPERINGS))
def test_verify_fails_loudly_on_whatever_was_tampered_with(app, database, calls, run, statement, said):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 10))
    with app.app_context(), db.engine.begin() as connection:
        tamper(connection, database.sqlite, statement)
    verified = run("ledger", "verify")
    assert verified.exit_code == 1
    assert verified.stdout == ""
    assert said in verified.stderr
    assert verified.stderr.splitlines()[-1].endswith("differences")


def tamper(connection, sqlite, statement):
    """Change the books as somebody with the database's own password could: past the triggers."""
    if sqlite:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    connection.exec_driver_sql(statement)


def test_verify_names_the_account_that_was_tampered_with(app, database, calls, run):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 10))
    with app.app_context(), db.engine.begin() as connection:
        tamper(connection, database.sqlite, "UPDATE accounts SET balance = 11 WHERE place = 'store'")
    assert "(15.03-UTAMA, blangko): balance 11" in run("ledger", "verify").stderr


def test_chores_forget_old_keys_and_no_young_ones(app, calls, run):
    clerk = calls("clerk", "15.03")
    with clock.telling(clock.now() - timedelta(days=31)):
        clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="old")
    clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="young")
    done = {line.partition(": ")[0]: line.partition(": ")[2] for line in run("chores").output.splitlines()}
    assert done["idempotency keys forgotten"] == "1"
    # The queue of every office is noted: the ministry, 38 provinces, 514 regencies. The other chores had nothing to do.
    assert done.pop("queues noted at the end of yesterday") == str(1 + 38 + 514)
    assert set(done.values()) == {"0", "1"}
    clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="young")
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 20


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "blangko: BLANGKO_SECRET_KEY must be set, with 16 characters or more"),
        (
            {"SECRET_KEY": SECRET, "PORT": "no"},
            "blangko: BLANGKO_PORT must be a whole number from 1 to 65535, not 'no'",
        ),
        ({"SECRET_KEY": SECRET, "PROT": "80"}, "blangko: BLANGKO_PROT is not a setting; the settings are BLANGKO_"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(settings, said):
    stopped = blangko("ledger", "verify", **settings)
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert stopped.stderr.startswith(said)
    assert stopped.stderr.count("\n") == 1


def test_a_database_that_is_away_is_one_line():
    stopped = blangko("ledger", "verify", url="postgresql://nobody@127.0.0.1:1/none")
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert "blangko: the database does not answer as it should: " in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_help_lists_the_commands(tmp_path):
    shown = blangko("--help", url=f"sqlite:///{tmp_path}/none.db")
    assert shown.returncode == 0
    listed = [line.split()[0] for line in shown.stdout.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    assert listed == ["chores", "demo", "init", "keys", "ledger", "recordings", "serve", "token", "user", "webhooks"]


def test_the_first_administrator_is_made_at_the_terminal_and_may_sign_in(app):
    made = app.test_cli_runner().invoke(
        group, ["user", "create", "--login", "Hasan", "--role", "admin", "--office", "0", "--password-stdin"],
        input="kuda benar baterai\n",
    )  # fmt: skip
    assert made.exit_code == 0
    assert made.stdout.endswith(" may sign in as hasan\n")
    with app.app_context():
        token, _ = sign_in.sign_in("hasan", "kuda benar baterai", "")
        signed = sign_in.actor_of_session(token)
    assert (signed.actor.role, signed.actor.office, signed.name) == (Role.ADMIN, "0", "Hasan")


def test_a_password_is_asked_for_twice_and_never_shown(app):
    words = ["user", "create", "--login", "siti", "--role", "clerk", "--office", "15.03", "--name", "Siti Rahma"]
    different = app.test_cli_runner().invoke(group, words, input="kuda benar baterai\nkuda salah baterai\n\n")
    assert different.exit_code != 0
    made = app.test_cli_runner().invoke(group, words, input="kuda benar baterai\nkuda benar baterai\n")
    assert made.exit_code == 0
    assert made.stderr == "Password: \nRepeat for confirmation: \n"
    assert "kuda" not in different.output + made.output


@pytest.mark.parametrize(
    ("login", "office", "typed", "told"),
    [
        ("siti", "0", "pendek", "Choose another password: at least 12 characters."),
        ("si ti", "0", "kuda benar baterai", "A user name has 3 to 40 small letters"),
        ("siti", "99", "kuda benar baterai", "Office 99 was not found."),
    ],
)
def test_a_user_that_cannot_be_is_one_line(tmp_path, database, login, office, typed, told):
    database.reset()
    words = ["user", "create", "--login", login, "--role", "admin", "--office", office, "--password-stdin"]
    refused = blangko(*words, url=database.url, typed=typed)
    assert refused.returncode == 1
    assert told in refused.stderr.splitlines()[-1]
    assert typed not in refused.stderr + refused.stdout
