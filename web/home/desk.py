"""What waits on each desk, in the order in which it matters to whoever sits there."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.access import Role
from inventory.reports.desk import MOST
from inventory.texts import Text, figure


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits: what it is, what to do, where, and how pressing it is."""

    name: str
    label: Text
    note: Text
    address: str
    tone: str | None = None


_CONFIRM = Todo(
    "to_confirm",
    Text("kiriman menunggu konfirmasi", "deliveries to confirm"),
    Text("Hitung, lalu catat yang benar-benar datang.", "Count, then note what really came."),
    "/gudang/kiriman?stage=to_confirm&waits=to_confirm",
)
_DISPATCH = Todo(
    "to_dispatch",
    Text("pengiriman siap diberangkatkan", "transfers ready to leave"),
    Text("Sudah disetujui; barangnya belum keluar.", "Approved; the goods have not left yet."),
    "/gudang/kiriman?stage=to_send&waits=to_dispatch",
)
_APPROVE = Todo(
    "to_approve",
    Text("pengiriman menunggu persetujuan", "transfers waiting for approval"),
    Text("Setujui, kurangi, atau tolak.", "Approve, cut or refuse."),
    "/gudang/kiriman?stage=to_send&waits=to_approve",
    "warn",
)
_DISPUTED = Todo(
    "disputed",
    Text("kiriman dengan selisih", "deliveries with a difference"),
    Text("Cari yang kurang, atau hapuskan berdua.", "Find what is missing, or write it off with a second person."),
    "/gudang/kiriman?stage=under_way&waits=disputed",
    "bad",
)
_SESSIONS = Todo(
    "sessions_open",
    Text("sif masih terbuka", "shifts still open"),
    Text("Tutup pada akhir sif: hitung yang kembali.", "Close at the end of the shift: count what comes back."),
    "/gudang/sif",
)
_SESSIONS_WRONG = Todo(
    "sessions_disputed",
    Text("sif dengan selisih", "shifts with a difference"),
    Text("Perlu orang kedua.", "A second person is needed."),
    "/gudang/sif?status=disputed",
    "bad",
)
_COUNTS = Todo(
    "counts_open",
    Text("stok opname belum disetujui", "counts not approved yet"),
    Text("Selesaikan hitungan atau mintakan persetujuan.", "Finish the count or have it approved."),
    "/gudang/hitung?status=open",
)
_COUNTS_DUE = Todo(
    "counts_due",
    Text("stok opname jatuh tempo", "counts due"),
    Text("Rencana opname menyebut hari ini atau sebelumnya.", "The plan of counts names today or a day before."),
    "/gudang/hitung/rencana?due=true",
    "warn",
)
_LOSSES = Todo(
    "losses",
    Text("kehilangan belum ditegaskan", "losses not confirmed"),
    Text("Orang kedua menegaskan atau membalik.", "A second person confirms or reverses it."),
    "/pemberitahuan?kind=loss_unconfirmed",
    "bad",
)
_DESTRUCTIONS = Todo(
    "destructions_counted",
    Text("pemusnahan menunggu persetujuan", "destructions waiting for approval"),
    Text("Sudah dihitung; belum boleh dibakar.", "Counted; not to be burned yet."),
    "/gudang/pemusnahan?status=counted",
)
_REQUESTS = Todo(
    "requests",
    Text("permintaan blangko menunggu", "requests for blanks waiting"),
    Text("Putuskan berapa yang diberikan.", "Decide how many to give."),
    "/gudang/permintaan?to_decide=true",
    "warn",
)
_RUNNING = Todo(
    "events_running",
    Text("acara sedang berjalan", "events running"),
    Text("Pantau sisa blangko.", "Watch what is left."),
    "/koordinasi/kegiatan?tab=running",
    "good",
)
_COMING = Todo(
    "events_coming",
    Text("acara akan datang", "events coming"),
    Text("Lihat apakah blangkonya cukup.", "See whether the blanks suffice."),
    "/koordinasi/kegiatan",
)
_MISSED = Todo(
    "events_missed",
    Text("acara lewat, belum dimulai", "events of the past that never started"),
    Text(
        "Batalkan, atau mulai lalu tutup bila memang berlangsung.",
        "Cancel them, or start and close them if they did take place.",
    ),
    "/koordinasi/kegiatan?tab=missed",
    "warn",
)
_RUNS = Todo(
    "runs_open",
    Text("putaran cetak belum ditegaskan", "runs not confirmed"),
    Text("Tandai yang tercetak dan yang rusak.", "Mark what was printed and what was spoiled."),
    "/cetak/pekerjaan?status=unconfirmed",
    "warn",
)
_JOBS = Todo(
    "jobs_open",
    Text("pekerjaan cetak belum selesai", "print jobs not finished"),
    Text("Lanjutkan dari tempat Anda berhenti.", "Go on where you stopped."),
    "/cetak/pekerjaan?status=unfinished",
)
_QUEUE = Todo(
    "queue",
    Text("orang menunggu dicetak", "people waiting to be printed"),
    Text("Ambil yang pertama dalam antrean.", "Take the first in the queue."),
    "/cetak/antrean",
)
_UNCOLLECTED = Todo(
    "uncollected",
    Text("kartu belum diambil", "cards not collected"),
    Text("Hubungi, atau kirim ke kecamatan.", "Call them, or send the cards to the kecamatan."),
    "/cetak/belum-diambil",
)
_CONSIGNMENTS = Todo(
    "consignments_open",
    Text("kiriman kartu di luar", "consignments of cards out there"),
    Text("Tunggu laporan camat, atau ingatkan.", "Wait for the camat's report, or remind."),
    "/cetak/kiriman-kartu?status=open",
)
TODOS: dict[Role, tuple[Todo, ...]] = {
    Role.CLERK: (
        _CONFIRM, _DISPUTED, _SESSIONS_WRONG, _SESSIONS, _DISPATCH, _APPROVE, _COUNTS_DUE, _COUNTS, _LOSSES,
        _DESTRUCTIONS,
    ),
    Role.COORDINATOR: (
        _APPROVE, _REQUESTS, _LOSSES, _DISPUTED, _SESSIONS_WRONG, _COUNTS, _DESTRUCTIONS, _RUNNING, _COMING,
        _MISSED,
    ),
    Role.PRINTER: (_RUNS, _JOBS, _QUEUE, _UNCOLLECTED, _CONSIGNMENTS),
    Role.FIELD: (_RUNNING, _COMING),
    Role.INSPECTOR: (_LOSSES, _SESSIONS_WRONG, _DISPUTED, _COUNTS_DUE),
    Role.ADMIN: (_LOSSES, _SESSIONS_WRONG, _DISPUTED, _COUNTS),
}  # fmt: skip
# They see to it that others act: what waits is not theirs to do.
WATCHING = frozenset({Role.INSPECTOR, Role.ADMIN})


def todos_of(page: Role, reader: Role) -> tuple[Todo, ...]:
    """What a page tells this reader: on somebody else's desk, only what concerns the reader too."""
    return tuple(todo for todo in TODOS[page] if todo in TODOS[reader])


def told(count: int) -> Text:
    """A count as a desk shows it; beyond MOST nobody counts on."""
    if count < MOST:
        return figure(count)
    most = figure(MOST)
    return Text(f"{most}+", f"{most.en}+")
