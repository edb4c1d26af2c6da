"""The folder outside the database: the key, and the signed head of each day, which no cut of the chain can sign."""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from inventory.seals.rules import Head, LedgerKeyMissing

KEY_FILE = "ledger_key.pem"
PUBLIC_FILE = "ledger_key.pub"
_HEAD_FILE = re.compile(r"\d{4}-\d\d-\d\d\.json")
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one ledger."""

    path: Path

    @property
    def heads_path(self) -> Path:
        """Where the heads are, a file a day."""
        return self.path / "heads"

    def key(self) -> Ed25519PrivateKey:
        """The key that signs; made once, readable by its owner only. Raises `LedgerKeyMissing`."""
        file = self.path / KEY_FILE
        if not file.exists():
            if any(self.heads_path.glob("*.json")):
                raise LedgerKeyMissing(folder=str(self.path))
            self._make_key(file)
        loaded = serialization.load_pem_private_key(file.read_bytes(), None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise LedgerKeyMissing(folder=str(self.path))
        if not (self.path / PUBLIC_FILE).exists():
            text = base64.b64encode(loaded.public_key().public_bytes(*_RAW)).decode()
            with written(self.path / PUBLIC_FILE) as public:
                public.write(f"{text}\n")
        return loaded

    def _make_key(self, file: Path) -> None:
        self.heads_path.mkdir(parents=True, exist_ok=True)
        private = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        made = Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, *private)
        handle, name = tempfile.mkstemp(dir=self.path)  # with mode 600
        try:
            with os.fdopen(handle, "wb") as new:
                new.write(made)
                _settle(new)
            with suppress(FileExistsError):  # another sealer was first: its key it is
                os.link(name, file)
        finally:
            Path(name).unlink()

    def public_key(self) -> str:
        """The public key in base64; nothing where there is none."""
        try:
            return (self.path / PUBLIC_FILE).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def files(self) -> list[Path]:
        """The files of heads, the oldest first."""
        return sorted(file for file in self.heads_path.glob("*.json") if _HEAD_FILE.fullmatch(file.name))

    def forget_heads(self) -> None:
        """Throw the signed heads of a ledger away that is itself thrown away; the key stays."""
        for file in self.files():
            file.unlink()

    def newest(self) -> Head | None:
        """The head of the newest day; raises `ValueError` when its file says something else."""
        files = self.files()
        return read(files[-1]) if files else None

    def sign(self, key: Ed25519PrivateKey, head: Head) -> None:
        """Write the head of its day, whole or not at all."""
        signed = replace(head, signature=key.sign(head.signed).hex())
        self.heads_path.mkdir(parents=True, exist_ok=True)
        with written(self.heads_path / f"{head.day}.json") as file:
            file.write(json.dumps(asdict(signed), indent=1, sort_keys=True) + "\n")


def read(file: Path) -> Head:
    """The head in a file; raises `ValueError` when there is none."""
    said = json.loads(file.read_text(encoding="utf-8"))
    shape = {"day": str, "position": int, "hash": str, "signature": str}
    if not isinstance(said, dict) or {name: type(value) for name, value in said.items()} != shape:
        raise ValueError(f"{file.name} is no head")
    return Head(**said)


def is_signed_by(public_key: str, head: Head) -> bool:
    """Whether the head carries the signature of this key."""
    try:
        raw = base64.b64decode(public_key, validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(bytes.fromhex(head.signature), head.signed)
    except (InvalidSignature, ValueError):
        return False
    return True


@contextmanager
def written(file: Path) -> Iterator[IO[str]]:
    """A text file that takes its place when it is whole, and never otherwise."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as new:
            yield new
            _settle(new)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink()
        raise


def _settle(file: IO[str] | IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
