"""A paper as PDF/UA-1: its stored facts, put into words and handed to a template as data, never as markup."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import segno

from inventory import keys
from inventory.documents import typesetting
from inventory.documents.models import Document
from inventory.documents.rules import (
    MASK,
    TITLES,
    TOTALLED,
    DocumentKind,
    dotted,
    in_fours,
    said_day,
    said_day_in_words,
    said_instant,
    terbilang,
    totals,
)
from inventory.errors import Busy

TEMPLATES = Path(__file__).parent / "templates"
# The fonts inside typst know these for sure. PDF/UA allows no character without a shape, so where others fail, a box
# stands for each of them.
_UNKNOWN = re.compile("[^ -~\u00a0-\u017f\u2010-\u2015\u2018-\u201e\u2022\u2026]")
_BOX = "\u25a1"
_NOBODY = {"name": MASK, "nik": MASK}
# Seconds: a paper of the most lines takes a few.
_PATIENCE = 30


class PaperRefused(RuntimeError):
    """typst cannot draw the paper."""


def pdf(document: Document, *, masked: bool = False, residents: Mapping[int, Mapping[str, str]] | None = None) -> bytes:
    """The paper; the same document gives the same bytes. `masked` hides the names of people.

    `residents` are those of a list to sign, by recording; who is not among them is masked.
    """
    told = json.dumps(paper(document, masked=masked, residents=residents), ensure_ascii=False)
    try:
        return drawn(document, told)
    except PaperRefused:
        return drawn(document, _UNKNOWN.sub(_BOX, told))


def drawn(document: Document, told: str) -> bytes:
    """One paper, drawn by a child process: typst keeps what it drew as long as its process lives. Raises `Busy`."""
    return _drawn(TEMPLATES, document.kind, told, document.issued_at, f"{document.kind} {document.id}")


def typeset(templates: Path, kind: str, told: str, moment: datetime) -> bytes:
    """A sheet of another feature, from its own templates, drawn in the same way. Raises `Busy`."""
    try:
        return _drawn(templates, kind, told, moment, kind)
    except PaperRefused:
        return _drawn(templates, kind, _UNKNOWN.sub(_BOX, told), moment, kind)


def _drawn(templates: Path, kind: str, told: str, moment: datetime, name: str) -> bytes:
    when = moment.replace(microsecond=0).isoformat()
    wanted = {"templates": str(templates), "kind": kind, "told": told, "moment": when}
    # -P: the folder of the script is no place to import from.
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with our own words
            [sys.executable, "-P", typesetting.__file__],
            input=json.dumps(wanted).encode(),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Busy from error
    if done.returncode:
        refused = PaperRefused if done.returncode == typesetting.REFUSED else RuntimeError
        raise refused(f"{name}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def paper(
    document: Document, *, masked: bool = False, residents: Mapping[int, Mapping[str, str]] | None = None
) -> dict[str, Any]:
    """What a template reads: every figure with dots, every day in words, totals out of the rows, names or masks."""
    facts, zone = document.facts, document.facts["zone"]
    sums = totals(facts["lines"], TOTALLED[document.kind])
    code = qr_text(document)
    told = _shown(facts, zone)
    for line, fact in zip(told["lines"], facts["lines"], strict=True):
        if "recording" in fact:
            line.update((residents or {}).get(fact["recording"], _NOBODY))
    return {
        **told,
        **_shown({"totals": sums, "closing": _closing(facts, sums)}, zone),
        "id": dotted(document.id),
        "title": TITLES[document.kind],
        "number": document.number,
        "check": in_fours(document.check_value),
        "day_in_words": said_day_in_words(date.fromisoformat(held)) if (held := facts.get("held_on")) else "",
        "qr_text": code,
        "qr": segno.make(code, error="m", micro=False).svg_inline(border=0),
        "made": said_instant(document.issued_at, zone),
        "words": _in_words(document.kind, facts, sums),
        "signatures": _signed(document, masked=masked),
    }


def qr_text(document: Document) -> str:
    """What the code says: the document's id and check value, as an address where one is known."""
    where = document.facts["check_url"]
    return f"{where}{document.check_value}#{document.id}" if where else f"blangko:{document.id}:{document.check_value}"


def _shown(value: Any, zone: str, name: str = "") -> Any:
    """The same facts as a person reads them; a name that ends in `_on` is a day's, in `_at` an instant's."""
    if isinstance(value, dict):
        return {key: _shown(inner, zone, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner, zone) for inner in value]
    if isinstance(value, int):
        return dotted(value) if not isinstance(value, bool) else "ya" if value else "tidak"
    if value and name.endswith("_on"):
        return said_day(date.fromisoformat(value))
    return said_instant(datetime.fromisoformat(value), zone) if value and name.endswith("_at") else value or ""


def _closing(facts: dict[str, Any], sums: list[dict[str, Any]]) -> int | None:
    """What a stock card ends with: its opening and what its rows add up to."""
    if "opening" not in facts:
        return None
    return int(facts["opening"]) + sum(int(row["into"] - row["out"]) for row in sums)


def _in_words(kind: DocumentKind, facts: dict[str, Any], sums: list[dict[str, Any]]) -> str:
    if (closing := _closing(facts, sums)) is not None:
        return f"{terbilang(closing)} {facts['unit']}"
    return "; ".join(f"{terbilang(row[TOTALLED[kind][0]])} {row['unit']}" for row in sums)


def _signed(document: Document, *, masked: bool) -> list[dict[str, Any]]:
    """The blocks for signatures; a person who was purged is masked."""
    secret = None if masked else document.names_secret
    names = json.loads(keys.decrypt(secret)) if secret else {}
    blocks = []
    for block in document.facts["signers"]:
        who = names.get(block["who"], {})
        told = {
            "name": who.get("name", MASK if block["who"] else ""),
            "institution": block["office"] or who.get("institution", ""),
        }
        blocks.append({"role": block["role"], "duty": block["duty"], "official": block["official"], **told})
    return blocks
