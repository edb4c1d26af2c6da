"""Fresh databases for every test, on SQLite and on PostgreSQL alike, both built by the migrations.

`app` runs each test twice. Tests over HTTP use `calls` (one caller a role and office); tests of commands ask for
`context`, which pushes an application context and with it one session.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask

import migrations
from inventory import setup, tables
from inventory.database import db
from tests import postgres
from tests.builders import Caller, settings_for

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

        self.url, self.template = url, folder / "template.db"
        self.app = create_app(settings_for(url))
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
                names = [table for table in tables.metadata.sorted_tables if table.name not in _KEPT]
                with db.engine.connect() as connection:
                    self.rows = [
                        (table, [dict(r._mapping) for r in connection.execute(sa.select(table))]) for table in names
                    ]

    def reset(self) -> None:
        """Forget everything a test did."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            if self.sqlite:
                for ending in ("-wal", "-shm"):
                    self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
                shutil.copy(self.template, self.path)
                return
            with db.engine.begin() as connection:
                connection.exec_driver_sql("SET session_replication_role = replica")
                for table, _ in self.rows:
                    connection.execute(sa.delete(table))
                for table, rows in self.rows:
                    if rows:
                        connection.execute(sa.insert(table), rows)
                connection.exec_driver_sql("SET session_replication_role = origin")


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of this run's own PostgreSQL server."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One migrated and filled database of each kind."""
    folder = tmp_path_factory.mktemp("database")
    if request.param == "sqlite":
        return Database(f"sqlite:///{folder / 'test.db'}", folder)
    return Database(request.getfixturevalue("postgresql_url"), folder)


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    """The application on a fresh database."""
    database.reset()
    yield database.app
    with database.app.app_context():
        db.session.remove()
        db.engine.dispose()


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
def exact(app: Flask) -> Iterator[None]:
    """After the test the books must still be exact."""
    from inventory.stock.verify import differences

    yield
    with app.app_context():
        assert list(differences()) == []


def pytest_configure(config: Any) -> None:
    """No test may read the developer's own settings."""
    del config
    for name in [name for name in os.environ if name.startswith("BLANGKO_")]:
        del os.environ[name]
