"""The tables of offices and stores."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, by_value
from inventory.database import Base
from inventory.offices.rules import OfficeLevel, StoreKind


class Office(Base):
    """A civil-registry office with its own settings."""

    __tablename__ = "offices"
    __table_args__ = (
        sa.CheckConstraint("backdate_days BETWEEN 0 AND 36500", "backdate_days"),
        sa.CheckConstraint("undo_minutes BETWEEN 0 AND 525600", "undo_minutes"),
        sa.CheckConstraint("spoil_rate IS NULL OR (spoil_rate >= 0 AND spoil_rate < 1)", "spoil_rate"),
        sa.CheckConstraint("transfer_check_over IS NULL OR transfer_check_over >= 0", "transfer_check_over"),
        sa.CheckConstraint("reversal_check_over IS NULL OR reversal_check_over >= 0", "reversal_check_over"),
        sa.CheckConstraint("purge_days BETWEEN 0 AND 36500", "purge_days"),
        sa.CheckConstraint("recount_over IS NULL OR recount_over >= 0", "recount_over"),
        sa.CheckConstraint("reorder_at IS NULL OR reorder_at >= 0", "reorder_at"),
    )
    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    level: Mapped[OfficeLevel] = mapped_column(by_value(OfficeLevel))
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("offices.code"), index=True)
    time_zone: Mapped[str] = mapped_column(sa.String(40))
    backdate_days: Mapped[int] = mapped_column(default=7)
    undo_minutes: Mapped[int] = mapped_column(default=1440)
    spoil_rate: Mapped[float | None]
    # What needs a second person, and what only goes by a custody session. None is "never".
    custody_required: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    count_check: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    destruction_check: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    write_off_check: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    transfer_check_over: Mapped[int | None] = mapped_column(sa.BigInteger)
    reversal_check_over: Mapped[int | None] = mapped_column(sa.BigInteger)
    # A count that differs by more is counted a second time.
    recount_over: Mapped[int | None] = mapped_column(sa.BigInteger)
    # With so many blanks left or fewer it is time to order again; None is "nobody said".
    reorder_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    # How the print room works: from the queue only, "printed" said by a person, every card checked before hand-over.
    queue_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    confirm_required: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    card_check: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # After how many days a card that nobody collected is flagged (None: the usual ones), and a person is forgotten.
    card_flag_days: Mapped[list[int] | None] = mapped_column(sa.JSON(none_as_null=True))
    purge_days: Mapped[int] = mapped_column(default=90, server_default=sa.text("90"))
    version: Mapped[int] = mapped_column(default=1)


class Store(Base):
    """A place of an office that holds stock; an event kit belongs to one event."""

    __tablename__ = "stores"
    code: Mapped[Code] = mapped_column(primary_key=True)
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"), index=True)
    kind: Mapped[StoreKind] = mapped_column(by_value(StoreKind))
    name: Mapped[str] = mapped_column(sa.String(120))
    region_code: Mapped[str | None] = mapped_column(sa.ForeignKey("regions.code"))
    event_id: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)
    # Whose goods are used first in a kit, by office; the store's own office comes first where nothing is said.
    draw_order: Mapped[list[str] | None] = mapped_column(sa.JSON)
    # A kit is closed with its event: nothing comes in any more.
    closed: Mapped[bool] = mapped_column(default=False)
    # Which items this place can print; None is "any".
    prints: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1, server_default=sa.text("1"))
