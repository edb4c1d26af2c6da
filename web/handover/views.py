"""The desk where cards are handed over: find the card, say who takes it, give it; and what can go wrong with one."""

from __future__ import annotations

import re
from typing import Any

from flask import request, session

from api.printing.schemas import IssueIn
from inventory.access import Action
from inventory.disposal.rules import DestructionClass
from inventory.printing import checks, desk, handover
from inventory.printing.consignment_rules import SELF, CollectorCheck
from inventory.printing.handover import Handover
from inventory.printing.rules import CardStatus
from inventory.printing.run_rules import Found, Quality
from inventory.texts import Text
from web.handover.schemas import BadIn, FindIn, LossIn, MistakeIn
from web.language import told
from web.pages import Pages, actor, done, once, see
from web.printing.shape import period
from web.runs.views import SPOILED

pages = Pages("handover", __name__)
# What was handed over just now is known to this browser only: the ids of the last few, no names.
_KEPT, _LAST, _MANY = "serah", 15, 20
_AN_ID = re.compile(r"[0-9]{1,15}")
# Who collects, as it is written into the register; the first is the resident.
RELATIONS = (
    (SELF, Text("penduduknya sendiri", "the resident")),
    ("istri", Text("istri", "wife")),
    ("suami", Text("suami", "husband")),
    ("anak", Text("anak", "child")),
    ("ayah", Text("ayah", "father")),
    ("ibu", Text("ibu", "mother")),
    ("saudara", Text("saudara", "sibling")),
    ("perangkat desa", Text("perangkat desa", "village official")),
    ("kuasa", Text("orang lain dengan surat kuasa", "somebody with a letter of authority")),
)
_GIVEN_BACK = (
    (DestructionClass.DATA_CHANGE, Text("karena data berubah", "because data changed")),
    (DestructionClass.MOVED_IN, Text("karena pindah datang", "because of moving in")),
    (DestructionClass.DAMAGED, Text("karena rusak", "because it is damaged")),
)


@pages.shows("/cetak/serah", Action.PRINT)
def desk_page() -> Any:
    """Find a card; the one that was found, or the few that fit; and what was handed over just now."""
    return _desk([int(each) for each in request.args.get("kartu", "").split(",") if _AN_ID.fullmatch(each)])


def _desk(asked: list[int]) -> Any:
    cards = desk.get_cards(actor(), [*asked[:_MANY], *(each for each in _just_now() if each not in asked)])
    found = [card for card in cards if card["recording"] in asked]
    given = [card for card in cards if card["recording"] in _just_now() and card["status"] is CardStatus.ISSUED]
    one = found[0] if len(found) == 1 else None
    return see(
        "handover/desk.html",
        card=desk.get_card(actor(), one["recording"]) if one else None,
        found=found if len(found) > 1 else [],
        given=given,
        relations=_choices(RELATIONS),
        given_back=_choices(_GIVEN_BACK),
        checks=list(CollectorCheck),
    )


def _choices(pairs: Any) -> list[tuple[str, str]]:
    return [(str(value), str(told(text))) for value, text in pairs]


def _just_now() -> list[int]:
    kept = session.get(_KEPT, {})
    found: list[int] = kept.get("cards", []) if kept.get("by") == actor().user_id else []
    return found


@pages.does("/cetak/serah", Action.PRINT, body=FindIn, again=desk_page)
def find(body: dict[str, Any]) -> Any:
    """Find a card by what was scanned or typed."""
    found = desk.find(actor(), body["card"])
    return done(".desk_page", kartu=",".join(map(str, found)))


def _shown(recording: int) -> Any:
    """The desk with one card on it, when handing it over was refused."""
    return _desk([recording])


@pages.does("/cetak/serah/<int:recording>", Action.PRINT, body=IssueIn, again=_shown)
def issue(recording: int, body: dict[str, Any]) -> Any:
    """Hand one card over."""
    [line] = body["cards"][:1]
    given = Handover(**{**line, "recording": recording})
    handover.issue(actor(), [given], occurred_on=body["occurred_on"], once=once())
    session[_KEPT] = {"by": actor().user_id, "cards": [recording, *(e for e in _just_now() if e != recording)][:_LAST]}
    return done(".desk_page", Text("Kartu diserahkan.", "The card was handed over."))


@pages.shows("/cetak/kartu/<int:recording>", Action.READ_RECORDINGS)
def card(recording: int) -> Any:
    """One card: where it is, and what can be done when something is wrong with it."""
    found = desk.get_card(actor(), recording)
    relations = dict(RELATIONS)
    return see(
        "handover/card.html",
        card=found,
        within=period(found["undo_minutes"]),
        relation=relations.get(found["collector_relation"], found["collector_relation"]),
        classes=[(reason.value, text) for reason, text in SPOILED],
        posted=request.endpoint if request.method == "POST" else None,
    )


@pages.does("/cetak/kartu/<int:recording>/batal", Action.PRINT, body=MistakeIn, again=card)
def undo(recording: int, body: dict[str, Any]) -> Any:
    """Take a mistaken hand-over back."""
    handover.undo_issue(actor(), [recording], body["reason"], once=once())
    text = Text("Penyerahan dibatalkan: kartunya menunggu lagi.", "The hand-over is undone: the card waits again.")
    return done(".card", text, recording=recording)


@pages.does("/cetak/kartu/<int:recording>/hilang", Action.PRINT, body=LossIn, again=card)
def lose(recording: int, body: dict[str, Any]) -> Any:
    """Report a waiting card as lost or stolen."""
    handover.lose(actor(), [recording], body["reason"], police_number=body["police_number"], once=once())
    return done(".card", Text("Kartu dilaporkan hilang.", "The card was reported lost."), recording=recording)


@pages.does("/cetak/kartu/<int:recording>/jelek", Action.PRINT, body=BadIn, again=card)
def reject(recording: int, body: dict[str, Any]) -> Any:
    """Say that a card is no good: its blank is spoiled, and it is printed again."""
    found = Found(recording, Quality.BAD, body["fingerprint"], body["reason"])
    checks.check(actor(), [found], once=once())
    text = Text("Kartu jelek dicatat: kepingnya rusak, orangnya menunggu dicetak ulang.",
                "Noted as bad: the blank is spoiled, and the person waits to be printed again.")  # fmt: skip
    return done("printing_pages.jobs", text)
