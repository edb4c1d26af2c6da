"""What a coverage report says when its figures are computed, and which target holds where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from inventory.errors import Conflict, RuleViolated
from inventory.regions.rules import parent_of
from inventory.texts import Text, figure

WHOLE = 100
# A reported percentage is rounded by its source: this far from the computed one it still agrees.
TOLERANCE = Decimal("0.01")


class CoverageReportedAlready(Conflict):
    """One source says one thing of a region on a day."""

    code = "coverage_reported_already"
    text = Text(
        "Cakupan {region} per {as_of} dari sumber ini sudah dilaporkan; pakai sumber lain untuk koreksinya.",
        "The coverage of {region} on {as_of} was already reported from this source; correct it under another source.",
    )


class CoverageFiguresMissing(RuleViolated):
    """A report says at least one thing about who is recorded."""

    code = "coverage_figures_missing"
    text = Text(
        "Isi setidaknya satu: yang sudah direkam, persentase yang dilaporkan, atau sisa yang dilaporkan.",
        "Give at least one of these: how many are recorded, the reported percentage, the reported remainder.",
    )


class TargetSetAlready(Conflict):
    """A region has one target a day."""

    code = "coverage_target_set_already"
    text = Text(
        "Target {region} untuk {due_on} sudah ada; hapus dulu bila perlu diubah.",
        "{region} already has a target for {due_on}; delete it first to change it.",
    )


class RankBy(StrEnum):
    """Which figure decides the rank."""

    PERCENT = "percent"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Said:
    """What a source said of one region."""

    required: int | None = None
    recorded: int | None = None
    reported_percent: float | None = None
    reported_remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a reader of the figures must know."""

    code: str
    detail: Text
    computed: float | None = None
    reported: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A report with its percentage and remainder as far as they can be computed; neither is ever clamped."""

    percent: float | None
    remaining: int | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """The percentage that a region is to reach by a day."""

    region: str
    percent: float
    due_on: date


def check_said(said: Said) -> None:
    """Raise `CoverageFiguresMissing` when nothing is said of who is recorded: wajib KTP alone is no coverage."""
    if said.recorded is None and said.reported_percent is None and said.reported_remaining is None:
        raise CoverageFiguresMissing(pointer="/recorded")


def percent_of(recorded: int, required: int) -> float:
    """Recorded as a percentage of required, rounded half up to two places; above 100 is legal."""
    return _rounded(Decimal(recorded) * WHOLE / Decimal(required))


def _rounded(value: Decimal) -> float:
    return float(value.quantize(TOLERANCE, ROUND_HALF_UP))


def compute(said: Said) -> Figures:
    """The percentage, the remainder, and what is odd about the report."""
    if said.required is None or said.recorded is None:
        return _from_one_figure(said)
    percent, remaining = percent_of(said.recorded, said.required), said.required - said.recorded
    flags = []
    if said.reported_remaining is not None and said.reported_remaining != remaining:
        flags.append(_remaining_differs(remaining, said.reported_remaining))
    if said.reported_percent is not None and _differ(percent, said.reported_percent):
        flags.append(_percent_differs(percent, said.reported_percent))
    if percent > WHOLE:
        flags.append(_above_whole(percent))
    return Figures(percent, remaining, tuple(flags))


def _from_one_figure(said: Said) -> Figures:
    percent = said.reported_percent
    if percent is None:
        text = Text(
            "Persentase tidak dapat dihitung: tidak ada pasangan wajib KTP dan yang sudah direkam.",
            "No percentage can be computed: there is no pair of required and recorded.",
        )
        return Figures(None, None, (Flag("no_percent", text, reported=said.reported_remaining),))
    text = Text(
        "Hanya persentase yang dilaporkan; sisa tidak dapat dihitung.",
        "Only a percentage was reported; the remainder cannot be computed.",
    )
    flags = [Flag("only_percent", text, reported=percent)]
    if percent > WHOLE:
        flags.append(_above_whole(percent))
    return Figures(percent, None, tuple(flags))


def _differ(computed: float, reported: float) -> bool:
    return abs(Decimal(str(computed)) - Decimal(str(reported))) > TOLERANCE


def _remaining_differs(computed: int, reported: int) -> Flag:
    text = Text(
        "Sisa yang dilaporkan {reported}, tetapi dari kedua angkanya {computed}.",
        "The reported remainder is {reported}, but the two figures give {computed}.",
    )
    return Flag(
        "remaining_differs", text.format(reported=figure(reported), computed=figure(computed)), computed, reported
    )


def _percent_differs(computed: float, reported: float) -> Flag:
    text = Text(
        "Persentase yang dilaporkan {reported}, tetapi dari kedua angkanya {computed}.",
        "The reported percentage is {reported}, but the two figures give {computed}.",
    )
    return Flag(
        "percent_differs", text.format(reported=figure(reported), computed=figure(computed)), computed, reported
    )


def _above_whole(percent: float) -> Flag:
    text = Text(
        "Di atas 100 %: yang direkam lebih banyak daripada wajib KTP yang tercatat.",
        "Above 100 %: more people are recorded than the required figure counts.",
    )
    return Flag("above_100", text, computed=percent)


def rank_by(siblings: Iterable[Said]) -> RankBy:
    """What siblings are ranked by: the percentage, or how many are recorded where nobody gave a percentage."""
    return RankBy.RECORDED if all(compute(said).percent is None for said in siblings) else RankBy.PERCENT


def ranks(figures: Mapping[str, float | None]) -> dict[str, int | None]:
    """The rank of each region among its siblings, 1 the highest; equal figures share one, without a figure none."""
    known = sorted((figure for figure in figures.values() if figure is not None), reverse=True)
    first = {figure: index for index, figure in reversed(list(enumerate(known, start=1)))}
    return {region: None if figure is None else first[figure] for region, figure in figures.items()}


def ancestors(region: str) -> list[str]:
    """The region itself and those above it, nearest first."""
    found, code = [region], parent_of(region)
    while code is not None:
        found.append(code)
        code = parent_of(code)
    return found


def target_in_force(region: str, targets: Iterable[Target], on: date) -> Target | None:
    """The region's own target or its nearest ancestor's; of several the next one not due before `on`, else the last."""
    by_region: dict[str, list[Target]] = {}
    for target in targets:
        by_region.setdefault(target.region, []).append(target)
    for code in ancestors(region):
        dated = sorted(by_region.get(code, ()), key=lambda target: target.due_on)
        if dated:
            return next((target for target in dated if target.due_on >= on), dated[-1])
    return None


def gap(percent: float | None, target: Target) -> float | None:
    """How many points are missing to the target; negative when it is passed."""
    if percent is None:
        return None
    return _rounded(Decimal(str(target.percent)) - Decimal(str(percent)))


def counted(children: Sequence[Said]) -> list[Said]:
    """Those whose figures may be added up: both given, or where nobody gave both, the recorded alone."""
    both = [said for said in children if said.required is not None and said.recorded is not None]
    return both or [Said(recorded=said.recorded) for said in children if said.recorded is not None]


def total(children: Sequence[Said]) -> Said:
    """The sum over the children that can be added up; without any there is nothing."""
    required = [said.required for said in counted(children) if said.required is not None]
    recorded = [said.recorded for said in counted(children) if said.recorded is not None]
    return Said(sum(required) if required else None, sum(recorded) if recorded else None)


def compare_total(summed: Said, parent: Said | None, *, complete: bool) -> tuple[Flag, ...]:
    """What to know when the children's sum is held against their parent's own report.

    While figures of a child are missing a difference is to be expected and named as such.
    """
    if parent is None:
        return ()
    flags: list[Flag] = []
    pairs = [("required", summed.required, parent.required), ("recorded", summed.recorded, parent.recorded)]
    for name, computed, reported in pairs:
        if computed is not None and reported is not None and computed != reported:
            flags.append(_total_differs(name, computed, reported, complete=complete))
    percent, told = compute(summed).percent, compute(parent)
    if percent is not None and told.remaining is None and told.percent is not None and _differ(percent, told.percent):
        flags.append(_total_differs("percent", percent, told.percent, complete=complete))
    return tuple(flags)


_NAMES = {
    "required": Text("wajib KTP", "who must hold a KTP"),
    "recorded": Text("yang sudah direkam", "recorded"),
    "percent": Text("persentase", "percentage"),
}


def _total_differs(name: str, computed: float, reported: float, *, complete: bool) -> Flag:
    if complete:
        code, text = "totals_differ", Text(
            "Jumlah {name} wilayah di bawahnya {computed}, laporan wilayahnya sendiri {reported}.",
            "The regions below add up to {name} {computed}, the region's own report says {reported}.",
        )  # fmt: skip
    else:
        code, text = "totals_incomplete", Text(
            "Belum semua wilayah melapor angka: {name} baru {computed} dari {reported}.",
            "Not every region has given figures yet: {name} is {computed} of {reported}.",
        )  # fmt: skip
    return Flag(
        code, text.format(name=_NAMES[name], computed=figure(computed), reported=figure(reported)), computed, reported
    )
