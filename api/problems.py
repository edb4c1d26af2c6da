"""Errors as RFC 9457 problem documents: the only module that knows HTTP statuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Flask, Response, current_app, request
from flask_smorest import Api
from flask_smorest.response import prepare_response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from inventory import errors, niks
from inventory.database import gave_way
from inventory.errors import Fault, InventoryError
from inventory.texts import Text

CONTENT_TYPE = "application/problem+json"
STATUS: dict[type[InventoryError], int] = {
    errors.NotPermitted: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.RuleViolated: 422,
    errors.TooMany: 429,
    errors.Busy: 503,
}
RETRY_AFTER_SECONDS = 1
_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
# What HTTP itself can refuse, by status: code and sentence.
HTTP: dict[int, tuple[str, Text]] = {
    400: ("bad_request", Text("Permintaan tidak dapat dibaca.", "The request cannot be read.")),
    401: ("token_missing_or_wrong", Text(
        "Token tidak ada, salah, kedaluwarsa, atau dicabut. Kirim header Authorization: Bearer <token>.",
        "The token is missing, wrong, expired or revoked. Send the header Authorization: Bearer <token>.")),
    403: ("not_permitted", Text("Tidak diizinkan.", "Not permitted.")),
    404: ("no_such_address", Text("Alamat ini tidak ada.", "There is nothing at this address.")),
    405: ("method_not_allowed", Text("Metode ini tidak berlaku di alamat ini.", "This method is not allowed here.")),
    406: ("not_acceptable", Text("Bentuk jawaban itu tidak tersedia.", "That form of answer is not available.")),
    413: ("body_too_large", Text("Isi permintaan terlalu besar.", "The body is too large.")),
    414: ("address_too_long", Text("Alamat terlalu panjang.", "The address is too long.")),
    415: ("media_type_wrong", Text(
        "Jenis isi ini tidak diterima di alamat ini; kirim application/json.",
        "This content type is not accepted here; send application/json.")),
    422: ("body_invalid", Text("Ada isian yang salah.", "Some fields are wrong.")),
    428: ("version_missing", Text(
        "Kirim header If-Match dengan ETag yang terakhir Anda baca.",
        "Send the header If-Match with the ETag you read last.")),
    429: ("too_many_wrong_tokens", Text(
        "Terlalu banyak token salah dari alamat ini. Tunggu satu menit.",
        "Too many wrong tokens from this address. Wait a minute.")),
    500: ("unexpected", Text(
        "Terjadi kesalahan yang tidak terduga; tidak ada yang disimpan.",
        "Something unexpected went wrong; nothing was kept.")),
}  # fmt: skip


class Fault_(ma.Schema):  # noqa: N801 - the plain name is the fault itself
    """One thing that is wrong, and where."""

    pointer = ma.fields.String(metadata={"description": "JSON pointer into the body, query name, or line N"})
    code = ma.fields.String()
    detail = ma.fields.String()


class ProblemSchema(ma.Schema):
    """A problem document (RFC 9457)."""

    type = ma.fields.String(required=True, metadata={"format": "uri"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    code = ma.fields.String(required=True, metadata={"description": "stable; see the page behind `type`"})
    errors = ma.fields.List(ma.fields.Nested(Fault_))
    facts = ma.fields.Dict()


class QueryInvalid(errors.RuleViolated):
    """A query parameter is unknown or wrong."""

    code = "query_invalid"
    text = Text("Ada parameter alamat yang salah.", "Some query parameters are wrong.")


class ProblemApi(Api):
    """flask-smorest with problem documents in place of its own errors, in answers and in the OpenAPI document."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        app: Flask = self._app
        app.register_error_handler(HTTPException, self.handle_http_exception)
        app.register_error_handler(InventoryError, handle_inventory_error)
        app.register_error_handler(ma.ValidationError, handle_validation_error)
        app.register_error_handler(DBAPIError, handle_database_error)
        app.register_error_handler(PoolExhausted, lambda _error: handle_inventory_error(errors.Busy()))

    def handle_http_exception(self, error: HTTPException) -> Response:
        """A refusal by HTTP, by webargs or by marshmallow."""
        status = error.code or 500
        if error.response is not None and status < 400:  # noqa: PLR2004 - a redirect is no error
            return error.response  # type: ignore[return-value]
        code, sentence = HTTP.get(status, HTTP[500 if status >= 500 else 400])  # noqa: PLR2004
        extra = getattr(error, "data", None) or {}
        if "query" in extra.get("messages", {}):
            return handle_validation_error(ma.ValidationError(extra["messages"]))
        faults = list(faults_of(extra.get("messages", {})))
        answer = problem(status, extra.get("code", code), extra.get("sentence", sentence), faults)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after", "www-authenticate"):
                answer.headers[name] = value
        return answer

    def _register_responses(self) -> None:
        names = {status.name: status.phrase for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST}
        for name, phrase in names.items() | {("DEFAULT_ERROR", "What was wrong, where, and what is allowed.")}:
            described = {"description": phrase, "schema": self.ERROR_SCHEMA}
            prepare_response(described, self.spec, CONTENT_TYPE)
            self.spec.components.response(name, described, lazy=True)


def language() -> str:
    """Indonesian unless the caller prefers English."""
    return request.accept_languages.best_match(["id", "en"]) or "id"


def problem(
    status: int, code: str, sentence: Text, faults: list[Fault], facts: dict[str, Any] | None = None
) -> Response:
    """The problem document as an answer, in the caller's language."""
    tongue = language()
    body: dict[str, Any] = {
        "type": f"{_root()}api/problems#{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": sentence.within(tongue),
        "code": code,
    }
    if faults:
        # What a GET asks for stands in its query, and a query parameter is named by its bare name.
        lead = "/" if request.method == "GET" else ""
        body["errors"] = [
            {"pointer": fault.pointer.removeprefix(lead), "code": fault.code, "detail": fault.text.within(tongue)}
            for fault in faults
        ]
    if facts:
        body["facts"] = facts
    answer = current_app.response_class(json.dumps(body), status, content_type=CONTENT_TYPE)
    answer.headers["Content-Language"] = tongue
    return answer


def _root() -> str:
    """Where this service is reached: as its settings say, else as the request does when that is an address at all."""
    if public := current_app.config["SETTINGS"].public_url:
        return f"{public}/"
    return request.url_root if _HOST.fullmatch(request.host) else "http://localhost/"


def _plain(value: Any) -> Any:
    """A fact as JSON has it; several code names are one text."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, date) else value


def status_of(error: InventoryError) -> int:
    """The HTTP status that the kind of an error becomes."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def headers_of(error: Exception) -> dict[str, str]:
    """When to come again, where waiting is all that helps."""
    if isinstance(error, errors.TooMany):
        return {"Retry-After": str(error.seconds)}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if isinstance(error, errors.Busy) else {}


def handle_inventory_error(error: InventoryError) -> Response:
    """A refusal by the rules. Facts that are sentences themselves only fill in the sentence."""
    facts = {
        name: _plain(value)
        for name, value in error.facts.items()
        if isinstance(value, str | int | float | date | tuple) and not isinstance(value, Text)
    }
    answer = problem(status_of(error), error.code, error.sentence, error.faults, facts)
    answer.headers.update(headers_of(error))
    return answer


def handle_database_error(error: DBAPIError) -> Response:
    """A database that was busy or away while something was read; any other error of it is unexpected."""
    if not gave_way(error):
        raise error
    return handle_inventory_error(errors.Busy())


def handle_validation_error(error: ma.ValidationError) -> Response:
    """A refusal of a query, which names its parameters, or by a schema outside of webargs."""
    if isinstance(error.messages, dict) and "query" in error.messages:
        faults = [replace(fault, pointer=fault.pointer.removeprefix("/")) for fault in faults_of(error.messages)]
        return handle_inventory_error(QueryInvalid(faults=faults))
    code, sentence = HTTP[422]
    return problem(422, code, sentence, list(faults_of(error.messages)))


def faults_of(messages: Any, pointer: str = "") -> Iterator[Fault]:
    """Marshmallow's nested messages as faults with JSON pointers; webargs' own first level names the location."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            top = not pointer and key in ("json", "query", "json_or_form", "headers", "files", "form")
            name = str(key) if niks.untold(str(key)) == str(key) else "…"  # an unknown one may be a person's number
            step = name.replace("~", "~0").replace("/", "~1")
            yield from faults_of(inner, pointer if top or key == "_schema" else f"{pointer}/{step}")
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from faults_of(inner, pointer)
    else:
        text = messages if isinstance(messages, Text) else Text(str(messages), str(messages))
        yield Fault(pointer, text)
