"""Where each role begins: what needs me now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import Response, g, redirect, request, url_for

from inventory import access
from inventory.access import Action, Role
from inventory.people import accounts, hands
from inventory.people.rules import Language
from inventory.planning.cover import together, worst_first
from inventory.planning.rules import WARNING_DAYS
from inventory.reports import cover
from inventory.reports import desk as waiting
from inventory.texts import Text
from web import signing
from web.home import desk
from web.home.desk import Todo
from web.home.guide import SHORTCUTS, STEPS, WORDS, Step
from web.language import COOKIE, LANGUAGES
from web.menu import HOMES, may_open
from web.pages import SMALL, Pages, actor, see
from web.planning.views import named

pages = Pages("home", __name__)
Linked = TypeVar("Linked", Todo, Step)
_MOST_LOW = 5
_YEAR = 31_536_000


@pages.shows("/", None)
def start() -> Any:
    """To the door, or to the home of the role."""
    if g.signed is None:
        return redirect(url_for("people_pages.sign_in"), 303)
    return redirect(url_for(HOMES[actor().role]), 303)


@pages.does("/bahasa", None, again=start, most_bytes=SMALL)
def set_language() -> Any:
    """Speak the other language from now on."""
    chosen = request.form.get("bahasa", "id")
    chosen = chosen if chosen in LANGUAGES else "id"
    answer: Response = redirect(signing.inside(request.form.get("kembali", "")), 303)  # type: ignore[assignment]
    if g.signed is not None:
        accounts.set_language(actor(), Language(chosen))
    answer.set_cookie(COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="Lax", secure=signing.settings().https)
    return answer


@pages.shows("/gudang", Action.READ)
def stock_room() -> Any:
    """The stock room."""
    return _home(Role.CLERK)


@pages.shows("/koordinasi", Action.READ)
def coordination() -> Any:
    """Coordination."""
    return _home(Role.FIELD if actor().role is Role.FIELD else Role.COORDINATOR)


@pages.shows("/cetak", Action.READ)
def print_room() -> Any:
    """The print room."""
    return _home(Role.PRINTER)


@pages.shows("/inspeksi", Action.READ)
def inspection() -> Any:
    """Inspection."""
    return _home(Role.INSPECTOR)


@pages.shows("/admin", Action.ADMINISTER)
def administration() -> Any:
    """Administration."""
    return _home(Role.ADMIN)


@pages.shows("/bantuan", None)
def help_() -> Any:
    """What the words mean, whom to ask, and what to try first."""
    role = actor().role if g.signed is not None else None
    return see("home/help.html", steps=_open(STEPS[role]) if role else (), words=WORDS)


def _home(role: Role) -> Any:
    """What waits for somebody of this role, the figures that matter, and where to go."""
    counts = waiting.waiting(actor())
    found = cover.covers(actor(), actor().office)
    whole = together(found, lambda _one: "", {"": ""})[0]
    near = worst_first(one for one in found if one.lasts_at_most(WARNING_DAYS))
    todos, others = _todos(role, counts)
    return see(
        "home/home.html",
        role=role,
        todos=todos,
        others=others,
        approvers=[hand for hand in hands.approvers_of(actor().office) if hand.id != actor().user_id] if others else [],
        whole=whole,
        low=near[:_MOST_LOW] if len(found) > 1 else [],
        bare=named([one for one in found if one.has_nothing]) if len(found) > 1 else [],
        offices=len(found),
        waiting=counts,
        watching=actor().role in desk.WATCHING,
        shortcuts=_open(SHORTCUTS[role]),
        steps=_open(STEPS[actor().role]),
        at_home=request.endpoint == HOMES[actor().role],
        may_open=may_open,
    )


def _todos(role: Role, counts: dict[str, int]) -> tuple[list[tuple[Todo, Text]], list[tuple[Todo, Text]]]:
    """What waits on a desk, and what waits on somebody else; who only watches sees both as one."""
    mine, others = [], []
    for todo in _open(desk.todos_of(role, actor().role)):
        here, away = counts[todo.name], counts.get(f"{todo.name}_others", 0)
        if actor().role in desk.WATCHING:
            here, away = min(here + away, waiting.MOST), 0
        mine += [(todo, desk.told(here))] if here else []
        others += [(todo, desk.told(away))] if away else []
    return mine, others


def _open(links: Iterable[Linked]) -> list[Linked]:
    """Those that the reader may open, and do what they say there."""
    return [link for link in links if may_open(link.address) and _may(getattr(link, "deed", None))]


def _may(deed: Action | None) -> bool:
    return deed is None or access.permits(actor(), deed)
