"""Imports as commands: parts, copies and orders of a list, two at once, durations, and the command line."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from api.cli import group
from inventory import clock
from inventory.database import db, transaction
from inventory.intake import commands
from inventory.intake.commands import Sent
from inventory.intake.durations import durations
from inventory.printing.models import Card
from inventory.printing.rules import CardStatus
from inventory.recordings.models import Recording
from tests.builders import actor
from tests.intake import line, listed, nik, siak

NOW = datetime(2026, 2, 1, 5, tzinfo=UTC)
SHOWN = (
    "client_id", "nik_index", "reason", "status", "failure", "recorded_at", "sfe_at", "prr_at", "status_at", "told_at",
)  # fmt: skip


def stored():
    columns = [Recording.__table__.c[name] for name in SHOWN]
    return db.session.execute(sa.select(*columns).order_by(Recording.client_id)).all()


def forget():
    with transaction() as session:
        session.execute(sa.text("DELETE FROM imports"))
        session.execute(sa.delete(Recording))


@pytest.mark.parametrize("seed", range(6))
def test_any_split_order_and_copies_of_a_list_end_in_the_same_recordings(context, seed):
    chance, field = random.Random(seed), actor("field", "15.03")
    states = ("bio_captured", "SENT_FOR_ENROLLMENT", "DUPLICATE_RECORD", "PRINT_READY_RECORD")
    rows = [
        (nik(person), "Siti", "BARU", state, "2026-01-02", f"{3 + states.index(state)}-01-2026")
        for person in range(12)
        for state in chance.sample(states, chance.randint(1, 4))
    ]
    header = ("NIK", "NAMA", "ALASAN", "STATUS", "TGL_REKAM", "TGL_STATUS")

    def bring(part):
        commands.bring_in(field, Sent("15.03", "a.csv", siak(*part, header=header)))

    with clock.telling(NOW):
        bring(rows)
        expected = stored()
        for _ in range(4):
            forget()
            mixed = [*rows, *chance.choices(rows, k=10)]
            chance.shuffle(mixed)
            while mixed:
                size = chance.randint(1, len(mixed))
                part, mixed = mixed[:size], mixed[size:]
                bring(part)
            assert stored() == expected
        bring(rows[:5])
        assert stored() == expected


def at(day, hour=0):
    return NOW + timedelta(days=day, hours=hour)


def test_durations_are_measured_by_office_and_bounded_in_time(context):
    field = actor("field", "15.03")
    with clock.telling(NOW):
        people = [line(number, status="sfe", recorded_at="2026-01-02T08:00:00+07:00") for number in range(10)]
        commands.bring_in(field, Sent("15.03", "a.csv", listed(*people)))
        commands.bring_in(field, Sent("15.03", "b.csv", listed(line(99, status="bio_captured"))))
        with transaction() as session:
            for number in range(10):
                times = {"sfe_at": at(-20), "prr_at": at(-20, number + 1), "status": "prr", "status_at": at(-20)}
                mine = Recording.client_id == f"c-{number}"
                session.execute(sa.update(Recording).where(mine).values(**times))
            old = {"sfe_at": at(-400), "prr_at": at(-390)}
            session.execute(sa.update(Recording).where(Recording.client_id == "c-9").values(**old))
            first = session.scalars(sa.select(Recording.id).where(Recording.client_id == "c-0")).one()
            session.add(Card(
                recording_id=first, attempt_id=1, office_code="15.03", store_code="15.03-UTAMA", item_code="blangko",
                owner_code="15.03", event_id=0, status=CardStatus.ISSUED, printed_at=at(-19), issue_movement_id=1,
                issued_at=at(-19, 5),
            ))  # fmt: skip
        found = durations(actor("inspector", "0"), "15.03", 90)
        steps = {step.pop("step"): step for step in found["steps"]}
        hour = 3_600
        assert steps["sfe_to_prr"] == {
            "count": 9,
            "p10": hour,
            "median": 5 * hour,
            "p90": 9 * hour,
            "longest": 9 * hour,
        }
        assert steps["prr_to_printed"] == dict.fromkeys(("p10", "median", "p90", "longest"), 23 * hour) | {"count": 1}
        assert steps["printed_to_issued"]["median"] == 5 * hour
        assert steps["recorded_to_sfe"]["count"] == 9
        waiting = {one["status"]: (one["count"], one["oldest"]) for one in found["waiting"]}
        assert waiting["prr"] == (10, at(-20))
        assert waiting["bio_captured"][0] == 1
        assert waiting["failed"] == (0, None)
        assert durations(actor("inspector", "0"), "15.04", 90)["steps"][0]["median"] is None


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(group, ["recordings", "import", *map(str, words)])


def test_the_command_line_imports_and_again_exits_well(run, tmp_path):
    file = tmp_path / "daftar.csv"
    file.write_bytes(listed(line(1), line(2)))
    first = run(file, "--office", "15.03")
    assert (first.exit_code, first.stdout) == (0, "created: 2\nchanged: 0\nunchanged: 0\nrefused: 0\n")
    again = run(file, "--office", "15.03")
    assert again.exit_code == 0
    assert re.fullmatch("same file as import [0-9]+: nothing changed", again.stdout.splitlines()[0])
    assert again.stdout.splitlines()[1:] == ["created: 0", "changed: 0", "unchanged: 2", "refused: 0"]


def test_the_command_line_tells_each_bad_line_and_exits_1(run, tmp_path):
    file = tmp_path / "daftar.csv"
    file.write_bytes(listed(line(1), line(2, nik="12"), line(3, status="lost"), line(4)))
    refused = run(file, "--office", "15.03")
    assert refused.exit_code == 1
    *lines, last = refused.stderr.splitlines()
    assert lines == [
        "line 3 nik: A NIK has 16 digits.",
        "line 4 status: Choose one of: bio_captured, sfe, prr, failed.",
    ]
    assert last.startswith("refused: 2 lines; nothing was kept (import ")
    assert run(file, "--office", "15.03", "--dry-run").exit_code == 1
    partial = run(file, "--office", "15.03", "--partial")
    assert (partial.exit_code, partial.stdout.splitlines()[0]) == (0, "created: 2")
    assert partial.stderr.splitlines()[0] == "line 3 nik: A NIK has 16 digits."
    assert run(file, "--office", "99.99").exit_code == 1
    assert run(file, "--office", "15.03", "--profile", "none").exit_code == 1


def test_a_dry_run_at_the_command_line_keeps_nothing(run, tmp_path, app):
    file = tmp_path / "daftar.csv"
    file.write_bytes(listed(line(1)))
    done = run(file, "--office", "15.03", "--dry-run")
    assert done.stdout.splitlines() == [
        "created: 1", "changed: 0", "unchanged: 0", "refused: 0", "dry run: nothing was stored",
    ]  # fmt: skip
    with app.app_context():
        assert stored() == []
