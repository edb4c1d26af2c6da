"""What goes into an event: stops, people, pledges; and the start, when the pledges are counted in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from flask import request, url_for

from api import paging
from api.amounts import amount_of, optional_amount_of
from api.outreach.schemas import BringIn, PledgeIn
from inventory import access, clock
from inventory.access import Action
from inventory.errors import Fault
from inventory.outreach import commands, queries, tables
from inventory.outreach.rules import ALIVE, COMING, Arrived, EventStatus, PledgeStatus, StopKind
from inventory.paging import Slice
from inventory.planning import overview
from inventory.regions.queries import list_regions
from inventory.settlement.queries import short_on_arrival
from inventory.stock.rules import StockInsufficient
from inventory.texts import Text, figure
from web import choices, forms
from web.language import day, item_text, number, t, unit_text, unit_word, weekday, zone_of
from web.outreach.schemas import MOST_STOPS, LoginForm, StartForm, StopForm, StopsForm
from web.outreach.times import clock_on, days_of, hours, instant_of
from web.outreach.views import pages
from web.outreach.words import not_arrived, pledge_status
from web.pages import actor, done, once, see
from web.tables import Column, Table

_ADDED = Text("{count} lokasi ditambahkan.", "{count} stops were added.")
_PLEDGED = Text(
    "{quantity} {unit} {item} disisihkan untuk acara dari {store}.",
    "{quantity} {unit} ({item}) set aside for the event at {store}.",
)
_STARTED = Text(
    "Acara berjalan; semua dukungan sudah di gudang acara.", "The event is running; the pledges are in its store."
)
_STARTED_SHORT = Text(
    "Acara berjalan, tetapi dukungan belum lengkap: {missing}.",
    "The event is running, but its pledges are not complete: {missing}.",
)
_ARRIVED = Text("Dukungan diterima di gudang acara.", "The pledge is in the event's store.")
_ARRIVED_SHORT = Text(
    "Dukungan diterima di gudang acara, tetapi belum lengkap: {missing}.",
    "The pledge is in the event's store, but not complete: {missing}.",
)
# Ten kits a stop and five minutes a person: what a kecamatan sees at a gotong royong.
KITS, MINUTES = 10, 5
_EARLY = Text(
    "Acara baru mulai {on}. Centang bila memang dimulai sekarang.",
    "The event begins on {on}. Tick this if it really starts now.",
)
_TOO_MUCH = Text(
    "{name} hanya punya {available} {unit} {item} yang bebas; diminta {asked}.",
    "{name} has only {available} {unit} {item} that are free; {asked} were asked for.",
)
_NOTHING_FREE = Text(
    "Barang ini tidak ada yang bebas di gudang itu; diminta {asked}.",
    "Nothing of this item is free in that store; {asked} were asked for.",
)
_COUNT = re.compile(r"/arrived/[0-9]+/quantity")

__all__ = ["pages"]


@pages.shows("/koordinasi/kegiatan/<int:event_id>/lokasi", Action.RUN_EVENTS)
def stops(event_id: int) -> Any:
    """The stops of an event, and many new ones at once: by kecamatan and day."""
    return _stops(event_id, "outreach/stops.html")


@pages.shows("/koordinasi/kegiatan/<int:event_id>/lokasi/satu", Action.RUN_EVENTS)
def stop(event_id: int) -> Any:
    """One stop with a name, a day and hours of its own: a school, a village, a prison."""
    return _stops(event_id, "outreach/stop.html")


def _stops(event_id: int, template: str) -> Any:
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    return see(
        template,
        event=seen.event,
        stops=_listed_stops(seen),
        regions=[
            (region.code, region.name) for region in list_regions(seen.event.host_office, Slice(MOST_STOPS)).items
        ],
        days=[(each.isoformat(), weekday(each)) for each in days_of(seen.event)],
        kinds=list(StopKind),
        kits=KITS,
        minutes=MINUTES,
        alive=seen.event.status in ALIVE,
    )


def _listed_stops(seen: tables.Seen) -> Table:
    event, zone = seen.event, seen.zone

    def removal(row: Any) -> str | None:
        return url_for(".stop_to_remove", event_id=event.id, stop_id=row.id)

    columns = [
        Column(Text("Lokasi", "Stop"), "name"),
        Column(Text("Hari", "Day"), lambda row: clock_on(row.starts_at, zone).date(), "day"),
        Column(Text("Jam", "Hours"), lambda row: hours(row, zone)),
        Column(Text("Target orang", "People targeted"), "target_people", "number"),
        Column(Text("Alat rekam", "Kits"), "kits", "number"),
        Column(Text("Ubah", "Change"), lambda _row: t("Hapus", "Remove"), href=removal),
    ]
    return Table(
        "stops",
        Text("Lokasi yang sudah ada", "The stops so far"),
        columns if event.status in ALIVE else columns[:-1],
        lambda wanted: overview.list_stops(event.id, wanted),
        turn=(instant_of, paging.number),
        empty=Text("Belum ada lokasi: tambahkan di bawah ini.", "No stops yet: add them below."),
    )


@pages.shows("/koordinasi/kegiatan/<int:event_id>/lokasi/<int:stop_id>/hapus", Action.RUN_EVENTS)
def stop_to_remove(event_id: int, stop_id: int) -> Any:
    """One stop, before it is removed."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    found = queries.get_stop(actor(), event_id, stop_id)
    return see("outreach/stop_to_remove.html", event=seen.event, stop=found, hours=hours(found, seen.zone))


@pages.does("/koordinasi/kegiatan/<int:event_id>/lokasi", Action.RUN_EVENTS, body=StopsForm, again=stops)
def add_stops(event_id: int, body: dict[str, Any]) -> Any:
    """Add the same stop in each region on each day."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    names = {region.code: region.name for region in list_regions(seen.event.host_office, Slice(MOST_STOPS)).items}
    wanted = StopsForm.plans(body, names, seen.zone)
    commands.add_stops(actor(), event_id, wanted, once())
    return done("outreach_pages.event", _ADDED.format(count=figure(len(wanted))), event_id=event_id)


@pages.does("/koordinasi/kegiatan/<int:event_id>/lokasi/satu", Action.RUN_EVENTS, body=StopForm, again=stop)
def add_stop(event_id: int, body: dict[str, Any]) -> Any:
    """Add one stop."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    commands.add_stop(actor(), event_id, StopForm.plan(body, seen.zone), once())
    return done("outreach_pages.stops", _ADDED.format(count=1), event_id=event_id)


@pages.does("/koordinasi/kegiatan/<int:event_id>/lokasi/<int:stop_id>/hapus", Action.RUN_EVENTS, again=stop_to_remove)
def remove_stop(event_id: int, stop_id: int) -> Any:
    """Remove a stop where nobody was recorded."""
    commands.remove_stop(actor(), event_id, stop_id)
    return done("outreach_pages.stops", Text("Lokasi dihapus.", "The stop was removed."), event_id=event_id)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/tim", Action.READ)
def team(event_id: int) -> Any:
    """Who was let into the event."""
    seen = tables.event_seen(actor(), event_id)
    manages = seen.manages and seen.event.status in ALIVE
    # Who only pledges need not know who the people are.
    inside = access.may(actor(), Action.READ, seen.event.host_office, event_id=event_id)
    return see(
        "outreach/team.html", event=seen.event, members=_members(event_id, manages) if inside else None, manages=manages
    )


def _members(event_id: int, manages: bool) -> Table:  # noqa: FBT001 - whether a way out is offered
    columns = [
        Column(Text("Nama", "Name"), "name"),
        Column(Text("Tugas", "Role"), "role", "word"),
        Column(Text("Dinas", "Office"), "office_name"),
    ]
    if manages:
        columns.append(
            Column(
                Text("Ubah", "Change"),
                lambda _row: t("Keluarkan", "Take out"),
                href=lambda row: url_for(".member_to_remove", event_id=event_id, user_id=row.user_id),
            )
        )
    return Table(
        "members",
        Text("Anggota dari Dinas lain", "Members of other offices"),
        columns,
        lambda wanted: queries.list_members(actor(), event_id, wanted),
        empty=Text("Belum ada anggota dari Dinas lain.", "No members of other offices yet."),
    )


@pages.shows("/koordinasi/kegiatan/<int:event_id>/tim/<int:user_id>/keluar", Action.RUN_EVENTS)
def member_to_remove(event_id: int, user_id: int) -> Any:
    """One member, before they are taken out."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    return see(
        "outreach/member_to_remove.html", event=seen.event, member=queries.get_member(actor(), event_id, user_id)
    )


@pages.does("/koordinasi/kegiatan/<int:event_id>/tim", Action.RUN_EVENTS, body=LoginForm, again=team)
def add_member(event_id: int, body: dict[str, Any]) -> Any:
    """Let somebody of another office in, by the name they sign in with."""
    tables.event_seen(actor(), event_id, to_manage=True)
    commands.add_member(actor(), event_id, tables.user_of_login(body["login"]), once())
    return done("outreach_pages.team", Text("Anggota ditambahkan.", "The member was added."), event_id=event_id)


@pages.does("/koordinasi/kegiatan/<int:event_id>/tim/<int:user_id>/keluar", Action.RUN_EVENTS, again=member_to_remove)
def remove_member(event_id: int, user_id: int) -> Any:
    """Take somebody out of the event."""
    commands.remove_member(actor(), event_id, user_id)
    return done("outreach_pages.team", Text("Anggota dikeluarkan.", "The member was taken out."), event_id=event_id)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/dukungan", Action.PLEDGE)
def support(event_id: int) -> Any:
    """What the reader may put into the event, and what is in it already."""
    event = tables.event_to_support(actor(), event_id)
    found = tables.free_to_pledge(actor(), event.host_office)
    # One's own first, then the host's, then whoever has most.
    free = sorted(found, key=lambda row: (row.office_code != actor().office, row.office_code != event.host_office))
    sees = queries.may_see(actor(), event)
    blind = queries.counts_blind(actor(), event, zone_of())
    manages = access.may(actor(), Action.RUN_EVENTS, event.host_office)
    asked = forms.typed("/item")
    began = event.status not in COMING and sees and not blind
    standing = [each for each in overview.pledges_of(event_id) if each.status is not PledgeStatus.RELEASED]
    return see(
        "outreach/support.html",
        event=event,
        free=_free(event_id, free),
        stores=_stores(free, asked),
        lacking=asked and not any(row.item == asked for row in free),
        items=list(dict.fromkeys((row.item, choices.item_of(row)) for row in free)),
        pledges=standing if sees else [],
        short={row.pledge_id: row for row in short_on_arrival(event_id)} if began else {},
        blind=blind,
        sees=sees,
        manages=manages,
        alive=event.status in ALIVE,
        running=event.status is EventStatus.RUNNING,
        waiting=PledgeStatus.PLEDGED,
        status_of=pledge_status,
        releases=lambda each: manages or access.may(actor(), Action.PLEDGE, each.office_code),
    )


def _stores(free: Any, item: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The stores that have something free, by office, each with what it has: of an item that was chosen, that alone."""
    chosen = [row for row in free if row.item == item]
    has: dict[str, list[str]] = {}
    for row in chosen or free:
        has.setdefault(row.code, []).append(f"{number(row.free)} {unit_word(row.unit)} {choices.item_of(row)}")
    label = t("{has} di {name} ({code})", "{has} in {name} ({code})")
    found: dict[str, dict[str, str]] = {}
    for row in chosen or free:
        told = label.format(name=row.name, code=row.code, has=", ".join(has[row.code]))
        found.setdefault(row.office_name, {})[row.code] = told
    return [(office, list(stores.items())) for office, stores in found.items()]


def _free(event_id: int, free: Any) -> Table:
    def here(row: Any) -> str:
        return url_for(".support", event_id=event_id, store=row.code, item=row.item) + "#pledge"

    columns = [
        Column(Text("Gudang", "Store"), "name", href=here),
        Column(Text("Barang", "Item"), choices.item_of, "item"),
        Column(Text("Bebas", "Free"), "free", "number"),
        Column(Text("Satuan", "Unit"), "unit", "unit"),
    ]
    empty = Text(
        "Tidak ada stok bebas di gudang Anda. Terima dahulu, atau minta Dinas lain.",
        "There is no free stock in your stores. Receive some first, or ask another office.",
    )
    return Table("free", Text("Stok bebas yang dapat diberikan", "Free stock to pledge"), columns, free, empty=empty)


@pages.does("/koordinasi/kegiatan/<int:event_id>/dukungan", Action.PLEDGE, body=PledgeIn, again=support)
def pledge(event_id: int, body: dict[str, Any]) -> Any:
    """Set stock aside for the event."""
    amount = amount_of(body)
    try:
        made = commands.pledge(actor(), event_id, amount=amount, once=once(), **body)
    except StockInsufficient as refused:
        refused.faults = [Fault("/quantity", _too_much(event_id, amount.quantity, **body), refused.code)]
        raise
    found = _one_of(event_id, made)
    facts = {"unit": unit_text(found.unit), "item": item_text(found.item_name), "store": found.store_name}
    text = _PLEDGED.format(quantity=figure(amount.quantity), **facts)
    return done("outreach_pages.support", text, event_id=event_id)


def _one_of(event_id: int, pledge_id: int) -> Any:
    """One pledge of an event, with its names."""
    return next(each for each in overview.pledges_of(event_id) if each.id == pledge_id)


def _too_much(event_id: int, asked: int, store: str, item: str, **_: Any) -> Text:
    """How much there is of what was asked for, by the names that people use."""
    host = tables.event_to_support(actor(), event_id).host_office
    for row in tables.free_to_pledge(actor(), host):
        if (row.code, row.item) == (store, item):
            facts = {"name": row.name, "unit": unit_text(row.unit), "item": item_text(row.item_name)}
            return _TOO_MUCH.format(**facts, available=figure(row.free), asked=figure(asked))
    return _NOTHING_FREE.format(asked=figure(asked))


@pages.does("/koordinasi/kegiatan/<int:event_id>/dukungan/<int:pledge_id>/lepas", Action.PLEDGE, again=support)
def release(event_id: int, pledge_id: int) -> Any:
    """Let go of a pledge that was not brought yet."""
    commands.release(actor(), event_id, pledge_id)
    text = Text("Dukungan dilepas; stoknya bebas lagi.", "The pledge was let go; its stock is free again.")
    return done("outreach_pages.support", text, event_id=event_id)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/dukungan/<int:pledge_id>/terima", Action.RUN_EVENTS)
def one_arrival(event_id: int, pledge_id: int) -> Any:
    """A pledge that was made while the event was running, counted as it arrives."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    queries.get_pledge(actor(), event_id, pledge_id)
    return see("outreach/arrival.html", event=seen.event, pledge=_one_of(event_id, pledge_id))


@pages.does(
    "/koordinasi/kegiatan/<int:event_id>/dukungan/<int:pledge_id>/terima",
    Action.RUN_EVENTS,
    body=BringIn,
    again=one_arrival,
)
def bring(event_id: int, pledge_id: int, body: dict[str, Any]) -> Any:
    """Take it into the event's store."""
    amount = optional_amount_of(body)
    commands.bring(actor(), event_id, pledge_id, amount, once=once(), **body)
    short = [row for row in short_on_arrival(event_id) if row.pledge_id == pledge_id]
    return done("outreach_pages.event", _told(_ARRIVED, _ARRIVED_SHORT, short), event_id=event_id)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/mulai", Action.RUN_EVENTS)
def arrivals(event_id: int) -> Any:
    """Count what arrived of every pledge, and start."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    waiting = [each for each in overview.pledges_of(event_id) if each.status is PledgeStatus.PLEDGED]
    return see(
        "outreach/start.html",
        event=seen.event,
        waiting=sorted(waiting, key=lambda each: (each.numbered, each.id)),
        coming=seen.event.status in COMING,
        early=_early(seen),
    )


def _early(seen: tables.Seen) -> bool:
    """Whether the first day is still to come on the host's clocks."""
    return seen.event.starts_on > clock.business_day(seen.zone)


@pages.does("/koordinasi/kegiatan/<int:event_id>/mulai", Action.RUN_EVENTS, body=StartForm, again=arrivals)
def start(event_id: int, body: dict[str, Any]) -> Any:
    """Bring every pledge to the event's store and let it run."""
    forms.need_counts(*(name for name in request.form if _COUNT.fullmatch(name)))
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    if not body["early"] and seen.event.status in COMING and _early(seen):
        raise ma.ValidationError({"early": [_EARLY.format(on=day(seen.event.starts_on))]})
    lines = enumerate(body["arrived"])
    arrived = [Arrived(amount=amount_of(line, f"/arrived/{place}"), **line) for place, line in lines]
    commands.start(actor(), event_id, arrived, body["occurred_on"], once())
    return done("outreach_pages.event", _told(_STARTED, _STARTED_SHORT, short_on_arrival(event_id)), event_id=event_id)


def _told(whole: Text, lacking: Text, short: Sequence[Any]) -> Text:
    """What is said of goods that came: complete, or what of whose is missing and why."""
    missing = [not_arrived(row) for row in short]
    if not missing:
        return whole
    return lacking.format(missing=Text("; ".join(missing), "; ".join(each.en for each in missing)))
