"""How a route is declared: method and path, permission, what it reads, what it answers. Forgetting one is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

import marshmallow as ma
from flask import Request, g, request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, HTTPException, PreconditionRequired
from werkzeug.routing import Map, UnicodeConverter

from api import fields
from inventory import keys
from inventory.access import Action, Actor
from inventory.errors import RuleViolated
from inventory.retries import Once
from inventory.texts import Text

JSON = "application/json"
MAX_KEY = 200
MAX_ID = 2**53


class Key(Enum):
    """Whether a POST needs an Idempotency-Key: where it moves stock or makes a document, it does."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class KeyMissing(HTTPException):
    """A POST that moves stock or makes a document needs an Idempotency-Key of 1 to 200 visible characters."""

    code = 400

    def __init__(self) -> None:
        super().__init__()
        self.data = {
            "code": "idempotency_key_missing",
            "sentence": Text(
                "Kirim header Idempotency-Key (1 sampai 200 karakter), sehingga permintaan aman diulang.",
                "Send the header Idempotency-Key (1 to 200 characters), so that repeating is safe.",
            ),
        }


class MediaTypeWrong(HTTPException):
    """The body is of another content type than the route reads."""

    code = 415

    def __init__(self, consumes: tuple[str, ...]) -> None:
        super().__init__()
        read = ", ".join(consumes)
        self.data = {
            "sentence": Text(
                f"Jenis isi ini tidak diterima di alamat ini; kirim {read}.",
                f"This content type is not accepted here; send {read}.",
            )
        }


class NotJson(BadRequest):
    """The body is no JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.data = {"messages": {"json": [Text("Bukan JSON yang benar.", "This is not valid JSON.")]}}


class VersionUnreadable(RuleViolated):
    """If-Match must be an ETag that this service gave."""

    code = "version_unreadable"
    text = Text('If-Match harus ETag seperti "3".', 'If-Match must be an ETag like "3".')


class StrictParser(FlaskParser):
    """webargs that refuses unknown query parameters too."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": ma.RAISE, "query": ma.RAISE}  # noqa: RUF012

    def _raw_load_json(self, req: Request) -> Any:
        try:
            return super()._raw_load_json(req)
        except (ValueError, RecursionError) as error:  # also a number of 5,000 digits, or 100,000 brackets
            if isinstance(error, json.JSONDecodeError) and not error.doc:
                raise  # an empty body is no body
            raise NotJson from error


class CodeConverter(UnicodeConverter):
    """A code of a region, office, store or item in an address; anything else is no address."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map)
        self.regex = "[A-Za-z0-9._-]{1,40}"


def actor() -> Actor:
    """Who is asking."""
    found: Actor = g.actor
    return found


def once() -> Once:
    """The Idempotency-Key of this request, tied to actor, path, query and body."""
    key = request.headers.get("Idempotency-Key", "").strip()
    asked = request.query_string + b"\n" + request.get_data(cache=True)
    return Once(actor().user_id, request.path, key, keys.body_digest(asked))


def version() -> int:
    """The version that If-Match names."""
    text = request.headers.get("If-Match", "").strip()
    if not text:
        raise PreconditionRequired
    number = text.removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdecimal() or len(number) > 9:  # noqa: PLR2004 - a version is small
        raise VersionUnreadable(pointer="If-Match")
    return int(number)


class Routes(Blueprint):
    """A feature's routes."""

    ARGUMENTS_PARSER = StrictParser()

    def serves(
        self,
        address: str,
        action: Action | None,
        *,
        answer: type[ma.Schema] | None,
        status: int = 200,
        body: type[ma.Schema] | None = None,
        query: type[ma.Schema] | None = None,
        key: Key = Key.NONE,
        consumes: tuple[str, ...] = (JSON,),
        produces: str = JSON,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Serve `address` ("POST /receipts") to those whose role knows `action`.

        The function gets the path's values, then `body` and `query` by name, both already checked. Without an action
        it is open to everybody, and api/auth.py says so too. What it `produces` other than JSON, it answers by itself.
        """
        method, path = address.split(" ")
        # An id that no column can hold is an address that does not exist.
        path = path.replace("<int:", f"<int(max={MAX_ID}):")

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            made = answer if produces == JSON else _FILE
            wrapped = self.response(status, made, content_type=produces)(view)
            if action is None:
                wrapped = self.doc(security=[])(wrapped)
            if query is not None:
                wrapped = self.arguments(query(), location="query", as_kwargs=False, arg_name="query")(wrapped)
            if body is not None and JSON in consumes and len(consumes) == 1:
                wrapped = self.arguments(body(), location="json", arg_name="body")(wrapped)
            headers = [_KEY_HEADER | {"required": key is Key.REQUIRED}] if key is not Key.NONE else []
            headers += [_MATCH_HEADER] if method == "PATCH" else []
            if headers:
                wrapped = self.doc(parameters=headers)(wrapped)
            wrapped = self.doc(operationId=f"{self.name}_{view.__name__}")(wrapped)

            @wraps(wrapped)
            def checked(*args: Any, **kwargs: Any) -> Any:
                if method in ("POST", "PATCH", "PUT") and request.content_length and request.mimetype not in consumes:
                    raise MediaTypeWrong(consumes)
                sent = request.headers.get("Idempotency-Key", "").strip()
                if (key is Key.REQUIRED and not sent) or len(sent) > MAX_KEY or not sent.isprintable():
                    raise KeyMissing
                if query is None and request.args:
                    told = {next(iter(request.args)): [fields.Strict.error_messages["unknown"]]}
                    raise ma.ValidationError({"query": told})
                return wrapped(*args, **kwargs)

            checked.permission = action  # type: ignore[attr-defined]
            checked.key = key  # type: ignore[attr-defined]
            self.route(path, methods=[method])(checked)
            return checked

        return declare


_FILE: dict[str, Any] = {"type": "string", "format": "binary"}
_KEY_HEADER: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A word of your own for this one deed: repeating it with the same body does nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]+$"},
}
_MATCH_HEADER: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag read last.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}
