"""The settings of an office as its form asks them: each with one plain sentence, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from inventory.texts import Text
from web.language import number, told, word

_KEPING = Text("keping", "blanks")
_DAYS = Text("hari", "days")
_MINUTES = Text("menit", "minutes")
_NEVER = Text("Kosong: tidak pernah.", "Empty: never.")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in the API, how it is asked, and what it does."""

    name: str
    kind: Literal["flag", "number", "share", "lines"]
    label: Text
    help: Text
    unit: Text | None = None
    optional: bool = False

    def present(self, office: Any) -> str:
        """The value that is kept now, as people read it."""
        value = getattr(office, self.name)
        if value is None:
            return ""
        if self.kind == "flag":
            return word(value)
        if self.kind == "lines":
            return ", ".join(number(each) for each in value)
        return str(value).replace(".", ",") if self.kind == "share" else number(value)


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together."""

    title: Text
    settings: tuple[Setting, ...]


def _with_never(indonesian: str, english: str) -> Text:
    return Text(f"{indonesian} {_NEVER}", f"{english} {_NEVER.en}")


STOCK_ROOM = Group(
    Text("Gudang", "Stock room"),
    (
        Setting("backdate_days", "number", Text("Tanggal mundur paling jauh", "Furthest past date"),
                Text("Sejauh ini barang keluar boleh dicatat dengan tanggal yang sudah lewat.",
                     "So far back goods that went out may still be written down."), _DAYS),
        Setting("custody_required", "flag", Text("Blangko dipegang per sif", "Blanks are handed out by shift"),
                Text("Petugas cetak hanya mencetak dari blangko yang diserahkan kepadanya untuk sif itu.",
                     "Printing staff only print from blanks that were handed to them for the shift.")),
        Setting("count_check", "flag", Text("Opname diperiksa orang kedua", "Counts need a second person"),
                Text("Hasil hitung mengubah buku setelah disetujui orang lain.",
                     "What was counted changes the books only after somebody else approved it.")),
        Setting("destruction_check", "flag", Text("Pemusnahan diperiksa orang kedua", "Destruction needs two people"),
                Text("Blangko rusak baru dibakar setelah disetujui orang lain.",
                     "Spoiled blanks are burned only after somebody else approved it.")),
        Setting("write_off_check", "flag", Text("Penghapusan diperiksa orang kedua", "Write-offs need two people"),
                Text("Blangko yang hilang baru dihapus dari buku setelah disetujui orang lain.",
                     "Lost blanks leave the books only after somebody else approved it.")),
        Setting("transfer_check_over", "number", Text("Kiriman diperiksa bila lebih dari", "Check transfers above"),
                _with_never("Kiriman yang lebih besar perlu persetujuan orang kedua.",
                            "Larger transfers need a second person."), _KEPING, optional=True),
        Setting("reversal_check_over", "number", Text("Pembatalan diperiksa bila lebih dari", "Check reversals above"),
                _with_never("Pembatalan catatan yang lebih besar diminta satu orang dan dilakukan orang lain.",
                            "Larger reversals are asked for by one person and made by another."),
                _KEPING, optional=True),
        Setting("recount_over", "number", Text("Hitung ulang bila berselisih lebih dari", "Recount above"),
                _with_never("Selisih opname yang lebih besar dihitung sekali lagi sebelum disetujui.",
                            "A count that differs by more is counted once more before it is approved."),
                _KEPING, optional=True),
    ),
)  # fmt: skip
PRINT_ROOM = Group(
    Text("Ruang cetak", "Print room"),
    (
        Setting("queue_only", "flag", Text("Cetak hanya menurut antrean", "Print by the queue only"),
                Text("Yang dicetak selalu yang terdepan di antrean; tidak ada yang dipilih sendiri.",
                     "Whoever is first in the queue is printed; nobody is picked by hand.")),
        Setting("confirm_required", "flag", Text("Hasil cetak dihitung orang", "Somebody counts what was printed"),
                Text("Kartu disebut tercetak setelah ada orang yang menghitung hasilnya.",
                     "A card is called printed once a person has counted what came out.")),
        Setting("card_check", "flag", Text("Kartu diperiksa sebelum diserahkan", "Cards are checked before hand-over"),
                Text("Setiap kartu dilihat dulu: foto, nama, dan chip.",
                     "Each card is looked at first: picture, name and chip.")),
        Setting("undo_minutes", "number", Text("Batas waktu pembatalan", "Time to undo"),
                Text("Selama ini cetakan dan penyerahan boleh dibatalkan. 60 menit = 1 jam, 1.440 menit = 24 jam.",
                     "For so long printing and hand-over may still be undone. 60 minutes = 1 hour, 1,440 = 24 hours."),
                _MINUTES),
        Setting("spoil_rate", "share", Text("Perkiraan rusak saat cetak", "Expected spoilage"),
                Text("Bagian dari satu: 0,02 = 2 %, atau 2 dari 100 blangko. Kosong: dihitung dari cetakan yang lalu.",
                     "A share of one: 0.02 = 2 %, or 2 blanks of 100. Empty: worked out from what was printed before."),
                optional=True),
    ),
)  # fmt: skip
PERSONAL = Group(
    Text("Data pribadi", "Personal data"),
    (
        Setting("purge_days", "number", Text("NIK dan nama dilupakan setelah", "NIK and name are forgotten after"),
                Text("Dihitung sejak kartu diserahkan atau perekaman gagal; angka stok tetap utuh.",
                     "Counted from the hand-over or the failed recording; the books keep every figure."), _DAYS),
    ),
)  # fmt: skip
THRESHOLDS = Group(
    Text("Batas peringatan", "Warning limits"),
    (
        Setting("reorder_at", "number", Text("Pesan lagi pada", "Order again at"),
                Text("Bila blangko tinggal sebanyak ini, saatnya mengajukan permintaan. Kosong: tanpa batas.",
                     "With so many blanks left it is time to ask for more. Empty: no limit."), _KEPING, optional=True),
        Setting("card_flag_days", "lines", Text("Kartu belum diambil ditandai setelah", "Flag uncollected cards after"),
                Text("Jumlah hari, satu baris satu. Kosong: 14, 30, dan 60 hari.",
                     "Days, one a line. Empty: 14, 30 and 60 days."), optional=True),
    ),
)  # fmt: skip
GROUPS = (STOCK_ROOM, PRINT_ROOM, PERSONAL, THRESHOLDS)


def shown(office: Any, setting: Setting) -> Any:
    """What stands in a setting's field."""
    value = getattr(office, setting.name)
    return told(setting.present(office)) if setting.kind == "share" else value
