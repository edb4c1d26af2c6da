"""Sealing gives committed movements their position, once and in an order that the books can be replayed in."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from api.cli import group
from inventory import clock
from inventory.database import current, db
from inventory.seals import commands, heads, queries, rules
from inventory.seals.commands import seal
from inventory.seals.heads import Folder
from inventory.seals.models import Seal, SealProgress
from inventory.seals.rules import ChainBroken, Head, LedgerKeyMissing
from inventory.stock import commands as stock
from inventory.stock.commands import Taking
from inventory.stock.models import Account, Movement
from inventory.stock.numbers import Amount
from inventory.stock.rules import SpoilReason
from tests.builders import actor
from tests.ledger_story import MOVEMENTS, NAMED, STORE, arrival, guard, tell, unguard

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.fixture
def folder(database, context):
    """The folder of keys and heads of a ledger that tells the story."""
    with clock.telling(NOON):
        tell()
    yield database.ledger_dir
    current().rollback()


@pytest.fixture
def run(app):
    def call(*words):
        return app.test_cli_runner().invoke(group, list(words))

    return call


def positions():
    return current().execute(sa.select(Seal.position, Seal.movement_id).order_by(Seal.position)).all()


def differences(folder):
    return list(queries.differences(folder))


def test_every_movement_gets_one_position_in_order_and_a_second_run_finds_nothing_to_do(folder, exact):
    assert queries.unsealed() == MOVEMENTS
    assert seal(folder) == MOVEMENTS
    ids = current().scalars(sa.select(Movement.id).order_by(Movement.id)).all()
    assert positions() == list(enumerate(ids, 1))
    assert (seal(folder), queries.unsealed(), differences(folder)) == (0, 0, [])


def test_sealing_in_small_batches_makes_one_chain(folder, monkeypatch):
    monkeypatch.setattr(commands, "_LOOK", 4)
    monkeypatch.setattr(commands, "_BATCH", 3)
    assert seal(folder) == MOVEMENTS
    assert differences(folder) == []


def test_a_run_that_finds_nothing_new_writes_nothing(folder, statements):
    seal(folder)
    with statements.within(10):
        assert seal(folder) == 0
    assert [each for each in statements if not each.startswith("SELECT")] == []


def test_a_movement_is_sealed_with_the_rows_that_it_wrote_and_no_word_of_its_reason(folder, tmp_path):
    seal(folder)
    assert queries.export(folder, tmp_path / "ledger.jsonl") == MOVEMENTS
    header, *lines = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert NAMED not in "".join(lines)
    assert not re.search("sulastri|salah hitung|ketemu", "".join(lines), re.IGNORECASE)
    assert set(json.loads(header)) == {"format", "version", "exported_at", "public_key", "heads", "movements"}
    rows = [json.loads(line) for line in lines]
    assert [row["movement"]["kind"] for row in rows] == [
        "receipt", "receipt", "receipt", "spoilage", "loss", "consumption", "reversal", "reversal", "tracking",
    ]  # fmt: skip
    assert [len(row["lots"]) for row in rows] == [2, 0, 1, 0, 0, 0, 0, 0, 0]
    spoiled = [(each["first"], each["last"]) for each in rows[3]["intervals"]]
    assert sorted(spoiled) == [(1, 49), (7, 7), (50, 50), (51, 100)]


def test_equal_reasons_do_not_look_equal(folder, tmp_path):
    seal(folder)
    queries.export(folder, tmp_path / "ledger.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").splitlines()[1:]]
    assert len({row["movement"]["reason"] for row in rows}) == MOVEMENTS


def test_the_key_is_its_owners_alone_and_the_public_key_lies_beside_it(folder):
    seal(folder)
    assert stat.S_IMODE((folder / heads.KEY_FILE).stat().st_mode) == 0o600
    assert sorted(each.name for each in folder.iterdir()) == ["heads", heads.KEY_FILE, heads.PUBLIC_FILE]
    (head,) = map(heads.read, Folder(folder).files())
    assert heads.is_signed_by(Folder(folder).public_key(), head)


def test_the_head_of_a_day_is_renewed_and_those_of_other_days_stay(folder):
    with clock.telling(NOON):
        seal(folder)
    clerk = actor("clerk", "15.03")
    with clock.telling(NOON + timedelta(hours=1)):
        stock.receive(clerk, arrival("blangko", Amount(1)))
        seal(folder)
    with clock.telling(NOON + timedelta(days=1)):
        stock.receive(clerk, arrival("blangko", Amount(1)))
        seal(folder)
    said = [(head.day, head.position) for head in map(heads.read, Folder(folder).files())]
    assert said == [("2026-11-22", MOVEMENTS + 1), ("2026-11-23", MOVEMENTS + 2)]
    assert differences(folder) == []


def test_a_day_on_which_nothing_moved_has_its_head_too(folder):
    for day in range(3):
        with clock.telling(NOON + timedelta(days=day)):
            seal(folder)
    assert [(head.day[-2:], head.position) for head in map(heads.read, Folder(folder).files())] == [
        ("22", MOVEMENTS), ("23", MOVEMENTS), ("24", MOVEMENTS),
    ]  # fmt: skip


def test_the_floor_follows_an_hour_behind_and_what_lies_above_it_is_still_looked_at(folder):
    def progress():
        current().expire_all()
        return current().execute(sa.select(SealProgress.floor_id, SealProgress.seen_id)).one()

    clerk = actor("clerk", "15.03")
    with clock.telling(NOON):
        seal(folder)
    last = positions()[-1].movement_id
    assert progress() == (0, last)
    with clock.telling(NOON + timedelta(minutes=59)):
        made = stock.receive(clerk, arrival("blangko", Amount(1)))
        seal(folder)
    assert progress() == (0, last)
    with clock.telling(NOON + timedelta(minutes=61)):
        seal(folder)
    assert progress() == (last, made)
    with clock.telling(NOON + timedelta(hours=3)):
        later = stock.receive(clerk, arrival("blangko", Amount(1)))
        assert seal(folder) == 1
    assert progress() == (made, later)
    assert differences(folder) == []


def test_nothing_is_sealed_over_a_chain_whose_end_was_cut_off(folder):
    seal(folder)
    before = Folder(folder).newest()
    session = current()
    unguard(session)
    session.execute(sa.delete(Seal).where(Seal.position > 5))
    assert any("its end was cut off" in each for each in differences(folder))
    with pytest.raises(ChainBroken, match=f"position {MOVEMENTS}"):
        seal(folder)
    guard(session)
    assert Folder(folder).newest() == before
    assert seal(folder) == 0


def test_nothing_is_sealed_where_the_newest_head_says_another_hash_or_nothing(folder):
    seal(folder)
    file = Folder(folder).files()[-1]
    said = file.read_text(encoding="utf-8")
    file.write_text(said.replace(heads.read(file).hash, "0" * 64), encoding="utf-8")
    with pytest.raises(ChainBroken):
        seal(folder)
    file.write_text("nonsense", encoding="utf-8")
    with pytest.raises(ChainBroken):
        seal(folder)
    assert any("cannot be read" in each for each in differences(folder))


def test_a_lost_key_is_not_replaced_by_a_new_one(folder):
    seal(folder)
    (folder / heads.KEY_FILE).unlink()
    with pytest.raises(LedgerKeyMissing):
        seal(folder)
    assert not (folder / heads.KEY_FILE).exists()


def forged(folder, **changes):
    head = Folder(folder).newest()
    file = Folder(folder).heads_path / f"{head.day}.json"
    file.write_text(json.dumps({**{n: getattr(head, n) for n in Head.__slots__}, **changes}), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"position": MOVEMENTS - 1}, "its signature is wrong"),
        ({"position": MOVEMENTS + 1}, "its signature is wrong"),
        ({"hash": "0" * 64}, "its signature is wrong"),
        ({"day": "2026-01-01"}, "its signature is wrong"),
        ({"signature": "00" * 64}, "its signature is wrong"),
        ({"signature": "nothing"}, "its signature is wrong"),
        ({"more": 1}, "cannot be read"),
        ({"position": "9"}, "cannot be read"),
    ],
)
def test_a_forged_head_is_found(folder, changes, said):
    seal(folder)
    forged(folder, **changes)
    assert any(said in each for each in differences(folder))


def test_a_head_that_another_key_signed_is_found(folder, tmp_path):
    seal(folder)
    head = Folder(folder).newest()
    Folder(folder).sign(Folder(tmp_path / "other").key(), replace(head, hash="1" * 64))
    assert differences(folder) == [f"head {head.day}: its signature is wrong"]


def test_a_head_put_back_from_an_earlier_day_is_found(folder):
    seal(folder)
    head, key = Folder(folder).newest(), Folder(folder).key()
    Folder(folder).sign(key, Head("2099-01-01", 3, queries.hash_at(3)))
    assert differences(folder) == [f"head 2099-01-01: says position 3, a head before it {head.position}"]


def test_heads_that_are_gone_are_missed(folder):
    seal(folder)
    for file in Folder(folder).files():
        file.unlink()
    assert differences(folder) == [f"{folder}: there are seals, but no signed head"]


def test_of_an_empty_ledger_there_is_nothing_to_seal_to_sign_or_to_miss(database, context, tmp_path):
    assert seal(database.ledger_dir) == 0
    assert differences(database.ledger_dir) == []
    assert queries.export(database.ledger_dir, tmp_path / "empty.jsonl") == 0


def test_an_export_that_fails_leaves_the_file_that_was_there(folder, tmp_path, monkeypatch):
    seal(folder)
    file = tmp_path / "ledger.jsonl"
    file.write_text("before", encoding="utf-8")

    def fails(_head):
        raise RuntimeError("no disk left")

    monkeypatch.setattr(rules, "instant", fails)
    with pytest.raises(RuntimeError, match="no disk left"):
        queries.export(folder, file)
    assert (file.read_text(encoding="utf-8"), list(tmp_path.iterdir())) == ("before", [file])


def test_the_command_line_seals_verifies_and_exports(folder, run, tmp_path):
    current().rollback()
    db.session.remove()
    waits = run("ledger", "verify")
    assert waits.stdout == f"The books are exact.\nNot sealed yet: {MOVEMENTS} movements.\n"
    assert run("ledger", "seal").output == f"movements sealed: {MOVEMENTS}\n"
    assert run("ledger", "verify").stdout == "The books are exact.\n"
    file = tmp_path / "ledger.jsonl"
    assert run("ledger", "export", str(file)).output == f"movements exported: {MOVEMENTS}\n"
    assert len(file.read_text(encoding="utf-8").splitlines()) == MOVEMENTS + 1


def test_as_of_today_is_what_the_balances_say(folder, run):
    live = current().execute(
        sa.select(Account.store_code, Account.item_code, sa.func.sum(Account.balance))
        .where(Account.place != "supplied").group_by(Account.store_code, Account.item_code)
    ).all()  # fmt: skip
    shown = [line.split() for line in run("ledger", "as-of", "2026-11-22").output.splitlines()]
    header, *rows = shown
    assert header[:4] == ["store", "item", "on_hand", "in_custody"]
    sums = {(row[0], row[1]): sum(map(int, row[2:])) for row in rows if row[0] != "total"}
    assert sums == {(store, item): int(total) for store, item, total in live}
    totals = {row[1]: list(map(int, row[2:])) for row in rows if row[0] == "total"}
    assert totals == {row[1]: list(map(int, row[2:])) for row in rows if row[0] == STORE}
    assert dict(zip(header[2:], totals["blangko"], strict=True)) == {
        "on_hand": 136, "in_custody": 0, "in_transit": 0, "printed": 0, "spoiled": 2,
        "issued": 0, "consumed": 0, "destroyed": 0, "lost": 4,
    }  # fmt: skip


def test_as_of_a_day_counts_what_had_happened_by_then(folder, run):
    clerk = actor("clerk", "15.03")
    with clock.telling(NOON):
        on = clock.business_day("Asia/Jakarta") - timedelta(days=2)
        stock.spoil(clerk, Taking(STORE, "blangko", Amount(5), occurred_on=on), SpoilReason.DAMAGED)

    def blanks(day, *more):
        lines = [line.split() for line in run("ledger", "as-of", str(day), *more).output.splitlines()]
        return [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if line[1] == "blangko"]

    assert blanks(on - timedelta(days=1))[0]["spoiled"] == "0"
    assert blanks(on)[0]["spoiled"] == "5"
    assert blanks(on + timedelta(days=2))[0]["spoiled"] == "7"
    assert blanks("2026-01-04") == []
    assert len(blanks(on, "--office", "15")) == 2
    assert blanks(on, "--office", "16") == []


@pytest.mark.parametrize("words", [("as-of", "22-11-2026"), ("as-of",), ("seal", "--every", "0"), ("export",)])
def test_a_wrong_call_is_refused(context, run, words):
    assert run("ledger", *words).exit_code == 2


def test_as_of_for_an_office_that_is_not_there_says_so(context, run):
    assert "Office 99 was not found" in str(run("ledger", "as-of", "2026-11-22", "--office", "99").exception)
