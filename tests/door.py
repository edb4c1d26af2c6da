"""Browsers at the door of the console: for tests of signing in, of one's own account, and of people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from inventory.access import Actor
from tests.accounts import PASSWORD, made
from tests.visitor import Visitor

OTHER = "hujan deras di pasar"
ACCOUNT = "/akun"


def people_of(app: Flask) -> Callable[..., Actor]:
    """A function whose answer is somebody with the usual password: `(login, role, office)`."""

    def make(*told: str) -> Actor:
        with app.app_context():
            return made(*told)

    return make


def typed(login: str = "siti", password: str = PASSWORD, **more: str) -> dict[str, str]:
    """What somebody types at the door."""
    return {"/login": login, "/password": password, **more}


def enter(app: Flask, login: str = "siti", password: str = PASSWORD, address: str = "/masuk") -> Visitor:
    """A new browser that signed in."""
    visitor = Visitor(app)
    visitor.submit("/masuk", typed(login, password), page=address)
    return visitor


def speak(visitor: Visitor, language: str, onward: Any) -> TestResponse:
    """Choose a language on the page of the account, to go on from there."""
    token = visitor.get(ACCOUNT).form("/keluar")["_csrf"]
    return visitor.client.post("/bahasa", data={"_csrf": token, "bahasa": language, "kembali": onward})
