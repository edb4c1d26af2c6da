"""What is true of every page, also of those not written yet: all of them are opened, by every role, on the demo."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from api.cli import DEMO_OFFICES
from inventory.access import PERMITTED
from inventory.database import db
from tests.pages import EXAMPLES, address_of, pages_of
from tests.visitor import Visitor
from web.signing import OPEN_PAGES

# One worker loads the demo for all of these.
pytestmark = pytest.mark.xdist_group("every page")
BUDGET = 12
MOST_BYTES = 40_000
# What is no question of a page: the transaction around it, and the note once a minute that its reader is still there.
NOT_ASKED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "UPDATE sessions SET seen_at")
# What no page may say: a missing value, an address of the API, a code in place of a word.
NOT_FOR_PEOPLE = re.compile(
    r"\bNone\b|\bnan\b|\bundefined\b|/api/v1|\b(GET|POST|PATCH|PUT|DELETE) /|Idempotency-Key|\{\w+\}"
)


@cache
def visitors_of(app: Flask) -> dict[str, Visitor]:
    return {role.value: Visitor(app, role.value, office) for role, office in DEMO_OFFICES.items()}


def test_every_page_that_shows_one_thing_has_an_example(demo_app):
    lacking = {
        f"{rule.endpoint}.{name}"
        for rule in pages_of(demo_app)
        for name in rule.arguments
        if name not in EXAMPLES and f"{rule.endpoint}.{name}" not in EXAMPLES
    }
    assert lacking == set()


def test_every_page_opens_for_whom_it_is_for_and_for_nobody_else(demo_app):
    wrong = []
    for rule in pages_of(demo_app):
        address, action = address_of(demo_app, rule), demo_app.view_functions[rule.endpoint].permission
        for role, visitor in visitors_of(demo_app).items():
            status = visitor.client.get(address).status_code
            # Whose office does not reach so far is told so, or finds nothing; the ministry's administrator sees all.
            far = set() if role == "admin" else {403, 404}
            allowed = {200, 303} | far if action is None or action in PERMITTED[visitor.actor.role] else {403}
            if status not in allowed:
                wrong.append(f"{role} {address}: {status}")
        if rule.endpoint not in OPEN_PAGES and demo_app.test_client().get(address).status_code != 303:
            wrong.append(f"nobody {address}")
    assert wrong == []


def test_every_page_is_light_asks_the_database_little_and_speaks_to_people(demo_app):
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with demo_app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    wrong = []
    try:
        for rule in pages_of(demo_app):
            address = address_of(demo_app, rule)
            for role, visitor in visitors_of(demo_app).items():
                visitor.get("/bantuan")  # the connection is open
                sent.clear()
                answer = visitor.client.get(address)
                asked = [statement for statement in sent if not statement.startswith(NOT_ASKED)]
                if len(asked) > BUDGET:
                    wrong.append(f"{role} {address}: {len(asked)} statements")
                if answer.mimetype == "text/html":
                    wrong += [f"{role} {address}: {what}" for what in faults_of(answer.get_data(as_text=True))]
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert wrong == []


def faults_of(text: str) -> list[str]:
    """What is wrong with a page, whatever is on it."""
    wrong = []
    if len(text.encode()) > MOST_BYTES:
        wrong.append(f"{len(text.encode())} bytes")
    words = re.sub(r"<[^>]+>", " ", text)
    wrong += [f"says {found.group()!r}" for found in NOT_FOR_PEOPLE.finditer(words)]
    if re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text):
        wrong.append("carries a script or a style of its own")
    if found := re.search(r"""(?:src|href|action)=["'](?:https?:)?//[^"']*""", text):
        wrong.append(f"asks another host: {found.group()}")
    if text.count("<h1") != 1:
        wrong.append(f"has {text.count('<h1')} headings of the first rank")
    return wrong


def test_a_page_says_its_language_and_has_every_word_in_it(demo_app):
    admin = visitors_of(demo_app)["admin"]
    assert '<html lang="id">' in admin.get("/admin").text
    admin.client.post("/bahasa", data={"_csrf": admin.get("/admin").form("/keluar")["_csrf"], "bahasa": "en"})
    try:
        assert '<html lang="en">' in admin.get("/admin").text
        indonesian = re.compile(r"\b(yang|dengan|belum|tidak|untuk|dari|sudah|Anda)\b")
        spoken = {}
        for rule in pages_of(demo_app):
            address = address_of(demo_app, rule)
            if rule.endpoint == "notice_board_pages.show":
                address += "?bahasa=en"  # it is kept by caches, so its address says the language
            words = re.sub(
                r"<[^>]+>",
                " ",
                re.sub(r'<(\w+)[^>]*lang="id".*?</\1>', " ", admin.client.get(address).get_data(as_text=True)[200:]),
            )
            if found := indonesian.findall(words):
                spoken[address] = found[:5]
        assert spoken == {}
    finally:
        admin.client.post("/bahasa", data={"_csrf": admin.get("/admin").form("/keluar")["_csrf"], "bahasa": "id"})
