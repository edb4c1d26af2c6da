"""The application, built in one screen."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import auth, config, docs, log, protection, routes, status
from api.blueprint import CodeConverter
from api.config import Settings, SettingWrong
from api.problems import ProblemApi
from inventory import keys, tables
from inventory.database import db
from web import console


def create_app(settings: Settings | None = None) -> Flask:
    """A ready application; settings come from the environment unless given."""
    settings = settings or config.read()
    app = Flask("api", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        FAILED_TOKENS_PER_MINUTE=settings.failed_tokens_per_minute,
        DOCUMENT_CHECKS_PER_MINUTE=settings.document_checks_per_minute,
        API_TITLE="Blangko",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        SETTINGS=settings,
    )
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # no view is a coroutine: nothing to ask
    app.json.sort_keys = False  # type: ignore[attr-defined]
    keys.install(settings.keyring)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    assert tables.metadata.tables  # noqa: S101 - every model is imported before the database is opened
    db.init_app(app)
    log.install(app, json=settings.log_json)
    protection.install(app, https=settings.https)
    auth.install(app)
    app.register_blueprint(status.blueprint)
    app.register_blueprint(docs.blueprint)
    app.url_map.converters["code"] = CodeConverter
    problem_api = ProblemApi(app, spec_kwargs=docs.SPEC)
    routes.register(problem_api)
    console.install(app, settings, problem_api.handle_http_exception)
    return app


def engine_options(url: str) -> dict[str, Any]:
    """How to talk to the database: short waits, so that a stuck neighbour answers 503 and not silence.

    The values of statements stay out of errors and logs: a name or an address of a person may be among them.
    """
    parsed = sa.make_url(url)
    if parsed.drivername == "sqlite":
        if parsed.database:
            _make_folder(Path(parsed.database).parent)
        arguments: dict[str, Any] = {"timeout": 15, "cached_statements": 512}
        if hasattr(sqlite3, "LEGACY_TRANSACTION_CONTROL"):
            arguments["autocommit"] = sqlite3.LEGACY_TRANSACTION_CONTROL
        return {"connect_args": arguments, "hide_parameters": True}
    waits = "-c lock_timeout=10000 -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
    # A page is done before PostgreSQL would have compiled its reports' statements: 150 ms of each were only that.
    # Nor is it worth the start of other processes that share the work: they are for reports of minutes.
    waits += " -c jit=off -c max_parallel_workers_per_gather=0"
    pool = {"pool_size": 5, "max_overflow": 5, "pool_pre_ping": False}
    return {**pool, "connect_args": {"options": waits}, "hide_parameters": True}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingWrong(f"BLANGKO_DATABASE_URL: {folder} cannot be made: {error.strerror}") from error
