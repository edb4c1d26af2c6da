"""One line of log a request: what, who, how long. Never an address as sent, a query, a body, a NIK or a name."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request


def install(app: Flask, *, json: bool) -> None:
    """Log every request of the app; `json` for machines, else for people."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper("iso"), renderer]
    )
    logger = structlog.get_logger("blangko")

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        actor = g.get("actor")
        logger.info(
            "request",
            method=request.method,
            path=request.url_rule.rule if request.url_rule else "unmatched",
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.began) * 1000, 1),
            user=actor.user_id if actor else None,
        )
        return response
