"""The whole country's books: 553 offices, a year of ten million entries, and what else a year leaves behind.

The demo is loaded first, through its commands; the year is filled in behind it. Every office does the same thing over
and over: a small receipt, nine cards printed, the nine handed over, one blank spoiled. So every balance can be said
without adding up, and the books stay exact, but for the goods of transfers: those have balances and no entries.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

import migrations
from benchmarks import year
from benchmarks.year import account_row, start_behind
from inventory import clock, demo, setup
from inventory.database import db, insert_many, table_of, transaction
from inventory.offices.models import Office
from inventory.offices.rules import main_store_of
from inventory.reports import commands as reports
from inventory.reports.models import Flow, FlowProgress
from inventory.reports.rules import Grain
from inventory.seals import commands as seals
from inventory.seals.models import Seal, SealProgress
from inventory.stock.models import Account, Entry, Movement, Receipt
from inventory.stock.rules import AccountKey, Condition, MovementKind, Place

DAYS = 365
CYCLE = 20
BATCH = 10
_ENDS = (Place.SUPPLIED, Place.ISSUED)
_HELPERS = sa.MetaData()
_STEPS = sa.Table(
    "bench_steps",
    _HELPERS,
    sa.Column("k", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(24)),
    sa.Column("posted_at", sa.DateTime(timezone=True)),
    sa.Column("occurred_on", sa.Date),
)
_LEGS = sa.Table(
    "bench_legs",
    _HELPERS,
    *[sa.Column(name, sa.Integer) for name in ("k", "leg", "role", "times", "more", "after_times", "after_more")],
)
_OWN = sa.Table(
    "bench_accounts",
    _HELPERS,
    sa.Column("role", sa.Integer, primary_key=True),
    sa.Column("at", sa.Integer, primary_key=True),
    sa.Column("office", sa.String(40)),
    sa.Column("store", sa.String(40)),
    *[sa.Column(name, sa.BigInteger) for name in ("account_id", "before", "opening")],
)
_FLOW_DAYS = sa.Table(
    "bench_flows",
    _HELPERS,
    sa.Column("grain", sa.String(24)),
    sa.Column("starts_on", sa.Date),
    *[sa.Column(name, sa.String(24)) for name in ("kind", "place", "condition")],
    *[sa.Column(name, sa.Integer) for name in ("spoil_class", "openings", "came", "went")],
)


def fill(app: Flask, ledger: Path, entries: int) -> int:
    """Fill an empty database; answers how many entries were added."""
    with app.app_context():
        migrations.upgrade(db.engine)
        setup.fill()
        demo.load()
        offices = _offices()
        year.sessions(offices)
        seals.seal(ledger)
        reports.roll()
        added = _ledger(offices, entries)
        year.fill(offices)
        # As the sealer leaves the books every five seconds.
        seals.seal(ledger)
        reports.roll()
        db.session.remove()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # As they are served: PostgreSQL keeps its statistics by itself, SQLite has none.
            sqlite = connection.dialect.name == "sqlite"
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else "VACUUM ANALYZE"))
        return added


def _offices() -> list[str]:
    found = list(db.session.scalars(sa.select(Office.code).order_by(Office.code)))
    db.session.rollback()
    return found


def _ledger(offices: list[str], entries: int) -> int:
    """Everything of the ledger's own tables, its seals and its sums; their indexes are made afterwards."""
    cycles = max(1, round(entries / (2 * CYCLE * len(offices))))
    steps = 1 + CYCLE * cycles
    tables = [table_of(model) for model in (Account, Movement, Entry, Receipt, Flow)]
    indexes = [index for table in tables for index in table.indexes]
    with transaction() as session:
        base = session.scalar(sa.select(sa.func.max(Movement.id))) or 0
        sealed = session.scalar(sa.select(sa.func.max(Seal.position))) or 0
        connection = session.connection()
        _HELPERS.create_all(connection)
        for index in indexes:
            index.drop(connection)
        _accounts(offices, cycles)
        rows = list(itertools.islice(_steps(), steps))
        today = clock.now()
        times = [today - timedelta(days=DAYS) * (1 - k / steps) for k in range(steps)]
        kinds = [kind for kind, _ in rows]
        insert_many(session, _STEPS, [
            {"k": k, "kind": kind, "posted_at": when, "occurred_on": when.date()}
            for k, (kind, when) in enumerate(zip(kinds, times, strict=True))
        ])  # fmt: skip
        insert_many(session, _LEGS, [
            dict(zip(_LEGS.columns.keys(), (k, number, *leg), strict=True))
            for k, (_, legs) in enumerate(rows) for number, leg in enumerate(legs)
        ])  # fmt: skip
        # The last of them is sealed and added up by the service's own commands.
        insert_many(session, _FLOW_DAYS, list(_sums(rows[:-1], [when.date() for when in times[:-1]])))
        if connection.dialect.name == "postgresql":
            for helper in _HELPERS.sorted_tables:
                connection.execute(sa.text(f"ANALYZE {helper.name}"))
        facts = {
            "base": base + 1,
            "entry": (session.scalar(sa.select(sa.func.max(Entry.id))) or 0) + 1,
            "offices": len(offices),
            "sealed": sealed - base,
            "last": base + (steps - 1) * len(offices),
        }
        for statement in _statements(facts, connection.dialect.name):
            connection.execute(statement)
        start_behind(Movement, Entry)
        for index in indexes:
            index.create(connection)
        _HELPERS.drop_all(connection)
    return 2 * steps * len(offices)


_SUPPLIED, _BLANK, _PRINTED, _ISSUED, _SPOILED = range(5)
_KEYS: dict[int, tuple[Place, Condition, int]] = {
    _SUPPLIED: (Place.SUPPLIED, Condition.BLANK, 0),
    _BLANK: (Place.STORE, Condition.BLANK, 0),
    _PRINTED: (Place.STORE, Condition.PRINTED, 0),
    _ISSUED: (Place.ISSUED, Condition.PRINTED, 0),
    _SPOILED: (Place.STORE, Condition.SPOILED, 1),
}
Leg = tuple[int, int, int, int, int]
_FROM_TO = {
    MovementKind.RECEIPT: (_SUPPLIED, _BLANK, BATCH),
    MovementKind.PRINTING: (_BLANK, _PRINTED, 1),
    MovementKind.ISSUE: (_PRINTED, _ISSUED, 1),
    MovementKind.SPOILAGE: (_BLANK, _SPOILED, 1),
}


def _steps() -> Iterator[tuple[MovementKind, list[Leg]]]:
    """What an office does: each movement with its two legs as (role, openings, more, openings after, more after)."""
    after = dict.fromkeys(_KEYS, 0)
    yield (
        MovementKind.RECEIPT,
        [(_SUPPLIED, -1, 0, -1, 0), (_BLANK, 1, 0, 1, 0)],
    )
    owed = {_SUPPLIED: -1, _BLANK: 1}
    half = (CYCLE - 2) // 2
    cycle = [MovementKind.RECEIPT, *[MovementKind.PRINTING] * half, *[MovementKind.ISSUE] * half, MovementKind.SPOILAGE]
    for kind in itertools.cycle(cycle):
        source, target, quantity = _FROM_TO[kind]
        after[source] -= quantity
        after[target] += quantity
        yield (
            kind,
            [
                (source, 0, -quantity, owed.get(source, 0), after[source]),
                (target, 0, quantity, owed.get(target, 0), after[target]),
            ],
        )


def _accounts(offices: list[str], cycles: int) -> None:
    """The five accounts of each office: those that the demo opened go on from where it left them."""
    session = db.session()
    there = session.execute(sa.select(Account.word, Account.id, Account.balance))
    known = {row.word: (row.id, row.balance) for row in there}
    next_id = itertools.count((session.scalar(sa.select(sa.func.max(Account.id))) or 0) + 1)
    made, used = [], []
    end = {_SUPPLIED: -BATCH * cycles, _BLANK: 0, _PRINTED: 0, _ISSUED: (CYCLE - 2) // 2 * cycles, _SPOILED: cycles}
    for at, office in enumerate(offices):
        opening = 30 + at * at * 7 % 3_000
        for role, (place, condition, document) in _KEYS.items():
            key = AccountKey(main_store_of(office), place, document, "blangko", condition, office, 0)
            old, before = known.get(key.word, (None, 0))
            account_id = old or next(next_id)
            balance = before + end[role] + opening * {_SUPPLIED: -1, _BLANK: 1}.get(role, 0)
            if old:
                session.execute(sa.update(Account).where(Account.id == old).values(balance=balance))
            else:
                made.append(account_row(key, office, balance, account_id))
            used.append({
                "role": role, "at": at, "office": office, "store": key.store, "account_id": account_id,
                "before": before, "opening": opening,
            })  # fmt: skip
    insert_many(session, table_of(Account), made)
    insert_many(session, _OWN, used)
    start_behind(Account)


def _sums(rows: list[tuple[MovementKind, list[Leg]]], days: list[date]) -> Iterator[dict[str, Any]]:
    """What one office moved, by the columns of `daily_flows`: how many openings came in, and how much besides."""
    told: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (kind, legs), day in zip(rows, days, strict=True):
        for role, times, more, *_ in legs:
            place, condition, document = _KEYS[role]
            for grain in Grain:
                if grain.held and place in _ENDS:
                    continue
                spoil_class = document if condition is Condition.SPOILED else 0
                sort = ("", place, condition, 0) if grain.held else (kind, place, condition, spoil_class)
                sums = told[grain, _first(grain, day), *sort]
                sums[0] += abs(times)
                sums[1] += max(0, more)
                sums[2] += max(0, -more)
    names = [column.name for column in _FLOW_DAYS.columns]
    for key, sums in told.items():
        yield dict(zip(names, (*key, *sums), strict=True))


def _first(grain: Grain, day: date) -> date:
    return day if grain.unit == "day" else day.replace(day=1, **({"month": 1} if grain.unit == "year" else {}))


def _statements(facts: dict[str, int], dialect: str) -> Iterator[Any]:
    """The big ones: each makes the rows of all offices at once."""
    nothing = "zeroblob(32)" if dialect == "sqlite" else "decode(repeat('00', 32), 'hex')"
    for text in _SQL:
        used = {name: value for name, value in facts.items() if f":{name}" in text}
        yield sa.text(text.format(nothing=nothing)).bindparams(**used)
    last = facts["last"]
    yield sa.delete(table_of(SealProgress))
    yield sa.insert(table_of(SealProgress)).values(id=1, floor_id=last, seen_id=last, seen_at=clock.now())
    yield sa.update(table_of(FlowProgress)).values(position=facts["sealed"] + last)


_SQL = (
    """
    INSERT INTO movements (id, kind, posted_at, occurred_on, user_id, office_code, store_code, reason, document_number)
    SELECT :base + s.k * :offices + o.at, s.kind, s.posted_at, s.occurred_on, 1, o.office, o.store, '',
           CASE s.kind WHEN 'receipt' THEN 'SJ/' || s.k ELSE '' END
    FROM bench_steps s JOIN bench_accounts o ON o.role = 0 ORDER BY s.k, o.at
    """,
    """
    INSERT INTO entries (id, movement_id, account_id, quantity, balance_after)
    SELECT :entry + (l.k * :offices + o.at) * 2 + l.leg, :base + l.k * :offices + o.at, o.account_id,
           l.times * o.opening + l.more, o.before + l.after_times * o.opening + l.after_more
    FROM bench_legs l CROSS JOIN bench_accounts o WHERE o.role = l.role
    """,
    """
    INSERT INTO receipts (id, office_code, store_code, item_code, condition, quantity, paper_quantity, source,
                          document_number, received_on)
    SELECT :base + s.k * :offices + o.at, o.office, o.store, 'blangko', 'blank', l.times * o.opening + l.more,
           l.times * o.opening + l.more, 'ministry', 'SJ/' || s.k, s.occurred_on
    FROM bench_steps s JOIN bench_legs l ON l.k = s.k AND l.role = 1 JOIN bench_accounts o ON o.role = 1
    WHERE s.kind = 'receipt' ORDER BY s.k, o.at
    """,
    """
    INSERT INTO seals (position, movement_id, previous, hash, sealed_at)
    SELECT :sealed + id, id, {nothing}, {nothing}, posted_at FROM movements WHERE id BETWEEN :base AND :last
    """,
    """
    INSERT INTO daily_flows (office_code, "grain", starts_on, item_code, kind, place, condition, spoil_class, own, came,
                             went)
    SELECT o.office, f."grain", f.starts_on, 'blangko', f.kind, f.place, f.condition, f.spoil_class, false,
           f.came + CASE WHEN f.place = 'store' THEN f.openings * o.opening ELSE 0 END,
           f.went + CASE WHEN f.place = 'supplied' THEN f.openings * o.opening ELSE 0 END
    FROM bench_flows f JOIN bench_accounts o ON o.role = 0
    WHERE true
    ON CONFLICT (office_code, "grain", starts_on, item_code, kind, place, condition, spoil_class, own)
    DO UPDATE SET came = daily_flows.came + excluded.came, went = daily_flows.went + excluded.went
    """,
    "DELETE FROM province_flows",
    """
    INSERT INTO province_flows (province_code, "grain", starts_on, item_code, kind, place, condition, spoil_class, own,
                                came, went)
    SELECT substr(office_code, 1, 2), "grain", starts_on, item_code, kind, place, condition, spoil_class, own,
           SUM(came), SUM(went)
    FROM daily_flows
    GROUP BY substr(office_code, 1, 2), "grain", starts_on, item_code, kind, place, condition, spoil_class, own
    """,
)
