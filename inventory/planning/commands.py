"""Allocating by hand: several moves between offices as one plan, drafted all together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from inventory import access, audit
from inventory.access import Action, Actor
from inventory.catalogue.queries import get_item
from inventory.database import transaction
from inventory.offices.queries import StoreFacts, StoreNotFound, store_facts
from inventory.planning import allocations, moves
from inventory.planning.moves import AllocationOfKit, Move
from inventory.retries import FIRST, Once
from inventory.transfers import drafts


def plan_moves(
    actor: Actor,
    item: str,
    wanted: Sequence[Move],
    reason: str,
    expected_on: date | None = None,
    once: Once = FIRST,
) -> int:
    """Ask for all these transfers at once, for whoever may approve at both ends. Answers the first one's id.

    They are requested, as any transfer that is asked for: nothing is held back until one is dispatched. Raises
    `StoreNotFound`, `AllocationOfKit`, and `AllocationImpossible` where the plan takes more than a store has now.
    """
    with transaction() as session:
        ends = [(_end(actor, move.from_store, at, "from"), _end(actor, move.to_store, at, "to"))
                for at, move in enumerate(wanted)]  # fmt: skip
        if (done := once.done_before(session)) is not None:
            return done
        code = get_item(item).code
        moves.check(wanted, allocations.shelves_named({move.from_store for move in wanted}, code))
        made = [
            drafts.draft(
                session,
                actor,
                source=source,
                target=target,
                item=code,
                quantity=move.quantity,
                owner=source.office,
                expected_on=expected_on,
                reason=reason,
            ).id
            for (source, target), move in zip(ends, wanted, strict=True)
        ]
        audit.record(
            session, actor, "plan", allocations.SUBJECT, made[0], actor.office, transfers=made, item=code, reason=reason
        )
        return once.keep(session, made[0])


def _end(actor: Actor, code: str, at: int, side: str) -> StoreFacts:
    """A store at one end of a move, where the actor may both ask and approve."""
    pointer = f"/moves/{at}/{side}_store"
    store = store_facts(code, pointer=pointer)
    unseen = StoreNotFound(pointer=pointer, store=code)
    for action in (Action.TRANSFER, Action.APPROVE):
        access.require(actor, action, store.office, unseen=unseen)
    if store.event_id:
        raise AllocationOfKit(pointer=pointer, store=code)
    return store
