"""Storing the lines of a list, many at a time: what is new is inserted, what is known moves forward or stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from inventory.access import Actor
from inventory.columns import UTCDateTime
from inventory.database import insert_ignore, table_of, wire
from inventory.errors import RuleViolated
from inventory.offices.rules import covers
from inventory.outreach.models import Event, Stop
from inventory.outreach.rules import EventStatus
from inventory.recordings import queries, rules, standing
from inventory.recordings.models import Recording
from inventory.recordings.queries import Holding, chunks
from inventory.recordings.rules import EventFacts, LineFault, PrintReason, Spot
from inventory.recordings.sameness import Who, chosen, is_derived, known_otherwise
from inventory.recordings.standing import Standing, Told

_ENDED = (EventStatus.CLOSED, EventStatus.CANCELLED)
_T = table_of(Recording)
_STANDING = (_T.c.status, _T.c.failure, _T.c.status_at, _T.c.told_at, _T.c.sfe_at, _T.c.prr_at)
_KNOWN = sa.select(
    _T.c.id, _T.c.office_code, _T.c.client_id, _T.c.nik_index, _T.c.reason, _T.c.event_id, _T.c.stop_id,
    _T.c.recorded_at, _T.c.purged_at, _T.c.derived_id, *_STANDING,
)  # fmt: skip
_SET_STANDING = (
    sa.update(_T)
    .where(_T.c.id == sa.bindparam("recording"))
    .values(
        status=sa.bindparam("now_status"),
        failure=sa.bindparam("now_failure"),
        **{
            name: sa.bindparam(f"now_{name}", type_=UTCDateTime)
            for name in ("status_at", "told_at", "sfe_at", "prr_at")
        },
    )
)
# Rows that one INSERT carries.
_MANY = 2_000


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Who was recorded, for what and when, as it is stored: encrypted."""

    nik_secret: bytes
    name_secret: bytes | None
    adult_on: date | None
    reason: PrintReason
    recorded_at: datetime
    event: int | None = None
    stop: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ListLine:
    """One line of a list. Without `person` it only tells a status, of a client id or, where that is None, of a NIK.

    A derived client id is ours, not the file's: the same person may be known under one that the file does not tell.
    """

    number: int
    client_id: str | None
    nik_index: bytes | None
    told: Told
    person: Person | None = None

    @property
    def spot(self) -> Spot:
        """Where the line stands in its file."""
        return Spot(self.number, f"line {self.number}")


@dataclass(slots=True)
class Stored:
    """What became of the lines: recordings made, recordings moved, and what is wrong with the bad lines."""

    created: int = 0
    changed: int = 0
    faults: list[LineFault] = field(default_factory=list)

    def refuse(self, lines: Iterable[ListLine], name: str, error: RuleViolated) -> None:
        """Note what is wrong with these lines."""
        self.faults.extend(line.spot.refuse(name, error) for line in lines)

    def must_be_good(self) -> None:
        """Raise `LinesStrange`, which rolls everything back, if any line turned out to be bad."""
        if self.faults:
            raise LinesStrange(self)


class LinesStrange(Exception):
    """Some lines of a list do not fit what the office has: nothing of it may stay."""

    def __init__(self, stored: Stored) -> None:
        super().__init__()
        self.stored = stored


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a list is stored, with the events that its lines name; or, without `writes`, only tried."""

    office: str
    zone: str
    events: Mapping[int, EventFacts]
    now: datetime
    writes: bool


def store(session: Session, place: Place, lines: Sequence[ListLine], holding: Holding) -> Stored:
    """Store the lines inside the caller's transaction, or only tell what would become of them.

    A line is known by its client id. What has a card, waits in a print job or was purged stays as it is.
    """
    stored = Stored()
    groups: dict[str, list[ListLine]] = {}
    for line in lines:
        if line.person is not None and line.client_id is not None:
            groups.setdefault(line.client_id, []).append(line)
    told: dict[int, list[Told]] = {}
    # The longest recorded first: who becomes print-ready by one list is printed in that order. Lists of one office come
    # one after another, so no order of locks is needed.
    in_turn = sorted(groups, key=lambda name: (_recorded_at(groups[name][0]), name))
    merged = _merged(place, {name: _agreeing(place, groups[name], stored) for name in in_turn})
    names = list(merged)
    for start in range(0, len(names), _MANY):
        part = {name: merged[name] for name in names[start : start + _MANY]}
        _store_people(session, place, part, told, stored)
    for recording, line in _meant(session, place, [line for line in lines if line.person is None], stored):
        told.setdefault(recording, []).append(line.told)
    _move(session, place, told, holding, stored)
    return stored


def _recorded_at(line: ListLine) -> datetime:
    return line.person.recorded_at if line.person is not None else datetime.max.replace(tzinfo=UTC)


def _agreeing(place: Place, lines: list[ListLine], stored: Stored) -> list[ListLine]:
    """The lines of one client id that say the same as the first of them."""
    if len(lines) == 1:
        return lines
    good = [line for line in lines if _content(line) == _content(lines[0])]
    differ = [line for line in lines if _content(line) != _content(lines[0])]
    stored.refuse(differ, "client_id", rules.ClientIdTaken(office=place.office))
    return good


def _merged(place: Place, groups: dict[str, list[ListLine]]) -> dict[str, list[ListLine]]:
    """The groups, where one file tells the same person with a client id and without put together under the former."""
    names_of: dict[Any, list[str]] = {}
    for name, lines in groups.items():
        if lines[0].person is not None:
            names_of.setdefault((lines[0].nik_index, lines[0].person.reason), []).append(name)
    for names in names_of.values():
        if len(names) == 1:
            continue
        left = [who for name in names if (who := _who(place, groups[name][0])) is not None]
        for who in [each for each in left if is_derived(each.client_id)]:
            others = [each for each in left if each != who]
            same = chosen(who, sorted(others, key=lambda each: is_derived(each.client_id)))
            if same is not None:
                left = others
                groups[same.client_id] = groups[same.client_id] + groups.pop(who.client_id)
    return groups


def _who(place: Place, line: ListLine) -> Who | None:
    person = line.person
    if person is None or line.client_id is None or line.nik_index is None:
        return None
    return Who(line.client_id, line.nik_index, person.reason, person.recorded_at, place.zone)


def _content(line: ListLine) -> tuple[Any, ...]:
    person = line.person
    return () if person is None else (line.nik_index, person.reason, person.recorded_at, person.event, person.stop)


def _store_people(
    session: Session,
    place: Place,
    groups: Mapping[str, list[ListLine]],
    told: dict[int, list[Told]],
    stored: Stored,
) -> None:
    known = _known(session, place.office, _T.c.client_id, groups, attrgetter("client_id"))
    strange = [who for name, lines in groups.items() if name not in known and (who := _who(place, lines[0]))]
    others = known_otherwise(session, place.office, strange, _KNOWN)
    rows = []
    for name, lines in groups.items():
        person = lines[0].person
        if person is None:
            continue
        if name in known:
            _compare(place, known[name], lines, told, stored)
        elif name in others:
            _tell(place, others[name], lines, told)
        elif error := _misplaced(place, lines[0]):
            stored.faults.extend(replace(error, number=line.number, pointer=line.spot.pointer) for line in lines)
        else:
            rows.append(_row(place, name, lines))
    if not place.writes or not rows:
        stored.created += len(rows)
        return
    created = insert_ignore(session, _T, rows)
    stored.created += created
    if created < len(rows):
        # Another list or device took some of these client ids in this very moment.
        made = {str(row["client_id"]): row for row in rows}
        found = _known(session, place.office, _T.c.client_id, made, attrgetter("client_id"))
        for name in made:
            _compare(place, found[name], groups[name], told, stored)


def _known(session: Session, office: str, column: Any, values: Iterable[Any], key: Any) -> dict[Any, Any]:
    """The office's recordings with one of these values, by `key`; the oldest where several share one."""
    found: dict[Any, Any] = {}
    postgresql = wire(session).dialect.name == "postgresql"
    for part in chunks(list(values)):
        if column is not _T.c.client_id:  # a NIK's index alone is precise, and SQLite would not take it with another
            query = _KNOWN.where(column.in_(part))
        elif postgresql:
            query = _each_by_itself(office, part)
        else:
            query = _KNOWN.where(_T.c.office_code == office, column.in_(part))
        for row in wire(session).execute(query):
            if row.office_code == office and (key(row) not in found or row.id < found[key(row)].id):
                found[key(row)] = row
    return found


def _each_by_itself(office: str, client_ids: Sequence[str]) -> sa.Select[Any]:
    """The same, each client id looked up by itself: only so does PostgreSQL use the unique index for certain.

    While a list is stored its statistics know nothing of the new rows, and one look-up for all would read them all.
    """
    given = sa.literal(list(client_ids), ARRAY(sa.String))
    names = sa.func.unnest(given).table_valued(sa.column("name", sa.String)).render_derived("names")
    one = _KNOWN.where(_T.c.office_code == office, _T.c.client_id == names.c.name).limit(1).lateral("known")
    return sa.select(one).select_from(names.join(one, sa.true()))


def _misplaced(place: Place, line: ListLine) -> LineFault | None:
    """What is wrong with a new line's event and stop."""
    person = line.person
    if person is None or (person.event is None and person.stop is None):
        return None
    wrong = rules.judge_event(line.spot, place.office, person.event, person.stop, place.events)
    return wrong[0] if wrong else None


def _compare(place: Place, row: Any, lines: list[ListLine], told: dict[int, list[Told]], stored: Stored) -> None:
    """A recording that is known: another person under its client id is refused, what was purged cannot be compared."""
    person = lines[0].person
    if row.purged_at is not None or person is None:
        return
    same = (row.nik_index, row.reason, row.recorded_at) == (lines[0].nik_index, person.reason, person.recorded_at)
    same &= person.event in (None, row.event_id) and person.stop in (None, row.stop_id)
    if not same:
        stored.refuse(lines, "client_id", rules.ClientIdTaken(office=place.office))
        return
    _tell(place, row, lines, told)


def _tell(place: Place, row: Any, lines: list[ListLine], told: dict[int, list[Told]]) -> None:
    if row.purged_at is not None:
        return
    before = _standing_of(row)
    if row.status not in rules.HAS_CARD and _folded(before, [line.told for line in lines], place.now) != before:
        told[row.id] = [*told.get(row.id, []), *[line.told for line in lines]]


def _row(place: Place, client_id: str, lines: list[ListLine]) -> dict[str, Any]:
    line, person = lines[0], lines[0].person
    if person is None:
        raise ValueError("a status alone makes no recording")
    stands = _folded(
        standing.first(line.told, person.recorded_at, place.now), [other.told for other in lines[1:]], place.now
    )
    return {
        "office_code": place.office,
        "client_id": client_id,
        "nik_secret": person.nik_secret,
        "nik_index": line.nik_index,
        "name_secret": person.name_secret,
        "reason": person.reason,
        "status": stands.status,
        "failure": stands.failure,
        "event_id": person.event,
        "stop_id": person.stop,
        "recorded_at": person.recorded_at,
        "status_at": stands.status_at,
        "created_at": place.now,
        "sfe_at": stands.sfe_at,
        "prr_at": stands.prr_at,
        "adult_on": person.adult_on,
        "told_at": stands.told_at,
    }


def _meant(session: Session, place: Place, lines: Sequence[ListLine], stored: Stored) -> Iterator[tuple[int, ListLine]]:
    """The recordings that lines of statuses mean: by client id, or the one of a NIK that has no card yet."""
    by_client = [line for line in lines if line.client_id is not None]
    named = {line.client_id for line in by_client}
    known = _known(session, place.office, _T.c.client_id, named, attrgetter("client_id"))
    for line in by_client:
        if line.client_id in known:
            yield known[line.client_id].id, line
        else:
            stored.refuse([line], "client_id", rules.RecordingUnknown())
    by_nik = [line for line in lines if line.client_id is None]
    niks = {line.nik_index for line in by_nik}
    people: dict[Any, list[Any]] = {}
    for row in _known(session, place.office, _T.c.nik_index, niks, attrgetter("id")).values():
        people.setdefault(row.nik_index, []).append(row)
    for line in by_nik:
        found = people.get(line.nik_index, [])
        waiting = [row for row in found if row.status not in rules.HAS_CARD]
        if len(waiting) == 1:
            yield waiting[0].id, line
        elif waiting or not found:
            stored.refuse([line], "nik", rules.RecordingAmbiguous() if waiting else rules.RecordingUnknown())


def _move(session: Session, place: Place, told: Mapping[int, list[Told]], holding: Holding, stored: Stored) -> None:
    """Take in what was told of known recordings, locked in id order; printing decides of what it has at hand."""
    ids = sorted(told)
    fixed = holding(session, ids)
    ids = [recording for recording in ids if recording not in fixed]
    found: list[Any] = []
    for part in chunks(ids):
        query = (
            sa.select(_T.c.id, _T.c.recorded_at, _T.c.purged_at, *_STANDING).where(_T.c.id.in_(part)).order_by(_T.c.id)
        )
        found += wire(session).execute(query.with_for_update() if place.writes else query)
    fixed = {**fixed, **(holding(session, ids) if place.writes else {})}
    changes = []
    for row in found:
        if row.id in fixed or row.status in rules.HAS_CARD or row.purged_at is not None:
            continue
        before = _standing_of(row)
        # A day without an hour begins before the recording of that day.
        stands = _folded(before, [_not_before(each, row.recorded_at) for each in told[row.id]], place.now)
        if stands != before:
            changes.append({
                "recording": row.id, "now_status": stands.status, "now_failure": stands.failure,
                "now_status_at": stands.status_at, "now_told_at": stands.told_at, "now_sfe_at": stands.sfe_at,
                "now_prr_at": stands.prr_at,
            })  # fmt: skip
            stored.changed += not stands.shows_same(before)
    if changes and place.writes:
        wire(session).execute(_SET_STANDING, changes)


def _not_before(told: Told, recorded_at: datetime) -> Told:
    return told if told.at is None or told.at >= recorded_at else replace(told, at=recorded_at)


def _standing_of(row: Any) -> Standing:
    return Standing(row.status, row.failure, row.status_at, row.told_at, row.sfe_at, row.prr_at)


def _folded(stands: Standing, told: Iterable[Told], now: datetime) -> Standing:
    if stands.status in rules.HAS_CARD:
        return stands
    for each in told:
        stands = standing.after(stands, each, now)
    return stands


def events_named(session: Session, actor: Actor, events: Iterable[int], stops: Iterable[int]) -> dict[int, EventFacts]:
    """The events of these ids that the actor reaches, held open until the transaction ends, with those of the stops."""
    stops_of: dict[int, set[int]] = {}
    for part in chunks(sorted(set(stops))):
        for stop, event in session.execute(sa.select(Stop.id, Stop.event_id).where(Stop.id.in_(part))):
            stops_of.setdefault(event, set()).add(stop)
    found: dict[int, EventFacts] = {}
    joined = set(session.scalars(queries.joined_events(actor)))
    for part in chunks(sorted(set(events))):
        # Shared: an event cannot close while recordings are being added to it.
        query = sa.select(Event.id, Event.host_office, Event.status).where(Event.id.in_(part)).order_by(Event.id)
        for row in session.execute(query.with_for_update(read=True)):
            if covers(actor.office, row.host_office) or row.id in joined:
                ended = row.status in _ENDED
                found[row.id] = EventFacts(row.host_office, row.status, ended, frozenset(stops_of.get(row.id, ())))
    return found
