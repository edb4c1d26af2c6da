"""What a number's story says of each hand it passed, and why numbers can be gaps."""

from __future__ import annotations

from enum import StrEnum

from inventory.stock.rules import Condition, MovementKind, Place


class GapKind(StrEnum):
    """Why a number that was received is not accounted for."""

    DISPUTED = "disputed"
    CUSTODY = "custody"
    COUNT = "count"
    LOSS = "loss"


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


class DocumentOf(StrEnum):
    """What the `document` of a hand is the number of."""

    RECEIPT = "receipt"
    TRANSFER = "transfer"
    CUSTODY = "custody"
    PRINT_JOB = "print_job"
    EVENT = "event"
    COUNT = "count"
    DESTRUCTION = "destruction"


_TRANSFERRING = ("dispatch", "delivery", "surplus", "recall", "undelivery", "found", "brought")
_DOCUMENTS = {
    MovementKind.RECEIPT: DocumentOf.RECEIPT,
    **{MovementKind(kind): DocumentOf.TRANSFER for kind in _TRANSFERRING},
    MovementKind.CUSTODY: DocumentOf.CUSTODY,
    MovementKind.CUSTODY_RETURN: DocumentOf.CUSTODY,
    MovementKind.PRINTING: DocumentOf.PRINT_JOB,
    MovementKind.PRINTING_UNDO: DocumentOf.PRINT_JOB,
    MovementKind.EARMARK: DocumentOf.EVENT,
    MovementKind.RELEASE: DocumentOf.EVENT,
    MovementKind.CLOSING: DocumentOf.EVENT,
    MovementKind.ADJUSTMENT: DocumentOf.COUNT,
    MovementKind.DESTRUCTION: DocumentOf.DESTRUCTION,
}


def document_of(kind: MovementKind, before: Place | None) -> DocumentOf | None:
    """What a movement's document is; a write-off is that of the place the goods lay in `before`."""
    if kind is MovementKind.WRITE_OFF:
        return DocumentOf.CUSTODY if before is Place.CUSTODY else DocumentOf.TRANSFER
    return _DOCUMENTS.get(kind)


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
