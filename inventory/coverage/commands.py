"""Taking coverage reports and targets in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import sqlalchemy as sa

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.coverage import rules
from inventory.coverage.models import CoverageReport, CoverageTarget
from inventory.coverage.queries import CoverageTargetNotFound
from inventory.coverage.rules import Said
from inventory.database import insert_ignore, table_of, transaction
from inventory.offices.rules import time_zone_of
from inventory.regions.queries import get_region
from inventory.retries import FIRST, Once
from inventory.stock.rules import DateInFuture


def report(actor: Actor, region: str, as_of: date, source: str, said: Said, once: Once = FIRST) -> int:
    """Keep what a source said of a region on a day. Answers the report's id.

    Raises `CoverageFiguresMissing`, `DateInFuture`, or `CoverageReportedAlready` for the same region, day and source.
    """
    with transaction() as session:
        access.require(actor, Action.REPORT_COVERAGE, region)
        get_region(region, pointer="/region")
        if (done := once.done_before(session)) is not None:
            return done
        rules.check_said(said)
        today = clock.business_day(time_zone_of(region))
        if as_of > today:
            raise DateInFuture(pointer="/as_of", on=as_of, today=today)
        key = {"region_code": region, "as_of": as_of, "source": source}
        row = {**key, **asdict(said), "created_at": clock.now(), "user_id": actor.user_id}
        if not insert_ignore(session, table_of(CoverageReport), [row]):
            raise rules.CoverageReportedAlready(pointer="/source", region=region, as_of=as_of)
        report_id = int(session.execute(sa.select(CoverageReport.id).filter_by(**key)).scalar_one())
        audit.record(
            session, actor, "report", "coverage_report", report_id, actor.office, region=region, as_of=as_of.isoformat()
        )
        return once.keep(session, report_id)


def set_target(actor: Actor, region: str, percent: float, due_on: date, once: Once = FIRST) -> int:
    """Set the percentage a region is to reach by a day. Answers the target's id; raises `TargetSetAlready`."""
    with transaction() as session:
        access.require(actor, Action.REPORT_COVERAGE, region)
        get_region(region, pointer="/region")
        if (done := once.done_before(session)) is not None:
            return done
        key = {"region_code": region, "due_on": due_on}
        row = {**key, "percent": percent, "created_at": clock.now(), "user_id": actor.user_id}
        if not insert_ignore(session, table_of(CoverageTarget), [row]):
            raise rules.TargetSetAlready(pointer="/due_on", region=region, due_on=due_on)
        target_id = int(session.execute(sa.select(CoverageTarget.id).filter_by(**key)).scalar_one())
        audit.record(
            session, actor, "set_target", "coverage_target", target_id, actor.office, region=region, percent=percent
        )
        return once.keep(session, target_id)


def drop_target(actor: Actor, target_id: int) -> None:
    """Take a target back; raises `CoverageTargetNotFound`."""
    with transaction() as session:
        target = session.get(CoverageTarget, target_id, with_for_update=True)
        unseen = CoverageTargetNotFound(target=target_id)
        if target is None:
            raise unseen
        access.require(actor, Action.REPORT_COVERAGE, target.region_code, unseen=unseen)
        session.delete(target)
        audit.record(
            session, actor, "drop_target", "coverage_target", target_id, actor.office, region=target.region_code
        )
