"""How many blanks were spoiled, by printer, by the lot of the ribbon, by the lot of the blank, or by reason."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.database import current
from inventory.errors import RuleViolated
from inventory.offices.queries import get_office
from inventory.printing.machines import Rate, spoil_rate
from inventory.printing.models import Attempt, Mount, Printer
from inventory.printing.rules import Outcome
from inventory.stock import intervals, numbers
from inventory.stock.models import Lot, Receipt
from inventory.stock.numbers import Span
from inventory.texts import Text

LONGEST_DAYS = 92


class SpoilageBy(StrEnum):
    """What the spoil rate is told by."""

    PRINTER = "printer"
    RIBBON = "ribbon"
    LOT = "lot"
    REASON = "reason"


class SpoilagePeriodWrong(RuleViolated):
    """The period of a spoil rate has its first day first, and is not longer than a quarter."""

    code = "spoilage_period_wrong"
    text = Text(
        "Periode dari {first} sampai {last} harus maju dan paling lama {days} hari.",
        "The period from {first} to {last} must run forwards and be no longer than {days} days.",
    )


@dataclass(frozen=True, slots=True)
class Group:
    """The attempts of one printer, lot or reason. What names it is None where it is not known."""

    key: int | str | None
    name: str | None
    item: str | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class Spoilage:
    """The spoil rate of an office in a period, as a whole and by group, the most attempts first."""

    office: str
    first: date
    last: date
    by: SpoilageBy
    whole: Rate
    groups: list[Group]


# What a group is told by: its key, its name and its item.
_Named = tuple[int | str | None, str | None, str | None]


def spoilage(actor: Actor, office: str, first: date, last: date, by: SpoilageBy) -> Spoilage:
    """The standing attempts of one office on its own business days; raises `OutOfReach`, `SpoilagePeriodWrong`."""
    access.require(actor, Action.READ, office)
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise SpoilagePeriodWrong(pointer="to", first=first, last=last, days=LONGEST_DAYS)
    zone = ZoneInfo(get_office(actor, office).time_zone)
    start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    mine = sa.and_(
        Attempt.office_code == office,
        Attempt.attempted_at >= start,
        Attempt.attempted_at < end,
        Attempt.undone_by.is_(None),
    )
    tried: Counter[_Named] = Counter()
    bad: Counter[_Named] = Counter()
    if by is SpoilageBy.LOT:
        found = list(_by_lot(mine))
    else:
        found = [(tuple(row[:3]), int(row.tried), int(row.bad)) for row in current().execute(_grouped(mine, by))]
    for named, attempts, spoiled in found:
        tried[named] += attempts
        bad[named] += spoiled
    whole = spoil_rate(bad.total(), tried.total())
    if by is SpoilageBy.REASON:  # a reason has no attempts of its own: it is a share of all of them
        groups = [Group(*named, spoil_rate(bad[named], whole.attempts)) for named in tried if named[0] is not None]
    else:
        groups = [Group(*named, spoil_rate(bad[named], tried[named])) for named in tried]
    groups.sort(key=lambda group: (-group.rate.attempts, -group.rate.spoiled, str(group.key)))
    return Spoilage(office, first, last, by, whole, groups)


_BAD = sa.func.sum(sa.case((Attempt.outcome == Outcome.SPOILED, 1), else_=0)).label("bad")
_TRIED = sa.func.count().label("tried")


def _grouped(mine: sa.ColumnElement[bool], by: SpoilageBy) -> Any:
    query: Any
    if by is SpoilageBy.REASON:
        query = sa.select(Attempt.reason, sa.null(), sa.null(), _TRIED, _BAD).group_by(Attempt.reason)
    elif by is SpoilageBy.PRINTER:
        named = (Attempt.printer_id, Printer.name)
        query = sa.select(*named, sa.null(), _TRIED, _BAD).group_by(*named)
        query = query.select_from(Attempt).outerjoin(Printer, Printer.id == Attempt.printer_id)
    else:
        query = sa.select(Mount.lot, Mount.lot, Mount.item_code, _TRIED, _BAD).group_by(Mount.lot, Mount.item_code)
        query = query.select_from(Attempt).outerjoin(Mount, Mount.id == Attempt.ribbon_id)
    return query.where(mine)


def _by_lot(mine: sa.ColumnElement[bool]) -> Iterator[tuple[_Named, int, int]]:
    """The lot of each numbered blank, by where its number lies now; blanks that are only counted have none."""
    counted = sa.select(_TRIED, _BAD).where(mine, Attempt.number.is_(None))
    row = current().execute(counted).one()
    if row.tried:
        yield (None, None, None), int(row.tried), int(row.bad)
    query = sa.select(Attempt.number, Attempt.outcome).where(mine, Attempt.number.is_not(None))
    read = [(numbers.read(str(number)), outcome) for number, outcome in current().execute(query)]
    lots = _Lots(numbers.compact(span for span, _ in read))
    tried: Counter[int | None] = Counter()
    bad: Counter[int | None] = Counter()
    for span, outcome in read:
        lot = lots.of(span)
        tried[lot] += 1
        bad[lot] += outcome is Outcome.SPOILED
    told = _told([lot for lot in tried if lot is not None])
    for lot in tried:
        yield told.get(lot or 0, (lot, None, None)), tried[lot], bad[lot]


class _Lots:
    """Which lot a number belongs to: the intervals of the numbers asked for, in order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans: defaultdict[Any, list[tuple[int, int, int | None]]] = defaultdict(list)
        for stay in intervals.here(current(), spans):
            self._spans[stay.span.series].append((stay.span.first, stay.span.last, stay.lot_id))
        for found in self._spans.values():
            found.sort(key=lambda one: one[0])

    def of(self, span: Span) -> int | None:
        """The lot of one number; None where the books do not know it any more."""
        found = self._spans.get(span.series, [])
        index = bisect_right(found, span.first, key=lambda one: one[0]) - 1
        return found[index][2] if index >= 0 and span.first <= found[index][1] else None


def _told(lots: Sequence[int]) -> dict[int, _Named]:
    """Each lot with the number of the paper it came by, and its item."""
    query = (
        sa.select(Lot.id, Receipt.document_number, Lot.item_code)
        .outerjoin(Receipt, Receipt.id == Lot.receipt_id)
        .where(Lot.id.in_(lots))
    )
    return {row.id: (row.id, row.document_number, row.item_code) for row in current().execute(query)}
