"""Checking printed cards before they are handed over: the look of each, and the finger against its chip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import audit, clock, outbox
from inventory.access import Actor
from inventory.database import table_of, transaction, wire
from inventory.errors import Busy
from inventory.offices.queries import StoreFacts, store_facts
from inventory.outbox import ChangeKind
from inventory.outreach.models import Event
from inventory.outreach.rules import EventStatus
from inventory.printing import booking, handover, rules, run_rules
from inventory.printing.consignment_rules import CardsSentOn
from inventory.printing.handover import CardFacts
from inventory.printing.models import Attempt, Card, PrintJob
from inventory.printing.rules import CardStatus, Outcome
from inventory.printing.run_rules import Fingerprint, Found, GoodFingerprint
from inventory.recordings.queries import chunks
from inventory.recordings.rules import Reference
from inventory.retries import FIRST, Once
from inventory.stock import ledger, numbers
from inventory.stock.ledger import Books, Fact
from inventory.stock.rules import AccountKey, Condition, Leg, MovementKind, Place, SpoilReason

_ATTEMPTS, _CARDS = table_of(Attempt), table_of(Card)
_NOTE = (
    sa.update(_CARDS)
    .where(_CARDS.c.recording_id == sa.bindparam("of_recording"), _CARDS.c.status == CardStatus.WAITING)
    .values(checked_at=sa.bindparam("at"), checked_by=sa.bindparam("by"), fingerprint=sa.bindparam("finger"))
)
# What the attempt that takes the place of a bad card's does not share with it.
_OWN = ("id", "movement_id", "outcome", "reason", "attempted_at", "user_id", "undone_by", "replaces_id")
_SHARED = [column for column in _ATTEMPTS.c if column.name not in _OWN]


@dataclass(frozen=True, slots=True)
class BadCard:
    """A card that is none, with the attempt that made it and the job of that."""

    card: CardFacts
    reason: SpoilReason
    attempt: Any
    job: PrintJob

    @property
    def blank(self) -> AccountKey:
        """Where its blank passes through: the hand that it came from, else the store where the card lies."""
        blank = self.card.account.as_(Condition.BLANK)
        if self.attempt.custody_id is None:
            return blank
        return blank.at(Place.CUSTODY, store=self.job.store_code, document_id=self.attempt.custody_id)

    @property
    def accounts(self) -> tuple[AccountKey, AccountKey, AccountKey]:
        """Where it is counted, passes through and ends."""
        account = self.card.account
        return account, self.blank, account.spoiled(self.reason)


def check(actor: Actor, findings: Sequence[Found], office: str | None = None, once: Once = FIRST) -> list[int]:
    """Note what was found of waiting cards. Answers their recordings' ids.

    The blank of a bad card is spoiled, and its recording waits in its job again (after an event it is print-ready
    only). Raises `LinesRefused` for lines that mean no recording, `CardsNotWaiting` with the lines.
    """
    with transaction() as session:
        references: list[Reference] = [found.recording for found in findings]
        ids = handover.recordings_meant(actor, references, office, "cards", "/recording")
        run_rules.check_findings(findings)
        if once.done_before(session) is not None:
            return ids
        bad = {i: found.spoils for i, found in zip(ids, findings, strict=True) if found.spoils is not None}
        made, jobs, running = _held_jobs(session, list(bad))
        cards = handover.locked_cards(session, ids)
        handover.check_waiting(cards, ids, "cards")
        if sent_on := [index for index, i in enumerate(ids) if i in bad and cards[i].consignment is not None]:
            raise rules.named(CardsSentOn, "cards", sent_on)
        note(session, actor, {i: found.fingerprint for i, found in zip(ids, findings, strict=True)})
        spoiled = [BadCard(cards[i], reason, made[i], jobs[made[i].job_id]) for i, reason in bad.items()]
        if spoiled:
            _spoil(session, actor, spoiled, running)
        audit.record(session, actor, "check", "cards", ids[0], actor.office, cards=len(ids), bad=len(bad))
        once.keep(session, ids[0])
        return ids


def note(session: Session, actor: Actor, fingerprints: Mapping[int, Fingerprint]) -> None:
    """Write down who looked at the (locked, waiting) cards of these recordings, when, and what the finger said."""
    common = {"at": clock.now(), "by": actor.user_id}
    rows = [{"of_recording": i, "finger": finger, **common} for i, finger in sorted(fingerprints.items())]
    wire(session).execute(_NOTE, rows)


def check_walk_in(
    store: StoreFacts, event_id: int | None, fingerprint: GoodFingerprint | None, *, issued: bool
) -> None:
    """Raise `CardsNotChecked` when the card of a walk-in would be handed over unchecked against the office's will."""
    if issued and fingerprint is None and event_id is None and store.checks.card_check:
        raise run_rules.CardsNotChecked(pointer="/fingerprint", count=1)


def _held_jobs(session: Session, ids: Sequence[int]) -> tuple[dict[int, Any], dict[int, PrintJob], set[int]]:
    """The attempts that made these recordings' cards, their jobs (locked), and which of the jobs' events run (held)."""
    made = _made(session, ids)
    wanted = sorted({row.job_id for row in made.values()})
    running: set[int] = set()
    jobs: dict[int, PrintJob] = {}
    for part in chunks(wanted):
        events = sa.select(PrintJob.event_id).where(PrintJob.id.in_(part), PrintJob.event_id.is_not(None))
        held = sa.select(Event.id, Event.status).where(Event.id.in_(events)).order_by(Event.id)
        rows = session.execute(held.with_for_update(read=True))
        running.update(row.id for row in rows if row.status is EventStatus.RUNNING)
    for part in chunks(wanted):
        query = sa.select(PrintJob).where(PrintJob.id.in_(part)).order_by(PrintJob.id).with_for_update()
        jobs.update((job.id, job) for job in session.scalars(query))
    if _made(session, ids) != made:
        raise Busy  # one was undone before its job was locked
    return made, jobs, running


def _made(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    made: dict[int, Any] = {}
    for part in chunks(ids):
        query = sa.select(*_ATTEMPTS.c).where(
            Attempt.recording_id.in_(part), Attempt.outcome == Outcome.PRINTED, Attempt.undone_by.is_(None)
        )
        made.update((row.recording_id, row) for row in session.execute(query))
    return made


def _spoil(session: Session, actor: Actor, bad: Sequence[BadCard], running: set[int]) -> None:
    """Take the cards back by reversal, and spoil their blanks by one movement a job and store."""
    keys = [key for each in bad for key in each.accounts]
    codes = {each.card.store: each.card.office for each in bad} | {e.job.store_code: e.job.office_code for e in bad}
    books = ledger.lock(session, keys, codes)
    together: defaultdict[tuple[int, str], list[BadCard]] = defaultdict(list)
    for each in bad:
        together[each.job.id, each.card.store].append(each)
    for (_, code), some in sorted(together.items()):
        store = store_facts(code)
        for each in some:
            _take_back(session, actor, books, store, each)
            job, recording = each.job, each.card.recording
            waits = job.event_id is None or job.event_id in running
            booking.unprint(session, job, recording, each.attempt.id, waits=waits)
        _spoil_together(session, actor, books, store, some)


def _take_back(session: Session, actor: Actor, books: Books, store: StoreFacts, bad: BadCard) -> None:
    card, blank, _ = bad.accounts
    fact = Fact(MovementKind.PRINTING_UNDO, actor, store, document_id=bad.job.id, corrects_id=bad.attempt.movement_id)
    posted = ledger.post(session, books, fact, [Leg(card, blank, 1, _span(bad))])
    session.execute(sa.update(_ATTEMPTS).where(_ATTEMPTS.c.id == bad.attempt.id).values(undone_by=posted.id))
    outbox.tell(session, ChangeKind.CARD_UNDONE, store.office, event_id=bad.job.event_id, movement_id=posted.id,
                recordings=[bad.card.recording])  # fmt: skip


def _spoil_together(session: Session, actor: Actor, books: Books, store: StoreFacts, bad: Sequence[BadCard]) -> None:
    legs = [Leg(each.accounts[1], each.accounts[2], 1, _span(each)) for each in bad]
    fact = Fact(MovementKind.PRINTING, actor, store, document_id=bad[0].job.id)
    posted = ledger.post(session, books, fact, legs)
    common = {"movement_id": posted.id, "outcome": Outcome.SPOILED, "attempted_at": clock.now(),
              "user_id": actor.user_id, "undone_by": None}  # fmt: skip
    rows = [
        {column.name: getattr(each.attempt, column.name) for column in _SHARED}
        | common
        | {"reason": each.reason, "replaces_id": each.attempt.id}
        for each in bad
    ]
    wire(session).execute(sa.insert(_ATTEMPTS).inline(), rows)


def _span(bad: BadCard) -> tuple[numbers.Span, ...]:
    return () if bad.card.number is None else (numbers.read(bad.card.number),)
