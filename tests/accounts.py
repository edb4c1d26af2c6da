"""Signing in by password and code, through the commands: for tests of sessions, invitations and second factors."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa

from inventory import clock, keys
from inventory.access import Actor, Role
from inventory.audit import AuditRow
from inventory.database import current
from inventory.people import accounts, commands, sign_in
from inventory.people.models import SignIn
from inventory.people.rules import SignInWrong

PASSWORD = "kuda benar baterai"
START = datetime(2026, 11, 22, 4, 44, 10, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Safari/537.36"


def made(login: str = "siti", role: str = "clerk", office: str = "15.03") -> Actor:
    """Somebody with the usual password (needs an application context)."""
    user_id = accounts.create_user(commands.system_actor(), login.title(), Role(role), office, login, PASSWORD)
    return Actor(user_id, Role(role), office)


def at(**later: float) -> AbstractContextManager[None]:
    """So much later than the beginning."""
    return clock.telling(START + timedelta(**later))


def enter(
    login: str = "siti", password: str = PASSWORD, agent: str = CHROME, required: frozenset[Role] = frozenset()
) -> str:
    """Sign in; answers the token of the session."""
    return sign_in.sign_in(login, password, agent, required)[0]


def fail(times: int, login: str = "siti") -> None:
    """Try a wrong password so many times."""
    for _ in range(times):
        with pytest.raises(SignInWrong):
            enter(login, "a wrong one")


def code_for(who: Actor, **later: float) -> str:
    """What the phone of somebody shows then."""
    secret = keys.decrypt(current().get(SignIn, who.user_id, populate_existing=True).totp_secret)
    return pyotp.TOTP(secret.partition(":")[2] or secret).at(START + timedelta(**later))


def set_up(who: Actor, **later: float) -> None:
    """Set up somebody's second factor."""
    with at(**later):
        accounts.begin_totp(who, 0)
        accounts.confirm_totp(who, code_for(who, **later), 0)


def done_by(who: Actor) -> list[str]:
    """What somebody did, as it is on record."""
    query = sa.select(AuditRow.action).where(AuditRow.user_id == who.user_id).order_by(AuditRow.id)
    return list(current().scalars(query))
