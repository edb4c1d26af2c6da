"""The syntax of papers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from inventory.documents.rules import DocumentKind
from inventory.stock.rules import Condition
from inventory.texts import Text

_CARD = ("store", "item", "from", "until")
_LIST = ("event", "stop")
_SUBJECT = (
    "the id of what the paper tells: of the receipt (tanda_terima), the transfer (surat_jalan, bast), the count"
    " (ba_opname), the destruction (ba_pemusnahan), the custody session (session_sheet) or the consignment of cards"
    " (daftar_serah). A kartu_stok has none: store, item, from and until; a daftar_serah of waiting cards has event"
)
_NEEDED = Text("Wajib diisi untuk dokumen ini.", "This is required for this kind of document.")
_FOREIGN = Text("Tidak berlaku untuk dokumen ini.", "This does not belong to this kind of document.")


class DocumentIn(fields.Strict):
    """A paper of a receipt, transfer, count, destruction or custody session by its id (`subject`), or a stock card.

    A daftar_serah is of a consignment of cards (`subject`), or of the waiting cards of an `event` or one `stop` of it.
    """

    kind = fields.Kind(DocumentKind, required=True)
    subject = fields.identity(metadata={"description": _SUBJECT})
    store = fields.code()
    item = fields.code()
    condition = fields.Kind(Condition)
    event = fields.identity()
    stop = fields.identity()
    from_on = fields.Day(data_key="from")
    until_on = fields.Day(data_key="until")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check_kind(self, data: dict[str, Any], **_kwargs: Any) -> None:
        said = {(self.fields[name].data_key or name) for name in data} - {"kind"}
        needed, more = {"subject"}, set()
        if data["kind"] is DocumentKind.KARTU_STOK:
            needed, more = set(_CARD), {"condition"}
        elif data["kind"] is DocumentKind.DAFTAR_SERAH and said & set(_LIST):
            needed, more = {"event"}, {"stop"}
        allowed = needed | more
        wrong = {name: [_NEEDED] for name in needed - said} | {name: [_FOREIGN] for name in said - allowed}
        if wrong:
            raise ma.ValidationError(wrong)


class DocumentOut(ma.Schema):
    """A paper; its PDF is at /documents/{id}.pdf, and anybody may ask about its check value."""

    id = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(DocumentKind))
    number = ma.fields.String(required=True)
    subject = ma.fields.String(required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    other_office = ma.fields.String(required=True, allow_none=True)
    event = ma.fields.Integer(attribute="event_id", required=True, allow_none=True)
    check_value = ma.fields.String(required=True)
    issued_at = ma.fields.AwareDateTime(required=True)
    user = ma.fields.Integer(attribute="user_id", required=True)


class DocumentQuery(PageQuery):
    """Which papers; `office` is either end, `subject` is as the document says it."""

    kind = fields.Kind(DocumentKind, load_default=None)
    office = fields.code(load_default=None)
    subject = fields.Words(load_default=None)


DocumentPage = page_of(DocumentOut)


class CheckOut(ma.Schema):
    """What anybody may know of a paper: whether what it tells still stands."""

    kind = ma.fields.String(required=True, validate=fields.one_of(DocumentKind))
    number = ma.fields.String(required=True)
    date = ma.fields.Date(attribute="issued_on", required=True)
    valid = ma.fields.Boolean(required=True)
