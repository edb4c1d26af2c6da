"""Bringing a file in: read in small steps that others can watch, then stored in one transaction or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import audit, clock, keys
from inventory.access import Action, Actor
from inventory.database import insert_many, table_of, transaction
from inventory.errors import InventoryError, RuleViolated
from inventory.intake import queries, rules, sheets
from inventory.intake.cells import LineReader
from inventory.intake.models import Import, ImportFault, ImportProfile
from inventory.intake.rules import RUNNING, FileEmpty, FileTooLarge, ImportRefused, ImportRunning, ImportState, Profile
from inventory.offices.models import Office
from inventory.printing.queries import jobs_holding
from inventory.recordings import lists
from inventory.recordings.lists import LinesStrange, ListLine, Place, Stored
from inventory.recordings.rules import ClientIdTaken, LineFault
from inventory.retries import FIRST, Once

STEP = 2_000
KEPT_DAYS = 90
_LONGEST_FILE_NAME, _TELLING = 80, 8
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, and what for; `event` is that of all lines which name none."""

    office: str
    file_name: str
    content: bytes
    profile: str | None = None
    dry_run: bool = False
    partial: bool = False
    event: int | None = None

    def __repr__(self) -> str:
        return f"Sent({self.office})"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What carrying out an import needs to know."""

    number: int
    profile: Profile
    zone: str


@dataclass(slots=True)
class _Read:
    """What the lines of a file are; of what is wrong only so much is kept, but all of it is counted."""

    lines: list[ListLine] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    wrong: int = 0
    total: int = 0

    def refuse(self, faults: list[LineFault]) -> None:
        self.wrong += len(faults)
        self.bad.update(fault.number for fault in faults)
        self.faults += faults[: max(0, rules.KEPT_FAULTS - len(self.faults))]


def bring_in(actor: Actor, sent: Sent, *, watch: Watch = lambda _read, _total: None, once: Once = FIRST) -> int:
    """Import a file into an office; answers the import's id. `watch` is told how many lines of about how many are read.

    Any bad line refuses the file (`ImportRefused`) unless `partial`. The same file again changes nothing.
    """
    plan = _begin(actor, sent, once)
    if isinstance(plan, int):
        return plan
    try:
        read = _read(plan, sent, watch)
        faults = _store(actor, plan, sent, read)
    except InventoryError as error:
        state = ImportState.REFUSED if isinstance(error, RuleViolated) else ImportState.FAILED
        _give_up(plan.number, state, error.code)
        raise
    except BaseException:
        _give_up(plan.number, ImportState.FAILED, "unexpected")
        raise
    if read.bad and not sent.partial:
        raise ImportRefused(plan.number, len(read.bad), faults)
    return plan.number


def _begin(actor: Actor, sent: Sent, once: Once) -> _Plan | int:
    """Open the import; only its id where there is nothing to do, as it was done before."""
    with transaction() as session:
        office = queries.office_for(actor, Action.RECORD, sent.office)
        profile = queries.profile_for(office.code, sent.profile)
        if sent.event is not None:  # for this file only: the profile that is kept stays as it is
            profile = replace(profile, constants={**profile.constants, "event": str(sent.event)})
        done = once.done_before(session)
        row = None if done is None else session.get(Import, done, with_for_update=True)
        if row is not None and row.state is ImportState.DONE:
            return row.id
        if row is not None and queries.state_of(row) in RUNNING:
            raise ImportRunning(number=row.id)
        now = clock.now()
        told = json.dumps(asdict(profile), sort_keys=True).encode()
        digest = keys.body_digest(b"import|" + told + b"|" + sent.content)
        same = session.scalars(
            sa.select(Import)
            .where(Import.office_code == office.code, Import.file_digest == digest, Import.state == ImportState.DONE)
            .where(~Import.dry_run, Import.refused == 0)
            .order_by(Import.id)
            .limit(1)
        ).first()
        if row is None:
            row = Import(office_code=office.code, started_at=now)
            session.add(row)
        else:
            session.execute(sa.delete(ImportFault).where(ImportFault.import_id == row.id))
        row.user_id, row.file_name, row.file_digest = actor.user_id, _named(sent.file_name), digest
        row.profile, row.dry_run, row.partial = profile.name, sent.dry_run, sent.partial
        row.created = row.changed = row.refused = row.faults = 0
        row.unchanged = row.lines_read = row.lines_total = same.lines_total if same else 0
        row.same_as, row.problem = (same.same_as or same.id) if same else None, None
        row.state, row.touched_at = ImportState.DONE if same else ImportState.READING, now
        row.finished_at = now if same else None
        if profile.name is not None and not sent.dry_run:
            mine = (ImportProfile.office_code == office.code) & (ImportProfile.name == profile.name)
            session.execute(sa.update(ImportProfile).where(mine).values(used_at=now))
        session.flush()
        if same:
            audit.record(session, actor, "import", "imports", row.id, office.code, same_as=row.same_as)
        once.keep(session, row.id)
        return row.id if same else _Plan(row.id, profile, office.time_zone)


def _named(file_name: str) -> str:
    """A file's name without its folders; one that could hold a NIK or a birthday, spaced out or not, is not kept."""
    last = "".join(letter for letter in re.split(r"[/\\]", file_name)[-1] if letter.isprintable())
    if len(last) <= _LONGEST_FILE_NAME and sum(letter.isdecimal() for letter in last) < _TELLING:
        return last
    ending = re.search(r"\.[A-Za-z]{1,5}$", last)
    return f"daftar{ending[0] if ending else ''}"


def _read(plan: _Plan, sent: Sent, watch: Watch) -> _Read:
    """Read and judge every line, telling now and then how far it is."""
    table = sheets.opened(sent.content, plan.profile)
    columns = rules.fields_of(table.header, plan.profile)
    rules.check_columns(columns, plan.profile)
    reader = LineReader(columns, plan.profile, sent.office, plan.zone, clock.now())
    read = _Read()
    for number, cells in table.rows:
        if read.total % STEP == 0:
            _touch(plan.number, lines_read=read.total, lines_total=max(table.lines, read.total))
            watch(read.total, table.lines)
        read.total += 1
        if read.total > rules.MAX_ROWS:
            raise FileTooLarge(rows=rules.MAX_ROWS, bytes=rules.MAX_BYTES)
        line, faults = reader.read(number, cells)
        if line is not None:
            read.lines.append(line)
        else:
            read.refuse(faults)
    if not read.total:
        raise FileEmpty
    _touch(plan.number, lines_read=read.total, lines_total=read.total, state=ImportState.STORING)
    watch(read.total, read.total)
    return read


def _touch(number: int, **facts: object) -> None:
    with transaction() as session:
        session.execute(sa.update(Import).where(Import.id == number).values(touched_at=clock.now(), **facts))


def _store(actor: Actor, plan: _Plan, sent: Sent, read: _Read) -> list[LineFault]:
    """Store the good lines if all are good, or `partial`; answers what is wrong with the others."""
    try:
        with transaction() as session:
            writes = not sent.dry_run and (sent.partial or not read.bad)
            stored = _stored(session, actor, plan, sent, read, writes=writes)
            if writes and not sent.partial:
                stored.must_be_good()
            return _finish(session, actor, plan, sent, read, stored)
    except LinesStrange as error:
        with transaction() as session:
            return _finish(session, actor, plan, sent, read, error.stored)


def _stored(session: Session, actor: Actor, plan: _Plan, sent: Sent, read: _Read, *, writes: bool) -> Stored:
    if writes:  # one list an office at a time: two that tell of one person must not both find nobody
        session.execute(sa.select(Office.code).where(Office.code == sent.office).with_for_update(key_share=True))
    people = [line.person for line in read.lines if line.person is not None]
    events = {person.event for person in people if person.event is not None}
    stops = {person.stop for person in people if person.stop is not None}
    named = lists.events_named(session, actor, events, stops) if events or stops else {}
    return lists.store(session, Place(sent.office, plan.zone, named, clock.now(), writes), read.lines, jobs_holding)


def _finish(session: Session, actor: Actor, plan: _Plan, sent: Sent, read: _Read, stored: Stored) -> list[LineFault]:
    """Write what became of the import into the transaction that stored it."""
    read.refuse(stored.faults)
    read.faults.sort(key=lambda fault: fault.number)
    refused = bool(read.bad) and not sent.partial
    created, changed = (0, 0) if refused else (stored.created, stored.changed)
    counts = {
        "created": created,
        "changed": changed,
        "unchanged": 0 if refused else read.total - len(read.bad) - created - changed,
        "refused": len(read.bad),
    }
    now = clock.now()
    state = ImportState.REFUSED if refused else ImportState.DONE
    session.execute(
        sa.update(Import)
        .where(Import.id == plan.number)
        .values(state=state, faults=read.wrong, touched_at=now, finished_at=now, **counts)
    )
    if read.faults:
        insert_many(session, table_of(ImportFault), [_fault_row(plan.number, fault) for fault in read.faults])
    # Who varies the NIK of a known client id could find out a person's by what is refused.
    taken = sum(fault.code == ClientIdTaken.code for fault in read.faults)
    more = {"client_id_taken": taken} if taken else {}
    deed = "refuse_import" if refused else "try_import" if sent.dry_run else "import"
    audit.record(session, actor, deed, "imports", plan.number, sent.office, **counts, **more)
    return read.faults


def _fault_row(number: int, fault: LineFault) -> dict[str, object]:
    lead = f"{fault.field}: "  # the list has a column for it
    return {
        "import_id": number,
        "number": fault.number,
        "field": fault.field,
        "code": fault.code,
        "indonesian": str(fault.text).removeprefix(lead)[:500],
        "english": fault.text.en.removeprefix(lead)[:500],
    }


def _give_up(number: int, state: ImportState, problem: str) -> None:
    """Note that an import ended without its lines being judged."""
    now = clock.now()
    with transaction() as session:
        session.execute(
            sa.update(Import)
            .where(Import.id == number)
            .values(state=state, problem=problem, touched_at=now, finished_at=now)
        )


def set_profile(actor: Actor, office: str, profile: Profile) -> int:
    """Keep how an office's files are read, under a name; the same name again replaces it. Answers its id."""
    rules.check_profile(profile)
    with transaction() as session:
        queries.office_for(actor, Action.RECORD, office)
        query = sa.select(ImportProfile).where(ImportProfile.office_code == office, ImportProfile.name == profile.name)
        row = session.scalars(query.with_for_update()).first()
        if row is None:
            row = ImportProfile(office_code=office, name=profile.name, version=0, used_at=None)
            session.add(row)
        row.columns, row.constants = dict(profile.columns), dict(profile.constants)
        row.words = {name: dict(words) for name, words in profile.words.items()}
        row.delimiter, row.sheet = profile.delimiter, profile.sheet
        row.version += 1
        session.flush()
        audit.record(session, actor, "set_profile", "import_profiles", row.id, office, version=row.version)
        return row.id


def forget_faults() -> int:
    """Forget what was wrong with files of long ago: a chore. The imports and their counts stay."""
    with transaction() as session:
        old = sa.select(Import.id).where(Import.finished_at < clock.now() - timedelta(days=KEPT_DAYS))
        result = session.execute(sa.delete(ImportFault).where(ImportFault.import_id.in_(old)))
        return int(result.rowcount)  # type: ignore[attr-defined]
