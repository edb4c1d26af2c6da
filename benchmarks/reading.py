"""Reading stock must not add up the ledger: the same office behind ten thousand and behind a million entries."""

from __future__ import annotations

import statistics

import sqlalchemy as sa

from benchmarks.service import Row, at_most, blangko, latency, message, served

FEW, MANY = 10_000, 1_000_000
TIMES = 200
ROUNDS = 5
_MOVEMENTS = """
INSERT INTO movements (kind, posted_at, occurred_on, user_id, office_code, store_code, reason, document_number)
SELECT 'receipt', now(), current_date, 1, CAST(:office AS VARCHAR), CAST(:office AS VARCHAR) || '-UTAMA', 'ministry',
       'SJ/1'
FROM generate_series(1, :count)
"""
_ENTRIES = """
INSERT INTO entries (movement_id, account_id, quantity, balance_after)
SELECT m.id, a.id, CASE a.place WHEN 'supplied' THEN -1 ELSE 1 END,
       (CASE a.place WHEN 'supplied' THEN -1 ELSE 1 END) * row_number() OVER (PARTITION BY a.id ORDER BY m.id)
FROM movements m JOIN accounts a ON a.office_code = m.office_code WHERE m.office_code = CAST(:office AS VARCHAR)
"""
_ACCOUNTS = """
INSERT INTO accounts (store_code, office_code, place, document_id, item_code, condition, owner_code, event_id,
                      numbered, sign, balance)
SELECT o.code || '-UTAMA', o.code, p.place, 0, 'blangko', 'blank', o.code, 0, false, p.sign, p.sign * :count
FROM offices o, (VALUES ('store', 1), ('supplied', -1)) AS p (place, sign) WHERE o.code = :office
"""


def on_postgresql(url: str) -> list[Row]:
    """`GET /stock` of 35.09 with few entries behind it, and of 35.07 with many."""
    blangko(url, "init")
    token = blangko(url, "token", "create", "--role", "inspector", "--office", "35")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for office, entries in (("35.09", FEW), ("35.07", MANY)):
            facts = {"office": office, "count": entries // 2}
            for statement in (_MOVEMENTS, _ACCOUNTS, _ENTRIES):
                connection.execute(sa.text(statement), facts)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()
    with served(url) as service:
        pairs = [
            tuple(
                latency(service, lambda _, o=office: message("GET", f"/stock?office={o}", token), TIMES)
                for office in ("35.07", "35.09")
            )
            for _ in range(ROUNDS)
        ]
    many, few = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    what = f"GET /stock of an office with {MANY:,} entries behind it"
    return [Row(what, f"{many * 1000:.1f} ms", f"{FEW:,} entries {few * 1000:.1f} ms", **at_most(ratio, 1.1))]
