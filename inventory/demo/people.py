"""Who acts in the scenarios, and made-up people to record: no NIK here belongs to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory.access import Actor, Role
from inventory.database import current
from inventory.people.accounts import create_user
from inventory.people.commands import system_actor, user_at
from inventory.people.models import SignIn

JAKARTA = ZoneInfo("Asia/Jakarta")
# Everybody may know it: the sign-in page of a demo shows it.
PASSWORD = "blangko untuk semua"  # noqa: S105 - it protects nothing


def at(text: str) -> datetime:
    """An instant of western Indonesia, "2019-04-04 08:00"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=JAKARTA)


def made_up_nik(region: str, number: int) -> str:
    """A NIK of the right shape: six digits of the region, a birth date around 2000 (day + 40 for women), four more."""
    day, month, year = number % 28 + 1 + number % 2 * 40, number // 28 % 12 + 1, number // 336 % 4
    return f"{region.replace('.', '')[:6]:0<6}{day:02}{month:02}{year:02}{number % 10_000:04}"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody to try the console as; the name belongs to nobody."""

    login: str
    name: str
    role: Role
    office: str
    place: str


USERS = (
    DemoUser("siti", "Siti Rahmawati", Role.CLERK, "15.03", "Dinas Dukcapil Kabupaten Sarolangun"),
    DemoUser("budi", "Budi Santoso", Role.COORDINATOR, "15", "Dinas Dukcapil Jambi"),
    DemoUser("dewi", "Dewi Lestari", Role.PRINTER, "15.03", "Dinas Dukcapil Kabupaten Sarolangun"),
    DemoUser("agus", "Agus Pratama", Role.FIELD, "15.03", "Dinas Dukcapil Kabupaten Sarolangun"),
    DemoUser("ratna", "Ratna Wulandari", Role.INSPECTOR, "0", "Ditjen Dukcapil"),
    DemoUser("hasan", "Hasan Basri", Role.ADMIN, "0", "Ditjen Dukcapil"),
)


def add_users() -> None:
    """Make those of the demo users who are not there yet."""
    there = set(current().scalars(sa.select(SignIn.login)))
    for user in USERS:
        if user.login not in there:
            create_user(system_actor(), user.name, user.role, user.office, user.login, PASSWORD)


def somebody(role: Role, office: str) -> Actor:
    """Who of the demo users has this role at an office, so that deeds have a person's name; else its standing user."""
    login = next((user.login for user in USERS if (user.role, user.office) == (role, office)), None)
    found = current().scalar(sa.select(SignIn.user_id).where(SignIn.login == login)) if login else None
    return Actor(found or user_at(role, office), role, office)
