"""Loading the tree that is shipped with the package."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from importlib.resources import files

import sqlalchemy as sa

from inventory.database import insert_ignore, table_of, transaction
from inventory.regions.models import Region
from inventory.regions.rules import level_of, parent_of

_CHUNK = 4_000


def shipped_regions() -> Iterator[dict[str, str | None]]:
    """Every region of the shipped tree, parents before children."""
    source = files("inventory.regions") / "tree" / "regions.csv.gz"
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as lines:
        rows = [
            {"code": code, "name": name, "level": level_of(code), "parent_code": parent_of(code)}
            for code, name in list(csv.reader(lines))[1:]
        ]
    yield from sorted(rows, key=lambda row: (str(row["code"]).count("."), str(row["code"])))


def load_regions() -> int:
    """Put the shipped tree into an empty table; a second call changes nothing. Answers how many were added."""
    rows = list(shipped_regions())
    with transaction() as session:
        if session.scalar(sa.select(sa.func.count()).select_from(Region)) == len(rows):
            return 0
        starts = range(0, len(rows), _CHUNK)
        table = table_of(Region)
        return sum(insert_ignore(session, table, rows[start : start + _CHUNK]) for start in starts)
