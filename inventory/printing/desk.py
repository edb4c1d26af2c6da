"""What lies before somebody who hands cards over: finding a card by what can be scanned or typed, and its story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from inventory import access, keys, niks
from inventory.access import Action, Actor
from inventory.database import current
from inventory.errors import Fault, LinesRefused, NotFound, RuleViolated
from inventory.offices.models import Office, Store
from inventory.paging import Page, Slice
from inventory.printing import queries
from inventory.printing.ageing import WAITING
from inventory.printing.models import Attempt, Card
from inventory.printing.queries import CardFilter
from inventory.printing.rules import CardStatus, Outcome
from inventory.recordings.models import Recording
from inventory.recordings.queries import chunks, joined_events
from inventory.regions.models import Region
from inventory.texts import Text

_NIK, _TAIL = 16, 4
# A tail is looked for among the cards that wait at one office: more than an office can shelve.
_MOST_WAITING, _MOST_SHOWN = 20_000, 20


class CardNotFound(NotFound):
    """The recording has no card that the actor reaches."""

    code = "card_not_found"
    text = Text("Kartu perekaman {recording} tidak ditemukan.", "No card of recording {recording} was found.")


class CardUnknown(RuleViolated):
    """What was scanned or typed is no card that the actor reaches."""

    code = "card_unknown"
    text = Text(
        'Tidak ada kartu untuk "{typed}" yang dapat Anda lihat.', 'There is no card for "{typed}" that you can see.'
    )


class CardAmbiguous(RuleViolated):
    """What was scanned or typed is more than one card."""

    code = "card_ambiguous"
    text = Text(
        '"{typed}" cocok dengan {count} kartu: pindai nomor kepingnya atau ketik nomor perekamannya.',
        '"{typed}" is {count} cards: scan the number of the blank, or type the number of the recording.',
    )


def with_people(cards: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The cards with the masked NIK and the reason of each, and with the names of their stores and regions."""
    people: dict[int, Any] = {}
    for part in chunks([card["recording"] for card in cards]):
        query = sa.select(Recording.id, Recording.nik_secret, Recording.reason, Recording.purged_at)
        people.update((row.id, row) for row in current().execute(query.where(Recording.id.in_(part))))
    stores, regions = place_names((card["store"] for card in cards), (card["sent_to"] for card in cards))
    return [
        {
            **card,
            "nik": niks.masked(keys.decrypt(people[card["recording"]].nik_secret)),
            "reason": people[card["recording"]].reason,
            "store_name": stores.get(card["store"], card["store"]),
            "sent_to_name": regions.get(card["sent_to"] or ""),
        }
        for card in cards
    ]


def store_names(codes: Iterable[str]) -> dict[str, str]:
    """What people call these stores."""
    return place_names(codes, ())[0]


def region_names(codes: Iterable[str | None]) -> dict[str, str]:
    """What people call these regions."""
    return place_names((), codes)[1]


def place_names(stores: Iterable[str], regions: Iterable[str | None]) -> tuple[dict[str, str], dict[str, str]]:
    """What people call these stores, and these regions: one statement."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    parts = [
        sa.select(sa.literal(kind).label("kind"), column, name).where(column.in_(wanted))
        for kind, (column, name, codes) in enumerate(
            ((Store.code, Store.name, stores), (Region.code, Region.name, regions))
        )
        if (wanted := sorted({code for code in codes if code}))
    ]
    if parts:
        for kind, code, name in current().execute(sa.union_all(*parts)):
            found[kind][code] = name
    return found


def list_cards(actor: Actor, which: CardFilter, wanted: Slice) -> Page:
    """The cards that the actor reaches, with masked NIKs and with names."""
    found = queries.list_cards(actor, which, wanted)
    return Page(with_people(found.items), found.next)


def _require(actor: Actor) -> None:
    access.require(actor, Action.READ_RECORDINGS, actor.office)


def get_cards(actor: Actor, recordings: Sequence[int]) -> list[dict[str, Any]]:
    """The standing cards of these recordings that the actor reaches, in this order."""
    _require(actor)
    query = sa.select(Card.recording_id).where(Card.recording_id.in_(recordings), queries.cards_reached(actor))
    reached = set(current().scalars(query))
    return with_people(queries.get_cards([each for each in recordings if each in reached]))


def get_card(actor: Actor, recording: int) -> dict[str, Any]:
    """One card with the job that printed it and what its office wants; raises `CardNotFound`."""
    found = get_cards(actor, [recording])
    if not found:
        raise CardNotFound(recording=recording)
    card = found[0]
    query = (
        sa.select(Attempt.job_id.label("job"), Office.undo_minutes, Office.card_check)
        .join(Card, Card.attempt_id == Attempt.id)
        .join(Office, Office.code == Card.office_code)
        .where(Card.id == card["id"])
    )
    row = current().execute(query).one()
    wants = row.card_check and card["event"] is None and card["checked_at"] is None
    return {**card, "job": row.job, "undo_minutes": row.undo_minutes, "must_check": wants}


def find(actor: Actor, typed: str) -> list[int]:
    """The recordings whose cards are meant, those that wait first; raises `CardUnknown`.

    By the number of the blank, of the recording, the whole NIK; else by the last digits of any of them, among the
    cards that wait.
    """
    _require(actor)
    found = _exactly(actor, [typed]).get(typed) or _by_tail(actor, typed)
    if not found:
        raise CardUnknown(pointer="/card", typed=niks.untold(typed))
    return found[:_MOST_SHOWN]


def meant(actor: Actor, typed: Sequence[str], pointer: str) -> list[int]:
    """The recording of each card that was scanned or typed; raises `LinesRefused` at `pointer` with its index."""
    _require(actor)
    found = _exactly(actor, list(dict.fromkeys(typed)))
    faults, recordings = [], []
    for index, text in enumerate(typed):
        cards = found.get(text, [])
        if len(cards) == 1:
            recordings += cards
            continue
        told = niks.untold(text)
        error = CardAmbiguous(typed=told, count=len(cards)) if cards else CardUnknown(typed=told)
        faults.append(Fault(pointer.format(index=index), error.sentence, error.code))
    if faults:
        raise LinesRefused(faults)
    return recordings


def _exactly(actor: Actor, typed: Sequence[str]) -> dict[str, list[int]]:
    """The cards with exactly these numbers, each of the ways by its own index."""
    found: dict[str, list[int]] = {}
    standing = sa.and_(Card.status != CardStatus.UNDONE, queries.cards_reached(actor))
    for text, recording in (pair for part in chunks(typed) for pair in _pairs(actor, part, standing)):
        if recording not in found.setdefault(text, []):
            found[text].append(recording)
    return found


def _pairs(actor: Actor, typed: Sequence[str], standing: Any) -> Iterator[tuple[str, int]]:
    card = sa.select(Card.recording_id).where(standing).order_by(Card.status == CardStatus.ISSUED, Card.recording_id)
    numbers = card.join(Attempt, Attempt.id == Card.attempt_id).add_columns(Attempt.number)
    numbers = numbers.where(Attempt.number.in_(typed), Attempt.undone_by.is_(None), Attempt.outcome == Outcome.PRINTED)
    yield from ((row.number, row.recording_id) for row in current().execute(numbers))
    people = card.join(Recording, Recording.id == Card.recording_id)
    clients = people.add_columns(Recording.client_id).where(Recording.client_id.in_(typed))
    office = access.within(Recording.office_code, actor.office)
    joined = list(current().scalars(joined_events(actor)))
    mine = sa.or_(office, Card.event_id.in_(joined)) if joined else office
    yield from ((row.client_id, row.recording_id) for row in current().execute(clients.where(mine)))
    indexes = {keys.blind_index(text): text for text in typed if len(text) == _NIK and text.isdecimal()}
    if indexes:
        niks_of = people.add_columns(Recording.nik_index).where(Recording.nik_index.in_(list(indexes)))
        yield from ((indexes[row.nik_index], row.recording_id) for row in current().execute(niks_of))


def _by_tail(actor: Actor, typed: str) -> list[int]:
    if len(typed) < _TAIL or len(typed) >= _NIK:
        return []
    query = (
        sa.select(Card.recording_id, Recording.client_id, Attempt.number, Recording.nik_secret)
        .join(Recording, Recording.id == Card.recording_id)
        .join(Attempt, Attempt.id == Card.attempt_id)
        .where(WAITING, access.within(Card.office_code, actor.office))
        .order_by(Card.printed_at.desc())
        .limit(_MOST_WAITING)
    )
    found = []
    digits = typed.isascii() and typed.isdecimal() and len(typed) == _TAIL
    for row in current().execute(query, execution_options={"yield_per": 1_000}):
        ends = row.client_id.endswith(typed) or (row.number is not None and row.number.endswith(typed))
        if ends or (digits and keys.decrypt(row.nik_secret).endswith(typed)):
            found.append(row.recording_id)
    return found


def count_unchecked(actor: Actor) -> int:
    """How many cards of the actor's office wait and were not looked at."""
    _require(actor)
    query = sa.select(sa.func.count()).select_from(Card).where(WAITING, Card.checked_at.is_(None))
    return int(current().scalar(query.where(access.within(Card.office_code, actor.office))) or 0)
