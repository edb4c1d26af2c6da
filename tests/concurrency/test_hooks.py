"""Real numberers, senders and readers at once; changes that are committed late; a sender that is killed."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inventory import clock, outbox
from inventory.database import current, transaction
from inventory.errors import Busy
from inventory.hooks import commands, delivery, queries
from inventory.hooks.models import Webhook
from inventory.hooks.queries import Wish
from inventory.hooks.sending import Reach
from inventory.keys import derive
from inventory.offices.queries import store_facts
from inventory.outbox import Change, ChangeKind
from inventory.people import commands as people
from inventory.seals.commands import seal
from inventory.stock import ledger, rules
from inventory.stock.ledger import Fact
from inventory.stock.rules import Leg, MovementKind, Place
from tests.builders import SECRET, actor
from tests.receiver import receiving

ROOT = Path(__file__).parent.parent.parent
LOCAL = Reach(local=True)
BLANGKO = [sys.executable, "-c", "from api.cli import main; main()"]


def happen(session, clerk, item="blangko"):
    """A movement and the change that it is told by, in the caller's transaction."""
    store = store_facts("15.03-UTAMA")
    key = rules.in_store(store.code, item, store.office)
    books = ledger.lock(session, [key, key.at(Place.SUPPLIED)], {store.code: store.office})
    leg = Leg(key.at(Place.SUPPLIED), key, 1)
    posted = ledger.post(session, books, Fact(MovementKind.SURPLUS, clerk, store), [leg])
    outbox.tell(session, ChangeKind.CARD_PRINTED, store.office, movement_id=posted.id)
    return posted.id


def tell(number):
    """So many numbered changes of no movement."""
    with transaction() as session:
        for _ in range(number):
            outbox.tell(session, ChangeKind.CARD_PRINTED, "15.03")
    commands.number_changes()


def read(after=0):
    found = queries.look(Wish("15.03"), after, 500)
    current().rollback()
    return [one["movement"] for one in found.items], found.last


@contextmanager
def senders(url, number, seconds):
    """Senders in processes of their own, all let go at once."""
    with ExitStack() as stack:
        started = []
        for _ in range(number):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.concurrency.sender", url, str(seconds)],
                cwd=ROOT, env={"PATH": os.environ.get("PATH", "")}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True,
            )  # fmt: skip
            stack.enter_context(process)
            stack.callback(process.kill)
            started.append(process)
        for process in started:
            assert process.stdout.readline() == "ready\n"
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        yield started


def wait_until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


@pytest.fixture
def clerk(context):
    return actor("clerk", "15.03")


def test_a_change_that_is_committed_after_one_with_a_higher_id_is_missed_by_no_reader(database, context, clerk):
    """The reader asks behind what it saw last, as an integrator does, while the first transaction is still open."""
    held, release, slow_one = threading.Event(), threading.Event(), []

    def slow():
        with context.app_context(), transaction() as session:
            slow_one.append(happen(session, clerk))
            held.set()
            assert release.wait(30)

    thread = threading.Thread(target=slow)
    thread.start()
    quick = []
    try:
        assert held.wait(30)
        if database.sqlite:  # one writer at a time: no id is given before the lower ones are committed
            connection = current().connection().connection.dbapi_connection
            connection.execute("PRAGMA busy_timeout=200")
            with pytest.raises(Busy), transaction() as session:
                happen(session, clerk, "ribbon")
            connection.execute("PRAGMA busy_timeout=15000")
        else:
            with transaction() as session:
                quick.append(happen(session, clerk, "ribbon"))
            assert quick[0] > slow_one[0]
            seal(database.ledger_dir)
            commands.number_changes()
        seen, last = read()
        assert seen == quick
    finally:
        release.set()
        thread.join(30)
    seal(database.ledger_dir)
    commands.number_changes()
    more, last = read(last)
    assert seen + more == quick + slow_one
    ids = current().scalars(sa.select(Change.id).order_by(Change.position)).all()
    assert ids == (sorted(ids) if database.sqlite else sorted(ids, reverse=True))
    assert last == len(ids)


def test_a_change_waits_for_the_seal_of_its_movement_and_others_go_by(database, clerk):
    with transaction() as session:
        happen(session, clerk)
        outbox.tell(session, ChangeKind.SHORTFALL_RAISED, "15.03")
    assert commands.number_changes() == 1
    assert read()[0] == [None]
    seal(database.ledger_dir)
    assert commands.number_changes() == 1
    assert len(read()[0]) == 2


def working(app, failed, what):
    """A thread with a session of its own; what went wrong in it is told."""

    def run():
        try:
            with app.app_context():
                what()
        except BaseException as error:
            failed.append(error)
            raise

    return threading.Thread(target=run)


def test_many_numberers_and_a_reader_at_once_neither_miss_nor_double_a_change(database, context, clerk):
    """Writers, a sealer and three numberers work at once while a reader goes from position to position."""
    done, failed = threading.Event(), []

    def write(item):
        for _ in range(20):
            with transaction() as session:
                happen(session, clerk, item)

    def again(what):
        while not done.is_set():
            with suppress(Busy):
                what()
            current().rollback()
            time.sleep(0.005)

    writers = [working(context, failed, lambda item=item: write(item)) for item in ("blangko", "ribbon", "film")]
    others = [working(context, failed, lambda: again(lambda: seal(database.ledger_dir)))]
    others += [working(context, failed, lambda: again(commands.number_changes)) for _ in range(3)]
    seen, last = [], 0
    for thread in [*writers, *others]:
        thread.start()
    try:
        end = time.monotonic() + 60
        while len(seen) < 60 and time.monotonic() < end and not failed:
            found, last = read(last)
            seen += found
            time.sleep(0.005)
    finally:
        done.set()
        for thread in [*writers, *others]:
            thread.join(60)
    assert failed == []
    assert len(seen) == len(set(seen)) == 60
    query = sa.select(Change.movement_id, Change.position).order_by(Change.position)
    rows = current().execute(query).all()
    assert [row.position for row in rows] == list(range(1, 61))
    assert [row.movement_id for row in rows] == seen


def test_two_senders_at_once_tell_each_webhook_in_order_and_never_side_by_side(database, clerk):
    with receiving() as one, receiving() as two:
        for there in (one, two):
            commands.add_webhook(people.system_actor(), "15.03", there.url, reach=LOCAL)
        tell(60)
        with senders(database.url, 2, 3) as running:
            taken = [int(process.communicate(timeout=60)[0]) for process in running]
        assert sum(taken) == 120
        for there in (one, two):
            assert there.positions == list(range(1, 61))
            assert there.most_at_once == 1


def test_a_sender_that_is_killed_before_it_noted_a_call_loses_nothing(database, clerk):
    with receiving() as there:
        hook, _ = commands.add_webhook(people.system_actor(), "15.03", there.url, reach=LOCAL)
        tell(10)
        for _ in range(2):
            there.hold.clear()
            known = len(there.got)
            with senders(database.url, 1, 60) as (running,):
                wait_until(lambda known=known: len(there.got) > known)  # it came, and no answer went back
                if known == 0:
                    with there.lock:
                        there.answers = [204] * 3
                running.kill()
                running.communicate(timeout=30)
            there.hold.set()
            current().rollback()
            with clock.telling(clock.now() + timedelta(seconds=61)):  # the minute that the killed one held it
                if known:
                    while delivery.due():
                        delivery.send_to(hook, LOCAL)
                else:
                    with transaction() as session:
                        session.execute(sa.text("UPDATE webhooks SET held_by = NULL, held_until = NULL"))
        counted = Counter(there.positions)
        assert sorted(counted) == list(range(1, 11))
        assert counted[1] == 3
        firsts = list(dict.fromkeys(there.positions))
        assert firsts == sorted(firsts)


def blangko(database, *words, **named):
    key = base64.b64encode(derive(SECRET, "encryption")).decode()
    usual = {"DATABASE_URL": database.url, "SECRET_KEY": SECRET, "LEDGER_DIR": str(database.ledger_dir)}
    named = {**usual, "ENCRYPTION_KEYS": f"1:{key}", **named}
    env = {"PATH": os.environ.get("PATH", ""), **{f"BLANGKO_{name}": value for name, value in named.items()}}
    return subprocess.Popen(
        [*BLANGKO, *words], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_command_sends_once_or_goes_on_until_it_is_told_to_end(database, clerk):
    """To this very host it will not go: it says so in the webhook."""
    with receiving() as there:
        hook, _ = commands.add_webhook(people.system_actor(), "15.03", there.url, reach=LOCAL)
        tell(1)
        with blangko(database, "webhooks", "send") as once:
            told, failed = once.communicate(timeout=60)
        assert (once.returncode, told) == (0, "changes sent: 0\n"), failed
        found = queries.get_webhook(people.system_actor(), hook)
        assert (found.failures, found.last_error) == (1, "address_refused")
        current().rollback()
        with transaction() as session:
            session.execute(sa.text("UPDATE webhooks SET next_try_at = NULL, last_error = NULL"))
        with blangko(database, "webhooks", "send", "--every", "1") as running:

            def tried():
                current().rollback()
                return current().scalar(sa.text("SELECT failures FROM webhooks")) == 2

            wait_until(tried)
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0
            assert running.stdout.read() == ""
            assert "Traceback" not in running.stderr.read()
        assert there.got == []


def test_a_secret_that_cannot_be_read_stops_its_own_webhook_only(database, clerk):
    hooks = [
        commands.add_webhook(people.system_actor(), "15.03", "http://127.0.0.1:9/", reach=LOCAL)[0] for _ in range(2)
    ]
    tell(1)
    with transaction() as session:
        session.execute(sa.update(Webhook).where(Webhook.id == hooks[0]).values(secret_secret=b"\x07" * 40))
    with blangko(database, "webhooks", "send") as once:
        assert once.communicate(timeout=60)[0] == "changes sent: 0\n"
    rows = current().execute(sa.select(Webhook.id, Webhook.failures, Webhook.last_error)).all()
    assert {tuple(row) for row in rows} == {(hooks[0], 1, "secret_unreadable"), (hooks[1], 1, "address_refused")}


def test_sealing_by_command_numbers_what_was_sealed(database, clerk):
    with transaction() as session:
        happen(session, clerk)
    with blangko(database, "ledger", "seal") as sealing:
        assert sealing.communicate(timeout=60)[0].splitlines()[-1] == "movements sealed: 1"
    assert len(read()[0]) == 1
