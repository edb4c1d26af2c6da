"""Users and tokens: GET /me, GET, POST /users, GET, POST /users/{id}/tokens, DELETE /tokens/{id}."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.paging import PageQuery
from api.people.schemas import MeOut, TokenIn, TokenOut, TokenPage, UserIn, UserOut, UserPage, UserQuery
from inventory.access import Action
from inventory.people import commands, queries
from inventory.people.queries import UserFilter

blp = Routes("people", __name__, description="Users with a role at an office, and their tokens")


@blp.serves("GET /me", Action.READ, answer=MeOut)
def show_me() -> Any:
    """Who you are: the number by which an event's host lets you in, your role and your office."""
    return queries.get_user(actor(), actor().user_id)


@blp.serves("GET /users", Action.READ, query=UserQuery, answer=UserPage)
def list_users(query: dict[str, Any]) -> Any:
    """The users of your subtree: counters, holders and members are named by their number."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_users(actor(), UserFilter(**query), wanted))


@blp.serves("POST /users", Action.ADMINISTER, body=UserIn, answer=UserOut, status=201, key=Key.OPTIONAL)
def add_user(body: dict[str, Any]) -> Any:
    """Add a user to an office of your subtree."""
    return queries.get_user(actor(), commands.add_user(actor(), **body, once=once()))


@blp.serves("POST /users/<int:user_id>/deactivate", Action.ADMINISTER, answer=UserOut, key=Key.OPTIONAL)
def deactivate_user(user_id: int) -> Any:
    """Let a user work no more; the user's tokens stop at once."""
    return queries.get_user(actor(), commands.set_active(actor(), user_id, active=False, once=once()))


@blp.serves("POST /users/<int:user_id>/activate", Action.ADMINISTER, answer=UserOut, key=Key.OPTIONAL)
def activate_user(user_id: int) -> Any:
    """Let a user work again."""
    return queries.get_user(actor(), commands.set_active(actor(), user_id, active=True, once=once()))


@blp.serves("GET /users/<int:user_id>/tokens", Action.ADMINISTER, query=PageQuery, answer=TokenPage)
def list_tokens(user_id: int, query: dict[str, Any]) -> Any:
    """A user's tokens, without the tokens themselves."""
    return paging.answer(queries.list_tokens(actor(), user_id, paging.wanted(query, paging.number)))


@blp.serves("POST /users/<int:user_id>/tokens", Action.ADMINISTER, body=TokenIn, answer=TokenOut, status=201)
def issue_token(user_id: int, body: dict[str, Any]) -> Any:
    """Make a token for a user; it is shown this once."""
    token_id, token = commands.issue_token(actor(), user_id, body["label"], timedelta(days=body["days"]))
    return {"id": token_id, "token": token}


@blp.serves("DELETE /tokens/<int:token_id>", Action.ADMINISTER, answer=None, status=204)
def revoke_token(token_id: int) -> None:
    """End a token now."""
    commands.revoke_token(actor(), token_id)
