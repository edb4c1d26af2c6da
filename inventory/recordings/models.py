"""The table of recordings."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Id, by_value
from inventory.database import Base
from inventory.recordings.rules import PrintReason, RecordingStatus

# As the index has it, word for word: only so do both databases see that it serves.
OVER = "status IN ('issued', 'failed') AND purged_at IS NULL"


class Recording(Base):
    """One person recorded for one card. NIK and name are ciphertext; `nik_index` finds a NIK again by key.

    `sfe_at` and `prr_at` are when it became so last; `adult_on` is the 17th birthday of who was younger when recorded;
    `told_at` is `status_at` where a list said when, else None;
    `appeared_at` is when somebody who was waited for came. A purged recording has lost its person and keeps the rest,
    and in `derived_id` a keyed trace: the same person, reason and day again are no second card.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        sa.UniqueConstraint("office_code", "client_id"),
        sa.CheckConstraint("(status = 'failed') = (failure IS NOT NULL)", "failure"),
        sa.Index(None, "office_code", "status"),
        sa.Index(None, "event_id", "status"),
        sa.Index(None, "nik_index"),
        sa.Index(None, "office_code", "prr_at"),
        sa.Index(None, "office_code", "sfe_at"),
        # The queue of an office: what was printed long ago is not in it.
        sa.Index(
            "ix_recordings_queue",
            "office_code",
            "reason",
            "prr_at",
            "id",
            "adult_on",
            "appeared_at",
            sqlite_where=sa.text("status = 'prr'"),
            postgresql_where=sa.text("status = 'prr'"),
        ),
        # Whose case is over and whose person is still known: never more than what came within the purge period.
        sa.Index(
            "ix_recordings_over", "status_at", "office_code", sqlite_where=sa.text(OVER), postgresql_where=sa.text(OVER)
        ),
        sa.Index(
            "ix_recordings_derived_id",
            "derived_id",
            "office_code",
            sqlite_where=sa.text("derived_id IS NOT NULL"),
            postgresql_where=sa.text("derived_id IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"))
    client_id: Mapped[str] = mapped_column(sa.String(80))
    nik_secret: Mapped[bytes]
    nik_index: Mapped[bytes]
    name_secret: Mapped[bytes | None]
    reason: Mapped[PrintReason] = mapped_column(by_value(PrintReason))
    status: Mapped[RecordingStatus] = mapped_column(by_value(RecordingStatus))
    failure: Mapped[str | None] = mapped_column(sa.String(60))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))
    stop_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stops.id"))
    recorded_at: Mapped[datetime]
    status_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sfe_at: Mapped[datetime | None]
    prr_at: Mapped[datetime | None]
    adult_on: Mapped[date | None]
    appeared_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    derived_id: Mapped[str | None] = mapped_column(sa.String(40))
