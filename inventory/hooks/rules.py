"""What may be called, how a call is signed, when it is tried again, and when a shortfall is worth telling again.

An address is read strictly: what two programs could read differently (numbers in octal or hexadecimal, characters
outside ASCII, a user before the host) is refused, so that what was checked is what is called.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from inventory.errors import Conflict, RuleViolated
from inventory.planning.rules import Severity
from inventory.texts import Text

# A change that failed so often is set aside, so that those behind it are told.
MAX_TRIES = 12
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
# A shortfall is told again when it grew by a quarter, and by so many at least.
_STEP = 100
# A shortfall that nobody saw for so long is over: when it comes back, it is told as a new one.
FORGOTTEN_AFTER = timedelta(days=1)
_PORT = 443
_FIRST_FREE_PORT = 1024
_MIN_LABELS, _MAX_NAME = 2, 253
_PLAIN = re.compile(r"[!-~]+")
_ODD = frozenset('\\"<>^`{|}#')
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that mean this host or its neighbours, whatever a resolver says.
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "test", "invalid", "onion")
# Beyond what Python calls global: carrier NAT, translations that hide an IPv4 address, test and documentation networks.
_REFUSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
_GLOBAL_IPV6 = ip_network("2000::/3")


class Failure(StrEnum):
    """Why a call did not succeed; nothing of what was answered is kept but the status."""

    NAME_UNKNOWN = "name_unknown"
    ADDRESS_REFUSED = "address_refused"
    CONNECTION_FAILED = "connection_failed"
    TLS_FAILED = "tls_failed"
    TOO_SLOW = "too_slow"
    BROKEN_OFF = "broken_off"
    ANSWER_REFUSED = "answer_refused"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a word, not a secret


class TargetRefused(RuleViolated):
    """A webhook goes to an https address on the public internet, spelled in the ordinary way."""

    code = "webhook_target_refused"
    text = Text(
        "Alamat webhook ditolak: {why}.",
        "The address of the webhook is refused: {why}.",
    )


class TargetUnknown(RuleViolated):
    """No address is known for the host's name."""

    code = "webhook_target_unknown"
    text = Text(
        "Nama host webhook tidak ditemukan di DNS; periksa ejaannya, atau ulangi nanti.",
        "The name of the webhook's host was not found in the DNS; check its spelling, or try again later.",
    )


class ReplayAhead(Conflict):
    """A replay starts at what was told already; leaping ahead would leave changes out."""

    code = "replay_ahead"
    text = Text(
        "Webhook ini baru diberi tahu sampai posisi {cursor}; pengulangan mulai di sana atau sebelumnya.",
        "This webhook was told up to position {cursor}; a replay starts there or before.",
    )


class LetterTold(Conflict):
    """A dead letter that was told after all is not dead."""

    code = "dead_letter_told"
    text = Text("Perubahan {position} sudah tersampaikan.", "Change {position} was told after all.")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook goes: `host` is a name, or an address as it is; `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_address(self) -> bool:
        """Whether the host is a number and no name."""
        return ":" in self.host or self.host.rpartition(".")[2].isdigit()

    @property
    def header(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": _PORT, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


def target_of(url: str, *, local: bool = False) -> Target:
    """Where this address goes; raises `TargetRefused`. `local` also takes http and this host's own names and ports."""
    if not _PLAIN.fullmatch(url) or _ODD & set(url):
        raise _refused("hanya karakter ASCII biasa, tanpa fragmen", "plain ASCII characters only, without a fragment")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("bukan alamat", "it is no address") from error
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise _refused("harus https://", "it must begin with https://")
    if "@" in parts.netloc:
        raise _refused("tidak boleh memuat nama pengguna atau sandi", "it may not hold a user or password")
    host = _host_of(parts)
    if not local and _is_local_name(host):
        raise _refused("host itu lokal", "that host is a local one")
    port = port if port is not None else _PORT if parts.scheme == "https" else 80
    if not local and port != _PORT and port < _FIRST_FREE_PORT:
        raise _refused("port harus 443 atau 1024 ke atas", "the port must be 443, or 1024 and above")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(parts.scheme, host, port, path)
    if found.is_address and not local:
        check_address(host)
    return found


def _refused(indonesian: str, english: str) -> TargetRefused:
    return TargetRefused(pointer="/url", why=Text(indonesian, english))


def _host_of(parts: SplitResult) -> str:
    host, authority = parts.hostname or "", parts.netloc
    if authority.startswith("["):
        try:
            address = IPv6Address(host)
        except ValueError as error:
            raise _refused("alamat IPv6 salah", "its IPv6 address is wrong") from error
        if address.scope_id is not None:
            raise _refused("alamat IPv6 tanpa zona", "an IPv6 address has no zone here")
        return address.compressed
    name = host.removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):  # whatever ends in a number is an IPv4 address, in one spelling only
        try:
            return str(IPv4Address(name))
        except ValueError as error:
            raise _refused("alamat IPv4 harus a.b.c.d desimal", "an IPv4 address must be a.b.c.d in decimal") from error
    if len(name) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("nama host salah", "the name of its host is wrong")
    return name


def _is_local_name(host: str) -> bool:
    if ":" in host or host.rpartition(".")[2].isdigit():
        return False
    named = any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES)
    return named or host.count(".") + 1 < _MIN_LABELS


def check_address(text: str) -> None:
    """Raise `TargetRefused` unless this is an address of the public internet."""
    if not is_public(text):
        raise _refused("host itu bukan alamat internet publik", "that host is no address of the public internet")


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet: not private, local, multicast, reserved or translated."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_IPV6:
        return False  # mapped, translated (NAT64), local, multicast and unassigned ones
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address.version == network.version and address in network for network in _REFUSED)


def signature(secret: str, at: int, body: bytes) -> str:
    """What the header Blangko-Signature says of a body sent at an instant (seconds since 1970)."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def wait_after(failures: int, spread: float) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time, a little more or less by `spread`.

    `spread` from 0 to 1 keeps those that failed together from coming back together.
    """
    doubled: timedelta = _FIRST_WAIT * (1 << min(failures - 1, 20))
    return min(doubled, _LONGEST_WAIT) * (0.75 + spread / 2)


def is_worse(told: tuple[Severity, int], now: tuple[Severity, int]) -> bool:
    """Whether a shortfall (how pressing, how many) grew so much that it is told again."""
    order = list(Severity)
    if order.index(now[0]) != order.index(told[0]):
        return order.index(now[0]) < order.index(told[0])
    return now[1] >= told[1] + max(_STEP, told[1] // 4)
