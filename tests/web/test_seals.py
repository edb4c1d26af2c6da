"""The inspector's pages: books, seals, trail and export; and that an inspector changes nothing."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api import auth
from api.cli import group
from inventory.reports import books, deeds
from inventory.seals import commands as sealing
from inventory.stock.rules import MovementKind
from tests.builders import receipt
from tests.routes import ASKED, OPEN_AND_CHANGING, OWN
from web.seals.words import DEEDS, FACTS, SUBJECTS

ROOT = Path(__file__).parent.parent.parent
LEDGER, TRAIL = "/inspeksi/buku", "/inspeksi/jejak"


@pytest.fixture
def sealed(app, calls):
    """Three movements, sealed."""
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 6_000))
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 40))
    calls("clerk", "16.01").post("/receipts", receipt("16.01-UTAMA", 500))
    seal(app)


def seal(app):
    with app.app_context():
        sealing.seal(app.config["SETTINGS"].ledger_dir)


def test_before_the_first_movement_the_pages_say_what_comes_first(browses):
    inspector = browses("inspector", "0")
    assert "belum pernah diperiksa" in inspector.get(LEDGER).words
    assert "Belum ada tanda tangan harian." in inspector.get("/inspeksi/segel").words
    assert "Belum ada yang disegel" in inspector.get("/inspeksi/ekspor").words


@pytest.mark.usefixtures("sealed")
def test_small_books_are_proved_at_once_and_nothing_is_kept(browses):
    inspector = browses("inspector", "0")
    assert "Periksa sekarang" in inspector.get(LEDGER).words
    assert "Buku tepat sampai satu keping" in inspector.get(f"{LEDGER}?periksa=ya").words
    assert "belum pernah diperiksa" in inspector.get(LEDGER).words


@pytest.mark.usefixtures("sealed")
def test_a_difference_is_named(app, browses):
    import sqlalchemy as sa

    from inventory.database import db

    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE accounts SET balance = balance + 1 WHERE balance = 500"))
    words = browses("inspector", "0").get(f"{LEDGER}?periksa=ya").words
    assert "perbedaan" in words
    assert "saldo 501, baris-barisnya berjumlah 500" in words


@pytest.mark.usefixtures("sealed")
def test_what_the_command_line_found_is_shown_to_every_inspector(app, browses):
    result = app.test_cli_runner().invoke(group, ["ledger", "verify"])
    assert result.exit_code == 0, result.output
    assert "Buku tepat sampai satu keping" in browses("inspector", "15.03").get(LEDGER).words


@pytest.mark.usefixtures("sealed")
def test_long_books_are_proved_by_the_command_line_only(browses, monkeypatch):
    monkeypatch.setattr(books, "SMALL", 2)
    inspector = browses("inspector", "0")
    words = inspector.get(f"{LEDGER}?periksa=ya").words
    assert "blangko ledger verify" in words
    assert "Periksa sekarang" not in words
    assert "blangko ledger export" in inspector.get("/inspeksi/ekspor").words
    inspector.get("/inspeksi/ekspor/buku.jsonl", 409)


@pytest.mark.usefixtures("sealed")
def test_heads_and_seals_are_listed_and_held_against_each_other(app, browses):
    inspector = browses("inspector", "15.03")
    words = inspector.get("/inspeksi/segel").words
    assert "sah cocok" in words
    folder = app.config["SETTINGS"].ledger_dir / "heads"
    file = next(folder.glob("*.json"))
    head = json.loads(file.read_text())
    file.write_text(json.dumps(head | {"hash": "0" * 64}))
    assert "tidak sah tidak cocok" in inspector.get("/inspeksi/segel").words


@pytest.mark.usefixtures("sealed")
def test_the_export_proves_itself_without_the_service(browses, tmp_path):
    answer = browses("inspector", "0").get("/inspeksi/ekspor/buku.jsonl").answer
    file = tmp_path / "buku.jsonl"
    file.write_bytes(answer.data)
    assert len(answer.data.splitlines()) == 4
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "verify_ledger.py", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("sealed")
def test_the_whole_chain_is_for_the_ministrys_inspectors(browses):
    regional = browses("inspector", "15")
    regional.get("/inspeksi/ekspor/buku.jsonl", 404)
    assert "Ditjen Dukcapil" in regional.get("/inspeksi/ekspor").words
    assert "Periksa sekarang" not in regional.get(f"{LEDGER}?periksa=ya").words


def rows_of(shown):
    return re.findall(r'<th scope="row"', shown.text)


@pytest.mark.usefixtures("sealed")
def test_the_trail_tells_who_did_what_in_ones_own_subtree(browses):
    for office, count in (("0", 3), ("15", 2), ("15.03", 2), ("16", 1), ("15.04", 0)):
        shown = browses("inspector", office).get(f"{TRAIL}?deed=receive/receipt")
        assert len(rows_of(shown)) == count, office
    words = browses("inspector", "15.03").get(TRAIL).words
    assert "clerk@15.03 menerima barang penerimaan" in words
    browses("inspector", "15.03").get(f"{TRAIL}?office=16.01", 403)


@pytest.mark.usefixtures("sealed")
def test_the_trail_is_searched_by_person_subject_and_day(browses):
    inspector = browses("inspector", "0")
    assert len(rows_of(inspector.get(f"{TRAIL}?named=clerk@16"))) == 1
    assert len(rows_of(inspector.get(f"{TRAIL}?named=nobody"))) == 0
    assert len(rows_of(inspector.get(f"{TRAIL}?deed=receive/receipt&subject=1"))) <= 1
    assert len(rows_of(inspector.get(f"{TRAIL}?deed=receive/receipt&since=2026-01-01"))) == 3
    assert len(rows_of(inspector.get(f"{TRAIL}?deed=receive/receipt&until=2020-01-01"))) == 0
    assert len(rows_of(inspector.get(f"{TRAIL}?deed=receive/receipt&since=2199-01-01"))) == 0


def test_a_look_goes_over_a_limited_stretch_and_none_is_missed(browses, calls, monkeypatch):
    monkeypatch.setattr(deeds, "WINDOW", 3)
    for office in ("15.03", "15.04", "15.03", "15.03", "15.03", "15.04", "15.03", "15.03"):
        calls("clerk", office).post("/receipts", receipt(f"{office}-UTAMA", 10))
    for root, count in (("15", 8), ("15.03", 6), ("0", 8)):
        address, found, looks = f"{TRAIL}?deed=receive/receipt", 0, 0
        while address:
            shown = browses("inspector", root).get(address)
            found += len(rows_of(shown))
            onward = re.search(r'href="([^"#]*)(?:#trail)?">(?:Cari lebih|Berikutnya)', shown.text)
            onward = onward or re.search(r'class="more" href="([^"#]*)', shown.text)
            address = onward and onward.group(1).replace("&amp;", "&")
            looks += 1
            assert looks < 40
        assert found == count, root


@pytest.mark.parametrize("address", [LEDGER, "/inspeksi/segel", TRAIL, "/inspeksi/ekspor"])
def test_only_inspectors_and_administrators_open_these_pages(browses, address):
    for role in ("clerk", "coordinator", "printer", "field"):
        browses(role, "15.03").get(address, 403)
    browses("admin", "15.03").get(address)


@pytest.mark.usefixtures("sealed")
def test_these_pages_ask_the_database_little(browses, statements):
    for office in ("0", "15", "15.03"):
        inspector = browses("inspector", office)
        for address in (LEDGER, "/inspeksi/segel", f"{TRAIL}?named=a&since=2026-01-01&until=2026-12-31",
                        "/inspeksi/ekspor"):  # fmt: skip
            with statements.within(12):
                inspector.get(address)


def test_an_inspector_changes_nothing_but_the_own_account(app, browses):
    inspector = browses("inspector", "0")
    addresses, wrong = app.url_map.bind("localhost"), []
    for rule in app.url_map.iter_rules():
        own = rule.endpoint in OPEN_AND_CHANGING or rule.endpoint in OWN or rule.endpoint in ASKED
        if not auth.is_page(rule.endpoint) or "POST" not in (rule.methods or ()) or own:
            continue
        values = {name: 1 if "Integer" in type(kind).__name__ else "15.03" for name, kind in rule._converters.items()}
        address = addresses.build(rule.endpoint, values, method="POST")
        status = inspector.client.post(address, data={}).status_code
        if status != 403:
            wrong.append((rule.endpoint, status))
    assert wrong == []


def test_every_deed_that_is_kept_has_words(app):
    del app
    lacking = []
    for path in sorted([*(ROOT / "inventory").rglob("*.py"), *(ROOT / "api").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record"):
                continue
            named = [each.value for each in node.args[2:4] if isinstance(each, ast.Constant)]
            if len(named) == 2 and tuple(named) not in DEEDS:
                lacking.append(named)
    assert lacking == []
    assert {subject for _, subject in DEEDS} <= set(SUBJECTS)
    assert all((kind.value, "movement") in DEEDS for kind in MovementKind)


def test_every_figure_that_is_kept_with_a_deed_has_words():
    kept = set()
    for path in (ROOT / "inventory").rglob("*.py"):
        for deed in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(deed, ast.FunctionDef):
                kept |= _figures_of(list(ast.walk(deed)))
    assert {"not_printed", "run", "holder"} <= kept
    assert kept - FACTS.keys() == set()


def _figures_of(nodes):
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record"]
    told = {ast.unparse(word.value) for call in calls for word in call.keywords if word.arg is None}
    found = {word.arg for call in calls for word in call.keywords if word.arg}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and ast.unparse(node.targets[0]) in told:
            found |= {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
    return found
