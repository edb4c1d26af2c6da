"""The self-hosted page of the API, and what the OpenAPI document says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, send_from_directory

STATIC = Path(__file__).parent / "static"
SPEC: dict[str, Any] = {
    "info": {
        "description": (
            "Where every blank KTP-el card is, whose it is, and which event will run short. "
            "Send `Authorization: Bearer <token>`; errors are RFC 9457 problem documents, in Indonesian unless "
            "`Accept-Language` prefers English."
        ),
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "security": [{"token": []}],
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Blangko API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/vendor/swagger-ui/swagger-ui.css"></head>
<body><main id="swagger-ui"></main>
<noscript>This page needs JavaScript; the document itself is at /api/v1/openapi.json.</noscript>
<script src="/api/docs/vendor/swagger-ui/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script></body></html>
"""
_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
blueprint = Blueprint("docs", __name__)


@blueprint.get("/api/docs")
def show() -> Response:
    """The page."""
    return Response(_PAGE, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})


@blueprint.get("/api/docs/<path:name>")
def assets(name: str) -> Response:
    """Its script and style, from this host only."""
    return send_from_directory(STATIC, name, max_age=86_400)
