"""Changing the key that personal data are encrypted under, a batch a transaction, while the service runs.

What is to be changed is found by its key id, so a rotation that was killed goes on where it stopped, and one that is
done changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from inventory import audit, keys
from inventory.access import Actor
from inventory.database import current, transaction, wire
from inventory.errors import Busy

BATCH = 1_000
_PATIENCE = 20


@dataclass(frozen=True, slots=True)
class Ciphertexts:
    """A table with columns of ciphertext, and its one key."""

    table: sa.Table
    columns: tuple[sa.Column[Any], ...]

    @property
    def key(self) -> sa.Column[Any]:
        """The column that rows are taken in the order of."""
        return next(iter(self.table.primary_key))


def ciphertexts(metadata: sa.MetaData) -> list[Ciphertexts]:
    """Every column that holds ciphertext: bytes under a name that says `secret`."""
    found = []
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if is_secret(column)]
        if columns:
            found.append(Ciphertexts(table, tuple(columns)))
    return found


def is_secret(column: sa.Column[Any]) -> bool:
    """Whether a column holds ciphertext."""
    named = column.name == "secret" or column.name.endswith("_secret")
    return named and isinstance(column.type, sa.LargeBinary)


def _key_id(column: Any) -> Any:
    """The first byte; none where nothing is kept, or nothing any more."""
    return sa.func.substr(column, 1, 1, type_=sa.LargeBinary())


def counted(metadata: sa.MetaData) -> dict[str, dict[int, int]]:
    """How many values of each column are encrypted under each key id."""
    counts: dict[str, dict[int, int]] = {}
    for each in ciphertexts(metadata):
        for column in each.columns:
            under = _key_id(column)
            query = sa.select(under, sa.func.count()).where(sa.func.length(column) > 0).group_by(under)
            rows = current().execute(query).all()
            counts[f"{each.table.name}.{column.name}"] = {bytes(first)[0]: int(count) for first, count in sorted(rows)}
    return counts


def rotate(actor: Actor, metadata: sa.MetaData, told: Callable[[str, int], None]) -> int:
    """Encrypt under the newest key whatever other held keys encrypted; answers how many rows changed.

    `told` hears of each batch. What no held key opens stays as it is.
    """
    changed = 0
    for each in ciphertexts(metadata):
        for count in _rotate_table(actor, each):
            changed += count
            told(each.table.name, count)
    return changed


def _rotate_table(actor: Actor, each: Ciphertexts) -> Iterator[int]:
    newest = bytes([keys.newest()])
    olds = [bytes([key_id]) for key_id in sorted(keys.held()) if key_id != keys.newest()]
    query = sa.select(each.key, *each.columns).order_by(each.key).limit(BATCH)
    query = query.where(sa.or_(*[_key_id(column).in_(olds) for column in each.columns]))
    after: Any = None
    while True:
        rows = list(current().execute(query if after is None else query.where(each.key > after)))
        if not rows:
            return
        after = rows[-1][0]
        fresh = [(row[0], [_renewed(secret, newest) for secret in row[1:]], row[1:]) for row in rows]
        yield _patiently(partial(_write, actor, each, fresh))


def _renewed(secret: bytes | None, newest: bytes) -> bytes | None:
    """The same text under the newest key; None where there is nothing to change, or nobody can read it."""
    if not secret or secret[:1] == newest or secret[0] not in keys.held():
        return None
    try:
        return keys.encrypt(keys.decrypt(secret))
    except InvalidTag:
        return None


def _write(
    actor: Actor, each: Ciphertexts, fresh: Sequence[tuple[Any, Sequence[bytes | None], Sequence[bytes | None]]]
) -> int:
    """Replace what is still as it was read: a row that somebody purged or changed meanwhile is left alone."""
    with transaction() as session:
        changed = 0
        for place, column in enumerate(each.columns):
            rows = [
                {"row": key, "old": olds[place], "new": news[place]}
                for key, news, olds in fresh
                if news[place] is not None
            ]
            changed = max(changed, _replace(session, each, column, rows))
        if changed:
            name = each.table.name
            audit.record(session, actor, "rotate_keys", "table", name, actor.office, rows=changed, key=keys.newest())
        return changed


def _replace(session: Session, each: Ciphertexts, column: sa.Column[Any], rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    same = sa.and_(each.key == sa.bindparam("row"), column == sa.bindparam("old"))
    statement = sa.update(each.table).where(same).values({column.name: sa.bindparam("new")})
    result = wire(session).execute(statement, rows, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)


def _patiently(work: Callable[[], int]) -> int:
    for attempt in range(_PATIENCE):
        try:
            return work()
        except Busy:
            time.sleep(0.05 * (attempt + 1))
    return work()
