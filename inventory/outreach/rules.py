"""What an event may do next, and which values make sense together."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What sort of outreach it is."""

    GOTONG_ROYONG = "gotong_royong"
    SCHOOL = "school"
    VILLAGE = "village"
    MOBILE_UNIT = "mobile_unit"
    HOME_VISITS = "home_visits"


class EventStatus(StrEnum):
    """How far an event has come; the last two are ends."""

    DRAFT = "draft"
    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class StopKind(StrEnum):
    """What sort of place a stop is at."""

    OFFICE = "office"
    VILLAGE_OFFICE = "village_office"
    SCHOOL = "school"
    HOME_VISITS = "home_visits"
    MOBILE_UNIT = "mobile_unit"
    PRISON = "prison"
    HOSPITAL = "hospital"
    MARKET = "market"
    OTHER = "other"


class PledgeStatus(StrEnum):
    """Where a pledge stands: earmarked in its store, brought to the kit, or let go."""

    PLEDGED = "pledged"
    BROUGHT = "brought"
    RELEASED = "released"
