"""Fresh databases for every test, on SQLite and on PostgreSQL alike, both built by the migrations.

`app` runs each test twice. Tests over HTTP use `calls` (one caller a role and office); tests of commands ask for
`context`, which pushes an application context and with it one session.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

import migrations
from inventory import setup, tables
from inventory.database import db
from inventory.people import passwords
from tests import demo, postgres
from tests.builders import Caller, settings_for
from tests.visitor import Visitor

hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
)
hypothesis.settings.load_profile("ci")
_KEPT = {"regions", "alembic_version"}


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """pytest-flask would share one context, and one session, between all requests of a test: do not."""


class Database:
    """One database that can be put back to what `blangko init` makes."""

    def __init__(self, url: str, folder: Path) -> None:
        from api.app import create_app

        self.url, self.template, self.ledger_dir = url, folder / "template.db", folder / "ledger"
        self.app = create_app(settings_for(url, ledger_dir=self.ledger_dir))
        self.app.testing = True
        with self.app.app_context():
            migrations.upgrade(db.engine)
            setup.fill()
            self.sqlite = db.engine.dialect.name == "sqlite"
            if self.sqlite:
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                db.engine.dispose()
                self.path = Path(db.engine.url.database or "")
                shutil.copy(self.path, self.template)
            else:
                self.statements = _statements_that_put_back(db.engine)

    def reset(self) -> None:
        """Forget everything a test did."""
        shutil.rmtree(self.ledger_dir, ignore_errors=True)
        with self.app.app_context():
            db.session.remove()
            if self.sqlite:
                db.engine.dispose()
                for ending in ("-wal", "-shm"):
                    self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
                shutil.copy(self.template, self.path)
                return
            with db.engine.begin() as connection:
                connection.exec_driver_sql(self.statements)


def _statements_that_put_back(engine: sa.Engine) -> str:
    """One message that empties a PostgreSQL database but for what `blangko init` made, of which it keeps a copy."""
    statements = ["SET LOCAL session_replication_role = replica"]  # neither foreign keys nor the ledger's triggers
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA made")
        for table in tables.metadata.sorted_tables:
            name = table.name
            if name in _KEPT:
                continue
            if connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0:
                statements.append(f"DELETE FROM {name}")  # noqa: S608 - these are our own tables
                continue
            connection.exec_driver_sql(f"CREATE TABLE made.{name} AS TABLE {name}")
            same = " AND ".join(f"made.{key.name} = was.{key.name}" for key in table.primary_key)
            made = f"SELECT FROM made.{name} AS made WHERE {same} AND made::text = was::text"
            statements.append(f"DELETE FROM {name} AS was WHERE NOT EXISTS ({made})")  # noqa: S608
            statements.append(f"INSERT INTO {name} TABLE made.{name} ON CONFLICT DO NOTHING")
    return "; ".join(statements)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of this run's own PostgreSQL server."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def told_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a SQLite demo: loaded once a run, and never opened, only copied."""
    return demo.once_a_run(demo.shared_folder(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One migrated and filled database of each kind."""
    folder = tmp_path_factory.mktemp("database")
    sqlite = request.param == "sqlite"
    made = Database(f"sqlite:///{folder / 'test.db'}" if sqlite else request.getfixturevalue("postgresql_url"), folder)
    yield made
    with made.app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    """The application on a fresh database."""
    database.reset()
    yield database.app
    with database.app.app_context():
        db.session.remove()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An application context for tests that call commands and queries themselves."""
    with app.app_context():
        yield app


@pytest.fixture
def calls(app: Flask) -> Callable[[str, str], Caller]:
    """`calls(role, office)` is somebody who speaks to the API with a token of that role and office."""
    known: dict[tuple[str, str], Caller] = {}

    def caller(role: str, office: str) -> Caller:
        return known.setdefault((role, office), Caller(app, role, office))

    return caller


@pytest.fixture
def browses(app: Flask) -> Callable[[str, str], Visitor]:
    """`browses(role, office)` is somebody signed in to the console; `browses()` is somebody who is not."""
    known: dict[tuple[str, str], Visitor] = {}

    def visitor(role: str = "", office: str = "") -> Visitor:
        return known.setdefault((role, office), Visitor(app, role, office))

    return visitor


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same argon2id, of less work: for tests that hash some hundred passwords."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))


@pytest.fixture
def exact(app: Flask) -> Iterator[None]:
    """After the test the books must still be exact."""
    from inventory.reports.queries import differences

    yield
    with app.app_context():
        assert list(differences()) == []


class Statements(list[str]):
    """The SQL that the service sent, without BEGIN, COMMIT and what a connection says when it is opened."""

    @contextmanager
    def within(self, budget: int) -> Iterator[None]:
        """Inside the block at most `budget` statements are sent."""
        self.clear()
        yield
        assert len(self) <= budget, "\n".join([f"{len(self)} statements, {budget} allowed:", *self])


@pytest.fixture
def statements(app: Flask) -> Iterator[Statements]:
    """Every statement that reaches the database, in order: for query budgets."""
    sent = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def pytest_configure(config: Any) -> None:
    """No test may read the developer's own settings."""
    del config
    for name in [name for name in os.environ if name.startswith("BLANGKO_")]:
        del os.environ[name]
