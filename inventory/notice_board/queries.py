"""Reading what an office announces: sums only, in one statement each, and nothing of any person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory import clock
from inventory.access import Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.errors import NotFound
from inventory.notice_board.models import NoticeBoard
from inventory.notice_board.rules import Exactness
from inventory.offices.models import Office
from inventory.offices.queries import get_office
from inventory.printing.models import Card
from inventory.printing.rules import CardStatus
from inventory.recordings.models import Recording
from inventory.recordings.rules import RecordingStatus
from inventory.stock.models import Account
from inventory.stock.rules import NO_EVENT, Condition, Place
from inventory.texts import Text


class NoAnnouncement(NotFound):
    """The office announces nothing, or there is no such office: from outside both look the same."""

    code = "no_announcement"
    text = Text("Dinas {office} tidak menayangkan pengumuman.", "Office {office} announces nothing.")


@dataclass(frozen=True, slots=True)
class Announcement:
    """What everybody may know of an office's day, as of one moment."""

    office: str
    name: str
    time_zone: str
    exactness: Exactness
    frame_ancestors: str
    version: int
    day: date
    as_of: datetime
    available: int
    printed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Board:
    """The settings of an office's board; version 0 where nothing was ever set."""

    office: str
    shown: bool = False
    exactness: Exactness = Exactness.EXACT
    frame_ancestors: tuple[str, ...] = ()
    version: int = 0


def get_board(actor: Actor, office: str) -> Board:
    """The settings of the board of an office of the actor's subtree; raises `OfficeNotFound`."""
    get_office(actor, office)
    found = current().get(NoticeBoard, office)
    if found is None:
        return Board(office)
    return Board(office, found.shown, found.exactness, tuple(found.frame_ancestors.split()), found.version)


def announcement(office: str) -> Announcement:
    """Today's announcement, for whoever asks; raises `NoAnnouncement`."""
    board = NoticeBoard
    shown = (
        sa.select(Office.name, Office.time_zone, board.exactness, board.frame_ancestors, board.version)
        .join(board, board.office_code == Office.code)
        .where(Office.code == office, board.shown)
    )
    found = current().execute(shown).first()
    if found is None:
        raise NoAnnouncement(office=office)
    today = clock.business_day(found.time_zone)
    begins = datetime.combine(today, time(), ZoneInfo(found.time_zone)).astimezone(UTC)
    as_of = clock.now()
    figures = current().execute(
        sa.select(
            _available(office).label("available"), _printed(office, begins).label("printed"),
            _waiting(office).label("waiting"),
        )
    ).one()  # fmt: skip
    return Announcement(
        office, found.name, found.time_zone, found.exactness, found.frame_ancestors, found.version, today, as_of,
        int(figures.available), int(figures.printed), int(figures.waiting),
    )  # fmt: skip


def _available(office: str) -> sa.ScalarSelect[int]:
    """Good blanks in the office's stores, those set aside for events left out."""
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(Account.balance), 0))
        .join(Item, Item.code == Account.item_code)
        .where(
            Account.office_code == office,
            Account.place == Place.STORE,
            Account.condition == Condition.BLANK,
            Account.event_id == NO_EVENT,
            Item.kind == ItemKind.BLANK,
        )
    )
    return query.scalar_subquery()


def _printed(office: str, begins: datetime) -> sa.ScalarSelect[int]:
    """Cards printed since the day began there, those undone left out."""
    query = sa.select(sa.func.count(Card.id)).where(
        Card.office_code == office, Card.printed_at >= begins, Card.status != CardStatus.UNDONE
    )
    return query.scalar_subquery()


def _waiting(office: str) -> sa.ScalarSelect[int]:
    """Recordings that are ready to be printed: counted in the queue's index, without reading whose they are."""
    query = sa.select(sa.func.count(Recording.id)).where(
        Recording.office_code == office, Recording.status == RecordingStatus.PRR
    )
    return query.scalar_subquery()
