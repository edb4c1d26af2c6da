"""What the forms of the print room say, where it is not what the API's bodies say."""

from __future__ import annotations

from enum import StrEnum

from api import fields
from api.amounts import single_numbers
from api.printing.schemas import MAX_LINES, JobQuery, ResultUndoIn
from inventory.printing.rules import JobStatus
from inventory.printing.run_rules import ReportedStage
from inventory.stock.numbers import MAX_NUMBER
from inventory.stock.rules import SpoilReason


class JobHeap(StrEnum):
    """The heaps of jobs: one status, all that have an end to come, or those with a run that nobody confirmed."""

    OPEN = JobStatus.OPEN
    DRAFT = JobStatus.DRAFT
    UNFINISHED = "unfinished"
    UNCONFIRMED = "unconfirmed"
    DONE = JobStatus.DONE
    CANCELLED = JobStatus.CANCELLED


class JobsQuery(JobQuery):
    """Which print jobs."""

    status = fields.Kind(JobHeap, load_default=None)


class UndoIn(ResultUndoIn):
    """Why; the address names what."""

    class Meta:
        exclude = ("recording",)


class SpoiledIn(fields.Strict):
    """One spoiled blank: for which line, why, and whether the card was printed on another one."""

    line = fields.Words(high=80, required=True)
    reason = fields.Kind(SpoilReason, required=True)
    number = fields.Words(high=MAX_NUMBER, load_default=None)
    no_card = fields.Flag(load_default=True)
    kept = fields.Words(low=0, high=20_000, load_default="")


class KeptIn(fields.Strict):
    """The lines named as without a card so far, to be taken along."""

    kept = fields.Words(low=0, high=20_000, load_default="")


class CountedIn(fields.Strict):
    """What came out: the good cards, who has none, and the blanks' numbers in the order of the lines."""

    run = fields.identity(load_default=None)
    counted = fields.JsonInt(validate=fields.between(0, MAX_LINES), required=True)
    not_printed = fields.Several(fields.Words(high=80), low=0, high=MAX_LINES, load_default=list)
    numbers = single_numbers()


class TakenIn(fields.Strict):
    """Which blanks were taken, in the order of the lines that have none yet."""

    stage = fields.Kind(ReportedStage, load_default=ReportedStage.TAKEN)
    taken = fields.Several(fields.Words(high=MAX_NUMBER), high=MAX_LINES, required=True)
