"""Blanks of series A by their numbers, as bodies and answers say them: for tests of numbers on the way."""

from __future__ import annotations

from typing import Any

from tests.builders import receipt


def spans(*ends: tuple[int, int]) -> dict[str, list[list[str]]]:
    """The intervals between these ends of series A, as a body says them."""
    return {"intervals": [[f"A{first:06}", f"A{last:06}"] for first, last in ends]}


def told(*ends: tuple[int, int]) -> list[list[str]]:
    """The same intervals, as an answer says them."""
    return spans(*ends)["intervals"]


def numbered(store: str, *ends: tuple[int, int], **more: Any) -> dict[str, Any]:
    """The body of a receipt of these intervals."""
    body = receipt(store, 1, **more)
    del body["quantity"]
    return {**body, **spans(*ends)}
