"""The second factor: six digits of an authenticator app (RFC 6238), each accepted once."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

from inventory.people.rules import STEP_SECONDS

ISSUER = "Blangko"
_DIGITS = 6
# A phone's clock may be one step early or late.
_WINDOW = (0, -1, 1)


def new_secret() -> str:
    """A secret that an app and the service share."""
    return pyotp.random_base32()


def address(secret: str, login: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, last: int | None) -> int | None:
    """Which step of time a code belongs to; None when it is wrong, or not behind the `last` step that was used."""
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdecimal():
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    for step in (present + shift for shift in _WINDOW):
        if hmac.compare_digest(app.generate_otp(step), digits) and (last is None or step > last):
            return step
    return None
