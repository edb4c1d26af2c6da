"""Column types that keep a rule by themselves: aware UTC instants, enumerations by value, whole keping."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column

# Identity columns: SQLite only auto-numbers a column that is exactly INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MAX_QUANTITY = 1_000_000_000


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant; SQLite keeps it as UTC text of fixed width, so that it sorts."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants; hand UTC to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: use inventory.clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC instant."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def by_value(enum: type[StrEnum]) -> sa.Enum:
    """A text column that holds the enumeration's values, with a CHECK that refuses any other."""
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=enum.__name__.lower(),
        values_callable=lambda kinds: [kind.value for kind in kinds],
    )


Id = Annotated[int, mapped_column(ID, primary_key=True)]
Keping = Annotated[int, mapped_column(sa.BigInteger)]
Code = Annotated[str, mapped_column(sa.String(40))]
