"""The filters of the queue's page."""

from __future__ import annotations

from api import fields
from api.queue.schemas import QueueQuery
from inventory.recordings.rules import PrintReason


class QueuePageQuery(QueueQuery):
    """The API's, and one reason."""

    reason = fields.Kind(PrintReason, load_default=None)
