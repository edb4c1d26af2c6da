"""How the tables and times of the print room are told: no column without anything in it, long times in hours."""

from __future__ import annotations

from flask import request

from inventory.texts import Text, figure
from web.tables import Table

_HOUR = 60


def filled(table: Table) -> Table:
    """The table without the columns that hold nothing in the rows shown; a file of it has them all."""
    if table.rows and not request.args.get("unduh"):
        held = [any(column.raw(row) is not None for row in table.rows) for column in table.columns]
        table.columns = [column for column, holds in zip(table.columns, held, strict=True) if holds]
    return table


def period(minutes: int) -> Text:
    """So many minutes, or hours where they are whole."""
    if minutes >= 2 * _HOUR and minutes % _HOUR == 0:
        return Text("{hours} jam", "{hours} hours").format(hours=figure(minutes // _HOUR))
    return Text("{minutes} menit", "{minutes} minutes").format(minutes=figure(minutes))
