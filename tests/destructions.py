"""Spoiled blanks, withdrawn cards and the batches they burn in: for tests of quarantine and destruction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from flask import Flask

from inventory.disposal.queries import differences
from inventory.disposal.rules import DestructionClass
from tests.builders import Caller, receipt

STORE = "15.03-UTAMA"
CLASSES = [each.value for each in DestructionClass]
WITNESSES = [
    {"name": "Siti Aminah", "institution": "Inspektorat Sarolangun"},
    {"name": "Budi Santoso", "institution": "Satpol PP"},
]
_examples = count(1)


@pytest.fixture
def agrees(app: Flask, exact: None) -> Iterator[None]:
    """After the test destructions, the ledger and the register tell the same."""
    yield
    with app.app_context():
        assert list(differences()) == []


@pytest.fixture
def desk(calls: Callable[[str, str], Caller]) -> Caller:
    """The printing staff of Sarolangun, who take old cards in."""
    return calls("printer", "15.03")


@pytest.fixture
def batch(calls: Callable[[str, str], Caller]) -> Callable[..., dict[str, Any]]:
    """`batch(lines=[...], ...)` is the body of a destruction counted by the printing staff and the field team."""
    counters = [calls(role, "15.03").actor.user_id for role in ("printer", "field")]

    def body(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "store": STORE, "number": f"BA/{next(_examples)}", "destroyed_on": "2026-03-12", "lines": list(lines),
            "witnesses": WITNESSES, "counted_by": counters, **more,
        }  # fmt: skip

    return body


@pytest.fixture
def spoiled(clerk: Caller) -> None:
    """100 blanks, of which 20 are damaged, 10 failed in print and 5 came broken."""
    clerk.post("/receipts", receipt(STORE, 100))
    for quantity, reason in ((20, "damaged"), (10, "print_failure"), (5, "factory_defect")):
        spoil(clerk, quantity, reason)


def line(quantity: int, reason: str = "damaged", **more: Any) -> dict[str, Any]:
    """One line of a batch, by quantity."""
    return {"item": "blangko", "reason": reason, "quantity": quantity, **more}


def spoil(clerk: Caller, quantity: int, reason: str = "damaged", **more: Any) -> dict[str, Any]:
    """Spoil so many blanks, or those of the intervals."""
    body = {"store": STORE, "item": "blangko", "reason": reason, **more}
    return clerk.post("/spoilages", body if "intervals" in more else {**body, "quantity": quantity})


def withdrawn(quantity: int, reason: str = "data_change", on: str = "2026-03-01", **more: Any) -> dict[str, Any]:
    """One row of the register of withdrawn cards."""
    return {"store": STORE, "reason": reason, "quantity": quantity, "withdrawn_on": on, **more}


def lying(caller: Caller, **filters: Any) -> dict[tuple[str, str], int]:
    """What lies in quarantine, by owner and reason."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    rows = caller.get(f"/quarantine?{query}")["items"]
    return {(row["owner"], row["reason"]): row["quantity"] for row in rows}
