"""What every benchmark needs: the service as it is served, a bounded load on it, and PostgreSQL's own pgbench."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.postgres import binaries, free_port

CONNECTIONS = 8
WORKERS = 3


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    figure: str
    baseline: str
    ratio: float | None
    floor: str
    kept: bool
    note: str = ""


def environment(url: str, port: int) -> dict[str, str]:
    """The settings of a benchmarked service."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("BLANGKO_")}
    return bare | {
        "BLANGKO_DATABASE_URL": url,
        "BLANGKO_PORT": str(port),
        "BLANGKO_SECRET_KEY": "a secret for benchmarks only",
        "BLANGKO_WORKERS": str(WORKERS),
        "BLANGKO_SEAL_EVERY": "0",  # measured by itself
    }


def blangko(url: str, *words: str, port: int = 8000) -> str:
    """Run the console script; answers what it printed."""
    command = [str(Path(sys.executable).parent / "blangko"), *words]
    done = subprocess.run(command, env=environment(url, port), capture_output=True, text=True, check=True)
    return done.stdout.strip()


@dataclass(frozen=True)
class Service:
    """A served Blangko."""

    url: str
    port: int
    pid: int

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(word) for word in children.split()]


@contextlib.contextmanager
def served(url: str) -> Iterator[Service]:
    """Serve `url`'s database with gunicorn, as `blangko serve` does."""
    port = free_port()
    log = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
    command = [str(Path(sys.executable).parent / "blangko"), "serve"]
    process = subprocess.Popen(command, env=environment(url, port), stdout=log, stderr=log)
    try:
        wait_for(port)
        yield Service(url, port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        log.close()


def wait_for(port: int, seconds: float = 60) -> None:
    """Wait until the service says that it is well."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if b" 200 " in request(port, b"GET /_status HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")[:20]:
                return
        time.sleep(0.05)
    raise RuntimeError("the service did not start")


def request(port: int, message: bytes) -> bytes:
    """Send one request over a connection of its own; answers all that came back."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(message)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def message(method: str, path: str, token: str, body: str = "", key: str = "") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} /api/v1{path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}", "Connection: close"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    if key:
        lines.append(f"Idempotency-Key: {key}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def load(service: Service, make: Callable[[int], bytes], seconds: float, connections: int = CONNECTIONS) -> float:
    """Keep `connections` busy for `seconds`; answers the successful requests per second."""
    counts, stop = [0] * connections, time.monotonic() + seconds
    wrong: list[bytes] = []

    def keep_busy(lane: int) -> None:
        number = lane
        while time.monotonic() < stop:
            answer = request(service.port, make(number))
            if answer[9:12] in (b"200", b"201"):
                counts[lane] += 1
            else:
                wrong.append(answer)
            number += connections

    threads = [threading.Thread(target=keep_busy, args=(lane,)) for lane in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{len(wrong)} requests failed, the first with {wrong[0]!r}")
    return sum(counts) / (time.monotonic() - began)


def latency(service: Service, make: Callable[[int], bytes], times: int) -> float:
    """The median seconds of `times` requests, one after the other."""
    found = []
    for number in range(times):
        began = time.perf_counter()
        answer = request(service.port, make(number))
        found.append(time.perf_counter() - began)
        if answer[9:12] not in (b"200", b"201"):
            raise RuntimeError(f"a request failed with {answer!r}")
    return statistics.median(found)


def pgbench(url: str, script: str, *flags: str) -> float:
    """Run a script with pgbench; answers its transactions per second."""
    address = sa.make_url(url)
    folder = Path(tempfile.mkdtemp(prefix="blangko-bench-"))
    try:
        (folder / "script.sql").write_text(script, encoding="utf-8")
        where = ["-h", "127.0.0.1", "-p", str(address.port), "-U", address.username or "", address.database or ""]
        command = [str(_pgbench()), "-n", "-f", str(folder / "script.sql"), *flags, *where]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        if done.returncode or not found or "aborted" in done.stderr:
            raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}")
        return float(found.group(1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pgbench() -> Path:
    beside = binaries() / "pgbench"
    return beside if beside.exists() else Path(shutil.which("pgbench") or "pgbench")


def paired(rounds: int, ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float, float]:
    """Both in turn, so that a slower machine slows both: the medians of ours, of bare, and of their ratio."""
    pairs = [(ours(), bare()) for _ in range(rounds)]
    return (
        statistics.median(mine for mine, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(mine / other for mine, other in pairs),
    )


def at_least(ratio: float, floor: float) -> dict[str, Any]:
    """The columns of a row whose ratio must not be lower."""
    return {"ratio": ratio, "floor": f"at least {floor}", "kept": ratio >= floor}


def at_most(ratio: float, ceiling: float) -> dict[str, Any]:
    """The columns of a row whose ratio must not be higher."""
    return {"ratio": ratio, "floor": f"at most {ceiling}", "kept": ratio <= ceiling}
