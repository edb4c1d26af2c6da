"""The arithmetic of the ledger: what an account is, what may be taken, who pays first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from inventory.errors import Conflict, RuleViolated
from inventory.stock import numbers
from inventory.stock.numbers import Amount, Span
from inventory.texts import Text, aside

NO_EVENT = 0
NO_DOCUMENT = 0


class Place(StrEnum):
    """Where stock can be. The last five are ends: nothing comes back from them but by a correction."""

    STORE = "store"
    TRANSFER = "transfer"
    CUSTODY = "custody"
    ENVELOPE = "envelope"
    SUPPLIED = "supplied"
    ISSUED = "issued"
    CONSUMED = "consumed"
    DESTROYED = "destroyed"
    LOST = "lost"


class Condition(StrEnum):
    """What the goods are, wherever they lie."""

    BLANK = "blank"
    PRINTED = "printed"
    SPOILED = "spoiled"


class MovementKind(StrEnum):
    """Which fact of business a movement is."""

    RECEIPT = "receipt"
    SPOILAGE = "spoilage"
    LOSS = "loss"
    CONSUMPTION = "consumption"
    REVERSAL = "reversal"
    EARMARK = "earmark"
    RELEASE = "release"
    DISPATCH = "dispatch"
    DELIVERY = "delivery"
    SURPLUS = "surplus"
    RECALL = "recall"
    UNDELIVERY = "undelivery"
    FOUND = "found"
    WRITE_OFF = "write_off"
    BROUGHT = "brought"
    PRINTING = "printing"
    PRINTING_UNDO = "printing_undo"
    ISSUE = "issue"
    ISSUE_UNDO = "issue_undo"
    CLOSING = "closing"
    TRACKING = "tracking"
    CUSTODY = "custody"
    CUSTODY_RETURN = "custody_return"
    ADJUSTMENT = "adjustment"
    DESTRUCTION = "destruction"


class SpoilReason(StrEnum):
    """Why a blank was spoiled."""

    DAMAGED = "damaged"
    PRINT_FAILURE = "print_failure"
    ENCODE_FAILURE = "encode_failure"
    FACTORY_DEFECT = "factory_defect"


# Spoiled goods lie in quarantine by class: in a store's place this number stands where a document's would.
QUARANTINE = {
    SpoilReason.DAMAGED: NO_DOCUMENT,
    SpoilReason.PRINT_FAILURE: 1,
    SpoilReason.ENCODE_FAILURE: 2,
    SpoilReason.FACTORY_DEFECT: 3,
}


class ReceiptSource(StrEnum):
    """Where goods from outside the books come from."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    GRANT = "grant"
    OPENING = "opening"


# These are corrected by a reversal; every other kind has the undo of its own document.
REVERSIBLE = frozenset({
    MovementKind.RECEIPT, MovementKind.SPOILAGE, MovementKind.LOSS, MovementKind.CONSUMPTION, MovementKind.TRACKING,
})  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class AccountKey:
    """(place, item, condition, owner, event, numbered). A place is its kind, its answerable store and its document.

    `event_id` 0 is "no event" and `document_id` 0 "no document": keys of their own, never NULL. `document_id` is the
    transfer, the custody session or, for spoiled goods in a store, their class of quarantine. A numbered account holds
    as many goods as its intervals are long.
    """

    store: str
    place: Place
    document_id: int
    item: str
    condition: Condition
    owner: str
    event_id: int
    numbered: bool = False

    @property
    def word(self) -> str:
        """The key as one word: what the database finds and locks an account by."""
        parts = (self.store, self.place, self.document_id, self.item, self.condition, self.owner, self.event_id)
        return f"{'|'.join(map(str, parts))}|{int(self.numbered)}"

    def at(self, place: Place, *, store: str | None = None, document_id: int = NO_DOCUMENT) -> AccountKey:
        """The same goods in another place."""
        return replace(self, place=place, store=store or self.store, document_id=document_id)

    def as_(self, condition: Condition) -> AccountKey:
        """The same goods in another condition."""
        return replace(self, condition=condition)

    def spoiled(self, reason: SpoilReason) -> AccountKey:
        """The same goods in their store's quarantine, in the class of the reason."""
        return replace(self, place=Place.STORE, document_id=QUARANTINE[reason], condition=Condition.SPOILED)

    def tracked(self, *, numbered: bool) -> AccountKey:
        """The account of the same goods with known numbers, or of those that are only counted."""
        return self if self.numbered is numbered else replace(self, numbered=numbered)

    @property
    def spoil_reason(self) -> SpoilReason | None:
        """The class of goods in quarantine; None for all others."""
        if self.condition is not Condition.SPOILED or self.place is not Place.STORE:
            return None
        return next(reason for reason, number in QUARANTINE.items() if number == self.document_id)

    @property
    def free(self) -> AccountKey:
        """The same goods, set aside for nothing."""
        return replace(self, event_id=NO_EVENT)


def in_store(
    store: str, item: str, owner: str, event_id: int = NO_EVENT, condition: Condition = Condition.BLANK
) -> AccountKey:
    """The account of goods that lie in a store."""
    return AccountKey(store, Place.STORE, NO_DOCUMENT, item, condition, owner, event_id)


def classes_of(key: AccountKey) -> list[AccountKey]:
    """The accounts behind a place of spoiled goods, a class each; any other account is itself."""
    if key.condition is not Condition.SPOILED or key.place is not Place.STORE:
        return [key]
    return [key.spoiled(reason) for reason in SpoilReason]


@dataclass(frozen=True, slots=True)
class Leg:
    """`quantity` of one item goes from one account to another; into a numbered account with its numbers.

    `lot` is what numbers that come onto the books belong to.
    """

    source: AccountKey
    target: AccountKey
    quantity: int
    spans: tuple[Span, ...] = ()
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one account gives: a count, or the very numbers."""

    key: AccountKey
    quantity: int
    spans: tuple[Span, ...] = ()

    def to(self, target: AccountKey) -> Leg:
        """The leg that brings it to another account, of the same sort."""
        return Leg(self.key, target.tracked(numbered=self.key.numbered), self.quantity, self.spans)


class StockInsufficient(Conflict):
    """More is asked than is there."""

    code = "stock_insufficient"
    text = Text(
        "{store} hanya punya {available} {item}{apart} milik {owner}; diminta {asked}.",
        "{store} has only {available} {item}{apart} owned by {owner}; {asked} were asked for.",
    )


class StockShortOnDay(Conflict):
    """A taking with a past date would make an earlier day's stock negative."""

    code = "stock_short_on_day"
    text = Text(
        "Pada {day} di {store} hanya tersisa {available} {item}; {asked} tidak bisa diambil dengan tanggal itu.",
        "On {day} {store} had only {available} {item} left; {asked} cannot be taken with that date.",
    )


class DateInFuture(RuleViolated):
    """A fact of business cannot have happened tomorrow."""

    code = "date_in_future"
    text = Text("Tanggal {on} belum tiba; hari ini {today}.", "The date {on} has not come yet; today is {today}.")


class DateTooOld(RuleViolated):
    """Taking out with a past date is limited."""

    code = "date_too_old"
    text = Text(
        "Pengeluaran paling lama {limit} hari ke belakang (sejak {first}); tanggal {on} terlalu lama.",
        "Taking out may be dated at most {limit} days back (since {first}); {on} is too old.",
    )


class NothingToMove(RuleViolated):
    """A movement of nothing is no movement."""

    code = "nothing_to_move"
    text = Text("Tidak ada yang dipindahkan: jumlahnya nol.", "Nothing would move: the quantity is zero.")


class NotReversible(Conflict):
    """Movements of this kind are corrected through their own document."""

    code = "not_reversible"
    text = Text(
        "Mutasi {kind} dibatalkan lewat dokumennya sendiri, bukan dengan pembalikan.",
        "A movement of kind {kind} is undone through its own document, not by a reversal.",
    )


class ReversedAlready(Conflict):
    """Nothing of the movement is left to reverse."""

    code = "reversed_already"
    text = Text("Mutasi {movement} sudah dibalik seluruhnya.", "Movement {movement} was reversed in full already.")


class ReversalTooLarge(Conflict):
    """More would be reversed than is left of the movement."""

    code = "reversal_too_large"
    text = Text(
        "Mutasi {movement} tinggal {left} yang dapat dibalik; diminta {asked}.",
        "Movement {movement} has {left} left to reverse; {asked} were asked for.",
    )


def _keeps_numbers(leg: Leg) -> bool:
    """Whether numbers go where goods with numbers go, or off the books where a tracking is taken back."""
    if leg.source.numbered and leg.target == leg.source.tracked(numbered=False):
        return bool(leg.spans)
    return leg.target.numbered is bool(leg.spans) and leg.source.numbered <= leg.target.numbered


def net(legs: Iterable[Leg]) -> dict[AccountKey, int]:
    """What each account gains or loses, in key order, accounts that do not change left out.

    The sum over the answer is zero for every item: a leg gives what it takes. Raises `NothingToMove`.
    """
    changes: defaultdict[AccountKey, int] = defaultdict(int)
    for leg in legs:
        if leg.quantity < 0 or leg.source.item != leg.target.item:
            raise ValueError(f"a leg takes a positive quantity of one item: {leg}")
        if leg.quantity and not _keeps_numbers(leg):
            raise ValueError(f"a numbered account takes numbers, and no number gets lost: {leg}")
        if leg.spans and sum(map(len, leg.spans)) != leg.quantity:
            raise ValueError(f"so many numbers, so many goods: {leg}")
        changes[leg.source] -= leg.quantity
        changes[leg.target] += leg.quantity
    if not (found := {key: changes[key] for key in sorted(changes) if changes[key]}):
        raise NothingToMove
    return found


def sign_of(place: Place) -> int:
    """Which side of zero an account of this place may be on: the outer world owes, everything else has."""
    return -1 if place is Place.SUPPLIED else 1


def settle(balances: Mapping[AccountKey, int], changes: Mapping[AccountKey, int]) -> dict[AccountKey, int]:
    """The balances after the changes; raises `StockInsufficient` when one would be on the wrong side of zero."""
    after = {key: balances.get(key, 0) + change for key, change in changes.items()}
    for key, balance in after.items():
        if balance * sign_of(key.place) < 0:
            raise short(key, available=abs(balances.get(key, 0)), asked=abs(changes[key]))
    return after


def short(key: AccountKey, *, available: int, asked: int) -> StockInsufficient:
    """The error that says what is there and what was asked."""
    return StockInsufficient(store=key.store, item=key.item, condition=key.condition, owner=key.owner,
                             available=available, asked=asked, apart=aside(key.condition, Condition.BLANK))  # fmt: skip


def draw(
    balances: Mapping[AccountKey, int], order: Sequence[AccountKey], quantity: int
) -> list[tuple[AccountKey, int]]:
    """Take `quantity` from the accounts in their order, each down to zero before the next is touched.

    Raises `StockInsufficient` with what all of them have together.
    """
    taken, left = [], quantity
    for key in order:
        part = min(left, balances.get(key, 0))
        if part > 0:
            taken.append((key, part))
            left -= part
    if left:
        raise short(order[0], available=quantity - left, asked=quantity)
    return taken


def check_day(on: date, today: date, limit_days: int, *, takes_out: bool) -> None:
    """Raise `DateInFuture` or, for a taking, `DateTooOld`."""
    if on > today:
        raise DateInFuture(on=on, today=today)
    if takes_out and (today - on).days > limit_days:
        raise DateTooOld(on=on, limit=limit_days, first=today - timedelta(days=limit_days))


def lowest_since(balance_now: int, later: Sequence[tuple[date, int]]) -> tuple[int, date | None]:
    """The lowest end-of-day balance since a past day, and the day it was reached.

    `later` holds (day, change) of every day after it. The answer's day is None when the lowest is on that very day.
    """
    by_day: defaultdict[date, int] = defaultdict(int)
    for on, change in later:
        by_day[on] += change
    running = balance_now - sum(by_day.values())
    lowest, day = running, None
    for on in sorted(by_day):
        running += by_day[on]
        if running < lowest:
            lowest, day = running, on
    return lowest, day


def part_of_reversal(
    entries: Mapping[AccountKey, int], amount: Amount, there: Mapping[AccountKey, Sequence[Span]]
) -> list[Leg]:
    """The legs that take back such an amount of a movement, the last owner first.

    `entries` are what is left of the movement, `there` the numbers that it brought and that still lie there. Within one
    owner, item and sort goods went from the negative accounts to the positive one, so they go back the same way.
    """
    takers = [(key, change) for key, change in sorted(entries.items(), reverse=True) if change > 0]
    givers = {(key.owner, key.item, key.numbered): key for key, change in entries.items() if change < 0}
    whole = amount.quantity == sum(change for _, change in takers)
    legs, left = [], amount.quantity
    for key, change in takers:
        spans = tuple(there.get(key, ()))
        if amount.numbered:
            spans = tuple(numbers.shared(spans, amount.spans))
        part = sum(map(len, spans)) if key.numbered else 0 if amount.numbered else min(left, change)
        if key.numbered and whole and part < change:
            raise short(key, available=part, asked=change)
        if key.numbered and not whole and not amount.numbered:
            continue
        if part:
            legs.append(Leg(key, givers[key.owner, key.item, key.numbered], part, spans if key.numbered else ()))
            left -= part
    if left:
        raise _not_reversed(takers, legs, amount)
    return legs


def _not_reversed(takers: Sequence[tuple[AccountKey, int]], legs: Sequence[Leg], amount: Amount) -> Exception:
    key = takers[0][0]
    if amount.numbered:
        found = [span for leg in legs for span in leg.spans]
        absent = numbers.missing(found, amount.spans)
        return numbers.wrong_numbers(numbers.NumbersElsewhere, absent, amount, where=f"{key.store} ({key.item})")
    counted = sum(change for key, change in takers if not key.numbered)
    numbered = sum(change for key, change in takers if key.numbered)
    return numbers.NumbersNeeded(store=key.store, item=key.item, counted=counted, numbered=numbered)
