"""What came out of a printer: blanks that were spoiled, one by one; then the count of the cards, and their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import request, url_for

from inventory.access import Action
from inventory.errors import Fault, InventoryError
from inventory.printing import commands, run_rules, runs, sheets
from inventory.printing.booking import NothingToReport
from inventory.printing.rules import BlanksDoNotMatch, Outcome, Result
from inventory.printing.run_rules import Confirmation, Printed, Progress, ReportedStage
from inventory.printing.sheets import Sheet, SheetLine
from inventory.stock.rules import SpoilReason
from inventory.texts import Text
from web import forms
from web.pages import Pages, actor, done, once, see
from web.printing.schemas import CountedIn, KeptIn, SpoiledIn, TakenIn

pages = Pages("runs", __name__)
# A page shows so many lines; whoever wants the others goes on from there.
_SHOWN = 200
SPOILED = (
    (SpoilReason.PRINT_FAILURE, Text("gagal cetak (gambar atau tulisan jelek)", "printing failed (picture or text)")),
    (SpoilReason.ENCODE_FAILURE, Text("gagal encode (chip tidak terisi)", "encoding failed (chip not written)")),
    (SpoilReason.DAMAGED, Text("rusak (patah, lecet, tersangkut)", "damaged (broken, scratched, jammed)")),
    (SpoilReason.FACTORY_DEFECT, Text("cacat dari pabrik", "defect from the factory")),
)


@pages.shows("/cetak/pekerjaan/<int:job_id>/putaran", Action.READ_RECORDINGS)
def sheet(job_id: int) -> Any:
    """All that wait for a result: what is in the printer, or in the whole job where nothing was sent from here."""
    job = sheets.get_job(actor(), job_id)
    found = sheets.sheet_of(job)
    feed = sheets.feed_of(actor(), job)
    first = max(1, int(asked)) if (asked := request.args.get("mulai", "")).isdecimal() and len(asked) < 6 else 1  # noqa: PLR2004
    shown = [line for line in found.lines if line.number >= first][:_SHOWN]
    later = [line.number for line in found.lines if shown and line.number > shown[-1].number]
    absent = _typed_absent(found)
    free = [line for line in found.lines if line.blank is None and line.number not in absent]
    return see(
        "printing/sheet.html",
        job=job,
        sheet=found,
        feed=feed,
        shown=shown,
        later=url_for(".sheet", job_id=job_id, mulai=later[0]) if later else None,
        classes=[(reason.value, text) for reason, text in SPOILED],
        free=free,
        posted=request.endpoint if request.method == "POST" else None,
        absent=len(absent),
        kept=", ".join(_split(forms.typed("/not_printed") or forms.typed("/kept"))),
        expected=len(found.lines) - len(absent),
        numbers=_typed_numbers(found, absent),
    )


def _typed_absent(found: Sheet) -> set[int]:
    """The lines that are without a card by what stands in the form."""
    with suppress(InventoryError):  # that is told at its own field
        return {line.number for line in sheets.read_lines(found, _split(forms.typed("/not_printed")), "")}
    return set()


def _typed_numbers(found: Sheet, absent: set[int]) -> dict[int, str]:
    """Which of the numbers typed stands for which line, to be seen beside it when something is wrong."""
    typed = [each.strip() for each in request.form.get("/numbers", "").splitlines() if each.strip()]
    free = [line for line in found.lines if line.blank is None and line.number not in absent]
    return {line.number: number for line, number in zip(free, typed, strict=False)}


def _split(text: str) -> list[str]:
    """Lines as people list them: one a line, or with commas."""
    return [each.strip() for each in text.replace(",", "\n").replace(";", "\n").splitlines() if each.strip()]


@pages.does("/cetak/pekerjaan/<int:job_id>/putaran/rusak", Action.PRINT, body=SpoiledIn, again=sheet)
def spoil(job_id: int, body: dict[str, Any]) -> Any:
    """Note one spoiled blank; its line waits until the card is counted, or is named as without one."""
    found = sheets.sheet_of(sheets.get_job(actor(), job_id))
    [line] = sheets.read_lines(found, [body["line"]], "/line")[:1]
    result = Result(line.recording, Outcome.SPOILED, body["reason"], body["number"])
    _said(lambda: commands.take_results(actor(), job_id, [result], once=once()), _at_spoiled)
    kept = [*_without(line, body["kept"]), *([str(line.number)] if body["no_card"] else [])]
    text = Text("Satu keping rusak dicatat untuk baris {line}.", "One spoiled blank noted for line {line}.")
    return done(".sheet", text.format(line=line.number), job_id=job_id, **_brought(kept))


def _without(line: SheetLine, kept: str) -> list[str]:
    """The lines named as without a card so far, but for this one."""
    return [each for each in dict.fromkeys(_split(kept)) if each not in (str(line.number), line.client_id)]


def _brought(kept: Sequence[str]) -> dict[str, str]:
    return {"not_printed": ", ".join(kept)} if kept else {}


@pages.does("/cetak/pekerjaan/<int:job_id>/putaran/batal/<int:recording>", Action.PRINT, body=KeptIn, again=sheet)
def unspoil(job_id: int, recording: int, body: dict[str, Any]) -> Any:
    """The blank was not spoiled after all: nobody says any more that its line has no card."""
    found = sheets.sheet_of(sheets.get_job(actor(), job_id))
    reason = Text("Salah tandai di lembar hasil cetak.", "Marked by mistake on the sheet of results.")
    commands.undo_result(actor(), job_id, recording, str(reason), once())
    text = Text("Tanda rusak dibatalkan: kepingnya kembali.", "No longer spoiled: the blank is back.")
    kept = _split(body["kept"])
    for line in found.lines:
        if line.recording == recording:
            kept = _without(line, body["kept"])
    return done(".sheet", text, job_id=job_id, **_brought(kept))


@pages.does("/cetak/pekerjaan/<int:job_id>/putaran/keping", Action.PRINT, body=TakenIn, again=sheet)
def note_taken(job_id: int, body: dict[str, Any]) -> Any:
    """Note which blanks were taken for the lines that have none yet, in their order."""
    job = sheets.get_job(actor(), job_id)
    free = [line for line in sheets.sheet_of(job).lines if line.blank is None]
    if len(body["taken"]) > len(free):
        raise BlanksDoNotMatch(pointer="/taken", blanks=len(body["taken"]), attempts=len(free))
    pairs = list(zip(free, body["taken"], strict=False))
    stage: ReportedStage = body["stage"]
    told = [Progress(line.recording, stage, number) for line, number in pairs]
    where = _at_lines("lines", "taken", [line for line, _ in pairs])
    _said(lambda: runs.report_stages(actor(), job_id, job["run"] or 0, told, once()), where)
    text = Text("{count} keping dicatat untuk barisnya.", "{count} blanks noted for their lines.")
    return done(".sheet", text.format(count=len(told)), job_id=job_id)


@pages.does("/cetak/pekerjaan/<int:job_id>/putaran/hitung", Action.PRINT, body=CountedIn, again=sheet)
def count(job_id: int, body: dict[str, Any]) -> Any:
    """Take in the count of a run, or of a job whose cards were printed without one."""
    job = sheets.get_job(actor(), job_id)
    found = sheets.sheet_of(job)
    if body["run"] is not None:
        _confirm(job, found, body)
    else:
        _report(job, found, body)
    text = Text("{count} kartu tercetak dicatat.", "{count} printed cards noted.").format(count=body["counted"])
    return done("printing_pages.job", text, job_id=job_id)


def _confirm(job: dict[str, Any], found: Sheet, body: dict[str, Any]) -> None:
    said, made = Confirmation(body["run"], body["counted"]), list[SheetLine]()
    if job["run"] == body["run"]:  # else it was confirmed meanwhile: this very form, or by somebody else
        made, absent = _made(found, body)
        numbers = _numbers(made, body)
        cards = [Printed(line.recording, numbers[line.number]) for line in made if line.number in numbers]
        said = replace(said, not_printed=[line.recording for line in absent], cards=cards)
        made = [line for line in made if line.number in numbers]
    _said(lambda: runs.confirm(actor(), job["id"], said, once()), _at_lines("cards", "numbers", made))


def _report(job: dict[str, Any], found: Sheet, body: dict[str, Any]) -> None:
    results, made, wrong = list[Result](), list[SheetLine](), None
    try:
        made, absent = _made(found, body)
        run_rules.check_count(body["counted"], len(found.lines), len(absent))
        numbers = _numbers(made, body)
        results = [Result(line.recording, Outcome.PRINTED, number=numbers.get(line.number)) for line in made]
    except InventoryError as error:
        wrong = error  # unless it is this very form again, whose lines wait no more
    try:
        _said(
            lambda: commands.take_results(actor(), job["id"], results, once=once()),
            _at_lines("results", "numbers", made),
        )
    except NothingToReport:
        if wrong is not None:
            raise wrong from None
        raise


def _made(found: Sheet, body: dict[str, Any]) -> tuple[list[SheetLine], list[SheetLine]]:
    """The lines that have a card, and those that have none."""
    typed = [each for line in body["not_printed"] for each in _split(line)]
    absent = sheets.read_lines(found, typed, "/not_printed")
    gone = {line.number for line in absent}
    return [line for line in found.lines if line.number not in gone], absent


def _numbers(made: Sequence[SheetLine], body: dict[str, Any]) -> dict[int, str]:
    """The number of each line's blank, where they were scanned: one for each line that has none yet."""
    scanned = body.get("numbers") or []
    free = [line for line in made if line.blank is None]
    if scanned and len(scanned) != len(free):
        raise BlanksDoNotMatch(pointer="/numbers", blanks=len(scanned), attempts=len(free))
    return {line.number: number for line, number in zip(free, scanned, strict=False)}


def _said(do: Callable[[], object], where: Callable[[Fault], Fault]) -> None:
    """Do it; what is refused is told where it was typed."""
    try:
        do()
    except InventoryError as error:
        error.faults = [where(fault) for fault in error.faults]
        raise


def _at_spoiled(fault: Fault) -> Fault:
    name = fault.pointer.rpartition("/")[2]
    return replace(fault, pointer={"recording": "/line", "reason": "/reason", "number": "/number"}.get(name, ""))


def _at_lines(said: str, typed: str, lines: Sequence[SheetLine]) -> Callable[[Fault], Fault]:
    """What is wrong with the number of a line is told at the field of the numbers, with the line's number."""

    def moved(fault: Fault) -> Fault:
        parts = fault.pointer.split("/")
        if parts[1:2] != [said] or not parts[2].isdecimal() or int(parts[2]) >= len(lines):
            return fault
        line = lines[int(parts[2])].number
        text = Text(f"Baris {line}: {fault.text}", f"Line {line}: {fault.text.en}")
        return replace(fault, pointer=f"/{typed}/{parts[2]}", text=text)

    return moved
