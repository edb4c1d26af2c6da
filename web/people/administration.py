"""The people of an administrator's subtree: found, invited, stopped, given a new link; their sessions and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request, url_for

from api.people.schemas import TokenIn
from inventory import clock
from inventory.access import Action, Role
from inventory.offices import queries as offices
from inventory.offices.rules import MINISTRY
from inventory.paging import Slice
from inventory.people import accounts, commands, queries, sessions
from inventory.people.queries import Person, PersonFilter
from inventory.people.rules import INVITED_FOR, PersonState
from inventory.texts import Text
from web import choices, signing
from web.pages import Pages, actor, done, once, see
from web.people.schemas import InviteIn, LinkIn, PersonQuery
from web.people.views import unkept
from web.tables import Column, Table

pages = Pages("users", __name__)
_MOST_OFFICES = 100


def _page_of(row: Person) -> str:
    return url_for("users_pages.person", user_id=row.id)


def _office_choices() -> list[tuple[str, str]]:
    """The offices of the subtree; none for the ministry, whose hundreds are typed by their code."""
    if actor().office == MINISTRY:
        return []
    found = offices.list_offices(actor(), None, Slice(_MOST_OFFICES)).items
    return [(office.code, f"{office.name} ({office.code})") for office in found]


@pages.shows("/admin/orang", Action.ADMINISTER, query=PersonQuery)
def people(query: dict[str, Any]) -> Any:
    """Everybody of the subtree."""
    columns = [
        Column(Text("Nama", "Name"), "name", href=_page_of),
        Column(Text("Nama pengguna", "User name"), "login"),
        Column(Text("Tugas", "Role"), "role", "word"),
        Column(Text("Dinas", "Office"), "office_name"),
        Column(Text("Keadaan", "State"), "state", "word"),
        Column(Text("Kode kedua", "Second factor"), lambda row: row.second_factor or None, "word"),
        Column(Text("Terakhir terlihat", "Last seen"), "seen_at", "instant"),
    ]
    table = Table(
        "orang",
        Text("Orang", "People"),
        columns,
        lambda wanted: queries.list_people(actor(), PersonFilter(**query), wanted),
        empty=Text(
            "Tidak ada orang yang cocok. Kosongkan saringan, atau undang orang baru.",
            "Nobody matches. Clear the filters, or invite somebody.",
        ),
    )
    return see(
        "people/people.html", people=table, asked=query, roles=list(Role), states=list(PersonState),
        offices=_office_choices(),
    )  # fmt: skip


@pages.shows("/admin/orang/undang", Action.ADMINISTER)
def invite() -> Any:
    """Ask who is invited."""
    provinces, chosen = (choices.provinces() if actor().office == MINISTRY else []), request.args.get("provinsi", "")
    found = choices.offices_of(chosen) if provinces else _office_choices()
    return see("people/invite.html", roles=list(Role), offices=found, provinces=provinces, chosen=chosen)


@pages.does("/admin/orang/undang", Action.ADMINISTER, body=InviteIn, again=invite)
def send_invitation(body: dict[str, Any]) -> Any:
    """Add them, and show the link this once."""
    user_id, token = accounts.invite(actor(), **body, once=once())
    if token is None:
        text = Text(
            "Orang ini sudah ditambahkan dan tautannya sudah ditampilkan. Hilang? Buat tautan baru.",
            "They were added already, and the link was shown. Lost it? Make a new link.",
        )
        return done("users_pages.person", text, user_id=user_id)
    return _link(user_id, token)


def _link(user_id: int, token: str) -> Any:
    """The link of an invitation, shown this once: nothing keeps it."""
    path = url_for("people_pages.open_invitation", token=token)
    base = signing.settings().public_url or request.host_url.rstrip("/")
    person = queries.get_person(actor(), user_id)
    return unkept(see("people/link.html", person=person, link=base + path, until=clock.now() + INVITED_FOR))


@pages.shows("/admin/orang/<int:user_id>", Action.ADMINISTER)
def person(user_id: int) -> Any:
    """One of them: state, sessions, tokens."""
    found = queries.get_person(actor(), user_id)
    tokens = Table(
        "token",
        Text("Token untuk program", "Tokens for programs"),
        [
            Column(Text("Untuk apa", "What for"), "label"),
            Column(Text("Dibuat", "Made"), "created_at", "instant"),
            Column(Text("Berlaku sampai", "Good until"), "expires_at", "instant"),
            Column(Text("Dicabut", "Revoked"), "revoked_at", "instant"),
        ],
        lambda wanted: queries.list_tokens(actor(), user_id, wanted),
        order="desc",
        limit=20,
    )
    return see(
        "people/person.html", person=found, tokens=tokens, sessions=sessions.list_sessions(actor(), user_id),
        now=clock.now(), own=user_id == actor().user_id,
    )  # fmt: skip


@pages.does("/admin/orang/<int:user_id>/nonaktif", Action.ADMINISTER, again=person)
def deactivate(user_id: int) -> Any:
    """Let them work no more."""
    commands.set_active(actor(), user_id, active=False, once=once())
    text = Text("Orang ini tidak aktif lagi; semua sesinya berakhir.", "They are inactive now; all sessions ended.")
    return done("users_pages.person", text, user_id=user_id)


@pages.does("/admin/orang/<int:user_id>/aktif", Action.ADMINISTER, again=person)
def activate(user_id: int) -> Any:
    """Let them work again."""
    commands.set_active(actor(), user_id, active=True, once=once())
    return done("users_pages.person", Text("Orang ini aktif lagi.", "They are active again."), user_id=user_id)


@pages.does("/admin/orang/<int:user_id>/sesi/<int:session_id>/akhiri", Action.ADMINISTER, again=person)
def end_session(user_id: int, session_id: int) -> Any:
    """End one of their sessions."""
    sessions.revoke_session(actor(), session_id)
    return done("users_pages.person", Text("Sesi itu diakhiri.", "That session was ended."), user_id=user_id)


@pages.shows("/admin/orang/<int:user_id>/tautan", Action.ADMINISTER)
def new_link(user_id: int) -> Any:
    """Say what a new link ends, before it is made."""
    return see("people/new_link.html", person=queries.get_person(actor(), user_id))


@pages.does("/admin/orang/<int:user_id>/tautan", Action.ADMINISTER, body=LinkIn, again=new_link)
def make_link(user_id: int, body: dict[str, Any]) -> Any:
    """Make it, and show it this once."""
    return _link(user_id, accounts.reset(actor(), user_id, body["login"]))


@pages.shows("/admin/orang/<int:user_id>/token", Action.ADMINISTER)
def new_token(user_id: int) -> Any:
    """Ask what a token is for."""
    return see("people/new_token.html", person=queries.get_person(actor(), user_id))


@pages.does("/admin/orang/<int:user_id>/token", Action.ADMINISTER, body=TokenIn, again=new_token)
def issue_token(user_id: int, body: dict[str, Any]) -> Any:
    """Make it, and show it this once."""
    found = queries.get_person(actor(), user_id)
    _, token = commands.issue_token(actor(), user_id, body["label"], timedelta(days=body["days"]))
    return unkept(see("people/token.html", person=found, token=token, days=body["days"]))


@pages.does("/admin/orang/<int:user_id>/token/<int:token_id>/cabut", Action.ADMINISTER, again=person)
def revoke_token(user_id: int, token_id: int) -> Any:
    """End a token."""
    commands.revoke_token(actor(), token_id)
    return done("users_pages.person", Text("Token itu dicabut.", "That token was revoked."), user_id=user_id)
