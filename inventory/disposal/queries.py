"""Reading quarantine, the register of withdrawn cards, destructions, and the monthly report upward."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory import access, keys
from inventory.access import Action, Actor, Role
from inventory.database import current
from inventory.disposal import report, rules
from inventory.disposal.models import Destruction, DestructionLine, WithdrawnCards
from inventory.disposal.report import IN_QUARANTINE, sum_of
from inventory.disposal.rules import DestructionClass, DestructionStatus, Sort
from inventory.errors import NotFound
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.rules import QUARANTINE, AccountKey, MovementKind, Place, lowest_since
from inventory.texts import Text

MASKED = "••••"
_CLASS_OF = {number: DestructionClass(reason.value) for reason, number in QUARANTINE.items()}
_WAITING = WithdrawnCards.quantity - WithdrawnCards.destroyed


class DestructionNotFound(NotFound):
    """No destruction has this id, or it is out of the actor's reach."""

    code = "destruction_not_found"
    text = Text("Pemusnahan {destruction} tidak ditemukan.", "Destruction {destruction} was not found.")


class WithdrawnNotFound(NotFound):
    """No row of the register of withdrawn cards has this id, or it is out of the actor's reach."""

    code = "withdrawn_not_found"
    text = Text("Register KTP ditarik {row} tidak ditemukan.", "Row {row} of the withdrawn cards was not found.")


@dataclass(frozen=True, slots=True)
class Where:
    """Which offices and stores are wanted; None means all of the actor's reach."""

    office: str | None = None
    store: str | None = None

    def narrow(self, actor: Actor, office: Any, store: Any, owner: Any = None) -> list[sa.ColumnElement[bool]]:
        """The conditions on these columns; naming what is out of reach is refused.

        With `owner` an office also sees what is its own, wherever it lies.
        """
        conditions: list[sa.ColumnElement[bool]] = []
        if self.office is not None:
            access.require(actor, Action.READ, self.office)
            conditions.append(access.within(office, self.office))
        if self.store is not None:
            conditions.append(store == store_for(actor, Action.READ, self.store).code)
        elif owner is not None:
            conditions.append(sa.or_(access.within(office, actor.office), access.within(owner, actor.office)))
        else:
            conditions.append(access.within(office, actor.office))
        return conditions


def quarantine(actor: Actor, where: Where, wanted: Slice) -> Page:
    """What lies in quarantine, a row per store, item, owner, event and class; `numbered` of it have known numbers."""
    columns = [Account.store_code, Account.item_code, Account.owner_code, Account.event_id, Account.document_id]
    numbered = sa.case((Account.numbered, Account.balance), else_=0)
    query = (
        sa.select(*columns, Account.office_code, sum_of(Account.balance).label("quantity"))
        .add_columns(sum_of(numbered).label("numbered"))
        .where(IN_QUARANTINE, Account.balance != 0)
        .where(*where.narrow(actor, Account.office_code, Account.store_code, Account.owner_code))
        .group_by(*columns, Account.office_code)
    )
    found = page(query, columns, wanted, rows=True)
    rows = [{**row._mapping, "reason": _CLASS_OF[row.document_id]} for row in found.items]  # noqa: SLF001
    return Page(rows, found.next)


def waiting(actor: Actor, where: Where) -> dict[str, int]:
    """How many withdrawn cards wait for the fire, by class."""
    query = sa.select(WithdrawnCards.reason, sum_of(_WAITING).label("waiting")).group_by(WithdrawnCards.reason)
    query = query.where(*where.narrow(actor, WithdrawnCards.office_code, WithdrawnCards.store_code))
    cells = [(Sort.WITHDRAWN, row.reason, row.waiting) for row in current().execute(query)]
    found: dict[str, int] = rules.figures(cells)[Sort.WITHDRAWN]
    return found


def held(accounts: Iterable[AccountKey], on: date, today: date) -> tuple[dict[AccountKey, int], dict[AccountKey, int]]:
    """What each of these accounts could give on that day and every day since, and its id; unopened ones left out."""
    words = {key.word: key for key in accounts}
    rows = current().execute(sa.select(Account.id, Account.word, Account.balance).where(Account.word.in_(words))).all()
    later: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    if on < today:
        query = (
            sa.select(Entry.account_id, Movement.occurred_on, sum_of(Entry.quantity).label("change"))
            .join(Movement, Movement.id == Entry.movement_id)
            .where(Entry.account_id.in_([row.id for row in rows]), Movement.occurred_on > on)
            .group_by(Entry.account_id, Movement.occurred_on)
        )
        for entry in current().execute(query):
            later[entry.account_id].append((entry.occurred_on, entry.change))
    ids = {words[row.word]: row.id for row in rows}
    return {words[row.word]: lowest_since(row.balance, later[row.id])[0] for row in rows}, ids


def waiting_rows(store: str, reasons: Iterable[DestructionClass], until: date) -> sa.Select[WithdrawnCards]:
    """The rows of a store's register that still wait, of these classes, withdrawn by that day."""
    return (
        sa.select(WithdrawnCards)
        .where(
            WithdrawnCards.store_code == store,
            WithdrawnCards.reason.in_(list(reasons)),
            WithdrawnCards.withdrawn_on <= until,
            WithdrawnCards.destroyed < WithdrawnCards.quantity,
        )
        .order_by(WithdrawnCards.id)
    )


@dataclass(frozen=True, slots=True)
class WithdrawnFilter:
    """Which rows of the register are wanted; None means all."""

    where: Where = Where()
    reason: DestructionClass | None = None
    waiting: bool | None = None
    since: date | None = None
    until: date | None = None


def list_withdrawn(actor: Actor, which: WithdrawnFilter, wanted: Slice) -> Page:
    """The register of withdrawn cards of the actor's subtree."""
    row = WithdrawnCards
    query = sa.select(row).where(*which.where.narrow(actor, row.office_code, row.store_code))
    if which.reason is not None:
        query = query.where(row.reason == which.reason)
    if which.waiting is not None:
        query = query.where((_WAITING > 0) if which.waiting else (_WAITING == 0))
    if which.since is not None:
        query = query.where(row.withdrawn_on >= which.since)
    if which.until is not None:
        query = query.where(row.withdrawn_on <= which.until)
    return page(query, [row.id], wanted)


def get_withdrawn(row_id: int) -> WithdrawnCards:
    """One row of the register: the answer of a command that has checked access."""
    return current().get_one(WithdrawnCards, row_id)


def find_withdrawn(actor: Actor, row_id: int) -> WithdrawnCards:
    """One row of the register of the actor's subtree; raises `WithdrawnNotFound`."""
    found = current().get(WithdrawnCards, row_id)
    if found is None or not access.may(actor, Action.READ, found.office_code):
        raise WithdrawnNotFound(row=row_id)
    return found


@dataclass(frozen=True, slots=True)
class DestructionFilter:
    """Which destructions are wanted; None means all."""

    where: Where = Where()
    status: DestructionStatus | None = None
    since: date | None = None
    until: date | None = None


def list_destructions(actor: Actor, which: DestructionFilter, wanted: Slice) -> Page:
    """The destructions of the actor's subtree with their computed totals; lines and witnesses are in each one."""
    query = sa.select(Destruction)
    query = query.where(*which.where.narrow(actor, Destruction.office_code, Destruction.store_code))
    if which.status is not None:
        query = query.where(Destruction.status == which.status)
    if which.since is not None:
        query = query.where(Destruction.destroyed_on >= which.since)
    if which.until is not None:
        query = query.where(Destruction.destroyed_on <= which.until)
    found = page(query, [Destruction.id], wanted)
    return Page(_with_totals(found.items), found.next)


def get_destruction(actor: Actor, destruction_id: int) -> dict[str, Any]:
    """One destruction with its lines, totals and witnesses; raises `DestructionNotFound`.

    Witnesses' names are for those who make, approve or inspect destructions; others see the institutions.
    """
    found = current().get(Destruction, destruction_id)
    if found is None or not access.may(actor, Action.READ, found.office_code):
        raise DestructionNotFound(destruction=destruction_id)
    query = sa.select(DestructionLine).where(DestructionLine.destruction_id == destruction_id)
    lines = current().scalars(query.order_by(DestructionLine.id)).all()
    witnesses = witnesses_of(found)
    if not _may_see_witnesses(actor):
        witnesses = [{**witness, "name": MASKED} for witness in witnesses]
    return {
        **_with_totals([found])[0],
        "lines": [line for line in lines if line.item_code is not None],
        "withdrawn": [line for line in lines if line.item_code is None],
        "witnesses": witnesses,
    }


def _may_see_witnesses(actor: Actor) -> bool:
    works_with_them = access.permits(actor, Action.MOVE_STOCK) or access.permits(actor, Action.APPROVE)
    return works_with_them or actor.role is Role.INSPECTOR


def witnesses_of(destruction: Destruction) -> list[dict[str, str]]:
    """The witnesses of a destruction, by name and institution; none once they were purged."""
    if destruction.witnesses_secret is None:
        return []
    found: list[dict[str, str]] = json.loads(keys.decrypt(destruction.witnesses_secret))
    return found


def _with_totals(destructions: Sequence[Destruction]) -> list[dict[str, Any]]:
    cells = report.grouped(report.cells(Destruction.id).where(Destruction.id.in_([each.id for each in destructions])))
    columns = [column.key for column in Destruction.__table__.columns if column.key != "witnesses_secret"]
    return [
        {**{name: getattr(each, name) for name in columns}, "totals": rules.figures(cells[each.id])}
        for each in destructions
    ]


def differences() -> Iterator[str]:
    """One sentence for every difference between destructions, the ledger and the register of withdrawn cards."""
    yield from _lines_and_movements()
    yield from _register_and_lines()


def _lines_and_movements() -> Iterator[str]:
    """Line for line: what an approved destruction says is what its movement took out of quarantine."""
    approved = Destruction.status == DestructionStatus.APPROVED
    number = sa.case(
        {reason.value: number for reason, number in QUARANTINE.items()},
        value=sa.type_coerce(DestructionLine.reason, sa.String),
        else_=-1,
    )
    line = DestructionLine
    said = (
        sa.select(
            Destruction.id.label("destruction"), Destruction.store_code, line.item_code, line.owner_code,
            line.event_id, number.label("class_number"), line.quantity.label("quantity"),
        )
        .join(line, line.destruction_id == Destruction.id)
        .where(approved, line.item_code.is_not(None))
    )  # fmt: skip
    moved = (
        sa.select(
            Movement.document_id, Account.store_code, Account.item_code, Account.owner_code, Account.event_id,
            Account.document_id.label("class_number"), Entry.quantity,
        )
        .join(Entry, Entry.movement_id == Movement.id)
        .join(Account, Account.id == Entry.account_id)
        .where(Movement.kind == MovementKind.DESTRUCTION, Account.place == Place.STORE)
    )  # fmt: skip
    for row in _unequal(said, moved, 6):
        goods = f"{row.store_code}, {row.item_code} of {row.owner_code}, event {row.event_id}"
        reason = _CLASS_OF.get(row.class_number, row.class_number)
        yield (
            f"destruction {row.destruction}: its lines and its movement differ by {row.difference} ({goods}, {reason})"
        )


def _register_and_lines() -> Iterator[str]:
    """The register has burned, by store and class, what approved destructions say of it."""
    said = (
        sa.select(
            Destruction.store_code, DestructionLine.reason.label("reason"), DestructionLine.quantity.label("quantity")
        )
        .join(DestructionLine, DestructionLine.destruction_id == Destruction.id)
        .where(Destruction.status == DestructionStatus.APPROVED, DestructionLine.item_code.is_(None))
    )
    kept = sa.select(WithdrawnCards.store_code, WithdrawnCards.reason, -WithdrawnCards.destroyed)
    for row in _unequal(said, kept, 2):
        yield (
            f"withdrawn cards of {row.store_code} ({row.reason}): destructions and register differ by {row.difference}"
        )
    more = sa.select(WithdrawnCards.id).where(WithdrawnCards.destroyed > WithdrawnCards.quantity)
    for row_id in current().scalars(more):
        yield f"withdrawn cards {row_id}: more destroyed than were withdrawn"


def _unequal(one: sa.SelectBase, negative: sa.SelectBase, width: int) -> Iterator[Any]:
    """Where the last columns of both, grouped by the first ones, do not add up to nothing."""
    both = sa.union_all(one, negative).subquery()
    columns = list(both.c)[:width]
    total = sum_of(both.c.quantity)
    query = sa.select(*columns, total.label("difference")).group_by(*columns).having(total != 0)
    return iter(current().execute(query))
