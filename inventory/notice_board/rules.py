"""How exactly figures are told, and whose pages may show them inside their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from inventory.errors import Fault, RuleViolated
from inventory.texts import Text, figure

MAX_ORIGINS = 10
MAX_ORIGIN = 90
# Between these figures the middle band lies.
LOW, HIGH = 100, 500
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(rf"https://{_LABEL}(?:\.{_LABEL})+(?::[1-9][0-9]{{0,4}})?")
_MAX_PORT = 65_535
_NONE = Text("tidak ada", "none")


class Exactness(StrEnum):
    """Whether the public reads figures or bands."""

    EXACT = "exact"
    BANDS = "bands"


class OriginWrong(RuleViolated):
    """Pages are named by scheme and host, and only those over https."""

    code = "origin_wrong"
    text = Text(
        "Alamat situs harus seperti https://blangko.example.go.id, tanpa garis miring di belakangnya.",
        "A site must be written like https://blangko.example.go.id, without a slash behind it.",
    )


def origins_of(lines: Sequence[str]) -> str:
    """Sites as a Content-Security-Policy names them; raises `OriginWrong` with every wrong line."""
    origins = [line.strip().lower().removesuffix("/") for line in lines if line.strip()]
    wrong = [at for at, origin in enumerate(origins) if not _is_origin(origin)]
    if wrong:
        faults = [Fault(f"/frame_ancestors/{at}", OriginWrong.text, OriginWrong.code) for at in wrong]
        raise OriginWrong(faults=faults)
    return " ".join(dict.fromkeys(origins))


def _is_origin(text: str) -> bool:
    if len(text) > MAX_ORIGIN or not _ORIGIN.fullmatch(text):
        return False
    port = text.removeprefix("https://").partition(":")[2]
    return not port or int(port) <= _MAX_PORT


def told(count: int, exactness: Exactness, none: Text = _NONE) -> Text:
    """A figure as the public reads it: itself, or the band it lies in."""
    if exactness is Exactness.EXACT:
        return figure(count)
    if count <= 0:
        return none
    if count < LOW:
        return Text(f"kurang dari {LOW}", f"fewer than {LOW}")
    if count <= HIGH:
        return Text(f"{LOW} sampai {HIGH}", f"{LOW} to {HIGH}")
    return Text(f"lebih dari {HIGH}", f"more than {HIGH}")
