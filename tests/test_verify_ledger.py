"""An inspector proves an export alone: the script needs nothing of ours, and finds each kind of damage."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.database import current, db
from inventory.seals import queries
from inventory.seals.commands import seal
from inventory.seals.heads import PUBLIC_FILE, Folder
from tests.ledger_story import MOVEMENTS, tell

SCRIPT = Path(__file__).parent.parent / "tools" / "verify_ledger.py"


@pytest.fixture(scope="module")
def script():
    """The script as a module, for the many cases; some run it as its user does."""
    spec = importlib.util.spec_from_file_location("verify_ledger_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def exported(database, tmp_path_factory):
    """The lines of an export, and its public key."""
    file = tmp_path_factory.mktemp("export") / "ledger.jsonl"
    database.reset()
    with database.app.app_context():
        tell()
        seal(database.ledger_dir)
        assert queries.export(database.ledger_dir, file) == MOVEMENTS
        current().rollback()
        db.session.remove()
        yield file.read_text(encoding="utf-8"), Folder(database.ledger_dir).public_key()


@pytest.fixture
def prove(script, exported, tmp_path, capsys):
    """Run the script over lines, with the right key unless told; answers its exit and what it said."""

    def run(lines, *words):
        file = tmp_path / "ledger.jsonl"
        file.write_text("".join(lines), encoding="utf-8", newline="\n")
        code = script.main([str(file), *(words or ("--key", exported[1]))])
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def lines(exported):
    return exported[0].splitlines(keepends=True)


def written(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def resealed(lines):
    """The same lines with every hash made anew, and the heads' too: what a forger without the key can do."""
    header, *rows = map(json.loads, lines)
    previous, hashes = "00" * 32, {}
    for position, row in enumerate(rows, 1):
        row |= {"position": position, "previous": previous}
        row.pop("hash", None)
        previous = hashes[position] = hashlib.sha256(written(row).rstrip("\n").encode()).hexdigest()
        row["hash"] = previous
    header["movements"] = len(rows)
    for head in header["heads"]:
        head |= {"position": len(rows), "hash": hashes[len(rows)]}
    return [written(header), *map(written, rows)]


def changed(lines, number, change):
    """The lines with one of them (1 is the header) changed by a function of its object."""
    value = json.loads(lines[number - 1])
    change(value)
    return [*lines[: number - 1], written(value), *lines[number:]]


def test_the_script_imports_nothing_of_ours_and_cryptography_only_when_it_has_a_key():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    everywhere = {node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)}
    names = {alias.name for node in everywhere if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in everywhere if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in names}
    assert roots - set(sys.stdlib_module_names) == {"cryptography"}
    assert not {node for node in tree.body if getattr(node, "module", "") and "cryptography" in node.module}


@pytest.mark.parametrize("with_key", [True, False])
def test_it_proves_a_whole_export_as_a_program_on_its_own(exported, database, tmp_path, with_key):
    (tmp_path / "ledger.jsonl").write_text(exported[0], encoding="utf-8", newline="\n")
    (tmp_path / "key.pub").write_text(exported[1], encoding="ascii")
    bare = ["-I"] if with_key else ["-I", "-S"]  # -S: not even installed packages
    words = ["--key", "key.pub"] if with_key else []
    program = [sys.executable, *bare, str(SCRIPT), "ledger.jsonl", *words]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    if with_key:
        assert said[:2] == [f"Utuh dan otentik: {MOVEMENTS} mutasi.", f"Whole and authentic: {MOVEMENTS} movements."]
    else:
        assert said[0].startswith(f"Konsisten, bukan otentik: {MOVEMENTS} mutasi")
        assert said[1].startswith(f"Consistent, not authentic: {MOVEMENTS} movements")
    assert said[2].startswith("Kepala terakhir / newest head: ")


def test_it_fails_as_a_program_and_names_the_row(exported, lines, tmp_path):
    damaged = changed(lines, 5, lambda row: row["movement"].update(user_id=999))
    (tmp_path / "ledger.jsonl").write_text("".join(damaged), encoding="utf-8", newline="\n")
    program = [sys.executable, "-I", str(SCRIPT), "ledger.jsonl"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    movement = json.loads(lines[4])["movement"]["id"]
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"SALAH, baris 5 (posisi 4, mutasi {movement}): isi tidak cocok dengan hash-nya.",
        f"WRONG, line 5 (position 4, movement {movement}): does not match its hash.",
    ]


def leaves(value, path=()):
    """The path of every single value inside a row."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path


def damage(value, path):
    *way, last = path
    for step in way:
        value = value[step]
    old = value[last]
    value[last] = (not old) if isinstance(old, bool) else 1 if old is None else old + 1 if isinstance(old, int) else "x"


def test_every_single_value_of_every_row_is_covered(prove, lines):
    for number, line in enumerate(lines[1:], 2):
        for path in leaves(json.loads(line)):
            code, said = prove(changed(lines, number, lambda row, path=path: damage(row, path)))
            assert code == 1, (number, path)
            assert f"baris {number}" in said, (number, path)


def test_every_value_of_the_heads_and_the_key_is_covered(prove, lines):
    header = json.loads(lines[0])
    for path in leaves(header):
        if path != ("exported_at",):  # says when, and proves nothing
            assert prove(changed(lines, 1, lambda row, path=path: damage(row, path)))[0] == 1, path


DAMAGES = {
    "an empty file": (lambda lines: [], 1),
    "no header": (lambda lines: lines[1:], 1),
    "another format": (lambda lines: changed(lines, 1, lambda row: row.update(format="x")), 1),
    "another version": (lambda lines: changed(lines, 1, lambda row: row.update(version=2)), 1),
    "a row gone": (lambda lines: [*lines[:4], *lines[5:]], 5),
    "the first row gone": (lambda lines: [lines[0], *lines[2:]], 2),
    "a row twice": (lambda lines: [*lines[:5], *lines[4:]], 6),
    "two rows swapped": (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], 4),
    "the end cut off": (lambda lines: lines[:-1], MOVEMENTS + 1),
    "half a row": (lambda lines: [*lines[:-1], lines[-1][:50]], MOVEMENTS + 1),
    "no newline at the end": (lambda lines: [*lines[:-1], lines[-1].rstrip("\n")], MOVEMENTS + 1),
    "a row added": (lambda lines: [*lines, lines[-1]], MOVEMENTS + 2),
    "spaces": (lambda lines: [*lines[:2], lines[2].replace(":", ": ", 1), *lines[3:]], 3),
    "a name said twice": (lambda lines: [*lines[:2], lines[2].replace("{", '{"hash":"",', 1), *lines[3:]], 3),
    "an empty line": (lambda lines: [*lines[:3], "\n", *lines[3:]], 4),
    "no JSON": (lambda lines: [*lines[:3], "nonsense\n", *lines[4:]], 4),
    "no object": (lambda lines: [*lines[:3], "[]\n", *lines[4:]], 4),
    "a hash missing": (lambda lines: changed(lines, 4, lambda row: row.pop("hash")), 4),
    "a wrong hash": (lambda lines: changed(lines, 4, lambda row: row.update(hash="00" * 32)), 4),
    "deep nesting": (lambda lines: [*lines[:3], '{"a":' + "[" * 200_000 + "]" * 200_000 + "}\n", *lines[4:]], 4),
    "infinity": (lambda lines: [*lines[:3], lines[3].replace('"position":3', '"position":Infinity'), *lines[4:]], 4),
    "no number": (lambda lines: [*lines[:3], lines[3].replace('"position":3', '"position":NaN'), *lines[4:]], 4),
    "a fraction": (lambda lines: [*lines[:3], lines[3].replace('"position":3', '"position":3.0'), *lines[4:]], 4),
    "beyond all powers": (
        lambda lines: [*lines[:3], lines[3].replace('"position":3', '"position":1e999'), *lines[4:]],
        4,
    ),
    "a huge number": (
        lambda lines: [*lines[:3], lines[3].replace('"position":3', f'"position":{"9" * 9_000}'), *lines[4:]],
        4,
    ),
    "a number of 65 bits": (lambda lines: changed(lines, 4, lambda row: row["movement"].update(user_id=2**63)), 4),
    "a header of yes and no": (lambda lines: changed(lines, 1, lambda row: row.update(movements=True)), 1),
    "no time of export": (lambda lines: changed(lines, 1, lambda row: row.update(exported_at="2026-01-01")), 1),
    "heads in no order": (lambda lines: changed(lines, 1, lambda row: row.update(heads=row["heads"] * 2)), 1),
    "fewer movements": (lambda lines: changed(lines, 1, lambda row: row.update(movements=3)), MOVEMENTS + 2),
    "heads that are none": (lambda lines: changed(lines, 1, lambda row: row.update(heads=[5])), 1),
}


@pytest.mark.parametrize(("spoil", "line"), DAMAGES.values(), ids=list(DAMAGES))
@pytest.mark.parametrize("with_key", [True, False])
def test_each_kind_of_damage_is_found_at_its_line(prove, lines, spoil, line, with_key):
    code, said = prove(spoil(lines), *(() if with_key else ("--",)))
    assert code == 1
    assert f"baris {line}" in said.splitlines()[0]
    assert f"line {line}" in said.splitlines()[1]


def entry(row, index, **values):
    row["entries"][index] |= values


def raised(row, quantity):
    """All accounts of a movement gain or lose more, and the balances say so."""
    for each, more in zip(row["entries"], (quantity, -quantity), strict=True):
        each["quantity"] += more
        each["balance_after"] += more


# What a forger who makes every hash anew still cannot do, key or no key: (line, change, what is said).
FORGERIES = {
    "entries that do not add up": (3, lambda row: entry(row, 0, quantity=9, balance_after=9), "add up to"),
    "a wrong balance": (3, lambda row: entry(row, 0, balance_after=9), "after it, it is"),
    "more taken than there is": (7, lambda row: raised(row, -100), "falls to"),
    "no entries": (4, lambda row: row.update(entries=[]), "has no entries"),
    "an entry of nothing": (3, lambda row: entry(row, 0, quantity=0), "is wrong"),
    "an entry twice": (4, lambda row: entry(row, 0, id=1), "is wrong"),
    "a movement twice": (4, lambda row: row["movement"].update(id=1), "stands above already"),
    "an account that changed": (5, lambda row: row["accounts"][0].update(owner_code="15"), "changed"),
    "a series that changed": (5, lambda row: row["series"][0].update(width=7), "changed"),
    "a number in two places": (4, lambda row: row["intervals"].append(
        {**row["intervals"][0], "id": 9_001, "series_id": 1, "first": 5, "last": 5}), "two places at once"),
    "a number that lay nowhere": (5, lambda row: row["intervals"][0].update(came_from_id=9_002), "lies nowhere"),
    "a number left out": (5, lambda row: row["intervals"].pop(), "are missing"),
    "numbers added": (5, lambda row: row["intervals"][-1].update(last=101), "are missing"),
    "a rest that moved": (5, lambda row: row["intervals"][-1].update(made_by=4), "is no part of"),
    "an interval twice": (5, lambda row: row["intervals"][0].update(id=1), "is wrong"),
    "an interval backwards": (2, lambda row: row["intervals"][0].update(first=101), "is wrong"),
    "an interval of another movement": (2, lambda row: row["intervals"][0].update(made_by=3), "another movement's"),
    "fewer numbers than goods": (2, lambda row: row["intervals"][0].update(last=99), "goods with numbers"),
    "a yes for a number": (2, lambda row: row["movement"].update(id=True), "a number in it is none"),
    "a yes for a quantity": (3, lambda row: entry(row, 0, quantity=True), "a number in it is none"),
    "a yes for an origin": (5, lambda row: row["intervals"][0].update(came_from_id=True), "a number in it is none"),
    "a number for a yes": (2, lambda row: row["intervals"][0].update(in_books=1), "a yes or no in it is none"),
    "no such account": (3, lambda row: entry(row, 0, account_id=9_000), "cannot be read"),
}  # fmt: skip


def numbered_from_one(lines):
    """PostgreSQL's numbers go on from test to test: the ids of each kind of row as if this were its first ledger."""
    kinds = {
        "movement": ("made_by", "corrects_id"), "entries": (), "accounts": ("account_id",), "series": ("series_id",),
        "intervals": ("came_from_id", "split_from_id"), "lots": ("lot_id",),
    }  # fmt: skip
    rows = [json.loads(line) for line in lines[1:]]
    for kind, names in kinds.items():
        seen = {}
        for row in rows:
            for each in [row["movement"]] if kind == "movement" else row[kind]:
                each["id"] = seen.setdefault(each["id"], len(seen) + 1)
        for row in rows:
            for each in [row["movement"], *row["entries"], *row["intervals"]]:
                each |= {name: seen[each[name]] for name in names if each.get(name) is not None}
    return [lines[0], *map(written, rows)]


@pytest.mark.parametrize(("line", "forge", "said"), FORGERIES.values(), ids=list(FORGERIES))
def test_a_chain_made_anew_over_impossible_books_is_found(prove, lines, line, forge, said):
    lines = numbered_from_one(lines)
    assert prove(resealed(lines), "--")[0] == 0
    code, told = prove(resealed(changed(lines, line, forge)), "--")
    assert code == 1
    assert told.splitlines()[1].startswith(f"WRONG, line {line}")
    assert said in told


def test_a_chain_made_anew_over_possible_books_is_consistent_but_not_authentic(prove, lines):
    forged = resealed(changed(lines, 3, lambda row: row["movement"].update(document_number="SJ/2")))
    assert prove(forged, "--")[0] == 0
    code, said = prove(forged)
    assert (code, "the signature of" in said) == (1, True)


def test_the_key_of_somebody_else_is_not_the_ledgers(prove, lines, tmp_path):
    other = Folder(tmp_path / "other")
    other.key()
    code, said = prove(lines, "--key", str(tmp_path / "other" / PUBLIC_FILE))
    assert (code, "the public key of the file is not yours" in said) == (1, True)


@pytest.mark.parametrize("words", [("no such file",), (str(SCRIPT), "--key", "nonsense"), ()])
def test_a_wrong_call_is_told_apart_from_a_wrong_ledger(script, words, capsys):
    with pytest.raises(SystemExit) as ended:
        script.main(list(words))
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_an_empty_ledger_is_consistent_and_nothing_of_it_is_signed(script, database, tmp_path, capsys):
    database.reset()
    with database.app.app_context():
        seal(database.ledger_dir)
        queries.export(database.ledger_dir, tmp_path / "empty.jsonl")
        current().rollback()
        key = Folder(database.ledger_dir).public_key()
    assert script.main([str(tmp_path / "empty.jsonl"), "--key", key]) == 0
    assert "Consistent, not authentic: 0 movements" in capsys.readouterr().out


@pytest.mark.parametrize("heads", [0, 1])
def test_without_a_head_over_its_last_movement_an_export_is_not_authentic(prove, lines, heads):
    """The header says how much there is; a head further back, or none, does not sign what comes after it."""
    fourth = json.loads(lines[4])
    shorter = changed(lines[:5], 1, lambda row: row.update(movements=4, heads=[]))
    code, said = prove(shorter)
    assert (code, "Consistent, not authentic: 4 movements" in said) == (0, True)
    assert "WARNING: the last 4 movements are not signed yet" in said
    head = {"day": "2026-01-01", "position": 4, "hash": fourth["hash"], "signature": "00"}
    longer = changed(lines, 1, lambda row: row.update(heads=[head][:heads]))
    code, said = prove(longer, "--")
    assert (code, "Consistent, not authentic" in said) == (0, True)
    assert f"WARNING: the last {MOVEMENTS - 4 * heads} movements are not signed yet" in said


def test_a_newest_head_of_an_earlier_day_is_told(prove, lines):
    def later(row):
        row["exported_at"] = "2099-12-31T17:30:00.000000+00:00"

    newest = json.loads(lines[0])["heads"][-1]["day"]
    code, said = prove(changed(lines, 1, later))
    assert (code, "Whole and authentic" in said) == (0, True)
    assert f"WARNING: the newest head is of {newest}, this file was made on 2100-01-01." in said
    assert "WARNING" not in prove(lines)[1]
