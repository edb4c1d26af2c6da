"""Memory of a worker after work, and the time from a clean clone to a served page."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks import postings
from benchmarks.service import Row, load, served, wait_for
from tests.postgres import free_port

WORKER_MEGABYTES = 120
START_SECONDS = 60


def of_a_worker(url: str) -> list[Row]:
    """The largest resident set of a worker that has posted for a while."""
    token = postings.prepare(url)
    with served(url) as service:
        load(service, postings.make(token), 4.0)
        largest = max(_resident(pid) for pid in service.workers())
    return [
        Row("memory of a worker, resident", f"{largest:.0f} MB", "", None, f"under {WORKER_MEGABYTES} MB",
            largest < WORKER_MEGABYTES)
    ]  # fmt: skip


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def of_a_start() -> list[Row]:
    """`git clone`, then `make run` until the first page is served, with the packages cached."""
    folder, port = Path(tempfile.mkdtemp(prefix="blangko-clone-")), free_port()
    here = Path(__file__).parent.parent
    own = ("BLANGKO_", "VIRTUAL_ENV", "PYTHONPATH")  # the clone runs its own code in its own environment
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    began = time.monotonic()
    try:
        subprocess.run(["git", "clone", "-q", str(here), str(folder / "clone")], check=True)
        process = subprocess.Popen(
            ["make", "run"],
            cwd=folder / "clone",
            env=env | {"BLANGKO_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(port, 300)
            seconds = time.monotonic() - began
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Row("clean clone to a served page", f"{seconds:.0f} s", "", None, f"under {START_SECONDS} s",
            seconds < START_SECONDS)
    ]  # fmt: skip
