"""Starting posters: processes of the operating system that share nothing but the database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def posters(url: str, *arguments: tuple[object, ...]) -> Iterator[list[subprocess.Popen[str]]]:
    """One poster for each tuple of (store, name, verb, quantity, times), all ready, all let go at the same moment."""
    with ExitStack() as stack:
        started = []
        for words in arguments:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.concurrency.poster", url, *map(str, words)],
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", "")},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            started.append(process)
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        yield started
