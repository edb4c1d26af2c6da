"""Every sentence that proving the ledger may say is known in Indonesian."""

from __future__ import annotations

import ast
from pathlib import Path

from web.seals import differences

ROOT = Path(__file__).parents[2] / "inventory"


def _spelled(node):
    """A sentence as the source spells it, with a letter for each fact."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
    return None


def sentences():
    found = set()
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(isinstance(node, ast.FunctionDef) and node.name == "differences" for node in ast.walk(tree)):
            continue
        for node in ast.walk(tree):
            told = isinstance(node, ast.FunctionDef) and node.name == "_told"
            inner = ast.walk(node) if told else [node]
            for each in inner:
                if isinstance(each, ast.Yield) or (told and isinstance(each, ast.Return)):
                    found.add(_spelled(each.value))
    return {sentence for sentence in found if sentence}


# Made of parts that only stand together: as they come out.
WHOLE = {
    "xthat movement x undid one of movement x, job x, x": (
        "attempt 4: that movement 9 undid one of movement 7, job 2, only the ledger says"
    ),
    "interval x: its x is gone": "interval 3: its series is gone",
    "movement x of job xx: attempts and entries differ by x x of x x numbersx": (
        "movement 5 of job 2 (attempts 3 to 4): attempts and entries differ by 2 printed of 15 with numbers,"
        " custody session or class 3"
    ),
    "receipt x: x x x": (
        "receipt 3: it says what the ledger does not: 5 blangko (blank) at 15-UTAMA from ministry by SJ/1, 2026-01-05,"
        " office 15"
    ),
    "loss report x: x a loss of office x, reported by user x": (
        "loss report 4: it does not say what the ledger does: a loss of office 15, reported by user 3"
    ),
    "destruction x: x movement x of x, number x, x": (
        "destruction 3: it says what the ledger does not: movement 4 of 15-UTAMA, number BA/1, 2026-01-05"
    ),
    "custody session x: x movement x of x, x": (
        "custody session 3: it says what the ledger does not: movement 4 of 15-UTAMA, 2026-01-05"
    ),
    "destruction x: x x alone (x of x)": "destruction 2: its lines say JMB001 - JMB002 alone (blangko of 15)",
}


def test_every_sentence_about_the_books_is_told_in_indonesian():
    said = sentences()
    assert len(said) > 60
    assert set(WHOLE) <= said
    said = (said - set(WHOLE)) | set(WHOLE.values())
    assert [sentence for sentence in sorted(said) if differences.in_indonesian(sentence) is None] == []


def test_what_a_sentence_tells_within_is_told_too():
    tell = differences.in_indonesian
    assert tell("movement 7: its entries of blangko add up to -2, not to 0") == (
        "mutasi 7: baris-baris blangko berjumlah -2, bukan 0"
    )
    assert tell("attempt 3: that movement 9 undid one of movement 7, job 2, only the ledger says") == (
        "cetakan 3: bahwa mutasi 9 membatalkan satu cetakan mutasi 7, pekerjaan 2: hanya buku yang menyebutnya"
    )
    assert tell("that movement 9 undid one of movement 7, job 2, only the document says").startswith("bahwa mutasi 9")
    assert tell("seal 4 (movement 4): is not what was sealed; one of movement 4, entries 7, 8 or the seal was changed")
    assert tell("seal 4 (movement 4): its movement is gone") == "segel 4 (mutasi 4): mutasinya hilang"
    assert tell("/x/seals: there are seals, but no signed head").startswith("/x/seals: ada segel")
    assert tell("count 1, account 2: 4 counted of 5, its movement moved 3") == (
        "opname 1, akun 2: 4 dihitung dari 5, mutasinya memindahkan 3"
    )
    assert tell("flows of 15, day 2026-01-05: blangko (spoiled, store, printing): 4 too many came, 2 too few went") == (
        "jumlah mutasi 15, hari 2026-01-05: blangko (rusak, gudang, pencetakan): 4 terlalu banyak masuk,"
        " 2 terlalu sedikit keluar"
    )
    assert tell(WHOLE["destruction x: x movement x of x, number x, x"]) == (
        "pemusnahan 3: menyebut yang tidak ada di buku: mutasi 4 di 15-UTAMA, nomor BA/1, 2026-01-05"
    )
    assert tell("something nobody ever said") is None
    assert differences.told("lot 3: its receipt is gone").en == "lot 3: its receipt is gone"
