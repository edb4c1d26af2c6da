"""Sealing beside posting at full rate: how many seconds the chain is behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import sqlalchemy as sa

from benchmarks.postings import make, prepare
from benchmarks.service import CONNECTIONS, Row, environment, load, served

SECONDS = 30.0
_BEHIND = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(posted_at)), 0) FROM movements m
WHERE m.id > (SELECT coalesce(max(movement_id), 0) - 5000 FROM seals)
  AND NOT EXISTS (SELECT 1 FROM seals s WHERE s.movement_id = m.id)
"""


def on_postgresql(url: str) -> list[Row]:
    """Postings over HTTP at 8 connections while one sealer runs; sampled twice a second."""
    token = prepare(url)
    engine = sa.create_engine(url)
    behind: list[float] = []
    done = threading.Event()

    def sample() -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not done.wait(0.5):
                behind.append(float(connection.execute(sa.text(_BEHIND)).scalar_one()))

    with tempfile.TemporaryDirectory() as folder, served(url) as service:
        settings = environment(url, service.port) | {"BLANGKO_LEDGER_DIR": folder}
        command = [str(Path(sys.executable).parent / "blangko"), "ledger", "seal", "--every", "1"]
        sealer = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        watcher = threading.Thread(target=sample)
        watcher.start()
        try:
            rate = load(service, make(token), SECONDS)
        finally:
            done.set()
            watcher.join()
            sealer.send_signal(signal.SIGTERM)
            sealer.wait(20)
    engine.dispose()
    worst = max(behind)
    what = f"sealing beside postings over HTTP, {CONNECTIONS} connections, {SECONDS:.0f} s: seconds behind at worst"
    return [Row(what, f"{worst:.1f} s", f"{rate:,.0f} postings a second", None, "under 30 s", worst < 30)]
