"""Numbers of blanks: their stories, and those that nobody accounts for."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blanks.schemas import GapPage, GapQuery, StoryOut
from api.blueprint import Routes, actor
from inventory.access import Action
from inventory.blanks import queries
from inventory.blanks.queries import GapFilter

blp = Routes("blanks", __name__, description="Blanks by their number: the story of one, and the gaps")


@blp.serves("GET /blanks/gaps", Action.READ, query=GapQuery, answer=GapPage)
def list_gaps(query: dict[str, Any]) -> Any:
    """The numbers of your subtree that were received and are not accounted for."""
    wanted = paging.wanted(query, paging.word, paging.number)
    return paging.answer(queries.list_gaps(actor(), GapFilter(**query), wanted))


@blp.serves("GET /blanks/<path:number>", Action.READ, answer=StoryOut)
def show_story(number: str) -> Any:
    """The whole story of one number."""
    return queries.story(actor(), number)
