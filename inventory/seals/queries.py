"""Reading the chain: does it still fit the ledger and the signed heads, and the export an inspector can prove alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from inventory import clock
from inventory.database import current, table_of, wire
from inventory.paging import Page, Slice, page
from inventory.seals import heads, rules
from inventory.seals.contents import Contents
from inventory.seals.heads import Folder
from inventory.seals.models import Seal, SealProgress
from inventory.seals.rules import Head
from inventory.stock.models import Movement

_SEALS = table_of(Seal)
LAST = sa.select(_SEALS.c.position, _SEALS.c.hash).order_by(_SEALS.c.position.desc()).limit(1)
# So many movements are read at once, whatever the length of the chain.
_BATCH = 1_000
_AFTER = sa.select(_SEALS).where(_SEALS.c.position > sa.bindparam("after")).order_by(_SEALS.c.position).limit(_BATCH)
# A sentence names so many rows of one kind.
_TOLD = 20
# What waits is counted up to so many, and so many heads are looked at one by one.
MOST_WAITING = 10_000
MOST_HEADS = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """How far sealing is: the last seal, what waits behind it (never more than MOST_WAITING), the newest head."""

    position: int
    hash: str
    sealed_at: datetime | None
    waiting: int
    head: Head | None
    readable: bool
    public_key: str


@dataclass(frozen=True, slots=True)
class ShownHead:
    """A signed head as it is found: whether its signature is good, and whether the chain still has its hash."""

    day: str
    position: int
    hash: str
    signed: bool
    fits: bool


def take_time() -> None:
    """Proving a long ledger may take longer than a request: lift PostgreSQL's limit for this transaction."""
    if wire(current()).dialect.name == "postgresql":
        current().execute(sa.text("SET LOCAL statement_timeout = 0"))


def hash_at(position: int) -> str | None:
    """The hash of a position in hexadecimal; None where the chain has no such position."""
    found = current().scalar(sa.select(_SEALS.c.hash).where(_SEALS.c.position == position))
    return None if found is None else found.hex()


def unsealed() -> int:
    """How many movements wait for their seal."""
    sealed = sa.exists().where(_SEALS.c.movement_id == Movement.id)
    return int(current().scalar(sa.select(sa.func.count()).select_from(Movement).where(~sealed)) or 0)


def standing(path: Path) -> Standing:
    """How far sealing is; nothing is proved by it, and it costs the same however long the chain is."""
    last = current().execute(LAST.add_columns(_SEALS.c.sealed_at)).first()
    # Asked first: PostgreSQL plans for the few behind a floor it knows, and for a third of the ledger behind any other.
    floor = current().scalar(sa.select(sa.func.max(SealProgress.floor_id))) or 0
    sealed = sa.exists().where(_SEALS.c.movement_id == Movement.id)
    some = sa.select(Movement.id).where(Movement.id > floor, ~sealed).limit(MOST_WAITING).subquery()
    waiting = current().scalar(sa.select(sa.func.count()).select_from(some)) or 0
    folder = Folder(path)
    try:
        head, readable = folder.newest(), True
    except (OSError, ValueError):
        head, readable = None, False
    return Standing(
        position=last.position if last else 0,
        hash=last.hash.hex() if last else "",
        sealed_at=last.sealed_at if last else None,
        waiting=waiting,
        head=head,
        readable=readable,
        public_key=folder.public_key(),
    )


def shown_heads(path: Path) -> list[ShownHead]:
    """The newest signed heads, each held against its signature and the chain; files that say something else are out."""
    folder = Folder(path)
    found = []
    for file in reversed(folder.files()[-MOST_HEADS:]):
        with suppress(OSError, ValueError):
            found.append(heads.read(file))
    places = sa.select(_SEALS.c.position, _SEALS.c.hash).where(_SEALS.c.position.in_([h.position for h in found]))
    hashes = {row.position: row.hash.hex() for row in current().execute(places)} if found else {}
    key = folder.public_key()
    return [
        ShownHead(h.day, h.position, h.hash, heads.is_signed_by(key, h), hashes.get(h.position) == h.hash)
        for h in found
    ]


def list_seals(wanted: Slice) -> Page:
    """The seals by position: the hashes tell nobody what was moved."""
    return page(sa.select(_SEALS), [_SEALS.c.position], wanted, rows=True)


def differences(path: Path) -> Iterator[str]:
    """One sentence for every row that is not what was sealed, and every head that does not fit the chain."""
    yield from _chain()
    yield from _overlooked()
    yield from _heads(Folder(path))


def _sealed(until: int | None = None) -> Iterator[tuple[Any, dict[str, Any] | None]]:
    """Every seal by position with what its movement wrote; None for a movement that is gone."""
    contents, after = Contents(current()), -1
    while seals := wire(current()).execute(_AFTER, {"after": after}).all():
        written = contents.of([seal.movement_id for seal in seals])
        for seal in seals:
            if until is not None and seal.position > until:
                return
            yield seal, written.get(seal.movement_id)
        after = seals[-1].position


def _chain() -> Iterator[str]:
    position, previous = 0, rules.GENESIS
    for seal, content in _sealed():
        position += 1
        name = f"seal {seal.position} (movement {seal.movement_id})"
        if seal.position != position:
            yield f"{name}: stands where position {position} should"
        if seal.previous != previous:
            yield f"{name}: does not follow from the seal before it"
        if content is None:
            yield f"{name}: its movement is gone"
        elif rules.digest(rules.record(seal.position, seal.previous, seal.sealed_at, content)) != seal.hash:
            yield f"{name}: is not what was sealed; one of {_rows_of(content)} or the seal was changed"
        position, previous = seal.position, seal.hash


def _rows_of(content: dict[str, Any]) -> str:
    """The rows that one hash is over, by their ids."""
    parts = [f"movement {content['movement']['id']}"]
    for kind in ("entries", "accounts", "lots", "intervals", "series"):
        ids = [str(row["id"]) for row in content[kind]]
        if ids:
            more = f" and {len(ids) - _TOLD} more" if len(ids) > _TOLD else ""
            parts.append(f"{kind} {', '.join(ids[:_TOLD])}{more}")
    return ", ".join(parts)


def _overlooked() -> Iterator[str]:
    """Sealing has passed these by: they were put there afterwards, or their seal was taken away."""
    # Asked first: PostgreSQL plans for the few behind a floor it knows, and for a third of the ledger behind any other.
    floor = current().scalar(sa.select(sa.func.max(SealProgress.floor_id))) or 0
    sealed = sa.exists().where(_SEALS.c.movement_id == Movement.id)
    query = sa.select(Movement.id).where(Movement.id <= floor, ~sealed).order_by(Movement.id)
    for movement_id in current().execute(query, execution_options={"yield_per": 1_000}).scalars():
        yield f"movement {movement_id}: was never sealed, although those of its time were"


def _heads(folder: Folder) -> Iterator[str]:
    last = wire(current()).execute(LAST).first()
    files, public_key = folder.files(), folder.public_key()
    if last is not None and not files:
        yield f"{folder.path}: there are seals, but no signed head"
    reached = 0
    for file in files:
        name = f"head {file.stem}"
        try:
            head = heads.read(file)
        except (OSError, ValueError):
            yield f"{name}: cannot be read"
            continue
        if head.day != file.stem or not heads.is_signed_by(public_key, head):
            yield f"{name}: its signature is wrong"
        elif head.position < reached:
            yield f"{name}: says position {head.position}, a head before it {reached}"
        elif (found := hash_at(head.position)) is None:
            end = last.position if last else 0
            yield f"{name}: says position {head.position}, the chain ends at {end}: its end was cut off"
        elif found != head.hash:
            yield f"{name}: the hash of seal {head.position} is another one"
        reached = max(reached, head.position)


def export(path: Path, file: Path) -> int:
    """Write the whole chain, with all that its hashes need, as JSON lines. Answers how many movements.

    The file takes its place when it is whole. It holds no free text and nothing secret.
    """
    end = -1
    with heads.written(file) as out:
        for end, line in enumerate(lines(path)):  # noqa: B007 - the first line is no movement
            out.write(f"{line}\n")
    return end


def lines(path: Path) -> Iterator[str]:
    """The lines of the export: one that says what it is, then one for each sealed movement."""
    folder = Folder(path)
    last = wire(current()).execute(LAST).first()
    end = last.position if last else 0
    signed = [head for head in map(heads.read, folder.files()) if head.position <= end]
    yield from _lines(_header(folder, signed, end), end)


def _header(folder: Folder, signed: Iterable[Head], end: int) -> dict[str, Any]:
    return {
        "format": rules.FORMAT,
        "version": rules.VERSION,
        "exported_at": rules.instant(clock.now()),
        "public_key": folder.public_key(),
        "heads": [asdict(head) for head in signed],
        "movements": end,
    }


def _lines(header: dict[str, Any], end: int) -> Iterator[str]:
    yield rules.canonical(header).decode()
    for seal, content in islice(_sealed(end), end):
        said = rules.record(seal.position, seal.previous, seal.sealed_at, content or {})
        yield rules.canonical({**said, "hash": seal.hash.hex()}).decode()
