"""A movement in one sentence, as one would tell it to a colleague."""

from __future__ import annotations

from typing import Any

from inventory.stock.rules import MovementKind, ReceiptSource, SpoilReason
from inventory.texts import Text, figure
from inventory.words import in_english, in_indonesian
from web import choices
from web.language import item_text, unit_text

_SENTENCES = {
    MovementKind.RECEIPT: Text("{goods} diterima di {store}.", "{goods} received at {store}."),
    MovementKind.SPOILAGE: Text(
        "{goods} rusak dan dipindahkan ke karantina di {store}.", "{goods} spoiled and put into quarantine at {store}."
    ),
    MovementKind.LOSS: Text("{goods} dilaporkan hilang dari {store}.", "{goods} reported lost from {store}."),
    MovementKind.CONSUMPTION: Text("{goods} dipakai di {store}.", "{goods} used up at {store}."),
    MovementKind.REVERSAL: Text("{goods} dibalik di {store}: catatan lama keliru.", "{goods} reversed at {store}."),
    MovementKind.EARMARK: Text(
        "{goods} disisihkan untuk acara di {store}.", "{goods} at {store} set aside for an event."
    ),
    MovementKind.RELEASE: Text(
        "{goods} di {store} tidak lagi disisihkan untuk acara.", "{goods} at {store} are no longer set aside."
    ),
    MovementKind.DISPATCH: Text("{goods} berangkat dari {store}.", "{goods} left {store}."),
    MovementKind.DELIVERY: Text("{goods} sampai di {store}.", "{goods} arrived at {store}."),
    MovementKind.SURPLUS: Text("{goods} lebih dari yang dikirim, di {store}.", "{goods} more than sent, at {store}."),
    MovementKind.CUSTODY: Text("{goods} dari {store} diserahkan untuk satu sif.", "{goods} of {store} handed out."),
    MovementKind.CUSTODY_RETURN: Text("{goods} kembali dari sif ke {store}.", "{goods} back from a shift at {store}."),
    MovementKind.TRACKING: Text("{goods} di {store} dicatat nomornya.", "{goods} at {store} got their numbers."),
    MovementKind.ADJUSTMENT: Text(
        "Pembukuan {store} disesuaikan dengan opname: {goods}.", "The books of {store} follow a count: {goods}."
    ),
    MovementKind.DESTRUCTION: Text("{goods} dari {store} dimusnahkan.", "{goods} of {store} destroyed."),
    MovementKind.PRINTING: Text("{goods} dicetak di {store}.", "{goods} printed at {store}."),
    MovementKind.ISSUE: Text("{goods} dari {store} diserahkan kepada warga.", "{goods} of {store} handed over."),
}
_OTHER = Text("{kind}: {goods} di {store}.", "{kind}: {goods} at {store}.")


def sentence(movement: dict[str, Any]) -> Text:
    """What happened, how much of what, and where."""
    kind = movement["kind"]
    store = choices.brief(movement["store_name"])
    told = _SENTENCES.get(kind, _OTHER).format(goods=_goods(movement), store=store, kind=kind)
    return Text(told[:1].upper() + told[1:], told.en[:1].upper() + told.en[1:])


def _goods(movement: dict[str, Any]) -> Text:
    gained: dict[tuple[str, str], int] = {}
    for entry in movement["entries"]:
        if entry["quantity"] > 0:
            key = (entry["item_name"], entry["unit"])
            gained[key] = gained.get(key, 0) + entry["quantity"]
    parts = [(figure(quantity), unit_text(unit), item_text(name)) for (name, unit), quantity in gained.items()]
    return Text(
        ", ".join(f"{quantity} {unit} {name}" for quantity, unit, name in parts),
        ", ".join(f"{quantity.en} {unit.en} ({name.en})" for quantity, unit, name in parts),
    )


def why(movement: dict[str, Any]) -> Text | None:
    """The reason in words: its code name spelled out, and what somebody wrote behind it."""
    code, _, rest = movement["reason"].partition(": ")
    for known in (SpoilReason, ReceiptSource):
        if code in known._value2member_map_:
            value = known(code)
            return Text(
                ": ".join(filter(None, (str(in_indonesian(value)), rest))),
                ": ".join(filter(None, (str(in_english(value)), rest))),
            )
    return Text(movement["reason"], movement["reason"]) if movement["reason"] else None
