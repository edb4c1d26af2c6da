"""Rebuild `inventory/regions/tree/` from an unpacked idn-area-data package.

    python tools/trim_regions.py PACKAGE_FOLDER

Four files become one, `code,name` sorted by code: a parent is the code without its last part. The archive
carries no date, so the same package always gives the same bytes.
"""

import csv
import gzip
import io
import shutil
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent / "inventory" / "regions" / "tree"
LEVELS = {  # file: (parts of a code, rows)
    "provinces": (1, 38),
    "regencies": (2, 514),
    "districts": (3, 7_285),
    "villages": (4, 83_762),
}


def read_tree(data: Path) -> dict[str, str]:
    """All names by code; stops when a count, a code or a parent is not what it should be."""
    names: dict[str, str] = {}
    for level, (parts, expected) in LEVELS.items():
        with (data / f"{level}.csv").open(encoding="utf-8", newline="") as file:
            rows = {row["code"]: " ".join(row["name"].split()) for row in csv.DictReader(file)}
        if len(rows) != expected:
            sys.exit(f"{level}: {len(rows)} rows, expected {expected}")
        for code, name in rows.items():
            parent = code.rpartition(".")[0]
            if code.count(".") != parts - 1 or not name or (parent and parent not in names):
                sys.exit(f"{level}: bad row {code!r} {name!r}")
        names |= rows
    return names


def write_tree(names: dict[str, str], target: Path) -> None:
    """Write the sorted CSV, compressed, byte for byte the same each time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name"))
    writer.writerows(sorted(names.items()))
    with target.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def main() -> None:
    """Read the package named by the one argument and write the tree and its licence."""
    if len(sys.argv) != 2:  # noqa: PLR2004 (the script and its one argument)
        sys.exit(f"usage: {sys.argv[0]} PACKAGE_FOLDER")
    data = Path(sys.argv[1]) / "data"
    TREE.mkdir(parents=True, exist_ok=True)
    write_tree(read_tree(data), TREE / "regions.csv.gz")
    shutil.copyfile(data / "LICENSE.md", TREE / "LICENSE-ODbL.md")


if __name__ == "__main__":
    main()
