"""Keys for personal data: encrypt (AES-GCM with a key id), find again (keyed index), and compare (keyed digests)."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The secrets of one running service.

    `encryption` maps key id (0 to 255) to a 32-byte key; the highest id encrypts, the others still decrypt.
    """

    encryption: dict[int, bytes]
    index: bytes
    digest: bytes


_ring: list[Keyring] = []


def install(ring: Keyring) -> None:
    """Use these keys from now on: called once at start by whoever read the settings."""
    _ring[:] = [ring]


def derive(secret: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose out of the service's secret (HKDF-SHA256)."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"blangko/{purpose}".encode()).derive(secret.encode())


def _installed() -> Keyring:
    if not _ring:
        raise RuntimeError("no keys installed: call inventory.keys.install() at start")
    return _ring[0]


def encrypt(text: str) -> bytes:
    """Key id, nonce and ciphertext of `text`."""
    keys = _installed().encryption
    key_id = max(keys)
    nonce = os.urandom(_NONCE_BYTES)
    return bytes([key_id]) + nonce + AESGCM(keys[key_id]).encrypt(nonce, text.encode(), None)


def decrypt(secret: bytes) -> str:
    """The text behind `encrypt`, "" behind what was purged (no bytes at all).

    Raises `KeyError` when its key is gone, `InvalidTag` when it was altered.
    """
    if not secret:
        return ""
    key = _installed().encryption[secret[0]]
    return AESGCM(key).decrypt(secret[1 : 1 + _NONCE_BYTES], secret[1 + _NONCE_BYTES :], None).decode()


def newest() -> int:
    """The id of the key that encrypts."""
    return max(_installed().encryption)


def held() -> frozenset[int]:
    """The ids of the keys that decrypt."""
    return frozenset(_installed().encryption)


def blind_index(text: str) -> bytes:
    """A keyed digest to look `text` up by, without being able to guess it from the database."""
    return hmac.digest(_installed().index, text.encode(), hashlib.sha256)


def body_digest(body: bytes) -> bytes:
    """A keyed digest of a request body: a plain hash of a body with a NIK in it can be guessed."""
    return hmac.digest(_installed().digest, body, hashlib.sha256)
