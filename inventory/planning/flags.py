"""What readiness warns of, in plain sentences, and how sure it is: pure, like the rules it speaks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from inventory.outreach.rules import ALIVE, EventStatus
from inventory.planning.rules import DEFAULT_TURNOUTS, Figures, Plan, Severity, SpoilSource, Supply, severity
from inventory.texts import Text, figure

CONSIGNMENT_DAYS = 3
_CASES = {
    "low": Text("Bahkan bila sedikit yang datang", "Even if few people come"),
    "likely": Text("Menurut perkiraan kehadiran", "By the likely turnout"),
    "high": Text("Bila banyak yang datang", "If many people come"),
    "by_target": Text("Menurut target", "By target"),
}
# A shortage in these cases alone is less pressing than one in the likely case.
_MILD_ALONE = {"high", "by_target"}
_SHORT = Text(
    "perlu {need} blangko, tersedia {total}, kurang {quantity}",
    "{need} blanks are needed, {total} will be there, {quantity} are short",
)
_ORDER = Text(
    "harus ada {on}, sisihkan dari stok sendiri atau pesan paling lambat {order_by}",
    "due on {on}, set aside from your own stock or order by {order_by}",
)
_ORDER_TOO_LATE = Text(
    "harus ada {on}, sudah terlambat memesan: sisihkan dari stok sendiri atau minta dari Dinas tetangga",
    "due on {on}, it is too late to order: set aside from your own stock or ask the offices nearby",
)
_SUPPLY_SHORT = Text(
    "Persediaan {kind} cukup untuk {cards} kartu; kurang {likely} gulungan menurut perkiraan, {target} gulungan menurut"
    " target.",
    "The {kind} lasts for {cards} cards; {likely} rolls short by the likely turnout, {target} rolls by target.",
)
_SUPPLY_SHORT_LIKELY = Text(
    "Persediaan {kind} cukup untuk {cards} kartu; kurang {likely} gulungan menurut perkiraan.",
    "The {kind} lasts for {cards} cards; {likely} rolls short by the likely turnout.",
)
_SUPPLY_SHORT_BY_TARGET = Text(
    "Persediaan {kind} cukup untuk {cards} kartu; kurang {target} gulungan menurut target.",
    "The {kind} lasts for {cards} cards; {target} rolls short by target.",
)
_SURPLUS = Text(
    "Menurut perkiraan kehadiran ada {quantity} blangko lebih; Dinas lain mungkin memerlukannya.",
    "By the likely turnout {quantity} blanks are too many; other offices may need them.",
)
# What was brought cannot be let go of any more.
_SURPLUS_BROUGHT = Text(
    "Menurut perkiraan kehadiran ada {quantity} blangko lebih; yang tersisa kembali ke pemiliknya sesudah acara"
    " ditutup.",
    "By the likely turnout {quantity} blanks are too many; what is left goes back to its owners once the event is"
    " closed.",
)
_LATE = Text(
    "{quantity} blangko dalam pengiriman tidak tiba pada waktunya atau tanpa perkiraan tanggal; tidak dihitung.",
    "{quantity} blanks on transfers come too late or without an expected date; they are not counted.",
)
_OVERDUE = Text(
    "{quantity} blangko yang dihitung seharusnya sudah tiba; tanyakan pengirimnya.",
    "{quantity} blanks that are counted should have arrived already; ask their sender.",
)
_NO_STOPS = Text(
    "Belum ada lokasi layanan, sehingga kebutuhan belum dapat dihitung.",
    "There are no stops yet, so the need cannot be computed.",
)
_DEADLINE = Text(
    "Tenggat {deadline} jatuh sebelum hari terakhir {ends}.", "The deadline {deadline} is before the last day {ends}."
)
_OVER = Text(
    "Acara sudah berakhir; angka ini hanya untuk perbandingan.", "The event is over; these figures only compare."
)
_USUAL = Text(
    "Rentang lebar: kehadiran {low} sampai {high} persen adalah angka bawaan, bukan dari acara sendiri. {spoil}",
    "A wide range: a turnout of {low} to {high} percent is the usual guess, not this host's experience. {spoil}",
)
_SET = Text(
    "Kehadiran {low} sampai {high} persen ditetapkan untuk acara ini. {spoil}",
    "A turnout of {low} to {high} percent was set for this event. {spoil}",
)
_SPOIL = {
    SpoilSource.EVENT: Text("Tingkat rusak ditetapkan untuk acara ini.", "The spoil rate was set for this event."),
    SpoilSource.OFFICE: Text("Tingkat rusak ditetapkan oleh Dinas.", "The spoil rate was set by the office."),
    SpoilSource.LEARNED: Text(
        "Tingkat rusak dipelajari dari {attempts} percobaan cetak.",
        "The spoil rate was learned from {attempts} attempts.",
    ),
    SpoilSource.DEFAULT: Text("Tingkat rusak masih angka bawaan.", "The spoil rate is still the usual guess."),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to act on: how much, and the day it must be there.

    `todo` stands apart from what is `said`: several flags may have it in common, and a page tells it once.
    """

    code: str
    severity: Severity
    quantity: int
    needed_on: date
    said: Text
    todo: Text | None = None

    @property
    def detail(self) -> Text:
        """All of it, for whoever reads one flag alone."""
        if self.todo is None:
            return self.said
        return Text(f"{self.said}; {self.todo}.", f"{self.said.en}; {self.todo.en}.")


def needed_on(plan: Plan, as_of: date) -> date:
    """The day the goods must be there: the first day, or today when the event is running."""
    return as_of if plan.status is EventStatus.RUNNING else plan.starts_on


def order_by(on: date) -> date:
    """The last day to order what must be there on a day: a consignment takes three."""
    return date.fromordinal(max(1, on.toordinal() - CONSIGNMENT_DAYS))


def flags_of(plan: Plan, figures: Figures, as_of: date) -> list[Flag]:
    """Everything to act on, the worst first; an event that is over only says so."""
    if plan.status not in ALIVE:
        return [Flag("event_over", Severity.NOTICE, 0, plan.ends_on, _OVER)]
    found = [*shortages(plan, figures, as_of), *_supplies(plan, figures, as_of), *_others(plan, figures, as_of)]
    return sorted(found, key=lambda flag: list(Severity).index(flag.severity))


def shortages(plan: Plan, figures: Figures, as_of: date) -> Iterator[Flag]:
    """A flag for each case in which blanks are short, once anything of the need is known."""
    if not _is_planned(plan):
        return
    on = needed_on(plan, as_of)
    last = order_by(on)
    todo = (_ORDER if last >= as_of else _ORDER_TOO_LATE).format(on=on, order_by=last)
    for case, words in _CASES.items():
        quantity = getattr(figures.shortfall, case)
        if quantity:
            milder = case in _MILD_ALONE and not figures.shortfall.likely
            facts = {"need": getattr(figures.need, case), "total": figures.available.total, "quantity": quantity}
            told = {name: figure(number) for name, number in facts.items()}
            short = _SHORT.format(**told)
            said = Text(f"{words}: {short}", f"{words.en}: {short.en}")
            yield Flag(f"shortfall_{case}", severity((on - as_of).days, milder=milder), quantity, on, said, todo)


def _is_planned(plan: Plan) -> bool:
    """Whether the event needs anything of its own: without stops and replacements all it has is the host's queue."""
    return bool(plan.stops or plan.replacements)


def _supplies(plan: Plan, figures: Figures, as_of: date) -> Iterator[Flag]:
    if not _is_planned(plan):
        return
    on = needed_on(plan, as_of)
    for supply in figures.supplies:
        quantity = supply.short_likely or supply.short_by_target
        if quantity:
            grade = severity((on - as_of).days, milder=not supply.short_likely)
            yield Flag(f"{supply.kind}_short", grade, quantity, on, _supply_short(supply))


def _supply_short(supply: Supply) -> Text:
    words = _SUPPLY_SHORT if supply.short_by_target else _SUPPLY_SHORT_LIKELY
    if not supply.short_likely:
        words = _SUPPLY_SHORT_BY_TARGET
    return words.format(
        kind=supply.kind.value,
        cards=figure(supply.cards),
        likely=figure(supply.short_likely),
        target=figure(supply.short_by_target),
    )


def _others(plan: Plan, figures: Figures, as_of: date) -> Iterator[Flag]:
    on = needed_on(plan, as_of)
    grade = severity((on - as_of).days)
    if figures.surplus.likely:
        words = _SURPLUS_BROUGHT if plan.status is EventStatus.RUNNING else _SURPLUS
        detail = words.format(quantity=figure(figures.surplus.likely))
        yield Flag("surplus_likely", Severity.NOTICE, figures.surplus.likely, on, detail)
    if not plan.stops:
        yield Flag("no_stops", grade, 0, on, _NO_STOPS)
    if figures.late:
        yield Flag("arriving_late", grade, figures.late, on, _LATE.format(quantity=figure(figures.late)))
    if figures.overdue:
        yield Flag("arriving_overdue", grade, figures.overdue, on, _OVERDUE.format(quantity=figure(figures.overdue)))
    if plan.deadline_on is not None and plan.deadline_on < plan.ends_on:
        detail = _DEADLINE.format(deadline=plan.deadline_on, ends=plan.ends_on)
        yield Flag("deadline_before_end", severity((plan.deadline_on - as_of).days), 0, plan.deadline_on, detail)


def confidence_of(plan: Plan) -> Text:
    """How sure the figures are: where turnout and spoil rate come from."""
    low, _, high = (round(turnout * 100) for turnout in plan.turnouts)
    spoil = _SPOIL[plan.spoil.source].format(attempts=figure(plan.spoil.attempts))
    words = _USUAL if plan.turnouts == DEFAULT_TURNOUTS else _SET
    return Text(
        str(words.format(low=low, high=high, spoil=str(spoil))), words.format(low=low, high=high, spoil=spoil.en).en
    )
