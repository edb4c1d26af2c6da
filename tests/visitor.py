"""Somebody who looks at the pages of the console without a browser: signed in, and reading forms as they are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask import Flask

from inventory.database import insert_ignore, table_of, transaction
from inventory.people import sign_in
from inventory.people.models import SignIn
from tests.builders import actor
from web import signing


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, and what stands in its inputs."""

    action: str
    fields: list[tuple[str, str]]

    def __getitem__(self, name: str) -> str:
        """What stands in one input."""
        return dict(self.fields)[name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: str | None = None
        self.kept: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(at.get("action", ""), []))
        elif self.forms and "name" in at and tag in ("input", "textarea", "select"):
            kind = at.get("type", "text")
            if tag == "input" and (kind not in ("checkbox", "radio") or "checked" in at):
                self.forms[-1].fields.append((at["name"], at.get("value", "on" if kind == "checkbox" else "")))
            self.open, self.kept = (at["name"], []) if tag in ("textarea", "select") else (None, None)
        elif tag == "option" and self.open and ("selected" in at or not self.kept):
            self.kept = [at.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.open and self.kept is not None and self.lasttag == "textarea":
            self.kept.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select") and self.open is not None:
            self.forms[-1].fields.append((self.open, "".join(self.kept or [])))
            self.open = None


class Shown:
    """A page as it was answered."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.status = answer, answer.status_code
        self.location = answer.headers.get("Location", "")
        self.text = answer.get_data(as_text=True) if answer.mimetype != "application/pdf" else ""

    def form(self, action: str = "") -> Form:
        """The form that goes to `action` (or to an address that holds it)."""
        reader = _Reader()
        reader.feed(self.text)
        found = [form for form in reader.forms if action in form.action and not form.action.endswith("/bahasa")]
        return next((form for form in found if form.action == action), found[0])

    @property
    def words(self) -> str:
        """What a person reads, without tags, with single spaces."""
        text = re.sub(r"<(script|style|title|desc)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&nbsp;", " ").split())


def session_of(user_id: int) -> str:
    """The token of a new session of a user, who need not have a password (needs an application context)."""
    row = {"user_id": user_id, "login": f"user-{user_id}", "language": "id"}
    with transaction() as session:
        insert_ignore(session, table_of(SignIn), [row])
        return sign_in.open_session(session, user_id, "a test")[1]


class Visitor:
    """Somebody signed in to the console, with one role at one office."""

    def __init__(self, app: Flask, role: str = "", office: str = "") -> None:
        self.app, self.client = app, app.test_client()
        if role:
            with app.app_context():
                self.actor = actor(role, office)
                token = session_of(self.actor.user_id)
            self.client.set_cookie(signing.COOKIE, token, domain="localhost")

    def get(self, address: str, expect: int = 200, **headers: str) -> Shown:
        """Look at a page."""
        return self._checked(self.client.get(address, headers=headers), expect)

    def submit(
        self, address: str, typed: dict[str, Any] | None = None, expect: int = 303, *, page: str = "", key: str = ""
    ) -> Shown:
        """Fill in the form for `address` as it is shown at `page` (the same unless told), and send it.

        `typed` goes over what stands in it; a list is one value a line. `key` sends that key in place of the form's.
        """
        form = self.get(page or address).form(address)
        sent: dict[str, Any] = {}
        for name, value in form.fields:
            sent.setdefault(name, []).append(value)
        for name, value in (typed or {}).items():
            sent[name] = "\n".join(map(str, value)) if isinstance(value, list) else value
        if key:
            sent["_key"] = key
        return self._checked(self.client.post(form.action or address, data=sent), expect)

    def follow(self, shown: Shown) -> Shown:
        """Go where an answer leads."""
        return self.get(shown.location)

    @staticmethod
    def _checked(answer: Any, expect: int) -> Shown:
        shown = Shown(answer)
        assert shown.status == expect, f"{shown.status}, wanted {expect}: {shown.location} {shown.words[:2000]}"
        assert "Content-Security-Policy" in answer.headers
        return shown
