"""What every answer tells browsers: what it may load, who may frame it, that its type is as said, whether it is kept.

A view may set a policy, or how long its answer is kept, of its own.
"""

from __future__ import annotations

from flask import Flask, Response

_YEAR = 31_536_000
_PAGE = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A script is bound by its page; but the one that shows the page without a line is a page of its own here.
_SCRIPT = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}
# Browsers show a paper by a script of their own, which some of them stop in a sandbox.
_PDF = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
# A drawing brings its styles along.
_OTHER = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"}
_BY_TYPE = {"text/html": _PAGE, "text/javascript": _SCRIPT, "application/pdf": _PDF}


def install(app: Flask, *, https: bool) -> None:
    """Protect every answer of the app, refusals and files too."""

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _BY_TYPE.get(response.mimetype or "", _OTHER).items():
            response.headers.setdefault(name, value)
        if "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]:
            response.headers["X-Frame-Options"] = "DENY"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        return response
