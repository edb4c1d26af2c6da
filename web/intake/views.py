"""Lists of people recorded, as files: looked at first, then brought in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import marshmallow as ma
from flask import Response, request, url_for

from api import fields
from api.intake.schemas import ImportsQuery
from api.reports.files import CSV
from inventory.access import Action
from inventory.intake import commands, queries
from inventory.intake.commands import Sent
from inventory.intake.queries import LONGEST_WORD, MOST_WORDS, ImportFilter
from inventory.intake.rules import (
    FIELDS,
    MAX_BYTES,
    MAX_ROWS,
    RUNNING,
    FileTooLarge,
    ImportRefused,
    Profile,
    check_profile,
)
from inventory.paging import Slice
from inventory.recordings.rules import LineFault, PrintReason, ReportedStatus
from inventory.texts import Text
from web import choices, forms
from web.language import word
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("intake", __name__)
# The file and the small fields around it.
MOST_BYTES = MAX_BYTES + 100_000
_FILE_MISSING = Text("Pilih satu berkas CSV atau XLSX.", "Choose one CSV or XLSX file.")
# Nobody's NIKs: there is no region 99.99.99.
_SAMPLE = """NIK,NAMA,ALASAN,STATUS,TGL_REKAM
9999990101900001,Contoh Satu,BARU,PRR,05-01-2026 08:00
9999994101900002,Contoh Dua,HILANG,SFE,05-01-2026 09:30
"""
_SAY_IT = Text(
    "Kata ini belum dikenal: pilih artinya di atas, di Apa arti kata ini?",
    "This word is not known yet: choose its meaning above, at What do these words mean?",
)
MAPPED = {"reason": PrintReason, "status": ReportedStatus}
_UNREAD = Text("(tidak dibaca)", "(not read)")
FIELD_WORDS = {
    "client_id": Text("nomor perekaman", "number of the recording"),
    "nik": Text("NIK", "NIK"),
    "name": Text("nama", "name"),
    "reason": Text("alasan cetak", "reason"),
    "status": Text("status", "status"),
    "recorded_at": Text("tanggal rekam", "recorded on"),
    "failure": Text("kode gagal", "code of the failure"),
    "status_at": Text("tanggal status", "date of the status"),
    "event": Text("acara", "event"),
    "stop": Text("lokasi layanan", "stop"),
    "office": Text("Dinas", "office"),
}
# What becomes of a line, with its colour in the bar.
OUTCOMES = (
    ("created", Text("Baru", "New"), "1"),
    ("changed", Text("Status berubah", "Status changed"), "3"),
    ("unchanged", Text("Sudah ada, tidak berubah", "Known already, unchanged"), "5"),
    ("refused", Text("Ditolak", "Refused"), "bad"),
)


class MappedIn(fields.Strict):
    """A column of the file, and what it is read as."""

    header = fields.Words(high=100, required=True)
    field = fields.Words(high=40, load_default=None, allow_none=True, validate=fields.one_of(FIELDS))


class WordIn(fields.Strict):
    """A word that stands in the file's column of reasons or statuses, and what it means here."""

    field = fields.Words(high=40, required=True, validate=fields.one_of(MAPPED))
    word = fields.Words(high=LONGEST_WORD, required=True)
    ours = fields.Words(high=40, load_default=None, allow_none=True)


class ShownQuery(fields.Strict):
    """Which event the import was told to be of."""

    event = fields.QueryInt(load_default=None, validate=fields.between(1, 2**53))


class FileIn(fields.Strict):
    """How a file is to be read; `name` keeps that for the next one."""

    office = fields.code(required=True)
    profile = fields.Words(high=60, load_default=None, allow_none=True)
    columns = fields.Several(fields.Part(MappedIn), high=200, load_default=list)
    words = fields.Several(fields.Part(WordIn), high=2 * MOST_WORDS, load_default=list)
    reason = fields.Kind(PrintReason, load_default=None, allow_none=True)
    status = fields.Kind(ReportedStatus, load_default=None, allow_none=True)
    name = fields.Words(high=60, load_default=None, allow_none=True)
    event = fields.identity(load_default=None, allow_none=True)
    in_part = fields.Flag(data_key="partial", load_default=False)


@pages.shows("/cetak/impor", Action.RECORD)
def bring() -> Any:
    """Choose a file, look at it, bring it in."""
    return _shown(None)


def _shown(found: dict[str, Any] | None) -> Any:
    profiles = queries.list_profiles(actor(), None, Slice(100)).items
    return see(
        "intake/bring.html",
        found=found,
        profiles=[(profile.name, profile.name) for profile in profiles],
        fields=[("", _UNREAD), *FIELD_WORDS.items()],
        field_words=FIELD_WORDS,
        reasons=list(PrintReason),
        statuses=list(ReportedStatus),
        events=(events := choices.events()),
        event=dict(events).get(request.form.get("/event", "")),
    )


@pages.does("/cetak/impor/pratinjau", Action.RECORD, body=FileIn, again=bring, most_bytes=MOST_BYTES)
def preview(body: dict[str, Any]) -> Any:
    """The first lines as they would be read; nothing is kept."""
    content = _content()
    forms.keep_typed()
    told = _profile(body)
    found = queries.preview(actor(), body["office"], body["profile"], content, told)
    base = told or queries.remembered(actor(), body["office"], body["profile"])
    unknown = queries.unknown_words(content, base)
    listed = [
        {"field": name, "word": word, "kinds": list(MAPPED[name]), "ours": ""}
        for name in unknown
        for word in unknown[name]
    ]
    # What was said of a word stays said: it is no longer unknown, but must come along with the form.
    said = [each | {"kinds": list(MAPPED[each["field"]])} for each in body["words"] if each["ours"]]
    lines = [line | {"faults": [_told(fault, unknown) for fault in line["faults"]]} for line in found["lines"]]
    more = queries.repeated(actor(), body["office"], content, base) if not found["missing"] else None
    return _shown(found | {"words": said + listed, "lines": lines, "repeated": more})


def _told(fault: LineFault, unknown: dict[str, list[str]]) -> tuple[Text, Text]:
    """The column in the words of people, and what is wrong there."""
    lead = f"{fault.field}: "
    text = Text(str(fault.text).removeprefix(lead), fault.text.en.removeprefix(lead))
    return FIELD_WORDS.get(fault.field, Text("", "")), _SAY_IT if fault.field in unknown else text


@pages.does("/cetak/impor", Action.RECORD, body=FileIn, again=bring, most_bytes=MOST_BYTES)
def bring_in(body: dict[str, Any]) -> Any:
    """Bring the file in; a bad line refuses all of it, and the page of the import says which."""
    content, told = _content(), _profile(body)
    if told is not None:
        commands.set_profile(actor(), body["office"], told)
    name = body["profile"] if told is None else told.name
    sent = Sent(
        body["office"],
        request.files["file"].filename or "",
        content,
        name,
        partial=body["in_part"],
        event=body["event"],
    )
    try:
        number = commands.bring_in(actor(), sent, once=once())
    except ImportRefused as error:
        return done("intake_pages.show", import_id=error.facts["number"])
    return done("intake_pages.show", import_id=number, event=body["event"])


@pages.shows("/cetak/impor/contoh.csv", Action.RECORD)
def sample() -> Response:
    """A small file with the columns that are known anyway, to begin with."""
    headers = {"Content-Disposition": 'attachment; filename="contoh.csv"'}
    return Response(_SAMPLE, content_type=f"{CSV}; charset=utf-8", headers=headers)


def _content() -> bytes:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise ma.ValidationError({"file": [_FILE_MISSING]})
    content: bytes = file.read()
    if len(content) > MAX_BYTES:
        raise FileTooLarge(pointer="/file", rows=MAX_ROWS, bytes=MAX_BYTES)
    file.seek(0)
    return content


def _profile(body: dict[str, Any]) -> Profile | None:
    """What was chosen for this file by hand; None when it is left to a profile or to the names that are known."""
    columns = {column["header"]: column["field"] for column in body["columns"] if column["field"]}
    constants = {name: str(body[name]) for name in MAPPED if body[name] is not None}
    said = {name: {one["word"]: one["ours"] for one in body["words"] if one["field"] == name} for name in MAPPED}
    words = {name: {word: ours for word, ours in told.items() if ours} for name, told in said.items()}
    if not (columns or constants or any(words.values())):
        return None
    # What an office said of its words before is not said again on the page, and still holds.
    before = queries.remembered(actor(), body["office"], body["profile"])
    name = body["name"] or body["profile"] or "Daftar harian"
    profile = replace(
        before,
        name=name,
        columns=columns,
        words={name: {**before.words.get(name, {}), **words[name]} for name in MAPPED},
        constants={**before.constants, **constants},
    )
    check_profile(profile)
    return profile


@pages.shows("/cetak/impor/semua", Action.READ_RECORDINGS, query=ImportsQuery)
def imports(query: dict[str, Any]) -> Any:
    """The files brought in, newest first."""
    which = ImportFilter(query["office"], query["state"])
    table = Table(
        "imports",
        Text("Berkas yang diimpor", "Imported files"),
        [
            Column(
                Text("Mulai", "Begun"), "started_at", "instant", href=lambda row: url_for(".show", import_id=row["id"])
            ),
            Column(Text("Berkas", "File"), "file"),
            Column(Text("Keadaan", "State"), "state", "word"),
            Column(Text("Baris", "Lines"), "lines_total", "number"),
            Column(Text("Baru", "New"), "created", "number"),
            Column(Text("Ditolak", "Refused"), "refused", "number"),
        ],
        lambda wanted: queries.list_imports(actor(), which, wanted),
        order="desc",
        empty=Text("Belum ada. Mulai dari Impor daftar.", "None yet. Begin with Import a list."),
    )
    return see("intake/imports.html", imports=table)


def _address(row: Any) -> str:
    return url_for(".show", import_id=row["id"])


@pages.shows("/cetak/impor/kemajuan", Action.READ_RECORDINGS)
def progress() -> Any:
    """How far the running imports are, for the page that waits for one."""
    found = [
        each
        for state in RUNNING
        for each in queries.list_imports(actor(), ImportFilter(None, state), Slice(5, None, descending=True)).items
    ]
    return see("intake/progress.html", running=found)


@pages.shows("/cetak/impor/<int:import_id>", Action.READ_RECORDINGS, query=ShownQuery)
def show(import_id: int, query: dict[str, Any]) -> Any:
    """One import: what became of its lines, and what is wrong with those that were refused."""
    table = Table(
        "faults",
        Text("Baris yang perlu diperbaiki", "Lines to correct"),
        [
            Column(Text("Baris", "Line"), "number", "number"),
            Column(Text("Kolom", "Column"), lambda row: FIELD_WORDS.get(row.field, row.field)),
            Column(Text("Apa yang salah", "What is wrong"), lambda row: Text(row.indonesian, row.english)),
        ],
        lambda wanted: queries.list_faults(actor(), import_id, wanted),
        empty=Text("Tidak ada yang salah.", "Nothing is wrong."),
    )
    brought = queries.get_import(actor(), import_id)
    became = [(text, brought[name], tone) for name, text, tone in OUTCOMES if brought[name]]
    return see(
        "intake/import.html",
        brought=brought,
        faults_table=table,
        slices=[(word(text), lines, tone) for text, lines, tone in became],
        outcome=_outcome(became),
        running=RUNNING,
        event=query["event"],
    )


def _outcome(became: list[tuple[Text, int, str]]) -> Table:
    """The same as the bar, with the share of each part."""
    whole = sum(lines for _, lines, _ in became)
    columns = [
        Column(Text("Barisnya", "The lines"), lambda row: row[0]),
        Column(Text("Baris", "Lines"), lambda row: row[1], "number"),
        Column(Text("Bagian", "Share"), lambda row: row[1] / whole, "percent"),
    ]
    return Table("hasil", Text("Menurut hasilnya", "By what became of them"), columns, became)
