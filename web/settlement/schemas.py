"""What the form of a close asks: a count for everything there, and a reason where it differs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api.settlement.schemas import CloseIn


class CloseForm(CloseIn):
    """The close, without the lines where nothing was explained."""

    @ma.pre_load
    def _only_explained(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = body.get("explanations")
        if not isinstance(lines, list):
            return body
        said = [line for line in lines if not isinstance(line, dict) or "reason" in line]
        return body | {"explanations": said}
