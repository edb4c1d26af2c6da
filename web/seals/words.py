"""What people read for the deeds that the audit keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.stock.rules import MovementKind
from inventory.texts import Text
from inventory.words import INDONESIAN
from web.language import decimal, language, told, word

# By what was done and to what; in the order in which they are offered to choose from.
DEEDS: dict[tuple[str, str], Text] = {
    ("receive", "receipt"): Text("menerima barang", "received goods"),
    ("issue_opening", "movement"): Text("membukukan kartu stok awal", "booked opening cards"),
    ("reverse", "movement"): Text("membatalkan catatan stok", "reversed a movement"),
    ("ask_reversal", "movement"): Text("meminta pembatalan catatan stok", "asked for a reversal"),
    ("confirm_loss", "movement"): Text("membenarkan kehilangan", "confirmed a loss"),
    ("track", "movement"): Text("mencatat nomor blangko", "recorded numbers of blanks"),
    ("request", "transfer"): Text("membuat kiriman", "made a transfer"),
    ("approve", "transfer"): Text("menyetujui kiriman", "approved a transfer"),
    ("refuse", "transfer"): Text("menolak kiriman", "refused a transfer"),
    ("cancel", "transfer"): Text("membatalkan kiriman", "cancelled a transfer"),
    ("dispatch", "transfer"): Text("mengirim barang", "sent goods"),
    ("redirect", "transfer"): Text("mengubah tujuan kiriman", "redirected a transfer"),
    ("receive", "transfer"): Text("menerima kiriman", "received a transfer"),
    ("resolve", "transfer"): Text("menyelesaikan selisih kiriman", "resolved a transfer's difference"),
    ("undo", "transfer"): Text("membatalkan satu langkah kiriman", "undid a step of a transfer"),
    ("ask", "request"): Text("mengajukan permintaan", "asked for goods"),
    ("decide", "request"): Text("memutuskan permintaan", "decided a request"),
    ("lift", "request"): Text("melepas penahanan permintaan", "lifted a request's hold"),
    ("cancel", "request"): Text("membatalkan permintaan", "cancelled a request"),
    ("plan", "allocation"): Text("merencanakan pembagian", "planned an allocation"),
    ("lend", "loan"): Text("meminjamkan", "lent goods"),
    ("give_back", "loan"): Text("mengembalikan pinjaman", "gave a loan back"),
    ("settle", "loan"): Text("menutup pinjaman", "settled a loan"),
    ("issue", "custody_session"): Text("menyerahkan blangko untuk sif", "handed blanks out for a shift"),
    ("approve", "custody_session"): Text("menyetujui penutupan sif", "approved a shift's close"),
    ("close", "custody_session"): Text("menutup sif", "closed a shift"),
    ("start_count", "count"): Text("memulai opname", "began a count"),
    ("note_count", "count"): Text("mencatat hitungan opname", "wrote down a count"),
    ("approve_count", "count"): Text("menyetujui opname", "approved a count"),
    ("cancel_count", "count"): Text("membatalkan opname", "cancelled a count"),
    ("make_count_plan", "count_plan"): Text("membuat jadwal opname", "planned counts"),
    ("change_count_plan", "count_plan"): Text("mengubah jadwal opname", "changed a plan of counts"),
    ("count_destruction", "destruction"): Text("menghitung untuk pemusnahan", "counted for destruction"),
    ("approve_destruction", "destruction"): Text("menyetujui pemusnahan", "approved a destruction"),
    ("cancel_destruction", "destruction"): Text("membatalkan pemusnahan", "cancelled a destruction"),
    ("withdraw_cards", "withdrawn_cards"): Text("mencatat KTP-el ditarik", "registered withdrawn cards"),
    ("correct_withdrawn", "withdrawn_cards"): Text("membetulkan catatan KTP-el ditarik", "corrected withdrawn cards"),
    ("pledge", "pledge"): Text("memberi dukungan", "pledged blanks"),
    ("release", "pledge"): Text("melepas dukungan", "released a pledge"),
    ("plan_event", "event"): Text("membuat acara", "planned an event"),
    ("change_event", "event"): Text("mengubah acara", "changed an event"),
    ("add_stop_to_event", "event"): Text("menambah titik acara", "added a stop to an event"),
    ("remove_stop_from_event", "event"): Text("menghapus titik acara", "took a stop out of an event"),
    ("add_member_to_event", "event"): Text("mengajak orang ke acara", "let somebody into an event"),
    ("remove_member_from_event", "event"): Text("mengeluarkan orang dari acara", "took somebody out of an event"),
    ("extend_event", "event"): Text("memperpanjang acara", "extended an event"),
    ("start_event", "event"): Text("memulai acara", "started an event"),
    ("bring_pledge_to_event", "event"): Text("membawa dukungan ke acara", "brought a pledge to an event"),
    ("cancel_event", "event"): Text("membatalkan acara", "cancelled an event"),
    ("close_event", "event"): Text("menutup acara", "closed an event"),
    ("create", "print_job"): Text("membuat tugas cetak", "made a print job"),
    ("take", "print_job"): Text("mengambil dari antrean", "took from the queue"),
    ("walk_in", "print_job"): Text("mencetak pemohon langsung", "printed for somebody at the desk"),
    ("open", "print_job"): Text("membuka tugas cetak", "opened a print job"),
    ("start", "print_run"): Text("memulai pencetakan", "started printing"),
    ("stages", "print_run"): Text("mencatat tahap pencetakan", "recorded the stages of printing"),
    ("results", "print_job"): Text("mencatat hasil cetak", "recorded what was printed"),
    ("confirm", "print_job"): Text("membenarkan jumlah tercetak", "confirmed what was printed"),
    ("undo", "print_job"): Text("membatalkan hasil cetak", "undid printing"),
    ("cancel", "print_job"): Text("membatalkan tugas cetak", "cancelled a print job"),
    ("check", "cards"): Text("memeriksa kartu", "checked cards"),
    ("issue", "cards"): Text("menyerahkan kartu", "handed cards over"),
    ("undo_issue", "cards"): Text("membatalkan penyerahan kartu", "undid a hand-over"),
    ("lose", "cards"): Text("mencatat kartu hilang", "reported cards lost"),
    ("send_cards", "card_consignment"): Text("meneruskan kartu ke desa atau kecamatan", "sent cards on"),
    ("return_cards", "card_consignment"): Text("menerima kembali kartu", "took cards back"),
    ("add_printer", "printer"): Text("menambah printer", "added a printer"),
    ("change_printer", "printer"): Text("mengubah printer", "changed a printer"),
    ("mount", "printer"): Text("memasang ribbon atau film", "mounted ribbon or film"),
    ("record", "recordings"): Text("mencatat perekaman", "recorded people"),
    ("report_status", "recordings"): Text("mengubah status perekaman", "reported recordings' status"),
    ("refused_recordings", "recordings"): Text("mengirim daftar yang ditolak", "sent a list that was refused"),
    ("told_of_waiting", "recordings"): Text(
        "diberi tahu siapa yang sudah menunggu dicetak", "was told who waits already"
    ),
    ("note_appeared", "recordings"): Text("mencatat yang datang", "noted who came"),
    ("import", "imports"): Text("memasukkan berkas", "brought a file in"),
    ("try_import", "imports"): Text("mencoba berkas", "tried a file"),
    ("refuse_import", "imports"): Text("mengirim berkas yang ditolak", "sent a file that was refused"),
    ("set_profile", "import_profiles"): Text("mengatur kolom berkas", "set the columns of files"),
    ("reveal", "recording"): Text("membuka data pribadi", "revealed personal data"),
    ("export", "person"): Text("mengekspor data seseorang", "exported a person's data"),
    ("purge", "recordings"): Text("menghapus data pribadi", "forgot personal data"),
    ("issue_document", "document"): Text("membuat dokumen", "issued a document"),
    ("set", "policy"): Text("mengatur kebijakan antrean", "set the queue's policy"),
    ("report", "coverage_report"): Text("melaporkan cakupan", "reported coverage"),
    ("set_target", "coverage_target"): Text("menetapkan target cakupan", "set a coverage target"),
    ("drop_target", "coverage_target"): Text("menghapus target cakupan", "dropped a coverage target"),
    ("open_office", "office"): Text("membuka Dinas", "opened an office"),
    ("change_office", "office"): Text("mengubah setelan Dinas", "changed an office's settings"),
    ("open_store", "store"): Text("membuka gudang", "opened a store"),
    ("change_store", "store"): Text("mengubah gudang", "changed a store"),
    ("announce", "notice_board"): Text("mengatur pengumuman publik", "set the public announcement"),
    ("add_item", "item"): Text("menambah barang", "added an item"),
    ("add_webhook", "webhook"): Text("menambah webhook", "added a webhook"),
    ("change_webhook", "webhook"): Text("mengubah webhook", "changed a webhook"),
    ("replay", "webhook"): Text("mengirim ulang ke webhook", "replayed to a webhook"),
    ("retry", "webhook"): Text("mengirim ulang satu perubahan", "retried a dead letter"),
    ("add_user", "user"): Text("menambah pengguna", "added a user"),
    ("invite", "user"): Text("mengundang pengguna", "invited a user"),
    ("create_user", "user"): Text("membuat pengguna", "made a user"),
    ("accept_invitation", "user"): Text("menerima undangan", "took up an invitation"),
    ("set_active", "user"): Text("mengaktifkan atau menghentikan pengguna", "started or stopped a user"),
    ("reset", "user"): Text("memberi tautan sandi baru", "gave a new password link"),
    ("change_password", "user"): Text("mengganti sandi", "changed a password"),
    ("set_language", "user"): Text("mengganti bahasa", "changed the language"),
    ("begin_second_factor", "user"): Text("menyiapkan kode kedua", "began a second factor"),
    ("set_second_factor", "user"): Text("memasang kode kedua", "set a second factor"),
    ("drop_second_factor", "user"): Text("melepas kode kedua", "dropped a second factor"),
    ("issue_token", "token"): Text("membuat token", "issued a token"),
    ("revoke_token", "token"): Text("mencabut token", "revoked a token"),
    ("sign_in", "session"): Text("masuk", "signed in"),
    ("confirm_code", "session"): Text("memasukkan kode kedua", "entered a second factor"),
    ("sign_out", "session"): Text("keluar", "signed out"),
    ("revoke_session", "session"): Text("mengakhiri sesi", "ended a session"),
    ("rotate_keys", "table"): Text("mengganti kunci enkripsi", "rotated encryption keys"),
}
_MOVED = Text("mencatat {kind}", "booked a {kind}")
DEEDS.update({(kind.value, "movement"): _MOVED.format(kind=kind) for kind in MovementKind})
DEEDS[MovementKind.TRACKING.value, "movement"] = Text("mencatat nomor blangko", "recorded numbers of blanks")
DEEDS[MovementKind.BROUGHT.value, "movement"] = Text("membawa barang ke acara", "brought goods to an event")
SUBJECTS = {
    "receipt": Text("penerimaan", "receipt"), "movement": Text("catatan stok", "movement"),
    "transfer": Text("kiriman", "transfer"), "request": Text("permintaan", "request"), "loan": Text("pinjaman", "loan"),
    "custody_session": Text("sif", "shift"), "count": Text("opname", "count"),
    "count_plan": Text("jadwal opname", "plan of counts"), "destruction": Text("pemusnahan", "destruction"),
    "withdrawn_cards": Text("KTP-el ditarik", "withdrawn cards"), "pledge": Text("dukungan", "pledge"),
    "event": Text("acara", "event"), "print_job": Text("tugas cetak", "print job"),
    "print_run": Text("pencetakan", "print run"), "cards": Text("kartu", "cards"),
    "card_consignment": Text("penerusan kartu", "consignment"), "printer": Text("printer", "printer"),
    "recordings": Text("perekaman", "recordings"), "recording": Text("perekaman", "recording"),
    "imports": Text("berkas", "file"), "import_profiles": Text("kolom berkas", "columns of files"),
    "person": Text("orang", "person"), "document": Text("dokumen", "document"), "policy": Text("kebijakan", "policy"),
    "coverage_report": Text("laporan cakupan", "coverage report"), "allocation": Text("pembagian", "allocation"),
    "coverage_target": Text("target cakupan", "coverage target"), "office": Text("Dinas", "office"),
    "store": Text("gudang", "store"), "item": Text("barang", "item"),
    "notice_board": Text("pengumuman publik", "public announcement"),
    "webhook": Text("webhook", "webhook"), "user": Text("pengguna", "user"), "token": Text("token", "token"),
    "session": Text("sesi", "session"), "table": Text("tabel", "table"),
}  # fmt: skip

# What the figures are called that are kept with deeds; settings are told by their names in the API.
FACTS = {
    "active": Text("aktif", "active"), "approved": Text("disetujui", "approved"),
    "asker": Text("peminta", "asked by"), "before": Text("sebelumnya", "before"),
    "blind": Text("tanpa melihat catatan", "blind"), "client_id_taken": Text("kode sudah terpakai", "code taken"),
    "corrects": Text("membetulkan catatan stok", "corrects movement"), "counted": Text("dihitung", "counted"),
    "counted_by": Text("dihitung oleh pengguna nomor", "counted by users number"),
    "counter": Text("penghitung, pengguna nomor", "counter, user number"),
    "due_on": Text("jatuh tempo", "due on"), "event": Text("acara nomor", "event number"),
    "every_days": Text("setiap berapa hari", "every so many days"),
    "holder": Text("pemegang, pengguna nomor", "holder, user number"), "issued": Text("diserahkan", "issued"),
    "key": Text("kunci", "key"), "kind": Text("jenis", "kind"), "kinds": Text("jenis kabar", "kinds of news"),
    "not_printed": Text("tidak jadi dicetak", "not printed"), "of": Text("untuk nomor", "of number"),
    "people": Text("orang", "people"), "request": Text("permintaan nomor", "request number"),
    "run": Text("pencetakan nomor", "print run number"), "same_as": Text("sama dengan berkas nomor", "same as file"),
    "shortage": Text("kekurangan", "shortage"), "store": Text("gudang", "store"),
    "transfer": Text("kiriman nomor", "transfer number"),
    "after": Text("sesudah nomor", "behind number"),
    "arrived": Text("tiba", "arrived"), "as_of": Text("per tanggal", "as of"),
    "attempts": Text("cetakan", "attempts"), "attempt": Text("cetakan", "attempt"), "bad": Text("jelek", "bad"),
    "cards": Text("kartu", "cards"), "changed": Text("diubah", "changed"), "created": Text("baru", "new"),
    "cursor": Text("sampai nomor", "up to number"), "days": Text("hari", "days"),
    "exactness": Text("ketelitian", "exactness"), "frame_ancestors": Text("situs", "sites"),
    "held_for": Text("ditahan karena", "held for"), "host": Text("nama host", "host name"),
    "item": Text("barang", "item"), "job": Text("tugas cetak", "print job"), "language": Text("bahasa", "language"),
    "let_go": Text("dilepas", "let go"), "lines": Text("baris", "lines"), "lost": Text("hilang", "lost"),
    "missing": Text("tidak ditemukan", "missing"), "mount": Text("pemasangan", "mounting"),
    "movement": Text("catatan stok", "movement"), "movements": Text("catatan stok", "movements"),
    "name": Text("nama", "name"), "noted": Text("dicatat", "noted"), "number": Text("nomor", "number"),
    "percent": Text("persen", "percent"), "persons": Text("orang", "persons"), "pledge": Text("dukungan", "pledge"),
    "pledges": Text("dukungan", "pledges"), "policy": Text("kebijakan", "policy"),
    "position": Text("posisi", "position"), "printed": Text("tercetak", "printed"),
    "prints": Text("mencetak", "prints"), "quantity": Text("jumlah", "quantity"), "reason": Text("alasan", "reason"),
    "recalled": Text("ditarik kembali", "recalled"), "recordings": Text("perekaman", "recordings"),
    "refused": Text("ditolak", "refused"), "region": Text("wilayah", "region"),
    "rejected": Text("ditolak", "rejected"), "released": Text("dilepas", "released"),
    "reorder_at": Text("pesan lagi pada", "order again at"), "received": Text("diterima", "received"),
    "returned": Text("kembali", "returned"), "role": Text("tugas", "role"), "rows": Text("baris", "rows"),
    "shown": Text("tayang", "shown"), "spoiled": Text("rusak", "spoiled"), "status": Text("keadaan", "status"),
    "step": Text("langkah", "step"), "stop": Text("titik", "stop"), "supplier": Text("pemasok", "supplier"),
    "surplus": Text("kelebihan", "surplus"), "surrendered": Text("kartu lama diserahkan", "old cards given back"),
    "to_store": Text("gudang tujuan", "to store"), "transfers": Text("kiriman", "transfers"),
    "tries": Text("percobaan", "tries"), "unchanged": Text("tidak berubah", "unchanged"),
    "user": Text("pengguna", "user"), "valid_from": Text("berlaku mulai", "valid from"),
    "version": Text("versi", "version"), "written_off": Text("dihapus dari buku", "written off"),
}  # fmt: skip


def deed_of(row: Any) -> str:
    """What was done, in words; its own name where nobody gave it any."""
    known = DEEDS.get((row.action, row.subject))
    return str(told(known)) if known else str(row.action).replace("_", " ")


def subject_of(row: Any) -> str:
    """To what it was done, in words, with its number or code."""
    known = SUBJECTS.get(row.subject)
    first, _, last = str(row.subject_id).partition("-")
    # What touched one recording is kept as a span of one.
    return f"{told(known) if known else row.subject} {first if first == last else row.subject_id}"


def facts_of(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures that were kept with a deed, one a line; what is empty is left out."""
    return [
        (str(told(FACTS.get(name, name))), _said(value)) for name, value in facts.items() if value or value is False
    ]


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{told(FACTS.get(name, name))} {_said(each)}" for name, each in value.items())
    if isinstance(value, bool):
        return word(value)
    if isinstance(value, int | float):
        return decimal(value)
    return INDONESIAN.get(str(value), str(value)) if language() == "id" else str(value).replace("_", " ")
