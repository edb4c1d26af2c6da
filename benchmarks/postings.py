"""Stock postings per second over HTTP, beside the bare database running the same statements."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from benchmarks.service import (
    CONNECTIONS,
    Row,
    Service,
    at_least,
    blangko,
    load,
    message,
    paired,
    pgbench,
    request,
    served,
)

STORES = 200
SECONDS = 6.0
ROUNDS = 5
# What one POST /receipts runs, statement by statement, in its three transactions: who asks, the posting, the answer.
PGBENCH = r"""
\set n random(1, STORES)
\set key random(1, 1000000000000)
\set real FIRST + 2 * (:n - 1)
\set outer :real + 1
BEGIN;
SELECT users.id, users.role, users.office_code FROM users JOIN tokens ON tokens.user_id = users.id
 WHERE tokens.digest = '\x00' AND tokens.expires_at > now() AND tokens.revoked_at IS NULL AND users.active;
ROLLBACK;
BEGIN;
SELECT stores.code, stores.office_code, stores.kind, stores.event_id, stores.draw_order, stores.closed, stores.prints,
 offices.time_zone, offices.backdate_days, offices.undo_minutes, offices.custody_required, offices.count_check,
 offices.destruction_check, offices.write_off_check, offices.transfer_check_over, offices.reversal_check_over,
 offices.recount_over FROM stores JOIN offices ON offices.code = stores.office_code
 WHERE stores.code = 'BENCH-' || :n;
INSERT INTO idempotency_keys (user_id, path, key, body, resource_id, created_at)
 VALUES (1, '/api/v1/receipts', 'pgbench-' || :key, '\x00', NULL, now()) ON CONFLICT DO NOTHING;
SELECT items.code, items.name, items.kind, items.family, items.version, items.unit, items.pack_size,
 items.cards_per_unit FROM items WHERE items.code = 'blangko';
SELECT id, balance, store_code, place, document_id, item_code, condition, owner_code, event_id, numbered FROM accounts
 WHERE (store_code, place, document_id, item_code, condition, owner_code, event_id, numbered) IN
 (('BENCH-' || :n, 'store', 0, 'blangko', 'blank', '15.03', 0, false),
  ('BENCH-' || :n, 'supplied', 0, 'blangko', 'blank', '15.03', 0, false))
 ORDER BY store_code, place, document_id, item_code, condition, owner_code, event_id, numbered FOR UPDATE;
INSERT INTO movements (kind, posted_at, occurred_on, user_id, office_code, store_code, reason, document_number)
 VALUES ('receipt', now(), current_date, 1, '15.03', 'BENCH-' || :n, 'ministry', 'SJ/1') RETURNING id AS movement \gset
INSERT INTO entries (movement_id, account_id, quantity, balance_after) VALUES (:movement, :real, 1, 1);
INSERT INTO entries (movement_id, account_id, quantity, balance_after) VALUES (:movement, :outer, -1, -1);
UPDATE accounts SET balance = balance + 1 WHERE id = :real;
UPDATE accounts SET balance = balance - 1 WHERE id = :outer;
INSERT INTO receipts (id, office_code, store_code, item_code, condition, quantity, paper_quantity, source,
 document_number, received_on)
 VALUES (:movement, '15.03', 'BENCH-' || :n, 'blangko', 'blank', 1, 1, 'ministry', 'SJ/1', current_date);
INSERT INTO audit_rows (at, user_id, office_code, action, subject, subject_id, facts)
 VALUES (now(), 1, '15.03', 'receive', 'receipt', :movement, '{"quantity": 1}');
UPDATE idempotency_keys SET resource_id = :movement
 WHERE user_id = 1 AND path = '/api/v1/receipts' AND key = 'pgbench-' || :key;
COMMIT;
BEGIN;
SELECT id, office_code, store_code, item_code, condition, quantity, paper_quantity, source, document_number,
 received_on FROM receipts WHERE id = :movement;
ROLLBACK;
"""


def prepare(url: str) -> str:
    """An office with many stores, each with its first posting made in order; answers a clerk's token."""
    blangko(url, "init")
    token = blangko(url, "token", "create", "--role", "clerk", "--office", "15.03")
    engine = sa.create_engine(url)
    stores = [{"code": f"BENCH-{n}", "name": f"Bench {n}"} for n in range(1, STORES + 1)]
    with engine.begin() as connection:
        insert = (
            "INSERT INTO stores (code, office_code, kind, name, closed)"
            " VALUES (:code, '15.03', 'service_point', :name, false)"
        )
        connection.execute(sa.text(insert), stores)
    engine.dispose()
    return token


def make(token: str) -> Callable[[int], bytes]:
    """Requests that take one keping each onto the books of one store after another."""
    run, today = uuid.uuid4().hex, datetime.now(UTC).date().isoformat()

    def one(number: int) -> bytes:
        body = {
            "store": f"BENCH-{number * 37 % STORES + 1}",
            "item": "blangko",
            "quantity": 1,
            "source": "ministry",
            "document_number": "SJ/1",
            "received_on": today,
        }
        return message("POST", "/receipts", token, json.dumps(body), f"{run}-{number}")

    return one


def on_postgresql(url: str) -> list[Row]:
    """Over HTTP at 8 connections against pgbench at 8 clients."""
    token = prepare(url)
    with served(url) as service:
        _first_postings(service, token)
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            first = connection.execute(
                sa.text("SELECT min(id) FROM accounts WHERE store_code = 'BENCH-1'")
            ).scalar_one()
        engine.dispose()
        script = PGBENCH.replace("STORES", str(STORES)).replace("FIRST", str(first))
        flags = ("-c", str(CONNECTIONS), "-j", "2", "-T", str(int(SECONDS)), "-M", "prepared")
        ours, bare, ratio = paired(
            ROUNDS, lambda: load(service, make(token), SECONDS), lambda: pgbench(url, script, *flags)
        )
    what = f"postings a second over HTTP, PostgreSQL, {CONNECTIONS} connections"
    return [Row(what, f"{ours:,.0f}", f"pgbench {bare:,.0f}", **at_least(ratio, 0.12))]


def _first_postings(service: Service, token: str) -> None:
    """Open every store's two accounts in order, so that the script can name them by number."""
    one = make(token)
    step = pow(37, -1, STORES)
    for store in range(STORES):
        request(service.port, one(store * step % STORES))


def on_sqlite(url: str) -> list[Row]:
    """Over HTTP at 8 connections against one bare sqlite3 connection running the same statements."""
    token = prepare(url)
    path = sa.make_url(url).database or ""
    with served(url) as service:
        _first_postings(service, token)
        ours, bare, ratio = paired(ROUNDS, lambda: load(service, make(token), SECONDS), lambda: _bare(path))
    what = f"postings a second over HTTP, SQLite, {CONNECTIONS} connections"
    return [Row(what, f"{ours:,.0f}", f"sqlite3 {bare:,.0f}", **at_least(ratio, 0.25))]


def _bare(path: str) -> float:
    connection = sqlite3.connect(path, isolation_level=None, timeout=15)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    done, stop, run = 0, time.monotonic() + SECONDS, uuid.uuid4().hex
    while time.monotonic() < stop:
        _bare_posting(connection.execute, f"BENCH-{done * 37 % STORES + 1}", f"{run}-{done}")
        done += 1
    connection.close()
    return done / SECONDS


def _bare_posting(run: Callable[..., Any], store: str, key: str) -> None:
    run("BEGIN")
    run(
        "SELECT users.id, role, office_code FROM users JOIN tokens ON user_id = users.id"
        " WHERE digest = x'00' AND active"
    )
    run("ROLLBACK")
    run("BEGIN IMMEDIATE")
    run("SELECT * FROM stores JOIN offices ON offices.code = office_code WHERE stores.code = ?", (store,)).fetchall()
    run(
        "INSERT INTO idempotency_keys (user_id, path, key, body, created_at) VALUES (1, '/api/v1/receipts', ?, x'00',"
        " '2026-01-05 00:00:00.000000') ON CONFLICT DO NOTHING",
        (key,),
    )
    run("SELECT * FROM items WHERE code = 'blangko'").fetchall()
    accounts = run(
        "SELECT id, balance FROM accounts WHERE (store_code, place, document_id, item_code, condition, owner_code,"
        " event_id, numbered) IN (VALUES (?, 'store', 0, 'blangko', 'blank', '15.03', 0, 0),"
        " (?, 'supplied', 0, 'blangko', 'blank', '15.03', 0, 0)) ORDER BY place",
        (store, store),
    ).fetchall()
    movement = run(
        "INSERT INTO movements (kind, posted_at, occurred_on, user_id, office_code, store_code, reason,"
        " document_number) VALUES ('receipt', '2026-01-05 00:00:00.000000', '2026-01-05', 1, '15.03', ?,"
        " 'ministry', 'SJ/1') RETURNING id",
        (store,),
    ).fetchone()[0]
    for (account, balance), change in zip(accounts, (1, -1), strict=True):
        run(
            "INSERT INTO entries (movement_id, account_id, quantity, balance_after) VALUES (?, ?, ?, ?)",
            (movement, account, change, balance + change),
        )
        run("UPDATE accounts SET balance = ? WHERE id = ?", (balance + change, account))
    run(
        "INSERT INTO receipts (id, office_code, store_code, item_code, condition, quantity, paper_quantity, source,"
        " document_number, received_on) VALUES (?, '15.03', ?, 'blangko', 'blank', 1, 1, 'ministry', 'SJ/1',"
        " '2026-01-05')",
        (movement, store),
    )
    run(
        "INSERT INTO audit_rows (at, user_id, office_code, action, subject, subject_id, facts) VALUES"
        " ('2026-01-05 00:00:00.000000', 1, '15.03', 'receive', 'receipt', ?, '{}')",
        (movement,),
    )
    run("UPDATE idempotency_keys SET resource_id = ? WHERE user_id = 1 AND path = '/api/v1/receipts' AND key = ?",
        (movement, key))  # fmt: skip
    run("COMMIT")
    run("SELECT * FROM receipts WHERE id = ?", (movement,)).fetchall()
