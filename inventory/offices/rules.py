"""What an office code says by itself, and which time zone a province keeps."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from inventory.errors import RuleViolated
from inventory.texts import Text

MINISTRY = "0"


class OfficeLevel(StrEnum):
    """Where an office stands; its code is its region's, and `0` for the ministry."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    REGENCY = "regency"


class StoreKind(StrEnum):
    """What sort of place holds the stock."""

    MAIN = "main"
    SERVICE_POINT = "service_point"
    PRINT_ROOM = "print_room"
    MOBILE_UNIT = "mobile_unit"
    EVENT_KIT = "event_kit"


class StoreCodeReserved(RuleViolated):
    """Main stores and event kits get their codes from their office and event, and nobody else may take them."""

    code = "store_code_reserved"
    text = Text(
        "Kode {store} khusus untuk gudang utama (...-UTAMA) atau gudang acara (...-ACARA-...); pilih kode lain.",
        "The code {store} is kept for main stores (...-UTAMA) or event kits (...-ACARA-...); choose another one.",
    )


_WIT = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})
_WITA = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
TIME_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def level_of(code: str) -> OfficeLevel:
    """The level of an office, read off its code."""
    if code == MINISTRY:
        return OfficeLevel.MINISTRY
    return OfficeLevel.REGENCY if "." in code else OfficeLevel.PROVINCE


def parent_of(code: str) -> str | None:
    """The code of the office above; None above the ministry."""
    if code == MINISTRY:
        return None
    return code.rpartition(".")[0] or MINISTRY


def superiors_of(code: str) -> list[str]:
    """The offices above, the next one first."""
    above = parent_of(code)
    return [] if above is None else [above, *superiors_of(above)]


def covers(root: str, office: str) -> bool:
    """Whether `office` is `root` or lies below it: office codes are region codes, so a prefix decides."""
    return root in (MINISTRY, office) or office.startswith(root + ".")


def time_zone_of(code: str) -> str:
    """The zone by province (Keppres 41/1987): WIB in the west, WITA in the middle, WIT in the east."""
    province = code[:2]
    if province in _WIT:
        return TIME_ZONES["WIT"]
    return TIME_ZONES["WITA" if province in _WITA else "WIB"]


def zone_name(time_zone: str) -> str:
    """WIB, WITA or WIT."""
    return next(short for short, name in TIME_ZONES.items() if name == time_zone)


def told_instant(instant: datetime, time_zone: str) -> str:
    """An instant as a sentence tells it in an office's time: 22-11-2026 09.51 WIB."""
    return f"{instant.astimezone(ZoneInfo(time_zone)):%d-%m-%Y %H.%M} {zone_name(time_zone)}"


def main_store_of(office: str) -> str:
    """The code of an office's main store."""
    return f"{office}-UTAMA"


def kit_of(office: str, event_id: int) -> str:
    """The code of the kit store of one event."""
    return f"{office}-ACARA-{event_id}"


def check_store_code(code: str) -> None:
    """Raise `StoreCodeReserved` for a code that only the service itself gives, in whatever case."""
    plain = code.upper()
    if plain.endswith("-UTAMA") or "-ACARA-" in plain:
        raise StoreCodeReserved(pointer="/code", store=code)
