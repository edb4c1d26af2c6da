"""Print results of 500 lines: lines per second over HTTP, beside pgbench running the very same statements."""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from benchmarks.service import Row, Service, at_least, blangko, message, pgbench, request, served
from tests.builders import settings_for

LINES = 500
JOBS = 12
ROUNDS = 3
_PEOPLE = 4_000


def on_postgresql(url: str, copy: Callable[[str, str], str]) -> list[Row]:
    """Every round works on copies of one prepared database: one over HTTP, one captured and replayed by pgbench."""
    token, jobs = _prepare(url)
    pairs = []
    for number in range(ROUNDS):
        with served(copy(url, f"results_http_{number}")) as service:
            ours = LINES / statistics.median([_post(service, token, job) for job in jobs])
        script = _captured(copy(url, f"results_capture_{number}"), token, jobs)
        bare = LINES * JOBS * pgbench(copy(url, f"results_bare_{number}"), script, "-c", "1", "-t", "1")
        pairs.append((ours, bare))
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    what = f"print results over HTTP, {LINES} a request: lines a second"
    return [Row(what, f"{mine:,.0f}", f"pgbench {other:,.0f}", **at_least(ratio, 0.25))]


def _prepare(url: str) -> tuple[str, list[int]]:
    """An office with blanks, and jobs of 500 print-ready recordings each."""
    blangko(url, "init")
    token = blangko(url, "token", "create", "--role", "admin", "--office", "15.03")
    with served(url) as service:
        stock = {"store": "15.03-UTAMA", "item": "blangko", "quantity": LINES * JOBS * 2, "source": "ministry"}
        stock |= {"document_number": "SJ/1", "received_on": "2026-01-05"}
        send(service, token, "/receipts", stock)
        for start in range(0, LINES * JOBS, _PEOPLE):
            people = [person(number) for number in range(start, min(start + _PEOPLE, LINES * JOBS))]
            send(service, token, "/recordings", {"recordings": people})
        jobs = []
        for job in range(JOBS):
            names = [f"bench-{number}" for number in range(job * LINES, (job + 1) * LINES)]
            jobs.append(send(service, token, "/print-jobs", {"store": "15.03-UTAMA", "recordings": names})["id"])
    return token, jobs


def person(number: int) -> dict[str, Any]:
    """The body of a print-ready recording."""
    return {
        "client_id": f"bench-{number}",
        "nik": f"150304010190{number:04d}",
        "reason": "first_card",
        "status": "prr",
        "office": "15.03",
        "recorded_at": "2026-01-05T08:00:00+07:00",
    }


def _results(job: int, first: int) -> tuple[str, dict[str, Any]]:
    start = (job - first) * LINES
    lines = [{"recording": f"bench-{number}", "outcome": "printed"} for number in range(start, start + LINES)]
    return f"/print-jobs/{job}/results", {"results": lines}


def send(service: Service, token: str, path: str, body: dict[str, Any]) -> Any:
    """POST a body; answers the JSON."""
    answer = request(service.port, message("POST", path, token, json.dumps(body), f"bench{path}{time.monotonic_ns()}"))
    head, _, text = answer.partition(b"\r\n\r\n")
    if head[9:12] not in (b"200", b"201"):
        raise RuntimeError(f"{path}: {answer!r}")
    return json.loads(text)


def _post(service: Service, token: str, job: int) -> float:
    path, body = _results(job, 1)
    began = time.perf_counter()
    send(service, token, path, body)
    return time.perf_counter() - began


def _captured(url: str, token: str, jobs: list[int]) -> str:
    """The statements that the same requests run, as a script with their values written out."""
    from api.app import create_app
    from inventory.database import db

    app = create_app(settings_for(url, keyring=_keyring()))
    with app.app_context():
        engine = db.engine
    with _listening(engine, url) as script:
        client = app.test_client()
        for job in jobs:
            path, body = _results(job, 1)
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"capture-{job}"}
            answer = client.post(f"/api/v1{path}", json=body, headers=headers)
            if answer.status_code not in (200, 201):
                raise RuntimeError(answer.get_data(as_text=True))
    engine.dispose()
    return "\n".join(script)


def captured_reads(url: str, token: str, path: str) -> str:
    """The plans, as PostgreSQL carries them out, of the look-ups that one GET makes."""
    from api.app import create_app
    from inventory.database import db

    app = create_app(settings_for(url, keyring=_keyring()))
    with app.app_context():
        engine = db.engine
    with _listening(engine, url) as script:
        answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 200:
            raise RuntimeError(answer.get_data(as_text=True))
    plans = []
    with engine.connect() as connection:
        for statement in script:
            if "intervals" in statement:
                explain = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + statement.replace("%", "%%")
                plans.append("\n".join(connection.exec_driver_sql(explain).scalars()))
    engine.dispose()
    return "\n\n".join(plans)


def _keyring() -> Any:
    from inventory.keys import Keyring, derive

    secret = "a secret for benchmarks only"  # noqa: S105 - the served copies use the same
    return Keyring({0: derive(secret, "encryption")}, derive(secret, "index"), derive(secret, "signing"))


@contextlib.contextmanager
def _listening(engine: sa.Engine, url: str) -> Iterator[list[str]]:
    script: list[str] = []
    address = sa.make_url(url)
    with psycopg.connect(host=address.host, port=address.port, user=address.username, dbname=address.database) as own:
        writer = psycopg.ClientCursor(own)

        def executed(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:  # noqa: FBT001
            script.extend(writer.mogrify(statement, values) + ";" for values in (parameters if many else [parameters]))

        listeners: list[tuple[str, Callable[..., None]]] = [
            ("before_cursor_execute", executed),
            ("begin", lambda _c: script.append("BEGIN;")),
            ("commit", lambda _c: script.append("COMMIT;")),
            ("rollback", lambda _c: script.append("ROLLBACK;")),
        ]
        for name, listener in listeners:
            event.listen(engine, name, listener)
        try:
            yield script
        finally:
            for name, listener in listeners:
                event.remove(engine, name, listener)
