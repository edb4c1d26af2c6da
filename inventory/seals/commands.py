"""Sealing: committed movements get their position and hash, in the background or by command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inventory import clock, marks
from inventory.database import current, insert_many, table_of, transaction, wire
from inventory.errors import Busy
from inventory.marks import Verified
from inventory.seals import queries, rules
from inventory.seals.contents import Contents
from inventory.seals.heads import Folder
from inventory.seals.models import Seal, SealProgress
from inventory.seals.rules import ChainBroken, Head
from inventory.stock.models import Movement

_SEALS, _MOVEMENTS = table_of(Seal), table_of(Movement)
# The lock of the one sealer at a time on PostgreSQL: any number that nobody else uses.
_LOCK = 7_201_904
_PROGRESS = 1
# So many movements are looked for at once, and so many are sealed by one transaction.
_LOOK = 50_000
_BATCH = 1_000


def seal(path: Path) -> int:
    """Seal every committed movement that is not yet, and sign the day's head. Answers how many were sealed.

    Several may run at once: the chain grows one batch at a time. Raises `ChainBroken` where the chain does not reach
    the newest head, and `LedgerKeyMissing`.
    """
    folder = Folder(path)
    key = folder.key()
    _check_head(folder)
    looked_at = clock.now()
    newest = current().scalar(sa.select(sa.func.max(Movement.id))) or 0
    contents = Contents(current())
    sealed = 0
    for ids in _unsealed():
        for start in range(0, len(ids), _BATCH):
            sealed += _seal_some(contents, ids[start : start + _BATCH])
    _note_progress(looked_at, newest)
    _renew_head(folder, key)
    current().rollback()  # nothing is held while the sealer sleeps
    return sealed


def note_verified(position: int, differences: int) -> bool:
    """Keep when the books were proved and what was found; a database that only reads keeps nothing, and says so."""
    try:
        with transaction() as session:
            marks.mark_verified(session, Verified(clock.now(), position, differences))
    except (DBAPIError, Busy):
        return False
    return True


def _check_head(folder: Folder) -> None:
    """Raise `ChainBroken` unless the newest head is on the chain."""
    try:
        head = folder.newest()
    except ValueError as error:
        raise ChainBroken(day=folder.files()[-1].stem, position=0) from error
    if head is not None and queries.hash_at(head.position) != head.hash:
        raise ChainBroken(day=head.day, position=head.position)


def _unsealed() -> Iterator[Sequence[int]]:
    """The ids of what waits, in order, as of one instant each: of two movements of one account the first comes first.

    Sealed ids leave the answer, so each look starts at the floor again.
    """
    sealed = sa.exists().where(_SEALS.c.movement_id == _MOVEMENTS.c.id)
    while True:
        floor = current().scalar(sa.select(SealProgress.floor_id).where(SealProgress.id == _PROGRESS)) or 0
        look = sa.select(_MOVEMENTS.c.id).where(_MOVEMENTS.c.id > floor, ~sealed).order_by(_MOVEMENTS.c.id).limit(_LOOK)
        ids = current().scalars(look).all()
        if ids:
            yield ids
        if len(ids) < _LOOK:
            return


def _seal_some(contents: Contents, ids: Sequence[int]) -> int:
    """Append these movements to the chain, those left out that another sealer took. What they wrote is read before."""
    written = contents.of(ids)
    with transaction() as session:
        _alone(session)
        done = set(session.scalars(sa.select(_SEALS.c.movement_id).where(_SEALS.c.movement_id.in_(ids))))
        rows = _chained(session, [written[i] for i in ids if i in written and i not in done])
        if rows:
            insert_many(session, _SEALS, rows)
    return len(rows)


def _chained(session: Session, contents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    last = wire(session).execute(queries.LAST).first()
    position, previous = (last.position, last.hash) if last else (0, rules.GENESIS)
    sealed_at = clock.now()
    rows = []
    for content in contents:
        position += 1
        made = rules.digest(rules.record(position, previous, sealed_at, content))
        rows.append({
            "position": position, "movement_id": content["movement"]["id"], "previous": previous, "hash": made,
            "sealed_at": sealed_at,
        })  # fmt: skip
        previous = made
    return rows


def _alone(session: Session) -> None:
    """One sealer at a time: SQLite's write lock sees to it by itself."""
    if wire(session).dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _note_progress(looked_at: datetime, newest: int) -> None:
    """Move the floor up to what was seen an hour ago: all that was under way then is sealed, or never came about."""
    noted = current().get(SealProgress, _PROGRESS, populate_existing=True)
    if noted is not None and looked_at - noted.seen_at < rules.LATEST:
        return
    with transaction() as session:
        _alone(session)
        progress = session.get(SealProgress, _PROGRESS, populate_existing=True)
        if progress is None:
            session.add(SealProgress(id=_PROGRESS, floor_id=0, seen_id=newest, seen_at=looked_at))
        elif looked_at - progress.seen_at >= rules.LATEST:
            progress.floor_id, progress.seen_id, progress.seen_at = progress.seen_id, newest, looked_at


def _renew_head(folder: Folder, key: Ed25519PrivateKey) -> None:
    last = wire(current()).execute(queries.LAST).first()
    if last is None:
        return
    newest = folder.newest()
    day = clock.business_day(rules.TIME_ZONE).isoformat()
    if newest is None:
        folder.sign(key, Head(day, last.position, last.hash.hex()))
    elif newest.position < last.position or newest.day < day:
        folder.sign(key, Head(max(newest.day, day), last.position, last.hash.hex()))
