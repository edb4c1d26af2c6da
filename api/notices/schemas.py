"""The syntax of notices."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from inventory.notices.rules import NoticeKind


class NoticeQuery(PageQuery):
    """Which notices."""

    office = fields.code(load_default=None)
    kind = fields.Kind(NoticeKind, load_default=None)


class NoticeOut(ma.Schema):
    """What waits for somebody: `subject` is the id of the session, loss, request or count."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(attribute="office_code", required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(NoticeKind))
    subject = ma.fields.Integer(attribute="subject_id", required=True)
    facts = ma.fields.Dict(keys=ma.fields.String(), required=True)
    created_at = ma.fields.AwareDateTime(required=True)


NoticePage = page_of(NoticeOut)
