"""What people read for the code names of statuses, conditions, roles and actions: Indonesian, then English.

The codes themselves stay in `facts` and in the JSON; a sentence speaks to a person.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

INDONESIAN = {
    # roles
    "clerk": "petugas gudang",
    "coordinator": "koordinator",
    "printer": "operator cetak",
    "field": "tim jemput bola",
    "inspector": "inspektorat",
    "admin": "administrator",
    # actions
    "read": "membaca",
    "read_recordings": "membaca data perekaman",
    "move_stock": "mencatat mutasi stok",
    "transfer": "mengurus pengiriman",
    "approve": "menyetujui",
    "pledge": "memberi dukungan",
    "run_events": "mengelola acara",
    "record": "mencatat perekaman",
    "print": "mencetak",
    "report_coverage": "melaporkan cakupan",
    "issue_documents": "membuat dokumen",
    "reveal": "membuka data pribadi",
    "set_policy": "mengatur kebijakan antrean",
    "inspect": "memeriksa buku",
    "administer": "mengatur sistem",
    # conditions and places
    "blank": "kosong",
    "spoiled": "rusak",
    "lost": "hilang",
    # movements
    "receipt": "penerimaan",
    "spoilage": "kerusakan",
    "loss": "kehilangan",
    "consumption": "pemakaian",
    "reversal": "pembalikan",
    "earmark": "penyisihan",
    "release": "pelepasan",
    "dispatch": "pengiriman keluar",
    "delivery": "penerimaan kiriman",
    "surplus": "kelebihan",
    "recall": "penarikan kiriman",
    "undelivery": "pembatalan penerimaan",
    "found": "temuan",
    "write_off": "penghapusan",
    "brought": "dibawa ke acara",
    "printing": "pencetakan",
    "printing_undo": "pembatalan cetak",
    "issue": "penyerahan",
    "issue_undo": "pembatalan penyerahan",
    "closing": "penutupan acara",
    "tracking": "pencatatan nomor",
    "custody": "penyerahan untuk sif",
    "custody_return": "pengembalian dari sif",
    "adjustment": "penyesuaian opname",
    "destruction": "pemusnahan",
    # states of a blank
    "on_hand": "di gudang",
    "earmarked": "disisihkan untuk acara",
    "in_custody": "dipegang petugas",
    "in_transit": "dalam perjalanan",
    "destroyed": "dimusnahkan",
    "consumed": "dipakai",
    "supplied": "pemasok",
    "envelope": "amplop",
    "taken_back": "penerimaannya dibatalkan",
    # classes of what is destroyed
    "damaged": "rusak",
    "print_failure": "gagal cetak",
    "encode_failure": "gagal encode",
    "factory_defect": "cacat pabrik",
    "data_change": "perubahan elemen data",
    "moved_in": "pindah datang",
    # statuses of events, transfers, pledges, jobs, recordings and cards
    "draft": "rancangan",
    "planned": "direncanakan",
    "running": "berjalan",
    "closed": "ditutup",
    "cancelled": "dibatalkan",
    "requested": "diminta",
    "approved": "disetujui",
    "dispatched": "dikirim",
    "disputed": "berselisih",
    "received": "diterima",
    "refused": "ditolak",
    "pledged": "disisihkan",
    "released": "dilepas",
    "open": "terbuka",
    "done": "selesai",
    "bio_captured": "biometrik terekam",
    "sfe": "terkirim untuk enrolmen (SFE)",
    "prr": "siap cetak (PRR)",
    "failed": "gagal",
    "sent": "dikirim ke printer",
    "taken": "blangkonya diambil",
    "encoded": "sudah diencode",
    "printed": "tercetak",
    "issued": "diserahkan",
    "waiting": "menunggu diserahkan",
    "undone": "dibatalkan",
    "held": "ditahan",
    "asked": "diminta",
    "counted": "dihitung",
    "drafted": "rancangan",
    "queued": "menunggu dikirim ke printer",
    "confirmed": "dikonfirmasi",
    "aborted": "tidak jadi dicetak",
    "returned": "kembali menunggu",
    # why a card is printed
    "first_card": "pemula (KTP pertama)",
    "suket": "pengganti suket",
    "out_of_domicile": "luar domisili",
    "disaster": "korban bencana",
    # checks of a card, and what a collector shows
    "good": "baik",
    "bad": "jelek",
    "matched": "cocok",
    "not_matched": "tidak cocok",
    "not_taken": "tidak diambil",
    "kk": "kartu keluarga (KK)",
    "old_card": "KTP lama",
    "fingerprint": "sidik jari",
    "photo": "foto",
    "letter": "surat kuasa",
    # kinds of events and of places
    "gotong_royong": "gotong royong",
    "school": "sekolah",
    "village": "desa atau kelurahan",
    "home_visits": "kunjungan rumah",
    "office": "kantor camat atau Dinas",
    "village_office": "kantor desa atau kelurahan",
    "prison": "lapas atau rutan",
    "hospital": "rumah sakit",
    "market": "pasar",
    "other": "tempat lain",
    # files that are brought in
    "reading": "sedang dibaca",
    "storing": "sedang disimpan",
    "interrupted": "terputus",
    # printers, and what is mounted in them
    "working": "berfungsi",
    "in_repair": "dalam perbaikan",
    "ribbon": "ribbon",
    "film": "film",
    # what binds a counter to a stock
    "holds_blanks": "sedang memegang blangkonya",
    "moved_stock": "mencatat mutasinya dalam 30 hari terakhir",
    "prints_there": "mencetak di Dinasnya",
    # papers, and what they tell
    "tanda_terima": "tanda terima",
    "surat_jalan": "surat jalan",
    "bast": "berita acara serah terima",
    "kartu_stok": "kartu stok",
    "ba_opname": "berita acara opname",
    "ba_pemusnahan": "berita acara pemusnahan",
    "session_sheet": "lembar sif",
    "daftar_serah": "daftar serah terima KTP-el",
    "ministry": "Ditjen Dukcapil",
    "province": "Dinas provinsi",
    "grant": "hibah",
    "opening": "stok awal",
    "full": "menyeluruh",
    "partial": "sebagian",
    "missing": "tidak ditemukan",
    "unexpected": "tidak tercatat di sini",
    # offices, stores and boards
    "regency": "Dinas kabupaten/kota",
    "main": "gudang utama",
    "service_point": "titik layanan",
    "print_room": "ruang cetak",
    "mobile_unit": "mobil keliling",
    "event_kit": "gudang acara",
    "exact": "angka tepat",
    "bands": "kisaran",
    # what webhooks are told, and why they could not be
    "card_printed": "kartu tercetak",
    "card_undone": "cetakan dibatalkan",
    "card_issued": "kartu diserahkan",
    "issue_undone": "penyerahan dibatalkan",
    "card_lost": "kartu hilang",
    "shortfall_raised": "kekurangan blangko",
    "name_unknown": "nama host tidak dikenal",
    "address_refused": "alamat ditolak",
    "connection_failed": "tidak tersambung",
    "tls_failed": "sertifikat TLS tidak sah",
    "too_slow": "terlalu lambat menjawab",
    "broken_off": "sambungan terputus",
    "answer_refused": "ditolak oleh penerima",
    "secret_unreadable": "rahasianya tidak terbaca",
    # loans, and what holds a request
    "overdue": "lewat jatuh tempo",
    "settled": "lunas",
    "lender": "pemberi pinjaman",
    "borrower": "peminjam",
    "return": "pengembalian",
    "transfer_late": "kiriman belum dikonfirmasi",
    "transfer_disputed": "kiriman berselisih",
    "custody_open": "sif belum ditutup",
    "loss_unconfirmed": "kehilangan belum dipastikan",
    # how pressing a shortage is
    "critical": "mendesak",
    "warning": "segera",
    "notice": "perlu dilihat",
    # notices
    "custody_difference": "selisih sif",
    "custody_overdue": "sif terlambat ditutup",
    "request_held": "permintaan ditahan",
    "count_difference": "selisih stok opname",
    # users of the console
    "active": "aktif",
    "invited": "diundang",
    "tokens_only": "hanya token",
    "inactive": "tidak aktif",
}


_PAPERS = frozenset({"bast", "ba_opname", "ba_pemusnahan", "daftar_serah"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _said(day: date, months: tuple[str, ...]) -> str:
    """A day as the pages write it: 10 Des 2026."""
    return f"{day.day} {months[day.month - 1]} {day.year}"


def in_indonesian(value: object) -> object:
    """The Indonesian word of a code name, or of each of a tuple of them, and a day; anything else stays what it is."""
    if isinstance(value, tuple):
        return ", ".join(str(in_indonesian(each)) for each in value)
    if type(value) is date:
        return _said(value, _MONTHS)
    return INDONESIAN.get(value.value, value.value) if isinstance(value, StrEnum) else value


def in_english(value: object) -> object:
    """The English words of a code name, or of each of a tuple of them, and a day; anything else stays what it is.

    Papers are Indonesian: those known by a short name keep their whole one.
    """
    if isinstance(value, tuple):
        return ", ".join(str(in_english(each)) for each in value)
    if type(value) is date:
        return _said(value, _MONTHS_EN)
    if not isinstance(value, StrEnum):
        return value
    return INDONESIAN[value.value] if value.value in _PAPERS else value.value.replace("_", " ")
