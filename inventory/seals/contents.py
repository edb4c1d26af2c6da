"""What the hash of a movement is over: every row that it wrote, none of which ever changes afterwards.

An interval's `ended_by` is set later and so is not among them; `stock/verify.py` proves it from its children. The free
text of a movement may hold a name: only a keyed digest of it is sealed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import keys
from inventory.database import table_of, wire
from inventory.seals import rules
from inventory.stock.models import Account, Entry, Interval, Lot, Movement, NumberSeries

# So many movements, accounts or intervals are looked up by one statement.
_CHUNK = 1_000
_KEPT_ACCOUNTS = 50_000
_MOVEMENTS, _ENTRIES, _ACCOUNTS = table_of(Movement), table_of(Entry), table_of(Account)
_INTERVALS, _SERIES, _LOTS = table_of(Interval), table_of(NumberSeries), table_of(Lot)
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)


def _as_text(table: sa.Table, *names: str) -> list[Any]:
    """Columns as the database has them: a value that no enumeration knows is told, not stumbled over."""
    return [
        sa.type_coerce(table.c[name], sa.String).label(name)
        if isinstance(table.c[name].type, sa.Enum)
        else table.c[name]
        for name in names
    ]


_OF_ACCOUNT = (
    "id", "store_code", "office_code", "place", "document_id", "item_code", "condition", "owner_code", "event_id",
    "numbered",
)  # fmt: skip
_OF_INTERVAL = (
    "id", "series_id", "first", "last", "account_id", "lot_id", "made_by", "came_from_id", "split_from_id", "in_books",
)  # fmt: skip
_OF_ENTRY = ("id", "account_id", "quantity", "balance_after")
_OF_LOT = ("id", "store_code", "item_code", "pack_size", "quantity")
_OF_MOVEMENT = tuple(_MOVEMENTS.c.keys())
_READ_MOVEMENTS = sa.select(*_as_text(_MOVEMENTS, *_OF_MOVEMENT)).where(_MOVEMENTS.c.id.in_(_WANTED))
_READ_ENTRIES = (
    sa.select(_ENTRIES.c.movement_id, *[_ENTRIES.c[name] for name in _OF_ENTRY])
    .where(_ENTRIES.c.movement_id.in_(_WANTED))
    .order_by(_ENTRIES.c.id)
)
_READ_ACCOUNTS = sa.select(*_as_text(_ACCOUNTS, *_OF_ACCOUNT)).where(_ACCOUNTS.c.id.in_(_WANTED))
_READ_SERIES = sa.select(_SERIES).where(_SERIES.c.id.in_(_WANTED))
_READ_LOTS = (
    sa.select(_LOTS.c.receipt_id, *[_LOTS.c[name] for name in _OF_LOT])
    .where(_LOTS.c.receipt_id.in_(_WANTED))
    .order_by(_LOTS.c.id)
)
_OF = [_INTERVALS.c[name] for name in _OF_INTERVAL]
_BROUGHT = sa.select(*_OF).where(_INTERVALS.c.made_by.in_(_WANTED), _INTERVALS.c.split_from_id.is_(None))
_LEFT = sa.select(*_OF).where(_INTERVALS.c.split_from_id.in_(_WANTED))


class Contents:
    """Reads what movements wrote, many at a time; accounts and series that were read are kept at hand."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._accounts: dict[int, dict[str, Any]] = {}
        self._series: dict[int, dict[str, Any]] = {}

    def of(self, movement_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """The content of each of these movements; one that is gone is left out."""
        found: dict[int, dict[str, Any]] = {}
        for some in _chunks(movement_ids):
            found |= self._of_some(some)
        return found

    def _of_some(self, ids: list[int]) -> dict[int, dict[str, Any]]:
        entries = self._grouped(_READ_ENTRIES, ids, _OF_ENTRY)
        intervals = self._intervals(ids)
        lots = self._grouped(_READ_LOTS, ids, _OF_LOT)
        rows = [row for many in (*entries.values(), *intervals.values()) for row in many]
        accounts = self._known(self._accounts, _READ_ACCOUNTS, _OF_ACCOUNT, {row["account_id"] for row in rows})
        numbered = [row for many in intervals.values() for row in many]
        series = self._known(self._series, _READ_SERIES, tuple(_SERIES.c.keys()), {r["series_id"] for r in numbered})
        found = {}
        for row in wire(self._session).execute(_READ_MOVEMENTS, {"wanted": ids}):
            mine, brought = entries[row.id], intervals[row.id]
            touched = sorted({each["account_id"] for each in (*mine, *brought)} & accounts.keys())
            written = sorted({each["series_id"] for each in brought} & series.keys())
            found[row.id] = {
                "movement": _movement(row),
                "entries": mine,
                "accounts": [accounts[i] for i in touched],
                "intervals": brought,
                "series": [series[i] for i in written],
                "lots": lots[row.id],
            }
        return found

    def _grouped(self, query: Any, ids: list[int], names: tuple[str, ...]) -> defaultdict[int, list[dict[str, Any]]]:
        """Rows of (movement, columns...) by their movement."""
        found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for movement_id, *row in wire(self._session).execute(query, {"wanted": ids}):
            found[movement_id].append(dict(zip(names, row, strict=True)))
        return found

    def _intervals(self, ids: list[int]) -> defaultdict[int, list[dict[str, Any]]]:
        """What each movement brought, and what it left of the intervals that it cut."""
        found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        cut_by: dict[int, int] = {}
        for row in wire(self._session).execute(_BROUGHT, {"wanted": ids}):
            found[row.made_by].append(dict(zip(_OF_INTERVAL, row, strict=True)))
            if row.came_from_id is not None:
                cut_by[row.came_from_id] = row.made_by
        for some in _chunks(cut_by):
            for row in wire(self._session).execute(_LEFT, {"wanted": some}):
                found[cut_by[row.split_from_id]].append(dict(zip(_OF_INTERVAL, row, strict=True)))
        for rows in found.values():
            rows.sort(key=lambda row: int(row["id"]))
        return found

    def _known(
        self, kept: dict[int, dict[str, Any]], query: Any, names: tuple[str, ...], wanted: set[int]
    ) -> dict[int, dict[str, Any]]:
        if len(kept) > _KEPT_ACCOUNTS:
            kept.clear()
        for some in _chunks(wanted - kept.keys()):
            for row in wire(self._session).execute(query, {"wanted": some}):
                kept[row[0]] = dict(zip(names, row, strict=True))
        return kept


def _movement(row: Any) -> dict[str, Any]:
    said = dict(zip(_OF_MOVEMENT, row, strict=True))
    said["posted_at"] = rules.instant(row.posted_at)
    said["occurred_on"] = row.occurred_on.isoformat()
    # Never the same twice, so that equal texts do not show.
    said["reason"] = keys.blind_index(f"ledger reason {row.id} {row.reason}").hex()
    return said


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, _CHUNK)):
        yield some
