"""What can go wrong, as facts: a few kinds, one sentence each; features add their own next to their rules.

Only `api/problems.py` knows which HTTP status a kind becomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inventory import niks
from inventory.texts import Text


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong at one place of the request; `pointer` is a JSON pointer or `line N`."""

    pointer: str
    text: Text
    code: str = "invalid"

    @property
    def line(self) -> str:
        """The line of a batch that this is wrong with: `/results/3` of `/results/3/outcome`."""
        return "/".join(self.pointer.split("/")[:3])


class InventoryError(Exception):
    """The base of every error a caller may be told about.

    `code` is stable and has its section in docs/problems.md. `facts` fill the sentence, but never with what may be a
    NIK. `pointer` names the field.
    """

    code: ClassVar[str] = "inventory_error"
    text: ClassVar[Text] = Text("Terjadi kesalahan.", "Something went wrong.")

    def __init__(self, *, pointer: str | None = None, faults: list[Fault] | None = None, **facts: object) -> None:
        self.facts = {name: niks.untold(value) for name, value in facts.items()}
        self.sentence = self.text.format(**self.facts)
        self.pointer = pointer
        self.faults = faults or ([Fault(pointer, self.sentence, self.code)] if pointer else [])
        super().__init__(self.sentence.en)


class NotFound(InventoryError):
    """The thing does not exist, or the actor may not know that it does."""

    code = "not_found"
    text = Text("{what} {key} tidak ditemukan.", "{what} {key} was not found.")


class NotPermitted(InventoryError):
    """The actor's role or office does not allow the action."""

    code = "not_permitted"
    text = Text(
        "Peran {role} di Dinas {office} tidak boleh {action}.",
        "Role {role} at office {office} may not {action}.",
    )


class TooMany(InventoryError):
    """Too many tries in too short a time: the next one has to wait, as many `seconds` as its facts say."""

    code = "too_many"
    text = Text("Terlalu banyak percobaan. Tunggu {seconds} detik.", "Too many tries. Wait {seconds} seconds.")

    @property
    def seconds(self) -> int:
        """How long to wait."""
        return int(str(self.facts["seconds"]))


class Conflict(InventoryError):
    """The request is well formed but does not fit the present state."""

    code = "conflict"


class StaleVersion(InventoryError):
    """Somebody else changed the thing since it was read."""

    code = "stale_version"
    text = Text(
        "{what} sudah diubah orang lain: versi sekarang {current}, versi Anda {yours}. Muat ulang lalu coba lagi.",
        "{what} was changed by someone else: it is at version {current}, yours is {yours}. Reload and try again.",
    )


class RuleViolated(InventoryError):
    """A value can never be right, whatever the present state."""

    code = "rule_violated"


class LinesRefused(RuleViolated):
    """A batch has bad lines; nothing of it was kept."""

    code = "lines_refused"
    text = Text("{count} baris ditolak; tidak ada yang disimpan.", "{count} lines were refused; nothing was kept.")

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults=faults, count=len({fault.line for fault in faults}))


class Busy(InventoryError):
    """The database could not serialise the request in time; repeating it is safe."""

    code = "busy"
    text = Text(
        "Sistem sedang sibuk. Ulangi permintaan yang sama dengan Idempotency-Key yang sama.",
        "The system is busy. Repeat the same request with the same Idempotency-Key.",
    )
