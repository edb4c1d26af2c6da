"""What was burned, added up: the totals of a destruction, and the monthly report upward."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.disposal import rules
from inventory.disposal.models import Destruction, DestructionLine, WithdrawnCards
from inventory.disposal.rules import Cell, DestructionStatus, Sort
from inventory.offices.models import Office
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.rules import Condition, Place

IN_QUARANTINE = sa.and_(Account.place == Place.STORE, Account.condition == Condition.SPOILED)
_SORT = sa.case(
    (DestructionLine.item_code.is_(None), Sort.WITHDRAWN.value),
    (Item.kind == ItemKind.BLANK, Sort.BLANKS.value),
    else_=Sort.SUPPLIES.value,
)


def sum_of(column: Any) -> sa.ColumnElement[int]:
    """A sum that is a whole number on both databases, and 0 where there is nothing."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


def cells(*by: Any) -> sa.Select[Any]:
    """What destructions burned, summed by sort, class and these columns."""
    return (
        sa.select(*by, _SORT.label("sort"), DestructionLine.reason, sum_of(DestructionLine.quantity).label("quantity"))
        .select_from(DestructionLine)
        .join(Destruction, Destruction.id == DestructionLine.destruction_id)
        .outerjoin(Item, Item.code == DestructionLine.item_code)
        .group_by(*by, _SORT, DestructionLine.reason)
    )


def grouped(query: sa.Select[Any]) -> dict[Any, list[Cell]]:
    """The cells behind each key of such a query."""
    found: defaultdict[Any, list[Cell]] = defaultdict(list)
    for key, sort, reason, quantity in current().execute(query):
        found[key].append((Sort(sort), reason, quantity))
    return found


def monthly_report(actor: Actor, office: str | None, month: date) -> dict[str, Any]:
    """What every office of a subtree burned in the month that begins on `month`, in the circular's classes.

    `left` is what still lay in quarantine and in the register at the month's end.
    """
    if office is not None:
        access.require(actor, Action.READ, office)
    root, end = office or actor.office, rules.last_day(month)
    approved = Destruction.status == DestructionStatus.APPROVED
    burned = grouped(
        cells(Destruction.office_code).where(
            approved, Destruction.destroyed_on.between(month, end), access.within(Destruction.office_code, root)
        )
    )
    blanks, cards = _blanks_left(root, end), _cards_left(root, end)
    query = sa.select(Office.code, Office.name).where(access.within(Office.code, root)).order_by(Office.code)
    rows = [
        {
            "office": each.code,
            "name": each.name,
            **rules.figures(burned[each.code]),
            "left": {Sort.BLANKS: blanks[each.code], Sort.WITHDRAWN: cards[each.code]},
        }
        for each in current().execute(query)
    ]
    totals = rules.figures(cell for each in burned.values() for cell in each)
    totals["left"] = {sort: sum(row["left"][sort] for row in rows) for sort in (Sort.BLANKS, Sort.WITHDRAWN)}
    return {"month": f"{month:%Y-%m}", "office": root, "rows": rows, "totals": totals}


def _by_office(*queries: sa.Executable) -> defaultdict[str, int]:
    """The first query's sums by office, less those of the others."""
    found: defaultdict[str, int] = defaultdict(int)
    for index, query in enumerate(queries):
        for office, quantity in current().execute(query):
            found[office] += -quantity if index else quantity
    return found


def _blanks_left(root: str, end: date) -> defaultdict[str, int]:
    blanks = sa.select(Item.code).where(Item.kind == ItemKind.BLANK)
    mine = (IN_QUARANTINE, Account.item_code.in_(blanks), access.within(Account.office_code, root))
    now = sa.select(Account.office_code, sum_of(Account.balance)).where(*mine).group_by(Account.office_code)
    since = (
        sa.select(Account.office_code, sum_of(Entry.quantity))
        .join(Entry, Entry.account_id == Account.id)
        .join(Movement, Movement.id == Entry.movement_id)
        .where(*mine, Movement.occurred_on > end)
        .group_by(Account.office_code)
    )
    return _by_office(now, since)


def _cards_left(root: str, end: date) -> defaultdict[str, int]:
    row = WithdrawnCards
    withdrawn = (
        sa.select(row.office_code, sum_of(row.quantity))
        .where(row.withdrawn_on <= end, access.within(row.office_code, root))
        .group_by(row.office_code)
    )
    burned = (
        sa.select(Destruction.office_code, sum_of(DestructionLine.quantity))
        .join(DestructionLine, DestructionLine.destruction_id == Destruction.id)
        .where(
            DestructionLine.item_code.is_(None),
            Destruction.status == DestructionStatus.APPROVED,
            Destruction.destroyed_on <= end,
            access.within(Destruction.office_code, root),
        )
        .group_by(Destruction.office_code)
    )
    return _by_office(withdrawn, burned)
