"""Calling an address: the name is looked up, every address behind it is checked, and one of those very ones is called.

Nothing here touches the database. No redirect is followed, and of an answer only the status is kept.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from types import TracebackType
from typing import Self

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.exceptions import SSLError as TlsError

from inventory.hooks import rules
from inventory.hooks.rules import Failure, Target, TargetRefused, TargetUnknown

# In seconds: a name, a connection, one piece of an answer, and a whole call.
_NAME, _CONNECT, _READ, _CALL = 3, 5, 10, 20
# So many addresses of one name are tried, and so much of an answer is read.
_ADDRESSES = 4
_ANSWER_BYTES = 1024


def resolve(name: str, port: int) -> list[str]:
    """The addresses of a name, as the resolver of this host knows them; raises `TargetUnknown`."""
    found: list[str] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            # The dot at the end keeps the resolver from trying this host's own domains.
            answers = socket.getaddrinfo(f"{name}.", port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    looking = threading.Thread(target=look_up, daemon=True)
    looking.start()
    looking.join(_NAME)
    if not found:
        raise TargetUnknown(pointer="/url")
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """Which addresses may be called: those of the public internet, over https. Tests call this host itself."""

    local: bool = False
    resolve: Callable[[str, int], Sequence[str]] = resolve

    def target(self, url: str) -> tuple[Target, list[str]]:
        """Where an address goes, and the IP addresses behind it; raises `TargetRefused` if any is not public."""
        target = rules.target_of(url, local=self.local)
        addresses = [target.host] if target.is_address else list(self.resolve(target.host, target.port))
        for address in addresses:
            if not self.local:
                rules.check_address(address)
        return target, addresses[:_ADDRESSES]


PUBLIC = Reach()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call; without a failure it was taken."""

    status: int | None = None
    failure: Failure | None = None


class Line:
    """A connection to one address, checked when it is opened and kept for the calls that follow at once."""

    def __init__(self, url: str, reach: Reach = PUBLIC) -> None:
        self._url, self._reach = url, reach
        self._open: tuple[Target, HTTPConnection] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def call(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body, once."""
        late = threading.Event()
        try:
            target, connection = self._open or self._opened(time.monotonic() + _CALL)
            watch = threading.Timer(_CALL, _break_off, (connection, late))
            watch.start()
            try:
                status = self._sent(target, connection, body, headers)
            finally:
                watch.cancel()
        except (TargetRefused, TargetUnknown, HTTPError, HTTPException, OSError) as error:
            self.hang_up()
            return Answer(failure=Failure.TOO_SLOW if late.is_set() else _failure_of(error))
        if not HTTPStatus(HTTPStatus.OK) <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Answer(status, Failure.ANSWER_REFUSED)
        return Answer(status)

    def _opened(self, end: float) -> tuple[Target, HTTPConnection]:
        target, addresses = self._reach.target(self._url)
        for number, address in enumerate(addresses, 1):
            connection = _connection_to(target, address)
            watch = threading.Timer(_READ, _break_off, (connection, threading.Event()))
            watch.start()
            try:
                connection.connect()
            except (NewConnectionError, ConnectTimeoutError):
                connection.close()
                if number == len(addresses) or time.monotonic() > end:
                    raise
            except BaseException:
                connection.close()
                raise
            else:
                self._open = target, connection
                return self._open
            finally:
                watch.cancel()
        raise TargetUnknown(pointer="/url")

    def _sent(self, target: Target, connection: HTTPConnection, body: bytes, headers: Mapping[str, str]) -> int:
        connection.timeout = _READ
        if connection.sock is not None:
            connection.sock.settimeout(_READ)
        told = {"Host": target.header, "User-Agent": "Blangko", "Content-Type": "application/json", **headers}
        connection.request("POST", target.path, body, told, preload_content=False, decode_content=False)
        answer = connection.getresponse()
        rest = answer.read(_ANSWER_BYTES)
        if len(rest) == _ANSWER_BYTES:  # the rest is not wanted
            self.hang_up()
        return answer.status


def _connection_to(target: Target, address: str) -> HTTPConnection:
    """A connection to this very address that speaks for the host's name."""
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=_CONNECT)
    return HTTPSConnection(
        address,
        target.port,
        timeout=_CONNECT,
        server_hostname=target.host,
        ssl_context=ssl.create_default_context(),
    )


def _break_off(connection: HTTPConnection, late: threading.Event) -> None:
    """End a call that drips on: whoever waits for the socket is told at once."""
    late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _failure_of(error: BaseException) -> Failure:
    kinds: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Failure], ...] = (
        (TargetRefused, Failure.ADDRESS_REFUSED),
        (TargetUnknown, Failure.NAME_UNKNOWN),
        (NewConnectionError, Failure.CONNECTION_FAILED),  # which urllib3 counts among those that took too long
        ((ConnectTimeoutError, ReadTimeoutError, TimeoutError), Failure.TOO_SLOW),
        ((TlsError, ssl.SSLError), Failure.TLS_FAILED),
    )
    return next((failure for kind, failure in kinds if isinstance(error, kind)), Failure.BROKEN_OFF)
