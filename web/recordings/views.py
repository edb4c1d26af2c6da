"""The people recorded, masked; one of them shown, with a reason."""

from __future__ import annotations

from typing import Any

from flask import url_for

from api import fields
from api.recordings.schemas import RecordingQuery
from inventory.access import Action
from inventory.paging import Slice
from inventory.recordings import queries
from inventory.recordings.queries import RecordingFilter
from inventory.recordings.rules import PrintReason, RecordingStatus
from inventory.residents import commands
from inventory.residents.queries import LookFilter, list_looks
from inventory.texts import Text
from web.pages import Pages, actor, see
from web.recordings import failures
from web.tables import Column, Table

pages = Pages("recordings", __name__)


class LookIn(fields.Strict):
    """Why one person's NIK and name must be seen."""

    reason = fields.Words(low=5, high=200, required=True)


@pages.shows("/cetak/perekaman", Action.READ_RECORDINGS, query=RecordingQuery)
def overview(query: dict[str, Any]) -> Any:
    """The recordings of the subtree, newest first."""
    which = RecordingFilter(**{name: query[name] for name in ("office", "status", "event", "stop", "reason")})
    table = Table(
        "recordings",
        Text("Perekaman", "Recordings"),
        [
            Column(Text("Nomor perekaman", "Number"), "client_id", href=_address),
            Column(Text("NIK", "NIK"), "nik"),
            Column(Text("Alasan", "Reason"), "reason", "word"),
            Column(Text("Keadaan", "Status"), "status", "word"),
            Column(Text("Direkam", "Recorded"), "recorded_at", "instant"),
        ],
        lambda wanted: queries.list_recordings(actor(), which, wanted),
        order="desc",
        empty=Text("Belum ada perekaman. Mulai dari Impor daftar.", "No recordings yet. Begin with Import a list."),
    )
    return see(
        "recordings/recordings.html",
        recordings=table,
        statuses=list(RecordingStatus),
        reasons=list(PrintReason),
        query=query,
    )


def _address(row: Any) -> str:
    return url_for(".recording", recording_id=row["id"])


@pages.shows("/cetak/perekaman/<int:recording_id>", Action.READ_RECORDINGS)
def recording(recording_id: int) -> Any:
    """One recording, masked, and who was shown it before."""
    return _shown(recording_id, None)


@pages.does("/cetak/perekaman/<int:recording_id>", Action.REVEAL, body=LookIn, again=recording)
def reveal(recording_id: int, body: dict[str, Any]) -> Any:
    """Show the person this once; the look is kept with its reason."""
    return _shown(recording_id, commands.reveal(actor(), recording_id, body["reason"]))


def _shown(recording_id: int, person: Any) -> Any:
    found = queries.get_recording(actor(), recording_id)
    looks = list_looks(actor(), LookFilter(recording=recording_id), Slice(50, None, descending=True)).items
    columns = [
        Column(Text("Kapan", "When"), "at", "instant"),
        Column(Text("Peran", "Role"), "role", "word"),
        Column(Text("Dinas", "Office"), "office"),
        Column(Text("Keperluan", "Reason"), "reason"),
    ]
    table = Table(
        "looks",
        Text("Siapa yang pernah melihat", "Who has looked"),
        columns,
        looks,
        empty=Text("Belum ada yang membuka data orang ini.", "Nobody has opened this person's data yet."),
    )
    failed = failures.called(found["failure"])
    return see("recordings/recording.html", recording=found, failed=failed, person=person, looks=table)
