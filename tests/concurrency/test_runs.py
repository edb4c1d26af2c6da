"""The server is killed while it books a run, and two desks speak of one run at the same moment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException

import pytest

from tests import postgres
from tests.api.test_runs import start
from tests.builders import SECRET, receipt
from tests.concurrency.processes import ROOT
from tests.concurrency.racing import race
from tests.printing import STORE, job_of, recorded

CARDS, ROUNDS = 300, 6
# Seconds from the request to the kill: before, within and after what the server does with it.
MOMENTS = (0.02, 0.1, 0.3)


@contextlib.contextmanager
def server(database):
    """The real server, started as an administrator does, with a session of its own so that all of it can be killed."""
    port = postgres.free_port()
    named = {
        "DATABASE_URL": database.url, "SECRET_KEY": SECRET, "LEDGER_DIR": str(database.ledger_dir), "SEAL_EVERY": "0",
        "PORT": str(port), "WORKERS": "1",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "serve"],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), **{f"BLANGKO_{name}": value for name, value in named.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 90
        while not _answers(port):
            assert process.poll() is None, "the server does not start"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
        yield process, f"127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def _answers(port):
    try:
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/_status")
            return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False


def post(address, caller, path, body, key):
    """The status of one request to a real server, None where it died over it."""
    headers = {
        "Authorization": f"Bearer {caller.token}", "Idempotency-Key": key, "Content-Type": "application/json",
    }  # fmt: skip
    with contextlib.closing(HTTPConnection(address, timeout=60)) as connection:
        try:
            connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None


def prepared(calls, people):
    printer = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 2 * people))
    recorded(printer, *people_of(people))
    return printer


def people_of(people):
    return [f"p-{n}" for n in range(people)]


@pytest.mark.parametrize("by", ["results", "confirm"])
def test_a_server_killed_while_it_books_loses_and_doubles_nothing(calls, database, exact, by):
    printer = prepared(calls, CARDS * len(MOMENTS))
    told = []
    for number, moment in enumerate(MOMENTS):
        mine = people_of(CARDS * len(MOMENTS))[number * CARDS : (number + 1) * CARDS]
        job = job_of(printer, *mine)["id"]
        body = {"results": [{"recording": name, "outcome": "printed"} for name in mine]}
        if by == "confirm":
            body = {"run": start(printer, job)["id"], "counted": CARDS - 1, "not_printed": [mine[7]]}
        path, key = f"/print-jobs/{job}/{by}", f"killed-{number}"
        with server(database) as (process, address):
            killer = threading.Timer(moment, os.killpg, (process.pid, signal.SIGKILL))
            killer.start()
            told.append(post(address, printer, path, body, key))
            killer.join()
        # Whether it was booked or not: the same request with the same key ends in the same place.
        answer = printer.post(path, body, 200, key=key)
        assert printer.post(path, body, 200, key=key) == answer
        missing = 1 if by == "confirm" else 0
        shown = printer.get(f"/print-jobs/{job}")
        assert (shown["printed"], shown["spoiled"], shown["waiting"]) == (CARDS - missing, 0, missing)
        cards = printer.stock(STORE)
        assert cards["printed"] == (number + 1) * (CARDS - missing)
    assert None in told, "no request was cut off"


def test_of_two_desks_that_confirm_one_run_one_is_heard(calls, exact):
    printer = prepared(calls, 40)
    for number in range(ROUNDS):
        names = people_of(40)[number * 4 : number * 4 + 4]
        job = job_of(printer, *names)["id"]
        run = start(printer, job)["id"]

        def work(desk, job=job, run=run, names=names):
            body = {"run": run, "counted": 4 - desk % 2, "not_printed": names[: desk % 2]}
            return printer.send("POST", f"/print-jobs/{job}/confirm", body)

        answers = race(4, work)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
        assert {a.get_json()["code"] for a in answers if a.status_code == 409} == {"no_run_open"}


def test_of_several_starts_on_one_printer_one_begins(calls, exact):
    printer = prepared(calls, 40)
    for number in range(ROUNDS):
        names = people_of(40)[number * 4 : number * 4 + 4]
        jobs = [job_of(printer, name, printer=f"Fargo {number}")["id"] for name in names]
        answers = race(8, lambda n, jobs=jobs: printer.send("POST", f"/print-jobs/{jobs[n % 4]}/start", {}))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
        assert {a.get_json()["code"] for a in answers if a.status_code == 409} == {"run_unconfirmed"}


def test_a_session_that_closes_while_a_run_begins_or_ends_doubles_no_blank(calls, exact):
    printer, clerk, admin = prepared(calls, 2 * ROUNDS), calls("clerk", "15.03"), calls("admin", "15")
    two = [admin.post("/users", {"name": name, "role": "clerk", "office": "15.03"})["id"] for name in ("Sari", "Budi")]
    hand = {"store": STORE, "item": "blangko", "holder": printer.actor.user_id, "needed": 9, "counted_by": two}
    for number in range(ROUNDS):
        job = job_of(printer, *people_of(2 * ROUNDS)[number * 2 : number * 2 + 2])["id"]
        session = f"/custody/{clerk.post('/custody', {**hand, 'quantity': 2})['id']}"

        def work(desk, job=job, session=session):
            if desk:
                back = {"returned": 2, "counted_by": two}
                return clerk.send("POST", f"{session}/close", back)
            return printer.send("POST", f"/print-jobs/{job}/start", {})

        begun, closed = race(2, work)
        assert begun.status_code == 201
        run = begun.get_json()["id"]
        if closed.status_code == 409:
            assert closed.get_json()["code"] == "session_feeds_run"

        def ending(desk, job=job, run=run, session=session):
            if desk:
                return clerk.send("POST", f"{session}/close", {"returned": 0, "counted_by": two})
            return printer.send("POST", f"/print-jobs/{job}/confirm", {"run": run, "counted": 2})

        confirmed, again = race(2, ending)
        assert (confirmed.status_code, again.status_code) in {(200, 200), (200, 409)}
        shown = clerk.get(session)
        # Closed first, the run was fed from the store; begun first, from the hand, and the session closes after it.
        assert shown["printed"] == (0 if closed.status_code == 200 else 2)
        if shown["status"] == "open":
            shown = clerk.post(f"{session}/close", {"returned": 0, "counted_by": two}, 200)
        assert (shown["status"], shown["missing"]) == ("closed", 0)
    assert printer.stock(STORE)["printed"] == 2 * ROUNDS


def test_results_and_a_confirmation_at_once_book_each_card_once(calls, exact):
    printer = prepared(calls, 40)
    for number in range(ROUNDS):
        names = people_of(40)[number * 4 : number * 4 + 4]
        job = job_of(printer, *names)["id"]
        run = start(printer, job)["id"]
        results = {"results": [{"recording": names[0], "outcome": "printed"}]}

        def work(desk, job=job, run=run, results=results):
            if desk:
                return printer.send("POST", f"/print-jobs/{job}/confirm", {"run": run, "counted": 4})
            return printer.send("POST", f"/print-jobs/{job}/results", results)

        taken, confirmed = race(2, work)
        assert (taken.status_code, confirmed.status_code) in {(200, 422), (409, 200)}
        shown = printer.get(f"/print-jobs/{job}")
        assert shown["printed"] == (1 if taken.status_code == 200 else 4)


def test_two_desks_that_scan_one_blank_bind_it_once(calls, exact):
    printer, clerk = calls("printer", "15.03"), calls("clerk", "15.03")
    clerk.post("/receipts", {**receipt(STORE, 40), "lots": [{"intervals": [["A001", "A040"]]}]})
    recorded(printer, *people_of(2))
    runs = []
    for name in people_of(2):
        job = job_of(printer, name)["id"]
        runs.append((name, job, start(printer, job)["id"]))
    for number in range(1, ROUNDS + 1):

        def work(desk, number=number):
            name, job, run = runs[desk]
            line = {"recording": name, "stage": "taken", "number": f"A{number:03}"}
            return printer.send("POST", f"/print-jobs/{job}/stages", {"run": run, "lines": [line]})

        answers = race(2, work)
        if number == 1:
            assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
        assert "blank_bound" in {answer.get_json().get("code") for answer in answers}
