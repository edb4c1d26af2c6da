"""The syntax of users and tokens."""

from __future__ import annotations

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from inventory.access import Role


class UserIn(fields.Strict):
    """A new user."""

    name = fields.Words(high=120, required=True)
    role = fields.Kind(Role, required=True)
    office = fields.code(required=True)


class UserQuery(PageQuery):
    """Which users."""

    office = fields.code(load_default=None)
    role = fields.Kind(Role, load_default=None)
    active = fields.Flag(load_default=None)


class UserOut(ma.Schema):
    """A user."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True, validate=fields.one_of(Role))
    office = ma.fields.String(attribute="office_code", required=True)
    active = ma.fields.Boolean(required=True)


class MeOut(ma.Schema):
    """Who you are; an event's host lets you in by the number in `user`."""

    user = ma.fields.Integer(attribute="id", required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True, validate=fields.one_of(Role))
    office = ma.fields.String(attribute="office_code", required=True)


class TokenIn(fields.Strict):
    """What a token is for, and how long it lives."""

    label = fields.Words(high=80, required=True)
    days = fields.JsonInt(load_default=90, validate=fields.between(1, 366))


class TokenOut(ma.Schema):
    """A token; `token` itself is shown this once."""

    id = ma.fields.Integer(required=True)
    token = ma.fields.String(required=True)


class KnownTokenOut(ma.Schema):
    """A token as it is kept."""

    id = ma.fields.Integer(required=True)
    label = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    revoked_at = ma.fields.AwareDateTime(allow_none=True)


TokenPage = page_of(KnownTokenOut)
UserPage = page_of(UserOut)
