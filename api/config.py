"""The settings: read once, checked at once, frozen. Nothing else reads the environment."""

from __future__ import annotations

import base64
import os
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from inventory import keys
from inventory.access import Role
from inventory.keys import Keyring

# Where the project lies: the database of `make run` is found from whichever folder `blangko` is called.
HOME = Path(__file__).parent.parent
_MIN_SECRET = 16
_KEY_BYTES = 32
_MAX_KEY_ID = 255


class SettingWrong(Exception):
    """A setting is missing or wrong: the start stops with this one line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the environment may decide."""

    database_url: str
    host: str
    port: int
    workers: int
    max_body_bytes: int
    trusted_proxies: int
    public_url: str
    log_json: bool
    failed_tokens_per_minute: int
    document_checks_per_minute: int
    ledger_dir: Path
    seal_every: int
    send_every: int
    https: bool
    second_factor: frozenset[Role]
    keyring: Keyring

    @property
    def check_url(self) -> str:
        """Where strangers ask whether a paper is real, its check value behind; empty where no address is known."""
        return f"{self.public_url}/periksa/" if self.public_url else ""


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings out of `BLANGKO_*`; raises `SettingWrong` with one clear line."""
    env = os.environ if environment is None else environment
    unknown = sorted(name for name in env if name.startswith("BLANGKO_") and name not in _KNOWN)
    if unknown:
        raise SettingWrong(f"{unknown[0]} is not a setting; the settings are {', '.join(sorted(_KNOWN))}")
    return Settings(
        database_url=_database_url(env),
        host=env.get("BLANGKO_HOST", "127.0.0.1"),
        port=_number(env, "BLANGKO_PORT", 8000, 1, 65_535),
        workers=_number(env, "BLANGKO_WORKERS", (os.cpu_count() or 1) + 1, 1, 256),
        max_body_bytes=_number(env, "BLANGKO_MAX_BODY_BYTES", 8_000_000, 10_000, 1_000_000_000),
        trusted_proxies=_number(env, "BLANGKO_TRUSTED_PROXIES", 0, 0, 10),
        public_url=_public_url(env),
        log_json=_choice(env, "BLANGKO_LOG", "json", ("json", "text")) == "json",
        failed_tokens_per_minute=_number(env, "BLANGKO_FAILED_TOKENS_PER_MINUTE", 30, 1, 100_000),
        document_checks_per_minute=_number(env, "BLANGKO_DOCUMENT_CHECKS_PER_MINUTE", 30, 1, 100_000),
        ledger_dir=Path(env.get("BLANGKO_LEDGER_DIR", "") or HOME / "instance" / "ledger").absolute(),
        seal_every=_number(env, "BLANGKO_SEAL_EVERY", 5, 0, 3_600),
        send_every=_number(env, "BLANGKO_SEND_EVERY", 5, 0, 3_600),
        https=_choice(env, "BLANGKO_HTTPS", "off", ("on", "off")) == "on",
        second_factor=_roles(env, "BLANGKO_SECOND_FACTOR", "coordinator,admin"),
        keyring=_keyring(env),
    )


_KNOWN = frozenset(
    "BLANGKO_" + name
    for name in (
        "DATABASE_URL", "DATABASE_PASSWORD", "DATABASE_PASSWORD_FILE", "HOST", "PORT", "WORKERS", "MAX_BODY_BYTES",
        "TRUSTED_PROXIES", "PUBLIC_URL", "LOG", "FAILED_TOKENS_PER_MINUTE",
        "DOCUMENT_CHECKS_PER_MINUTE", "SECRET_KEY", "SECRET_KEY_FILE",
        "ENCRYPTION_KEYS", "ENCRYPTION_KEYS_FILE", "INDEX_KEY", "INDEX_KEY_FILE", "SIGNING_KEY", "SIGNING_KEY_FILE",
        "LEDGER_DIR", "SEAL_EVERY", "SEND_EVERY", "HTTPS", "SECOND_FACTOR",
    )
)  # fmt: skip


def _secret(env: Mapping[str, str], name: str) -> str:
    """A secret from the variable itself or from the file that `<name>_FILE` names."""
    file = env.get(f"{name}_FILE", "")
    if not file:
        return env.get(name, "")
    if env.get(name):
        raise SettingWrong(f"set {name} or {name}_FILE, not both")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingWrong(f"{name}_FILE: {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingWrong(f"{name}_FILE: {file} cannot be read: it is not text") from error


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "") or str(default)
    if not text.isascii() or not text.isdecimal() or not low <= int(text) <= high:
        raise SettingWrong(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _choice(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = env.get(name, "") or default
    if text not in allowed:
        raise SettingWrong(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
    return text


def _roles(env: Mapping[str, str], name: str, default: str) -> frozenset[Role]:
    text = env.get(name, "") or default
    named = frozenset() if text == "none" else frozenset(part.strip() for part in text.split(","))
    if wrong := sorted(named - set(Role)):
        raise SettingWrong(f"{name} must be none, or some of {', '.join(Role)} with commas between, not {wrong[0]!r}")
    return frozenset(Role(part) for part in named)


def _public_url(env: Mapping[str, str]) -> str:
    text = env.get("BLANGKO_PUBLIC_URL", "").rstrip("/")
    if text and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise SettingWrong(f"BLANGKO_PUBLIC_URL must be like https://blangko.example.go.id, not {text!r}")
    return text


def _database_url(env: Mapping[str, str]) -> str:
    text = env.get("BLANGKO_DATABASE_URL", "") or f"sqlite:///{HOME / 'instance' / 'blangko.db'}"
    try:
        url = sa.make_url(text)
    except ArgumentError as error:
        raise SettingWrong("BLANGKO_DATABASE_URL is not a database address") from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise SettingWrong(f"BLANGKO_DATABASE_URL must start with sqlite: or postgresql:, not {url.drivername}:")
    password = _secret(env, "BLANGKO_DATABASE_PASSWORD")
    if password:
        url = url.set(password=password)
    return url.render_as_string(hide_password=False)


def _keyring(env: Mapping[str, str]) -> Keyring:
    secret = _secret(env, "BLANGKO_SECRET_KEY")
    if len(secret) < _MIN_SECRET:
        raise SettingWrong(f"BLANGKO_SECRET_KEY must be set, with {_MIN_SECRET} characters or more")
    index = _secret(env, "BLANGKO_INDEX_KEY")
    signing = _secret(env, "BLANGKO_SIGNING_KEY")
    encryption = _secret(env, "BLANGKO_ENCRYPTION_KEYS")
    derived = [
        name
        for name, text in (("ENCRYPTION_KEYS", encryption), ("INDEX_KEY", index), ("SIGNING_KEY", signing))
        if not text
    ]
    if derived:
        names = ", ".join(f"BLANGKO_{name}" for name in derived)
        warnings.warn(f"{names} not set: derived from BLANGKO_SECRET_KEY, which must then never change", stacklevel=2)
    return Keyring(
        # The derived key still decrypts what it encrypted before there were others: until `blangko keys rotate`.
        encryption={0: keys.derive(secret, "encryption")} | (_numbered_keys(encryption) if encryption else {}),
        index=_key("BLANGKO_INDEX_KEY", index) if index else keys.derive(secret, "index"),
        digest=_key("BLANGKO_SIGNING_KEY", signing) if signing else keys.derive(secret, "signing"),
    )


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one, and so is text that is not ASCII
        key = b""
    if len(key) != _KEY_BYTES:
        raise SettingWrong(f"{name} must be {_KEY_BYTES} bytes in base64")
    return key


def _numbered_keys(text: str) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in text.split(","):
        number, _, key = part.partition(":")
        if not number.isdecimal() or not 0 < int(number) <= _MAX_KEY_ID or int(number) in found:
            raise SettingWrong(
                f"BLANGKO_ENCRYPTION_KEYS must be like 1:BASE64,2:BASE64 with numbers 1 to {_MAX_KEY_ID}"
            )
        found[int(number)] = _key("BLANGKO_ENCRYPTION_KEYS", key)
    return found
