"""What several commands of printing do inside their own transaction: check, make a job, write attempts and cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import clock, outbox
from inventory.access import Actor
from inventory.catalogue.queries import get_item
from inventory.catalogue.rules import ItemKind
from inventory.custody import queries as custody
from inventory.custody.rules import CustodyNeeded
from inventory.database import insert_many
from inventory.errors import Fault
from inventory.offices.queries import StoreFacts
from inventory.outbox import ChangeKind
from inventory.outreach.models import Event
from inventory.outreach.rules import EventStatus
from inventory.printing import queries, rules, supplies
from inventory.printing.models import Attempt, Card, JobLine, Printer, PrintJob, PrintRun
from inventory.printing.rules import CardStatus, JobStatus, Outcome, Try
from inventory.recordings import commands as recordings
from inventory.recordings.rules import RecordingStatus
from inventory.stock import ledger
from inventory.stock.commands import OnlyBlanksBecomeCards
from inventory.stock.ledger import Books, Fact
from inventory.stock.numbers import Amount
from inventory.stock.queries import drawing_order
from inventory.stock.rules import AccountKey, Condition, Place

_ATTEMPTS: Any = Attempt.__table__
_CARDS: Any = Card.__table__
_LINES: Any = JobLine.__table__


def event_of(store: StoreFacts, asked: int | None) -> int | None:
    """The event of a job: a kit's own. Naming one for any other store is a mistake about whose blanks are used."""
    event_id = store.event_id or None
    if asked is not None and asked != event_id:
        raise rules.EventPrintsFromItsKit(pointer="/event", event=asked, store=store.code)
    return event_id


def check_blank(code: str) -> None:
    """Raise `OnlyBlanksBecomeCards` for a ribbon."""
    if get_item(code).kind is not ItemKind.BLANK:
        raise OnlyBlanksBecomeCards(pointer="/item", item=code)


def check_version(
    session: Session, store: StoreFacts, item: str, printer: str | None, *, new: bool = False
) -> Printer | None:
    """The printer, where its store has listed it.

    Raises `VersionNotPrinted` when the print room or the printer cannot print this item, and for a `new` job
    `PrinterUnknown`: one that was made before the store listed its printers goes on under the name it has.
    """
    stated: list[tuple[str, Sequence[str] | None]] = [(store.code, store.prints)]
    found = None
    if printer is not None:
        query = sa.select(Printer).where(Printer.store_code == store.code)
        known = {each.name: each for each in session.scalars(query.order_by(Printer.name))}
        if new and known and printer not in known:
            raise rules.PrinterUnknown(pointer="/printer", store=store.code, printer=printer, known=", ".join(known))
        found = known.get(printer)
        stated.append((printer, found.prints if found else None))
    for where, prints in stated:
        if prints is not None and item not in prints:
            raise rules.VersionNotPrinted(pointer="/item", where=where, item=item, prints=", ".join(prints))
    return found


def check_printer(session: Session, store: StoreFacts, item: str, printer: str | None, *, new: bool = True) -> None:
    """The same for work that begins, which no printer in repair is given: raises `PrinterInRepair` too."""
    supplies.require_working(check_version(session, store, item, printer, new=new))


def require_running(session: Session, event_id: int | None) -> None:
    """Hold the event, if there is one, in the state running: it cannot close before this transaction ends."""
    if event_id is None:
        return
    status = session.scalar(sa.select(Event.status).where(Event.id == event_id).with_for_update(read=True))
    if status is not EventStatus.RUNNING:
        raise rules.EventNotPrinting(event=event_id, status=status)


def check_may_pick(store: StoreFacts, pointer: str) -> None:
    """Raise `QueueOnly` where the office prints by its queue; an event names whom it prints."""
    if store.checks.queue_only and not store.event_id:
        raise rules.QueueOnly(pointer=pointer, office=store.office)


def check_of_event(store: StoreFacts, events: Sequence[int | None]) -> None:
    """Raise `QueueOnly` with the lines of those who were not recorded at the event that prints them."""
    if store.checks.queue_only and store.event_id and set(events) != {store.event_id}:
        strangers = [index for index, event in enumerate(events) if event != store.event_id]
        text = rules.QueueOnly.text.format(office=store.office)
        faults = [Fault(f"/recordings/{index}", text, rules.QueueOnly.code) for index in strangers]
        raise rules.QueueOnly(faults=faults, office=store.office)


def check_free(session: Session, ids: Sequence[int], statuses: Mapping[int, RecordingStatus]) -> None:
    """Raise unless all are print-ready and wait in no job, naming the lines."""
    if unready := [index for index, i in enumerate(ids) if statuses[i] is not RecordingStatus.PRR]:
        raise rules.named(rules.NotPrintReady, "recordings", unready)
    held = queries.jobs_holding(session, ids)
    if taken := {index: held[i] for index, i in enumerate(ids) if i in held}:
        raise rules.in_other_jobs(taken)


def insert_job(
    session: Session,
    actor: Actor,
    store: StoreFacts,
    event_id: int | None,
    item: str,
    printer: str | None,
    status: JobStatus,
    ids: Iterable[int],
    *,
    taken: bool = False,
) -> PrintJob:
    """Write a job with its waiting lines, to be printed in this order; its recordings are locked and free."""
    job = PrintJob(
        office_code=store.office,
        store_code=store.code,
        event_id=event_id,
        item_code=item,
        printer=printer,
        status=status,
        created_at=clock.now(),
        user_id=actor.user_id,
        taken=taken,
    )
    session.add(job)
    session.flush()
    rows = [{"job_id": job.id, "recording_id": i, "waiting": True, "place": place} for place, i in enumerate(ids)]
    insert_many(session, _LINES, sorted(rows, key=lambda row: row["recording_id"]))
    return job


def feeding(session: Session, actor: Actor, store: StoreFacts, item: str) -> list[AccountKey]:
    """The accounts that a printer is fed from: the blanks in the actor's own hand, else those of the store.

    Raises `CustodyNeeded` where the office hands blanks out for a shift only.
    """
    if sessions := custody.open_sessions(session, actor.user_id, store.code, item):
        return custody.custody_order(session, sessions)
    if store.checks.custody_required:
        raise CustodyNeeded(store=store.code, item=item)
    return drawing_order(store, item)


def feed_of(session: Session, run: PrintRun, store: StoreFacts, item: str) -> list[AccountKey]:
    """The same for cards that are in the printer already: what it was fed from when their run began.

    The hand is open still: no session is closed while a run is fed from it.
    """
    if run.from_hand:
        return custody.custody_order(session, custody.open_sessions(session, run.user_id, store.code, item))
    return drawing_order(store, item)


def lock_printing(
    session: Session, store: StoreFacts, order: Sequence[AccountKey], tries: Sequence[Try], *, issue: bool = False
) -> Books:
    """Lock, at once, every account that these attempts (and, with `issue`, the hand-over) can touch."""
    sorts = {attempt.number is not None for attempt in tries}
    sources = [key.tracked(numbered=numbered) for key in order for numbered in sorts]
    ways = {(attempt.outcome, attempt.reason) for attempt in tries}
    made = [rules.becomes(key, *way) for key in sources for way in ways]
    ends = [rules.handed_over(key) for key in made if key.condition is Condition.PRINTED] if issue else []
    return ledger.lock(session, [*sources, *made, *ends], {store.code: store.office})


def _drawn(session: Session, books: Books, order: Sequence[AccountKey], tries: Sequence[Try]) -> list[AccountKey]:
    """The account that each attempt's blank comes from."""
    amount = rules.scanned(tries)
    parts = ledger.draw(session, books, order, amount) if amount.numbered else []
    if counted := len(tries) - amount.quantity:
        parts += ledger.draw(session, books, order, Amount(counted))
    return rules.fed(parts, tries)


def post_attempts(
    session: Session, books: Books, order: Sequence[AccountKey], job: PrintJob, tries: Sequence[Try], fact: Fact
) -> tuple[int, list[int]]:
    """Post the attempts and write what follows from them, each table in one statement.

    Answers the movement, and who was printed.
    """
    blanks = _drawn(session, books, order, tries)
    posted = ledger.post(session, books, fact, rules.legs_of(blanks, tries))
    now, connection = clock.now(), session.connection()
    fed = supplies.count_down(session, job.store_code, job.printer, tries)
    common = {
        "job_id": job.id, "movement_id": posted.id, "attempted_at": now, "user_id": fact.actor.user_id,
        "office_code": job.office_code, "printer_id": fed.printer_id, "ribbon_id": fed.ribbon_id,
        "film_id": fed.film_id,
    }  # fmt: skip
    insert_many(
        session,
        _ATTEMPTS,
        [
            {
                **common,
                "recording_id": a.recording,
                "owner_code": key.owner,
                "outcome": a.outcome,
                "reason": a.reason,
                "number": None if a.number is None else str(a.number),
                "custody_id": key.document_id if key.place is Place.CUSTODY else None,
            }
            for a, key in zip(tries, blanks, strict=True)
        ],
    )
    printed = [attempt.recording for attempt in tries if attempt.outcome is Outcome.PRINTED]
    if not printed:
        return posted.id, printed
    a = _ATTEMPTS.c
    mine = sa.and_(a.job_id == job.id, a.movement_id == posted.id, a.outcome == Outcome.PRINTED)
    place: dict[str, Any] = {
        "office_code": fact.store.office, "store_code": fact.store.code, "item_code": job.item_code,
        "event_id": fact.store.event_id, "status": CardStatus.WAITING, "printed_at": now,
    }  # fmt: skip
    fixed = [sa.literal(value, _CARDS.c[name].type) for name, value in place.items()]
    cards = sa.select(a.recording_id, a.id, a.owner_code, *fixed).where(mine)
    connection.execute(sa.insert(_CARDS).from_select(["recording_id", "attempt_id", "owner_code", *place], cards))
    done = sa.select(a.recording_id).where(mine)
    recordings.set_status(session, done, RecordingStatus.PRINTED, now)
    let_go = sa.update(_LINES).where(_LINES.c.job_id == job.id, _LINES.c.recording_id.in_(done))
    connection.execute(let_go.values(waiting=False))
    outbox.tell(session, ChangeKind.CARD_PRINTED, fact.store.office, event_id=fact.store.event_id,
                movement_id=posted.id, recordings=printed)  # fmt: skip
    return posted.id, printed
