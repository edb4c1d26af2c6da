"""What every problem document has: for tests of what is refused and how it is told."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse


def assert_is_a_problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Check the status, the code and the parts that all problems have; answers the problem."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json", answer.content_type
    problem = answer.get_json()
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["type"].endswith(f"/api/problems#{code}")
    assert problem["type"].startswith("http")
    assert problem["title"]
    assert problem["detail"]
    return problem
