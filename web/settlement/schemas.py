"""What the form of a close asks: a count for everything there, and a reason where it differs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api.settlement.schemas import CloseIn
from inventory.texts import Text

_COUNT = Text("Tulis hasil hitungan.", "Write down what was counted.")


class CloseForm(CloseIn):
    """The close, without the lines where nothing was explained."""

    @ma.pre_load
    def _all_counted(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = body.get("counts")
        silent = [
            place
            for place, line in enumerate(lines if isinstance(lines, list) else [])
            if isinstance(line, dict) and not line.keys() & {"quantity", "intervals", "numbers"}
        ]
        if silent:
            raise ma.ValidationError({"counts": {place: {"quantity": [_COUNT]} for place in silent}})
        return body

    @ma.pre_load
    def _only_explained(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = body.get("explanations")
        if not isinstance(lines, list):
            return body
        said = [line for line in lines if not isinstance(line, dict) or "reason" in line]
        return body | {"explanations": said}
