"""Where the tiles of a map lie: as the land does where it was laid by hand, otherwise by code."""

from __future__ import annotations

from collections.abc import Collection

# North is up. Sumatra runs down to the row of Java; between Kalimantan, Sulawesi, Maluku and Papua there is sea.
_COUNTRY = """
11 .. .. .. .. .. .. .. .. .. .. .. .. ..
.. 12 .. .. .. .. 65 .. 75 71 .. .. .. ..
.. 13 14 21 .. 61 64 .. 72 .. 82 .. .. ..
.. .. 15 .. .. 62 63 .. 76 .. .. 96 92 91
.. .. 17 16 19 .. .. .. 73 74 .. .. 94 95
.. .. .. 18 .. .. .. .. .. .. 81 .. .. 93
.. .. .. 36 31 32 33 35 .. .. .. .. .. ..
.. .. .. .. .. .. 34 .. 51 52 53 .. .. ..
"""
# Jambi: the coast is on the right, the mountains are on the left, and its city lies below the regency around it.
_JAMBI = """
15.08 15.09 15.06 15.07
15.01 15.02 15.04 15.05
15.72 ..    15.03 15.71
"""


def _read(drawn: str) -> dict[str, tuple[int, int]]:
    rows = drawn.strip().splitlines()
    return {code: (x, y) for y, row in enumerate(rows) for x, code in enumerate(row.split()) if code != ".."}


_BY_HAND = [_read(_COUNTRY), _read(_JAMBI)]


def places(codes: Collection[str]) -> dict[str, tuple[int, int]]:
    """A column and a row for each code; nothing where the land was not laid by hand.

    A code that came after the map was laid stands in the row below it.
    """
    laid = next((known for known in _BY_HAND if known.keys() & set(codes)), None)
    if laid is None:
        return {}
    columns, rows = (max(place[axis] for place in laid.values()) + 1 for axis in (0, 1))
    new = sorted(set(codes) - laid.keys())
    below = {code: (at % columns, rows + at // columns) for at, code in enumerate(new)}
    return {code: laid.get(code) or below[code] for code in codes}


_KINDS = (
    "Dinas Dukcapil ", "Provinsi ", "Kabupaten Administrasi ", "Kabupaten ", "Daerah Khusus Ibukota ",
    "Daerah Istimewa ",
)  # fmt: skip


def short(name: str) -> str:
    """A name as it fits on a tile: what all have in common is left out; a city stays told from its regency."""
    for kind in _KINDS:
        name = name.removeprefix(kind)
    return name.replace("Kota Administrasi ", "Kota ")


def on_tile(name: str) -> str:
    """The same in two words: of more, all but the last two are an initial each, so that neighbours stay apart."""
    *first, second, last = ["", *short(name).split()]
    initials = "".join(f"{word[0]}." for word in first if word)
    return f"{initials}{second} {last}".strip()
