"""Every revision goes up, down and up again, with data, and ends where the models say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

import migrations
from inventory import tables
from inventory.database import Base

ROOT = Path(__file__).parent.parent.parent


def revisions():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


REVISIONS = revisions()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        made = sa.create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield made
        made.dispose()
        return
    server = sa.create_engine(request.getfixturevalue("postgresql_url"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS migrating")
        connection.exec_driver_sql("CREATE DATABASE migrating")
    made = sa.create_engine(server.url.set(database="migrating"))
    yield made
    made.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE migrating")
    server.dispose()


def shape(engine):
    """Everything of the database's shape that can be asked: tables, columns, keys, checks, indexes, triggers."""
    inspector = sa.inspect(engine)
    found = {}
    for table in sorted(inspector.get_table_names()):
        found[table] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)],
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "checks": sorted((c["name"], c["sqltext"]) for c in inspector.get_check_constraints(table)),
            "unique": sorted((c["name"], tuple(c["column_names"])) for c in inspector.get_unique_constraints(table)),
            "indexes": sorted((c["name"], tuple(c["column_names"])) for c in inspector.get_indexes(table)),
            "foreign": sorted(
                (c["name"], tuple(c["constrained_columns"]), c["referred_table"])
                for c in inspector.get_foreign_keys(table)
            ),
        }
    with engine.connect() as connection:
        listed = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "postgresql":
            listed = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        found["triggers"] = sorted(connection.exec_driver_sql(listed).scalars())
    return found


def leftovers(engine):
    """What a database at base still holds besides Alembic's own table."""
    found = {name for name in sa.inspect(engine).get_table_names() if name != "alembic_version"}
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            ours = "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
            found |= set(connection.exec_driver_sql(ours).scalars())
            types = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
            found |= set(connection.exec_driver_sql(types).scalars())
        else:
            rest = "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')"
            found |= set(connection.exec_driver_sql(rest).scalars())
    return found


# What a CHECK over several columns needs; every other value follows from the column's type.
FITTING = {
    "sign": 1, "closes_at": time(16), "ends_at": datetime(2026, 3, 2, tzinfo=UTC),
    "brought": 0, "printed": 0, "spoiled": 0, "used": 0, "returned": 0,
    "received": 0, "rejected": 0, "missing": 0, "surplus": 0, "written_off": 0, "lost": 0,
}  # fmt: skip


def example(column, number, words):
    """A value that the column takes, different for each row: whatever may be missing is."""
    if column.nullable:
        return None
    if column.name == "to_store":
        return f"w{3 - number}"  # another than from_store
    if column.name in FITTING:
        return FITTING[column.name]
    if column.name in words:
        return words[column.name]
    kinds = {bool: True, int: number, float: 0.5, bytes: bytes([number]), str: f"w{number}", object: {}}
    kinds |= {datetime: datetime(2026, 3, 1, tzinfo=UTC), date: date(2026, 3, 1), time: time(8)}
    return kinds[column.type.python_type]


def fill(connection):
    """Two rows in every table, as any revision has them; answers the tables."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    filled = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
    for table in filled:
        checks = [check["sqltext"] for check in sa.inspect(connection).get_check_constraints(table.name)]
        enumerations = [re.match(r"\(?(\w+)(?:::text)? (?:IN|= ANY) \D*?'(\w+)'", check) for check in checks]
        words = {found[1]: found[2] for found in enumerations if found}
        for number in (1, 2):
            given = [column for column in table.columns if column.computed is None]
            row = {column.name: example(column, number, words) for column in given}
            connection.execute(sa.insert(table).values(**row))
    return [table.name for table in filled]


def test_every_revision_goes_up_down_and_up_to_the_same_shape(engine):
    shapes = {}
    for revision in REVISIONS:
        migrations.upgrade(engine, revision)
        shapes[revision] = shape(engine)
    for revision in [*reversed(REVISIONS[:-1]), "base"]:
        migrations.downgrade(engine, revision)
        if revision == "base":
            assert leftovers(engine) == set()
        else:
            assert shape(engine) == shapes[revision]
    migrations.upgrade(engine)
    assert shape(engine) == shapes[REVISIONS[-1]]
    migrations.upgrade(engine)  # a second call changes nothing
    assert shape(engine) == shapes[REVISIONS[-1]]


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_revision_goes_down_and_up_with_rows_in_every_table(engine, revision):
    migrations.upgrade(engine, revision)
    before = REVISIONS.index(revision) - 1
    with engine.begin() as connection:
        filled = fill(connection)
    assert len(filled) > 20
    migrations.downgrade(engine, "base" if before < 0 else REVISIONS[before])
    if before < 0:
        assert leftovers(engine) == set()
    else:
        with engine.connect() as connection:
            for table in sa.inspect(engine).get_table_names():
                expected = 2 if table in filled else 1
                counted = connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
                assert (table, counted) == (table, expected)
    migrations.upgrade(engine)
    assert_models_are(engine)


def assert_models_are(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        with warnings.catch_warnings():
            # PostgreSQL tells a computed column with casts of its own; on SQLite the text is compared as it is.
            if engine.dialect.name == "postgresql":
                warnings.filterwarnings("ignore", "Computed default on accounts.word")
            assert compare_metadata(context, Base.metadata) == []


def test_the_migrated_tables_are_the_models(engine):
    assert tables.metadata is Base.metadata
    migrations.upgrade(engine)
    assert_models_are(engine)


def checks_of(engine):
    inspector = sa.inspect(engine)
    return {
        (table, check["name"]): plain(check["sqltext"])
        for table in inspector.get_table_names()
        if table != "alembic_version"
        for check in inspector.get_check_constraints(table)
    }


def plain(text):
    return re.sub(r"\s+", " ", text).strip()


def test_every_check_of_the_models_is_in_the_database_word_for_word(engine, tmp_path):
    migrations.upgrade(engine)
    migrated = checks_of(engine)
    wanted = {
        (table.name, check.name)
        for table in Base.metadata.sorted_tables
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }
    assert len(wanted) > 30
    assert {(table, str(name)) for table, name in migrated} == {(table, str(name)) for table, name in wanted}
    # The same database by the models themselves says the texts, enumerations included, as this dialect renders them.
    if engine.dialect.name == "sqlite":
        made = sa.create_engine(f"sqlite:///{tmp_path / 'models.db'}")
        Base.metadata.create_all(made)
        assert migrated == checks_of(made)
        made.dispose()
    else:
        migrations.downgrade(engine, "base")
        Base.metadata.create_all(engine)
        assert migrated == checks_of(engine)


@pytest.mark.parametrize("table", ["movements", "entries"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_ledger_refuses_every_change_of_what_is_on_the_books(engine, table, change):
    if change.startswith("TRUNCATE") and engine.dialect.name == "sqlite":
        change = "DELETE FROM {} WHERE 1"  # SQLite's truncation is a DELETE without WHERE
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO movements (id, kind, posted_at, occurred_on, user_id, office_code, store_code, reason,"
            " document_number) VALUES (1, 'receipt', '2026-03-01', '2026-03-01', 1, '15', '15-UTAMA', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO entries (id, movement_id, account_id, quantity, balance_after) VALUES (1, 1, 1, 5, 5)"
        )
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(change.format(table))
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) == 1


def test_two_hosts_that_migrate_at_once_both_succeed(engine):
    script = "import sys, sqlalchemy, migrations; migrations.upgrade(sqlalchemy.create_engine(sys.argv[1]))"
    url = engine.url.render_as_string(hide_password=False)
    if engine.dialect.name == "sqlite":
        migrations.upgrade(engine)  # one host only has the file: it may start twice, not race for the first time
    hosts = [
        subprocess.Popen(
            [sys.executable, "-c", script, url],
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", "")},
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [(host.communicate(timeout=60)[1], host.returncode) for host in hosts] == [("", 0)] * 3
    assert_models_are(engine)


def test_the_revisions_are_numbered_in_order_without_a_gap():
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    files = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    assert files == REVISIONS


def test_losses_of_before_there_were_reports_count_as_confirmed(engine):
    """Each by its id: what was reported lost, and what a close found gone, but not a close that found everything."""
    migrations.upgrade(engine, "0001")
    with engine.begin() as connection:
        fill(connection)
        metadata = sa.MetaData()
        metadata.reflect(connection)
        accounts, entries, movements = (metadata.tables[name] for name in ("accounts", "entries", "movements"))
        connection.execute(sa.update(accounts).where(accounts.c.id == 1).values(place="lost"))
        posted = connection.execute(sa.select(movements).limit(1)).mappings().one()
        for number, kind in enumerate(("loss", "closing", "closing"), 3):
            connection.execute(sa.insert(movements).values({**posted, "id": number, "kind": kind, "user_id": 7}))
        row = {"id": 3, "movement_id": 4, "account_id": 1, "quantity": 2, "balance_after": 2}
        connection.execute(sa.insert(entries).values(row))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        asked = "SELECT id, reported_by, confirmed_by, confirmed_at = reported_at FROM loss_reports ORDER BY id"
        rows = connection.exec_driver_sql(asked).all()
    assert [tuple(row) for row in rows] == [(3, 7, None, True), (4, 7, None, True)]


def test_the_sums_of_provinces_begin_as_those_of_their_offices(engine):
    migrations.upgrade(engine, "0014")
    flows = sa.Table("daily_flows", sa.MetaData(), autoload_with=engine)
    same = {
        "grain": "day", "starts_on": date(2026, 3, 1), "item_code": "blangko", "kind": "receipt", "place": "store",
        "condition": "good", "spoil_class": 0, "own": False,
    }  # fmt: skip
    told = {"15": (1, 10), "15.03": (2, 20), "15.04": (4, 40), "35.09": (8, 80), "0": (16, 160)}
    rows = [same | {"office_code": code, "came": came, "went": went} for code, (came, went) in told.items()]
    rows.append(rows[1] | {"own": True})
    with engine.begin() as connection:
        connection.execute(sa.insert(flows), rows)
    migrations.upgrade(engine, "0015")
    with engine.connect() as connection:
        provinces = connection.exec_driver_sql("SELECT province_code, own, came, went FROM province_flows").all()
    assert sorted((code, bool(own), came, went) for code, own, came, went in provinces) == [
        ("0", False, 16, 160), ("15", False, 7, 70), ("15", True, 2, 20), ("35", False, 8, 80),
    ]  # fmt: skip
