"""The OpenAPI document describes every route, and its page is served from this host alone."""

from __future__ import annotations

import re

import pytest

from api.blueprint import Key
from inventory.errors import InventoryError

METHODS = {"get", "post", "patch", "put", "delete"}


@pytest.fixture
def document(app):
    return app.test_client().get("/api/v1/openapi.json").get_json()


@pytest.fixture
def operations(document):
    return {
        (method, path): {**operation, "parameters": operation.get("parameters", []) + item.get("parameters", [])}
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_the_document_says_what_it_is_and_how_to_sign_in(document):
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "Blangko"
    assert document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    assert document["security"] == [{"token": []}]


def test_every_route_of_the_api_is_described(app, operations):
    served = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api-docs.openapi_json":
            path = re.sub(r"<[^<>]*?:?(\w+)>", r"{\1}", rule.rule)
            served |= {(method.lower(), path) for method in rule.methods & {m.upper() for m in METHODS}}
    assert set(operations) == served


def test_every_operation_has_a_sentence_a_name_of_its_own_and_a_problem_as_its_other_answer(operations):
    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) == len(set(names))
    for (method, path), operation in operations.items():
        assert operation["summary"].endswith("."), (method, path)
        assert operation["responses"]["default"]["$ref"].endswith("/DEFAULT_ERROR"), (method, path)
        assert any(status.startswith("2") for status in operation["responses"]), (method, path)


def test_every_error_is_described_as_a_problem_document(document):
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_keys_and_versions_are_headers_of_the_operations_that_need_them(app, operations):
    adapter = app.url_map.bind("localhost")
    for (method, path), operation in operations.items():
        address = re.sub(r"{(\w+)}", "1", path)
        endpoint, _ = adapter.match(address, method=method.upper())
        headers = {one["name"]: one["required"] for one in operation["parameters"] if one["in"] == "header"}
        expected = {Key.REQUIRED: {"Idempotency-Key": True}, Key.OPTIONAL: {"Idempotency-Key": False}}
        wanted = expected.get(app.view_functions[endpoint].key, {})
        assert headers == (wanted | {"If-Match": True} if method == "patch" else wanted), (method, path)


def test_every_body_refuses_what_it_does_not_know(document, operations):
    for (method, path), operation in operations.items():
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert document["components"]["schemas"][name]["additionalProperties"] is False, (method, path)


def test_every_list_comes_as_items_with_a_cursor_and_takes_limit_cursor_and_order(document, operations):
    lists = 0
    for (method, path), operation in operations.items():
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        name = answer.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if method == "get" and name.endswith("Page"):
            lists += 1
            assert set(document["components"]["schemas"][name]["required"]) >= {"items", "next"}, path
            assert {"limit", "cursor", "order"} <= {one["name"] for one in operation["parameters"]}, path
    assert lists > 10


def test_patterns_are_of_the_kind_that_json_schema_knows(document):
    def patterns(thing):
        if isinstance(thing, dict):
            yield from [thing["pattern"]] if isinstance(thing.get("pattern"), str) else []
            thing = list(thing.values())
        if isinstance(thing, list):
            for part in thing:
                yield from patterns(part)

    found = set(patterns(document))
    assert found
    assert [pattern for pattern in found if re.search(r"\\[AZz]|\(\?P|\(\?<", pattern)] == []


def test_no_secret_and_no_inner_name_is_in_the_document(document):
    text = repr(document)
    assert InventoryError.__name__ not in text
    assert "_code'" not in text.replace("postal_code'", "")


def test_the_page_and_all_it_loads_come_from_this_host(app):
    client = app.test_client()
    page = client.get("/api/docs")
    assert page.mimetype == "text/html"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    loaded = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page.get_data(as_text=True))
    assert len(loaded) >= 3
    for address in loaded:
        assert address.startswith("/")
        with client.get(address) as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize("name", ["../docs.py", "..%2fdocs.py", "nothing.js", "%00", "/etc/passwd"])
def test_the_page_serves_nothing_but_its_own_files(app, name):
    assert app.test_client().get(f"/api/docs/{name}", follow_redirects=True).status_code == 404
