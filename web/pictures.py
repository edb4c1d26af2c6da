"""The charts of a page as files: an SVG that needs nothing else, with its caption above and its legend below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

from flask import Response, g
from markupsafe import escape
from werkzeug.exceptions import NotFound as NoSuchAddress

from inventory import clock
from web.language import day, zone_of
from web.tables import file_name, here

_STYLES = Path(__file__).parent / "static" / "console.css"
_KEPT = "pictures"
_HEAD, _ROW, _LEFT, _BESIDE = 56, 24, 10, 36
_LETTER = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as the page draws it; `legend` is (mark drawn in a box of 26 by 18, text)."""

    caption: str
    drawn: str
    legend: Sequence[tuple[str, str]]


def keep(caption: str, drawn: str, legend: Sequence[tuple[str, str]] = ()) -> str:
    """Remember a chart of this page; the answer is the address of its file."""
    kept = g.setdefault(_KEPT, [])
    kept.append(Picture(caption, drawn, legend))
    return here(unduh=f"gambar-{len(kept)}.svg")


def as_file(name: str, page: str) -> Response:
    """The chart of that name of the `page` that was just drawn; raises NotFound."""
    kept = g.get(_KEPT, [])
    named = {f"gambar-{number}": picture for number, picture in enumerate(kept, 1)}
    if name not in named:
        raise NoSuchAddress
    picture = named[name]
    called = file_name(picture.caption.partition(":")[0], "svg")
    headers = {"Content-Disposition": f'attachment; filename="{called}"'}
    return Response(_written(picture, _about(page)), content_type="image/svg+xml; charset=utf-8", headers=headers)


def _about(page: str) -> str:
    """Of what the picture is when it stands alone: the page's heading, the reader's office and the day."""
    [heading] = re.findall(r"<h1[^>]*>([^<]*)</h1>", page)[:1]
    return f"{unescape(heading)}, {g.signed.office_name}, {day(clock.business_day(zone_of()))}"


def _written(picture: Picture, about: str) -> str:
    [(width, height)] = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.drawn)[:1]
    # What leads somewhere on the page leads nowhere in a file.
    drawn = re.sub(r'<a href="[^"]*"', "<g", picture.drawn).replace("</a>", "</g>")
    inside = f'<svg y="{_HEAD}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    drawn = re.sub(r"<svg [^>]*>", inside, drawn, count=1)
    below = _HEAD + float(height) + 8
    rows = [(below + count * _ROW, mark, text) for count, (mark, text) in enumerate(picture.legend)]
    legend = "".join(
        f'<g transform="translate({_LEFT} {y:g})">{mark}<text x="{_BESIDE}" y="14">{escape(text)}</text></g>'
        for y, mark, text in rows
    )
    texts = [len(picture.caption), len(about), *(len(text) + _BESIDE // _LETTER for _, text in picture.legend)]
    box = f"0 0 {max(float(width), max(texts) * _LETTER + 2 * _LEFT):g} {below + len(rows) * _ROW:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart tilemap" viewBox="{box}"><style>{_style()}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="strong" x="{_LEFT}" y="22">{escape(picture.caption)}</text>'
        f'<text class="axis" x="{_LEFT}" y="42">{escape(about)}</text>{drawn}{legend}</svg>'
    )


@cache
def _style() -> str:
    """The page's own styles of charts in the colours of daylight, written out for programs that know no variables."""
    styles = _STYLES.read_text()
    colours = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", styles.split("@media")[0]))
    charts = styles.split("/* Charts */")[1].split("\n\n")[0]
    plain = re.sub(r"@(?:media|container)[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", charts)
    plain = re.sub(r"[^{}]*\bsvg(\.\w+)?\s*\{[^{}]*\}", "", plain)  # how large it is on a page
    return re.sub(r"var\((--[\w-]+)\)", lambda found: colours.get(found[1], "sans-serif"), plain)
