"""No order of calls prints a recording twice, hands out a card that was not printed, or loses a blank."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from inventory.access import Role
from inventory.custody import commands as custody
from inventory.custody.commands import Issue, Return
from inventory.custody.models import CustodySession
from inventory.custody.rules import CustodyStatus
from inventory.database import current, db, transaction
from inventory.errors import InventoryError
from inventory.offices.models import Office
from inventory.people import commands as people
from inventory.printing import checks, commands, handover, runs
from inventory.printing.commands import NewJob, NewPerson, WalkIn
from inventory.printing.handover import Handover
from inventory.printing.models import Attempt, Card, JobLine, PrintJob, PrintRun, RunLine
from inventory.printing.rules import CardStatus, JobStatus, Outcome, Result
from inventory.printing.run_queries import feeding_run
from inventory.printing.run_rules import Confirmation, Fingerprint, Found, Progress, Quality, ReportedStage, RunStatus
from inventory.printing.run_rules import Spoil as SpoiledBlank
from inventory.recordings import commands as recordings
from inventory.recordings.models import Recording
from inventory.recordings.rules import NewRecording, PrintReason, RecordingStatus, ReportedStatus, Spot
from inventory.reports.queries import differences
from inventory.retries import Once
from inventory.stock import commands as stock
from inventory.stock import intervals
from inventory.stock.commands import Arrival
from inventory.stock.models import Account
from inventory.stock.numbers import NOTHING, Amount, Series, Span
from inventory.stock.rules import Condition, Place, ReceiptSource, SpoilReason
from tests.builders import actor

OFFICE, STORE = "15.03", "15.03-UTAMA"
PEOPLE, BLANKS = 5, 14
# Verifying all books takes 60 statements: so many steps share one, and the end of each story has its own.
OFTEN = 8
examples = count(1)
names = st.integers(0, PEOPLE - 1)
several = st.lists(names, min_size=1, max_size=3, unique=True)
reasons = st.sampled_from(SpoilReason)
keys = st.sampled_from(["", "", "first", "second"])


class PrintRoom(RuleBasedStateMachine):
    """One print room with a few people and few blanks, so that calls get into each other's way."""

    database = None

    @initialize(numbered=st.booleans(), check=st.booleans(), word=st.booleans())
    def open(self, *, numbered: bool, check: bool, word: bool) -> None:
        self.database.reset()
        self.pushed = self.database.app.app_context()
        self.pushed.push()
        self.number, self.numbered, self.checked = next(examples), numbered, check
        with transaction() as session:
            setting = sa.update(Office).where(Office.code == OFFICE)
            session.execute(setting.values(card_check=check, confirm_required=word, write_off_check=False))
        self.printer, self.clerk = actor("printer", OFFICE), actor("clerk", OFFICE)
        span = Span(Series("M", 3), 1, BLANKS)
        amount = Amount(BLANKS, (span,)) if numbered else Amount(BLANKS)
        stock.receive(self.clerk, Arrival(STORE, "blangko", amount, ReceiptSource.MINISTRY, "SJ", date(2026, 1, 5)))
        boss = actor("admin", "0")
        self.two = [people.add_user(boss, "x", Role.FIELD, OFFICE) for _ in range(2)]
        self.people = [self._record(f"p{n}") for n in range(PEOPLE)]
        self.walked = self.steps = 0

    def _record(self, name: str) -> int:
        line = NewRecording(
            Spot(1, "/"), name, "1503044205019999", PrintReason.FIRST_CARD, ReportedStatus.PRR, OFFICE,
            datetime(2026, 1, 2, tzinfo=UTC),
        )  # fmt: skip
        return recordings.record(self.printer, [line]).ids[0]

    def teardown(self) -> None:
        assert list(differences()) == []
        db.session.remove()
        self.pushed.pop()

    def does(self, call, *arguments, **more):
        """Make a call, or let it be refused."""
        try:
            return call(self.printer, *arguments, **more)
        except InventoryError:
            return None
        finally:
            current().rollback()

    def once(self, path: str, key: str, body: object) -> Once:
        return Once(self.printer.user_id, path, key, repr(body).encode())

    def jobs(self) -> list[int]:
        return list(current().scalars(sa.select(PrintJob.id).order_by(PrintJob.id.desc()).limit(2))) or [1]

    def blanks(self, wanted: int, *, skip: int = 0) -> Amount:
        """So many of the blanks that lie in the store, by number where they have one."""
        if not self.numbered:
            return NOTHING
        mine = sa.select(Account.id).where(Account.condition == Condition.BLANK, Account.place == Place.STORE)
        there = intervals.in_accounts(current(), current().scalars(mine).all())
        lying = [value for spans in there.values() for span in spans for value in range(span.first, span.last + 1)]
        spans = tuple(Span(Series("M", 3), value, value) for value in lying[skip : skip + wanted])
        return Amount(len(spans), spans, tuple(f"/numbers/{n}" for n in range(len(spans))))

    @rule(who=several, draft=st.booleans(), named=st.booleans())
    def send(self, who, *, draft, named) -> None:
        wanted = NewJob(STORE, [self.people[n] for n in who], printer="Fargo" if named else None, draft=draft)
        self.does(commands.create_job, wanted)

    @rule(which=st.integers(0, 1))
    def release(self, which) -> None:
        self.does(commands.open_job, self.jobs()[which % len(self.jobs())])

    @rule(which=st.integers(0, 1))
    def cancel(self, which) -> None:
        self.does(commands.cancel_job, self.jobs()[which % len(self.jobs())])

    @rule(which=st.integers(0, 1), size=st.sampled_from([None, None, 1, 2]), key=keys)
    def start(self, which, size, key) -> None:
        job = self.jobs()[which % len(self.jobs())]
        self.does(runs.start, job, size, self.once(f"/start/{job}", key, size))

    @rule(which=st.integers(0, 1), who=several, stage=st.sampled_from(ReportedStage), scan=st.booleans())
    def stage(self, which, who, stage, *, scan) -> None:
        job = self.jobs()[which % len(self.jobs())]
        run = current().scalar(sa.select(PrintRun.id).order_by(PrintRun.id.desc()).limit(1)) or 1
        blanks = self.blanks(len(who), skip=which).spans if scan else ()
        told = [
            Progress(self.people[n], stage, str(blanks[at]) if at < len(blanks) else None) for at, n in enumerate(who)
        ]
        self.does(runs.report_stages, job, run, told)

    @rule(
        which=st.integers(0, 1), absent=st.lists(names, max_size=2, unique=True), bad=st.lists(names, max_size=1),
        reason=reasons, off=st.sampled_from([0, 0, 0, 0, 1]), key=keys, order=st.booleans(),
    )  # fmt: skip
    def confirm(self, which, absent, bad, reason, off, key, *, order) -> None:
        """What a person says: mostly right, now and then miscounted, or of somebody who is not in the run."""
        query = sa.select(PrintRun.id, PrintRun.job_id).where(PrintRun.status == RunStatus.OPEN).order_by(PrintRun.id)
        found = current().execute(query).all()
        run, job = found[which % len(found)] if found else (1, 1)
        lines = sa.select(RunLine.recording_id).where(RunLine.run_id == run, RunLine.waiting)
        inside = set(current().scalars(lines))
        missing = [self.people[n] for n in absent if self.people[n] in inside or off]
        spoiled = [SpoiledBlank(self.people[n], reason) for n in bad if self.people[n] in inside or off]
        cards = max(len(inside) - len(missing), 0)
        blanks = self.blanks(cards + len(spoiled)) if order else NOTHING
        said = Confirmation(run, cards + off, spoiled, missing, blanks=blanks)
        self.does(runs.confirm, job, said, self.once(f"/confirm/{job}", key, said))

    @rule(which=st.integers(0, 1), who=several, bad=st.lists(names, max_size=2), reason=reasons, key=keys)
    def results(self, which, who, bad, reason, key) -> None:
        job = self.jobs()[which % len(self.jobs())]
        lines = [Result(self.people[n], Outcome.SPOILED, reason) for n in bad]
        lines += [Result(self.people[n], Outcome.PRINTED) for n in who if n % 4 != which]
        if lines:
            once = self.once(f"/results/{job}", key, lines)
            self.does(commands.take_results, job, lines, blanks=self.blanks(len(lines)), once=once)

    @rule(which=st.integers(0, 1), who=names)
    def undo(self, which, who) -> None:
        self.does(commands.undo_result, self.jobs()[which % len(self.jobs())], self.people[who], "salah")

    @rule(who=several, quality=st.sampled_from(Quality), finger=st.sampled_from(Fingerprint), reason=reasons)
    def check(self, who, quality, finger, reason) -> None:
        why = reason if quality is Quality.BAD else None
        self.does(checks.check, [Found(self.people[n], quality, finger, why) for n in who])

    @rule(who=several)
    def approve(self, who) -> None:
        for n in who:
            self.does(checks.check, [Found(self.people[n], Quality.GOOD, Fingerprint.MATCHED)])

    @rule(who=several)
    def issue(self, who) -> None:
        for n in who:
            self.does(handover.issue, [Handover(self.people[n], "Umar")])

    @rule(who=several)
    def issue_together(self, who) -> None:
        self.does(handover.issue, [Handover(self.people[n], "Umar") for n in who])

    @rule(who=names)
    def undo_issue(self, who) -> None:
        self.does(handover.undo_issue, [self.people[who]], "salah")

    @rule(who=names)
    def lose(self, who) -> None:
        self.does(handover.lose, [self.people[who]], "hilang")

    @rule(spoiled=st.lists(reasons, max_size=1), issued=st.booleans())
    def walk_in(self, spoiled, *, issued) -> None:
        self.walked += 1
        person = NewPerson(f"w{self.walked}", "1503044205019999", PrintReason.LOST)
        wanted = WalkIn(STORE, person, spoiled=spoiled, collected_by="Umar" if issued else None,
                        blanks=self.blanks(len(spoiled) + 1))  # fmt: skip
        self.does(commands.walk_in, wanted)

    @rule(quantity=st.integers(1, 4))
    def hand_out(self, quantity) -> None:
        amount = self.blanks(quantity) if self.numbered else Amount(quantity)
        if not amount.quantity:  # a request for nothing does not come this far
            return
        wanted = Issue(STORE, "blangko", self.printer.user_id, amount, quantity, self.two)
        self.does(lambda actor: custody.issue(self.clerk, wanted))

    @rule(all_back=st.booleans())
    def take_back(self, *, all_back) -> None:
        """End a shift; while blanks of it are in a printer it does not end, whatever is said to be missing."""
        query = sa.select(CustodySession.id).where(CustodySession.status != CustodyStatus.CLOSED)
        if (held := current().scalar(query.order_by(CustodySession.id).limit(1))) is None:
            return
        back = Amount(0)
        if all_back:
            lying = sa.select(Account.id).where(Account.place == Place.CUSTODY, Account.document_id == held)
            there = intervals.in_accounts(current(), current().scalars(lying).all())
            spans = tuple(span for some in there.values() for span in some)
            of_hand = sa.select(sa.func.sum(Account.balance)).where(
                Account.place == Place.CUSTODY, Account.document_id == held
            )
            back = Amount(int(current().scalar(of_hand)), spans)
        said = Return(back, self.two, "hilang")
        self.does(lambda actor: custody.close(self.clerk, held, said, feeding_run))

    @rule()
    def make_mistakes(self) -> None:
        """Calls that can never be right are refused, whatever the state."""
        job = self.jobs()[0]
        stranger = actor("printer", "15.04")
        for call in (
            lambda: commands.take_results(stranger, job, [Result(self.people[0], Outcome.PRINTED)]),
            lambda: runs.start(stranger, job),
            lambda: runs.confirm(self.printer, job, Confirmation(10**6, 0)),
            lambda: commands.take_results(self.printer, job, [Result("nobody", Outcome.PRINTED)]),
            lambda: handover.issue(self.printer, [Handover("nobody", "Umar")]),
        ):
            with pytest.raises(InventoryError):
                call()
            current().rollback()

    @invariant()
    def nobody_has_two_cards(self) -> None:
        standing = Counter(current().scalars(sa.select(Card.recording_id).where(Card.status != CardStatus.UNDONE)))
        assert not standing or max(standing.values()) == 1
        printed = sa.select(Attempt.recording_id).where(Attempt.outcome == Outcome.PRINTED, Attempt.undone_by.is_(None))
        assert Counter(current().scalars(printed)) == standing

    @invariant()
    def the_status_of_a_recording_is_that_of_its_card(self) -> None:
        query = sa.select(Recording.id, Recording.status, Card.status, Card.checked_at).outerjoin(
            Card, sa.and_(Card.recording_id == Recording.id, Card.status != CardStatus.UNDONE)
        )
        fits = {
            None: RecordingStatus.PRR, CardStatus.WAITING: RecordingStatus.PRINTED,
            CardStatus.ISSUED: RecordingStatus.ISSUED, CardStatus.LOST: RecordingStatus.PRINTED,
        }  # fmt: skip
        for _, status, card, checked_at in current().execute(query):
            assert fits[card] is status
            assert card is not CardStatus.ISSUED or checked_at or not self.checked

    @invariant()
    def who_waits_waits_once_and_is_print_ready(self) -> None:
        query = sa.select(JobLine.recording_id, PrintJob.status, Recording.status).where(JobLine.waiting)
        query = query.join(PrintJob, PrintJob.id == JobLine.job_id)
        waiting = current().execute(query.join(Recording, Recording.id == JobLine.recording_id)).all()
        assert len({row[0] for row in waiting}) == len(waiting)
        assert {row[1] for row in waiting} <= {JobStatus.DRAFT, JobStatus.OPEN}
        assert {row[2] for row in waiting} <= {RecordingStatus.PRR}
        under_way = list(current().scalars(sa.select(RunLine.recording_id).where(RunLine.waiting)))
        assert len(set(under_way)) == len(under_way)
        assert set(under_way) <= {row[0] for row in waiting}

    @invariant()
    def what_a_run_is_fed_from_is_open(self) -> None:
        fed = current().scalar(sa.select(PrintRun.id).where(PrintRun.status == RunStatus.OPEN, PrintRun.from_hand))
        held = sa.select(CustodySession.id).where(CustodySession.status == CustodyStatus.OPEN)
        assert fed is None or current().scalar(held.limit(1)) is not None

    @invariant()
    def every_blank_is_in_one_place(self) -> None:
        self.steps += 1
        if not self.steps % OFTEN:
            assert list(differences()) == []
        outside = Account.place != Place.SUPPLIED
        assert current().scalar(sa.select(sa.func.sum(Account.balance)).where(outside)) == BLANKS
        numbers = list(current().scalars(sa.select(RunLine.number).where(RunLine.waiting, RunLine.number.is_not(None))))
        assert len(set(numbers)) == len(numbers)
        current().rollback()


def test_no_order_of_calls_breaks_the_print_room(database):
    machine = type("Machine", (PrintRoom,), {"database": database})
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=20))
    with database.app.app_context():
        db.session.remove()
