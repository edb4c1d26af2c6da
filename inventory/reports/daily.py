"""The stock and print report of a day or a month: a row for each office below, and totals that are the sum of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.reports import flows, rules, waiting
from inventory.reports.flows import Found
from inventory.reports.rules import Grain, Period, Walk
from inventory.reports.waiting import Waiting
from inventory.stock.rules import Condition, DateInFuture, SpoilReason


@dataclass(frozen=True, slots=True)
class Report:
    """What an office's report of a period tells, as of one moment: a receipt dated back changes the days since."""

    office: Office
    period: Period
    as_of: datetime
    stock: list[dict[str, Any]]
    stock_totals: list[dict[str, Any]]
    printing: list[dict[str, Any]]
    printing_totals: dict[str, Any]


def report(actor: Actor, office: str | None, grain: Grain, first: date | None) -> Report:
    """The report of an office of the actor's subtree; of today or this month where nothing is said.

    Goods are told where they are held, whoever owns them: an event's kit with its host. Raises `OutOfReach`,
    `OfficeNotFound`, `DateInFuture`.
    """
    code = office or actor.office
    access.require(actor, Action.READ, code)
    found = current().get(Office, code)
    if found is None:
        raise OfficeNotFound(pointer="/office", office=code)
    today = clock.business_day(found.time_zone)
    period = _period(grain, first, today)
    as_of = clock.now()
    offices = current().scalars(
        sa.select(Office).where(sa.or_(Office.code == code, Office.parent_code == code)).order_by(Office.code)
    ).all()  # fmt: skip
    items = sorted(current().scalars(sa.select(Item)), key=lambda item: (list(ItemKind).index(item.kind), item.code))
    sums = flows.found(code, period)
    walks = {
        (each.code, item.code, condition): rules.walk(condition, found.before, found.within)
        for each in offices
        for item in items
        for found in [sums.get((each.code, item.code), Found())]
        for condition in Condition
    }
    printing = _printing(offices, items, sums, walks, waiting.left(found, min(period.last, today)))
    return Report(
        found, period, as_of, _stock(offices, items, walks), _totals(items, walks), printing, _added(printing)
    )


def _period(grain: Grain, first: date | None, today: date) -> Period:
    if first is not None and first > today:
        raise DateInFuture(pointer="/on" if grain is Grain.DAY else "/month", on=first, today=today)
    day = first or today
    return Period(grain, day if grain is Grain.DAY else day.replace(day=1))


def _stock(
    offices: Sequence[Office], items: Sequence[Item], walks: dict[tuple[str, str, Condition], Walk]
) -> list[dict[str, Any]]:
    return [
        {"office": office.code, "office_name": office.name, **_goods(item, condition), **walk.columns()}
        for office in offices
        for item in items
        for condition in Condition
        if not (walk := walks[office.code, item.code, condition]).empty
    ]


def _totals(items: Sequence[Item], walks: dict[tuple[str, str, Condition], Walk]) -> list[dict[str, Any]]:
    told: defaultdict[tuple[str, Condition], list[Walk]] = defaultdict(list)
    for (_, item, condition), walk in walks.items():
        if not walk.empty:
            told[item, condition].append(walk)
    return [
        {**_goods(item, condition), **rules.added(told[item.code, condition]).columns()}
        for item in items
        for condition in Condition
        if (item.code, condition) in told
    ]


def _goods(item: Item, condition: Condition) -> dict[str, Any]:
    return {"item": item.code, "item_name": item.name, "unit": item.unit, "condition": condition}


def _printing(
    offices: Sequence[Office],
    items: Sequence[Item],
    sums: dict[tuple[str, str], Found],
    walks: dict[tuple[str, str, Condition], Walk],
    waits: dict[str, Waiting],
) -> list[dict[str, Any]]:
    rows = []
    blanks = [item.code for item in items if item.kind is ItemKind.BLANK]
    ribbons = [item.code for item in items if item.kind is ItemKind.RIBBON]
    for office in offices:
        within = [each for item in blanks for each in sums.get((office.code, item), Found()).within]
        cards = rules.added(walks[office.code, item, Condition.PRINTED] for item in blanks)
        ribbon = rules.added(walks[office.code, item, Condition.BLANK] for item in ribbons)
        spoiled = rules.spoiled_in_printing(within)
        rows.append({
            "office": office.code,
            "office_name": office.name,
            "printed": rules.printed(within),
            "spoiled": sum(spoiled.values()),
            **{f"spoiled_{reason}": spoiled[reason] for reason in SpoilReason},
            "issued": -cards.flows.get("issued", 0),
            "waiting": cards.closing,
            "prr_left": waits.get(office.code, waiting.NONE).prr_left,
            "suket_owed": waits.get(office.code, waiting.NONE).suket_owed,
            "ribbons_used": -ribbon.flows.get("used", 0),
            "ribbons_left": ribbon.closing,
        })  # fmt: skip
    return rows


def _added(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The sum of each figure; None where one of them is not known."""
    told = list(rows)
    names = [name for name in told[0] if not name.startswith("office")]
    columns = {name: [row[name] for row in told] for name in names}
    return {name: None if None in column else sum(column) for name, column in columns.items()}
