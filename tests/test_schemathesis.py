"""The whole OpenAPI document, fuzzed: whatever is sent, the service answers as its document says."""

from __future__ import annotations

from itertools import count

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from inventory.database import db
from tests.builders import Caller, receipt, settings_for
from tests.outreach import person

DOCUMENT = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
numbers = count(1)


def operations():
    document = schemathesis.openapi.from_wsgi(DOCUMENT, create_app(settings_for("sqlite://")))
    return [(found.ok().path, found.ok().method) for found in document.get_all_operations()]


@pytest.fixture(scope="module")
def document(database):
    return schemathesis.openapi.from_wsgi(DOCUMENT, database.app)


@pytest.fixture(scope="module")
def admin(database):
    """An administrator of the ministry, who may do everything everywhere, and a little stock to do it with."""
    database.reset()
    caller = Caller(database.app, "admin", "0")
    for store in ("15.03-UTAMA", "15-UTAMA"):
        caller.post("/receipts", receipt(store, 1_000_000))
        caller.post("/receipts", receipt(store, 1_000, "ribbon"))
    database.app.testing = False  # an unexpected error must be an answer here
    yield caller
    database.app.testing = True
    with database.app.app_context():
        db.session.remove()


def documents(admin):
    """What the fuzzer cannot guess: codes that exist, and a fresh event, transfer, job and so on."""
    number = next(numbers)
    waiting, printing = f"w{number}", f"p{number}"
    event = admin.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2026-01-05",
        "ends_on": "2026-01-06", "opens_at": "08:00", "closes_at": "16:00",
    })["id"]  # fmt: skip
    stop = admin.post(f"/events/{event}/stops", {
        "name": "Pauh", "kind": "office", "starts_at": "2026-01-05T08:00:00+07:00",
        "ends_at": "2026-01-05T16:00:00+07:00", "target_people": 100, "kits": 2, "minutes_per_recording": 5,
    })["id"]  # fmt: skip
    pledge = admin.post(f"/events/{event}/pledges", {"store": "15-UTAMA", "item": "blangko", "quantity": 10})["id"]
    goods = {"from_store": "15-UTAMA", "to_store": "15.03-UTAMA", "item": "blangko", "quantity": 5}
    transfer = admin.post("/transfers", goods)["id"]
    admin.post("/recordings", {"recordings": [person(waiting), person(printing)]})
    job = admin.post("/print-jobs", {"store": "15.03-UTAMA", "recordings": [printing]})["id"]
    user = admin.post("/users", {"name": "Siti", "role": "clerk", "office": "15.03"})["id"]
    token = admin.post(f"/users/{user}/tokens", {"label": "meja 1"})["id"]
    movement = admin.post("/receipts", receipt("15.03-UTAMA", 10))["id"]
    document = admin.post("/documents", {"kind": "tanda_terima", "subject": movement})
    target = {"region": "15.03", "percent": 98, "due_on": f"{2000 + number}-12-31"}
    return {
        "store": "15.03-UTAMA", "from_store": "15-UTAMA", "to_store": "15.03-UTAMA", "item": "blangko",
        "office": "15.03", "host_office": "15.03", "owner": "15", "region": "15.03", "parent": "15", "code": "15.03",
        "client_id": waiting, "recording": printing, "event": event, "event_id": event, "stop": stop, "stop_id": stop,
        "pledge": pledge, "pledge_id": pledge, "transfer_id": transfer, "job_id": job, "user": user, "user_id": user,
        "token_id": token, "movement_id": movement, "receipt_id": movement,
        "target_id": admin.post("/coverage/targets", target)["id"],
        "document_id": document["id"], "check_value": document["check_value"], "subject": movement,
    }  # fmt: skip


@pytest.fixture(scope="module")
def standing(admin):
    """For operations that change nothing."""
    return documents(admin)


def known(thing, facts):
    """The same body, query or path with things that exist in place of what was guessed."""
    if isinstance(thing, list):
        return [known(part, facts) for part in thing]
    if not isinstance(thing, dict):
        return thing
    return {
        name: facts[name] if name in facts and isinstance(value, str | int) else known(value, facts)
        for name, value in thing.items()
    }


@pytest.mark.parametrize(("path", "method"), operations())
def test_every_operation_answers_as_the_document_says(database, document, admin, standing, path, method):
    operation = document[path][method]
    facts = standing if method == "get" else documents(admin)
    headers = {"Authorization": f"Bearer {admin.token}"}

    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(max_examples=4 if database.sqlite else 10)  # PostgreSQL is the stricter of the two
    @given(st.one_of(right, right, wrong), st.booleans())
    def answers(case, exists):
        if exists:
            case.body, case.query = known(case.body, facts), known(case.query, facts)
        if exists or "token_id" in case.path_parameters:  # not the administrator's own token
            case.path_parameters = known(case.path_parameters, facts)
        case.call_and_validate(headers=headers, checks=CHECKS)

    answers()
