"""The charts of a page as files: an SVG that needs nothing else, with its caption above and its legend below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Response, g
from markupsafe import escape
from werkzeug.exceptions import NotFound as NoSuchAddress

from web.tables import here

_STYLES = Path(__file__).parent / "static" / "console.css"
_KEPT = "pictures"
_HEAD, _ROW, _LEFT = 36, 24, 10


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as the page draws it; `legend` is (class of the colour, text)."""

    caption: str
    drawn: str
    legend: Sequence[tuple[str, str]]


def keep(caption: str, drawn: str, legend: Sequence[tuple[str, str]] = ()) -> str:
    """Remember a chart of this page; the answer is the address of its file."""
    kept = g.setdefault(_KEPT, [])
    kept.append(Picture(caption, drawn, legend))
    return here(unduh=f"gambar-{len(kept)}.svg")


def as_file(name: str) -> Response:
    """The chart of that name of the page that was just drawn; raises NotFound."""
    kept = g.get(_KEPT, [])
    named = {f"gambar-{number}": picture for number, picture in enumerate(kept, 1)}
    if name not in named:
        raise NoSuchAddress
    headers = {"Content-Disposition": f'attachment; filename="{name}.svg"'}
    return Response(_written(named[name]), content_type="image/svg+xml; charset=utf-8", headers=headers)


def _written(picture: Picture) -> str:
    [(width, height)] = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.drawn)[:1]
    # What leads somewhere on the page leads nowhere in a file.
    drawn = re.sub(r'<a href="[^"]*"', "<g", picture.drawn).replace("</a>", "</g>")
    inside = f'<svg y="{_HEAD}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    drawn = re.sub(r"<svg [^>]*>", inside, drawn, count=1)
    below = _HEAD + float(height) + 8
    rows = [(below + count * _ROW, colour, text) for count, (colour, text) in enumerate(picture.legend)]
    legend = "".join(
        f'<rect class="{colour}" x="{_LEFT}" y="{y:g}" width="22" height="15" rx="3"/>'
        f'<text x="{_LEFT + 32}" y="{y + 12:g}">{escape(text)}</text>'
        for y, colour, text in rows
    )
    box = f"0 0 {width} {below + len(rows) * _ROW:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart tilemap" viewBox="{box}"><style>{_style()}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="strong" x="{_LEFT}" y="22">{escape(picture.caption)}</text>{drawn}{legend}</svg>'
    )


@cache
def _style() -> str:
    """The page's own styles of charts in the colours of daylight, written out for programs that know no variables."""
    styles = _STYLES.read_text()
    colours = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", styles.split("@media")[0]))
    charts = styles.split("/* Charts */")[1].split("\n\n")[0]
    plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", charts)
    plain = re.sub(r"[^{}]*\bsvg(\.\w+)?\s*\{[^{}]*\}", "", plain)  # how large it is on a page
    return re.sub(r"var\((--[\w-]+)\)", lambda found: colours.get(found[1], "sans-serif"), plain)
