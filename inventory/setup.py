"""Making a database ready: the region tree, the standing offices with their main stores, the standard items."""

from __future__ import annotations

from inventory.catalogue.commands import add_standard_items
from inventory.offices.commands import open_standard_offices
from inventory.regions.commands import load_regions


def fill() -> dict[str, int]:
    """Add what is not there yet; a second call adds nothing. Answers how many of each were new."""
    return {"regions": load_regions(), "offices": open_standard_offices(), "items": add_standard_items()}
