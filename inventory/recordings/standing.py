"""Where a recording stands after a list told of it: pure, and the same in whatever order lists come in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from inventory.recordings.rules import RecordingStatus, ReportedStatus

# What an undated list tells counts by its place here: a failure is overcome by becoming print-ready.
_RANK = {ReportedStatus.BIO_CAPTURED: 0, ReportedStatus.SFE: 1, ReportedStatus.FAILED: 2, ReportedStatus.PRR: 3}
_RANK_OF: dict[str, int] = {status.value: rank for status, rank in _RANK.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """What one line says of a recording; `at` is when it became so, where the line says."""

    status: ReportedStatus
    failure: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A recording's status and since when; `told_at` is None where that is only when we heard of it."""

    status: RecordingStatus
    failure: str | None
    status_at: datetime
    told_at: datetime | None
    sfe_at: datetime | None
    prr_at: datetime | None

    def shows_same(self, other: Standing) -> bool:
        """Whether a reader would see no difference."""
        return (self.status, self.failure, self.sfe_at, self.prr_at) == (
            other.status, other.failure, other.sfe_at, other.prr_at)  # fmt: skip


def first(told: Told, recorded_at: datetime, now: datetime) -> Standing:
    """A recording that nobody knew before; its biometrics were taken when it was recorded."""
    undated = recorded_at if told.status is ReportedStatus.BIO_CAPTURED else now
    at = told.at or undated
    return Standing(
        RecordingStatus(told.status),
        told.failure,
        at,
        told.at,
        at if told.status is ReportedStatus.SFE else None,
        at if told.status is ReportedStatus.PRR else None,
    )


def after(standing: Standing, told: Told, now: datetime) -> Standing:
    """Where the recording stands once `told` is known too: a later status is taken, an older one fills in its time."""
    if (told.status.value, told.failure) == (standing.status.value, standing.failure):
        return _confirmed(standing, told)
    if _is_newer(standing, told):
        at = told.at or now
        return Standing(
            RecordingStatus(told.status),
            told.failure,
            at,
            told.at,
            at if told.status is ReportedStatus.SFE else standing.sfe_at,
            at if told.status is ReportedStatus.PRR else standing.prr_at,
        )
    if told.at is None:
        return standing
    if told.status is ReportedStatus.SFE and standing.sfe_at is None:
        return replace(standing, sfe_at=told.at)
    if told.status is ReportedStatus.PRR and standing.prr_at is None:
        return replace(standing, prr_at=told.at)
    return standing


def _confirmed(standing: Standing, told: Told) -> Standing:
    """The same status again: a list that says when knows better than the moment we heard of it."""
    if told.at is None:
        return standing
    since = told.at if standing.told_at is None else min(standing.status_at, told.at)
    return replace(
        standing,
        status_at=since,
        told_at=max(standing.told_at or told.at, told.at),
        sfe_at=since if told.status is ReportedStatus.SFE else standing.sfe_at,
        prr_at=since if told.status is ReportedStatus.PRR else standing.prr_at,
    )


def _is_newer(standing: Standing, told: Told) -> bool:
    # The failure's name only decides between two that nothing else tells apart, so that their order does not matter.
    new, old = (_RANK[told.status], told.failure or ""), (_RANK_OF[standing.status.value], standing.failure or "")
    if told.at is None:
        return new > old
    if standing.told_at is None:
        return new > old or told.at > standing.status_at
    return (told.at, *new) > (standing.told_at, *old)
