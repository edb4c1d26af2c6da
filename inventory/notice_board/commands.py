"""Changing what an office announces."""

from __future__ import annotations

from collections.abc import Sequence

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.database import transaction
from inventory.errors import StaleVersion
from inventory.notice_board import rules
from inventory.notice_board.models import NoticeBoard
from inventory.notice_board.rules import Exactness
from inventory.offices.models import Office
from inventory.offices.queries import OfficeNotFound
from inventory.retries import FIRST, Once
from inventory.texts import Text

_BOARD = Text("Papan pengumuman", "The notice board")


def announce(
    actor: Actor,
    office: str,
    *,
    shown: bool,
    exactness: Exactness = Exactness.EXACT,
    frame_ancestors: Sequence[str] = (),
    version: int | None = None,
    once: Once = FIRST,
) -> str:
    """Show an office's figures to everybody, or no longer. Answers the office's code.

    `version` is that of the board that was changed, 0 where there was none; raises `StaleVersion` when somebody else
    did meanwhile, and `OriginWrong`.
    """
    origins = rules.origins_of(frame_ancestors)
    with transaction() as session:
        unseen = OfficeNotFound(office=office)
        access.require(actor, Action.ADMINISTER, office, unseen=unseen)
        if once.done_before(session) is not None:
            return office
        # The office's row is held, so that two first announcements wait for each other.
        if session.get(Office, office, with_for_update=True) is None:
            raise unseen
        board = session.get(NoticeBoard, office)
        present = 0 if board is None else board.version
        if version is not None and version != present:
            raise StaleVersion(subject="notice_board", key=office, what=_BOARD, current=present, yours=version)
        if board is None:
            board = NoticeBoard(office_code=office, version=0)
            session.add(board)
        board.shown, board.exactness, board.frame_ancestors = shown, exactness, origins
        board.updated_at, board.version = clock.now(), present + 1
        audit.record(
            session, actor, "announce", "notice_board", office, office,
            shown=shown, exactness=exactness, frame_ancestors=origins,
        )  # fmt: skip
        once.keep(session, board.version)
        return office
