"""What an event may do next, and which values make sense together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from inventory.errors import Conflict, NotPermitted, RuleViolated
from inventory.offices.rules import MINISTRY, covers
from inventory.stock.numbers import Amount
from inventory.texts import Text


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


COMING = (EventStatus.DRAFT, EventStatus.PLANNED)
ALIVE = (*COMING, EventStatus.RUNNING)


class EventStatusWrong(Conflict):
    """What is asked for does not fit how far the event has come."""

    code = "event_status_wrong"
    text = Text(
        "Acara {event} berstatus {status}; ini hanya untuk acara berstatus {needed}.",
        "Event {event} is {status}; this is for events that are {needed} only.",
    )


class EventDaysBackwards(RuleViolated):
    """An event ends on its first day or later."""

    code = "event_days_backwards"
    text = Text("Acara berakhir {ends_on}, sebelum mulai {starts_on}.", "It ends on {ends_on}, before {starts_on}.")


class EventHoursBackwards(RuleViolated):
    """A day of an event closes after it opens."""

    code = "event_hours_backwards"
    text = Text("Jam tutup {closes_at} tidak sesudah jam buka {opens_at}.", "{closes_at} is not after {opens_at}.")


class EventDeadlineTooEarly(RuleViolated):
    """A deadline before the first day cannot be kept."""

    code = "event_deadline_too_early"
    text = Text(
        "Tenggat {deadline_on} sebelum hari pertama {starts_on}.",
        "The deadline {deadline_on} is before the first day {starts_on}.",
    )


class TurnoutOutOfOrder(RuleViolated):
    """The low turnout is at most the likely one, and that at most the high one."""

    code = "turnout_out_of_order"
    text = Text(
        "Kehadiran harus urut: rendah {low}, mungkin {likely}, tinggi {high}.",
        "The turnouts must rise: low {low}, likely {likely}, high {high}.",
    )


class OfficeNamedTwice(RuleViolated):
    """An order names each office once."""

    code = "office_named_twice"
    text = Text("Dinas {office} disebut dua kali.", "Office {office} is named twice.")


class EventStartIsFixed(Conflict):
    """A running event has started when it started."""

    code = "event_start_is_fixed"
    text = Text("Acara {event} sudah berjalan sejak {starts_on}.", "Event {event} has been running since {starts_on}.")


class StopWindowBackwards(RuleViolated):
    """A stop ends after it starts."""

    code = "stop_window_backwards"
    text = Text("Lokasi berakhir sebelum atau saat mulai.", "The stop ends before or when it starts.")


class StopOutsideEvent(RuleViolated):
    """A stop lies within its event's days, as the host's clocks show them."""

    code = "stop_outside_event"
    text = Text(
        "Lokasi harus dalam hari acara, {first} sampai {last} ({zone}).",
        "The stop must lie within the event's days, {first} to {last} ({zone}).",
    )


class StopsLeftOutside(Conflict):
    """Days that leave a stop outside are refused: remove the stop first."""

    code = "stops_left_outside"
    text = Text(
        "Lokasi {stops} berada di luar hari {first} sampai {last}; hapus dahulu.",
        "Stops {stops} lie outside {first} to {last}; remove them first.",
    )


class StopElsewhere(RuleViolated):
    """An event serves the area of its host."""

    code = "stop_elsewhere"
    text = Text(
        "Wilayah {region} bukan wilayah Dinas tuan rumah {host}.", "Region {region} is not in the area of host {host}."
    )


class StopInUse(Conflict):
    """A stop where people were recorded stays."""

    code = "stop_in_use"
    text = Text("Sudah ada perekaman di lokasi {stop}.", "People were recorded at stop {stop} already.")


class PledgeFromKit(RuleViolated):
    """What lies in a kit belongs to that kit's event."""

    code = "pledge_from_kit"
    text = Text(
        "{store} adalah gudang acara; isinya milik acara itu.",
        "{store} is an event kit: its goods belong to that event.",
    )


class PledgeOfOwnStoresOnly(NotPermitted):
    """A clerk pledges for the own office; a coordinator for any of the subtree."""

    code = "pledge_of_own_stores_only"
    text = Text(
        "Petugas Dinas {office} hanya boleh memberi dukungan dari gudang Dinas sendiri, bukan dari Dinas {asked}.",
        "A clerk of office {office} pledges from that office's stores only, not from those of office {asked}.",
    )


class PledgeNotOpen(Conflict):
    """A pledge is brought or released once."""

    code = "pledge_not_open"
    text = Text("Dukungan {pledge} sudah {status}.", "Pledge {pledge} is {status} already.")


class PledgeUnknown(RuleViolated):
    """A figure names a pledge that is not waiting to be brought to this event, or names one twice."""

    code = "pledge_unknown"
    text = Text(
        "Dukungan {pledge} bukan dukungan acara ini yang masih menunggu, atau disebut dua kali.",
        "Pledge {pledge} is not one of this event's that still waits, or it is named twice.",
    )


class _OfPledge(RuleViolated):
    """A sentence about one pledge, told by whose it is and what: its number says nothing to people."""

    def __init__(self, *, whose: Text | None = None, **facts: Any) -> None:
        told = Text("dukungan {pledge}", "pledge {pledge}").format(pledge=facts["pledge"])
        super().__init__(whose=whose or told, **facts)
        del self.facts["whose"]


class ArrivedMoreThanPledged(_OfPledge):
    """What is more than pledged needs a pledge of its own."""

    code = "arrived_more_than_pledged"
    text = Text(
        "Dari {whose} tersedia {available}; yang tiba {arrived} lebih banyak.",
        "Of {whose} there are {available} to bring; {arrived} that arrived are more.",
    )


class ArrivedUnexplained(_OfPledge):
    """Less than pledged needs a reason."""

    code = "arrived_unexplained"
    text = Text(
        "Dari {whose} tiba {arrived} dari {available}; tulis sebab selisihnya.",
        "{arrived} of {available} of {whose} arrived; say why there are fewer.",
    )


class EventHoldsStock(Conflict):
    """A kit with goods in it is settled, not forgotten."""

    code = "event_holds_stock"
    text = Text(
        "Gudang acara {store} masih berisi barang; kirim keluar dahulu.",
        "The kit {store} still holds goods; send them out first.",
    )


class EventTransfersOpen(Conflict):
    """Transfers into or out of the kit must have ended."""

    code = "event_transfers_open"
    text = Text(
        "Pengiriman {transfers} dari atau ke gudang acara belum selesai.",
        "Transfers {transfers} from or to the event's kit have not ended.",
    )


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What an event is to be; the turnouts are shares of the people targeted."""

    name: str
    kind: EventKind
    host_office: str
    starts_on: date
    ends_on: date
    opens_at: time
    closes_at: time
    deadline_on: date | None = None
    works_holidays: bool = True
    status: EventStatus = EventStatus.PLANNED
    turnout_low: float = 0.27
    turnout_likely: float = 0.5
    turnout_high: float = 0.8
    cards_per_person: float = 1.0
    replacements: int = 0
    spoil_rate: float | None = None
    draw_order: list[str] | None = None


@dataclass(frozen=True, slots=True)
class StopPlan:
    """What a stop is to be."""

    name: str
    kind: StopKind
    starts_at: datetime
    ends_at: datetime
    target_people: int
    kits: int
    minutes_per_recording: float
    region_code: str | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What was counted of one pledge on arrival, or which numbers of it were seen."""

    pledge: int
    amount: Amount
    reason: str = ""

    @property
    def quantity(self) -> int:
        """How many arrived."""
        return self.amount.quantity


def check_status(event_id: int, status: EventStatus, needed: Sequence[EventStatus]) -> None:
    """Raise `EventStatusWrong` unless the event is where the step belongs."""
    if status not in needed:
        raise EventStatusWrong(event=event_id, status=status, needed=tuple(needed))


def check_plan(plan: Any) -> None:
    """Check anything with the fields of an `EventPlan`; raises at the first that does not fit."""
    starts_on, ends_on, deadline_on = plan.starts_on, plan.ends_on, plan.deadline_on
    if ends_on < starts_on:
        raise EventDaysBackwards(pointer="/ends_on", starts_on=starts_on, ends_on=ends_on)
    if deadline_on is not None and deadline_on < starts_on:
        raise EventDeadlineTooEarly(pointer="/deadline_on", starts_on=starts_on, deadline_on=deadline_on)
    if plan.closes_at <= plan.opens_at:
        raise EventHoursBackwards(pointer="/closes_at", opens_at=plan.opens_at, closes_at=plan.closes_at)
    low, likely, high = plan.turnout_low, plan.turnout_likely, plan.turnout_high
    if not low <= likely <= high:
        pointer = "/turnout_likely" if likely < low else "/turnout_high"
        raise TurnoutOutOfOrder(pointer=pointer, low=low, likely=likely, high=high)
    order = plan.draw_order or []
    for index, office in enumerate(order):
        if office in order[:index]:
            raise OfficeNamedTwice(pointer=f"/draw_order/{index}", office=office)


def within_days(starts_at: datetime, ends_at: datetime, first: date, last: date, time_zone: str) -> bool:
    """Whether a window lies within the days; one that ends at midnight ends on the day before."""
    zone = ZoneInfo(time_zone)
    ends = ends_at.astimezone(zone) - timedelta(microseconds=1)
    return first <= starts_at.astimezone(zone).date() and ends.date() <= last


def check_window(starts_at: datetime, ends_at: datetime, first: date, last: date, time_zone: str) -> None:
    """Raise `StopWindowBackwards` or `StopOutsideEvent`."""
    if ends_at <= starts_at:
        raise StopWindowBackwards(pointer="/ends_at")
    if not within_days(starts_at, ends_at, first, last, time_zone):
        raise StopOutsideEvent(pointer="/starts_at", first=first, last=last, zone=time_zone)


def check_arrived(found: Arrived, available: int, pointer: str, whose: Text | None = None) -> None:
    """Raise `ArrivedMoreThanPledged` or, for less without a reason, `ArrivedUnexplained`."""
    facts: dict[str, Any] = {"pledge": found.pledge, "available": available, "arrived": found.quantity, "whose": whose}
    if found.quantity > available:
        raise ArrivedMoreThanPledged(pointer=f"{pointer}/quantity", **facts)
    if found.quantity < available and not found.reason:
        raise ArrivedUnexplained(pointer=f"{pointer}/reason", **facts)


def arrivals(
    waiting: Mapping[int, int], counted: Sequence[Arrived], whose: Mapping[int, Text] | None = None
) -> dict[int, Arrived]:
    """What was counted of waiting pledges, by pledge; of the others everything arrived.

    `waiting` maps each pledge to what there is to bring of it, and `whose` to what people call it. Raises
    `PledgeUnknown`, `ArrivedMoreThanPledged` or `ArrivedUnexplained`.
    """
    found: dict[int, Arrived] = {}
    for index, line in enumerate(counted):
        if line.pledge not in waiting or line.pledge in found:
            raise PledgeUnknown(pointer=f"/arrived/{index}/pledge", pledge=line.pledge)
        check_arrived(line, waiting[line.pledge], f"/arrived/{index}", (whose or {}).get(line.pledge))
        found[line.pledge] = line
    return found


def may_pool(office: str, host: str) -> bool:
    """Whether an office may pledge without being let in: the ministry, and the offices of the host's province."""
    return MINISTRY in (office, host) or office.partition(".")[0] == host.partition(".")[0]


def check_region(host: str, region: str) -> None:
    """Raise `StopElsewhere` for a stop outside of the host's own area."""
    if not covers(host, region):
        raise StopElsewhere(pointer="/region", region=region, host=host)


def check_pledger(home: str, office: str, *, clerk: bool) -> None:
    """Raise `PledgeOfOwnStoresOnly` for a clerk who pledges another office's goods."""
    if clerk and home != office:
        raise PledgeOfOwnStoresOnly(office=home, asked=office)


def draw_order(host: str, pledging: Iterable[str]) -> list[str]:
    """Whose goods are used first where the event sets no order: the host's own, then in order of the pledges."""
    return list(dict.fromkeys([host, *pledging]))
