"""Who acts in the scenarios, and made-up people to record: no NIK here belongs to anybody."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from inventory.access import Actor, Role
from inventory.people.commands import user_at

JAKARTA = ZoneInfo("Asia/Jakarta")


def somebody(role: Role, office: str) -> Actor:
    """The standing user of a role at an office."""
    return Actor(user_at(role, office), role, office)


def at(text: str) -> datetime:
    """An instant of western Indonesia, "2019-04-04 08:00"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=JAKARTA)


def made_up_nik(region: str, number: int) -> str:
    """A NIK of the right shape: six digits of the region, a birth date around 2000 (day + 40 for women), four more."""
    day, month, year = number % 28 + 1 + number % 2 * 40, number // 28 % 12 + 1, number // 336 % 4
    return f"{region.replace('.', '')[:6]}{day:02}{month:02}{year:02}{number % 10_000:04}"
