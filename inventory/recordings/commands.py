"""Taking recordings in: in bulk, safe to repeat by their client ids, and the statuses that the central system tells."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock, keys, niks
from inventory.access import Action, Actor, OutOfReach
from inventory.columns import UTCDateTime
from inventory.database import insert_ignore, transaction, wire
from inventory.errors import Fault, LinesRefused, NotPermitted
from inventory.offices.models import Office
from inventory.offices.rules import covers
from inventory.recordings import lists, queries, rules
from inventory.recordings.models import Recording
from inventory.recordings.persons import PersonPurged, purged_of
from inventory.recordings.queries import Holding, chunks
from inventory.recordings.rules import (
    EventFacts,
    LineFault,
    NewRecording,
    RecordingStatus,
    ReportedStatus,
    Spot,
    StatusChange,
)
from inventory.recordings.sameness import Who, known_otherwise
from inventory.retries import FIRST, Once


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch: the recordings of its good lines in order, and its bad lines."""

    changed: int
    ids: list[int]
    refused: list[LineFault] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        """Lines that said what was known already."""
        return len(self.ids) - self.changed


@dataclass(frozen=True, slots=True)
class _Places:
    """The offices that lines name, each with its time zone, and the events."""

    offices: Mapping[str, str]
    events: dict[int, EventFacts]


def record(
    actor: Actor,
    lines: Sequence[NewRecording],
    faults: Sequence[LineFault] = (),
    *,
    partial: bool = False,
    once: Once = FIRST,
) -> Batch:
    """Take recordings in. A line known already (same office, client id and content) changes nothing.

    `faults` are lines that could not even be read. Any bad line refuses the whole batch (`LinesRefused`) unless
    `partial`. Naming an office out of reach raises `OutOfReach`, or is a bad line if `partial`.
    """
    try:
        return _record(actor, lines, faults, partial=partial, once=once)
    except LinesRefused as error:
        _note_guesses(actor, error.faults)
        raise


def _note_guesses(actor: Actor, faults: Sequence[Fault]) -> None:
    """Leave a trace of a refused batch with known client ids: who varies the NIK could find out a person's by them."""
    taken = sum(fault.code == rules.ClientIdTaken.code for fault in faults)
    if taken:
        with transaction() as session:
            audit.record(session, actor, "refused_recordings", "recordings", "-", actor.office, client_id_taken=taken)


def _record(
    actor: Actor, lines: Sequence[NewRecording], faults: Sequence[LineFault], *, partial: bool, once: Once
) -> Batch:
    with transaction() as session:
        require_role(actor)
        places = _places(session, actor, lines, hold=True)
        refused = [*faults, *_out_of_reach(actor, lines, places, partial=partial)]
        done = once.done_before(session)
        good = list(lines) if done is not None else _judged(actor, lines, places, refused)
        good = _without_refused(good, refused)
        contents = {line.spot: _content(line) for line in good}
        good, twins = rules.without_twins(good, contents)
        same = _known_otherwise(session, good, places)
        created = 0 if done is not None else _insert(session, [line for line in good if line.spot not in same])
        kept, strangers = _compare(session, good, contents, replay=done is not None, same=same)
        refused = sorted([*refused, *twins, *strangers], key=lambda fault: fault.number)
        if refused and not partial:
            raise LinesRefused(list(refused))
        if done is None:
            counts = {"created": created, "unchanged": len(kept) - created, "refused": _count(refused)}
            audit.record(session, actor, "record", "recordings", _span(kept), actor.office, **counts)
            once.keep(session, created)
        return Batch(created if done is None else done, kept, refused)


def require_role(actor: Actor) -> None:
    """Raise `NotPermitted` unless the role may take recordings in at all."""
    if not access.permits(actor, Action.RECORD):
        raise NotPermitted(role=actor.role, office=actor.office, action=Action.RECORD)


def insert_one(session: Session, actor: Actor, line: NewRecording) -> int:
    """Take one recording in within a command that goes on with it; raises `LinesRefused`. Answers its id."""
    places = _places(session, actor, [line])
    refused: list[LineFault] = list(_out_of_reach(actor, [line], places, partial=False))
    _judged(actor, [line], places, refused)
    if not refused:
        _insert(session, [line])
        kept, refused = _compare(session, [line], {line.spot: _content(line)}, replay=False)
    if refused:
        raise LinesRefused(list(refused))
    return kept[0]


def _places(session: Session, actor: Actor, lines: Sequence[NewRecording], *, hold: bool = False) -> _Places:
    """The offices and events that the lines name, as far as they exist; `hold` keeps lists of them out meanwhile."""
    offices: dict[str, str] = {}
    for part in chunks(sorted({line.office for line in lines})):
        query = sa.select(Office.code, Office.time_zone).where(Office.code.in_(part)).order_by(Office.code)
        offices.update((row.code, row.time_zone) for row in session.execute(_held(query) if hold else query))
    events = lists.events_named(
        session,
        actor,
        {line.event for line in lines if line.event is not None},
        {line.stop for line in lines if line.stop is not None},
    )
    return _Places(offices, events)


def _held(query: Any) -> Any:
    # Shared, so that devices do not wait for each other, but only for a list of the same office.
    return query.with_for_update(read=True)


def _out_of_reach(actor: Actor, lines: Sequence[NewRecording], places: _Places, *, partial: bool) -> list[LineFault]:
    """The lines of offices that the actor reaches neither by place nor through the line's event."""
    faults = []
    for line in lines:
        event = places.events.get(line.event or 0)
        if covers(actor.office, line.office) or (event is not None and event.host == line.office):
            continue
        if not partial:
            raise OutOfReach(pointer=line.spot.fault("office", OutOfReach.text, "").pointer,
                             office=actor.office, asked=line.office)  # fmt: skip
        faults.append(line.spot.refuse("office", rules.OutsideReach(office=line.office)))
    return faults


def _judged(
    actor: Actor, lines: Sequence[NewRecording], places: _Places, refused: list[LineFault]
) -> list[NewRecording]:
    now = clock.now()
    reached = {code for code in places.offices if covers(actor.office, code)}
    for line in lines:
        refused.extend(rules.judge(line, now))
        refused.extend(rules.judge_place(line, reached, places.events))
    return list(lines)


def _without_refused(lines: Sequence[NewRecording], refused: Sequence[LineFault]) -> list[NewRecording]:
    bad = {fault.number for fault in refused}
    return [line for line in lines if line.spot.number not in bad]


_KNOWN: Any = sa.select(
    Recording.id, Recording.office_code, Recording.client_id, Recording.nik_index, Recording.reason,
    Recording.recorded_at, Recording.purged_at, Recording.derived_id,
)  # fmt: skip


def _known_otherwise(session: Session, lines: Sequence[NewRecording], places: _Places) -> dict[Spot, int]:
    """The recordings that a list without client ids brought in before these lines tell of them."""
    found: dict[Spot, int] = {}
    for office in places.offices:
        mine = [line for line in lines if line.office == office]
        people = [
            Who(each.client_id, keys.blind_index(each.nik), each.reason, each.recorded_at, places.offices[office])
            for each in mine
        ]
        same = known_otherwise(session, office, people, _KNOWN)
        found.update((line.spot, same[line.client_id].id) for line in mine if line.client_id in same)
    return found


def _content(line: NewRecording) -> tuple[Hashable, ...]:
    """What makes two lines of one client id the same recording."""
    return (keys.blind_index(line.nik), line.reason, line.event, line.stop, line.recorded_at)


def _insert(session: Session, lines: Sequence[NewRecording]) -> int:
    now = clock.now()
    rows = [
        {
            "office_code": line.office,
            "client_id": line.client_id,
            "nik_secret": keys.encrypt(line.nik),
            "nik_index": keys.blind_index(line.nik),
            "name_secret": None if line.name is None else keys.encrypt(line.name),
            "reason": line.reason,
            "status": RecordingStatus(line.status),
            "failure": line.failure,
            "event_id": line.event,
            "stop_id": line.stop,
            "recorded_at": line.recorded_at,
            "status_at": now,
            "created_at": now,
            "sfe_at": now if line.status is ReportedStatus.SFE else None,
            "prr_at": now if line.status is ReportedStatus.PRR else None,
            "adult_on": niks.adult_on(line.nik, now.date()),
        }
        # In one order everywhere, so that two batches that share lines wait for each other instead of deadlocking.
        for line in sorted(lines, key=lambda line: (line.office, line.client_id))
    ]
    return insert_ignore(session, Recording.__table__, rows) if rows else 0  # type: ignore[arg-type]


def _compare(
    session: Session,
    lines: Sequence[NewRecording],
    contents: Mapping[Spot, tuple[Hashable, ...]],
    *,
    replay: bool,
    same: Mapping[Spot, int] = MappingProxyType({}),
) -> tuple[list[int], list[LineFault]]:
    """The ids of the lines that the table holds with the same content, and the lines that it holds otherwise."""
    stored: dict[tuple[str, str], tuple[int, tuple[Hashable, ...]]] = {}
    for office in dict.fromkeys(line.office for line in lines):
        for part in chunks([line.client_id for line in lines if line.office == office]):
            query = sa.select(
                Recording.id, Recording.client_id, Recording.nik_index, Recording.reason, Recording.event_id,
                Recording.stop_id, Recording.recorded_at, Recording.purged_at,
            ).where(Recording.office_code == office, Recording.client_id.in_(part))  # fmt: skip
            for row in session.execute(query):
                # Whose person was purged is known by the rest: the same line again must not make a second card.
                index = None if row.purged_at is not None else row.nik_index
                content = (index, row.reason, row.event_id, row.stop_id, row.recorded_at)
                stored[office, row.client_id] = (row.id, content)
    kept, strangers = [], []
    for line in lines:
        recording_id, held = stored.get((line.office, line.client_id), (0, ()))
        if held and held[held[0] is None :] == contents[line.spot][held[0] is None :]:
            kept.append(recording_id)
        elif not held and line.spot in same:
            kept.append(same[line.spot])
        elif replay:
            strangers.append(line.spot.refuse("", rules.NotKeptBefore()))
        else:
            strangers.append(line.spot.refuse("client_id", rules.ClientIdTaken(office=line.office)))
    return kept, strangers


def report(
    actor: Actor,
    changes: Sequence[StatusChange],
    holding: Holding,
    faults: Sequence[LineFault] = (),
    *,
    office: str | None = None,
    partial: bool = False,
    once: Once = FIRST,
) -> Batch:
    """Take in what the central system says of recordings; repeating what is known changes nothing.

    References are resolved among what the actor reaches, in `office` if given. Any bad line refuses all
    (`LinesRefused`) unless `partial`. `holding` is `printing.queries.jobs_holding`.
    """
    with transaction() as session:
        require_role(actor)
        ways = queries.reached(actor)
        if office is not None:
            queries.require_office(actor, Action.RECORD, office)
            ways = [sa.and_(way, access.within(Recording.office_code, office)) for way in ways]
        meant, wrong = queries.resolve([change.reference for change in changes], ways)
        unclear = [change for change in changes if change.reference in wrong]
        refused = [*faults, *[change.spot.refuse("client_id", wrong[change.reference]) for change in unclear]]
        good = [change for change in changes if change.reference in meant]
        if (done := once.done_before(session)) is not None:
            return Batch(done, [meant[change.reference].id for change in good], refused)
        changed, kept = _apply(session, good, meant, holding, refused)
        refused.sort(key=lambda fault: fault.number)
        if refused and not partial:
            raise LinesRefused(list(refused))
        counts = {"changed": changed, "unchanged": len(kept) - changed, "refused": _count(refused)}
        audit.record(session, actor, "report_status", "recordings", _span(kept), actor.office, **counts)
        once.keep(session, changed)
        return Batch(changed, kept, refused)


def _apply(
    session: Session,
    changes: Sequence[StatusChange],
    meant: Mapping[rules.Reference, rules.Found],
    holding: Holding,
    refused: list[LineFault],
) -> tuple[int, list[int]]:
    """Make the good changes, in the order of the lines; answers how many changed something, and the ids of all."""
    ids = sorted({meant[change.reference].id for change in changes})
    # What waits in a job or has a card is refused anyway: locking it would only get in the way of printing.
    fixed = holding(session, ids)
    free = [i for i in ids if i not in fixed]
    standing = _locked(session, free)
    jobs = {**fixed, **holding(session, free)}
    purged = purged_of(session, free)
    before = {found.id: standing.get(found.id, found) for found in meant.values()}
    now, after, kept, changed = clock.now(), dict(before), [], 0
    for change in changes:
        found = after[meant[change.reference].id]
        if found.id in purged and (change.status.value, change.failure) != (found.status.value, found.failure):
            refused.append(change.spot.refuse("status", PersonPurged(count=1)))
            continue
        if faults := rules.judge_change(change, found, jobs.get(found.id)):
            refused.extend(faults)
            continue
        kept.append(found.id)
        told = replace(found, status=RecordingStatus(change.status), failure=change.failure)
        changed += told != found
        after[found.id] = told
    rows = [
        {"recording": found.id, "told": found.status, "how": found.failure, "at": now}
        | {"sfe": now if found.status is RecordingStatus.SFE else None}
        | {"prr": now if found.status is RecordingStatus.PRR else None}
        for found in sorted(after.values(), key=lambda found: found.id)
        if found != before[found.id]
    ]
    if rows:
        wire(session).execute(_SET_STATUS, rows)
    return changed, kept


def _locked(session: Session, ids: Sequence[int]) -> dict[int, rules.Found]:
    """These recordings as they are now, locked in id order until the transaction ends."""
    found: dict[int, rules.Found] = {}
    for part in chunks(ids):
        rows = session.execute(
            sa.select(
                Recording.id, Recording.client_id, Recording.office_code, Recording.event_id, Recording.status,
                Recording.failure,
            ).where(Recording.id.in_(part)).order_by(Recording.id).with_for_update()
        )  # fmt: skip
        found.update((row.id, rules.Found(*row)) for row in rows)
    return found


_TABLE: Any = Recording.__table__
_SET_STATUS = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("recording"))
    .values(
        status=sa.bindparam("told"),
        failure=sa.bindparam("how"),
        status_at=sa.bindparam("at"),
        told_at=None,
        sfe_at=sa.func.coalesce(sa.bindparam("sfe", type_=UTCDateTime), _TABLE.c.sfe_at),
        prr_at=sa.func.coalesce(sa.bindparam("prr", type_=UTCDateTime), _TABLE.c.prr_at),
    )
)


def lock_recordings(session: Session, ids: Sequence[int]) -> dict[int, rules.Found]:
    """Lock recordings in id order for a command of another feature; answers them as they are now."""
    return _locked(session, sorted(ids))


def set_status(session: Session, ids: Sequence[int] | sa.Select[Any], status: RecordingStatus, at: datetime) -> None:
    """Move recordings (by id, or by a query of ids) to a status that printing decided, in the caller's transaction."""
    told: dict[str, Any] = {"status": status, "failure": None, "status_at": at}
    if status is RecordingStatus.PRR:  # one of before `prr_at` was kept has a place in the queue too
        told["prr_at"] = sa.func.coalesce(_TABLE.c.prr_at, _TABLE.c.created_at)
    for part in [ids] if isinstance(ids, sa.Select) else chunks(ids):
        wire(session).execute(sa.update(_TABLE).where(_TABLE.c.id.in_(part)).values(**told))


def _count(refused: Sequence[LineFault]) -> int:
    return len({fault.number for fault in refused})


def _span(ids: Sequence[int]) -> str:
    """The ids that a batch touched, first to last."""
    return f"{min(ids)}-{max(ids)}" if ids else "-"
