"""ETags of what people edit: the version number, quoted."""

from __future__ import annotations

from typing import Any

from marshmallow.utils import get_value


def with_etag(thing: Any) -> tuple[Any, dict[str, str]]:
    """An answer that carries the thing's version as its ETag."""
    return thing, {"ETag": f'"{get_value(thing, "version")}"'}
