"""What a year leaves beside the ledger, for every office alike: transfers, shifts, cards, papers, audit rows."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inventory import clock
from inventory.access import Role
from inventory.audit import AuditRow
from inventory.coverage.models import CoverageReport
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import Base, db, insert_many, table_of, transaction
from inventory.documents.models import Document
from inventory.documents.rules import DocumentKind
from inventory.notices.models import Notice
from inventory.notices.rules import NoticeKind
from inventory.offices.models import Store
from inventory.offices.rules import MINISTRY, StoreKind, main_store_of, parent_of
from inventory.people.models import SignIn, User
from inventory.people.rules import Language
from inventory.printing.models import Attempt, Card, JobLine, PrintJob
from inventory.printing.rules import CardStatus, JobStatus, Outcome
from inventory.recordings.models import Recording
from inventory.recordings.rules import PrintReason, RecordingStatus
from inventory.reports.models import QueueDay
from inventory.requests.models import SupplyRequest
from inventory.requests.rules import RequestStatus
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.rules import AccountKey, MovementKind, Place, in_store, sign_of
from inventory.transfers.models import Delivery, Transfer
from inventory.transfers.rules import TransferStatus

# Blanks that are handed out for a shift.
SHIFT = 10
SESSIONS, TRANSFERS, DEEDS, PAPERS, QUEUE_DAYS, REPORTS = 20, 10, 200, 50, 365, 6
QUEUED, WAITING, ISSUED = 60, 40, 100
# The demo's own office has the cards and the queue of the demo: its pages show those.
DEMO = "15.03"
Rows = Iterator[dict[str, Any]]


def fill(offices: list[str]) -> None:
    """Fill in the year behind the demo."""
    with transaction() as session:
        now = clock.now()
        below = [office for office in offices if office != MINISTRY]
        makers: tuple[Callable[[list[str], datetime], None], ...] = (
            _people, _stores, _transfers, _cards, _plain,
        )  # fmt: skip
        for make in makers:
            make(below, now)
            session.flush()
        _papers(below, now)


def _add(model: type[Base], rows: Rows | list[dict[str, Any]]) -> None:
    each = iter(rows)
    table = table_of(model)
    plain = any(isinstance(column.type, sa.JSON) for column in table.columns)  # an array holds no JSON
    while some := list(itertools.islice(each, 20_000)):
        if plain:
            db.session().connection().execute(sa.insert(table), some)
        else:
            insert_many(db.session(), table, some)


def _next(model: type[Base]) -> int:
    return (db.session().scalar(sa.select(sa.func.max(table_of(model).c.id))) or 0) + 1


def _people(offices: list[str], now: datetime) -> None:
    del now
    roles = (Role.CLERK, Role.PRINTER, Role.COORDINATOR, Role.FIELD)
    first = _next(User)
    names = [(role, office) for office in offices for role in roles]
    _add(User, (
        {"id": first + n, "name": f"{role.value} {office}", "role": role, "office_code": office, "active": True}
        for n, (role, office) in enumerate(names)
    ))  # fmt: skip
    _add(SignIn, (
        {"user_id": first + n, "login": f"{role.value}-{office}", "language": Language.ID}
        for n, (role, office) in enumerate(names)
    ))  # fmt: skip
    start_behind(User)


def _stores(offices: list[str], now: datetime) -> None:
    del now
    regencies = [office for office in offices if "." in office]
    kinds = {"LOKET": StoreKind.SERVICE_POINT, "KELILING": StoreKind.MOBILE_UNIT}
    _add(Store, (
        {"code": f"{office}-{name}", "office_code": office, "kind": kind, "name": f"{name.title()} {office}",
         "region_code": office, "closed": False}
        for office in regencies for name, kind in kinds.items()
    ))  # fmt: skip


def _account(store: str, office: str, balance: int, place: Place, document: int) -> dict[str, Any]:
    return account_row(in_store(store, "blangko", office).at(place, document_id=document), office, balance)


def _transfers(offices: list[str], now: datetime) -> None:
    """From a province to its regencies: most came, some are on their way, and a few wait for somebody."""
    regencies = [office for office in offices if "." in office]
    unusual = {0: TransferStatus.DISPATCHED, 3: TransferStatus.APPROVED, 6: TransferStatus.REQUESTED,
               9: TransferStatus.DISPUTED}  # fmt: skip
    first, rows, goods, came = _next(Transfer), [], [], []
    for n in range(TRANSFERS * len(regencies)):
        office, transfer = regencies[n % len(regencies)], first + n
        late = n >= (TRANSFERS - 1) * len(regencies)
        status = unusual.get(n % 12, TransferStatus.RECEIVED) if late else TransferStatus.RECEIVED
        sender = parent_of(office) or MINISTRY
        made = now - timedelta(days=30 * (TRANSFERS - n / len(regencies)) / TRANSFERS)
        sent = 500 if status not in (TransferStatus.APPROVED, TransferStatus.REQUESTED) else None
        got = {TransferStatus.RECEIVED: 500, TransferStatus.DISPUTED: 495}.get(status, 0)
        rows.append({
            "id": transfer, "status": status, "from_store": main_store_of(sender), "from_office": sender,
            "to_store": main_store_of(office), "to_office": office, "item_code": "blangko", "owner_code": sender,
            "keeps_owner": False, "from_event_id": 0, "event_id": 0, "requested": 500,
            "approved": None if status is TransferStatus.REQUESTED else 500, "dispatched": sent, "received": got,
            "rejected": 0, "missing": 5 if status is TransferStatus.DISPUTED else 0, "written_off": 0, "surplus": 0,
            "reason": "", "created_at": made, "user_id": 1, "approved_by": None if sent is None else 1,
            "dispatched_by": None if sent is None else 1, "dispatched_at": None if sent is None else made,
            "granted": False, "numbered": False,
        })  # fmt: skip
        if sent:
            goods.append(_account(main_store_of(sender), sender, sent - got, Place.TRANSFER, transfer))
        if got:
            came.append({
                "transfer_id": transfer, "received": got, "rejected": 0, "missing": sent - got if sent else 0,
                "surplus": 0, "reason": "", "seen_by": "Petugas", "received_at": made + timedelta(days=2), "user_id": 1,
            })  # fmt: skip
    _add(Transfer, rows)
    _add(Account, goods)
    _add(Delivery, came)
    start_behind(Transfer)


def sessions(offices: list[str]) -> None:
    """Shifts of every office with their movements. They come before the year, to be sealed and added up as usual."""
    now = clock.now()
    with transaction():
        books, first, rows = Books(), _next(CustodySession), []
        for office in offices:
            blanks = in_store(main_store_of(office), "blangko", office)
            supplied = blanks.at(Place.SUPPLIED)
            books.post(MovementKind.RECEIPT, office, (supplied, blanks), now - timedelta(days=SESSIONS + 1), SHIFT)
        for n in range(SESSIONS * len(offices)):
            at, session = n % len(offices), first + n
            office = offices[at]
            blanks = in_store(main_store_of(office), "blangko", office)
            hand = blanks.at(Place.CUSTODY, document_id=session)
            opened = now - timedelta(days=SESSIONS - n / len(offices))
            issue = books.post(MovementKind.CUSTODY, office, (blanks, hand), opened, SHIFT, session)
            closed = n < (SESSIONS - 1) * len(offices) or at % 3 > 0
            if closed:
                books.post(MovementKind.CUSTODY_RETURN, office, (hand, blanks), opened, SHIFT, session)
            rows.append({
                "id": session, "office_code": office, "store_code": main_store_of(office), "item_code": "blangko",
                "event_id": 0, "holder_id": 1, "status": CustodyStatus.CLOSED if closed else CustodyStatus.OPEN,
                "opened_on": opened.date(), "opened_at": opened, "needed": SHIFT, "issued": SHIFT, "numbered": False,
                "reason": "Cetak harian", "counted_by": [1, 2], "movement_id": issue,
                "returned": SHIFT if closed else None, "missing": 0 if closed else None, "missing_numbers": [],
                "surplus": 0, "surplus_numbers": [], "explanation": "", "return_counted_by": [1, 2] if closed else None,
                "closers": [1] if closed else [], "closed_at": opened if closed else None,
                "closed_by": 1 if closed else None, "user_id": 1,
            })  # fmt: skip
        books.write()
        _add(CustodySession, rows)
        start_behind(CustodySession)


class Books:
    """Movements of two legs, posted in memory and written at once."""

    def __init__(self) -> None:
        """Go on from what the demo left."""
        self.movement, self.entry, self.account = (_next(model) for model in (Movement, Entry, Account))
        there = db.session().execute(sa.select(Account.word, Account.id, Account.balance))
        self.known = {row.word: [row.id, row.balance] for row in there}
        self.old = set(self.known)
        self.movements: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []
        self.opened: list[tuple[AccountKey, str]] = []

    def post(
        self, kind: MovementKind, office: str, legs: tuple[AccountKey, AccountKey], when: datetime, quantity: int,
        document: int | None = None,
    ) -> int:  # fmt: skip
        """Book one; answers its id."""
        for key, change in zip(legs, (-quantity, quantity), strict=True):
            if key.word not in self.known:
                self.known[key.word] = [self.account, 0]
                self.opened.append((key, office))
                self.account += 1
            account = self.known[key.word]
            account[1] += change
            self.entries.append({
                "id": self.entry, "movement_id": self.movement, "account_id": account[0], "quantity": change,
                "balance_after": account[1],
            })  # fmt: skip
            self.entry += 1
        self.movements.append({
            "id": self.movement, "kind": kind, "posted_at": when, "occurred_on": when.date(), "user_id": 1,
            "office_code": office, "store_code": legs[0].store, "reason": "", "document_number": "",
            "document_id": document,
        })  # fmt: skip
        self.movement += 1
        return self.movement - 1

    def write(self) -> None:
        """Write them all."""
        for word in self.old:
            account, balance = self.known[word]
            db.session().execute(sa.update(Account).where(Account.id == account).values(balance=balance))
        _add(Account, [
            account_row(key, office, self.known[key.word][1], self.known[key.word][0]) for key, office in self.opened
        ])  # fmt: skip
        _add(Movement, self.movements)
        _add(Entry, self.entries)
        start_behind(Account, Movement, Entry)


def _cards(offices: list[str], now: datetime) -> None:
    """Who waits for a print, whose card waits, and who has it: the persons are copies of one of the demo's."""
    secret = db.session().scalar(sa.select(Recording.nik_secret).limit(1))
    job, recording, attempt = (_next(model) for model in (PrintJob, Recording, Attempt))
    jobs, people, attempts, cards = [], [], [], []
    reasons = list(PrintReason)
    for office in (each for each in offices if each != DEMO):
        store = main_store_of(office)
        for n in range(QUEUED + WAITING + ISSUED):
            printed = n >= QUEUED
            ready = now - timedelta(days=1 + n % 28)
            made = ready + timedelta(hours=6)
            handed = made + timedelta(hours=6) if n >= QUEUED + WAITING else None
            status = RecordingStatus.ISSUED if handed else RecordingStatus.PRINTED if printed else RecordingStatus.PRR
            people.append({
                "id": recording, "office_code": office, "client_id": f"bench-{n}", "nik_secret": secret,
                "nik_index": _digest(office, n), "reason": reasons[n % len(reasons)],
                "status": status, "recorded_at": ready, "status_at": handed or (made if printed else ready),
                "created_at": ready, "prr_at": ready,
            })  # fmt: skip
            if printed:
                attempts.append({
                    "id": attempt, "job_id": job, "recording_id": recording, "movement_id": 1, "owner_code": office,
                    "outcome": Outcome.PRINTED, "attempted_at": made, "user_id": 1, "office_code": office,
                })  # fmt: skip
                cards.append({
                    "recording_id": recording, "attempt_id": attempt, "office_code": office, "store_code": store,
                    "item_code": "blangko", "owner_code": office, "event_id": 0,
                    "status": CardStatus.ISSUED if handed else CardStatus.WAITING, "printed_at": made,
                    "collector_relation": "self" if handed else None, "issued_at": handed,
                    "issue_movement_id": 1 if handed else None,
                })  # fmt: skip
                attempt += 1
            recording += 1
        jobs.append({
            "id": job, "office_code": office, "store_code": store, "item_code": "blangko", "status": JobStatus.DONE,
            "created_at": now - timedelta(days=28), "user_id": 1, "taken": False,
        })  # fmt: skip
        job += 1
    lines = [
        {"job_id": row["job_id"], "recording_id": row["recording_id"], "waiting": False, "place": 0} for row in attempts
    ]
    filled = ((PrintJob, jobs), (Recording, people), (JobLine, lines), (Attempt, attempts), (Card, cards))
    for model, rows in filled:
        _add(model, rows)
    for model in (PrintJob, Recording, Attempt):
        start_behind(model)


def _plain(offices: list[str], now: datetime) -> None:
    """What only lies there: coverage, notices, requests, the queues of each day, and who did what."""
    today = now.date()
    regencies = [office for office in offices if "." in office]
    _add(CoverageReport, (
        {"region_code": office, "as_of": _months_ago(today, month), "required": 100_000 + at,
         "recorded": 90_000 + at * 7, "source": "Rekap bulanan", "created_at": now, "user_id": 1}
        for at, office in enumerate(offices) for month in range(REPORTS)
    ))  # fmt: skip
    kinds = list(NoticeKind)
    _add(Notice, (
        {"office_code": office, "kind": kinds[n % len(kinds)], "subject_id": 1_000_000 + at * REPORTS + n, "facts": {},
         "created_at": now - timedelta(days=n), "settled_at": None if n == 0 else now}
        for at, office in enumerate(offices) for n in range(REPORTS)
    ))  # fmt: skip
    _add(SupplyRequest, (
        {"status": RequestStatus.ASKED if n == 0 and at % 3 == 0 else RequestStatus.REFUSED, "office_code": office,
         "supplier_office": parent_of(office), "to_store": main_store_of(office), "item_code": "blangko",
         "requested": 500, "reason": "Cukup untuk dua pekan", "held_for": None, "lift_reason": "",
         "decision_reason": "", "created_at": now - timedelta(days=n * 20 + 1), "user_id": 1}
        for n in reversed(range(REPORTS)) for at, office in enumerate(regencies)
    ))  # fmt: skip
    there = set(db.session().execute(sa.select(QueueDay.day, QueueDay.office_code)).tuples())
    _add(QueueDay, (
        {"day": day, "office_code": office, "prr_left": QUEUED, "suket_owed": 3}
        for n in range(1, QUEUE_DAYS + 1) for day in [today - timedelta(days=n)]
        for office in offices if (day, office) not in there
    ))  # fmt: skip
    _add(AuditRow, (
        {"at": now - timedelta(days=365 * (DEEDS - n) / DEEDS), "user_id": 1, "office_code": office,
         "action": "receive" if n % 2 else "results", "subject": "receipt" if n % 2 else "print_job",
         "subject_id": str(1_000_000 + n), "facts": {"quantity": 10}}
        for n in range(DEEDS) for office in offices
    ))  # fmt: skip


def _papers(offices: list[str], now: datetime) -> None:
    """Papers of the past; the demo's stay the newest, so that the page of a paper shows one."""
    demo = db.session().scalars(sa.select(Document.id).order_by(Document.id)).all()
    table = table_of(Document)
    _add(Document, (
        {"id": demo[-1] + 1 + n * len(offices) + at, "kind": DocumentKind.TANDA_TERIMA, "number": f"BENCH/{office}/{n}",
         "subject": str(n), "office_code": office, "check_value": "0" * 8 + _digest(office, n).hex()[:24],
         "facts": {}, "digest": b"", "issued_at": now - timedelta(days=PAPERS - n), "user_id": 1}
        for n in range(PAPERS) for at, office in enumerate(offices)
    ))  # fmt: skip
    for at, number in enumerate(demo):
        newest = demo[-1] + 1 + PAPERS * len(offices) + at
        db.session().execute(sa.update(table).where(table.c.id == number).values(id=newest))
    start_behind(Document)


def _digest(office: str, number: int) -> bytes:
    return hashlib.sha256(f"{office} {number}".encode()).digest()


def _months_ago(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)


def account_row(key: AccountKey, office: str, balance: int, account_id: int | None = None) -> dict[str, Any]:
    """A row of `accounts`."""
    row = {
        "store_code": key.store,
        "office_code": office,
        "place": key.place,
        "document_id": key.document_id,
        "item_code": key.item,
        "condition": key.condition,
        "owner_code": key.owner,
        "event_id": key.event_id,
        "numbered": key.numbered,
        "sign": sign_of(key.place),
        "balance": balance,
    }
    return row if account_id is None else {"id": account_id, **row}


def start_behind(*models: type[Base]) -> None:
    """Ids that were given here are not given again: SQLite sees to it by itself."""
    session = db.session()
    if session.connection().dialect.name == "postgresql":
        for model in models:
            name = table_of(model).name
            session.execute(
                sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")  # noqa: S608
            )
