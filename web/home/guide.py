"""What each role does here, for who opens the console for the first time: five steps each, with where to begin."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.access import Action, Role
from inventory.texts import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try or to do: its words, and the page where it is done."""

    text: Text
    address: str
    deed: Action | None = None  # what its words promise, where the page itself may be seen by others too


STEPS: dict[Role, tuple[Step, ...]] = {
    Role.CLERK: (
        Step(
            Text("Terima 6.000 keping blangko dari Ditjen", "Receive 6,000 blanks from the ministry"), "/gudang/terima"
        ),
        Step(
            Text("Konfirmasi kiriman 500 keping dari provinsi", "Confirm the delivery of 500 blanks from the province"),
            "/gudang/kiriman",
        ),
        Step(
            Text("Serahkan 50 keping kepada operator untuk sif", "Hand 50 blanks to the printing staff for a shift"),
            "/gudang/sif",
        ),
        Step(Text("Hitung isi gudang berdua", "Count the store with a second person"), "/gudang/hitung"),
        Step(
            Text("Telusuri satu nomor, misalnya JMB00000007", "Follow one number, like JMB00000007"),
            "/nomor/JMB00000007",
        ),
    ),
    Role.COORDINATOR: (
        Step(Text("Lihat seluruh Jambi dalam satu peta", "See all of Jambi on one map"), "/koordinasi/peta"),
        Step(
            Text(
                "Buka gotong royong Sarolangun: kurang atau lebih?",
                "Open the gotong royong of Sarolangun: short or over?",
            ),
            "/koordinasi/kegiatan",
        ),
        Step(
            Text("Rencanakan acara sendiri dengan dua lokasi", "Plan an event of your own with two stops"),
            "/koordinasi/kegiatan/baru",
        ),
        Step(
            Text(
                "Pindahkan 100 keping ke Batanghari yang hampir habis", "Move 100 blanks to Batanghari, which runs dry"
            ),
            "/koordinasi/alokasi",
        ),
        Step(Text("Bandingkan cakupan antar-Dinas", "Compare coverage between offices"), "/koordinasi/cakupan"),
    ),
    Role.PRINTER: (
        Step(
            Text("Lihat siapa yang dicetak lebih dulu, dan mengapa", "See who is printed first, and why"),
            "/cetak/antrean",
        ),
        Step(
            Text("Ambil dua belas orang menjadi satu pekerjaan cetak", "Take twelve people into one print job"),
            "/cetak/antrean",
        ),
        Step(
            Text("Tandai tercetak, dan satu keping rusak", "Mark them printed, and one blank spoiled"),
            "/cetak/pekerjaan",
        ),
        Step(Text("Serahkan kartu kepada pengambilnya", "Hand the cards to their collectors"), "/cetak/serah"),
        Step(Text("Lihat kartu yang belum diambil", "See the cards that nobody collected"), "/cetak/belum-diambil"),
    ),
    Role.FIELD: (
        Step(Text("Buka acara yang akan datang", "Open the coming event"), "/koordinasi/kegiatan"),
        Step(Text("Lihat peta provinsi", "See the province on a map"), "/koordinasi/peta"),
        Step(Text("Lihat antrean cetak", "See the print queue"), "/cetak/antrean"),
        Step(Text("Lihat kartu yang belum diambil", "See the cards that nobody collected"), "/cetak/belum-diambil"),
        Step(Text("Telusuri satu nomor blangko", "Follow the number of a blank"), "/nomor"),
    ),
    Role.INSPECTOR: (
        Step(Text("Periksa keadaan buku besar", "See the state of the ledger"), "/inspeksi/buku"),
        Step(Text("Cari jejak: siapa mengubah apa", "Search the audit trail: who changed what"), "/inspeksi/jejak"),
        Step(
            Text("Telusuri satu nomor, misalnya JMB00000007", "Follow one number, like JMB00000007"),
            "/nomor/JMB00000007",
        ),
        Step(Text("Lihat nomor yang tidak dapat ditunjukkan", "See numbers that nobody can show"), "/nomor/celah"),
        Step(
            Text("Unduh buku besar dan periksa sendiri", "Download the ledger and check it yourself"),
            "/inspeksi/ekspor",
        ),
    ),
    Role.ADMIN: (
        Step(Text("Undang seorang rekan", "Invite a colleague"), "/admin/orang/undang"),
        Step(Text("Atur satu Dinas", "Set up an office"), "/admin/dinas"),
        Step(Text("Buka titik layanan baru", "Open a new service point"), "/admin/gudang/buka"),
        Step(Text("Lihat pengumuman stok Sarolangun", "See the stock announcement of Sarolangun"), "/publik/15.03"),
        Step(Text("Sambungkan sistem lain lewat webhook", "Connect another system by a webhook"), "/admin/webhook"),
    ),
}
# What a role opens most, beside what waits for it: the first is the primary action.
SHORTCUTS: dict[Role, tuple[Step, ...]] = {
    Role.CLERK: (
        Step(Text("Terima barang", "Receive goods"), "/gudang/terima"),
        Step(Text("Kirim", "Send"), "/gudang/kirim"),
        Step(Text("Serahkan untuk sif", "Hand out for a shift"), "/gudang/sif", Action.MOVE_STOCK),
        Step(Text("Kartu stok", "Stock card"), "/gudang/kartu"),
        Step(Text("Telusuri nomor", "Follow a number"), "/nomor"),
    ),
    Role.COORDINATOR: (
        Step(Text("Rencanakan acara", "Plan an event"), "/koordinasi/kegiatan/baru"),
        Step(Text("Peta provinsi", "Map of the province"), "/koordinasi/peta"),
        Step(Text("Pindahkan antar-Dinas", "Move between offices"), "/koordinasi/alokasi"),
        Step(Text("Cakupan", "Coverage"), "/koordinasi/cakupan"),
    ),
    Role.PRINTER: (
        Step(Text("Cetak dari antrean", "Print from the queue"), "/cetak/antrean", Action.PRINT),
        Step(Text("Pekerjaan cetak", "Print jobs"), "/cetak/pekerjaan"),
        Step(Text("Serahkan kartu", "Hand cards over"), "/cetak/serah"),
        Step(Text("Belum diambil", "Uncollected"), "/cetak/belum-diambil"),
    ),
    Role.FIELD: (
        Step(Text("Rekam orang", "Record people"), "/cetak/perekaman/tambah"),
        Step(Text("Acara", "Events"), "/koordinasi/kegiatan"),
        Step(Text("Impor daftar", "Import a list"), "/cetak/impor"),
        Step(Text("Perekaman", "Recordings"), "/cetak/perekaman"),
    ),
    Role.INSPECTOR: (
        Step(Text("Periksa buku besar", "Check the ledger"), "/inspeksi/buku"),
        Step(Text("Cari jejak", "Search the audit trail"), "/inspeksi/jejak"),
        Step(Text("Telusuri nomor", "Follow a number"), "/nomor"),
    ),
    Role.ADMIN: (
        Step(Text("Undang orang", "Invite somebody"), "/admin/orang/undang"),
        Step(Text("Dinas", "Offices"), "/admin/dinas"),
        Step(Text("Gudang", "Stores"), "/admin/gudang"),
        Step(Text("Barang", "Items"), "/admin/barang"),
        Step(Text("Webhook", "Webhooks"), "/admin/webhook"),
    ),
}
# What the screens call things, for who reads them for the first time.
WORDS: tuple[tuple[Text, Text], ...] = (
    (Text("blangko, keping", "blank"), Text("kartu kosong sebelum dicetak", "a card before it is printed")),
    (
        Text("mutasi", "movement"),
        Text(
            "barang yang pindah; stok tidak pernah diketik, hanya dipindahkan",
            "goods that moved; stock is never typed, only moved",
        ),
    ),
    (
        Text("sif", "shift"),
        Text(
            "blangko yang dipegang satu orang sampai dihitung kembali",
            "blanks in one person's hand until they are counted back",
        ),
    ),
    (
        Text("karantina", "quarantine"),
        Text("tempat keping rusak menunggu dimusnahkan", "where spoiled blanks wait for their destruction"),
    ),
    (
        Text("disisihkan", "earmarked"),
        Text(
            "disimpan untuk satu acara; tidak dipakai untuk yang lain",
            "kept for one event and used for nothing else",
        ),
    ),
    (
        Text("siap cetak (PRR)", "print-ready (PRR)"),
        Text("perekaman yang sudah boleh dicetak", "a recording that may be printed"),
    ),
    (
        Text("cakupan", "coverage"),
        Text(
            "yang sudah merekam dibagi wajib KTP; boleh lebih dari 100 %",
            "recorded out of those who must hold a card; it may exceed 100 %",
        ),
    ),
    (
        Text("orang kedua", "second person"),
        Text("rekan lain yang menegaskan apa yang Anda catat", "a colleague who confirms what you noted"),
    ),
)
