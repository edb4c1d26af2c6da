"""What a paper tells: the facts of its subject at the moment it is made, with people named by a key only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.documents.rules import DocumentKind, said_span
from inventory.errors import NotFound
from inventory.offices.models import Office, Store
from inventory.outreach.models import Event
from inventory.people.models import User
from inventory.stock import numbers
from inventory.stock.models import Account, Interval, NumberSeries
from inventory.stock.numbers import Series, Span
from inventory.stock.rules import Condition, Place
from inventory.texts import Text
from inventory.words import in_indonesian


class DocumentSubjectNotFound(NotFound):
    """What the paper is to tell of does not exist, or is out of the actor's reach."""

    code = "document_subject_not_found"
    text = Text("Tidak ada {subject} untuk {kind}.", "There is no {subject} for {kind}.")


@dataclass(frozen=True, slots=True)
class Card:
    """A stock card: a store's item in one condition, from a day until a day."""

    store: str
    item: str
    condition: Condition
    from_on: date
    until_on: date

    @property
    def key(self) -> str:
        """The card as one word."""
        return f"{self.store}:{self.item}:{self.condition}:{self.from_on}:{self.until_on}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The cards of an event that wait to be handed over: all, or those recorded at one stop."""

    event: int
    stop: int | None = None

    @property
    def key(self) -> str:
        """Which they are as one word."""
        return f"event:{self.event}" if self.stop is None else f"event:{self.event}:stop:{self.stop}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a paper tells of, and whose it is: the same people read the paper as read the thing itself."""

    kind: DocumentKind
    key: str
    row: Any
    office: str
    other_office: str | None = None
    owner_office: str | None = None
    event_id: int | None = None
    from_event_id: int | None = None
    # What has a number in the office's register is papered under that one.
    own_number: str = ""

    @property
    def offices(self) -> tuple[str, ...]:
        """The offices that answer."""
        return tuple(filter(None, (self.office, self.other_office, self.owner_office)))

    @property
    def events(self) -> tuple[int, ...]:
        """The events whose members may see it."""
        return tuple(filter(None, (self.event_id, self.from_event_id)))


@dataclass(frozen=True, slots=True)
class Signer:
    """One block for a signature: a user, somebody named in the document, or an empty line.

    An official has a NIP, which is written by hand.
    """

    role: str
    user_id: int | None = None
    witness: str | None = None
    office: str = ""
    official: bool = True


def said(word: StrEnum | None) -> str:
    """The Indonesian word of a code name."""
    return "" if word is None else str(in_indonesian(word))


def nature(condition: Condition) -> str:
    """What is unusual about goods: nothing, where they are as they came."""
    return "" if condition is Condition.BLANK else said(condition)


def place(session: Session, code: str) -> dict[str, str]:
    """A store, by name and code."""
    store = session.get_one(Store, code)
    return {"name": store.name, "code": store.code}


def goods(session: Session, code: str) -> dict[str, str]:
    """An item, as a row of a paper begins."""
    item = session.get_one(Item, code)
    return {"item": item.name, "unit": item.unit}


def state(kind: ItemKind, condition: Condition) -> str:
    """In which of its conditions an item is: a blank is always in one, anything else only when it is spoiled."""
    return said(condition) if kind is ItemKind.BLANK else nature(condition)


def event_name(session: Session, event_id: int | None) -> str:
    """An event's name; empty for none."""
    return session.get_one(Event, event_id).name if event_id else ""


def letterhead(session: Session, code: str) -> dict[str, str]:
    """The office that issues a paper, with the one above it."""
    office = session.get_one(Office, code)
    above = session.get(Office, office.parent_code) if office.parent_code else None
    return {"office": office.name, "office_code": code, "above": above.name if above else "", "zone": office.time_zone}


def signatures(
    session: Session, signers: Iterable[Signer], witnesses: Mapping[str, Mapping[str, str]]
) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]]]:
    """The blocks of a paper, and apart from them the names behind their keys."""
    signers = list(signers)
    ids = {signer.user_id for signer in signers if signer.user_id}
    rows = session.execute(
        sa.select(User.id, User.name, User.role, Office.name.label("office"))
        .join(Office, Office.code == User.office_code)
        .where(User.id.in_(ids))
    ).all()
    users = {row.id: row for row in rows}
    names = {f"user:{row.id}": {"name": row.name, "institution": row.office} for row in rows}
    blocks = []
    for signer in signers:
        user = users.get(signer.user_id or 0)
        who = f"user:{user.id}" if user else signer.witness
        official = signer.official and signer.witness is None
        told = {"office": user.office if user else signer.office, "duty": said(user.role) if user else ""}
        blocks.append({"role": signer.role, "who": who, "official": official, **told})
    return blocks, names | {key: dict(value) for key, value in witnesses.items()}


@dataclass(frozen=True, slots=True)
class Brought:
    """Numbers that a movement brought, with the lot and the condition they came in."""

    span: Span
    lot_id: int | None
    condition: Condition
    movement_id: int


def brought(session: Session, movements: Iterable[int | None], *places: Place) -> list[Brought]:
    """The numbers that these movements brought into such places, in order, wherever they are now."""
    wanted = [movement for movement in movements if movement]
    rows = session.execute(
        sa.select(
            Interval.first, Interval.last, Interval.lot_id, Interval.made_by, NumberSeries.prefix, NumberSeries.width,
            Account.condition,
        )
        .join(NumberSeries, NumberSeries.id == Interval.series_id)
        .join(Account, Account.id == Interval.account_id)
        # The rest of an interval that was cut later is no other number than the whole one.
        .where(Interval.made_by.in_(wanted), Interval.split_from_id.is_(None), Account.place.in_(places))
        .order_by(NumberSeries.prefix, NumberSeries.width, Interval.first)
    ).all()  # fmt: skip
    return [
        Brought(Span(Series(row.prefix, row.width), row.first, row.last), row.lot_id, row.condition, row.made_by)
        for row in rows
    ]


def numbered_lines(base: Mapping[str, Any], spans: Iterable[Span], quantity: int) -> list[dict[str, Any]]:
    """A row an interval; what has no numbers is a row of its own."""
    lines = [{**base, "numbers": said_span(span), "quantity": len(span)} for span in numbers.compact(spans)]
    counted = quantity - sum(line["quantity"] for line in lines)
    return [*lines, {**base, "numbers": "", "quantity": counted}] if counted else lines
