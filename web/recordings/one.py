"""One person recorded, typed at a stop on a phone: the event and the stop stay, the next person follows at once."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask import session

from inventory import clock
from inventory.access import Action
from inventory.outreach import tables
from inventory.outreach.queries import EventFilter
from inventory.outreach.rules import EventStatus
from inventory.paging import Slice
from inventory.planning import overview
from inventory.recordings import again, commands, queries
from inventory.recordings.rules import NewRecording, PrintReason, ReportedStatus, Spot
from inventory.texts import Text
from web import forms
from web.language import day, t, zone_of
from web.outreach.times import clock_on, hours
from web.pages import actor, done, once, see
from web.recordings import failures
from web.recordings.schemas import PersonIn, PlaceQuery
from web.recordings.views import pages

__all__ = ["pages"]
# What was recorded just now is known to this browser only: the ids of the last few, and how many they were today.
_KEPT, _LAST, _MOST = "rekam", 10, 100
_SPOT = Spot(1, "/recordings/0")
_WAITS = Text(
    "NIK ini sudah direkam pada {day} (nomor perekaman {number}), menunggu dicetak. Bila memang perlu kartu lagi, "
    "centang Rekam lagi.",
    "This NIK was recorded on {day} already (number {number}) and waits to be printed. If another card is needed, "
    "tick Record again.",
)
_SAVED = Text("{nik} tercatat dengan nomor {number}.", "{nik} is recorded as {number}.")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the team is: an event with its clocks and its stops, or none."""

    zone: str
    event: int | None = None
    host: str | None = None
    stops: Sequence[Any] = field(default=())
    stop: int | None = None

    @property
    def today(self) -> datetime:
        """When the day began here."""
        return datetime.combine(clock.business_day(self.zone), time(), ZoneInfo(self.zone))


@pages.shows("/cetak/perekaman/tambah", Action.RECORD, query=PlaceQuery)
def person(query: dict[str, Any]) -> Any:
    """One person after the other; the running event and the stop of this hour are chosen already."""
    running = tables.list_named(actor(), EventFilter(), [EventStatus.RUNNING], Slice(_MOST)).items
    place = _place(query, running)
    kept = _just_now(place)
    return see(
        "recordings/person.html",
        events=[*((each.id, each.name) for each in running), (0, t("tanpa acara", "no event"))] if running else [],
        place=place,
        stops=_stops(place),
        status=query["status"] or ReportedStatus.BIO_CAPTURED,
        statuses=list(ReportedStatus),
        reasons=list(PrintReason),
        failures=failures.choices(),
        now=clock_on(clock.now(), place.zone).strftime("%Y-%m-%dT%H:%M"),
        office=place.host or (actor().office if "." in actor().office else None),
        counted=queries.counted_since(place.event, place.stop, place.today) if place.event else None,
        mine=kept["count"],
        last=queries.get_recordings(kept["ids"]),
    )


def _place(query: dict[str, Any], running: Sequence[Any]) -> _Place:
    """The event asked for, else the only one that runs; and its stop asked for, else the one that is open now."""
    wanted = query["event"]
    if wanted is None and len(running) == 1:
        wanted = running[0].id
    if not wanted:
        return _Place(zone_of())
    seen = tables.event_seen(actor(), wanted)
    stops = overview.stops_of(wanted)
    ids = {stop.id for stop in stops}
    now = clock.now()
    fits = [stop.id for stop in stops if stop.starts_at <= now <= stop.ends_at]
    asked = query["stop"] if query["stop"] in ids else None
    # Where several are open at once, nobody but the team knows at which it stands.
    stop = asked or (fits[0] if len(fits) == 1 else stops[0].id if len(stops) == 1 else None)
    return _Place(seen.zone, seen.event.id, seen.event.host_office, stops, stop)


def _stops(place: _Place) -> list[tuple[int, str]]:
    """The stops of today, or all of them where today has none; the chosen one always."""
    today = place.today.date()
    here = [stop for stop in place.stops if clock_on(stop.starts_at, place.zone).date() == today]
    shown = here or place.stops[:_MOST]
    shown = [*shown, *(stop for stop in place.stops if stop.id == place.stop and stop not in shown)]
    return [(stop.id, f"{stop.name}, {_when(stop, place, today)}") for stop in shown]


def _when(stop: Any, place: _Place, today: Any) -> str:
    on = clock_on(stop.starts_at, place.zone).date()
    return hours(stop, place.zone) if on == today else f"{day(on)} {hours(stop, place.zone)}"


@pages.does("/cetak/perekaman/tambah", Action.RECORD, body=PersonIn, again=person)
def add_person(body: dict[str, Any]) -> Any:
    """Record this one, and be ready for the next."""
    [told] = body["recordings"]
    zone = tables.event_seen(actor(), told["event"]).zone if told["event"] else zone_of()
    told["recorded_at"] = told["recorded_at"].replace(tzinfo=ZoneInfo(zone))
    told["client_id"] = told["client_id"] or _number(told["recorded_at"])
    if not body["again"] and told["status"] is not ReportedStatus.FAILED:
        _ask_again(told, zone)
    batch = commands.record(actor(), [NewRecording(_SPOT, **told)], once=once())
    [made] = queries.get_recordings(batch.ids)
    place = _Place(zone, told["event"])
    kept = _just_now(place)
    if made["id"] not in kept["ids"]:
        ids = [made["id"], *kept["ids"]][:_LAST]
        session[_KEPT] = {"by": actor().user_id, "on": _today(place), "ids": ids, "count": kept["count"] + 1}
    here = {"event": told["event"] or 0, "stop": told["stop"], "status": told["status"].value}
    return done(".person", _SAVED.format(nik=made["nik"], number=made["client_id"]), **here)


def _ask_again(told: dict[str, Any], zone: str) -> None:
    """Refuse, until the box is ticked, whoever waits for a card already: a second blank would be spent."""
    waiting = again.waiting_for(actor(), told["nik"], told["client_id"])
    if waiting is not None:
        on = day(clock_on(waiting.recorded_at, zone).date())
        raise ma.ValidationError({"again": [_WAITS.format(day=on, number=waiting.client_id)]})


def _number(at: datetime) -> str:
    """A number that people can read to each other: the day, and six letters of the form's own key."""
    drawn = b32encode(hashlib.sha256(f"{actor().user_id}|{forms.key()}".encode()).digest()).decode()
    return f"{at:%y%m%d}-{drawn[:6]}"


def _just_now(place: _Place) -> dict[str, Any]:
    kept = session.get(_KEPT, {})
    mine = kept.get("by") == actor().user_id and kept.get("on") == _today(place)
    return kept if mine else {"ids": [], "count": 0}


def _today(place: _Place) -> str:
    return place.today.date().isoformat()
