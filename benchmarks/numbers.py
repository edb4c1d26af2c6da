"""Numbers: receiving packs, scanning blanks to a job, and the story of one number among ten million."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import sqlalchemy as sa

from benchmarks.results import captured_reads, person, send
from benchmarks.service import Row, Service, at_most, blangko, latency, message, served

PACKS, PACK = 200, 500
SCANNED = 500
ROUNDS = 5
FEW_PACKS, MANY_PACKS, HANDS = 100, 20_000, 5
TIMES = 200
STORE = "15.03-UTAMA"
# One pack is one interval; each of its hands is a movement that brought it from the account before.
_ACCOUNTS = """
INSERT INTO accounts (store_code, office_code, place, document_id, item_code, condition, owner_code, event_id,
                      numbered, sign, balance)
SELECT '35.09-UTAMA', '35.09', 'store', 0, 'blangko', 'blank', '35.09', :event + hand, true, 1, 0
FROM generate_series(1, :hands) AS hand
"""
_SERIES = "INSERT INTO number_series (prefix, width) VALUES (:prefix, 9) RETURNING id"
_MOVEMENTS = """
INSERT INTO movements (id, kind, posted_at, occurred_on, user_id, office_code, store_code, reason, document_number)
SELECT :base + n, 'earmark', now(), current_date, 1, '35.09', '35.09-UTAMA', '', 'SJ/' || n
FROM generate_series(1, CAST(:packs AS BIGINT) * :hands) AS n
"""
_INTERVALS = """
INSERT INTO intervals (id, series_id, first, last, account_id, lot_id, made_by, came_from_id, split_from_id, ended_by,
                       in_books)
SELECT :base + (hand - 1) * packs + pack, :series, (pack - 1) * 500, pack * 500 - 1, a.id, NULL,
       :base + (hand - 1) * packs + pack, CASE WHEN hand > 1 THEN :base + (hand - 2) * packs + pack END, NULL,
       CASE WHEN hand < :hands THEN :base + hand * packs + pack END, true
FROM (SELECT CAST(:packs AS BIGINT) AS packs) AS given
CROSS JOIN generate_series(1, :hands) AS hand
JOIN accounts a ON a.event_id = :event + hand AND a.store_code = '35.09-UTAMA' AND a.numbered
CROSS JOIN generate_series(1, packs) AS pack
"""


def on_postgresql(url: str) -> list[Row]:
    """Packs and scans over HTTP, then the stories of numbers with few and with many others on the books."""
    blangko(url, "init")
    token = blangko(url, "token", "create", "--role", "admin", "--office", "0")
    numbers = {name: _fill(url, name, packs) for name, packs in (("F", FEW_PACKS), ("M", MANY_PACKS))}
    with served(url) as service:
        return [
            _receiving(service, token),
            _scanning(service, token),
            _story(service, token, numbers, captured_reads(url, token, f"/blanks/{numbers['M']}")),
        ]


def _fill(url: str, prefix: str, packs: int) -> str:
    """Packs that passed several hands each; answers a number in the middle of them."""
    base = 1_000_000 if packs == FEW_PACKS else 2_000_000
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        facts = {"packs": packs, "hands": HANDS, "event": base, "base": base, "prefix": prefix}
        facts["series"] = connection.execute(sa.text(_SERIES), facts).scalar_one()
        for statement in (_ACCOUNTS, _MOVEMENTS, _INTERVALS):
            connection.execute(sa.text(statement), facts)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()
    return f"{prefix}{packs * 250 + 7:09}"


def _timed(rounds: int, deed: Callable[[int], None]) -> float:
    found = []
    for number in range(rounds):
        began = time.perf_counter()
        deed(number)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def _receiving(service: Service, token: str) -> Row:
    def receive(number: int) -> None:
        packs = [[f"R{number}{n * PACK:09}", f"R{number}{n * PACK + PACK - 1:09}"] for n in range(PACKS)]
        body = {"store": STORE, "item": "blangko", "source": "ministry", "document_number": "SJ/1"}
        body |= {"received_on": "2026-01-05", "lots": [{"pack_size": PACK, "intervals": packs}]}
        send(service, token, "/receipts", body)

    seconds = _timed(ROUNDS, receive)
    what = f"receiving {PACKS * PACK:,} blanks as {PACKS} packs with intervals, one request"
    return Row(what, f"{seconds * 1000:.0f} ms", "", None, "under 1 s", seconds < 1)


def _scanning(service: Service, token: str) -> Row:
    names = [f"bench-{number}" for number in range(SCANNED * ROUNDS)]
    send(service, token, "/recordings", {"recordings": [person(number) for number in range(len(names))]})
    jobs = []
    for start in range(0, len(names), SCANNED):
        job = {"store": STORE, "recordings": names[start : start + SCANNED]}
        jobs.append(send(service, token, "/print-jobs", job)["id"])

    def scan(number: int) -> None:
        first = number * SCANNED
        lines = [
            # Every other blank of the packs: each scan cuts a pack.
            {"recording": names[first + n], "outcome": "printed", "number": f"R0{(first + n) * 2:09}"}
            for n in range(SCANNED)
        ]
        send(service, token, f"/print-jobs/{jobs[number]}/results", {"results": lines})

    seconds = _timed(ROUNDS, scan)
    return Row(
        f"scanning {SCANNED} single numbers to a job, one request", f"{seconds * 1000:.0f} ms", "", None, "one request",
        kept=True,
    )  # fmt: skip


def _story(service: Service, token: str, numbers: dict[str, str], plan: str) -> Row:
    pairs = [
        tuple(
            latency(service, lambda _, n=numbers[name]: message("GET", f"/blanks/{n}", token), TIMES) for name in "MF"
        )
        for _ in range(ROUNDS)
    ]
    many, few = (statistics.median(side) for side in zip(*pairs, strict=True))
    what = f"the story of one number of {HANDS} hands among {MANY_PACKS * PACK:,} blanks"
    beside = f"among {FEW_PACKS * PACK:,} {few * 1000:.1f} ms"
    ratio = statistics.median(a / b for a, b in pairs)
    return Row(what, f"{many * 1000:.1f} ms", beside, **at_most(ratio, 1.2), note=plan)
