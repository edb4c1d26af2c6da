"""Reports stay exact while others post, seal and add up, and whoever adds up is killed."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from inventory.database import current
from inventory.reports import commands, flows
from inventory.reports.commands import roll
from inventory.reports.daily import report
from inventory.reports.models import Flow, FlowProgress
from inventory.reports.rules import Grain
from inventory.seals.commands import seal
from inventory.stock import commands as stock
from inventory.stock.numbers import Amount
from tests.builders import actor
from tests.concurrency.processes import posters
from tests.concurrency.racing import race
from tests.concurrency.test_seals import sealer
from tests.ledger_story import STORE, arrival


@pytest.fixture
def clerk(context):
    return actor("clerk", "15.03")


def told(office="15"):
    """What the totals say, checked against the rows on the way."""
    found = report(actor("inspector", "0"), office, Grain.DAY, None)
    current().rollback()
    [total] = [row for row in found.stock_totals if (row["item"], row["condition"]) == ("blangko", "blank")]
    mine = [row for row in found.stock if (row["item"], row["condition"]) == ("blangko", "blank")]
    assert total["closing"] == sum(row["closing"] for row in mine)
    assert total["closing"] == total["opening"] + total["spoiled"]
    return total["closing"]


def exact():
    assert list(flows.differences()) == []
    current().rollback()


def test_several_who_add_up_at_once_add_each_movement_once(database, context, clerk, monkeypatch):
    monkeypatch.setattr(commands, "_BATCH", 3)
    for _ in range(30):
        stock.receive(clerk, arrival("blangko", Amount(1)))
    seal(database.ledger_dir)

    def work(_number):
        with context.app_context():
            return roll()

    assert sum(race(3, work)) == 30
    assert told() == 30
    exact()


def test_every_report_is_of_one_moment_while_others_post_seal_and_add_up(database, context, clerk, monkeypatch):
    monkeypatch.setattr(commands, "_BATCH", 5)
    stock.receive(clerk, arrival("blangko", Amount(1_000)))
    done = threading.Event()

    def background():
        with context.app_context():
            while not done.is_set():
                seal(database.ledger_dir)
                roll()
                time.sleep(0.02)  # SQLite has one writer at a time

    thread = threading.Thread(target=background)
    with posters(database.url, (STORE, "a", "spoil", 1, 60), (STORE, "b", "spoil", 1, 60)) as posting:
        thread.start()
        try:
            seen = []
            while any(process.poll() is None for process in posting):
                seen.append(told())
            for process in posting:
                process.communicate(timeout=60)
        finally:
            done.set()
            thread.join(60)
    assert seen == sorted(seen, reverse=True)  # never more than a moment before: nothing missed, nothing twice
    assert told() == 880
    seal(database.ledger_dir)
    roll()
    assert told() == 880
    exact()


def test_whoever_adds_up_and_is_killed_leaves_the_sums_as_far_as_they_went(database, clerk):
    for _ in range(40):
        stock.receive(clerk, arrival("blangko", Amount(1)))
    running = sealer(database, "--every", 1)
    end = time.monotonic() + 60
    while not current().scalar(sa.select(sa.func.count()).select_from(Flow)) and time.monotonic() < end:
        current().rollback()
        stock.receive(clerk, arrival("blangko", Amount(1)))
        time.sleep(0.05)
    running.kill()
    running.communicate(timeout=30)
    position = current().scalar(sa.select(FlowProgress.position))
    received = current().scalar(sa.text("SELECT COUNT(*) FROM movements"))
    current().rollback()
    assert position is not None
    assert told() == received
    exact()
    seal(database.ledger_dir)
    roll()
    assert told() == received
    exact()
