"""Reading notices."""

from __future__ import annotations

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.notices.models import Notice
from inventory.notices.rules import NoticeKind
from inventory.paging import Page, Slice, page


def list_notices(actor: Actor, office: str | None, kind: NoticeKind | None, wanted: Slice) -> Page:
    """The unsettled notices of the actor's subtree, oldest first."""
    query = sa.select(Notice).where(access.within(Notice.office_code, actor.office), Notice.settled_at.is_(None))
    if office is not None:
        access.require(actor, Action.READ, office)
        query = query.where(access.within(Notice.office_code, office))
    if kind is not None:
        query = query.where(Notice.kind == kind)
    return page(query, [Notice.id], wanted)
