"""The syntax of reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import validate

from api import fields
from api.reports.files import FORMATS
from inventory.offices.rules import OfficeLevel
from inventory.reports.rules import Grain
from inventory.stock.rules import Condition, SpoilReason
from inventory.texts import Text

_SIGNED = "what it adds to the goods of this row; below zero where it takes away"
_FLOWS = {
    "received": "from outside the books, and receipts taken back",
    "found": "too many in a count, a delivery or a close",
    "transferred_in": "from other offices, rejected blanks as spoiled ones",
    "between_own": "on the way between stores of the same office",
    "printed": "blanks that became cards",
    "spoiled": "blanks that were spoiled",
    "issued": "cards handed over",
    "used": "supplies used up",
    "transferred_out": "to other offices, from the day they leave",
    "lost": "losses and what a count found missing",
    "destroyed": "burned",
    "other": "what no other column tells",
}


def _figure(told: str, **kwargs: Any) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata={"description": told}, **kwargs)


class Month(fields.Words):
    """A calendar month, YYYY-MM, given on as its first day."""

    default_error_messages = {  # noqa: RUF012
        "month": Text("Harus bulan YYYY-MM.", "Must be a month, YYYY-MM."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(low=7, high=7, metadata={"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}, **kwargs)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Its first day."""
        found = super().deserialize(value, attr, data, **kwargs)
        if not isinstance(found, str):
            return found
        year, _, month = found.partition("-")
        if not (found.isascii() and year.isdecimal() and month.isdecimal() and len(year) == 4):  # noqa: PLR2004
            raise self.make_error("month")
        try:
            return date(int(year), int(month), 1)
        except ValueError as error:
            raise self.make_error("month") from error


class _Query(fields.Strict):
    office = fields.code(load_default=None, metadata={"description": "whose report; your own office's without it"})
    format = fields.Words(
        load_default=None,
        validate=fields.one_of(FORMATS),
        metadata={"description": "in place of the header Accept, for a browser"},
    )


class DailyQuery(_Query):
    """Which office and which business day."""

    on = fields.Day(load_default=None, metadata={"description": "today without it"})


class MonthlyQuery(_Query):
    """Which office and which month."""

    month = Month(load_default=None)


class ReportedTotalOut(ma.Schema):
    """Goods of one item in one condition: opening and all flows add up to closing, always."""

    item = ma.fields.String(required=True)
    item_name = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    condition = ma.fields.String(
        required=True,
        validate=fields.one_of(Condition),
        metadata={"description": "blank: good ones; printed: cards that wait; spoiled: what lies in quarantine"},
    )
    opening = _figure("what was held when the period began: in stores, set aside for events, in custody")
    received, found, transferred_in, between_own, printed, spoiled = (
        _figure(f"{_FLOWS[name]}; {_SIGNED}")
        for name in ("received", "found", "transferred_in", "between_own", "printed", "spoiled")
    )
    issued, used, transferred_out, lost, destroyed, other = (
        _figure(f"{_FLOWS[name]}; {_SIGNED}")
        for name in ("issued", "used", "transferred_out", "lost", "destroyed", "other")
    )
    closing = _figure("what was held when the period ended")
    in_custody = _figure("of the closing, in somebody's hand")
    in_transit = _figure("sent and not yet received; in nobody's closing")


class ReportedStockOut(ReportedTotalOut):
    """The same, of one row's office; goods are told where they are held, whoever owns them."""

    office = ma.fields.String(required=True)
    office_name = ma.fields.String(required=True)


class ReportedPrintingTotalOut(ma.Schema):
    """What was printed, and what waits at the end of the period."""

    printed = _figure("cards, those undone taken off")
    spoiled = _figure("blanks spoiled in printing")
    spoiled_damaged, spoiled_print_failure, spoiled_encode_failure, spoiled_factory_defect = (
        _figure(f"of these, {reason.value.replace('_', ' ')}") for reason in SpoilReason
    )
    issued = _figure("cards handed over")
    waiting = _figure("cards not yet handed over")
    prr_left = _figure("print-ready recordings not printed; null where it is not known any more", allow_none=True)
    suket_owed = _figure("of these, for holders of a suket", allow_none=True)
    ribbons_used = _figure("rolls")
    ribbons_left = _figure("rolls")


class ReportedPrintingOut(ReportedPrintingTotalOut):
    """The same, of one row's office."""

    office = ma.fields.String(required=True)
    office_name = ma.fields.String(required=True)


class ReportOut(ma.Schema):
    """A stock and print report: the office's own stores and each office right below it have rows; totals are their sum.

    A receipt or a spoilage that is dated back changes the reports of the days since: `as_of` says what is in it.
    """

    office = ma.fields.String(attribute="office.code", required=True)
    office_name = ma.fields.String(attribute="office.name", required=True)
    level = ma.fields.String(attribute="office.level", required=True, validate=fields.one_of(OfficeLevel))
    period = ma.fields.String(
        attribute="period.grain", required=True, validate=validate.OneOf([Grain.DAY.value, Grain.MONTH.value])
    )
    from_on = ma.fields.Date(attribute="period.first", data_key="from", required=True)
    until_on = ma.fields.Date(attribute="period.last", data_key="until", required=True)
    as_of = ma.fields.AwareDateTime(required=True)
    stock = ma.fields.List(ma.fields.Nested(ReportedStockOut), required=True)
    stock_totals = ma.fields.List(ma.fields.Nested(ReportedTotalOut), required=True)
    printing = ma.fields.List(ma.fields.Nested(ReportedPrintingOut), required=True)
    printing_totals = ma.fields.Nested(ReportedPrintingTotalOut, required=True)
