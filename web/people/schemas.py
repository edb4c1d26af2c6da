"""What is typed at the door and on the pages of people, and is no body of the API."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.people.schemas import UserIn
from inventory.access import Role
from inventory.people.rules import LONGEST, PersonState
from inventory.texts import Text

_MOST = 8 * LONGEST
UNLIKE = Text("Berbeda dari yang pertama. Ketik sekali lagi.", "It differs from the first. Type it once more.")


class SignInIn(fields.Strict):
    """A name and a password, and where to go then."""

    login = fields.Words(high=200, required=True)
    password = fields.Words(high=_MOST, required=True)
    lanjut = ma.fields.String(load_default="")


class CodeIn(fields.Strict):
    """Six digits of the second factor."""

    code = fields.Words(high=20, required=True)
    lanjut = ma.fields.String(load_default="")


class AcceptIn(fields.Strict):
    """A password that was chosen, typed twice."""

    password = fields.Words(high=_MOST, required=True)
    again = fields.Words(high=_MOST, required=True)

    @ma.validates_schema
    def _same(self, typed: dict[str, str], **_rest: object) -> None:
        refuse_unlike(typed, "password")


class PasswordIn(fields.Strict):
    """The present password, and the new one twice."""

    present = fields.Words(high=_MOST, required=True)
    new = fields.Words(high=_MOST, required=True)
    again = fields.Words(high=_MOST, required=True)

    @ma.validates_schema
    def _same(self, typed: dict[str, str], **_rest: object) -> None:
        refuse_unlike(typed, "new")


def refuse_unlike(typed: dict[str, str], name: str) -> None:
    """Raise a ValidationError when the two do not agree."""
    if typed.get(name) != typed.get("again"):
        raise ma.ValidationError({"again": [UNLIKE]})


class PresentIn(fields.Strict):
    """The present password."""

    present = fields.Words(high=_MOST, required=True)


class InviteIn(UserIn):
    """Somebody new, with a user name."""

    login = fields.Words(high=200, required=True)


class LinkIn(fields.Strict):
    """A user name, for who has none yet."""

    login = fields.Words(high=200, load_default=None)


class PersonQuery(fields.Strict):
    """Which people."""

    office = fields.code(load_default=None)
    role = fields.Kind(Role, load_default=None)
    state = fields.Kind(PersonState, load_default=None)
    named = fields.Words(high=120, load_default=None)
