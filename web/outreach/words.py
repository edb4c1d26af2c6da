"""What the page of an event says in sentences: whether it runs short, how sure that is, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from inventory.catalogue.rules import ItemKind
from inventory.outreach.rules import ALIVE, COMING, EventStatus, PledgeStatus
from inventory.planning.flags import Flag
from inventory.planning.overview import Overview
from inventory.planning.rules import Severity
from inventory.texts import Text, figure
from inventory.transfers.rules import TransferStatus
from web.language import item_text, told, unit_text

TONES = {Severity.CRITICAL: "bad", Severity.WARNING: "warn", Severity.NOTICE: "info"}
_NO_STOPS = Text(
    "Belum dapat dihitung: tambahkan lokasi layanan dan targetnya dahulu.",
    "It cannot be told yet: add the stops and their targets first.",
)
_SHORT = Text(
    "Acara ini akan kekurangan blangko: kurang {target} keping menurut target, {likely} keping menurut kehadiran"
    " yang biasa.",
    "This event will run short of blanks: {target} short by target, {likely} short by the usual turnout.",
)
_SHORT_BY_TURNOUT = Text(
    "Acara ini akan kekurangan blangko: kurang {likely} keping menurut kehadiran yang biasa, termasuk kartu pengganti"
    " dan yang sudah menunggu.",
    "This event will run short of blanks: {likely} short by the usual turnout, with replacements and those who wait.",
)
_SHORT_BY_TARGET = Text(
    "Kurang {target} keping menurut target, tetapi menurut kehadiran yang biasa cukup: mungkin {surplus} keping lebih.",
    "{target} blanks short by target, but enough by the usual turnout: {surplus} may be left over.",
)
_SHORT_IF_MANY = Text(
    "Cukup menurut target dan kehadiran yang biasa; kurang {high} keping bila yang datang sangat banyak.",
    "Enough by target and by the usual turnout; {high} blanks short if very many people come.",
)
_ENOUGH = Text(
    "Blangko cukup menurut target dan menurut kehadiran; menurut kehadiran yang biasa {surplus} keping lebih.",
    "There are enough blanks by target and by turnout; by the usual turnout {surplus} are left over.",
)
_CLOSE = Text("Tutup acara", "Close the event")
_PRINT = Text("Cetak antrean acara ini", "Print this event's queue")
_CLOSED = Text("Acara sudah ditutup.", "The event is closed.")
TO_COUNT = Text(
    "Hari terakhir sudah lewat. Sisa di gudang acara dihitung tanpa melihat catatan; angkanya tampil lagi sesudah acara"
    " ditutup.",
    "The last day is over. What is left in the event's store is counted without looking at the books; the figures are"
    " shown again once the event is closed.",
)
_CANCELLED = Text("Acara dibatalkan.", "The event was cancelled.")
_MISSED = Text(
    "Hari acara sudah lewat dan acaranya tidak pernah dimulai. Batalkan, atau mulai lalu tutup bila memang"
    " berlangsung.",
    "The days of the event are over and it was never started. Cancel it, or start and close it if it did take place.",
)
_CANCEL = Text("Batalkan acara", "Cancel the event")

NAMES = {
    "blangko": Text("blangko", "blanks"),
    "ribbon": Text("ribbon", "ribbon"),
    "film": Text("film", "film"),
    "kits": Text("alat rekam", "recording kits"),
}
_BINDS = Text("Yang paling dulu habis: {name}.", "What runs out first: {name}.")
_NOTHING_BINDS = Text("Semua cukup untuk kebutuhan yang paling besar.", "There is enough of everything for the need.")
_ROLLS = Text("{total} gulungan, cukup untuk {cards} kartu", "{total} rolls, enough for {cards} cards")
_NO_ROLLS = Text("belum ada yang disediakan", "none is set aside yet")
_KITS = Text("dapat merekam {people} orang dalam {hours} jam alat", "can record {people} people in {hours} kit hours")
_PRINTERS = Text(
    "{printers} berfungsi, bersama sekitar {rate} kartu per jam: {cards} kartu perlu {hours} jam cetak, tersedia {open}"
    " jam selama acara buka",
    "{printers} working, together about {rate} cards an hour: {cards} cards need {hours} hours of printing, {open} are"
    " there while the event is open",
)
_PRINTERS_BIND = Text(
    "Jam cetak kurang: perlu {hours} jam cetak, tersedia {open} jam.",
    "There are too few hours of printing: {hours} are needed, {open} are there.",
)
_NIGHTS = Text(
    "Malam hari tidak termasuk; itu dihitung di halaman malam cetak.",
    "Nights are not counted here; they are reckoned on the print-night page.",
)
_TO_NIGHTS = Text("Hitung malam cetak", "Reckon the print night")
_NO_PRINTERS = Text("belum ada printer yang berfungsi", "no working printer is known")
_WAITING = Text("{count} orang siap cetak dan menunggu", "{count} people are print-ready and waiting")
_BLANKS = Text("{total} keping: {parts}", "{total} blanks: {parts}")
_PARTS = {
    "on_hand": Text("{n} di gudang acara", "{n} in the event's store"),
    "pledged": Text("{n} dijanjikan", "{n} pledged"),
    "arriving": Text("{n} akan tiba", "{n} arriving"),
}


_STATUS = {
    PledgeStatus.PLEDGED: Text("disisihkan", "set aside"),
    PledgeStatus.BROUGHT: Text("sudah dibawa", "brought"),
    PledgeStatus.RELEASED: Text("dilepas", "let go"),
}


def pledge_status(pledge: Any) -> str:
    """Where a pledge stands."""
    return str(told(_STATUS[pledge.status]))


def verdict(found: Overview) -> tuple[Text, str]:
    """The one sentence at the top, and its tone."""
    event, short, surplus = found.event, found.figures.shortfall, found.figures.surplus
    if event.status not in ALIVE:
        return (_CLOSED if event.status is EventStatus.CLOSED else _CANCELLED), "info"
    if _is_missed(found):
        return _MISSED, "warn"
    if not found.stops:
        return _NO_STOPS, "warn"
    facts = {
        "target": figure(short.by_target),
        "likely": figure(short.likely),
        "high": figure(short.high),
        "surplus": figure(surplus.likely),
    }
    if short.likely:
        return (_SHORT if short.by_target else _SHORT_BY_TURNOUT).format(**facts), "bad"
    if short.by_target:
        return _SHORT_BY_TARGET.format(**facts), "warn"
    return (_SHORT_IF_MANY.format(**facts), "warn") if short.high else (_ENOUGH.format(**facts), "good")


def _is_missed(found: Overview) -> bool:
    return found.event.status in COMING and found.event.ends_on < found.today


def binds(found: Overview) -> Text:
    """What runs out first."""
    name = found.figures.binding
    if name is None and _prints_too_long(found):
        return _hours(_PRINTERS_BIND, found)
    return _NOTHING_BINDS if name is None else _BINDS.format(name=NAMES[name])


def means(found: Overview) -> list[tuple[Text, Text]]:
    """What there is of everything a card needs, each as a phrase."""
    figures = found.figures
    there = figures.available
    parts = [words.format(n=figure(getattr(there, name))) for name, words in _PARTS.items() if getattr(there, name)]
    blanks = _BLANKS.format(total=figure(there.total), parts=_listed(parts)) if parts else _NO_ROLLS
    lines = [(Text("Blangko", "Blanks"), blanks)]
    for supply in figures.supplies:
        head = Text("Ribbon", "Ribbons") if supply.kind is ItemKind.RIBBON else Text("Film", "Films")
        said = _ROLLS.format(total=figure(supply.available.total), cards=figure(supply.cards))
        lines.append((head, said if supply.cards else _NO_ROLLS))
    kits = figures.capacity
    if found.stops:
        said = _KITS.format(people=figure(kits.recordings), hours=figure(round(kits.hours)))
        lines.append((Text("Alat rekam", "Recording kits"), said))
    lines.append((Text("Printer", "Printers"), _printing(found)))
    if found.plan.backlog:
        waiting = _WAITING.format(count=figure(found.plan.backlog))
        lines.append((Text("Perekaman siap cetak", "Print-ready records"), waiting))
    return lines


def _printing(found: Overview) -> Text:
    if not found.cards_per_hour:
        return _NO_PRINTERS
    cards = found.figures.need.likely
    return _PRINTERS.format(
        printers=figure(found.printers),
        rate=figure(round(found.cards_per_hour)),
        cards=figure(cards),
        hours=figure(found.printing_hours),
        open=figure(found.open_hours),
    )


def _prints_too_long(found: Overview) -> bool:
    return bool(found.stops) and found.printing_hours > found.open_hours


def _hours(words: Text, found: Overview) -> Text:
    return words.format(hours=figure(found.printing_hours), open=figure(found.open_hours))


def comes(found: Overview, share: float, percent: str) -> Text:
    """The share of the target that comes, with what keeps it from being served or adds to it."""
    wanted, kept = found.turnout(share)
    facts = {"share": percent, "wanted": figure(wanted), "kept": figure(kept), "count": figure(found.plan.queue)}
    said = _CAPPED.format(**facts) if kept < wanted else Text(f"({percent} %)", f"({percent} %)")
    if not found.plan.queue:
        return said
    more = _WITH_QUEUE.format(**facts)
    return Text(f"{said}{more}", f"{said.en}{more.en}")


_CAPPED = Text(
    "({share} % = {wanted} orang; alat rekam hanya cukup untuk {kept})",
    "({share} % = {wanted} people; the recording kits serve only {kept})",
)
_WITH_QUEUE = Text(", termasuk {count} orang dari antrean Dinas", ", with {count} people of the office's queue")


def _listed(parts: list[Text]) -> Text:
    return Text(", ".join(str(part) for part in parts), ", ".join(part.en for part in parts))


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to act on, line by line, and where: (label, address) for each way.

    `todo` is the line that comes last, once for all of them.
    """

    tone: str
    lines: list[Text]
    ways: list[tuple[Text, str]]
    todo: Text | None = None

    @property
    def told(self) -> list[Text]:
        """Every line, as sentences."""
        if self.todo is None:
            return self.lines
        return [_sentence(words) for words in (*self.lines, self.todo)]


def _sentence(words: Text) -> Text:
    first, second = (f"{said[:1].upper()}{said[1:]}." for said in (str(words), words.en))
    return Text(first, second)


def advice(found: Overview, may: Callable[[str], bool], short: Sequence[Any]) -> list[Advice]:
    """The flags of planning with what the reader can do about each; those that one act answers are told as one.

    Before them what was `short` on arrival and is still looked for.
    """
    if found.event.status not in ALIVE or found.event.ends_on < found.today:
        return []  # what can still be done for an event looks forward
    given: list[Advice] = []
    if sought := [row for row in short if row.status is TransferStatus.DISPUTED]:
        given.append(Advice("warn", [_sentence(not_arrived(row)) for row in sought], list(map(_sought, sought))))
    for flag in found.flags:
        ways, tone = _ways(found, flag, may), _tone(flag)
        # The worst flags come first, so that those which share what is to be done take the tone of the worst.
        same = (
            one
            for one in given
            if one.ways == ways and one.todo == flag.todo and (flag.todo or (one is given[-1] and one.tone == tone))
        )
        if (one := next(same, None)) is not None:
            one.lines.append(flag.said)
        else:
            given.append(Advice(tone, [flag.said], ways, flag.todo))
    if _prints_too_long(found):
        night = (_TO_NIGHTS, url_for("printers_pages.night", event_id=found.event.id))
        given.append(Advice("warn", [_hours(_PRINTERS_BIND, found), _NIGHTS], [night]))
    return given


_NOT_ARRIVED = Text(
    "{quantity} {unit} {item} dari {office} belum tiba{why}",
    "{quantity} {unit} ({item}) from {office} are not here{why}",
)
_TO_TRANSFER = Text("Lihat kiriman {id}", "See transfer {id}")


def not_arrived(row: Any) -> Text:
    """What was missing of one pledge when it came, of whom and why: a phrase."""
    return _NOT_ARRIVED.format(
        quantity=figure(row.missing),
        unit=unit_text(row.unit),
        item=item_text(row.item_name),
        office=row.office_name,
        why=f" ({row.reason})" if row.reason else "",
    )


def _sought(row: Any) -> tuple[Text, str]:
    return _TO_TRANSFER.format(id=row.id), url_for("transfers_pages.transfer", transfer_id=row.id)


def _tone(flag: Flag) -> str:
    """How a flag looks: whatever runs short is never told in calm colours, however far off it is."""
    tone = TONES[flag.severity]
    return "warn" if tone == "info" and ("short" in flag.code) else tone


# What answers a flag: the action that it takes, the label, the page, and what is added to its address.
_Way = tuple[str, Text, str, str]
_MORE_BLANKS: list[_Way] = [
    ("pledge", Text("Tambah dukungan blangko", "Pledge more blanks"), "outreach_pages.support", "?item=blangko"),
    ("transfer", Text("Minta blangko", "Ask for blanks"), "requests_pages.ask", ""),
    ("approve", Text("Pindahkan dari Dinas lain", "Move some from other offices"), "allocation_pages.allocate", ""),
]
_TRANSFERS: list[_Way] = [("read", Text("Lihat pengiriman", "See the transfers"), "transfers_pages.transfers", "")]
_WAYS: dict[str, list[_Way]] = {
    **{f"shortfall_{case}": _MORE_BLANKS for case in ("by_target", "low", "likely", "high")},
    "ribbon_short": [
        ("pledge", Text("Tambah dukungan ribbon", "Pledge more ribbons"), "outreach_pages.support", "?item=ribbon")
    ],
    "film_short": [
        ("pledge", Text("Tambah dukungan film", "Pledge more films"), "outreach_pages.support", "?item=film")
    ],
    "surplus_likely": [
        ("pledge", Text("Lepas sebagian dukungan", "Let go of some pledges"), "outreach_pages.support", "#pledges"),
        ("approve", Text("Pindahkan ke Dinas lain", "Move some to other offices"), "allocation_pages.allocate", ""),
    ],
    "no_stops": [("run_events", Text("Tambah lokasi", "Add stops"), "outreach_pages.stops", "")],
    "deadline_before_end": [("run_events", Text("Ubah rencana", "Change the plan"), "outreach_pages.edit", "")],
    "arriving_late": _TRANSFERS,
    "arriving_overdue": _TRANSFERS,
}


def _ways(found: Overview, flag: Flag, may: Callable[[str], bool]) -> list[tuple[Text, str]]:
    ways = []
    if flag.code == "surplus_likely" and found.event.status is EventStatus.RUNNING:
        return []  # what was brought stays until the close
    for action, label, endpoint, rest in _WAYS.get(flag.code, []):
        if may(action) and (found.manages or action != "run_events"):
            values: dict[str, Any] = {"event_id": found.event.id} if endpoint.startswith("outreach") else {}
            ways.append((label, url_for(endpoint, **values) + rest))
    return ways


@dataclass(frozen=True, slots=True)
class Journey:
    """How far the event has come: its steps as (label, done, address), the one thing to do next, and what else."""

    steps: list[tuple[Text, bool, str | None]]
    next: tuple[Text, str] | None
    more: list[tuple[Text, str]] = field(default_factory=list)


def journey(found: Overview, may: Callable[[str], bool]) -> Journey:
    """The steps from the plan to the settlement; the next one is the page's primary action for who may take it."""
    event = found.event
    began = event.status in (EventStatus.RUNNING, EventStatus.CLOSED)
    closed = event.status is EventStatus.CLOSED
    pooled = bool(found.shares)
    manages = found.manages

    def at(endpoint: str, allowed: bool) -> str | None:  # noqa: FBT001 - whether the reader may go there
        return url_for(endpoint, event_id=event.id) if allowed else None

    supports = may("pledge") and event.status in ALIVE
    starting = at("outreach_pages.arrivals", manages and event.status in COMING)
    closing = at("settlement_pages.count", manages and event.status is EventStatus.RUNNING)
    steps: list[tuple[Text, bool, str | None]] = [
        (Text("Tambah lokasi", "Add stops"), bool(found.stops), at("outreach_pages.stops", manages)),
        (Text("Beri dukungan", "Pledge support"), pooled or began, at("outreach_pages.support", supports)),
        (Text("Terima blangko dan mulai", "Take in the blanks and start"), began, starting),
        (Text("Rekam dan cetak", "Record and print"), closed, None),
        (_CLOSE, closed, closing),
        (Text("Kembalikan sisa ke pemilik", "Send back what is left"), found.settled,
         at("settlement_pages.settlement", closed)),
    ]  # fmt: skip
    if event.status is EventStatus.CANCELLED:
        return Journey([], None)
    if event.status is EventStatus.RUNNING:
        return Journey(steps, *_while_running(found, closing, may))
    if _is_missed(found):
        ways = [(_CANCEL, at("outreach_pages.calling_off", manages)), (steps[2][0], starting)]
        mine = [(label, address) for label, address in ways if address is not None]
        return Journey(steps, mine[0] if mine else None, mine[1:])
    todo = next((step for step in steps if not step[1]), None)
    if todo is steps[2] and (event.starts_on - found.today).days > 1:
        # Days ahead nobody counts boxes yet: what can still be done is to find what is short.
        todo = steps[1] if any(flag.code.startswith("shortfall_") for flag in found.flags) else None
    return Journey(steps, None if todo is None or todo[2] is None else (todo[0], todo[2]))


def _while_running(
    found: Overview, closing: str | None, may: Callable[[str], bool]
) -> tuple[tuple[Text, str] | None, list[tuple[Text, str]]]:
    """What the day's work is: whoever runs the event closes it from its last day on, the others record and print."""
    event = found.event
    work = [
        ("print", _PRINT, url_for("queue_pages.queue", event=event.id)),
        ("record", Text("Rekam orang", "Record people"), url_for("recordings_pages.person", event=event.id)),
        ("record", Text("Impor perekaman", "Import recordings"), url_for("intake_pages.bring")),
        ("print", Text("Serahkan kartu", "Hand cards over"), url_for("handover_pages.desk_page")),
    ]
    todo = [(label, address) for action, label, address in work if may(action)]
    if closing is not None and found.today >= event.ends_on:
        todo.insert(0, (_CLOSE, closing))
    return (todo[0], todo[1:]) if todo and found.inside else (None, [])
