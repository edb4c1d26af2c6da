"""What somebody in charge must look at."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Routes, actor
from api.notices.schemas import NoticePage, NoticeQuery
from inventory.access import Action
from inventory.notices import queries

blp = Routes("notices", __name__, description="What waits for whoever is in charge: differences, losses, held requests")


@blp.serves("GET /notices", Action.READ, query=NoticeQuery, answer=NoticePage)
def list_notices(query: dict[str, Any]) -> Any:
    """The unsettled notices of your subtree, oldest first."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_notices(actor(), query["office"], query["kind"], wanted))
