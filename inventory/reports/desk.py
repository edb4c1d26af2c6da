"""What waits on somebody's desk: how many of each, counted in one statement and never further than a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import current
from inventory.disposal.models import Destruction
from inventory.disposal.rules import DestructionStatus
from inventory.notices.models import Notice
from inventory.notices.rules import NoticeKind
from inventory.offices.models import Office
from inventory.offices.rules import OfficeLevel, level_of
from inventory.opname.models import Count, CountPlan
from inventory.opname.rules import CountStatus
from inventory.outreach.models import Event
from inventory.outreach.rules import COMING, EventStatus
from inventory.printing.consignment_rules import ConsignmentStatus
from inventory.printing.models import Card, CardConsignment, PrintJob, PrintRun
from inventory.printing.rules import UNFINISHED, CardStatus
from inventory.printing.run_rules import RunStatus
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus
from inventory.requests.models import SupplyRequest
from inventory.requests.rules import WAITING
from inventory.stock.models import LossReport
from inventory.transfers.models import Transfer
from inventory.transfers.rules import TransferStatus

# Beyond this a desk is full, whatever the exact figure: nobody counts on.
MOST = 1_000


def waiting(actor: Actor) -> dict[str, int]:
    """How many of each thing wait in the actor's subtree, up to MOST: one statement, each count served by an index."""
    zone = current().scalar(sa.select(Office.time_zone).where(Office.code == actor.office)) or "Asia/Jakarta"
    statement = _statement(level_of(actor.office), access.permits(actor, Action.APPROVE))
    me = {"office": actor.office, "me": actor.user_id, "my_name": f"%,{actor.user_id},%"}
    row = current().execute(statement, me | {"today": clock.business_day(zone)}).one()
    return dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy names a row's columns


# Putting so long a statement together takes longer than the database needs for it.
@cache
def _statement(level: OfficeLevel, approves: bool) -> sa.Select[Any]:  # noqa: FBT001 - part of the key
    offices = sa.select(Office.code).where(access.within_any(Office.code, level, _MINE))
    columns = []
    for name, where in (*_conditions(offices), *_to_approve(offices, approves=approves)):
        bounded = sa.select(sa.literal(1)).where(*where).limit(MOST).subquery()
        columns.append(sa.select(sa.func.count()).select_from(bounded).scalar_subquery().label(name))
    return sa.select(*columns)


_MINE = sa.bindparam("office", type_=sa.String)
_ME = sa.bindparam("me", type_=sa.BigInteger)
_TODAY = sa.bindparam("today", type_=sa.Date)


def _to_approve(offices: Any, *, approves: bool) -> Iterator[tuple[str, list[sa.ColumnElement[bool]]]]:
    """What waits for an approval: under its name what the actor may give, under `{name}_others` what somebody must.

    The same rules as the commands keep: the role, and that who did the first part is not the second person.
    """
    may = sa.true() if approves else sa.false()
    above = sa.exists().where(Office.code == Transfer.from_office, Office.transfer_check_over < Transfer.requested)
    reaches = sa.or_(Transfer.from_office == _MINE, Transfer.to_office.in_(offices))
    reported = sa.exists().where(LossReport.id == Notice.subject_id, LossReport.reported_by == _ME)
    checked = sa.exists().where(Office.code == Destruction.office_code, Office.destruction_check.is_(True))
    burned = sa.or_(Destruction.user_id == _ME, _names_me(Destruction.counted_by))
    closed = [_names_me(column) for column in (CustodySession.closers, CustodySession.return_counted_by)]
    waits: list[tuple[str, list[sa.ColumnElement[bool]], sa.ColumnElement[bool]]] = [
        (
            "to_approve",
            [Transfer.from_office.in_(offices), Transfer.status == TransferStatus.REQUESTED],
            sa.and_(reaches, sa.not_(sa.and_(Transfer.user_id == _ME, above))),
        ),
        (
            "sessions_disputed",
            [CustodySession.office_code.in_(offices), CustodySession.status == CustodyStatus.DISPUTED],
            sa.not_(sa.or_(CustodySession.holder_id == _ME, *closed)),
        ),
        (
            "destructions_counted",
            [Destruction.office_code.in_(offices), Destruction.status == DestructionStatus.COUNTED],
            sa.not_(sa.and_(burned, checked)),
        ),
        (
            "losses",
            [
                Notice.office_code.in_(offices),
                Notice.settled_at.is_(None),
                Notice.kind == NoticeKind.LOSS_UNCONFIRMED,
            ],
            sa.not_(reported),
        ),
    ]
    for name, where, mine in waits:
        yield name, [*where, may, mine]
        yield f"{name}_others", [*where, sa.not_(sa.and_(may, mine))]


def _names_me(column: Any) -> sa.ColumnElement[bool]:
    """Whether a list of user ids, kept as JSON, holds the actor's."""
    text: Any = sa.func.coalesce(sa.cast(column, sa.String), "")
    for mark in "[] ":
        text = sa.func.replace(text, mark, "" if mark == " " else ",")
    found: sa.ColumnElement[bool] = text.like(sa.bindparam("my_name", type_=sa.String))
    return found


def _conditions(offices: Any) -> Iterator[tuple[str, list[sa.ColumnElement[bool]]]]:
    yield "to_confirm", [Transfer.to_office.in_(offices), Transfer.status == TransferStatus.DISPATCHED]
    yield "to_dispatch", [Transfer.from_office.in_(offices), Transfer.status == TransferStatus.APPROVED]
    yield "disputed", [Transfer.from_office.in_(offices), Transfer.status == TransferStatus.DISPUTED]
    yield "sessions_open", [CustodySession.office_code.in_(offices), CustodySession.status == CustodyStatus.OPEN]
    yield "counts_open", [Count.office_code.in_(offices), Count.status == CountStatus.OPEN]
    yield (
        "counts_due",
        [CountPlan.office_code.in_(offices), CountPlan.next_on <= _TODAY, CountPlan.active.is_(True)],
    )
    yield "requests", [SupplyRequest.supplier_office.in_(offices), SupplyRequest.status.in_(WAITING)]
    planned = [Event.host_office.in_(offices), Event.status.in_(COMING)]
    yield "events_coming", [*planned, Event.ends_on >= _TODAY]
    yield "events_missed", [*planned, Event.ends_on < _TODAY]
    yield "events_running", [Event.host_office.in_(offices), Event.status == EventStatus.RUNNING]
    yield "jobs_open", [PrintJob.office_code.in_(offices), PrintJob.status.in_(UNFINISHED)]
    yield "runs_open", [PrintRun.office_code.in_(offices), PrintRun.status == RunStatus.OPEN]
    yield "queue", [Recording.office_code.in_(offices), Recording.status == RecordingStatus.PRR]
    yield "uncollected", [Card.office_code.in_(offices), Card.status == CardStatus.WAITING]
    yield (
        "consignments_open",
        [CardConsignment.office_code.in_(offices), CardConsignment.status == ConsignmentStatus.OPEN],
    )
