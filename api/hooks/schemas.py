"""The syntax of changes and webhooks."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api import fields
from api.paging import PageQuery, page_of
from inventory.hooks.rules import Failure
from inventory.outbox import ChangeKind

_LAST = 2**53
_MOST = 500


class ChangesQuery(fields.Strict):
    """Behind which position, how many at most, and which."""

    after = fields.QueryInt(load_default=0, validate=fields.between(0, _LAST))
    limit = fields.QueryInt(load_default=100, validate=fields.between(1, _MOST))
    kind = fields.Kind(ChangeKind, load_default=None)
    office = fields.code(load_default=None)


class ChangedRecordingOut(ma.Schema):
    """A recording that something happened to, by its number and by the name its own office gave it."""

    id = ma.fields.Integer(required=True)
    client_id = ma.fields.String(required=True, allow_none=True)


class ChangeOut(ma.Schema):
    """One thing that happened; a webhook is sent the same."""

    position = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True, validate=fields.one_of(ChangeKind))
    office = ma.fields.String(required=True)
    event = ma.fields.Integer(required=True, allow_none=True)
    movement = ma.fields.Integer(required=True, allow_none=True)
    recordings = ma.fields.List(ma.fields.Nested(ChangedRecordingOut), required=True)
    facts = ma.fields.Dict(required=True)
    happened_at = ma.fields.AwareDateTime(required=True)


class ChangesOut(ma.Schema):
    """What was found. Ask again with `after` = `last`: at once while there is `more`, otherwise a little later."""

    items = ma.fields.List(ma.fields.Nested(ChangeOut), required=True)
    last = ma.fields.Integer(required=True)
    more = ma.fields.Boolean(required=True)


def _url(**kwargs: Any) -> fields.Words:
    told = {"description": "an https address on the public internet, in plain ASCII"}
    return fields.Words(low=12, high=500, metadata=told, **kwargs)


def _kinds(**kwargs: Any) -> fields.Several:
    told = {"description": "what is told; null is everything"}
    return fields.Several(fields.Kind(ChangeKind), high=len(ChangeKind), allow_none=True, metadata=told, **kwargs)


class WebhookIn(fields.Strict):
    """Where to call with which changes of an office and those below; it begins behind `after`, or now."""

    office = fields.code(required=True)
    url = _url(required=True)
    kinds = _kinds(load_default=None)
    after = fields.JsonInt(load_default=None, allow_none=True, validate=fields.between(0, _LAST))


class WebhookChange(fields.Strict):
    """Any of these."""

    url = _url()
    kinds = _kinds()
    active = fields.Flag()


class WebhookQuery(PageQuery):
    """Which webhooks."""

    office = fields.code(load_default=None)
    active = fields.Flag(load_default=None)


class WebhookOut(ma.Schema):
    """A webhook: everything up to `cursor` was told or is a dead letter; `failures` are those in a row."""

    id = ma.fields.Integer(required=True)
    office = ma.fields.String(required=True, attribute="office_code")
    url = ma.fields.String(required=True)
    kinds = ma.fields.List(ma.fields.String(validate=fields.one_of(ChangeKind)), required=True, allow_none=True)
    active = ma.fields.Boolean(required=True)
    cursor = ma.fields.Integer(required=True)
    failures = ma.fields.Integer(required=True)
    next_try_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    last_status = ma.fields.Integer(required=True, allow_none=True)
    last_error = ma.fields.String(required=True, allow_none=True, validate=fields.one_of(Failure))
    last_told_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    created_by = ma.fields.Integer(required=True, attribute="user_id")


class NewWebhookOut(ma.Schema):
    """A webhook that begins behind the position `cursor`; its `secret` is shown this once."""

    id = ma.fields.Integer(required=True)
    secret = ma.fields.String(required=True)
    cursor = ma.fields.Integer(required=True)


class ReplayIn(fields.Strict):
    """Behind which position to begin again."""

    after = fields.JsonInt(required=True, validate=fields.between(0, _LAST))


class DeadLetterQuery(PageQuery):
    """Which dead letters: those told after all, or those not."""

    told = fields.Flag(load_default=None)


class DeadLetterOut(ma.Schema):
    """A change that the webhook would not take; `wanted_at` is when somebody asked for it again."""

    position = ma.fields.Integer(required=True)
    tries = ma.fields.Integer(required=True)
    last_status = ma.fields.Integer(required=True, allow_none=True)
    last_error = ma.fields.String(required=True, validate=fields.one_of(Failure))
    dead_at = ma.fields.AwareDateTime(required=True)
    wanted_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    told_at = ma.fields.AwareDateTime(required=True, allow_none=True)


WebhookPage = page_of(WebhookOut)
DeadLetterPage = page_of(DeadLetterOut)
