"""What is wrong, as a page: what a form cannot show at a field."""

from __future__ import annotations

import marshmallow as ma
from flask import g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from api import problems
from inventory.database import gave_way
from inventory.errors import Busy, InventoryError, NotFound
from inventory.texts import Text
from web import forms

_SIGN_IN_FIRST = Text(
    "Sesi Anda sudah berakhir, jadi belum ada yang disimpan. Masuk lagi; isian Anda tersimpan di peramban ini.",
    "Your session has ended, so nothing was kept yet. Sign in again; what you typed is kept in this browser.",
)
_NO_PAGE = Text("Halaman ini tidak ada.", "There is no such page.")


def by_rules(error: InventoryError | ma.ValidationError) -> ResponseReturnValue:
    """A refusal by the rules outside of a form."""
    forms.refuse(error)
    if isinstance(error, NotFound):  # the page itself names it, whatever field a form would have for it
        g.status = problems.status_of(error)
    sentences = [fault.text for fault in forms.faults()]
    answer = render_template("refused.html", status=g.status, sentences=sentences)
    return answer, g.status, problems.headers_of(error)


def by_http(error: HTTPException) -> ResponseReturnValue:
    """A refusal by HTTP itself; a redirect is none."""
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 - below begin the redirects
        return error.get_response()
    sentence = problems.HTTP.get(status, problems.HTTP[500 if status >= 500 else 400])[1]  # noqa: PLR2004
    sentence = {401: _SIGN_IN_FIRST, 404: _NO_PAGE}.get(status, sentence)
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait else {}
    return render_template("refused.html", status=status, sentences=[sentence]), status, headers


def by_database(error: DBAPIError) -> ResponseReturnValue:
    """A database that was busy or away while something was read; any other error of it is unexpected."""
    if not gave_way(error):
        raise error
    return by_rules(Busy())
