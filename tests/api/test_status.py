"""Whether the service is well, told without a token."""

from __future__ import annotations

import pytest

from api.app import create_app
from inventory.database import db
from tests.builders import settings_for


def test_a_well_service_says_so_with_its_version_and_revision(app):
    answer = app.test_client().get("/_status")
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["status"] == "ok"
    assert told["database_revision"].isdecimal()
    assert told["version"]


def test_the_status_counts_no_wrong_token_and_logs_no_secret(app, capsys):
    for _ in range(3):
        app.test_client().get("/_status", headers={"Authorization": "Bearer wrong"})
    app.test_client().get("/api/v1/stock?office=15.03", headers={"Authorization": "Bearer blk_secret"})
    logged = capsys.readouterr().out
    assert "/_status" in logged
    assert "blk_secret" not in logged
    assert "office=15.03" not in logged


def test_the_meaning_of_every_code_is_served(app):
    answer = app.test_client().get("/api/problems")
    assert answer.mimetype == "text/markdown"
    assert "\n## stock_insufficient\n" in answer.get_data(as_text=True)


@pytest.mark.parametrize("url", ["sqlite:///{folder}/empty.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_a_service_without_its_database_is_not_well(tmp_path, url):
    made = create_app(settings_for(url.format(folder=tmp_path)))
    answer = made.test_client().get("/_status")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Retry-After"]
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
