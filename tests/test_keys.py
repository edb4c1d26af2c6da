"""Changing the key of personal data: all of it, in batches, also after being killed; and no column is forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.cli import group
from inventory import keys, rotation, tables
from inventory.audit import AuditRow
from inventory.database import current, db, transaction
from inventory.keys import Keyring, derive
from inventory.people.commands import system_actor
from inventory.recordings.models import Recording
from tests.builders import SECRET, settings_for
from tests.residents import issued, name_of, nik_of

ROOT = Path(__file__).parent.parent
OLD = derive(SECRET, "encryption")
NEW = derive(SECRET, "another encryption")
USUAL = settings_for("sqlite://").keyring


def ring(**encryption):
    return Keyring({int(name[1:]): key for name, key in encryption.items()}, USUAL.index, USUAL.digest)


@pytest.fixture
def both_keys(app):
    """From now on key 2 encrypts, and key 1 still decrypts."""

    def take():
        keys.install(ring(k1=OLD, k2=NEW))

    yield take
    keys.install(USUAL)


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def call(*words):
        return runner.invoke(group, list(words))

    return call


def under(app, key_id):
    with app.app_context():
        return sum(found.get(key_id, 0) for found in rotation.counted(tables.metadata).values())


def opened_by(app, key):
    """Every value of every column of bytes that this key alone opens, wherever it lies."""
    keys.install(Keyring({1: key, 2: key}, USUAL.index, USUAL.digest))
    found = []
    with app.app_context(), db.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, sa.LargeBinary):
                    for value in connection.execute(sa.select(column).where(column.is_not(None))).scalars():
                        try:
                            keys.decrypt(value)
                        except Exception:  # noqa: BLE001, S112 - whatever is no ciphertext of this key
                            continue
                        found += [f"{table.name}.{column.name}"] if value else []
    return found


def test_everything_is_encrypted_anew_and_reads_the_same(app, calls, both_keys, run, exact):
    issued(calls, [1, 2, 3])
    admin = calls("admin", "15.03")
    admin.post("/people/purge", {"recordings": ["z-3"]}, 200)
    before = opened_by(app, OLD)
    assert set(before) == {"recordings.nik_secret", "recordings.name_secret", "cards.collector_secret"}
    assert len(before) == 6
    both_keys()
    said = run("keys", "status")
    assert (said.exit_code, said.stdout.splitlines()[-2:]) == (
        0, ["key 1 is still needed: 6 values (blangko keys rotate)", "key 2 encrypts: 0 values"],
    )  # fmt: skip
    done = run("keys", "rotate")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "rows encrypted under key 2: 4"
    assert done.stdout.splitlines()[-2:] == ["key 1 is not needed any more", "key 2 encrypts: 6 values"]
    assert run("keys", "rotate").stdout.splitlines()[0] == "rows encrypted under key 2: 0"
    assert opened_by(app, OLD) == []
    assert sorted(opened_by(app, NEW)) == sorted(before)
    keys.install(ring(k2=NEW))
    held = admin.post("/people/export", {"nik": nik_of(1), "reason": "diminta orangnya"}, 200)
    assert held["recordings"][0]["name"] == name_of(1)
    with app.app_context():
        rows = current().execute(sa.select(AuditRow.subject_id, AuditRow.facts).where(AuditRow.action == "rotate_keys"))
        assert sorted((row.subject_id, row.facts["rows"]) for row in rows) == [("cards", 2), ("recordings", 2)]


def test_a_rotation_goes_on_where_it_was_stopped(app, calls, both_keys, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 3)
    issued(calls, range(1, 11))
    both_keys()
    with app.app_context():
        heard = []

        def stop(table, rows):
            heard.append((table, rows))
            if len(heard) == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rotation.rotate(system_actor(), tables.metadata, stop)
        assert under(app, 1) == 30 - sum({"cards": 1, "recordings": 2}[table] * rows for table, rows in heard)
        left = rotation.rotate(system_actor(), tables.metadata, lambda *_: None)
    assert left == 20 - 6
    assert (under(app, 1), under(app, 2)) == (0, 30)


def test_what_is_purged_or_changed_meanwhile_is_left_as_it_is(app, calls, both_keys):
    issued(calls, [1, 2])
    both_keys()
    with app.app_context():
        each = next(each for each in rotation.ciphertexts(tables.metadata) if each.table.name == "recordings")
        names = [column.name for column in each.columns]
        rows = current().execute(sa.select(each.key, *each.columns).order_by(each.key)).all()
        fresh = [(row[0], [rotation._renewed(value, b"\x02") for value in row[1:]], row[1:]) for row in rows]
        with transaction() as session:
            session.execute(sa.update(Recording).where(Recording.id == rows[0].id).values(nik_secret=b""))
        assert rotation._write(system_actor(), each, fresh) == 2
        kept = current().execute(sa.select(each.key, *each.columns).order_by(each.key)).all()
        assert kept[0][1 + names.index("nik_secret")] == b""
        assert keys.decrypt(kept[0][1 + names.index("name_secret")]) == name_of(1)


def test_what_nobody_can_read_is_told_and_does_not_stop_the_rest(app, calls, both_keys, run):
    issued(calls, [1, 2])
    with app.app_context(), transaction() as session:
        first = session.scalars(sa.select(Recording).order_by(Recording.id)).first()
        first.nik_secret = bytes([9]) + first.nik_secret[1:]
        first.name_secret = first.name_secret[:-1] + bytes([first.name_secret[-1] ^ 1])
    both_keys()
    done = run("keys", "rotate")
    assert done.exit_code == 1
    assert "key 9 is LOST: 1 values cannot be read without it" in done.output
    assert "key 1 is still needed: 1 values" in done.output


def test_an_index_key_that_does_not_fit_is_told(app, calls, run):
    issued(calls, [1])
    assert run("keys", "status").exit_code == 0
    keys.install(Keyring(USUAL.encryption, NEW, USUAL.digest))
    try:
        said = run("keys", "status")
    finally:
        keys.install(USUAL)
    assert said.exit_code == 1
    assert "the index key is not the one that persons are found by" in said.output


def test_every_column_of_ciphertext_is_rotated_and_every_other_column_of_bytes_is_known():
    rotated = {
        f"{each.table.name}.{column.name}" for each in rotation.ciphertexts(tables.metadata) for column in each.columns
    }
    assert {each.table.name for each in rotation.ciphertexts(tables.metadata)
            if len(each.table.primary_key.columns) != 1} == set()  # fmt: skip
    called = {f"{table.name}.{column.name}" for table in tables.metadata.sorted_tables for column in table.columns
              if "secret" in column.name}  # fmt: skip
    assert called == rotated
    assert rotated >= {
        "recordings.nik_secret", "recordings.name_secret", "cards.collector_secret", "documents.names_secret",
        "destructions.witnesses_secret", "card_consignments.recipient_secret", "webhooks.secret_secret",
    }  # fmt: skip
    # Digests, hashes and keyed indexes: nothing that a key opens.
    endings = ("digest", "index", "hash", "idempotency_keys.body", "seals.previous")
    others = {f"{table.name}.{column.name}" for table in tables.metadata.sorted_tables for column in table.columns
              if isinstance(column.type, sa.LargeBinary)} - rotated  # fmt: skip
    assert [name for name in sorted(others) if not name.endswith(endings)] == []


WORKER = """
import sys
from api.app import create_app
from inventory import keys, rotation, tables
from inventory.keys import Keyring, derive
from inventory.people.commands import system_actor
from tests.builders import SECRET, settings_for
settings = settings_for(sys.argv[1])
app = create_app(settings)
ring = settings.keyring
keys.install(Keyring({1: ring.encryption[1], 2: derive(SECRET, "another encryption")}, ring.index, ring.digest))
rotation.BATCH = 5
with app.app_context():
    rotation.rotate(system_actor(), tables.metadata, lambda *told: print(*told, flush=True))
"""


def test_a_rotation_that_is_killed_leaves_everything_readable_and_is_finished_by_the_next(app, calls, both_keys,
                                                                                          database):  # fmt: skip
    issued(calls, range(1, 101))
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, database.url],
        cwd=ROOT, env={"PATH": os.environ.get("PATH", "")}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with worker:
        for _ in range(4):
            worker.stdout.readline()
        os.kill(worker.pid, signal.SIGKILL)
    assert 0 < under(app, 1) < 300
    assert under(app, 1) + under(app, 2) == 300
    both_keys()
    with app.app_context():
        rotation.rotate(system_actor(), tables.metadata, lambda *_: None)
        assert (under(app, 1), under(app, 2)) == (0, 300)
        read = {keys.decrypt(secret) for secret in current().scalars(sa.select(Recording.nik_secret))}
    assert read == {nik_of(n) for n in range(1, 101)}
