"""The canonical form of a sealed movement and the chain over it; `tools/verify_ledger.py` says the same by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from inventory.errors import Conflict
from inventory.texts import Text

FORMAT = "blangko-ledger"
VERSION = 1
# What the first seal calls the hash before it.
GENESIS = bytes(32)
# No transaction lives so long: what was not committed by then never will be.
LATEST = timedelta(hours=1)
# Heads are dated by the ministry's own day.
TIME_ZONE = "Asia/Jakarta"
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class ChainBroken(Conflict):
    """What a signed head says was sealed is not in the database any more: sealing on would cover it up."""

    code = "chain_broken"
    text = Text(
        "Rantai segel tidak cocok dengan segel bertanda tangan {day} (posisi {position}): jalankan"
        " blangko ledger verify; penyegelan dihentikan.",
        "The chain of seals does not fit the signed head of {day} (position {position}): run blangko ledger verify;"
        " nothing more is sealed.",
    )


class LedgerKeyMissing(Conflict):
    """Heads were signed in this folder, and the key that signed them is gone."""

    code = "ledger_key_missing"
    text = Text(
        "Kunci segel tidak ada di {folder}, padahal di sana ada segel yang ditandatangani; kembalikan kuncinya.",
        "The sealing key is not in {folder}, where there are signed heads; put it back.",
    )


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain on one day, signed; hash and signature are written in hexadecimal."""

    day: str
    position: int
    hash: str
    signature: str = ""

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        return canonical({"day": self.day, "hash": self.hash, "position": self.position})


def canonical(value: Any) -> bytes:
    """The one way to write a value: JSON in UTF-8, keys in order, no spaces."""
    return _ENCODE(value).encode()


def instant(at: datetime) -> str:
    """An instant in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def record(position: int, previous: bytes, sealed_at: datetime, content: Mapping[str, Any]) -> dict[str, Any]:
    """All that the hash of a seal is over."""
    return {**content, "position": position, "previous": previous.hex(), "sealed_at": instant(sealed_at)}


def digest(sealed: Mapping[str, Any]) -> bytes:
    """The hash of a record."""
    return hashlib.sha256(canonical(sealed)).digest()
