"""What was added up is what the entries say, whatever was done and however far the adding up has come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import clock
from inventory.database import current
from inventory.reports import commands, flows
from inventory.reports.commands import note_queues, roll
from inventory.reports.daily import report
from inventory.reports.models import Flow, FlowProgress, ProvinceFlow, QueueDay
from inventory.reports.rules import Grain, Period
from inventory.seals.commands import seal
from inventory.seals.models import Seal
from inventory.stock import commands as stock
from inventory.stock.numbers import Amount
from inventory.stock.queries import stock_on
from tests.builders import actor
from tests.commands.test_stock_books import BEGIN, Story, steps
from tests.ledger_story import MOVEMENTS, arrival, guard, tell, unguard

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
DAYS = [BEGIN + timedelta(days=number) for number in range(-31, 10)]


@pytest.fixture
def told(database, context):
    with clock.telling(NOON):
        tell()
    return database.ledger_dir


def figures(on, grain=Grain.DAY, office="15.03"):
    """By (item, condition), the row of an office's own report."""
    with clock.telling(NOON):
        found = report(actor("inspector", "0"), office, grain, on)
    current().rollback()
    assert [row for row in found.stock if row["other"]] == []
    return {(row["item"], row["condition"]): row for row in found.stock}


def there(on, office="15.03"):
    """What lay there at the end of a day, added up from the ledger by the command of the inspectors."""
    rows = stock_on(on, office)
    current().rollback()
    names = {"blank": ("on_hand", "in_custody"), "printed": ("printed",), "spoiled": ("spoiled",)}
    items = {row["item_code"] for row in rows}
    sums = {
        (item, condition): sum(row[name] for row in rows for name in each if row["item_code"] == item)
        for item in items
        for condition, each in names.items()
    }
    return {key: count for key, count in sums.items() if count}


def closings(on, grain=Grain.DAY):
    return {key: row["closing"] for key, row in figures(on, grain).items() if row["closing"]}


@settings(max_examples=8)
@given(steps, st.integers(0, 22), st.integers(1, 5))
def test_reports_of_every_day_agree_with_the_ledger_whatever_was_done(database, context, done, sealed_at, batch):
    story, commands_batch = Story(), commands._BATCH
    commands._BATCH = batch
    try:
        for tick, step in enumerate(done):
            story.act(step, tick)
            if tick == sealed_at:
                with clock.telling(NOON):
                    seal(database.ledger_dir)
                    roll()
                    assert list(flows.differences()) == []
    finally:
        commands._BATCH = commands_batch
    with clock.telling(NOON):
        seal(database.ledger_dir)  # sealed, and not added up
    for day in DAYS[::4]:
        assert closings(day) == there(day)
    assert closings(BEGIN.replace(day=1), Grain.MONTH) == there(BEGIN.replace(day=31))
    before = figures(BEGIN)
    roll()
    assert figures(BEGIN) == before
    assert list(flows.differences()) == []


def position():
    return current().scalar(sa.select(FlowProgress.position)) or 0


def test_what_is_added_up_in_small_parts_comes_to_the_same(told, monkeypatch):
    before = figures(date(2026, 11, 22)), figures(date(2026, 1, 5)), figures(date(2026, 1, 1), Grain.MONTH)
    seal(told)
    monkeypatch.setattr(commands, "_BATCH", 2)
    assert (roll(), roll(), position()) == (MOVEMENTS, 0, MOVEMENTS)
    after = figures(date(2026, 11, 22)), figures(date(2026, 1, 5)), figures(date(2026, 1, 1), Grain.MONTH)
    assert after == before
    assert before[1]["blangko", "blank"]["received"] == 152
    assert list(flows.differences()) == []


def test_the_sums_of_the_provinces_are_those_of_their_offices(told):
    seal(told)
    roll()
    periods = [Period(Grain.DAY, date(2026, 11, 22)), Period(Grain.DAY, date(2026, 1, 5))]
    for period in (*periods, Period(Grain.MONTH, date(2026, 1, 1)), Period(Grain.MONTH, date(2026, 11, 1))):
        nation, offices = plain(flows.found("0", period)), plain(flows.found("15", period))
        by_province = {}
        for (_office, *rest), came_and_went in offices.items():
            sums = by_province.setdefault(("15", *rest), [0, 0])
            sums[:] = [one + other for one, other in zip(sums, came_and_went, strict=True)]
        assert {key: sums for key, sums in nation.items() if key[0] == "15"} == by_province
        assert by_province


def plain(found):
    """What was found, sum by sum."""
    return {
        (row, item, part, each.kind, each.place, each.condition, each.spoil_class, each.own): [each.came, each.went]
        for (row, item), sums in found.items()
        for part, parts in (("before", sums.before), ("within", sums.within))
        for each in parts
    }


def test_an_adding_up_that_breaks_off_leaves_nothing_behind(told, monkeypatch):
    seal(told)
    before = figures(date(2026, 11, 22))
    adding = commands._adding

    def breaks(dialect, grain, after, until):
        if grain is Grain.HELD_YEAR:
            raise RuntimeError("the power went")
        return adding(dialect, grain, after, until)

    monkeypatch.setattr(commands, "_adding", breaks)
    with pytest.raises(RuntimeError, match="power"):
        roll()
    assert (position(), current().scalar(sa.select(sa.func.count()).select_from(Flow))) == (0, 0)
    assert figures(date(2026, 11, 22)) == before
    monkeypatch.undo()
    assert roll() == MOVEMENTS
    assert list(flows.differences()) == []


def test_where_nothing_is_new_nothing_is_written(told, statements):
    seal(told)
    roll()
    with statements.within(3):
        assert roll() == 0
    assert [each for each in statements if not each.startswith("SELECT")] == []


def test_a_report_asks_the_same_few_questions_however_much_there_is(told, statements):
    who = actor("inspector", "0")
    for office in ("0", "15", "15.03"):
        with clock.telling(NOON), statements.within(9):
            report(who, office, Grain.DAY, None)


TAMPERINGS = {
    "a sum": (sa.update(Flow).values(came=Flow.came + 1).where(Flow.grain == "day"), "too many came"),
    "the sum of a month": (sa.update(Flow).values(went=Flow.went + 1).where(Flow.grain == "month"), ", month "),
    "the sum of a year": (sa.delete(Flow).where(Flow.grain == "held_year"), ", held_year 2026-01-01"),
    "a sum of both sides": (sa.update(Flow).values(came=Flow.came + 1, went=Flow.went + 1), "1 too many came, 1 too"),
    "the office": (sa.update(Flow).values(office_code="15.04"), "flows of 15.04, day 2026-01-05: blangko"),
    "the item": (sa.update(Flow).values(item_code="film").where(Flow.item_code == "ribbon"), ": film (blank, "),
    "the day": (
        sa.update(Flow).values(starts_on=date(2020, 1, 1)).where(Flow.grain == "held_year"), "held_year 2020-01-01",
    ),
    "the place": (sa.update(Flow).values(place="custody").where(Flow.place == "store"), "(blank, custody, "),
    "the condition": (sa.update(Flow).values(condition="printed").where(Flow.condition == "spoiled"), "(printed, "),
    "the sum of a province": (sa.update(ProvinceFlow).values(came=ProvinceFlow.came + 1), "flows of 15, day 2026-"),
    "a province": (sa.delete(ProvinceFlow).where(ProvinceFlow.grain == "month"), ", month 2026-"),
    "how far it went": (sa.update(FlowProgress).values(position=FlowProgress.position - 2), "too many"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), TAMPERINGS.values(), ids=list(TAMPERINGS))
def test_a_sum_that_somebody_changed_is_found(told, statement, said):
    seal(told)
    roll()
    session = current()
    unguard(session)
    assert session.execute(statement).rowcount
    found = list(flows.differences())
    guard(session)
    assert [each for each in found if said in each], found
    assert list(flows.differences()) == []


def test_the_queue_of_yesterday_is_kept_once_and_zone_by_zone(context):
    evening = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # 22.30 WIB, 00.30 WIT
    with clock.telling(evening):
        noted = note_queues()
        assert note_queues() == 0
    days = dict(current().execute(sa.select(QueueDay.office_code, QueueDay.day)).all())
    current().rollback()
    assert noted == len(days) > 500
    assert (days["15.03"], days["94"], days["0"]) == (date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 21))


def test_seals_that_are_not_added_up_are_read_from_the_ledger(told):
    seal(told)
    roll()
    with clock.telling(NOON):
        before = closings(date(2026, 1, 5))["ribbon", "blank"]
        stock.receive(actor("clerk", "15.03"), arrival("ribbon", Amount(3)))
        assert closings(date(2026, 1, 5))["ribbon", "blank"] == before + 3
        seal(told)
    assert position() < (current().scalar(sa.select(sa.func.max(Seal.position))) or 0)
    assert closings(date(2026, 1, 5))["ribbon", "blank"] == before + 3
    roll()
    assert closings(date(2026, 1, 5))["ribbon", "blank"] == before + 3
