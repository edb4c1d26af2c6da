"""How a migration runs: one at a time, in one transaction, giving up rather than blocking the service."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text
from sqlalchemy.engine import Engine

# One fixed number names the lock: two hosts that start together migrate one after the other.
ADVISORY_LOCK = 35_150_317


def run() -> None:
    """Run the wanted revisions on the engine that the caller handed over."""
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.execute(text("SET statement_timeout = '15min'"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver begins nothing by itself
        try:
            context.configure(connection=connection, transactional_ddl=True, render_as_batch=False)
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
        finally:
            if engine.dialect.name == "postgresql":
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
                connection.commit()


run()
