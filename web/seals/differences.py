"""What is wrong with the books, in Indonesian: the sentences themselves are English, as the command line says them.

They come out of a dozen features while the whole ledger is read; a page shows a hundred of them at most. A test reads
every sentence in the sources and finds it here.
"""

from __future__ import annotations

import re

from inventory.texts import Text
from inventory.words import INDONESIAN

# What stands before the colon; `{}` is a number, a code, or words of these tables again.
_HEADS = {
    "account {} ({}, {})": "akun {} ({}, {})",
    "account {}": "akun {}",
    "entry {} of account {}": "baris {} dari akun {}",
    "entry {}": "baris {}",
    "movement {} of job {} (attempts {} to {})": "mutasi {} dari pekerjaan {} (cetakan {} sampai {})",
    "movement {} of job {}": "mutasi {} dari pekerjaan {}",
    "movement {}": "mutasi {}",
    "interval {} of series {}": "rentang nomor {} dari seri {}",
    "interval {}": "rentang nomor {}",
    "series {}": "seri {}",
    "lot {}": "lot {}",
    "receipt {}": "penerimaan {}",
    "loss report {}": "laporan kehilangan {}",
    "destruction {}": "pemusnahan {}",
    "transfer {}, delivery {}": "pengiriman {}, penerimaan {}",
    "transfer {}": "pengiriman {}",
    "custody session {}": "sif {}",
    "attempt {}": "cetakan {}",
    "recording {}": "perekaman {}",
    "settlement of event {}, {} of {}": "penyelesaian acara {}, {} milik {}",
    "loan {}": "pinjaman {}",
    "request {}": "permintaan {}",
    "run {}": "putaran cetak {}",
    "count {}, account {}": "opname {}, akun {}",
    "count {}": "opname {}",
    "withdrawn cards of {} ({})": "KTP ditarik di {} ({})",
    "withdrawn cards {}": "KTP ditarik {}",
    "card consignment {} ({})": "kiriman kartu {} ({})",
    "card consignment {}": "kiriman kartu {}",
    "document {} ({} {})": "dokumen {} ({} {})",
    "flows of {}, {} {}": "jumlah mutasi {}, {} {}",
    "seal {} (movement {})": "segel {} (mutasi {})",
    "head {}": "tanda tangan harian {}",
    "{}, {} of {}, event {}": "{}, {} milik {}, acara {}",
    "{}, {} of {}": "{}, {} milik {}",
}
_TOLD = {
    "balance {}, its entries add up to {}": "saldo {}, baris-barisnya berjumlah {}",
    "says {} after it, it is {}": "menurut catatannya sisanya {}, seharusnya {}",
    "its entries of {} add up to {}, not to 0": "baris-baris {} berjumlah {}, bukan 0",
    "its movement is gone": "mutasinya hilang",
    "its account is gone": "akunnya hilang",
    "its series is gone": "serinya hilang",
    "its lot is gone": "lotnya hilang",
    "its receipt is gone": "penerimaannya hilang",
    "it has no entries": "tidak mempunyai baris",
    "{} is not the sign of its place": "{} bukan tanda tempatnya",
    "another one that is here reaches up to {}": "rentang lain yang masih ada mencapai {}",
    "{} goods with numbers, its intervals hold {}": "{} keping bernomor, rentangnya memuat {}",
    "its account does not say whether it is on the books": "akunnya tidak menyebut apakah ia masih di buku",
    "nothing was ever received with its numbers": "tidak pernah ada yang diterima dengan nomornya",
    "does not fit interval {}, which it was a part of": "tidak cocok dengan rentang {}, asalnya",
    "movement {} ended it, and nothing came from it": "mutasi {} mengakhirinya, dan tidak ada kelanjutannya",
    "{} of it have numbers, {} were received": "{} di antaranya bernomor, {} yang diterima",
    "attempts and entries differ by {} {} of {} {} numbers, custody session or class {}":
        "cetakan dan baris buku berselisih {} {} milik {} {} nomor, sif atau golongan {}",
    "attempts and entries differ by {} {} of {} {} numbers":
        "cetakan dan baris buku berselisih {} {} milik {} {} nomor",
    "that movement {} undid one of movement {}, job {}, {}":
        "bahwa mutasi {} membatalkan satu cetakan mutasi {}, pekerjaan {}: {}",
    "{} is no number of a blank": "{} bukan nomor blangko",
    "number {} is attempt {}'s as well": "nomor {} dipakai juga oleh cetakan {}",
    "movement {} did not bring number {} from where and to where it says":
        "mutasi {} tidak memindahkan nomor {} dari dan ke tempat yang disebutnya",
    "it brought {} as {}, of {}, and no attempt says so":
        "memindahkan {} sebagai {}, milik {}, dan tidak ada cetakan yang menyebutnya",
    "{} {} ({}) at {} from {} by {}, {}, office {}": "{} {} ({}) di {} dari {}, surat {}, {}, Dinas {}",
    "a loss of office {}, reported by user {}": "kehilangan Dinas {}, dilaporkan pengguna {}",
    "movement {} of {}, number {}, {}": "mutasi {} di {}, nomor {}, {}",
    "movement {} of {}, {}": "mutasi {} di {}, {}",
    "the numbers of line {} cannot be read": "nomor pada baris {} tidak terbaca",
    "its lines say {} alone ({} of {})": "hanya barisnya yang menyebut {} ({} milik {})",
    "its movement says {} alone ({} of {})": "hanya mutasinya yang menyebut {} ({} milik {})",
    "the delivery and movement {} differ by {} {}": "penerimaannya dan mutasi {} berselisih {} {}",
    "that movement {} was undone, {}": "bahwa mutasi {} dibatalkan: {}",
    "it says {} received, {} rejected, {} too many; its deliveries and what was found say {}, {}, {}":
        "menyebut {} diterima, {} ditolak, {} lebih; penerimaan dan temuannya menyebut {}, {}, {}",
    "stores, item or owner are not those of the ledger, which names {}":
        "gudang, barang, atau pemiliknya bukan yang di buku, yaitu {}",
    "{} cards wait, the ledger has {} printed": "{} kartu menunggu, menurut buku {} tercetak",
    "the ledger has {} printed, {} cards wait and no opening brought more":
        "menurut buku {} tercetak, {} kartu menunggu, dan tidak ada saldo awal yang menambahnya",
    "{} cards were handed over, the ledger has {} issued": "{} kartu diserahkan, menurut buku {}",
    "its numbers leave {} under way, the ledger has {}": "menurut angkanya {} di jalan, menurut buku {}",
    "the ledger has {} under way, there is no such transfer": "menurut buku {} di jalan, pengirimannya tidak ada",
    "printed {} times": "dicetak {} kali",
    "brought {}, told {}": "dibawa {}, dipertanggungjawabkan {}",
    "{} are pledged, the ledger knows of {}": "{} disisihkan, menurut buku {}",
    "was never sealed, although those of its time were": "tidak pernah disegel, padahal yang sezamannya disegel",
    "there are seals, but no signed head": "ada segel, tetapi tidak ada tanda tangan harian",
    "stands where position {} should": "berada di tempat posisi {}",
    "does not follow from the seal before it": "bukan kelanjutan segel sebelumnya",
    "its signature is wrong": "tanda tangannya tidak sah",
    "is not what was sealed; one of {} or the seal was changed":
        "bukan yang disegel; salah satu dari {} atau segelnya diubah",
    "cannot be read": "tidak terbaca",
    "says position {}, a head before it {}": "menyebut posisi {}, yang sebelumnya {}",
    "says position {}, the chain ends at {}: its end was cut off":
        "menyebut posisi {}, rantai berakhir di {}: ujungnya dipotong",
    "the hash of seal {} is another one": "sidik segel {} lain",
    "transfer {} is not its own": "pengiriman {} bukan miliknya",
    "{} were lent, {} came back and {} are on their way": "{} dipinjamkan, {} kembali, dan {} di jalan",
    "brought {}, loans are credited {} of it": "membawa {}, yang diperhitungkan pada pinjaman {}",
    "the ledger has {} {} of {} in a hand, no open session says so":
        "menurut buku {} {} dari {} dipegang petugas, tidak ada sif terbuka yang menyebutnya",
    "it says {} issued, {} returned, {} written off; the ledger has {}, {}, {}":
        "menyebut {} diserahkan, {} kembali, {} dihapus; menurut buku {}, {}, {}",
    "{} are missing, the ledger has {} in the hand": "{} tidak ditemukan, menurut buku {} di tangan",
    "its lines and its movement differ by {} ({}, {})": "baris dan mutasinya berselisih {} ({}, {})",
    "destructions and register differ by {}": "pemusnahan dan register berselisih {}",
    "more destroyed than were withdrawn": "lebih banyak yang dimusnahkan daripada yang ditarik",
    "{}, its movement moved {}": "{}, mutasinya memindahkan {}",
    "its movement moved {} of account {}, which it did not count":
        "mutasinya memindahkan {} dari akun {}, yang tidak dihitungnya",
    "{} were approved, its transfer {} says {}": "{} disetujui, pengirimannya {} menyebut {}",
    "it says recording {} was printed, no attempt does": "menyebut perekaman {} tercetak, tidak ada cetakannya",
    "it says {} sent and {} printed; its lines say {} and {}, {} under way":
        "menyebut {} dikirim dan {} tercetak; baris-barisnya menyebut {} dan {}, {} berjalan",
    "recording {} is under way and does not wait in the run's job":
        "perekaman {} sedang dicetak, tetapi tidak menunggu di pekerjaan putaran ini",
    "the card of attempt {} that it says was bad is another, or stands":
        "kartu cetakan {} yang disebutnya jelek ternyata lain, atau masih berlaku",
    "sent {} numbers, the ledger has {} {} numbers under way":
        "dikirim {} nomor, menurut buku {} di jalan {} nomor",
    "it does not say what it said when it was made": "isinya bukan lagi isi ketika dibuat",
    "cards are with it, there is no such consignment": "ada kartu padanya, tetapi kirimannya tidak ada",
    "it says {} out, {} handed over, {} lost; its cards say {}, {}, {}":
        "menyebut {} di luar, {} diserahkan, {} hilang; kartunya menyebut {}, {}, {}",
    "{} ({}, {}, {}): {}": "{} ({}, {}, {}): {}",
}  # fmt: skip
_PARTS = {
    "{}, {}": "{}, {}",
    "movement {}": "mutasi {}",
    "entries {}": "baris {}",
    "accounts {}": "akun {}",
    "lots {}": "lot {}",
    "intervals {}": "rentang nomor {}",
    "series {}": "seri {}",
    "{} and {} more": "{} dan {} lagi",
    "{} too many came": "{} terlalu banyak masuk",
    "{} too few came": "{} terlalu sedikit masuk",
    "{} too many went": "{} terlalu banyak keluar",
    "{} too few went": "{} terlalu sedikit keluar",
    "{}, {} of {}, event {}": "{}, {} milik {}, acara {}",
    "only the document says": "hanya dokumen yang menyebutnya",
    "only the ledger says": "hanya buku yang menyebutnya",
    "not counted": "tidak dihitung",
    "{} counted of {}": "{} dihitung dari {}",
    "with": "dengan",
    "without": "tanpa",
    "store": "gudang",
    "day": "hari",
    "month": "bulan",
}
# Which of document and ledger says what follows.
_SIDES = {
    "it says what the ledger does not: ": "menyebut yang tidak ada di buku: ",
    "it does not say what the ledger does: ": "tidak menyebut yang ada di buku: ",
}
_Table = list[tuple[re.Pattern[str], str]]


def _table(phrases: dict[str, str]) -> _Table:
    return [(re.compile(re.escape(known).replace(r"\{\}", "(.+?)")), said) for known, said in phrases.items()]


_OF_HEADS, _OF_TOLD, _OF_PARTS = map(_table, (_HEADS, _TOLD, _PARTS))


def told(sentence: str) -> Text:
    """A sentence of the ledger's proof in both languages; one that is not known stays what it is."""
    return Text(in_indonesian(sentence) or sentence, sentence)


def in_indonesian(sentence: str) -> str | None:
    """The sentence in Indonesian; None when nobody has translated it."""
    head, _, rest = sentence.partition(": ")
    side = next((each for each in _SIDES if rest.startswith(each)), "")
    behind = _matched(_OF_TOLD, rest.removeprefix(side))
    if behind is None:
        return _matched(_OF_TOLD, sentence)
    return f"{_matched(_OF_HEADS, head) or head}: {_SIDES.get(side, '')}{behind}"


def _matched(table: _Table, words: str) -> str | None:
    for pattern, said in table:
        if found := pattern.fullmatch(words):
            return said.format(*map(_part, found.groups()))
    return None


def _part(words: str) -> str:
    return INDONESIAN.get(words) or _matched(_OF_PARTS, words) or words
