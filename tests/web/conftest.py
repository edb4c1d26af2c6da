"""The demo, for the tests that look at every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from inventory.database import db
from tests import demo


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with the demo on it, on a database of each kind; nobody changes anything there."""
    folder = tmp_path_factory.mktemp("demo")
    if request.param == "sqlite":
        yield demo.copy_of(request.getfixturevalue("told_demo"), folder)
        return
    with demo.database_of_its_own(request.getfixturevalue("postgresql_url")) as url:
        app = demo.load(url, folder)
        yield app
        with app.app_context():
            db.engine.dispose()
