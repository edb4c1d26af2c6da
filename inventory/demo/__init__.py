"""The five reference scenarios, told through the same commands that everybody uses."""

from __future__ import annotations


def load() -> str:
    """Load the scenarios."""
    return "nothing yet"
