"""Where the tiles of a map lie: a compact grid in the order of the codes, the same for the same codes, always."""

from __future__ import annotations

from collections.abc import Collection
from math import ceil, sqrt


def places(codes: Collection[str]) -> dict[str, tuple[int, int]]:
    """A column and a row for each code, from the left, then from the top; hardly wider than high."""
    columns = ceil(sqrt(len(set(codes)))) or 1
    return {code: (at % columns, at // columns) for at, code in enumerate(sorted(set(codes)))}


_KINDS = ("Dinas Dukcapil ", "Provinsi ", "Kabupaten Administrasi ", "Kabupaten ", "Daerah Khusus Ibukota ")


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
