"""Reading imports, what was wrong with them, and the profiles of offices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory import access, clock, niks
from inventory.access import Action, Actor
from inventory.database import current
from inventory.errors import Fault, NotFound
from inventory.intake import rules, sheets
from inventory.intake.cells import LineReader, Seen
from inventory.intake.models import Import, ImportFault, ImportProfile
from inventory.intake.rules import PATIENCE, RUNNING, ImportState, Profile
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.paging import Page, Slice, page
from inventory.recordings import again
from inventory.recordings.rules import Spot
from inventory.recordings.sameness import is_derived
from inventory.texts import Text

PREVIEWED = 10
# So many words, so long, may a column of reasons or statuses have that nobody knows here.
MOST_WORDS, LONGEST_WORD = 20, 40
# So many rows of people who may get a second card are listed.
MOST_REPEATED = 20
_NIK = 16


class ImportNotFound(NotFound):
    """No import has this id, or it is out of the actor's reach."""

    code = "import_not_found"
    text = Text("Impor {number} tidak ditemukan.", "Import {number} was not found.")


class ProfileNotFound(NotFound):
    """The office has no profile of this name."""

    code = "import_profile_not_found"
    text = Text("Dinas {office} tidak punya profil impor ini.", "Office {office} has no such import profile.")


@dataclass(frozen=True, slots=True)
class ImportFilter:
    """Which imports are wanted; None means all."""

    office: str | None = None
    state: ImportState | None = None


def office_for(actor: Actor, action: Action, code: str) -> Office:
    """The office, if the actor may do `action` there."""
    access.require(actor, action, code)
    found = current().get(Office, code)
    if found is None:
        raise OfficeNotFound(pointer="/office", office=code)
    return found


def state_of(row: Import) -> ImportState:
    """Where an import stands now: one that gave no sign of life for long was interrupted."""
    quiet = row.state in RUNNING and clock.now() - row.touched_at > PATIENCE
    return ImportState.INTERRUPTED if quiet else row.state


def list_imports(actor: Actor, which: ImportFilter, wanted: Slice) -> Page:
    """The imports of the actor's subtree."""
    query = sa.select(Import).where(access.within(Import.office_code, actor.office))
    if which.office is not None:
        access.require(actor, Action.READ_RECORDINGS, which.office)
        query = query.where(access.within(Import.office_code, which.office))
    if which.state is not None:
        quiet = sa.and_(Import.state.in_(RUNNING), Import.touched_at < clock.now() - PATIENCE)
        asked = quiet if which.state is ImportState.INTERRUPTED else (Import.state == which.state) & ~quiet
        query = query.where(asked)
    found = page(query, [Import.id], wanted)
    return Page([shown(row) for row in found.items], found.next)


def get_import(actor: Actor, number: int) -> dict[str, Any]:
    """One import and how far it is; raises `ImportNotFound`."""
    return shown(_import(actor, number))


def _import(actor: Actor, number: int) -> Import:
    unseen = ImportNotFound(number=number)
    found = current().get(Import, number, populate_existing=True)
    if found is None:
        raise unseen
    access.require(actor, Action.READ_RECORDINGS, found.office_code, unseen=unseen)
    return found


def list_faults(actor: Actor, number: int, wanted: Slice) -> Page:
    """What is wrong with an import, in the order of its lines; raises `ImportNotFound`."""
    _import(actor, number)
    return page(sa.select(ImportFault).where(ImportFault.import_id == number), [ImportFault.id], wanted)


def all_faults(actor: Actor, number: int) -> list[Any]:
    """All that was kept of it, for a file."""
    _import(actor, number)
    columns = (ImportFault.number, ImportFault.field, ImportFault.code, ImportFault.indonesian, ImportFault.english)
    return list(current().execute(sa.select(*columns).where(ImportFault.import_id == number).order_by(ImportFault.id)))


def faults_of(number: int) -> list[Fault]:
    """What was kept of it, each with its column: for a command that has checked access."""
    query = sa.select(ImportFault).where(ImportFault.import_id == number).order_by(ImportFault.id)
    return [
        Spot(row.number, f"line {row.number}").fault(row.field, Text(row.indonesian, row.english), row.code)
        for row in current().scalars(query)
    ]


def shown(row: Import) -> dict[str, Any]:
    """An import as it is answered."""
    state = state_of(row)
    part = row.lines_read * 100 // max(1, row.lines_total)
    return {
        "id": row.id,
        "office": row.office_code,
        "file": row.file_name,
        "profile": row.profile,
        "dry_run": row.dry_run,
        "partial": row.partial,
        "state": state,
        # Storing is the last step: a hundred means that nothing is left to do.
        "percent": 100 if state is ImportState.DONE else min(99, part),
        **{name: getattr(row, name) for name in (
            "lines_total", "lines_read", "created", "changed", "unchanged", "refused", "faults", "problem", "same_as",
            "started_at", "touched_at", "finished_at",
        )},
    }  # fmt: skip


def profile_for(office: str, name: str | None) -> Profile:
    """The profile of this name; without a name the one used last, or none."""
    query = sa.select(ImportProfile).where(ImportProfile.office_code == office)
    if name is None:
        query = query.where(ImportProfile.used_at.is_not(None))
        query = query.order_by(ImportProfile.used_at.desc(), ImportProfile.id.desc()).limit(1)
    else:
        query = query.where(ImportProfile.name == name)
    row = current().scalars(query).first()
    if row is None and name is not None:
        raise ProfileNotFound(pointer="/profile", office=office)
    if row is None:
        return Profile()
    return Profile(row.name, row.columns, row.words, row.constants, row.delimiter, row.sheet)


def list_profiles(actor: Actor, office: str | None, wanted: Slice) -> Page:
    """The profiles of the actor's subtree."""
    query = sa.select(ImportProfile).where(access.within(ImportProfile.office_code, actor.office))
    if office is not None:
        access.require(actor, Action.READ_RECORDINGS, office)
        query = query.where(access.within(ImportProfile.office_code, office))
    return page(query, [ImportProfile.id], wanted)


def get_profile(number: int) -> ImportProfile:
    """A profile that a command has just written."""
    return current().get_one(ImportProfile, number)


def preview(
    actor: Actor, office_code: str, profile_name: str | None, content: bytes, told: Profile | None = None
) -> dict[str, Any]:
    """The first lines of a file as they would be read, NIKs masked and names as an initial; nothing is kept.

    They are read by the profile of that name, or by one that is only told.
    """
    office = office_for(actor, Action.RECORD, office_code)
    profile = told or profile_for(office_code, profile_name)
    table = sheets.opened(content, profile)
    columns = rules.fields_of(table.header, profile)
    missing = rules.missing_of(columns, profile)
    # What heads a file without a heading is somebody's data.
    heading = any(columns) and not any(sum(map(str.isdecimal, cell)) >= _NIK for cell in table.header)
    reader = LineReader(columns, profile, office_code, office.time_zone, clock.now())
    lines = [] if missing else [_previewed(reader, number, cells) for number, cells in islice(table.rows, PREVIEWED)]
    return {
        "profile": profile.name,
        "kind": "recordings" if reader.people else "statuses",
        "missing": list(missing),
        "columns": [
            {"header": str(niks.untold(header[:200])) if heading else f"kolom {number}", "field": name}
            for number, (header, name) in enumerate(zip(table.header, columns, strict=True), 1)
        ],
        "lines": lines,
    }


def repeated(actor: Actor, office_code: str, content: bytes, profile: Profile) -> dict[str, Any]:
    """The rows of people who stand in another row too, or who wait for a card already: they may get a second card.

    What is told once more of the same recording is none of them. All are counted, the first are listed.
    """
    office = office_for(actor, Action.RECORD, office_code)
    table = sheets.opened(content, profile)
    columns = rules.fields_of(table.header, profile)
    if not rules.tells_people(columns, profile):
        return {"count": 0, "rows": []}
    reader = LineReader(columns, profile, office_code, office.time_zone, clock.now())
    seen = [
        (number, who) for number, cells in islice(table.rows, rules.MAX_ROWS) if (who := reader.who(cells)) is not None
    ]
    waiting = again.waiting_among(actor, office_code, {who.nik_index for _, who in seen})
    first: dict[bytes, tuple[int, Seen]] = {}
    found: list[dict[str, Any]] = []
    for number, who in seen:
        other, told = first.setdefault(who.nik_index, (number, who))
        twin = None if told.is_same(who) else other
        waits = waiting.get(who.nik_index, [])
        known = any(_seen(row, reader.zone).is_same(who) for row in waits)
        if twin is not None or (waits and not known):
            found.append({"number": number, "twin": twin, "waits": None if known or not waits else waits[0]})
    return {"count": len(found), "rows": found[:MOST_REPEATED]}


def _seen(row: Any, zone: ZoneInfo) -> Seen:
    client_id = None if is_derived(row.client_id) else row.client_id
    return Seen(row.nik_index, client_id, row.reason, row.recorded_at.astimezone(zone).date())


def remembered(actor: Actor, office_code: str, name: str | None) -> Profile:
    """How an office's files were read before: the profile of this name, else the one used last, else nothing."""
    office_for(actor, Action.RECORD, office_code)
    return profile_for(office_code, name)


def unknown_words(content: bytes, profile: Profile) -> dict[str, list[str]]:
    """The words in the columns of reason and status that mean nothing here yet, as the file spells them.

    A column with very many of them, long ones or such with a NIK is none of these columns: it may tell of people, and
    nothing of it is repeated.
    """
    table = sheets.opened(content, profile)
    columns, known = rules.fields_of(table.header, profile), rules.words_of(profile)
    at = {name: columns.index(name) for name in known if name in columns}
    found: dict[str, dict[str, str]] = {name: {} for name in at}
    for _, cells in islice(table.rows, rules.MAX_ROWS):
        for name, index in at.items():
            word = str(cells[index]).strip() if index < len(cells) and cells[index] is not None else ""
            if word and rules.plain(word) not in known[name] and len(found[name]) <= MOST_WORDS:
                found[name].setdefault(rules.plain(word), word)
    return {name: list(words.values()) for name, words in found.items() if words and _are_words(list(words.values()))}


def _are_words(words: list[str]) -> bool:
    short = all(len(word) <= LONGEST_WORD and not niks.may_hide(word) and rules.plain(word) for word in words)
    return len(words) <= MOST_WORDS and short


def _previewed(reader: LineReader, number: int, cells: list[Any]) -> dict[str, Any]:
    line, faults = reader.read(number, cells)
    nik, name = (str(_cell(reader, cells, field) or "").strip() for field in ("nik", "name"))
    person = None if line is None else line.person
    seen = reader.who(cells) if reader.people else None
    return {
        "number": number,
        "nik": niks.masked(nik) if line is not None and nik else None,
        "name": f"{name[0]}." if line is not None and name else None,
        "client_id": None if line is None else line.client_id,
        "reason": None if person is None else person.reason,
        "status": None if line is None else line.told.status,
        "failure": None if line is None else line.told.failure,
        "recorded_at": None if person is None else person.recorded_at,
        "status_at": None if line is None else line.told.at,
        # Also of a line that is refused: a day that was misread shows before anything else is mended.
        "recorded_on": None if seen is None else seen.day,
        "faults": faults,
    }


def _cell(reader: LineReader, cells: list[Any], field: str) -> Any:
    index = reader.at.get(field, len(cells))
    value = cells[index] if index < len(cells) else None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else value
