"""Changing the catalogue."""

from __future__ import annotations

from typing import Any

from inventory import access, audit
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import STANDARD_ITEMS, check_item
from inventory.database import insert_ignore, table_of, transaction
from inventory.offices.commands import CodeTaken
from inventory.offices.rules import MINISTRY
from inventory.retries import FIRST, Once


def add_standard_items() -> int:
    """Add the standard items that are not there yet; safe to repeat."""
    with transaction() as session:
        return insert_ignore(session, table_of(Item), STANDARD_ITEMS)


def add_item(actor: Actor, item: dict[str, Any], once: Once = FIRST) -> str:
    """Add an item for everybody: only the ministry's administrators may. Answers its code."""
    with transaction() as session:
        access.require(actor, Action.ADMINISTER, MINISTRY)
        if once.done_before(session) is not None:
            return str(item["code"])
        check_item(item["kind"], item["cards_per_unit"])
        if not insert_ignore(session, table_of(Item), [item]):  # there already, or a twin was quicker
            raise CodeTaken(pointer="/code", key=item["code"])
        audit.record(session, actor, "add_item", "item", item["code"], MINISTRY)
        once.keep(session, 1)
        return str(item["code"])
