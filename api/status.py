"""Whether the service is well, and what its problem codes mean: both without a token."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from inventory.database import current
from inventory.errors import Busy

VERSION = version("blangko")
blueprint = Blueprint("status", __name__)


@blueprint.get("/_status")
def show() -> Response:
    """The service's and the database's health; anything but 200 means: send no requests here."""
    try:
        revision = current().execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
    except SQLAlchemyError as error:  # away, or never migrated
        raise Busy from error
    return jsonify(status="ok", version=VERSION, database_revision=revision)


@blueprint.get("/api/problems")
def show_problems() -> Response:
    """What every error code means: the page behind each problem's `type`."""
    text = (Path(__file__).parent.parent / "docs" / "problems.md").read_text(encoding="utf-8")
    return Response(text, mimetype="text/markdown")
