"""The books as an inspector meets them: when they were proved, proving small ones at once, and their export."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.errors import Conflict
from inventory.marks import Verified
from inventory.offices.rules import MINISTRY
from inventory.reports import queries as reports
from inventory.seals import queries as seals
from inventory.texts import Text

# Proving takes about two minutes a million movements: so many are done while somebody waits.
SMALL = 20_000
_TOLD = 100


class BooksTooLong(Conflict):
    """A page may not take as long as proving or copying a long ledger does."""

    code = "books_too_long"
    text = Text(
        "Buku ini lebih dari {most} catatan: jalankan perintahnya di server.",
        "These books have more than {most} movements: run the command on the server.",
    )


def may_see_all(actor: Actor) -> bool:
    """Whether the actor inspects the whole chain: it is one for the nation, so only the ministry's inspectors do."""
    return access.may(actor, Action.INSPECT, MINISTRY)


def _check(actor: Actor, path: Path) -> seals.Standing:
    access.require(actor, Action.INSPECT, MINISTRY)
    standing = seals.standing(path)
    if standing.position + standing.waiting > SMALL:
        raise BooksTooLong(most=SMALL)
    seals.take_time()
    return standing


def prove(actor: Actor, path: Path) -> tuple[Verified, list[str]]:
    """Prove small books now: the result, and the first sentences of what is different. Nothing is kept or changed.

    Raises `BooksTooLong` and `OutOfReach`.
    """
    standing = _check(actor, path)
    every = chain(reports.differences(), seals.differences(path))
    told = list(islice(every, _TOLD))
    return Verified(clock.now(), standing.position, len(told) + sum(1 for _ in every)), told


def export(actor: Actor, path: Path) -> Iterator[str]:
    """The lines of the sealed ledger, for `tools/verify_ledger.py`; raises `BooksTooLong` and `OutOfReach`."""
    _check(actor, path)
    return seals.lines(path)
