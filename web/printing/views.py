"""Print jobs: which there are, what waits in one, and its next step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for

from api import paging
from api.runs.schemas import RunIn
from inventory import access, clock
from inventory.access import Action
from inventory.paging import Page, Slice
from inventory.printing import commands, desk, queries, runs, sheets
from inventory.printing.queries import JobFilter
from inventory.printing.rules import JobStatus
from inventory.printing.run_rules import JobState
from inventory.recordings.rules import RecordingStatus
from inventory.texts import Text
from web.pages import Pages, actor, done, once, see
from web.printing.schemas import JobHeap, JobsQuery, UndoIn
from web.printing.shape import filled, period
from web.tables import Column, Table

pages = Pages("printing", __name__)
STATES = {
    JobState.DRAFTED: Text("rancangan", "draft"),
    JobState.QUEUED: Text("siap dikirim ke printer", "ready for the printer"),
    JobState.PRINTING: Text("sedang dicetak", "being printed"),
    JobState.DONE: Text("selesai", "done"),
    JobState.CANCELLED: Text("dibatalkan", "cancelled"),
}
_PAUSED = Text("belum selesai", "not finished")
STATUSES = (
    (JobHeap.OPEN, Text("berjalan", "under way")),
    (JobHeap.DRAFT, Text("rancangan", "drafts")),
    (JobHeap.UNFINISHED, Text("belum selesai", "not finished")),
    (JobHeap.UNCONFIRMED, Text("putarannya belum ditegaskan", "its run not confirmed")),
    (JobHeap.DONE, Text("selesai", "done")),
    (JobHeap.CANCELLED, Text("dibatalkan", "cancelled")),
)
TONES = {JobState.PRINTING: "info", JobState.QUEUED: "info", JobState.DONE: "good"}


@pages.shows("/cetak/pekerjaan", Action.READ_RECORDINGS, query=JobsQuery)
def jobs(query: dict[str, Any]) -> Any:
    """The jobs: one's own unfinished ones first, then all of a state."""
    heap = query["status"]
    which = JobFilter(
        **{name: query[name] for name in ("office", "store", "event")},
        status=next((status for status in JobStatus if status == heap), None),
        unfinished=heap is JobHeap.UNFINISHED,
        unconfirmed=heap is JobHeap.UNCONFIRMED,
    )

    def rows(wanted: Slice) -> Page:
        found = queries.list_jobs(actor(), which, wanted)
        return Page(_with_names(found.items), found.next)

    mine = Table("milik_saya", Text("Pekerjaan saya yang belum selesai", "My unfinished jobs"), _columns(),
                 _with_names(sheets.list_mine(actor())))  # fmt: skip
    everything = Table(
        "pekerjaan", Text("Semua pekerjaan", "All jobs"), _columns(), rows, order="desc",
        empty=Text("Tidak ada pekerjaan seperti ini.", "There is no such job."),
    )  # fmt: skip
    again = Table("cetak_ulang", Text("Menunggu dicetak ulang", "Waiting to be printed again"), _again_columns(),
                  lambda wanted: sheets.list_reprints(actor(), wanted))  # fmt: skip
    return see(
        "printing/jobs.html",
        mine=filled(mine),
        jobs=filled(everything),
        again=again,
        statuses=STATUSES,
        query=query,
    )


def _with_names(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = desk.store_names(job["store"] for job in found)
    return [{**job, "store_name": names.get(job["store"], job["store"])} for job in found]


def _columns() -> list[Column]:
    return [
        Column(Text("Pekerjaan", "Job"), "id", href=lambda row: url_for(".job", job_id=row["id"])),
        Column(Text("Dibuat", "Made"), "created_at", "instant"),
        Column(Text("Keadaan", "State"), _state),
        Column(Text("Printer", "Printer"), "printer"),
        Column(Text("Gudang", "Store"), "store_name"),
        Column(Text("Orang", "People"), "total", "number"),
        Column(Text("Menunggu", "Waiting"), lambda row: row["waiting"] or None, "number"),
        Column(Text("Tercetak", "Printed"), lambda row: row["printed"] or None, "number"),
        Column(Text("Keping rusak", "Spoiled blanks"), lambda row: row["spoiled"] or None, "number"),
    ]


def _state(job: dict[str, Any]) -> Text:
    """Nothing is being printed between two runs."""
    paused = job["state"] is JobState.PRINTING and job["run"] is None
    return _PAUSED if paused else STATES[job["state"]]


def _again_columns() -> list[Column]:
    return [
        Column(Text("Nomor perekaman", "Recording"), "client_id"),
        Column(Text("NIK", "NIK"), "nik"),
        Column(Text("Alasan cetak", "Reason"), "reason", "word"),
        Column(Text("Di pekerjaan", "In job"), "job", href=lambda row: url_for(".job", job_id=row["job"])),
    ]


@pages.shows("/cetak/pekerjaan/<int:job_id>", Action.READ_RECORDINGS)
def job(job_id: int) -> Any:
    """One job: what feeds its printer, its lines, and the next step."""
    found = sheets.get_job(actor(), job_id)
    ended = found["state"] in (JobState.DONE, JobState.CANCELLED)
    lines = Table(
        "baris", Text("Baris pekerjaan ini", "Lines of this job"), _line_columns(found),
        lambda wanted: sheets.list_lines(job_id, wanted), turn=(paging.number,),
    )  # fmt: skip
    return see(
        "printing/job.html",
        job=found,
        state=_state(found),
        tone=TONES.get(found["state"]),
        feed=None if ended else sheets.feed_of(actor(), found),
        warnings=sheets.warnings_of(found) if access.permits(actor(), Action.PRINT) else [],
        lines=filled(lines),
    )


def _line_columns(found: dict[str, Any]) -> list[Column]:
    columns = [
        Column(Text("Baris", "Line"), "line"),
        Column(Text("Nomor perekaman", "Recording"), "client_id", href=_card_of),
        Column(Text("NIK", "NIK"), "nik"),
        Column(Text("Alasan cetak", "Reason"), "reason", "word"),
        Column(Text("Keadaan", "State"), _standing),
        Column(Text("Keping rusak", "Spoiled blanks"), lambda row: row["spoiled"] or None, "number"),
    ]
    if not access.permits(actor(), Action.PRINT):
        return columns
    since = clock.now() - timedelta(minutes=found["undo_minutes"])

    def undoable(row: dict[str, Any]) -> Text | None:
        soon = row["tried_at"] is not None and row["tried_at"] >= since
        return Text("Batalkan hasil", "Undo the result") if soon and row["status"] != RecordingStatus.ISSUED else None

    href = lambda row: url_for(".undo", job_id=found["id"], recording=row["recording"])  # noqa: E731
    return [*columns, Column(Text("Salah catat?", "A mistake?"), undoable, href=href)]


def _card_of(row: dict[str, Any]) -> str | None:
    has_card = row["status"] in (RecordingStatus.PRINTED, RecordingStatus.ISSUED)
    return url_for("handover_pages.card", recording=row["recording"]) if has_card else None


def _standing(row: dict[str, Any]) -> Text:
    if row["waiting"] and row["run"]:
        return Text("di printer", "in the printer")
    if row["waiting"] and row["spoiled"]:
        return Text("menunggu dicetak ulang", "waits to be printed again")
    if row["waiting"]:
        return Text("menunggu", "waits")
    if row["status"] == RecordingStatus.ISSUED:
        return Text("kartunya diserahkan", "card handed over")
    if row["printed"]:
        return Text("tercetak", "printed")
    return Text("dilepas dari pekerjaan ini", "let go of by this job")


@pages.does("/cetak/pekerjaan/<int:job_id>/buka", Action.PRINT, again=job)
def open_job(job_id: int) -> Any:
    """Send a draft on."""
    commands.open_job(actor(), job_id, once())
    return done(".job", Text("Pekerjaan dibuka.", "The job is open."), job_id=job_id)


@pages.does("/cetak/pekerjaan/<int:job_id>/kirim", Action.PRINT, body=RunIn, again=job)
def start(job_id: int, body: dict[str, Any]) -> Any:
    """Send the next recordings to the printer."""
    runs.start(actor(), job_id, body["quantity"], once(), despite_supplies=body["despite_supplies"])
    text = Text("Dikirim ke printer. Sesudah dicetak, catat hasilnya di sini.",
                "Sent to the printer. Once they are printed, note here what came out.")  # fmt: skip
    return done("runs_pages.sheet", text, job_id=job_id)


@pages.does("/cetak/pekerjaan/<int:job_id>/lepas", Action.PRINT, again=job)
def cancel(job_id: int) -> Any:
    """Let go of what was not printed."""
    commands.cancel_job(actor(), job_id, once())
    text = Text("Yang belum dicetak kembali ke antrean.", "Those not printed are back in the queue.")
    return done(".job", text, job_id=job_id)


@pages.shows("/cetak/pekerjaan/<int:job_id>/baris/<int:recording>/batal", Action.PRINT)
def undo(job_id: int, recording: int) -> Any:
    """Why the last result of a line is undone."""
    found = sheets.get_job(actor(), job_id)
    return see("printing/undo.html", job=found, recording=recording, within=period(found["undo_minutes"]))


@pages.does("/cetak/pekerjaan/<int:job_id>/baris/<int:recording>/batal", Action.PRINT, body=UndoIn, again=undo)
def undo_result(job_id: int, recording: int, body: dict[str, Any]) -> Any:
    """Undo the last result of a line."""
    commands.undo_result(actor(), job_id, recording, body["reason"], once())
    text = Text("Hasil dibatalkan: kepingnya kembali, orangnya menunggu lagi.",
                "The result is undone: the blank is back, and the person waits again.")  # fmt: skip
    return done(".job", text, job_id=job_id)
