"""The first page of a long queue must not slow with what was printed: few and a million printed behind it.

Ten million are filled in on request (`QUEUE_PRINTED=10000000`): that takes minutes a database.
"""

from __future__ import annotations

import json
import os
import statistics
import time

import sqlalchemy as sa

from benchmarks.results import person, send
from benchmarks.service import Row, Service, at_most, blangko, latency, message, request, served
from inventory.database import table_of
from inventory.printing.models import Card
from inventory.recordings.models import Recording
from inventory.recordings.rules import PrintReason

FEW, MANY, WAITING = 10_000, int(os.environ.get("QUEUE_PRINTED", "1000000")), 100_000
TIMES, ROUNDS = 100, 5
PAGE_MILLISECONDS, SIMULATION_SECONDS = 50, 2
QUIET, BUSY = "35.09", "35.07"
_AGO = {
    "postgresql": "CURRENT_TIMESTAMP - n / CAST(:a_day AS DOUBLE PRECISION) * INTERVAL '1 day'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || CAST(n * 86400 / :a_day AS INTEGER) || ' seconds') || '000'",
}
_SERIES = {
    "postgresql": "SELECT n FROM generate_series(1, CAST(:count AS BIGINT)) AS n",
    "sqlite": "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count) SELECT n FROM s",
}
# One of each reason in turn; every hundredth of those who wait is to be 17 far in the future.
_RECORDINGS = """
INSERT INTO recordings (office_code, client_id, nik_secret, nik_index, reason, status, recorded_at, status_at,
                        created_at, prr_at, adult_on)
SELECT o.code, o.status || n, p.nik_secret, p.nik_index, {reason}, o.status, {ago}, {ago}, {ago}, {ago}, {adult_on}
FROM ({series}) AS numbers
JOIN (SELECT CAST(:office AS VARCHAR) AS code, CAST(:status AS VARCHAR) AS status) AS o ON true
JOIN recordings p ON p.id = 1
"""
_CARDS = """
INSERT INTO cards (recording_id, attempt_id, office_code, store_code, item_code, owner_code, event_id, status,
                   printed_at, collector_relation, issued_at, issue_movement_id)
SELECT id, id, office_code, office_code || '-UTAMA', 'blangko', office_code, 0, 'issued', prr_at, 'self', prr_at, 1
FROM recordings WHERE office_code = :office AND status = 'issued'
"""
PRINTED_A_DAY, COME_A_DAY = 2_000, 1_000
_POLICY = {
    "classes": [
        {"name": "pemula", "reasons": ["first_card", "disaster"]},
        {"name": "suket", "reasons": ["suket"], "quota": 70},
        {"name": "hilang", "reasons": ["lost", "damaged"], "quota": 30},
    ],
    "caps": [{"reasons": ["out_of_domicile"], "per_day": 15}],
    "holds": {"until_17": True, "until_present": []},
}


def on_postgresql(url: str) -> list[Row]:
    """The queues of two offices on PostgreSQL."""
    return _measured(url, "PostgreSQL")


def on_sqlite(url: str) -> list[Row]:
    """The same on SQLite."""
    return _measured(url, "SQLite")


def _measured(url: str, name: str) -> list[Row]:
    blangko(url, "init")
    token = blangko(url, "token", "create", "--role", "admin", "--office", "0")
    with served(url) as service:
        send(service, token, "/recordings", {"recordings": [person(0)]})
    _fill(url, {QUIET: FEW, BUSY: MANY})
    with served(url) as service:
        for office in (QUIET, BUSY):
            _put_policy(service, token, office)
        pairs = [tuple(_page(service, token, office) for office in (BUSY, QUIET)) for _ in range(ROUNDS)]
        seconds = statistics.median(_simulated(service, token) for _ in range(3))
    many, few = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(busy / quiet for busy, quiet in pairs)
    what = f"{name}: first page of a queue of {WAITING:,} with {MANY:,} printed behind it"
    return [
        Row(what, f"{many:.1f} ms", "", None, f"under {PAGE_MILLISECONDS} ms", many < PAGE_MILLISECONDS),
        Row(f"{name}: the same as a ratio", f"{many:.1f} ms", f"{FEW:,} printed {few:.1f} ms", **at_most(ratio, 1.3)),
        Row(f"{name}: a policy simulated over {WAITING:,}, 90 days ahead", f"{seconds:.2f} s", "", None,
            f"under {SIMULATION_SECONDS} s", seconds < SIMULATION_SECONDS),
    ]  # fmt: skip


def _page(service: Service, token: str, office: str) -> float:
    return 1000 * latency(service, lambda _: message("GET", f"/queue?office={office}", token), TIMES)


def _put_policy(service: Service, token: str, office: str) -> None:
    today = json.loads(
        request(service.port, message("GET", f"/queue?office={office}", token)).partition(b"\r\n\r\n")[2]
    )
    body = json.dumps({**_POLICY, "office": office, "valid_from": today["on"], "title": "SE 1/2026"})
    answer = request(service.port, message("PUT", "/policies", token, body))
    if answer[9:12] != b"200":
        raise RuntimeError(f"PUT /policies: {answer!r}")


def _simulated(service: Service, token: str) -> float:
    began = time.perf_counter()
    found = send(service, token, "/policies/simulate", {"office": BUSY, "days": 90, "blanks_per_day": 750})
    if not found["moves_up"]["count"]:
        raise RuntimeError("the simulation moved nobody")
    return time.perf_counter() - began


def _fill(url: str, printed: dict[str, int]) -> None:
    """Both offices with all their people: indexes are made afterwards, as for any large load."""
    engine = sa.create_engine(url)
    kind = engine.dialect.name
    reasons = " ".join(f"WHEN {number} THEN '{reason.value}'" for number, reason in enumerate(PrintReason))
    waiting = "CASE WHEN n % 100 = 0 AND o.status = 'prr' THEN CAST('2999-01-01' AS DATE) END"
    if kind == "sqlite":
        waiting = waiting.replace("CAST('2999-01-01' AS DATE)", "'2999-01-01'")
    filling = _RECORDINGS.format(
        reason=f"CASE n % 8 {reasons} END", ago=_AGO[kind], adult_on=waiting, series=_SERIES[kind]
    )
    indexes = [index for model in (Recording, Card) for index in table_of(model).indexes]
    with engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
        for office, count in printed.items():
            for status, people, a_day in (("issued", count, PRINTED_A_DAY), ("prr", WAITING, COME_A_DAY)):
                facts = {"office": office, "status": status, "count": people, "a_day": a_day}
                connection.execute(sa.text(filling), facts)
            connection.execute(sa.text(_CARDS), {"office": office})
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE" if kind == "postgresql" else "ANALYZE"))
    engine.dispose()
