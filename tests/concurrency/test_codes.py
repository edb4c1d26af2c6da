"""Real threads that want one code: one has it, the others are told so."""

from __future__ import annotations

import pytest

from inventory.database import transaction
from inventory.offices.models import Office, Store
from tests.concurrency.racing import race

BODIES = {
    "/stores": {"code": "15.03-UPT", "office": "15.03", "kind": "service_point", "name": "UPT"},
    "/offices": {"code": "15.72", "name": "Dinas Dukcapil Kota Sungai Penuh"},
    "/items": {"code": "blangko-2", "name": "Blangko", "kind": "blank", "family": "blangko", "unit": "keping"},
}


@pytest.mark.parametrize("path", BODIES)
def test_of_8_threads_that_take_one_code_one_gets_it_and_7_are_told(app, calls, path):
    with app.app_context(), transaction() as session:  # as if 15.72 had been made after the first start
        session.delete(session.get(Store, "15.72-UTAMA"))
        session.flush()
        session.delete(session.get(Office, "15.72"))
    admin = calls("admin", "0")
    answers = race(8, lambda _: admin.send("POST", path, BODIES[path]))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.get_json().get("code") for answer in answers if answer.status_code == 409} == {"code_taken"}
