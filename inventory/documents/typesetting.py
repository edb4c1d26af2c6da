"""The child process that draws one paper: facts as JSON on its input, the PDF on its output; its memory goes with it.

It imports nothing of the project, so that it starts at once. See `drawing`, which calls it.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import typst

# How it says that typst refused the paper; whatever else went wrong ends with Python's own 1.
REFUSED = 3


def draw(templates: str, kind: str, told: str, moment: str) -> bytes:
    """The paper as PDF/UA-1, with the fonts inside typst alone: it looks the same on every machine."""
    folder = Path(templates)
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(folder / f"{kind}.typ", root=folder, font_paths=fonts)
    made = compiler.compile(
        format="pdf",
        sys_inputs={"paper": told},
        pdf_standards=["ua-1"],
        timestamp=datetime.fromisoformat(moment),
    )
    if not isinstance(made, bytes):
        raise TypeError(type(made))
    return made


if __name__ == "__main__":
    try:
        drawn = draw(**json.load(sys.stdin.buffer))
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        sys.exit(REFUSED)
    sys.stdout.buffer.write(drawn)
