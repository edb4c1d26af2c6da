"""What the forms of events ask where a person thinks otherwise than the API: whole days, percents, many stops."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma

from api import fields
from api.outreach.schemas import YEARS, EventChange, StartIn, day
from api.regions.schemas import region_code
from inventory.outreach.rules import EventKind, EventStatus, StopKind, StopPlan
from inventory.texts import Text

MOST_STOPS = 600


class Percent(fields.JsonFloat):
    """A share, typed as percent: 27 is 0.27."""

    def __init__(self, high: float, **kwargs: Any) -> None:
        told = Text(f"Harus 0 sampai {high:g} persen.", f"Must be from 0 to {high:g} percent.")
        super().__init__(validate=ma.validate.Range(0, high / 100, error=told), **kwargs)

    def _validated(self, value: Any) -> float:
        return round(float(super()._validated(value)) / 100, 6)


class ChangeForm(EventChange):
    """An event's plan as people edit it."""

    turnout_low = Percent(1000)
    turnout_likely = Percent(1000)
    turnout_high = Percent(1000)
    spoil_rate = Percent(99, allow_none=True)


class _At(fields.Strict):
    """What every stop needs: the hours, the kits, and how long a person takes."""

    kind = fields.Kind(StopKind, required=True)
    starts_at = fields.Clock(required=True)
    ends_at = fields.Clock(required=True)
    target_people = fields.quantity(low=0, required=True)
    kits = fields.JsonInt(required=True, validate=fields.between(0, 10_000))
    minutes_per_recording = fields.JsonFloat(required=True, validate=fields.between(0.1, 1440))


class StopForm(_At):
    """One stop on one day."""

    name = fields.Words(high=200, required=True)
    region = region_code(load_default=None, allow_none=True)
    on = day(required=True)

    @staticmethod
    def plan(body: dict[str, Any], zone: str) -> StopPlan:
        """The stop, on the clocks of its host."""
        on, region = body["on"], body["region"]
        return _stop(body, body["name"], region, on, body["target_people"], zone)


class StopsForm(_At):
    """The same stop in several regions on several days; the target is of all of them together."""

    regions = fields.Several(region_code(), high=MOST_STOPS, required=True)
    days = fields.Several(day(), high=60, required=True)

    @staticmethod
    def plans(body: dict[str, Any], names: dict[str, str], zone: str) -> list[StopPlan]:
        """The stops, the people shared out evenly: the first ones take what is left over."""
        days = sorted(set(body["days"]))
        places = [(on, region) for on in days for region in dict.fromkeys(body["regions"])]
        each, more = divmod(body["target_people"], len(places))
        found = []
        for count, (on, region) in enumerate(places):
            name = f"Kecamatan {names[region]}" if region.count(".") == 2 else names[region]  # noqa: PLR2004
            name += f", hari {days.index(on) + 1}" if len(days) > 1 else ""
            found.append(_stop(body, name, region, on, each + (count < more), zone))
        return found


def _stop(body: dict[str, Any], name: str, region: str | None, on: date, people: int, zone: str) -> StopPlan:
    return StopPlan(
        name=name,
        kind=body["kind"],
        starts_at=datetime.combine(on, body["starts_at"], ZoneInfo(zone)),
        ends_at=datetime.combine(on, body["ends_at"], ZoneInfo(zone)),
        target_people=people,
        kits=body["kits"],
        minutes_per_recording=body["minutes_per_recording"],
        region_code=region,
    )


class StartForm(StartIn):
    """The start, without the lines where nothing was counted; `early` says that it is meant before the first day."""

    early = fields.Flag(load_default=False)

    @ma.pre_load
    def _only_counted(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = body.get("arrived")
        if not isinstance(lines, list):
            return body
        said = [line for line in lines if not isinstance(line, dict) or set(line) - {"pledge", "reason"}]
        return body | {"arrived": said}


class LoginForm(fields.Strict):
    """Who is let in, by the name they sign in with."""

    login = fields.Words(high=80, required=True)


class EventsQuery(fields.Strict):
    """Which events, and which month the calendar shows."""

    tab = fields.Words(load_default="coming")
    month = fields.Words(load_default=None, data_key="bulan")
    kind = fields.Kind(EventKind, load_default=None)

    @ma.post_load
    def _month(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            month = date.fromisoformat(f"{query['month']}-01") if query["month"] else None
        except ValueError:
            month = None  # this month, then
        known = month is not None and YEARS[0] <= month.year <= YEARS[1]
        return query | {"month": month if known else None}


TABS: dict[str, tuple[EventStatus, ...]] = {
    "coming": (EventStatus.DRAFT, EventStatus.PLANNED),
    "running": (EventStatus.RUNNING,),
    "missed": (EventStatus.DRAFT, EventStatus.PLANNED),
    "past": (EventStatus.CLOSED, EventStatus.CANCELLED),
}
