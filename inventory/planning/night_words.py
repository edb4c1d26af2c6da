"""What a print night tells its people, in plain sentences: pure, like the arithmetic it speaks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from inventory.offices.rules import zone_name
from inventory.planning.nights import Addition, Night, Outcome
from inventory.planning.rules import Plan, SpoilSource
from inventory.texts import Text, figure

_NOTHING = Text("Tidak ada kartu yang harus dicetak.", "There are no cards to print.")
_MET = Text(
    "{cards} kartu selesai sekitar {finish}; penyerahan mulai {until} dapat dipenuhi.",
    "{cards} cards are printed by about {finish}; the hand-over at {until} can be met.",
)
_LATE = Text(
    "{cards} kartu baru selesai sekitar {finish}; penyerahan mulai {until} tidak terpenuhi.",
    "{cards} cards are printed only by about {finish}; the hand-over at {until} cannot be met.",
)
_NEVER = Text(
    "Dari {cards} kartu hanya {printed} tercetak sebelum penyerahan mulai {until}; sisanya tidak selesai begini.",
    "Of {cards} cards only {printed} are printed before the hand-over at {until}; the rest are not printed this way.",
)
_BINDS = {
    "printers": Text("Yang membatasi: jam printer.", "What binds: printer hours."),
    "ribbon": Text("Yang membatasi: ribbon.", "What binds: ribbon."),
    "film": Text("Yang membatasi: film.", "What binds: film."),
    "blanks": Text("Yang membatasi: blangko.", "What binds: blanks."),
    "recordings": Text("Semua cukup untuk perekaman yang ada.", "There is enough of everything for what is recorded."),
}
_PARTS = {
    "printers": Text("{number} printer", "{number} printers"),
    "shift_hours": Text("{number} jam sif", "{number} hours of shift"),
    "ribbons": Text("{number} ribbon", "{number} ribbons"),
    "films": Text("{number} film", "{number} films"),
    "blanks": Text("{number} blangko", "{number} blanks"),
}
_ADD = Text("Tambah {parts}.", "Add {parts}.")
_AND = Text(" dan ", " and ")
_NO_WAY = Text(
    "Tidak ada tambahan yang menolong: kartu terakhir datang terlalu dekat dengan penyerahan.",
    "Nothing that could be added helps: the last cards come too close to the hand-over.",
)
_FLEET = Text(
    "{printers} printer, bersama-sama sekitar {rate} blangko per jam, jeda pendinginan sudah dihitung.",
    "{printers} printers, together about {rate} blanks an hour, cooling rests taken off.",
)
_NO_LIMIT = Text(
    "Batas harian printer (daily_limit) tidak diterapkan pada malam ini.",
    "The printers' daily limits (daily_limit) are not applied to this night.",
)
_ALL_NIGHT = Text("Ada petugas sampai semuanya tercetak.", "Somebody prints until everything is done.")
_SHIFT = Text("Sif {first} sampai {last}.", "The shift is from {first} to {last}.")
_TURNOUT = Text(
    "Kehadiran {percent} persen dari yang belum direkam, merata selama jam buka; yang direkam dalam satu jam siap cetak"
    " pada jam berikutnya.",
    "A turnout of {percent} percent of who is not yet recorded, evenly over the opening hours; what is recorded in an"
    " hour can be printed in the next.",
)
_SPOIL = Text(
    "Tingkat rusak {percent} persen: {cards} kartu memakan {blanks} blangko.",
    "A spoil rate of {percent} percent: {cards} cards take {blanks} blanks.",
)
_USUAL_SPOIL = Text(" Itu angka bawaan.", " That is the usual guess.")
_STOCK = Text(
    "Cukup untuk: blangko {blanks}, ribbon {ribbon}, film {film} (terpasang dan cadangan).",
    "Enough for: blanks {blanks}, ribbon {ribbon}, film {film} (mounted and spare).",
)
_LEFT_OUT = Text(
    "{count} perekaman siap cetak lain milik Dinas tuan rumah tidak dihitung.",
    "{count} other print-ready recordings of the host are not counted.",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A night with its outcome, and in whose time it is told; who counts the stock is not told what it is (`blind`)."""

    plan: Plan
    night: Night
    outcome: Outcome
    left_out: int
    limited: bool = False
    blind: bool = False

    def told(self, instant: datetime) -> str:
        """An instant as people of the host read it."""
        return f"{instant.astimezone(ZoneInfo(self.plan.time_zone)):%d-%m %H:%M} {zone_name(self.plan.time_zone)}"


def verdict(said: Said) -> Text:
    """Whether the morning can be met, and what binds."""
    cards = ceil(said.night.cards)
    if not cards:
        return _NOTHING
    facts = {"cards": figure(cards), "until": said.told(said.night.until)}
    if said.outcome.finish_at is None:
        printed = sum(row.printed for row in said.outcome.rows)
        found = _NEVER.format(printed=figure(int(printed)), **facts)
    else:
        words = _MET if said.outcome.can_meet else _LATE
        found = words.format(finish=said.told(said.outcome.finish_at), **facts)
    sentences = [found, *([_BINDS[said.outcome.binds]] if said.outcome.binds else [])]
    if not said.outcome.can_meet and not said.outcome.ways:
        sentences.append(_NO_WAY)
    return _joined(sentences, Text(" ", " "))


def way(more: Addition) -> Text:
    """One way to meet the morning, as somebody would say it."""
    parts = [words.format(number=figure(getattr(more, name))) for name, words in _PARTS.items() if getattr(more, name)]
    together = _joined(parts, _AND)
    return Text(_ADD.format(parts=str(together)), _ADD.format(parts=together.en).en)


def assumptions(said: Said) -> list[Text]:
    """What the figures rest on."""
    night, plan = said.night, said.plan
    found = [_FLEET.format(printers=figure(night.fleet.printers), rate=figure(int(night.fleet.per_hour)))]
    if said.limited:
        found.append(_NO_LIMIT)
    if night.prints_to is None:
        found.append(_ALL_NIGHT)
    else:
        found.append(_SHIFT.format(first=said.told(night.prints_from), last=said.told(night.prints_to)))
    found.append(_TURNOUT.format(percent=figure(round(plan.turnouts[1] * 100, 1))))
    percent = figure(plan.spoil.rate * 100)
    spoil = _SPOIL.format(percent=percent, cards=figure(ceil(night.cards)), blanks=figure(night.blanks))
    usual = plan.spoil.source is SpoilSource.DEFAULT
    found.append(_joined([spoil, _USUAL_SPOIL], Text("", "")) if usual else spoil)
    if not said.blind:
        found.append(_STOCK.format(**{one.kind: figure(one.there) for one in night.stock}))
    if said.left_out:
        found.append(_LEFT_OUT.format(count=figure(said.left_out)))
    return found


def _joined(parts: list[Text], between: Text) -> Text:
    return Text(str(between).join(str(part) for part in parts), between.en.join(part.en for part in parts))
