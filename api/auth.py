"""Who asks: a bearer token becomes an `Actor`. Everything is denied unless a route says otherwise."""

from __future__ import annotations

from flask import Flask, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden as NoPermissionDeclared
from werkzeug.exceptions import TooManyRequests, Unauthorized

from inventory import access
from inventory.errors import NotPermitted
from inventory.people import commands, queries

# Endpoints of a blueprint whose name ends so are pages: a session says who looks at them (web/signing.py), not a token.
PAGES = "_pages"
# The only addresses that answer without a token; everything else needs one and a permission of its own.
OPEN_ENDPOINTS = frozenset(
    {
        "status.show",
        "status.show_problems",
        "api-docs.openapi_json",
        "docs.show",
        "docs.assets",
        "documents.check",
        "static",
    }
)


def install(app: Flask) -> None:
    """Ask every request of the app who it is from."""
    app.before_request(_authenticate)


def _authenticate() -> None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in OPEN_ENDPOINTS or is_page(endpoint):
        return  # an unknown address answers 404 by itself
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = queries.actor_of(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        _refuse()
        return
    g.actor = found
    action = getattr(current_app.view_functions[endpoint], "permission", None)
    if action is None:
        raise NoPermissionDeclared
    if not access.permits(found, action):
        raise NotPermitted(role=found.role, office=found.office, action=action)


def is_page(endpoint: str) -> bool:
    """Whether an endpoint is a page of the console, and no route of the API."""
    return endpoint.partition(".")[0].endswith(PAGES)


def _refuse() -> None:
    """401, or 429 when this address has offered too many wrong tokens within a minute.

    Only wrong tokens are counted, so a whole office behind one address is never locked out by one bad client.
    """
    tries = commands.count_hit(request.remote_addr or "unknown")
    if tries > current_app.config["FAILED_TOKENS_PER_MINUTE"]:
        raise TooManyRequests(retry_after=60)
    raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
