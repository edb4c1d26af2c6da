"""Four eyes: who may be the second person, said once for transfers, counts, destructions, reversals and losses."""

from __future__ import annotations

from collections.abc import Collection

from inventory.errors import NotPermitted, RuleViolated
from inventory.texts import Text


class SamePerson(NotPermitted):
    """The second person is somebody who did not do the first part."""

    code = "same_person"
    text = Text(
        "Langkah ini memerlukan orang kedua: Anda sendiri yang {part}. Minta rekan lain dari Dinas yang berwenang.",
        "This step needs a second person: you did the first part yourself ({part}). Ask another one who may.",
    )


class HolderMayNot(NotPermitted):
    """Who holds the stock does not approve what becomes of it."""

    code = "holder_may_not"
    text = Text(
        "Anda memegang blangko ini; orang yang memegangnya tidak boleh menyetujui.",
        "You hold these blanks; who holds them may not approve.",
    )


class NotTwoPeople(RuleViolated):
    """A count is signed by two different people."""

    code = "not_two_people"
    text = Text(
        "Harus dua orang yang berbeda; disebut {count}.", "It must be two different people; {count} were named."
    )


def check_second(user_id: int, *, first: Collection[int | None], part: Text, holder: int | None = None) -> None:
    """Raise `SamePerson` or `HolderMayNot` unless this user is none of those who did the first `part`."""
    if user_id in first:
        raise SamePerson(part=part)
    if user_id == holder:
        raise HolderMayNot


def check_two(people: Collection[int], pointer: str) -> None:
    """Raise `NotTwoPeople` unless exactly two different users are named."""
    if len(people) != 2 or len(set(people)) != len(people):  # noqa: PLR2004 - two is the rule
        raise NotTwoPeople(pointer=pointer, count=len(set(people)))
