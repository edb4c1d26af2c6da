"""The demo on a database of its own; on SQLite it is loaded once a run, and everybody takes a copy of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

import migrations
from inventory import demo, setup
from inventory.database import db
from tests.builders import settings_for


def load(url: str, folder: Path, **settings: Any) -> Flask:
    """The application on an empty database, with the demo loaded into it."""
    from api.app import create_app

    app = create_app(settings_for(url, ledger_dir=folder / "ledger", **settings))
    with app.app_context():
        migrations.upgrade(db.engine)
        setup.fill()
        assert demo.load().startswith("Loaded")
        db.session.remove()
    return app


@contextmanager
def database_of_its_own(server: str) -> Iterator[str]:
    """The address of a new, empty database on a PostgreSQL server."""
    name = f"demo_{uuid.uuid4().hex[:8]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


def copy_of(file: Path, folder: Path, **settings: Any) -> Flask:
    """The application on a copy of a SQLite demo: what a test does to it hurts no other."""
    from api.app import create_app

    shutil.copy(file, folder / "demo.db")
    return create_app(settings_for(f"sqlite:///{folder / 'demo.db'}", ledger_dir=folder / "ledger", **settings))


def once_a_run(folder: Path) -> Path:
    """The file of a SQLite demo in a folder that all processes of a run share: the first loads it, the others wait."""
    file = folder / "demo.db"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            made = folder / "loading.db"
            app = load(f"sqlite:///{made}", folder / "loading")
            with app.app_context():
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                db.engine.dispose()
            made.rename(file)
    return file


def shared_folder(own: Path) -> Path:
    """The folder of a whole run; under xdist each worker's own lies in it."""
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
