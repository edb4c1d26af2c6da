"""How a page is declared: its address, its permission, what it reads; and what a page may answer with."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, flash, g, redirect, render_template, request, session, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from api import problems
from api.auth import PAGES
from api.blueprint import MAX_ID, Key
from inventory import keys
from inventory.access import Action, Actor
from inventory.errors import Busy, InventoryError
from inventory.retries import Once
from inventory.texts import Text
from web import forms, pictures, refusals, tables
from web.language import told
from web.tables import Table

View = Callable[..., Any]
# As much as a form that everybody may send can hold.
SMALL = 20_000


def actor() -> Actor:
    """Who is looking."""
    found: Actor = g.actor
    return found


def once() -> Once:
    """The form's own key, tied to actor, address and what was typed: a second click does nothing twice."""
    return Once(actor().user_id, request.path, forms.key(), keys.body_digest(forms.fingerprint()))


def version() -> int:
    """The version of the thing that the form was filled in for."""
    return forms.version()


def see(template: str, **context: Any) -> Response | str:
    """The page; or one of its tables or charts as a file, when the address asks for it (`?unduh=receipts.csv`)."""
    wanted = request.args.get("unduh", "")
    name, _, ending = wanted.rpartition(".")
    for table in context.values():
        if isinstance(table, Table) and table.id == name:
            return tables.as_file(table, ending)
    page = render_template(template, **context)
    return pictures.as_file(name, page) if ending == "svg" else page


def done(endpoint: str, text: Text | None = None, **values: Any) -> Response:
    """Go to a page after something was done, and say there what it was."""
    if text is not None and ("done", str(told(text))) not in session.get("_flashes", []):
        flash(str(told(text)), "done")
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def unanswered() -> dict[str, Any]:
    """What a scan field hears when its question itself was refused: nothing, and it says that it was not checked."""
    return {}


class Pages(Blueprint):
    """A feature's pages; the endpoints are like `stock_pages.receive`."""

    def __init__(self, feature: str, import_name: str, **more: Any) -> None:
        super().__init__(f"{feature}{PAGES}", import_name, **more)
        self.register_error_handler(HTTPException, refusals.by_http)
        self.register_error_handler(InventoryError, refusals.by_rules)
        self.register_error_handler(ma.ValidationError, refusals.by_rules)
        self.register_error_handler(DBAPIError, refusals.by_database)
        self.register_error_handler(PoolExhausted, lambda _error: refusals.by_rules(Busy()))

    def shows(
        self, path: str, action: Action | None, *, query: type[ma.Schema] | None = None
    ) -> Callable[[View], View]:
        """Show a page to those whose role knows `action`; its filters, already checked, come as `query`.

        Without an action the page is open to everybody, and web/signing.py says so too.
        """

        def declare(view: View) -> View:
            @wraps(view)
            def shown(**values: Any) -> Any:
                if query is not None:
                    values["query"] = forms.query(query)
                return view(**values)

            return self._declare(path, action, shown, "GET")

        return declare

    def does(
        self,
        path: str,
        action: Action | None,
        *,
        body: type[ma.Schema] | None = None,
        again: View,
        most_bytes: int | None = None,
    ) -> Callable[[View], View]:
        """Do what a form says; `body`, already checked, is what was typed.

        Whatever is refused shows the page `again` (with those of the address's values that it takes): each fault at
        its field, and everything typed kept. Where a file comes along, `most_bytes` is how much may be sent.
        """
        takes = inspect.signature(again).parameters

        def declare(view: View) -> View:
            @wraps(view)
            def tried(**values: Any) -> Any:
                named = {name: value for name, value in values.items() if name in takes}
                if most_bytes is not None:
                    request.max_content_length = most_bytes
                try:
                    forms.check_origin()
                    if body is not None:
                        values["body"] = forms.body(body)
                    return view(**values)
                except (ma.ValidationError, InventoryError) as error:
                    forms.refuse(error)
                    return again(**named), g.status, problems.headers_of(error)

            return self._declare(path, action, tried, "POST")

        return declare

    def _declare(self, path: str, action: Action | None, view: View, method: str) -> View:
        view.permission = action  # type: ignore[attr-defined]
        view.key = Key.REQUIRED if method == "POST" else Key.NONE  # type: ignore[attr-defined]
        # An id that no column can hold is an address that does not exist.
        self.add_url_rule(path.replace("<int:", f"<int(max={MAX_ID}):"), view.__name__, view, methods=[method])
        return view
