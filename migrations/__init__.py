"""The history of the database's shape, one numbered file a step; they import nothing of the service."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData
from sqlalchemy.engine import Engine

# What the steps make beside tables, on PostgreSQL.
_FUNCTIONS = ("refuse_change", "refuse_change_of_interval")


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database up to a revision; safe to call from several hosts at once."""
    command.upgrade(_config(engine), to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database back to a revision ("base" is empty)."""
    command.downgrade(_config(engine), to)


def empty(engine: Engine, metadata: MetaData) -> None:
    """Take away all tables with what is in them.

    The way back, step by step, is closed to books that hold what a later step allowed.
    """
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
        if engine.dialect.name == "postgresql":
            for function in _FUNCTIONS:
                connection.exec_driver_sql(f"DROP FUNCTION {function}()")
