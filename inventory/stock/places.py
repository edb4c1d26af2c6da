"""A place as a message names it, in both languages."""

from __future__ import annotations

from inventory.stock.rules import Place
from inventory.texts import Text
from inventory.words import in_english, in_indonesian

_OF_DOCUMENTS = {
    Place.TRANSFER: Text("pengiriman {document}", "transfer {document}"),
    Place.CUSTODY: Text("sif {document}", "custody session {document}"),
}


def whereabouts(store: str, place: Place, document_id: int, *more: object) -> Text:
    """The store, what of it is meant where it is not the store itself, and in brackets what lies there."""
    told = Text(store, store)
    if place is not Place.STORE:
        named = _OF_DOCUMENTS.get(place, Text("{place}", "{place}")).format(place=place, document=document_id)
        told = Text(f"{store}, {named}", f"{store}, {named.en}")
    if not more:
        return told
    return Text(
        f"{told} ({', '.join(str(in_indonesian(each)) for each in more)})",
        f"{told.en} ({', '.join(str(in_english(each)) for each in more)})",
    )
