"""Lists come in batches: keyset paging, so page 1,000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inventory.database import current


@dataclass(frozen=True, slots=True)
class Slice:
    """What part of a list is wanted: at most `limit` items behind the key values `after`."""

    limit: int = 50
    after: tuple[Any, ...] | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One batch; `next` is the `after` of the next one, None at the end."""

    items: list[Any]
    next: tuple[Any, ...] | None


def page(statement: Any, keys: Sequence[Any], wanted: Slice, *, rows: bool = False) -> Page:
    """Run `statement` (a SELECT) for one batch, ordered by `keys`, columns that are unique together.

    `rows=True` gives result rows instead of the first entity of each.
    """
    if wanted.after is not None:
        behind = (
            sa.tuple_(*keys),
            sa.tuple_(*[sa.bindparam(None, v, k.type) for k, v in zip(keys, wanted.after, strict=True)]),
        )
        statement = statement.where(behind[0] < behind[1] if wanted.descending else behind[0] > behind[1])
    order = [key.desc() if wanted.descending else key.asc() for key in keys]
    result = current().execute(statement.order_by(*order).limit(wanted.limit + 1))
    found: list[Any] = list(result.all() if rows else result.scalars().all())
    if len(found) <= wanted.limit:
        return Page(found, None)
    kept = found[: wanted.limit]
    return Page(kept, tuple(getattr(kept[-1], key.key) for key in keys))
