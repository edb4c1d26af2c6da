"""Reading policies and the queue that follows from them, and what another policy would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.database import current
from inventory.offices.models import Office
from inventory.offices.rules import superiors_of
from inventory.outreach.queries import EventNotFound, find_event
from inventory.paging import Page, Slice, page
from inventory.queue import forecast, lines, rules
from inventory.queue.lines import InJobs, Key, Queue, R
from inventory.queue.models import Policy
from inventory.queue.rules import HELD, Hold, Place, Wishes
from inventory.recordings.queries import get_recordings
from inventory.recordings.rules import PrintReason, RecordingStatus

# So many recordings are in a job at most.
MOST_TAKEN = 2_000
# Of those who wait it is told how many do so for so many days or less, and how many for longer than the last.
AGES = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy that an office goes by; without one it is the oldest first."""

    row: Policy | None
    wishes: Wishes

    def inherited_from(self, office: str) -> str | None:
        """Whose it is, if not the office's own."""
        return None if self.row is None or self.row.office_code == office else self.row.office_code


NONE = InForce(None, Wishes())


def in_force(office: str, on: date) -> InForce:
    """The policy of that day: the office's own, else that of the office above it, else the ministry's.

    Of several it is the one with the latest first day, and of those of one day the last that was set.
    """
    parts = [
        sa.select(Policy.id)
        .where(Policy.office_code == code, Policy.valid_from <= on)
        .order_by(Policy.valid_from.desc(), Policy.number.desc())
        .limit(1)
        .subquery()
        for code in (office, *superiors_of(office))
    ]
    found = sa.union_all(*[sa.select(part.c.id) for part in parts]).subquery()
    rows = current().scalars(sa.select(Policy).where(Policy.id.in_(sa.select(found.c.id)), Policy.body.is_not(None)))
    nearest = max(rows, key=lambda row: len(row.office_code), default=None)
    return NONE if nearest is None else InForce(nearest, rules.of_json(nearest.body or {}))


def shown(row: Policy) -> dict[str, Any]:
    """A version as it is told."""
    wishes = Wishes() if row.body is None else rules.of_json(row.body)
    return {
        "id": row.id, "office": row.office_code, "number": row.number, "valid_from": row.valid_from,
        "title": row.title, "note": row.note, "inherit": row.body is None, **wishes.as_json(),
        "user": row.user_id, "created_at": row.created_at,
    }  # fmt: skip


def get_policy(policy_id: int) -> dict[str, Any]:
    """One version: the answer of a command that has checked access."""
    return shown(current().get_one(Policy, policy_id))


def policy_of(actor: Actor, office: str | None, on: date | None, wanted: Slice) -> tuple[dict[str, Any], Page]:
    """What an office goes by on a day, where it comes from, and the office's own versions."""
    office = office or actor.office
    access.require(actor, Action.READ, office)
    queue = lines.queue_of(office)
    found = in_force(office, on or queue.today)
    told = {
        "office": office, "on": on or queue.today, "policy": None if found.row is None else shown(found.row),
        "inherited_from": found.inherited_from(office),
    }  # fmt: skip
    versions = page(sa.select(Policy).where(Policy.office_code == office), [Policy.number], wanted)
    return told, Page([shown(row) for row in versions.items], versions.next)


def reached_queue(actor: Actor, office: str | None, event: int | None) -> Queue:
    """The queue that somebody asks for; raises `OutOfReach`, `OfficeNotFound` or `EventNotFound`."""
    if event is not None:
        host = find_event(actor, event, pointer="query/event").host_office
        if office not in (None, host):
            raise EventNotFound(pointer="query/event", event=event)
        access.require(actor, Action.READ_RECORDINGS, host, event_id=event)
        return lines.queue_of(host, event)
    office = office or actor.office
    access.require(actor, Action.READ_RECORDINGS, office)
    return lines.queue_of(office)


def offices_waiting(actor: Actor, chosen: str | None) -> list[tuple[str, str]]:
    """The offices of the actor's subtree where somebody is print-ready, by code and name; and the one chosen."""
    waits = sa.exists().where(R.c.office_code == Office.code, R.c.status == RecordingStatus.PRR)
    query = sa.select(Office.code, Office.name).where(access.within(Office.code, actor.office))
    query = query.where(sa.or_(waits, Office.code == (chosen or ""))).order_by(Office.code)
    return [(row.code, row.name) for row in current().execute(query)]


@dataclass(frozen=True, slots=True)
class Taken:
    """What earlier pages showed of a reason: how many, and the last of them."""

    count: int
    last: Key | None


def show_queue(
    actor: Actor, office: str | None, event: int | None, wanted: Slice, *, totals: bool = False
) -> dict[str, Any]:
    """The places of a queue, each explained; with `totals` how many wait and are held, which reads them all."""
    queue = reached_queue(actor, office, event)
    policy = in_force(queue.office, queue.today)
    wishes = policy.wishes
    # What was printed today matters to quotas, caps and totals only.
    asked = totals or wishes.counts_the_day
    jobs, used = lines.today(queue, wishes) if asked else ({}, dict.fromkeys(PrintReason, 0))
    taken = _taken(wanted.after)
    shown_before = {reason: found.count for reason, found in taken.items()}
    counted = {reason: used[reason] + shown_before.get(reason, 0) for reason in PrintReason}
    after = {reason: found.last for reason, found in taken.items() if found.last is not None}
    most = lines.limits_of(wishes, counted, wanted.limit + 1)
    waiting = lines.streams(queue, wishes, most, after)
    found = list(islice(rules.order(wishes, waiting, counted), wanted.limit + 1))
    kept = found[: wanted.limit]
    numbered = list(enumerate(kept, sum(shown_before.values()) + 1))
    return {
        **_heading(queue, policy),
        "totals": _totals(queue, wishes, jobs, used) if totals else None,
        "page": Page(_told(policy, numbered), _next(taken, kept) if len(found) > len(kept) else None),
    }


def show_reason(
    actor: Actor, office: str | None, event: int | None, reason: PrintReason, wanted: Slice, *, totals: bool = False
) -> dict[str, Any]:
    """Those of one reason among the places that one job can take, each with the place it has among all."""
    queue = reached_queue(actor, office, event)
    policy = in_force(queue.office, queue.today)
    jobs, used = lines.today(queue, policy.wishes) if totals else ({}, {})
    numbered = enumerate(lines.places(queue, policy.wishes, MOST_TAKEN), 1)
    behind = wanted.after[0] if wanted.after else 0
    mine = ((number, place) for number, place in numbered if place.reason is reason and number > behind)
    found = list(islice(mine, wanted.limit + 1))
    kept = found[: wanted.limit]
    return {
        **_heading(queue, policy),
        "totals": _totals(queue, policy.wishes, jobs, used) if totals else None,
        "page": Page(_told(policy, kept), (kept[-1][0],) if len(found) > len(kept) else None),
    }


def _heading(queue: Queue, policy: InForce) -> dict[str, Any]:
    row = policy.row
    return {
        "office": queue.office, "event": queue.event, "on": queue.today,
        "policy": None if row is None else {"id": row.id, "number": row.number, "title": row.title},
        "inherited_from": policy.inherited_from(queue.office),
    }  # fmt: skip


def _taken(after: Sequence[Any] | None) -> dict[PrintReason, Taken]:
    """A cursor's values: for each reason how many were shown, and the last one's instant and id."""
    if after is None:
        return {}
    triples = zip(*[iter(after)] * 3, strict=True)
    return {
        reason: Taken(count, (since, last) if last else None)
        for reason, (count, since, last) in zip(PrintReason, triples, strict=True)
    }


def _next(taken: Mapping[PrintReason, Taken], kept: Sequence[Place[Key]]) -> tuple[Any, ...]:
    after = dict(taken)
    for place in kept:
        after[place.reason] = Taken(after.get(place.reason, Taken(0, None)).count + 1, place.key)
    values: list[Any] = []
    for reason in PrintReason:
        found = after.get(reason, Taken(0, None))
        since, last = found.last or (clock.now(), 0)
        values += [found.count, since, last]
    return tuple(values)


def _person(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"recording": row["id"], **{name: row[name] for name in ("client_id", "nik", "reason")}}


def _told(policy: InForce, kept: Sequence[tuple[int, Place[Key]]]) -> list[dict[str, Any]]:
    now, ranks = clock.now(), policy.wishes.ranks()
    people = get_recordings([place.key[1] for _, place in kept])
    told = []
    for (position, place), person in zip(kept, people, strict=True):
        rank = ranks[place.rank - 1] if policy.wishes.classes else None
        days = max(0, (now - place.key[0]).days)
        told.append({
            **_person(person), "position": position,
            "class_number": None if rank is None else place.rank, "class_name": None if rank is None else rank.name,
            "waited_days": days, "hold": None, "job": None, "why": rules.why(place.rank, rank, days),
        })  # fmt: skip
    return told


def _totals(
    queue: Queue, wishes: Wishes, jobs: Mapping[PrintReason, InJobs], used: Mapping[PrintReason, int]
) -> dict[str, Any]:
    young, absent = lines.held_by_person(queue, wishes)
    now = clock.now()
    younger = [lines.how_many(R.c.prr_at > now - timedelta(days=days + 1)) for days in AGES]
    query = (
        sa.select(R.c.reason, sa.func.count(), lines.how_many(young), lines.how_many(absent), *younger)
        .where(*queue.mine)
        .group_by(R.c.reason)
    )
    held, waiting, ready, ages = dict.fromkeys(Hold, 0), {}, {}, {}
    for reason, people, under_17, not_come, *upto in current().execute(query):
        ages[reason] = [later - earlier for earlier, later in pairwise([0, *map(int, upto), people])]
        job = jobs.get(reason, InJobs())
        kinds = {
            Hold.IN_JOB: job.waiting,
            Hold.UNDER_17: int(under_17) - job.under_17,
            Hold.NOT_APPEARED: int(not_come) - job.absent,
        }
        for hold, count in kinds.items():
            held[hold] += count
        waiting[reason], ready[reason] = people, people - sum(kinds.values())
    for cap in wishes.caps:
        held[Hold.CAP_REACHED] += max(0, sum(ready.get(reason, 0) for reason in cap.reasons) - lines.left_of(cap, used))
    return {
        "waiting": sum(waiting.values()),
        "ready": sum(ready.values()) - held[Hold.CAP_REACHED],
        "ages": [
            {"reason": reason, "people": waiting[reason], "ages": ages[reason]}
            for reason in sorted(waiting, key=lambda each: -waiting[each])
        ],
        "held": [{"hold": hold, "people": people, "why": HELD[hold]} for hold, people in held.items()],
        "classes": [
            {"number": number, "name": each.name, "quota": each.quota, "reasons": list(each.reasons),
             "waiting": sum(waiting.get(reason, 0) for reason in each.reasons),
             "today": sum(used.get(reason, 0) for reason in each.reasons)}
            for number, each in enumerate(wishes.ranks(), 1)
        ],
    }  # fmt: skip


def list_held(
    actor: Actor, office: str | None, event: int | None, wanted: Slice, *, totals: bool = False
) -> dict[str, Any]:
    """Those who are print-ready and have no place in the queue today, by reason, each with why."""
    queue = reached_queue(actor, office, event)
    policy = in_force(queue.office, queue.today)
    young, absent = lines.held_by_person(queue, policy.wishes)
    capped = _beyond_caps(queue, policy.wishes)
    in_job = lines.JOB_LINES.c.job_id.is_not(None)
    hold = sa.case(
        (in_job, Hold.IN_JOB.value), (young, Hold.UNDER_17.value), (absent, Hold.NOT_APPEARED.value),
        else_=Hold.CAP_REACHED.value,
    )  # fmt: skip
    query = (
        sa.select(R.c.id, R.c.reason, R.c.prr_at, lines.JOB_LINES.c.job_id, hold.label("hold"))
        .outerjoin(lines.JOB_LINES, sa.and_(lines.JOB_LINES.c.recording_id == R.c.id, lines.JOB_LINES.c.waiting))
        .where(*queue.mine, sa.or_(in_job, young, absent, capped))
    )
    found = page(query, [R.c.reason, R.c.prr_at, R.c.id], wanted, rows=True)
    people = get_recordings([row.id for row in found.items])
    now = clock.now()
    counted = _totals(queue, policy.wishes, *lines.today(queue, policy.wishes)) if totals else None
    told = [
        {
            **_person(person), "position": None, "class_number": None, "class_name": None,
            "waited_days": max(0, (now - row.prr_at).days), "hold": row.hold, "job": row.job_id,
            "why": HELD[Hold(row.hold)],
        }
        for row, person in zip(found.items, people, strict=True)
    ]  # fmt: skip
    return {**_heading(queue, policy), "totals": counted, "page": Page(told, found.next)}


def _beyond_caps(queue: Queue, wishes: Wishes) -> sa.ColumnElement[bool]:
    """The condition of those for whom today's cap of their reason has no room."""
    if not wishes.caps:
        return sa.false()
    _, used = lines.today(queue, wishes)
    reasons = [reason for cap in wishes.caps for reason in cap.reasons]
    limits = {reason: lines.left_of(cap, used) for cap in wishes.caps for reason in cap.reasons}
    fit = {place.reason: place.key for place in rules.order(wishes, lines.streams(queue, wishes, limits), used)}
    beyond = []
    for reason in reasons:
        of_reason = R.c.reason == reason
        if reason in fit:
            since, last = fit[reason]
            after = sa.tuple_(R.c.prr_at, R.c.id) > sa.tuple_(sa.literal(since, R.c.prr_at.type), last)
            of_reason = sa.and_(of_reason, after)
        beyond.append(of_reason)
    return sa.or_(*beyond)


@dataclass(frozen=True, slots=True)
class Trial:
    """A policy to try out: with how many blanks a day, for how many days, and who comes; None is the average."""

    wishes: Wishes
    days: int
    blanks: int | None = None
    arrivals: Mapping[PrintReason, float] | None = None


def simulate(actor: Actor, office: str, trial: Trial) -> dict[str, Any]:
    """What a policy would change at an office; nothing is kept."""
    access.require(actor, Action.SET_POLICY, office)
    trial.wishes.check()
    queue = lines.queue_of(office)
    policy = in_force(office, queue.today)
    _, used = lines.today(queue, policy.wishes)
    people, flow = lines.everybody(queue), lines.recent_flow(queue)
    blanks = round(flow.printed) if trial.blanks is None else trial.blanks
    arrivals = flow.arrivals if trial.arrivals is None else trial.arrivals
    found = forecast.compare(policy.wishes, trial.wishes, people, used, queue.today)
    ahead = {
        name: forecast.project(wishes, people, arrivals, today=queue.today, days=trial.days, blanks=blanks)
        for name, wishes in (("now", policy.wishes), ("then", trial.wishes))
    }
    named = lines.client_ids([move.recording for move in (*found.up.first, *found.down.first)])
    return {
        **_heading(queue, policy),
        "waiting": len(people), "held_now": found.held_now, "held_then": found.held_then,
        "moves_up": _moves(found.up, named), "waits_longer": _moves(found.down, named), "unchanged": found.unchanged,
        "blanks_per_day": blanks,
        "arrivals": [{"reason": r, "per_day": round(rate, 2)} for r, rate in sorted(arrivals.items())],
        "assumptions": forecast.assumptions(blanks, blanks_asked=trial.blanks is not None,
                                            arrivals_asked=trial.arrivals is not None,
                                            averaged_days=lines.AVERAGED_DAYS),
        "now": _projection(policy.wishes, ahead["now"]), "then": _projection(trial.wishes, ahead["then"]),
    }  # fmt: skip


def _moves(moves: forecast.Moves, named: Mapping[int, str]) -> dict[str, Any]:
    return {
        "count": moves.count,
        "first": [
            {"recording": move.recording, "client_id": named[move.recording], "reason": move.reason,
             "position_now": move.now, "position_then": move.then}
            for move in moves.first
        ],
    }  # fmt: skip


def _projection(wishes: Wishes, days: Sequence[forecast.Day]) -> dict[str, Any]:
    return {
        "suket": forecast.suket_told(days),
        "classes": [each.name for each in wishes.ranks()],
        "days": [{"on": day.on, "waiting": day.waiting, "suket": day.suket, "by_class": day.by_class} for day in days],
    }
