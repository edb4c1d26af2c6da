"""What a number's story says of each hand it passed, and why numbers can be gaps."""

from __future__ import annotations

from enum import StrEnum

from inventory.stock.rules import Condition, Place


class GapKind(StrEnum):
    """Why a number that was received is not accounted for."""

    DISPUTED = "disputed"
    CUSTODY = "custody"
    COUNT = "count"
    LOSS = "loss"
    SKIPPED = "skipped"


class BlankState(StrEnum):
    """What a blank is, as people say it."""

    ON_HAND = "on_hand"
    EARMARKED = "earmarked"
    IN_CUSTODY = "in_custody"
    IN_TRANSIT = "in_transit"
    SPOILED = "spoiled"
    PRINTED = "printed"
    ISSUED = "issued"
    DESTROYED = "destroyed"
    LOST = "lost"
    TAKEN_BACK = "taken_back"


_BY_PLACE = {
    Place.ISSUED: BlankState.ISSUED,
    Place.DESTROYED: BlankState.DESTROYED,
    Place.LOST: BlankState.LOST,
    Place.SUPPLIED: BlankState.TAKEN_BACK,
    Place.TRANSFER: BlankState.IN_TRANSIT,
}
_BY_CONDITION = {Condition.PRINTED: BlankState.PRINTED, Condition.SPOILED: BlankState.SPOILED}


def state_of(place: Place, condition: Condition, *, event: bool) -> BlankState:
    """The one state of a blank, read off where it lies and what it is."""
    if place in _BY_PLACE:
        return _BY_PLACE[place]
    if condition in _BY_CONDITION:
        return _BY_CONDITION[condition]
    if place is not Place.STORE:
        return BlankState.IN_CUSTODY
    return BlankState.EARMARKED if event else BlankState.ON_HAND
