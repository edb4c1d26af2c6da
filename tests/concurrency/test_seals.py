"""Real sealers at once, and movements that are committed after those with a higher id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from inventory.database import current, transaction
from inventory.errors import Busy
from inventory.offices.queries import store_facts
from inventory.seals import queries
from inventory.seals.commands import seal
from inventory.seals.heads import Folder
from inventory.seals.models import Seal
from inventory.stock import commands, ledger, rules, verify
from inventory.stock.ledger import Fact
from inventory.stock.models import Movement
from inventory.stock.numbers import Amount
from inventory.stock.rules import Leg, MovementKind, Place
from tests.builders import SECRET, actor
from tests.concurrency.processes import posters
from tests.ledger_story import STORE, arrival

ROOT = Path(__file__).parent.parent.parent


def sealer(database, *words):
    """A process of its own that seals."""
    script = "from api.cli import main; main()"
    named = {"DATABASE_URL": database.url, "SECRET_KEY": SECRET, "LEDGER_DIR": str(database.ledger_dir)}
    line = [sys.executable, "-c", script, "ledger", "seal", *map(str, words)]
    return subprocess.Popen(
        line,
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), **{f"BLANGKO_{name}": value for name, value in named.items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sealed_ids():
    return current().scalars(sa.select(Seal.movement_id).order_by(Seal.position)).all()


def whole(folder):
    assert list(verify.differences()) == []
    assert list(queries.differences(folder)) == []
    current().rollback()


@pytest.fixture
def clerk(context):
    return actor("clerk", "15.03")


def test_three_sealers_at_once_make_one_chain_while_others_post(database, clerk):
    for _ in range(40):
        commands.receive(clerk, arrival("blangko", Amount(1)))
    with posters(database.url, (STORE, "a", "receive", 2, 15), (STORE, "b", "spoil", 1, 10)) as posting:
        sealers = [sealer(database) for _ in range(3)]
        told = [process.communicate(timeout=60) for process in sealers]
        for process in posting:
            process.communicate(timeout=60)
    assert [process.returncode for process in sealers] == [0] * 3, told
    made = sum(int(said.split()[-1]) for said, _ in told)
    assert 40 <= made == len(sealed_ids())
    assert made + seal(database.ledger_dir) == 65 == len(set(sealed_ids()))
    whole(database.ledger_dir)


def test_a_sealer_that_is_killed_leaves_a_whole_chain(database, clerk):
    for _ in range(20):
        commands.receive(clerk, arrival("blangko", Amount(1)))
    running = sealer(database, "--every", 1)
    end = time.monotonic() + 30
    while not (Folder(database.ledger_dir).files()) and time.monotonic() < end:
        time.sleep(0.02)
    commands.receive(clerk, arrival("blangko", Amount(1)))
    running.kill()
    running.communicate(timeout=30)
    seal(database.ledger_dir)
    assert len(sealed_ids()) == 21
    whole(database.ledger_dir)


def test_a_sealer_in_the_background_goes_on_until_it_is_told_to_end(database, clerk):
    with sealer(database, "--every", 1) as running:
        for number in range(1, 3):
            commands.receive(clerk, arrival("blangko", Amount(1)))
            end = time.monotonic() + 30
            while len(sealed_ids()) < number and time.monotonic() < end:
                current().rollback()
                time.sleep(0.05)
            assert len(sealed_ids()) == number
            current().rollback()
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
        assert running.stdout.read() == ""


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@contextmanager
def served(database):
    """The real server, with its sealer for a child: both hold the other end of one pipe for as long as they live."""
    port = free_port()
    named = {
        "DATABASE_URL": database.url, "SECRET_KEY": SECRET, "LEDGER_DIR": str(database.ledger_dir), "SEAL_EVERY": "1",
        "SEND_EVERY": "1", "PORT": str(port), "WORKERS": "1",
    }  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "serve"],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), **{f"BLANGKO_{name}": value for name, value in named.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until_it_answers(port)
        yield server
    finally:
        server.kill()
        server.wait(10)


def until_it_answers(port):
    """Those beside it begin at once; the server itself comes a moment later."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail("the server does not answer")


def until_sealed(number):
    end = time.monotonic() + 60
    while len(sealed_ids()) < number and time.monotonic() < end:
        current().rollback()
        time.sleep(0.05)
    assert len(sealed_ids()) == number
    current().rollback()


def test_the_server_seals_beside_itself_and_takes_its_sealer_along(database, clerk):
    with served(database) as server:
        for number in range(1, 3):
            commands.receive(clerk, arrival("blangko", Amount(1)))
            until_sealed(number)
        server.terminate()
        assert "Traceback" not in server.communicate(timeout=30)[1]
        assert server.returncode == 0
    commands.receive(clerk, arrival("blangko", Amount(1)))
    time.sleep(1.5)  # longer than a sealer that was left behind would wait
    assert len(sealed_ids()) == 2
    current().rollback()
    whole(database.ledger_dir)


def test_a_server_that_is_killed_leaves_nobody_behind(database, clerk):
    with served(database) as server:
        commands.receive(clerk, arrival("blangko", Amount(1)))
        until_sealed(1)
        server.kill()
        # Sealer and sender hold the other end of this pipe for as long as they live; gunicorn's worker, which looks for
        # its master twice in its own 60 seconds, does too.
        assert "Traceback" not in server.communicate(timeout=90)[1]


def test_a_movement_that_is_committed_after_one_with_a_higher_id_is_sealed_too(database, context, clerk):
    folder = database.ledger_dir
    held, release, answers = threading.Event(), threading.Event(), []

    def slow():
        with context.app_context(), transaction() as session:
            store = store_facts("15.03-UTAMA")
            key = rules.in_store(store.code, "blangko", store.office)
            books = ledger.lock(session, [key, key.at(Place.SUPPLIED)], {store.code: store.office})
            leg = Leg(key.at(Place.SUPPLIED), key, 5)
            answers.append(ledger.post(session, books, Fact(MovementKind.SURPLUS, clerk, store), [leg]).id)
            held.set()
            assert release.wait(30)

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        assert held.wait(30)
        if database.sqlite:  # one writer at a time: no id is given before the lower ones are committed
            connection = current().connection().connection.dbapi_connection
            connection.execute("PRAGMA busy_timeout=200")
            with pytest.raises(Busy):
                commands.receive(clerk, arrival("ribbon", Amount(1)))
            connection.execute("PRAGMA busy_timeout=15000")
            later = []
        else:
            later = [commands.receive(clerk, arrival("ribbon", Amount(1)))]
            assert later[0] > answers[0]
            assert seal(folder) == 1
        assert sealed_ids() == later
        current().rollback()
    finally:
        release.set()
        thread.join(30)
    assert seal(folder) == 1
    assert sealed_ids() == [*later, *answers]
    assert current().scalar(sa.select(sa.func.count()).select_from(Movement)) == len(later) + 1
    whole(folder)
