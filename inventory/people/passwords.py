"""Keeping passwords: argon2id hashes, and the list of those that everybody guesses first."""

from __future__ import annotations

import gzip
import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from inventory.people import rules

_HASHER = PasswordHasher()
_LIST = Path(__file__).parent / "common_passwords.txt.gz"


def check(password: str, login: str, office: str, pointer: str = "/password") -> None:
    """Raise `PasswordRefused` unless a user may choose this password."""
    rules.check_password(_plain(password), login, office, common(), pointer)


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(_plain(password))


def _plain(password: str) -> str:
    """A password as every keyboard types it: letters with marks in one form, no spaces around."""
    return unicodedata.normalize("NFC", password).strip()


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept; as slow where none was, so that nobody learns which names exist."""
    stand_in = _stand_in()
    try:
        _HASHER.verify(kept or stand_in, _plain(password[: rules.LONGEST * 2]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _stand_in() -> str:
    return _HASHER.hash("nobody's")


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """What is guessed first, in small letters: whole passwords, and words that digits and marks are put around."""
    return frozenset(gzip.decompress(_LIST.read_bytes()).decode().split("\n"))
